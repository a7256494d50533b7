// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enumerated values of a field.

use std::collections::{HashMap, HashSet};

use svd_parser::svd;

use super::element::Element;
use crate::description::{DefaultValue, EnumeratedValue, Enumeration, FieldValues};
use crate::source::Spanned;

/// A don't-care pattern that stands for more values than this names only the
/// first of them.
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
    let values = enumerated_values(element, svd);
    let default = default(element, svd);
    (!values.is_empty()).then(|| {
        FieldValues::InPlace(Enumeration {
            name: element.text_of("name"),
            description: None,
            values,
            default,
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

fn enumerated_values(
    element: Element<'_, '_>,
    svd: &svd::EnumeratedValues,
) -> Vec<EnumeratedValue> {
    let written: Vec<_> = element
        .children_named("enumeratedValue")
        .zip(&svd.values)
        .filter_map(|(element, value)| Written::of(element, value))
        .collect();
    let claims = Claims::of(&written);
    written
        .into_iter()
        .flat_map(|value| value.expanded(&claims))
        .collect()
}

/// What numbers the values of an enumeration lay claim to.
struct Claims {
    /// Those written out.
    exact: HashSet<u64>,
    /// How many patterns fit each of the others.
    patterns: HashMap<u64, usize>,
}

impl Claims {
    fn of(written: &[Written<'_, '_>]) -> Claims {
        let (patterns, exact): (Vec<_>, Vec<_>) = written.iter().partition(|value| value.free != 0);
        let exact = exact.into_iter().map(|value| value.value).collect();
        let mut claims = Claims {
            exact,
            patterns: HashMap::new(),
        };
        for number in patterns.into_iter().flat_map(Written::numbers) {
            *claims.patterns.entry(number).or_insert(0) += 1;
        }
        claims
    }

    /// The numbers a pattern is the only one to fit. Patterns that overlap, such
    /// as `#xx1` and `#x1x`, tell of single bits and not of values; they name
    /// nothing.
    fn granted(&self, pattern: &Written<'_, '_>) -> Vec<u64> {
        let numbers = pattern.numbers();
        let free: Vec<u64> = numbers
            .filter(|number| !self.exact.contains(number))
            .collect();
        let contested = |number| self.patterns.get(number).is_some_and(|count| *count > 1);
        if free.iter().any(contested) {
            return Vec::new();
        }
        free
    }
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

    /// One value for each number a pattern stands for. The first has the written
    /// name, so that it is the one to write; the others have their number behind
    /// it, so that a read finds each.
    fn expanded(self, claims: &Claims) -> Vec<EnumeratedValue> {
        if self.free == 0 {
            return vec![self.named(self.name.to_owned(), self.value)];
        }
        let name = |index, number| match index {
            0 => self.name.to_owned(),
            _ => format!("{}_{number}", self.name),
        };
        let numbers = claims.granted(&self).into_iter().enumerate();
        numbers
            .map(|(index, number)| self.named(name(index, number), number))
            .collect()
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

/// Every value a pattern stands for, in rising order; the lowest alone when they
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
    fn a_pattern_stands_for_each_value_it_fits() {
        let values = |text: &str, value| patterns(value, dont_care(text)).collect::<Vec<_>>();
        assert_eq!(values("#1x0X", 0b1000), [0b1000, 0b1001, 0b1100, 0b1101]);
        assert_eq!(values("0b0x", 0), [0, 1]);
        assert_eq!(values("0x10", 16), [16]);
        assert_eq!(values("#1xxxxxxxxx", 512), [512]);
    }
}
