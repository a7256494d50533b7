// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's interrupts, by name; and how the first is handled without a driver.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::model::{Interrupt as Described, Order};

use super::doc::{Doc, code};
use super::text::{Hex, decimal, ident};
use crate::lowered::Block;
use crate::lowered::interrupt::{Acknowledge, Enable, Silence};
use crate::lowered::registers::Port;
use crate::names::{Language, Place, Scope, Use};
use crate::sources::Lines;

/// The enum of the block's interrupts, if it has any, under the name that its
/// module has room for.
pub(super) fn names(
    block: &Block<'_>,
    name: Option<&str>,
    lines: &Lines<'_>,
) -> Option<TokenStream> {
    let name = ident(name?);
    let mut scope = Scope::of(Language::Rust, Place::Plain);
    let interrupts = block.interrupts.iter().map(|it| it.described);
    let variants = interrupts.clone().map(|interrupt| {
        let variant = scope.claim(Use::Type, &interrupt.name);
        let doc = doc(interrupt, &variant, lines);
        let variant = ident(&variant);
        quote!(#doc #variant)
    });
    let called = interrupts.map(|it| it.name.value.as_str());
    let doc = Doc::line(format!(
        "The interrupts of {}, for `Device::interrupt_of`.",
        code(block.name)
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

fn doc(interrupt: &Described, variant: &str, lines: &Lines<'_>) -> Doc {
    let place = lines.place(interrupt.name.span);
    let status = interrupt.status.as_ref();
    let reported = status.map_or_else(String::new, |it| {
        format!(", reported by {}", code(&it.to_string()))
    });
    Doc::line(format!("{}{reported}; {place}.", code(&interrupt.name)))
        .and_author(interrupt.description.as_deref())
        .alias(&interrupt.name, variant)
}

/// Reads of the status of an edge's line at most, as the driver does.
const LOOKS: u64 = 16;

/// How the first interrupt is recognised and silenced, if more than its line reports it:
/// what the runtime does through UIO, which reports no other.
pub(super) fn first(block: &Block<'_>, endian: Order) -> Option<TokenStream> {
    let interrupt = block.first_handled_interrupt()?;
    // The table has no room for bits at other places.
    if !interrupt.described.events.is_empty() {
        return None;
    }
    let port = |it| port(it, endian);
    let source = interrupt.sources.first();
    let status = source.map(|it| {
        let (port, events) = (port(it.status), Hex(it.bits.into()));
        quote!(status: Some(#port), events: #events,)
    });
    let enable = source.and_then(|it| match it.enable {
        Some(Enable::Register { port: at, .. }) => {
            let port = port(at);
            Some(quote!(enable: Some(#port),))
        }
        _ => None,
    });
    let acknowledge = source.and_then(|it| it.acknowledge.as_ref());
    let acknowledge = acknowledge.map(|it| acknowledged(it, port));
    let looks = (interrupt.is_edge && source.is_some()).then(|| {
        let looks = decimal(LOOKS);
        quote!(looks: #looks,)
    });
    let passes = interrupt.silence == Silence::Acknowledged;
    Some(quote! {
        const INTERRUPT: mmio::table::Interrupt = mmio::table::Interrupt {
            #status
            #enable
            #acknowledge
            #looks
            passes: #passes,
            ..mmio::table::Interrupt::LINE
        };
    })
}

fn acknowledged(acknowledge: &Acknowledge, port: impl Fn(Port) -> TokenStream) -> TokenStream {
    let port = port(acknowledge.port);
    let [ones, zeros, kept] =
        [acknowledge.ones, acknowledge.zeros, acknowledge.kept].map(|bits| Hex(bits.into()));
    quote! {
        acknowledge: Some(mmio::table::Acknowledge {
            port: #port,
            ones: #ones,
            zeros: #zeros,
            kept: #kept,
        }),
    }
}

fn port(port: Port, endian: Order) -> TokenStream {
    let (at, bytes) = (Hex(port.offset), decimal((port.width / 8).into()));
    let swapped = (port.width > 8 && endian == Order::Big).then(|| quote!(.swapped()));
    quote!(mmio::table::Port::of(#at, #bytes) #swapped)
}
