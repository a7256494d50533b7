// SPDX-License-Identifier: MIT OR Apache-2.0

//! Device trees: the generated text alone, and as part of a machine's tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lab_support::{folders, workspace};

use super::devices;
pub(super) use super::environment::run;
use super::linux::Linux;
use super::machine::{Machine, Tree};
use super::scenario::{Overlay, Scenario};

/// The smallest tree there is around a snippet: a bus, and who takes its interrupts, gives its
/// clocks and holds its resets, by all names that the examples have for them. The root counts as
/// they say, or in one cell.
const SMALLEST: &str = "/dts-v1/;

/ {
	#address-cells = <CELLS>;
	#size-cells = <CELLS>;
	interrupt-parent = <&gic>;

	gic: intc: gpc: interrupt-controller {
		interrupt-controller;
		#interrupt-cells = <3>;
		#address-cells = <0>;
	};

	clkc: clock-controller {
		#clock-cells = <1>;
	};

	lab_clock: clock {
		#clock-cells = <0>;
	};

	rstc: reset-controller {
		#reset-cells = <1>;
	};

	amba: aips1: lab_bus: axi {
		#address-cells = <1>;
		#size-cells = <1>;
	};

	fpga_full: fpga-region {
		#address-cells = <1>;
		#size-cells = <1>;
	};
};
";

fn smallest(root_cells: u32) -> String {
    SMALLEST.replace("CELLS", &root_cells.to_string())
}

/// The generated snippet compiles, included into the smallest tree there is, without a warning,
/// and so does the overlay, which applies to that tree.
pub(crate) fn check_alone(device: &str) -> Result<()> {
    let folder = folder(device)?;
    let tree = smallest(root_cells(device)?);
    let with_device = format!("{tree}\n{}", include(device)?);
    without_warning(&compile(&with_device, &folder.join("alone"), device, &[])?)?;
    let base = folder.join("smallest");
    compile(&tree, &base, device, &["-@"])?;
    let overlay = file(device, "dtso");
    if overlay.exists() {
        let text = fs::read_to_string(&overlay)?;
        let compiled = folder.join("overlay-alone");
        without_warning(&compile(&text, &compiled, device, &[])?)?;
        apply(
            &compiled.with_extension("dtb"),
            &base.with_extension("dtb"),
            &folder.join("applied.dtb"),
        )?;
    }
    Ok(())
}

/// How the root counts around the device's node.
fn root_cells(device: &str) -> Result<u32> {
    let map = devices::map(device)?;
    let parents = map
        .blocks
        .iter()
        .filter_map(|block| block.device_tree.parent.as_ref());
    let root = parents.into_iter().find(|parent| parent.node.value == "/");
    Ok(root.map_or(1, |root| if root.address_cells.value == 1 { 1 } else { 2 }))
}

fn without_warning(warnings: &BTreeSet<String>) -> Result<()> {
    ensure!(warnings.is_empty(), "dtc warned:\n{}", join(warnings));
    Ok(())
}

/// Applies a compiled overlay to a compiled tree.
pub(super) fn apply(overlay: &Path, base: &Path, to: &Path) -> Result<()> {
    run(Command::new("fdtoverlay")
        .arg("-i")
        .arg(base)
        .arg("-o")
        .arg(to)
        .arg(overlay))?;
    Ok(())
}

