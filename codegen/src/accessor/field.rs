// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a value type says about a field: its getter, its setters, its mask.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use regdesc::model::{EnumId, Field, Format};
use regdesc::units::low_ones;

use super::access::{self, Method};
use super::doc::{Doc, code};
use super::group::Printer;
use super::lower::{EnumType, FieldNames, RegisterMember};
use super::value::reset_in_words;
use super::{decimal, enumeration, hex, ident, uint};

pub(super) fn render(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    names: &FieldNames<'_>,
    path: &[String],
) -> impl Iterator<Item = TokenStream> {
    let field = names.field;
    let access = field.access.value;
    let part = Part {
        names,
        word: uint(member.register.width.value),
        width: member.register.width.value,
        kind: Kind::of(printer, field, field.values, path),
        written: Kind::of(printer, field, field.write_values.or(field.values), path),
    };
    let writable = member.methods.contains(&Method::Write) && access::takes_a_value(field);
    let doc = part.doc(printer, member);
    let mask = access::acts_by_name(field).then(|| part.mask());
    let getter = access.read.then(|| part.getter(&doc));
    // A field that cannot be read has its story told at the setter.
    let setter_doc = if access.read { part.setter_doc() } else { doc };
    let setter = writable.then(|| part.setter(&setter_doc));
    [mask, getter, setter].into_iter().flatten()
}

/// What a field is to a program.
enum Kind<'p> {
    Flag,
    Enum(&'p EnumType, TokenStream),
    /// An integer of Rust; signed or not.
    Whole(Ident, bool),
    /// A number between bounds, and the integer that it is read as.
    Bounded(Bounds, Ident),
    /// A fixed-point number of so many bits behind the point.
    Fixed(Bounds, u32),
}

/// The least and the greatest number of a field.
#[derive(Clone, Copy)]
struct Bounds {
    min: i64,
    max: i64,
}

impl Bounds {
    /// Of so many bits; none where the greatest is beyond 63 bits.
    fn of(bits: u32, signed: bool) -> Option<Self> {
        let magnitude = if signed { bits - 1 } else { bits };
        let max = i64::try_from(low_ones(magnitude)).ok()?;
        let min = if signed { -max - 1 } else { 0 };
        Some(Bounds { min, max })
    }

    fn is_signed(self) -> bool {
        self.min < 0
    }
}

impl ToTokens for Bounds {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (min, max) = (
            Literal::i64_unsuffixed(self.min),
            Literal::i64_unsuffixed(self.max),
        );
        tokens.extend(quote!(#min, #max));
    }
}

impl<'p> Kind<'p> {
    fn of(
        printer: &'p Printer<'_>,
        field: &Field,
        values: Option<EnumId>,
        path: &[String],
    ) -> Self {
        if let Some(enum_type) = printer.enum_of(values) {
            return Kind::Enum(enum_type, enumeration::path_from(path, enum_type));
        }
        let len = field.bits.len;
        let signed = field.format.value.is_signed();
        match (field.format.value, Bounds::of(len, signed)) {
            (Format::Fixed { fraction, .. }, Some(bounds)) => Kind::Fixed(bounds, fraction),
            (Format::Unsigned, _) if len == 1 => Kind::Flag,
            (_, Some(bounds)) if !matches!(len, 8 | 16 | 32 | 64) => {
                Kind::Bounded(bounds, int(len, signed))
            }
            _ => Kind::Whole(int(len, signed), signed),
        }
    }

