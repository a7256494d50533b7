// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where an item was written, for its documentation.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use regdesc::{SourceId, Sources, Span};

/// Line numbers of spans. Finds the line ends of each text once, not once per
/// question: a chip has tens of thousands of items in megabytes of text.
pub(super) struct Lines<'m> {
    sources: &'m Sources,
    ends: RefCell<HashMap<SourceId, Vec<usize>>>,
}

impl<'m> Lines<'m> {
    pub(super) fn of(sources: &'m Sources) -> Self {
        Lines {
            sources,
            ends: RefCell::default(),
        }
    }

    /// `adc-capture.yaml:12`. The file's name without its folders, so that the
    /// output does not depend on where the generator was called from.
    pub(super) fn place(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        let mut ends = self.ends.borrow_mut();
        let ends = ends.entry(span.source).or_insert_with(|| {
            let text = source.text().bytes().enumerate();
            text.filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| at)
                .collect()
        });
        let line = 1 + ends.partition_point(|end| *end < span.start as usize);
        format!("{}:{line}", file_name(source.name()))
    }
}

fn file_name(name: &str) -> &str {
    let file = Path::new(name).file_name();
    file.and_then(|file| file.to_str()).unwrap_or(name)
}
