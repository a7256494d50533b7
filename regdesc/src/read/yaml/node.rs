// SPDX-License-Identifier: MIT OR Apache-2.0

//! A value beside its place, and typed reading of one mapping at a time, so
//! that one mistake does not hide the next.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_yaml::{Mapping, Value};

use super::positions::{Entry, Place, Places};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::read::nearest;
use crate::source::{Span, Spanned};

static NULL: Value = Value::Null;

/// A value, its place, and what it is called.
#[derive(Clone)]
pub(super) struct Node<'a> {
    /// The key it stands under, or what it is.
    pub(super) name: Spanned<String>,
    /// What was written.
    pub(super) value: &'a Value,
    place: Option<Place<'a>>,
    span: Span,
    misspelt: Misspelt<'a>,
}

/// Keys by which keys they were taken for, once they were reported: so that a
/// slip of the finger is told once, and not again by what it leaves out.
type Misspelt<'a> = RefCell<Option<Box<Vec<(&'static str, &'a str)>>>>;

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value, places: &'a Places<'a>) -> Self {
        let place = places.root();
        let span = place.span();
        let start = Span {
            end: span.start,
            ..span
        };
        Node {
            name: Spanned::new("the description".to_owned(), start),
            value,
            span: start,
            place: Some(place),
            misspelt: Misspelt::default(),
        }
    }

    /// Where the value stands; for a mapping, where its name does.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// The entry of that key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let key = self.as_written(key);
        let value = self.value.get(key)?;
        Some(self.child(key, value, self.entry(key)))
    }

    /// The key as the author spelt it.
    fn as_written<'k>(&self, key: &'k str) -> &'k str
    where
        'a: 'k,
    {
        let misspelt = self.misspelt.borrow();
        let mut all = misspelt.iter().flat_map(|all| all.iter());
        all.find(|(meant, _)| *meant == key)
            .map_or(key, |(_, written)| written)
    }

    /// The value of a key that was read before, at its place.
    pub(super) fn spanned<T>(&self, key: &str, value: Option<T>) -> Option<Spanned<T>> {
        let value = value?;
        Some(Spanned::new(value, self.span_of(key)))
    }

    /// Where the value of that key stands; the mapping's name when it has none.
    pub(super) fn span_of(&self, key: &str) -> Span {
        let key = self.as_written(key);
        self.value.get(key).map_or(self.name.span, |value| {
            self.child_span(value, self.entry(key))
        })
    }

    /// The keys of a mapping that are names.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        let mapping = self.value.as_mapping();
        mapping
            .into_iter()
            .flat_map(Mapping::keys)
            .filter_map(Value::as_str)
    }

    /// The entries of a mapping, in the order written.
    pub(super) fn entries(&self) -> Vec<Node<'a>> {
        let Value::Mapping(mapping) = self.value else {
            return Vec::new();
        };
        let mut places = InStep::new(self.place);
        mapping
            .iter()
            .filter_map(|(key, value)| {
                let key = key.as_str()?;
                Some(self.child(key, value, places.entry(key)))
            })
            .collect()
    }

    /// The elements of a sequence, or the value itself as the only one.
    pub(super) fn elements(&self) -> Vec<Node<'a>> {
        let Value::Sequence(values) = self.value else {
            return vec![self.clone()];
        };
        values
            .iter()
            .enumerate()
            .map(|(position, value)| {
                let place = self.place.and_then(|place| place.element(position));
                Node {
                    name: self.name.clone(),
                    value,
                    span: place.map_or(self.span, Place::span),
                    place,
                    misspelt: Misspelt::default(),
                }
            })
            .collect()
    }

    /// Where the entry of that key stands.
    fn entry(&self, key: &str) -> Option<&'a Entry<'a>> {
        self.place?.entry(key)
    }

    fn child(&self, key: &str, value: &'a Value, entry: Option<&'a Entry<'a>>) -> Node<'a> {
        let key_span = entry.map_or(self.span, |entry| entry.key_span);
        Node {
            name: Spanned::new(key.to_owned(), key_span),
            value,
            place: self.place_of(entry),
            span: self.child_span(value, entry),
            misspelt: Misspelt::default(),
        }
    }

    /// Where an entry's value stands; for a mapping, where its key does.
    fn child_span(&self, value: &Value, entry: Option<&'a Entry<'a>>) -> Span {
        let key_span = entry.map_or(self.span, |entry| entry.key_span);
        match self.place_of(entry) {
            Some(place) if !value.is_mapping() => place.span(),
            _ => key_span,
        }
    }

    fn place_of(&self, entry: Option<&'a Entry<'a>>) -> Option<Place<'a>> {
        Some(self.place?.of(entry?))
    }

    /// The mapping as a `T`; every key that is wrong is reported and then read
    /// as if it were not there. `None` when it is no mapping at all.
    pub(super) fn read<T>(&self, diagnostics: &mut Diagnostics) -> Option<Read<T>>
    where
        T: for<'de> Deserialize<'de>,
    {
        let mut sound = self.known_entries(fields_of::<T>(), diagnostics)?;
        let mut complete = true;
        loop {
            let current = Cell::new(None);
            let result = T::deserialize(Entries {
                entries: &sound,
                next: 0,
                current: &current,
            });
            match (result, current.take()) {
                (Ok(value), _) => return Some(Read { value, complete }),
                (Err(error), Some(index)) => {
                    let (key, value) = sound.remove(index);
                    let node = self.child(key, value, self.entry(key));
                    diagnostics.push(wrong_type(key, &node, &error.to_string()));
                    complete = false;
                }
                (Err(error), None) => {
                    diagnostics.push(wrong_type(&self.name, self, &error.to_string()));
                    return None;
                }
            }
        }
    }

    /// The entries that a mapping with these keys has; reports the others.
    fn known_entries(
        &self,
        known: &'static [&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<(&'a str, &'a Value)>> {
        let Value::Mapping(mapping) = self.value else {
            if self.value.is_null() {
                return Some(Vec::new());
            }
            diagnostics.push(
                Diagnostic::new(
                    Code::WrongType,
                    self.span,
                    format!("`{}` takes a mapping of keys to values", self.name.value),
                    "this is no mapping",
                )
                .help(format!("its keys are {}", listed(known))),
            );
            return None;
        };
        let mut entries = Vec::new();
        for (key, value) in mapping {
            let Some(key) = key.as_str() else {
                diagnostics.push(Diagnostic::new(
                    Code::UnknownKey,
                    self.name.span,
                    format!("a key of `{}` is not a name", self.name.value),
                    "in this mapping",
                ));
                continue;
            };
            if known.contains(&key) {
                entries.push((key, value));
            } else if !key.starts_with("x-") {
                let node = self.child(key, value, self.entry(key));
                diagnostics.push(unknown_key(key, &node, known));
                entries.extend(self.taken_for(key, known).map(|meant| (meant, value)));
            }
        }
        Some(entries)
    }
}

