// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernels without Rust: the blocks by the kernel's own `uio_pdrv_genirq`, on nodes that `--uio`
//! generates, and the programs that are written for the driver, as they are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lab_support::report::Report;
use lab_support::{folders, workspace};
use regloom_codegen::{Drivers, Parts};

use super::cache::Cache;
use super::console::Console;
use super::devices;
use super::devicetree::{self, compile_in, decompile, join, labelled, run, write_base};
use super::initramfs::Archive;
use super::linux::Linux;
use super::machine::{Machine, VIRT};
use super::program::{self, Programs};
use super::qemu::{Boot, End};

/// The kernel's modules that make UIO, from the root of its build.
pub(super) const MODULES: [&str; 2] = ["drivers/uio/uio.ko", "drivers/uio/uio_pdrv_genirq.ko"];

/// The boot and all of its tests take a few seconds.
const TIME_LIMIT: Duration = Duration::from_secs(300);

const MACHINE: &Machine = &VIRT;
const TITLE: &str = "UIO on virt";

/// A block, and what is done to it. All of them are in one machine, so that each program has to
/// find its own.
#[derive(Debug)]
struct Through {
    device: &'static str,
    /// The machine's own nodes for the same hardware, and those that refer to them.
    replaces: &'static [&'static str],
    node: Node,
    /// Nodes beside it, in the language of device trees.
    beside: &'static str,
    /// What is changed of the compiled tree: arguments of `fdtput`, behind the tree's name.
    changes: &'static [&'static [&'static str]],
    /// Programs of the device's package, beside the one that is called after it.
    also: &'static [&'static str],
    /// Steps before UIO is there, and after; `lab/guest/src/uio.rs` takes them. `{hash}` stands
    /// for the low word of the map's.
    before: &'static str,
    steps: &'static str,
}

/// Where a block's node comes from.
#[derive(Debug, PartialEq, Eq)]
enum Node {
    /// `--uio` generates it.
    Generated,
    /// It is written by hand, among those beside it.
    Written,
}

const BLOCKS: &[Through] = &[
    Through {
        device: "pl061-gpio",
        // The key's button is a line of the controller.
        replaces: &["/gpio-keys", "/pl061@9030000"],
        node: Node::Generated,
        // UIO claims nothing: two nodes may describe one block.
        beside: "lab-small@9030000 { compatible = \"generic-uio\"; reg = <0x09030000 0x800>; \
                 linux,uio-name = \"lab-small\"; };\n\
                 lab-other@9030000 { compatible = \"generic-uio\"; reg = <0x09030000 0x1000>; \
                 linux,uio-name = \"lab-other\"; regloom,map-hash = <0x1 0x2>; };\n\
                 lab-same@50032000 { compatible = \"generic-uio\"; reg = <0x50032000 0x1000>; \
                 linux,uio-name = \"pl061-gpio0\"; };",
        changes: &[],
        also: &["pl061-gpio-edge"],
        before: "refused|pl061-gpio-demo||cannot open /dev/pl061-gpio0: there is no such node, and \
                 no UIO device in its place; is the driver of pl061-gpio loaded\n",
        // Of two devices of that name, the one at the instance's address is used.
        steps: "device|pl061-gpio0|0x9030000\n\
                device|pl061-gpio0|0x50032000\n\
                passes|pl061-gpio-demo||DATA[0x0f] = 0b0100\n\
                holds|0x9030400|0xf|the program made lines 0 to 3 outputs\n\
                passes|pl061-gpio-edge||1000 edges, each reported once\n\
                interrupts|pl061-gpio0|0x3e8\n\
                holds|0x9030418|0x0|the last edge is acknowledged\n\
                put|an edge is raised while no program waits|\
                0x9030410=0x1 0x9030400=0x1 0x9030004=0x1 0x9030400=0x0 \
                0x9030400=0x1 0x9030004=0x0 0x9030400=0x0\n\
                holds|0x9030418|0x1|it is pending, and its line held back\n\
                passes|pl061-gpio-edge||1000 edges, each reported once\n\
                refused|pl061-gpio-demo|lab-small|it maps 0x800 bytes, the block has 0x1000\n\
                refused|pl061-gpio-demo|lab-other|generated from another register map \
                (0x0000000100000002) than this program\n",
    },
    Through {
        device: "pl031-rtc",
        replaces: &["/pl031@9010000"],
        node: Node::Generated,
        beside: "",
        // As old kernels have it: UIO calls the device after its node, and it is found by its
        // address.
        changes: &[&["-d", "/rtc@9010000", "linux,uio-name"]],
        also: &["pl031-rtc-async"],
        before: "refused|pl031-rtc-demo||modprobe uio_pdrv_genirq of_id=generic-uio\n",
        steps: "device|rtc@9010000|0x9010000\n\
                put|the alarm is disabled|0x9010010=0x0\n\
                passes|pl031-rtc-demo||events: ALARM }\n\
                holds|0x9010010|0x1|the program has enabled the alarm, and UIO leaves it so\n\
                holds|0x9010018|0x0|the program has acknowledged the alarm\n\
                passes|pl031-rtc-demo||events: ALARM }\n\
                passes|pl031-rtc-async||turns meanwhile\n\
                interrupts|rtc@9010000|0x3\n",
    },
    Through {
        device: "fpga-mem",
        replaces: &[],
        node: Node::Generated,
        // As old kernels call them, after nodes of one kind.
        beside: "lab-twin@50030000 { compatible = \"generic-uio\"; reg = <0x50030000 0x1000>; \
                 linux,uio-name = \"twin\"; };\n\
                 lab-twin@50031000 { compatible = \"generic-uio\"; reg = <0x50031000 0x1000>; \
                 linux,uio-name = \"twin\"; };",
        // Plain memory that the kernel does not own, in the midst of a page.
        changes: &[&[
            "-t",
            "x",
            "/fpga-mem-bus/fpga@40000000",
            "reg",
            "50020800",
            "1000",
        ]],
        also: &[],
        before: "",
        steps: "device|fpga-mem0|0x50020800\n\
                put|the page is empty before the block|0x50020000=0x0\n\
                passes|fpga-mem-demo||DATA = 0xabcd1234\n\
                holds|0x50020800|0xabcd1234|register 0 is in the midst of the page\n\
                holds|0x50020000|0x0|what is before the block in its page is as it was\n\
                refused|fpga-mem-demo|twin|2 UIO devices have that name: /dev/uio\n\
                refused|fpga-mem-demo|twin| at 0x50030000\n\
                refused|fpga-mem-demo|twin| at 0x50031000\n",
    },
    Through {
        device: "adc-capture",
        replaces: &[],
        // Its clocks are a Zynq's.
        node: Node::Written,
        beside: "adc@50010000 { compatible = \"generic-uio\"; reg = <0x50010000 0x2000>; \
                 linux,uio-name = \"adc-capture0\"; };",
        changes: &[],
        also: &[],
        before: "refused|adc-capture-demo||neither a driver nor UIO has a device at 0x40000000\n",
        steps: "device|adc-capture0|0x50010000\n\
                put|the block says who it is|\
                0x50010000=0x41444343 0x50010004=0x2 0x50010008={hash}\n\
                passes|adc-capture-demo|adc-capture0|the samples sum up to\n\
                put|it says that it is another|0x50010000=0x1\n\
                refused|adc-capture-demo|adc-capture0|magic in ID is 0x1, the register map has 0x41444343\n\
                put|it says that it is of another version|\
                0x50010000=0x41444343 0x50010004=0x3\n\
                refused|adc-capture-demo|adc-capture0|major version in VERSION is 0x3, the register map has 0x2\n\
                put|it says that it has another map|0x50010004=0x2 0x50010008=0x0\n\
                refused|adc-capture-demo|adc-capture0|map hash in MAP_HASH is 0x0, the register map has {hash}\n",
    },
];

