// SPDX-License-Identifier: MIT OR Apache-2.0

//! A machine that is booted with a guest in it, and what the guest reports.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use lab_support::report::Report;
use lab_support::{folders, workspace};

use super::console::Console;
use super::initramfs::Archive;
use super::linux::Linux;
use super::machine::Machine;
use super::qemu::{Boot, End};

/// A boot takes two seconds and its tests one or two minutes, most of them for what is done ten
/// thousand times; a busy host may need ten times that.
const TIME_LIMIT: Duration = Duration::from_secs(1800);

/// A machine with a guest in it that reports.
pub(super) struct Booted<'a> {
    /// How results name it.
    pub(super) title: &'a str,
    pub(super) machine: &'static Machine,
    pub(super) tree: &'a Path,
    /// What is tried in it, as folders are called.
    pub(super) subject: &'a str,
}

impl Booted<'_> {
    /// Boots the machine and adds what its guest reports.
    pub(super) fn run(
        &self,
        linux: &Linux,
        report: &mut Report,
        pack: impl FnOnce() -> Result<Archive>,
    ) {
        let Self { title, .. } = self;
        println!("booting {title} with linux {} (a few seconds)", linux.label);
        let started = Instant::now();
        let mut console = Console::new(title, &linux.label, report);
        let end = self.boot(linux, pack, &mut console);
        let outcome = console.conclude(end);
        let name = format!("{title}: boots, runs to its end and goes down");
        report.outcome(name, Some(&linux.label), started.elapsed(), outcome);
    }

    fn boot(
        &self,
        linux: &Linux,
        pack: impl FnOnce() -> Result<Archive>,
        console: &mut Console<'_>,
    ) -> Result<End> {
        let folder = self.folder(linux)?;
        let initramfs = folder.join("initramfs.cpio");
        pack()?.write(&initramfs)?;
        let boot = Boot {
            machine: self.machine,
            image: &linux.image,
            device_tree: self.tree,
            initramfs: &initramfs,
            folder: &folder,
            time_limit: TIME_LIMIT,
        };
        boot.run(|line| console.receive(line))
    }

    /// Where what it boots with and its console's log are kept.
    fn folder(&self, linux: &Linux) -> Result<PathBuf> {
        let folder = workspace::lab_target()
            .join("boots")
            .join(linux.folder_name())
            .join(self.subject)
            .join(self.machine.name);
        folders::create(&folder)?;
        Ok(folder)
    }
}
