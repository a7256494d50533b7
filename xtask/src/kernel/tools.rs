// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs that Debian does not have in the version needed: built by cargo, kept in the cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::cache::{self, Cache};
use super::progress::{self, Step};

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
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let own = Command::new(CARGO_DENY.binary).arg("--version").output();
    if own.is_ok_and(|output| output.status.success()) {
        return Ok(CARGO_DENY.binary.into());
    }
    CARGO_DENY.ensure(&Cache::open()?)
}

impl Tool {
    fn ensure(&self, cache: &Cache) -> Result<PathBuf> {
        let Self {
            package,
            version,
            binary,
        } = *self;
        let folder = cache.folder(&format!("tools/{package}-{version}"))?;
        if cache::stamped(&folder).is_none() {
            println!("installing {package} {version} with cargo (a few minutes)");
            cache::create_empty(&folder)?;
            self.install(&folder, cache)?;
            cache::stamp(&folder, version)?;
        }
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
        cache::remove(&folder.join("build"))
    }
}
