// SPDX-License-Identifier: MIT OR Apache-2.0

//! The accessor crate: a register map as typed Rust over `regloom-mmio`.
//!
//! [`named`] gives everything its module, names and methods; the other modules each
//! print one kind of item.
//!
//! Items that a block has once are quoted, and prettyplease prints them. Items that a
//! chip has by the ten thousand (registers, fields, values and the table of them) are
//! templates, because to quote, parse and print takes five times as long.

mod block;
mod context;
mod doc;
mod enumeration;
mod field;
mod group;
mod identity;
mod interrupt;
mod items;
mod manifest;
mod marker;
mod named;
mod policy;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod words;

use std::iter;

use quote::quote;
use regdesc::model::Kind;

use crate::lowered::{Block, Lowered};
use crate::names::{self, Language, Use, identifier};
use crate::parallel::side_by_side;
use doc::Doc;
use items::{formatted, module, source_text};
use text::ident;

/// The crate's files: path below the crate's folder, and text.
pub(crate) fn render(lowered: &Lowered<'_>) -> Vec<(String, String)> {
    let mut files = vec![("Cargo.toml".to_owned(), manifest::render(lowered))];
    match lowered.kind {
        Kind::Block => files.extend(lowered.blocks.first().map(|only| {
            let items = block::render(lowered, only);
            let file = iter::once(root(lowered)).chain(items);
            ("src/lib.rs".to_owned(), source_text(file))
        })),
        Kind::Chip => files.extend(chip(lowered)),
    }
    files
}

/// The same as one module of the device's name, for a build script: what
/// `include!` takes in may have no attributes of its own.
pub(crate) fn render_module(lowered: &Lowered<'_>) -> String {
    let blocks = lowered.blocks.iter();
    let content: Vec<_> = match lowered.kind {
        Kind::Block => blocks.flat_map(|it| block::render(lowered, it)).collect(),
        Kind::Chip => blocks
            .map(|it| {
                let doc = module_doc(lowered, it);
                module(&doc, "", &it.names.module, &block::render(lowered, it))
            })
            .collect(),
    };
    let name = names::spelled(Use::Module, lowered.name);
    let whole = module(&block::root_doc(lowered), SKIP, &name, &content);
    source_text([whole])
}

/// A root that declares a module per block, and a file for each.
fn chip(lowered: &Lowered<'_>) -> Vec<(String, String)> {
    let declarations = lowered.blocks.iter().map(|block| {
        let module = &block.names.module;
        let (doc, name) = (module_doc(lowered, block), ident(module));
        let file = names::module_file(module);
        let own_file = identifier(Language::Rust, module) + ".rs";
        let path = (file != own_file.trim_start_matches("r#")).then(|| quote!(#[path = #file]));
        formatted(quote!(#doc #path #[rustfmt::skip] pub mod #name;))
    });
    let root = iter::once(root(lowered)).chain(declarations);
    let texts = side_by_side(&lowered.blocks, |it| {
        source_text(block::render(lowered, it))
    });
    let blocks = lowered.blocks.iter();
    let files = blocks
        .map(|block| format!("src/{}", names::module_file(&block.names.module)))
        .zip(texts);
    [("src/lib.rs".to_owned(), source_text(root))]
        .into_iter()
        .chain(files)
        .collect()
}

fn module_doc(lowered: &Lowered<'_>, block: &Block<'_>) -> Doc {
    block::doc(block, &lowered.lines).alias(block.name, &block.names.module)
}

/// What a crate says of itself.
fn root(lowered: &Lowered<'_>) -> String {
    let doc = block::root_doc(lowered).inner();
    formatted(quote! {
        #doc
        #![no_std]
        #![cfg_attr(rustfmt, rustfmt_skip)]
    })
}

/// What keeps rustfmt from a module.
const SKIP: &str = "#[rustfmt::skip]\n";
