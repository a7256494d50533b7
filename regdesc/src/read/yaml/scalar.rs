// SPDX-License-Identifier: MIT OR Apache-2.0

//! Single values of the YAML format: what a scalar may mean, how it is written,
//! and what an editor is reported it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Unexpected, Visitor};

use super::typed::{Meant, Refusal, TEXTS};
use super::words::stripped;
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::model::{Format, InterruptSource, Order, ReservedBits, Trigger, Version, WindowKind};
use crate::nearest::nearest;
use crate::number::{Bits, Integer};
use crate::units::BitRange;

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

    /// The words it may be, where they can be listed.
    fn words() -> Vec<&'static str> {
        Vec::new()
    }

    /// What is said of a text that means something else than it should.
    const WRONG: &'static str = "is not known";

    /// What was meant by another text.
    fn meant(text: &str) -> Option<Meant> {
        nearest_word(text, &Self::words())
    }

    /// What was meant by a list.
    fn meant_by_list(_: &[String]) -> Option<String> {
        None
    }

    /// How else it may be written, as a regular expression.
    const PATTERN: Option<&'static str> = None;

    /// It may be a number.
    fn from_number(_: u64) -> Option<Self> {
        None
    }

    /// It may be a number of another size, or one below 0.
    fn from_integer(number: &Integer) -> Option<Self> {
        Self::from_number(natural(number)?)
    }

    /// What to write for a number that is not whole.
    const WHOLE: &'static str = "write a whole number";

    fn from_text(text: &str) -> Option<Self>;
}

/// The word that is meant by another: by one in another case or with other
/// separators for sure, else the nearest may be.
fn nearest_word(text: &str, words: &[&'static str]) -> Option<Meant> {
    let spelt = words.iter().find(|word| stripped(word) == stripped(text));
    let near = || nearest(text, words.iter().copied()).map(Meant::maybe);
    spelt.copied().map(Meant::sure).or_else(near)
}

/// What is neither below 0 nor beyond 64 bits.
fn natural(number: &Integer) -> Option<u64> {
    number.in_bits(u64::BITS, false)
}

/// Why a number is none for a `T`, and what to do; nothing where no number is
/// expected.
fn refusal<T: FromScalar>(number: &Integer) -> Option<Refusal> {
    T::from_number(1)?;
    let size = number.magnitude();
    let (reason, help) = if number.is_negative() && T::from_integer(&(-1i128).into()).is_none() {
        (
            format!("{number} is negative"),
            "write a number from 0 on".to_owned(),
        )
    } else if size.fits(u64::BITS) {
        (
            format!("{number} is too large"),
            format!("write {}", T::EXPECTED),
        )
    } else {
        (
            format!("{number} has {} bits", size.bit_length()),
            "write a number of at most 64 bits".to_owned(),
        )
    };
    Some(Refusal {
        reason,
        help,
        meant: None,
    })
}

impl<'de, T: FromScalar> Deserialize<'de> for Scalar<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData))
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: FromScalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = Scalar<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        match T::from_number(number) {
            Some(value) => Ok(Scalar(value)),
            None => self.integer(&number.into(), Unexpected::Unsigned(number)),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        self.integer(&i128::from(number).into(), Unexpected::Signed(number))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        if T::from_number(1).is_none() {
            return Err(E::invalid_type(Unexpected::Float(number), &self));
        }
        Err(E::custom(Refusal {
            reason: format!("{number} is not a whole number"),
            help: T::WHOLE.to_owned(),
            meant: None,
        }))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if let Some(value) = T::from_text(text) {
            return Ok(Scalar(value));
        }
        let why = parse_integer(text).and_then(|number| refusal::<T>(&number));
        Err(match (why, T::meant(text)) {
            (Some(why), _) => E::custom(why),
            (None, Some(meant)) => E::custom(Refusal {
                reason: format!("`{text}` {}", T::WRONG),
                help: format!("did you mean `{}`?", meant.text),
                meant: Some(meant),
            }),
            (None, None) => E::invalid_value(Unexpected::Str(text), &self),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Ok(Some(text)) = seq.next_element::<String>() {
            texts.push(text);
        }
        Err(match T::meant_by_list(&texts) {
            Some(meant) => A::Error::custom(Refusal {
                reason: "it is a list".to_owned(),
                help: format!("write `{meant}`"),
                meant: Some(Meant::maybe(meant)),
            }),
            None => A::Error::invalid_type(serde::de::Unexpected::Seq, &self),
        })
    }
}

impl<T: FromScalar> ScalarVisitor<T> {
    fn integer<E: serde::de::Error>(
        self,
        number: &Integer,
        unexpected: Unexpected<'_>,
    ) -> Result<Scalar<T>, E> {
        T::from_integer(number).map(Scalar).ok_or_else(|| {
            refusal::<T>(number).map_or_else(|| E::invalid_type(unexpected, &self), E::custom)
        })
    }
}

impl<T: FromScalar> JsonSchema for Scalar<T> {
    fn schema_name() -> Cow<'static, str> {
        T::EXPECTED.into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut forms = Vec::new();
        if T::from_integer(&(-1i128).into()).is_some() {
            forms.push(json_schema!({"type": "integer"}));
        } else if T::from_number(1).is_some() {
            forms.push(json_schema!({"type": "integer", "minimum": 0}));
        }
        let words = T::words();
        if !words.is_empty() {
            forms.push(json_schema!({"enum": words}));
        }
        if let Some(pattern) = T::PATTERN {
            forms.push(json_schema!({"type": "string", "pattern": pattern}));
        }
        match <[Schema; 1]>::try_from(forms) {
            Ok([form]) => form,
            Err(forms) => json_schema!({"anyOf": forms}),
        }
    }
}

