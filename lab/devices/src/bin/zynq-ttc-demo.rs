// SPDX-License-Identifier: MIT OR Apache-2.0

//! Three timers, each with a line of its own whose status a read clears. They are waited for alone,
//! together, by several threads through one descriptor, and while signals come; and the device is
//! opened while it is unbound and bound.

regloom_mmio::include_map!("zynq-ttc");

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lab_devices::binding::{Binding, wait_for_node};
use lab_devices::{PATIENCE, Tried, must_be, signals};
use regloom_mmio::{Bounded, Events, Interrupt, OpenErrorKind};
use zynq_ttc::interrupts::{T0, T1, T2};
use zynq_ttc::{Clk, Ctrl, Device, Ier, Registers};

const BASE: u64 = 0xf800_2000;
const NODE: &str = "/dev/zynq-ttc0";

/// Ticks in a second of the clock, which the machine does not divide.
const CLOCK: u64 = 133_000_000;
/// The clock is divided by 2 to the power of one more than this.
const POWER: i128 = 11;

/// How long a thread waits for what another one takes.
const SHARED_WAIT: Duration = Duration::from_millis(300);
/// How much longer it may take on a busy machine.
const SLACK: Duration = Duration::from_secs(2);

fn main() -> Tried {
    let device = Device::open("zynq-ttc0")?;
    each_is_counted_once(&device)?;
    lines_are_separate(&device)?;
    no_interval_is_counted_twice(&device)?;
    threads_return_in_time(&device)?;
    signals_lose_nothing(&device)?;
    drop(device);
    unbound_while_it_interrupts()?;
    opened_while_it_comes_and_goes()?;
    println!("all timers are reported");
    Ok(())
}

/// Has a timer match once, after so many milliseconds: the next match is two seconds later.
fn start(regs: Registers<'_>, timer: usize, milliseconds: u16) {
    stop(regs, timer);
    let clock = Clk::default()
        .with_prescale(true)
        .with_power(Bounded::of::<POWER>());
    regs.clk(timer).write(clock);
    regs.match1(timer).write(milliseconds * 32);
    let run = Ctrl::default().with_disable(false);
    regs.ctrl(timer).trigger(Ctrl::RESTART);
    regs.ctrl(timer).write(run);
}

/// Has a timer interrupt after every so many ticks of the divided clock.
fn repeat(regs: Registers<'_>, timer: usize, ticks: u16) {
    stop(regs, timer);
    regs.interval(timer).write(ticks);
    regs.match1(timer).write(0xffff);
    let clock = Clk::default().with_prescale(true);
    regs.clk(timer)
        .write(clock.with_power(Bounded::of::<POWER>()));
    let run = Ctrl::default().with_disable(false).with_interval(true);
    regs.ctrl(timer).trigger(Ctrl::RESTART);
    regs.ctrl(timer).write(run);
}

fn stop(regs: Registers<'_>, timer: usize) {
    regs.ctrl(timer).write(Ctrl::default().with_disable(true));
}

fn each_is_counted_once(device: &Device) -> Tried {
    let regs = device.regs();
    let irq = device.interrupt()?;
    irq.enable(T0::MATCH1)?;
    let mut last = None;
    for _ in 0..500 {
        start(regs, 0, 1);
        let event = irq.wait(Some(PATIENCE))?.ok_or("no match was reported")?;
        stop(regs, 0);
        must_be("the event", event.events, T0::MATCH1)?;
        if let Some(last) = last.replace(event.count) {
            must_be("the count", event.count, last + 1)?;
        }
    }
    must_be("another one", irq.wait(Some(Duration::ZERO))?, None)?;
    irq.disable(T0::MATCH1)?;
    start(regs, 0, 1);
    must_be(
        "while disabled",
        irq.wait(Some(Duration::from_millis(20)))?,
        None,
    )?;
    stop(regs, 0);
    must_be(
        "the flag is there, and read",
        regs.isr(0).take().match1(),
        true,
    )?;
    must_be("the flag is gone", regs.isr(0).take().match1(), false)
}

