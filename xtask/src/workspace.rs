// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where things are: the workspace, its build directory and its devices.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The workspace's root folder.
///
/// Cargo says at run time where this crate is, so that a moved checkout works
/// without a rebuild.
pub(crate) fn root() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let manifest = PathBuf::from(manifest);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// The lab's own corner of cargo's target directory.
pub(crate) fn lab_target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join("lab")
}

/// The corner of it for what regloom is measured beside, and for the crates that
/// are compiled to be measured.
pub(crate) fn corpus_target() -> PathBuf {
    lab_target().with_file_name("corpus")
}

/// The folder of one device's generated output.
pub(crate) fn generated(device: &str) -> PathBuf {
    root().join("generated").join(device)
}

/// The devices that have generated output, in name order.
pub(crate) fn devices() -> Result<Vec<String>> {
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

/// The files in a folder, in name order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

/// The files of a kind in a folder and all below it, in the order of their paths.
pub(crate) fn files_below(folder: &Path, kind: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == kind) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Cargo's own release profile, which users build their programs with: the
/// workspace's is that of the command that it ships.
pub(crate) const USERS_RELEASE: [(&str, &str); 2] = [
    ("CARGO_PROFILE_RELEASE_LTO", "false"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];
