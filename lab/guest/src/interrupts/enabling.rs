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
use crate::task::PATIENCE;

/// An event that no block of the lab has.
const NONE: u32 = 1 << 31;

pub(crate) fn test_enabling(source: &Source, report: &mut Report) {
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
    report.check("enable: an unknown event fails with EINVAL", || {
        let reader = source.open_nonblocking()?;
        for on in [true, false] {
            let answer = ioctls::set_events(&reader, NONE | source.events(), on);
            must_be(answer, Err(Errno::INVAL))?;
        }
        source.raise_and_read(&reader).map(drop)
    });
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
    source.write_raise();
    must_be(reader.poll(Duration::from_millis(50))?, PollFlags::empty())?;
    source.acknowledge();
    ioctls::set_events(&reader, events, true).context("enable")?;
    must_be(source.enabled(), others | events)?;
    source.raise_and_read(&reader).map(drop)
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
