// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fields.

use svd_parser::svd;

use super::element::Element;
use super::number::MAX_BIT;
use super::{array, enumeration, properties};
use crate::description::Field;
use crate::source::{Span, Spanned};
use crate::units::BitRange;

pub(super) fn field(element: Element<'_, '_>, svd: &svd::Field) -> Field {
    let meanings = enumeration::of_field(element, svd);
    // What stands in for bits that were refused is no bits.
    let is_known = svd.bit_range.offset <= MAX_BIT;
    Field {
        name: element.at("name", svd.name.clone()),
        derived_from: element.derived_from().filter(|_| is_known),
        description: element.folded_text("description"),
        bits: is_known.then(|| bits(element, svd.bit_range)),
        array: array::of(element, svd),
        properties: properties::of_field(element, svd),
        reset_name: None,
        format: None,
        self_clearing: None,
        write_constraint: svd.write_constraint.and_then(properties::write_constraint),
        values: meanings.values,
        write_values: meanings.write_values,
    }
}

fn bits(element: Element<'_, '_>, svd: svd::BitRange) -> Spanned<BitRange> {
    let bits = BitRange {
        low: svd.offset,
        len: svd.width,
    };
    Spanned::new(bits, bits_span(element))
}

/// Where a field says which bits it has, in the order of preference that
/// svd-parser has.
fn bits_span(element: Element<'_, '_>) -> Span {
    let either = |a, b| {
        let (a, b) = (element.child(a)?.span(), element.child(b)?.span());
        Some(Span {
            start: a.start.min(b.start),
            end: a.end.max(b.end),
            ..a
        })
    };
    let range = element.child("bitRange").map(Element::span);
    range
        .or_else(|| either("lsb", "msb"))
        .or_else(|| either("bitOffset", "bitWidth"))
        .unwrap_or(element.name_span())
}
