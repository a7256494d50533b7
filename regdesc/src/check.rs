// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold before anything is generated: one rule a function, named for
//! the truth it leaves. All of them run; all they find is reported.

pub(crate) mod addresses;
pub(crate) mod bits;
mod device_tree;
mod identity;
mod interrupts;
pub(crate) mod names;
pub(crate) mod values;
mod windows;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Block, Cluster, Device, Item, Kind, Origin, Register, Reserved};

/// Checks a resolved device.
pub(crate) fn check(device: &Device, diagnostics: &mut Diagnostics) {
    names::the_device_has_a_usable_name(device, diagnostics);
    names::instances_have_distinct_labels(device, diagnostics);
    addresses::instances_do_not_overlap(device, diagnostics);
    for block in &device.blocks {
        check_block(device, block, diagnostics);
    }
}

fn check_block(device: &Device, block: &Block, diagnostics: &mut Diagnostics) {
    if device.kind == Kind::Block {
        device_tree::the_node_has_a_compatible(device, block, diagnostics);
    }
    device_tree::instances_state_every_specifier(block, diagnostics);
    device_tree::instances_give_every_interrupt(block, diagnostics);
    device_tree::parents_are_usable(block, diagnostics);
    device_tree::maintainers_have_addresses(block, diagnostics);
    device_tree::names_are_valid(block, diagnostics);
    addresses::the_block_has_a_size(block, diagnostics);
    addresses::instances_fit_the_address_space(block, diagnostics);
    names::what_surrounds_has_distinct_names(block, diagnostics);
    windows::windows_can_be_opened(block, diagnostics);
    windows::windows_are_whole_pages(block, diagnostics);
    windows::windows_share_no_page(block, diagnostics);
    identity::identity_registers_can_be_read(block, diagnostics);
    identity::the_version_is_read(block, diagnostics);
    identity::the_map_has_the_version_to_compare(device, block, diagnostics);
    interrupts::interrupts_can_be_handled(block, diagnostics);
    interrupts::lines_and_resets_are_told_apart(block, diagnostics);
    for enumeration in &block.enums {
        values::enumerated_values_differ(enumeration, diagnostics);
        values::enumerated_values_have_one_sign(enumeration, diagnostics);
        names::values_have_distinct_names(block.origin, enumeration, diagnostics);
    }
    if !addresses::counts_are_sane(block, diagnostics) {
        // The rules about addresses expand arrays.
        return;
    }
    addresses::items_lie_in_the_block(device.kind, block, diagnostics);
    each_container(block, &mut |contents| {
        names::items_have_distinct_names(block.origin, contents.items, diagnostics);
        addresses::items_do_not_overlap(device.bus, contents, diagnostics);
        for item in contents.items {
            addresses::elements_lie_apart(item, diagnostics);
        }
    });
    each_register(&block.items, &mut |register| {
        check_register(device, block, register, diagnostics);
    });
    addresses::registers_are_aligned(device.bus, block, diagnostics);
    addresses::bases_are_aligned(device, block, diagnostics);
}

fn check_register(
    device: &Device,
    block: &Block,
    register: &Register,
    diagnostics: &mut Diagnostics,
) {
    bits::the_width_is_an_access(device.bus, register, diagnostics);
    bits::fields_are_numbers(register, diagnostics);
    bits::formats_fill_their_fields(register, diagnostics);
    bits::what_clears_itself_can_be_set(register, diagnostics);
    bits::fields_lie_in_the_register(register, diagnostics);
    bits::fields_lie_in_words(register, diagnostics);
    bits::fields_do_not_overlap(register, diagnostics);
    names::fields_have_distinct_names(block.origin, register, diagnostics);
    values::the_reset_fits(register, diagnostics);
    values::enumerated_values_fit(block, register, diagnostics);
    values::constraints_can_be_met(register, diagnostics);
}

/// What one block or cluster holds.
#[derive(Clone, Copy)]
pub(crate) struct Contents<'a> {
    pub(crate) origin: Origin,
    pub(crate) items: &'a [Item],
    pub(crate) reserved: &'a [Reserved],
}

fn each_container(block: &Block, visit: &mut impl FnMut(Contents<'_>)) {
    let origin = block.origin;
    visit(Contents {
        origin,
        items: &block.items,
        reserved: &block.reserved,
    });
    each_cluster(&block.items, &mut |cluster| {
        visit(Contents {
            origin,
            items: &cluster.items,
            reserved: &cluster.reserved,
        });
    });
}

fn each_cluster(items: &[Item], visit: &mut impl FnMut(&Cluster)) {
    for item in items {
        if let Item::Cluster(cluster) = item {
            visit(cluster);
            each_cluster(&cluster.items, visit);
        }
    }
}

pub(crate) fn each_register(items: &[Item], visit: &mut impl FnMut(&Register)) {
    for item in items {
        match item {
            Item::Register(register) => visit(register),
            Item::Cluster(cluster) => each_register(&cluster.items, visit),
        }
    }
}

/// Reports what a rule found wrong, if it did.
fn report(diagnostics: &mut Diagnostics, found: impl IntoIterator<Item = Diagnostic>) {
    for diagnostic in found {
        diagnostics.push(diagnostic);
    }
}
