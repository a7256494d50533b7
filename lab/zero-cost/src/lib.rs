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
use self::compile::{Aim, TARGETS, Target};

/// Compares, and writes the page when all are equal.
pub fn run() -> Result<Report> {
    let mut report = Report::new();
    let comparisons = compare(TARGETS, &mut report);
    for comparison in &comparisons {
        println!("\n{}", page::table(comparison));
    }
    if report.is_clean() {
        page::write(&comparisons)?;
    }
    Ok(report)
}

/// Compares, and reports each target and aim as a test. Only the full run compares the last of the
/// targets.
pub fn test(all: bool, report: &mut Report) {
    let compared = if all {
        TARGETS.len()
    } else {
        TARGETS.len() - 1
    };
    let (compared, left_out) = TARGETS.split_at(compared);
    compare(compared, report);
    for target in left_out {
        for aim in Aim::ALL {
            report.left_out(title(target, aim), None);
        }
    }
}

fn title(target: &Target, aim: Aim) -> String {
    format!("zero cost: {}, {}", target.triple, aim.words())
}

fn compare(targets: &'static [Target], report: &mut Report) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for target in targets {
        for aim in Aim::ALL {
            let found = report.run(title(target, aim), None, || {
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
