// SPDX-License-Identifier: MIT OR Apache-2.0

//! A mistake in an SVD text, and what is read in its place.

use std::borrow::Cow;

use super::edits::{Edit, Edits};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// A mistake, its repair if there is one, and the edits by which reading goes on
/// either way.
pub(super) struct Mistake {
    diagnostic: Diagnostic,
    /// The rule of the repair, in a sentence.
    rule: Option<Cow<'static, str>>,
    edits: Vec<Edit>,
}

/// A rule, and what it changes in the text.
pub(super) struct Repair {
    pub(super) rule: Cow<'static, str>,
    pub(super) edits: Vec<Edit>,
}

impl Repair {
    pub(super) fn new(rule: impl Into<Cow<'static, str>>, edits: Vec<Edit>) -> Self {
        Repair {
            rule: rule.into(),
            edits,
        }
    }
}

impl Diagnostic {
    /// A mistake that lenient reading repairs.
    pub(super) fn mended(self, repair: Repair) -> Mistake {
        Mistake {
            diagnostic: self,
            rule: Some(repair.rule),
            edits: repair.edits,
        }
    }

    /// A mistake that has no repair: the edits put something in its place that
    /// gives no further mistake.
    pub(super) fn stood_in_for(self, edits: Vec<Edit>) -> Mistake {
        Mistake {
            diagnostic: self,
            rule: None,
            edits,
        }
    }
}

/// What was found in a text.
#[derive(Default)]
pub(super) struct Found {
    mistakes: Vec<Mistake>,
    /// What is legal but suspicious.
    lints: Vec<Diagnostic>,
    /// Other spellings of what is right, as svd-parser reads them.
    spellings: Vec<Edit>,
}

impl Found {
    pub(super) fn push(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    pub(super) fn lint(&mut self, lint: Diagnostic) {
        self.lints.push(lint);
    }

    pub(super) fn spell(&mut self, edit: Edit) {
        self.spellings.push(edit);
    }

    /// Reports everything, and gives the edits with which the text can be read.
    pub(super) fn report(self, lenient: bool, diagnostics: &mut Diagnostics) -> Edits {
        for lint in self.lints {
            diagnostics.push(lint);
        }
        let mut edits = self.spellings;
        for mistake in self.mistakes {
            let diagnostic = mistake.diagnostic;
            diagnostics.push(match mistake.rule {
                Some(rule) if lenient => diagnostic.repaired(rule),
                Some(_) => diagnostic.repairable(),
                None => diagnostic,
            });
            edits.extend(mistake.edits);
        }
        Edits::new(edits)
    }
}
