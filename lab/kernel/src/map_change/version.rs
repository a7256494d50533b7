// SPDX-License-Identifier: MIT OR Apache-2.0

//! The two versions of the map, and what must be true of each.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use lab_support::workspace;
use regdesc::RegisterMap;

use crate::arch::{ARM64, Arch};
use crate::linux::Linux;
use crate::machine::{Machine, VIRT};
use crate::scenario::{Identity, common_facts};

/// The device whose map changes.
pub(crate) const DEVICE: &str = "pump-ctrl";

/// The machine that it is in, and its architecture.
pub(super) const MACHINE: &Machine = &VIRT;
pub(crate) const ARCH: &Arch = &ARM64;

/// The block's address, in memory that the kernel does not own, and its size.
const PLACE: (u64, u64) = (0x5000_0000, 0x1000);

/// One version of the map, and what must be true of it, which is written down here apart from what
/// is generated.
pub(super) struct Version {
    /// What its files and folders are called.
    pub(super) name: &'static str,
    /// The package of the program that was made for it.
    pub(super) program: &'static str,
    identity: Identity,
    /// What else the bitstream has in its registers: offset, value, and what it is.
    holds: &'static [(u64, u32, &'static str)],
    /// What the program says once the pump runs.
    says: &'static str,
    /// What is then in a register: offset, value, and what it shows.
    leaves: (u64, u32, &'static str),
}

pub(super) const OLD: Version = Version {
    name: "v1",
    program: "pump-v1",
    identity: Identity {
        magic: (0x0, 0x504d_5021),
        version: (0x4, 1),
        hash: 0x8,
    },
    holds: &[],
    says: "version 1: 90 %, boost",
    leaves: (0x10, 0x5a07, "LIMIT is in bits 15:8"),
};
pub(super) const NEW: Version = Version {
    name: "v2",
    program: "pump-v2",
    identity: Identity {
        magic: (0x0, 0x504d_5021),
        version: (0x4, 2),
        hash: 0x8,
    },
    holds: &[(0x14, 1013, "the pressure")],
    says: "version 2: 90 %, fast, at 1013 hPa",
    leaves: (0x10, 0x5a_0005, "LIMIT is in bits 23:16"),
};

/// The package of the program that was made for both.
pub(super) const KEEPER: &str = "pump-keeper";

/// The packages of all programs that it takes.
pub(crate) const PACKAGES: [&str; 3] = [OLD.program, NEW.program, KEEPER];

impl Version {
    /// The folder of its program and description.
    fn folder(&self) -> PathBuf {
        workspace::root().join("lab/map-change").join(self.name)
    }

    pub(super) fn description(&self) -> PathBuf {
        self.folder().join(format!("{DEVICE}.yaml"))
    }

    fn map(&self) -> Result<RegisterMap> {
        let options = regdesc::Options::default();
        Ok(regdesc::load(&self.description(), &options)?)
    }

    /// The facts of it, as the guest reads them.
    pub(super) fn text(&self, linux: &Linux) -> Result<String> {
        let map = self.map()?;
        let mut text = common_facts(DEVICE, PLACE, &map, linux)?;
        text.push_str(&self.identity.text(&map)?);
        for (offset, value, what) in self.holds {
            writeln!(text, "holds {offset:#x} {value:#x} {what}")?;
        }
        let (offset, value, what) = self.leaves;
        writeln!(text, "read {offset:#x} {value:#x} {what}")?;
        writeln!(text, "says {}", self.says)?;
        Ok(text)
    }
}

/// The `regloom` command, run in a user's folder.
pub(super) fn regloom(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet", "--package", "regloom", "--manifest-path"])
        .arg(workspace::root().join("Cargo.toml"))
        .arg("--")
        .args(arguments)
        .current_dir(folder);
    command
}

pub(super) fn lab_folder() -> PathBuf {
    workspace::lab_target().join("map-change")
}
