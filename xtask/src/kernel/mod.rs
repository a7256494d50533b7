// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel lab: from a bare Debian 12 to a generated driver in a booted machine.
//!
//! ```text
//! packages → toolchain → source ─► build ─► module ─► review
//!                         devicetree, program ──┴─► scenario (initramfs, qemu, console)
//! ```
//!
//! What is slow is kept in the cache ([`cache`]); what depends on the workspace
//! is made anew at each run, in cargo's target directory.

pub(crate) mod arch;
mod boards;
mod booted;
mod build;
pub(crate) mod cache;
mod config;
mod console;
mod devices;
mod devicetree;
pub(crate) mod figures;
mod initramfs;
mod machine;
mod module;
mod own;
pub(crate) mod packages;
mod program;
pub(crate) mod progress;
mod qemu;
mod review;
mod scenario;
pub(crate) mod selection;
mod source;
pub(crate) mod toolchain;
pub(crate) mod tools;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use self::arch::{Kernel, PLAIN};
use self::build::Built;
use self::cache::Cache;
use self::scenario::{Parts, SCENARIOS, Scenario};
use self::selection::Selection;
use self::source::Source;
use self::toolchain::Toolchain;
use crate::report::Report;

/// All that a kernel build needs.
struct Lab {
    cache: Cache,
    toolchain: Toolchain,
    sources: BTreeMap<&'static str, Source>,
}

/// Installs and downloads what the chosen kernels need.
pub(crate) fn setup(selection: &Selection, refresh: bool) -> Result<()> {
    let lab = prepare(&selection.kernels()?, refresh)?;
    for source in lab.sources.values() {
        println!("linux {} is in {}", source.version(), source.tree.display());
    }
    println!("compilers: {}", lab.toolchain.identity);
    Ok(())
}

/// Builds the chosen kernels.
pub(crate) fn build(selection: &Selection) -> Result<()> {
    let kernels = selection.kernels()?;
    let lab = prepare(&kernels, false)?;
    for kernel in kernels {
        let built = lab.build(kernel)?;
        println!("linux {} is {}", built.label, built.image().display());
    }
    Ok(())
}

/// Compiles every driver for the chosen kernels, boots every machine, and reports each test; of
/// these devices only, if any are named.
pub(crate) fn test(selection: &Selection, only: &[String], report: &mut Report) {
    println!("\n== kernel lab");
    let ready = report.run("kernel lab: packages, compilers, source", None, || {
        let kernels = selection.kernels()?;
        Ok((prepare(&kernels, false)?, kernels))
    });
    let Some((lab, kernels)) = ready else {
        report.not_run(
            "kernel lab: all of its tests",
            None,
            "what they need is not there",
        );
        return;
    };
    let Some(devices) = report.run("kernel lab: generated devices", None, || devices_of(only))
    else {
        report.not_run(
            "kernel lab: all of its tests",
            None,
            "there is nothing to test",
        );
        return;
    };
    for device in &devices {
        report.run(
            format!("device tree of {device} compiles alone"),
            None,
            || devicetree::check_alone(device),
        );
    }
    for (release, source) in &lab.sources {
        for device in &devices {
            review::text(device, release, source, report);
        }
    }
    if let Some(newest) = lab.sources.values().next_back() {
        boards::test(newest, &devices, &lab.cache, report);
    }
    for kernel in kernels {
        test_kernel(kernel, &lab, &devices, report);
    }
}

fn devices_of(only: &[String]) -> Result<Vec<String>> {
    let mut devices = devices::all()?;
    for device in only {
        ensure!(
            devices.contains(device),
            "the lab has no {device}, but {}",
            devices.join(", ")
        );
    }
    devices.retain(|device| only.is_empty() || only.contains(device));
    Ok(devices)
}

fn prepare(kernels: &[&Kernel], refresh: bool) -> Result<Lab> {
    let cache = Cache::open()?;
    println!(
        "sources, tools and kernels are kept in {}",
        cache.root().display()
    );
    packages::ensure(kernels, &cache)?;
    let toolchain = toolchain::ensure(&cache)?;
    let mut sources = BTreeMap::new();
    for kernel in kernels {
        if !sources.contains_key(kernel.release) {
            sources.insert(
                kernel.release,
                source::ensure(kernel.release, refresh, &cache)?,
            );
        }
    }
    Ok(Lab {
        cache,
        toolchain,
        sources,
    })
}

impl Lab {
    fn source(&self, kernel: &Kernel) -> &Source {
        &self.sources[kernel.release]
    }

    fn build(&self, kernel: &'static Kernel) -> Result<Built> {
        build::ensure(kernel, self.source(kernel), &self.toolchain, &self.cache)
    }
}

/// All tests that are made with one kernel.
fn test_kernel(kernel: &'static Kernel, lab: &Lab, devices: &[String], report: &mut Report) {
    let label = build::label(kernel, lab.source(kernel));
    let Some(built) = report.run("the kernel builds", Some(&label), || lab.build(kernel)) else {
        report.not_run(
            "all tests with this kernel",
            Some(&label),
            "it is not built",
        );
        return;
    };
    let modules = compile_drivers(&built, devices, report);
    if *kernel.flavour == PLAIN {
        review_drivers(&built, &modules, report);
    }
    let scenarios: Vec<_> = SCENARIOS
        .iter()
        .filter(|it| it.arch == kernel.arch && devices.iter().any(|device| device == it.device))
        .collect();
    let programs = report.run("programs cross-build, static", Some(&label), || {
        let packages = packages_of(&scenarios);
        program::build(kernel.arch, &packages, &lab.cache)
    });
    for scenario in scenarios {
        match (modules.get(scenario.device), &programs) {
            (Some(modules), Some(programs)) => {
                scenario.run(&built, &Parts { modules, programs }, report);
            }
            (None, _) => report.not_run(scenario.title(), Some(&label), "its driver is not built"),
            (_, None) => report.not_run(scenario.title(), Some(&label), "its program is not built"),
        }
    }
}

/// The folders with the modules of the drivers that compiled, by device.
fn compile_drivers(
    built: &Built,
    devices: &[String],
    report: &mut Report,
) -> BTreeMap<String, PathBuf> {
    let mut modules = BTreeMap::new();
    for device in devices {
        let name = format!("driver {device} compiles on {}", built.label);
        let folder = report.run(name, Some(&built.label), || module::build(device, built));
        if let Some(folder) = folder {
            modules.insert(device.clone(), folder);
        }
    }
    modules
}

/// What can be said of the drivers that compiled without running them. The
/// flavours compile the same text: one of them is enough.
fn review_drivers(built: &Built, modules: &BTreeMap<String, PathBuf>, report: &mut Report) {
    for (device, folder) in modules {
        review::modules(device, folder, built, report);
    }
    if let Some(device) = modules.keys().next() {
        review::reasons_are_asked_for(device, built, report);
    }
}

fn packages_of(scenarios: &[&Scenario]) -> Vec<String> {
    let demos = scenarios
        .iter()
        .map(|scenario| program::demo(scenario.device));
    std::iter::once(program::GUEST.to_owned())
        .chain(demos)
        .collect()
}
