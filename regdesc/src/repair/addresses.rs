// SPDX-License-Identifier: MIT OR Apache-2.0

//! Places of registers, clusters and their elements.

use std::collections::HashSet;
use std::slice;

use super::found::{found, report};
use crate::check::addresses::{self, Contents, Counted, has_sane_count, registers_in};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits::MAX_COUNT;
use crate::model::{Alternate, Array, Block, Bus, Item, Kind, Origin, Register, Reserved};
use crate::source::Span;
use crate::units::align_up;

const TOO_LONG: &str = "an array of no elements, or of more than can be distinguished, is left out";
const TOO_MANY: &str = "of more registers than a block can have, the largest arrays are left out";
const NARROWED: &str = "a register is narrowed to the width that its address is a multiple of";
const APART: &str = "elements of an array are as wide as the distance between them";
const ELEMENTS_SHARE: &str = "elements of an array at the same bytes are alternates of each other";
const ITEMS_SHARE: &str = "registers at the same bytes are alternates of each other";
const USED: &str = "a reserved range that something uses is left out";
const GROWN: &str = "the block grows to the end of its last register";

/// What is left can be expanded.
pub(super) fn counts_are_sane(block: &mut Block, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| {
        addresses::counts_are_sane(block, reported);
    });
    if mistakes.is_empty() {
        return;
    }
    block.incomplete = true;
    let too_long = mistakes.into_iter().filter(|it| it.code == Code::BadCount);
    report(too_long.collect(), TOO_LONG, diagnostics);
    leave_out_insane_counts(&mut block.items);
    while registers_in(&block.items) > MAX_COUNT {
        let counts = block
            .items
            .iter()
            .map(|item| registers_in(slice::from_ref(item)));
        let Some((_, largest)) = counts.zip(0..).max() else {
            return;
        };
        let left_out = block.items.remove(largest);
        diagnostics.push(too_many(block, &left_out).repaired(TOO_MANY));
    }
}

/// What the repair of counts has left; it was reported.
fn counted(block: &Block) -> Option<Counted<'_>> {
    addresses::counts_are_sane(block, &mut Diagnostics::default())
}

fn leave_out_insane_counts(items: &mut Vec<Item>) {
    items.retain(has_sane_count);
    for item in items {
        if let Item::Cluster(cluster) = item {
            leave_out_insane_counts(&mut cluster.items);
        }
    }
}

fn too_many(block: &Block, item: &Item) -> Diagnostic {
    let name = item.name();
    Diagnostic::new(
        Code::TooLarge,
        name.span,
        format!(
            "with `{}`, `{}` has more than {MAX_COUNT} registers",
            name.value, block.name.value
        ),
        format!("{} registers", registers_in(slice::from_ref(item))),
    )
    .related(block.name.span, "in this block")
}

pub(super) fn registers_are_aligned(bus: Bus, block: &mut Block, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| {
        if let Some(counted) = counted(block) {
            addresses::registers_are_aligned(bus, counted, reported);
        }
    });
    if !mistakes.is_empty() {
        narrow(&mut block.items, 0, 0, bus);
        report(mistakes, NARROWED, diagnostics);
    }
}

/// Narrows what is not at a multiple of its beats' size, where the first
/// element starts at `base` and the others some of `strides` further.
fn narrow(items: &mut [Item], base: u64, strides: u64, bus: Bus) {
    for item in items {
        let start = base.wrapping_add(item.offset().value);
        let strides = strides | array_of(item).map_or(0, |array| array.stride.value);
        match item {
            Item::Register(register) => {
                let known = u64::from(u32::MAX);
                let multiple = 1 << (start | strides | !known).trailing_zeros();
                if multiple < register.alignment(bus) {
                    let bits = u32::try_from(multiple * 8).unwrap_or(u32::MAX);
                    register.width.value = register.width.value.min(bits);
                }
            }
            Item::Cluster(cluster) => narrow(&mut cluster.items, start, strides, bus),
        }
    }
}

fn array_of(item: &Item) -> Option<Array> {
    let array = match item {
        Item::Register(register) => register.array,
        Item::Cluster(cluster) => cluster.array,
    };
    array.filter(|array| array.count.value > 1)
}

pub(super) fn elements_lie_apart(items: &mut [Item], diagnostics: &mut Diagnostics) {
    for item in items {
        let mistakes = found(|reported| addresses::elements_lie_apart(item, reported));
        if mistakes.is_empty() {
            continue;
        }
        let rule = match item {
            Item::Register(register) => match width_between_elements(register) {
                Some(width) => {
                    register.width.value = width;
                    APART
                }
                None => {
                    register.alternate = Alternate::Any;
                    ELEMENTS_SHARE
                }
            },
            Item::Cluster(cluster) => {
                cluster.alternate = Alternate::Any;
                ELEMENTS_SHARE
            }
        };
        report(mistakes, rule, diagnostics);
    }
}

