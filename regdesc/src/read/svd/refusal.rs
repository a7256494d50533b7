// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why an SVD element cannot be read.
//!
//! svd-parser stops at its first error and does not tell its place. So when it
//! refuses a peripheral, each element within is asked what is wrong with it, and
//! all that is wrong is told. A few more things are refused beforehand, which
//! svd-parser passes over or does not survive.
//!
//! A mistake that has one honest repair carries it; lenient reading applies them
//! all and reads the text again.

use svd_parser::{Parse, SVDErrorAt, svd};

use super::config;
use super::element::Element;
use super::repair::{self, Repair};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::read::nearest;

/// Names that one `dimIndex` may count up.
const MAX_INDEXES: u64 = 1 << 16;

/// Beyond any register; svd-parser's arithmetic on bits overflows far above.
const MAX_BIT: u32 = 1 << 16;

/// A mistake, and what lenient reading makes of it.
pub(super) struct Mistake {
    pub(super) diagnostic: Diagnostic,
    pub(super) repair: Option<Repair>,
}

impl From<Diagnostic> for Mistake {
    fn from(diagnostic: Diagnostic) -> Self {
        Mistake {
            diagnostic,
            repair: None,
        }
    }
}

impl Diagnostic {
    /// The mistake that this tells of, and its repair if there is one.
    fn mended(self, repair: impl Into<Option<Repair>>) -> Mistake {
        Mistake {
            diagnostic: self,
            repair: repair.into(),
        }
    }
}

/// What was read; `None` after telling what is wrong with the element.
pub(super) fn or_explain<T>(
    read: Result<T, SVDErrorAt>,
    element: Element<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let error = match read {
        Ok(read) => return Some(read),
        Err(error) => error,
    };
    let before = diagnostics.len();
    // A device's peripherals are asked one by one, after this.
    let within: Vec<Element<'_, '_>> = match element.tag() {
        "device" => element.children().collect(),
        _ => element.descendants().collect(),
    };
    for mistake in within.into_iter().flat_map(mistakes) {
        diagnostics.push(mistake.diagnostic);
    }
    if diagnostics.len() == before {
        diagnostics.push(unexplained(element, &error));
    }
    None
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

/// Whether everything can be given to svd-parser: it passes over some mistakes
/// in silence and does not survive others.
pub(super) fn can_be_parsed(device: Element<'_, '_>) -> bool {
    all_that_is_read(device)
        .all(|element| passed_over(element).is_none() && what_it_does_not_read_is_readable(element))
}

/// The device, what it says of itself, and all that its peripherals hold.
fn all_that_is_read<'a, 'input: 'a>(
    device: Element<'a, 'input>,
) -> impl Iterator<Item = Element<'a, 'input>> {
    let peripherals = device.children_of("peripherals");
    let within = peripherals.flat_map(Element::descendants);
    [device].into_iter().chain(device.children()).chain(within)
}

/// What is read without svd-parser's help.
fn what_it_does_not_read_is_readable(element: Element<'_, '_>) -> bool {
    let foreign = matches!(
        element.tag(),
        "width" | "readAction" | "modifiedWriteValues"
    );
    !foreign || unreadable_text(element).is_none()
}

/// Everything that is wrong with the device and what it holds.
pub(super) fn all_mistakes<'a, 'input: 'a>(
    device: Element<'a, 'input>,
) -> impl Iterator<Item = Mistake> {
    all_that_is_read(device).flat_map(|element| match passed_over(element) {
        Some(mistake) => vec![mistake],
        None if element.children().all(is_survived) => mistakes(element),
        None => Vec::new(),
    })
}

/// Whether svd-parser may be asked about an element with such a child.
fn is_survived(child: Element<'_, '_>) -> bool {
    let counts = matches!(child.tag(), "dimIndex" | "bitRange" | "msb");
    !counts || passed_over(child).is_none()
}

fn passed_over(element: Element<'_, '_>) -> Option<Mistake> {
    match element.tag() {
        "device" => no_peripherals(element),
        "dim" => no_increment(element).or_else(|| no_elements(element)),
        "dimIndex" => too_many_indexes(element),
        "writeConstraint" => no_constraint(element),
        "bitRange" | "msb" => bit_beyond_any_register(element),
        "enumeratedValue" => no_value(element),
        _ => None,
    }
}

