// SPDX-License-Identifier: MIT OR Apache-2.0

//! The value type of a register.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::model::Register;
use regdesc::units::low_ones;

use super::access::Masks;
use super::doc::{Doc, code};
use super::group::Printer;
use super::lower::RegisterMember;
use super::{field, hex, ident, table, uint};

pub(super) fn render(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    path: &[String],
) -> TokenStream {
    let register = member.register;
    let name = ident(&member.value);
    let word = uint(register.width.value);
    let doc = doc(printer, member);
    let reset = hex(register.reset.value);
    let fields = member
        .fields
        .iter()
        .map(|names| field::render(printer, member, names, path));
    let value = implementation(printer, member, path);
    let union = (member.masks.acting() != 0).then(|| {
        quote! {
            impl core::ops::BitOr for #name {
                type Output = Self;
                #[inline]
                fn bitor(self, other: Self) -> Self { Self(self.0 | other.0) }
            }
        }
    });
    quote! {
        #doc
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(transparent)]
        pub struct #name(#word);

        impl #name {
            /// Value after reset.
            pub const RESET: Self = Self(#reset);

            /// The value of these bits.
            #[inline]
            #[must_use]
            pub const fn from_bits(bits: #word) -> Self { Self(bits) }

            /// The bits of this value.
            #[inline]
            #[must_use]
            pub const fn bits(self) -> #word { self.0 }

            #(#fields)*
        }

        #value
        #union

        impl core::fmt::Debug for #name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                mmio::table::debug(*self, f)
            }
        }
    }
}

fn doc(printer: &Printer<'_>, member: &RegisterMember<'_>) -> Doc {
    let register = member.register;
    let width = register.width.value;
    let reset = reset_in_words(register.reset.value, register.reset_mask, width);
    let place = printer.lines.place(register.name.span);
    Doc::line(format!(
        "What {} holds: {width} bits, {reset}; {place}.",
        code(&register.name)
    ))
    .and_author(register.description.as_deref())
    .alias(&register.name, &member.value)
}

/// What the runtime knows about the type.
fn implementation(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    path: &[String],
) -> TokenStream {
    let register = member.register;
    let name = ident(&member.value);
    let (word, beat) = (uint(register.width.value), uint(member.beat));
    let reset = hex(register.reset.value);
    let layout = table::layout(printer, register, path);
    let plain = Masks::plain(register.width.value);
    let masks = (member.masks != plain).then(|| masks(member.masks, plain, &word));
    quote! {
        impl mmio::Value for #name {
            type Word = #word;
            type Beat = #beat;
            const RESET_BITS: #word = #reset;
            #masks
            const LAYOUT: &'static mmio::table::Layout = #layout;

            #[inline]
            fn from_bits(bits: #word) -> Self { Self(bits) }

            #[inline]
            fn bits(self) -> #word { self.0 }
        }
    }
}

/// What differs from a register of plain bits. What a write for others gives
/// back matters only where there are such writes.
fn masks(masks: Masks, plain: Masks, word: &proc_macro2::Ident) -> TokenStream {
    let restore = if masks.acting() == 0 {
        plain.restore
    } else {
        masks.restore
    };
    let parts = [
        ("keep", masks.keep, plain.keep),
        ("fixed", masks.fixed, plain.fixed),
        ("restore", restore, plain.restore),
        ("clear", masks.clear, plain.clear),
        ("set", masks.set, plain.set),
        ("toggle", masks.toggle, plain.toggle),
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
