// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files: read, written completely or not at all, removed; and a folder that one run has
//! locked.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The beginning of the name of a file that is not complete yet.
const UNFINISHED: &str = ".regloom-";

/// A file that could not be read or written.
#[derive(Debug)]
pub struct FileError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub cause: io::Error,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.cause)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Attaches the path to an error.
fn at(path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_owned();
    move |cause| FileError { path, cause }
}

/// Waits until no other run changes what is below `folder`, and locks it as long as the
/// result lives.
///
/// Where the file system has no locks, nothing is locked.
///
/// # Errors
/// When the folder is not there and cannot be made.
pub fn lock_folder(folder: &Path) -> Result<FolderLock, FileError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let handle = fs::File::open(folder).ok();
    Ok(FolderLock {
        _locked: handle.filter(|handle| handle.lock().is_ok()),
    })
}

/// See [`lock_folder`].
#[derive(Debug)]
pub struct FolderLock {
    _locked: Option<fs::File>,
}

/// Every file below `folder`, as paths with `/`.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<BTreeSet<String>, FileError> {
    let mut files = BTreeSet::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(at(&path))?,
        };
        for entry in entries {
            let entry = entry.map_err(at(&path))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(at(&entry.path()))?.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                files.insert(name);
            }
        }
    }
    Ok(files)
}

/// Removes the files of a folder that a killed run had begun.
pub(super) fn remove_unfinished(folder: &Path) -> Result<(), FileError> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten().filter(is_unfinished) {
        let path = entry.path();
        fs::remove_file(&path).map_err(at(&path))?;
    }
    Ok(())
}

/// Whether a folder has a file that a killed run had begun.
pub(super) fn has_unfinished(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| is_unfinished(&entry))
}

fn is_unfinished(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with(UNFINISHED)
}

pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

pub(super) fn write(path: &Path, content: &str) -> Result<(), FileError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(at(folder))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    // Readable by all, less what the user's mask takes away: not the secret
    // that a temporary file is taken for.
    #[cfg(unix)]
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(readable);
    let mut file = builder.tempfile_in(folder).map_err(at(path))?;
    file.write_all(content.as_bytes()).map_err(at(path))?;
    file.persist(path).map_err(|error| at(path)(error.error))?;
    Ok(())
}

/// Removes a file, and the folders that it leaves empty.
pub(super) fn remove(root: &Path, path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(at(path))?;
    let mut folder = path.parent();
    while let Some(empty) = folder {
        // A folder that still holds something cannot be removed, and stays.
        if empty == root || fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}
