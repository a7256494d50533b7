// SPDX-License-Identifier: MIT OR Apache-2.0

//! A value with its name, and typed reading of one mapping at a time, so that
//! one mistake does not hide the next.
//!
//! A node marks what was asked of it: a key is used when its value is taken by
//! [`Node::spanned`], [`Node::scalar`] or one of the ways into what it contains.
//! Looking whether a key is there is no use of it.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::scalar::parse_number;
use super::tree::{Entry, Id, Kind, Mark, Tree};
use super::typed::{Error, Typed};
use super::words;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};
use crate::suggestion::{Applicability, Suggestion};

/// A value, its place, and what it is called.
#[derive(Clone)]
pub(super) struct Node<'a> {
    /// The key it is under, or what it is.
    pub(super) name: Spanned<String>,
    tree: &'a Tree<'a>,
    id: Id,
    /// The key of its entry, where it has one.
    key: Option<Id>,
    span: Span,
    /// Entries that were written beside its key and belong below it.
    below: Vec<Entry>,
    corrections: Corrections,
}

/// What keys were taken for, once they were reported: so that one mistake is
/// reported once, and not again by what it leaves out.
type Corrections = RefCell<Option<Box<Vec<Correction>>>>;

#[derive(Debug, Clone)]
struct Correction {
    /// The key that was meant.
    meant: &'static str,
    /// The entry as it was written.
    entry: Entry,
    /// What belongs below it.
    below: Vec<Entry>,
}

impl<'a> Node<'a> {
    pub(super) fn root(tree: &'a Tree<'a>) -> Self {
        let id = tree.root();
        let span = tree.span(id);
        let start = Span {
            end: span.start,
            ..span
        };
        Node {
            name: Spanned::new("the description".to_owned(), start),
            tree,
            id,
            key: None,
            span: start,
            below: Vec::new(),
            corrections: Corrections::default(),
        }
    }

