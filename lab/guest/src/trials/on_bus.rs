// SPDX-License-Identifier: MIT OR Apache-2.0

//! A bus master on a bus that stops its clock when no device on it is in use.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

use crate::driver::{self, Binding};
use crate::holder::{Holder, SIGBUS};
use crate::ioctls;
use crate::kernel_log::KernelLog;
use crate::overlay;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::task::PATIENCE;

/// The description gives the instance this number, and the overlay the others.
const NODE: &str = "/dev/bus-block3";
const LATE: &str = "/dev/bus-block7";
const ABSENT: &str = "/dev/bus-block8";

const OVERLAY: &str = "/overlay.dtbo";
const LATE_BASE: u64 = 0x5001_0000;

/// The clock of the bus, and that of the block.
const CLOCKS: [&str; 2] = ["lab-bus", "lab-core"];
/// Longer than the kernel waits before it stops what is idle.
const IDLE: Duration = Duration::from_secs(2);

pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    let ready = report.check(
        "instance: the node has the number of the description",
        || driver::wait_for(NODE, true),
    );
    if ready.is_none() {
        return;
    }
    report.check("bus: its clock runs while the device is bound", || {
        thread::sleep(IDLE);
        must_run(1)
    });
    report.check(
        "bus: a program goes on with its mapping, and the clock with it",
        || {
            let mut holder = Holder::start_on(NODE, scenario.mappable)?;
            thread::sleep(IDLE);
            must_run(1)?;
            let used = holder.use_in_child()?;
            must_be(used.as_str(), "exit status: 0")
        },
    );
    report.check("bus: its clock stops when the device is unbound", || {
        stops_unbound(scenario)
    });
    report.check(
        "bus master: opening it takes CAP_SYS_RAWIO (EPERM)",
        opening_takes_the_capability,
    );
    test_overlay(scenario, report);
}

fn test_overlay(scenario: &Scenario, report: &mut Report) {
    let ready = report.check("overlay: the module that applies overlays loads", || {
        overlay::prepare()
    });
    if ready.is_none() {
        return;
    }
    report.check(
        "overlay: a node gets the number that it states, and a deferred one prints nothing",
        || brings_numbers(scenario),
    );
    report.check(
        "overlay: the module that applies overlays is removed",
        || driver::remove_module("overlay").context("rmmod"),
    );
}

/// Both clocks are enabled so many times, soon.
fn must_run(times: u32) -> Checked {
    CLOCKS.iter().try_for_each(|clock| {
        let path = format!("/sys/kernel/debug/clk/{clock}/clk_enable_count");
        let started = Instant::now();
        loop {
            let count = fs::read_to_string(&path).context(&path)?;
            let count: u32 = count.trim().parse().context(&path)?;
            if count == times || started.elapsed() > PATIENCE {
                return must_be(count, times).context(clock);
            }
            thread::sleep(Duration::from_millis(1));
        }
    })
}

fn stops_unbound(scenario: &Scenario) -> Checked {
    let binding = Binding::find(scenario)?;
    let holder = Holder::start_on(NODE, scenario.mappable)?;
    binding.unbind()?;
    let stopped = must_run(0);
    let died = holder.must_die_on_touch(SIGBUS);
    binding.bind()?;
    driver::wait_for(NODE, true)?;
    stopped?;
    died?;
    must_run(1).context("bound again")
}

/// The thread that lacks it is one of its own: each has its capabilities.
fn opening_takes_the_capability() -> Checked {
    let without = thread::spawn(|| -> Checked<Option<Errno>> {
        let mut own = capabilities(None).context("capabilities")?;
        own.effective.remove(CapabilitySet::SYS_RAWIO);
        set_capabilities(None, own).context("without the capability")?;
        Ok(driver::open_node(NODE)
            .err()
            .and_then(|error| Errno::from_io_error(&error)))
    });
    let without = without.join().map_err(|_| "the thread panicked")??;
    must_be(without, Some(Errno::PERM)).context("without it")?;
    driver::open_node(NODE).map(drop).context("with it")
}

/// One node of the overlay has all that it needs; the clock of the other has no driver.
fn brings_numbers(scenario: &Scenario) -> Checked {
    let mut log = KernelLog::from_now()?;
    let applied = overlay::apply(OVERLAY)?;
    driver::wait_for(LATE, true)?;
    must_be(
        ioctls::base(&driver::open_node(LATE).context(LATE)?)?,
        LATE_BASE,
    )?;
    must_be(
        ioctls::base(&driver::open_node(NODE).context(NODE)?)?,
        scenario.base,
    )?;
    must_be(fs::exists(ABSENT).context(ABSENT)?, false).context(ABSENT)?;
    let waiting = fs::read_to_string("/sys/kernel/debug/devices_deferred").context("deferred")?;
    must_be(waiting.contains("50020000.absent"), true).context(&waiting)?;
    // The kernel does not yet look for what the node waits for: the driver did.
    let said = log.read()?;
    let about_it = said.iter().find(|it| it.message.contains("absent"));
    must_be(about_it.map(|it| it.message.as_str()), None)?;
    drop(applied);
    driver::wait_for(LATE, false)?;
    must_run(1).context("the overlay is removed")
}
