// SPDX-License-Identifier: MIT OR Apache-2.0

//! CMSIS-SVD 1.3 to [`Description`].
//!
//! The text is parsed to XML once. svd-parser makes its structs of one
//! peripheral after the other, and a walk over those structs and the elements
//! they came from, in step, gives every value its place in the text.
//!
//! svd-parser's own checks are off: what contradicts itself is for this crate's
//! checks, which know positions and report everything in one run. Before
//! svd-parser is asked, [`structure`] goes over every element by the table in
//! [`schema`], and [`refusal`] over every value. What they report, they repair
//! in the text, leave out of it or stand in for, and every place is given as it
//! was written. Strict and lenient reading make the same edits: one calls them
//! errors, the other repairs.
//!
//! Not kept are `dataType`, `displayName`, and the names that only matter to C
//! headers. `alternatePeripheral` needs nothing: a chip's peripherals may be
//! at the same addresses anyway.
//!
//! `addressUnitBits` has no effect, and a lint says so: addresses count bytes. Of
//! the files known to set it to anything but 8, with 16 or 32, each has registers
//! of 32 bits that are 4 apart, and address blocks as long as these are in bytes.

mod array;
mod config;
mod contradiction;
mod edits;
mod element;
mod enumeration;
mod field;
mod interrupt;
mod mistake;
mod no_effect;
mod number;
mod parts;
mod peripheral;
mod properties;
mod refusal;
mod register;
mod repair;
mod schema;
mod structure;
mod words;
mod xml;

use roxmltree::Document;
use svd_parser::{Parse, svd};

use self::config::config;
use self::edits::Text;
use self::element::{Element, Names};
use crate::description::Description;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Bus, Kind, Version};
use crate::nearest::nearest;
use crate::source::{SourceId, Spanned};

/// Reads a whole SVD file; `None` when it is not an SVD file. What is reported is
/// repaired, left out or replaced, so that one run finds all mistakes. Read
/// leniently, a mistake with a repair does not refuse the file.
pub(crate) fn read(
    id: SourceId,
    text: &str,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let written = Text::as_written(id);
    let document = xml::parse(&written, text, diagnostics)?;
    let names = Names::default();
    let root = Element::new(document.root_element(), &written, &names);
    let found = structure::of(device(root, diagnostics)?);
    let edits = found.report(&written, lenient, diagnostics);
    if edits.is_empty() {
        return read_values(written, text, &document, lenient, diagnostics);
    }
    let changed = edits.apply(text);
    let written = Text::as_written(id).edited(edits);
    let document = xml::parse(&written, &changed, diagnostics)?;
    read_values(written, &changed, &document, lenient, diagnostics)
}

/// Reads a text whose elements are all where the schema has them.
fn read_values(
    written: Text,
    text: &str,
    document: &Document<'_>,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let names = Names::default();
    let device = Element::new(document.root_element(), &written, &names);
    let found = refusal::of(device);
    let edits = found.report(&written, lenient, diagnostics);
    if edits.is_empty() {
        return description(device, lenient, diagnostics);
    }
    let changed = edits.apply(text);
    let written = written.edited(edits);
    let document = xml::parse(&written, &changed, diagnostics)?;
    let device = Element::new(document.root_element(), &written, &names);
    description(device, lenient, diagnostics)
}

/// The root element, if it is the one of an SVD file, or meant to be.
fn device<'a, 'input>(
    root: Element<'a, 'input>,
    diagnostics: &mut Diagnostics,
) -> Option<Element<'a, 'input>> {
    if nearest(root.tag(), ["device"]).is_some() {
        return Some(root);
    }
    diagnostics.push(
        Diagnostic::new(
            Code::Syntax,
            root.tag_span(),
            format!("an SVD file holds a `<device>`, not a `<{}>`", root.tag()),
            "the outermost element",
        )
        .help("give a CMSIS-SVD file, or a description in YAML"),
    );
    None
}

/// Everything a device holds.
fn description(
    device: Element<'_, '_>,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let names = peripheral::array_names(device);
    let device = device.with_names(&names);
    properties::someone_may_access_something(device, diagnostics);
    let name = device.text_of("name")?;
    let properties = refusal::or_explain(
        svd::RegisterProperties::parse(device.node(), &config()),
        device,
        diagnostics,
    )?;
    Some(Description {
        kind: Kind::Chip,
        name,
        vendor: device.text_of("vendor").or(device.text_of("vendorID")),
        description: device.folded_text("description"),
        version: device.text_of("version").as_ref().and_then(version),
        bus: Bus::of_width(bus_width(device)),
        allow: Vec::new(),
        properties: properties::of_container(device, &properties),
        blocks: peripheral::all(device, lenient, diagnostics),
    })
}

/// The width of the widest access; 32, as everywhere, when it is not said.
fn bus_width(device: Element<'_, '_>) -> u32 {
    let width = device.child("width");
    let bits = width.and_then(|width| u32::parse(width.node(), &()).ok());
    bits.unwrap_or(32)
}

fn version(text: &Spanned<String>) -> Option<Spanned<Version>> {
    let version = no_effect::version(&text.value)?;
    Some(Spanned::new(version, text.span))
}

#[cfg(test)]
mod tests;
