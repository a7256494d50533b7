// SPDX-License-Identifier: MIT OR Apache-2.0

//! The change in a machine: drivers, overlays and programs of both versions.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lab_support::folders;
use lab_support::report::Report;

use super::version::{DEVICE, KEEPER, MACHINE, NEW, OLD, Version, lab_folder, regloom};
use crate::booted::Booted;
use crate::initramfs::Archive;
use crate::linux::Linux;
use crate::module::module_name;
use crate::own::OVERLAY;
use crate::program::{self, Programs};
use crate::{devicetree, module};

/// A version with what was generated and built of it for one kernel.
pub(super) struct Deployed {
    version: &'static Version,
    driver: PathBuf,
    overlay: PathBuf,
}

/// Both versions, the older first.
pub(super) fn of_both(linux: &Linux) -> Result<[Deployed; 2]> {
    Ok([Deployed::of(&OLD, linux)?, Deployed::of(&NEW, linux)?])
}

/// Boots the machine with both.
pub(super) fn play(
    title: &str,
    deployed: &[Deployed; 2],
    linux: &Linux,
    programs: &Programs,
    report: &mut Report,
) {
    let kernel = Some(linux.label.as_str());
    let tree = report.run(format!("{title}: device tree"), kernel, || {
        let folder = devicetree::folder(DEVICE)?;
        devicetree::of_bare_machine(MACHINE, linux, &folder)
    });
    let Some(tree) = tree else {
        report.not_run(title, kernel, "it has no device tree");
        return;
    };
    let machine = Booted {
        title,
        machine: MACHINE,
        tree: &tree,
        subject: DEVICE,
    };
    machine.run(linux, report, || pack(deployed, linux, programs));
}

fn pack(deployed: &[Deployed; 2], linux: &Linux, programs: &Programs) -> Result<Archive> {
    let mut archive = Archive::default();
    for folder in ["dev", "proc", "sys"] {
        archive.folder(folder)?;
    }
    archive.copy("init", &programs.path(program::GUEST))?;
    archive.copy("keeper", &programs.path(KEEPER))?;
    archive.copy("overlay.ko", &OVERLAY.build(linux)?)?;
    for it in deployed {
        it.pack(&mut archive, linux, programs)?;
    }
    Ok(archive)
}

impl Deployed {
    fn of(version: &'static Version, linux: &Linux) -> Result<Self> {
        let folder = lab_folder().join(linux.folder_name()).join(version.name);
        generate(version, &folder, linux)?;
        let generated = folder.join(DEVICE);
        let driver = generated.join("driver");
        let what = format!("driver {DEVICE} of {}", version.name);
        module::make_driver(&what, &driver, linux)?;
        let overlay = devicetree::generated_overlay(
            &generated.join("dts").join(format!("{DEVICE}.dtso")),
            &folder.join("overlay"),
        )?;
        Ok(Self {
            version,
            driver: driver.join(format!("{}.ko", module_name(DEVICE))),
            overlay,
        })
    }

    fn pack(&self, archive: &mut Archive, linux: &Linux, programs: &Programs) -> Result<()> {
        let Version { name, program, .. } = self.version;
        archive.folder(name)?;
        archive.copy(&format!("{name}/driver.ko"), &self.driver)?;
        archive.copy(&format!("{name}/overlay.dtbo"), &self.overlay)?;
        archive.copy(&format!("{name}/program"), &programs.path(program))?;
        let facts = self.version.text(linux)?;
        archive.file(&format!("{name}/scenario"), facts.as_bytes())
    }
}

/// What `regloom generate` writes for the kernel's release.
fn generate(version: &Version, folder: &Path, linux: &Linux) -> Result<()> {
    folders::create_empty(folder)?;
    let description = version.description();
    let description = description.to_str().context("the path is no text")?;
    let release = module::written_for(linux.kernel)?.to_string();
    let options = ["--out", ".", "--kernel", &release];
    let output = regloom(folder, &["generate", description])
        .args(options)
        .output()
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "regloom generate failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
