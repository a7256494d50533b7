// SPDX-License-Identifier: MIT OR Apache-2.0

//! regloom as one generator among its peers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use lab_corpus::crates::Workplace;
use lab_corpus::peers::Peer;
use lab_support::folders;

use crate::cost::regloom;
use crate::measure::is_refused;

pub(super) const REGLOOM: &str = "regloom";
pub(super) const SVD2RUST: &str = "svd2rust";
pub(super) const CHIPTOOL: &str = "chiptool";

/// What writes a crate for a file.
pub(super) enum Generator {
    Regloom(Regloom),
    Peer(&'static str, Peer),
}

impl Generator {
    /// All there are; chiptool only where its binary is.
    pub(super) fn all(chiptool: Option<&Path>) -> Result<Vec<Self>> {
        let mut all = vec![
            Generator::Regloom(Regloom::new()?),
            Generator::Peer(SVD2RUST, Peer::svd2rust()?),
        ];
        if let Some(binary) = chiptool {
            all.push(Generator::Peer(CHIPTOOL, Peer::chiptool(binary)?));
        }
        Ok(all)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Generator::Regloom(_) => REGLOOM,
            Generator::Peer(name, _) => name,
        }
    }

    /// Where its crates are compiled.
    pub(super) fn place(&self) -> &Workplace {
        match self {
            Generator::Regloom(regloom) => &regloom.place,
            Generator::Peer(_, peer) => peer.place(),
        }
    }

    /// Leaves the crate to be compiled; not when the generator gives up.
    pub(super) fn generates(&self, file: &Path) -> Result<bool> {
        match self {
            Generator::Regloom(regloom) => regloom.generate(file).map(|()| true),
            Generator::Peer(_, peer) => peer.generates(file),
        }
    }

    /// The call that writes the crate, where nothing of an earlier one is left.
    pub(super) fn call(&self, file: &Path) -> Result<Command> {
        match self {
            Generator::Regloom(regloom) => regloom.call(file),
            Generator::Peer(_, peer) => peer.call(file),
        }
    }
}

/// The `regloom` command, built in release.
pub(super) struct Regloom {
    binary: PathBuf,
    place: Workplace,
}

impl Regloom {
    fn new() -> Result<Self> {
        Ok(Regloom {
            binary: regloom()?,
            // As the peers' are: lints are no part of what is compared.
            place: Workplace::of_accessors("regloom", "-Awarnings")?,
        })
    }

    fn call(&self, file: &Path) -> Result<Command> {
        self.place.empty()?;
        let mut command = Command::new(&self.binary);
        command.args(["generate", "--only", "accessor", "--quiet", "--out"]);
        command
            .arg(self.place.member())
            .arg(std::path::absolute(file)?);
        if is_refused(file) {
            command.arg("--lenient");
        }
        Ok(command)
    }

    fn generate(&self, file: &Path) -> Result<()> {
        let output = self.call(file)?.output().context("cannot run regloom")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}: {errors}", file.display());
        self.move_crate()
    }

    /// Moves the crate from the device's folder to where every device's is compiled.
    fn move_crate(&self) -> Result<()> {
        let member = self.place.member();
        let whole = member.with_file_name("whole");
        if whole.exists() {
            fs::remove_dir_all(&whole)?;
        }
        fs::rename(&member, &whole).with_context(|| format!("cannot move {}", member.display()))?;
        let manifests = folders::files_below(&whole, "toml")?;
        let folder = manifests.first().and_then(|manifest| manifest.parent());
        let folder = folder.context("regloom has written no crate")?;
        fs::rename(folder, &member).with_context(|| format!("cannot move {}", folder.display()))
    }
}
