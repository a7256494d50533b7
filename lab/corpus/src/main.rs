// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask corpus`: the corpus's command line.

use std::process::ExitCode;

use clap::Parser;

/// Measure regloom on a folder of SVD files, and write `docs/corpus.md`.
#[derive(Parser)]
#[command(name = "cargo xtask corpus", bin_name = "cargo xtask corpus")]
struct Call {
    #[command(flatten)]
    arguments: lab_corpus::Arguments,
}

fn main() -> ExitCode {
    match lab_corpus::run(&Call::parse().arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
