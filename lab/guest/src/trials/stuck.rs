// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block in plain memory, where no acknowledgement has an effect: nothing that the driver does
//! clears a status bit, and what it writes stays. The kernel's own injection raises the lines.

use std::time::Duration;

use rustix::event::PollFlags;

use super::ceiling;
use super::injection::{self, FIRST_LINE};
use crate::driver;
use crate::interrupts::{READABLE, Reader};
use crate::ioctls;
use crate::kernel_log::KernelLog;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::task::{PATIENCE, pause};

/// What the driver's warning has.
const WARNING: &str = "is masked until a program enables it: to acknowledge it does not clear it";

/// A line of the block, by its index.
struct Line {
    index: usize,
    /// Its name in the description.
    name: &'static str,
    what: &'static str,
    status: usize,
    /// The enable register, where there is one.
    enable: Option<usize>,
    /// After it was masked, the driver itself looks at the status.
    looks: bool,
}

const LINES: &[Line] = &[
    Line {
        index: 0,
        name: "level",
        what: "a level with enable bits",
        status: 0x00,
        enable: Some(0x04),
        looks: false,
    },
    Line {
        index: 1,
        name: "level_bare",
        what: "a level without enable bits",
        status: 0x10,
        enable: None,
        looks: false,
    },
    Line {
        index: 2,
        name: "edge",
        what: "an edge with enable bits",
        status: 0x20,
        enable: Some(0x24),
        looks: false,
    },
    Line {
        index: 3,
        name: "edge_bare",
        what: "an edge without enable bits",
        status: 0x30,
        enable: None,
        looks: true,
    },
];

/// The line with a pair of registers to set and to clear enable bits, and these registers.
const PAIR: usize = 4;
const PAIR_STATUS: usize = 0x40;
const SET: usize = 0x44;
const CLEAR: usize = 0x48;

/// The line whose enable register cannot be read, and its registers.
const BLIND: usize = 5;
const BLIND_STATUS: usize = 0x50;
const BLIND_ENABLE: usize = 0x54;

/// How often a masked line is let through.
const LIFTED: u32 = 5;

pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    let ready = report.check("stuck: the node appears", || {
        driver::wait_for_node(scenario, true)
    });
    if ready.is_none() {
        return;
    }
    for line in LINES {
        report.check(
            &format!("stuck: {} is masked, with one warning", line.what),
            || line.is_masked(scenario),
        );
        report.check(
            &format!("stuck: {} goes on once it is clear", line.what),
            || line.goes_on(scenario),
        );
    }
    report.check("stuck: another binding warns again", || {
        driver::while_unbound(scenario, || Ok(()))?;
        LINES.iter().try_for_each(|line| line.is_masked(scenario))
    });
    test_pair(scenario, report);
    ceiling::test_bare(scenario, report);
    report.check(
        "blind: the bits of a register that cannot be read are those that were written",
        || keeps_what_it_wrote(scenario),
    );
}

fn test_pair(scenario: &Scenario, report: &mut Report) {
    report.check(
        "pair: a call writes the events' bits, and only these",
        || {
            let block = Block::open(scenario, PAIR)?;
            for (events, set, clear) in [(0b01, 1 << 3, 1 << 5), (0b10, 1 << 9, 1 << 6)] {
                block.must_write((set, 0), || block.set_events(events, true))?;
                block.must_write((0, clear), || block.set_events(events, false))?;
            }
            let both = (1 << 3 | 1 << 9, 0);
            block.must_write(both, || block.set_events(0b11, true))
        },
    );
    report.check(
        "pair: an event writes its clear bit, a write of 1 its set bit",
        || {
            let block = Block::open(scenario, PAIR)?;
            block.set_events(0b11, true)?;
            block.must_write((0, 1 << 6), || {
                block.registers.write(PAIR_STATUS, 1 << 4);
                block.inject()?;
                block.must_report(0b10)
            })?;
            block.must_write((1 << 9, 0), || block.reader.enable(1))?;
            block.must_write((0, 0), || block.reader.enable(1))
        },
    );
    report.check(
        "pair: a write of 0 clears all, a write of 1 sets what was set",
        || {
            let block = Block::open(scenario, PAIR)?;
            block.set_events(0b01, true)?;
            block.set_events(0b10, false)?;
            block.must_write((0, 1 << 5), || block.reader.enable(0))?;
            block.must_write((1 << 3, 0), || block.reader.enable(1))
        },
    );
    report.check("pair: the last close writes all clear bits", || {
        let block = Block::open(scenario, PAIR)?;
        block.set_events(0b11, true)?;
        block.registers.write(CLEAR, 0);
        drop(block);
        let next = Block::open(scenario, PAIR)?;
        must_be(next.registers.read(CLEAR), 1 << 5 | 1 << 6)
    });
}

