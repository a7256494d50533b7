// SPDX-License-Identifier: MIT OR Apache-2.0

//! Changes to a text before it is read, and the way back from a place in the
//! changed text to what the vendor wrote there.

use std::cmp::Reverse;
use std::ops::Range;

use crate::source::{SourceId, Span};

/// Some bytes of the text as it was written, and what is read in their stead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl Edit {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Edit {
            range,
            text: text.into(),
        }
    }
}

/// Edits in the order of the text, none of which touches another.
#[derive(Debug, Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
    /// Where each edit's text begins in the changed text.
    starts: Vec<usize>,
}

impl Edits {
    /// Of edits that touch, the first and longest is kept: what is left out needs
    /// no other change. What is put in at one place is put in one behind the
    /// other, and before what is changed there.
    pub(super) fn new(mut all: Vec<Edit>) -> Self {
        all.sort_by_key(|edit| {
            let range = &edit.range;
            (range.start, !range.is_empty(), Reverse(range.end))
        });
        let mut list: Vec<Edit> = Vec::with_capacity(all.len());
        for edit in all {
            match list.last_mut() {
                Some(last) if last.range == (edit.range.start..edit.range.start) => {
                    last.text.push_str(&edit.text);
                    last.range.end = edit.range.end;
                }
                Some(last) if last.range.end > edit.range.start => {}
                _ => list.push(edit),
            }
        }
        let starts = starts(&list);
        Edits { list, starts }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The changed text.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut changed = String::with_capacity(text.len());
        let mut from = 0;
        for edit in &self.list {
            changed.push_str(text.get(from..edit.range.start).unwrap_or_default());
            changed.push_str(&edit.text);
            from = edit.range.end;
        }
        changed.push_str(text.get(from..).unwrap_or_default());
        changed
    }

    /// What a range of the changed text was before. One that begins or ends
    /// within a replacement does so with what was replaced.
    fn undo(&self, range: Range<usize>) -> Range<usize> {
        let from = self.starts.partition_point(|start| *start <= range.start);
        let start = match self.before(from) {
            Some((edit, end)) if range.start < end => edit.range.start,
            Some((edit, end)) => edit.range.end + (range.start - end),
            None => range.start,
        };
        let from = self.starts.partition_point(|start| *start < range.end);
        let end = match self.before(from) {
            Some((edit, end)) => edit.range.end + range.end.saturating_sub(end),
            None => range.end,
        };
        start..end.max(start)
    }

    /// Where a range of the changed text was before, if no edit changed any of it.
    fn unchanged(&self, range: &Range<usize>) -> Option<Range<usize>> {
        // Of the edits, the last that begins before the end of the range ends last.
        let from = self.starts.partition_point(|start| *start < range.end);
        if let Some((_, end)) = self.before(from)
            && end > range.start
        {
            return None;
        }
        Some(self.undo(range.clone()))
    }

    /// The edit before that one, and where its text ends in the changed text.
    fn before(&self, index: usize) -> Option<(&Edit, usize)> {
        let index = index.checked_sub(1)?;
        let (edit, start) = self.list.get(index).zip(self.starts.get(index))?;
        Some((edit, start + edit.text.len()))
    }
}

fn starts(list: &[Edit]) -> Vec<usize> {
    let mut grown = 0;
    let mut shrunk = 0;
    let start = |edit: &Edit| {
        let start = edit.range.start + grown - shrunk;
        grown += edit.text.len();
        shrunk += edit.range.len();
        start
    };
    list.iter().map(start).collect()
}

/// The way from places in the text that is read to places in the source.
pub(super) struct Text {
    source: SourceId,
    /// What was changed, one after the other.
    edits: Vec<Edits>,
}

impl Text {
    pub(super) fn as_written(source: SourceId) -> Self {
        Text {
            source,
            edits: Vec::new(),
        }
    }

    /// The text after some more edits.
    pub(super) fn edited(mut self, edits: Edits) -> Self {
        self.edits.push(edits);
        self
    }

    /// Where a range of the text is in the source, if the source has the same there.
    pub(super) fn unchanged(&self, range: Range<usize>) -> Option<Span> {
        let mut edits = self.edits.iter().rev();
        let before = edits.try_fold(range, |range, edits| edits.unchanged(&range))?;
        Some(Span::new(self.source, before))
    }

    /// Where a range of the text is in the source.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let edits = self.edits.iter().rev();
        let before = edits.fold(range, |range, edits| edits.undo(range));
        Span::new(self.source, before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(range: Range<usize>, text: &str) -> Edit {
        Edit {
            range,
            text: text.to_owned(),
        }
    }

    #[test]
    fn every_place_has_a_way_back() {
        //          0123456789
        let text = "abcdefghij";
        let edits = Edits::new(vec![edit(7..7, "++"), edit(1..3, "XYZ"), edit(4..6, "")]);
        assert_eq!(edits.apply(text), "aXYZdg++hij");
        let was = |range: Range<usize>| &text[edits.undo(range)];
        assert_eq!(was(0..1), "a");
        assert_eq!(was(1..4), "bc");
        assert_eq!(was(2..3), "bc");
        assert_eq!(was(4..5), "d");
        assert_eq!(was(5..6), "g");
        assert_eq!(was(6..8), "");
        assert_eq!(was(8..11), "hij");
    }

    #[test]
    fn what_was_changed_has_no_place_of_its_own() {
        let edits = Edits::new(vec![edit(1..3, "XYZ"), edit(4..6, "")]);
        assert_eq!(edits.apply("abcdefghij"), "aXYZdghij");
        assert_eq!(edits.unchanged(&(0..1)), Some(0..1));
        assert_eq!(edits.unchanged(&(4..5)), Some(3..4));
        assert_eq!(edits.unchanged(&(5..7)), Some(6..8));
        assert_eq!(edits.unchanged(&(4..4)), Some(3..3));
        for changed in [0..2, 1..4, 2..2, 3..5] {
            assert_eq!(edits.unchanged(&changed), None, "{changed:?}");
        }
    }

    #[test]
    fn what_is_put_in_at_one_place_stays_in_order() {
        let edits = Edits::new(vec![
            edit(2..2, "x"),
            edit(2..4, ""),
            edit(2..2, "y"),
            edit(4..4, "z"),
        ]);
        assert_eq!(edits.apply("abcdef"), "abxyzef");
    }

    #[test]
    fn edits_of_edits_lead_back_to_the_source() {
        let text = "abcdefghij";
        let first = Edits::new(vec![edit(1..3, "")]);
        let changed = first.apply(text);
        let second = Edits::new(vec![edit(2..3, "EEE")]);
        assert_eq!(second.apply(&changed), "adEEEfghij");
        let source = crate::source::Sources::default().add("t", text);
        let back = Text::as_written(source).edited(first).edited(second);
        assert_eq!(&text[back.span(5..6).range()], "f");
        assert_eq!(&text[back.span(3..4).range()], "e");
    }

    #[test]
    fn an_edit_within_another_is_none() {
        let edits = Edits::new(vec![edit(2..3, "x"), edit(1..4, ""), edit(4..5, "y")]);
        assert_eq!(edits.apply("abcdef"), "ayf");
    }
}
