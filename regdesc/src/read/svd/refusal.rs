// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is wrong with the values of elements that are where they belong.
//!
//! svd-parser stops at its first error and does not say where it is. So every
//! value is looked at before svd-parser is asked. What has a repair is repaired
//! in the text; for what has none, a stand-in gives no further
//! mistake, so that everything else is read and checked.

use svd_parser::svd::{DataType, DimElement};
use svd_parser::{Parse, SVDErrorAt};

use super::config::config;
use super::contradiction;
use super::edits::Edit;
use super::element::Element;
use super::mistake::{Found, Mistake};
use super::no_effect;
use super::number::{self, MAX_BIT};
use super::repair::{self, stand_in};
use super::schema::{self, Child, Content, Form, Kind, Times};
use super::words;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::nearest::nearest;

/// Names that one `dimIndex` may count up.
const MAX_INDEXES: u64 = 1 << 16;

/// What was read; `None` after reporting what is wrong with the element. All
/// that is known to be wrong was reported before.
pub(super) fn or_explain<T>(
    read: Result<T, SVDErrorAt>,
    element: Element<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(error) => {
            diagnostics.push(unexplained(element, &error));
            None
        }
    }
}

fn unexplained(element: Element<'_, '_>, error: &SVDErrorAt) -> Diagnostic {
    Diagnostic::new(
        Code::BadValue,
        element.name_span(),
        format!("this `<{}>` cannot be read: {error}", element.tag()),
        "somewhere within",
    )
    .help("compare it with the CMSIS-SVD schema")
}

/// Everything that is wrong with the values of the device and of what it holds.
pub(super) fn of(device: Element<'_, '_>) -> Found {
    let mut found = Found::default();
    all_within(device, &schema::DEVICE, &mut found);
    no_effect::of(device, &mut found);
    found
}

fn all_within(element: Element<'_, '_>, kind: &Kind, found: &mut Found) {
    for mistake in mistakes(element, kind) {
        found.push(mistake);
    }
    for child in element.children() {
        let Some((_, known)) = kind.child(child.tag()) else {
            continue;
        };
        match &known.kind.content {
            Content::Text(form) => value(child, form, known, found),
            Content::Free => {}
            Content::Record(_) | Content::List(_) if !known.read => {}
            Content::Record(_) | Content::List(_) => all_within(child, known.kind, found),
        }
    }
}

/// One element's text.
fn value(element: Element<'_, '_>, form: &Form, known: &Child, found: &mut Found) {
    match reading(element, form) {
        Reading::AsWritten => {}
        // Of several that say the same, the first is read.
        _ if is_repeated(element, known) => {}
        Reading::Spelt(text) => found.spell(element.with_text(&text)),
        Reading::Wide(number) => {
            for edit in element.beyond_64_bits(&number) {
                found.spell(edit);
            }
        }
        Reading::Not => found.push(unreadable(element, form)),
    }
}

fn is_repeated(element: Element<'_, '_>, known: &Child) -> bool {
    let single = matches!(known.times, Times::Once | Times::Needed);
    let first = element.parent().and_then(|parent| parent.child(known.tag));
    single && first.is_some_and(|first| first.range() != element.range())
}

/// How a text is read.
enum Reading {
    AsWritten,
    /// It is right, but svd-parser needs it spelt in another way.
    Spelt(String),
    /// It is right, and svd-parser has no room for the number.
    Wide(crate::number::Bits),
    Not,
}

fn reading(element: Element<'_, '_>, form: &Form) -> Reading {
    let Some(text) = element.text() else {
        // No text is a text.
        return match form {
            Form::Words => Reading::AsWritten,
            _ => Reading::Not,
        };
    };
    let right = match form {
        Form::Words => true,
        Form::Number(bits) => return number_reading(text, *bits, false),
        Form::Wide => return wide_reading(element, text),
        Form::Pattern => return number_reading(text, 64, true),
        Form::Width => return width_reading(text),
        Form::Indexes => return indexes_reading(text),
        Form::Bits => return bits_reading(element, text),
        Form::OneOf(known) => known.contains(&text),
        Form::DataType(_) => DataType::parse(element.node(), &config()).is_ok(),
    };
    if right {
        Reading::AsWritten
    } else {
        Reading::Not
    }
}

