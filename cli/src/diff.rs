// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom diff`: what changed for software between two maps.

mod json;
mod markdown;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use regdesc::{Class, Options, RegisterMap};

use crate::outcome::Outcome;
use crate::{notices, output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  regloom diff released/adc-capture.yaml fpga/adc-capture.yaml
  regloom diff chip-1.0.svd chip-1.1.svd --lenient --format markdown
  git show v2.1.0:fpga/adc-capture.yaml | regloom diff - fpga/adc-capture.yaml --fail-on breaking

docs/diff.md has every rule, with its class and the reason for it.")]
pub(crate) struct Arguments {
    /// The description before, YAML or SVD; `-` is standard input.
    old: PathBuf,

    /// The description after; of either format, whatever the other's.
    new: PathBuf,

    /// Exit with 1 when there is a change of this class or a worse one.
    #[arg(long, value_name = "CLASS")]
    fail_on: Option<FailOn>,

    /// How to report the changes.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Repair contradictions instead of refusing them, and report every repair.
    #[arg(long)]
    lenient: bool,

    #[command(flatten)]
    shown: notices::Shown,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// Some old software no longer compiles, binds, or accesses the same hardware.
    Breaking,
    /// The hardware does something else.
    Behavioural,
    /// There is more than before.
    Compatible,
    /// Only people see it.
    Documentation,
}

impl FailOn {
    fn class(self) -> Class {
        match self {
            FailOn::Breaking => Class::Breaking,
            FailOn::Behavioural => Class::Behavioural,
            FailOn::Compatible => Class::Compatible,
            FailOn::Documentation => Class::Documentation,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each change, and its places.
    Text,
    /// An object with the changes, the step and both hashes.
    Json,
    /// Tables, for release notes and reviews.
    Markdown,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (old, new) = match load_both(arguments) {
        Ok(maps) => maps,
        Err(text) => return Outcome::Wrong(text),
    };
    notices::report_repairs(&old, arguments.shown);
    notices::report_repairs(&new, arguments.shown);
    let diff = regdesc::diff(&old, &new);
    match arguments.format {
        Format::Text => output::result(format_args!("{}", diff.render())),
        Format::Json => output::result(format_args!("{}\n", json::render(&diff))),
        Format::Markdown => output::result(format_args!("{}", markdown::render(&diff))),
    }
    let limit = arguments.fail_on.map(FailOn::class);
    if limit.is_some_and(|limit| diff.class().is_some_and(|class| class <= limit)) {
        Outcome::Found
    } else {
        Outcome::Done
    }
}

/// Reads both; the mistakes of both are reported.
fn load_both(arguments: &Arguments) -> Result<(RegisterMap, RegisterMap), String> {
    let options = Options {
        lenient: arguments.lenient,
        ..Options::default()
    };
    let load = |path: &Path| {
        let map = regdesc::load(path, &options);
        map.map_err(|it| notices::failure(&it, arguments.shown))
    };
    match (load(&arguments.old), load(&arguments.new)) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (old, new) => {
            let wrong: Vec<String> = [old.err(), new.err()].into_iter().flatten().collect();
            Err(wrong.join("\n"))
        }
    }
}
