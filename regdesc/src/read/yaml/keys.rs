// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keys of the YAML format, as serde sees them.
//!
//! Where a key holds a mapping of names to further mappings, the value is
//! [`Nested`]: those are read one by one, each with its own diagnostics.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, Visitor};

use crate::access::{Access, ReadEffect, WriteEffect};
use crate::model::{ReservedBits, Version};
use crate::units::BitRange;

/// A mapping that is read entry by entry.
pub(super) type Nested = IgnoredAny;

/// The top of a description.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Top {
    pub(super) schema: Option<Number>,
    pub(super) name: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) description: Option<String>,
    pub(super) version: Option<Scalar<Version>>,
    pub(super) size: Option<Number>,
    #[serde(rename = "bus")]
    pub(super) _bus: Option<Nested>,
    pub(super) reserved_bits: Option<Scalar<ReservedBits>>,
    pub(super) node_name: Option<String>,
    #[serde(rename = "device-tree")]
    pub(super) _device_tree: Option<Nested>,
    #[serde(rename = "enums")]
    pub(super) _enums: Option<Nested>,
    #[serde(rename = "registers")]
    pub(super) _registers: Option<Nested>,
    #[serde(rename = "instances")]
    pub(super) _instances: Option<Nested>,
}

/// `bus:`.
#[derive(Deserialize)]
pub(super) struct BusKeys {
    pub(super) width: Option<Number>,
}

/// `device-tree:`.
#[derive(Deserialize)]
pub(super) struct DeviceTreeKeys {
    pub(super) compatible: Option<OneOrMany>,
    pub(super) clocks: Option<OneOrMany>,
    pub(super) resets: Option<OneOrMany>,
    #[serde(rename = "properties")]
    pub(super) _properties: Option<Nested>,
}

/// One of `instances:`.
#[derive(Deserialize)]
pub(super) struct InstanceKeys {
    pub(super) base: Option<Number>,
    pub(super) clocks: Option<OneOrMany>,
    pub(super) resets: Option<OneOrMany>,
}

/// A register among `registers:`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RegisterKeys {
    pub(super) at: Option<Number>,
    pub(super) description: Option<String>,
    pub(super) width: Option<Number>,
    pub(super) access: Option<Scalar<Access>>,
    pub(super) on_write: Option<Scalar<WriteEffect>>,
    pub(super) on_read: Option<Scalar<ReadEffect>>,
    pub(super) reset: Option<Number>,
    pub(super) count: Option<Number>,
    pub(super) stride: Option<Number>,
    #[serde(rename = "fields")]
    pub(super) _fields: Option<Nested>,
}

/// A cluster among `registers:`; its own `registers` tell it from a register.
#[derive(Deserialize)]
pub(super) struct ClusterKeys {
    pub(super) at: Option<Number>,
    pub(super) description: Option<String>,
    pub(super) width: Option<Number>,
    pub(super) access: Option<Scalar<Access>>,
    pub(super) count: Option<Number>,
    pub(super) stride: Option<Number>,
    #[serde(rename = "registers")]
    pub(super) _registers: Option<Nested>,
}

/// A reserved range among `registers:`; `reserved` tells it from a register.
#[derive(Deserialize)]
pub(super) struct ReservedKeys {
    pub(super) at: Option<Number>,
    pub(super) reserved: Option<Number>,
    #[serde(rename = "description")]
    pub(super) _description: Option<String>,
}

/// One of `fields:`, written out.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct FieldKeys {
    pub(super) bits: Option<Scalar<BitRange>>,
    pub(super) description: Option<String>,
    pub(super) access: Option<Scalar<Access>>,
    pub(super) on_write: Option<Scalar<WriteEffect>>,
    pub(super) on_read: Option<Scalar<ReadEffect>>,
    pub(super) reset: Option<NumberOrName>,
    #[serde(rename = "enum")]
    pub(super) _enum: Option<Nested>,
}

/// One value of an enumeration, written out.
#[derive(Deserialize)]
pub(super) struct ValueKeys {
    pub(super) value: Option<Number>,
    pub(super) description: Option<String>,
}

/// A number: decimal, `0x`, `0o`, `0b`, with `_` anywhere between digits, or
/// with K, M or G for a power of 1024.
pub(super) type Number = Scalar<u64>;

/// A single YAML scalar that means a `T`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scalar<T>(pub(super) T);

/// What a scalar may mean.
pub(super) trait FromScalar: Sized {
    /// Ends "expected …".
    const EXPECTED: &'static str;

    fn from_number(number: u64) -> Option<Self>;
    fn from_text(text: &str) -> Option<Self>;
}