/// All tests with a kernel that has no Rust.
pub(super) fn test(linux: &Linux, devices: &[String], cache: &Cache, report: &mut Report) {
    let chosen = |block: &&Through| devices.iter().any(|device| device == block.device);
    let blocks: Vec<_> = BLOCKS.iter().filter(chosen).collect();
    if blocks.is_empty() {
        return;
    }
    let kernel = Some(linux.label.as_str());
    let parts = report.run(format!("{TITLE}: device tree"), kernel, || {
        device_tree(&blocks, linux)
    });
    let programs = report.run("programs cross-build, static", kernel, || {
        let demos = blocks.iter().map(|block| program::demo(block.device));
        let packages: Vec<_> = demos.chain([program::GUEST.to_owned()]).collect();
        program::build(linux.kernel.arch, &packages, cache)
    });
    let name = format!("{TITLE}: boots, runs to its end and goes down");
    let (Some(tree), Some(programs)) = (parts, programs) else {
        report.not_run(name, kernel, "it has no device tree or no programs");
        return;
    };
    println!("booting {TITLE} with linux {} (a few seconds)", linux.label);
    let started = Instant::now();
    let mut console = Console::new(TITLE, &linux.label, report);
    let end = boot(&blocks, linux, &programs, &tree, &mut console);
    let outcome = console.conclude(end);
    report.outcome(name, kernel, started.elapsed(), outcome);
}

fn boot(
    blocks: &[&Through],
    linux: &Linux,
    programs: &Programs,
    tree: &Path,
    console: &mut Console<'_>,
) -> Result<End> {
    let folder = folder(linux)?;
    let initramfs = folder.join("initramfs.cpio");
    pack(blocks, linux, programs)?.write(&initramfs)?;
    let boot = Boot {
        machine: MACHINE,
        image: &linux.image,
        device_tree: tree,
        initramfs: &initramfs,
        folder: &folder,
        time_limit: TIME_LIMIT,
    };
    boot.run(|line| console.receive(line))
}

fn folder(linux: &Linux) -> Result<PathBuf> {
    let folder = workspace::lab_target()
        .join("boots")
        .join(linux.folder_name())
        .join("uio");
    folders::create(&folder)?;
    Ok(folder)
}

