// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache outside the workspace: sources, tools and built kernels.
//!
//! What takes minutes to make is kept here under a name that says what went
//! into it. A folder counts as finished only when its stamp is there, and the
//! stamp is the last thing that is written, so an interrupted step is begun
//! again and never mistaken for a finished one.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lab_support::folders;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

const STAMP: &str = ".complete";

/// The cache's folder, held by this process alone for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Cache {
    root: PathBuf,
    _lock: File,
}

impl Cache {
    /// Opens the cache; waits while another run is filling it.
    pub(crate) fn open() -> Result<Self> {
        let root = location()?;
        folders::create(&root)?;
        let lock = File::create(root.join(".lock"))
            .with_context(|| format!("cannot write to {}", root.display()))?;
        acquire(&lock, &root)?;
        Ok(Self { root, _lock: lock })
    }

    /// The cache's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A folder of the cache by its name, made when it is not there.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join(name);
        folders::create(&folder)?;
        Ok(folder)
    }

    /// Where the log of a step goes.
    pub(crate) fn log(&self, name: &str) -> Result<PathBuf> {
        Ok(self.folder("logs")?.join(format!("{name}.log")))
    }
}

fn location() -> Result<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    // The specification has a relative path ignored.
    let base = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let base = match base {
        Some(base) => base,
        None => set("HOME")
            .context("neither XDG_CACHE_HOME nor HOME is set")?
            .join(".cache"),
    };
    Ok(base.join("regloom"))
}

fn acquire(lock: &File, root: &Path) -> Result<()> {
    match flock(lock, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => {
            println!("waiting for another run that is using {}", root.display());
            flock(lock, FlockOperation::LockExclusive)?;
        }
        other => other?,
    }
    Ok(())
}

/// Declares a folder finished, with a word on what it is.
pub(crate) fn stamp(folder: &Path, what: &str) -> Result<()> {
    let file = folder.join(STAMP);
    fs::write(&file, format!("{what}\n"))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// What a finished folder was declared to be; none when it is not finished.
pub(crate) fn stamped(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(STAMP))
        .ok()
        .map(|text| text.trim_end().to_owned())
}

/// A short, stable name for a text: 64-bit FNV-1a, in hexadecimal.
///
/// The standard library's hasher may change from one release to the next, which
/// would throw the cache away.
pub(crate) fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
    }
}
