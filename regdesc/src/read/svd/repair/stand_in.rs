// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in for a value that is not known and that nothing else says: the
//! description is refused, and what is read of it meanwhile shows what else is
//! wrong with it. A stand-in is chosen so that no rule finds fault with it.

use super::super::edits::Edit;
use super::super::element::Element;
use super::super::number::MAX_BIT;

/// For a part that is missing.
pub(in super::super) fn missing(element: Element<'_, '_>, tag: &str) -> Vec<Edit> {
    match (element.tag(), tag) {
        (_, "name") => name(element),
        (_, "baseAddress") => vec![element.insertion(&element.written(tag, "0"))],
        (_, "addressOffset") => {
            let mut edits = vec![element.insertion(&element.written(tag, "0"))];
            edits.extend(alternate(element));
            edits
        }
        ("field", "dimIncrement") => {
            let mut edits = vec![element.insertion(&element.written(tag, "0"))];
            edits.extend(bits(element));
            edits
        }
        (_, "dimIncrement") => {
            let mut edits = vec![element.insertion(&element.written(tag, "0"))];
            edits.extend(alternate(element));
            edits
        }
        _ => vec![Edit::new(element.range(), "")],
    }
}

/// For a text that cannot be read.
pub(in super::super) fn unreadable(element: Element<'_, '_>) -> Vec<Edit> {
    let Some(parent) = element.parent() else {
        return Vec::new();
    };
    let is_field = parent.tag() == "field";
    match element.tag() {
        "baseAddress" => vec![element.with_text("0")],
        "dim" => {
            let indexes = parent.child("dimIndex");
            let mut edits = vec![element.with_text("1")];
            edits.extend(indexes.map(|it| Edit::new(it.range(), "")));
            edits
        }
        "addressOffset" | "dimIncrement" if !is_field => {
            let mut edits = vec![element.with_text("0")];
            edits.extend(alternate(parent));
            edits
        }
        "dimIncrement" => {
            let mut edits = vec![element.with_text("0")];
            edits.extend(bits(parent));
            edits
        }
        "lsb" | "msb" | "bitOffset" | "bitWidth" | "bitRange" => bits(parent),
        _ => vec![Edit::new(element.range(), "")],
    }
}

/// A field whose bits are not known: nothing but a stand-in has such bits, and
/// the field is read as one without any.
pub(in super::super) fn bits(field: Element<'_, '_>) -> Vec<Edit> {
    let beyond = MAX_BIT + 1;
    let range = field.written("bitRange", &format!("[{beyond}:{beyond}]"));
    let written = field.child("bitRange");
    let mut edits: Vec<Edit> = written
        .into_iter()
        .map(|it| Edit::new(it.range(), ""))
        .collect();
    edits.push(field.insertion(&range));
    edits
}

/// A name that nothing else has.
fn name(element: Element<'_, '_>) -> Vec<Edit> {
    let index = match element.child("dim").or(element.child("dimIncrement")) {
        Some(_) => "[%s]",
        None => "",
    };
    let text = format!("unnamed_{}{index}", element.range().start);
    match element.child("name") {
        Some(name) => vec![name.with_text(&text)],
        None => vec![element.insertion(&element.written("name", &text))],
    }
}

/// Lets an element share its place, which is not known.
fn alternate(element: Element<'_, '_>) -> Option<Edit> {
    let tag = match element.tag() {
        "register" => "alternateRegister",
        "cluster" => "alternateCluster",
        _ => return None,
    };
    let stated = element.child(tag).is_some();
    (!stated).then(|| element.insertion(&element.written(tag, "unknown")))
}