    /// Where the value is; for a mapping, where its name does.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    pub(super) fn is_mapping(&self) -> bool {
        self.tree.entries(self.id).is_some() || !self.below.is_empty()
    }

    pub(super) fn is_sequence(&self) -> bool {
        self.tree.elements(self.id).is_some()
    }

    pub(super) fn is_null(&self) -> bool {
        self.kind() == Some(Kind::Null) && self.below.is_empty()
    }

    /// The type of a scalar; `None` for what is none.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.tree.kind(self.id)
    }

    /// Whether the value is a scalar in quotes, or a block of text.
    pub(super) fn is_quoted(&self) -> bool {
        self.kind().is_some() && !self.tree.is_plain(self.id)
    }

    /// Whether the value has a YAML anchor, `&name`.
    pub(super) fn is_anchored(&self) -> bool {
        self.tree.is_anchored(self.id)
    }

    /// A scalar's text, as it was written; none for `null`.
    pub(super) fn text(&self) -> Option<&'a str> {
        let text = self.tree.scalar(self.id);
        text.filter(|_| !self.tree.is_null(self.id))
    }

    /// Marks the value as used, with all that it contains.
    pub(super) fn mark_used(&self) {
        self.tree.set_mark(self.id, Mark::Used);
    }

    /// Marks the value as reported, with all that it contains.
    pub(super) fn mark_refused(&self) {
        self.tree.set_mark(self.id, Mark::Refused);
        for entry in &self.below {
            self.tree.set_mark(entry.value, Mark::Refused);
        }
    }

    fn mark_opened(&self) {
        self.tree.set_mark(self.id, Mark::Opened);
    }

    /// The key in quotes, which makes it a name, where YAML takes it for a boolean.
    pub(super) fn quoted_key(&self) -> Option<Suggestion> {
        let key = self.key?;
        let is_bool = matches!(self.tree.kind(key), Some(Kind::Bool(_)));
        let text = self.tree.scalar(key).filter(|_| is_bool)?;
        let quoted = format!("\"{text}\"");
        self.tree.instead(key, &quoted, Applicability::Sure)
    }

    /// What the value was meant to be, as its type says.
    pub(super) fn meant(&self, error: &Error) -> Option<Suggestion> {
        self.meant_at(self.id, error)
    }

    fn meant_at(&self, id: Id, error: &Error) -> Option<Suggestion> {
        let meant = error.meant.as_ref()?;
        self.tree.instead(id, &meant.text, meant.applicability)
    }

    /// Another text in place of the scalar, which may be what was meant.
    pub(super) fn perhaps(&self, text: &str) -> Option<Suggestion> {
        self.tree.instead(self.id, text, Applicability::Maybe)
    }

    /// The text of the description between two places.
    pub(super) fn text_between(&self, start: Span, end: Span) -> Option<&'a str> {
        self.tree.text(start.end as usize..end.start as usize)
    }

    /// The type of its key, where that is no name: a name is a YAML string.
    pub(super) fn wrong_key(&self) -> Option<WrongKey> {
        let entry = Entry {
            key: self.key?,
            value: self.id,
        };
        wrong_key(self.tree, &entry)
    }

    /// Whether that key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The entry of that key, if it is there and was not refused.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let correction = self.correction(key);
        let below = correction.map_or_else(Vec::new, |it| it.below);
        let entry = self.entry(key)?;
        let node = self.child(entry, below);
        (self.tree.mark(entry.value) != Mark::Refused).then_some(node)
    }

    fn correction(&self, key: &str) -> Option<Correction> {
        let corrections = self.corrections.borrow();
        let mut all = corrections.iter().flat_map(|all| all.iter());
        all.find(|it| it.meant == key).cloned()
    }

    fn entry(&self, key: &str) -> Option<Entry> {
        let corrected = self.correction(key).map(|it| it.entry);
        corrected.or_else(|| {
            let mut own = self.own();
            own.find(|it| self.tree.scalar(it.key) == Some(key))
        })
    }

    /// The entries of a mapping.
    fn own(&self) -> impl Iterator<Item = Entry> {
        let entries = self.tree.entries(self.id).unwrap_or_default();
        entries.iter().chain(&self.below).copied()
    }

    /// The value of a key that was read before, at its place.
    pub(super) fn spanned<T>(&self, key: &str, value: Option<T>) -> Option<Spanned<T>> {
        let value = value?;
        if let Some(node) = self.get(key) {
            node.mark_used();
        }
        Some(Spanned::new(value, self.span_of(key)))
    }

    /// Where the value of that key is; the mapping's name when it has none.
    pub(super) fn span_of(&self, key: &str) -> Span {
        let entry = self.entry(key);
        entry.map_or(self.name.span, |entry| self.child_span(entry, &[]))
    }

    /// Where that key is; the mapping's name when it is not there.
    pub(super) fn span_of_key(&self, key: &str) -> Span {
        let entry = self.entry(key);
        entry.map_or(self.name.span, |entry| self.tree.span(entry.key))
    }

    /// The keys of a mapping.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        let tree = self.tree;
        self.own().filter_map(|entry| tree.scalar(entry.key))
    }

    /// The entries of a mapping, in the order written.
    pub(super) fn entries(&self) -> Vec<Node<'a>> {
        self.mark_opened();
        self.peek()
    }

    /// The entries of a mapping, only to look at them.
    pub(super) fn peek(&self) -> Vec<Node<'a>> {
        let entries = self.own();
        entries.map(|entry| self.child(entry, Vec::new())).collect()
    }

    /// Takes entries to be what belongs below this one.
    pub(super) fn with_below(self, nodes: &[Node<'a>]) -> Node<'a> {
        let entry = |node: &Node<'a>| {
            Some(Entry {
                key: node.key?,
                value: node.id,
            })
        };
        Node {
            below: nodes.iter().filter_map(entry).collect(),
            span: self.name.span,
            ..self
        }
    }

    /// The elements of a sequence, or the value itself as the only one.
    pub(super) fn elements(&self) -> Vec<Node<'a>> {
        let Some(elements) = self.tree.elements(self.id) else {
            return vec![self.clone()];
        };
        self.mark_opened();
        elements
            .iter()
            .map(|&id| Node {
                name: self.name.clone(),
                tree: self.tree,
                id,
                key: None,
                span: self.tree.span(id),
                below: Vec::new(),
                corrections: Corrections::default(),
            })
            .collect()
    }

    /// The value under the name that one of its keys gives: `{name: A, …}`.
    pub(super) fn named_by(self, key: &str) -> Option<Node<'a>> {
        let name = self.get(key)?;
        let text = name.text()?.to_owned();
        name.mark_used();
        Some(Node {
            name: Spanned::new(text, name.span),
            span: name.span,
            ..self
        })
    }

    fn child(&self, entry: Entry, below: Vec<Entry>) -> Node<'a> {
        let key = self.tree.key(&entry).to_owned();
        Node {
            name: Spanned::new(key, self.tree.span(entry.key)),
            tree: self.tree,
            id: entry.value,
            key: Some(entry.key),
            span: self.child_span(entry, &below),
            below,
            corrections: Corrections::default(),
        }
    }

    /// Where an entry's value is; for a mapping and for what has no text,
    /// where its key does.
    fn child_span(&self, entry: Entry, below: &[Entry]) -> Span {
        let is_mapping = self.tree.entries(entry.value).is_some() || !below.is_empty();
        let at_key = is_mapping || self.tree.is_null(entry.value);
        self.tree.span(if at_key { entry.key } else { entry.value })
    }

    /// The scalar as a `T`; else what is wrong with it.
    pub(super) fn scalar<T>(&self) -> Result<T, Error>
    where
        T: for<'de> Deserialize<'de>,
    {
        let value = T::deserialize(Typed::new(self.tree, self.id))?;
        self.mark_used();
        Ok(value)
    }

    /// The mapping as a `T`; every key that is wrong is reported and then read
    /// as if it were not there. `None` when it is no mapping at all.
    pub(super) fn read<T>(&self, diagnostics: &mut Diagnostics) -> Option<Read<T>>
    where
        T: for<'de> Deserialize<'de>,
    {
        let (mut sound, mut complete) = self.known_entries(fields_of::<T>(), diagnostics)?;
        loop {
            let current = Cell::new(None);
            let result = T::deserialize(Entries {
                tree: self.tree,
                entries: &sound,
                next: 0,
                current: &current,
            });
            match (result, current.take()) {
                (Ok(value), _) => return Some(Read { value, complete }),
                (Err(error), Some(index)) => {
                    let (key, id) = sound.remove(index);
                    self.tree.set_mark(id, Mark::Refused);
                    complete = false;
                    let suggestion = self.meant_at(error.at.unwrap_or(id), &error);
                    if self.is_foreign(key) {
                        diagnostics.add_to_suggestion(self.span_of_key(key), suggestion);
                    } else {
                        let at = error.at.map(|at| self.tree.span(at));
                        let at = at.unwrap_or(self.span_of(key));
                        diagnostics.push(wrong_type(key, at, error).suggest(suggestion));
                    }
                }
                (Err(error), None) => {
                    self.mark_refused();
                    diagnostics.push(wrong_type(&self.name, self.span, error));
                    return None;
                }
            }
        }
    }

    /// Whether the key was written in another tool's word, and so reported.
    fn is_foreign(&self, key: &str) -> bool {
        let written = self.correction(key).map(|it| it.entry);
        written.is_some_and(|entry| words::is_foreign(self.tree.key(&entry), key))
    }

    /// The entries that a mapping with these keys has, and whether each has a
    /// value; reports the others.
    fn known_entries(
        &self,
        known: &'static [&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<(Vec<(&'static str, Id)>, bool)> {
        if !self.is_mapping() && !self.is_null() {
            self.mark_refused();
            diagnostics.push(no_mapping(self, known));
            return None;
        }
        self.mark_opened();
        let own: Vec<Entry> = self.own().collect();
        let mut rest = own.as_slice();
        let mut entries = Vec::new();
        let mut complete = true;
        while let Some((entry, after)) = rest.split_first() {
            rest = after;
            // What was reported or used before is accounted for.
            if matches!(self.tree.mark(entry.value), Mark::Used | Mark::Refused) {
                continue;
            }
            let key = self.tree.key(entry);
            if let Some(known_key) = known.iter().copied().find(|known| *known == key) {
                let below = self.below_by_mistake(known_key, *entry, rest, known);
                rest = &rest[below..];
                match self.has_content(known_key, *entry, diagnostics) {
                    true => entries.push((known_key, entry.value)),
                    false => complete = false,
                }
            } else if key.starts_with("x-") {
                self.tree.set_mark(entry.value, Mark::Used);
            } else {
                let meant = self.report_unknown(*entry, known, diagnostics);
                match meant {
                    Some(meant) if self.has_content(meant, *entry, diagnostics) => {
                        entries.push((meant, entry.value));
                    }
                    Some(_) => complete = false,
                    None => self.tree.set_mark(entry.value, Mark::Refused),
                }
            }
        }
        Some((entries, complete))
    }

    /// Reports a key that is none of those known here, and finds the one that
    /// was meant.
    fn report_unknown(
        &self,
        entry: Entry,
        known: &'static [&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<&'static str> {
        let key = self.tree.key(&entry);
        let span = self.tree.span(entry.key);
        if let Some(wrong) = wrong_key(self.tree, &entry) {
            diagnostics.push(wrong.diagnostic(Code::UnknownKey, key, span, known));
            return None;
        }
        let meant = words::meant(key, known);
        let value = self.tree.scalar(entry.value);
        let fits = |meant| words::fits(key, meant, value.and_then(parse_number));
        let shown = value.filter(|_| meant.is_some_and(fits));
        // Reading goes on with this key.
        let taken = meant.filter(|meant| !self.has(meant) && fits(meant));
        let suggestion =
            taken.and_then(|taken| self.tree.instead(entry.key, taken, Applicability::Sure));
        diagnostics.push(unknown_key(key, span, known, meant, shown).suggest(suggestion));
        let meant = taken?;
        self.correct(meant, entry, Vec::new());
        Some(meant)
    }

    fn correct(&self, meant: &'static str, entry: Entry, below: Vec<Entry>) {
        let mut corrections = self.corrections.borrow_mut();
        corrections.get_or_insert_default().push(Correction {
            meant,
            entry,
            below,
        });
    }

    /// How many of the following entries belong below a key that has nothing:
    /// they are as far indented as the key, and no keys of this mapping.
    fn below_by_mistake(
        &self,
        key: &'static str,
        entry: Entry,
        rest: &[Entry],
        known: &[&str],
    ) -> usize {
        if !self.tree.is_null(entry.value) || !HOLDS_NAMES.contains(&key) {
            return 0;
        }
        let foreign = |entry: &&Entry| {
            let key = self.tree.key(entry);
            !known.contains(&key) && !key.starts_with("x-")
        };
        let below: Vec<Entry> = rest.iter().take_while(foreign).copied().collect();
        let count = below.len();
        if count > 0 {
            self.correct(key, entry, below);
        }
        count
    }

    /// Whether a key has something; reports it where it has nothing, or nothing
    /// that is indented.
    fn has_content(&self, key: &'static str, entry: Entry, diagnostics: &mut Diagnostics) -> bool {
        let correction = self.correction(key);
        if let Some(first) = correction.as_ref().and_then(|it| it.below.first()) {
            let first = self.tree.span(first.key);
            diagnostics.push(not_indented(key, self.tree.span(entry.key), first));
            return true;
        }
        let (code, nothing) = if self.tree.is_null(entry.value) {
            (Code::MissingKey, "has no value")
        } else if self.is_empty(entry.value) && key != "registers" {
            (Code::BadValue, "is empty")
        } else {
            return true;
        };
        let node = self.child(entry, Vec::new());
        node.mark_refused();
        diagnostics.push(no_content(code, &node, nothing));
        false
    }

    /// Whether a value is a mapping without entries or a list without elements.
    fn is_empty(&self, id: Id) -> bool {
        let is_empty = self.tree.entries(id).map(<[Entry]>::is_empty);
        is_empty.or_else(|| self.tree.elements(id).map(<[Id]>::is_empty)) == Some(true)
    }

    /// Keys that were written and that nothing used.
    pub(super) fn unread(&self) -> Vec<Spanned<String>> {
        let unread = self.own().filter(|entry| {
            let own = self.tree.key(entry).starts_with("x-");
            !own && self.tree.mark(entry.value) == Mark::Unread
        });
        let mark = |entry: Entry| {
            self.tree.set_mark(entry.value, Mark::Refused);
            let key = self.tree.key(&entry).to_owned();
            Spanned::new(key, self.tree.span(entry.key))
        };
        unread.map(mark).collect()
    }
}

