// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel lab: from a bare Debian 12 to a generated driver in a booted machine.
//!
//! ```text
//! packages → toolchain → source ─► build ─┬► linux ─► module ─► review
//!                        stock ───────────┘             │
//!                         devicetree, program ──────────┴─► scenario (initramfs, qemu, console)
//! ```
//!
//! A kernel for UIO has no module, and `uio` in place of scenarios.
//!
//! What is slow is kept in the cache (`cache`); what depends on the workspace
//! is made anew at each run, in cargo's target directory.

mod apt;
pub mod arch;
mod boards;
mod booted;
mod build;
mod c_program;
mod cache;
mod choice;
mod config;
mod console;
pub mod debian;
mod deploy;
mod devices;
mod devicetree;
mod environment;
pub mod figures;
mod initramfs;
mod linux;
mod machine;
mod map_change;
mod mirror;
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
mod stock;
mod subjects;
pub mod toolchain;
pub mod tools;
mod uio;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

use anyhow::{Result, bail};
use lab_support::report::Report;

use self::arch::{Kernel, Language, PLAIN};
use self::cache::Cache;
use self::linux::{Feature, Linux};
use self::program::Programs;
use self::scenario::all::all as scenarios;
use self::scenario::run::Parts;
use self::selection::Selection;
use self::source::{Availability, Source};
use self::subjects::Subjects;
use self::toolchain::Toolchain;

/// All that a kernel build needs.
struct Lab {
    cache: Cache,
    toolchain: Toolchain,
    /// What kernels come from, by [`Kernel::source_name`].
    sources: BTreeMap<String, Source>,
    /// What the archive does not have of it, and what it answered.
    missing: BTreeMap<String, String>,
}

/// Installs and downloads what the chosen kernels need.
pub fn setup(selection: &Selection, refresh: bool) -> Result<()> {
    let kernels = selection.kernels()?;
    let lab = prepare(&kernels, refresh)?;
    lab.report_missing();
    lab.is_enough_for(&kernels)?;
    for (name, source) in &lab.sources {
        let version = source.version();
        println!("linux {name} is {version}, in {}", source.tree.display());
    }
    println!("compilers: {}", lab.toolchain.identity);
    Ok(())
}

