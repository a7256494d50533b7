// SPDX-License-Identifier: MIT OR Apache-2.0

//! Building a generated driver, as its user would, against a kernel of the lab.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use lab_support::progress::{self, Step};
use lab_support::{folders, workspace};
use regloom_codegen::{Drivers, Parts};

use super::arch::{Kernel, Language};
use super::devices;
use super::linux::Linux;

/// What has the kernel's makefiles call a checker: instead of the compiler, or beside it.
pub(crate) struct Lint(&'static [&'static str]);

impl Lint {
    pub(crate) const CLIPPY: Self = Self(&["CLIPPY=1"]);
    pub(crate) const SPARSE: Self = Self(&["C=2", "CHECK=sparse"]);
}

/// Builds a device's driver and returns the folder with its modules; any warning is an error.
pub(crate) fn build(device: &str, linux: &Linux) -> Result<PathBuf> {
    let folder = copy_driver(device, "modules", linux)?;
    make_driver(device, &folder, linux)?;
    check_modules(&folder)?;
    Ok(folder)
}

/// Builds a device's driver under the kernel's own choice of lints; any finding is an error.
pub(crate) fn lint(device: &str, linux: &Linux, lint: &Lint) -> Result<()> {
    let folder = copy_driver(device, "lints", linux)?;
    let language = linux.kernel.language;
    refuse_warnings(&make(device, &folder, linux, Some(language), lint.0)?)
}

/// Builds a driver whose unsafe blocks no longer say why they are sound: the
/// kernel's choice of lints holds the one that wants them to.
pub(crate) fn lint_without_reasons(device: &str, linux: &Linux) -> Result<()> {
    let folder = copy_driver(device, "lints-without-reasons", linux)?;
    change_files(&folder, "rs", ("// SAFETY:", "//"))?;
    let log = make(device, &folder, linux, Some(Language::Rust), Lint::CLIPPY.0)?;
    ensure!(
        log.contains("unsafe block missing a safety comment"),
        "no lint missed them; the build said\n{}",
        progress::tail(&log, 60)
    );
    Ok(())
}

/// Builds a driver that no longer marks the pointers of programs.
pub(crate) fn lint_without_marks(device: &str, linux: &Linux) -> Result<()> {
    let folder = copy_driver(device, "lints-without-marks", linux)?;
    change_files(&folder, "c", ("__user ", ""))?;
    let log = make(device, &folder, linux, Some(Language::C), Lint::SPARSE.0)?;
    ensure!(
        log.contains("warning: incorrect type"),
        "sparse found none; the build said\n{}",
        progress::tail(&log, 60)
    );
    Ok(())
}

fn change_files(folder: &Path, kind: &str, (from, to): (&str, &str)) -> Result<()> {
    for file in folders::files_below(folder, kind)? {
        let text = fs::read_to_string(&file)?;
        fs::write(&file, text.replace(from, to))?;
    }
    Ok(())
}

/// `make` by a driver's own makefile, in a language or in the one that it chooses; returns its
/// output.
fn make(
    what: &str,
    folder: &Path,
    linux: &Linux,
    language: Option<Language>,
    arguments: &[&str],
) -> Result<String> {
    let mut command = linux.make_driver(folder);
    if let Some(language) = language {
        command.arg(format!("DRIVER={}", language.name()));
    }
    run(what, folder, linux, command.args(arguments))
}

/// Builds a device's driver in the language that its makefile chooses; returns the output.
pub(crate) fn make_by_choice(device: &str, linux: &Linux) -> Result<String> {
    let folder = copy_driver(device, "choices", linux)?;
    make(device, &folder, linux, None, &[])
}

/// Asks for the driver in Rust where it cannot be built, which must fail; returns the output.
pub(crate) fn make_rust_anyway(device: &str, linux: &Linux) -> Result<String> {
    let folder = copy_driver(device, "choices", linux)?;
    let outcome = make(device, &folder, linux, Some(Language::Rust), &[]);
    ensure!(outcome.is_err(), "it succeeds");
    Ok(progress::read(&folder.join("build.log")))
}

fn run(what: &str, folder: &Path, linux: &Linux, command: &mut Command) -> Result<String> {
    let log = folder.join("build.log");
    let what = format!("compiling {what} on {}", linux.label);
    let step = Step {
        what: &what,
        log: &log,
        measure: None,
    };
    progress::clear(&log)?;
    step.run(command)?;
    Ok(progress::read(&log))
}

/// `make` for the driver in a folder, in the language of the kernel's row; any warning is an error.
pub(crate) fn make_driver(what: &str, folder: &Path, linux: &Linux) -> Result<()> {
    let language = linux.kernel.language;
    refuse_warnings(&make(what, folder, linux, Some(language), &[])?)
}

/// `make` in a folder with a module; any warning is an error.
pub(crate) fn make_without_warning(what: &str, folder: &Path, linux: &Linux) -> Result<()> {
    let mut command = linux.make_module(folder);
    refuse_warnings(&run(what, folder, linux, &mut command)?)
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
fn copy_driver(device: &str, purpose: &str, linux: &Linux) -> Result<PathBuf> {
    let folder = workspace::lab_target()
        .join(purpose)
        .join(linux.folder_name())
        .join(device);
    write_driver(device, linux.kernel, &folder)?;
    Ok(folder)
}

/// Puts the driver for a kernel into a folder that holds nothing else.
pub(crate) fn write_driver(device: &str, kernel: &Kernel, folder: &Path) -> Result<()> {
    folders::create_empty(folder)?;
    let release = written_for(kernel)?;
    if release != regloom_codegen::Kernel::default() {
        return render_driver(device, release, folder);
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

/// The release that a driver's Rust is written for: the kernel's, and any for the driver in C.
pub(crate) fn written_for(kernel: &Kernel) -> Result<regloom_codegen::Kernel> {
    match kernel.language {
        Language::Rust => Ok(kernel.release.parse()?),
        Language::C | Language::Uio => Ok(regloom_codegen::Kernel::default()),
    }
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
