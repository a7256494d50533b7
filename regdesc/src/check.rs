// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold before anything is generated: one rule a function, named for
//! the truth it leaves. All of them run; all they find is reported.

pub(crate) mod addresses;
pub(crate) mod bits;
mod chip_selects;
mod device_tree;
mod identity;
mod interrupts;
pub(crate) mod names;
mod paths;
pub(crate) mod values;
pub(crate) mod walk;
mod windows;

use crate::diagnostic::Diagnostics;
use crate::model::{Block, Device, Enumeration, Field, Kind, Register};
use addresses::Counted;
use walk::each_register;

/// Checks a resolved device.
pub(crate) fn check(device: &Device, diagnostics: &mut Diagnostics) {
    // An attribute that the model gains does not compile until it is listed here,
    // with the rule about it or among those that have none.
    let Device {
        name,
        blocks,
        // Checked with the block that they are about.
        kind: _,
        vendor: _,
        version: _,
        bus: _,
        // No rule.
        description: _,
    } = device;
    names::the_device_has_a_usable_name(device.kind, name, diagnostics);
    names::instances_have_distinct_labels(device, diagnostics);
    addresses::instances_do_not_overlap(device, diagnostics);
    for block in blocks {
        check_block(device, block, diagnostics);
    }
}

fn check_block(device: &Device, block: &Block, diagnostics: &mut Diagnostics) {
    // As for the device: listed, or it does not compile.
    let Block {
        name: _,
        size: _,
        node_name: _,
        device_tree: _,
        windows: _,
        interrupts: _,
        identity: _,
        instances: _,
        enums,
        // Only of what can be counted.
        items: _,
        reserved: _,
        // How rules report, and whether all is known.
        origin: _,
        incomplete: _,
        // No rule: any value is right.
        description: _,
        reserved_bits: _,
        bus_master: _,
    } = block;
    check_surroundings(device, block, diagnostics);
    windows::windows_are_whole_pages(block, diagnostics);
    windows::windows_share_no_page(block, diagnostics);
    windows::windows_of_memory_show_no_registers(block, diagnostics);
    identity::identity_registers_can_be_read(block, diagnostics);
    identity::the_version_is_read(block, diagnostics);
    identity::the_map_has_the_version_to_compare(device, block, diagnostics);
    identity::the_version_fits(device, block, diagnostics);
    identity::parts_of_the_identity_agree(device, block, diagnostics);
    identity::resets_agree_with_the_identity(device, block, diagnostics);
    interrupts::interrupts_can_be_handled(device.bus, block, diagnostics);
    interrupts::lines_and_resets_are_distinguished(block, diagnostics);
    for enumeration in enums {
        check_enumeration(block, enumeration, diagnostics);
    }
    if let Some(counted) = addresses::counts_are_sane(block, diagnostics) {
        check_contents(device, counted, diagnostics);
    }
}

/// The block as others see it: its node, its instances, its size.
fn check_surroundings(device: &Device, block: &Block, diagnostics: &mut Diagnostics) {
    if device.kind == Kind::Block {
        device_tree::the_node_has_a_compatible(device, block, diagnostics);
    }
    device_tree::instances_state_every_specifier(block, diagnostics);
    device_tree::instances_give_every_interrupt(block, diagnostics);
    device_tree::instances_have_distinct_numbers(block, diagnostics);
    device_tree::specifiers_have_as_many_cells(block, diagnostics);
    device_tree::parents_are_usable(block, diagnostics);
    chip_selects::addresses_are_those_of_the_bus(block, diagnostics);
    device_tree::maintainers_have_addresses(block, diagnostics);
    device_tree::names_are_valid(block, diagnostics);
    addresses::the_block_has_a_size(block, diagnostics);
    addresses::instances_fit_the_address_space(block, diagnostics);
    names::what_surrounds_has_distinct_names(block, diagnostics);
}

fn check_enumeration(block: &Block, enumeration: &Enumeration, diagnostics: &mut Diagnostics) {
    let Enumeration {
        values: _,
        default: _,
        // No rule.
        name: _,
        scope: _,
        description: _,
    } = enumeration;
    values::enumerated_values_differ(enumeration, diagnostics);
    values::enumerated_values_have_one_sign(enumeration, diagnostics);
    names::values_have_distinct_names(block.origin, enumeration, diagnostics);
}

/// What the block holds. The rules about addresses expand arrays.
fn check_contents(device: &Device, counted: Counted<'_>, diagnostics: &mut Diagnostics) {
    let block = counted.block();
    addresses::items_lie_in_the_block(device.kind, counted, diagnostics);
    counted.each_container(&mut |contents| {
        names::items_have_distinct_names(block.origin, contents.items(), diagnostics);
        addresses::items_do_not_overlap(device.bus, contents, diagnostics);
        for item in contents.items() {
            addresses::elements_lie_apart(item, diagnostics);
        }
    });
    each_register(&block.items, &mut |register| {
        check_register(device, block, register, diagnostics);
    });
    addresses::registers_are_aligned(device.bus, counted, diagnostics);
    addresses::bases_are_aligned(device, counted, diagnostics);
}

fn check_register(
    device: &Device,
    block: &Block,
    register: &Register,
    diagnostics: &mut Diagnostics,
) {
    let Register {
        width: _,
        reset: _,
        fields,
        write_constraint: _,
        // Names and addresses are checked among those of one container.
        name: _,
        offset: _,
        array: _,
        memory: _,
        alternate: _,
        // No rule: resolving gives each what it can have.
        access: _,
        reset_mask: _,
        read_order: _,
        protection: _,
        description: _,
    } = register;
    bits::the_width_is_an_access(device.bus, register, diagnostics);
    fields
        .iter()
        .for_each(every_attribute_of_a_field_has_a_rule);
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
    values::named_values_may_be_written(block, register, diagnostics);
    bits::memories_are_plain(register, diagnostics);
}

/// Rules about fields compare those of one register, so they take the register:
/// this lists what a field has, or it does not compile.
fn every_attribute_of_a_field_has_a_rule(field: &Field) {
    let Field {
        name: _,
        bits: _,
        access: _,
        format: _,
        self_clearing: _,
        values: _,
        write_values: _,
        write_constraint: _,
        alternate: _,
        // No rule: it is cut out of the register's.
        reset: _,
        description: _,
    } = field;
}
