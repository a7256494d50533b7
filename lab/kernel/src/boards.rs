// SPDX-License-Identifier: MIT OR Apache-2.0

//! Device trees on boards that people have: what is generated for a block is taken into their
//! trees in the kernel's source, as a part of them and as an overlay, and is found where it should
//! be; the binding and its example go through dtschema.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lab_support::report::Report;
use lab_support::{folders, workspace};
use regdesc::RegisterMap;
use regloom_codegen::{Drivers, Parts, device_name};

use super::cache::Cache;
use super::devicetree::{self, apply, compile_in, join, run};
use super::source::Source;
use super::{devices, tools};

/// A board, and what a description says of its tree.
struct Board {
    name: &'static str,
    /// Its source, below `arch/`.
    source: &'static str,
    /// The block's description: one from the docs, by its path from the workspace's root, or the
    /// keys of `device-tree:`.
    description: Described,
    /// What the board's tree has to state for it.
    beside: &'static str,
    /// The node that `parent` names, and the one that the overlay goes to: by their paths, or by
    /// the labels where releases differ in the paths.
    parent: &'static str,
    target: &'static str,
    base: u64,
    /// The node.
    node: &'static str,
    /// What an interrupt is in its controller's cells.
    interrupt: &'static [u32],
    /// `reg` as `fdtget` prints it.
    reg: &'static str,
}

