// SPDX-License-Identifier: MIT OR Apache-2.0

//! An event that its acknowledgement does not clear.

use std::time::Duration;

use rustix::event::PollFlags;

use super::source::{READABLE, Reader, Source};
use crate::kernel_log::KernelLog;
use crate::report::{Checked, Context, Report, must_be};
use crate::task::{PATIENCE, pause};

/// What the driver's warning of it has.
const WARNING: &str = "is masked until a program enables it";

pub(crate) fn test_storm(source: &Source, report: &mut Report) {
    if !source.has_storm() {
        return;
    }
    report.check(
        "storm: a level that no acknowledgement clears is masked, with one warning",
        || is_masked(source),
    );
}

fn is_masked(source: &Source) -> Checked {
    let mut log = KernelLog::from_now()?;
    let reader = source.open_nonblocking()?;
    let outcome = masks_and_lifts(source, &reader);
    source.calm();
    outcome?;
    source.raise_and_read(&reader).context("after the storm")?;
    let messages = log.read()?.into_iter().map(|it| it.message);
    must_be(messages.filter(|it| it.contains(WARNING)).count(), 1).context("warnings")
}

/// It is reported once, and once for each time that a program lets it through.
fn masks_and_lifts(source: &Source, reader: &Reader) -> Checked {
    // What no program has read of earlier events is none of the storm's.
    source.raise()?;
    reader.count_and_events()?;
    source.write_storm();
    let enabled = source.enabled();
    must_be(reader.poll(PATIENCE)?, READABLE).context("the level")?;
    let (before, events) = reader.count_and_events()?;
    must_be(events == 0, false).context("an event is reported")?;
    must_be(source.enabled() & events, 0).context("its enable bits")?;
    must_be(enabled & !source.enabled() & !events, 0).context("other enable bits")?;
    must_be_quiet(reader)?;
    for lifted in 1..=3 {
        reader.enable(1)?;
        must_be(reader.poll(PATIENCE)?, READABLE).context("lifted")?;
        must_be(reader.count()?, before.wrapping_add(lifted)).context("lifted")?;
        must_be(source.enabled() & events, 0).context("its enable bits, lifted")?;
        must_be_quiet(reader).context("lifted")?;
    }
    Ok(())
}

fn must_be_quiet(reader: &Reader) -> Checked {
    pause();
    must_be(reader.poll(Duration::ZERO)?, PollFlags::empty())
}
