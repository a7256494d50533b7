// SPDX-License-Identifier: MIT OR Apache-2.0

//! A YAML document as a tree: every value with its text, its style and its
//! place, and a mark of what became of it.
//!
//! The marks are the rule against silence. Code that uses a value marks it, and
//! [`Tree::unread`] lists every key that was written and that is unused.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};
use crate::suggestion::{Applicability, Edit, Suggestion, unquoted};

/// Mappings in mappings that no register map comes near.
const MAX_DEPTH: usize = 64;

/// Values that aliases may represent in all. Ten aliases of ten aliases are a
/// hundred values, and a reader gets them all.
const MAX_COPIES: usize = 1 << 20;

/// A document, in a few lists: a large map has millions of values.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    text: &'t str,
    values: Vec<Value<'t>>,
    elements: Vec<Id>,
    entries: Vec<Entry>,
    root: Id,
}

/// A value's number among [`Tree::values`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Id(u32);

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
struct Value<'t> {
    span: Span,
    content: Content<'t>,
    mark: Cell<Mark>,
    /// `&name` is written before it.
    anchored: bool,
}

/// What a value contains.
#[derive(Debug, Clone)]
enum Content<'t> {
    /// One text, and its type where it was written without quotes.
    Scalar(Cow<'t, str>, Option<Kind>),
    /// These elements, in order.
    Sequence(Range<Id>),
    /// These entries, in order, only the first of equal keys.
    Mapping(Range<Id>),
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is unused.
    Unread,
    /// It was taken apart; what it contains has marks of its own.
    Opened,
    /// It was used with all that it contains.
    Used,
    /// It was reported with all that it contains.
    Refused,
}

/// One entry of a mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: Id,
    pub(super) value: Id,
}

/// A scalar's type. A number beyond 64 bits, or with zeros before it, is a text of
/// digits here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text,
}

impl<'t> Tree<'t> {
    /// The whole document.
    pub(super) fn root(&self) -> Id {
        self.root
    }

