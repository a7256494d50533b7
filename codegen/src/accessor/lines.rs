// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where an item was written, for its documentation.

use regdesc::{Sources, Span};

use crate::file_name;

/// The texts a map was read from.
pub(super) struct Lines<'m>(&'m Sources);

impl<'m> Lines<'m> {
    pub(super) fn of(sources: &'m Sources) -> Self {
        Lines(sources)
    }

    /// `adc-capture.yaml:12`.
    pub(super) fn place(&self, span: Span) -> String {
        let source = self.0.get(span.source);
        let line = source.line_of(span.start as usize);
        format!("{}:{line}", file_name(source.name()))
    }
}
