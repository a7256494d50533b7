// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Debian packages the lab needs, and their installation.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use super::arch::Kernel;
use super::cache::Cache;
use super::progress::{self, Step};

/// What every kernel needs. The compilers carry their version in the name: the
/// kernel is told to use these and no others.
const COMMON: &[&str] = &[
    "bc",
    "bison",
    "clang-19",
    "cpio",
    "device-tree-compiler",
    "flex",
    "gcc",
    "kmod",
    "libc6-dev",
    "libclang-19-dev",
    "libdw-dev",
    "libelf-dev",
    "libssl-dev",
    "lld-19",
    "llvm-19",
    "make",
    "perl",
    "python3-dev",
    "python3-venv",
    "rust-web-clippy",
    "rust-web-src",
    "rustc-web",
    "rustfmt-web",
    "xz-utils",
];

/// What compiles Rust for any architecture, its library too.
const RUST: &[&str] = &["rust-web-src", "rustc-web"];

/// Installs what is missing; where it may not, says the one line that does.
pub(crate) fn ensure(kernels: &[&Kernel], cache: &Cache) -> Result<()> {
    let missing = missing(&wanted(kernels))?;
    if missing.is_empty() {
        return Ok(());
    }
    obtain(&missing, cache)
}

/// The same, of the Rust compiler alone.
pub(crate) fn ensure_rust() -> Result<()> {
    let missing = missing(RUST)?;
    if missing.is_empty() {
        return Ok(());
    }
    // Only now: the cache may be in use for long.
    obtain(&missing, &Cache::open()?)
}

fn obtain(missing: &[&str], cache: &Cache) -> Result<()> {
    if !geteuid().is_root() || !has("apt-get") {
        bail!(
            "packages are missing; as root, run\n\n    \
             apt-get update && apt-get install --no-install-recommends {}\n\nand then this again",
            missing.join(" ")
        );
    }
    install(missing, cache)
}

fn wanted(kernels: &[&Kernel]) -> Vec<&'static str> {
    let of_archs = kernels.iter().flat_map(|kernel| kernel.arch.packages);
    let all: BTreeSet<&str> = COMMON.iter().chain(of_archs).copied().collect();
    all.into_iter().collect()
}

fn missing(wanted: &[&'static str]) -> Result<Vec<&'static str>> {
    // A package that dpkg has never heard of makes it fail, and is simply not in
    // what it prints.
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .output()
        .with_context(|| {
            format!(
                "the kernel lab needs Debian 12 and these of its packages: {}; dpkg-query is not here",
                wanted.join(" ")
            )
        })?;
    let installed = String::from_utf8_lossy(&output.stdout);
    let is_missing = |package: &&str| {
        !installed
            .lines()
            .any(|line| line.strip_prefix(*package) == Some(" installed"))
    };
    Ok(wanted.iter().copied().filter(is_missing).collect())
}

fn install(missing: &[&str], cache: &Cache) -> Result<()> {
    println!(
        "installing {} packages: {}",
        missing.len(),
        missing.join(" ")
    );
    let log = cache.log("packages")?;
    progress::clear(&log)?;
    let step = Step {
        what: "installing packages",
        log: &log,
        measure: None,
    };
    step.run(Command::new("apt-get").arg("update"))?;
    step.run(
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            // Never at the price of a package that somebody wanted here.
            .args(["install", "--yes", "--no-remove", "--no-install-recommends"])
            .args(missing),
    )
}

fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}
