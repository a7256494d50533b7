// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where things are: the workspace, its build directory and its devices.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::folders;

/// The workspace's root folder.
///
/// Cargo says at run time where the running crate is, so that a moved checkout
/// works without a rebuild.
pub fn root() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let manifest = PathBuf::from(manifest);
    let root = manifest.ancestors().find(|folder| is_root(folder));
    root.map(Path::to_path_buf).unwrap_or(manifest)
}

fn is_root(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml"));
    manifest.is_ok_and(|text| text.lines().any(|line| line == "[workspace]"))
}

/// The lab's own corner of cargo's target directory.
pub fn lab_target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join("lab")
}

/// The corner of it for what regloom is measured beside, and for the crates that
/// are compiled to be measured.
pub fn corpus_target() -> PathBuf {
    lab_target().with_file_name("corpus")
}

/// The folder of one device's generated output.
pub fn generated(device: &str) -> PathBuf {
    root().join("generated").join(device)
}

/// The devices that have generated output, in name order.
pub fn devices() -> Result<Vec<String>> {
    let folder = root().join("generated");
    let mut devices = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            devices.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    devices.sort();
    Ok(devices)
}

/// Writes a file of the repository, by its path from the root.
pub fn write(path: &str, text: &str) -> Result<()> {
    let path = root().join(path);
    if let Some(folder) = path.parent() {
        folders::create(folder)?;
    }
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Cargo's own release profile, which users build their programs with: the
/// workspace's is that of the command that it ships.
pub const USERS_RELEASE: [(&str, &str); 2] = [
    ("CARGO_PROFILE_RELEASE_LTO", "false"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_this_crate_below_it() {
        assert!(root().join("lab/support/Cargo.toml").is_file());
    }
}
