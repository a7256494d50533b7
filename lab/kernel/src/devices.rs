// SPDX-License-Identifier: MIT OR Apache-2.0

//! The devices of the lab: those of the examples, as they are in `generated/`, and
//! those that are no examples, which have descriptions of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lab_support::{examples, folders, workspace};
use regdesc::RegisterMap;
use regloom_codegen::{Drivers, Kernel, Parts};

/// A register of every access: the map that the runtime's own tests go by.
pub(crate) const EVERY_ACCESS: &str = "every-access";

/// A PL061 whose two interrupts share registers and their line.
pub(crate) const LINES: &str = "pl061-lines";

/// Interrupts that no acknowledgement clears.
pub(crate) const STUCK: &str = "stuck-block";

/// Windows of many pages.
pub(crate) const WIDE: &str = "wide-block";

/// A bus master on a bus with a clock.
pub(crate) const ON_BUS: &str = "bus-block";

const EVERY_ACCESS_DESCRIPTION: &str = "mmio/tests/every_access/every-access.yaml";

/// The folder of the lab's own devices, with a description that is called after each.
const OWN: &str = "lab/devices";

/// All of them, by name.
pub(crate) fn all() -> Result<Vec<String>> {
    let mut devices = workspace::devices()?;
    ensure!(
        !devices.is_empty(),
        "generated/ is empty; run cargo xtask codegen"
    );
    folders::create_empty(&rendered())?;
    for device in [vec![EVERY_ACCESS.to_owned()], own()?].concat() {
        render(&device)?;
        devices.push(device);
    }
    Ok(devices)
}

/// The lab's own devices, by name.
fn own() -> Result<Vec<String>> {
    let files = folders::files_below(&workspace::root().join(OWN), "yaml")?;
    let name = |file: &PathBuf| Some(file.file_stem()?.to_string_lossy().into_owned());
    let mut names: Vec<_> = files.iter().filter_map(name).collect();
    names.sort();
    Ok(names)
}

/// Whether a device is the lab's own, and thus of use only where it is booted.
pub(crate) fn is_own(device: &str) -> bool {
    own_description(device).exists()
}

fn own_description(device: &str) -> PathBuf {
    workspace::root().join(OWN).join(format!("{device}.yaml"))
}

/// The description of a device that is no example.
fn description(device: &str) -> Option<PathBuf> {
    let own = own_description(device);
    match device {
        EVERY_ACCESS => Some(workspace::root().join(EVERY_ACCESS_DESCRIPTION)),
        _ => own.exists().then_some(own),
    }
}

/// The folder of a device's generated output.
pub(crate) fn generated(device: &str) -> PathBuf {
    match description(device) {
        Some(_) => rendered().join(device),
        None => workspace::generated(device),
    }
}

/// The map that it is made from.
pub(crate) fn map(device: &str) -> Result<RegisterMap> {
    match description(device) {
        Some(description) => Ok(regdesc::load(&description, &regdesc::Options::default())?),
        None => examples::map_of(device),
    }
}

fn rendered() -> PathBuf {
    workspace::lab_target().join("generated")
}

/// Generates what is not checked in.
fn render(device: &str) -> Result<()> {
    let output = rendered();
    let artifacts =
        regloom_codegen::render(&map(device)?, Drivers::All, Parts::ALL, Kernel::default());
    for (path, text) in artifacts.iter() {
        let path = output.join(path);
        folders::create(path.parent().unwrap_or(Path::new("")))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