fn number_reading(text: &str, bits: u32, open: bool) -> Reading {
    let limit = u64::MAX >> (64 - bits);
    match number::parse(text) {
        Some(number) if number.value > limit => Reading::Not,
        Some(number) if number.open != 0 && !open => Reading::Not,
        Some(number) if number.common => Reading::AsWritten,
        Some(number) => Reading::Spelt(number.spelt()),
        None => Reading::Not,
    }
}

/// A number of more than 64 bits is for a register that has them.
fn wide_reading(element: Element<'_, '_>, text: &str) -> Reading {
    match number::wide(text) {
        Some(number) if !number.fits(u64::BITS) && is_of_wide_registers(element) => {
            Reading::Wide(number)
        }
        _ => number_reading(text, 64, false),
    }
}

/// Whether the nearest `<size>` says more than 64 bits. A derived register may have
/// it from its base.
fn is_of_wide_registers(element: Element<'_, '_>) -> bool {
    let around = std::iter::successors(element.parent(), |it| it.parent());
    for it in around {
        if let Some(size) = it.child("size") {
            let bits = size.text().and_then(number::parse).map(|it| it.value);
            return bits.is_some_and(|bits| bits > u64::from(u64::BITS));
        }
        if it.tag() == "register" && it.derived_from().is_some() {
            return true;
        }
    }
    false
}

fn width_reading(text: &str) -> Reading {
    match number::parse(text).map(|number| number.value) {
        Some(8 | 16 | 32 | 64) => number_reading(text, 32, false),
        _ => Reading::Not,
    }
}

fn indexes_reading(text: &str) -> Reading {
    if counts_too_many(text) {
        // A mistake of its own.
        return Reading::AsWritten;
    }
    let spaced = text
        .split_once('-')
        .map(|(a, b)| (a.trim_end(), b.trim_start()));
    let spelt = match spaced {
        Some((first, last)) => format!("{first}-{last}"),
        None => text.to_owned(),
    };
    match DimElement::parse_indexes(&spelt) {
        Some(_) if spelt == text => Reading::AsWritten,
        Some(_) => Reading::Spelt(spelt),
        None => Reading::Not,
    }
}

fn bits_reading(element: Element<'_, '_>, text: &str) -> Reading {
    let Some((high, low)) = number::bits(text) else {
        // A mistake of the field's.
        return Reading::AsWritten;
    };
    // svd-parser takes the text with all its white space.
    let exact = element
        .node()
        .text()
        .is_some_and(|it| it.len() == text.len() && !text.contains(char::is_whitespace));
    if exact {
        Reading::AsWritten
    } else {
        Reading::Spelt(format!("[{high}:{low}]"))
    }
}

fn unreadable(element: Element<'_, '_>, form: &Form) -> Mistake {
    let tag = element.tag();
    let message = match (element.text(), form) {
        (None, _) => format!("this `<{tag}>` is empty"),
        (Some(text), Form::Number(bits)) => format!("`{text}` is not a number of {bits} bits"),
        (Some(text), Form::Pattern | Form::Wide) => format!("`{text}` is not a number of 64 bits"),
        (Some(text), Form::Width) => format!("`{text}` is not a width of a bus"),
        (Some(text), _) => format!("`{text}` is not a valid `<{tag}>`"),
    };
    let help = help(element, form);
    let mistake =
        Diagnostic::new(Code::BadValue, element.span(), message, "not understood").help(help);
    match repair::unreadable(element, form) {
        Some(repair) => mistake.with_repair(repair),
        None => mistake.with_stand_in(stand_in::unreadable(element)),
    }
}

