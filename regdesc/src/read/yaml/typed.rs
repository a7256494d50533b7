// SPDX-License-Identifier: MIT OR Apache-2.0

//! A value of the tree as serde sees it.
//!
//! Where a text is wanted, a scalar without quotes is its text, whatever YAML
//! would make of it: `description: 5` and `name: on` are texts.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{Entry, Id, Kind, Tree};
use crate::suggestion::Applicability;

/// The name by which a type asks for a text or a list of texts.
pub(super) const TEXTS: &str = "a text or a list of texts";

/// Why a value is not of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    /// A sentence.
    pub(super) reason: String,
    /// The way out, where the type knows a better one than serde.
    pub(super) help: Option<String>,
    /// What was meant, where that is known.
    pub(super) meant: Option<Meant>,
    /// The element that is wrong, where it is one of several.
    pub(super) at: Option<Id>,
}

/// What a text was meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// As it is written in YAML.
    pub(super) text: Cow<'static, str>,
    pub(super) applicability: Applicability,
}

impl Meant {
    pub(super) fn sure(text: impl Into<Cow<'static, str>>) -> Self {
        Meant {
            text: text.into(),
            applicability: Applicability::Sure,
        }
    }

    pub(super) fn maybe(text: impl Into<Cow<'static, str>>) -> Self {
        Meant {
            text: text.into(),
            applicability: Applicability::Maybe,
        }
    }
}

/// An error of a type that knows the way out. serde takes a text alone, so the
/// parts go through it in one, and [`Error::custom`] takes them apart.
pub(super) struct Refusal {
    pub(super) reason: String,
    pub(super) help: String,
    pub(super) meant: Option<Meant>,
}

/// Between the parts of a [`Refusal`]: ASCII's record separator.
const SEPARATOR: char = '\u{1e}';

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |text: &str| text.replace(SEPARATOR, " ");
        write!(f, "{}{SEPARATOR}{}", part(&self.reason), part(&self.help))?;
        match &self.meant {
            Some(meant) => {
                let word = meant.applicability.word();
                write!(f, "{SEPARATOR}{word}{SEPARATOR}{}", meant.text)
            }
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        let text = reason.to_string();
        let mut parts = text.split(SEPARATOR).map(str::to_owned);
        let reason = parts.next().unwrap_or_default();
        let help = parts.next();
        let meant = parts.next().zip(parts.next());
        Error {
            reason,
            help,
            meant: meant.map(|(word, text)| match word == Applicability::Sure.word() {
                true => Meant::sure(text),
                false => Meant::maybe(text),
            }),
            at: None,
        }
    }
}

/// One value, to be deserialized.
#[derive(Clone, Copy)]
pub(super) struct Typed<'a> {
    tree: &'a Tree<'a>,
    id: Id,
}

impl<'a> Typed<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, id: Id) -> Self {
        Typed { tree, id }
    }

    /// A scalar's text; none where there is nothing.
    fn text(self) -> Option<&'a str> {
        let text = self.tree.scalar(self.id);
        text.filter(|_| !self.tree.is_null(self.id))
    }
}

impl<'de> Deserializer<'de> for Typed<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Typed { tree, id } = self;
        if let Some(elements) = tree.elements(id) {
            return visitor.visit_seq(Elements { tree, elements });
        }
        if let Some(entries) = tree.entries(id) {
            return visitor.visit_map(Entries {
                tree,
                entries,
                value: None,
            });
        }
        match tree.kind(id) {
            Some(Kind::Bool(value)) => visitor.visit_bool(value),
            Some(Kind::Unsigned(value)) => visitor.visit_u64(value),
            Some(Kind::Signed(value)) => visitor.visit_i64(value),
            Some(Kind::Float(value)) => {
                let text = tree.scalar(id).unwrap_or_default();
                let float = visitor.visit_f64(value);
                float.map_err(|error| as_written(error, value, text))
            }
            Some(Kind::Text) => visitor.visit_str(tree.scalar(id).unwrap_or_default()),
            Some(Kind::Null) | None => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.tree.is_null(self.id) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text() {
            Some(text) => visitor.visit_str(text),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == TEXTS {
            self.deserialize_string(visitor)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct enum identifier
    }
}

/// What is wrong with a number, with the number as it is written: `1.0`, not 1.
fn as_written(error: Error, value: f64, text: &str) -> Error {
    let reason = match error.reason.strip_prefix(&value.to_string()) {
        Some(rest) => format!("{text}{rest}"),
        None => error.reason,
    };
    Error { reason, ..error }
}

struct Elements<'a> {
    tree: &'a Tree<'a>,
    elements: &'a [Id],
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((&id, rest)) = self.elements.split_first() else {
            return Ok(None);
        };
        self.elements = rest;
        let value = seed.deserialize(Typed::new(self.tree, id));
        value.map(Some).map_err(|error| Error {
            at: error.at.or(Some(id)),
            ..error
        })
    }
}

struct Entries<'a> {
    tree: &'a Tree<'a>,
    entries: &'a [Entry],
    value: Option<Id>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((entry, rest)) = self.entries.split_first() else {
            return Ok(None);
        };
        self.entries = rest;
        self.value = Some(entry.value);
        let key: StrDeserializer<'_, Error> = self.tree.key(entry).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.value.take() {
            Some(id) => seed.deserialize(Typed::new(self.tree, id)),
            None => Err(serde::de::Error::custom("a value without a key")),
        }
    }
}
