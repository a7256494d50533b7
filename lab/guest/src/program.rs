// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs that use the device, and what they say.

use std::io::{self, BufRead, BufReader, PipeReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::report::{Checked, Context, quote};

/// How long a program may take to its next words, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that has ended.
pub(crate) struct Ended {
    status: ExitStatus,
    said: String,
}

impl Ended {
    pub(crate) fn must_succeed(&self) -> Checked {
        if self.status.success() {
            return Ok(());
        }
        Err(format!("{}", self.status))
    }

    pub(crate) fn must_succeed_and_say(&self, what: &str) -> Checked {
        self.must_succeed()?;
        self.must_say(what)
    }

    /// It gave up, and said why.
    pub(crate) fn must_fail_and_say(&self, all_of: &[&str]) -> Checked {
        match self.status.code() {
            Some(1) => all_of.iter().try_for_each(|what| self.must_say(what)),
            _ => Err(format!("{}, not a refusal: {}", self.status, self.said)),
        }
    }

    fn must_say(&self, what: &str) -> Checked {
        if self.said.contains(what) {
            return Ok(());
        }
        Err(format!("not {what}, but {}", self.said))
    }
}

/// Runs a program to its end, showing what it says as it says it.
pub(crate) fn run(path: &str, arguments: &[&str]) -> Checked<Ended> {
    let (mut process, output) = spawn(path, arguments)?;
    let mut said = String::new();
    for line in output.lines() {
        let line = line.context("the program's output")?;
        quote("program", &line);
        said.push_str(&line);
        said.push('\n');
    }
    let status = process.wait().context(path)?;
    Ok(Ended { status, said })
}

/// Starts a program in a process group of its own; its output and errors are one stream.
fn spawn(path: &str, arguments: &[&str]) -> Checked<(Child, BufReader<PipeReader>)> {
    let (output, input) = io::pipe().context("pipe")?;
    // The command holds its ends of the pipe; it is gone once the program runs,
    // and the pipe ends with the program.
    let process = Command::new(path)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(input.try_clone().context("pipe")?)
        .stderr(input)
        .process_group(0)
        .spawn()
        .context(path)?;
    Ok((process, BufReader::new(output)))
}

/// A program that runs beside the tests; it ends with the value.
pub(crate) struct Program {
    process: Child,
    lines: Receiver<String>,
}

impl Program {
    pub(crate) fn start(path: &str, arguments: &[&str]) -> Checked<Self> {
        let (process, output) = spawn(path, arguments)?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // No one may want to know any more.
                let _ = sender.send(line);
            }
        });
        Ok(Self { process, lines })
    }

    /// What it says next is this, and it says it soon.
    pub(crate) fn must_say_next(&mut self, wanted: &str) -> Checked {
        let said = self
            .lines
            .recv_timeout(PATIENCE)
            .context(format!("no word of {wanted}"))?;
        quote("program", &said);
        if said == wanted {
            return Ok(());
        }
        Err(format!("{said}, not {wanted}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The group has the processes that it started itself. What has ended need not be ended.
        if let Some(group) = Pid::from_raw(self.process.id().cast_signed()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Ended {
        run("/bin/sh", &["-c", script]).unwrap()
    }

    #[test]
    fn a_refusal_is_an_error_in_words_and_no_crash() {
        let refused = shell("echo cannot open it >&2; exit 1");
        assert!(refused.must_fail_and_say(&["cannot", "open it"]).is_ok());
        assert!(refused.must_fail_and_say(&["another map"]).is_err());
        assert!(refused.must_succeed().is_err());
        let crashed = shell("echo cannot open it; kill -9 $$");
        assert!(crashed.must_fail_and_say(&["cannot"]).is_err());
        let succeeded = shell("echo cannot open it");
        assert!(succeeded.must_fail_and_say(&["cannot"]).is_err());
        assert!(succeeded.must_succeed_and_say("open it").is_ok());
    }

    #[test]
    fn output_is_read_while_a_program_runs() {
        let mut program = Program::start("/bin/sh", &["-c", "echo a; echo b; sleep 600"]).unwrap();
        assert!(program.must_say_next("a").is_ok());
        assert!(program.must_say_next("a").is_err());
    }

    #[test]
    fn a_program_that_has_ended_says_nothing() {
        let mut program = Program::start("/bin/sh", &["-c", ""]).unwrap();
        assert!(program.must_say_next("a").is_err());
    }
}
