// SPDX-License-Identifier: MIT OR Apache-2.0

//! Commands, and what those of a kernel build see of the caller's environment.

use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use super::toolchain::LIBCLANG;

/// The programs of a kernel build are Debian packages, and nothing else is to
/// slip in between.
pub(crate) const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// A command that nothing in the caller's environment can change: the kernel's
/// makefiles read many variables, and the result is kept for later runs.
pub(crate) fn clean(mut command: Command) -> Command {
    let home = std::env::var_os("HOME").unwrap_or_else(|| "/".into());
    command
        .env_clear()
        .env("PATH", PATH)
        .env("HOME", home)
        .env("LC_ALL", "C")
        .env("LIBCLANG_PATH", LIBCLANG);
    command
}

/// The output of a command that succeeds.
pub(super) fn run(command: &mut Command) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{program} failed ({}): {}", output.status, said.trim_end());
    }
    Ok(output)
}
