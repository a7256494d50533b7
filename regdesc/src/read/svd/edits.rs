// SPDX-License-Identifier: MIT OR Apache-2.0

//! Changes to a text before it is read, and the way back from a place in the
//! changed text to what the vendor wrote there.

use std::ops::Range;

use crate::source::{SourceId, Span};

/// Some bytes of the text as it was written, and what is read in their stead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// Edits in the order of the text, none of which touches another.
#[derive(Debug, Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
    /// Where each edit's text begins in the changed text.
    starts: Vec<usize>,
}

impl Edits {
    /// Of edits that touch, the first and longest stands: what is left out needs
    /// no other change.
    pub(super) fn new(mut list: Vec<Edit>) -> Self {
        list.sort_by_key(|edit| (edit.range.start, std::cmp::Reverse(edit.range.end)));
        let mut end = 0;
        list.retain(|edit| {
            let apart = edit.range.start >= end;
            if apart {
                end = edit.range.end.max(edit.range.start + 1);
            }
            apart
        });
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

/// The text that is read, and the source that it is of.
pub(super) struct Text {
    source: SourceId,
    edits: Edits,
}

impl Text {
    pub(super) fn as_written(source: SourceId) -> Self {
        Text::edited(source, Edits::default())
    }

    pub(super) fn edited(source: SourceId, edits: Edits) -> Self {
        Text { source, edits }
    }

    /// Where a range of the text stands in the source.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        if self.edits.is_empty() {
            return Span::new(self.source, range);
        }
        Span::new(self.source, self.edits.undo(range))
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
    fn an_edit_within_another_is_none() {
        let edits = Edits::new(vec![edit(2..3, "x"), edit(1..4, ""), edit(4..5, "y")]);
        assert_eq!(edits.apply("abcdef"), "ayf");
    }
}