/// How a number is written as text.
pub(super) const NUMBER: &str =
    "^(0[xX][0-9a-fA-F][0-9a-fA-F_]*|0[oO][0-7][0-7_]*|0[bB][01][01_]*|[0-9][0-9_]*)[KMG]?$";

/// How one is that may be below 0.
const INTEGER: &str =
    "^-?(0[xX][0-9a-fA-F][0-9a-fA-F_]*|0[oO][0-7][0-7_]*|0[bB][01][01_]*|[0-9][0-9_]*)[KMG]?$";

const NOT_A_NUMBER: &str = "is not a number";

/// K, M and G are capital letters.
fn in_capitals(text: &str) -> Option<Meant> {
    let (digits, factor) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let factor = match factor {
        "k" => 'K',
        "m" => 'M',
        "g" => 'G',
        _ => return None,
    };
    let meant = format!("{digits}{factor}");
    parse_integer(&meant).map(|_| Meant::sure(meant))
}

impl FromScalar for u64 {
    const EXPECTED: &'static str = "a number such as 16, 0x10, 0b1_0000 or 4K";
    const PATTERN: Option<&'static str> = Some(NUMBER);
    const WRONG: &'static str = NOT_A_NUMBER;

    fn meant(text: &str) -> Option<Meant> {
        in_capitals(text)
    }

    fn from_number(number: u64) -> Option<Self> {
        Some(number)
    }

    fn from_text(text: &str) -> Option<Self> {
        parse_number(text)
    }
}

impl FromScalar for Bits {
    const EXPECTED: &'static str = "a number such as 16, 0x10, 0b1_0000 or 4K";
    const PATTERN: Option<&'static str> = Some(NUMBER);
    const WRONG: &'static str = NOT_A_NUMBER;

    fn meant(text: &str) -> Option<Meant> {
        in_capitals(text)
    }

    fn from_number(number: u64) -> Option<Self> {
        Some(number.into())
    }

    fn from_integer(number: &Integer) -> Option<Self> {
        (!number.is_negative()).then(|| number.magnitude().clone())
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::from_integer(&parse_integer(text)?)
    }
}

/// A number that may be below 0, of at most 64 bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed(pub(super) i128);

impl FromScalar for Signed {
    const EXPECTED: &'static str = "a number such as 16, -16 or 0x10";
    const PATTERN: Option<&'static str> = Some(INTEGER);

    fn from_number(number: u64) -> Option<Self> {
        Some(Signed(number.into()))
    }

    fn from_integer(number: &Integer) -> Option<Self> {
        number.in_64_bits().map(Signed)
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::from_integer(&parse_integer(text)?)
    }
}

/// A scalar that is one of some words.
macro_rules! words {
    ($($type:ty: $expected:literal, $names:expr;)*) => {$(
        impl FromScalar for $type {
            const EXPECTED: &'static str = $expected;

            fn words() -> Vec<&'static str> {
                $names.iter().map(|(name, _)| *name).collect()
            }

            fn from_text(text: &str) -> Option<Self> {
                named($names, text)
            }
        }
    )*};
}