fn help(element: Element<'_, '_>, form: &Form) -> String {
    let text = element.text().unwrap_or_default();
    match form {
        Form::Number(_) | Form::Wide if number::parse(text).is_some_and(|it| it.open != 0) => {
            "write every bit: only an enumerated value may leave bits open".to_owned()
        }
        Form::Number(_) | Form::Wide | Form::Pattern | Form::Words => {
            "write it as `16`, `0x10` or `#10000`".to_owned()
        }
        Form::Indexes => "write it as `0-3`, `A-D` or `A,B,C,D`".to_owned(),
        Form::Width => "write one of 8, 16, 32, 64".to_owned(),
        Form::Bits => "write it as `[7:0]`".to_owned(),
        Form::OneOf(known) | Form::DataType(known) => {
            let meaning = words::meaning(text).filter(|_| element.tag() == "access");
            match (meaning, nearest(text, known.iter().copied())) {
                (Some(meaning), _) => meaning.advice(),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("write one of {}", known.join(", ")),
            }
        }
    }
}

/// What is wrong with one element beside its texts.
fn mistakes(element: Element<'_, '_>, kind: &Kind) -> Vec<Mistake> {
    if element.children().next().is_none() {
        return empty(element, kind).into_iter().collect();
    }
    let mut mistakes: Vec<Mistake> = kind
        .children()
        .filter(|child| child.times == Times::Needed && !has(element, child.tag))
        .map(|child| lacks(element, child.tag))
        .collect();
    if kind.child("dim").is_some() {
        mistakes.extend(half_an_array(element));
        mistakes.extend(no_elements(element));
        mistakes.extend(index_of_what_is_no_array(element));
        mistakes.extend(array_without_placeholder(element));
        mistakes.extend(unusable_indexes(element));
    }
    mistakes.extend(contradiction::within(element));
    match kind.tag {
        "peripheral" => mistakes.extend(contradiction::alternates_of_nothing(element)),
        "device" => mistakes.extend(no_peripherals(element)),
        "field" => {
            mistakes.extend(wrong_bits(element));
            mistakes.extend(too_many_enumerations(element));
        }
        "writeConstraint" => mistakes.extend(wrong_constraint(element)),
        "enumeratedValue" => mistakes.extend(no_value(element)),
        _ => {}
    }
    mistakes
}

/// One mistake, whatever it lacks.
fn empty(element: Element<'_, '_>, kind: &Kind) -> Option<Mistake> {
    if kind.tag == "writeConstraint" {
        return wrong_constraint(element);
    }
    let first = kind.children().find(|it| it.times == Times::Needed)?;
    let mistake = element.lacks(first.tag);
    Some(match repair::incomplete(element, first.tag) {
        Some(repair) => mistake.with_repair(repair),
        None if kind.tag == "device" => mistake.with_stand_in(Vec::new()),
        None => mistake.with_stand_in(vec![Edit::new(element.range(), "")]),
    })
}

/// A name has to have text; what else is empty is reported where it is.
fn has(element: Element<'_, '_>, tag: &str) -> bool {
    element
        .child(tag)
        .is_some_and(|child| tag != "name" || child.text().is_some())
}

fn lacks(element: Element<'_, '_>, tag: &str) -> Mistake {
    let mistake = element.lacks(tag);
    match repair::incomplete(element, tag) {
        Some(repair) => mistake.with_repair(repair),
        None => mistake.with_stand_in(stand_in::missing(element, tag)),
    }
}

fn no_peripherals(device: Element<'_, '_>) -> Option<Mistake> {
    let missing = device.child("peripherals").is_none();
    missing.then(|| {
        let repair = repair::empty_device(device);
        device.lacks("peripherals").with_repair(repair)
    })
}

/// An array says how many, and how far apart.
fn half_an_array(element: Element<'_, '_>) -> Option<Mistake> {
    let child = |tag| element.child(tag);
    match (child("dim"), child("dimIncrement")) {
        (Some(_), None) => Some(
            element
                .lacks("dimIncrement")
                .help("say how far it is from one element to the next")
                .with_stand_in(stand_in::missing(element, "dimIncrement")),
        ),
        (None, Some(_)) => Some(lacks(element, "dim")),
        (None, None) => {
            let parts = ["dimIndex", "dimName", "dimArrayIndex"];
            let part = parts.into_iter().find_map(child)?;
            Some(element.lacks("dim").with_repair(repair::left_out(part)))
        }
        (Some(_), Some(_)) => None,
    }
}

