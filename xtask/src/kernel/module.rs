// SPDX-License-Identifier: MIT OR Apache-2.0

//! Building a generated driver, as its user would, against a kernel of the lab.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::build::Built;
use super::cache;
use super::progress::{self, Step};
use crate::workspace;

/// Builds a device's driver and gives the folder with its modules; any warning is an error.
pub(crate) fn build(device: &str, built: &Built) -> Result<PathBuf> {
    let folder = workspace::lab_target()
        .join("modules")
        .join(built.folder_name())
        .join(device);
    copy_driver(device, &folder)?;
    let log = folder.join("build.log");
    let what = format!("compiling the driver of {device} on {}", built.label);
    let step = Step {
        what: &what,
        log: &log,
        measure: None,
    };
    step.run(&mut built.make_module(&folder))?;
    refuse_warnings(&progress::read(&log))?;
    check_modules(&folder)?;
    Ok(folder)
}

/// The module of a device that has one: modules have underscores where devices have hyphens.
pub(crate) fn module_name(device: &str) -> String {
    device.replace('-', "_")
}

/// The build made modules: all that it lists, and at least one.
fn check_modules(folder: &Path) -> Result<()> {
    let order = progress::read(&folder.join("modules.order"));
    ensure!(!order.trim().is_empty(), "the build made no module");
    for object in order.lines() {
        let module = folder.join(object).with_extension("ko");
        ensure!(module.exists(), "the build left no {}", module.display());
    }
    Ok(())
}

/// Where the driver is built: apart from `generated/`, which holds only what was generated.
fn copy_driver(device: &str, folder: &Path) -> Result<()> {
    let driver = workspace::generated(device).join("driver");
    cache::create_empty(folder)?;
    let files =
        fs::read_dir(&driver).with_context(|| format!("no driver in {}", driver.display()))?;
    for file in files {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    Ok(())
}

fn refuse_warnings(log: &str) -> Result<()> {
    if log
        .lines()
        .any(|line| line.to_ascii_lowercase().contains("warning"))
    {
        bail!("the build warned:\n{}", progress::tail(log, 60));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_of_any_tool_is_found() {
        for log in [
            "warning: unused variable",
            "WARNING: modpost: missing",
            "a.c:1: Warning: x",
        ] {
            assert!(refuse_warnings(log).is_err(), "{log}");
        }
        assert!(refuse_warnings("  RUSTC [M] fpga_mem.o\n  LD [M]  fpga_mem.ko\n").is_ok());
    }

    #[test]
    fn a_module_is_named_after_its_device() {
        assert_eq!(module_name("pl061-gpio"), "pl061_gpio");
    }
}
