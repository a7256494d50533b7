// SPDX-License-Identifier: MIT OR Apache-2.0

//! Edits that correct a mistake, as data: tools show them or apply them.

use std::collections::BTreeMap;

use crate::source::{Source, SourceId, Span};

/// Some bytes of a source, and the text that replaces them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty place for an insertion.
    pub span: Span,
    /// The new text; empty for a deletion.
    pub text: String,
}

impl Edit {
    /// Replaces a place by a text.
    #[must_use]
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Edit {
            span,
            text: text.into(),
        }
    }
}

/// How certain a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// With it, the file says what the reader already took it to say, or the only
    /// thing that the text can mean. A tool may apply it unseen.
    Sure,
    /// It may be what was meant; a person decides.
    Maybe,
}

impl Applicability {
    /// The word for it in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Applicability::Sure => "sure",
            Applicability::Maybe => "maybe",
        }
    }
}

/// Edits that belong together: all are applied, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// How certain it is.
    pub applicability: Applicability,
    /// The edits, in one source; never empty.
    pub edits: Vec<Edit>,
    /// The text that the only edit replaces, where its place was not taken from
    /// the text itself: a value may have quotes, or may be part of another one.
    replaces: Option<String>,
}

impl Suggestion {
    /// Edits that belong together; `None` where there are none.
    #[must_use]
    pub fn new(applicability: Applicability, edits: Vec<Edit>) -> Option<Self> {
        (!edits.is_empty()).then_some(Suggestion {
            applicability,
            edits,
            replaces: None,
        })
    }

    /// Another name in place of one that is not there. Only a name that needs no
    /// quotes in either format is suggested.
    pub(crate) fn name(span: Span, written: &str, meant: &str) -> Option<Self> {
        is_bare(meant).then(|| Suggestion {
            applicability: Applicability::Maybe,
            edits: vec![Edit::new(span, meant)],
            replaces: Some(written.to_owned()),
        })
    }

    /// Adds edits, which may be less certain; without them the suggestion is.
    pub(crate) fn add(&mut self, more: Option<Suggestion>) {
        let certain = more
            .as_ref()
            .map_or(Applicability::Maybe, |it| it.applicability);
        self.applicability = self.applicability.max(certain);
        self.edits.extend(more.into_iter().flat_map(|it| it.edits));
    }

    /// The source that it edits.
    #[must_use]
    pub fn source(&self) -> Option<SourceId> {
        self.edits.first().map(|edit| edit.span.source)
    }

    /// Whether the place holds the text that is to be replaced, in quotes or not.
    pub(crate) fn fits(&self, source: &Source) -> bool {
        let Some(written) = &self.replaces else {
            return true;
        };
        let mut edits = self.edits.iter();
        edits.all(|edit| {
            let text = source.text().get(edit.span.range());
            text.is_some_and(|text| unquoted(text) == written)
        })
    }
}

/// Whether a name is a plain scalar in YAML and a value in XML as it is: it is not
/// `true`, `null` or a number either.
fn is_bare(name: &str) -> bool {
    let typed = ["true", "false", "null"];
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "_-.".contains(it))
        && !typed.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// A text without the quotes around it.
pub(crate) fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Edits of one text that can be applied together.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// The new text by the bytes that it replaces, of which none overlap.
    by_place: BTreeMap<(u32, u32), String>,
}

/// What became of a suggestion among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// All of its edits are taken.
    New,
    /// All of its edits were there.
    Again,
    /// It would change what another one changes, so none of its edits is taken.
    Overlaps,
}

impl Edits {
    /// Whether nothing is to be edited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// Takes in all edits of a suggestion for this text, or none.
    pub fn add(&mut self, suggestion: &Suggestion) -> Added {
        let edits = || {
            let edits = suggestion.edits.iter();
            edits.map(|edit| ((edit.span.start, edit.span.end), &edit.text))
        };
        if edits().all(|(place, text)| self.by_place.get(&place) == Some(text)) {
            return Added::Again;
        }
        if edits().any(|(place, _)| self.overlaps(place)) {
            return Added::Overlaps;
        }
        let new = edits().map(|(place, text)| (place, text.clone()));
        self.by_place.extend(new);
        Added::New
    }

    /// Whether some of the bytes are replaced already, or something is inserted at
    /// the same place. Edits that touch do not overlap.
    fn overlaps(&self, (start, end): (u32, u32)) -> bool {
        let before = self.by_place.range(..=(start, end)).next_back();
        let behind = self.by_place.range((start, end)..).next();
        let mut nearest = [before, behind].into_iter().flatten();
        nearest.any(|(&(a, b), _)| (a, b) == (start, end) || a < end && start < b)
    }

    /// The text after the edits.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut changed = String::with_capacity(text.len());
        let mut from = 0;
        for (&(start, end), new) in &self.by_place {
            changed.push_str(text.get(from..start as usize).unwrap_or_default());
            changed.push_str(new);
            from = end as usize;
        }
        changed.push_str(text.get(from..).unwrap_or_default());
        changed
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::source::Sources;

    fn suggestion(edits: &[(Range<usize>, &str)]) -> Suggestion {
        let source = Sources::default().add("test", "");
        let edit = |(range, text): &(Range<usize>, &str)| {
            Edit::new(Span::new(source, range.clone()), *text)
        };
        Suggestion::new(Applicability::Sure, edits.iter().map(edit).collect()).unwrap()
    }

    #[test]
    fn edits_are_applied_in_the_order_of_the_text() {
        let mut edits = Edits::default();
        let one = suggestion(&[(4..6, ""), (1..2, "XYZ"), (4..4, "-")]);
        assert_eq!(edits.add(&one), Added::New);
        assert_eq!(edits.add(&one), Added::Again);
        assert_eq!(edits.apply("abcdefg"), "aXYZcd-g");
    }

    #[test]
    fn of_edits_that_overlap_the_first_is_taken() {
        let first = suggestion(&[(1..4, "x"), (6..6, "y")]);
        for (again, expected) in [
            (0..1, Added::New),
            (4..6, Added::New),
            (6..8, Added::New),
            (1..1, Added::New),
            (4..4, Added::New),
            (1..4, Added::Overlaps),
            (0..2, Added::Overlaps),
            (3..5, Added::Overlaps),
            (2..2, Added::Overlaps),
            (6..6, Added::Overlaps),
            (5..7, Added::Overlaps),
        ] {
            let mut edits = Edits::default();
            edits.add(&first);
            let other = suggestion(&[(9..9, "z"), (again.clone(), "w")]);
            assert_eq!(edits.add(&other), expected, "{again:?}");
            let has_other = edits.apply("0123456789").contains('z');
            assert_eq!(has_other, expected == Added::New, "{again:?}");
        }
    }

    #[test]
    fn a_name_replaces_the_text_that_it_was_found_for() {
        let mut sources = Sources::default();
        let id = sources.add("test", "enum: \"Mdoe\" # Mdoe");
        let at = |range| Suggestion::name(Span::new(id, range), "Mdoe", "Mode").unwrap();
        assert!(at(6..12).fits(sources.get(id)));
        assert!(at(15..19).fits(sources.get(id)));
        assert!(!at(0..12).fits(sources.get(id)));
        for unusable in ["", "a b", "true", "4", "a[0]", "&a"] {
            let span = Span::new(id, 0..0);
            assert_eq!(Suggestion::name(span, "x", unusable), None, "{unusable}");
        }
    }
}
