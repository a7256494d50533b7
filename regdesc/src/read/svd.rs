// SPDX-License-Identifier: MIT OR Apache-2.0

//! CMSIS-SVD 1.3 to [`Description`].
//!
//! The text is parsed to XML once. svd-parser makes its structs of one
//! peripheral after the other, and a walk over those structs and the elements
//! they came from, in step, gives every value its place in the text.
//!
//! svd-parser's own checks are off: what contradicts itself is for this crate's
//! checks, which know positions and report everything at once. What svd-parser
//! cannot read at all is explained in [`refusal`]. Read leniently, the text is
//! first changed as [`repair`] says, and every place is told as it was written.
//!
//! Not kept are `dataType`, `displayName`, and the names that only matter to C
//! headers. `alternatePeripheral` needs nothing: a chip's peripherals may stand
//! at the same addresses anyway.
//!
//! `addressUnitBits` is passed over: addresses count bytes. Of the files known
//! to set it to anything but 8, with 16 or 32, each has registers of 32 bits
//! that stand 4 apart, and address blocks as long as these are in bytes.

mod array;
mod edits;
mod element;
mod enumeration;
mod field;
mod peripheral;
mod properties;
mod refusal;
mod register;
mod repair;
mod xml;

use svd_parser::{Config, Parse, ValidateLevel, svd};

use self::edits::{Edits, Text};
use self::element::{Element, Names};
use crate::description::Description;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Bus, Kind, Version};
use crate::source::{SourceId, Spanned};

/// Reads a whole SVD file; `None` when anything in it was refused.
pub(crate) fn read(
    id: SourceId,
    text: &str,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let document = xml::parse(id, text, diagnostics)?;
    let written = Text::as_written(id);
    let names = Names::default();
    let root = Element::new(document.root_element(), &written, &names);
    let device = device(root, diagnostics)?;
    if lenient {
        let edits = repair::edits(device, diagnostics);
        if !edits.is_empty() {
            return read_edited(id, &edits.apply(text), edits, diagnostics);
        }
    }
    whole(device, diagnostics)
}

/// Reads a text that is not quite the one that was written.
fn read_edited(
    id: SourceId,
    text: &str,
    edits: Edits,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let document = xml::parse(id, text, diagnostics)?;
    let edited = Text::edited(id, edits);
    let names = Names::default();
    let root = Element::new(document.root_element(), &edited, &names);
    whole(device(root, diagnostics)?, diagnostics)
}

/// Everything a device holds; `None` when anything in it was refused.
fn whole(device: Element<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Description> {
    if !refusal::can_be_parsed(device) {
        for mistake in refusal::all_mistakes(device) {
            diagnostics.push(mistake.diagnostic);
        }
        return None;
    }
    let before = diagnostics.errors();
    let names = peripheral::array_names(device);
    let description = description(device.with_names(&names), diagnostics)?;
    if diagnostics.errors() > before {
        return None;
    }
    properties::someone_may_access_something(device, diagnostics);
    Some(description)
}

/// svd-parser set to read, not to judge.
fn config() -> Config {
    Config::default().validate_level(ValidateLevel::Disabled)
}

/// The root element, if it is the one of an SVD file.
fn device<'a, 'input>(
    root: Element<'a, 'input>,
    diagnostics: &mut Diagnostics,
) -> Option<Element<'a, 'input>> {
    if root.tag() == "device" {
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

fn description(device: Element<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Description> {
    let name = device.required_text("name", diagnostics)?;
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
        blocks: peripheral::all(device, diagnostics),
    })
}

/// The width of the widest access; 32, as everywhere, when it is not said.
fn bus_width(device: Element<'_, '_>) -> u32 {
    let width = device.child("width");
    let bits = width.and_then(|width| u32::parse(width.node(), &()).ok());
    bits.unwrap_or(32)
}

/// The version of the file, where it has the shape of one: `1.2` is 1.2.0.
fn version(text: &Spanned<String>) -> Option<Spanned<Version>> {
    let mut parts = text.value.split('.').map(|part| part.parse().ok());
    let version = Version {
        major: parts.next()??,
        minor: parts.next().unwrap_or(Some(0))?,
        patch: parts.next().unwrap_or(Some(0))?,
    };
    let whole = parts.next().is_none();
    whole.then_some(Spanned::new(version, text.span))
}

#[cfg(test)]
mod tests;
