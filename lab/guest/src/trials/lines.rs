// SPDX-License-Identifier: MIT OR Apache-2.0

//! A PL061 as a block of two interrupts by events, of type `level`: they share the status
//! and the enable register, and one line of the interrupt controller.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::io::Errno;

use crate::driver;
use crate::interrupts::{READABLE, Reader};
use crate::ioctls;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::task::{PATIENCE, Task, pause};

/// The interrupts by their indices: lines 0 to 3, and lines 4 to 7.
pub(super) const RX: usize = 0;
const TX: usize = 1;
/// The events of each.
pub(super) const ALL: u32 = 0xf;
/// The first line of each.
const FIRST: [u32; 2] = [0, 4];

const DIR: usize = 0x400;
const IS: usize = 0x404;
const IBE: usize = 0x408;
const IEV: usize = 0x40c;
const IE: usize = 0x410;
const RIS: usize = 0x414;
const IC: usize = 0x41c;

/// How long threads change enable bits on a fast kernel, in seconds.
const SECONDS: u32 = 60;
/// How often each of them does at least, if it takes a busy machine longer.
const CHANGES: u64 = 1_000;
/// How many events are raised on a fast kernel while a thread updates the register, at least.
const EVENTS: u32 = 2_000;

pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    let ready = report.check("lines: the node appears", || {
        driver::wait_for_node(scenario, true)
    });
    if ready.is_none() {
        return;
    }
    report.check("lines: no bit is enabled at first", || {
        must_be(Block::open(scenario)?.enabled(), 0)
    });
    report.check("lines: each interrupt gets its own events only", || {
        get_their_own(scenario)
    });
    test_masks(scenario, report);
    test_updates(scenario, report);
    report.check("lines: no enable bit is left after the last close", || {
        {
            let block = Block::prepared(scenario)?;
            must_be(block.enabled(), 0xff).context("prepared")?;
        }
        must_be(Block::open(scenario)?.enabled(), 0)
    });
    report.check("lines: unbinding clears the enable bits", || {
        let block = Block::prepared(scenario)?;
        must_be(block.enabled(), 0xff).context("prepared")?;
        driver::while_unbound(scenario, || Ok(()))?;
        must_be(Block::open(scenario)?.enabled(), 0)
    });
}

fn test_masks(scenario: &Scenario, report: &mut Report) {
    report.check("lines: an event is masked until a write of 1", || {
        is_masked_at_the_event(scenario)
    });
    report.check(
        "lines: a source that is still active is reported once for each write of 1",
        || is_reported_again(scenario),
    );
    report.check(
        "lines: a write of 1 lifts only the file's interrupt",
        || {
            let block = Block::prepared(scenario)?;
            block.raise(1);
            block.files[RX].must_report(0b0010)?;
            block.raise(6);
            block.files[TX].must_report(0b0100)?;
            must_be(block.enabled(), 0b1011_1101).context("masked")?;
            block.clear();
            block.files[TX].reader.enable(1)?;
            must_be(block.enabled(), 0b1111_1101).context("one is lifted")?;
            block.files[RX].reader.enable(1)?;
            must_be(block.enabled(), 0xff).context("both are lifted")
        },
    );
    report.check(
        "lines: a write of 0 masks only the file's interrupt",
        || {
            let block = Block::prepared(scenario)?;
            block.files[RX].reader.enable(0)?;
            must_be(block.enabled(), 0xf0)?;
            block.raise(2);
            block.raise(7);
            block.files[TX].must_report(0b1000)?;
            block.files[RX].must_be_quiet()?;
            block.files[RX].reader.enable(1)?;
            block.files[RX].must_report(0b0100)
        },
    );
    report.check("lines: a disabled event stays off at a write of 1", || {
        let block = Block::prepared(scenario)?;
        let rx = &block.files[RX];
        ioctls::set_events(&rx.reader, 0b0001, false).context("disable")?;
        block.raise(0);
        block.raise(3);
        rx.must_report(0b1000)?;
        rx.reader.enable(1)?;
        rx.must_report(0b1000).context("still active")?;
        must_be(block.enabled() & 1, 0)
    });
}

/// The first event of one interrupt, by the file of the other.
fn updates_through_the_other(scenario: &Scenario) -> Checked {
    let block = Block::prepared(scenario)?;
    let (rx, tx) = (&block.files[RX].reader, &block.files[TX]);
    let register = u32::try_from(IE).context("the enable register")?;
    must_be(ioctls::update(rx, register, (0x10, 0)), Ok(0xff))?;
    tx.reader.enable(1)?;
    must_be(block.enabled(), 0xef).context("disabled")?;
    must_be(ioctls::update(rx, register, (0, 0x10)), Ok(0xef))?;
    must_be(block.enabled(), 0xff).context("enabled")?;
    block.raise(4);
    tx.must_report(0b0001)?;
    must_be(block.enabled(), 0xef).context("masked")?;
    // It is still active.
    must_be(ioctls::update(rx, register, (0, 0x10)), Ok(0xef))?;
    tx.must_report(0b0001).context("enabled again")?;
    block.clear();
    tx.reader.enable(1)?;
    must_be(block.enabled(), 0xff).context("lifted")
}

