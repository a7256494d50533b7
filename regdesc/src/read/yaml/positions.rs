// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where everything in a YAML document stands.
//!
//! `serde_yaml` types the values but gives no position for what is only wrong
//! in meaning, so the same text goes through an event parser that does. The two
//! trees have the same shape and are walked side by side.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScanError, StrInput};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};

/// Mappings in mappings that no register map comes near.
const MAX_DEPTH: usize = 64;

/// Values that aliases may stand for in all. Ten aliases of ten aliases are a
/// hundred values, and whoever reads them has them all.
const MAX_COPIES: usize = 1 << 20;

/// Where every value of a document stands, in a few lists: a large map has
/// millions of values.
#[derive(Debug)]
pub(super) struct Places<'t> {
    values: Vec<Value>,
    elements: Vec<Id>,
    entries: Vec<Entry<'t>>,
    root: Id,
}

/// A value's number among [`Places::values`].
#[derive(Debug, Clone, Copy, Default)]
struct Id(u32);

impl Id {
    /// The number of what comes next in a list. Inputs are limited, and no list
    /// has more items than the text has bytes.
    fn next(list: &[impl Sized]) -> Self {
        Id(u32::try_from(list.len()).unwrap_or(u32::MAX))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone)]
struct Value {
    span: Span,
    content: Content,
}

/// What a value contains.
#[derive(Debug, Clone)]
enum Content {
    /// Nothing that could be addressed.
    Scalar,
    /// These elements, in order.
    Sequence(Range<Id>),
    /// These entries, in order, only the first of equal keys.
    Mapping(Range<Id>),
}

/// One entry of a mapping.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    /// The key's text; none where the key is no scalar.
    pub(super) key: Cow<'t, str>,
    /// Where the key stands.
    pub(super) key_span: Span,
    value: Id,
}

impl<'t> Places<'t> {
    /// The place of the whole document.
    pub(super) fn root(&self) -> Place<'_> {
        Place {
            all: self,
            id: self.root,
        }
    }
}

/// A value's place, from which those of what it contains are reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    all: &'a Places<'a>,
    id: Id,
}

impl<'a> Place<'a> {
    /// The value itself.
    pub(super) fn span(self) -> Span {
        self.value().span
    }

    /// The entries of a mapping; none for anything else.
    pub(super) fn entries(self) -> &'a [Entry<'a>] {
        match &self.value().content {
            Content::Mapping(range) => &self.all.entries[range.start.index()..range.end.index()],
            _ => &[],
        }
    }

    /// The entry of that key.
    pub(super) fn entry(self, key: &str) -> Option<&'a Entry<'a>> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of one of its entries.
    pub(super) fn of(self, entry: &Entry<'_>) -> Place<'a> {
        Place {
            id: entry.value,
            ..self
        }
    }

    /// The element at that position of a sequence.
    pub(super) fn element(self, position: usize) -> Option<Place<'a>> {
        let Content::Sequence(range) = &self.value().content else {
            return None;
        };
        let elements = &self.all.elements[range.start.index()..range.end.index()];
        elements.get(position).map(|&id| Place { id, ..self })
    }

    fn value(self) -> &'a Value {
        &self.all.values[self.id.index()]
    }
}

/// Reads the places of the first document of a text.
///
/// `None` when the text is not YAML or holds no document; then `diagnostics`
/// says so. Keys that stand twice are reported, and the first one kept.
pub(super) fn read<'t>(
    id: SourceId,
    text: &'t str,
    diagnostics: &mut Diagnostics,
) -> Option<Places<'t>> {
    let mut reader = Reader {
        text,
        parser: Parser::new_from_str(text),
        offsets: Offsets::new(id, text),
        anchors: HashMap::new(),
        size: 0,
        copies: 0,
        places: Places {
            values: Vec::new(),
            elements: Vec::new(),
            entries: Vec::new(),
            root: Id::default(),
        },
        diagnostics,
    };
    match reader.document() {
        Ok(Some(root)) => Some(Places {
            root,
            ..reader.places
        }),
        Ok(None) => None,
        Err(failure) => {
            let diagnostic = reader.explain(failure);
            diagnostics.push(diagnostic);
            None
        }
    }
}

enum Failure {
    Syntax(ScanError),
    Ended,
    TooDeep(Span),
    /// An alias within what it stands for.
    Endless(Span),
    TooManyCopies(Span),
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        Failure::Syntax(error)
    }
}

/// What an anchor names.
#[derive(Clone, Copy)]
struct Anchored {
    id: Id,
    /// How many values it comes to.
    size: usize,
}

struct Reader<'t, 'd> {
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
    offsets: Offsets,
    anchors: HashMap<usize, Anchored>,
    /// Values so far, those that aliases stand for included.
    size: usize,
    /// How many of them aliases stand for.
    copies: usize,
    places: Places<'t>,
    diagnostics: &'d mut Diagnostics,
}