/// Keys whose entries have names of the author's: what is beside such a key
/// and means nothing there was meant to be below it.
const HOLDS_NAMES: &[&str] = &[
    "registers",
    "fields",
    "enums",
    "enum",
    "write-enum",
    "instances",
    "interrupts",
    "events",
    "windows",
    "properties",
    "device-tree",
    "identity",
    "bus",
    "memory",
    "magic",
    "parent",
    "fpga-region",
    "write-constraint",
];

/// A mapping that was read, and whether all of it could be.
pub(super) struct Read<T> {
    pub(super) value: T,
    /// No key had to be passed over for its value.
    pub(super) complete: bool,
}

/// What a key is that is no string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrongKey {
    Null,
    Bool,
    Number,
    Collection,
}

fn wrong_key(tree: &Tree<'_>, entry: &Entry) -> Option<WrongKey> {
    if tree.key_is_name(entry) {
        return None;
    }
    Some(match tree.kind(entry.key) {
        None => WrongKey::Collection,
        Some(Kind::Null) => WrongKey::Null,
        Some(Kind::Bool(_)) => WrongKey::Bool,
        Some(_) => WrongKey::Number,
    })
}

impl WrongKey {
    /// What YAML takes the key for.
    fn what(self) -> &'static str {
        match self {
            WrongKey::Null => "nothing",
            WrongKey::Bool => "a boolean",
            WrongKey::Number => "a number",
            WrongKey::Collection => "a list or mapping",
        }
    }

    /// Where names are expected, no key is one of `known`.
    pub(super) fn diagnostic(
        self,
        code: Code,
        key: &str,
        span: Span,
        known: &[&str],
    ) -> Diagnostic {
        let help = match self {
            _ if !known.is_empty() => format!("known here: {}", listed(known)),
            WrongKey::Bool => format!("put it in quotes to make it a name: `\"{key}\"`"),
            WrongKey::Number => {
                format!(
                    "write a name that begins with a letter, such as `N{}`",
                    letters(key)
                )
            }
            WrongKey::Null | WrongKey::Collection => {
                "write a name of letters, digits and underscores, a letter first".to_owned()
            }
        };
        let shown = if key.is_empty() {
            "this key"
        } else {
            &format!("the key `{}`", one_line(key))
        };
        Diagnostic::new(
            code,
            span,
            format!("{shown} is not a name: YAML reads it as {}", self.what()),
            "not a string",
        )
        .help(help)
    }
}