/// What lies between an element and the next, in bits, if it is an access that
/// has room for the fields.
fn width_between_elements(register: &Register) -> Option<u32> {
    let bytes = register.array?.stride.value;
    let width = match bytes {
        1 | 2 | 4 | 8 => u32::try_from(bytes * 8).ok()?,
        _ => return None,
    };
    let mut fields = register.fields.iter();
    fields.all(|field| field.bits.fits(width)).then_some(width)
}

/// What is found wrong with an item is reported at its name.
pub(super) fn items_do_not_overlap(bus: Bus, items: &mut [Item], diagnostics: &mut Diagnostics) {
    loop {
        let Some(contents) = Contents::counted(Origin::Vendor, items, &[]) else {
            return;
        };
        // It reports some at a time.
        let mistakes = found(|reported| addresses::items_do_not_overlap(bus, contents, reported));
        if mistakes.is_empty() {
            return;
        }
        let named: HashSet<Span> = mistakes.iter().map(|it| it.primary.span).collect();
        let related = mistakes.iter().flat_map(|mistake| &mistake.related);
        let named: HashSet<Span> = named.into_iter().chain(related.map(|it| it.span)).collect();
        let mut shared = false;
        for item in items.iter_mut() {
            if named.contains(&item.name().span) {
                shared |= share(item);
            }
        }
        if !shared {
            return;
        }
        report(mistakes, ITEMS_SHARE, diagnostics);
    }
}

/// What is reserved gives way to what is there.
pub(super) fn reserved_ranges_are_unused(
    bus: Bus,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) {
    unused(bus, &block.items, &mut block.reserved, diagnostics);
    unused_in_clusters(bus, &mut block.items, diagnostics);
}

fn unused_in_clusters(bus: Bus, items: &mut [Item], diagnostics: &mut Diagnostics) {
    for item in items {
        if let Item::Cluster(cluster) = item {
            unused(bus, &cluster.items, &mut cluster.reserved, diagnostics);
            unused_in_clusters(bus, &mut cluster.items, diagnostics);
        }
    }
}

fn unused(bus: Bus, items: &[Item], reserved: &mut Vec<Reserved>, diagnostics: &mut Diagnostics) {
    reserved.retain(|one| {
        let one_alone = slice::from_ref(one);
        let Some(contents) = Contents::counted(Origin::Vendor, items, one_alone) else {
            return true;
        };
        // Two items are another rule's affair.
        let mut mistakes =
            found(|reported| addresses::items_do_not_overlap(bus, contents, reported));
        mistakes.retain(|it| it.related.iter().any(|label| label.span == one.name.span));
        let is_unused = mistakes.is_empty();
        report(mistakes, USED, diagnostics);
        is_unused
    });
}

/// Makes an item an alternate; returns whether it was none before.
fn share(item: &mut Item) -> bool {
    let alternate = match item {
        Item::Register(register) => &mut register.alternate,
        Item::Cluster(cluster) => &mut cluster.alternate,
    };
    std::mem::replace(alternate, Alternate::Any) != Alternate::Any
}

/// Reported once a block, of what reaches furthest.
pub(super) fn items_lie_in_the_block(
    kind: Kind,
    bus: Bus,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) {
    let mistakes = found(|reported| {
        if let Some(counted) = counted(block) {
            addresses::items_lie_in_the_block(kind, counted, reported);
        }
    });
    let items = block
        .items
        .iter()
        .map(|item| (item.range().end(), item.name().span));
    let reserved = block
        .reserved
        .iter()
        .map(|it| (it.range.end(), it.name.span));
    let last = items.chain(reserved).max_by_key(|(end, _)| *end);
    let (Some((end, at)), others) = (last, mistakes.len().saturating_sub(1)) else {
        return;
    };
    let Some(size) = end.and_then(|end| align_up(end, bus.bytes())) else {
        return;
    };
    let mistake = mistakes.into_iter().find(|it| it.primary.span == at);
    if let Some(mistake) = mistake {
        block.size.value = size;
        diagnostics.push(with_others(mistake, others).repaired(GROWN));
    }
}

fn with_others(mistake: Diagnostic, others: usize) -> Diagnostic {
    let message = match others {
        0 => return mistake,
        1 => format!("{}, and so does another", mistake.message),
        many => format!("{}, and so do {many} others", mistake.message),
    };
    Diagnostic { message, ..mistake }
}
