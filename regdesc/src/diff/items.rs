// SPDX-License-Identifier: MIT OR Apache-2.0

//! Registers and clusters.

use super::pair::{bare, pair};
use super::rules::Rule;
use super::seen::Seen;
use super::site::Site;
use super::{access, fields};
use crate::check::walk::each_register;
use crate::model::{Array, Cluster, EnumId, Item, Order, Register, Reserved};
use crate::number::Bits;
use crate::source::Spanned;

/// Where something is, and what it is made of, without a name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    offset: u64,
    width: u32,
    array: Option<(u64, u64)>,
    bits: Vec<(u32, u32)>,
    items: Vec<Shape>,
}

pub(super) fn shapes(items: &[Item]) -> Vec<Shape> {
    items.iter().map(shape).collect()
}

fn shape(item: &Item) -> Shape {
    let of_array = |array: Array| (array.count.value, array.stride.value);
    match item {
        Item::Register(register) => Shape {
            offset: register.offset.value,
            width: register.width.value,
            array: register.array.map(of_array),
            bits: register
                .fields
                .iter()
                .map(|field| (field.bits.low, field.bits.len))
                .collect(),
            items: Vec::new(),
        },
        Item::Cluster(cluster) => Shape {
            offset: cluster.offset.value,
            width: 0,
            array: cluster.array.map(of_array),
            bits: Vec::new(),
            items: shapes(&cluster.items),
        },
    }
}

/// The names of the clusters around something, in the old map and in the new.
type Around = (Vec<String>, Vec<String>);

/// Reports what changed among the items of a block or cluster.
pub(super) fn compare(
    site: &mut Site<'_>,
    (old, new): (&[Item], &[Item]),
    seen: &mut Seen,
    around: &Around,
) {
    let pairs = pair(old, new, |item| item.name().as_str())
        .or_by(|item| bare(item.name()))
        .or_by(shape);
    for (old, new) in pairs.both {
        let inner = (
            with_last(&around.0, old.name()),
            with_last(&around.1, new.name()),
        );
        seen.same(inner.0.clone(), inner.1.clone());
        if let (Item::Register(old), Item::Register(new)) = (old, new) {
            for (old, new) in fields::paired(old, new).both {
                let paths = (&old.name, &new.name);
                seen.same(with_last(&inner.0, paths.0), with_last(&inner.1, paths.1));
            }
        }
        let mut site = site.within(kind(old), old.name(), new.name());
        compare_item(&mut site, (old, new), seen, &inner);
    }
    for old in pairs.removed {
        site.removed(Rule::ItemRemoved, kind(old), old.name());
        seen.gone.extend(enums(old));
    }
    for new in pairs.added {
        site.added(Rule::ItemAdded, kind(new), new.name());
        seen.come.extend(enums(new));
    }
}

fn with_last(path: &[String], last: &Spanned<String>) -> Vec<String> {
    path.iter().cloned().chain([last.value.clone()]).collect()
}

fn kind(item: &Item) -> &'static str {
    match item {
        Item::Register(register) if register.memory => "memory",
        Item::Register(_) => "register",
        Item::Cluster(_) => "cluster",
    }
}

/// The enumerations of every field in an item.
fn enums(item: &Item) -> Vec<EnumId> {
    let mut found = Vec::new();
    each_register(std::slice::from_ref(item), &mut |register| {
        found.extend(register.fields.iter().flat_map(fields::enums));
    });
    found
}

fn compare_item(site: &mut Site<'_>, (old, new): (&Item, &Item), seen: &mut Seen, inner: &Around) {
    site.renamed(Rule::ItemRenamed, old.name(), new.name());
    site.became(Rule::ItemMoved, "offset", &old.offset(), &new.offset());
    match (old, new) {
        (Item::Register(old), Item::Register(new)) => compare_registers(site, old, new, seen),
        (Item::Cluster(old), Item::Cluster(new)) => compare_clusters(site, old, new, seen, inner),
        _ => {
            site.report(Rule::ItemKind, format!("became a {}", kind(new)));
            seen.gone.extend(enums(old));
            seen.come.extend(enums(new));
        }
    }
}

