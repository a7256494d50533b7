// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a process of its own measures, and what a call costs.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lab_support::workspace;

/// How often the same is measured; the figure is the median.
pub(super) const ROUNDS: u32 = 15;

/// The word that makes a process measure one thing.
pub(super) const MEASURE: &str = "measure";

/// The `regloom` command, built in release.
pub(super) fn regloom() -> Result<PathBuf> {
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--quiet", "--package", "regloom"])
        .current_dir(workspace::root())
        .status()
        .context("cargo cannot be run")?;
    ensure!(status.success(), "the command does not compile");
    // This program is built in release too.
    Ok(env::current_exe()?.with_file_name("regloom"))
}

/// Has a process of its own measure something: as many numbers as are wanted.
pub(super) fn measured<const ARGUMENTS: usize, const NUMBERS: usize>(
    subject: [&str; ARGUMENTS],
) -> Result<[u64; NUMBERS]> {
    numbers(measurement()?.args(subject))
}

/// What a process and those that it started took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Of all processors, in the programs and in the kernel.
    pub(super) processor: Duration,
    pub(super) elapsed: Duration,
    /// Bytes at most, of the one that had most.
    pub(super) peak: u64,
}

/// What a call costs.
pub(super) fn cost(call: &Command) -> Result<Cost> {
    let mut command = measurement()?;
    command.args(["command", "--"]);
    command.arg(call.get_program()).args(call.get_args());
    command.envs(
        call.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if let Some(folder) = call.get_current_dir() {
        command.current_dir(folder);
    }
    let [processor, elapsed, peak] = numbers(&mut command)?;
    Ok(Cost {
        processor: Duration::from_nanos(processor),
        elapsed: Duration::from_nanos(elapsed),
        peak,
    })
}

/// The beginning of the call that measures something.
fn measurement() -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(MEASURE);
    Ok(command)
}

fn numbers<const NUMBERS: usize>(measurement: &mut Command) -> Result<[u64; NUMBERS]> {
    let output = measurement.output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{measurement:?}: {errors}");
    let numbers = String::from_utf8(output.stdout)?
        .split_whitespace()
        .map(|number| Ok(number.parse()?))
        .collect::<Result<Vec<u64>>>()?;
    let count = numbers.len();
    numbers
        .try_into()
        .map_err(|_| anyhow::anyhow!("{count} numbers instead of {NUMBERS}"))
}
