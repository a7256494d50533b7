// SPDX-License-Identifier: MIT OR Apache-2.0

//! The list of what was generated in a device's folder. By it a later run knows which
//! files it may remove, and when there is nothing to do.
//!
//! A line is a path; before it is the file's digest, as `sha256sum` prints it, where the
//! run stated an origin.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Component, Path};

use sha2::{Digest as _, Sha256};

use super::files::{FileError, has_unfinished, read};

/// The list's name.
pub(super) const NAME: &str = ".regloom";

/// What it begins with.
const TITLE: &str = "# What regloom generated in this folder.";

/// The text before the origin of the files.
const ORIGIN: &str = "# From ";

/// The origin of a folder, and its files: the path below the folder, and the digest
/// where there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) origin: Option<String>,
    pub(crate) files: BTreeMap<String, Option<String>>,
}

impl Manifest {
    /// That of a device; an empty one where there is none.
    pub(crate) fn of(folder: &Path, device: &str) -> Result<Self, FileError> {
        let text = read(&folder.join(device).join(NAME))?.unwrap_or_default();
        Ok(Manifest::parse(&String::from_utf8_lossy(&text)))
    }

    pub(super) fn parse(text: &str) -> Self {
        let origin = text.lines().find_map(|line| line.strip_prefix(ORIGIN));
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let files = lines.map(|line| match line.split_once("  ") {
            Some((digest, path)) => (path.to_owned(), Some(digest.to_owned())),
            None => (line.to_owned(), None),
        });
        Manifest {
            origin: origin.map(str::to_owned),
            files: files.filter(|(path, _)| is_plain(path)).collect(),
        }
    }

    /// The files of both, made from neither.
    pub(super) fn or(self, other: Self) -> Self {
        let paths = self.files.into_keys().chain(other.files.into_keys());
        Manifest {
            origin: None,
            files: paths.map(|path| (path, None)).collect(),
        }
    }

    /// Whether a device's folder was made from that origin and has not been changed.
    pub(crate) fn holds(&self, origin: &str, folder: &Path) -> Result<bool, FileError> {
        if self.origin.as_deref() != Some(origin) || has_unfinished(folder) {
            return Ok(false);
        }
        for (path, listed) in &self.files {
            let found = read(&folder.join(path))?;
            if found.map(|content| digest(&content)) != *listed {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The paths, below the folder above the device's.
    pub(crate) fn paths(&self, device: &str) -> BTreeSet<String> {
        let paths = self.files.keys();
        paths.map(|path| format!("{device}/{path}")).collect()
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        if let Some(origin) = &self.origin {
            writeln!(f, "{ORIGIN}{origin}")?;
        }
        for (path, digest) in &self.files {
            match digest {
                Some(digest) => writeln!(f, "{digest}  {path}")?,
                None => writeln!(f, "{path}")?,
            }
        }
        Ok(())
    }
}

/// SHA-256, in hexadecimal digits.
pub(crate) fn digest(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path that stays below its folder: a manifest is a file that anyone may have
/// changed.
fn is_plain(path: &str) -> bool {
    let is_name = |part| matches!(part, Component::Normal(_));
    !path.is_empty() && Path::new(path).components().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_what_is_read() {
        let file = |path: &str| (path.to_owned(), Some(digest(path.as_bytes())));
        let manifest = Manifest {
            origin: Some("here".into()),
            files: [
                file("dts/a b.dtsi"),
                file("README.md"),
                ("old".into(), None),
            ]
            .into(),
        };
        assert_eq!(Manifest::parse(&manifest.to_string()), manifest);
    }

    #[test]
    fn a_changed_file_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let manifest = Manifest {
            origin: Some("here".into()),
            files: [("a".to_owned(), Some(digest(b"1")))].into(),
        };
        assert!(manifest.holds("here", folder.path()).unwrap());
        assert!(!manifest.holds("there", folder.path()).unwrap());
        std::fs::write(folder.path().join("a"), "2").unwrap();
        assert!(!manifest.holds("here", folder.path()).unwrap());
    }
}