fn no_peripherals(device: Element<'_, '_>) -> Option<Mistake> {
    // Without a name, that is what is told.
    let name = device.child("name").filter(|name| name.text().is_some())?;
    let missing = device.child("peripherals").is_none();
    missing.then(|| {
        device
            .lacks("peripherals")
            .mended(repair::empty_device(name))
    })
}

fn no_increment(dim: Element<'_, '_>) -> Option<Mistake> {
    let array = dim.parent()?;
    let missing = array.child("dimIncrement").is_none();
    missing.then(|| {
        array
            .lacks("dimIncrement")
            .help("say how far it is from one element to the next")
            .into()
    })
}

fn no_elements(dim: Element<'_, '_>) -> Option<Mistake> {
    let none = u32::parse(dim.node(), &()).is_ok_and(|count| count == 0);
    none.then(|| {
        Diagnostic::new(
            Code::BadCount,
            dim.span(),
            "an array of no elements",
            "here",
        )
        .help("remove the element, or say how often it stands")
        .mended(repair::one_element(dim))
    })
}

fn too_many_indexes(index: Element<'_, '_>) -> Option<Mistake> {
    let (first, last) = index.text()?.split_once('-')?;
    let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
    (last.saturating_sub(first) >= MAX_INDEXES).then(|| {
        Diagnostic::new(
            Code::BadCount,
            index.span(),
            format!("a `<dimIndex>` of more than {MAX_INDEXES} names"),
            "too many",
        )
        .help("count as many as `<dim>` says")
        .mended(repair::counted(index))
    })
}

fn no_constraint(constraint: Element<'_, '_>) -> Option<Mistake> {
    let empty = constraint.children().next().is_none();
    empty.then(|| {
        Diagnostic::new(
            Code::MissingKey,
            constraint.tag_span(),
            "this `<writeConstraint>` holds no constraint",
            "empty",
        )
        .help("remove it, or say which values may be written")
        .mended(repair::left_out(constraint))
    })
}

fn bit_beyond_any_register(bits: Element<'_, '_>) -> Option<Mistake> {
    let text = bits.text()?;
    let highest = text.trim_start_matches('[').split(':').next()?;
    let bit: u32 = match bits.tag() {
        "msb" => u32::parse(bits.node(), &()).ok()?,
        _ => highest.parse().ok()?,
    };
    (bit > MAX_BIT).then(|| {
        Diagnostic::new(
            Code::OutsideRegister,
            bits.span(),
            format!("bit {bit} is beyond any register"),
            "the highest bit",
        )
        .help("correct the field's bits")
        .into()
    })
}

fn no_value(value: Element<'_, '_>) -> Option<Mistake> {
    let is_default = value.child("isDefault").and_then(Element::text);
    let missing = value.child("value").is_none() && !matches!(is_default, Some("true" | "1"));
    missing.then(|| {
        value
            .lacks("value")
            .help("give its number, or make it the default with `<isDefault>true</isDefault>`")
            .mended(repair::left_out(value))
    })
}

/// Everything that is wrong with one element by itself.
fn mistakes(element: Element<'_, '_>) -> Vec<Mistake> {
    let mut mistakes = missing_children(element);
    mistakes.extend(foreign_children(element));
    mistakes.extend(unreadable_text(element));
    mistakes.extend(unreadable_bits(element));
    mistakes.extend(array_without_placeholder(element));
    mistakes.extend(miscounted_indexes(element));
    mistakes
}

fn missing_children(element: Element<'_, '_>) -> Vec<Mistake> {
    let needed: &[&str] = match element.tag() {
        "device" => &["name"],
        "peripheral" => &["name", "baseAddress"],
        "register" | "cluster" => &["name", "addressOffset"],
        "field" | "enumeratedValue" => &["name"],
        "interrupt" => &["name", "value"],
        "addressBlock" => &["offset", "size", "usage"],
        "range" => &["minimum", "maximum"],
        _ => &[],
    };
    let array = element.child("dimIncrement").map(|_| "dim");
    needed
        .iter()
        .copied()
        .chain(array)
        .filter(|tag| !has(element, tag))
        .map(|tag| element.lacks(tag).mended(repair::incomplete(element, tag)))
        .collect()
}

