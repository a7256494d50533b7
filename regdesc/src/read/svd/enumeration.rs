// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enumerated values of a field.

use std::collections::HashSet;

use svd_parser::svd;

use super::element::Element;
use crate::description::{DefaultValue, EnumeratedValue, Enumeration, FieldValues};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Spanned;

/// A don't-care pattern that represents more values than this names only the
/// lowest of them.
const MAX_EXPANDED: u32 = 256;

/// What a field's values mean: those read, and those written where these mean
/// something else. Names for writing alone are no names for what is read, so a
/// field may have them and no others.
pub(super) fn of_field(field: Element<'_, '_>, svd: &svd::FieldInfo) -> Meanings {
    let elements = field.children_named("enumeratedValues");
    let all = elements.zip(&svd.enumerated_values);
    let (writing, mut reading): (Vec<_>, Vec<_>) =
        all.partition(|(_, values)| values.usage == Some(svd::Usage::Write));
    // Names for both are those for writing where reading has its own. A derived
    // enumeration may say what it is for only where it is written in full.
    reading.sort_by_key(|(_, values)| values.usage != Some(svd::Usage::Read));
    let mut meanings = reading
        .iter()
        .map(|(element, values)| meaning(*element, values));
    let own = writing.first();
    Meanings {
        values: meanings.next().flatten(),
        write_values: match own {
            Some((element, values)) => meaning(*element, values),
            None => meanings.next().flatten(),
        },
    }
}

/// What a field's values mean.
pub(super) struct Meanings {
    pub(super) values: Option<FieldValues>,
    pub(super) write_values: Option<FieldValues>,
}

fn meaning(element: Element<'_, '_>, svd: &svd::EnumeratedValues) -> Option<FieldValues> {
    if let Some(path) = element.derived_from() {
        return Some(FieldValues::Named(path));
    }
    let written = written(element, svd);
    let values = enumerated_values(&written);
    let default = default(element, svd);
    (!values.is_empty()).then(|| {
        FieldValues::InPlace(Enumeration {
            name: element.text_of("name"),
            description: None,
            values,
            default,
            notices: notices(&written),
        })
    })
}

/// What every other value means. A number beside `isDefault` makes it a value
/// like any other.
fn default(element: Element<'_, '_>, svd: &svd::EnumeratedValues) -> Option<DefaultValue> {
    let mut values = element.children_named("enumeratedValue").zip(&svd.values);
    let is_default =
        |value: &svd::EnumeratedValue| value.is_default == Some(true) && value.value.is_none();
    let (element, value) = values.find(|(_, value)| is_default(value))?;
    Some(DefaultValue {
        name: Spanned::new(value.name.clone(), element.name_span()),
        description: element.folded_text("description"),
    })
}

fn written<'a, 'input>(
    element: Element<'a, 'input>,
    svd: &'a svd::EnumeratedValues,
) -> Vec<Written<'a, 'input>> {
    let values = element.children_named("enumeratedValue").zip(&svd.values);
    values
        .filter_map(|(element, value)| Written::of(element, value))
        .collect()
}

/// A number that is written out has that name alone; of the patterns that fit
/// another, the first names it.
fn enumerated_values(written: &[Written<'_, '_>]) -> Vec<EnumeratedValue> {
    let exact = written.iter().filter(|value| value.free == 0);
    let mut named: HashSet<u64> = exact.map(|value| value.value).collect();
    let mut names = HashSet::new();
    let mut values = Vec::new();
    for value in written {
        if value.free == 0 {
            values.push(value.named(value.name.to_owned(), value.value));
            continue;
        }
        for number in value.numbers().filter(|number| named.insert(*number)) {
            // The first has the written name, so that it is the one to write;
            // the others have their number behind it, so that a read finds each.
            values.push(match names.insert(value.name) {
                true => value.named(value.name.to_owned(), number),
                false => value.named(format!("{}_{number}", value.name), number),
            });
        }
    }
    values
}

/// Patterns that do not name each number that they fit.
fn notices(written: &[Written<'_, '_>]) -> Vec<Diagnostic> {
    let (patterns, exact): (Vec<_>, Vec<_>) = written.iter().partition(|value| value.free != 0);
    let exact: HashSet<u64> = exact.into_iter().map(|value| value.value).collect();
    let mut notices = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        if pattern.is_large() {
            notices.push(large(pattern));
        }
        let mut earlier = patterns[..index].iter();
        let overlapped = earlier.find_map(|other| {
            let mut shared = other.shared_with(pattern);
            let contested = shared.find(|number| !exact.contains(number))?;
            Some(overlap(other, pattern, contested))
        });
        notices.extend(overlapped);
    }
    notices
}

