// SPDX-License-Identifier: MIT OR Apache-2.0

//! Names that several things have.

use std::collections::HashSet;

use super::found::{found, report};
use crate::check::names;
use crate::diagnostic::Diagnostics;
use crate::model::{Block, Device, Enumeration, Item, Origin, Register};
use crate::source::Spanned;

const NUMBERED: &str = "a later one of the same name has its number behind it";

pub(super) fn instances_have_distinct_labels(device: &mut Device, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| names::instances_have_distinct_labels(device, reported));
    if !mistakes.is_empty() {
        let blocks = device.blocks.iter_mut();
        make_distinct(blocks.flat_map(labels_of).collect());
        // A block goes by the first of its instances.
        for block in &mut device.blocks {
            if let Some(instance) = block.instances.first() {
                block.name.value.clone_from(&instance.name.value);
            }
        }
        report(mistakes, NUMBERED, diagnostics);
    }
}

fn labels_of(block: &mut Block) -> Vec<&mut Spanned<String>> {
    if block.instances.is_empty() {
        return vec![&mut block.name];
    }
    let instances = block.instances.iter_mut();
    instances.map(|instance| &mut instance.name).collect()
}

pub(super) fn items_have_distinct_names(items: &mut [Item], diagnostics: &mut Diagnostics) {
    let mistakes =
        found(|reported| names::items_have_distinct_names(Origin::Vendor, items, reported));
    if !mistakes.is_empty() {
        make_distinct(items.iter_mut().map(name_of).collect());
        report(mistakes, NUMBERED, diagnostics);
    }
}

fn name_of(item: &mut Item) -> &mut Spanned<String> {
    match item {
        Item::Register(register) => &mut register.name,
        Item::Cluster(cluster) => &mut cluster.name,
    }
}

pub(super) fn fields_have_distinct_names(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes =
        found(|reported| names::fields_have_distinct_names(Origin::Vendor, register, reported));
    if !mistakes.is_empty() {
        let fields = register.fields.iter_mut();
        make_distinct(fields.map(|field| &mut field.name).collect());
        report(mistakes, NUMBERED, diagnostics);
    }
}

pub(super) fn values_have_distinct_names(
    enumeration: &mut Enumeration,
    diagnostics: &mut Diagnostics,
) {
    let mistakes =
        found(|reported| names::values_have_distinct_names(Origin::Vendor, enumeration, reported));
    if !mistakes.is_empty() {
        let values = enumeration.values.iter_mut().map(|value| &mut value.name);
        let default = enumeration.default.iter_mut();
        make_distinct(values.chain(default.map(|it| &mut it.name)).collect());
        report(mistakes, NUMBERED, diagnostics);
    }
}

/// `A`, `A`, `A` become `A`, `A_2`, `A_3`, past what is taken already; the first
/// in the text keeps its name.
fn make_distinct(mut names: Vec<&mut Spanned<String>>) {
    names.sort_by_key(|name| name.span);
    let mut taken: HashSet<String> = names.iter().map(|name| name.value.clone()).collect();
    let mut seen = HashSet::new();
    for name in names {
        if seen.insert(name.value.clone()) {
            continue;
        }
        let free = (2u64..)
            .map(|number| format!("{}_{number}", name.value))
            .find(|name| !taken.contains(name));
        if let Some(free) = free {
            taken.insert(free.clone());
            name.value = free;
        }
    }
}
