// SPDX-License-Identifier: MIT OR Apache-2.0

//! What lenient reading makes of values that cannot be read: a rule in a
//! sentence, and the edits that carry it out. There is none for what says
//! nothing of its meaning, such as a register without an offset.

pub(super) mod stand_in;

use super::edits::Edit;
use super::element::Element;
use super::mistake::Repair;
use super::number::MAX_BIT;
use super::schema::Form;
use super::words::{self, Meaning};
use crate::nearest::nearest;

const USAGE: &str = "an address block of unknown usage holds registers";
const LEFT_OUT: &str = "what cannot be read is left out where a description does without it";
const COUNTED: &str = "elements without a usable list of indexes are numbered from 0";
const BITS: &str = "a field has the bits from the lowest that it names to the highest";
const INDEX: &str = "the index goes behind a name that has no place for it";
const NO_INDEX: &str = "a place for an index that nothing fills is left out of the name";
const ONE: &str = "an array of no elements has one";
const EMPTY: &str = "a device without peripherals is an empty one";
const FIRST: &str = "of several, the first is read";

pub(super) fn left_out(element: Element<'_, '_>) -> Repair {
    Repair::new(LEFT_OUT, vec![Edit::new(element.range(), "")])
}

/// Leaves out a later one of several.
pub(super) fn later(element: Element<'_, '_>) -> Repair {
    Repair::new(FIRST, vec![Edit::new(element.range(), "")])
}

/// Leaves out a form of a field's bits that is not the one read.
pub(super) fn other_form(element: Element<'_, '_>, read: Element<'_, '_>) -> Repair {
    Repair::new(
        format!("the field has the bits of its `<{}>`", read.tag()),
        vec![Edit::new(element.range(), "")],
    )
}

pub(super) fn counted(indexes: Element<'_, '_>) -> Repair {
    Repair::new(COUNTED, vec![Edit::new(indexes.range(), "")])
}

pub(super) fn empty_device(device: Element<'_, '_>) -> Repair {
    let empty = device.written("peripherals", "");
    Repair::new(EMPTY, vec![device.insertion(&empty)])
}

pub(super) fn one_element(dim: Element<'_, '_>) -> Repair {
    let indexes = dim.parent().and_then(|array| array.child("dimIndex"));
    let mut edits = vec![dim.with_text("1")];
    edits.extend(indexes.map(|it| Edit::new(it.range(), "")));
    Repair::new(ONE, edits)
}

pub(super) fn place_for_the_index(name: Element<'_, '_>) -> Repair {
    let text = name.text().unwrap_or_default();
    Repair::new(
        INDEX,
        vec![name.with_text(&format!("{}[%s]", escaped(text)))],
    )
}

pub(super) fn without_the_index(name: Element<'_, '_>, bare: &str) -> Repair {
    Repair::new(NO_INDEX, vec![name.with_text(&escaped(bare))])
}

/// Leaves out what is beside an element.
pub(super) fn first_of(first: Element<'_, '_>) -> Repair {
    let others = first.parent().into_iter().flat_map(Element::children);
    let others = others.filter(|other| other.range() != first.range());
    Repair::new(FIRST, others.map(|it| Edit::new(it.range(), "")).collect())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
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
pub(super) fn unreadable(element: Element<'_, '_>, form: &Form) -> Option<Repair> {
    match form {
        Form::Indexes => Some(counted(element)),
        Form::OneOf(known) | Form::DataType(known) => {
            meant(element, known).or_else(|| dispensed_with(element))
        }
        Form::Number(_) | Form::Wide | Form::Pattern | Form::Width => dispensed_with(element),
        Form::Bits | Form::Words => None,
    }
}

/// The known word that an unknown one means.
fn meant(element: Element<'_, '_>, known: &[&'static str]) -> Option<Repair> {
    let text = element.text()?;
    let meaning = words::meaning(text);
    match (element.tag(), meaning) {
        ("access", Some(meaning)) => return Some(access(element, text, meaning)),
        (
            "modifiedWriteValues",
            Some(Meaning {
                on_write: Some(word),
                ..
            }),
        )
        | (
            "readAction",
            Some(Meaning {
                on_read: Some(word),
                ..
            }),
        ) => {
            return Some(read_as(element, word));
        }
        _ => {}
    }
    let parent = element.parent().map_or("", Element::tag);
    match nearest(text, known.iter().copied()) {
        Some(word) => Some(Repair::sure(
            format!("read as `{word}`, the nearest known word"),
            vec![element.with_text(word)],
        )),
        None if element.tag() == "usage" && parent == "addressBlock" => {
            Some(Repair::new(USAGE, vec![element.with_text("registers")]))
        }
        None => None,
    }
}

fn read_as(element: Element<'_, '_>, word: &str) -> Repair {
    Repair::sure(format!("read as `{word}`"), vec![element.with_text(word)])
}

/// The reading that a word for an access has, with the effects that it names.
fn access(element: Element<'_, '_>, text: &str, meaning: Meaning) -> Repair {
    let parent = element.parent();
    let is_stated = |tag| parent.is_some_and(|it| it.child(tag).is_some());
    let mut edits = vec![element.with_text(meaning.access)];
    let effects = [
        ("modifiedWriteValues", meaning.on_write),
        ("readAction", meaning.on_read),
    ];
    let end = element.range().end;
    for (tag, effect) in effects {
        if let Some(effect) = effect.filter(|_| !is_stated(tag)) {
            edits.push(Edit::new(end..end, element.written(tag, effect)));
        }
    }
    let elements = meaning.elements();
    if meaning.ambiguous {
        let rule = format!(
            "`{text}` does not say whether a read or a write does it, so it is read as {elements}"
        );
        return Repair::new(rule, edits);
    }
    Repair::sure(format!("`{text}` is read as {elements}"), edits)
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
            | "addressUnitBits"
            | "dataType"
            | "isDefault"
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
    let usable = numbers.len() <= 2 && *high <= MAX_BIT;
    usable.then(|| Repair::sure(BITS, vec![written.with_text(&format!("[{high}:{low}]"))]))
}

fn swapped(low: Element<'_, '_>, high: Element<'_, '_>) -> Option<Repair> {
    let (low_text, high_text) = (low.text()?, high.text()?);
    Some(Repair::sure(
        BITS,
        vec![low.with_text(high_text), high.with_text(low_text)],
    ))
}
