// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel lab: from a bare Debian 12 to a generated driver in a booted machine.
//!
//! ```text
//! packages → toolchain → source ─► build ─► module ─► review
//!                         devicetree, program ──┴─► scenario (initramfs, qemu, console)
//! ```
//!
//! A kernel without Rust has no module, and `uio` in place of scenarios.
//!
//! What is slow is kept in the cache (`cache`); what depends on the workspace
//! is made anew at each run, in cargo's target directory.

mod apt;
pub mod arch;
mod boards;
mod booted;
mod build;
mod cache;
mod config;
mod console;
mod deploy;
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

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use lab_support::report::Report;

use self::arch::{Arch, Kernel, PLAIN};
use self::build::Built;
use self::cache::Cache;
use self::map_change::version;
use self::scenario::Scenario;
use self::scenario::all::all as scenarios;
use self::scenario::run::Parts;
use self::selection::Selection;
use self::source::{Availability, Source};
use self::toolchain::Toolchain;

/// All that a kernel build needs.
struct Lab {
    cache: Cache,
    toolchain: Toolchain,
    sources: BTreeMap<&'static str, Source>,
    /// The releases that the archive does not have, and what it answered.
    missing: BTreeMap<&'static str, String>,
}

/// Installs and downloads what the chosen kernels need.
pub fn setup(selection: &Selection, refresh: bool) -> Result<()> {
    let kernels = selection.kernels()?;
    let lab = prepare(&kernels, refresh)?;
    lab.report_missing();
    lab.is_enough_for(&kernels)?;
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
    lab.report_missing();
    lab.is_enough_for(&kernels)?;
    for kernel in lab.available(&kernels) {
        let built = lab.build(kernel)?;
        println!("linux {} is {}", built.label, built.image().display());
    }
    Ok(())
}

/// Installs, downloads and builds what [`test()`] needs of the chosen kernels, so that it finds all
/// of it in the cache. A test run does this beside its other steps, which use one processor for
/// much of their time.
///
/// A failure is only printed: [`test()`] tries again, and reports it.
pub fn prepare_tests(selection: &Selection) {
    if let Err(error) = build_all(selection) {
        println!("the kernel lab is not ready yet: {error:#}");
    }
}

fn build_all(selection: &Selection) -> Result<()> {
    let (lab, kernels) = ready(selection)?;
    let subjects = Subjects::chosen(selection, &[])?;
    for kernel in lab.available(&kernels) {
        lab.build(kernel)?;
        program::build(kernel.arch, &subjects.packages(kernel.arch), &lab.cache)?;
        if subjects.need_32_bits(kernel.arch) {
            program::build_in_32_bits(&lab.cache)?;
        }
    }
    Ok(())
}

