// SPDX-License-Identifier: MIT OR Apache-2.0

//! The accessor crate: a register map as typed Rust over `regloom-mmio`.
//!
//! [`lower`] gives everything its place and name; the other modules each print
//! one kind of item. What a register allows is decided in [`access`] alone.
//!
//! Of some items a block has one: they are quoted, and prettyplease prints them.
//! Of others a chip has ten thousands (registers, fields, values and the table of
//! them): they are templates, for to quote, parse and print takes five times as long.

mod access;
mod block;
mod doc;
mod enumeration;
mod field;
mod group;
mod identity;
mod interrupt;
mod lines;
mod lower;
mod manifest;
mod shared;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use askama::Template;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use regdesc::RegisterMap;
use regdesc::model::{Block, Kind};

use crate::names;
use doc::Doc;
pub(crate) use doc::author_paragraphs;
use lines::Lines;
pub(crate) use manifest::package_name;
use text::{indented, rendered};

/// The crate's files: path below the crate's folder, and text.
pub(crate) fn render(map: &RegisterMap) -> Vec<(String, String)> {
    let lines = Lines::of(map.sources());
    let mut files = vec![("Cargo.toml".to_owned(), manifest::render(map))];
    match map.kind {
        Kind::Block => files.extend(map.blocks.first().map(|block| {
            let items = block::render(map, block, &lines);
            let file = iter::once(root(map)).chain(items);
            ("src/lib.rs".to_owned(), source_text(file))
        })),
        Kind::Chip => files.extend(chip(map, &lines)),
    }
    files
}

/// The same as one module of the device's name, for a build script: what
/// `include!` takes in may have no attributes of its own.
pub(crate) fn render_module(map: &RegisterMap) -> String {
    let lines = Lines::of(map.sources());
    let content: Vec<_> = match map.kind {
        Kind::Block => map
            .blocks
            .iter()
            .flat_map(|block| block::render(map, block, &lines))
            .collect(),
        Kind::Chip => modules(map)
            .map(|(name, block)| {
                let doc = module_doc(block, &name, &lines);
                module(&doc, "", &name, &block::render(map, block, &lines))
            })
            .collect(),
    };
    let name = names::snake(&map.name);
    let whole = module(&block::root_doc(map), SKIP, &name, &content);
    source_text([whole])
}

