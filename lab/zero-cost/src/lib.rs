// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask zero-cost`: what the compiler makes of register accesses is what
//! it makes of volatile accesses written by hand.
//!
//! The package `lab/zero-cost/pairs` has both in pairs. It is compiled to assembly
//! for each target, optimised for speed and for size, and the two of each pair
//! have to have as many instructions and as many accesses of memory. No time is
//! measured: what is the same needs none.

mod assembly;
mod comparison;
mod compile;
mod page;

use anyhow::Result;
use lab_support::report::Report;

use self::comparison::Comparison;
use self::compile::{Aim, TARGETS};

/// Compares, and writes the page when all are equal.
pub fn run() -> Result<Report> {
    let mut report = Report::new();
    let comparisons = compare(&mut report);
    for comparison in &comparisons {
        println!("\n{}", page::table(comparison));
    }
    if report.is_clean() {
        page::write(&comparisons)?;
    }
    Ok(report)
}

/// Compares, and reports each target and aim as a test.
pub fn test(report: &mut Report) {
    compare(report);
}

fn compare(report: &mut Report) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for target in TARGETS {
        for aim in Aim::ALL {
            let name = format!("zero cost: {}, {}", target.triple, aim.words());
            let found = report.run(name, None, || {
                let comparison = Comparison::of(target, aim)?;
                comparison.is_equal()?;
                if comparison.target.can_be_emulated {
                    comparison.can_be_emulated()?;
                }
                Ok(comparison)
            });
            comparisons.extend(found);
        }
    }
    comparisons
}
