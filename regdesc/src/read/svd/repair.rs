// SPDX-License-Identifier: MIT OR Apache-2.0

//! What lenient reading makes of elements that cannot be read: a rule in a
//! sentence, and the edits that carry it out. There is none for what says
//! nothing of its meaning, such as a register without an offset.

use std::ops::Range;

use super::edits::{Edit, Edits};
use super::element::Element;
use super::refusal::{self, Expected};
use crate::diagnostic::Diagnostics;
use crate::read::nearest;

const NEAREST: &str = "an unknown word means the nearest one that is known, whatever its case";
const ACCESS: &str = "the access `read` means `read-only`, and `write` means `write-only`";
const USAGE: &str = "an address block of unknown usage holds registers";
const LEFT_OUT: &str = "what cannot be read is left out where a description does without it";
const COUNTED: &str = "elements without a usable list of indexes are numbered from 0";
const BITS: &str = "a field has the bits from the lowest that it names to the highest";
const INDEX: &str = "the index goes behind a name that has no place for it";
const ONE: &str = "an array of no elements has one";
const EMPTY: &str = "a device without peripherals is an empty one";

/// A rule, and what it changes in the text.
pub(super) struct Repair {
    rule: &'static str,
    edits: Vec<Edit>,
}

impl Repair {
    fn of(rule: &'static str, range: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        Repair {
            rule,
            edits: vec![Edit { range, text }],
        }
    }
}

/// The edits for everything that has a repair, each of which is told. What has
/// none is told when the edited text is read.
pub(super) fn edits(device: Element<'_, '_>, diagnostics: &mut Diagnostics) -> Edits {
    let mut edits = Vec::new();
    for mistake in refusal::all_mistakes(device) {
        if let Some(repair) = mistake.repair {
            diagnostics.push(mistake.diagnostic.repaired(repair.rule));
            edits.extend(repair.edits);
        }
    }
    Edits::new(edits)
}

pub(super) fn left_out(element: Element<'_, '_>) -> Repair {
    Repair::of(LEFT_OUT, element.range(), "")
}

pub(super) fn counted(indexes: Element<'_, '_>) -> Repair {
    Repair::of(COUNTED, indexes.range(), "")
}

pub(super) fn empty_device(name: Element<'_, '_>) -> Repair {
    let behind = name.range().end;
    Repair::of(EMPTY, behind..behind, "<peripherals/>")
}

pub(super) fn one_element(dim: Element<'_, '_>) -> Option<Repair> {
    Some(Repair::of(ONE, dim.text_range()?, "1"))
}

pub(super) fn place_for_the_index(name: Element<'_, '_>) -> Option<Repair> {
    let behind = name.text_range()?.end;
    Some(Repair::of(INDEX, behind..behind, "[%s]"))
}

pub(super) fn renamed(element: Element<'_, '_>, tag: &str) -> Repair {
    let edits = element.tag_ranges().map(|range| Edit {
        range,
        text: tag.to_owned(),
    });
    Repair {
        rule: NEAREST,
        edits: edits.collect(),
    }
}

/// For an element that lacks a part.
pub(super) fn incomplete(element: Element<'_, '_>, lacking: &str) -> Option<Repair> {
    let whole = match (element.tag(), lacking) {
        ("interrupt" | "addressBlock" | "enumeratedValue", _) => element,
        ("range", _) => element.parent()?,
        (_, "dim") => element.child("dimIncrement")?,
        _ => return None,
    };
    Some(left_out(whole))
}

/// For an element whose text is not what is expected.
pub(super) fn unreadable(element: Element<'_, '_>, expected: &Expected) -> Option<Repair> {
    match expected {
        Expected::Indexes => Some(counted(element)),
        Expected::OneOf(known) => meant(element, known).or_else(|| dispensed_with(element)),
        Expected::Number(_) | Expected::Width => dispensed_with(element),
    }
}

/// The known word that an unknown one means.
fn meant(element: Element<'_, '_>, known: &[&'static str]) -> Option<Repair> {
    let range = element.text_range()?;
    let text = element.text()?;
    let parent = element.parent().map_or("", Element::tag);
    let word = nearest(text, known.iter().copied());
    let (rule, word) = match (element.tag(), parent, text, word) {
        ("access", _, "read", _) => (ACCESS, "read-only"),
        ("access", _, "write", _) => (ACCESS, "write-only"),
        (_, _, _, Some(word)) => (NEAREST, word),
        ("usage", "addressBlock", _, None) => (USAGE, "registers"),
        _ => return None,
    };
    Some(Repair::of(rule, range, word))
}

/// Leaves out the least that the description does without.
fn dispensed_with(element: Element<'_, '_>) -> Option<Repair> {
    let parent = element.parent()?;
    let whole = match (element.tag(), parent.tag()) {
        ("value", "interrupt" | "enumeratedValue")
        | ("offset" | "size" | "usage", "addressBlock")
        | ("writeAsRead" | "useEnumeratedValues", "writeConstraint") => parent,
        ("minimum" | "maximum", "range") => parent.parent()?,
        (
            "access"
            | "dataType"
            | "modifiedWriteValues"
            | "protection"
            | "readAction"
            | "resetMask"
            | "resetValue"
            | "size"
            | "usage"
            | "width",
            _,
        ) => element,
        _ => return None,
    };
    Some(left_out(whole))
}

/// For a field whose bits are written the wrong way round, or without their
/// brackets.
pub(super) fn range_of_bits(field: Element<'_, '_>) -> Option<Repair> {
    let Some(written) = field.child("bitRange") else {
        return swapped(field.child("lsb")?, field.child("msb")?);
    };
    let numbers: Vec<u32> = written
        .text()?
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().ok())
        .collect::<Option<_>>()?;
    let (low, high) = (numbers.iter().min()?, numbers.iter().max()?);
    (numbers.len() <= 2).then(|| {
        Some(Repair::of(
            BITS,
            written.text_range()?,
            format!("[{high}:{low}]"),
        ))
    })?
}

fn swapped(low: Element<'_, '_>, high: Element<'_, '_>) -> Option<Repair> {
    let edit = |at: Element<'_, '_>, from: Element<'_, '_>| {
        Some(Edit {
            range: at.text_range()?,
            text: from.text()?.to_owned(),
        })
    };
    Some(Repair {
        rule: BITS,
        edits: vec![edit(low, high)?, edit(high, low)?],
    })
}
