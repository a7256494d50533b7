// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block: its device, its handle, and everything below.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::RegisterMap;
use regdesc::model::{Block, Kind};

use super::access::Method;
use super::doc::{Doc, code};
use super::group::Printer;
use super::lines::Lines;
use super::lower::{Lowered, lower};
use super::text::Hex;
use super::{formatted, ident, identity, interrupt, table};
use crate::lowered::{self, Wholes};
use crate::names;

/// The items of its module, one after the other.
pub(super) fn render(map: &RegisterMap, block: &Block, lines: &Lines<'_>) -> Vec<String> {
    let (described, wholes) = (block, Wholes::of(block, map.bus));
    let block = &*lowered::for_accessor(described, map.bus);
    let lowered = lower(block, &wholes, map.bus);
    let printer = Printer {
        block,
        lines,
        enums: &lowered.enums,
        same_enums: &lowered.same_enums,
        access: &lowered.access,
    };
    let interrupts = interrupt::names(block, lowered.interrupts.as_deref(), lines);
    let mut items = vec![formatted(device(block))];
    items.extend(printer.group(&lowered.root));
    items.extend(interrupts.map(formatted));
    items.extend(own_markers(&lowered).map(formatted));
    items.push(formatted(implementation(map, described)));
    items.push(table::items(&lowered.root));
    items
}

/// The documentation of the whole crate.
pub(super) fn root_doc(map: &RegisterMap) -> Doc {
    let name = code(&map.name);
    let first = match map.kind {
        Kind::Block => format!("Registers of {name}."),
        Kind::Chip => format!("Registers of {name}, a module per peripheral."),
    };
    let version = map.version.as_ref();
    let version = version.map(|version| format!("Version {} of the map.", version.value));
    let description = map.description.as_deref().or_else(|| match map.kind {
        Kind::Block => map.blocks.first()?.description.as_deref(),
        Kind::Chip => None,
    });
    let doc = Doc::line(first).and_author(description);
    version.into_iter().fold(doc, Doc::and)
}

/// The documentation of a chip's block.
pub(super) fn doc(block: &Block, lines: &Lines<'_>) -> Doc {
    let name = code(&block.name);
    let place = lines.place(block.name.span);
    let instances = block.instances.iter();
    let at = instances.map(|it| format!("{} at {:#x}", code(&it.name), it.base.value));
    let at: Vec<_> = at.collect();
    let doc = Doc::line(format!("Registers of {name}; {place}."))
        .and_author(block.description.as_deref());
    if at.is_empty() {
        doc
    } else {
        doc.and(format!("Instances: {}.", at.join(", ")))
    }
}

fn device(block: &Block) -> TokenStream {
    let (name, size) = (code(&block.name), block.size.value);
    let doc = Doc::line(format!("A device that holds {name}: {size:#x} bytes."));
    let simulated = Doc::line(format!(
        "What behaves as {name} does, for tests without hardware."
    ));
    quote! {
        pub use ::regloom_mmio as mmio;

        #doc
        pub type Device = mmio::Device<Block>;

        #simulated
        pub type Simulator = mmio::Simulator<Block>;
    }
}

/// The block as the runtime knows it.
fn implementation(map: &RegisterMap, block: &Block) -> TokenStream {
    let name = names::kebab(&block.name);
    let size = Hex(block.size.value);
    let hash = Hex(map.block_hash(block));
    let instances = identity::instances(block);
    let identity = identity::parts(map, block);
    let interrupt = interrupt::first(map, block);
    let doc = Doc::line(format!(
        "{}: what a [`Device`] is a device of.",
        code(&block.name)
    ));
    quote! {
        #doc
        #[derive(Debug)]
        pub enum Block {}

        impl mmio::Block for Block {
            const NAME: &'static str = #name;
            const SIZE: usize = #size;
            const HASH: u64 = #hash;
            const ITEMS: &'static [mmio::table::Item] = ITEMS;
            #instances
            #identity
            #interrupt

            type Registers<'a, Via: mmio::Bus> = Registers<'a, Via>;

            #[inline]
            fn registers<Via: mmio::Bus>(root: mmio::Root<'_, Self, Via>) -> Registers<'_, Via> {
                Registers(root.place())
            }
        }
    }
}

/// A module of the markers that the runtime does not have, if there are any.
fn own_markers(lowered: &Lowered<'_>) -> Option<TokenStream> {
    let markers = lowered
        .own_markers
        .iter()
        .map(|(name, methods)| own_marker(name, methods));
    let access = ident(&lowered.access);
    (!lowered.own_markers.is_empty()).then(|| {
        quote! {
            /// Accesses that registers here have and few others.
            pub mod #access {
                use ::regloom_mmio as mmio;
                #(#markers)*
            }
        }
    })
}

fn own_marker(name: &str, methods: &[Method]) -> TokenStream {
    let name = ident(name);
    let plain = methods
        .iter()
        .filter_map(|method| method.plain_trait())
        .map(ident);
    let take = methods.iter().find_map(|method| match method {
        Method::TakeSeen => Some(false),
        Method::TakeByReading => Some(true),
        _ => None,
    });
    let take = take.map(|by_reading| {
        quote! {
            #[diagnostic::do_not_recommend]
            impl mmio::access::Take for #name {
                const BY_READING: bool = #by_reading;
            }
        }
    });
    let doc = Doc::line(format!("{}.", methods_in_words(methods)));
    quote! {
        #doc
        #[derive(Debug)]
        pub enum #name {}
        impl mmio::access::Access for #name {}
        #(
            #[diagnostic::do_not_recommend]
            impl mmio::access::#plain for #name {}
        )*
        #take
    }
}

/// The methods of a memory, for its documentation.
pub(super) fn memory_methods_in_words(methods: &[Method]) -> String {
    let reads = methods.contains(&Method::Read);
    let writes = methods.contains(&Method::Write);
    match (reads, writes) {
        (true, true) => "`read`, `copy_to`, `iter`, `write`, `copy_from`",
        (true, false) => "`read`, `copy_to`, `iter`",
        (false, true) => "`write`, `copy_from`",
        (false, false) => "No access",
    }
    .to_owned()
}

/// The methods of a register, for its documentation.
pub(super) fn methods_in_words(methods: &[Method]) -> String {
    let words: Vec<_> = methods.iter().map(|method| method.in_code()).collect();
    match words.as_slice() {
        [] => "No access".to_owned(),
        _ => words.join(", "),
    }
}
