// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's source, from the Debian package `linux-source-<release>`.
//!
//! The package comes from a newer suite than the machine's own. It is fetched
//! from the machine's own mirror with an apt state of its own, so that nothing
//! of the system's configuration changes and no package is mixed across
//! suites: the package is unpacked, never installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use lab_support::folders;
use lab_support::progress::{self, Step};
use rustix::process::geteuid;

use super::apt::{self, Found, Refused};
use super::cache::{self, Cache};

/// Where a release is looked for, in this order.
const SUITES: &[&str] = &["trixie-backports", "bookworm-backports", "forky", "sid"];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// An unpacked kernel source.
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
    let cached = newest_cached(&folder)?;
    if !refresh && let Some(source) = cached {
        return Ok(Availability::Here(source));
    }
    match (fetch(release, &folder, cache)?, cached) {
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
    let apt = Apt::new(cache, &package)?;
    let ask = |suite: &str| apt::patiently(|| apt.fetch(suite, &package, folder), apt::pause);
    match apt::first_suite(SUITES, ask)? {
        Found::In(suite, fetched) => {
            println!("  {package} {} is in {suite}", fetched.version);
            Ok(Availability::Here(fetched.unpacked(&package, cache)?))
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
            if let Some(download) = archive.parent() {
                folders::remove(download)?;
            }
        }
        Ok(Source {
            tree: self.tree,
            package_version: self.version,
        })
    }
}

/// apt with a state of its own.
struct Apt {
    state: PathBuf,
    mirror: String,
    log: PathBuf,
}

impl Apt {
    fn new(cache: &Cache, package: &str) -> Result<Self> {
        let state = cache.folder("apt")?;
        cache.folder("apt/lists/partial")?;
        cache.folder("apt/cache/archives/partial")?;
        let log = cache.log(package)?;
        progress::clear(&log)?;
        Ok(Self {
            state,
            mirror: mirror()?,
            log,
        })
    }

    /// The package as a suite has it.
    ///
    /// One suite at a time: what the answer is called by is then sure, and a
    /// suite that the mirror lacks does not spoil the others.
    fn fetch(&self, suite: &str, package: &str, folder: &Path) -> Result<Option<Fetched>, Refused> {
        let Some(version) = self.version_in(suite, package)? else {
            return Ok(None);
        };
        let tree = folder.join(file_name(&version));
        let archive = match cache::stamped(&tree) {
            Some(_) => None,
            None => Some(self.download(package, &version)?),
        };
        Ok(Some(Fetched {
            version,
            tree,
            archive,
        }))
    }

    fn version_in(&self, suite: &str, package: &str) -> Result<Option<String>, Refused> {
        self.choose(suite)?;
        let what = format!("reading the package list of {suite}");
        apt::run(&self.step(&what), self.command("apt-get").arg("update"))?;
        let output = self
            .command("apt-cache")
            .args(["madison", package])
            .output()?;
        Ok(version_in_madison(&String::from_utf8_lossy(&output.stdout)))
    }

    fn download(&self, package: &str, version: &str) -> Result<PathBuf, Refused> {
        let folder = self.state.join("download");
        folders::create_empty(&folder)?;
        let what = format!("downloading {package} {version}");
        apt::run(
            &self.step(&what),
            self.command("apt-get")
                .current_dir(&folder)
                .args(["download", &format!("{package}={version}")]),
        )?;
        let archive = fs::read_dir(&folder)?
            .next()
            .context("apt-get downloaded nothing")??;
        Ok(archive.path())
    }

    fn step<'a>(&'a self, what: &'a str) -> Step<'a> {
        Step {
            what,
            log: &self.log,
            measure: None,
        }
    }

    fn choose(&self, suite: &str) -> Result<()> {
        let file = self.sources();
        fs::write(&file, packages_on(&self.mirror, suite))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    fn sources(&self) -> PathBuf {
        self.state.join("sources.list")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let mut set = |name: &str, value: &str| {
            command.args(["-o", &format!("{name}={value}")]);
        };
        set("Dir::Etc::SourceList", &self.sources().to_string_lossy());
        set("Dir::Etc::SourceParts", "/dev/null");
        set(
            "Dir::State::Lists",
            &self.state.join("lists").to_string_lossy(),
        );
        set("Dir::Cache", &self.state.join("cache").to_string_lossy());
        // A list that cannot be fetched is an error, not a warning.
        set("APT::Update::Error-Mode", "any");
        if geteuid().is_root() {
            // apt as root downloads as a user who may not enter root's home.
            // Signatures are checked all the same.
            set("APT::Sandbox::User", "root");
        }
        command
    }
}

/// The line of apt's sources for a suite's packages, on the machine's own mirror.
pub(crate) fn packages_of(suite: &str) -> Result<String> {
    Ok(packages_on(&mirror()?, suite))
}

/// Only the list of packages: others that the machine's configuration may ask
/// for (translations, component metadata) are of no use here.
fn packages_on(mirror: &str, suite: &str) -> String {
    format!("deb [signed-by={KEYRING} target=Packages] {mirror} {suite} main\n")
}

/// The mirror that this machine gets Debian itself from.
fn mirror() -> Result<String> {
    let output = Command::new("apt-get")
        .args([
            "indextargets",
            "--format",
            "$(LABEL)|$(REPO_URI)",
            "Created-By: Packages",
        ])
        .output()
        .context("apt-get, which knows the machine's mirror, cannot be run")?;
    mirror_in(&String::from_utf8_lossy(&output.stdout)).context(
        "apt-get indextargets names no Debian mirror; `apt-get update`, as root, lets it know them",
    )
}

/// The repository whose label is `Debian`: security updates and third parties have another.
fn mirror_in(targets: &str) -> Option<String> {
    targets
        .lines()
        .find_map(|line| line.strip_prefix("Debian|"))
        .map(str::to_owned)
}

/// The newest version: `apt-cache madison` puts it first.
fn version_in_madison(madison: &str) -> Option<String> {
    let line = madison.lines().next()?;
    line.split('|')
        .nth(1)
        .map(|version| version.trim().to_owned())
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
    fn the_mirror_is_the_one_labelled_debian() {
        let targets =
            "Debian-Security|http://a/security/\nDebian|http://b/debian/\nOther|http://c/\n";
        assert_eq!(mirror_in(targets).as_deref(), Some("http://b/debian/"));
        assert_eq!(mirror_in("|http://a/\n"), None);
    }

    #[test]
    fn the_version_is_the_second_column() {
        let madison = "linux-source-7.3 | 7.3.4-1~bpo13+1 | http://x suite/main amd64 Packages\n";
        assert_eq!(
            version_in_madison(madison).as_deref(),
            Some("7.3.4-1~bpo13+1")
        );
        assert_eq!(version_in_madison(""), None);
    }

    #[test]
    fn versions_are_taken_apart() {
        assert_eq!(upstream("7.3.4-1~bpo13+1"), "7.3.4");
        assert_eq!(file_name("7.3.4-1~bpo13+1"), "7.3.4-1-bpo13-1");
    }
}
