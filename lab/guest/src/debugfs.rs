// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers in debugfs.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::io::Errno;

use crate::driver;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::{Read, Scenario};
use crate::task::Task;

/// Compares the shown values, and checks that the file ends with the device.
pub(crate) fn test_debugfs(scenario: &Scenario, report: &mut Report) {
    report.check("debugfs shows the registers' values", || {
        let path = scenario.shown();
        let shown = fs::read_to_string(&path).context(&path)?;
        must_be(shown.is_empty(), false).context("nothing is shown")?;
        let mut reads = scenario.reads.iter();
        reads.try_for_each(|read| must_agree(&shown, read))
    });
    report.check("opening the node does not wait for a debugfs dump", || {
        opens_during_dump(scenario, &scenario.node)
    });
    report.check("unbound: debugfs shows nothing", || {
        let path = scenario.shown();
        let mut file = File::open(&path).context(&path)?;
        driver::while_unbound(scenario, || {
            must_be(Path::new(&path).exists(), false).context("the file is there")?;
            let read = file.read(&mut [0; 64]);
            let refusal = read.map_err(|error| Errno::from_io_error(&error));
            must_be(refusal, Err(Some(Errno::IO))).context("reading the open file")
        })
    });
}

/// How often the node is opened.
const OPENED: u32 = 100;

/// Most openings of a node take less than a quarter of what a dump takes, while one dump follows
/// another.
pub(crate) fn opens_during_dump(scenario: &Scenario, node: &str) -> Checked {
    let path = scenario.shown();
    let dump = move || -> Checked<Duration> {
        let started = Instant::now();
        fs::read(&path).context(&path)?;
        Ok(started.elapsed())
    };
    let longest = dump()?.max(dump()?);
    let ended = Arc::new(AtomicBool::new(false));
    let seen = ended.clone();
    let dumping = Task::start(move || -> Checked {
        while !seen.load(Ordering::Relaxed) {
            dump()?;
        }
        Ok(())
    });
    let mut quick = 0;
    for _ in 0..OPENED {
        let started = Instant::now();
        File::open(node).context(node)?;
        quick += u32::from(started.elapsed() < longest / 4);
    }
    ended.store(true, Ordering::Relaxed);
    dumping.outcome()??;
    if quick > OPENED / 2 {
        return Ok(());
    }
    Err(format!(
        "{quick} of {OPENED} in a quarter of {longest:?}, which a dump takes"
    ))
}

/// `0x0400 DIR = 0x0000000f`, if there is a register at that offset.
fn must_agree(shown: &str, read: &Read) -> Checked {
    let offset = format!("{:#06x} ", read.offset);
    let Some(line) = shown.lines().find(|line| line.starts_with(&offset)) else {
        return Ok(());
    };
    let value = format!(" = {:#010x}", read.value);
    if line.ends_with(&value) {
        return Ok(());
    }
    Err(format!("{line}, not{value}"))
}
