// SPDX-License-Identifier: MIT OR Apache-2.0

//! Equal layouts cost one type: which enumerations and which registers of a
//! block are the same.
//!
//! Registers are compared by what a program can observe, without descriptions: where
//! a later one becomes a name for the first, that name carries the descriptions that
//! differ. The values of an enumeration have no other place for their descriptions
//! than its variants, so there descriptions count.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use regdesc::model::{
    Access, Block, Enumeration, Field, Format, Item, Register, Window, WindowKind,
};

use super::access::{self, Masks};
use super::beat::Beat;
use super::number::Bounds;

/// The windows that a driver maps as memory.
pub(crate) fn memory_windows(windows: &[Window]) -> impl Iterator<Item = &Window> {
    let is_memory = |window: &&Window| window.kind == WindowKind::Memory;
    windows.iter().filter(is_memory)
}

/// For each enumeration the first that says the same: itself, or an earlier one
/// when both were written at a field. One that has a name of its own has a type
/// of its own.
pub(crate) fn enumerations(block: &Block) -> Vec<usize> {
    let at_a_field = written_at_a_field(block);
    let mut first = HashMap::new();
    let enums = block.enums.iter().enumerate();
    enums
        .map(|(index, enumeration)| match at_a_field[index] {
            true => *first.entry(said_by(enumeration)).or_insert(index),
            false => index,
        })
        .collect()
}

fn written_at_a_field(block: &Block) -> Vec<bool> {
    let mut at_a_field = vec![false; block.enums.len()];
    each_register(&block.items, &mut |register| {
        for field in &register.fields {
            for id in field.values.into_iter().chain(field.write_values) {
                let named_after = format!("{}_{}", *register.name, *field.name);
                at_a_field[id.index()] |= block.enumeration(id).name.value == named_after;
            }
        }
    });
    at_a_field
}

pub(crate) fn each_register<'m>(items: &'m [Item], visit: &mut impl FnMut(&'m Register)) {
    for item in items {
        match item {
            Item::Register(register) => visit(register),
            Item::Cluster(cluster) => each_register(&cluster.items, visit),
        }
    }
}

/// Description; number, name and description of every value.
type Said<'m> = (Option<&'m str>, Vec<(i128, &'m str, Option<&'m str>)>);

fn said_by(enumeration: &Enumeration) -> Said<'_> {
    let values = enumeration.values.iter().map(|value| {
        let description = value.description.as_deref();
        (value.value.value, value.name.as_str(), description)
    });
    (enumeration.description.as_deref(), values.collect())
}

/// The types that registers so far have: each is known by its number, in the order
/// in which they are defined.
#[derive(Default)]
pub(crate) struct Shapes<'m>(HashMap<Shape<'m>, usize>);

/// How a register gets its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared {
    /// It defines the type of that number.
    First(usize),
    /// It has the type that an earlier register defines.
    Again(usize),
}

/// All that a program can observe of a register's type.
#[derive(PartialEq, Eq, Hash)]
struct Shape<'m> {
    width: u32,
    reset: (u64, u64),
    beat: Beat,
    masks: Masks,
    fields: Vec<Part<'m>>,
}

/// All that it can observe of a field.
#[derive(PartialEq, Eq, Hash)]
struct Part<'m> {
    name: &'m str,
    bits: (u32, u32),
    access: Access,
    self_clearing: bool,
    format: Format,
    values: Option<usize>,
    write_values: Option<usize>,
    takes_a_value: bool,
    range: Option<Bounds>,
}

impl<'m> Shapes<'m> {
    /// The type of a register: that of an earlier one that is the same, or its own.
    pub(crate) fn claim(
        &mut self,
        register: &'m Register,
        (beat, masks): (Beat, Masks),
        enums: &[usize],
    ) -> Shared {
        let fields = register.fields.iter();
        let shape = Shape {
            width: register.width.value,
            reset: (register.reset.low(), register.reset_mask.low()),
            beat,
            masks,
            fields: fields.map(|field| part(field, enums)).collect(),
        };
        let next = self.0.len();
        match self.0.entry(shape) {
            Entry::Occupied(first) => Shared::Again(*first.get()),
            Entry::Vacant(free) => Shared::First(*free.insert(next)),
        }
    }
}

fn part<'m>(field: &'m Field, enums: &[usize]) -> Part<'m> {
    Part {
        name: &field.name,
        bits: (field.bits.low, field.bits.len),
        access: field.access.value,
        self_clearing: field.self_clearing,
        format: field.format.value,
        values: field.values.map(|id| enums[id.index()]),
        write_values: field.write_values.map(|id| enums[id.index()]),
        takes_a_value: access::takes_a_value(field),
        range: Bounds::of_constraint(field.write_constraint),
    }
}
