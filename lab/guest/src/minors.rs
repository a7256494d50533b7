// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device numbers of nodes, which a node that was made elsewhere has too, as in a container.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::MetadataExt as _;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::driver::{self, Binding};
use crate::ioctls;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;

/// A node that was made elsewhere.
const ELSEWHERE: &str = "/elsewhere";

/// Binds two instances in the other order.
pub(crate) fn test_minors(scenario: &Scenario, report: &mut Report) {
    let Some(second) = scenario.second else {
        return;
    };
    report.check(
        "a node made elsewhere is that of its instance after binding in the other order",
        || keeps_its_instance(scenario, second),
    );
}

fn keeps_its_instance(scenario: &Scenario, second: u64) -> Checked {
    let number = fs::metadata(&scenario.node).context(&scenario.node)?.rdev();
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, ELSEWHERE, FileType::CharacterDevice, mode, number).context("mknod")?;
    let outcome = rebound_in_other_order(scenario, second);
    fs::remove_file(ELSEWHERE).context(ELSEWHERE)?;
    outcome
}

fn rebound_in_other_order(scenario: &Scenario, second: u64) -> Checked {
    must_be(base()?, scenario.base).context("before")?;
    let bindings = [scenario.base, second].map(|base| Binding::at(scenario, base));
    let [first, second] = bindings;
    let (first, second) = (first?, second?);
    first.unbind()?;
    second.unbind()?;
    must_be(base().is_err(), true).context("unbound")?;
    second.bind()?;
    let other = base();
    first.bind()?;
    driver::wait_for_node(scenario, true)?;
    must_be(other.is_err(), true).context("the other instance alone")?;
    must_be(base()?, scenario.base).context("bound again")
}

/// Where the block of the node is that was made elsewhere.
fn base() -> Checked<u64> {
    let device = OpenOptions::new().read(true).open(ELSEWHERE);
    ioctls::base(&device.context(ELSEWHERE)?)
}
