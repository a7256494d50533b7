// SPDX-License-Identifier: MIT OR Apache-2.0

//! A second process that holds a mapping while its device is taken away.
//!
//! It is the guest's own program in another role, started anew rather than
//! forked, and led through its steps by lines on its standard input and output.
//! The last step kills it, when the driver is right.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write, stdin, stdout};
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Child, ChildStdin, ChildStdout, Command, ExitCode, ExitStatus, Stdio};
use std::ptr;
use std::sync::Barrier;
use std::thread;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::driver;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, must_be};
use crate::scenario::{Scenario, narrowed, words};
use crate::system::{self, WaitingChild};

/// The argument that makes the program a holder.
pub(crate) const ROLE: &str = "hold-a-mapping";
/// What a holder also has in its memory, by which it is known there.
pub(crate) const WITNESS: u32 = 0x7e57_1f1e;

/// The number of the signal for touching what is not there any more.
pub(crate) const SIGBUS: i32 = libc::SIGBUS;

const MAPPED: &str = "mapped";
const MAP_AGAIN: &str = "map again";
const TOUCH: &str = "touch";
const MOVE: &str = "move";
const USE_IN_CHILD: &str = "use and unmap in a child";
const FORK: &str = "fork a child that waits";
const TOUCH_IN_CHILD: &str = "touch in the child";
const WHERE: &str = "where";
const ABORT: &str = "abort";
const READ_IN_THREADS: &str = "read in threads";

/// How many threads read the mapping at once.
const THREADS: usize = 4;

/// The holder's own side.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    match hold(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(failure);
            ExitCode::FAILURE
        }
    }
}

fn hold(arguments: &[String]) -> Checked {
    let [node, size] = arguments else {
        return Err(format!("not a node and a size: {arguments:?}"));
    };
    let device = driver::open_node(node).context(node)?;
    let request = Request::whole(narrowed(size)?);
    let mut mapping = request.map(&device).context("mapping")?;
    mapping.read(0);
    let mut child = None;
    let witness = Box::new(WITNESS);
    let witness_at = ptr::from_ref(&*witness).addr();
    say(MAPPED);
    for step in stdin().lines() {
        match step.context("standard input")?.as_str() {
            MAP_AGAIN => say(outcome(request.map(&device).map(drop))),
            TOUCH => say(format_args!("read {:#x}", mapping.read(0))),
            MOVE => say(outcome(mapping.relocate())),
            USE_IN_CHILD => say(end_of(system::use_and_unmap_in_child(
                mapping.address(),
                request.length,
                0,
            ))),
            FORK => {
                child = Some(WaitingChild::fork(mapping.address()).context("forking")?);
                say(FORK);
            }
            TOUCH_IN_CHILD => {
                let child = child.take().ok_or("there is no child")?;
                say(end_of(child.read()));
            }
            WHERE => say(format_args!("{:#x} {witness_at:#x}", mapping.address())),
            READ_IN_THREADS => read_in_threads(&mapping),
            ABORT => {
                allow_a_core()?;
                process::abort();
            }
            other => return Err(format!("no such step: {other}")),
        }
    }
    Ok(())
}

/// Reads the mapping without end in threads, and says so once all of them do.
fn read_in_threads(mapping: &Mapping) {
    let all_read = Barrier::new(THREADS + 1);
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                mapping.read(0);
                all_read.wait();
                loop {
                    mapping.read(0);
                }
            });
        }
        all_read.wait();
        say(READ_IN_THREADS);
    });
}

fn allow_a_core() -> Checked {
    let unlimited = Rlimit {
        current: None,
        maximum: None,
    };
    setrlimit(Resource::Core, unlimited).context("allowing a core dump")
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

/// How a holder writes what became of a process.
fn end_of(child: Result<ExitStatus, Errno>) -> String {
    child.map_or_else(|error| error.to_string(), |status| status.to_string())
}

/// A holder, seen from the first process.
pub(crate) struct Holder {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Holder {
    /// Starts it and waits until it has the first window mapped and has read from it.
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
    pub(crate) fn must_die_on_touch(mut self, wanted: i32) -> Checked {
        self.ask(TOUCH)?;
        self.must_die(wanted)
    }

    /// It dies of the given signal, without having said anything more.
    pub(crate) fn must_die(mut self, wanted: i32) -> Checked {
        let answer = self.answer()?;
        let status = self.end()?;
        if status.signal() == Some(wanted) {
            return Ok(());
        }
        Err(format!("{status} (it says: {answer})"))
    }

    /// Has it read its mapping in several threads, until its end.
    pub(crate) fn read_in_threads(&mut self) -> Checked {
        self.ask(READ_IN_THREADS)?;
        must_be(self.answer()?.as_str(), READ_IN_THREADS)
    }

    /// Has it move its mapping.
    pub(crate) fn relocate(&mut self) -> Checked {
        self.ask(MOVE)?;
        must_be(self.answer()?.as_str(), outcome(Ok(())).as_str())
    }

    /// What becomes of a child of it that reads, writes and unmaps the mapping.
    pub(crate) fn use_in_child(&mut self) -> Checked<String> {
        self.ask(USE_IN_CHILD)?;
        self.answer()
    }

    /// Has it fork a child, which inherits the mapping and waits.
    pub(crate) fn fork(&mut self) -> Checked {
        self.ask(FORK)?;
        must_be(self.answer()?.as_str(), FORK)
    }

    /// What becomes of the child that waits when it reads the mapping.
    pub(crate) fn touch_in_child(&mut self) -> Checked<String> {
        self.ask(TOUCH_IN_CHILD)?;
        self.answer()
    }

    /// Where it has the mapping, and where [`WITNESS`].
    pub(crate) fn addresses(&mut self) -> Checked<[usize; 2]> {
        self.ask(WHERE)?;
        let answer = self.answer()?;
        let [mapping, witness] = words(&answer)?;
        Ok([narrowed(mapping)?, narrowed(witness)?])
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Has it abort, with a core dump if that is possible.
    pub(crate) fn abort(mut self) -> Checked<ExitStatus> {
        self.ask(ABORT)?;
        self.end()
    }

    /// Waits for its end. Closing its input ends a process that is still alive.
    fn end(mut self) -> Checked<ExitStatus> {
        drop(self.to);
        self.process.wait().context("waiting for the process")
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