fn no_elements(element: Element<'_, '_>) -> Option<Mistake> {
    let dim = element.child("dim")?;
    let none = number::parse(dim.text()?)?.value == 0;
    none.then(|| {
        Diagnostic::new(
            Code::BadCount,
            dim.span(),
            "an array of no elements",
            "here",
        )
        .help("remove the element, or state how many there are")
        .with_repair(repair::one_element(dim))
    })
}

/// A place for an index in a name, and no array to fill it. What is derived may
/// have the array of its base.
fn index_of_what_is_no_array(element: Element<'_, '_>) -> Option<Mistake> {
    let arrays = [
        "dim",
        "dimIncrement",
        "dimIndex",
        "dimName",
        "dimArrayIndex",
    ];
    let derived = element.derived_from().is_some();
    if derived || arrays.iter().any(|tag| element.child(tag).is_some()) {
        return None;
    }
    let name = element.child("name")?;
    let text = name.text().filter(|text| text.contains("%s"))?;
    let mistake = Diagnostic::new(
        Code::BadName,
        name.span(),
        format!("`{text}` has a place for an index and is not an array"),
        "nothing replaces `%s`",
    )
    .help("add `<dim>` and `<dimIncrement>`, or remove the `%s`");
    let bare = text.replace("[%s]", "").replace("%s", "");
    Some(if bare.is_empty() {
        mistake.with_stand_in(stand_in::missing(element, "name"))
    } else {
        mistake.with_repair(repair::without_the_index(name, &bare))
    })
}