impl<'a> Node<'a> {
    /// The key that another was meant to be, if it is not there already.
    fn taken_for(&self, key: &'a str, known: &[&'static str]) -> Option<&'static str> {
        let meant = nearest(key, known.iter().copied())?;
        let meant = known.iter().copied().find(|known| *known == meant)?;
        if self.get(meant).is_some() {
            return None;
        }
        let mut misspelt = self.misspelt.borrow_mut();
        misspelt.get_or_insert_default().push((meant, key));
        Some(meant)
    }
}

/// Finds the places of a mapping's entries while they are walked in order: the
/// next one, as both parsers keep the first of equal keys. Where they disagree
/// about a key, by its name.
struct InStep<'a> {
    entries: &'a [Entry<'a>],
    next: usize,
    by_key: Option<HashMap<&'a str, usize>>,
}

impl<'a> InStep<'a> {
    fn new(place: Option<Place<'a>>) -> Self {
        InStep {
            entries: place.map_or(&[], Place::entries),
            next: 0,
            by_key: None,
        }
    }

    fn entry(&mut self, key: &str) -> Option<&'a Entry<'a>> {
        let entries = self.entries;
        let next = entries.get(self.next).filter(|entry| entry.key == key);
        let position = match next {
            Some(_) => self.next,
            None => *self.by_key().get(key)?,
        };
        self.next = position + 1;
        entries.get(position)
    }

    fn by_key(&mut self) -> &HashMap<&'a str, usize> {
        let entries = self.entries.iter().enumerate();
        self.by_key.get_or_insert_with(|| {
            entries
                .map(|(position, entry)| (&*entry.key, position))
                .collect()
        })
    }
}

/// A mapping that was read, and whether all of it could be.
pub(super) struct Read<T> {
    pub(super) value: T,
    /// No key had to be passed over for its type.
    pub(super) complete: bool,
}

fn unknown_key(key: &str, node: &Node<'_>, known: &[&'static str]) -> Diagnostic {
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if key == "<<" => "YAML 1.2 merges nothing: write the keys out".to_owned(),
        None => format!("known here: {}", listed(known)),
    };
    Diagnostic::new(
        Code::UnknownKey,
        node.name.span,
        format!("unknown key `{key}`"),
        "not a key of this mapping",
    )
    .help(help)
}

/// A second line of the reason says the way out.
fn wrong_type(key: &str, node: &Node<'_>, reason: &str) -> Diagnostic {
    let (reason, help) = explained(reason);
    Diagnostic::new(
        Code::WrongType,
        node.span,
        format!("the value of `{key}` cannot be used: {reason}"),
        "here",
    )
    .help(help)
}

/// What serde says is wrong, and what it says was expected instead. A scalar
/// that knows better says so on a second line.
fn explained(reason: &str) -> (&str, String) {
    if let Some((reason, help)) = reason.split_once('\n') {
        return (reason, help.to_owned());
    }
    match reason.split_once("expected ") {
        Some(("", expected)) => ("it has another form", format!("write {expected}")),
        Some((reason, expected)) => (reason.trim_end_matches(", "), format!("write {expected}")),
        None => (
            reason,
            "leave the key out, or look it up in the schema".to_owned(),
        ),
    }
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
    // Ends in an error by design: the fields are told before any is asked for.
    let _ = T::deserialize(CaptureFields(&captured));
    captured.get()
}

/// The end of a deserialization that was only to tell its fields.
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
    entries: &'a [(&'a str, &'a Value)],
    next: usize,
    current: &'a Cell<Option<usize>>,
}

impl<'de> Deserializer<'de> for Entries<'de> {
    type Error = serde_yaml::Error;

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
    type Error = serde_yaml::Error;

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
        let value = self
            .next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index))
            .map_or(&NULL, |(_, value)| *value);
        seed.deserialize(value)
    }
}
