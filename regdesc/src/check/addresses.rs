// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes: nothing overlaps, reaches out of its block or stands askew.

use std::collections::HashSet;

use super::{Contents, each_cluster, report};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Array, Block, Device, Item, Kind, Register};
use crate::resolve::MAX_COUNT;
use crate::source::Spanned;
use crate::units::{ByteRange, align_up};

/// A block decodes at least one byte.
pub(super) fn the_block_has_a_size(block: &Block, diagnostics: &mut Diagnostics) {
    if block.size.value == 0 && !block.items.is_empty() {
        diagnostics.push(
            Diagnostic::new(
                Code::BadValue,
                block.size.span,
                format!("`{}` decodes no bytes", block.name.value),
                "here",
            )
            .help("state the bytes that the block decodes, such as 0x1000"),
        );
    }
}

/// Every instance ends within 64 bits of address.
pub(super) fn instances_fit_the_address_space(block: &Block, diagnostics: &mut Diagnostics) {
    for instance in &block.instances {
        let range = ByteRange {
            start: instance.base.value,
            len: block.size.value,
        };
        if range.end().is_none() {
            diagnostics.push(
                Diagnostic::new(
                    Code::OutsideBlock,
                    instance.base.span,
                    format!("`{}` reaches beyond the address space", instance.name.value),
                    format!("{:#x} bytes from here", block.size.value),
                )
                .help("lower the base"),
            );
        }
    }
}

/// Two instances never answer at one address.
///
/// A chip's peripherals may: vendors describe one piece of hardware by several
/// of them.
pub(super) fn instances_do_not_overlap(device: &Device, diagnostics: &mut Diagnostics) {
    if device.kind == Kind::Chip {
        return;
    }
    let mut placed: Vec<(ByteRange, &Spanned<String>)> = Vec::new();
    for block in &device.blocks {
        for instance in &block.instances {
            let range = ByteRange {
                start: instance.base.value,
                len: block.size.value,
            };
            let other = placed.iter().find(|(other, _)| other.overlaps(range));
            report(
                diagnostics,
                other.map(|(other, name)| {
                    Diagnostic::new(
                        Code::InstanceOverlap,
                        instance.base.span,
                        format!(
                            "`{}` and `{}` stand at the same addresses",
                            name.value, instance.name.value
                        ),
                        format!("{range}"),
                    )
                    .related(name.span, format!("{other}"))
                    .help("give one of them another base")
                }),
            );
            placed.push((range, &instance.name));
        }
    }
}

/// Arrays have at least one element, and a block no more registers than fit
/// into memory. Tells whether it is so.
pub(super) fn counts_are_sane(block: &Block, diagnostics: &mut Diagnostics) -> bool {
    let before = diagnostics.len();
    check_counts(&block.items, diagnostics);
    each_cluster(&block.items, &mut |cluster| {
        check_counts(&cluster.items, diagnostics);
    });
    if diagnostics.len() == before && registers_in(&block.items) > MAX_COUNT {
        diagnostics.push(
            Diagnostic::new(
                Code::TooLarge,
                block.name.span,
                format!("`{}` has more than {MAX_COUNT} registers", block.name.value),
                "in this block",
            )
            .help("describe large memories by their ports, or split the block"),
        );
    }
    diagnostics.len() == before
}

fn check_counts(items: &[Item], diagnostics: &mut Diagnostics) {
    for item in items {
        let Some(array) = array_of(item) else {
            continue;
        };
        if !(1..=MAX_COUNT).contains(&array.count.value) {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadCount,
                    array.count.span,
                    format!(
                        "`{}` cannot have {} elements",
                        item.name().value,
                        array.count.value
                    ),
                    "here",
                )
                .help(format!("a count is 1 to {MAX_COUNT}")),
            );
        }
    }
}

/// Registers with every array expanded; saturates.
fn registers_in(items: &[Item]) -> u64 {
    items.iter().fold(0, |sum: u64, item| {
        let one = match item {
            Item::Register(_) => 1,
            Item::Cluster(cluster) => registers_in(&cluster.items),
        };
        let count = array_of(item).map_or(1, |array| array.count.value);
        sum.saturating_add(one.saturating_mul(count))
    })
}

