// SPDX-License-Identifier: MIT OR Apache-2.0

//! The text a description was read from, and places in it.

use std::ops::{Deref, Range};

/// Which of the [`Sources`] a [`Span`] is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A place as people and editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// One input: its name as the user gave it, and its text.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    /// Byte offset of each line's first character.
    lines: Vec<usize>,
}

impl Source {
    fn new(name: String, mut text: String) -> Self {
        // A byte order mark says how the file is encoded, and is no part of it.
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(breaks.map(|(offset, _)| offset + 1))
            .collect();
        Source { name, text, lines }
    }

    /// The name to show: a path as given, or `<stdin>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a span begins and ends.
    #[must_use]
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let range = span.range();
        (self.position(range.start), self.position(range.end))
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.line_of(offset);
        let start = self.lines[line - 1];
        let end = self.text.floor_char_boundary(offset.min(self.text.len()));
        let before = self.text.get(start..end).unwrap_or_default();
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The bytes of all lines that a range of bytes touches or begins behind: the
    /// end of a text belongs to its last line.
    pub(crate) fn whole_lines(&self, range: Range<usize>) -> Range<usize> {
        let start = self.lines[self.line_of(range.start.saturating_sub(1)) - 1];
        let next = self.lines.get(self.line_of(range.end));
        start..next.copied().unwrap_or(self.text.len())
    }

    /// The 1-based line that the byte offset lies on.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }
}

/// Every text one description was read from, in the order they were opened.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
    unread: Vec<String>,
}

impl Sources {
    /// Adds a text under the name to show for it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(Source::new(name.into(), text.into()));
        SourceId(id)
    }

    /// Notes a file that was asked for and could not be read.
    pub(crate) fn add_unread(&mut self, name: impl Into<String>) {
        self.unread.push(name.into());
    }

    /// Files that were asked for and could not be read: a mistake may be corrected
    /// by their coming.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        self.unread.iter().map(String::as_str)
    }

    /// The text behind an id that [`Sources::add`] gave out.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// All texts, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }
}

/// A half-open range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text it is in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from a byte range. Inputs are limited well below 4 GiB when they
    /// are read, so the offsets fit; beyond that they saturate.
    #[must_use]
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let fit = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span {
            source,
            start: fit(range.start),
            end: fit(range.end),
        }
    }

    /// The byte range within its source.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and the place it was written.
///
/// Two are equal when their values are: where a thing was written does not
/// change what it means.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub const fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }

    /// Another value at the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(f(self.value), self.span)
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: std::hash::Hash> std::hash::Hash for Spanned<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let mut sources = Sources::default();
        let id = sources.add("marked", "\u{feff}schema: 1\nname: x\n");
        let source = sources.get(id);
        assert_eq!(source.text(), "schema: 1\nname: x\n");
        let (start, _) = source.positions(Span::new(id, 8..9));
        assert_eq!((start.line, start.column), (1, 9));
    }
}
