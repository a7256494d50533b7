// SPDX-License-Identifier: MIT OR Apache-2.0

//! What one element says against itself, so that a part of it could have no
//! effect, and references that lead nowhere.

use std::collections::HashSet;

use super::edits::Edit;
use super::element::Element;
use super::mistake::{Mistake, Repair};
use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;

const OF_THE_BASE: &str = "a derived enumeration has the values of its base alone";
const PLAIN_VALUE: &str = "a default that has a number is a value like any other";
const FIRST_DEFAULT: &str = "of several defaults, the first is read";
const NO_VALUES: &str = "an enumeration of a default alone is left out";
const NO_EFFECT: &str = "an effect of an access that software does not have is left out";
const EVERY_PLACE: &str = "the index goes to every place for it";
const NO_ALTERNATE: &str = "an alternate of what is not there is none";
const NO_ENDIAN: &str = "an order of bytes that is not known is left out";

/// The contradictions within one element.
pub(super) fn within(element: Element<'_, '_>) -> Vec<Mistake> {
    match element.tag() {
        "enumeratedValues" => of_an_enumeration(element),
        "device" => {
            let mut mistakes = effects_without_access(element);
            mistakes.extend(unknown_endian(element));
            mistakes
        }
        "peripheral" | "cluster" | "register" | "field" => {
            let mut mistakes = effects_without_access(element);
            mistakes.extend(two_places_for_an_index(element));
            mistakes
        }
        _ => Vec::new(),
    }
}

fn of_an_enumeration(enumeration: Element<'_, '_>) -> Vec<Mistake> {
    if let Some(base) = enumeration.derived_from() {
        let own = enumeration.children_named("enumeratedValue");
        let own: Vec<_> = own.collect();
        let Some(first) = own.first() else {
            return Vec::new();
        };
        let edits = own.iter().map(|it| Edit::new(it.range(), ""));
        let mistake = Diagnostic::new(
            Code::BadValue,
            first.name_span(),
            format!(
                "a value of its own in an enumeration that is derived from `{}`",
                base.value
            ),
            "has no effect",
        )
        .related(base.span, "its values are those of this one")
        .help("write all values here, or none");
        return vec![mistake.with_repair(Repair::new(OF_THE_BASE, edits.collect()))];
    }
    let is_default = |it: &Element<'_, '_>| {
        let text = it.child("isDefault").and_then(Element::text);
        matches!(text, Some("true" | "1"))
    };
    let values = || enumeration.children_named("enumeratedValue");
    let has_number = |it: &Element<'_, '_>| it.child("value").is_some();
    let mut mistakes: Vec<_> = values()
        .filter(|it| is_default(it) && has_number(it))
        .filter_map(default_with_a_number)
        .collect();
    let mut defaults = values().filter(|it| is_default(it) && !has_number(it));
    let Some(first) = defaults.next() else {
        return mistakes;
    };
    mistakes.extend(defaults.map(|it| second_default(it, first)));
    if !values().any(|it| has_number(&it)) {
        mistakes.push(
            Diagnostic::new(
                Code::BadValue,
                first.name_span(),
                "an enumeration with a default and no values",
                "stands for every number",
            )
            .help("name the values, or remove the enumeration")
            .with_repair(Repair::new(
                NO_VALUES,
                vec![Edit::new(enumeration.range(), "")],
            )),
        );
    }
    mistakes
}

fn default_with_a_number(value: Element<'_, '_>) -> Option<Mistake> {
    let (default, number) = (value.child("isDefault")?, value.child("value")?);
    Some(
        Diagnostic::new(
            Code::BadValue,
            default.span(),
            "a default stands for every number without a name, and this one has a number",
            "has no effect",
        )
        .related(number.span(), "its number")
        .help("remove `<isDefault>` or `<value>`")
        .with_repair(Repair::new(
            PLAIN_VALUE,
            vec![Edit::new(default.range(), "")],
        )),
    )
}

fn second_default(value: Element<'_, '_>, first: Element<'_, '_>) -> Mistake {
    Diagnostic::new(
        Code::BadValue,
        value.name_span(),
        "an enumeration has two defaults",
        "a second one",
    )
    .related(first.name_span(), "first here")
    .help("give one of them a `<value>`, or remove it")
    .with_repair(Repair::new(
        FIRST_DEFAULT,
        vec![Edit::new(value.range(), "")],
    ))
}

