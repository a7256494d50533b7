// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generated crates put to cargo, one after the other in one place, so that what
//! they depend on is compiled once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use lab_support::{folders, workspace};

/// The folder of the crate that is being compiled, within its workspace.
const MEMBER: &str = "member";

/// A workspace of one crate, which changes.
pub struct Workplace {
    folder: PathBuf,
    flags: &'static str,
}

/// What cargo said.
pub enum Checked {
    /// It compiled.
    Passes,
    /// With its first errors.
    Fails(String),
}

impl Workplace {
    /// A place by this name, empty but for what was compiled there before.
    /// `manifest` is added to that of the workspace, `flags` are the compiler's.
    pub fn new(name: &str, manifest: &str, flags: &'static str) -> Result<Self> {
        let folder = workspace::corpus_target().join(name);
        let place = Workplace { folder, flags };
        place.empty()?;
        // A workspace of its own, or cargo would look for it in the one above.
        let manifest =
            format!("[workspace]\nresolver = \"3\"\nmembers = [\"{MEMBER}\"]\n{manifest}");
        write(&place.folder.join("Cargo.toml"), &manifest)?;
        Ok(place)
    }

    /// A place where the crates that regloom writes find its runtime.
    pub fn of_accessors(name: &str, flags: &'static str) -> Result<Self> {
        let mmio = workspace::root().join("mmio");
        let manifest = format!("\n[patch.crates-io]\nregloom-mmio = {{ path = {mmio:?} }}\n");
        let place = Workplace::new(name, &manifest, flags)?;
        // The versions that the project is tested with.
        let lock = workspace::root().join("Cargo.lock");
        fs::copy(&lock, place.folder.join("Cargo.lock"))
            .with_context(|| format!("cannot copy {}", lock.display()))?;
        Ok(place)
    }

    /// Where the crate is to be put.
    pub fn member(&self) -> PathBuf {
        self.folder.join(MEMBER)
    }

    /// Makes place for the next crate.
    pub fn empty(&self) -> Result<()> {
        let member = self.member();
        if member.exists() {
            fs::remove_dir_all(&member)
                .with_context(|| format!("cannot remove {}", member.display()))?;
        }
        fs::create_dir_all(&member).with_context(|| format!("cannot create {}", member.display()))
    }

    /// Writes a file of the crate.
    pub fn write(&self, path: &str, text: &str) -> Result<()> {
        write(&self.member().join(path), text)
    }

    /// Has cargo check the crate that is there.
    pub fn check(&self) -> Result<Checked> {
        Self::outcome_of(&mut self.cargo(&["check"]))
    }

    /// Has clippy look at it, by the lints that it asks for, and rustdoc.
    pub fn lint(&self) -> Result<Checked> {
        let rustdoc = &["doc", "--no-deps"];
        match Self::outcome_of(&mut self.cargo(&["clippy"]))? {
            Checked::Passes => {
                Self::outcome_of(self.cargo(rustdoc).env("RUSTDOCFLAGS", self.flags))
            }
            fails @ Checked::Fails(_) => Ok(fails),
        }
    }

    fn outcome_of(cargo: &mut Command) -> Result<Checked> {
        let output = cargo.output().context("cannot run cargo")?;
        if output.status.success() {
            return Ok(Checked::Passes);
        }
        let output_text = String::from_utf8_lossy(&output.stderr);
        Ok(Checked::Fails(first_errors(&output_text)))
    }

    /// Bytes of the Rust that the crate is made of.
    pub fn size_of_source(&self) -> Result<u64> {
        let files = folders::files_below(&self.member().join("src"), "rs")?;
        let sizes = files.iter().map(|file| Ok(file.metadata()?.len()));
        sizes.sum()
    }

    /// Makes cargo compile the crate once more.
    pub fn touch(&self) -> Result<()> {
        let path = self.member().join("src/lib.rs");
        let file = fs::File::options().append(true).open(&path);
        file.and_then(|file| file.set_modified(SystemTime::now()))
            .with_context(|| format!("cannot touch {}", path.display()))
    }

    /// Builds the crate in release, and returns the path of its library.
    pub fn library(&self) -> Result<PathBuf> {
        let build = ["build", "--release", "--message-format", "json"];
        let output = self.cargo(&build).output().context("cannot run cargo")?;
        let output_text = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}", first_errors(&output_text));
        let messages = String::from_utf8(output.stdout)?;
        library_of(&messages).context("cargo does not report what it has built")
    }

    /// A call of cargo for the crate that is there.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .args(["--quiet", "--target-dir"])
            .arg(self.folder.join("target"))
            .current_dir(&self.folder)
            .env("RUSTFLAGS", self.flags)
            .env("CARGO_INCREMENTAL", "0");
        command
    }
}

/// The last library that cargo says it has built: what a crate depends on comes
/// before it.
fn library_of(messages: &str) -> Option<PathBuf> {
    messages.lines().rev().find_map(|message| {
        let message: serde_json::Value = serde_json::from_str(message).ok()?;
        let files = message.get("filenames")?.as_array()?.iter();
        let mut files = files.filter_map(|file| Some(PathBuf::from(file.as_str()?)));
        files.find(|file| file.extension().is_some_and(|kind| kind == "rlib"))
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// How many errors are shown of a crate, and how much of a line: generated code
/// often is one long line.
const ERRORS: usize = 3;
const WIDTH: usize = 200;

/// The first errors, each with the lines that say where.
fn first_errors(output_text: &str) -> String {
    let mut lines = Vec::new();
    let mut errors = 0;
    for line in output_text.lines() {
        if line.starts_with("error") {
            errors += 1;
        }
        if errors > ERRORS {
            break;
        }
        if errors > 0 && !line.trim().is_empty() {
            lines.push(line.chars().take(WIDTH).collect::<String>());
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_last_that_was_built() {
        let messages = r#"{"reason":"compiler-artifact","filenames":["/a/libb.rlib"]}
{"reason":"compiler-artifact","filenames":["/a/libc.rmeta","/a/libc.rlib"]}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(library_of(messages), Some("/a/libc.rlib".into()));
        assert_eq!(library_of(""), None);
    }

    #[test]
    fn errors_are_shown_without_what_comes_before() {
        let output_text = "warning: a\n\nerror: b\n  --> src/lib.rs:1:1\n\nerror: c\n";
        assert_eq!(
            first_errors(output_text),
            "error: b\n  --> src/lib.rs:1:1\nerror: c"
        );
        assert_eq!(
            first_errors(&"error: d\n".repeat(9)).lines().count(),
            ERRORS
        );
    }
}
