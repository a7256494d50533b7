// SPDX-License-Identifier: MIT OR Apache-2.0

//! A mistake in an SVD text, and what is read in its place.

use std::borrow::Cow;

use super::edits::{Edit, Edits, Text};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::suggestion::{self, Applicability, Suggestion};

/// A mistake, its repair if there is one, and the edits by which reading goes on
/// either way.
pub(super) struct Mistake {
    diagnostic: Diagnostic,
    rest: GoingOn,
}

/// How reading goes on after a mistake.
enum GoingOn {
    Repaired(Repair),
    /// There is no repair: something stands in.
    StandIn(Vec<Edit>),
}

/// A rule, and what it changes in the text.
pub(super) struct Repair {
    rule: Cow<'static, str>,
    edits: Vec<Edit>,
    /// Edits with which the text would need no repair, beside those.
    more: Vec<Edit>,
    applicability: Applicability,
}

impl Repair {
    /// A repair that leaves something out, or chooses.
    pub(super) fn new(rule: impl Into<Cow<'static, str>>, edits: Vec<Edit>) -> Self {
        Repair {
            rule: rule.into(),
            edits,
            more: Vec::new(),
            applicability: Applicability::Maybe,
        }
    }

    /// One that keeps all that was written, in the one form that it can have.
    pub(super) fn sure(rule: impl Into<Cow<'static, str>>, edits: Vec<Edit>) -> Self {
        Repair {
            applicability: Applicability::Sure,
            ..Repair::new(rule, edits)
        }
    }

    /// With edits that are made in any case.
    pub(super) fn with(self, more: Vec<Edit>) -> Self {
        Repair { more, ..self }
    }

    /// The repair as edits of the source, where all its places are as written.
    fn suggestion(&self, text: &Text) -> Option<Suggestion> {
        let edits = self.edits.iter().chain(&self.more);
        let written = edits.map(|edit| {
            let span = text.unchanged(edit.range.clone())?;
            Some(suggestion::Edit::new(span, edit.text.as_str()))
        });
        Suggestion::new(self.applicability, written.collect::<Option<_>>()?)
    }
}

impl Diagnostic {
    /// A mistake that lenient reading repairs.
    pub(super) fn with_repair(self, repair: Repair) -> Mistake {
        Mistake {
            diagnostic: self,
            rest: GoingOn::Repaired(repair),
        }
    }

    /// A mistake that has no repair: the edits put something in its place that
    /// gives no further mistake.
    pub(super) fn with_stand_in(self, edits: Vec<Edit>) -> Mistake {
        Mistake {
            diagnostic: self,
            rest: GoingOn::StandIn(edits),
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

    /// Reports everything that was found in a text, and gives the edits with which
    /// that can be read.
    pub(super) fn report(self, text: &Text, lenient: bool, diagnostics: &mut Diagnostics) -> Edits {
        for lint in self.lints {
            diagnostics.push(lint);
        }
        let mut edits = self.spellings;
        for mistake in self.mistakes {
            let diagnostic = mistake.diagnostic;
            let repair = match mistake.rest {
                GoingOn::Repaired(repair) => repair,
                GoingOn::StandIn(stand_in) => {
                    diagnostics.push(diagnostic);
                    edits.extend(stand_in);
                    continue;
                }
            };
            let diagnostic = diagnostic.suggest(repair.suggestion(text));
            diagnostics.push(match lenient {
                true => diagnostic.repaired(repair.rule),
                false => diagnostic.repairable(),
            });
            edits.extend(repair.edits);
        }
        Edits::new(edits)
    }
}
