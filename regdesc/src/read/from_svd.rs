// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block whose registers an SVD file describes.

use std::path::Path;

use crate::description::{Block, Description, Item, SvdPeripheral, SvdSource};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::{self, Unread};
use crate::model::Origin;
use crate::nearest::nearest;
use crate::read::svd;
use crate::resolve::derive;
use crate::source::{SourceId, Sources, Span, Spanned};

/// Gives every block that names an SVD peripheral that peripheral's registers.
pub(super) fn fill(
    description: &mut Description,
    sources: &mut Sources,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) {
    for block in &mut description.blocks {
        let Some(named) = block.svd.take() else {
            continue;
        };
        match peripheral(&named, sources, lenient, diagnostics) {
            Some(found) => lay_over(block, found),
            // What refers to its registers is not to blame.
            None => block.items.push(Item::Refused(named.file)),
        }
    }
}

/// The block's own keys say where it is located and what surrounds it; the registers
/// and what they inherit are the peripheral's.
fn lay_over(block: &mut Block, peripheral: Block) {
    block.origin = Origin::Vendor;
    block.items = peripheral.items;
    block.enums.extend(peripheral.enums);
    block.properties = peripheral.properties.overlaid(&block.properties);
    block.size = block.size.or(peripheral.size);
    if block.description.is_none() {
        block.description = peripheral.description;
    }
}

fn peripheral(
    named: &SvdSource,
    sources: &mut Sources,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Block> {
    let id = open(named, sources, diagnostics)?;
    let name = match &named.peripheral {
        SvdPeripheral::Named(name) => name,
        SvdPeripheral::Missing(span) => {
            diagnostics.push(missing(*span, &peripherals_in(id, sources)));
            return None;
        }
        SvdPeripheral::Refused => return None,
    };
    let mut chip = svd::read(id, sources.get(id).text(), lenient, diagnostics)?;
    derive::derive(&mut chip, diagnostics);
    let is_named = |block: &Block| block.name.eq_ignore_ascii_case(name);
    let inherited = chip.properties.clone();
    match chip.blocks.iter().position(is_named) {
        Some(at) => {
            let mut block = chip.blocks.swap_remove(at);
            block.properties = inherited.overlaid(&block.properties);
            Some(block)
        }
        None => {
            diagnostics.push(unknown(&named.file, name, &chip));
            None
        }
    }
}

/// Reads the named file's text, which becomes one of the sources.
fn open(
    named: &SvdSource,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<SourceId> {
    let beside = sources.get(named.file.span.source).name();
    let path = Path::new(beside).with_file_name(&named.file.value);
    let text = if path.exists() && !path.is_file() {
        Err("this is not a file".to_owned().into())
    } else {
        input::file(&path)
    };
    let text = match text {
        Ok(text) => text,
        Err(Unread::Malformed(malformed)) => {
            let id = sources.add(path.display().to_string(), malformed.text.clone());
            diagnostics.push(malformed.diagnostic(id));
            return None;
        }
        Err(Unread::Because(reason)) => {
            sources.add_unread(path.display().to_string());
            diagnostics.push(
                Diagnostic::new(
                    Code::UnreadableSource,
                    named.file.span,
                    format!("`{}` cannot be read: {reason}", named.file.value),
                    "this file",
                )
                .help("the path begins at the folder of this description"),
            );
            if let SvdPeripheral::Missing(span) = named.peripheral {
                diagnostics.push(missing(span, &[]));
            }
            return None;
        }
    };
    Some(sources.add(path.display().to_string(), text))
}

/// The peripherals of a file of which nothing else is wanted; none where it cannot
/// be read.
fn peripherals_in(id: SourceId, sources: &Sources) -> Vec<String> {
    let mut passed_over = Diagnostics::default();
    let chip = svd::read(id, sources.get(id).text(), true, &mut passed_over);
    let blocks = chip.map_or_else(Vec::new, |chip| chip.blocks);
    blocks.into_iter().map(|block| block.name.value).collect()
}

fn missing(span: Span, names: &[String]) -> Diagnostic {
    let help = match names.first() {
        Some(first) => format!(
            "add `peripheral: {first}`; the file has {}",
            names.join(", ")
        ),
        None => "add `peripheral:` and the name of one in the file".to_owned(),
    };
    Diagnostic::new(
        Code::MissingKey,
        span,
        "`peripheral` is missing from `registers`",
        "here",
    )
    .help(help)
}

fn unknown(file: &str, name: &Spanned<String>, chip: &Description) -> Diagnostic {
    let names: Vec<&str> = chip
        .blocks
        .iter()
        .map(|block| block.name.as_str())
        .collect();
    let near = nearest(name, names.iter().copied());
    Diagnostic::new(
        Code::UnknownPeripheral,
        name.span,
        format!("`{file}` has no peripheral `{}`", name.value),
        "asked for here",
    )
    .did_you_mean(name, near, || format!("it has {}", names.join(", ")))
}
