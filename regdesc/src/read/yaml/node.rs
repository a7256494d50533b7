// SPDX-License-Identifier: MIT OR Apache-2.0

//! A value beside its place, and typed reading of one mapping at a time, so
//! that one mistake does not hide the next.

use std::cell::Cell;
use std::rc::Rc;

use serde::de::value::Error as CaptureError;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_yaml::Value;

use super::positions::Place;
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
    place: Option<Rc<Place>>,
    span: Span,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value, place: Rc<Place>) -> Self {
        let start = Span {
            end: place.span.start,
            ..place.span
        };
        Node {
            name: Spanned::new("the description".to_owned(), start),
            value,
            span: start,
            place: Some(place),
        }
    }

    /// Where the value stands; for a mapping, where its name does.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// The entry of that key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.value.get(key)?;
        Some(self.child(key, value))
    }

    /// The value of a key that was read before, at its place.
    pub(super) fn spanned<T>(&self, key: &str, value: Option<T>) -> Option<Spanned<T>> {
        let value = value?;
        Some(Spanned::new(value, self.span_of(key)))
    }

    /// Where the value of that key stands; the mapping's name when it has none.
    pub(super) fn span_of(&self, key: &str) -> Span {
        self.get(key).map_or(self.name.span, |node| node.span)
    }

    /// The entries of a mapping, in the order written.
    pub(super) fn entries(&self) -> Vec<Node<'a>> {
        let Value::Mapping(mapping) = self.value else {
            return Vec::new();
        };
        mapping
            .iter()
            .filter_map(|(key, value)| Some(self.child(key.as_str()?, value)))
            .collect()
    }

    /// The elements of a sequence, or the value itself as the only one.
    pub(super) fn elements(&self) -> Vec<Node<'a>> {
        let Value::Sequence(values) = self.value else {
            return vec![self.clone()];
        };
        let places = self
            .place
            .as_ref()
            .map_or(&[][..], |place| place.elements());
        values
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let place = places.get(index).map(Rc::clone);
                Node {
                    name: self.name.clone(),
                    value,
                    span: place.as_ref().map_or(self.span, |place| place.span),
                    place,
                }
            })
            .collect()
    }

    fn child(&self, key: &str, value: &'a Value) -> Node<'a> {
        let entry = self.place.as_ref().and_then(|place| place.entry(key));
        let key_span = entry.map_or(self.span, |entry| entry.key_span);
        let place = entry.map(|entry| Rc::clone(&entry.value));
        let span = match (&place, value) {
            (Some(place), value) if !value.is_mapping() => place.span,
            _ => key_span,
        };
        Node {
            name: Spanned::new(key.to_owned(), key_span),
            value,
            place,
            span,
        }
    }

    /// The mapping as a `T`; every key that is wrong is reported and then read
    /// as if it were not there. `None` when it is no mapping at all.
    pub(super) fn read<T>(&self, diagnostics: &mut Diagnostics) -> Option<Read<T>>
    where
        T: for<'de> Deserialize<'de>,
    {
        let entries = self.known_entries(fields_of::<T>(), diagnostics)?;
        let mut sound = Vec::from_iter(entries);
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
                    let (key, node) = sound.remove(index);
                    diagnostics.push(wrong_type(&key, &node, &error.to_string()));
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
    ) -> Option<Vec<(String, Node<'a>)>> {
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
            let node = self.child(key, value);
            if known.contains(&key) {
                entries.push((key.to_owned(), node));
            } else if !key.starts_with("x-") {
                diagnostics.push(unknown_key(key, &node, known));
            }
        }
        Some(entries)
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

fn wrong_type(key: &str, node: &Node<'_>, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Code::WrongType,
        node.span,
        format!("the value of `{key}` cannot be used: {reason}"),
        "here",
    )
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
fn fields_of<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let captured = Cell::new(&[][..]);
    // Ends in an error by design: the fields are told before any is asked for.
    let _ = T::deserialize(CaptureFields(&captured));
    captured.get()
}

struct CaptureFields<'a>(&'a Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for CaptureFields<'_> {
    type Error = CaptureError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(CaptureError::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.set(fields);
        Err(CaptureError::custom("fields captured"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

/// Deserializes a struct from entries and remembers the one it is at.
struct Entries<'a, 'n> {
    entries: &'a [(String, Node<'n>)],
    next: usize,
    current: &'a Cell<Option<usize>>,
}

impl<'de> Deserializer<'de> for Entries<'de, '_> {
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

impl<'de> MapAccess<'de> for Entries<'de, '_> {
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
            serde::de::IntoDeserializer::into_deserializer(key.as_str());
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
            .map_or(&NULL, |(_, node)| node.value);
        seed.deserialize(value)
    }
}