    fn value(&self, id: Id) -> &Value<'t> {
        &self.values[id.index()]
    }

    pub(super) fn span(&self, id: Id) -> Span {
        self.value(id).span
    }

    pub(super) fn mark(&self, id: Id) -> Mark {
        self.value(id).mark.get()
    }

    pub(super) fn set_mark(&self, id: Id, mark: Mark) {
        self.value(id).mark.set(mark);
    }

    /// Whether the value has an anchor.
    pub(super) fn is_anchored(&self, id: Id) -> bool {
        self.value(id).anchored
    }

    /// A scalar's text; for `null` too.
    pub(super) fn scalar(&self, id: Id) -> Option<&str> {
        match &self.value(id).content {
            Content::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether the value is a scalar without quotes.
    pub(super) fn is_plain(&self, id: Id) -> bool {
        matches!(self.value(id).content, Content::Scalar(_, Some(_)))
    }

    /// The type of a scalar.
    pub(super) fn kind(&self, id: Id) -> Option<Kind> {
        match &self.value(id).content {
            Content::Scalar(_, kind) => Some(kind.unwrap_or(Kind::Text)),
            _ => None,
        }
    }

    pub(super) fn is_null(&self, id: Id) -> bool {
        self.kind(id) == Some(Kind::Null)
    }

    /// The elements of a sequence.
    pub(super) fn elements(&self, id: Id) -> Option<&[Id]> {
        match &self.value(id).content {
            Content::Sequence(range) => {
                Some(&self.elements[range.start.index()..range.end.index()])
            }
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub(super) fn entries(&self, id: Id) -> Option<&[Entry]> {
        match &self.value(id).content {
            Content::Mapping(range) => Some(&self.entries[range.start.index()..range.end.index()]),
            _ => None,
        }
    }

    /// A key as it is read: a scalar's text, and what was written for all else.
    pub(super) fn key(&self, entry: &Entry) -> &str {
        let written = || self.text.get(self.span(entry.key).range());
        self.scalar(entry.key).or_else(written).unwrap_or_default()
    }

    /// Whether a key is a string, as every key of a description is.
    pub(super) fn key_is_name(&self, entry: &Entry) -> bool {
        let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
        self.kind(entry.key) == Some(Kind::Text)
            && !(self.is_plain(entry.key) && self.scalar(entry.key).is_some_and(digits))
    }

    /// Some bytes of the text that was read.
    pub(super) fn text(&self, range: Range<usize>) -> Option<&'t str> {
        self.text.get(range)
    }

    /// Another text in place of a scalar; `None` where the scalar is not on its
    /// place as it is read, such as one with escapes.
    pub(super) fn instead(
        &self,
        id: Id,
        text: &str,
        applicability: Applicability,
    ) -> Option<Suggestion> {
        let span = self.span(id);
        let written = unquoted(self.text(span.range())?);
        if written.is_empty() || self.scalar(id) != Some(written) {
            return None;
        }
        Suggestion::new(applicability, vec![Edit::new(span, text)])
    }

    /// The value of a key in quotes, where it is nothing but an anchor.
    pub(super) fn quoted_anchor(&self, key: Id) -> Option<Suggestion> {
        let key = self.span(key);
        let rest = self.text.get(key.range().end..)?;
        let start = rest.len() - rest.strip_prefix(':')?.trim_start_matches(' ').len();
        let value = rest[start..]
            .split(['\n', '\r', ',', '}', '#', ' ', '\t'])
            .next()?;
        let behind = rest[start + value.len()..].trim_start_matches([' ', '\t']);
        let ends = behind.is_empty() || behind.starts_with(['\n', '\r', ',', '}', '#']);
        if !ends || !value.starts_with('&') || value.contains(['"', '\\']) {
            return None;
        }
        let at = key.range().end + start;
        let span = Span::new(key.source, at..at + value.len());
        let quoted = Edit::new(span, format!("\"{value}\""));
        Suggestion::new(Applicability::Sure, vec![quoted])
    }

    /// The keys whose values are unused and unreported.
    pub(super) fn unread(&self) -> Vec<Entry> {
        let mut unread = Vec::new();
        self.collect_unread(self.root, &mut unread);
        unread
    }

    fn collect_unread(&self, id: Id, unread: &mut Vec<Entry>) {
        for &element in self.elements(id).unwrap_or_default() {
            if self.mark(element) == Mark::Opened {
                self.collect_unread(element, unread);
            }
        }
        for entry in self.entries(id).unwrap_or_default() {
            match self.mark(entry.value) {
                Mark::Unread => unread.push(*entry),
                Mark::Opened => self.collect_unread(entry.value, unread),
                Mark::Used | Mark::Refused => {}
            }
        }
    }
}

/// The type of a plain scalar, which `serde_yaml` decides.
fn kind(text: &str) -> Kind {
    // Nothing that begins otherwise is more than a text, and most scalars do.
    let may_be_typed = |first: char| first.is_ascii_digit() || "+-.~nNtTfF".contains(first);
    if text.is_empty() {
        return Kind::Null;
    }
    if !text.starts_with(may_be_typed) {
        return Kind::Text;
    }
    match serde_yaml::from_str(text) {
        Ok(serde_yaml::Value::Null) => Kind::Null,
        Ok(serde_yaml::Value::Bool(value)) => Kind::Bool(value),
        // Of so many digits as a double has no room for.
        Ok(serde_yaml::Value::Number(number)) if number.is_f64() && is_whole(text) => Kind::Text,
        Ok(serde_yaml::Value::Number(number)) => number_kind(&number),
        // A number beyond 64 bits is an error there.
        _ => Kind::Text,
    }
}

/// Digits alone.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.bytes().all(|it| it.is_ascii_digit())
}

fn number_kind(number: &serde_yaml::Number) -> Kind {
    let unsigned = number.as_u64().map(Kind::Unsigned);
    let signed = || number.as_i64().map(Kind::Signed);
    let float = || number.as_f64().map(Kind::Float);
    unsigned
        .or_else(signed)
        .or_else(float)
        .unwrap_or(Kind::Text)
}

/// Reads the only document of a text.
///
/// `None` when the text is not YAML or holds no document; then `diagnostics`
/// says so. Keys that occur twice are reported, and the first one kept.
pub(super) fn read<'t>(
    id: SourceId,
    text: &'t str,
    diagnostics: &mut Diagnostics,
) -> Option<Tree<'t>> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        offsets: Offsets::new(id, text),
        anchors: HashMap::new(),
        size: 0,
        copies: 0,
        deepest: 0,
        ignored: 0,
        tree: Tree {
            text,
            values: Vec::new(),
            elements: Vec::new(),
            entries: Vec::new(),
            root: Id::default(),
        },
        diagnostics,
    };
    match reader.only_document() {
        Ok(Some(root)) => Some(Tree {
            root,
            ..reader.tree
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
    /// An alias within what it represents.
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
    /// How many levels lie below it.
    height: usize,
}

struct Reader<'t, 'd> {
    parser: Parser<'t, StrInput<'t>>,
    offsets: Offsets,
    anchors: HashMap<usize, Anchored>,
    /// Values so far, those that aliases represent included.
    size: usize,
    /// How many of them aliases represent.
    copies: usize,
    /// The deepest level since an anchor was met.
    deepest: usize,
    /// How many `x-` keys are around: what they hold is the author's own.
    ignored: usize,
    tree: Tree<'t>,
    diagnostics: &'d mut Diagnostics,
}

impl<'t> Reader<'t, '_> {
    fn next(&mut self) -> Result<(Event<'t>, saphyr_parser::Span), Failure> {
        Ok(self.parser.next_event().ok_or(Failure::Ended)??)
    }

    fn only_document(&mut self) -> Result<Option<Id>, Failure> {
        let Some(root) = self.document()? else {
            return Ok(None);
        };
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(Some(root)),
                (Event::DocumentStart(_), span) => {
                    let span = self.offsets.span(span);
                    self.diagnostics.push(further_document(span));
                    return Ok(Some(root));
                }
                _ => {}
            }
        }
    }

    fn document(&mut self) -> Result<Option<Id>, Failure> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(None),
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (event, span) => return self.value(event, span, 0).map(Some),
            }
        }
    }

    fn value(
        &mut self,
        event: Event<'t>,
        span: saphyr_parser::Span,
        depth: usize,
    ) -> Result<Id, Failure> {
        let start = self.offsets.span(span);
        if depth > MAX_DEPTH {
            return Err(Failure::TooDeep(start));
        }
        let around = std::mem::replace(&mut self.deepest, depth);
        let before = self.size;
        self.size += 1;
        let (anchor, content, end) = match event {
            Event::Alias(anchor) => {
                let id = self.aliased(anchor, start, depth)?;
                self.deepest = self.deepest.max(around);
                return Ok(id);
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), start);
                let (elements, end) = self.sequence(depth)?;
                (anchor, Content::Sequence(elements), end)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), start);
                let (entries, end) = self.mapping(depth)?;
                (anchor, Content::Mapping(entries), end)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_string = tag.as_deref().is_some_and(is_string);
                if !is_string {
                    self.refuse_tag(tag.as_deref(), start);
                }
                let plain = style == ScalarStyle::Plain && !is_string;
                let kind = plain.then(|| kind(&text));
                (anchor, Content::Scalar(text, kind), start)
            }
            _ => (0, Content::Scalar(Cow::default(), Some(Kind::Null)), start),
        };
        let span = Span {
            end: end.end.max(start.start),
            ..start
        };
        let id = self.add(Value {
            span,
            content,
            mark: Cell::new(Mark::Unread),
            anchored: anchor > 0,
        });
        if anchor > 0 {
            let size = self.size - before;
            let height = self.deepest - depth;
            self.anchors.insert(anchor, Anchored { id, size, height });
        }
        self.deepest = self.deepest.max(around);
        Ok(id)
    }

    fn add(&mut self, value: Value<'t>) -> Id {
        let id = Id::next(&self.tree.values);
        self.tree.values.push(value);
        id
    }

    /// A copy of what an alias represents, with marks of its own. It is shown
    /// where it was anchored.
    fn aliased(&mut self, anchor: usize, span: Span, depth: usize) -> Result<Id, Failure> {
        let Some(anchored) = self.anchors.get(&anchor).copied() else {
            return Err(Failure::Endless(span));
        };
        if depth + anchored.height > MAX_DEPTH {
            return Err(Failure::TooDeep(span));
        }
        self.deepest = depth + anchored.height;
        self.copies = self.copies.saturating_add(anchored.size);
        self.size = self.size.saturating_add(anchored.size);
        if self.copies > MAX_COPIES {
            return Err(Failure::TooManyCopies(span));
        }
        Ok(self.copied(anchored.id))
    }

    fn copied(&mut self, id: Id) -> Id {
        let value = self.tree.value(id).clone();
        let content = match value.content {
            Content::Scalar(..) => value.content,
            Content::Sequence(range) => {
                let elements = self.tree.elements[range.start.index()..range.end.index()].to_vec();
                let copies = elements.into_iter().map(|it| self.copied(it)).collect();
                Content::Sequence(append(&mut self.tree.elements, copies))
            }
            Content::Mapping(range) => {
                let entries = self.tree.entries[range.start.index()..range.end.index()].to_vec();
                let copies = entries.into_iter().map(|entry| Entry {
                    key: entry.key,
                    value: self.copied(entry.value),
                });
                let copies = copies.collect();
                Content::Mapping(append(&mut self.tree.entries, copies))
            }
        };
        self.add(Value {
            content,
            anchored: false,
            ..value
        })
    }

    fn sequence(&mut self, depth: usize) -> Result<(Range<Id>, Span), Failure> {
        let mut elements = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let range = append(&mut self.tree.elements, elements);
                return Ok((range, self.offsets.span(span)));
            }
            elements.push(self.value(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Range<Id>, Span), Failure> {
        let mut entries = Distinct::default();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let range = append(&mut self.tree.entries, entries.entries);
                return Ok((range, self.offsets.span(span)));
            }
            let key = self.key(event, span, depth + 1)?;
            let own = self
                .tree
                .scalar(key)
                .is_some_and(|key| key.starts_with("x-"));
            self.ignored += usize::from(own);
            let (event, span) = self.next()?;
            let value = self.value(event, span, depth + 1)?;
            self.ignored -= usize::from(own);
            let entry = Entry { key, value };
            if let Err(first) = entries.add(&self.tree, entry) {
                let first = self.tree.span(first.key);
                let (name, again) = (self.tree.key(&entry), self.tree.span(key));
                self.diagnostics.push(duplicate_key(name, first, again));
            }
        }
    }

    /// A key; an alias of one is where it is written.
    fn key(
        &mut self,
        event: Event<'t>,
        span: saphyr_parser::Span,
        depth: usize,
    ) -> Result<Id, Failure> {
        let is_alias = matches!(event, Event::Alias(_));
        let id = self.value(event, span, depth)?;
        if is_alias {
            self.tree.values[id.index()].span = self.offsets.span(span);
        }
        Ok(id)
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, span: Span) {
        let Some(tag) = tag.filter(|_| self.ignored == 0) else {
            return;
        };
        let tag = if tag.is_yaml_core_schema() {
            format!("!!{}", tag.suffix)
        } else {
            format!("{}{}", tag.handle, tag.suffix)
        };
        self.diagnostics.push(
            Diagnostic::new(
                Code::WrongType,
                span,
                format!("the YAML tag `{tag}` has no meaning in a description"),
                "this value has the tag",
            )
            .help("write the value without the tag"),
        );
    }

    fn explain(&mut self, failure: Failure) -> Diagnostic {
        match failure {
            Failure::Syntax(error) => self.syntax(&error),
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
                "this alias refers to something that it is part of",
                "in what it refers to",
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

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = self.offsets.at(error.marker().index());
        if let Some(tabs) = self.tabs_that_indent(at) {
            return Diagnostic::new(
                Code::Syntax,
                tabs,
                "a tab indents this line; YAML takes spaces only",
                "a tab",
            )
            .help("indent with spaces, two for each level")
            .suggest(self.spaces_for_tabs());
        }
        let diagnostic = Diagnostic::new(
            Code::Syntax,
            at,
            format!("this is not YAML: {}", error.info()),
            "here",
        );
        if let Some((span, word)) = self.word_with_an_index(at) {
            let quoted = format!("\"{word}\"");
            return diagnostic
                .help(format!(
                    "a text that contains `[` goes in quotes: `{quoted}`"
                ))
                .suggest(Suggestion::new(
                    Applicability::Sure,
                    vec![Edit::new(span, quoted)],
                ));
        }
        match error.info() {
            info if info.contains("unknown anchor") => diagnostic
                .help("`*name` refers to a value marked `&name`; a text that begins with `*` goes in quotes"),
            info if info.contains("mapping values are not allowed")
                || info.contains("nested mapping in block") =>
            {
                diagnostic.help("a text that contains `: ` goes in quotes; keys of one mapping have the same indentation")
            }
            _ => diagnostic,
        }
    }

    /// The word of a mapping in braces that has an index at that place: `CH[0].ST`.
    fn word_with_an_index(&self, at: Span) -> Option<(Span, &str)> {
        let text = self.tree.text;
        let (before, behind) = text.split_at_checked(at.range().start)?;
        let is_part = |it: char| it.is_ascii_alphanumeric() || "_.[]".contains(it);
        let start = before.trim_end_matches(is_part).len();
        let is_index = behind.starts_with('[') && start < before.len();
        let len = behind.find(|it| !is_part(it)).unwrap_or(behind.len());
        let span = Span::new(self.offsets.id, start..before.len() + len);
        is_index.then(|| Some((span, text.get(span.range())?)))?
    }

    /// Two spaces for each tab that indents, where tabs alone indent: beside
    /// spaces, it is not known how wide a tab is.
    fn spaces_for_tabs(&self) -> Option<Suggestion> {
        let mut edits = Vec::new();
        let mut start = 0;
        for line in self.tree.text.split_inclusive('\n') {
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            let tabs = line[..indent].bytes().filter(|it| *it == b'\t').count();
            if tabs != indent {
                return None;
            }
            if tabs > 0 {
                let span = Span::new(self.offsets.id, start..start + tabs);
                edits.push(Edit::new(span, "  ".repeat(tabs)));
            }
            start += line.len();
        }
        Suggestion::new(Applicability::Sure, edits)
    }

    /// The tabs that begin the line of that place, or the line after it.
    fn tabs_that_indent(&self, at: Span) -> Option<Span> {
        let text = self.tree.text;
        let place = text.floor_char_boundary(at.range().start.min(text.len()));
        let own = text[..place].rfind('\n').map_or(0, |before| before + 1);
        let next = text[place..].find('\n').map(|after| place + after + 1);
        [Some(own), next].into_iter().flatten().find_map(|start| {
            let line = &text[start..];
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            let first = line[..indent].find('\t')?;
            let last = line[..indent].rfind('\t')?;
            let content = line[indent..].starts_with(|it: char| !it.is_whitespace() && it != '#');
            content.then(|| Span::new(at.source, start + first..start + last + 1))
        })
    }
}