fn pack(blocks: &[&Through], linux: &Linux, programs: &Programs) -> Result<Archive> {
    let mut archive = Archive::default();
    for folder in ["dev", "proc", "sys"] {
        archive.folder(folder)?;
    }
    archive.copy("init", &programs.path(program::GUEST))?;
    for module in MODULES {
        let file = Path::new(module)
            .file_name()
            .context("a module is a file")?;
        archive.copy(&file.to_string_lossy(), &linux.module(module))?;
    }
    for block in blocks {
        let demo = program::demo(block.device);
        archive.copy(&demo, &programs.path(&demo))?;
        for also in block.also {
            archive.copy(also, &programs.path(also))?;
        }
    }
    archive.file("uio", script(blocks)?.as_bytes())?;
    Ok(archive)
}

/// The steps of the guest, one a line.
fn script(blocks: &[&Through]) -> Result<String> {
    let mut script = String::new();
    for block in blocks {
        script.push_str(block.before);
    }
    script.push_str("load\n");
    for block in blocks {
        let map = devices::map(block.device)?;
        let hash = map.hash() & u64::from(u32::MAX);
        script.push_str(&block.steps.replace("{hash}", &format!("{hash:#x}")));
    }
    script.push_str("unload\n");
    for block in blocks {
        script.push_str(block.before);
    }
    Ok(script)
}

/// The machine's tree, with the nodes of the blocks in place of its own.
fn device_tree(blocks: &[&Through], linux: &Linux) -> Result<PathBuf> {
    let folder = devicetree::folder("uio")?;
    let base = folder.join("machine.dtb");
    write_base(MACHINE, linux, &base)?;
    for node in blocks.iter().flat_map(|block| block.replaces) {
        run(Command::new("fdtput").arg("-r").arg(&base).arg(node))?;
    }
    let tree = decompile(&base)? + &labelled(MACHINE);
    // See `devicetree::of_machine`; wrong nodes have the address of the right one.
    let allowed = ["-Wno-ranges_format", "-Wno-unique_unit_address"];
    let before = compile_in(&tree, &folder.join("machine-alone"), &[], &allowed)?;
    let compiled = folder.join("machine-with-devices");
    let with_devices = tree + &nodes(blocks)?;
    let after = compile_in(&with_devices, &compiled, &[], &allowed)?;
    let new: Vec<_> = after.difference(&before).cloned().collect();
    anyhow::ensure!(
        new.is_empty(),
        "dtc warned of the generated part:\n{}",
        join(&new.into_iter().collect())
    );
    let tree = compiled.with_extension("dtb");
    for change in blocks.iter().flat_map(|block| block.changes) {
        change_tree(&tree, change)?;
    }
    Ok(tree)
}

/// Calls `fdtput`, which has its options before the tree and what they are about behind it.
fn change_tree(tree: &Path, change: &[&str]) -> Result<()> {
    let path = change.iter().position(|word| word.starts_with('/'));
    let (options, about) = change.split_at(path.context("a change is about a node")?);
    run(Command::new("fdtput").args(options).arg(tree).args(about))?;
    Ok(())
}

fn nodes(blocks: &[&Through]) -> Result<String> {
    let mut text = String::new();
    for block in blocks {
        if block.node == Node::Generated {
            text.push_str(&generated(block.device)?);
        }
    }
    let beside: Vec<_> = blocks.iter().map(|block| block.beside).collect();
    let cells = "#address-cells = <1>; #size-cells = <1>; ranges;";
    writeln!(
        text,
        "/ {{ lab-bus {{ compatible = \"simple-bus\"; {cells}\n{}\n}}; }};",
        beside.join("\n")
    )?;
    Ok(text)
}

/// What `regloom generate --uio` gives for a device's node.
fn generated(device: &str) -> Result<String> {
    let parts = Parts {
        device_tree: true,
        driver: false,
        accessor: false,
    };
    let map = devices::map(device)?;
    let kernel = regloom_codegen::Kernel::default();
    let artifacts = regloom_codegen::render(&map, Drivers::Uio, parts, kernel);
    let path = format!("{device}/dts/{device}.dtsi");
    let text = artifacts.get(&path).with_context(|| format!("no {path}"))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::arch::{ARM64, KERNELS, Kernel, Language, Tier};
    use super::*;

    #[test]
    fn there_is_a_kernel_for_the_machine() {
        let without =
            |kernel: &&Kernel| kernel.language == Language::Uio && kernel.tier == Tier::Full;
        let kernel = KERNELS.iter().find(without).unwrap();
        assert_eq!(kernel.arch, &ARM64);
    }

    #[test]
    fn every_block_is_tried_before_uio_is_there_or_has_its_steps() {
        let all: Vec<_> = BLOCKS.iter().collect();
        let script = script(&all).unwrap();
        assert!(!script.contains("{hash}"), "{script}");
        let at = |step: &str| script.lines().position(|line| line == step).unwrap();
        assert!(at("load") < at("unload"));
        for block in BLOCKS {
            assert!(script.contains(block.steps.lines().next().unwrap()));
        }
    }
}