/// What is generated for a board.
enum Described {
    File(&'static str),
    Keys(&'static str),
}

const BOARDS: &[Board] = &[
    Board {
        name: "Zynq ZC702",
        source: "arm/boot/dts/xilinx/zynq-zc702.dts",
        description: Described::Keys(
            r#"parent: {node: "&amba", address-cells: 1, size-cells: 1}, interrupt-parent: "&intc",
          fpga-region: {node: "&fpga_full", address-cells: 1, size-cells: 1, firmware-name: lab.bit.bin}"#,
        ),
        beside: "",
        parent: "/axi",
        target: "fpga_full",
        base: 0x43c0_0000,
        node: "fpga@43c00000",
        interrupt: &[0, 29, 4],
        reg: "43c00000 1000",
    },
    Board {
        name: "ZynqMP ZCU102",
        source: "arm64/boot/dts/xilinx/zynqmp-zcu102-revA.dts",
        description: Described::Keys(
            r#"parent: {node: "&amba", address-cells: 2, size-cells: 2}, interrupt-parent: "&gic",
          fpga-region: {node: "&fpga_full", address-cells: 2, size-cells: 2, firmware-name: lab.bit.bin}"#,
        ),
        beside: "",
        parent: "/axi",
        target: "fpga_full",
        base: 0x4_0000_0000,
        node: "fpga@400000000",
        interrupt: &[0, 89, 4],
        reg: "4 0 0 1000",
    },
    Board {
        name: "i.MX6 SABRE-SD",
        source: "arm/boot/dts/nxp/imx/imx6q-sabresd.dts",
        description: Described::Keys(
            r#"parent: {node: "&soc", address-cells: 1, size-cells: 1}, interrupt-parent: "&gpc""#,
        ),
        beside: "",
        parent: "/soc",
        target: "/soc",
        base: 0x0800_0000,
        node: "fpga@8000000",
        interrupt: &[0, 66, 4],
        reg: "8000000 1000",
    },
    Board {
        name: "i.MX6 SABRE Lite with EIM",
        source: "arm/boot/dts/nxp/imx/imx6q-sabrelite.dts",
        description: Described::File("docs/eim-fpga.yaml"),
        beside: "&weim { ranges = <0 0 0x08000000 0x08000000>; status = \"okay\"; };\n",
        parent: "weim",
        target: "weim",
        base: 0x0800_0000,
        node: "fpga@0,0",
        interrupt: &[4, 4],
        reg: "0 0 1000",
    },
    Board {
        name: "BeagleBone Black",
        source: "arm/boot/dts/ti/omap/am335x-boneblack.dts",
        description: Described::Keys(
            r#"parent: {node: "&ocp", address-cells: 1, size-cells: 1}, interrupt-parent: "&intc""#,
        ),
        beside: "",
        parent: "/ocp",
        target: "/ocp",
        base: 0x0100_0000,
        node: "fpga@1000000",
        interrupt: &[7],
        reg: "1000000 1000",
    },
    Board {
        name: "PolarFire SoC Icicle",
        source: "riscv/boot/dts/microchip/mpfs-icicle-kit.dts",
        description: Described::Keys(
            r#"parent: {node: /soc, address-cells: 2, size-cells: 2}, interrupt-parent: "&plic""#,
        ),
        beside: "",
        parent: "/soc",
        target: "/soc",
        base: 0x6000_0000,
        node: "fpga@60000000",
        interrupt: &[118],
        reg: "0 60000000 0 1000",
    },
];

/// All boards, with the trees of one release, and the bindings of the generated devices.
pub(super) fn test(source: &Source, names: &[String], cache: &Cache, report: &mut Report) {
    let kernel = Some(source.version());
    let bound = [(Drivers::All, "for its driver"), (Drivers::Uio, "for UIO")];
    for (board, (drivers, what_for)) in BOARDS
        .iter()
        .flat_map(|it| bound.map(|for_it| (it, for_it)))
    {
        let name = format!(
            "a block {what_for} joins the tree of {}, as source and as overlay",
            board.name
        );
        report.run(name, kernel, || board.accepts_block(drivers, source));
    }
    let Some(dtschema) = report.run("dtschema is there", None, || tools::dtschema(cache)) else {
        report.not_run("dtschema reads the bindings", None, "it is not there");
        return;
    };
    let with_binding = names.iter().filter(|device| binding(device).is_some());
    for device in with_binding {
        report.run(
            format!("dtschema accepts the binding of {device} and its example"),
            None,
            || accepts_binding(device, &dtschema),
        );
    }
}

impl Board {
    fn accepts_block(&self, drivers: Drivers, source: &Source) -> Result<()> {
        let folder = devicetree::folder("boards")?.join(self.name.replace(' ', "-"));
        folders::create(&folder)?;
        let tree = self.preprocessed(source)? + self.beside;
        let own = source.tree.join("arch").join(self.source);
        let own = own.parent().context("a source is in a folder")?;
        let before = compile_in(&tree, &folder.join("board"), &[own], &["-@"])?;
        let (snippet, overlay) = self.generated(drivers)?;

        let joined = folder.join("joined");
        let after = compile_in(&format!("{tree}\n{snippet}"), &joined, &[own], &["-@"])?;
        let new: BTreeSet<_> = after.difference(&before).cloned().collect();
        ensure!(new.is_empty(), "dtc warned of the source:\n{}", join(&new));
        self.has_node(&joined.with_extension("dtb"), self.parent)?;

        let compiled = folder.join("overlay");
        let warnings = compile_in(&overlay, &compiled, &[], &[])?;
        ensure!(
            warnings.is_empty(),
            "dtc warned of the overlay:\n{}",
            join(&warnings)
        );
        let applied = folder.join("applied.dtb");
        apply(
            &compiled.with_extension("dtb"),
            &folder.join("board.dtb"),
            &applied,
        )?;
        self.has_node(&applied, self.target)
    }

    /// What is generated for a block on the board.
    fn generated(&self, drivers: Drivers) -> Result<(String, String)> {
        let map = self.map()?;
        let parts = Parts {
            device_tree: true,
            driver: false,
            accessor: false,
        };
        let artifacts =
            regloom_codegen::render(&map, drivers, parts, regloom_codegen::Kernel::default());
        let device = device_name(&map);
        let text = |kind: &str| {
            let path = format!("{device}/dts/{device}.{kind}");
            let text = artifacts.get(&path).with_context(|| format!("no {path}"))?;
            anyhow::Ok(text.to_owned())
        };
        Ok((text("dtsi")?, text("dtso")?))
    }

    fn map(&self) -> Result<RegisterMap> {
        let options = regdesc::Options::default();
        let keys = match self.description {
            Described::File(path) => {
                return Ok(regdesc::load(&workspace::root().join(path), &options)?);
            }
            Described::Keys(keys) => keys,
        };
        let text = format!(
            "schema: 1\nname: lab\nvendor: regloom\nsize: 0x1000\nnode-name: fpga\n\
             device-tree: {{{keys}}}\ninterrupts: {{irq: {{trigger: level-high}}}}\n\
             registers: {{DATA: {{}}}}\n\
             instances: {{fpga0: {{base: {:#x}, interrupts: {{irq: {:?}}}}}}}\n",
            self.base, self.interrupt
        );
        Ok(regdesc::parse("lab.yaml", text, &options)?)
    }

    /// The board's source as the kernel's own build hands it to dtc.
    fn preprocessed(&self, source: &Source) -> Result<String> {
        let main = source.tree.join("arch").join(self.source);
        let output = run(Command::new("gcc")
            .args([
                "-E",
                "-nostdinc",
                "-undef",
                "-D__DTS__",
                "-x",
                "assembler-with-cpp",
            ])
            .arg("-I")
            .arg(source.tree.join("scripts/dtc/include-prefixes"))
            .arg(main))?;
        Ok(String::from_utf8(output.stdout)?)
    }

    fn has_node(&self, tree: &Path, parent: &str) -> Result<()> {
        let node = format!("{}/{}", path_in(tree, parent)?, self.node);
        let get = |kind: &str, property: &str| -> Result<String> {
            let output = run(Command::new("fdtget")
                .args(["-t", kind])
                .arg(tree)
                .args([&node, property]))?;
            Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
        };
        let reg = get("x", "reg")?;
        ensure!(
            reg == self.reg,
            "reg of {node} is <{reg}>, not <{}>",
            self.reg
        );
        let interrupts: Vec<_> = self.interrupt.iter().map(u32::to_string).collect();
        let found = get("i", "interrupts")?;
        ensure!(
            found == interrupts.join(" "),
            "interrupts of {node} are <{found}>"
        );
        Ok(())
    }
}

/// The path of a node that is named by it or by its label.
fn path_in(tree: &Path, node: &str) -> Result<String> {
    if node.starts_with('/') {
        return Ok(node.to_owned());
    }
    let output = run(Command::new("fdtget")
        .arg(tree)
        .args(["/__symbols__", node]))?;
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// The binding is one, and says yes to its example and no to one with a property too many.
fn accepts_binding(device: &str, dtschema: &Path) -> Result<()> {
    let binding = binding(device).context("there is no binding")?;
    quiet(Command::new(dtschema.join("dt-doc-validate")).arg(&binding))?;
    let extracted = run(Command::new(dtschema.join("dt-extract-example")).arg(&binding))?;
    let example = String::from_utf8(extracted.stdout)?;
    let validate = |text: &str, name: &str| -> Result<String> {
        let compiled = devicetree::folder(device)?.join(name);
        compile_in(text, &compiled, &[], &["-q"])?;
        let output = run(Command::new(dtschema.join("dt-validate"))
            .arg("-s")
            .arg(&binding)
            .arg(compiled.with_extension("dtb")))?;
        let said = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&said).into_owned())
    };
    let said = validate(&example, "example")?;
    ensure!(said.is_empty(), "dt-validate of the example: {said}");
    let wrong = example.replace("reg = <", "lab,unknown; reg = <");
    let said = validate(&wrong, "wrong-example")?;
    ensure!(
        said.contains("lab,unknown"),
        "dt-validate takes a property that the binding does not have: {said}"
    );
    Ok(())
}

/// The one of a block; a chip has none.
fn binding(device: &str) -> Option<PathBuf> {
    let files = fs::read_dir(devices::generated(device).join("dts")).ok()?;
    let mut paths = files.filter_map(|file| Some(file.ok()?.path()));
    paths.find(|path| path.extension().is_some_and(|it| it == "yaml"))
}

fn quiet(command: &mut Command) -> Result<()> {
    let output = run(command)?;
    let said = [output.stdout, output.stderr].concat();
    ensure!(
        said.is_empty(),
        "{}",
        String::from_utf8_lossy(&said).trim_end()
    );
    Ok(())
}
