// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom check`: reports every mistake and every warning. With `--fix` it
//! corrects in the files what is certain; otherwise it writes nothing.

mod checked;
mod fix;
mod json;
mod sarif;

use std::path::PathBuf;

use checked::Checked;
use clap::ValueEnum;
use regdesc::Options;

use crate::notices::Shown;
use crate::outcome::Outcome;
use crate::{notices, output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  regloom check fpga/adc-capture.yaml
  regloom check fpga/*.yaml --deny-lints
  regloom check fpga/adc-capture.yaml --fix
  regloom check vendor/chip.svd --lenient --format sarif > chip.sarif

Warnings (lints) do not fail the check unless --deny-lints is given; a description
allows one by its name: `allow: [no-identity]`.")]
pub(crate) struct Arguments {
    /// Descriptions, YAML or SVD; `-` is standard input.
    #[arg(required = true)]
    input: Vec<PathBuf>,

    /// How to report what was found: for people (to stderr), or for editors and CI
    /// (to stdout).
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Repair contradictions instead of refusing them, and report every repair.
    #[arg(long)]
    lenient: bool,

    /// Do not report the lint of that name (may be repeated).
    #[arg(long, value_name = "LINT", value_parser = clap::builder::PossibleValuesParser::new(regdesc::lint_names()))]
    allow: Vec<String>,

    /// Exit with 1 when a warning is reported.
    #[arg(long)]
    deny_lints: bool,

    /// Of a chip's SVD, only this peripheral, as a driver of it needs it (may be
    /// repeated).
    #[arg(long, value_name = "NAME")]
    peripheral: Vec<String>,

    /// Correct in the files what is certain, such as a misspelt key, then check
    /// again. Changes the named descriptions and the SVD files that they name.
    #[arg(long)]
    fix: bool,

    #[command(flatten)]
    shown: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Excerpts with what is wrong in them.
    Text,
    /// A list of objects with code, severity, message, place and help.
    Json,
    /// SARIF 2.1.0, as code scanning services take it.
    Sarif,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let reads_standard_input = arguments.input.iter().any(|it| it.as_os_str() == "-");
    if arguments.fix && reads_standard_input {
        let text = "error: --fix changes files, and `-` is standard input; name the file";
        return Outcome::Wrong(text.to_owned());
    }
    let mut checked = check(arguments);
    if arguments.fix {
        let found = checked.iter().filter_map(Checked::found);
        match fix::apply(found) {
            Ok(0) => {}
            Ok(_) => checked = check(arguments),
            Err(text) => return Outcome::Failed(text),
        }
    }
    report(arguments, &checked)
}

fn check(arguments: &Arguments) -> Vec<Checked<'_>> {
    let options = Options {
        peripherals: &arguments.peripheral,
        lenient: arguments.lenient,
        allow: &arguments.allow,
    };
    let check = |input| Checked {
        input,
        result: regdesc::load(input, &options),
    };
    arguments.input.iter().map(|input| check(input)).collect()
}

fn report(arguments: &Arguments, checked: &[Checked<'_>]) -> Outcome {
    match arguments.format {
        Format::Text => print(checked, arguments.shown),
        Format::Json => output::result(format_args!("{}\n", json::render(checked))),
        Format::Sarif => output::result(format_args!("{}\n", sarif::render(checked))),
    }
    if checked.iter().any(|checked| checked.result.is_err()) {
        Outcome::Refused
    } else if arguments.deny_lints && checked.iter().any(Checked::has_lints) {
        Outcome::Found
    } else {
        Outcome::Done
    }
}

fn print(checked: &[Checked<'_>], shown: Shown) {
    for checked in checked {
        match &checked.result {
            Ok(map) if map.notices().is_empty() => {}
            Ok(map) => {
                output::message(format_args!("{}", shown.text(map.notices(), map.sources())));
            }
            Err(failure) => output::message(format_args!("{}", notices::failure(failure, shown))),
        }
    }
}
