// SPDX-License-Identifier: MIT OR Apache-2.0

//! Unbinding and removing the driver, thousands of times and while it is in use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, io};

use rustix::io::Errno;

use crate::driver::{self, Binding};
use crate::holder::{Holder, SIGBUS};
use crate::ioctls;
use crate::kernel_log::KernelLog;
use crate::mapping::Request;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::task::Task;

/// How often each is done on a fast kernel.
const UNBOUND: u32 = 10_000;
const UNBOUND_UNDER_THREADS: u32 = 100;
const UNBOUND_UNDER_OPENING: u32 = 1_000;
const RELOADED: u32 = 1_000;

/// Every so many rounds, one is checked in detail, and the log is read before it overflows.
const SAMPLE: u32 = 250;

/// Unbinds the device and removes the driver many times.
pub(crate) fn test_endurance(scenario: &Scenario, log: &mut KernelLog, report: &mut Report) {
    let rounds = scenario.rounds(UNBOUND);
    report.check(
        &format!("endurance: unbound and bound {rounds} times while mapped"),
        || unbind_while_mapped(scenario, rounds, log),
    );
    let rounds = scenario.rounds(UNBOUND_UNDER_THREADS);
    report.check(
        &format!("endurance: unbound {rounds} times while four threads read (SIGBUS)"),
        || unbind_under_threads(scenario, rounds, log),
    );
    let rounds = scenario.rounds(UNBOUND_UNDER_OPENING);
    report.check(
        &format!(
            "endurance: unbound and bound {rounds} times while a program opens and closes the node"
        ),
        || unbind_under_opening(scenario, rounds, log),
    );
    let rounds = scenario.rounds(RELOADED);
    report.check(
        &format!("endurance: removed and loaded {rounds} times"),
        || reload(scenario, rounds, log),
    );
}

/// Every round has a mapping that has been touched; the process of a sample then dies of touching
/// it again.
fn unbind_while_mapped(scenario: &Scenario, rounds: u32, log: &mut KernelLog) -> Checked {
    let binding = Binding::find(scenario)?;
    for round in 0..rounds {
        let device = driver::open(scenario).context(&scenario.node)?;
        let mapping = Request::whole(scenario.mappable).map(&device);
        mapping.context("mapping")?.read(0);
        if round % SAMPLE == 0 {
            let holder = Holder::start(scenario)?;
            binding.unbind()?;
            holder.must_die_on_touch(SIGBUS)?;
            log.keep_problems()?;
        } else {
            binding.unbind()?;
        }
        // The file is closed before or after the device is bound again.
        if round % 2 == 0 {
            drop(device);
            binding.bind()?;
        } else {
            binding.bind()?;
            ioctls::must_report_no_device(&device)?;
        }
    }
    driver::wait_for_node(scenario, true)
}

fn unbind_under_threads(scenario: &Scenario, rounds: u32, log: &mut KernelLog) -> Checked {
    let binding = Binding::find(scenario)?;
    for round in 0..rounds {
        let mut holder = Holder::start(scenario)?;
        holder.read_in_threads()?;
        binding.unbind()?;
        holder.must_die(SIGBUS).context(format!("round {round}"))?;
        binding.bind()?;
    }
    log.keep_problems()
}

/// Another thread opens, maps, asks and closes all the time, with any result.
fn unbind_under_opening(scenario: &Scenario, rounds: u32, log: &mut KernelLog) -> Checked {
    let binding = Binding::find(scenario)?;
    let ended = Arc::new(AtomicBool::new(false));
    let opening = Task::start({
        let (ended, opener) = (ended.clone(), Opener::of(scenario));
        move || {
            while !ended.load(Ordering::Relaxed) {
                opener.open_map_info_close()?;
            }
            Ok(())
        }
    });
    let unbound = (0..rounds).try_for_each(|_| {
        binding.unbind()?;
        binding.bind()
    });
    ended.store(true, Ordering::Relaxed);
    let opened: Checked = opening.outcome()?;
    unbound?;
    opened?;
    log.keep_problems()
}

/// Opens a node many times.
struct Opener {
    node: String,
    shown: String,
    size: usize,
}

impl Opener {
    fn of(scenario: &Scenario) -> Self {
        Self {
            node: scenario.node.clone(),
            shown: scenario.shown(),
            size: scenario.mappable,
        }
    }

    fn open_map_info_close(&self) -> Checked {
        // What it shows in debugfs may be cut short when the device goes.
        let _ = fs::read(&self.shown);
        let device = match driver::open_node(&self.node) {
            Ok(device) => device,
            Err(error) => return gone(&error),
        };
        match Request::whole(self.size).map(&device) {
            Ok(_) | Err(Errno::NODEV) => {}
            Err(error) => return Err(format!("mapping: {error}")),
        }
        match ioctls::ask(&device) {
            Ok(()) | Err(Errno::NODEV) => Ok(()),
            Err(error) => Err(format!("info: {error}")),
        }
    }
}

/// The only errors of opening a node whose device is being removed.
fn gone(error: &io::Error) -> Checked {
    match Errno::from_io_error(error) {
        Some(Errno::NOENT | Errno::NODEV | Errno::NXIO) => Ok(()),
        _ => Err(format!("opening: {error}")),
    }
}

fn reload(scenario: &Scenario, rounds: u32, log: &mut KernelLog) -> Checked {
    for round in 0..rounds {
        driver::remove(scenario).context("rmmod")?;
        must_be(driver::open(scenario).is_err(), true).context("the node is gone")?;
        driver::load()?;
        driver::wait_for_node(scenario, true)?;
        if round % SAMPLE == 0 {
            log.keep_problems()?;
        }
    }
    log.keep_problems()
}
