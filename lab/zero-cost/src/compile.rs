// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pairs as assembly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use lab_kernel::arch::{ARM, ARM64, X86_64};
use lab_kernel::packages;
use lab_kernel::toolchain::RUSTC;
use lab_support::progress::{self, Step};
use lab_support::{folders, workspace};

const PACKAGE: &str = "lab-zero-cost-pairs";

/// What is compiled for.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// Its library comes with the compiler of the workspace.
    native: bool,
    /// A hypervisor emulates its accesses by what the processor reports of them.
    pub(crate) can_be_emulated: bool,
}

/// The targets that are compared.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        triple: X86_64.rust_target,
        native: cfg!(all(target_arch = "x86_64", target_os = "linux")),
        can_be_emulated: false,
    },
    Target {
        triple: ARM64.rust_target,
        native: false,
        can_be_emulated: true,
    },
    Target {
        triple: ARM.rust_target,
        native: false,
        can_be_emulated: false,
    },
];

/// What the optimiser aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    Speed,
    Size,
}

impl Aim {
    pub(crate) const ALL: [Self; 2] = [Self::Speed, Self::Size];

    /// The compiler's level.
    pub(crate) fn level(self) -> &'static str {
        match self {
            Self::Speed => "3",
            Self::Size => "s",
        }
    }

    pub(crate) fn words(self) -> String {
        format!("opt-level {}", self.level())
    }
}

/// The pairs compiled for a target.
pub(crate) fn assembly(target: &Target, aim: Aim) -> Result<String> {
    let folder = workspace::lab_target().join("zero-cost");
    folders::create(&folder)?;
    let name = format!("{}-{}", target.triple, aim.level());
    let log = folder.join(format!("{name}.log"));
    let out = folder.join(format!("{name}.s"));
    progress::clear(&log)?;
    if !target.native {
        packages::ensure_rust()?;
    }
    let step = Step {
        what: &format!("compiling the pairs for {}", target.triple),
        log: &log,
        measure: None,
    };
    step.run(&mut cargo(target, aim, &folder, &out))?;
    fs::read_to_string(&out).with_context(|| format!("cannot read {}", out.display()))
}

fn cargo(target: &Target, aim: Aim, folder: &Path, out: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .current_dir(workspace::root())
        .args(["rustc", "--release", "--lib", "--package", PACKAGE])
        .args(["--target", target.triple])
        .arg("--target-dir")
        .arg(target_folder(target, folder))
        .envs(workspace::USERS_RELEASE)
        // For what is unstable below.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", "")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("LD_LIBRARY_PATH");
    if !target.native {
        // The library of a target that rustup was not asked for.
        command.arg("-Zbuild-std=core").env("RUSTC", RUSTC);
    }
    command
        .arg("--")
        .arg(format!("--emit=asm={}", out.display()))
        .args(["-C", "codegen-units=1"])
        .arg(format!("-Copt-level={}", aim.level()))
        // Two functions that are the same would become one.
        .arg("-Zmerge-functions=disabled");
    command
}

/// One for each compiler: what one has built the other would build anew.
fn target_folder(target: &Target, folder: &Path) -> PathBuf {
    folder.join(if target.native { "own" } else { "debian" })
}
