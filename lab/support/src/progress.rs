// SPDX-License-Identifier: MIT OR Apache-2.0

//! Long commands: their output goes to a log, their progress to the reader.
//!
//! A line every quarter of a minute reads well on a terminal and in a CI log
//! alike, and shows that the machine has not stopped.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const REPORT_EVERY: Duration = Duration::from_secs(15);
const POLL_EVERY: Duration = Duration::from_millis(100);
const TAIL_LINES: usize = 40;

/// A step with a name and a log.
pub struct Step<'a> {
    /// Its name.
    pub what: &'a str,
    /// Where its output goes.
    pub log: &'a Path,
    /// What the log so far says about how far the step is.
    pub measure: Option<fn(&str) -> String>,
}

impl Step<'_> {
    /// Runs one command of the step; its failure carries the tail of the log.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let status = self.wait_for(command)?;
        if status.success() {
            return Ok(());
        }
        bail!(
            "{} failed ({status}); the log is {}, and ends with\n{}",
            self.what,
            self.log.display(),
            tail(&read(self.log), TAIL_LINES)
        )
    }

    fn wait_for(&self, command: &mut Command) -> Result<ExitStatus> {
        let log = self.open_log()?;
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot run {program}"))?;
        let started = Instant::now();
        let mut reported = started;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if reported.elapsed() >= REPORT_EVERY {
                reported = Instant::now();
                self.report(started.elapsed());
            }
            thread::sleep(POLL_EVERY);
        }
    }

    fn report(&self, elapsed: Duration) {
        let what = self.what;
        let elapsed = spoken(elapsed);
        match self.measure {
            Some(measure) => println!("  {what}: {}, {elapsed}", measure(&read(self.log))),
            None => println!("  {what}: {elapsed}"),
        }
    }

    fn open_log(&self) -> Result<File> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log)
            .with_context(|| format!("cannot write {}", self.log.display()))
    }
}

/// Begins a log anew.
pub fn clear(log: &Path) -> Result<()> {
    fs::write(log, "").with_context(|| format!("cannot write {}", log.display()))
}

/// How many files a kernel build has made so far: each is a line such as `  CC  lib/x.o`.
pub fn objects(log: &str) -> String {
    let is_step = |line: &&str| {
        line.strip_prefix("  ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    format!("{} objects", log.lines().filter(is_step).count())
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// A log's text; it may hold what is not UTF-8, and may not be there yet.
pub fn read(log: &Path) -> String {
    fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// A duration as one says it.
pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{seconds}s")
    } else {
        format!("{}m{:02}s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_minutes_and_seconds() {
        assert_eq!(spoken(Duration::from_secs(9)), "9s");
        assert_eq!(spoken(Duration::from_secs(125)), "2m05s");
    }

    #[test]
    fn only_lines_of_the_build_are_counted() {
        assert_eq!(
            objects("make: x\n  CC      a.o\n  RUSTC L b.o\nwarning\n    note\n"),
            "2 objects"
        );
    }

    #[test]
    fn a_short_text_is_its_own_tail() {
        assert_eq!(tail("a\nb", 5), "a\nb");
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
    }
}
