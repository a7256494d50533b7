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
//!     &regdesc::Options::default(),
//! )
//! .map_err(|failure| failure.to_string())?;
//! assert_eq!(map.blocks[0].items[0].name().value, "LED");
//! # Ok::<(), String>(())
//! ```

pub mod access;
mod check;
pub mod description;
pub mod diagnostic;
pub mod diff;
mod hash;
mod input;
mod limits;
mod lint;
pub mod model;
mod nearest;
pub mod number;
mod read;
mod repair;
mod resolve;
pub mod source;
pub mod suggestion;
pub mod units;

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::path::Path;

use input::{Malformed, Unread};

pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity, Style};
pub use diff::{Change, Class, Diff, Rule, Step, diff};
pub use model::RegisterMap;
pub use read::Format;
pub use source::{Source, SourceId, Sources, Span, Spanned};
pub use suggestion::{Applicability, Edit, Suggestion};

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

/// How an input is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// From a chip, only the peripherals of these names; all where there are
    /// none.
    pub peripherals: &'a [String],
    /// What contradicts itself is repaired, each by a stated rule, instead of
    /// refused; [`RegisterMap::notices`] reports every repair.
    pub lenient: bool,
    /// Lints to leave out, by name, beside those the description allows.
    pub allow: &'a [String],
}

/// Reads and checks a file; `-` is standard input.
///
/// # Errors
/// When the file cannot be read or its content is wrong.
pub fn load(path: &Path, options: &Options<'_>) -> Result<RegisterMap, Failure> {
    let (name, text) = if path.as_os_str() == "-" {
        ("<stdin>".to_owned(), input::standard_input())
    } else {
        (path.display().to_string(), input::file(path))
    };
    match text {
        Ok(text) => parse(name, text, options),
        Err(Unread::Because(reason)) => Err(Failure::Unreadable(format!("{name}: {reason}"))),
        Err(Unread::Malformed(malformed)) => Err(no_text(name, &malformed)),
    }
}

/// The bytes of a file are no text in its encoding.
fn no_text(name: String, malformed: &Malformed) -> Failure {
    let mut sources = Sources::default();
    let id = sources.add(name, malformed.text.clone());
    Failure::Wrong {
        sources,
        diagnostics: malformed.diagnostic(id).into(),
    }
}

/// Checks a text, under the name to show for it; otherwise as [`load`]. A file
/// that the text names is looked for beside that name.
///
/// # Errors
/// When the content is wrong.
pub fn parse(
    name: impl Into<String>,
    text: impl Into<String>,
    options: &Options<'_>,
) -> Result<RegisterMap, Failure> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let mut diagnostics = Diagnostics::default();
    let device = checked_device(id, &mut sources, options, &mut diagnostics);
    diagnostics.settle();
    diagnostics.keep_fitting_suggestions(&sources);
    match device {
        Some(device) if !diagnostics.refuse() => Ok(RegisterMap::new(device, sources, diagnostics)),
        None if diagnostics.is_empty() => Err(Failure::Unreadable(
            "the reader gave neither a description nor a reason".to_owned(),
        )),
        _ => {
            // What is only suspicious waits until what is wrong is corrected.
            diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Lint);
            Err(Failure::Wrong {
                sources,
                diagnostics,
            })
        }
    }
}

/// The JSON Schema of the YAML format, for editors and validators.
#[must_use]
pub fn schema() -> String {
    read::yaml::schema()
}

/// The name of every lint, to allow it by.
pub fn lint_names() -> impl Iterator<Item = &'static str> {
    lint::names()
}

/// The way of every description. Each phase leaves out what was reported
/// before, so that all mistakes of a file show in one run, and each once.
fn checked_device(
    id: SourceId,
    sources: &mut Sources,
    options: &Options<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<model::Device> {
    let description = read::read(id, sources, options.lenient, diagnostics)?;
    let allowed = allowed(&description, options, diagnostics);
    let mut device = resolve::resolve(description, options.peripherals, diagnostics);
    if options.lenient {
        repair::repair(&mut device, diagnostics);
    }
    let mut checked = Diagnostics::default();
    check::check(&device, &mut checked);
    let chosen = !options.peripherals.is_empty();
    lint::lint(&device, chosen, &mut checked);
    if !options.lenient && (diagnostics.refuse() || checked.refuse()) {
        // Nothing is made of the device now.
        mark_what_is_repairable(&mut device, diagnostics, &mut checked);
    }
    diagnostics.extend(checked);
    diagnostics.retain(|diagnostic| {
        !diagnostic
            .code
            .lint()
            .is_some_and(|it| allowed.contains(it))
    });
    Some(device)
}

/// Marks the errors that would be none if the input were read leniently.
fn mark_what_is_repairable(
    device: &mut model::Device,
    before: &mut Diagnostics,
    checked: &mut Diagnostics,
) {
    let mut lenient = before.clone();
    lenient.retain(|it| it.severity == Severity::Error && !it.repairable);
    repair::repair(device, &mut lenient);
    check::check(device, &mut lenient);
    lenient.retain(|it| it.severity == Severity::Error);
    let place = |it: &Diagnostic| (it.code, it.primary.span);
    let left: HashSet<_> = lenient.iter().map(place).collect();
    for diagnostics in [before, checked] {
        diagnostics.change(|it| match it.severity {
            Severity::Error if !left.contains(&place(&it)) => it.repairable(),
            _ => it,
        });
    }
}

/// The lints that are not reported. Each of them exists.
fn allowed(
    description: &description::Description,
    options: &Options<'_>,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    for name in &description.allow {
        if !lint::names().any(|lint| lint == name.value) {
            diagnostics.push(lint::unknown(name));
        }
    }
    let written = description.allow.iter().map(|name| &name.value);
    written.chain(options.allow).cloned().collect()
}
