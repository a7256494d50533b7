// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs that Debian does not have in the version needed: built by cargo, kept in the cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use lab_support::folders;
use lab_support::progress::{self, Step};

use super::apt;
use super::cache::{self, Cache};

/// A program of crates.io, pinned.
struct Tool {
    package: &'static str,
    version: &'static str,
    binary: &'static str,
}

const BINDGEN: Tool = Tool {
    package: "bindgen-cli",
    version: "0.73.2",
    binary: "bindgen",
};
const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    binary: "cargo-deny",
};

/// What translates the kernel's C headers for its Rust.
pub(crate) fn bindgen(cache: &Cache) -> Result<PathBuf> {
    BINDGEN.ensure(cache)
}

/// The licence checker: the machine's own, else one built into the cache.
pub fn cargo_deny() -> Result<PathBuf> {
    let own = Command::new(CARGO_DENY.binary).arg("--version").output();
    if own.is_ok_and(|output| output.status.success()) {
        return Ok(CARGO_DENY.binary.into());
    }
    CARGO_DENY.ensure(&Cache::open()?)
}

/// The checker of device-tree bindings, pinned.
const DTSCHEMA: &str = "2026.9";

/// The folder of dtschema's programs, installed by pip.
pub(crate) fn dtschema(cache: &Cache) -> Result<PathBuf> {
    let folder = once(cache, "dtschema", DTSCHEMA, "with pip", |folder| {
        let log = cache.log("dtschema")?;
        progress::clear(&log)?;
        let step = Step {
            what: "installing dtschema",
            log: &log,
            measure: None,
        };
        // Debian's own, whose headers are there: pip compiles a binding of libfdt.
        step.run(
            Command::new("/usr/bin/python3")
                .args(["-m", "venv"])
                .arg(folder),
        )?;
        step.run(
            Command::new(folder.join("bin/pip"))
                .args(["install", "--quiet"])
                .arg(format!("dtschema=={DTSCHEMA}")),
        )
    })?;
    Ok(folder.join("bin"))
}

/// The version of Debian 12.
const DKMS: &str = "3.0.10";

/// Debian's `dkms`, unpacked and not installed: it would have the machine's own kernels build
/// modules.
pub(crate) fn dkms(cache: &Cache) -> Result<PathBuf> {
    let folder = once(cache, "dkms", DKMS, "from the Debian archive", |folder| {
        let log = cache.log("dkms")?;
        progress::clear(&log)?;
        let step = Step {
            what: "downloading dkms",
            log: &log,
            measure: None,
        };
        apt::run_patiently(&step, || {
            let mut command = Command::new("apt-get");
            command.args(["download", "dkms"]).current_dir(folder);
            command
        })?;
        let packages = folders::files(folder)?;
        let package = packages.first().context("apt-get downloaded nothing")?;
        step.run(
            Command::new("dpkg-deb")
                .arg("--extract")
                .args([package, folder]),
        )
    })?;
    Ok(folder.join("usr/sbin/dkms"))
}

/// The folder of a tool, with what `install` puts there the first time.
fn once(
    cache: &Cache,
    name: &str,
    version: &str,
    how: &str,
    install: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let folder = cache.folder(&format!("tools/{name}-{version}"))?;
    if cache::stamped(&folder).is_none() {
        println!("installing {name} {version} {how}");
        folders::create_empty(&folder)?;
        install(&folder)?;
        cache::stamp(&folder, version)?;
    }
    Ok(folder)
}

impl Tool {
    fn ensure(&self, cache: &Cache) -> Result<PathBuf> {
        let Self {
            package,
            version,
            binary,
        } = *self;
        let how = "with cargo (a few minutes)";
        let folder = once(cache, package, version, how, |folder| {
            self.install(folder, cache)
        })?;
        Ok(folder.join("bin").join(binary))
    }

    fn install(&self, folder: &Path, cache: &Cache) -> Result<()> {
        let Self {
            package, version, ..
        } = *self;
        let what = format!("installing {package} {version}");
        let log = cache.log(package)?;
        progress::clear(&log)?;
        let step = Step {
            what: &what,
            log: &log,
            measure: None,
        };
        step.run(
            Command::new("cargo")
                // Away from the workspace, whose settings are not for it.
                .current_dir(folder)
                .args([
                    "install",
                    package,
                    "--version",
                    version,
                    "--locked",
                    "--root",
                ])
                .arg(folder)
                .arg("--target-dir")
                .arg(folder.join("build")),
        )?;
        folders::remove(&folder.join("build"))
    }
}
