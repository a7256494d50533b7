// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fills in what is derived: after this, nothing refers to anything else.
//!
//! The description is taken apart into a [`Tree`], where an element is known by
//! a number and a container lists its children's. Deriving is then a matter of
//! lists: the base's children, with the element's own put over and behind them.
//! No element is copied before the description is put together again, so a chain
//! of derivations costs no more than what it comes to.

mod bases;
mod enumerations;
mod inherit;
mod scope;
mod tree;

use self::tree::Tree;
use crate::description::{Block, Description, Field, FieldValues, Item, Register};
use crate::diagnostic::Diagnostics;
use crate::model::Kind;

/// Replaces every `derived_from` by a copy of what it names, with the element's
/// own values laid over it. For a chip, the enumerations that fields take from
/// other fields become copies too.
///
/// What is missing or goes in a circle is reported, and its element stays as it
/// was written, underived.
pub(crate) fn derive(description: &mut Description, diagnostics: &mut Diagnostics) {
    let kind = description.kind;
    let mut blocks = description.blocks.iter();
    if !blocks.any(|block| block_derives(block, kind)) {
        return;
    }
    let mut tree = Tree::of(std::mem::take(&mut description.blocks));
    let bases = bases::find(&tree, diagnostics);
    if kind == Kind::Chip {
        enumerations::copy(&mut tree, &bases, diagnostics);
    }
    inherit::inherit(&mut tree, &bases, diagnostics);
    description.blocks = tree.into_blocks();
}

fn block_derives(block: &Block, kind: Kind) -> bool {
    let mut items = block.items.iter();
    block.derived_from.is_some() || items.any(|item| item_derives(item, kind))
}

fn item_derives(item: &Item, kind: Kind) -> bool {
    match item {
        Item::Register(register) => register_derives(register, kind),
        Item::Cluster(cluster) => {
            let mut items = cluster.items.iter();
            cluster.derived_from.is_some() || items.any(|item| item_derives(item, kind))
        }
        Item::Reserved(_) | Item::Refused(_) => false,
    }
}

fn register_derives(register: &Register, kind: Kind) -> bool {
    let mut fields = register.fields.iter();
    register.derived_from.is_some() || fields.any(|field| field_derives(field, kind))
}

/// An enumeration's name leads to another field in a chip alone; elsewhere it is
/// that of a shared enumeration, which stays shared.
fn field_derives(field: &Field, kind: Kind) -> bool {
    let named = |values: &Option<FieldValues>| matches!(values, Some(FieldValues::Named(_)));
    let names = named(&field.values) || named(&field.write_values);
    field.derived_from.is_some() || names && kind == Kind::Chip
}

#[cfg(test)]
mod tests;