/// A root that declares a module per block, and a file for each.
fn chip(map: &RegisterMap, lines: &Lines<'_>) -> Vec<(String, String)> {
    let modules: Vec<_> = modules(map).collect();
    let declarations = modules.iter().map(|(module, block)| {
        let (doc, name) = (module_doc(block, module, lines), ident(module));
        let file = file_name(module);
        let own_file = format!("{}.rs", names::identifier(module).trim_start_matches("r#"));
        let path = (file != own_file).then(|| quote!(#[path = #file]));
        formatted(quote!(#doc #path #[rustfmt::skip] pub mod #name;))
    });
    let root = iter::once(root(map)).chain(declarations);
    let texts = side_by_side(&modules, |(_, block)| {
        source_text(block::render(map, block, lines))
    });
    let files = modules
        .iter()
        .map(|(module, _)| format!("src/{}", file_name(module)))
        .zip(texts);
    [("src/lib.rs".to_owned(), source_text(root))]
        .into_iter()
        .chain(files)
        .collect()
}

/// A chip's blocks, each behind the name of its module.
fn modules(map: &RegisterMap) -> impl Iterator<Item = (String, &Block)> {
    let mut scope = names::Scope::default();
    map.blocks
        .iter()
        .map(move |block| (scope.claim(&names::snake(&block.name)), block))
}

/// Where a program finds the items of a block.
pub(crate) fn path_of(map: &RegisterMap, block: &Block) -> String {
    let package = names::snake(&package_name(&map.name));
    let mut modules = modules(map);
    match map.kind {
        Kind::Block => package,
        Kind::Chip => modules
            .find(|(_, other)| std::ptr::eq(*other, block))
            .map_or_else(String::new, |(module, _)| {
                format!("{package}::{}", names::identifier(&module))
            }),
    }
}

fn module_doc(block: &Block, module: &str, lines: &Lines<'_>) -> Doc {
    block::doc(block, lines).alias(&block.name, module)
}

/// What becomes of each item, in their order, worked out on all processors.
fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let turns = iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            Some((at, items.get(at)?))
        });
        turns.map(|(at, item)| (at, work(item))).collect::<Vec<_>>()
    };
    let mut done: Vec<_> = thread::scope(|scope| {
        let others: Vec<_> = (1..processors.min(items.len()))
            .map(|_| scope.spawn(take_turns))
            .collect();
        let own = take_turns();
        let others = others.into_iter().flat_map(|other| match other.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        own.into_iter().chain(others).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The file of a module. Those that Cargo or Windows take for something else, and
/// those that are no module's, end with a `_`, which no module does.
fn file_name(module: &str) -> String {
    let numbered = |device: &str| {
        let number = module.strip_prefix(device);
        number.is_some_and(|it| it.len() == 1 && it.bytes().all(|it| it.is_ascii_digit()))
    };
    let taken = RESERVED_FILES.contains(&module)
        || names::identifier(module).ends_with('_')
        || ["com", "lpt"].into_iter().any(numbered);
    let end = if taken { "_" } else { "" };
    format!("{module}{end}.rs")
}

/// Files that mean something to Cargo, and devices of Windows.
const RESERVED_FILES: &[&str] = &["aux", "con", "lib", "main", "mod", "nul", "prn"];

/// What a crate says of itself.
fn root(map: &RegisterMap) -> String {
    let doc = block::root_doc(map).inner();
    formatted(quote! {
        #doc
        #![no_std]
        #![cfg_attr(rustfmt, rustfmt_skip)]
    })
}

/// What keeps rustfmt from a module.
const SKIP: &str = "#[rustfmt::skip]\n";

/// A module of these items.
fn module(doc: &Doc, attribute: &'static str, name: &str, items: &[String]) -> String {
    rendered(&Module {
        doc: doc.at(0),
        attribute,
        name: names::identifier(name),
        content: indented(&items.join("\n\n")),
    })
}

#[derive(Template)]
#[template(path = "accessor/module.rs.j2", escape = "none")]
struct Module {
    doc: String,
    attribute: &'static str,
    name: String,
    content: String,
}

/// A file of these items, with a blank line between them.
fn source_text(items: impl IntoIterator<Item = String>) -> String {
    let mut text = HEADER.to_owned();
    for item in items {
        text.extend(["\n", &item, "\n"]);
    }
    text
}

/// Formats whole items. The tokens come from this module alone; that they parse
/// is held by the tests over every access, name and shape.
fn formatted(items: TokenStream) -> String {
    let file = syn::parse2(items)
        .unwrap_or_else(|error| unreachable!("the generator wrote what is no Rust: {error}"));
    spaced(&prettyplease::unparse(&file))
}

/// With a blank line between items, which the printer leaves out.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 16);
    let mut before = "";
    for line in text.lines() {
        let item = ["///", "#[", "impl", "pub "];
        let starts_item = item
            .iter()
            .any(|start| line.trim_start().starts_with(start));
        if starts_item && before.ends_with(['}', ';']) {
            spaced.push('\n');
        }
        spaced.extend([line, "\n"]);
        before = line;
    }
    spaced.truncate(spaced.trim_end().len());
    spaced
}

const HEADER: &str = "\
// @generated by regloom; edit the description and generate again.
";

/// An identifier, dodging keywords.
fn ident(name: &str) -> proc_macro2::Ident {
    let span = proc_macro2::Span::call_site();
    let safe = names::identifier(name);
    match safe.strip_prefix("r#") {
        Some(bare) => proc_macro2::Ident::new_raw(bare, span),
        None => proc_macro2::Ident::new(&safe, span),
    }
}

fn decimal(number: u64) -> Literal {
    Literal::u64_unsuffixed(number)
}

/// The unsigned type that has room for so many bits.
fn uint(bits: u32) -> &'static str {
    match uint_bits(bits) {
        8 => "u8",
        16 => "u16",
        32 => "u32",
        _ => "u64",
    }
}

/// Bits of the narrowest unsigned type that has room for so many.
fn uint_bits(bits: u32) -> u32 {
    match bits {
        0..=8 => 8,
        9..=16 => 16,
        17..=32 => 32,
        _ => 64,
    }
}
