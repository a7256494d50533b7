// SPDX-License-Identifier: MIT OR Apache-2.0

//! The entry for build scripts: one description, one module in `OUT_DIR`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use regdesc::{Failure, Options, RegisterMap, Severity, Sources};

use crate::artifact::{Artifacts, FileError, files_below};
use crate::lowered::Lowered;
use crate::lowered::layout::Layouts;
use crate::{accessor, names};

/// The folder in `OUT_DIR` that `include_map!` looks into.
const FOLDER: &str = "regloom";

/// The lints that the module allows wherever it is included: a program uses some of
/// its registers, may keep it private, and has lints of its own.
const ALLOWED: &str = "#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]";

/// What a build script's `main` returns.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Why a build script failed. Cargo prints an error that `main` returns in its
/// `Debug` form, so that form is the text for people.
pub enum Error {
    /// The description cannot be used.
    Description(regdesc::Failure),
    /// The module cannot be written.
    File(FileError),
    /// Not run by Cargo as a build script.
    NoOutDir,
    /// Two descriptions of one build script describe a device of that name: one module
    /// would replace the other.
    SameName(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Description(failure) => failure.fmt(f),
            Error::File(error) => error.fmt(f),
            Error::NoOutDir => f.write_str("OUT_DIR is not set: this belongs into a build script"),
            Error::SameName(device) => write!(
                f,
                "another description of this build script describes a device `{device}` too; \
                 give one of them another name"
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Description(_) => {
                write!(f, "the register description cannot be used\n\n{self}")
            }
            Error::File(error) => write!(f, "the accessor cannot be written\n\n{error}"),
            Error::NoOutDir | Error::SameName(_) => write!(f, "{self}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File(error) => Some(&error.cause),
            Error::Description(_) | Error::NoOutDir | Error::SameName(_) => None,
        }
    }
}

impl From<regdesc::Failure> for Error {
    fn from(failure: regdesc::Failure) -> Self {
        Error::Description(failure)
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        Error::File(error)
    }
}

/// What a build script generates.
///
/// ```no_run
/// // build.rs
/// fn main() -> regloom_codegen::Result {
///     regloom_codegen::Config::new("fpga/adc-capture.yaml").generate()
/// }
/// ```
///
/// The program then includes the module by
/// `regloom_mmio::include_map!("adc-capture");` and uses it as `adc_capture`;
/// `examples/build-script` in regloom's repository is such a program.
///
/// A mistake in the description fails the build, and Cargo shows it with its
/// place. Cargo compiles a crate again whenever its build script ran, and it runs the
/// script when one of the files read was written, even without a change. The module
/// itself is written only when it changes.
#[derive(Debug, Clone)]
pub struct Config {
    description: PathBuf,
    peripherals: Vec<String>,
    lenient: bool,
}

impl Config {
    /// The accessor of a description, relative to the package's root.
    pub fn new(description: impl Into<PathBuf>) -> Self {
        Config {
            description: description.into(),
            peripherals: Vec::new(),
            lenient: false,
        }
    }

    /// Only these peripherals of a chip.
    #[must_use]
    pub fn peripheral(mut self, name: impl Into<String>) -> Self {
        self.peripherals.push(name.into());
        self
    }

    /// Repairs contradictions in a vendor's SVD instead of refusing it;
    /// `regloom check --lenient` reports the repairs.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Writes the module into `OUT_DIR`, if it changed, and has Cargo run the script again
    /// when the description changes, or an SVD file that it names.
    ///
    /// # Errors
    /// When the description is wrong, with its diagnostics, or a file cannot be
    /// read or written.
    pub fn generate(self) -> Result {
        let folder = std::env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?;
        self.generate_into(Path::new(&folder))
    }

    fn generate_into(self, folder: &Path) -> Result {
        let options = Options {
            peripherals: &self.peripherals,
            lenient: self.lenient,
            ..Options::default()
        };
        let map = regdesc::load(&self.description, &options);
        for file in self.files_read(&map) {
            println!("cargo::rerun-if-changed={file}");
        }
        let map = map?;
        report_notices(&map);
        let origin = self.origin();
        let device = names::device(&map.name);
        if !claim(folder, &device, &origin) {
            return Err(Error::SameName(device));
        }
        let layouts = Layouts::of(&map);
        let module = accessor::render_module(&Lowered::of(&map, &layouts));
        let mut artifacts = Artifacts::default();
        artifacts.insert(
            format!("{FOLDER}/{device}.rs"),
            format!("{origin}\n{ALLOWED}\n{module}"),
        );
        let earlier = modules_of(&origin, folder)?;
        let changes = artifacts.changes(folder, &earlier)?;
        artifacts.apply(folder, &changes)?;
        Ok(())
    }

