// SPDX-License-Identifier: MIT OR Apache-2.0

//! CMSIS-SVD 1.3 to [`Description`].
//!
//! The text is parsed to XML once. svd-parser makes its structs of one
//! peripheral after the other, and a walk over those structs and the elements
//! they came from, in step, gives every value its place in the text.
//!
//! svd-parser's own checks are off: what contradicts itself is for this crate's
//! checks, which know positions and report everything at once. What svd-parser
//! cannot read at all is explained in [`refusal`].
//!
//! Not kept, because a description has no room for it: interrupts,
//! `writeConstraint`, `protection`, `dataType`, `alternatePeripheral`, and the
//! names that only matter to C headers. `addressUnitBits` is passed over too:
//! files that set it to anything but 8 still count in bytes.

mod array;
mod element;
mod enumeration;
mod field;
mod peripheral;
mod properties;
mod refusal;
mod register;
mod xml;

use svd_parser::{Config, Parse, ValidateLevel, svd};

use self::element::{Element, Names};
use crate::description::Description;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Bus, Kind, Version};
use crate::source::{SourceId, Spanned};

/// Reads a whole SVD file; `None` when anything in it was refused.
pub(crate) fn read(id: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Description> {
    let before = diagnostics.len();
    let document = xml::parse(id, text, diagnostics)?;
    let names = Names::default();
    let device = device(
        Element::new(document.root_element(), id, &names),
        diagnostics,
    )?;
    refusal::what_the_parser_lets_pass(device, diagnostics);
    if diagnostics.len() > before {
        return None;
    }
    let names = peripheral::array_names(device);
    let description = description(device.with_names(&names), diagnostics)?;
    (diagnostics.len() == before).then_some(description)
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
        bus: Bus {
            width: bus_width(device, diagnostics)?,
        },
        properties: properties::of_registers(device, &properties),
        blocks: peripheral::all(device, diagnostics),
    })
}

/// The width of the widest access; 32, as everywhere, when it is not said.
fn bus_width(device: Element<'_, '_>, diagnostics: &mut Diagnostics) -> Option<u32> {
    let Some(width) = device.child("width") else {
        return Some(32);
    };
    let bits = u32::parse(width.node(), &()).ok();
    let known = bits.filter(|bits| matches!(bits, 8 | 16 | 32 | 64));
    if known.is_none() {
        diagnostics.push(
            Diagnostic::new(
                Code::BadValue,
                width.span(),
                format!(
                    "`{}` is no width of a bus",
                    width.text().unwrap_or_default()
                ),
                "in bits",
            )
            .help("write one of 8, 16, 32, 64"),
        );
    }
    known
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
