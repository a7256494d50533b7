// SPDX-License-Identifier: MIT OR Apache-2.0

//! The machine's own Debian mirror, asked by apt with a state of its own, so that nothing of the
//! system's configuration changes: packages of any suite and architecture are downloaded and
//! unpacked, never installed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use lab_support::folders;
use lab_support::progress::{self, Step};
use rustix::process::geteuid;

use super::apt::{self, Refused};
use super::cache::Cache;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// apt with a state of its own.
pub(crate) struct Apt {
    state: PathBuf,
    pub(crate) mirror: String,
    log: PathBuf,
    /// The architectures whose packages it knows, in Debian's words.
    architectures: Vec<String>,
}

impl Apt {
    /// One that knows packages of these architectures beside the machine's own; what it does is in
    /// the log of that name.
    pub(crate) fn new(cache: &Cache, log: &str, others: &[&str]) -> Result<Self> {
        let state = cache.folder("apt")?;
        cache.folder("apt/lists/partial")?;
        cache.folder("apt/cache/archives/partial")?;
        let log = cache.log(log)?;
        progress::clear(&log)?;
        let mut architectures = vec![own_architecture()?];
        architectures.extend(others.iter().map(|&it| it.to_owned()));
        Ok(Self {
            state,
            mirror: mirror()?,
            log,
            architectures,
        })
    }

    /// Reads the package lists of a suite, and of no other.
    ///
    /// One suite at a time: what the answers are called by is then sure, and a suite that the
    /// mirror lacks does not spoil the others.
    pub(crate) fn read_lists(&self, suite: &str) -> Result<(), Refused> {
        let file = self.sources();
        let text = packages_on(&self.mirror, suite, &self.architectures);
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        let what = format!("reading the package list of {suite}");
        apt::run(&self.step(&what), self.command("apt-get").arg("update"))
    }

    /// The newest version of a package in those lists.
    pub(crate) fn version(&self, package: &str) -> Result<Option<String>> {
        Ok(version_in_madison(&self.ask(&["madison", package])?))
    }

    /// The names of all packages in those lists that begin so.
    pub(crate) fn names(&self, beginning: &str) -> Result<Vec<String>> {
        let names = self.ask(&["pkgnames", beginning])?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// What a package depends on: the first of alternatives, without versions.
    pub(crate) fn dependencies(&self, package: &str) -> Result<Vec<String>> {
        Ok(dependencies_in(&self.ask(&[
            "show",
            "--no-all-versions",
            package,
        ])?))
    }

    fn ask(&self, question: &[&str]) -> Result<String> {
        let output = self.command("apt-cache").args(question).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Downloads packages into a folder that holds nothing else, and returns their archives.
    pub(crate) fn download(
        &self,
        what: &str,
        packages: &[String],
    ) -> Result<Vec<PathBuf>, Refused> {
        let folder = self.downloads();
        folders::create_empty(&folder)?;
        let what = format!("downloading {what}");
        apt::run(
            &self.step(&what),
            self.command("apt-get")
                .current_dir(&folder)
                .arg("download")
                .args(packages),
        )?;
        let archives = folders::files(&folder)?;
        if archives.len() != packages.len() {
            let (found, wanted) = (archives.len(), packages.len());
            let message = anyhow::anyhow!("apt-get downloaded {found} packages of {wanted}");
            return Err(message.into());
        }
        Ok(archives)
    }

    /// Removes what was downloaded.
    pub(crate) fn discard_downloads(&self) -> Result<()> {
        folders::remove(&self.downloads())
    }

    fn downloads(&self) -> PathBuf {
        self.state.join("download")
    }

    fn step<'a>(&'a self, what: &'a str) -> Step<'a> {
        Step {
            what,
            log: &self.log,
            measure: None,
        }
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
        for architecture in &self.architectures {
            set("APT::Architectures::", architecture);
        }
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

/// The architecture of this machine, in Debian's words.
pub(crate) fn own_architecture() -> Result<String> {
    let output = Command::new("dpkg")
        .arg("--print-architecture")
        .output()
        .context("dpkg, which knows the machine's architecture, cannot be run")?;
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// The line of apt's sources for a suite's packages, on the machine's own mirror.
pub(crate) fn packages_of(suite: &str) -> Result<String> {
    Ok(packages_on(&mirror()?, suite, &[own_architecture()?]))
}

/// Only the lists of packages: others that the machine's configuration may ask
/// for (translations, component metadata) are of no use here.
fn packages_on(mirror: &str, suite: &str, architectures: &[String]) -> String {
    let architectures = architectures.join(",");
    format!(
        "deb [signed-by={KEYRING} target=Packages arch={architectures}] {mirror} {suite} main\n"
    )
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

/// The names in a package's `Depends`.
fn dependencies_in(shown: &str) -> Vec<String> {
    let depends = shown
        .lines()
        .find_map(|line| line.strip_prefix("Depends: "));
    let first_word = |text: &str| text.split_whitespace().next().map(str::to_owned);
    depends
        .unwrap_or_default()
        .split(',')
        .filter_map(first_word)
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
    fn a_dependency_is_the_first_of_its_alternatives() {
        let shown = "Package: a\nDepends: b (>= 4.12~), c (= 1) | d (= 1), e\nSize: 1\n";
        assert_eq!(dependencies_in(shown), ["b", "c", "e"]);
        assert!(dependencies_in("Package: a\n").is_empty());
    }
}
