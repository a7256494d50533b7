// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's source, from the Debian package `linux-source-<release>`, which is unpacked, never
//! installed: it comes from a newer suite than the machine's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use lab_support::folders;
use lab_support::progress::{self, Step};

use super::apt::{self, Found, Refused};
use super::cache::{self, Cache};
use super::mirror::Apt;

/// Where a release is looked for, in this order.
const SUITES: &[&str] = &["trixie-backports", "bookworm-backports", "forky", "sid"];

/// An unpacked kernel: its source, or what Debian has built of it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) tree: PathBuf,
    /// The version of the Debian package, such as `7.3.4-1~bpo13+1`.
    pub(crate) package_version: String,
}

impl Source {
    /// The release with its patch level, such as `7.3.4`.
    pub(crate) fn version(&self) -> &str {
        upstream(&self.package_version)
    }
}

/// What the cache and the archive have of a release.
#[derive(Debug)]
pub(crate) enum Availability {
    Here(Source),
    /// No suite of the archive has it; the text has each suite's answer.
    NotAvailable(String),
}

/// Finds the release in the cache or fetches it from the archive.
///
/// With `refresh`, the archive is asked even when a patch level is in the cache.
pub(crate) fn ensure(release: &str, refresh: bool, cache: &Cache) -> Result<Availability> {
    let folder = cache.folder(&format!("source/{release}"))?;
    cached_or(&folder, refresh, || fetch(release, &folder, cache))
}

/// What is in a folder of the cache, or what `fetch` adds to it.
pub(super) fn cached_or(
    folder: &Path,
    refresh: bool,
    fetch: impl FnOnce() -> Result<Availability>,
) -> Result<Availability> {
    let cached = newest_cached(folder)?;
    if !refresh && let Some(source) = cached {
        return Ok(Availability::Here(source));
    }
    match (fetch()?, cached) {
        (Availability::NotAvailable(why), Some(source)) => {
            println!("{why}\nthe one in the cache is used");
            Ok(Availability::Here(source))
        }
        (found, _) => Ok(found),
    }
}

/// The cached tree that was unpacked last.
fn newest_cached(folder: &Path) -> Result<Option<Source>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let tree = entry?.path();
        if let Some(package_version) = cache::stamped(&tree) {
            let unpacked = fs::metadata(&tree)?.modified()?;
            found.push((
                unpacked,
                Source {
                    tree,
                    package_version,
                },
            ));
        }
    }
    Ok(found
        .into_iter()
        .max_by_key(|(unpacked, _)| *unpacked)
        .map(|(_, source)| source))
}

fn fetch(release: &str, folder: &Path, cache: &Cache) -> Result<Availability> {
    let package = format!("linux-source-{release}");
    println!(
        "looking for {package} in the Debian archive (about a minute, then 170 MB to download)"
    );
    let apt = Apt::new(cache, &package, &[])?;
    let ask = |suite: &str| apt::patiently(|| newest(&apt, suite, &package, folder), apt::pause);
    match apt::first_suite(SUITES, ask)? {
        Found::In(suite, fetched) => {
            println!("  {package} {} is in {suite}", fetched.version);
            let source = fetched.unpacked(&package, cache)?;
            apt.discard_downloads()?;
            Ok(Availability::Here(source))
        }
        Found::Nowhere(answers) => Ok(Availability::NotAvailable(format!(
            "no {package} on the mirror {}\n  {}",
            apt.mirror,
            answers.join("\n  ")
        ))),
    }
}

/// A version of a package, and where its source is or goes.
struct Fetched {
    version: String,
    tree: PathBuf,
    /// The downloaded package; none when the source is there already.
    archive: Option<PathBuf>,
}

impl Fetched {
    fn unpacked(self, package: &str, cache: &Cache) -> Result<Source> {
        if let Some(archive) = &self.archive {
            unpack(archive, package, &self.tree, cache)?;
            cache::stamp(&self.tree, &self.version)?;
        }
        Ok(Source {
            tree: self.tree,
            package_version: self.version,
        })
    }
}

/// The package as a suite has it.
fn newest(
    apt: &Apt,
    suite: &str,
    package: &str,
    folder: &Path,
) -> Result<Option<Fetched>, Refused> {
    apt.read_lists(suite)?;
    let Some(version) = apt.version(package)? else {
        return Ok(None);
    };
    let tree = folder.join(file_name(&version));
    let archive = match cache::stamped(&tree) {
        Some(_) => None,
        None => {
            let archives = apt.download(
                &format!("{package} {version}"),
                &[format!("{package}={version}")],
            )?;
            archives.into_iter().next()
        }
    };
    Ok(Some(Fetched {
        version,
        tree,
        archive,
    }))
}

fn unpack(archive: &Path, package: &str, tree: &Path, cache: &Cache) -> Result<()> {
    let what = format!("unpacking {package}");
    let log = cache.log("unpack")?;
    progress::clear(&log)?;
    let step = Step {
        what: &what,
        log: &log,
        measure: None,
    };
    let folder = archive.with_extension("unpacked");
    step.run(
        Command::new("dpkg-deb")
            .arg("--extract")
            .arg(archive)
            .arg(&folder),
    )?;
    folders::create_empty(tree)?;
    step.run(
        Command::new("tar")
            .args(["--extract", "--strip-components=1", "--file"])
            .arg(folder.join(format!("usr/src/{package}.tar.xz")))
            .arg("--directory")
            .arg(tree),
    )
}

/// The release and patch level in a Debian version.
fn upstream(package_version: &str) -> &str {
    package_version
        .split_once('-')
        .map_or(package_version, |(upstream, _)| upstream)
}

/// A version as part of a path: make and the scripts it runs take `~` and `+` for their own.
pub(crate) fn file_name(package_version: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
    package_version
        .chars()
        .map(|c| if plain(c) { c } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_taken_apart() {
        assert_eq!(upstream("7.3.4-1~bpo13+1"), "7.3.4");
        assert_eq!(file_name("7.3.4-1~bpo13+1"), "7.3.4-1-bpo13-1");
    }
}