fn counts_too_many(indexes: &str) -> bool {
    let Some((first, last)) = indexes.split_once('-') else {
        return false;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let (Some(first), Some(last)) = (number(first), number(last)) else {
        return false;
    };
    last.saturating_sub(first) >= MAX_INDEXES
}

/// The names of an array's elements are as many as the elements.
fn unusable_indexes(element: Element<'_, '_>) -> Option<Mistake> {
    let (dim, index) = (element.child("dim")?, element.child("dimIndex")?);
    let text = index.text()?;
    if counts_too_many(text) {
        return Some(
            Diagnostic::new(
                Code::BadCount,
                index.span(),
                format!("a `<dimIndex>` of more than {MAX_INDEXES} names"),
                "too many",
            )
            .help("count as many as `<dim>` says")
            .with_repair(repair::counted(index)),
        );
    }
    let count = number::parse(dim.text()?)?.value;
    let names = match indexes_reading(text) {
        Reading::AsWritten => DimElement::parse_indexes(text)?,
        Reading::Spelt(spelt) => DimElement::parse_indexes(&spelt)?,
        Reading::Wide(_) | Reading::Not => return None,
    };
    let differs = u64::try_from(names.len()).is_ok_and(|names| names != count);
    // Of an array of no elements, that is what is reported.
    (differs && count != 0).then(|| {
        Diagnostic::new(
            Code::BadCount,
            index.span(),
            format!("{} indexes for an array of {count}", names.len()),
            format!("{} names", names.len()),
        )
        .related(dim.span(), format!("{count} elements"))
        .help("give each element an index, or leave `<dimIndex>` out to number them from 0")
        .with_repair(repair::counted(index))
    })
}

fn array_without_placeholder(element: Element<'_, '_>) -> Option<Mistake> {
    element.child("dim").or(element.child("dimIncrement"))?;
    let name = element.child("name")?;
    let text = name.text().filter(|text| !text.contains("%s"))?;
    // What is no array after all needs none.
    element.child("dim")?;
    Some(
        Diagnostic::new(
            Code::BadName,
            name.span(),
            format!("the array `{text}` has no place for the index in its name"),
            "no `%s`",
        )
        .help(format!("write `{text}[%s]`"))
        .with_repair(repair::place_for_the_index(name)),
    )
}

/// A constraint says one thing.
fn wrong_constraint(constraint: Element<'_, '_>) -> Option<Mistake> {
    let mut within = constraint.children();
    let Some(first) = within.next() else {
        return Some(
            Diagnostic::new(
                Code::MissingKey,
                constraint.tag_span(),
                "this `<writeConstraint>` holds no constraint",
                "empty",
            )
            .help("remove it, or say which values may be written")
            .with_repair(repair::left_out(constraint)),
        );
    };
    let second = within.next()?;
    Some(
        Diagnostic::new(
            Code::DuplicateKey,
            second.tag_span(),
            "this `<writeConstraint>` holds more than one constraint",
            "a second one",
        )
        .related(first.tag_span(), "first here")
        .help("keep the one that is right")
        .with_repair(repair::first_of(first)),
    )
}

fn no_value(value: Element<'_, '_>) -> Option<Mistake> {
    let default = value.child("isDefault");
    // One that says neither yes nor no is reported itself.
    let says_no = matches!(default.and_then(Element::text), Some("false" | "0"));
    let missing = value.child("value").is_none() && (default.is_none() || says_no);
    missing.then(|| {
        value
            .lacks("value")
            .help("give its number, or make it the default with `<isDefault>true</isDefault>`")
            .with_repair(repair::left_out(value))
    })
}

/// One enumeration for reading and one for writing, or one for both.
fn too_many_enumerations(field: Element<'_, '_>) -> Vec<Mistake> {
    let mut all = field.children_named("enumeratedValues");
    let Some(first) = all.next() else {
        return Vec::new();
    };
    let usage = |it: Element<'_, '_>| match it.child("usage").and_then(Element::text) {
        Some("read") => (true, false),
        Some("write") => (false, true),
        _ => (true, true),
    };
    let is_derived = |it: Element<'_, '_>| it.derived_from().is_some();
    let mut taken = vec![first];
    let mut mistakes = Vec::new();
    for next in all {
        // A derived one has the usage of what it is derived from.
        let same = taken.iter().find(|other| {
            usage(**other) == usage(next) && !is_derived(**other) && !is_derived(next)
        });
        match same.or(taken.first().filter(|_| taken.len() == 2)) {
            Some(other) => mistakes.push(second_enumeration(next, *other)),
            None => taken.push(next),
        }
    }
    mistakes
}

fn second_enumeration(next: Element<'_, '_>, other: Element<'_, '_>) -> Mistake {
    Diagnostic::new(
        Code::DuplicateKey,
        next.tag_span(),
        "the field's values have names already",
        "a second time",
    )
    .related(other.tag_span(), "first here")
    .help("merge them, or say with `<usage>` which is for reading and which for writing")
    .with_repair(repair::later(next))
}

/// The bits of a field, by whichever of the three forms svd-parser prefers.
struct Bits<'a, 'input> {
    high: u64,
    low: u64,
    /// Where the highest bit is said.
    at: Element<'a, 'input>,
}

fn bits_of<'a, 'input>(field: Element<'a, 'input>) -> Option<Bits<'a, 'input>> {
    let number = |at: Option<Element<'_, '_>>| Some(number::parse(at?.text()?)?.value);
    if let Some(at) = field.child("bitRange") {
        let (high, low) = number::bits(at.text()?)?;
        return Some(Bits {
            high: high.into(),
            low: low.into(),
            at,
        });
    }
    if let (Some(low), Some(at)) = (field.child("lsb"), field.child("msb")) {
        return Some(Bits {
            high: number(Some(at))?,
            low: number(Some(low))?,
            at,
        });
    }
    let at = field.child("bitWidth")?;
    let low = number(field.child("bitOffset"))?;
    // No bits at all end before they begin.
    Some(Bits {
        high: low.saturating_add(number(Some(at))?).wrapping_sub(1),
        low,
        at,
    })
}

fn wrong_bits(field: Element<'_, '_>) -> Vec<Mistake> {
    let children = ["lsb", "msb", "bitOffset", "bitWidth"];
    let stated = children.into_iter().filter_map(|tag| field.child(tag));
    let unreadable = |at: Element<'_, '_>| matches!(reading(at, &Form::Number(32)), Reading::Not);
    if stated.clone().any(unreadable) {
        return Vec::new();
    }
    let range = field.child("bitRange");
    if range.is_some_and(|range| range.text().is_none()) {
        return Vec::new();
    }
    let Some(bits) = bits_of(field) else {
        return vec![match range {
            Some(range) => no_range(field, range),
            None => no_bits(field),
        }];
    };
    if bits.low > u64::from(MAX_BIT) || bits.high > u64::from(MAX_BIT) && bits.high != u64::MAX {
        return vec![beyond_any_register(field, &bits)];
    }
    if bits.high.wrapping_add(1) <= bits.low {
        return vec![no_range(field, bits.at)];
    }
    let contradiction = stated.clone().find(|at| {
        let value = at.text().and_then(number::parse).map(|it| it.value);
        let expected = match at.tag() {
            "lsb" | "bitOffset" => bits.low,
            "msb" => bits.high,
            _ => bits.high - bits.low + 1,
        };
        value != Some(expected)
    });
    contradiction
        .map(|at| other_bits(at, bits.at))
        .into_iter()
        .collect()
}

const FORMS_OF_BITS: &str = "write them as `<bitRange>[7:0]</bitRange>`, `<lsb>` and `<msb>`, \
                             or `<bitOffset>` and `<bitWidth>`";

fn no_bits(field: Element<'_, '_>) -> Mistake {
    let name = field.child("name").and_then(Element::text);
    Diagnostic::new(
        Code::MissingKey,
        field.name_span(),
        format!(
            "field `{}` does not say which bits it has",
            name.unwrap_or_default()
        ),
        "needs its bits",
    )
    .help(FORMS_OF_BITS)
    .with_stand_in(stand_in::bits(field))
}

fn no_range(field: Element<'_, '_>, written: Element<'_, '_>) -> Mistake {
    let text = written.text().unwrap_or_default();
    let (message, label) = match written.tag() {
        "bitWidth" => ("a field of no bits".to_owned(), "at least 1"),
        _ => (
            format!("`{text}` is not a range of bits"),
            match without_brackets(written, text) {
                true => "without its brackets",
                false => "the most significant bit comes first",
            },
        ),
    };
    let help = match without_brackets(written, text) {
        true => format!("write `[{text}]`"),
        false => FORMS_OF_BITS.to_owned(),
    };
    let mistake = Diagnostic::new(Code::BadValue, written.span(), message, label).help(help);
    match repair::range_of_bits(field) {
        Some(repair) => mistake.with_repair(repair),
        None => mistake.with_stand_in(stand_in::bits(field)),
    }
}

/// `7:4`, which lacks nothing but its brackets.
fn without_brackets(written: Element<'_, '_>, text: &str) -> bool {
    let bits = number::bits(&format!("[{text}]"));
    written.tag() == "bitRange" && bits.is_some_and(|(high, low)| high >= low)
}

fn beyond_any_register(field: Element<'_, '_>, bits: &Bits<'_, '_>) -> Mistake {
    Diagnostic::new(
        Code::OutsideRegister,
        bits.at.span(),
        format!("bit {} is beyond any register", bits.high),
        "the highest bit",
    )
    .help("correct the field's bits")
    .with_stand_in(stand_in::bits(field))
}

fn other_bits(at: Element<'_, '_>, read: Element<'_, '_>) -> Mistake {
    Diagnostic::new(
        Code::DuplicateKey,
        at.span(),
        format!("this `<{}>` says other bits than the field has", at.tag()),
        "differs",
    )
    .related(read.span(), format!("`<{}>` says these", read.tag()))
    .help("keep one form, the one that is right")
    .with_repair(repair::other_form(at, read))
}