/// Whether a tag says that a scalar is a string.
fn is_string(tag: &Tag) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == "str"
}

/// Moves items to the end of a list, and returns where they are now.
fn append<T>(list: &mut Vec<T>, items: Vec<T>) -> Range<Id> {
    let start = Id::next(list);
    list.extend(items);
    start..Id::next(list)
}

/// Entries of one mapping, each key once.
#[derive(Default)]
struct Distinct {
    entries: Vec<Entry>,
    /// The positions by key, once there are too many to look through.
    by_key: HashMap<String, usize>,
    /// How many entries that covers.
    hashed: usize,
}

impl Distinct {
    /// Mappings of so many keys are looked through faster than hashed.
    const FEW: usize = 16;

    /// Takes an entry in, or gives back the first of its key.
    fn add(&mut self, tree: &Tree<'_>, entry: Entry) -> Result<(), Entry> {
        if let Some(key) = tree.scalar(entry.key)
            && let Some(first) = self.find(tree, key)
        {
            return Err(self.entries[first]);
        }
        self.entries.push(entry);
        if self.entries.len() > Self::FEW {
            for (position, entry) in self.entries.iter().enumerate().skip(self.hashed) {
                if let Some(key) = tree.scalar(entry.key) {
                    self.by_key.insert(key.to_owned(), position);
                }
            }
            self.hashed = self.entries.len();
        }
        Ok(())
    }

