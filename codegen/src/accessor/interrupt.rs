// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's interrupts: a type for each, with its events by name; and how it is
//! handled without a driver.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use regdesc::model::{InterruptEvent, Order};

use super::doc::{Doc, code};
use super::text::{Hex, decimal, ident};
use crate::lowered::Block;
use crate::lowered::interrupt::{Acknowledge, Enable, Event, Interrupt, Move, Silence, Source};
use crate::lowered::registers::Port;
use crate::names::{Language, Place, Scope, Use};
use crate::sources::Lines;

/// The module of the block's interrupts, if it has any, under the name that its
/// module has room for.
pub(super) fn module(
    block: &Block<'_>,
    name: Option<&str>,
    lines: &Lines<'_>,
    endian: Order,
) -> Option<TokenStream> {
    let module = ident(name?);
    let mut scope = Scope::of(Language::Rust, Place::Plain);
    let names = block.interrupts.iter();
    let names: Vec<_> = names
        .map(|it| scope.claim(Use::Type, &it.described.name))
        .collect();
    let first = ident(names.first()?);
    let tables = names.iter().map(|name| {
        let name = ident(name);
        quote!(<#module::#name as mmio::InterruptOf<Block>>::TABLE)
    });
    let numbered = block.interrupts.iter().zip(&names).zip(0..);
    let types = numbered.map(|((interrupt, name), index)| {
        let line = line(interrupt, name, lines);
        let table = table(interrupt, endian);
        let (name, index) = (ident(name), decimal(index));
        quote! {
            #line

            impl mmio::InterruptOf<super::Block> for #name {
                const INDEX: usize = #index;
                const TABLE: mmio::table::Interrupt = #table;
            }
        }
    });
    let doc = Doc::line(format!(
        "The interrupts of {}, for `Device::interrupt_of`, and their events.",
        code(block.name)
    ));
    Some(quote! {
        #doc
        pub mod #module {
            use ::regloom_mmio as mmio;
            #(#types)*
        }

        impl mmio::Interrupts for Block {
            type First = #module::#first;
            const TABLES: &'static [mmio::table::Interrupt] = &[#(#tables),*];
        }
    })
}