/// What of a text can be part of a name.
fn letters(text: &str) -> String {
    let part = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    text.chars().map(part).collect()
}

/// The beginning of a text that may be long and have several lines.
fn one_line(text: &str) -> String {
    const SHOWN: usize = 40;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    let begin: String = line.chars().take(SHOWN).collect();
    format!("{begin}…")
}

fn unknown_key(
    key: &str,
    span: Span,
    known: &[&str],
    meant: Option<&str>,
    value: Option<&str>,
) -> Diagnostic {
    let help = match meant {
        Some(meant) if words::is_foreign(key, meant) => words::help(key, meant, value),
        Some(near) => format!("did you mean `{near}`?"),
        None if key == "<<" => "YAML 1.2 merges nothing: write the keys out".to_owned(),
        None => format!("known here: {}", listed(known)),
    };
    Diagnostic::new(
        Code::UnknownKey,
        span,
        format!("unknown key `{key}`"),
        "not a key of this mapping",
    )
    .help(help)
}

fn no_mapping(node: &Node<'_>, known: &[&str]) -> Diagnostic {
    Diagnostic::new(
        Code::WrongType,
        node.span,
        format!("`{}` takes a mapping of keys to values", node.name.value),
        "this is not a mapping",
    )
    .help(format!("its keys are {}", listed(known)))
}

