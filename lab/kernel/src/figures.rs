// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the generated driver costs, beside the ways that there are without it, in
//! one boot of one machine: UIO, `/dev/mem`, and a driver written by hand.
//!
//! The guest measures and says figures on the console; the page has them, and
//! the ratios. QEMU interprets the processor, so the ratios mean something and the times
//! do not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lab_support::{folders, workspace};

use super::devices::{self, WIDE};
use super::initramfs::Archive;
use super::linux::Linux;
use super::module::module_name;
use super::own::REMAP;
use super::program::Programs;
use super::qemu::{Boot, End};
use super::scenario::Scenario;
use super::scenario::all::all as scenarios;
use super::selection::Selection;
use super::{devicetree, module, program, uio};

/// The device that all of them drive; UIO also drives [`WIDE`].
const DEVICE: &str = "pl061-gpio";

const PAGE: &str = "docs/driver-figures.md";

/// What every line of figures has before its words.
const MARK: &str = "regloom-lab figure ";

const TIME_LIMIT: Duration = Duration::from_secs(600);

/// Measures, and writes the page.
pub fn run() -> Result<()> {
    let selection = Selection::plain(DEVICE_ARCH);
    let kernels = selection.kernels()?;
    let lab = super::prepare(&kernels, false)?;
    lab.is_enough_for(&kernels)?;
    let kernel = *kernels.first().context("no kernel of the lab")?;
    let linux = lab.linux(kernel)?;
    let programs = program::build(DEVICE_ARCH, &[program::GUEST.to_owned()], &lab.cache)?;
    devices::all()?;
    let mut figures = Figures::new();
    for device in [DEVICE, WIDE] {
        let scenario = scenarios().find(|it| it.device == device);
        let scenario = scenario.context("the device is not booted")?;
        measure(scenario, &linux, &programs, &mut figures)?;
    }
    let path = workspace::root().join(PAGE);
    fs::write(&path, page(&figures, &linux)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {PAGE}");
    Ok(())
}

/// The architecture of the machine.
const DEVICE_ARCH: &super::arch::Arch = &super::arch::ARM64;

/// What was measured: by quantity, then by way.
type Figures = BTreeMap<String, BTreeMap<String, f64>>;

/// Boots a machine and adds its figures.
fn measure(
    scenario: &Scenario,
    linux: &Linux,
    programs: &Programs,
    figures: &mut Figures,
) -> Result<()> {
    let folder = workspace::lab_target().join("figures");
    folders::create_empty(&folder)?;
    let tree = devicetree::of_machine(scenario, linux)?;
    let initramfs = folder.join("initramfs.cpio");
    pack(scenario, linux, programs)?.write(&initramfs)?;
    let boot = Boot {
        machine: scenario.machine,
        image: &linux.image,
        device_tree: &tree,
        initramfs: &initramfs,
        folder: &folder,
        time_limit: TIME_LIMIT,
    };
    println!("booting {} to measure (a minute)", scenario.title());
    let mut console = String::new();
    let end = boot.run(|line| {
        console.push_str(line);
        console.push('\n');
        if let Some((way, what, value)) = parse(line) {
            figures.entry(what).or_default().insert(way, value);
        }
    })?;
    ensure!(
        end == End::Down && console.contains("regloom-lab done"),
        "the measurement did not finish; the console says\n{console}"
    );
    Ok(())
}

fn pack(scenario: &Scenario, linux: &Linux, programs: &Programs) -> Result<Archive> {
    let driver = module::build(scenario.device, linux)?;
    let module = format!("{}.ko", module_name(scenario.device));
    let by_hand = REMAP.build(linux)?;

    let mut archive = Archive::default();
    for folder in ["dev", "proc", "sys"] {
        archive.folder(folder)?;
    }
    archive.copy("init", &programs.path(program::GUEST))?;
    archive.copy("driver.ko", &driver.join(module))?;
    archive.copy("remap.ko", &by_hand)?;
    for (name, from) in ["uio.ko", "uio_pdrv_genirq.ko"]
        .into_iter()
        .zip(uio::MODULES)
    {
        archive.copy(name, &linux.module(from))?;
    }
    archive.file("scenario", scenario.text(linux)?.as_bytes())?;
    archive.file("figures", b"")?;
    Ok(archive)
}

/// `regloom-lab figure <way> <value> <quantity>`
fn parse(line: &str) -> Option<(String, String, f64)> {
    let (_, line) = line.split_once(MARK)?;
    let mut words = line.splitn(3, ' ');
    let (way, value, what) = (words.next()?, words.next()?, words.next()?);
    Some((way.to_owned(), what.to_owned(), value.parse().ok()?))
}

/// The ways, in the order of the table's columns, the one that others are compared with first.
const WAYS: [&str; 4] = ["regloom", "uio", "devmem", "by-hand"];

fn page(figures: &Figures, linux: &Linux) -> Result<String> {
    let mut page = INTRODUCTION.replace("{kernel}", &linux.label);
    for (what, by_way) in figures {
        let ours = *by_way
            .get("regloom")
            .context("the driver was not measured")?;
        write!(page, "| {what} |")?;
        for way in WAYS {
            match by_way.get(way) {
                Some(value) if way == "regloom" => write!(page, " {value:.0} |")?,
                Some(value) => write!(page, " {value:.0} ({:.2}) |", ours / value)?,
                None => write!(page, " |")?,
            }
        }
        page.push('\n');
    }
    Ok(page)
}

const INTRODUCTION: &str = "\
<!-- SPDX-License-Identifier: MIT OR Apache-2.0 -->
<!-- Written by `cargo xtask kernel figures`; an edit here is lost. -->

# What the driver costs

The generated driver of `pl061-gpio` beside UIO (`uio_pdrv_genirq`), `/dev/mem` and a driver written
by hand in C with `io_remap_pfn_range` ([source](../lab/kernel/src/own/remap.c)), on the same
PL061 of QEMU's `virt` machine, in one boot of Linux {kernel}; the pages of 64 MiB are plain memory, in
another. In parentheses: the generated driver's
figure divided by this one; below 1 the generated driver costs less. QEMU interprets the processor,
so that the ratios mean something and the times do not.

Each figure is the best (interrupts: the median) of many rounds, the ways taking turns where they can.
All of them enter the pages of a mapping in `mmap`.

| | regloom | UIO | /dev/mem | by hand |
| --- | --- | --- | --- | --- |
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_a_way_a_value_and_what_it_is_of() {
        assert_eq!(
            parse("regloom-lab figure uio 12.5 a mapped read, ns"),
            Some(("uio".into(), "a mapped read, ns".into(), 12.5))
        );
        assert_eq!(parse("regloom-lab figure uio much"), None);
    }
}