    /// What a program gives, and its bits: more of them than the field has if it
    /// may be negative.
    fn written(&self) -> (TokenStream, TokenStream) {
        match self {
            Kind::Flag => (quote!(bool), quote!(value)),
            Kind::Enum(_, path) => (path.clone(), quote!(value.bits())),
            Kind::Whole(int, false) => (quote!(#int), quote!(value)),
            Kind::Whole(int, true) => (quote!(#int), quote!(value.cast_unsigned())),
            Kind::Bounded(bounds, _) => (quote!(mmio::Bounded<#bounds>), quote!(value.bits())),
            Kind::Fixed(bounds, fraction) => {
                let fraction = decimal((*fraction).into());
                (
                    quote!(mmio::Fixed<#bounds, #fraction>),
                    quote!(value.bits()),
                )
            }
        }
    }

    /// The integer of those bits.
    fn bits(&self) -> String {
        match self {
            Kind::Flag => "bool".to_owned(),
            Kind::Enum(enum_type, _) => enum_type.int().to_string(),
            Kind::Whole(int, _) => int.to_string().replace('i', "u"),
            Kind::Bounded(..) | Kind::Fixed(..) => "u64".to_owned(),
        }
    }

    /// Whether a written value may have bits beyond the field's.
    fn overflows(&self) -> bool {
        match self {
            Kind::Flag | Kind::Enum(..) | Kind::Whole(..) => false,
            Kind::Bounded(bounds, _) | Kind::Fixed(bounds, _) => bounds.is_signed(),
        }
    }
}

/// The integer that has room for so many bits.
fn int(bits: u32, signed: bool) -> Ident {
    let unsigned = uint(bits);
    match signed {
        true => ident(&unsigned.to_string().replace('u', "i")),
        false => unsigned,
    }
}

struct Part<'p> {
    names: &'p FieldNames<'p>,
    /// The register's integer, and its bits.
    word: Ident,
    width: u32,
    /// To who reads it.
    kind: Kind<'p>,
    /// To who writes it.
    written: Kind<'p>,
}

impl Part<'_> {
    fn doc(&self, printer: &Printer<'_>, member: &RegisterMember<'_>) -> Doc {
        let field = self.names.field;
        let bits = field.bits.value;
        let register = member.register;
        let known = bits.extract(register.reset_mask);
        let reset = reset_in_words(bits.extract(register.reset.value), known, bits.len);
        Doc::line(format!(
            "{}: bit{} {bits}, {}{}, {reset}; {}.",
            code(&field.name),
            if bits.len == 1 { "" } else { "s" },
            field.access.value,
            format_in_words(field.format.value),
            printer.lines.place(field.name.span),
        ))
        .and_author(field.description.as_deref())
        .alias(&field.name, &self.names.method)
    }

    fn setter_doc(&self) -> Doc {
        Doc::line(format!("With {} changed.", code(&self.names.field.name)))
    }

    fn mask(&self) -> TokenStream {
        let field = self.names.field;
        let name = ident(&self.names.constant);
        let doc = Doc::line(format!("{}, to name its bits.", code(&field.name)))
            .alias(&field.name, &self.names.constant);
        let mask = hex(self.names.field.bits.mask());
        quote!(#doc pub const #name: Self = Self(#mask);)
    }

    fn getter(&self, doc: &Doc) -> TokenStream {
        let name = ident(&self.names.method);
        let (result, body) = self.read();
        quote! {
            #doc
            #[inline]
            pub const fn #name(self) -> #result { #body }
        }
    }

    /// What the getter returns, and how it gets it.
    fn read(&self) -> (TokenStream, TokenStream) {
        let bits = self.names.field.bits.value;
        match &self.kind {
            Kind::Flag => {
                let mask = hex(bits.mask());
                (quote!(bool), quote!(self.0 & #mask != 0))
            }
            Kind::Whole(int, false) => (quote!(#int), self.extracted(int)),
            Kind::Whole(int, true) => (quote!(#int), self.sign_extended(int)),
            Kind::Bounded(bounds, int) if bounds.is_signed() => {
                (quote!(#int), self.sign_extended(int))
            }
            Kind::Bounded(_, int) => (quote!(#int), self.extracted(int)),
            Kind::Fixed(..) => {
                let (fixed, _) = self.kind.written();
                let wide = self.aligned_low(&quote!(u64));
                let len = decimal(bits.len.into());
                (fixed, quote!(mmio::Fixed::from_field(#wide, #len)))
            }
            Kind::Enum(enum_type, path) => {
                let int = enum_type.int();
                let raw = self.extracted(&int);
                if self.may_have_no_name() {
                    let result = quote!(core::result::Result<#path, #int>);
                    (result, quote!(#path::from_bits(#raw)))
                } else {
                    (quote!(#path), quote!(#path::from_low_bits(#raw)))
                }
            }
        }
    }

    /// Whether the field is enumerated and the hardware may answer a value that
    /// is not.
    fn may_have_no_name(&self) -> bool {
        let len = self.names.field.bits.len;
        matches!(&self.kind, Kind::Enum(enum_type, _) if enum_type.exhaustive != Some(len))
    }

    fn setter(&self, doc: &Doc) -> TokenStream {
        let name = ident(&format!("with_{}", self.names.method));
        let (takes, bits) = self.written.written();
        let placed = self.placed(&bits);
        quote! {
            #doc
            #[inline]
            pub const fn #name(self, value: #takes) -> Self { #placed }
        }
    }

    /// The field's bits, as that integer.
    fn extracted(&self, int: &Ident) -> TokenStream {
        let bits = self.names.field.bits.value;
        let low = decimal(bits.low.into());
        let mask = hex(low_ones(bits.len));
        let alone = match (bits.low == 0, bits.end() == self.width) {
            (true, true) => quote!(self.0),
            (true, false) => quote!(self.0 & #mask),
            (false, true) => quote!(self.0 >> #low),
            (false, false) => quote!((self.0 >> #low) & #mask),
        };
        match self.is_word(&int.to_string()) {
            true => alone,
            false if bits.len == self.width => quote!(#alone as #int),
            false => quote!((#alone) as #int),
        }
    }

    /// The field's bits from bit 0 on, with others above them.
    fn aligned_low(&self, int: &TokenStream) -> TokenStream {
        let low = self.names.field.bits.low;
        let shifted = match low {
            0 => quote!(self.0),
            _ => {
                let low = decimal(low.into());
                quote!((self.0 >> #low))
            }
        };
        match self.is_word(&int.to_string()) {
            true => shifted,
            false => quote!(#shifted as #int),
        }
    }

    /// The field's bits as that signed integer: moved to the top, so that the
    /// highest is a sign, and back.
    fn sign_extended(&self, int: &Ident) -> TokenStream {
        let bits = self.names.field.bits.value;
        let moved = match self.width - bits.end() {
            0 => quote!(self.0),
            left => {
                let left = decimal(left.into());
                quote!((self.0 << #left))
            }
        };
        let right = decimal((self.width - bits.len).into());
        let extended = match self.width - bits.len {
            0 => quote!(#moved.cast_signed()),
            _ => quote!((#moved.cast_signed() >> #right)),
        };
        match self.word == int.to_string().replace('i', "u") {
            true => extended,
            false => quote!(#extended as #int),
        }
    }

    /// The value with the field's bits replaced by those of `value`.
    fn placed(&self, value: &TokenStream) -> TokenStream {
        let bits = self.names.field.bits.value;
        let word = &self.word;
        let is_word = self.is_word(&self.written.bits());
        let value = if is_word {
            value.clone()
        } else {
            quote!(#value as #word)
        };
        if bits.len == self.width {
            return quote!(Self(#value));
        }
        let value = if is_word { value } else { quote!((#value)) };
        let low = decimal(bits.low.into());
        let mask = hex(bits.mask());
        let moved = if bits.low == 0 {
            value
        } else {
            quote!((#value << #low))
        };
        let moved = match self.written.overflows() {
            true => quote!((#moved & #mask)),
            false => moved,
        };
        quote!(Self((self.0 & !#mask) | #moved))
    }

    fn is_word(&self, int: &str) -> bool {
        self.word == int
    }
}

/// `, s3.13` for bits that are no plain count.
fn format_in_words(format: Format) -> String {
    match format {
        Format::Unsigned => String::new(),
        format => format!(", {format}"),
    }
}