impl Line {
    /// All of it stays masked after the handler's looks; a write of 1 lifts it once.
    fn is_masked(&self, scenario: &Scenario) -> Checked {
        let block = Block::open(scenario, self.index)?;
        let mut log = KernelLog::from_now()?;
        self.enable(&block)?;
        block.registers.write(self.status, 0b11);
        block.inject()?;
        let (mut count, events) = block.report().context("at first")?;
        must_be(events, 0b11).context("events")?;
        self.must_be_off(&block)?;
        must_be(block.registers.read(self.status), 0b11).context("the status")?;
        for lifted in 1..=LIFTED {
            block.reader.enable(1)?;
            if !self.looks {
                self.must_be_on(&block)?;
                block.inject()?;
            }
            let (next, events) = block.report().context(format!("lifted {lifted} times"))?;
            must_be((next, events), (count.wrapping_add(1), 0b11)).context("once")?;
            count = next;
            self.must_be_off(&block)?;
        }
        block.registers.write(self.status, 0);
        must_be(warnings(&mut log, self.name)?, 1).context("warnings")
    }

    /// The line works as if nothing had been.
    fn goes_on(&self, scenario: &Scenario) -> Checked {
        let block = Block::open(scenario, self.index)?;
        self.enable(&block)?;
        block.registers.write(self.status, 0b11);
        block.inject()?;
        block.report()?;
        block.registers.write(self.status, 0);
        block.reader.enable(1)?;
        self.must_be_on(&block)?;
        pause();
        must_be(block.reader.poll(Duration::ZERO)?, PollFlags::empty()).context("clear")?;
        for _ in 0..LIFTED {
            block.inject()?;
            pause();
            must_be(block.reader.poll(Duration::ZERO)?, PollFlags::empty())
                .context("another device's interrupt")?;
        }
        block.registers.write(self.status, 0b10);
        block.inject()?;
        must_be(block.report()?.1, 0b10).context("the next")?;
        block.registers.write(self.status, 0);
        Ok(())
    }

    fn enable(&self, block: &Block) -> Checked {
        match self.enable {
            Some(_) => block.set_events(0b11, true),
            None => Ok(()),
        }
    }

    fn must_be_on(&self, block: &Block) -> Checked {
        let enabled = self.enable.map(|at| block.registers.read(at));
        must_be(enabled.unwrap_or(0b11), 0b11).context("enable bits")
    }

    fn must_be_off(&self, block: &Block) -> Checked {
        let enabled = self.enable.map(|at| block.registers.read(at));
        must_be(enabled.unwrap_or(0), 0).context("enable bits")?;
        pause();
        must_be(block.reader.poll(Duration::ZERO)?, PollFlags::empty()).context("masked")
    }
}

/// The block, and a file of one of its lines.
struct Block {
    line: usize,
    registers: Mapping,
    reader: Reader,
}

impl Block {
    fn open(scenario: &Scenario, line: usize) -> Checked<Self> {
        let reader = Reader::of(&scenario.node, line)?;
        let registers = Request::whole(scenario.mappable)
            .map(&reader)
            .context("mapping")?;
        Ok(Self {
            line,
            registers,
            reader,
        })
    }

    fn set_events(&self, events: u32, on: bool) -> Checked {
        ioctls::set_events(&self.reader, events, on).context(format!("{events:#b} {on}"))
    }

    /// Raises the line.
    fn inject(&self) -> Checked {
        injection::inject(FIRST_LINE + self.line)
    }

    /// The count and events of an interrupt, which must come.
    fn report(&self) -> Checked<(u32, u32)> {
        must_be(self.reader.poll(PATIENCE)?, READABLE)?;
        self.reader.count_and_events()
    }

    fn must_report(&self, events: u32) -> Checked {
        must_be(self.report()?.1, events)
    }

    /// What the driver writes to the registers that set and clear enable bits; a write of 0 has no
    /// effect and is not seen.
    fn must_write(&self, (set, clear): (u32, u32), work: impl FnOnce() -> Checked) -> Checked {
        self.registers.write(SET, 0);
        self.registers.write(CLEAR, 0);
        work()?;
        let written = (self.registers.read(SET), self.registers.read(CLEAR));
        must_be(written, (set, clear)).context("set, clear")
    }
}

/// Nothing can be read back: the memory is emptied each time.
fn keeps_what_it_wrote(scenario: &Scenario) -> Checked {
    let block = Block::open(scenario, BLIND)?;
    let written = |expected: u32, work: &dyn Fn() -> Checked| {
        block.registers.write(BLIND_ENABLE, 0);
        work()?;
        must_be(block.registers.read(BLIND_ENABLE), expected)
    };
    written(1 << 8, &|| block.set_events(0b01, true)).context("one")?;
    written(0b11 << 8, &|| block.set_events(0b10, true)).context("both")?;
    written(1 << 9, &|| {
        block.registers.write(BLIND_STATUS, 0b01);
        block.inject()?;
        block.must_report(0b01)
    })
    .context("masked")?;
    written(0b11 << 8, &|| block.reader.enable(1)).context("lifted")?;
    block.registers.write(BLIND_STATUS, 0);
    block.registers.write(BLIND_ENABLE, 0xffff_ffff);
    block.set_events(0b11, false)?;
    must_be(block.registers.read(BLIND_ENABLE), 0).context("none")
}

/// How many warnings there were of that line.
fn warnings(log: &mut KernelLog, line: &str) -> Checked<usize> {
    let about = format!("interrupt `{line}` {WARNING}");
    let records = log.read()?;
    Ok(records
        .iter()
        .filter(|it| it.message.contains(&about))
        .count())
}
