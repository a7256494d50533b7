// SPDX-License-Identifier: MIT OR Apache-2.0

//! A scenario's machine, booted with its driver and its programs.

use std::path::Path;

use anyhow::{Context, Result};
use lab_support::report::Report;

use super::{Lab, Scenario};
use crate::booted::Booted;
use crate::c_program;
use crate::devicetree;
use crate::initramfs::Archive;
use crate::linux::{Feature, Linux};
use crate::module::module_name;
use crate::own::{Own, PAGE_KIND};
use crate::program::{self, Programs};

/// Modules of the lab's own that every scenario needs.
const OF_ALL: &[&Own] = &[&PAGE_KIND];

/// The folder with the modules that the guest loads before all else.
const MACHINE_MODULES: &str = "modules";

/// What a machine is given besides its kernel.
pub(crate) struct Parts<'a> {
    /// The folder with the driver's modules.
    pub(crate) modules: &'a Path,
    pub(crate) programs: &'a Programs,
    /// The programs for processors of 32 bits, where any scenario needs them.
    pub(crate) in_32_bits: Option<&'a Programs>,
}

impl Scenario {
    /// Boots the machine and adds what its guest reports.
    pub(crate) fn run(&self, linux: &Linux, parts: &Parts, report: &mut Report) {
        let title = self.title();
        let kernel = Some(linux.label.as_str());
        let tree = report.run(format!("{title}: device tree"), kernel, || {
            devicetree::of_machine(self, linux)
        });
        let Some(tree) = tree else {
            report.not_run(title, kernel, "it has no device tree");
            return;
        };
        let machine = Booted {
            title: &title,
            machine: self.machine,
            tree: &tree,
            subject: self.device,
        };
        machine.run(linux, report, || self.pack(parts, linux));
    }

    fn pack(&self, parts: &Parts, linux: &Linux) -> Result<Archive> {
        let mut archive = Archive::default();
        for folder in ["dev", "proc", "sys", MACHINE_MODULES] {
            archive.folder(folder)?;
        }
        archive.copy("init", &parts.programs.path(program::GUEST))?;
        if self.has_program() {
            let demo = parts.programs.path(&program::demo(self.device));
            archive.copy("program", &demo)?;
        }
        if let Some(lab) = self.lab {
            lab.pack(&mut archive, parts, linux)?;
        }
        for also in self.also {
            archive.copy(also, &parts.programs.path(also))?;
        }
        if c_program::register(self.device).is_some() {
            archive.copy("c-program", &c_program::build(self.arch, self.device)?)?;
        }
        let module = format!("{}.ko", module_name(self.device));
        archive.copy("driver.ko", &parts.modules.join(module))?;
        for module in self.machine.modules {
            let name = Path::new(module)
                .file_name()
                .context("a module is a file")?;
            let name = format!("{MACHINE_MODULES}/{}", name.to_string_lossy());
            archive.copy(&name, &linux.module(module))?;
        }
        for own in [OF_ALL, self.own].concat() {
            archive.copy(&format!("{}.ko", own.name), &own.build(linux)?)?;
        }
        if let Some(overlay) = &self.overlay {
            archive.copy("overlay.dtbo", &devicetree::overlay(self, overlay)?)?;
        }
        archive.file("scenario", self.text(linux)?.as_bytes())?;
        Ok(archive)
    }
}

impl Lab {
    /// Adds what it needs.
    fn pack(&self, archive: &mut Archive, parts: &Parts, linux: &Linux) -> Result<()> {
        // The guest leaves out what it would try with those that are not there.
        let lacks_uio = linux.lacks().contains(&Feature::UioOfTrees);
        for object in self.objects.iter().filter(|_| !lacks_uio) {
            let name = Path::new(object).file_name();
            let name = name.context("a module is a file")?.to_string_lossy();
            archive.copy(&name, &linux.module(object))?;
        }
        if self.in_32_bits {
            let programs = parts.in_32_bits.context("it is not built for 32 bits")?;
            archive.copy("in-32-bits", &programs.path(program::GUEST))?;
        }
        Ok(())
    }
}