impl<'t> Reader<'t, '_> {
    fn next(&mut self) -> Result<(Event<'t>, saphyr_parser::Span), Failure> {
        Ok(self.parser.next_event().ok_or(Failure::Ended)??)
    }

    fn document(&mut self) -> Result<Option<Id>, Failure> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(None),
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (event, span) => return self.value(&event, span, 0).map(Some),
            }
        }
    }

    fn value(
        &mut self,
        event: &Event<'t>,
        span: saphyr_parser::Span,
        depth: usize,
    ) -> Result<Id, Failure> {
        let start = self.offsets.span(span);
        if depth > MAX_DEPTH {
            return Err(Failure::TooDeep(start));
        }
        let before = self.size;
        self.size += 1;
        let (anchor, content, end) = match event {
            Event::Alias(anchor) => return self.aliased(*anchor, start),
            Event::SequenceStart(anchor, _) => {
                let (elements, end) = self.sequence(depth)?;
                (*anchor, Content::Sequence(elements), end)
            }
            Event::MappingStart(anchor, _) => {
                let (entries, end) = self.mapping(depth)?;
                (*anchor, Content::Mapping(entries), end)
            }
            Event::Scalar(_, _, anchor, _) => (*anchor, Content::Scalar, start),
            _ => (0, Content::Scalar, start),
        };
        let span = Span {
            end: end.end.max(start.start),
            ..start
        };
        let id = Id::next(&self.places.values);
        self.places.values.push(Value { span, content });
        if anchor > 0 {
            let size = self.size - before;
            self.anchors.insert(anchor, Anchored { id, size });
        }
        Ok(id)
    }

    /// What an alias stands for is shown where it was anchored.
    fn aliased(&mut self, anchor: usize, span: Span) -> Result<Id, Failure> {
        let Some(anchored) = self.anchors.get(&anchor).copied() else {
            return Err(Failure::Endless(span));
        };
        self.copies = self.copies.saturating_add(anchored.size);
        self.size = self.size.saturating_add(anchored.size);
        if self.copies > MAX_COPIES {
            return Err(Failure::TooManyCopies(span));
        }
        Ok(anchored.id)
    }

    fn sequence(&mut self, depth: usize) -> Result<(Range<Id>, Span), Failure> {
        let mut elements = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let range = append(&mut self.places.elements, elements);
                return Ok((range, self.offsets.span(span)));
            }
            elements.push(self.value(&event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Range<Id>, Span), Failure> {
        let mut entries = Distinct::default();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let range = append(&mut self.places.entries, entries.entries);
                return Ok((range, self.offsets.span(span)));
            }
            let key_span = self.key(&event, span, depth + 1)?;
            let key = self.key_text(&event, key_span);
            let (event, span) = self.next()?;
            let value = self.value(&event, span, depth + 1)?;
            let entry = Entry {
                key,
                key_span,
                value,
            };
            if let Err((first, again)) = entries.add(entry) {
                self.diagnostics
                    .push(duplicate_key(&again.key, first, again.key_span));
            }
        }
    }

    /// Where a key stands. A plain one needs no place among the values.
    fn key(
        &mut self,
        event: &Event<'t>,
        span: saphyr_parser::Span,
        depth: usize,
    ) -> Result<Span, Failure> {
        match event {
            Event::Scalar(_, _, 0, _) => Ok(self.offsets.span(span)),
            _ => {
                let id = self.value(event, span, depth)?;
                Ok(self.places.values[id.index()].span)
            }
        }
    }

    /// A key's text: almost always as it stands in the description.
    fn key_text(&self, event: &Event<'t>, span: Span) -> Cow<'t, str> {
        let Event::Scalar(key, ..) = event else {
            return Cow::Borrowed("");
        };
        match self.text.get(span.range()) {
            Some(written) if written == key => Cow::Borrowed(written),
            _ => Cow::Owned(key.to_string()),
        }
    }

    fn explain(&mut self, failure: Failure) -> Diagnostic {
        match failure {
            Failure::Syntax(error) => {
                let at = self.offsets.at(error.marker().index());
                Diagnostic::new(
                    Code::Syntax,
                    at,
                    format!("this is not YAML: {}", error.info()),
                    "here",
                )
            }
            Failure::Ended => {
                let at = self.offsets.at(usize::MAX);
                Diagnostic::new(Code::Syntax, at, "the YAML ends too early", "here")
            }
            Failure::TooDeep(span) => Diagnostic::new(
                Code::TooLarge,
                span,
                format!("values nest deeper than {MAX_DEPTH} levels"),
                "here",
            )
            .help("no register map needs that; is a bracket left open?"),
            Failure::Endless(span) => Diagnostic::new(
                Code::TooLarge,
                span,
                "this alias stands for something that it is part of",
                "in what it stands for",
            )
            .help("write out what repeats, or make it an array"),
            Failure::TooManyCopies(span) => Diagnostic::new(
                Code::TooLarge,
                span,
                format!("the aliases of this description come to more than {MAX_COPIES} values"),
                "this one is too many",
            )
            .help("write out what repeats, or make it an array"),
        }
    }
}

