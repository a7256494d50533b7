// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's interrupts, by name; and how the first is seen to without a driver.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::RegisterMap;
use regdesc::model::{Block, Interrupt, Order};
use regloom_driver_template::{RegisterView, SilenceView};

use super::doc::{Doc, code};
use super::lines::Lines;
use super::text::Hex;
use super::{decimal, ident};
use crate::kernel;
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

/// Looks at the status of an edge's line at most, as the driver does.
const LOOKS: u64 = 16;

/// How the first interrupt is known and silenced, if more than its line tells:
/// what the runtime does through UIO, which tells of no other.
pub(super) fn first(map: &RegisterMap, block: &Block) -> Option<TokenStream> {
    let (view, registers) = kernel::first_interrupt(map, block)?;
    let port = |name: &str| port(name, &registers, map.bus.endian);
    let status = view.status.as_ref().map(|it| {
        let (port, events) = (port(&it.register), Hex(it.events.into()));
        quote!(status: Some(#port), events: #events,)
    });
    let enable = view.enable.as_ref().map(|it| {
        let port = port(&it.register);
        quote!(enable: Some(#port),)
    });
    let acknowledge = acknowledge(&view.silence, port);
    let looks = (view.edge && view.status.is_some()).then(|| {
        let looks = decimal(LOOKS);
        quote!(looks: #looks,)
    });
    let passes = !matches!(view.silence, SilenceView::Mask | SilenceView::Line);
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

fn acknowledge(
    silence: &SilenceView,
    port: impl Fn(&str) -> Option<TokenStream>,
) -> Option<TokenStream> {
    let SilenceView::Acknowledge {
        register,
        ones,
        zeros,
        kept,
        ..
    } = silence
    else {
        return None;
    };
    let port = port(register);
    let [ones, zeros, kept] = [ones, zeros, kept].map(|bits| Hex((*bits).into()));
    Some(quote! {
        acknowledge: Some(mmio::table::Acknowledge {
            port: #port,
            ones: #ones,
            zeros: #zeros,
            kept: #kept,
        }),
    })
}

/// Where the driver's register of that name stands.
fn port(name: &str, registers: &[RegisterView], endian: Order) -> Option<TokenStream> {
    let register = registers.iter().find(|it| it.name == name)?;
    let (at, bytes) = (Hex(register.offset), decimal((register.width / 8).into()));
    let swapped = (register.width > 8 && endian == Order::Big).then(|| quote!(.swapped()));
    Some(quote!(mmio::table::Port::of(#at, #bytes) #swapped))
}
