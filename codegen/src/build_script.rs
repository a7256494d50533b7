// SPDX-License-Identifier: MIT OR Apache-2.0

//! The entry for build scripts: one description, one module in `OUT_DIR`.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use regdesc::{Failure, Options, Sources};

use crate::{Artifacts, Drivers, FileError, Parts, accessor, device_name, unsupported};

/// What a build script's `main` returns.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Why a build script failed. Cargo prints an error that `main` returns in its
/// `Debug` form, so that form is the text for people.
pub enum Error {
    /// The description cannot be used.
    Description(regdesc::Failure),
    /// The accessor cannot keep to it; the sentence says to what.
    Unsupported(String),
    /// The module cannot be written.
    File(FileError),
    /// Not run by Cargo as a build script.
    NoOutDir,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Description(failure) => failure.fmt(f),
            Error::Unsupported(why) => f.write_str(why),
            Error::File(error) => error.fmt(f),
            Error::NoOutDir => f.write_str("OUT_DIR is not set: this belongs into a build script"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the register description cannot be used\n\n{self}")
    }
}

impl std::error::Error for Error {}

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
/// The program then takes the module in by
/// `regloom_mmio::include_map!("adc-capture");` and uses it as `adc_capture`.
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

    /// Of a chip, only the peripherals named so.
    #[must_use]
    pub fn peripheral(mut self, name: impl Into<String>) -> Self {
        self.peripherals.push(name.into());
        self
    }

    /// What contradicts itself in a vendor's SVD is repaired instead of refused;
    /// `regloom check --lenient` tells the repairs.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Writes the module into `OUT_DIR`, if it changed, and tells Cargo to come
    /// back when the description does.
    ///
    /// # Errors
    /// When the description is wrong, with its diagnostics, or a file cannot be
    /// read or written.
    pub fn generate(self) -> Result {
        rerun_when_changed(&self.description.display().to_string());
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
        let sources = match &map {
            Ok(map) => Some(map.sources()),
            Err(Failure::Wrong { sources, .. }) => Some(sources),
            Err(Failure::Unreadable(_)) => None,
        };
        // The description's own, again, and those of what it names.
        for source in sources.into_iter().flat_map(Sources::iter) {
            rerun_when_changed(source.name());
        }
        let map = map?;
        if let Some(why) = unsupported(&map, Drivers::UnlessChip, Parts::ACCESSOR) {
            return Err(Error::Unsupported(why));
        }
        let mut artifacts = Artifacts::default();
        let path = format!("regloom/{}.rs", device_name(&map));
        artifacts.insert(path, accessor::render_module(&map));
        let changes = artifacts.changes(folder, &BTreeSet::new())?;
        artifacts.apply(folder, &changes)?;
        Ok(())
    }
}

fn rerun_when_changed(file: &str) {
    println!("cargo::rerun-if-changed={file}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_written_once_and_then_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let description = folder.path().join("blinker.yaml");
        let text = "{schema: 1, name: blinker, vendor: acme, size: 4, registers: {LED: {at: 0}}}";
        std::fs::write(&description, text).unwrap();
        let module = folder.path().join("regloom/blinker.rs");

        let config = Config::new(&description);
        config.clone().generate_into(folder.path()).unwrap();
        let written = std::fs::metadata(&module).unwrap().modified().unwrap();
        config.generate_into(folder.path()).unwrap();
        let after = std::fs::metadata(&module).unwrap().modified().unwrap();
        assert_eq!(written, after);
    }

    #[test]
    fn a_mistake_shows_as_its_diagnostic() {
        let folder = tempfile::tempdir().unwrap();
        let description = folder.path().join("blinker.yaml");
        std::fs::write(&description, "{schema: 1, nmae: blinker}").unwrap();
        let error = Config::new(&description)
            .generate_into(folder.path())
            .unwrap_err();
        assert!(format!("{error:?}").contains("did you mean `name`?"));
    }
}