pub(super) fn not_indented(key: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(
        Code::WrongType,
        span,
        format!("nothing is indented below `{key}:`"),
        "has no entries",
    )
    .related(first, "indent this and what follows")
    .help(format!(
        "indent what belongs below `{key}:` by two more spaces"
    ))
}

fn no_content(code: Code, node: &Node<'_>, nothing: &str) -> Diagnostic {
    let key = &node.name.value;
    let diagnostic = Diagnostic::new(code, node.name.span, format!("`{key}` {nothing}"), "here");
    if node.is_anchored() {
        let quoted = node.key.and_then(|key| node.tree.quoted_anchor(key));
        diagnostic
            .help(format!(
                "`&` begins a YAML anchor; put the value in quotes: `{key}: \"&…\"`"
            ))
            .suggest(quoted)
    } else {
        diagnostic.help(format!("remove `{key}`, or give it a value"))
    }
}

fn wrong_type(key: &str, span: Span, error: Error) -> Diagnostic {
    let (reason, help) = explained(error);
    Diagnostic::new(
        Code::WrongType,
        span,
        format!("the value of `{key}` cannot be used: {reason}"),
        "here",
    )
    .help(help)
}

/// What is wrong, and what to do: as the type says it, else made of what serde
/// says that it expected.
pub(super) fn explained(error: Error) -> (String, String) {
    match error.help {
        Some(help) => (error.reason, help),
        None => {
            let (reason, help) = plain(&error.reason);
            (reason.to_owned(), help)
        }
    }
}

