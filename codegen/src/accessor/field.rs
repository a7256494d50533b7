// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a value type says about a field: its getter, its setters, its mask.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
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
) -> TokenStream {
    let field = names.field;
    let access = field.access.value;
    let part = Part {
        names,
        word: uint(member.register.width.value),
        width: member.register.width.value,
        kind: Kind::of(printer, field, field.values, path),
        written: Kind::of(printer, field, field.write_values.or(field.values), path),
    };
    let writable = member.methods.contains(&Method::Write) && access::takes_a_value(access);
    let doc = part.doc(printer, member);
    let mask = access::acts_by_name(access).then(|| part.mask());
    let getter = access.read.then(|| part.getter(&doc));
    // A field that cannot be read has its story told at the first setter.
    let setter_doc = if access.read { part.setter_doc() } else { doc };
    let setters = writable.then(|| part.setters(&setter_doc));
    quote!(#mask #getter #setters)
}

/// What a field is to a program.
enum Kind<'p> {
    Flag,
    Enum(&'p EnumType, TokenStream),
    /// As wide as its integer.
    Whole,
    /// Narrower than its integer.
    Narrow,
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
        match field.bits.len {
            1 => Kind::Flag,
            8 | 16 | 32 | 64 => Kind::Whole,
            _ => Kind::Narrow,
        }
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
        // A `Result` must be used by itself.
        let must_use = (!self.may_have_no_name()).then(|| quote!(#[must_use]));
        quote! {
            #doc
            #[inline]
            #must_use
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
            Kind::Whole | Kind::Narrow => {
                let int = uint(bits.len);
                (quote!(#int), self.extracted(&int))
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

    fn setters(&self, doc: &Doc) -> TokenStream {
        let name = &self.names.method;
        let with = ident(&format!("with_{name}"));
        match &self.written {
            Kind::Flag => self.setter(doc, &with, &quote!(bool), &quote!(value)),
            Kind::Whole => {
                let int = uint(self.names.field.bits.len);
                self.setter(doc, &with, &quote!(#int), &quote!(value))
            }
            Kind::Enum(_, path) => self.setter(doc, &with, path, &quote!(value.bits())),
            Kind::Narrow => self.checked_setters(doc),
        }
    }

    fn setter(
        &self,
        doc: &Doc,
        name: &Ident,
        takes: &TokenStream,
        value: &TokenStream,
    ) -> TokenStream {
        let placed = self.placed(value, self.is_word(&takes.to_string()));
        quote! {
            #doc
            #[inline]
            #[must_use]
            pub const fn #name(self, value: #takes) -> Self { #placed }
        }
    }

    /// Setters for a field that some values of its integer do not fit.
    fn checked_setters(&self, doc: &Doc) -> TokenStream {
        let name = &self.names.method;
        let (attempt, constant) = (
            ident(&format!("try_with_{name}")),
            ident(&format!("with_const_{name}")),
        );
        let len = self.names.field.bits.len;
        let int = uint(len);
        let max = hex(low_ones(len));
        let same = self.is_word(&int.to_string());
        let (value, fixed) = (
            self.placed(&quote!(value), same),
            self.placed(&quote!(VALUE), same),
        );
        let refusal = format!("the field takes at most {:#x}", low_ones(len));
        let error = format!("When `value` needs more than {len} bits.");
        let attempt_doc = doc.clone().and("# Errors").and(error);
        let constant_doc = Doc::line(format!(
            "With {} changed to a constant, checked at compile time.",
            code(&self.names.field.name)
        ));
        let wide = if len > 32 {
            quote!(value)
        } else {
            quote!(value as u64)
        };
        quote! {
            #attempt_doc
            #[inline]
            pub const fn #attempt(self, value: #int) -> core::result::Result<Self, mmio::OutOfRange> {
                if value > #max {
                    return core::result::Result::Err(mmio::OutOfRange::new(#wide, #max));
                }
                core::result::Result::Ok(#value)
            }

            #constant_doc
            #[inline]
            #[must_use]
            pub const fn #constant<const VALUE: #int>(self) -> Self {
                const { assert!(VALUE <= #max, #refusal) };
                #fixed
            }
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

    /// The value with the field's bits replaced by those of `value`.
    fn placed(&self, value: &TokenStream, is_word: bool) -> TokenStream {
        let bits = self.names.field.bits.value;
        let word = &self.word;
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
