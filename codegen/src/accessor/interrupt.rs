// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's interrupts, by name.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::model::{Block, Interrupt};

use super::doc::{Doc, code};
use super::ident;
use super::lines::Lines;
use crate::names::{self, Scope};

/// The enum of the block's interrupts, if it has any, under the name that its
/// module has room for.
pub(super) fn names(block: &Block, name: Option<&str>, lines: &Lines<'_>) -> Option<TokenStream> {
    let name = ident(name?);
    let mut scope = Scope::default();
    let variants = block.interrupts.iter().map(|interrupt| {
        let wanted = names::upper_camel(&interrupt.name);
        let variant = scope.claim(&wanted);
        let doc = doc(interrupt, &variant, lines);
        let variant = ident(&variant);
        quote!(#doc #variant)
    });
    let called = block.interrupts.iter().map(|it| it.name.value.as_str());
    let doc = Doc::line(format!(
        "The interrupts of {}, for `Device::interrupt_of`.",
        code(&block.name)
    ));
    Some(quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum #name { #(#variants),* }

        impl mmio::Interrupts for #name {
            type Block = Block;
            const NAMES: &'static [&'static str] = &[#(#called),*];

            #[inline]
            fn index(self) -> usize { self as usize }
        }
    })
}

fn doc(interrupt: &Interrupt, variant: &str, lines: &Lines<'_>) -> Doc {
    let place = lines.place(interrupt.name.span);
    let status = interrupt.status.as_ref();
    let told = status.map_or_else(String::new, |it| {
        format!(", told by {}", code(&it.to_string()))
    });
    Doc::line(format!("{}{told}; {place}.", code(&interrupt.name)))
        .and_author(interrupt.description.as_deref())
        .alias(&interrupt.name, variant)
}
