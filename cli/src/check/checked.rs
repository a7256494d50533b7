// SPDX-License-Identifier: MIT OR Apache-2.0

//! One input, and what was found in it.

use std::path::Path;

use regdesc::{Diagnostics, Failure, RegisterMap, Severity, Sources};

/// What reading one input came to.
pub(super) struct Checked<'i> {
    pub(super) input: &'i Path,
    pub(super) result: Result<RegisterMap, Failure>,
}

impl Checked<'_> {
    /// What was found, and the texts that it is about; `None` where the input could
    /// not be read at all.
    pub(super) fn found(&self) -> Option<(&Diagnostics, &Sources)> {
        match &self.result {
            Ok(map) => Some((map.notices(), map.sources())),
            Err(Failure::Wrong {
                sources,
                diagnostics,
            }) => Some((diagnostics, sources)),
            Err(Failure::Unreadable(_)) => None,
        }
    }

    /// The one line on an input that could not be read.
    pub(super) fn unreadable(&self) -> Option<&str> {
        match &self.result {
            Err(Failure::Unreadable(line)) => Some(line),
            _ => None,
        }
    }

    pub(super) fn has_lints(&self) -> bool {
        let found = self.found().map(|(diagnostics, _)| diagnostics);
        let mut all = found.into_iter().flat_map(Diagnostics::iter);
        all.any(|diagnostic| diagnostic.severity == Severity::Lint)
    }
}
