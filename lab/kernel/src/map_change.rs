// SPDX-License-Identifier: MIT OR Apache-2.0

//! A map changes while its first version is in use: tested on the host with the `regloom` command, as
//! its user would call it, and in a machine, where the FPGA gets another bitstream under
//! running programs.
//!
//! The block is plain memory. The guest writes there who it is, which is all of a bitstream that
//! this takes; see `lab/guest/src/map_change.rs`.

mod deployment;
pub(crate) mod release;
pub(crate) mod version;

use lab_support::report::Report;

use self::version::{DEVICE, MACHINE};
use super::linux::Linux;
use super::program::Programs;

/// How results name it.
pub(super) fn title() -> String {
    format!("the map of {DEVICE} changes on {}", MACHINE.name)
}

/// Tests the change in a machine with this kernel.
pub(super) fn test(linux: &Linux, programs: &Programs, report: &mut Report) {
    let kernel = Some(linux.label.as_str());
    let title = title();
    let name = format!("{title}: the drivers of both versions compile");
    let Some(deployed) = report.run(name, kernel, || deployment::of_both(linux)) else {
        report.not_run(title, kernel, "a driver is not built");
        return;
    };
    deployment::play(&title, &deployed, linux, programs, report);
}