/// Everything a block holds lies within its size.
pub(super) fn items_lie_in_the_block(kind: Kind, block: &Block, diagnostics: &mut Diagnostics) {
    let whole = ByteRange {
        start: 0,
        len: block.size.value,
    };
    let ranges = block.items.iter().map(|item| (item.name(), range_of(item)));
    let reserved = block.reserved.iter().map(|it| (&it.name, it.range));
    for (name, range) in ranges.chain(reserved) {
        if whole.contains(range) {
            continue;
        }
        let end = align_up(range.end().unwrap_or(u64::MAX), 4).unwrap_or(u64::MAX);
        diagnostics.push(
            Diagnostic::new(
                Code::OutsideBlock,
                name.span,
                format!("`{}` reaches beyond `{}`", name.value, block.name.value),
                format!("bytes {range}"),
            )
            .related(
                block.size.span,
                format!("the block decodes {:#x} bytes", block.size.value),
            )
            .help(match kind {
                Kind::Block => format!("move it, or set `size: {end:#x}` or more"),
                Kind::Chip => format!("move it, or make the address block {end:#x} bytes or more"),
            }),
        );
    }
}

/// Registers stand at multiples of their size, in every element.
pub(super) fn registers_are_aligned(block: &Block, diagnostics: &mut Diagnostics) {
    aligned_from(&block.items, 0, diagnostics);
}

/// Checks items whose container starts `base` bytes (modulo the widest access)
/// off alignment.
fn aligned_from(items: &[Item], base: u64, diagnostics: &mut Diagnostics) {
    for item in items {
        match item {
            Item::Register(register) => {
                let start = base.wrapping_add(register.offset.value);
                report(diagnostics, misaligned(register, start));
            }
            Item::Cluster(cluster) => {
                let start = base.wrapping_add(cluster.offset.value);
                aligned_from(&cluster.items, start, diagnostics);
                report(
                    diagnostics,
                    cluster
                        .array
                        .and_then(|array| misaligned_stride(item, array, widest(&cluster.items))),
                );
            }
        }
    }
}

/// Bytes of the widest register.
fn widest(items: &[Item]) -> u64 {
    let widths = items.iter().map(|item| match item {
        Item::Register(register) => register.size(),
        Item::Cluster(cluster) => widest(&cluster.items),
    });
    widths.max().unwrap_or(1)
}

fn misaligned(register: &Register, start: u64) -> Option<Diagnostic> {
    let size = register.size().max(1);
    if !start.is_multiple_of(size) {
        return Some(
            Diagnostic::new(
                Code::Misaligned,
                register.offset.span,
                format!(
                    "`{}` stands at {start:#x}, which is no multiple of its {size} bytes",
                    register.name.value
                ),
                "here",
            )
            .help(format!(
                "the next place for it is {:#x}",
                align_up(start, size).unwrap_or(0)
            )),
        );
    }
    let array = register.array?;
    misaligned_stride(&Item::Register(register.clone()), array, size)
}

fn misaligned_stride(item: &Item, array: Array, size: u64) -> Option<Diagnostic> {
    let askew = array.count.value > 1 && !array.stride.is_multiple_of(size.max(1));
    askew.then(|| {
        Diagnostic::new(
            Code::Misaligned,
            array.stride.span,
            format!(
                "the elements of `{}` do not all stand at multiples of {size} bytes",
                item.name().value
            ),
            format!("{:#x} bytes from one to the next", array.stride.value),
        )
        .help(format!("make the stride a multiple of {size}"))
    })
}

/// Elements of one array do not overlap each other.
pub(super) fn elements_lie_apart(item: &Item, diagnostics: &mut Diagnostics) {
    let Some(array) = array_of(item) else {
        return;
    };
    let size = match item {
        Item::Register(register) => register.size(),
        Item::Cluster(cluster) => cluster.size,
    };
    if array.count.value > 1 && array.stride.value < size {
        diagnostics.push(
            Diagnostic::new(
                Code::StrideTooSmall,
                array.stride.span,
                format!("the elements of `{}` overlap each other", item.name().value),
                format!("{:#x} bytes from one to the next", array.stride.value),
            )
            .related(item.name().span, format!("each takes {size:#x} bytes"))
            .help(format!("make the stride {size:#x} or more")),
        );
    }
}