/// The type of an interrupt, with a constant for each of its events.
fn line(interrupt: &Interrupt<'_>, name: &str, lines: &Lines<'_>) -> TokenStream {
    let doc = doc(interrupt, name, lines);
    let called = &interrupt.described.name.value;
    let mut scope = Scope::of(Language::Rust, Place::Plain);
    // Without the driver nothing reads a status that is too wide, and there is no driver.
    let reported = match interrupt.unhandled {
        None => interrupt.events.as_slice(),
        Some(_) => &[],
    };
    let by_fields = &interrupt.described.events;
    let constants = reported.iter().enumerate().map(|(at, event)| {
        let constant = scope.claim(Use::Constant, event.name);
        let doc = event_doc(event, by_fields.get(at), &constant, lines);
        let (constant, bits) = (ident(&constant), Hex(event.bits.into()));
        quote! {
            #doc
            pub const #constant: mmio::Events<Self> = mmio::Events::from_bits(#bits);
        }
    });
    let name = ident(name);
    let constants = (!reported.is_empty()).then(|| quote!(impl #name { #(#constants)* }));
    let events = reported.iter().map(|event| {
        let (name, bits) = (&event.name.value, Hex(event.bits.into()));
        quote!(mmio::table::Event::of(#name, #bits))
    });
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #name;

        #constants

        impl mmio::InterruptLine for #name {
            const NAME: &'static str = #called;
            const EVENTS: &'static [mmio::table::Event] = &[#(#events),*];
        }
    }
}

fn doc(interrupt: &Interrupt<'_>, name: &str, lines: &Lines<'_>) -> Doc {
    let described = interrupt.described;
    let place = lines.place(described.name.span);
    let status = described.status.as_ref();
    let reported = status.map_or_else(String::new, |it| {
        format!(", reported by {}", code(&it.to_string()))
    });
    Doc::line(format!("{}{reported}; {place}.", code(&described.name)))
        .and_author(described.description.as_deref())
        .alias(&described.name, name)
}

fn event_doc(
    event: &Event<'_>,
    by_fields: Option<&InterruptEvent>,
    constant: &str,
    lines: &Lines<'_>,
) -> Doc {
    let place = lines.place(event.name.span);
    let fields = by_fields.map_or_else(String::new, |described| {
        let status = code(&described.status.to_string());
        let enable = described.enable_set.as_ref().or(described.enable.as_ref());
        let enabled = enable.map_or_else(String::new, |it| {
            format!(", enabled by {}", code(&it.to_string()))
        });
        format!(", reported by {status}{enabled}")
    });
    Doc::line(format!("{}{fields}; {place}.", code(event.name)))
        .and_author(event.description)
        .alias(event.name, constant)
}

/// How the interrupt is recognised, enabled and acknowledged, if more than its line
/// reports it: what the runtime does through UIO, and a simulator.
fn table(interrupt: &Interrupt<'_>, endian: Order) -> TokenStream {
    if interrupt.unhandled.is_some() || (interrupt.sources.is_empty() && !interrupt.is_edge) {
        return quote!(mmio::table::Interrupt::LINE);
    }
    let ports = Ports { endian };
    let sources = interrupt.sources.iter().map(|it| ports.source(it));
    let is_edge = interrupt.is_edge;
    let passes = interrupt.silence == Silence::Acknowledged;
    quote! {
        mmio::table::Interrupt {
            sources: &[#(#sources),*],
            is_edge: #is_edge,
            passes: #passes,
        }
    }
}

/// Prints registers, in the byte order of the bus.
struct Ports {
    endian: Order,
}

impl Ports {
    fn source(&self, source: &Source) -> TokenStream {
        let (status, bits) = (self.port(source.status), Hex(source.bits.into()));
        let reported = moves(&source.reported);
        let enable = source.enable.as_ref().map(|it| {
            let enable = self.enable(it);
            quote!(.enabled_by(#enable))
        });
        let acknowledge = source.acknowledge.as_ref().map(|it| {
            let acknowledge = self.acknowledge(it);
            quote!(.acknowledged_by(#acknowledge))
        });
        quote!(mmio::table::Source::of(#status, #bits, #reported) #enable #acknowledge)
    }

    fn enable(&self, enable: &Enable) -> TokenStream {
        match enable {
            Enable::Register {
                port,
                moves: places,
                readable,
                kept,
                ones,
            } => {
                let (port, places) = (self.port(*port), moves(places));
                let [kept, ones] = [*kept, *ones].map(|bits| Hex(bits.into()));
                quote! {
                    mmio::table::Enable::Register {
                        port: #port,
                        moves: #places,
                        readable: #readable,
                        kept: #kept,
                        ones: #ones,
                    }
                }
            }
            Enable::Pair { set, clear, read } => {
                let [set, clear] = [set, clear].map(|it| self.places(it));
                match read.as_ref().map(|it| self.places(it)) {
                    None => quote!(mmio::table::Enable::pair(#set, #clear)),
                    Some(read) => {
                        quote!(mmio::table::Enable::pair_read_by(#set, #clear, #read))
                    }
                }
            }
        }
    }

    fn places(&self, (port, places): &(Port, Vec<Move>)) -> TokenStream {
        let (port, places) = (self.port(*port), moves(places));
        quote!((#port, #places))
    }

    fn acknowledge(&self, acknowledge: &Acknowledge) -> TokenStream {
        let (port, places) = (self.port(acknowledge.port), moves(&acknowledge.moves));
        let masks = [acknowledge.ones, acknowledge.zeros, acknowledge.kept];
        let [ones, zeros, kept] = masks.map(|bits| Hex(bits.into()));
        quote! {
            mmio::table::Acknowledge {
                port: #port,
                moves: #places,
                ones: #ones,
                zeros: #zeros,
                kept: #kept,
            }
        }
    }

    fn port(&self, port: Port) -> TokenStream {
        let (at, bytes) = (Hex(port.offset), decimal((port.width / 8).into()));
        let is_swapped = port.width > 8 && self.endian == Order::Big;
        let swapped = is_swapped.then(|| quote!(.swapped()));
        quote!(mmio::table::Port::of(#at, #bytes) #swapped)
    }
}

fn moves(moves: &[Move]) -> TokenStream {
    let moves = moves.iter().map(|it| {
        let (mask, shift) = (Hex(it.mask.into()), Literal::i8_unsuffixed(it.shift));
        quote!(mmio::table::Move::by(#mask, #shift))
    });
    quote!(&[#(#moves),*])
}