/// What an element says of reads and writes itself. What it inherits may be for
/// others.
fn effects_without_access(element: Element<'_, '_>) -> Vec<Mistake> {
    let Some(access) = element.child("access") else {
        return Vec::new();
    };
    let (tag, verb) = match access.text() {
        Some("read-only") => ("modifiedWriteValues", "write"),
        Some("write-only" | "writeOnce") => ("readAction", "read"),
        _ => return Vec::new(),
    };
    let effect = element.child(tag).map(|effect| {
        Diagnostic::new(
            Code::EffectWithoutAccess,
            effect.span(),
            format!("`<{tag}>` of what software may not {verb}"),
            "has no effect",
        )
        .related(
            access.span(),
            format!("the access is {}", access.text().unwrap_or_default()),
        )
        .help(format!(
            "remove `<{tag}>`, or give it an access that may {verb}"
        ))
        .with_repair(Repair::new(NO_EFFECT, vec![Edit::new(effect.range(), "")]))
    });
    effect.into_iter().collect()
}

fn two_places_for_an_index(element: Element<'_, '_>) -> Option<Mistake> {
    let name = element.child("name")?;
    let text = name.text().filter(|it| it.matches("%s").count() > 1)?;
    element.child("dim")?;
    Some(
        Diagnostic::new(
            Code::BadName,
            name.span(),
            format!("`{text}` has more than one place for the index"),
            "an array has one index",
        )
        .help("keep one `%s`; an array of arrays is a cluster with an array in it")
        .with_repair(Repair::new(EVERY_PLACE, Vec::new())),
    )
}

const ENDIANS: [&str; 4] = ["little", "big", "selectable", "other"];

fn unknown_endian(device: Element<'_, '_>) -> Option<Mistake> {
    let endian = device.child("cpu")?.child("endian")?;
    let text = endian.text().unwrap_or_default();
    if ENDIANS.contains(&text) {
        return None;
    }
    let help = match nearest(text, ENDIANS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", ENDIANS.join(", ")),
    };
    Some(
        Diagnostic::new(
            Code::BadValue,
            endian.span(),
            format!("`{text}` is not an order of bytes"),
            "not understood",
        )
        .help(help)
        .with_repair(Repair::new(NO_ENDIAN, vec![Edit::new(endian.range(), "")])),
    )
}

/// Registers and clusters of a peripheral that are called alternates of what is
/// not there.
pub(super) fn alternates_of_nothing(peripheral: Element<'_, '_>) -> Vec<Mistake> {
    let is_reference = |it: &Element<'_, '_>| {
        matches!(
            (it.tag(), it.parent().map(Element::tag)),
            ("alternateRegister", Some("register")) | ("alternateCluster", Some("cluster"))
        )
    };
    let references: Vec<_> = peripheral.descendants().filter(is_reference).collect();
    let derives = |it: Element<'_, '_>| {
        matches!(it.tag(), "peripheral" | "cluster") && it.derived_from().is_some()
    };
    // What a base has is there too.
    if references.is_empty() || peripheral.descendants().any(derives) {
        return Vec::new();
    }
    let items = peripheral.descendants();
    let items = items.filter(|it| matches!(it.tag(), "register" | "cluster"));
    let names: HashSet<_> = items.filter_map(|it| it.child("name")?.text()).collect();
    let mistakes = references.into_iter().filter_map(|reference| {
        let text = reference.text()?;
        (!is_among(text, &names)).then(|| alternate_of_nothing(reference, text, &names))
    });
    mistakes.collect()
}

/// Whether a name, or the last one of a path, is that of an item, or of an element
/// of an array.
fn is_among(text: &str, names: &HashSet<&str>) -> bool {
    let name = text.rsplit('.').next().unwrap_or(text);
    let is_element = |array: &&str| {
        let parts = array.split_once("[%s]").or(array.split_once("%s"));
        parts.is_some_and(|(before, behind)| {
            name == format!("{before}{behind}")
                || name.len() > before.len() + behind.len()
                    && name.starts_with(before)
                    && name.ends_with(behind)
        })
    };
    names.contains(name) || names.iter().any(is_element)
}

fn alternate_of_nothing(reference: Element<'_, '_>, text: &str, names: &HashSet<&str>) -> Mistake {
    let mut known: Vec<_> = names.iter().copied().collect();
    known.sort_unstable();
    let what = match reference.tag() {
        "alternateCluster" => "cluster",
        _ => "register",
    };
    let help = match nearest(text, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("name a {what} of the same peripheral, or remove it"),
    };
    Diagnostic::new(
        Code::UnknownRegister,
        reference.span(),
        format!("there is no {what} `{text}` to be an alternate of"),
        "named here",
    )
    .help(help)
    .with_repair(Repair::new(
        NO_ALTERNATE,
        vec![Edit::new(reference.range(), "")],
    ))
}