fn overlap(first: &Written<'_, '_>, second: &Written<'_, '_>, number: u64) -> Diagnostic {
    let at = |pattern: &Written<'_, '_>| pattern.element.span_of("value");
    Diagnostic::new(
        Code::PatternsOverlap,
        at(second),
        format!(
            "the patterns of `{}` and `{}` both fit {number}",
            first.name, second.name
        ),
        format!("`{}` does not name it", second.name),
    )
    .related(at(first), "the first pattern names it")
    .help(
        "give each number one name; if the patterns describe single bits, describe each bit as a \
         field of its own",
    )
}

fn large(pattern: &Written<'_, '_>) -> Diagnostic {
    Diagnostic::new(
        Code::LargePattern,
        pattern.element.span_of("value"),
        format!(
            "the pattern of `{}` fits more than {MAX_EXPANDED} numbers",
            pattern.name
        ),
        format!("names {} alone", pattern.value),
    )
    .help("the other numbers have no name: use `<isDefault>true</isDefault>` for all that are left")
}

/// A named value as it is written: perhaps a pattern such as `#1xx`.
struct Written<'a, 'input> {
    element: Element<'a, 'input>,
    name: &'a str,
    /// The value with 0 for each don't-care bit.
    value: u64,
    /// The don't-care bits.
    free: u64,
}

impl<'a, 'input> Written<'a, 'input> {
    /// `None` for a default: it names what no value names, so it is none.
    fn of(element: Element<'a, 'input>, svd: &'a svd::EnumeratedValue) -> Option<Self> {
        let text = element.child("value").and_then(Element::text);
        Some(Written {
            element,
            name: &svd.name,
            value: svd.value?,
            free: text.map_or(0, dont_care),
        })
    }

    fn numbers(&self) -> impl Iterator<Item = u64> + use<> {
        patterns(self.value, self.free)
    }

    /// Whether it fits more numbers than get a name each.
    fn is_large(&self) -> bool {
        self.free.count_ones() > MAX_EXPANDED.ilog2()
    }

    /// The numbers that fit both patterns; the lowest alone when they are too many.
    fn shared_with(&self, other: &Written<'_, '_>) -> impl Iterator<Item = u64> + use<> {
        let fixed = !(self.free | other.free);
        let overlaps = (self.value ^ other.value) & fixed == 0;
        let shared = patterns(self.value | other.value, self.free & other.free);
        overlaps.then_some(shared).into_iter().flatten()
    }

    fn named(&self, name: String, value: u64) -> EnumeratedValue {
        EnumeratedValue {
            name: Spanned::new(name, self.element.name_span()),
            value: self.element.at("value", value.into()),
            description: self.element.folded_text("description"),
        }
    }
}

/// The bits that a binary number leaves open.
fn dont_care(text: &str) -> u64 {
    let Some(digits) = text.strip_prefix('#').or(text.strip_prefix("0b")) else {
        return 0;
    };
    digits.bytes().fold(0, |free, digit| {
        free << 1 | u64::from(digit.eq_ignore_ascii_case(&b'x'))
    })
}

/// Every value a pattern represents, in rising order; the lowest alone when they
/// are too many.
fn patterns(value: u64, free: u64) -> impl Iterator<Item = u64> {
    let few = free.count_ones() <= MAX_EXPANDED.ilog2();
    let mut bits = Some(0u64);
    std::iter::from_fn(move || {
        let current = bits?;
        let next = current.wrapping_sub(free) & free;
        bits = (few && next != 0).then_some(next);
        Some(value | current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_represents_each_value_it_fits() {
        let values = |text: &str, value| patterns(value, dont_care(text)).collect::<Vec<_>>();
        assert_eq!(values("#1x0X", 0b1000), [0b1000, 0b1001, 0b1100, 0b1101]);
        assert_eq!(values("0b0x", 0), [0, 1]);
        assert_eq!(values("0x10", 16), [16]);
        assert_eq!(values("#1xxxxxxxxx", 512), [512]);
    }
}