/// Compiles every driver for the chosen kernels, boots every machine, and reports each test; of
/// these devices only, if any are named.
pub fn test(selection: &Selection, only: &[String], report: &mut Report) {
    println!("\n== kernel lab");
    let ready = report.run("kernel lab: packages, compilers, source", None, || {
        ready(selection)
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
        Subjects::chosen(selection, only)
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
        map_change::release::test(report);
    }
    for kernel in &kernels {
        match lab.missing.get(kernel.release) {
            Some(why) => report.not_available(ALL_TESTS, Some(&kernel.to_string()), why),
            None => test_kernel(kernel, &lab, &subjects, &kernels, report),
        }
    }
    let left_out = selection.left_out().into_iter();
    for kernel in left_out.filter(|it| !kernels.contains(it)) {
        report.left_out(ALL_TESTS, Some(&kernel.to_string()));
    }
    if !kernels.iter().any(|it| deploy::is_tried_with(it)) {
        report.left_out(deploy::TITLE, None);
    }
    if !selection.has_own_devices() {
        for scenario in scenarios().filter(|it| devices::is_own(it.device)) {
            report.left_out(scenario.title(), None);
        }
    }
}

/// The kernels to test with, and the lab ready for them.
fn ready(selection: &Selection) -> Result<(Lab, Vec<&'static Kernel>)> {
    let mut kernels = selection.kernels()?;
    let mut lab = prepare(&kernels, false)?;
    for substitute in selection.substitutes() {
        if lab.is_enough_for(&kernels).is_ok() {
            break;
        }
        lab.look_for(substitute.release, false)?;
        kernels.push(substitute);
    }
    lab.is_enough_for(&kernels)?;
    Ok((lab, kernels))
}

/// What is tested.
struct Subjects {
    devices: Vec<String>,
    /// The device whose map changes is tried too.
    map_change: bool,
}

impl Subjects {
    /// All there are that the selection has, or those of these names.
    fn chosen(selection: &Selection, only: &[String]) -> Result<Self> {
        let mut devices = devices::all()?;
        for scenario in scenarios() {
            ensure!(
                devices.iter().any(|device| device == scenario.device),
                "{} is to be booted, but is not in generated/; run cargo xtask codegen",
                scenario.device
            );
        }
        for name in only {
            ensure!(
                devices.contains(name) || name == version::DEVICE,
                "the lab has no {name}, but {}, {}",
                devices.join(", "),
                version::DEVICE
            );
        }
        let wanted = |name: &str| only.is_empty() || only.iter().any(|it| it == name);
        devices.retain(|device| {
            wanted(device) && (selection.has_own_devices() || !devices::is_own(device))
        });
        Ok(Self {
            devices,
            map_change: wanted(version::DEVICE),
        })
    }

    /// What is booted of them with a kernel of this architecture.
    fn scenarios(&self, arch: &Arch) -> Vec<&'static Scenario> {
        let booted =
            |it: &&Scenario| it.arch == arch && self.devices.iter().any(|name| name == it.device);
        scenarios().filter(booted).collect()
    }

    /// Whether any of these has a program for processors of 32 bits too.
    fn need_32_bits(&self, arch: &Arch) -> bool {
        let scenarios = self.scenarios(arch);
        scenarios
            .iter()
            .any(|it| it.lab.is_some_and(|lab| lab.in_32_bits))
    }

    /// The devices whose drivers are compiled for kernels of this architecture.
    fn compiled(&self, arch: &Arch) -> Vec<String> {
        let is_booted = |name: &String| scenarios().any(|it| it.arch == arch && it.device == name);
        let devices = self.devices.iter();
        let compiled = devices.filter(|it| !devices::is_own(it) || is_booted(it));
        compiled.cloned().collect()
    }

    fn changes_map_on(&self, arch: &Arch) -> bool {
        self.map_change && *version::ARCH == *arch
    }

    /// The packages of the programs that this takes.
    fn packages(&self, arch: &Arch) -> Vec<String> {
        let mut packages = vec![program::GUEST.to_owned()];
        let scenarios = self.scenarios(arch);
        let with_program = scenarios.iter().filter(|it| it.has_program());
        packages.extend(with_program.map(|it| program::package(it.device)));
        if self.changes_map_on(arch) {
            packages.extend(version::PACKAGES.map(str::to_owned));
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
    let mut lab = Lab {
        cache,
        toolchain,
        sources: BTreeMap::new(),
        missing: BTreeMap::new(),
    };
    let releases: BTreeSet<_> = kernels.iter().map(|kernel| kernel.release).collect();
    for release in releases {
        lab.look_for(release, refresh)?;
    }
    Ok(lab)
}

impl Lab {
    /// Finds a release's source, or takes down that the archive does not have it.
    fn look_for(&mut self, release: &'static str, refresh: bool) -> Result<()> {
        match source::ensure(release, refresh, &self.cache)? {
            Availability::Here(source) => {
                self.sources.insert(release, source);
            }
            Availability::NotAvailable(why) => {
                self.missing.insert(release, why);
            }
        }
        Ok(())
    }

    /// A release that the archive has no more does not fail a run: but one kernel is needed, and one
    /// with Rust where any was chosen, or nothing of the drivers would be tested.
    fn is_enough_for(&self, chosen: &[&Kernel]) -> Result<()> {
        let answers: Vec<_> = self.missing.values().map(String::as_str).collect();
        let what = lacks(chosen, |release| self.sources.contains_key(release));
        what.map_or(Ok(()), |what| {
            bail!("no {what} is available\n{}", answers.join("\n"))
        })
    }

    fn available<'a>(&self, chosen: &[&'a Kernel]) -> Vec<&'a Kernel> {
        let is_there = |kernel: &&&Kernel| self.sources.contains_key(kernel.release);
        chosen.iter().filter(is_there).copied().collect()
    }

    fn report_missing(&self) {
        for (release, why) in &self.missing {
            println!("linux {release} is not available: {why}");
        }
    }

    fn source(&self, kernel: &Kernel) -> &Source {
        &self.sources[kernel.release]
    }

    fn build(&self, kernel: &'static Kernel) -> Result<Built> {
        build::ensure(kernel, self.source(kernel), &self.toolchain, &self.cache)
    }
}

/// What is needed of the chosen kernels and not available.
fn lacks(chosen: &[&Kernel], is_available: impl Fn(&str) -> bool) -> Option<&'static str> {
    let available = |kernel: &&Kernel| is_available(kernel.release);
    let with_rust = chosen.iter().filter(|kernel| kernel.rust);
    if with_rust.clone().next().is_some() && !with_rust.copied().any(|it| available(&it)) {
        Some("release with Rust")
    } else if !chosen.iter().any(available) {
        Some("release")
    } else {
        None
    }
}

