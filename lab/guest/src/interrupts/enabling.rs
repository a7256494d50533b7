// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enable bits: set and cleared by calls, restored by `write(1)`, cleared by the last close.

use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::Errno;

use super::source::Source;
use crate::ioctls;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::system;
use crate::task::{PATIENCE, Task};

/// An event that no block of the lab has.
const NONE: u32 = 1 << 31;

/// An enable bit of an event that does not happen.
const OTHER: u32 = 1 << 7;

/// How often two threads change a register on a fast kernel.
const AT_ONCE: u32 = 20_000;

pub(crate) fn test_enabling(scenario: &Scenario, source: &Source, report: &mut Report) {
    report.check("interrupt: a signal (SIGIO) comes with O_ASYNC", || {
        let reader = source.open_nonblocking()?;
        let (raised, came) = system::gets_signal(&reader, PATIENCE, || source.raise())
            .context("asking for signals")?;
        raised?;
        must_be(came, true)
    });
    if !source.has_storm() {
        return;
    }
    report.check("enable: a call sets and clears bits, and no others", || {
        sets_and_clears(source)
    });
    report.check(
        "enable: what an update of the register undid is set by the next write of 1",
        || repairs(source),
    );
    report.check(
        "enable: a write of 1 does not undo the call that disables",
        || {
            let reader = source.open_nonblocking()?;
            ioctls::set_events(&reader, source.events(), false).context("disable")?;
            reader.enable(1)?;
            must_be(source.enabled() & source.events(), 0)?;
            ioctls::set_events(&reader, source.events(), true).context("enable")?;
            source.raise_and_read(&reader).map(drop)
        },
    );
    test_update(scenario.rounds(AT_ONCE), source, report);
    report.check("enable: an unknown event fails with EINVAL", || {
        let reader = source.open_nonblocking()?;
        for on in [true, false] {
            let answer = ioctls::set_events(&reader, NONE | source.events(), on);
            must_be(answer, Err(Errno::INVAL))?;
        }
        source.raise_and_read(&reader).map(drop)
    });
}

fn test_update(rounds: u32, source: &Source, report: &mut Report) {
    // Bits that registers of their own set and clear are never read, changed and written back.
    if !source.has_pair() {
        report.check(
            "update: bits of the enable register are changed and remembered",
            || updates(source),
        );
        report.check(
            "update: of two threads that change one register, no change is lost",
            || changes_at_once(rounds, source),
        );
    }
    report.check(
        "update: registers that the driver does not write back fail with EINVAL",
        || {
            let reader = source.open_nonblocking()?;
            let beside = source.enable_register()? + 1;
            for offset in source.other_registers()?.into_iter().chain([beside]) {
                for bits in [(0, 0), (1, 0), (0, 1)] {
                    let answer = ioctls::update(&reader, offset, bits);
                    must_be(answer, Err(Errno::INVAL)).context(format!("{offset:#x}"))?;
                }
            }
            source.raise_and_read(&reader).map(drop)
        },
    );
    report.check("update: an unmapped address fails with EFAULT", || {
        let reader = source.open_nonblocking()?;
        must_be(ioctls::update_bad_address(&reader), Err(Errno::FAULT))
    });
    report.check(
        "enable, disable, update: a file opened for reading fails with EBADF",
        || {
            let file = source.open_read_only()?;
            let enabled = source.enabled();
            for on in [true, false] {
                must_be(
                    ioctls::set_events(&file, source.events(), on),
                    Err(Errno::BADF),
                )?;
            }
            let updated = ioctls::update(&file, source.enable_register()?, (0, 0));
            must_be(updated, Err(Errno::BADF))?;
            must_be(source.enabled(), enabled)
        },
    );
}

/// A test that needs that no other file is open.
pub(crate) fn test_last_close(scenario: &Scenario, report: &mut Report) {
    report.check("closed: the next program finds no bit enabled", || {
        let source = Source::prepare(scenario)?;
        if !source.has_storm() {
            return Ok(());
        }
        must_be(source.enabled() & source.events(), source.events()).context("prepared")?;
        drop(source);
        let next = Source::open(scenario, &scenario.node)?;
        must_be(next.enabled() & next.events(), 0)
    });
}

fn sets_and_clears(source: &Source) -> Checked {
    let reader = source.open_nonblocking()?;
    let events = source.events();
    let others = source.enabled() & !events;
    ioctls::set_events(&reader, events, false).context("disable")?;
    must_be(source.enabled(), others)?;
    source.write_raise()?;
    must_be(reader.poll(Duration::from_millis(50))?, PollFlags::empty())?;
    source.acknowledge();
    ioctls::set_events(&reader, events, true).context("enable")?;
    must_be(source.enabled(), others | events)?;
    source.raise_and_read(&reader).map(drop)
}

fn updates(source: &Source) -> Checked {
    let reader = source.open_nonblocking()?;
    let (register, events) = (source.enable_register()?, source.events());
    let enabled = source.enabled();
    must_be(ioctls::update(&reader, register, (0, 0)), Ok(enabled))?;
    must_be(ioctls::update(&reader, register, (events, 0)), Ok(enabled))?;
    must_be(source.enabled(), enabled & !events).context("cleared")?;
    reader.enable(1)?;
    must_be(source.enabled(), enabled & !events).context("a write of 1")?;
    // A bit of both is set.
    let set = ioctls::update(&reader, register, (events, events | OTHER));
    must_be(set, Ok(enabled & !events))?;
    must_be(source.enabled(), enabled | OTHER).context("set")?;
    // As after `enable`, a write of 1 repairs what a stale store undid.
    source.set_enabled(0);
    reader.enable(1)?;
    must_be(source.enabled(), events | OTHER).context("repaired")?;
    ioctls::update(&reader, register, (OTHER, 0)).context("update")?;
    source.raise_and_read(&reader).map(drop)
}

/// Each thread changes a bit of its own, and finds it as it left it.
fn changes_at_once(rounds: u32, source: &Source) -> Checked {
    let (updater, switcher) = (source.open_nonblocking()?, source.open_nonblocking()?);
    let (register, events) = (source.enable_register()?, source.events());
    let updating = Task::start(move || {
        (0..rounds).try_for_each(|_| {
            ioctls::update(&updater, register, (0, OTHER)).context("set")?;
            let held = ioctls::update(&updater, register, (OTHER, 0)).context("clear")?;
            must_be(held & OTHER, OTHER).context("set")?;
            let held = ioctls::update(&updater, register, (0, 0)).context("read")?;
            must_be(held & OTHER, 0).context("cleared")
        })
    });
    for _ in 0..rounds {
        ioctls::set_events(&switcher, events, false).context("disable")?;
        must_be(source.enabled() & events, 0).context("disabled")?;
        ioctls::set_events(&switcher, events, true).context("enable")?;
        must_be(source.enabled() & events, events).context("enabled")?;
    }
    updating.outcome_within(10 * PATIENCE)??;
    source.raise_and_read(&switcher).map(drop)
}

/// A program's read-modify-write undoes what the driver sets.
fn repairs(source: &Source) -> Checked {
    let reader = source.open_nonblocking()?;
    let enabled = source.enabled();
    reader.enable(0)?;
    let stale = source.enabled();
    reader.enable(1)?;
    must_be(source.enabled(), enabled).context("enabled again")?;
    source.set_enabled(stale);
    reader.enable(1)?;
    must_be(source.enabled(), enabled).context("repaired")?;
    source.raise_and_read(&reader).map(drop)
}