/// The tree a machine boots with: its own, without what the device replaces, and
/// with the generated snippet, word for word, whose instance may then be moved.
pub(crate) fn of_machine(scenario: &Scenario, linux: &Linux) -> Result<PathBuf> {
    let folder = folder(scenario.device)?.join(scenario.machine.name);
    folders::create(&folder)?;
    let base = folder.join("machine.dtb");
    write_base(scenario.machine, linux, &base)?;
    for node in scenario.replaces {
        run(Command::new("fdtput").arg("-r").arg(&base).arg(node))?;
    }
    let beside = scenario.lab.map_or("", |lab| lab.beside);
    let tree = decompile(&base)? + &labelled(scenario.machine) + &wrong(scenario) + beside;
    // A tree whose root counts in 64 bits (`virt`) around a bus that counts in 32
    // makes dtc doubt the bus's empty `ranges`. The kernel takes an empty one as
    // "the same addresses" whatever the cell counts are, and the snippet cannot
    // know which root it will be included under.
    let allowed = ["-Wno-ranges_format"];
    // What dtc says of the machine's own tree is none of the generator's business.
    let before = compile(
        &tree,
        &folder.join("machine-alone"),
        scenario.device,
        &allowed,
    )?;
    let with_device = format!("{tree}\n{}", include(scenario.device)?);
    let compiled = folder.join("machine-with-device");
    let after = compile(&with_device, &compiled, scenario.device, &allowed)?;
    let new: BTreeSet<_> = after.difference(&before).cloned().collect();
    ensure!(
        new.is_empty(),
        "dtc warned of the generated part:\n{}",
        join(&new)
    );
    let tree = compiled.with_extension("dtb");
    if let Some(node) = scenario.moves {
        let reg = [scenario.base, scenario.size].map(|cell| format!("{cell:x}"));
        run(Command::new("fdtput")
            .args(["-t", "x"])
            .arg(&tree)
            .args([node, "reg"])
            .args(reg))?;
    }
    Ok(tree)
}

/// The tree of a machine alone, with the labels that overlays refer to, as on a board.
pub(super) fn of_bare_machine(machine: &Machine, linux: &Linux, folder: &Path) -> Result<PathBuf> {
    let base = folder.join("machine.dtb");
    write_base(machine, linux, &base)?;
    let tree = decompile(&base)? + &labelled(machine);
    let compiled = folder.join("machine-with-labels");
    compile_in(&tree, &compiled, &[], &["-@"])?;
    Ok(compiled.with_extension("dtb"))
}

/// A generated overlay, compiled as its page says, without a warning.
pub(super) fn generated_overlay(source: &Path, to: &Path) -> Result<PathBuf> {
    let text =
        fs::read_to_string(source).with_context(|| format!("cannot read {}", source.display()))?;
    without_warning(&compile_in(&text, to, &[], &[])?)?;
    Ok(to.with_extension("dtb"))
}

/// An overlay, compiled.
pub(crate) fn overlay(scenario: &Scenario, overlay: &Overlay) -> Result<PathBuf> {
    let folder = folder(scenario.device)?.join(scenario.machine.name);
    let Overlay { under, node } = overlay;
    let text = format!("/dts-v1/;\n/plugin/;\n\n&{{{under}}} {{\n\t{node}\n}};\n");
    let to = folder.join("overlay");
    // Without the tree that it is for, dtc does not know the parent's cell sizes.
    let allowed = ["-Wno-reg_format", "-Wno-avoid_default_addr_size"];
    compile(&text, &to, scenario.device, &allowed)?;
    Ok(to.with_extension("dtb"))
}

/// The machine's nodes by the names that descriptions have for them, and what its
/// tree leaves to each board's.
pub(super) fn labelled(machine: &Machine) -> String {
    let label = |(label, path): &(&str, &str)| format!("{label}: &{{{path}}} {{}};\n");
    let mut text: String = machine.labels.iter().map(label).collect();
    if let Some(parent) = machine.interrupt_parent {
        text += &format!("/ {{ interrupt-parent = <&{parent}>; }};\n");
    }
    text
}

/// Nodes for the scenario's hardware that are wrong, each in its own way. They match
/// no driver: the guest gives them to the one under test, which must refuse them.
fn wrong(scenario: &Scenario) -> String {
    let Scenario { base, size, .. } = scenario;
    let node = |what: &str, start: u64, size: u64| {
        format!(
            "lab-wrong-{what}@{start:x} {{ compatible = \"regloom,lab\"; reg = <{start:#x} {size:#x}>; }};"
        )
    };
    let nodes = [
        node("twin", *base, *size),
        node("small", *base, size / 2),
        node("half-page", base + 0x800, *size),
        node("silent", *base, *size),
        format!(
            "lab-wrong-map@{base:x} {{ compatible = \"regloom,lab\"; reg = <{base:#x} {size:#x}>; \
             regloom,map-hash = <0x0 0x1>; }};"
        ),
        "lab-wrong-nowhere { compatible = \"regloom,lab\"; };".to_owned(),
        scenario.special.nodes.to_owned(),
    ];
    let cells = "#address-cells = <1>; #size-cells = <1>; ranges;";
    format!(
        "/ {{ lab-bus {{ compatible = \"simple-bus\"; {cells}\n{}\n}}; }};\n",
        nodes.join("\n")
    )
}

