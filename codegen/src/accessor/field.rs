// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a value type says about a field: its getter, its setters, its mask.

use askama::Template;
use regdesc::model::Field;
use regdesc::units::low_ones;

use super::context::Context;
use super::doc::{Doc, code};
use super::named::{EnumName, FieldNames, RegisterMember};
use super::text::{Function, Hex, int, number};
use super::{marker, words};
use crate::lowered::access::{Action, Method};
use crate::lowered::number::{Int, Number};
use crate::lowered::types::Value;
use crate::names::{Language, identifier};

/// One of the things that a value type says about a field.
#[derive(Template)]
#[template(path = "accessor/member.rs.j2", escape = "none")]
pub(super) enum Member {
    Mask {
        doc: String,
        name: String,
        action: &'static str,
        mask: Hex,
    },
    Method(Function),
}

pub(super) fn render(
    context: &Context<'_>,
    member: &RegisterMember<'_>,
    names: &FieldNames<'_>,
    path: &[String],
) -> impl Iterator<Item = Member> {
    let field = names.field;
    let typed = context.types.field(field);
    let width = member.register.width.value;
    let part = Part {
        names,
        word: Int::with_room_for(width, false),
        width,
        kind: Kind::of(context, typed.read, field, path),
        written: Kind::of(context, typed.written, field, path),
    };
    let writable = member.methods.contains(&Method::Write) && typed.takes_a_value;
    let doc = part.doc(context, member);
    let mask = typed.action.map(|action| part.mask(action));
    let readable = field.access.read;
    let getter = readable.then(|| part.getter(&doc));
    // A field that cannot be read is documented at the setter.
    let setter_doc = if readable { part.setter_doc() } else { doc };
    let setter = writable.then(|| part.setter(&setter_doc));
    [mask, getter, setter].into_iter().flatten()
}

/// What a field is to a program.
enum Kind<'p> {
    Enum(&'p EnumName<'p>, String),
    Number(Number),
}

impl<'p> Kind<'p> {
    fn of(context: &'p Context<'_>, value: Value, field: &Field, path: &[String]) -> Self {
        let name = match value {
            Value::Number(number) => return Kind::Number(number),
            Value::Enum(index) => context.enum_at(index),
        };
        match name {
            Some(it) => Kind::Enum(it, it.seen_from(path)),
            None => Kind::Number(Number::of_field(field)),
        }
    }

    /// What a program gives, and its bits: more of them than the field has if it
    /// may be negative.
    fn written(&self) -> (String, &'static str) {
        match self {
            Kind::Enum(it, path) if it.typed.signed => {
                (path.clone(), "value.bits().cast_unsigned()")
            }
            Kind::Enum(_, path) => (path.clone(), "value.bits()"),
            Kind::Number(it) => {
                let bits = match it {
                    Number::Whole(int) if int.signed => "value.cast_unsigned()",
                    Number::Flag | Number::Whole(_) => "value",
                    Number::Bounded(..) | Number::Fixed(..) => "value.bits()",
                };
                (number(*it), bits)
            }
        }
    }

    /// The integer of those bits; none for a `bool`.
    fn bits(&self) -> Option<Int> {
        match self {
            Kind::Enum(it, _) => Some(it.typed.int().unsigned()),
            Kind::Number(Number::Flag) => None,
            Kind::Number(Number::Whole(int)) => Some(int.unsigned()),
            Kind::Number(Number::Bounded(..) | Number::Fixed(..)) => {
                Some(Int::with_room_for(64, false))
            }
        }
    }

    /// Whether a written value may have bits beyond the field's.
    fn overflows(&self) -> bool {
        match self {
            Kind::Enum(it, _) => it.typed.signed,
            Kind::Number(Number::Flag | Number::Whole(_)) => false,
            Kind::Number(it) => it.is_signed(),
        }
    }
}

struct Part<'p> {
    names: &'p FieldNames<'p>,
    /// The register's integer, and its bits.
    word: Int,
    width: u32,
    /// For a program that reads it.
    kind: Kind<'p>,
    /// For a program that writes it.
    written: Kind<'p>,
}

