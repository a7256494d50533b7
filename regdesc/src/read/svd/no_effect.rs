// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is legal in a text and has no effect here: a lint says so, once for all
//! that are alike.

use super::element::Element;
use super::mistake::Found;
use super::number;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Version;

/// Elements whose names an array keeps.
const MAX_LIST: u64 = crate::limits::MAX_LIST;

/// Reports everything in a device that has no effect.
pub(super) fn of(device: Element<'_, '_>, found: &mut Found) {
    let lints = [unit(device), endian(device), version_text(device)];
    for lint in lints.into_iter().flatten() {
        found.lint(lint);
    }
    if let Some(lint) = indexes(device) {
        found.lint(lint);
    }
}

fn lint(at: Element<'_, '_>, message: String) -> Diagnostic {
    Diagnostic::new(Code::WithoutEffect, at.span(), message, "has no effect")
}

fn unit(device: Element<'_, '_>) -> Option<Diagnostic> {
    let unit = device.child("addressUnitBits")?;
    let text = unit.text()?;
    let bits = number::parse(text).filter(|it| it.open == 0)?.value;
    (bits != 8).then(|| {
        let message = format!("addresses and offsets count bytes, not units of {text} bits");
        lint(unit, message).help("write 8, and addresses and offsets in bytes")
    })
}

fn endian(device: Element<'_, '_>) -> Option<Diagnostic> {
    let endian = device.child("cpu")?.child("endian")?;
    (endian.text() == Some("big")).then(|| {
        let message = "the processor is big-endian, and registers are accessed little-endian";
        lint(endian, message.to_owned()).help(
            "describe the block in YAML with `bus: {endian: big}`, and its registers by \
             `registers: {svd: …, peripheral: …}`",
        )
    })
}

fn version_text(device: Element<'_, '_>) -> Option<Diagnostic> {
    let element = device.child("version")?;
    let text = element.text()?;
    version(text).is_none().then(|| {
        let message = format!("`{text}` is not a version such as 1.2.3, and the map has none");
        lint(element, message).help("write up to three numbers with points between them")
    })
}

/// The version of the file, where it has the shape of one: `1.2` is 1.2.0.
pub(super) fn version(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = Version {
        major: parts.next()??,
        minor: parts.next().unwrap_or(Some(0))?,
        patch: parts.next().unwrap_or(Some(0))?,
    };
    parts.next().is_none().then_some(version)
}

/// Names of elements of arrays whose elements have numbers.
fn indexes(device: Element<'_, '_>) -> Option<Diagnostic> {
    let items = device.descendants();
    let items = items.filter(|it| matches!(it.tag(), "register" | "cluster"));
    let mut idle = items.filter_map(idle_indexes);
    let (index, name) = idle.next()?;
    let others = match idle.count() {
        0 => String::new(),
        1 => ", and those of another array too".to_owned(),
        many => format!(", and those of {many} other arrays too"),
    };
    let message = format!("the elements of the array `{name}` are numbered from 0{others}");
    Some(lint(index, message).help(format!(
        "write `{}` without brackets to give each element a name",
        name.replace("[%s]", "%s")
    )))
}

/// Indexes that an array does not keep, and its name.
fn idle_indexes<'a, 'input>(item: Element<'a, 'input>) -> Option<(Element<'a, 'input>, &'a str)> {
    let name = item.child("name")?.text()?;
    let count = number::parse(item.child("dim")?.text()?)?.value;
    if !name.ends_with("[%s]") && count <= MAX_LIST {
        return None;
    }
    let index = item.child("dimIndex")?;
    let text = index.text()?;
    let counted = match text.split_once('-') {
        Some((first, _)) => first.trim() == "0",
        None => (0_u64..)
            .zip(text.split(','))
            .all(|(number, index)| index.trim() == number.to_string()),
    };
    (!counted).then_some((index, name))
}