impl<'de, T: FromScalar> Deserialize<'de> for Scalar<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData))
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: FromScalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = Scalar<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        T::from_number(number)
            .map(Scalar)
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::from_text(text)
            .map(Scalar)
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

impl FromScalar for u64 {
    const EXPECTED: &'static str = "a number such as 16, 0x10, 0b1_0000 or 4K";

    fn from_number(number: u64) -> Option<Self> {
        Some(number)
    }

    fn from_text(text: &str) -> Option<Self> {
        parse_number(text)
    }
}

impl FromScalar for Access {
    const EXPECTED: &'static str = "an access such as rw, ro, wo, w1c, w1s, rc (UVM's names)";

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(text: &str) -> Option<Self> {
        Access::from_policy(text)
    }
}

impl FromScalar for WriteEffect {
    const EXPECTED: &'static str = "what a write does: modify, clear, set, or one-to- or zero-to- \
        followed by clear, set or toggle";

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(text: &str) -> Option<Self> {
        named(WriteEffect::NAMES, text)
    }
}

impl FromScalar for ReadEffect {
    const EXPECTED: &'static str = "what a read does: none, clear, set or pop";

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(text: &str) -> Option<Self> {
        named(ReadEffect::NAMES, text)
    }
}

fn named<T: Copy>(names: &[(&str, T)], text: &str) -> Option<T> {
    names
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, value)| *value)
}

impl FromScalar for BitRange {
    const EXPECTED: &'static str = "a bit such as 3 or bits such as \"7:4\", the higher one first";

    fn from_number(number: u64) -> Option<Self> {
        let bit = u32::try_from(number).ok()?;
        BitRange::from_msb_lsb(bit, bit)
    }

    fn from_text(text: &str) -> Option<Self> {
        let bit = |text: &str| u32::try_from(parse_number(text.trim())?).ok();
        match text.split_once(':') {
            Some((high, low)) => BitRange::from_msb_lsb(bit(high)?, bit(low)?),
            None => BitRange::from_number(u64::from(bit(text)?)),
        }
    }
}

impl FromScalar for Version {
    const EXPECTED: &'static str = "a version such as 2.1.0";

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = Version {
            major: parts.next()??,
            minor: parts.next()??,
            patch: parts.next()??,
        };
        parts.next().is_none().then_some(version)
    }
}

impl FromScalar for ReservedBits {
    const EXPECTED: &'static str = "zero, preserve or reset";

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "zero" => Some(ReservedBits::Zero),
            "preserve" => Some(ReservedBits::Preserve),
            "reset" => Some(ReservedBits::Reset),
            _ => None,
        }
    }
}

/// A reset value: a number, or the name of an enumerated value.
#[derive(Debug, Clone)]
pub(super) enum NumberOrName {
    Number(u64),
    Name(String),
}

impl FromScalar for NumberOrName {
    const EXPECTED: &'static str = "a number or the name of an enumerated value";

    fn from_number(number: u64) -> Option<Self> {
        Some(NumberOrName::Number(number))
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(
            parse_number(text)
                .map_or_else(|| NumberOrName::Name(text.to_owned()), NumberOrName::Number),
        )
    }
}

impl<'de> Deserialize<'de> for NumberOrName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer).map(|Scalar(value)| value)
    }
}

/// A string, or a list of strings.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
    }
}

/// Reads the numbers that YAML 1.2 leaves as text, and those it does not.
pub(super) fn parse_number(text: &str) -> Option<u64> {
    let digits = text.replace('_', "");
    let (digits, unit) = match digits.char_indices().last()? {
        (at, 'K') => (&digits[..at], 1 << 10),
        (at, 'M') => (&digits[..at], 1 << 20),
        (at, 'G') => (&digits[..at], 1 << 30),
        _ => (&digits[..], 1),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ => (&lower[..], 10),
    };
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_many_ways() {
        assert_eq!(parse_number("16"), Some(16));
        assert_eq!(parse_number("0x4000_0000"), Some(0x4000_0000));
        assert_eq!(parse_number("0b1010_0101"), Some(0xa5));
        assert_eq!(parse_number("4K"), Some(4096));
        assert_eq!(parse_number("0x10M"), Some(16 << 20));
        for wrong in [
            "",
            "K",
            "+1",
            "-1",
            "0x",
            "1.5",
            "four",
            "99999999999999999999",
        ] {
            assert_eq!(parse_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bits_put_the_higher_one_first() {
        let bits = |text| BitRange::from_text(text);
        assert_eq!(bits("7:4"), Some(BitRange { low: 4, len: 4 }));
        assert_eq!(bits("3"), Some(BitRange { low: 3, len: 1 }));
        assert_eq!(bits("4:7"), None);
    }
}