/// Builds the chosen kernels, or downloads them.
pub fn build(selection: &Selection) -> Result<()> {
    let kernels = selection.kernels()?;
    let lab = prepare(&kernels, false)?;
    lab.report_missing();
    lab.is_enough_for(&kernels)?;
    for kernel in lab.available(&kernels) {
        let linux = lab.linux(kernel)?;
        println!("linux {} is {}", linux.label, linux.image.display());
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
    let kernels = lab.available(&kernels);
    thread::scope(|scope| {
        let programs = scope.spawn(|| build_programs(&lab, &subjects, &kernels));
        for kernel in &kernels {
            lab.linux(kernel)?;
        }
        programs.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn build_programs(lab: &Lab, subjects: &Subjects, kernels: &[&'static Kernel]) -> Result<()> {
    for kernel in kernels {
        program::build(kernel.arch, &subjects.packages(kernel), &lab.cache)?;
        if subjects.need_32_bits(kernel) {
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
    for (kernel, source) in lab.trees(&kernels) {
        for device in devices {
            review::text(device, kernel, source, report);
        }
    }
    if let Some(newest) = lab.newest_tree(&kernels) {
        boards::test(newest, devices, &lab.cache, report);
    }
    if subjects.map_change {
        map_change::release::test(report);
    }
    for kernel in &kernels {
        match lab.missing.get(&kernel.source_name()) {
            Some(why) => report.not_available(ALL_TESTS, Some(&kernel.to_string()), why),
            None => test_kernel(kernel, &lab, (&subjects, selection), &kernels, report),
        }
    }
    report_left_out(selection, &kernels, report);
}

/// Names what only a larger run has.
fn report_left_out(selection: &Selection, kernels: &[&Kernel], report: &mut Report) {
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
        if lab.lacks(&kernels) == Some(substitute.language) {
            lab.look_for(substitute, false)?;
            kernels.push(substitute);
        }
    }
    lab.is_enough_for(&kernels)?;
    Ok((lab, kernels))
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
    for kernel in kernels {
        lab.look_for(kernel, refresh)?;
    }
    Ok(lab)
}

impl Lab {
    /// Finds what a kernel comes from, or takes down that the archive does not have it.
    fn look_for(&mut self, kernel: &Kernel, refresh: bool) -> Result<()> {
        let name = kernel.source_name();
        if self.sources.contains_key(&name) || self.missing.contains_key(&name) {
            return Ok(());
        }
        let found = match kernel.stock {
            Some(stock) => stock::ensure(kernel, stock, refresh, &self.cache)?,
            None => source::ensure(kernel.release, refresh, &self.cache)?,
        };
        match found {
            Availability::Here(source) => {
                self.sources.insert(name, source);
            }
            Availability::NotAvailable(why) => {
                self.missing.insert(name, why);
            }
        }
        Ok(())
    }

    /// A release that the archive has no more does not fail a run: but one kernel is needed for the
    /// driver in each language that was chosen, or nothing of it would be tested.
    fn is_enough_for(&self, chosen: &[&Kernel]) -> Result<()> {
        let answers: Vec<_> = self.missing.values().map(String::as_str).collect();
        self.lacks(chosen).map_or(Ok(()), |language| {
            let language = language.title();
            bail!(
                "no kernel is available for {language}\n{}",
                answers.join("\n")
            )
        })
    }

    fn lacks(&self, chosen: &[&Kernel]) -> Option<Language> {
        lacks(chosen, |kernel| self.has(kernel))
    }

    fn has(&self, kernel: &Kernel) -> bool {
        self.sources.contains_key(&kernel.source_name())
    }

    fn available<'a>(&self, chosen: &[&'a Kernel]) -> Vec<&'a Kernel> {
        let is_there = |kernel: &&&Kernel| self.has(kernel);
        chosen.iter().filter(is_there).copied().collect()
    }

    fn report_missing(&self) {
        for (name, why) in &self.missing {
            println!("linux {name} is not available: {why}");
        }
    }

    fn source(&self, kernel: &Kernel) -> &Source {
        &self.sources[&kernel.source_name()]
    }

    /// The sources that drivers are written for, each with one of the kernels that it makes.
    fn trees<'a>(&'a self, chosen: &[&'a Kernel]) -> Vec<(&'a Kernel, &'a Source)> {
        let mut kernels = self.available(chosen);
        kernels.retain(|it| it.stock.is_none() && it.language != Language::Uio);
        kernels.sort_by_key(|kernel| kernel.release);
        kernels.dedup_by_key(|kernel| kernel.release);
        let with_source = kernels.iter().map(|&kernel| (kernel, self.source(kernel)));
        with_source.collect()
    }

    /// The newest source of the chosen kernels that has the trees of boards.
    fn newest_tree(&self, chosen: &[&Kernel]) -> Option<&Source> {
        let mut kernels = self.available(chosen);
        kernels.retain(|kernel| kernel.stock.is_none());
        let newest = kernels.iter().max_by_key(|it| stock::numbers(it.release));
        newest.map(|kernel| self.source(kernel))
    }

    /// The kernel, from the cache or built.
    fn linux(&self, kernel: &'static Kernel) -> Result<Linux> {
        let source = self.source(kernel);
        match kernel.stock {
            Some(stock) => stock::linux(kernel, stock, source),
            None => build::ensure(kernel, source, &self.toolchain, &self.cache),
        }
    }
}

/// The language whose driver no chosen kernel that is available is for; UIO's, where there is no
/// kernel at all.
fn lacks(chosen: &[&Kernel], is_available: impl Fn(&Kernel) -> bool) -> Option<Language> {
    let lacking = |language: &Language| {
        let mut of_it = chosen.iter().filter(|kernel| kernel.language == *language);
        of_it.clone().next().is_some() && !of_it.any(|kernel| is_available(kernel))
    };
    let lacking = [Language::Rust, Language::C].into_iter().find(lacking);
    let none = || !chosen.iter().any(|kernel| is_available(kernel));
    lacking.or_else(|| none().then_some(Language::Uio))
}

/// How results name what a kernel that is not there would have been tested with.
const ALL_TESTS: &str = "all tests with this kernel";

/// All tests that are made with one kernel of those chosen.
fn test_kernel(
    kernel: &'static Kernel,
    lab: &Lab,
    (subjects, selection): (&Subjects, &Selection),
    chosen: &[&Kernel],
    report: &mut Report,
) {
    let label = arch::name(kernel, lab.source(kernel).version());
    let ready = match kernel.stock {
        Some(_) => "the kernel is unpacked",
        None => "the kernel builds",
    };
    let Some(mut linux) = report.run(ready, Some(&label), || lab.linux(kernel)) else {
        report.not_run(ALL_TESTS, Some(&label), "it is not there");
        return;
    };
    linux.divisor = selection.divisor(kernel);
    match kernel.language {
        Language::Rust | Language::C => {
            let reviewed = is_reviewed(kernel, chosen);
            test_drivers(&linux, lab, subjects, reviewed, report);
        }
        Language::Uio => uio::test(&linux, &subjects.devices, &lab.cache, report),
    }
}

/// Whether the drivers are reviewed against this kernel. In C their text is the same for all of an
/// architecture, and the first stock one is enough, whose makefiles may call an older sparse. In Rust
/// it is that of a release, and the flavours compile the same: the plain one is enough where it is
/// chosen.
fn is_reviewed(kernel: &Kernel, chosen: &[&Kernel]) -> bool {
    let alike = |it: &&&Kernel| it.language == kernel.language && it.arch == kernel.arch;
    let mut alike = chosen.iter().filter(alike);
    if kernel.language == Language::C {
        let stock = alike.clone().find(|it| it.stock.is_some());
        return stock
            .or_else(|| alike.next())
            .is_some_and(|it| **it == *kernel);
    }
    let mut alike = alike.filter(|it| it.release == kernel.release);
    *kernel.flavour == PLAIN || alike.all(|it| *it.flavour != PLAIN)
}

/// All tests of the generated drivers with one kernel.
fn test_drivers(
    linux: &Linux,
    lab: &Lab,
    subjects: &Subjects,
    reviewed: bool,
    report: &mut Report,
) {
    let (kernel, label) = (linux.kernel, &linux.label);
    let modules = compile_drivers(linux, &subjects.compiled(kernel), report);
    if reviewed {
        review_drivers(linux, &modules, report);
    }
    if let Some(device) = modules.keys().next() {
        choice::test(device, linux, report);
    }
    if deploy::is_tried_with(kernel) {
        deploy::test(linux, lab.source(kernel), &lab.cache, report);
    }
    let programs = report.run("programs cross-build, static", Some(label), || {
        program::build(kernel.arch, &subjects.packages(kernel), &lab.cache)
    });
    let in_32_bits = match subjects.need_32_bits(kernel) {
        true => report.run("programs cross-build for 32 bits", Some(label), || {
            program::build_in_32_bits(&lab.cache)
        }),
        false => None,
    };
    for scenario in subjects.scenarios(kernel) {
        if let Some(feature) = scenario.cannot_run_on(linux) {
            report.not_possible(scenario.title(), Some(label), &linux.without(feature));
            continue;
        }
        match (modules.get(scenario.device), &programs) {
            (Some(modules), Some(programs)) => {
                let parts = Parts {
                    modules,
                    programs,
                    in_32_bits: in_32_bits.as_ref(),
                };
                scenario.run(linux, &parts, report);
            }
            (None, _) => report.not_run(scenario.title(), Some(label), "its driver is not built"),
            (_, None) => report.not_run(scenario.title(), Some(label), "its program is not built"),
        }
    }
    if subjects.changes_map_on(kernel) {
        test_map_change(linux, programs.as_ref(), report);
    }
}

fn test_map_change(linux: &Linux, programs: Option<&Programs>, report: &mut Report) {
    let (title, kernel) = (map_change::title(), Some(linux.label.as_str()));
    if linux.lacks().contains(&Feature::Overlays) {
        report.not_possible(title, kernel, &linux.without(Feature::Overlays));
        return;
    }
    match programs {
        Some(programs) => map_change::test(linux, programs, report),
        None => report.not_run(title, kernel, "its programs are not built"),
    }
}

/// The folders with the modules of the drivers that compiled, by device.
fn compile_drivers(
    linux: &Linux,
    devices: &[String],
    report: &mut Report,
) -> BTreeMap<String, PathBuf> {
    let name = |device: &String| format!("driver {device} compiles on {}", linux.label);
    let compiled = report.run_each(devices, name, Some(&linux.label), |device| {
        module::build(device, linux)
    });
    let folders = compiled.into_iter();
    folders
        .map(|(device, folder)| (device.clone(), folder))
        .collect()
}

/// What can be said of the drivers that compiled without running them.
fn review_drivers(linux: &Linux, modules: &BTreeMap<String, PathBuf>, report: &mut Report) {
    review::modules(modules, linux, report);
    let Some(device) = modules.keys().next() else {
        return;
    };
    match linux.kernel.language {
        Language::Rust => review::requires_safety_comments(device, linux, report),
        Language::C => review::requires_user_pointers(device, linux, report),
        Language::Uio => {}
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
    fn a_run_needs_one_kernel_for_each_language() {
        let all = kernels(&["7.3", "7.2", "6.12"]);
        assert_eq!(lacks(&all, |_| true), None);
        let stock = |kernel: &Kernel| kernel.stock.is_some();
        assert_eq!(lacks(&all, |it| it.release == "7.2" || stock(it)), None);
        assert_eq!(lacks(&all, stock), Some(Language::Rust));
        let built_with_rust = |it: &Kernel| it.language == Language::Rust;
        assert_eq!(lacks(&all, built_with_rust), Some(Language::C));
    }

    #[test]
    fn a_run_without_drivers_needs_one_kernel() {
        let mut for_uio = kernels(&["6.12"]);
        for_uio.retain(|kernel| kernel.language == Language::Uio);
        assert_eq!(lacks(&for_uio, |_| true), None);
        assert_eq!(lacks(&for_uio, |_| false), Some(Language::Uio));
    }

    #[test]
    fn drivers_are_reviewed_once_for_each_text_and_architecture() {
        let all = kernels(&["7.3", "7.2", "6.12", "6.1", "5.10"]);
        let reviewed = |chosen: &[&Kernel]| {
            let reviewed = chosen.iter().filter(|it| is_reviewed(it, chosen));
            let names = reviewed.map(ToString::to_string);
            names.filter(|it| !it.contains("UIO")).collect::<Vec<_>>()
        };
        let expected = [
            "7.3 arm64 Rust",
            "7.3 arm Rust",
            "7.2 arm64 Rust",
            "5.10 arm64 Debian C",
            "6.1 arm Debian C",
            "7.3 x86_64 Rust",
            "7.3 riscv Rust",
        ];
        assert_eq!(reviewed(&all), expected);
        let debug: Vec<_> = all
            .iter()
            .filter(|it| *it.flavour == DEBUG)
            .copied()
            .collect();
        let expected = ["7.3 arm64 debug Rust", "7.3 arm64 debug C"];
        assert_eq!(reviewed(&debug), expected);
    }
}
