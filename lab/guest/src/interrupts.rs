// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waiting for interrupts.

mod enabling;
mod source;
mod storm;
mod wire;

use std::sync::mpsc;
use std::time::Duration;

use rustix::event::{PollFlags, epoll};
use rustix::io::Errno;

use self::source::{COUNT, COUNT_AND_EVENTS, ENDED};
pub(crate) use self::source::{READABLE, Reader, Source};
use crate::driver;
use crate::ioctls;
use crate::mapping::Request;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::system;
use crate::task::{PATIENCE, Task, pause};

/// How many interrupts are counted on a fast kernel: fewer than those that the driver masks when no
/// program reads them.
const MANY: u32 = 90_000;
/// The same where each takes commands on a serial line.
const MANY_BY_WIRE: u32 = 1_000;

/// Waits for interrupts in every way, and makes invalid calls.
pub(crate) fn test_interrupts(scenario: &Scenario, report: &mut Report) {
    if scenario.raises.is_none() {
        return;
    }
    let source = report.check("software can raise the interrupt", || {
        Source::prepare(scenario)
    });
    let Some(source) = source else {
        return;
    };
    test_one_interrupt(&source, report);
    test_disable(&source, report);
    test_invalid_calls(&source, report);
    test_counts(scenario, &source, report);
    enabling::test_enabling(scenario, &source, report);
    storm::test_storm(&source, report);
    drop(source);
    enabling::test_last_close(scenario, report);
}

/// Unbinds the device while a program waits for its interrupt.
pub(crate) fn test_unbind_while_waiting(scenario: &Scenario, report: &mut Report) {
    if scenario.raises.is_none() {
        return;
    }
    report.check("unbound: a waiting read returns ENODEV", || {
        let reader = Source::prepare(scenario)?.open_blocking()?;
        let waiting = Task::start_waiting(move || reader.read(&mut [0; COUNT]))?;
        driver::while_unbound(scenario, || must_be(waiting.outcome()?, Err(Errno::NODEV)))
    });
    report.check(
        "unbound: a waiting poll returns POLLERR and POLLHUP",
        || {
            let reader = Source::prepare(scenario)?.open_blocking()?;
            let waiting = Task::start_waiting(move || reader.poll(PATIENCE))?;
            driver::while_unbound(scenario, || must_be(waiting.outcome()??, ENDED))
        },
    );
    report.check(
        "unbound: a waiting epoll returns EPOLLERR and EPOLLHUP",
        || {
            let reader = Source::prepare(scenario)?.open_blocking()?;
            let waiting = Task::start_waiting(move || reader.epoll())?;
            let ended = epoll::EventFlags::ERR | epoll::EventFlags::HUP;
            driver::while_unbound(scenario, || must_be(waiting.outcome()??, ended))
        },
    );
    report.check(
        "unbound: all calls on the old file fail with ENODEV",
        || {
            let source = Source::prepare(scenario)?;
            let reader = source.open_nonblocking()?;
            // An earlier interrupt is not reported any more either.
            source.raise()?;
            driver::while_unbound(scenario, || must_be_closed(&reader, scenario))?;
            must_be_closed(&reader, scenario).context("bound again")
        },
    );
}

fn must_be_closed(reader: &Reader, scenario: &Scenario) -> Checked {
    for length in [COUNT, COUNT_AND_EVENTS] {
        must_be(reader.read(&mut vec![0; length]), Err(Errno::NODEV)).context("read")?;
    }
    must_be(reader.write(&1_u32.to_ne_bytes()), Err(Errno::NODEV)).context("write")?;
    must_be(reader.poll(Duration::ZERO)?, ENDED).context("poll")?;
    let mapping = Request::whole(scenario.mappable).map(reader).map(drop);
    must_be(mapping, Err(Errno::NODEV)).context("mmap")?;
    ioctls::must_report_no_device(reader)
}

fn test_one_interrupt(source: &Source, report: &mut Report) {
    report.check(
        "interrupt: a read without an interrupt fails with EAGAIN",
        || source.open_nonblocking()?.must_have_no_interrupt(),
    );
    report.check("interrupt: a read counts it once", || {
        let reader = source.open_nonblocking()?;
        let before = source.raise_and_read(&reader)?;
        must_be(source.raise_and_read(&reader)?, before.wrapping_add(1))?;
        reader.must_have_no_interrupt()
    });
    report.check("interrupt: a waiting read returns the count", || {
        wakes_read(source)
    });
    report.check("interrupt: poll reports exactly one", || {
        let reader = source.open_nonblocking()?;
        must_be(reader.poll(Duration::ZERO)?, PollFlags::empty())?;
        source.raise()?;
        must_be(reader.poll(PATIENCE)?, READABLE)?;
        reader.count()?;
        must_be(reader.poll(Duration::ZERO)?, PollFlags::empty())
    });
    report.check("interrupt: a waiting poll returns", || wakes_poll(source));
    report.check("interrupt: a waiting epoll returns", || wakes_epoll(source));
    report.check("interrupt: every open file counts it", || {
        let readers = [source.open_nonblocking()?, source.open_nonblocking()?];
        source.raise()?;
        let counts = [readers[0].count()?, readers[1].count()?];
        must_be(counts[0], counts[1])
    });
    report.check(
        "interrupt: a longer read returns and clears its events",
        || reads_events(source),
    );
}

fn wakes_read(source: &Source) -> Checked {
    let reader = source.open_blocking()?;
    let before = source.raise_and_read(&reader)?;
    let waiting = Task::start_waiting(move || reader.count())?;
    source.raise()?;
    must_be(waiting.outcome()??, before.wrapping_add(1))
}

