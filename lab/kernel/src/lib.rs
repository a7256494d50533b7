// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel lab: from a bare Debian 12 to a generated driver in a booted machine.
//!
//! ```text
//! packages → toolchain → source ─► build ─► module ─► review
//!                         devicetree, program ──┴─► scenario (initramfs, qemu, console)
//! ```
//!
//! A kernel without Rust has no module, and [`uio`] in place of scenarios.
//!
//! What is slow is kept in the cache ([`cache`]); what depends on the workspace
//! is made anew at each run, in cargo's target directory.

pub mod arch;
mod boards;
mod booted;
mod build;
mod cache;
mod config;
mod console;
mod devices;
mod devicetree;
pub mod figures;
mod initramfs;
mod machine;
mod map_change;
mod module;
mod own;
pub mod packages;
mod program;
mod qemu;
mod review;
mod scenario;
pub mod selection;
mod setup_data;
mod source;
pub mod toolchain;
pub mod tools;
mod uio;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use lab_support::report::Report;

use self::arch::{Arch, Kernel, PLAIN};
use self::build::Built;
use self::cache::Cache;
use self::scenario::{Parts, SCENARIOS, Scenario};
use self::selection::Selection;
use self::source::Source;
use self::toolchain::Toolchain;

/// All that a kernel build needs.
struct Lab {
    cache: Cache,
    toolchain: Toolchain,
    sources: BTreeMap<&'static str, Source>,
}

/// Installs and downloads what the chosen kernels need.
pub fn setup(selection: &Selection, refresh: bool) -> Result<()> {
    let lab = prepare(&selection.kernels()?, refresh)?;
    for source in lab.sources.values() {
        println!("linux {} is in {}", source.version(), source.tree.display());
    }
    println!("compilers: {}", lab.toolchain.identity);
    Ok(())
}

/// Builds the chosen kernels.
pub fn build(selection: &Selection) -> Result<()> {
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
pub fn test(selection: &Selection, only: &[String], report: &mut Report) {
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
    let subjects = report.run("kernel lab: generated devices", None, || {
        Subjects::chosen(only)
    });
    let Some(subjects) = subjects else {
        report.not_run(
            "kernel lab: all of its tests",
            None,
            "there is nothing to test",
        );
        return;
    };
    let devices = &subjects.devices;
    for device in devices {
        report.run(
            format!("device tree of {device} compiles alone"),
            None,
            || devicetree::check_alone(device),
        );
    }
    let with_rust = |release: &&str| {
        let mut kernels = kernels.iter();
        kernels.any(|kernel| kernel.rust && kernel.release == *release)
    };
    for (release, source) in lab.sources.iter().filter(|(it, _)| with_rust(it)) {
        for device in devices {
            review::text(device, release, source, report);
        }
    }
    if let Some(newest) = lab.sources.values().next_back() {
        boards::test(newest, devices, &lab.cache, report);
    }
    if subjects.map_change {
        map_change::test_release(report);
    }
    for kernel in kernels {
        test_kernel(kernel, &lab, &subjects, report);
    }
}

/// What is tested.
struct Subjects {
    devices: Vec<String>,
    /// The device whose map changes is tried too.
    map_change: bool,
}

impl Subjects {
    /// All there are, or those of these names.
    fn chosen(only: &[String]) -> Result<Self> {
        let mut devices = devices::all()?;
        for name in only {
            ensure!(
                devices.contains(name) || name == map_change::DEVICE,
                "the lab has no {name}, but {}, {}",
                devices.join(", "),
                map_change::DEVICE
            );
        }
        let wanted = |name: &str| only.is_empty() || only.iter().any(|it| it == name);
        devices.retain(|device| wanted(device));
        Ok(Self {
            devices,
            map_change: wanted(map_change::DEVICE),
        })
    }

    /// What is booted of them with a kernel of this architecture.
    fn scenarios(&self, arch: &Arch) -> Vec<&'static Scenario> {
        let booted =
            |it: &&Scenario| it.arch == arch && self.devices.iter().any(|name| name == it.device);
        SCENARIOS.iter().filter(booted).collect()
    }

    fn changes_map_on(&self, arch: &Arch) -> bool {
        self.map_change && *map_change::ARCH == *arch
    }

    /// The packages of the programs that this takes.
    fn packages(&self, arch: &Arch) -> Vec<String> {
        let mut packages = vec![program::GUEST.to_owned()];
        let scenarios = self.scenarios(arch);
        packages.extend(scenarios.iter().map(|it| program::demo(it.device)));
        if self.changes_map_on(arch) {
            packages.extend(map_change::PACKAGES.map(str::to_owned));
        }
        packages
    }
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
fn test_kernel(kernel: &'static Kernel, lab: &Lab, subjects: &Subjects, report: &mut Report) {
    let label = build::label(kernel, lab.source(kernel));
    let Some(built) = report.run("the kernel builds", Some(&label), || lab.build(kernel)) else {
        report.not_run(
            "all tests with this kernel",
            Some(&label),
            "it is not built",
        );
        return;
    };
    if kernel.rust {
        test_drivers(&built, lab, subjects, report);
    } else {
        uio::test(&built, &subjects.devices, &lab.cache, report);
    }
}

/// All tests of the generated drivers with one kernel.
fn test_drivers(built: &Built, lab: &Lab, subjects: &Subjects, report: &mut Report) {
    let (kernel, label) = (built.kernel, &built.label);
    let modules = compile_drivers(built, &subjects.devices, report);
    if *kernel.flavour == PLAIN {
        review_drivers(built, &modules, report);
    }
    let programs = report.run("programs cross-build, static", Some(label), || {
        program::build(kernel.arch, &subjects.packages(kernel.arch), &lab.cache)
    });
    for scenario in subjects.scenarios(kernel.arch) {
        match (modules.get(scenario.device), &programs) {
            (Some(modules), Some(programs)) => {
                scenario.run(built, &Parts { modules, programs }, report);
            }
            (None, _) => report.not_run(scenario.title(), Some(label), "its driver is not built"),
            (_, None) => report.not_run(scenario.title(), Some(label), "its program is not built"),
        }
    }
    if subjects.changes_map_on(kernel.arch) {
        match &programs {
            Some(programs) => map_change::test(built, programs, report),
            None => report.not_run(
                map_change::title(),
                Some(label),
                "its programs are not built",
            ),
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
