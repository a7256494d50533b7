// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the outputs cannot say as the map says it, said as they can.
//!
//! A register that no single number of Rust holds, or whose beats come in
//! another order than a load of them has, becomes an array of its beats. A field
//! that hardware clears by itself becomes one whose bits act when they are
//! written 1: writing back what was read would start it again.

use std::borrow::Cow;

use regdesc::Spanned;
use regdesc::model::{Array, Block, Bus, Cluster, Field, Item, Order, Register, WriteEffect};

/// The block as the driver says it.
pub(crate) fn for_driver(block: &Block, bus: Bus) -> Cow<'_, Block> {
    lowered(block, |register| match moves_in_beats(register, bus) {
        true => Some(in_beats(register, bus)),
        false => with_acting_fields(register),
    })
}

/// The block as the accessor says it, which knows orders of beats and fields
/// that clear themselves.
pub(crate) fn for_accessor(block: &Block, bus: Bus) -> Cow<'_, Block> {
    lowered(block, |register| {
        (register.width.value > WIDEST).then(|| in_beats(register, bus))
    })
}

/// Bits of the widest number of a register.
const WIDEST: u32 = 64;

/// The block with another item wherever there is one for a register.
fn lowered(block: &Block, other: impl Fn(&Register) -> Option<Item>) -> Cow<'_, Block> {
    let Some(items) = items(&block.items, &other) else {
        return Cow::Borrowed(block);
    };
    let mut lowered = block.clone();
    lowered.items = items;
    Cow::Owned(lowered)
}

/// The items, if any of them is another.
fn items(items: &[Item], other: &impl Fn(&Register) -> Option<Item>) -> Option<Vec<Item>> {
    let others: Vec<_> = items.iter().map(|it| item(it, other)).collect();
    let changed = others.iter().any(Option::is_some);
    let kept = others.into_iter().zip(items);
    changed.then(|| {
        kept.map(|(other, item)| other.unwrap_or_else(|| item.clone()))
            .collect()
    })
}

fn item(item: &Item, other: &impl Fn(&Register) -> Option<Item>) -> Option<Item> {
    match item {
        Item::Register(register) => other(register),
        Item::Cluster(cluster) => items(&cluster.items, other).map(|items| {
            Item::Cluster(Cluster {
                items,
                ..cluster.clone()
            })
        }),
    }
}

/// No load of one number gives the register's content.
fn moves_in_beats(register: &Register, bus: Bus) -> bool {
    let several = register.width.value > bus.width;
    let in_order = bus.word_order == Order::Little && register.read_order != Some(Order::Big);
    register.width.value > WIDEST || (several && !in_order)
}

fn with_acting_fields(register: &Register) -> Option<Item> {
    let acts = register.fields.iter().any(|it| it.self_clearing);
    acts.then(|| {
        Item::Register(Register {
            fields: register.fields.iter().map(acting).collect(),
            ..register.clone()
        })
    })
}

fn acting(field: &Field) -> Field {
    let mut field = field.clone();
    if field.self_clearing && field.access.on_write == WriteEffect::Modify {
        field.access.value.on_write = WriteEffect::OneToSet;
    }
    field
}

/// An array of beats; in an array of such registers, a cluster for each.
fn in_beats(register: &Register, bus: Bus) -> Item {
    let at = register.offset.span;
    let beats = Array {
        count: Spanned::new(u64::from(register.width.value / bus.width), at),
        stride: Spanned::new(bus.bytes(), at),
    };
    let of_one = Register {
        description: Some(beats_in_words(register, bus)),
        width: Spanned::new(bus.width, register.width.span),
        array: Some(beats),
        reset: Spanned::new(0, register.reset.span),
        // The beats share one type, and have not one reset.
        reset_mask: 0,
        fields: Vec::new(),
        ..register.clone()
    };
    let Some(array) = register.array else {
        return Item::Register(of_one);
    };
    Item::Cluster(Cluster {
        name: register.name.clone(),
        description: register.description.clone(),
        offset: register.offset,
        size: register.size(),
        array: Some(array),
        alternate: register.alternate,
        items: vec![Item::Register(Register {
            name: register.name.clone().map(|_| "BEATS".to_owned()),
            offset: Spanned::new(0, at),
            ..of_one
        })],
        reserved: Vec::new(),
    })
}

fn beats_in_words(register: &Register, bus: Bus) -> String {
    let order = match bus.word_order {
        Order::Little => "lowest",
        Order::Big => "highest",
    };
    let first = match register.read_order {
        Some(Order::Big) => ", to be read from the highest bits on",
        Some(Order::Little) => ", to be read from the lowest bits on",
        None => "",
    };
    let told = register.description.as_deref().unwrap_or_default();
    format!(
        "{told}\n\n{} bits in beats of {}, the {order} bits at the lowest address{first}.",
        register.width.value, bus.width
    )
}