words! {
    WriteEffect: "what a write does: modify, clear, set, or one-to- or zero-to- \
        followed by clear, set or toggle", WriteEffect::NAMES;
    ReadEffect: "what a read does: none, clear, set or pop", ReadEffect::NAMES;
    ReservedBits: "zero, preserve or reset", &[
        ("zero", ReservedBits::Zero),
        ("preserve", ReservedBits::Preserve),
        ("reset", ReservedBits::Reset),
    ];
    Order: "little or big", &[("little", Order::Little), ("big", Order::Big)];
    BeatOrder: "low-first or high-first", &[
        ("low-first", BeatOrder(Order::Little)),
        ("high-first", BeatOrder(Order::Big)),
    ];
    Trigger: "level-high, level-low, edge-rising, edge-falling or edge-both", &[
        ("level-high", Trigger::LevelHigh),
        ("level-low", Trigger::LevelLow),
        ("edge-rising", Trigger::EdgeRising),
        ("edge-falling", Trigger::EdgeFalling),
        ("edge-both", Trigger::EdgeBoth),
    ];
    InterruptSource: "event or level", &[
        ("event", InterruptSource::Event),
        ("level", InterruptSource::Level),
    ];
    WindowKind: "device or memory", &[
        ("device", WindowKind::Device),
        ("memory", WindowKind::Memory),
    ];
}

fn named<T: Copy>(names: &[(&str, T)], text: &str) -> Option<T> {
    names
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, value)| *value)
}

/// Which beat is read first.
#[derive(Debug, Clone, Copy)]
pub(super) struct BeatOrder(pub(super) Order);

/// Whether a program may write to a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writable(pub(super) bool);

impl FromScalar for Writable {
    const EXPECTED: &'static str = "rw or ro";

    fn words() -> Vec<&'static str> {
        vec!["rw", "ro"]
    }

    fn meant(text: &str) -> Option<Meant> {
        let words = Self::words();
        let access = access_in_other_words(text);
        let known = access.filter(|meant| words.contains(&meant.text.as_ref()));
        known.or_else(|| nearest_word(text, &words))
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "rw" => Some(Writable(true)),
            "ro" => Some(Writable(false)),
            _ => None,
        }
    }
}

/// The access that another format's word means.
fn access_in_other_words(text: &str) -> Option<Meant> {
    let letters: String = text.chars().filter(|it| it.is_alphabetic()).collect();
    let meant = match letters.to_lowercase().as_str() {
        "readonly" | "read" | "r" => "ro",
        "readwrite" | "writeread" | "wr" => "rw",
        "writeonly" | "write" | "w" => "wo",
        _ => return None,
    };
    Some(match text.contains(char::is_numeric) {
        true => Meant::maybe(meant),
        false => Meant::sure(meant),
    })
}

impl FromScalar for Access {
    const EXPECTED: &'static str = "an access such as rw, ro, wo, w1c, w1s, rc (UVM's names)";

    fn words() -> Vec<&'static str> {
        Access::policy_names().collect()
    }

    fn meant(text: &str) -> Option<Meant> {
        access_in_other_words(text).or_else(|| nearest_word(text, &Self::words()))
    }

    fn from_text(text: &str) -> Option<Self> {
        Access::from_policy(text)
    }
}

impl FromScalar for BitRange {
    const EXPECTED: &'static str = "a bit such as 3 or bits such as \"7:4\", the higher one first";
    const WRONG: &'static str = "is not how bits are written";
    const PATTERN: Option<&'static str> = Some("^[0-9]+( *: *[0-9]+)?$");

    fn from_number(number: u64) -> Option<Self> {
        let bit = u32::try_from(number).ok()?;
        BitRange::from_msb_lsb(bit, bit)
    }

    /// `3-0`, `7..4`, `[7:4]` and `4:7` are bits in other tools.
    fn meant(text: &str) -> Option<Meant> {
        let inner = text.trim().trim_matches(['[', ']', '(', ')', '<', '>']);
        let separator = ["..=", "..", ":", "-", "~"]
            .into_iter()
            .find(|it| inner.contains(it))?;
        let (one, other) = inner.split_once(separator)?;
        bits_of(&[one, other]).map(Meant::sure)
    }

    fn meant_by_list(texts: &[String]) -> Option<String> {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        match texts.as_slice() {
            [one] => Self::meant(one).map(|meant| meant.text.into_owned()),
            several => bits_of(several),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let bit = |text: &str| u32::try_from(parse_number(text.trim())?).ok();
        match text.split_once(':') {
            Some((high, low)) => BitRange::from_msb_lsb(bit(high)?, bit(low)?),
            None => BitRange::from_number(u64::from(bit(text)?)),
        }
    }
}

/// Two bits as they are written, the higher one first, in quotes.
fn bits_of(ends: &[&str]) -> Option<String> {
    let [one, other] = ends else {
        return None;
    };
    let bit = |text: &str| u32::try_from(parse_number(text.trim())?).ok();
    let (one, other) = (bit(one)?, bit(other)?);
    Some(format!("\"{}:{}\"", one.max(other), one.min(other)))
}

impl FromScalar for Version {
    const EXPECTED: &'static str = "a version such as 2.1.0";
    const PATTERN: Option<&'static str> = Some(r"^[0-9]+\.[0-9]+\.[0-9]+$");

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

impl FromScalar for Format {
    const EXPECTED: &'static str =
        "a format: unsigned, signed, or fixed point such as u4.12 or s3.13";
    const PATTERN: Option<&'static str> = Some(r"^[us][0-9]+\.[0-9]+$");

