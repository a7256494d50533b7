// SPDX-License-Identifier: MIT OR Apache-2.0

//! `dimElementGroup`: how many there are of an element.

use svd_parser::svd::{DimElement, MaybeArray};

use super::element::Element;
use crate::description::Array;

/// The array that a register, cluster or field is, if it is one.
pub(super) fn of<T>(element: Element<'_, '_>, svd: &MaybeArray<T>) -> Option<Array> {
    let MaybeArray::Array(_, dim) = svd else {
        return None;
    };
    Some(Array {
        count: element.at("dim", u64::from(dim.dim)),
        stride: Some(element.at("dimIncrement", u64::from(dim.dim_increment))),
        index: index(dim),
        places: Vec::new(),
    })
}

/// Names that `dimArrayIndex` alone may give.
const MAX_NAMED: u32 = 1 << 16;

/// The names of the elements, where they are more than a count from 0.
fn index(dim: &DimElement) -> Option<Vec<String>> {
    let named = dim.dim_array_index.is_some() && dim.dim <= MAX_NAMED;
    if dim.dim_index.is_none() && !named {
        return None;
    }
    let names: Vec<String> = names(dim).collect();
    let counted = names
        .iter()
        .enumerate()
        .all(|(number, name)| *name == number.to_string());
    (!counted).then_some(names)
}

/// What represents `%s` in each element: the name that `dimArrayIndex` gives its
/// index, else the index itself. A list may have spaces behind its commas.
pub(super) fn names(dim: &DimElement) -> impl Iterator<Item = String> {
    dim.indexes().map(|index| {
        let index = index.trim();
        name_of(index, dim).unwrap_or(index).to_owned()
    })
}

fn name_of<'d>(index: &str, dim: &'d DimElement) -> Option<&'d str> {
    let number: u64 = index.parse().ok()?;
    let named = &dim.dim_array_index.as_ref()?.values;
    let value = named.iter().find(|value| value.value == Some(number))?;
    Some(&value.name)
}

/// The name of one element.
pub(super) fn element_name(written: &str, index: &str) -> String {
    written.replace("[%s]", index).replace("%s", index)
}
