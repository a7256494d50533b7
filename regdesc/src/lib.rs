// SPDX-License-Identifier: MIT OR Apache-2.0

//! Descriptions of register blocks: read, resolved, checked.
//!
//! A description comes as YAML or as CMSIS-SVD and ends as a [`RegisterMap`],
//! the only thing a generator accepts. This crate knows no output.
//!
//! ```
//! let map = regdesc::parse(
//!     "blinker.yaml",
//!     "{schema: 1, name: blinker, vendor: acme, size: 0x1000, registers: {LED: {at: 0x0}}}",
//!     &[],
//! )
//! .map_err(|failure| failure.to_string())?;
//! assert_eq!(map.blocks[0].items[0].name().value, "LED");
//! # Ok::<(), String>(())
//! ```

pub mod access;
mod check;
pub mod description;
pub mod diagnostic;
pub mod model;
mod read;
mod resolve;
pub mod source;
pub mod units;

use std::fmt;
use std::io::Read as _;
use std::path::Path;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Style};
pub use model::RegisterMap;
pub use read::Format;
pub use source::{Source, SourceId, Sources, Span, Spanned};

/// The largest input that is read, in bytes; the largest SVD files known have
/// a quarter of it.
const MAX_INPUT: u64 = 64 << 20;

/// Why there is no map.
#[derive(Debug)]
pub enum Failure {
    /// The input could not be read at all: one line says why.
    Unreadable(String),
    /// The input is wrong.
    Wrong {
        /// What was read.
        sources: Sources,
        /// What is wrong with it; never empty.
        diagnostics: Diagnostics,
    },
}

impl Failure {
    /// The text for people.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        match self {
            Failure::Unreadable(line) => format!("error: {line}\n"),
            Failure::Wrong {
                sources,
                diagnostics,
            } => diagnostics.render(sources, style),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for Failure {}

/// Reads and checks a file; `-` is standard input. From a chip, only the
/// `peripherals` asked for, or all where there are none.
///
/// # Errors
/// When the file cannot be read or its content is wrong.
pub fn load(path: &Path, peripherals: &[String]) -> Result<RegisterMap, Failure> {
    let (name, text) = if path.as_os_str() == "-" {
        (
            "<stdin>".into(),
            read_text("standard input", std::io::stdin())?,
        )
    } else {
        (path.display().to_string(), read_file(path)?)
    };
    parse(name, text, peripherals)
}

/// Checks a text, under the name to show for it; otherwise as [`load`].
///
/// # Errors
/// When the content is wrong.
pub fn parse(
    name: impl Into<String>,
    text: impl Into<String>,
    peripherals: &[String],
) -> Result<RegisterMap, Failure> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let mut diagnostics = Diagnostics::default();
    let device = checked_device(id, sources.get(id).text(), peripherals, &mut diagnostics);
    match (device, diagnostics.into_result()) {
        (Some(device), Ok(())) => Ok(RegisterMap::new(device, sources)),
        (_, Err(diagnostics)) => Err(Failure::Wrong {
            sources,
            diagnostics,
        }),
        (None, Ok(())) => Err(Failure::Unreadable(
            "the reader gave neither a description nor a reason".to_owned(),
        )),
    }
}

/// The way of every description. Each phase leaves out what was reported
/// before, so that all mistakes of a file show in one run, and each once.
fn checked_device(
    id: SourceId,
    text: &str,
    peripherals: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<model::Device> {
    let description = match Format::of(text) {
        Format::Yaml => read::yaml::read(id, text, diagnostics),
        Format::Svd => read::svd::read(id, text, diagnostics),
    }?;
    let device = resolve::resolve(description, peripherals, diagnostics);
    check::check(&device, diagnostics);
    Some(device)
}

fn read_file(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let unreadable = |reason: &dyn fmt::Display| Failure::Unreadable(format!("{name}: {reason}"));
    let file = std::fs::File::open(path).map_err(|error| unreadable(&plain(&error)))?;
    let metadata = file
        .metadata()
        .map_err(|error| unreadable(&plain(&error)))?;
    if metadata.is_dir() {
        return Err(unreadable(&"this is a folder, not a description"));
    }
    read_text(&name, file)
}

fn read_text(name: &str, input: impl std::io::Read) -> Result<String, Failure> {
    let unreadable = |reason: &dyn fmt::Display| Failure::Unreadable(format!("{name}: {reason}"));
    let mut bytes = Vec::new();
    input
        .take(MAX_INPUT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&plain(&error)))?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(unreadable(&format_args!(
            "larger than {} MiB, which no description is",
            MAX_INPUT >> 20
        )));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(unreadable(
            &"the file is empty; a description begins with `schema: 1`",
        ));
    }
    if bytes.contains(&0) {
        return Err(unreadable(
            &"this is not text; a description is YAML or SVD",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        unreadable(&format_args!(
            "this is not UTF-8 text (byte {at}); a description is YAML or SVD"
        ))
    })
}

/// An input error in words, without the number that ends Rust's own.
fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "the file may not be read".to_owned(),
        _ => error.to_string(),
    }
}