pub(super) fn write_base(machine: &Machine, linux: &Linux, to: &Path) -> Result<()> {
    match machine.tree {
        Tree::OfQemu => dump(machine, to),
        Tree::OfKernel(name) => {
            let from = linux.device_tree(name);
            fs::copy(&from, to).with_context(|| format!("no {}", from.display()))?;
            for node in machine.disabled {
                let disable = [*node, "status", "disabled"];
                run(Command::new("fdtput")
                    .args(["-t", "s"])
                    .arg(to)
                    .args(disable))?;
            }
            Ok(())
        }
        Tree::None => {
            let source = to.with_extension("dts");
            fs::write(&source, smallest(1))?;
            run(Command::new("dtc")
                .args(["-I", "dts", "-O", "dtb", "-o"])
                .arg(to)
                .arg(source))?;
            Ok(())
        }
    }
}

/// The tree that QEMU makes up for the machine.
fn dump(machine: &Machine, to: &Path) -> Result<()> {
    let mut command = Command::new(machine.qemu);
    command
        .args(machine.arguments)
        .arg("-machine")
        .arg(format!("dumpdtb={}", to.display()));
    run(&mut command)?;
    Ok(())
}

pub(super) fn decompile(tree: &Path) -> Result<String> {
    // What dtc doubts here it doubts again when the text is compiled.
    let output = run(Command::new("dtc")
        .args(["-q", "-I", "dtb", "-O", "dts"])
        .arg(tree))?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Compiles a source and returns dtc's warnings, without their line numbers, which change.
fn compile(text: &str, to: &Path, device: &str, options: &[&str]) -> Result<BTreeSet<String>> {
    let folder = file(device, "dtsi");
    let folder = folder.parent().context("a snippet is in a folder")?;
    compile_in(text, to, &[folder], options)
}

/// The same, of a source whose includes are in those folders.
pub(super) fn compile_in(
    text: &str,
    to: &Path,
    folders: &[&Path],
    options: &[&str],
) -> Result<BTreeSet<String>> {
    let source = to.with_extension("dts");
    fs::write(&source, text).with_context(|| format!("cannot write {}", source.display()))?;
    let includes = folders.iter().flat_map(|folder| [Path::new("-i"), folder]);
    let output = run(Command::new("dtc")
        .args(["-I", "dts", "-O", "dtb"])
        .args(options)
        .args(includes)
        .arg("-o")
        .arg(to.with_extension("dtb"))
        .arg(&source))?;
    Ok(String::from_utf8_lossy(&output.stderr)
        .lines()
        // What follows a warning only has places.
        .filter(|line| !line.starts_with("  also defined at"))
        .map(without_place)
        .collect())
}

/// `/tmp/x.dts:3.4-5: Warning (check): what` without the part before `Warning`.
fn without_place(line: &str) -> String {
    line.find("Warning (")
        .map_or(line, |at| &line[at..])
        .to_owned()
}

fn include(device: &str) -> Result<String> {
    let snippet = file(device, "dtsi");
    ensure!(snippet.exists(), "there is no {}", snippet.display());
    Ok(format!("/include/ \"{device}.dtsi\"\n"))
}

fn file(device: &str, kind: &str) -> PathBuf {
    devices::generated(device)
        .join("dts")
        .join(format!("{device}.{kind}"))
}

pub(super) fn folder(device: &str) -> Result<PathBuf> {
    let folder = workspace::lab_target().join("device-trees").join(device);
    folders::create(&folder)?;
    Ok(folder)
}

pub(super) fn join(warnings: &BTreeSet<String>) -> String {
    warnings
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_known_without_its_place() {
        assert_eq!(
            without_place("a.dts:3.4-5.6: Warning (reg_format): /x: bad"),
            "Warning (reg_format): /x: bad"
        );
    }
}