    /// The description and what it names, right or wrong: a mistake may be corrected in
    /// any of them.
    fn files_read(&self, map: &std::result::Result<RegisterMap, Failure>) -> BTreeSet<String> {
        let sources = match map {
            Ok(map) => Some(map.sources()),
            Err(Failure::Wrong { sources, .. }) => Some(sources),
            Err(Failure::Unreadable(_)) => None,
        };
        let named = sources.into_iter().flat_map(Sources::iter);
        let mut files: BTreeSet<String> = named.map(|source| source.name().to_owned()).collect();
        files.insert(self.description.display().to_string());
        files
    }

    /// The first line of a module. It identifies the module of a device that was renamed
    /// since, and shows a reader what to edit.
    fn origin(&self) -> String {
        let description = self.description.display().to_string();
        format!("// From {}.", description.escape_debug())
    }
}

/// Reports the number of lints and repairs; `regloom check` reports each.
fn report_notices(map: &RegisterMap) {
    let count = |severity| {
        let of = |it: &&regdesc::Diagnostic| it.severity == severity;
        map.notices().iter().filter(of).count()
    };
    let name = &map.name.value;
    let (lints, repairs) = (count(Severity::Lint), count(Severity::Repair));
    if lints > 0 {
        println!("cargo::warning={name}: lints: {lints}; `regloom check` reports them");
    }
    if repairs > 0 {
        println!(
            "cargo::warning={name}: repairs: {repairs}; `regloom check --lenient` reports them"
        );
    }
}

/// Whether no other description of this run of the build script has a module at that
/// place.
fn claim(folder: &Path, device: &str, origin: &str) -> bool {
    static CLAIMED: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());
    let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
    let by = claimed
        .entry(folder.join(device))
        .or_insert_with(|| origin.to_owned());
    by == origin
}

/// The modules that earlier runs made from a description. Only the one that is made now
/// may stay: otherwise a program that still includes a device by its old name would
/// compile, with outdated registers.
fn modules_of(origin: &str, folder: &Path) -> std::result::Result<BTreeSet<String>, FileError> {
    let modules = folder.join(FOLDER);
    let mut files = files_below(&modules)?;
    files.retain(|file| {
        let text = fs::read_to_string(modules.join(file));
        text.is_ok_and(|text| text.lines().next() == Some(origin))
    });
    Ok(files
        .iter()
        .map(|file| format!("{FOLDER}/{file}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLINKER: &str =
        "{schema: 1, name: blinker, vendor: acme, size: 4, registers: {LED: {at: 0}}}";

    #[test]
    fn a_renamed_device_leaves_no_module_behind() {
        let folder = tempfile::tempdir().unwrap();
        let description = |name: &str| folder.path().join(name);
        let generate = |name: &str, text: &str| {
            fs::write(description(name), text).unwrap();
            let config = Config::new(description(name));
            config.generate_into(folder.path()).unwrap();
        };
        generate("fpga.yaml", BLINKER);
        generate("other.yaml", &BLINKER.replace("blinker", "other"));
        generate("fpga.yaml", &BLINKER.replace("blinker", "flasher"));
        let modules = files_below(&folder.path().join(FOLDER)).unwrap();
        assert_eq!(Vec::from_iter(modules), ["flasher.rs", "other.rs"]);
    }

    #[test]
    fn two_descriptions_of_one_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let generate = |name: &str| {
            let description = folder.path().join(name);
            fs::write(&description, BLINKER).unwrap();
            Config::new(description).generate_into(folder.path())
        };
        generate("one.yaml").unwrap();
        generate("one.yaml").unwrap();
        let refused = generate("two.yaml").unwrap_err().to_string();
        assert!(refused.contains("a device `blinker` too"), "{refused}");
    }
}
