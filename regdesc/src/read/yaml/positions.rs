// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where everything in a YAML document stands.
//!
//! `serde_yaml` types the values but gives no position for what is only wrong
//! in meaning, so the same text goes through an event parser that does. The two
//! trees have the same shape and are walked side by side.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScanError, StrInput};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};

/// Mappings in mappings that no register map comes near.
const MAX_DEPTH: usize = 64;

/// A value's place and those of what it contains.
#[derive(Debug)]
pub(super) struct Place {
    /// The value itself.
    pub(super) span: Span,
    /// What it contains.
    pub(super) content: Content,
}

/// What a value contains.
#[derive(Debug)]
pub(super) enum Content {
    /// Nothing that could be addressed.
    Scalar,
    /// Elements in order.
    Sequence(Vec<Rc<Place>>),
    /// Entries in order, only the first of equal keys.
    Mapping(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key's text.
    pub(super) key: String,
    /// Where the key stands.
    pub(super) key_span: Span,
    /// The value.
    pub(super) value: Rc<Place>,
}

impl Place {
    /// The entries of a mapping; none for anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of that key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The elements of a sequence; none for anything else.
    pub(super) fn elements(&self) -> &[Rc<Place>] {
        match &self.content {
            Content::Sequence(elements) => elements,
            _ => &[],
        }
    }
}

/// Reads the places of the first document of a text.
///
/// `None` when the text is not YAML or holds no document; then `diagnostics`
/// says so. Keys that stand twice are reported, and the first one kept.
pub(super) fn read(id: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Rc<Place>> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        offsets: Offsets::new(id, text),
        anchors: HashMap::new(),
        diagnostics,
    };
    match reader.document() {
        Ok(place) => place,
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
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        Failure::Syntax(error)
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    offsets: Offsets,
    anchors: HashMap<usize, Rc<Place>>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, saphyr_parser::Span), Failure> {
        Ok(self.parser.next_event().ok_or(Failure::Ended)??)
    }

    fn document(&mut self) -> Result<Option<Rc<Place>>, Failure> {
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
        event: &Event<'a>,
        span: saphyr_parser::Span,
        depth: usize,
    ) -> Result<Rc<Place>, Failure> {
        let start = self.offsets.span(span);
        if depth > MAX_DEPTH {
            return Err(Failure::TooDeep(start));
        }
        let (anchor, content, end) = match event {
            Event::Alias(anchor) => return Ok(self.aliased(*anchor, start)),
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
        let place = Rc::new(Place {
            span: Span {
                end: end.end.max(start.start),
                ..start
            },
            content,
        });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&place));
        }
        Ok(place)
    }

    /// What an alias stands for is shown where it was anchored.
    fn aliased(&self, anchor: usize, span: Span) -> Rc<Place> {
        self.anchors.get(&anchor).map_or_else(
            || {
                Rc::new(Place {
                    span,
                    content: Content::Scalar,
                })
            },
            Rc::clone,
        )
    }

    fn sequence(&mut self, depth: usize) -> Result<(Vec<Rc<Place>>, Span), Failure> {
        let mut elements = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok((elements, self.offsets.span(span)));
            }
            elements.push(self.value(&event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Vec<Entry>, Span), Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Span> = HashMap::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok((entries, self.offsets.span(span)));
            }
            let key = match &event {
                Event::Scalar(text, ..) => text.to_string(),
                _ => String::new(),
            };
            let key_span = self.value(&event, span, depth + 1)?.span;
            let (event, span) = self.next()?;
            let value = self.value(&event, span, depth + 1)?;
            if let Some(first) = seen.get(&key) {
                self.diagnostics.push(duplicate_key(&key, *first, key_span));
                continue;
            }
            seen.insert(key.clone(), key_span);
            entries.push(Entry {
                key,
                key_span,
                value,
            });
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
            ),
        }
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