    fn find(&self, tree: &Tree<'_>, key: &str) -> Option<usize> {
        if self.hashed > 0 {
            return self.by_key.get(key).copied();
        }
        let mut entries = self.entries.iter();
        entries.position(|entry| tree.scalar(entry.key) == Some(key))
    }
}

fn duplicate_key(key: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateKey,
        second,
        format!("`{key}` occurs twice in one mapping"),
        "again here",
    )
    .related(first, "first here")
    .help("give one of them another name, or remove it")
}

fn further_document(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::Syntax,
        span,
        "a description is one YAML document, and another begins here",
        "this one is not read",
    )
    .help("move it to a file of its own, or remove the line `---` or `...` before it")
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

    /// Aliases may not nest deeper together than values may by themselves.
    #[test]
    fn aliases_are_limited_by_how_deep_they_come() {
        let nested = |inner: &str, levels: usize| {
            format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
        };
        let two = |levels: usize| {
            let (first, second) = (nested("0", levels), nested("*a ", levels));
            format!("x: &a {first}\ny: {second}\n")
        };
        assert_eq!(codes(&two(31)), []);
        assert_eq!(codes(&two(32)), [Code::TooLarge]);
    }

    #[test]
    fn a_key_occurs_once_however_many_there_are() {
        let keys: String = (0..100).map(|key| format!("k{key}: 0\n")).collect();
        assert_eq!(codes(&keys), []);
        for again in ["k3", "k15", "k16", "k17", "k99"] {
            assert_eq!(codes(&format!("{keys}{again}: 1\n")), [Code::DuplicateKey]);
        }
    }

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let text = "plain: 1\n'quoted': 2\n\"es\\x63aped\": 3\n? complex\n: 4\n";
        let id = Sources::default().add("test", text);
        let tree = read(id, text, &mut Diagnostics::default()).unwrap();
        let entries = tree.entries(tree.root()).unwrap();
        let found: Vec<_> = entries
            .iter()
            .map(|entry| (tree.key(entry), &text[tree.span(entry.value).range()]))
            .collect();
        let expected = [
            ("plain", "1"),
            ("quoted", "2"),
            ("escaped", "3"),
            ("complex", "4"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_plain_scalar_has_the_type_of_the_core_schema() {
        for (text, expected) in [
            ("", Kind::Null),
            ("~", Kind::Null),
            ("true", Kind::Bool(true)),
            ("yes", Kind::Text),
            ("0", Kind::Unsigned(0)),
            ("007", Kind::Text),
            ("0x1F", Kind::Unsigned(31)),
            ("+5", Kind::Unsigned(5)),
            ("-5", Kind::Signed(-5)),
            ("2.1", Kind::Float(2.1)),
            ("1e3", Kind::Float(1000.0)),
            ("2.1.0", Kind::Text),
            ("7:4", Kind::Text),
            ("3-0", Kind::Text),
            ("8K", Kind::Text),
            ("1_000", Kind::Text),
            ("99999999999999999999", Kind::Text),
            ("-", Kind::Text),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }
}