fn lines_are_separate(device: &Device) -> Tried {
    let regs = device.regs();
    let (t0, t1, t2) = (
        device.interrupt_of(T0)?,
        device.interrupt_of(T1)?,
        device.interrupt_of(T2)?,
    );
    t0.enable(T0::MATCH1)?;
    t1.enable(T1::MATCH1)?;
    t2.enable(T2::MATCH1)?;
    for _ in 0..20 {
        start(regs, 2, 1);
        must_report(&t2, T2::MATCH1)?;
        start(regs, 1, 1);
        must_report(&t1, T1::MATCH1)?;
        must_be("the first line", t0.wait(Some(Duration::ZERO))?, None)?;
        for timer in 0..3 {
            start(regs, timer, 2);
        }
        must_report(&t0, T0::MATCH1)?;
        must_report(&t1, T1::MATCH1)?;
        must_report(&t2, T2::MATCH1)?;
    }
    (0..3).for_each(|timer| stop(regs, timer));
    Ok(())
}

fn must_report<L: regloom_mmio::InterruptLine>(irq: &Interrupt<L>, events: Events<L>) -> Tried {
    let event = irq.wait(Some(PATIENCE))?;
    let event = event.ok_or_else(|| format!("{events:?} was not reported"))?;
    must_be("the event of its line", event.events, events)
}

/// A busy machine may see two intervals as one, and no machine sees one as two.
fn no_interval_is_counted_twice(device: &Device) -> Tried {
    const INTERVAL: u16 = 64;
    /// Reports that it takes at least: a busy machine needs longer for them.
    const REPORTS: u32 = 100;
    let regs = device.regs();
    let irq = device.interrupt_of(T0)?;
    irq.enable(T0::INTERVAL)?;
    let started = Instant::now();
    repeat(regs, 0, INTERVAL);
    let first = irq
        .wait(Some(PATIENCE))?
        .ok_or("no interval was reported")?
        .count;
    let mut last = first;
    let mut reports = 1;
    while started.elapsed() < Duration::from_secs(1) || reports < REPORTS {
        let event = irq
            .wait(Some(PATIENCE))?
            .ok_or("the intervals have ended")?;
        must_be("the event", event.events, T0::INTERVAL)?;
        must_be("the count is later", event.count > last, true)?;
        last = event.count;
        reports += 1;
    }
    let ticks = u128::from(CLOCK >> (POWER + 1)) * started.elapsed().as_nanos() / 1_000_000_000;
    stop(regs, 0);
    let most = ticks / u128::from(INTERVAL) + 1;
    let counted = u128::from(last - first) + 1;
    println!("{counted} intervals of at most {most}, in {reports} reports");
    must_be("more than there were", counted > most, false)?;
    Ok(irq.disable(T0::INTERVAL)?)
}

fn threads_return_in_time(device: &Device) -> Tried {
    let regs = device.regs();
    let irq = device.interrupt()?;
    // Another file has read the intervals, and this one has not.
    let earlier = irq.wait(Some(Duration::ZERO))?;
    must_be(
        "the intervals are reported here too",
        earlier.is_some(),
        true,
    )?;
    irq.enable(T0::MATCH1)?;
    for round in 0..20 {
        start(regs, 0, 30);
        let waited: Vec<_> = thread::scope(|scope| {
            let wait = || {
                let started = Instant::now();
                (irq.wait(Some(SHARED_WAIT)), started.elapsed())
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(wait)).collect();
            threads
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        });
        stop(regs, 0);
        let mut reported = 0;
        for result in waited {
            let (event, took) = result.map_err(|_| "a thread has panicked")?;
            must_be("in time", took < SHARED_WAIT + SLACK, true)?;
            match event? {
                Some(_) => reported += 1,
                None => must_be("not before its time", took >= SHARED_WAIT, true)?,
            }
        }
        must_be(&format!("reports of round {round}"), reported, 1)?;
    }
    Ok(irq.disable(T0::MATCH1)?)
}

fn signals_lose_nothing(device: &Device) -> Tried {
    let regs = device.regs();
    let irq = device.interrupt()?;
    irq.enable(T0::MATCH1)?;
    signals::repeat(3)?;
    let mut interrupted = 0;
    for _ in 0..20 {
        start(regs, 0, 50);
        let event = wait_through_signals(&irq, PATIENCE, &mut interrupted)?;
        stop(regs, 0);
        must_be("the event", event, Some(T0::MATCH1))?;
        let started = Instant::now();
        let event = wait_through_signals(&irq, Duration::from_millis(50), &mut interrupted)?;
        must_be("another one", event, None)?;
        let took = started.elapsed();
        must_be(
            "not before its time",
            took >= Duration::from_millis(50),
            true,
        )?;
        must_be("in time", took < SLACK, true)?;
    }
    for _ in 0..2000 {
        must_be("a wait of no time", irq.wait(Some(Duration::ZERO))?, None)?;
    }
    signals::repeat(0)?;
    println!("{interrupted} waits were interrupted");
    must_be("a signal came", interrupted > 0, true)?;
    Ok(irq.disable(T0::MATCH1)?)
}