/// serde's words in plain ones.
fn plain(reason: &str) -> (&str, String) {
    for (serde, words) in [
        ("invalid type: unit value, ", "it is nothing"),
        ("invalid type: sequence, ", "it is a list"),
        ("invalid type: map, ", "it is a mapping"),
    ] {
        if let Some(expected) = reason.strip_prefix(serde) {
            return (words, plain(expected).1);
        }
    }
    if let Some((found, expected)) = found_instead(reason) {
        return (found, plain(expected).1);
    }
    match reason.split_once("expected ") {
        Some(("", "a boolean")) => ("it has another form", "write true or false".to_owned()),
        Some(("", expected)) => ("it has another form", format!("write {expected}")),
        Some((reason, expected)) => (reason.trim_end_matches(", "), format!("write {expected}")),
        None => (
            reason,
            "leave the key out, or look it up in the schema".to_owned(),
        ),
    }
}

/// What a scalar is that is of another type than is expected, and what is.
fn found_instead(reason: &str) -> Option<(&str, &str)> {
    let of_a_type = reason.strip_prefix("invalid type: ");
    let rest = of_a_type.or_else(|| reason.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let plain = match found.split_once(' ')?.0 {
        "string" if of_a_type.is_some() => "it is a text",
        "string" => "it has another form",
        "boolean" => "it is true or false",
        "integer" => "it is a whole number",
        "floating" => "it is a number that is not whole",
        _ => return None,
    };
    let start = rest.len() - expected.len() - "expected ".len();
    Some((plain, rest.get(start..)?))
}

/// Names in a row, for a help text.
pub(super) fn listed(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The keys of a struct as its `Deserialize` names them, so that no list of
/// them can fall behind.
pub(super) fn fields_of<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let captured = Cell::new(&[][..]);
    // Ends in an error by design: the fields are known before any is asked for.
    let _ = T::deserialize(CaptureFields(&captured));
    captured.get()
}

/// The end of a deserialization that was only to list its fields.
#[derive(Debug)]
struct Captured;

impl fmt::Display for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields are known")
    }
}

impl std::error::Error for Captured {}

impl serde::de::Error for Captured {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Captured
    }
}

struct CaptureFields<'a>(&'a Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for CaptureFields<'_> {
    type Error = Captured;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Captured::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.set(fields);
        Err(Captured::custom("fields captured"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

/// Deserializes a struct from entries and remembers the one it is at.
struct Entries<'a> {
    tree: &'a Tree<'a>,
    entries: &'a [(&'static str, Id)],
    next: usize,
    current: &'a Cell<Option<usize>>,
}

impl<'de> Deserializer<'de> for Entries<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        let Some((key, _)) = self.entries.get(self.next) else {
            self.current.set(None);
            return Ok(None);
        };
        self.current.set(Some(self.next));
        self.next += 1;
        let key: serde::de::value::StrDeserializer<'_, Self::Error> =
            serde::de::IntoDeserializer::into_deserializer(*key);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Self::Error> {
        let read = self.next.checked_sub(1);
        let Some((_, id)) = read.and_then(|index| self.entries.get(index)) else {
            return Err(Error::custom("a value without a key"));
        };
        seed.deserialize(Typed::new(self.tree, *id))
    }
}
