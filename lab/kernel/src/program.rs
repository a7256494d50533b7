// SPDX-License-Identifier: MIT OR Apache-2.0

//! Cross-building the programs that run in the machines, static, so that a
//! machine needs nothing but them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use lab_support::progress::{self, Step};
use lab_support::workspace;

use super::arch::{ARM, Arch};
use super::cache::Cache;
use super::devices;
use super::toolchain::RUSTC;

/// The package of the machine's first process.
pub(crate) const GUEST: &str = "lab-guest";

/// The programs of one architecture, built.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// A package's program.
    pub(crate) fn path(&self, package: &str) -> PathBuf {
        self.folder.join(package)
    }
}

/// The package with the programs for the lab's own devices.
const OF_OWN_DEVICES: &str = "lab-devices";

/// The program that shows a device in use.
pub(crate) fn demo(device: &str) -> String {
    format!("{device}-demo")
}

/// The package that has it.
pub(crate) fn package(device: &str) -> String {
    if devices::is_own(device) {
        return OF_OWN_DEVICES.to_owned();
    }
    demo(device)
}

/// Builds packages of the workspace for an architecture; in the cache, because most
/// of it is the standard library, which is the same for every clone.
pub(crate) fn build(arch: &Arch, packages: &[String], cache: &Cache) -> Result<Programs> {
    let target = cache.folder("programs")?;
    let log = target.join(format!("{}.log", arch.name));
    progress::clear(&log)?;
    println!(
        "building the programs for {} (with the standard library, two or three minutes at first)",
        arch.rust_target
    );
    let what = format!("building the programs for {}", arch.name);
    let step = Step {
        what: &what,
        log: &log,
        measure: None,
    };
    step.run(&mut cargo(arch, packages, &target))?;
    Ok(Programs {
        folder: target.join(arch.rust_target).join("release"),
    })
}

/// Builds the guest's program for the processors of 32 bits that [`ARM64`](super::arch::ARM64) also
/// is.
pub(crate) fn build_in_32_bits(cache: &Cache) -> Result<Programs> {
    build(&ARM, &[GUEST.to_owned()], cache)
}

/// cargo with Debian's compiler, which has its library's source beside it: it
/// builds the standard library too, so no target has to be installed.
fn cargo(arch: &Arch, packages: &[String], target: &Path) -> Command {
    let variable = arch.rust_target.to_ascii_uppercase().replace('-', "_");
    let mut command = Command::new("cargo");
    command
        .current_dir(workspace::root())
        .args([
            "build",
            "--release",
            "-Zbuild-std=std",
            "--target",
            arch.rust_target,
        ])
        .arg("--target-dir")
        .arg(target)
        .envs(workspace::USERS_RELEASE)
        .env("RUSTC", RUSTC)
        // -Zbuild-std is for nightly only, unless this is set.
        .env("RUSTC_BOOTSTRAP", "1")
        .env(format!("CARGO_TARGET_{variable}_LINKER"), arch.linker)
        // Before all other settings of flags, which would otherwise displace it.
        .env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        // cargo points it at the libraries of the compiler that built this program.
        .env_remove("LD_LIBRARY_PATH");
    for package in packages {
        command.args(["--package", package]);
    }
    command
}