/// Moves items to the end of a list, and tells where they are now.
fn append<T>(list: &mut Vec<T>, items: Vec<T>) -> Range<Id> {
    let start = Id::next(list);
    list.extend(items);
    start..Id::next(list)
}

/// Entries of one mapping, each key once.
#[derive(Default)]
struct Distinct<'t> {
    entries: Vec<Entry<'t>>,
    /// The positions by key, once there are too many to look through.
    by_key: HashMap<Cow<'t, str>, usize>,
}

impl<'t> Distinct<'t> {
    /// Mappings of so many keys are looked through faster than hashed.
    const FEW: usize = 16;

    /// Takes an entry in, or gives it back with the place of the first of its
    /// key.
    fn add(&mut self, entry: Entry<'t>) -> Result<(), (Span, Entry<'t>)> {
        if let Some(first) = self.find(&entry.key) {
            return Err((self.entries[first].key_span, entry));
        }
        if self.entries.len() >= Self::FEW {
            let known = self.by_key.len();
            for (position, entry) in self.entries.iter().enumerate().skip(known) {
                self.by_key.insert(entry.key.clone(), position);
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    fn find(&self, key: &str) -> Option<usize> {
        let known = self.by_key.len();
        let later = || {
            let rest = self.entries.get(known..).unwrap_or_default();
            let position = rest.iter().position(|entry| entry.key == key)?;
            Some(known + position)
        };
        self.by_key.get(key).copied().or_else(later)
    }
}

fn duplicate_key(key: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateKey,
        second,
        format!("`{key}` stands twice in one mapping"),
        "again here",
    )
    .related(first, "first here")
    .help("give one of them another name, or remove it")
}

/// The event parser counts characters; spans count bytes.
struct Offsets {
    id: SourceId,
    len: usize,
    /// Byte offset of each character; empty where all are one byte long.
    bytes: Vec<u32>,
}

impl Offsets {
    fn new(id: SourceId, text: &str) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .map(|(offset, _)| u32::try_from(offset).unwrap_or(u32::MAX))
                .collect()
        };
        Offsets {
            id,
            len: text.len(),
            bytes,
        }
    }

    fn byte(&self, index: usize) -> usize {
        if self.bytes.is_empty() {
            return index.min(self.len);
        }
        self.bytes
            .get(index)
            .map_or(self.len, |offset| *offset as usize)
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start.index());
        Span::new(self.id, start..self.byte(span.end.index()).max(start))
    }

    fn at(&self, index: usize) -> Span {
        let start = self.byte(index);
        Span::new(self.id, start..start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn codes(text: &str) -> Vec<Code> {
        let id = Sources::default().add("test", text);
        let mut diagnostics = Diagnostics::default();
        read(id, text, &mut diagnostics);
        diagnostics.iter().map(|it| it.code).collect()
    }

    /// Aliases need not nest to come to much: half of a text may be one value,
    /// and the other half that value over and over.
    #[test]
    fn aliases_are_limited_by_what_they_come_to() {
        let many = |count: usize| {
            let (values, aliases) = ("0, ".repeat(count), "*a , ".repeat(count));
            format!("x: &a [{values}]\ny: [{aliases}]\n")
        };
        assert_eq!(codes(&many(1000)), []);
        assert_eq!(codes(&many(1100)), [Code::TooLarge]);
    }

    #[test]
    fn a_key_stands_once_however_many_there_are() {
        let keys: String = (0..100).map(|key| format!("k{key}: 0\n")).collect();
        assert_eq!(codes(&keys), []);
        for again in ["k3", "k15", "k16", "k99"] {
            assert_eq!(codes(&format!("{keys}{again}: 1\n")), [Code::DuplicateKey]);
        }
    }

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let text = "plain: 1\n'quoted': 2\n\"es\\x63aped\": 3\n? complex\n: 4\n";
        let id = Sources::default().add("test", text);
        let places = read(id, text, &mut Diagnostics::default()).unwrap();
        let root = places.root();
        for (key, value) in [
            ("plain", "1"),
            ("quoted", "2"),
            ("escaped", "3"),
            ("complex", "4"),
        ] {
            let place = root.of(root.entry(key).unwrap());
            assert_eq!(&text[place.span().range()], value);
        }
    }
}
