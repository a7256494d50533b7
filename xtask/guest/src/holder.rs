// SPDX-License-Identifier: MIT OR Apache-2.0

//! A second process that holds a mapping while its device is taken away.
//!
//! It is the guest's own program in another role, started anew rather than
//! forked, and led through its steps by lines on its standard input and output.
//! The last step kills it, when the driver is right.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write, stdin, stdout};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, ExitStatus, Stdio};

use rustix::io::Errno;

use crate::driver;
use crate::mapping::Request;
use crate::report::{Checked, Context};
use crate::scenario::{Scenario, narrowed};

/// The argument that makes the program a holder.
pub(crate) const ROLE: &str = "hold-a-mapping";

const MAPPED: &str = "mapped";
const MAP_AGAIN: &str = "map again";
const TOUCH: &str = "touch";

/// The holder's own side.
pub(crate) fn run(node: &str, size: &str) -> ExitCode {
    match hold(node, size) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(failure);
            ExitCode::FAILURE
        }
    }
}

fn hold(node: &str, size: &str) -> Checked {
    let device = driver::open_node(node).context(node)?;
    let request = Request::whole(narrowed(size)?);
    let mapping = request.map(&device).context("mapping")?;
    mapping.read(0);
    say(MAPPED);
    for step in stdin().lines() {
        match step.context("standard input")?.as_str() {
            MAP_AGAIN => say(outcome(request.map(&device).map(drop))),
            TOUCH => say(format_args!("read {:#x}", mapping.read(0))),
            other => return Err(format!("no such step: {other}")),
        }
    }
    Ok(())
}

fn say(what: impl Display) {
    println!("{what}");
    // A line that cannot be sent is one that the other side does not get.
    let _ = stdout().flush();
}

/// How the two sides write what came of a system call.
fn outcome(result: Result<(), Errno>) -> String {
    result.map_or_else(|errno| errno.to_string(), |()| "allowed".to_owned())
}

/// A holder, seen from the first process.
pub(crate) struct Holder {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Holder {
    /// Starts it and waits until it has the whole block mapped and has read from it.
    pub(crate) fn start(scenario: &Scenario) -> Checked<Self> {
        Self::start_on(&scenario.node, scenario.mappable)
    }

    /// The same for any node that maps so many bytes.
    pub(crate) fn start_on(node: &str, size: usize) -> Checked<Self> {
        let mut process = Command::new("/proc/self/exe")
            .args([ROLE, node, &format!("{size:#x}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting a process")?;
        let to = process.stdin.take().ok_or("no pipe to the process")?;
        let from = process.stdout.take().ok_or("no pipe from the process")?;
        let mut holder = Self {
            process,
            to,
            from: BufReader::new(from),
        };
        match holder.answer()?.as_str() {
            MAPPED => Ok(holder),
            other => Err(other.to_owned()),
        }
    }

    /// A new mapping on its old descriptor is refused with the given error.
    pub(crate) fn must_not_map_again(&mut self, wanted: Errno) -> Checked {
        self.ask(MAP_AGAIN)?;
        let answer = self.answer()?;
        if answer == outcome(Err(wanted)) {
            return Ok(());
        }
        Err(format!("{answer}, not {wanted}"))
    }

    /// Touching its old mapping kills it with the given signal.
    pub(crate) fn must_die_of_touching(mut self, wanted: i32) -> Checked {
        self.ask(TOUCH)?;
        let answer = self.answer()?;
        // Without further steps a survivor comes to its end.
        drop(self.to);
        let status: ExitStatus = self.process.wait().context("waiting for the process")?;
        if status.signal() == Some(wanted) {
            return Ok(());
        }
        Err(format!("{status} (it says: {answer})"))
    }

    fn ask(&mut self, step: &str) -> Checked {
        writeln!(self.to, "{step}").context("asking the process")
    }

    /// Its next line; empty when it is dead.
    fn answer(&mut self) -> Checked<String> {
        let mut line = String::new();
        self.from
            .read_line(&mut line)
            .context("hearing from the process")?;
        Ok(line.trim_end().to_owned())
    }
}
