// SPDX-License-Identifier: MIT OR Apache-2.0

//! Folders: made, removed, and what is in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Makes a folder and those above it.
pub fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}

/// Removes a folder and all in it; it need not be there.
pub fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.with_context(|| format!("cannot remove {}", folder.display())),
    }
}

/// Makes a folder that is there and empty.
pub fn create_empty(folder: &Path) -> Result<()> {
    remove(folder)?;
    create(folder)
}

/// The files in a folder, in name order.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

/// The files of a kind in a folder and all below it, in the order of their paths.
pub fn files_below(folder: &Path, kind: &str) -> Result<Vec<PathBuf>> {
    let mut files = all_files_below(folder)?;
    files.retain(|path| path.extension().is_some_and(|it| it == kind));
    Ok(files)
}

/// The files in a folder and all below it, in the order of their paths.
pub fn all_files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Every SVD file below a folder, in the order of their paths; at least one.
pub fn svd_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = files_below(folder, "svd")?;
    ensure!(!files.is_empty(), "{} holds no SVD file", folder.display());
    Ok(files)
}
