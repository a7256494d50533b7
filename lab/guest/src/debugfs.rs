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
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::{Marks, Read, Scenario, Write, narrowed};
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
    test_opening_during_dump(scenario, report);
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

fn test_opening_during_dump(scenario: &Scenario, report: &mut Report) {
    let name = "opening the node does not wait for a debugfs dump";
    match &scenario.marks {
        Some(marks) => {
            report.check(name, || opens_during_dump(scenario, marks, &scenario.node));
        }
        None => report.leave_out(
            name,
            "it takes two registers that may hold any number; devices that have them show it",
        ),
    }
}

/// How many dumps must have an opening between two of their reads.
const WANTED: u32 = 10;

/// A machine with little else to do takes a fraction of a second.
const LIMIT: Duration = Duration::from_secs(120);

/// A node is opened between two reads of one dump.
///
/// One thread opens the node again and again, and writes the number of each opening to the late
/// register and then to the early one. Where a dump shows a late number that is two or more above its early one, a
/// whole opening was between these two reads. No time is compared: where a dump holds a lock that an opening
/// takes, there is no such dump, however slow or busy the machine is.
pub(crate) fn opens_during_dump(scenario: &Scenario, marks: &Marks, node: &str) -> Checked {
    let device = driver::open(scenario).context(&scenario.node)?;
    let registers = Request::whole(scenario.mappable);
    let registers = Arc::new(registers.map(&device).context("mapping")?);
    let before = marks.prepare(&registers);
    let ended = Arc::new(AtomicBool::new(false));
    let opening = Task::start({
        let (ended, registers) = (ended.clone(), registers.clone());
        let (node, marks) = (node.to_owned(), marks.clone());
        move || open_and_mark(&node, &registers, &marks, &ended)
    });
    let dumping = Task::start({
        let (path, marks) = (scenario.shown(), marks.clone());
        move || dump_until_opened(&path, &marks)
    });
    let outcome = dumping.outcome_within(2 * LIMIT);
    ended.store(true, Ordering::Relaxed);
    let openings = opening.outcome()?;
    for write in before.iter().rev() {
        registers.write(write.offset, write.value);
    }
    let openings = openings?;
    outcome?.context(format!("{openings} openings"))
}

/// Returns how often it opened the node.
fn open_and_mark(
    node: &str,
    registers: &Mapping,
    marks: &Marks,
    ended: &AtomicBool,
) -> Checked<u32> {
    let mut number = 0_u32;
    while !ended.load(Ordering::Relaxed) {
        File::open(node).context(node)?;
        number = number.wrapping_add(1);
        marks.leave(registers, number);
    }
    Ok(number)
}

/// Dumps the registers until enough dumps had an opening in between.
fn dump_until_opened(path: &str, marks: &Marks) -> Checked {
    let started = Instant::now();
    let (mut dumps, mut opened) = (0, 0);
    while opened < WANTED {
        if started.elapsed() > LIMIT {
            return Err(format!(
                "{opened} of {dumps} dumps had one between two reads"
            ));
        }
        let shown = fs::read_to_string(path).context(path)?;
        dumps += 1;
        opened += u32::from(marks.has_opening(&shown)?);
    }
    Ok(())
}

impl Marks {
    /// Makes the registers ready, with the number 0; returns what they held.
    fn prepare(&self, registers: &Mapping) -> Vec<Write> {
        let prepared = self.prepare.iter().map(|write| write.offset);
        let held = prepared.chain([self.late, self.early]).map(|offset| Write {
            offset,
            value: registers.read(offset),
        });
        let held = held.collect();
        for write in &self.prepare {
            registers.write(write.offset, write.value);
        }
        self.leave(registers, 0);
        held
    }

    /// Writes a number to both: no dump may show an early one that the late one is not at.
    fn leave(&self, registers: &Mapping, number: u32) {
        registers.write(self.late, number);
        registers.write(self.early, number);
    }

    /// Whether there was a whole opening between a dump's reads of the registers.
    fn has_opening(&self, shown: &str) -> Checked<bool> {
        let early = value_of(shown, self.early)?;
        let late = value_of(shown, self.late)?;
        Ok(late.wrapping_sub(early) & self.mask >= 2)
    }
}

/// What a dump shows for the register at `offset`.
fn value_of(shown: &str, offset: usize) -> Checked<u32> {
    let value = line_of(shown, offset).and_then(|line| line.split_once(" = "));
    let (_, value) = value.ok_or_else(|| format!("the dump has no value at {offset:#x}"))?;
    narrowed(value)
}

/// `0x0400 DIR = 0x0000000f`, if there is a register at that offset.
fn line_of(shown: &str, offset: usize) -> Option<&str> {
    let offset = format!("{offset:#06x} ");
    shown.lines().find(|line| line.starts_with(&offset))
}

fn must_agree(shown: &str, read: &Read) -> Checked {
    let Some(line) = line_of(shown, read.offset) else {
        return Ok(());
    };
    let value = format!(" = {:#010x}", read.value);
    if line.ends_with(&value) {
        return Ok(());
    }
    Err(format!("{line}, not{value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_between_two_reads_where_the_numbers_are_two_apart() {
        let marks = Marks {
            early: 0x4,
            late: 0x20c,
            mask: 0xf,
            prepare: Vec::new(),
        };
        let dump = |early: u32, late: u32| {
            format!(
                "0x0004 FULL = {early:#010x}\n         ALL = 0x0\n0x020c SCALE = {late:#010x}\n"
            )
        };
        for (early, late, expected) in [
            (7, 7, false),
            (7, 8, false),
            (7, 9, true),
            (15, 16, false),
            (15, 17, true),
            (u32::MAX, 0, false),
        ] {
            let found = marks.has_opening(&dump(early, late));
            assert_eq!(found, Ok(expected), "{early} {late}");
        }
        assert!(marks.has_opening("0x0004 FULL = 0x00000001\n").is_err());
    }
}