    fn words() -> Vec<&'static str> {
        vec!["unsigned", "signed"]
    }

    fn from_text(text: &str) -> Option<Self> {
        let (signed, digits) = match text {
            "unsigned" => return Some(Format::Unsigned),
            "signed" => return Some(Format::Signed),
            _ if text.starts_with('s') => (true, &text[1..]),
            _ => (false, text.strip_prefix('u')?),
        };
        let (integer, fraction) = digits.split_once('.')?;
        let bits = |digits: &str| {
            digits
                .bytes()
                .all(|it| it.is_ascii_digit())
                .then(|| digits.parse().ok())?
        };
        Some(Format::Fixed {
            signed,
            integer: bits(integer)?,
            fraction: bits(fraction)?,
        })
    }
}

/// A reset value: a number, or the name of an enumerated value.
#[derive(Debug, Clone)]
pub(super) enum NumberOrName {
    Number(Integer),
    Name(String),
}

/// What a fraction is, where bits are a fixed-point number.
const RAW: &str =
    "write a whole number; of a fixed-point field its raw bits: 0.5 in s3.13 is 0x1000";

impl FromScalar for NumberOrName {
    const EXPECTED: &'static str = "a number or a name";
    const PATTERN: Option<&'static str> = Some("");

    const WHOLE: &'static str = RAW;

    fn from_number(number: u64) -> Option<Self> {
        Some(NumberOrName::Number(number.into()))
    }

    fn from_integer(number: &Integer) -> Option<Self> {
        Some(NumberOrName::Number(number.clone()))
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(
            parse_integer(text)
                .map_or_else(|| NumberOrName::Name(text.to_owned()), NumberOrName::Number),
        )
    }
}

/// An enumerated value's number, or that it represents all others.
#[derive(Debug, Clone, Copy)]
pub(super) enum NumberOrDefault {
    Number(i128),
    Default,
}

impl FromScalar for NumberOrDefault {
    const EXPECTED: &'static str = "a number, or `default` for every number without a name";
    const PATTERN: Option<&'static str> = Some(INTEGER);
    const WHOLE: &'static str = RAW;

    fn words() -> Vec<&'static str> {
        vec!["default"]
    }

    fn from_number(number: u64) -> Option<Self> {
        Some(NumberOrDefault::Number(number.into()))
    }

    fn from_integer(number: &Integer) -> Option<Self> {
        number.in_64_bits().map(NumberOrDefault::Number)
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "default" => Some(NumberOrDefault::Default),
            _ => Self::from_integer(&parse_integer(text)?),
        }
    }
}

/// A string, or a list of strings.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub(super) enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXTS, OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a list of strings")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = seq.next_element()? {
            texts.push(text);
        }
        Ok(OneOrMany::Many(texts))
    }
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
    natural(&parse_integer(text)?)
}

/// The same of any size, and of any sign.
pub(super) fn parse_integer(text: &str) -> Option<Integer> {
    if let Some(magnitude) = text.strip_prefix('-') {
        let number = parse_integer(magnitude)?;
        return (!magnitude.starts_with('-')).then(|| number.negated());
    }
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
    Some(Bits::from_digits(digits, radix)?.times(unit)?.into())
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
            "0x4000_0000_0000_0000_0K",
        ] {
            assert_eq!(parse_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn integers_are_of_any_size_and_sign() {
        let shown = |text| parse_integer(text).map(|number| number.to_string());
        let two_to_64 = "18446744073709551616";
        assert_eq!(
            shown("0x1_0000_0000_0000_0000"),
            Some("0x10000000000000000".into())
        );
        assert_eq!(
            parse_integer(two_to_64),
            parse_integer("0x10000000000000000")
        );
        assert_eq!(shown("-0x10").as_deref(), Some("-16"));
        assert_eq!(shown("-0").as_deref(), Some("0"));
        assert_eq!(
            shown("0x10_0000_0000_0000K").as_deref(),
            Some("4611686018427387904")
        );
        for wrong in ["--1", "-", "- 1", "+1", "-K", "0x-1"] {
            assert_eq!(shown(wrong), None, "{wrong}");
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
