// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device that an overlay adds, and that is removed with it while a program has it mapped,
//! as when an FPGA gets another bitstream.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use rustix::io::Errno;

use crate::driver;
use crate::holder::{Holder, SIGBUS};
use crate::report::{Checked, Context, Report};
use crate::scenario::Scenario;

/// The module that applies overlays, in the machine's root.
const MODULE: &str = "/overlay.ko";
/// The overlay, in the machine's root; where there is none, nothing is tried.
const OVERLAY: &str = "/overlay.dtbo";
/// The overlay that is written there is applied until the file is closed.
const NODE: &str = "/dev/overlay";

/// How often the overlay is applied and removed on a fast kernel.
const ROUNDS: u32 = 50;

/// Applies and removes the overlay.
pub(crate) fn test_overlay(scenario: &Scenario, report: &mut Report) {
    if !Path::new(OVERLAY).exists() {
        return;
    }
    let ready = report.check("overlay: the module that applies overlays loads", prepare);
    if ready.is_none() {
        return;
    }
    // The device's own node has the first number.
    let node = format!("/dev/{}1", scenario.device);
    report.check(
        "overlay: applying it adds the device, removing it revokes a program's mapping",
        || (0..scenario.rounds(ROUNDS)).try_for_each(|_| apply_and_remove(scenario, &node)),
    );
    report.check(
        "overlay: the module that applies overlays is removed",
        || driver::remove_module("overlay").context("rmmod"),
    );
}

fn apply_and_remove(scenario: &Scenario, node: &str) -> Checked {
    let overlay = apply(OVERLAY)?;
    driver::wait_for(node, true)?;
    let mut holder = Holder::start_on(node, scenario.mappable)?;
    drop(overlay);
    driver::wait_for(node, false)?;
    holder.must_not_map_again(Errno::NODEV)?;
    holder.must_die_on_touch(SIGBUS)
}

/// Loads the module that applies overlays; the kernel has no interface for it.
pub(crate) fn prepare() -> Checked {
    driver::load_module(MODULE, c"")
}

/// Applies the overlay of a file, for as long as the returned file is open.
pub(crate) fn apply(overlay: &str) -> Checked<File> {
    let overlay = fs::read(overlay).context(overlay)?;
    let mut file = driver::open_node(NODE).context(NODE)?;
    file.write_all(&overlay).context("applying the overlay")?;
    Ok(file)
}
