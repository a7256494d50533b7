// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block: its device, its handle, and everything below.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use regdesc::model::Kind;

use super::context::Context;
use super::doc::{Doc, code};
use super::items::formatted;
use super::marker::plain_trait;
use super::named::{Named, named};
use super::text::{Hex, ident};
use super::words::methods_in_words;
use super::{group, identity, interrupt, table};
use crate::lowered::access::Method;
use crate::lowered::{Block, Lowered, memory_windows};
use crate::sources::Lines;

/// The items of its module, one after the other.
pub(super) fn render(lowered: &Lowered<'_>, block: &Block<'_>) -> Vec<String> {
    let named = named(block);
    let context = Context {
        lines: &lowered.lines,
        types: block.types(),
        named: &named,
        enums: block.enums,
        has_memory_windows: memory_windows(block.windows).next().is_some(),
    };
    let endian = lowered.bus.endian;
    let interrupts = interrupt::module(block, named.interrupts.as_deref(), &lowered.lines, endian);
    let mut items = vec![formatted(device(block))];
    items.extend(group::render(&context, &named.root));
    items.extend(interrupts.map(formatted));
    items.extend(own_markers(&named).map(formatted));
    items.push(formatted(implementation(block)));
    items.push(table::items(&named.root));
    items
}

/// The documentation of the whole crate.
pub(super) fn root_doc(lowered: &Lowered<'_>) -> Doc {
    let name = code(lowered.name);
    let first = match lowered.kind {
        Kind::Block => format!("Registers of {name}."),
        Kind::Chip => format!("Registers of {name}, a module per peripheral."),
    };
    let version = lowered.version;
    let version = version.map(|version| format!("Version {version} of the map."));
    let of_block = lowered.own_block().and_then(|block| block.description);
    let doc = Doc::line(first).and_author(lowered.description.or(of_block));
    version.into_iter().fold(doc, Doc::and)
}

/// The documentation of a chip's block.
pub(super) fn doc(block: &Block<'_>, lines: &Lines<'_>) -> Doc {
    let name = code(block.name);
    let place = lines.place(block.name.span);
    let instances = block.instances.iter();
    let at = instances.map(|it| format!("{} at {:#x}", code(&it.described.name), it.base));
    let at: Vec<_> = at.collect();
    let doc = Doc::line(format!("Registers of {name}; {place}.")).and_author(block.description);
    if at.is_empty() {
        doc
    } else {
        doc.and(format!("Instances: {}.", at.join(", ")))
    }
}

fn device(block: &Block<'_>) -> TokenStream {
    let (name, size) = (code(block.name), block.size);
    let doc = Doc::line(format!("A device that holds {name}: {size:#x} bytes."));
    let simulated = Doc::line(format!(
        "A simulation of {name}, for tests without hardware."
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
fn implementation(block: &Block<'_>) -> TokenStream {
    let name = &block.names.runtime;
    let size = Hex(block.size);
    let align = Literal::u64_unsuffixed(block.types().root.align);
    let hash = Hex(block.hash());
    let windows = windows(block);
    let instances = identity::instances(block);
    let identity = identity::parts(block);
    let doc = Doc::line(format!(
        "{}, as the type parameter of a [`Device`].",
        code(block.name)
    ));
    quote! {
        #doc
        #[derive(Debug)]
        pub enum Block {}

        impl mmio::Block for Block {
            const NAME: &'static str = #name;
            const SIZE: usize = #size;
            const ALIGN: usize = #align;
            #windows
            const HASH: u64 = #hash;
            const ITEMS: &'static [mmio::table::Item] = ITEMS;
            #instances
            #identity

            type Registers<'a, Via: mmio::Bus> = Registers<'a, Via>;

            #[inline]
            fn registers<Via: mmio::Bus>(root: mmio::Root<'_, Self, Via>) -> Registers<'_, Via> {
                Registers(root.place())
            }
        }
    }
}

/// The windows that the driver maps as memory, if there are any.
fn windows(block: &Block<'_>) -> Option<TokenStream> {
    let windows = memory_windows(block.windows).map(|window| {
        let (offset, size) = (Hex(window.range.start), Hex(window.range.len));
        quote! { mmio::Window { offset: #offset, size: #size } }
    });
    let windows: Vec<_> = windows.collect();
    (!windows.is_empty()).then(|| {
        quote! { const MEMORY_WINDOWS: &'static [mmio::Window] = &[#(#windows),*]; }
    })
}

/// A module of the markers that the runtime does not have, if there are any.
fn own_markers(named: &Named<'_>) -> Option<TokenStream> {
    let markers = named
        .own_markers
        .iter()
        .map(|(name, methods)| own_marker(name, methods));
    let access = ident(&named.access);
    (!named.own_markers.is_empty()).then(|| {
        quote! {
            /// Accesses that the runtime has no marker for.
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
        .filter_map(|method| plain_trait(*method))
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
