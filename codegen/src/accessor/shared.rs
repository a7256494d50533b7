// SPDX-License-Identifier: MIT OR Apache-2.0

//! Equal layouts cost one type: which enumerations and which registers of a
//! block are the same.
//!
//! Of registers, what a program can tell is compared, and no description: where a
//! later one becomes a name for the first, that name says what is described
//! otherwise. Values of an enumeration have no other place for their words than
//! its variants, so there descriptions count.

use std::collections::HashMap;

use regdesc::model::{Access, Block, Enumeration, Field, Format, Item, Register};

use super::access::{self, Masks};
use super::field::Bounds;
use super::lower::Beat;

/// For each enumeration the first that says the same: itself, or an earlier one
/// when both were written at a field. One that has a name of its own has a type
/// of its own.
pub(super) fn enumerations(block: &Block) -> Vec<usize> {
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

fn each_register<'m>(items: &'m [Item], visit: &mut impl FnMut(&'m Register)) {
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

/// The type of a register's value.
#[derive(Debug, Clone)]
pub(super) struct Definition<'m> {
    /// The module, below the block's.
    pub(super) path: Vec<String>,
    pub(super) name: String,
    /// Whose it is by its name.
    pub(super) register: &'m Register,
}

/// The types that registers so far have.
#[derive(Default)]
pub(super) struct Types<'m> {
    defined: HashMap<Shape<'m>, Definition<'m>>,
}

/// All that a program can tell of a register's type.
#[derive(PartialEq, Eq, Hash)]
struct Shape<'m> {
    width: u32,
    reset: (u64, u64),
    beat: Beat,
    masks: Masks,
    fields: Vec<Part<'m>>,
}

/// All that it can tell of a field.
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

impl<'m> Types<'m> {
    /// The type of a register before this one that is the same; or nothing, and
    /// `own` then is the type of those behind it.
    pub(super) fn defined_before(
        &mut self,
        own: &Definition<'m>,
        (beat, masks): (Beat, Masks),
        enums: &[usize],
    ) -> Option<Definition<'m>> {
        let register = own.register;
        let shape = Shape {
            width: register.width.value,
            reset: (register.reset.low(), register.reset_mask.low()),
            beat,
            masks,
            fields: register
                .fields
                .iter()
                .map(|field| part(field, enums))
                .collect(),
        };
        let defined = self.defined.get(&shape).cloned();
        if defined.is_none() {
            self.defined.insert(shape, own.clone());
        }
        defined
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
