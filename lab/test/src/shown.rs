// SPDX-License-Identifier: MIT OR Apache-2.0

//! Commands whose output is shown as it comes, and whose failure has of it what says why.

use std::io::{self, BufRead as _, BufReader, IsTerminal as _, stdout};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use lab_support::progress::tail;

/// How much of the end says why a command failed that ran no test.
const TAIL_LINES: usize = 40;

/// Runs a command to its end; its output and errors are one stream.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let (output, input) = io::pipe()?;
    if stdout().is_terminal() {
        // It writes to a pipe, and from there to the terminal.
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
        .stdin(Stdio::null())
        .stdout(input.try_clone()?)
        .stderr(input);
    let mut process = command.spawn()?;
    // The command holds its ends of the pipe, which must end with the process.
    drop(command);
    let mut log = String::new();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        log.push_str(&line);
        log.push('\n');
    }
    let status = process.wait()?;
    ensure!(
        status.success(),
        "{status}; the output, which is above, has\n{}",
        why(&log)
    );
    Ok(())
}

/// What the log says of the tests that failed; where none did, its end.
fn why(log: &str) -> String {
    let mut failures = Vec::new();
    let mut within = false;
    for line in log.lines() {
        within |= line == "failures:";
        if within {
            failures.push(line);
        }
        within &= !line.starts_with("test result: ");
    }
    if failures.is_empty() {
        tail(log, TAIL_LINES)
    } else {
        failures.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<()> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        run(command)
    }

    #[test]
    fn a_failed_test_is_in_the_message_wherever_it_is_in_the_log() {
        let log = "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n\
                   ---- b stdout ----\n1, not 2\n\nfailures:\n    b\n\n\
                   test result: FAILED. 1 passed; 1 failed\n\n\
                   running 1 test\ntest c ... ok\n\ntest result: ok. 1 passed\n";
        let message = why(log);
        assert!(
            message.starts_with("failures:\n\n---- b stdout"),
            "{message}"
        );
        assert!(message.contains("1, not 2"), "{message}");
        assert!(!message.contains("test c"), "{message}");
    }

    #[test]
    fn a_command_that_fails_has_its_end_in_the_message() {
        assert!(shell("echo so").is_ok());
        let error = shell("echo so >&2; exit 3").unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.ends_with("so"), "{error}");
    }
}
