// SPDX-License-Identifier: MIT OR Apache-2.0

//! Only the process that made a mapping, and its children, can access the registers through it.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};

use rustix::io::Errno;
use rustix::process::{Gid, Pid, Uid};
use rustix::thread::{set_thread_gid, set_thread_uid};

use crate::core_dump::CoreDump;
use crate::driver;
use crate::holder::{Holder, WITNESS};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::{Scenario, narrowed};
use crate::system;

/// The argument that makes the program one that opens a node.
pub(crate) const ROLE: &str = "open-a-node";

/// A user without any rights.
const NOBODY: u32 = 65534;
/// Where core dumps go.
const CORE: &str = "/core";
const CORE_PATTERN: &str = "/proc/sys/kernel/core_pattern";

/// Tries to read the registers from another process.
pub(crate) fn test_privacy(scenario: &Scenario, report: &mut Report) {
    report.check("refused: opening the node as another user (EACCES)", || {
        must_be(open_as(scenario, 0)?.as_str(), "allowed")?;
        let refusal = Errno::ACCESS.to_string();
        must_be(open_as(scenario, NOBODY)?.as_str(), &refusal)
    });
    report.check("a debugger cannot read the mapping", || {
        must_not_read(scenario, system::peek, Errno::IO)
    });
    report.check("process_vm_readv cannot read the mapping", || {
        must_not_read(scenario, system::read_of_process, Errno::FAULT)
    });
    report.check("/proc/<process>/mem cannot read the mapping", || {
        must_not_read(scenario, read_by_proc, Errno::IO)
    });
    report.check("a core dump does not contain the mapping", || {
        core_lacks_mapping(scenario)
    });
}

/// The side of the process that opens a node and says what came of it.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    match open_as_requested(arguments) {
        Ok(()) => println!("allowed"),
        Err(failure) => println!("{failure}"),
    }
    ExitCode::SUCCESS
}

fn open_as_requested(arguments: &[String]) -> Checked {
    let [node, user] = arguments else {
        return Err(format!("not a node and a user: {arguments:?}"));
    };
    let user = narrowed(user)?;
    // The process has but this thread.
    set_thread_gid(Gid::from_raw(user)).context("another group")?;
    set_thread_uid(Uid::from_raw(user)).context("another user")?;
    let device = driver::open_node(node);
    let refusal =
        |error| Errno::from_io_error(&error).map_or("unknown".to_owned(), |it| it.to_string());
    device.map(drop).map_err(refusal)
}

fn open_as(scenario: &Scenario, user: u32) -> Checked<String> {
    let output = Command::new("/proc/self/exe")
        .args([ROLE, &scenario.node, &format!("{user:#x}")])
        .output()
        .context(format!("a process of user {user}"))?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}

/// A way to read a process's memory reads what else it has, but not the mapping.
fn must_not_read(
    scenario: &Scenario,
    read: impl Fn(Pid, usize) -> Result<u32, Errno>,
    refusal: Errno,
) -> Checked {
    let mut holder = Holder::start(scenario)?;
    let [mapping, witness] = holder.addresses()?;
    let process = Pid::from_raw(holder.id().cast_signed()).ok_or("it has no number")?;
    must_be(read(process, witness), Ok(WITNESS)).context("other memory")?;
    must_be(read(process, mapping), Err(refusal)).context("the mapping")
}

fn read_by_proc(process: Pid, address: usize) -> Result<u32, Errno> {
    let mut word = [0; 4];
    let path = format!("/proc/{}/mem", process.as_raw_nonzero());
    File::open(path)
        .and_then(|memory| memory.read_exact_at(&mut word, address as u64))
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::INVAL))?;
    Ok(u32::from_ne_bytes(word))
}

fn core_lacks_mapping(scenario: &Scenario) -> Checked {
    fs::write(CORE_PATTERN, CORE).context(CORE_PATTERN)?;
    let mut holder = Holder::start(scenario)?;
    let [mapping, witness] = holder.addresses()?;
    let end = holder.abort()?;
    if !end.core_dumped() {
        return Err(format!("it has left no core dump: {end}"));
    }
    let core = CoreDump::new(fs::read(CORE).context(CORE)?);
    fs::remove_file(CORE).context(CORE)?;
    must_be(core.word(witness)?, Some(WITNESS)).context("other memory")?;
    must_be(core.word(mapping)?, None).context("the mapping")
}
