// SPDX-License-Identifier: MIT OR Apache-2.0

//! What generated files say of where they come from.

use std::path::Path;

use regdesc::{Sources, Span};

/// How generated files name what made them.
pub(crate) const TOOL: &str = concat!("regloom ", env!("CARGO_PKG_VERSION"));

/// The texts a map was read from.
pub(crate) struct Lines<'m>(&'m Sources);

impl<'m> Lines<'m> {
    pub(crate) fn of(sources: &'m Sources) -> Self {
        Lines(sources)
    }

    /// `adc-capture.yaml:12`.
    pub(crate) fn place(&self, span: Span) -> String {
        let source = self.0.get(span.source);
        let line = source.line_of(span.start as usize);
        format!("{}:{line}", file_name(source.name()))
    }
}

/// The file a map was read from, as comments and code in a text hold it: in one
/// line, and with nothing that ends either.
pub(crate) fn source_name(sources: &Sources) -> String {
    let first = sources.iter().next();
    let name = file_name(first.map_or("", regdesc::Source::name));
    let safe = name.replace(|c: char| c.is_control() || c == '`', "_");
    safe.replace("*/", "*_").replace("-->", "--_")
}

/// A file's name without its folders, so that output does not depend on where
/// the generator was called from.
pub(crate) fn file_name(name: &str) -> &str {
    let file = Path::new(name).file_name();
    file.and_then(std::ffi::OsStr::to_str).unwrap_or(name)
}