fn wakes_poll(source: &Source) -> Checked {
    let reader = source.open_nonblocking()?;
    let waiting = Task::start_waiting(move || reader.poll(PATIENCE))?;
    source.raise()?;
    must_be(waiting.outcome()??, READABLE)
}

fn wakes_epoll(source: &Source) -> Checked {
    let reader = source.open_nonblocking()?;
    let waiting = Task::start_waiting(move || reader.epoll())?;
    source.raise()?;
    must_be(waiting.outcome()??, epoll::EventFlags::IN)
}

fn reads_events(source: &Source) -> Checked {
    let reader = source.open_nonblocking()?;
    source.raise()?;
    reader.count()?;
    // The count alone has left them there.
    source.raise()?;
    must_be(reader.count_and_events()?.1, source.events())?;
    source.raise()?;
    must_be(reader.count_and_events()?.1, source.events())?;
    // Another file's read has taken them: the events are the interrupt's, not the file's.
    let other = source.open_nonblocking()?;
    source.raise()?;
    other.count_and_events()?;
    must_be(reader.count_and_events()?.1, 0)
}

fn test_disable(source: &Source, report: &mut Report) {
    report.check("interrupt: disabled by 0, enabled by 1", || {
        let reader = source.open_nonblocking()?;
        let before = source.raise_and_read(&reader)?;
        reader.enable(0)?;
        source.write_raise()?;
        pause();
        reader.must_have_no_interrupt()?;
        reader.enable(1)?;
        // Another processor may be the one that takes it.
        must_be(reader.poll(PATIENCE)?, READABLE)?;
        must_be(reader.count()?, before.wrapping_add(1))
    });
    report.check("interrupt: disabling and enabling do not nest", || {
        let reader = source.open_nonblocking()?;
        reader.enable(0)?;
        reader.enable(0)?;
        reader.enable(1)?;
        source.raise_and_read(&reader)?;
        reader.enable(1)?;
        source.raise_and_read(&reader).map(drop)
    });
}

fn test_invalid_calls(source: &Source, report: &mut Report) {
    report.check("interrupt: reads of other lengths fail with EINVAL", || {
        let reader = source.open_nonblocking()?;
        source.raise()?;
        for length in [0, 1, 2, 3, 5, 6, 7, 9, 12, 16, 4096] {
            must_be(reader.read(&mut vec![0; length]), Err(Errno::INVAL))
                .context(format!("{length} bytes"))?;
        }
        reader.count().map(drop)
    });
    report.check(
        "interrupt: writes of other lengths fail with EINVAL",
        || {
            let reader = source.open_nonblocking()?;
            for length in [0, 1, 2, 3, 5, 8, 4096] {
                must_be(reader.write(&vec![0; length]), Err(Errno::INVAL))
                    .context(format!("{length} bytes"))?;
            }
            source.raise_and_read(&reader).map(drop)
        },
    );
    report.check("interrupt: writes of other values fail with EINVAL", || {
        let reader = source.open_nonblocking()?;
        for number in [2, 0x100, u32::MAX] {
            must_be(reader.write(&number.to_ne_bytes()), Err(Errno::INVAL))
                .context(format!("{number:#x}"))?;
        }
        source.raise_and_read(&reader).map(drop)
    });
    report.check(
        "interrupt: a read to an unmapped address (EFAULT) loses nothing",
        || {
            let reader = source.open_nonblocking()?;
            source.raise()?;
            let (before, _) = reader.count_and_events()?;
            source.raise()?;
            for length in [COUNT, COUNT_AND_EVENTS] {
                must_be(reader.poll(PATIENCE)?, READABLE)?;
                let read = system::read_to_bad_address(&reader, length);
                must_be(read, Err(Errno::FAULT))?;
            }
            let expected = (before.wrapping_add(1), source.events());
            must_be(reader.count_and_events()?, expected)
        },
    );
    report.check(
        "interrupt: a write from an unmapped address fails with EFAULT",
        || {
            let reader = source.open_nonblocking()?;
            let written = system::write_from_bad_address(&reader, COUNT);
            must_be(written, Err(Errno::FAULT))
        },
    );
}

fn test_counts(scenario: &Scenario, source: &Source, report: &mut Report) {
    let many = scenario.rounds(match source.has_wire() {
        true => MANY_BY_WIRE,
        false => MANY,
    });
    report.check(
        &format!("interrupt: {many} are counted, each read on its own"),
        || count_each(source, many),
    );
    report.check(
        &format!("interrupt: {many} are counted in one read"),
        || count_at_end(source, many),
    );
}

fn count_each(source: &Source, many: u32) -> Checked {
    let reader = source.open_blocking()?;
    let mut last = source.raise_and_read(&reader)?;
    // The next interrupt may find the reader asleep, about to sleep, or still awake.
    let (sender, counts) = mpsc::channel();
    let reading = Task::start(move || {
        (0..many).try_for_each(|_| sender.send(reader.count()?).context("sending a count"))
    });
    for _ in 0..many {
        source.raise()?;
        let count = counts.recv_timeout(PATIENCE).context("no count came")?;
        must_be(count, last.wrapping_add(1))?;
        last = count;
    }
    reading.outcome()?
}

fn count_at_end(source: &Source, many: u32) -> Checked {
    let reader = source.open_nonblocking()?;
    let before = source.raise_and_read(&reader)?;
    for _ in 0..many {
        source.raise()?;
    }
    must_be(reader.count()?, before.wrapping_add(many))?;
    reader.must_have_no_interrupt()
}