fn compare_clusters(
    site: &mut Site<'_>,
    old: &Cluster,
    new: &Cluster,
    seen: &mut Seen,
    inner: &Around,
) {
    let Cluster {
        name: _,
        description,
        offset: _,
        // As long as its content makes it.
        size: _,
        array,
        alternate,
        items,
        reserved,
    } = old;
    site.described(description.as_ref(), new.description.as_ref());
    compare_arrays(site, *array, new.array);
    let declared = (alternate.is_declared(), new.alternate.is_declared());
    site.became(Rule::Alternate, "alternate", &declared.0, &declared.1);
    compare(site, (items, &new.items), seen, inner);
    compare_reserved(site, reserved, &new.reserved);
}

fn compare_registers(site: &mut Site<'_>, old: &Register, new: &Register, seen: &mut Seen) {
    let Register {
        name: _,
        description,
        offset: _,
        width,
        array,
        memory,
        access,
        reset,
        reset_mask,
        read_order,
        write_constraint,
        protection,
        alternate,
        fields: _,
    } = old;
    site.described(description.as_ref(), new.description.as_ref());
    site.became(Rule::Width, "width", width, &new.width);
    site.became(Rule::Memory, "memory", memory, &new.memory);
    compare_arrays(site, *array, new.array);
    access::compare(site, access, &new.access);
    site.became(Rule::Reset, "reset", reset, &new.reset);
    compare_known(site, reset_mask, &new.reset_mask);
    let (first, new_first) = (read_order.map(beat), new.read_order.map(beat));
    site.became(Rule::ReadOrder, "what is read first:", &first, &new_first);
    access::constraint(site, *write_constraint, new.write_constraint);
    site.became(Rule::Protection, "protection", protection, &new.protection);
    let declared = (alternate.is_declared(), new.alternate.is_declared());
    site.became(Rule::Alternate, "alternate", &declared.0, &declared.1);
    fields::compare(site, old, new, seen);
}

/// Reports what changed of the ranges that are declared to hold nothing.
pub(super) fn compare_reserved(site: &mut Site<'_>, old: &[Reserved], new: &[Reserved]) {
    let pairs = pair(old, new, |it| it.name.as_str()).or_by(|it| (it.range.start, it.range.len));
    for (old, new) in pairs.both {
        let Reserved { name, range } = old;
        let mut site = site.within("reserved", name, &new.name);
        site.renamed(Rule::ReservedRange, name, &new.name);
        site.became(Rule::ReservedRange, "range", range, &new.range);
    }
    for old in pairs.removed {
        site.removed(Rule::ReservedRange, "reserved", &old.name);
    }
    for new in pairs.added {
        site.added(Rule::ReservedRange, "reserved", &new.name);
    }
}

fn beat(order: Order) -> &'static str {
    match order {
        Order::Little => "the low beat",
        Order::Big => "the high beat",
    }
}

/// Reports, once, how an array changed.
fn compare_arrays(site: &mut Site<'_>, old: Option<Array>, new: Option<Array>) {
    if old == new {
        return;
    }
    let rule = match (old, new) {
        (Some(old), Some(new)) if old.stride == new.stride && old.count.value < new.count.value => {
            Rule::ArrayGrew
        }
        (Some(_), Some(_)) => Rule::ArrayChanged,
        _ => Rule::ArrayOrSingle,
    };
    let said = |array: Option<Array>| match array {
        Some(Array { count, stride }) => {
            format!("{} of them, {:#x} bytes apart,", count.value, stride.value)
        }
        None => "a single one".to_owned(),
    };
    site.report(
        rule,
        format!("{} became {}", said(old), said(new)).trim_end_matches(','),
    );
}

/// Reports which bits of a reset value are known now or no longer are.
fn compare_known(site: &mut Site<'_>, old: &Bits, new: &Bits) {
    let rule = if old.and(new) == *old {
        Rule::ResetKnown
    } else {
        Rule::ResetUnknown
    };
    site.became(rule, "known bits of the reset", old, new);
}
