// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enumerations as Rust enums.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use regdesc::model::Enumeration;
use regdesc::units::low_ones;

use super::doc::{Doc, code};
use super::group::{Printer, path_between};
use super::lower::EnumType;
use super::{decimal, hex, ident, uint, uint_bits};
use crate::names::{self, Scope};

impl EnumType {
    /// The integer that holds it.
    pub(super) fn int(&self) -> Ident {
        uint(self.bits)
    }
}

pub(super) fn render(
    printer: &Printer<'_>,
    enumeration: &Enumeration,
    enum_type: &EnumType,
) -> TokenStream {
    let name = ident(&enum_type.name);
    let int = enum_type.int();
    let place = printer.lines.place(enumeration.name.span);
    let doc = Doc::line(format!("{}; {place}.", code(&enumeration.name)))
        .and_author(enumeration.description.as_deref())
        .alias(&enumeration.name, &enum_type.name);
    let variants = Variants::of(enumeration);
    let declared = variants.declared();
    let table = variants.table();
    let from_bits = variants.bits_to_value(&int, enum_type.bits);
    let from_low_bits = enum_type
        .exhaustive
        .map(|bits| variants.low_bits_to_value(&int, bits));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(#int)]
        pub enum #name { #declared }

        impl #name {
            /// Number and name of every value.
            pub const NAMES: &'static [(u64, &'static str)] = #table;

            #from_bits
            #from_low_bits

            /// The number of this value.
            #[inline]
            pub const fn bits(self) -> #int { self as #int }
        }
    }
}

/// A name for the enum of an enumeration that says the same.
pub(super) fn render_same(
    printer: &Printer<'_>,
    enumeration: &Enumeration,
    enum_type: &EnumType,
    first: &EnumType,
) -> TokenStream {
    let name = ident(&enum_type.name);
    let place = printer.lines.place(enumeration.name.span);
    let doc = Doc::line(format!("{}; {place}.", code(&enumeration.name)))
        .alias(&enumeration.name, &enum_type.name);
    let first = path_from(&enum_type.path, first);
    quote!(#doc pub type #name = #first;)
}

/// The enum as seen from a module of the same block.
pub(super) fn path_from(path: &[String], enum_type: &EnumType) -> TokenStream {
    path_between(path, &enum_type.path, &enum_type.name)
}

struct Variants<'m> {
    enumeration: &'m Enumeration,
    idents: Vec<Ident>,
}

impl<'m> Variants<'m> {
    fn of(enumeration: &'m Enumeration) -> Self {
        let mut scope = Scope::default();
        let names = enumeration.values.iter().map(|value| &value.name);
        let claimed = names.map(|name| scope.claim(name, &names::upper_camel(name)));
        Variants {
            enumeration,
            idents: claimed.map(|name| ident(&name)).collect(),
        }
    }

    fn declared(&self) -> TokenStream {
        let values = self.enumeration.values.iter().zip(&self.idents);
        let variants = values.map(|(value, name)| {
            let number = decimal(value.value.value);
            let doc = Doc::line(format!("{}, {}.", code(&value.name), value.value.value))
                .and_author(value.description.as_deref())
                .alias(&value.name, &name.to_string());
            quote!(#doc #name = #number,)
        });
        variants.collect()
    }

    fn table(&self) -> TokenStream {
        let entries = self.enumeration.values.iter().map(|value| {
            let (number, name) = (decimal(value.value.value), &value.name.value);
            quote!((#number, #name))
        });
        quote!(&[#(#entries),*])
    }

    fn bits_to_value(&self, int: &Ident, bits: u32) -> TokenStream {
        let numbers = self.numbers();
        let names = &self.idents;
        let all_named = self.enumeration.is_exhaustive(uint_bits(bits));
        let other = (!all_named).then(|| quote!(_ => return core::result::Result::Err(bits),));
        quote! {
            /// The value of that number, or the number again if it has no name.
            ///
            /// # Errors
            ///
            /// The number.
            #[inline]
            pub const fn from_bits(bits: #int) -> core::result::Result<Self, #int> {
                core::result::Result::Ok(match bits {
                    #(#numbers => Self::#names,)*
                    #other
                })
            }
        }
    }

    /// For fields of that many bits, where every number has a name: the last
    /// arm needs none.
    fn low_bits_to_value(&self, int: &Ident, bits: u32) -> TokenStream {
        let numbers = self.numbers();
        let (numbers, names) = (numbers.split_last(), self.idents.split_last());
        let (Some((_, numbers)), Some((last, names))) = (numbers, names) else {
            return TokenStream::new();
        };
        let mask = hex(low_ones(bits));
        let doc = Doc::line(format!(
            "The value of the {bits} low bits, which all have names."
        ));
        quote! {
            #doc
            #[inline]
            pub const fn from_low_bits(bits: #int) -> Self {
                match bits & #mask {
                    #(#numbers => Self::#names,)*
                    _ => Self::#last,
                }
            }
        }
    }

    fn numbers(&self) -> Vec<proc_macro2::Literal> {
        let values = self.enumeration.values.iter();
        values.map(|value| decimal(value.value.value)).collect()
    }
}
