// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom hash`: what a bitstream carries to say which map it has.

use std::path::PathBuf;

use regdesc::Options;

use crate::outcome::Outcome;
use crate::{notices, output};

#[derive(clap::Args)]
#[command(after_help = "\
Example: regloom hash fpga/adc-capture.yaml

Prints 64 bits in hexadecimal; a register of 32 bits holds the last 8 digits.")]
pub(crate) struct Arguments {
    /// The description, YAML or SVD; `-` is standard input.
    input: PathBuf,

    /// Repair contradictions instead of refusing them.
    #[arg(long)]
    lenient: bool,

    #[command(flatten)]
    shown: notices::Shown,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let options = Options {
        lenient: arguments.lenient,
        ..Options::default()
    };
    let map = regdesc::load(&arguments.input, &options);
    match map.map_err(|failure| notices::failure(&failure, arguments.shown)) {
        Ok(map) => {
            output::result(format_args!("{:#018x}\n", map.hash()));
            Outcome::Done
        }
        Err(text) => Outcome::Wrong(text),
    }
}
