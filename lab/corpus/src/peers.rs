// SPDX-License-Identifier: MIT OR Apache-2.0

//! Other generators on the same files: how they are called, whether they take
//! one, and whether what they write compiles.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use lab_support::workspace;
use xshell::{Shell, cmd};

use crate::crates::{Checked, Workplace};

/// The release of svd2rust that is measured.
pub const SVD2RUST: &str = "0.37.1";

/// A generator, and where its crates are compiled.
pub struct Peer {
    binary: PathBuf,
    arguments: Arguments,
    manifest: &'static str,
    place: Workplace,
}

/// The arguments that say what a generator reads and where it writes.
type Arguments = fn(&mut Command, &Path, &Path);

/// As svd2rust's documentation asks for `--target none`.
const SVD2RUST_MANIFEST: &str = "\
[package]
name = \"peer\"
version = \"0.1.0\"
edition = \"2021\"

[features]
rt = []

[dependencies]
critical-section = { version = \"1.0\", optional = true }
vcell = \"0.1.2\"
";

/// What chiptool's output names; only with a feature on, defmt too.
const CHIPTOOL_MANIFEST: &str = "\
[package]
name = \"peer\"
version = \"0.1.0\"
edition = \"2021\"

[features]
rt = [\"cortex-m-rt/device\"]

[dependencies]
cortex-m = \"0.7.6\"
cortex-m-rt = { version = \"0.7\", optional = true }
";

impl Peer {
    /// svd2rust, installed in cargo's target directory when it is not there.
    pub fn svd2rust() -> Result<Self> {
        let folder = workspace::corpus_target().join(format!("svd2rust-{SVD2RUST}"));
        let binary = folder.join("bin/svd2rust");
        if !binary.is_file() {
            println!("installing svd2rust {SVD2RUST} with cargo (a few minutes)");
            let sh = Shell::new()?;
            let install = ["--locked", "--quiet", "--version", SVD2RUST];
            cmd!(sh, "cargo install svd2rust {install...} --root {folder}").run()?;
        }
        Ok(Peer {
            binary,
            arguments: |command, file, folder| {
                command.args(["--target", "none", "-i"]).arg(file);
                command.arg("-o").arg(folder);
            },
            manifest: SVD2RUST_MANIFEST,
            place: Workplace::new("svd2rust", "", "-Awarnings")?,
        })
    }

    /// chiptool, which is on no registry, by its binary.
    pub fn chiptool(binary: &Path) -> Result<Self> {
        Ok(Peer {
            // It does not run in this folder.
            binary: std::path::absolute(binary)?,
            arguments: |command, file, folder| {
                command.args(["generate", "--svd"]).arg(file);
                command.arg("--output").arg(folder);
            },
            manifest: CHIPTOOL_MANIFEST,
            place: Workplace::new("chiptool", "", "-Awarnings")?,
        })
    }

    /// Where its crates are compiled.
    pub fn place(&self) -> &Workplace {
        &self.place
    }

    /// The outcome for a file, as its cell has it.
    pub fn measure(&self, file: &Path) -> Result<&'static str> {
        if !self.generates(file)? {
            return Ok("refused");
        }
        Ok(match self.place.check()? {
            Checked::Passes => "ok",
            Checked::Fails(errors) => {
                println!("{errors}");
                "generates, does not compile"
            }
        })
    }

    /// Leaves the crate to be compiled; not when the generator gives up, which a
    /// panic is too.
    pub fn generates(&self, file: &Path) -> Result<bool> {
        let output = self
            .call(file)?
            .output()
            .with_context(|| format!("cannot run {}", self.binary.display()))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            println!("    {}", errors.trim().lines().last().unwrap_or_default());
        }
        Ok(output.status.success())
    }

    /// Removes the last crate, and returns the call that writes the next one's source.
    pub fn call(&self, file: &Path) -> Result<Command> {
        self.place.empty()?;
        self.place.write("Cargo.toml", self.manifest)?;
        self.place.write("src/lib.rs", "")?;
        let folder = self.place.member().join("src");
        let mut command = Command::new(&self.binary);
        (self.arguments)(&mut command, &std::path::absolute(file)?, &folder);
        command
            .current_dir(&folder)
            // The last line is to be the reason.
            .env("RUST_BACKTRACE", "0");
        Ok(command)
    }
}
