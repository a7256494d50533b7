// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask zero-cost`: the comparison's command line.

use std::process::ExitCode;

use clap::Parser;
use lab_support::report::Report;

/// Compare the code of register accesses with code written by hand, and write
/// `docs/zero-cost.md`.
#[derive(Parser)]
#[command(name = "cargo xtask zero-cost", bin_name = "cargo xtask zero-cost")]
struct Call {}

fn main() -> ExitCode {
    let Call {} = Call::parse();
    match lab_zero_cost::run().map(Report::conclude) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
