// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel runs out of memory at every point at which the driver asks for some, and nothing is
//! ever leaked. Only a kernel with debugging options can inject the one and find the other.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;

use crate::driver::{self, Binding};
use crate::iomem;
use crate::kernel_log::KernelLog;
use crate::mapping::Request;
use crate::report::{Checked, Context, Report, must_be, quote};
use crate::scenario::Scenario;

/// Makes the allocation of that number fail that this thread asks for from now on.
const FAIL_NTH: &str = "/proc/thread-self/fail-nth";
const FAILSLAB: &str = "/sys/kernel/debug/failslab";
const KMEMLEAK: &str = "/sys/kernel/debug/kmemleak";
/// The option of the kernel's by which it is there.
const LEAK_DETECTOR: &str = "CONFIG_DEBUG_KMEMLEAK";

/// The kernel does not report why it did not claim a region.
const CLAIM_FAILED: Errno = Errno::BUSY;

/// Nor why an interrupt that it is asked for by name cannot be had
/// (`platform_get_irq_byname` in drivers/base/platform.c).
const INTERRUPT_FAILED: Errno = Errno::NXIO;

/// More allocations than anything that is tried can make.
const TOO_MANY: u32 = 5_000;
/// kmemleak does not report younger objects than this.
const LEAK_AGE: Duration = Duration::from_secs(6);

/// Each allocation fails in turn.
pub(crate) fn test_allocation_failures(
    scenario: &Scenario,
    log: &mut KernelLog,
    report: &mut Report,
) {
    if let Some(why) = scenario.lacks("CONFIG_FAILSLAB") {
        report.leave_out(
            "failed allocations: binding, unbinding, opening, mapping",
            why,
        );
        return;
    }
    let ready = report.check("allocation failures can be injected", prepare);
    if ready.is_none() {
        return;
    }
    report.check("failed allocation: binding fails cleanly or works", || {
        with_each_allocation_failing(|nth| bind(scenario, nth))
    });
    report.check(
        "failed allocation: unbinding works or does not start",
        || with_each_allocation_failing(|nth| unbind(scenario, nth)),
    );
    report.check("failed allocation: opening fails cleanly or works", || {
        with_each_allocation_failing(|nth| {
            let (device, injected) = with_fault(nth, || driver::open(scenario))?;
            must_be_out_of_memory(device.map(drop), injected)
        })
    });
    report.check("failed allocation: mapping fails cleanly or works", || {
        let device = driver::open(scenario).context(&scenario.node)?;
        let request = Request::whole(scenario.mappable);
        with_each_allocation_failing(|nth| {
            let (mapping, injected) = with_fault(nth, || request.map(&device))?;
            must_be_out_of_memory(mapping.map(drop).map_err(Into::into), injected)
        })
    });
    report.check("failed allocation: the kernel reports no error", || {
        // Messages about the failed allocations are expected.
        log.keep_errors()
    });
}

/// Earlier leaks are not the driver's.
pub(crate) fn clear_memory_leaks(scenario: &Scenario, report: &mut Report) {
    if scenario.lacks(LEAK_DETECTOR).is_none() {
        report.check("kmemleak is cleared", || {
            fs::write(KMEMLEAK, "clear").context(KMEMLEAK)
        });
    }
}

/// Nothing that was allocated since has leaked.
pub(crate) fn test_memory_leaks(scenario: &Scenario, report: &mut Report) {
    if let Some(why) = scenario.lacks(LEAK_DETECTOR) {
        report.leave_out("kmemleak finds no leak", why);
        return;
    }
    report.check("kmemleak finds no leak", || {
        thread::sleep(LEAK_AGE);
        // A leak must be found by two scans, unchanged in between.
        for _ in 0..2 {
            fs::write(KMEMLEAK, "scan").context(KMEMLEAK)?;
        }
        let lost = fs::read_to_string(KMEMLEAK).context(KMEMLEAK)?;
        if lost.is_empty() {
            return Ok(());
        }
        quote("kmemleak", &lost);
        Err(format!("{} bytes of reports", lost.len()))
    });
}

/// All allocations count, those that may wait for memory too; and no word on each.
fn prepare() -> Checked {
    for (setting, value) in [("ignore-gfp-wait", "N"), ("verbose", "0")] {
        let path = format!("{FAILSLAB}/{setting}");
        fs::write(&path, value).context(&path)?;
    }
    Ok(())
}

/// Tries with the first allocation failing, the second, and so on, until there are no more.
fn with_each_allocation_failing(attempt: impl Fn(u32) -> Checked<bool>) -> Checked {
    for nth in 1..TOO_MANY {
        let injected = attempt(nth).context(format!("allocation {nth}"))?;
        if !injected {
            quote(
                "faults",
                &format!("{} allocations failed, one by one", nth - 1),
            );
            // There must have been something to try.
            return must_be(nth > 1, true).context("an allocation failed");
        }
    }
    Err(format!("{TOO_MANY} allocations, and no end"))
}

/// Does something while one allocation fails; returns whether one did.
fn with_fault<T>(nth: u32, attempt: impl FnOnce() -> T) -> Checked<(T, bool)> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(FAIL_NTH)
        .context(FAIL_NTH)?;
    let mut left = [0; 16];
    write!(file, "{nth}").context(FAIL_NTH)?;
    let outcome = attempt();
    // Reading takes no memory before it has the number.
    let read = file.read_at(&mut left, 0);
    write!(file, "0").context(FAIL_NTH)?;
    let read = read.context(FAIL_NTH)?;
    let left = String::from_utf8_lossy(&left[..read]);
    Ok((outcome, left.trim() == "0"))
}

/// What fails does so because an allocation did.
fn must_be_out_of_memory(result: io::Result<()>, injected: bool) -> Checked<bool> {
    let lacks = |error| matches!(error, Errno::NOMEM | CLAIM_FAILED | INTERRUPT_FAILED);
    match result {
        Ok(()) => Ok(injected),
        Err(error) if injected && Errno::from_io_error(&error).is_some_and(lacks) => Ok(true),
        Err(error) => Err(format!(
            "{error}, with an allocation that failed: {injected}"
        )),
    }
}

/// The device is bound before and after; in between, an attempt to bind it.
fn bind(scenario: &Scenario, nth: u32) -> Checked<bool> {
    let binding = Binding::find(scenario)?;
    binding.unbind()?;
    let unbound = iomem::read()?;
    let attribute = binding.attribute("bind")?;
    let (bound, injected) = with_fault(nth, || binding.write_to(&attribute))?;
    let outcome = match bound {
        Ok(()) => Ok(injected),
        Err(error) => {
            let is_clean = iomem::read()? == unbound && driver::open(scenario).is_err();
            binding.bind().context("after a failure")?;
            must_be(is_clean, true).context("nothing is left of the attempt")?;
            must_be_out_of_memory(Err(error), injected)
        }
    };
    driver::wait_for_node(scenario, true)?;
    outcome
}

/// The device is bound before and after; in between, an attempt to unbind it.
fn unbind(scenario: &Scenario, nth: u32) -> Checked<bool> {
    let binding = Binding::find(scenario)?;
    let bound = iomem::read()?;
    let attribute = binding.attribute("unbind")?;
    let (unbound, injected) = with_fault(nth, || binding.write_to(&attribute))?;
    match unbound {
        Ok(()) => {
            must_be(driver::open(scenario).is_err(), true).context("the node is gone")?;
            binding.bind()?;
            driver::wait_for_node(scenario, true)?;
        }
        Err(_) => must_be(iomem::read()? == bound, true).context("it is as before")?,
    }
    must_be_out_of_memory(unbound, injected)
}
