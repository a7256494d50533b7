// SPDX-License-Identifier: MIT OR Apache-2.0

//! The value type of a register.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use regdesc::model::Register;
use regdesc::units::low_ones;

use super::access::Masks;
use super::doc::{Doc, code};
use super::group::{Printer, path_between};
use super::lower::{Beat, RegisterKind, RegisterMember};
use super::{field, hex, ident, table, uint};

/// The type of a register's value, or what stands for it, in parts; nothing for a
/// plain number.
pub(super) fn render(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    path: &[String],
) -> Vec<TokenStream> {
    match &member.kind {
        RegisterKind::Number => Vec::new(),
        RegisterKind::Own(name) if member.fields.is_empty() => {
            vec![number(printer, member, name, path)]
        }
        RegisterKind::Own(name) => fields(printer, member, name, path),
        RegisterKind::Same { name, of } => {
            let (ident, of) = (ident(name), path_between(path, &of.path, &of.name));
            let doc = doc(printer, member, name);
            vec![quote!(#doc pub type #ident = #of;)]
        }
    }
}

/// The register's type, as seen from its own module.
pub(super) fn kind(member: &RegisterMember<'_>) -> TokenStream {
    match member.kind.name() {
        Some(name) => ident(name).into_token_stream(),
        None => {
            let (word, beat) = (word(member), beat(member));
            let reset = hex(member.register.reset.value);
            quote!(mmio::Number<#word, #beat, #reset>)
        }
    }
}

/// The register as a number.
pub(super) fn word(member: &RegisterMember<'_>) -> Ident {
    uint(member.register.width.value)
}

/// How the bus moves it.
pub(super) fn beat(member: &RegisterMember<'_>) -> TokenStream {
    let (beat, unit) = (member.beat, uint(member.beat.width));
    if beat.is_plain() {
        return unit.into_token_stream();
    }
    let Beat {
        high_at_start,
        high_first,
        swapped,
        ..
    } = beat;
    quote!(mmio::InOrder<#unit, #high_at_start, #high_first, #swapped>)
}

/// A kind of register that is one number, of which bits act on a write.
fn number(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    name: &str,
    path: &[String],
) -> TokenStream {
    let (ident, word) = (ident(name), word(member));
    let doc = doc(printer, member, name);
    let conversions = quote! {
        type Value = #word;
        const FROM_BITS: fn(#word) -> #word = |bits| bits;
        const BITS: fn(#word) -> #word = |bits| bits;
    };
    let implementation = implementation(printer, member, (&ident, path), &conversions);
    quote! {
        #doc
        #[derive(Debug)]
        pub enum #ident {}

        #implementation
    }
}

/// A value with fields.
fn fields(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    name: &str,
    path: &[String],
) -> Vec<TokenStream> {
    let (ident, word) = (ident(name), word(member));
    let doc = doc(printer, member, name);
    let reset = hex(member.register.reset.value);
    let fields = member
        .fields
        .iter()
        .flat_map(|names| field::render(printer, member, names, path));
    let conversions = quote! {
        type Value = Self;
        const FROM_BITS: fn(#word) -> Self = Self::from_bits;
        const BITS: fn(Self) -> #word = Self::bits;
    };
    let implementation = implementation(printer, member, (&ident, path), &conversions);
    let union = (member.masks.acting() != 0).then(|| {
        quote! {
            impl core::ops::BitOr for #ident {
                type Output = Self;
                #[inline]
                fn bitor(self, other: Self) -> Self { Self(self.0 | other.0) }
            }
        }
    });
    let declaration = quote! {
        #doc
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[must_use]
        pub struct #ident(#word);

        mmio::value!(#ident, #word, #reset);
    };
    let methods = quote!(impl #ident { #(#fields)* });
    let parts = [declaration, methods, implementation];
    parts.into_iter().chain(union).collect()
}

fn doc(printer: &Printer<'_>, member: &RegisterMember<'_>, name: &str) -> Doc {
    let register = member.register;
    let width = register.width.value;
    let reset = reset_in_words(register.reset.value, register.reset_mask, width);
    let place = printer.lines.place(register.name.span);
    Doc::line(format!(
        "What {} holds: {width} bits, {reset}; {place}.",
        code(&register.name)
    ))
    .and_author(register.description.as_deref())
    .alias(&register.name, name)
}

/// What the runtime knows about the type.
fn implementation(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    (name, path): (&Ident, &[String]),
    conversions: &TokenStream,
) -> TokenStream {
    let register = member.register;
    let (word, beat) = (word(member), beat(member));
    let reset = hex(register.reset.value);
    let layout = table::layout(printer, register, path);
    let plain = Masks::plain(register.width.value);
    let masks = (member.masks != plain).then(|| masks(member.masks, plain, &word));
    quote! {
        impl mmio::Register for #name {
            type Word = #word;
            type Beat = #beat;
            #conversions
            const RESET_BITS: u64 = #reset;
            #masks
            const LAYOUT: &'static mmio::table::Layout = #layout;
        }
    }
}

/// What differs from a register of plain bits.
fn masks(masks: Masks, plain: Masks, word: &proc_macro2::Ident) -> TokenStream {
    let parts = [
        ("keep", masks.keep, plain.keep),
        ("fixed", masks.fixed, plain.fixed),
        ("restore", masks.restore, plain.restore),
        ("clear", masks.clear, plain.clear),
        ("set", masks.set, plain.set),
        ("toggle", masks.toggle, plain.toggle),
        ("trigger", masks.trigger, plain.trigger),
    ];
    let differing = parts.iter().filter(|(_, mask, plain)| mask != plain);
    let said: Vec<_> = differing
        .map(|(part, mask, _)| {
            let (part, mask) = (ident(part), hex(*mask));
            quote!(#part: #mask,)
        })
        .collect();
    let rest = (said.len() < parts.len()).then(|| quote!(..mmio::Masks::PLAIN));
    quote! {
        const MASKS: mmio::Masks<#word> = mmio::Masks { #(#said)* #rest };
    }
}

/// `rw`, or `rw and w1c` where the fields differ.
pub(super) fn access_in_words(register: &Register) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for access in register.accesses() {
        let kind = access.to_string();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.join(" and ")
}

/// `reset 0x5`, with what is known of it.
pub(super) fn reset_in_words(reset: u64, known: u64, width: u32) -> String {
    let all = low_ones(width);
    match known & all {
        0 => "reset unknown".to_owned(),
        known if known == all => format!("reset {reset:#x}"),
        known => format!("reset {reset:#x} (known in {known:#x})"),
    }
}