/// A name has to have text; what else is empty is told of where it stands.
fn has(element: Element<'_, '_>, tag: &str) -> bool {
    element
        .child(tag)
        .is_some_and(|child| tag != "name" || child.text().is_some())
}

fn foreign_children(element: Element<'_, '_>) -> Vec<Mistake> {
    let known: &[&str] = match element.tag() {
        "peripherals" => &["peripheral"],
        "registers" => &["register", "cluster"],
        "fields" => &["field"],
        "enumeratedValues" => &["name", "headerEnumName", "usage", "enumeratedValue"],
        "dimArrayIndex" => &["headerEnumName", "enumeratedValue"],
        "writeConstraint" => &["writeAsRead", "useEnumeratedValues", "range"],
        _ => return Vec::new(),
    };
    element
        .children()
        .filter(|child| !known.contains(&child.tag()))
        .map(|child| foreign(child, element, known))
        .collect()
}

fn foreign(child: Element<'_, '_>, parent: Element<'_, '_>, known: &[&str]) -> Mistake {
    let near = nearest(child.tag(), known.iter().copied());
    let help = match near {
        Some(near) => format!("did you mean `<{near}>`?"),
        None => "remove it".to_owned(),
    };
    let repair = match near {
        Some(near) => repair::renamed(child, near),
        None => repair::left_out(child),
    };
    Diagnostic::new(
        Code::UnknownKey,
        child.tag_span(),
        format!(
            "`<{}>` does not belong in `<{}>`",
            child.tag(),
            parent.tag()
        ),
        "unexpected here",
    )
    .help(help)
    .mended(repair)
}

/// What svd-parser expects as an element's text.
pub(super) enum Expected {
    /// A number of so many bits.
    Number(u32),
    Indexes,
    /// That of a bus.
    Width,
    OneOf(&'static [&'static str]),
}

impl Expected {
    fn of(element: Element<'_, '_>) -> Option<Expected> {
        let parent = element.parent().map_or("", Element::tag);
        Some(match (element.tag(), parent) {
            ("value", "interrupt") => Expected::Number(32),
            (
                "size" | "dim" | "dimIncrement" | "addressOffset" | "offset" | "bitOffset"
                | "bitWidth" | "lsb" | "msb",
                _,
            ) => Expected::Number(32),
            ("baseAddress" | "resetValue" | "resetMask" | "value" | "minimum" | "maximum", _) => {
                Expected::Number(64)
            }
            ("dimIndex", _) => Expected::Indexes,
            ("access", _) => Expected::OneOf(&[
                "read-only",
                "write-only",
                "read-write",
                "writeOnce",
                "read-writeOnce",
            ]),
            ("width", "device") => Expected::Width,
            ("usage", "addressBlock") => Expected::OneOf(&["registers", "buffer", "reserved"]),
            ("usage", _) => Expected::OneOf(&["read", "write", "read-write"]),
            ("protection", _) => Expected::OneOf(&["s", "n", "p"]),
            ("readAction", _) => Expected::OneOf(&["clear", "set", "modify", "modifyExternal"]),
            ("writeAsRead" | "useEnumeratedValues", _) => Expected::OneOf(&["true", "false"]),
            ("modifiedWriteValues", _) => Expected::OneOf(&[
                "oneToClear",
                "oneToSet",
                "oneToToggle",
                "zeroToClear",
                "zeroToSet",
                "zeroToToggle",
                "clear",
                "set",
                "modify",
            ]),
            ("dataType", _) => Expected::OneOf(&[
                "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t", "int32_t",
                "int64_t",
            ]),
            _ => return None,
        })
    }

    fn is_met_by(&self, element: Element<'_, '_>) -> bool {
        match (self, element.tag()) {
            (Expected::Number(32), _) => u32::parse(element.node(), &()).is_ok(),
            (Expected::Number(_), _) => u64::parse(element.node(), &()).is_ok(),
            (Expected::Indexes, _) => element
                .text()
                .and_then(svd::DimElement::parse_indexes)
                .is_some(),
            (Expected::Width, _) => {
                matches!(u32::parse(element.node(), &()), Ok(8 | 16 | 32 | 64))
            }
            // Pointers to the plain types are types too.
            (_, "dataType") => svd::DataType::parse(element.node(), &config()).is_ok(),
            (Expected::OneOf(known), _) => element.text().is_some_and(|text| {
                known.contains(&text) || known.contains(&"true") && matches!(text, "0" | "1")
            }),
        }
    }