fn wait_through_signals(
    irq: &Interrupt<T0>,
    limit: Duration,
    interrupted: &mut u32,
) -> Tried<Option<Events<T0>>> {
    let deadline = Instant::now() + limit;
    loop {
        match irq.wait_until(deadline) {
            Err(error) if error.kind() == ErrorKind::Interrupted => *interrupted += 1,
            Err(error) => return Err(error.into()),
            Ok(event) => return Ok(event.map(|event| event.events)),
        }
    }
}

/// A program waits, and the timer interrupts thousands of times in a second: the wait ends, and the
/// next driver finds the interrupt disabled.
fn unbound_while_it_interrupts() -> Tried {
    let binding = Binding::at(BASE)?;
    for _ in 0..30 {
        let device = Device::open("zynq-ttc0")?;
        let irq = device.interrupt_of(T1)?;
        must_be(
            "it is disabled",
            device.regs().ier(1).read(),
            Ier::default(),
        )?;
        repeat(device.regs(), 1, 4);
        irq.enable(T1::INTERVAL)?;
        let waits = AtomicU32::new(0);
        let ended = thread::scope(|scope| -> Tried<_> {
            let waiting = scope.spawn(|| wait_until_it_ends(&irq, &waits));
            let started = Instant::now();
            while waits.load(Ordering::Relaxed) == 0 && started.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(1));
            }
            binding.unbind()?;
            Ok(waiting.join().map_err(|_| "a thread has panicked")?)
        });
        binding.bind()?;
        wait_for_node(NODE, true)?;
        must_be("the wait ends by", ended?, Some(libc::ENODEV))?;
        must_be("it has interrupted", waits.into_inner() > 0, true)?;
    }
    let device = Device::open("zynq-ttc0")?;
    stop(device.regs(), 1);
    Ok(())
}

/// Counts the events, and returns the error after them.
fn wait_until_it_ends(irq: &Interrupt<T1>, waits: &AtomicU32) -> Option<i32> {
    loop {
        match irq.wait(Some(PATIENCE)) {
            Ok(Some(_)) => waits.fetch_add(1, Ordering::Relaxed),
            Ok(None) => return None,
            Err(error) => return error.raw_os_error(),
        };
    }
}

/// What threads saw that open the device again and again.
#[derive(Debug, Default)]
struct Seen {
    opened: AtomicU32,
    refused: AtomicU32,
    ended: AtomicBool,
}

fn opened_while_it_comes_and_goes() -> Tried {
    let binding = Binding::at(BASE)?;
    let seen = Seen::default();
    let outcomes: Vec<Result<(), String>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| open_often(&seen))).collect();
        let mut outcomes = vec![comes_and_goes(&binding)];
        seen.ended.store(true, Ordering::Relaxed);
        let panicked = |_| Err("a thread has panicked".to_owned());
        outcomes.extend(
            threads
                .into_iter()
                .map(|it| it.join().unwrap_or_else(panicked)),
        );
        outcomes
    });
    outcomes.into_iter().collect::<Result<(), _>>()?;
    println!("{seen:?}");
    must_be(
        "it was opened",
        seen.opened.load(Ordering::Relaxed) > 0,
        true,
    )?;
    must_be(
        "it was gone",
        seen.refused.load(Ordering::Relaxed) > 0,
        true,
    )
}

fn comes_and_goes(binding: &Binding) -> Result<(), String> {
    for round in 0..150 {
        binding.unbind().map_err(|it| format!("unbind: {it}"))?;
        if round % 3 == 0 {
            thread::sleep(Duration::from_millis(2));
        }
        binding.bind().map_err(|it| format!("bind: {it}"))?;
        wait_for_node(NODE, true).map_err(|it| it.to_string())?;
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn open_often(seen: &Seen) -> Result<(), String> {
    while !seen.ended.load(Ordering::Relaxed) {
        match Device::open("zynq-ttc0") {
            Ok(device) => {
                seen.opened.fetch_add(1, Ordering::Relaxed);
                drop(device);
            }
            Err(error) => match error.kind() {
                OpenErrorKind::NotFound | OpenErrorKind::PermissionDenied => {
                    seen.refused.fetch_add(1, Ordering::Relaxed);
                }
                other => return Err(format!("{other:?}: {error}")),
            },
        }
    }
    Ok(())
}