fn test_updates(scenario: &Scenario, report: &mut Report) {
    report.check(
        "lines: an update through one file changes the other interrupt's bits, and is remembered",
        || updates_through_the_other(scenario),
    );
    report.check(
        "lines: what an old value undid in the register is repaired by a write of 1",
        || {
            let block = Block::prepared(scenario)?;
            block.raise(2);
            block.files[RX].must_report(0b0100)?;
            let old = block.enabled();
            block.clear();
            block.files[RX].reader.enable(1)?;
            block.registers.write(IE, old);
            block.files[RX].reader.enable(1)?;
            block.raise(2);
            block.files[RX].must_report(0b0100)
        },
    );
    let events = scenario.rounds(EVENTS);
    report.check(
        &format!(
            "lines: {events} events while another thread updates the enable register: none ends the interrupt"
        ),
        || outlives_updates(scenario, events),
    );
    let seconds = scenario.rounds(SECONDS);
    report.check(
        &format!("lines: four threads enable and disable events for {seconds} s: none is lost"),
        || changes_are_kept(scenario, Duration::from_secs(seconds.into())),
    );
}

/// The registers, and a file for each interrupt.
struct Block {
    registers: Mapping,
    files: [File; 2],
}

/// A file of one of the interrupts.
struct File {
    reader: Reader,
}

impl Block {
    /// The block as it is.
    fn open(scenario: &Scenario) -> Checked<Self> {
        let file = |interrupt| -> Checked<File> {
            let reader = Reader::of(&scenario.node, interrupt)?;
            Ok(File { reader })
        };
        let files = [file(RX)?, file(TX)?];
        let registers = Request::whole(scenario.mappable)
            .map(&files[RX].reader)
            .context("mapping")?;
        Ok(Self { registers, files })
    }

    /// The block with all of its lines waiting for falling edges, and their interrupts enabled.
    fn prepared(scenario: &Scenario) -> Checked<Self> {
        let block = Self::open(scenario)?;
        for (register, value) in [(IE, 0), (IS, 0), (IBE, 0), (IEV, 0), (DIR, 0), (IC, 0xff)] {
            block.registers.write(register, value);
        }
        for file in &block.files {
            ioctls::set_events(&file.reader, ALL, true).context("enable")?;
        }
        must_be(block.enabled(), 0xff).context("enabled")?;
        Ok(block)
    }

    fn enabled(&self) -> u32 {
        self.registers.read(IE)
    }

    /// What the lines latched stays until this.
    fn clear(&self) {
        self.registers.write(IC, 0xff);
    }

    /// The model sees a falling edge of that line: see the lab's `PL061_EDGE`.
    fn raise(&self, line: u32) {
        let bit = 1 << line;
        let data = 4_usize << line;
        let level = |value| {
            for (register, value) in [(DIR, bit), (data, value), (DIR, 0)] {
                self.registers.write(register, value);
            }
        };
        level(bit);
        level(0);
    }
}

impl File {
    /// An interrupt is reported, with these events.
    fn must_report(&self, events: u32) -> Checked {
        must_be(self.reader.poll(PATIENCE)?, READABLE).context(format!("{events:#06b}"))?;
        must_be(self.reader.count_and_events()?.1, events)
    }

    fn must_be_quiet(&self) -> Checked {
        pause();
        must_be(self.reader.poll(Duration::ZERO)?, PollFlags::empty())
    }
}

fn get_their_own(scenario: &Scenario) -> Checked {
    let block = Block::prepared(scenario)?;
    for interrupt in [RX, TX, RX] {
        let (own, other) = (&block.files[interrupt], &block.files[1 - interrupt]);
        for event in 0..4 {
            block.raise(FIRST[interrupt] + event);
            own.must_report(1 << event)
                .context(format!("interrupt {interrupt}, event {event}"))?;
            other.must_be_quiet().context("the other interrupt")?;
            block.clear();
            own.reader.enable(1)?;
        }
        must_be(other.reader.read(&mut [0; 8]), Err(Errno::AGAIN))?;
    }
    own_at_once(&block)
}

/// Events of both at the same time.
fn own_at_once(block: &Block) -> Checked {
    for file in &block.files {
        file.reader.enable(0)?;
    }
    block.raise(1);
    block.raise(3);
    block.raise(4);
    for file in &block.files {
        file.reader.enable(1)?;
    }
    block.files[RX].must_report(0b1010)?;
    block.files[TX].must_report(0b0001)
}

