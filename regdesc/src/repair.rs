// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lenient reading: what contradicts itself is repaired, each by one stated
//! rule, and every repair is reported.
//!
//! A rule here acts on what a rule of [`crate::check`] finds, so both report a
//! mistake in the same words, and what a repair leaves is checked as anything
//! else. What a vendor wrote is repaired; an author gets the error.

mod addresses;
mod bits;
mod found;
mod names;
mod values;
mod walk;

use walk::each_register;

use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::model::{Block, Bus, Cluster, Device, Item, Kind, Origin, Register};

const AS_WRITTEN: &str = "what is derived from nothing, or from itself, keeps only what it says \
                          itself: the fields, registers, values and properties of a base are left out";

/// Repairs what [`crate::check`] would refuse.
pub(crate) fn repair(device: &mut Device, diagnostics: &mut Diagnostics) {
    derivations_stay_as_written(diagnostics);
    if device.kind == Kind::Chip {
        names::instances_have_distinct_labels(device, diagnostics);
    }
    let (kind, bus) = (device.kind, device.bus);
    let blocks = device.blocks.iter_mut();
    for block in blocks.filter(|block| block.origin == Origin::Vendor) {
        repair_block(kind, bus, block, diagnostics);
    }
}

fn repair_block(kind: Kind, bus: Bus, block: &mut Block, diagnostics: &mut Diagnostics) {
    for enumeration in &mut block.enums {
        values::enumerated_values_differ(enumeration, diagnostics);
        names::values_have_distinct_names(enumeration, diagnostics);
    }
    // The rules about addresses expand arrays.
    addresses::counts_are_sane(block, diagnostics);
    each_register(&mut block.items, &mut |register| {
        bits::the_width_is_an_access(bus, register, diagnostics);
    });
    addresses::registers_are_aligned(bus, block, diagnostics);
    clusters_end_with_their_items(&mut block.items);
    each_container(&mut block.items, &mut |items| {
        addresses::elements_lie_apart(items, diagnostics);
    });
    each_register(&mut block.items, &mut |register| {
        repair_register(register, diagnostics);
    });
    values::enumerated_values_fit(block, diagnostics);
    values::named_values_may_be_written(block, diagnostics);
    clusters_end_with_their_items(&mut block.items);
    each_container(&mut block.items, &mut |items| {
        names::items_have_distinct_names(items, diagnostics);
        addresses::items_do_not_overlap(bus, items, diagnostics);
    });
    addresses::reserved_ranges_are_unused(bus, block, diagnostics);
    addresses::items_lie_in_the_block(kind, bus, block, diagnostics);
}

fn repair_register(register: &mut Register, diagnostics: &mut Diagnostics) {
    bits::fields_are_numbers(register, diagnostics);
    bits::fields_lie_in_the_register(register, diagnostics);
    bits::fields_lie_in_words(register, diagnostics);
    bits::fields_do_not_overlap(register, diagnostics);
    names::fields_have_distinct_names(register, diagnostics);
    values::the_reset_fits(register, diagnostics);
    values::constraints_can_be_met(register, diagnostics);
}

/// Deriving leaves out what it reports.
fn derivations_stay_as_written(diagnostics: &mut Diagnostics) {
    diagnostics.change(|diagnostic| match diagnostic.code {
        Code::DerivedFromMissing | Code::DerivedFromCircle
            if diagnostic.severity == Severity::Error =>
        {
            let rule = match &diagnostic.help {
                Some(help) if help.ends_with('?') => format!("{AS_WRITTEN}; {help}"),
                _ => AS_WRITTEN.to_owned(),
            };
            diagnostic.repaired(rule)
        }
        _ => diagnostic,
    });
}

/// After a register's width has changed.
fn clusters_end_with_their_items(items: &mut [Item]) {
    for item in items {
        if let Item::Cluster(cluster) = item {
            clusters_end_with_their_items(&mut cluster.items);
            cluster.size = end_of(cluster);
        }
    }
}

fn end_of(cluster: &Cluster) -> u64 {
    let items = cluster.items.iter().map(Item::range);
    let reserved = cluster.reserved.iter().map(|reserved| reserved.range);
    let ends = items
        .chain(reserved)
        .map(|range| range.end().unwrap_or(u64::MAX));
    ends.max().unwrap_or(0)
}

/// Visits what a block or cluster holds, and then each cluster's within.
fn each_container(items: &mut [Item], visit: &mut impl FnMut(&mut [Item])) {
    visit(items);
    for item in items {
        if let Item::Cluster(cluster) = item {
            each_container(&mut cluster.items, visit);
        }
    }
}
