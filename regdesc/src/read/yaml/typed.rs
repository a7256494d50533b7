// SPDX-License-Identifier: MIT OR Apache-2.0

//! A value of the tree as serde sees it.
//!
//! Where a text is wanted, a scalar without quotes is its text, whatever YAML
//! would make of it: `description: 5` and `name: on` are texts.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{Entry, Id, Kind, Tree};

/// The name by which a type asks for a text or a list of texts.
pub(super) const TEXTS: &str = "a text or a list of texts";

/// Why a value is not of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    /// A sentence; a second line says the way out.
    pub(super) reason: String,
    /// The element that is wrong, where it is one of several.
    pub(super) at: Option<Id>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Error {
            reason: reason.to_string(),
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
            Some(Kind::Float(value)) => visitor.visit_f64(value),
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

/// A sequence; an error in an element is told with it.
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
