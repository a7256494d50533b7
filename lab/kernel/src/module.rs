// SPDX-License-Identifier: MIT OR Apache-2.0

//! Building a generated driver, as its user would, against a kernel of the lab.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use lab_support::progress::{self, Step};
use lab_support::{folders, workspace};
use regloom_codegen::{Drivers, Parts};

use super::build::Built;
use super::devices;

/// What has the kernel's makefiles call clippy instead of the compiler.
const CLIPPY: &str = "CLIPPY=1";

/// Builds a device's driver and returns the folder with its modules; any warning is an error.
pub(crate) fn build(device: &str, built: &Built) -> Result<PathBuf> {
    let folder = copy_driver(device, "modules", built)?;
    let log = make(device, &folder, built, &[])?;
    refuse_warnings(&log)?;
    check_modules(&folder)?;
    Ok(folder)
}

/// Builds a device's driver under the kernel's own choice of lints; any finding is an error.
pub(crate) fn lint(device: &str, built: &Built) -> Result<()> {
    let folder = copy_driver(device, "lints", built)?;
    refuse_warnings(&make(device, &folder, built, &[CLIPPY])?)
}

/// Builds a driver whose unsafe blocks no longer say why they are sound: the
/// kernel's choice of lints holds the one that wants them to.
pub(crate) fn lint_without_reasons(device: &str, built: &Built) -> Result<()> {
    let folder = copy_driver(device, "lints-without-reasons", built)?;
    for file in folders::files_below(&folder, "rs")? {
        let text = fs::read_to_string(&file)?;
        fs::write(&file, text.replace("// SAFETY:", "//"))?;
    }
    let log = make(device, &folder, built, &[CLIPPY])?;
    ensure!(
        log.contains("unsafe block missing a safety comment"),
        "no lint missed them; the build said\n{}",
        progress::tail(&log, 60)
    );
    Ok(())
}

/// `make` for a copy of a driver; returns its output.
fn make(what: &str, folder: &Path, built: &Built, arguments: &[&str]) -> Result<String> {
    let log = folder.join("build.log");
    let what = format!("compiling {what} on {}", built.label);
    let step = Step {
        what: &what,
        log: &log,
        measure: None,
    };
    step.run(built.make_module(folder).args(arguments))?;
    Ok(progress::read(&log))
}

/// `make` in a folder with a module; any warning is an error.
pub(crate) fn make_without_warning(what: &str, folder: &Path, built: &Built) -> Result<()> {
    refuse_warnings(&make(what, folder, built, &[])?)
}

/// The modules that were built in a folder: all that the build lists, and at least one.
pub(crate) fn modules(folder: &Path) -> Result<Vec<PathBuf>> {
    let order = progress::read(&folder.join("modules.order"));
    let modules: Vec<_> = order
        .lines()
        .map(|object| folder.join(object).with_extension("ko"))
        .collect();
    ensure!(!modules.is_empty(), "the build made no module");
    Ok(modules)
}

/// The module of a device that has one: modules have underscores where devices have hyphens.
pub(crate) fn module_name(device: &str) -> String {
    device.replace('-', "_")
}

fn check_modules(folder: &Path) -> Result<()> {
    for module in modules(folder)? {
        ensure!(module.exists(), "the build left no {}", module.display());
    }
    Ok(())
}

/// Copies a driver to where it is built for one purpose: apart from
/// `generated/`, which holds only what was generated.
fn copy_driver(device: &str, purpose: &str, built: &Built) -> Result<PathBuf> {
    let folder = workspace::lab_target()
        .join(purpose)
        .join(built.folder_name())
        .join(device);
    write_driver(device, built.kernel.release, &folder)?;
    Ok(folder)
}

/// Puts the driver for a release into a folder that holds nothing else.
pub(crate) fn write_driver(device: &str, release: &str, folder: &Path) -> Result<()> {
    folders::create_empty(folder)?;
    let kernel: regloom_codegen::Kernel = release.parse()?;
    if kernel != regloom_codegen::Kernel::default() {
        return render_driver(device, kernel, folder);
    }
    let driver = devices::generated(device).join("driver");
    for file in folders::all_files_below(&driver)? {
        let text = fs::read_to_string(&file)?;
        put(folder, file.strip_prefix(&driver)?, &text)?;
    }
    Ok(())
}

/// Writes a file of a driver, whose path is from the driver's folder.
fn put(folder: &Path, path: &Path, text: &str) -> Result<()> {
    let file = folder.join(path);
    if let Some(above) = file.parent() {
        folders::create(above)?;
    }
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Generates a driver for a release that `generated/` is not for.
fn render_driver(device: &str, kernel: regloom_codegen::Kernel, folder: &Path) -> Result<()> {
    let driver = Parts {
        device_tree: false,
        driver: true,
        accessor: false,
    };
    let map = devices::map(device)?;
    let artifacts = regloom_codegen::render(&map, Drivers::All, driver, kernel);
    for (path, text) in artifacts.iter() {
        let (_, path) = path.split_once("/driver/").context("it is a driver's")?;
        put(folder, Path::new(path), text)?;
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
