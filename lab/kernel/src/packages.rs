// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Debian packages the lab needs, and their installation.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use lab_support::progress::{self, Step};
use rustix::process::geteuid;

use super::arch::Kernel;
use super::cache::Cache;
use super::{apt, mirror};

/// What every kernel needs. The compilers carry their version in the name: the
/// kernel build uses these and no others.
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
    "sparse",
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
pub fn ensure_rust() -> Result<()> {
    let missing = missing(RUST)?;
    if missing.is_empty() {
        return Ok(());
    }
    // Only now: the cache may be in use for long.
    obtain(&missing, &Cache::open()?)
}

fn obtain(missing: &[&str], cache: &Cache) -> Result<()> {
    if !geteuid().is_root() || !has("apt-get") {
        // QEMU's tools conflict with machines of another release.
        let release = match is_of_backports("qemu-utils")? {
            true => format!("--target-release {BACKPORTS} "),
            false => String::new(),
        };
        bail!(
            "packages are missing; as root, run\n\n    \
             apt-get update && apt-get install --no-install-recommends {release}{}\n\nand then \
             this again",
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
    // A package that dpkg does not know makes it fail, and is simply not in
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
    let newer_qemu = qemu_of_backports(cache)?;
    let apt_get = || {
        let mut command = Command::new("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(&newer_qemu);
        command
    };
    let update = || {
        let mut command = apt_get();
        command.arg("update");
        command
    };
    apt::run_patiently(&step, update)?;
    let install = || {
        let mut command = apt_get();
        command
            // Never at the price of a package that somebody wanted here.
            .args(["install", "--yes", "--no-remove", "--no-install-recommends"])
            .args(missing);
        command
    };
    apt::run_patiently(&step, install)
}

/// Options by which apt takes QEMU from backports where its tools are from there
/// already: they conflict with the machines of the release itself.
fn qemu_of_backports(cache: &Cache) -> Result<Vec<String>> {
    if !is_of_backports("qemu-utils")? {
        return Ok(Vec::new());
    }
    // A state of its own, so that nothing of the system's configuration changes.
    let state = cache.folder("apt-backports")?;
    cache.folder("apt-backports/lists/partial")?;
    let sources = state.join("sources.list");
    let own = fs::read_to_string("/etc/apt/sources.list").unwrap_or_default();
    fs::write(&sources, own + "\n" + &mirror::packages_of(BACKPORTS)?)?;
    let preferences = state.join("preferences");
    fs::write(
        &preferences,
        // Firmware that this QEMU asks for comes with it.
        format!("Package: qemu-* seabios opensbi\nPin: release n={BACKPORTS}\nPin-Priority: 600\n"),
    )?;
    let settings = [
        ("Dir::Etc::SourceList", sources),
        ("Dir::Etc::Preferences", preferences),
        ("Dir::State::Lists", state.join("lists")),
    ];
    Ok(settings
        .iter()
        .map(|(name, path)| format!("--option={name}={}", path.display()))
        .collect())
}

const BACKPORTS: &str = "bookworm-backports";

fn is_of_backports(package: &str) -> Result<bool> {
    let output = Command::new("dpkg-query")
        .args([
            "--show",
            "--showformat",
            "${db:Status-Status} ${Version}",
            package,
        ])
        .output()?;
    let answer = String::from_utf8_lossy(&output.stdout);
    Ok(answer
        .strip_prefix("installed ")
        .is_some_and(|version| version.contains("~bpo")))
}

fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}
