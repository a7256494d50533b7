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

/// The block as the outputs say it.
pub(crate) fn block(block: &Block, bus: Bus) -> Cow<'_, Block> {
    if !needs_lowering(&block.items, bus) {
        return Cow::Borrowed(block);
    }
    let mut lowered = block.clone();
    lowered.items = items(&block.items, bus);
    Cow::Owned(lowered)
}

fn needs_lowering(items: &[Item], bus: Bus) -> bool {
    items.iter().any(|item| match item {
        Item::Register(register) => {
            moves_in_beats(register, bus) || register.fields.iter().any(|it| it.self_clearing)
        }
        Item::Cluster(cluster) => needs_lowering(&cluster.items, bus),
    })
}

/// No load of one number gives the register's content.
fn moves_in_beats(register: &Register, bus: Bus) -> bool {
    let several = register.width.value > bus.width;
    let in_order = bus.word_order == Order::Little && register.read_order != Some(Order::Big);
    register.width.value > 64 || (several && !in_order)
}

fn items(items: &[Item], bus: Bus) -> Vec<Item> {
    items.iter().map(|it| item(it, bus)).collect()
}

fn item(item: &Item, bus: Bus) -> Item {
    match item {
        Item::Register(register) if moves_in_beats(register, bus) => in_beats(register, bus),
        Item::Register(register) => Item::Register(Register {
            fields: register.fields.iter().map(acting).collect(),
            ..register.clone()
        }),
        Item::Cluster(cluster) => Item::Cluster(Cluster {
            items: items(&cluster.items, bus),
            ..cluster.clone()
        }),
    }
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
