// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's programs, which cargo builds and runs.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::{Context as _, Result};
use lab_support::workspace;

/// What a program is called with: everything behind the task's name.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    all: Vec<OsString>,
}

/// A program of the lab.
pub(crate) struct Program {
    package: &'static str,
    release: bool,
}

impl Program {
    /// One that waits for other programs most of the time.
    pub(crate) const fn debug(package: &'static str) -> Self {
        Self {
            package,
            release: false,
        }
    }

    /// One whose own speed counts.
    pub(crate) const fn release(package: &'static str) -> Self {
        Self {
            package,
            release: true,
        }
    }

    /// Builds it if necessary, runs it, and returns how it ended.
    pub(crate) fn run(&self, arguments: &Arguments) -> Result<ExitCode> {
        let status = self
            .command(arguments)
            .status()
            .context("cannot run cargo")?;
        Ok(exit_code(status))
    }

    fn command(&self, arguments: &Arguments) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["run", "--quiet", "--package", self.package]);
        if self.release {
            command.arg("--release");
        }
        command
            .arg("--manifest-path")
            .arg(workspace::root().join("Cargo.toml"))
            .arg("--")
            .args(&arguments.all);
        command
    }
}

/// The same exit status; failure for a program that was killed.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Call {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn words(program: &Program, call: &[&str]) -> Vec<String> {
        let call = Call::try_parse_from([&["task"], call].concat()).unwrap();
        let command = program.command(&call.arguments);
        let words = command.get_args();
        words
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn options_reach_the_program_as_they_are() {
        let call = ["test", "--arch", "arm64", "--device", "x", "--", "-y"];
        let words = words(&Program::debug("lab-kernel"), &call);
        assert_eq!(words[..4], ["run", "--quiet", "--package", "lab-kernel"]);
        assert!(words.ends_with(&call.map(str::to_owned)), "{words:?}");
    }

    #[test]
    fn a_program_whose_speed_counts_is_optimised() {
        let is_release = |program: Program| words(&program, &[]).contains(&"--release".to_owned());
        assert!(is_release(Program::release("lab-bench")));
        assert!(!is_release(Program::debug("lab-kernel")));
    }
}