    fn help(&self, text: &str) -> String {
        match self {
            Expected::Number(_) => "write it as `16`, `0x10` or `#10000`".to_owned(),
            Expected::Indexes => "write it as `0-3`, `A-D` or `A,B,C,D`".to_owned(),
            Expected::Width => "write one of 8, 16, 32, 64".to_owned(),
            Expected::OneOf(known) => match nearest(text, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", known.join(", ")),
            },
        }
    }
}

fn unreadable_text(element: Element<'_, '_>) -> Option<Mistake> {
    let expected = Expected::of(element)?;
    if expected.is_met_by(element) {
        return None;
    }
    let tag = element.tag();
    let message = match (element.text(), &expected) {
        (None, _) => format!("this `<{tag}>` is empty"),
        (Some(text), Expected::Number(bits)) => format!("`{text}` is no number of {bits} bits"),
        (Some(text), Expected::Width) => format!("`{text}` is no width of a bus"),
        (Some(text), _) => format!("`{text}` is no `<{tag}>`"),
    };
    let help = expected.help(element.text().unwrap_or_default());
    Some(
        Diagnostic::new(Code::BadValue, element.span(), message, "not understood")
            .help(help)
            .mended(repair::unreadable(element, &expected)),
    )
}

fn unreadable_bits(field: Element<'_, '_>) -> Option<Mistake> {
    let unreadable = |text: Element<'_, '_>| unreadable_text(text).is_some();
    if field.tag() != "field"
        || svd::BitRange::parse(field.node(), &config()).is_ok()
        || field.children().any(unreadable)
    {
        return None;
    }
    let help = "write them as `<bitRange>[7:0]</bitRange>`, `<lsb>` and `<msb>`, \
                or `<bitOffset>` and `<bitWidth>`";
    let written = field.child("bitRange").or(field.child("msb"));
    let Some(written) = written else {
        let name = field.child("name").and_then(Element::text);
        return Some(
            Diagnostic::new(
                Code::MissingKey,
                field.name_span(),
                format!(
                    "field `{}` does not say which bits it has",
                    name.unwrap_or_default()
                ),
                "needs its bits",
            )
            .help(help)
            .into(),
        );
    };
    let text = written.text().unwrap_or_default();
    Some(
        Diagnostic::new(
            Code::BadValue,
            written.span(),
            format!("`{text}` is no range of bits"),
            "the most significant bit comes first",
        )
        .help(help)
        .mended(repair::range_of_bits(field)),
    )
}

fn array_without_placeholder(element: Element<'_, '_>) -> Option<Mistake> {
    element.child("dimIncrement")?;
    let name = element.child("name")?;
    let text = name.text().filter(|text| !text.contains("%s"))?;
    Some(
        Diagnostic::new(
            Code::BadName,
            name.span(),
            format!("the array `{text}` has no place for the index in its name"),
            "no `%s`",
        )
        .help(format!("write `{text}[%s]`"))
        .mended(repair::place_for_the_index(name)),
    )
}

fn miscounted_indexes(element: Element<'_, '_>) -> Option<Mistake> {
    let (dim, index) = (element.child("dim")?, element.child("dimIndex")?);
    let count = u64::from(u32::parse(dim.node(), &()).ok()?);
    let names = svd::DimElement::parse_indexes(index.text()?)?;
    let differs = u64::try_from(names.len()).is_ok_and(|names| names != count);
    differs.then(|| {
        Diagnostic::new(
            Code::BadCount,
            index.span(),
            format!("{} indexes for an array of {count}", names.len()),
            format!("{} names", names.len()),
        )
        .related(dim.span(), format!("{count} elements"))
        .help("give each element an index, or leave `<dimIndex>` out to number them from 0")
        .mended(repair::counted(index))
    })
}