/// Two items use the same bytes only where one is declared an alternate of the
/// other, or where one is only read and the other only written.
pub(super) fn items_do_not_overlap(contents: Contents<'_>, diagnostics: &mut Diagnostics) {
    let mut leaves = Vec::new();
    for (owner, item) in contents.items.iter().enumerate() {
        if !stands_askew(item) {
            expand(item, 0, false, owner, &mut leaves);
        }
    }
    leaves.sort_by_key(|leaf| (leaf.range.start, leaf.owner));

    let mut told = HashSet::new();
    let mut open: Vec<&Leaf> = Vec::new();
    for leaf in &leaves {
        open.retain(|other| other.range.overlaps(leaf.range));
        for other in &open {
            if other.owner == leaf.owner || may_share(other, leaf) {
                continue;
            }
            let mut pair = [&contents.items[other.owner], &contents.items[leaf.owner]];
            pair.sort_by_key(|item| item.name().span);
            let [first, second] = pair;
            // One mistake moves an item onto several others.
            if told.insert(second.name().span) {
                diagnostics.push(overlap(first, second, *leaf));
            }
        }
        open.push(leaf);
    }
    for reserved in contents.reserved {
        let user = leaves
            .iter()
            .find(|leaf| leaf.range.overlaps(reserved.range));
        report(
            diagnostics,
            user.map(|leaf| {
                let name = contents.items[leaf.owner].name();
                Diagnostic::new(
                    Code::Overlap,
                    name.span,
                    format!(
                        "`{}` lies in the reserved `{}`",
                        name.value, reserved.name.value
                    ),
                    format!("bytes {}", leaf.range),
                )
                .related(reserved.name.span, format!("bytes {}", reserved.range))
                .help("move it, or make the reserved range smaller")
            }),
        );
    }
}

/// Reported by [`registers_are_aligned`]: where it should stand is not known.
fn stands_askew(item: &Item) -> bool {
    match item {
        Item::Register(register) => !register.offset.value.is_multiple_of(register.size().max(1)),
        Item::Cluster(_) => false,
    }
}

/// One register of one element of what an item expands to.
#[derive(Clone, Copy)]
struct Leaf {
    range: ByteRange,
    /// Which item of the container it belongs to.
    owner: usize,
    alternate: bool,
    read: bool,
    write: bool,
}

fn may_share(a: &Leaf, b: &Leaf) -> bool {
    let opposed = |a: &Leaf, b: &Leaf| a.read && !a.write && b.write && !b.read;
    a.alternate || b.alternate || opposed(a, b) || opposed(b, a)
}

fn expand(item: &Item, base: u64, alternate: bool, owner: usize, leaves: &mut Vec<Leaf>) {
    let start = base.saturating_add(item.offset().value);
    let array = array_of(item);
    let stride = array.map_or(0, |array| array.stride.value);
    for index in 0..array.map_or(1, |array| array.count.value) {
        let start = start.saturating_add(index.saturating_mul(stride));
        match item {
            Item::Register(register) => leaves.push(Leaf {
                range: ByteRange {
                    start,
                    len: register.size(),
                },
                owner,
                alternate: alternate || register.alternate,
                read: register.accesses().any(|access| access.read),
                write: register.accesses().any(|access| access.write),
            }),
            Item::Cluster(cluster) => {
                let alternate = alternate || cluster.alternate;
                for inner in &cluster.items {
                    expand(inner, start, alternate, owner, leaves);
                }
            }
        }
    }
}

fn overlap(first: &Item, second: &Item, at: Leaf) -> Diagnostic {
    let (first_name, second_name) = (first.name(), second.name());
    Diagnostic::new(
        Code::Overlap,
        second_name.span,
        format!(
            "`{}` and `{}` overlap at {}",
            first_name.value, second_name.value, at.range
        ),
        format!("bytes {}", range_of(second)),
    )
    .related(first_name.span, format!("bytes {}", range_of(first)))
    .help("move one of them, or make it narrower")
}

fn array_of(item: &Item) -> Option<Array> {
    match item {
        Item::Register(register) => register.array,
        Item::Cluster(cluster) => cluster.array,
    }
}

fn range_of(item: &Item) -> ByteRange {
    ByteRange {
        start: item.offset().value,
        len: item.size(),
    }
}
