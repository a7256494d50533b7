// SPDX-License-Identifier: MIT OR Apache-2.0

//! How figures are written, and what they were measured on.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::Result;
use xshell::{Shell, cmd};

/// Ends a part.
pub(super) fn verdict(text: &mut String, beyond: &[String]) {
    if beyond.is_empty() {
        text.push_str("Every figure is within its limit.\n");
    }
    for line in beyond {
        let _ = writeln!(text, "- {line}");
    }
}

/// The compiler, as it names itself.
pub(super) fn rustc() -> Result<String> {
    let sh = Shell::new()?;
    Ok(cmd!(sh, "rustc --version").read()?)
}

/// What is measured on.
pub(super) fn machine() -> Result<String> {
    let processors = std::thread::available_parallelism()?;
    let architecture = std::env::consts::ARCH;
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("of unknown make", |(_, model)| model);
    Ok(format!("{processors} cores, {architecture}, {model}"))
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

pub(super) fn mebibytes(bytes: u64) -> f64 {
    ratio(bytes, 1 << 20)
}

pub(super) fn memory(bytes: u64) -> String {
    format!("{:.0} MiB", mebibytes(bytes))
}

pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else {
        format!("{seconds:.1} s")
    }
}