/// How results name what a kernel that is not there would have been tested with.
const ALL_TESTS: &str = "all tests with this kernel";

/// All tests that are made with one kernel of those chosen.
fn test_kernel(
    kernel: &'static Kernel,
    lab: &Lab,
    subjects: &Subjects,
    chosen: &[&Kernel],
    report: &mut Report,
) {
    let label = build::label(kernel, lab.source(kernel));
    let Some(built) = report.run("the kernel builds", Some(&label), || lab.build(kernel)) else {
        report.not_run(ALL_TESTS, Some(&label), "it is not built");
        return;
    };
    if kernel.rust {
        let reviewed = is_reviewed(kernel, chosen);
        test_drivers(&built, lab, subjects, reviewed, report);
    } else {
        uio::test(&built, &subjects.devices, &lab.cache, report);
    }
}

/// Whether the drivers are reviewed against this kernel: the flavours compile the same text, so one
/// of them is enough, the plain one where it is chosen.
fn is_reviewed(kernel: &Kernel, chosen: &[&Kernel]) -> bool {
    let alike = |it: &&&Kernel| it.release == kernel.release && it.arch == kernel.arch;
    let mut alike = chosen.iter().filter(alike);
    *kernel.flavour == PLAIN || alike.all(|it| *it.flavour != PLAIN)
}

/// All tests of the generated drivers with one kernel.
fn test_drivers(
    built: &Built,
    lab: &Lab,
    subjects: &Subjects,
    reviewed: bool,
    report: &mut Report,
) {
    let (kernel, label) = (built.kernel, &built.label);
    let modules = compile_drivers(built, &subjects.compiled(kernel.arch), report);
    if reviewed {
        review_drivers(built, &modules, report);
    }
    if deploy::is_tried_with(kernel) {
        deploy::test(built, lab.source(kernel), &lab.cache, report);
    }
    let programs = report.run("programs cross-build, static", Some(label), || {
        program::build(kernel.arch, &subjects.packages(kernel.arch), &lab.cache)
    });
    let scenarios = subjects.scenarios(kernel.arch);
    let in_32_bits = match subjects.need_32_bits(kernel.arch) {
        true => report.run("programs cross-build for 32 bits", Some(label), || {
            program::build_in_32_bits(&lab.cache)
        }),
        false => None,
    };
    for scenario in scenarios {
        match (modules.get(scenario.device), &programs) {
            (Some(modules), Some(programs)) => {
                let parts = Parts {
                    modules,
                    programs,
                    in_32_bits: in_32_bits.as_ref(),
                };
                scenario.run(built, &parts, report);
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

/// What can be said of the drivers that compiled without running them.
fn review_drivers(built: &Built, modules: &BTreeMap<String, PathBuf>, report: &mut Report) {
    for (device, folder) in modules {
        review::modules(device, folder, built, report);
    }
    if let Some(device) = modules.keys().next() {
        review::requires_safety_comments(device, built, report);
    }
}

#[cfg(test)]
mod tests {
    use super::arch::{DEBUG, KERNELS};
    use super::*;

    fn kernels(releases: &[&str]) -> Vec<&'static Kernel> {
        let chosen = |kernel: &&Kernel| releases.contains(&kernel.release);
        KERNELS.iter().filter(chosen).collect()
    }

    #[test]
    fn a_run_needs_one_release_with_rust() {
        let all = kernels(&["7.3", "7.2", "6.12"]);
        assert_eq!(lacks(&all, |_| true), None);
        assert_eq!(lacks(&all, |release| release == "7.2"), None);
        let without = lacks(&all, |release| release == "6.12");
        assert_eq!(without, Some("release with Rust"));
    }

    #[test]
    fn a_run_without_rust_needs_one_release() {
        let without_rust = kernels(&["6.12"]);
        assert_eq!(lacks(&without_rust, |_| true), None);
        assert_eq!(lacks(&without_rust, |_| false), Some("release"));
    }

    #[test]
    fn drivers_are_reviewed_once_for_each_release_and_architecture() {
        let all = kernels(&["7.3", "7.2", "6.12"]);
        let reviewed = |chosen: &[&Kernel]| {
            let reviewed = chosen.iter().filter(|it| is_reviewed(it, chosen));
            reviewed.map(ToString::to_string).collect::<Vec<_>>()
        };
        let names = reviewed(&all);
        assert!(
            names.iter().all(|name| !name.contains("debug")),
            "{names:?}"
        );
        let debug: Vec<_> = all
            .iter()
            .filter(|it| *it.flavour == DEBUG)
            .copied()
            .collect();
        assert_eq!(reviewed(&debug), ["7.3 arm64 debug"]);
    }
}
