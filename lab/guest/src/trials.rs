// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests with devices of the lab's own, which do what no example does.

mod ceiling;
mod elsewhere;
pub(crate) mod in_32_bits;
mod injection;
mod lines;
mod on_bus;
mod stuck;
pub(crate) mod wide;

use crate::report::{Checked, Report};
use crate::scenario::Scenario;

/// Runs the tests of that name.
pub(crate) fn run(name: &str, scenario: &Scenario, report: &mut Report) {
    match name {
        "lines" => {
            lines::test(scenario, report);
            in_32_bits::test(scenario, report);
            elsewhere::test(scenario, report);
        }
        "ceiling" => ceiling::test(scenario, report),
        "stuck" => stuck::test(scenario, report),
        "wide" => wide::test(scenario, report),
        "on-bus" => on_bus::test(scenario, report),
        other => {
            report.check("the tests are known", || -> Checked {
                Err(format!("no tests are called {other}"))
            });
        }
    }
}
