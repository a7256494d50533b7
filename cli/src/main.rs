// SPDX-License-Identifier: MIT OR Apache-2.0

//! The `regloom` command: from one description of a register block it generates a
//! device-tree snippet, a kernel driver and an accessor crate.

mod check;
mod completions;
mod diff;
mod generate;
mod hash;
mod notices;
mod outcome;
mod output;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use outcome::{MACHINE_FAILED, Outcome};

const EXAMPLES: &str = "\
Examples:
  regloom generate fpga/adc-capture.yaml --out generated
  regloom generate vendor/chip.svd --peripheral TIMER0 --out generated
  regloom generate fpga/adc-capture.yaml --out generated --watch
  regloom check fpga/adc-capture.yaml
  regloom diff released/adc-capture.yaml fpga/adc-capture.yaml
  regloom hash fpga/adc-capture.yaml
  regloom schema > regloom.schema.json

Exit status: 0 done, 1 a check found something, 2 the input or the call is wrong,
3 the machine failed (disk, permission).";

#[derive(Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write device tree, driver and accessor of each description.
    Generate(generate::Arguments),
    /// Report every mistake and warning of each description; correct it with --fix.
    Check(check::Arguments),
    /// Report what changed for software between two descriptions.
    Diff(diff::Arguments),
    /// Print the hash of a map, for the identity register of its hardware.
    Hash(hash::Arguments),
    /// Print the JSON Schema of the YAML format, for editors.
    Schema,
    /// Print the script with which a shell completes this command.
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Hash(arguments) => hash::run(&arguments),
        Command::Schema => {
            output::result(format_args!("{}", regdesc::schema()));
            Outcome::Done
        }
        Command::Completions(arguments) => completions::run(&arguments, &mut Cli::command()),
    };
    let (text, status) = match outcome {
        Outcome::Done => return ExitCode::SUCCESS,
        Outcome::Found => return ExitCode::from(1),
        Outcome::Refused => return ExitCode::from(2),
        Outcome::Wrong(text) => (text, 2),
        Outcome::Failed(text) => (text, MACHINE_FAILED),
    };
    output::message(format_args!("{}\n", text.trim_end()));
    ExitCode::from(status)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_call_is_described_without_contradiction() {
        super::Cli::command().debug_assert();
    }
}
