// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom check`: every mistake, and nothing written.

use std::path::PathBuf;

use crate::{Outcome, style};

#[derive(clap::Args)]
#[command(after_help = "Example: regloom check fpga/adc-capture.yaml")]
pub(crate) struct Arguments {
    /// Descriptions, YAML or SVD; `-` is standard input.
    #[arg(required = true)]
    input: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let failures: Vec<String> = arguments
        .input
        .iter()
        .filter_map(|input| regdesc::load(input, &[]).err())
        .map(|failure| failure.render(style()))
        .collect();
    if failures.is_empty() {
        Outcome::Done
    } else {
        Outcome::Wrong(failures.join("\n"))
    }
}