impl Part<'_> {
    fn doc(&self, context: &Context<'_>, member: &RegisterMember<'_>) -> Doc {
        let field = self.names.field;
        Doc::line(words::field(context.lines, member.register, field))
            .and_author(field.description.as_deref())
            .alias(&field.name, &self.names.method)
    }

    fn setter_doc(&self) -> Doc {
        Doc::line(format!("With {} changed.", code(&self.names.field.name)))
    }

    fn mask(&self, action: Action) -> Member {
        let field = self.names.field;
        let method = marker::acting_method(action);
        let doc = Doc::line(format!("{}, for `{method}`.", code(&field.name)))
            .alias(&field.name, &self.names.constant);
        Member::Mask {
            doc: doc.at(1),
            name: identifier(Language::Rust, &self.names.constant),
            action: marker::action(action),
            mask: Hex(field.bits.mask()),
        }
    }

    fn getter(&self, doc: &Doc) -> Member {
        let name = identifier(Language::Rust, &self.names.method);
        let (result, body) = self.read();
        Member::Method(Function {
            doc: doc.at(1),
            tracks_caller: false,
            signature: format!("const fn {name}(self) -> {result}"),
            body,
        })
    }

    /// What the getter returns, and how it gets it.
    fn read(&self) -> (String, String) {
        let bits = self.names.field.bits.value;
        match &self.kind {
            Kind::Number(Number::Flag) => {
                let mask = Hex(bits.mask());
                ("bool".to_owned(), format!("self.0 & {mask} != 0"))
            }
            Kind::Number(Number::Whole(whole) | Number::Bounded(_, whole)) => {
                (int(*whole).to_owned(), self.loaded(*whole))
            }
            Kind::Number(fixed @ Number::Fixed(..)) => {
                let wide = self.aligned_low(Int::with_room_for(64, false));
                (number(*fixed), format!("mmio::Fixed::from_field({wide})"))
            }
            Kind::Enum(it, path) => {
                let whole = it.typed.int();
                let raw = self.loaded(whole);
                if it.typed.exhaustive == Some(bits.len) {
                    (path.clone(), format!("{path}::from_low_bits({raw})"))
                } else {
                    // The hardware may answer a value that has no name.
                    let result = format!("::core::result::Result<{path}, {}>", int(whole));
                    (result, format!("{path}::from_bits({raw})"))
                }
            }
        }
    }

    /// The field's bits, as that integer.
    fn loaded(&self, whole: Int) -> String {
        match whole.signed {
            true => self.sign_extended(whole),
            false => self.extracted(whole),
        }
    }

    fn setter(&self, doc: &Doc) -> Member {
        let name = &self.names.method;
        let (takes, bits) = self.written.written();
        Member::Method(Function {
            doc: doc.at(1),
            tracks_caller: false,
            signature: format!("const fn with_{name}(self, value: {takes}) -> Self"),
            body: self.placed(bits),
        })
    }

    /// The field's bits, as that unsigned integer.
    fn extracted(&self, whole: Int) -> String {
        let bits = self.names.field.bits.value;
        let (low, mask) = (bits.low, Hex(low_ones(bits.len)));
        let alone = match (low == 0, bits.end() == self.width) {
            (true, true) => "self.0".to_owned(),
            (true, false) => format!("self.0 & {mask}"),
            (false, true) => format!("self.0 >> {low}"),
            (false, false) => format!("(self.0 >> {low}) & {mask}"),
        };
        let name = int(whole);
        match self.word == whole {
            true => alone,
            false if bits.len == self.width => format!("{alone} as {name}"),
            false => format!("({alone}) as {name}"),
        }
    }

    /// The field's bits from bit 0 on, with others above them.
    fn aligned_low(&self, whole: Int) -> String {
        let low = self.names.field.bits.low;
        match (low, self.word == whole) {
            (0, true) => "self.0".to_owned(),
            (0, false) => format!("self.0 as {}", int(whole)),
            (low, true) => format!("self.0 >> {low}"),
            (low, false) => format!("(self.0 >> {low}) as {}", int(whole)),
        }
    }

    /// The field's bits as that signed integer: moved to the top, so that the
    /// highest is a sign, and back.
    fn sign_extended(&self, whole: Int) -> String {
        let bits = self.names.field.bits.value;
        let moved = match self.width - bits.end() {
            0 => "self.0".to_owned(),
            left => format!("(self.0 << {left})"),
        };
        let signed = format!("{moved}.cast_signed()");
        let name = int(whole);
        match (self.width - bits.len, self.word == whole.unsigned()) {
            (0, true) => signed,
            (0, false) => format!("{signed} as {name}"),
            (right, true) => format!("{signed} >> {right}"),
            (right, false) => format!("({signed} >> {right}) as {name}"),
        }
    }

    /// The value with the field's bits replaced by those of `value`.
    fn placed(&self, value: &str) -> String {
        let bits = self.names.field.bits.value;
        let word = int(self.word);
        let is_word = self.written.bits() == Some(self.word);
        if bits.len == self.width {
            return match is_word {
                true => format!("Self({value})"),
                false => format!("Self({value} as {word})"),
            };
        }
        let value = match is_word {
            true => value.to_owned(),
            false => format!("({value} as {word})"),
        };
        let moved = match bits.low {
            0 => value,
            low => format!("({value} << {low})"),
        };
        let mask = Hex(bits.mask());
        let moved = match self.written.overflows() {
            true => format!("({moved} & {mask})"),
            false => moved,
        };
        format!("Self((self.0 & !{mask}) | {moved})")
    }
}
