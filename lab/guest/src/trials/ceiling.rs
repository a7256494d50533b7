// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts that keep coming while no program reads: at a ceiling the driver masks them.
//!
//! The machine's clock counts instructions: how busy the host is, is no quiet between interrupts.

use std::thread;

use rustix::thread::{CpuSet, sched_setaffinity};

use super::injection::{self, FIRST_LINE, Injection};
use crate::driver;
use crate::interrupts::{READABLE, Reader, Source};
use crate::kernel_log::KernelLog;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::task::PATIENCE;

/// So many interrupts that no program reads are masked; the driver has the same number.
const CEILING: u32 = 100_000;

/// The driver begins anew when there is quiet, which the kernel's own work may make once or twice.
const MOST: u32 = 5 * CEILING;

/// What the driver's warning has.
const WARNING: &str = "is masked until a program enables it: no program reads it";

/// The line of the stuck block without a status register.
const BARE: usize = 6;

/// With enable bits, which the driver clears.
pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    let ready = report.check("ceiling: the node appears", || {
        driver::wait_for_node(scenario, true)
    });
    if ready.is_none() {
        return;
    }
    report.check(
        &format!(
            "ceiling: {CEILING} events that no program reads are masked, and a read lifts that"
        ),
        || on_first_processor(|| masks_and_lifts(scenario)),
    );
}

/// Without a status register: the line is disabled at the controller.
pub(super) fn test_bare(scenario: &Scenario, report: &mut Report) {
    report.check(
        &format!("ceiling: {CEILING} interrupts of a bare line disable it, and a read lifts that"),
        || on_first_processor(|| disables_and_lifts(scenario)),
    );
}

/// Interrupts go to the first processor: the thread that makes them has each handled before the
/// next.
fn on_first_processor(work: impl FnOnce() -> Checked + Send) -> Checked {
    thread::scope(|threads| {
        let working = threads.spawn(|| {
            let mut first = CpuSet::new();
            first.set(0);
            sched_setaffinity(None, &first).context("choosing a processor")?;
            work()
        });
        working.join().map_err(|_| "the thread panicked")?
    })
}

fn masks_and_lifts(scenario: &Scenario) -> Checked {
    let mut log = KernelLog::from_now()?;
    let source = Source::prepare(scenario)?;
    let reader = source.open_nonblocking()?;
    let first = source.raise_and_read(&reader)?;
    let raised = raise_until_masked(&source)?;
    must_be(reader.poll(PATIENCE)?, READABLE)?;
    must_be(source.enabled() & source.events(), 0).context("poll lifts nothing")?;
    let counted = reader.count()?.wrapping_sub(first);
    must_be((CEILING..=raised).contains(&counted), true).context(format!("{counted} counted"))?;
    must_be(source.enabled() & source.events(), source.events()).context("after a read")?;
    must_be_one(&mut log)?;
    // One that was raised while it was masked comes now.
    source.calm();
    let _ = reader.count();
    let next = source
        .raise_and_read(&reader)
        .context("after it was lifted")?;
    must_be(source.raise_and_read(&reader)?, next.wrapping_add(1))?;
    // A slow kernel needs a minute for it.
    if scenario.rounds(2) > 1 {
        raise_until_masked(&source).context("again")?;
        reader.count()?;
        must_be(source.enabled() & source.events(), source.events()).context("again")?;
        must_be(warnings(&mut log)?, 0).context("warnings, again")?;
    }
    Ok(())
}

/// Returns how many it took, none of which a program has read.
fn raise_until_masked(source: &Source) -> Checked<u32> {
    for raised in 1..=MOST {
        source.raise().context(format!("event {raised}"))?;
        if source.enabled() & source.events() == 0 {
            must_be(raised >= CEILING, true).context(format!("masked after {raised}"))?;
            return Ok(raised);
        }
    }
    Err(format!("{MOST} events, and none is masked"))
}

fn disables_and_lifts(scenario: &Scenario) -> Checked {
    let mut log = KernelLog::from_now()?;
    let reader = Reader::of(&scenario.node, BARE)?;
    let line = Line::open()?;
    line.inject()?;
    must_be(reader.poll(PATIENCE)?, READABLE)?;
    let first = reader.count()?;
    line.inject_until_disabled()?;
    must_be(reader.poll(PATIENCE)?, READABLE)?;
    must_be(line.is_disabled()?, true).context("poll lifts nothing")?;
    let counted = reader.count()?.wrapping_sub(first);
    must_be(counted >= CEILING, true).context(format!("{counted} counted"))?;
    must_be(line.is_disabled()?, false).context("after a read")?;
    must_be_one(&mut log)?;
    // One that was raised while it was disabled comes now.
    let _ = reader.count();
    line.inject()?;
    must_be(reader.poll(PATIENCE)?, READABLE).context("after it was lifted")?;
    reader.count().map(drop)
}

/// The bare line, as the kernel's own injection raises it.
struct Line(Injection);

impl Line {
    /// The controller's number of it.
    const NUMBER: usize = FIRST_LINE + BARE;
    /// How many of the line are injected to see whether one arrives.
    const FEW: u32 = 100;

    fn open() -> Checked<Self> {
        Injection::of(Self::NUMBER).map(Self)
    }

    fn inject(&self) -> Checked {
        self.0.raise()
    }

    /// All in a row: to look takes long enough to be quiet.
    fn inject_until_disabled(&self) -> Checked {
        for _ in 0..MOST / CEILING {
            (0..CEILING).try_for_each(|_| self.inject())?;
            if self.is_disabled()? {
                return Ok(());
            }
        }
        Err(format!("{MOST} interrupts, and the line is enabled"))
    }

    /// None arrives.
    fn is_disabled(&self) -> Checked<bool> {
        let (_, before) = injection::listed(Self::NUMBER)?;
        (0..Self::FEW).try_for_each(|_| self.inject())?;
        let (_, after) = injection::listed(Self::NUMBER)?;
        Ok(before == after)
    }
}

fn must_be_one(log: &mut KernelLog) -> Checked {
    must_be(warnings(log)?, 1).context("warnings")
}

fn warnings(log: &mut KernelLog) -> Checked<usize> {
    let messages = log.read()?.into_iter().map(|it| it.message);
    Ok(messages.filter(|it| it.contains(WARNING)).count())
}
