// SPDX-License-Identifier: MIT OR Apache-2.0

//! The devices of the lab: those of the examples, as they are in `generated/`, and
//! one that is no example.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lab_support::{examples, folders, workspace};
use regdesc::RegisterMap;
use regloom_codegen::{Drivers, Kernel, Parts};

/// A register of every access: the map that the runtime's own tests go by.
pub(crate) const EVERY_ACCESS: &str = "every-access";

const EVERY_ACCESS_DESCRIPTION: &str = "mmio/tests/every_access/every-access.yaml";

/// All of them, by name.
pub(crate) fn all() -> Result<Vec<String>> {
    let mut devices = workspace::devices()?;
    ensure!(
        !devices.is_empty(),
        "generated/ is empty; run cargo xtask codegen"
    );
    render(EVERY_ACCESS)?;
    devices.push(EVERY_ACCESS.to_owned());
    Ok(devices)
}

/// The folder of a device's generated output.
pub(crate) fn generated(device: &str) -> PathBuf {
    match device {
        EVERY_ACCESS => rendered().join(device),
        _ => workspace::generated(device),
    }
}

/// The map that it is made from.
pub(crate) fn map(device: &str) -> Result<RegisterMap> {
    if device != EVERY_ACCESS {
        return examples::map_of(device);
    }
    let description = workspace::root().join(EVERY_ACCESS_DESCRIPTION);
    Ok(regdesc::load(&description, &regdesc::Options::default())?)
}

fn rendered() -> PathBuf {
    workspace::lab_target().join("generated")
}

/// Generates what is not checked in.
fn render(device: &str) -> Result<()> {
    let output = rendered();
    folders::create_empty(&output)?;
    let artifacts =
        regloom_codegen::render(&map(device)?, Drivers::All, Parts::ALL, Kernel::default());
    for (path, text) in artifacts.iter() {
        let path = output.join(path);
        folders::create(path.parent().unwrap_or(Path::new("")))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