fn is_masked_at_the_event(scenario: &Scenario) -> Checked {
    let block = Block::prepared(scenario)?;
    let rx = &block.files[RX];
    block.raise(2);
    rx.must_report(0b0100)?;
    must_be(block.enabled(), 0b1111_1011).context("its enable bit")?;
    must_be(block.registers.read(RIS), 0b0100).context("the driver acknowledges nothing")?;
    rx.must_be_quiet()?;
    block.clear();
    rx.reader.enable(1)?;
    must_be(block.enabled(), 0xff).context("lifted")?;
    rx.must_be_quiet().context("lifted")?;
    block.raise(2);
    rx.must_report(0b0100).context("lifted")
}

fn is_reported_again(scenario: &Scenario) -> Checked {
    let block = Block::prepared(scenario)?;
    let rx = &block.files[RX];
    block.raise(0);
    must_be(rx.reader.poll(PATIENCE)?, READABLE)?;
    let (first, _) = rx.reader.count_and_events()?;
    for more in 1..=100 {
        rx.reader.enable(1)?;
        must_be(rx.reader.poll(PATIENCE)?, READABLE)?;
        let expected = (first.wrapping_add(more), 0b0001);
        must_be(rx.reader.count_and_events()?, expected)?;
    }
    rx.must_be_quiet()
}

/// The other thread reads the register and writes it back, as a program does that changes a bit of it.
fn outlives_updates(scenario: &Scenario, events: u32) -> Checked {
    let block = Arc::new(Block::prepared(scenario)?);
    let ended = Arc::new(AtomicBool::new(false));
    let updates = Arc::new(AtomicU32::new(0));
    let updating = {
        let (block, ended, updates) = (block.clone(), ended.clone(), updates.clone());
        Task::start(move || {
            while !ended.load(Ordering::Relaxed) {
                let value = block.enabled();
                block.registers.write(IE, value);
                updates.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    // The other thread may have to wait for a processor.
    let is_too_few = |number: &u32| *number < events || updates.load(Ordering::Relaxed) < events;
    let outcome = (0..).take_while(is_too_few).try_for_each(|number| {
        one_of_many(&block, number % 4).context(format!("event {number} of {events}"))
    });
    ended.store(true, Ordering::Relaxed);
    updating.outcome()?;
    outcome?;
    for file in &block.files {
        file.reader.enable(1)?;
    }
    block.clear();
    must_be(block.enabled(), 0xff).context("after the last update")?;
    for event in 0..4 {
        // An event from before may be there still.
        let _ = block.files[RX].reader.count_and_events();
        block.raise(event);
        block.files[RX].must_report(1 << event)?;
    }
    Ok(())
}

/// The program repeats the write of 1 until the event comes, as one does that waits with a time limit.
fn one_of_many(block: &Block, line: u32) -> Checked {
    let rx = &block.files[RX].reader;
    let started = Instant::now();
    block.raise(line);
    while rx.poll(Duration::from_millis(1))? != READABLE {
        if started.elapsed() > PATIENCE {
            return Err(format!("no event; IE is {:#x}", block.enabled()));
        }
        rx.enable(1)?;
    }
    block.clear();
    rx.count_and_events()?;
    rx.enable(1)
}

/// Each thread has two bits of its own, two threads are of one interrupt, and each bit must be
/// what its thread made it last, whatever the others do meanwhile.
fn changes_are_kept(scenario: &Scenario, time: Duration) -> Checked {
    let block = Arc::new(Block::prepared(scenario)?);
    let until = Instant::now() + time;
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let (node, block) = (scenario.node.clone(), block.clone());
            thread::spawn(move || change_own_bits(&node, &block, number, until))
        })
        .collect();
    let mut expected = 0;
    let mut changes = 0;
    for thread in threads {
        let (bits, changed) = thread.join().map_err(|_| "a thread panicked")??;
        expected |= bits;
        changes += changed;
    }
    must_be(block.enabled(), expected).context(format!("after {changes} changes"))
}

/// Returns the enable bits that the thread left set, and how many changes it made: at least
/// [`CHANGES`].
fn change_own_bits(node: &str, block: &Block, number: u32, until: Instant) -> Checked<(u32, u64)> {
    let interrupt = number as usize / 2;
    let reader = Reader::of(node, interrupt)?;
    let first = 2 * (number % 2);
    let own = (0b11 << first) << FIRST[interrupt];
    let mut random = 0x2545_f491 + number;
    let mut changes = 0;
    let mut left = 0;
    while Instant::now() < until || changes < CHANGES {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let on = random & 0b11;
        ioctls::set_events(&reader, on << first, true).context("enable")?;
        ioctls::set_events(&reader, (!on & 0b11) << first, false).context("disable")?;
        left = (on << first) << FIRST[interrupt];
        changes += 2;
        must_be(block.enabled() & own, left).context(format!("after {changes} changes"))?;
    }
    Ok((left, changes))
}
