// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes: nothing overlaps, reaches out of its block or is misaligned.

mod leaves;

use std::collections::HashSet;
use std::slice;

use leaves::{Enough, Leaf, Peers, Users};

use super::walk::each_cluster;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits::MAX_COUNT;
use crate::model::{Array, Block, Bus, Device, Instance, Item, Kind, Origin, Register, Reserved};
use crate::units::{ByteRange, align_up};

/// Overlaps of one container that are reported: a map with more of them has one
/// mistake throughout.
const MAX_OVERLAPS: usize = 1000;

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
        if range.end_wide() > 1 << u64::BITS {
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
    let mut placed: Vec<(ByteRange, &Instance)> = Vec::new();
    for block in &device.blocks {
        placed.extend(block.instances.iter().map(|instance| {
            let range = ByteRange {
                start: instance.base.value,
                len: block.size.value,
            };
            (range, instance)
        }));
    }
    placed.sort_by_key(|(range, _)| range.start);
    // All are of one block and so of one length: what overlaps any overlaps the
    // next.
    for pair in placed.windows(2) {
        if let &[a, b] = pair
            && a.0.overlaps(b.0)
        {
            let written_first = a.1.name.span <= b.1.name.span;
            let (first, second) = if written_first { (a, b) } else { (b, a) };
            diagnostics.push(same_addresses(first, second));
        }
    }
}

fn same_addresses(first: (ByteRange, &Instance), second: (ByteRange, &Instance)) -> Diagnostic {
    let (first_range, first) = first;
    let (second_range, second) = second;
    Diagnostic::new(
        Code::InstanceOverlap,
        second.base.span,
        format!(
            "`{}` and `{}` are located at the same addresses",
            first.name.value, second.name.value
        ),
        format!("{second_range}"),
    )
    .related(first.name.span, format!("{first_range}"))
    .help("give one of them another base")
}

/// A block whose arrays can be expanded. Only [`counts_are_sane`] makes one, and
/// the rules about addresses take it.
#[derive(Clone, Copy)]
pub(crate) struct Counted<'a>(&'a Block);

impl<'a> Counted<'a> {
    pub(crate) fn block(self) -> &'a Block {
        self.0
    }

    /// Visits what the block holds, then what each cluster in it holds.
    pub(crate) fn each_container(self, visit: &mut impl FnMut(Contents<'_>)) {
        let Block {
            origin,
            items,
            reserved,
            ..
        } = self.0;
        visit(Contents {
            origin: *origin,
            items,
            reserved,
        });
        each_cluster(items, &mut |cluster| {
            visit(Contents {
                origin: *origin,
                items: &cluster.items,
                reserved: &cluster.reserved,
            });
        });
    }
}

/// What one block or cluster holds, whose arrays can be expanded.
#[derive(Clone, Copy)]
pub(crate) struct Contents<'a> {
    origin: Origin,
    items: &'a [Item],
    reserved: &'a [Reserved],
}

impl<'a> Contents<'a> {
    /// What a repair has of a container; `None` where its arrays cannot be
    /// expanded.
    pub(crate) fn counted(
        origin: Origin,
        items: &'a [Item],
        reserved: &'a [Reserved],
    ) -> Option<Self> {
        let mut sane = items.iter().all(has_sane_count);
        each_cluster(items, &mut |cluster| {
            sane &= cluster.items.iter().all(has_sane_count);
        });
        (sane && registers_in(items) <= MAX_COUNT).then_some(Contents {
            origin,
            items,
            reserved,
        })
    }

    pub(crate) fn items(self) -> &'a [Item] {
        self.items
    }
}

/// Arrays have at least one element, and a block no more registers than fit
/// into memory.
pub(crate) fn counts_are_sane<'a>(
    block: &'a Block,
    diagnostics: &mut Diagnostics,
) -> Option<Counted<'a>> {
    let before = diagnostics.len();
    check_counts(block.origin, &block.items, diagnostics);
    each_cluster(&block.items, &mut |cluster| {
        check_counts(block.origin, &cluster.items, diagnostics);
    });
    if diagnostics.len() == before && registers_in(&block.items) > MAX_COUNT {
        let too_many = Diagnostic::new(
            Code::TooLarge,
            block.name.span,
            format!("`{}` has more than {MAX_COUNT} registers", block.name.value),
            "in this block",
        )
        .help("describe large memories by their ports, or split the block");
        let most = |item: &&Item| registers_in(slice::from_ref(*item));
        diagnostics.push(match block.items.iter().max_by_key(most) {
            Some(item) => too_many.related(item.name().span, format!("{} of them", most(&item))),
            None => too_many,
        });
    }
    (diagnostics.len() == before).then_some(Counted(block))
}

fn check_counts(origin: Origin, items: &[Item], diagnostics: &mut Diagnostics) {
    for item in items.iter().filter(|item| !has_sane_count(item)) {
        let Some(array) = array_of(item) else {
            continue;
        };
        let memory = match origin {
            Origin::Author => "more words are a memory: `memory: {depth: …, width: …}`",
            Origin::Vendor => {
                "an array without fields whose elements lie next to each other may be longer"
            }
        };
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
            .help(format!("a count is 1 to {MAX_COUNT}; {memory}")),
        );
    }
}

/// Whether an array has at least one element, and no more than are distinguished.
pub(crate) fn has_sane_count(item: &Item) -> bool {
    let limit = match item {
        // Its words are never distinguished.
        Item::Register(register) if register.memory => u64::MAX,
        _ => MAX_COUNT,
    };
    array_of(item).is_none_or(|array| (1..=limit).contains(&array.count.value))
}

/// Registers with every array expanded; saturates.
pub(crate) fn registers_in(items: &[Item]) -> u64 {
    items.iter().fold(0, |sum: u64, item| {
        let one = match item {
            Item::Register(register) if register.memory => return sum.saturating_add(1),
            Item::Register(_) => 1,
            Item::Cluster(cluster) => registers_in(&cluster.items),
        };
        let count = array_of(item).map_or(1, |array| array.count.value);
        sum.saturating_add(one.saturating_mul(count))
    })
}

/// Everything a block holds is within its size.
pub(crate) fn items_lie_in_the_block(
    kind: Kind,
    counted: Counted<'_>,
    diagnostics: &mut Diagnostics,
) {
    let block = counted.block();
    let whole = ByteRange {
        start: 0,
        len: block.size.value,
    };
    let ranges = block.items.iter().map(|item| (item.name(), item.range()));
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
            .related(block.size.span, decoded(kind, block))
            .help(match kind {
                Kind::Block => format!("move it, or set `size: {end:#x}` or more"),
                Kind::Chip => format!(
                    "move it, or make offset and size of the address block add up to {end:#x} or more"
                ),
            }),
        );
    }
}

/// What a block's size says; an address block may begin further on.
fn decoded(kind: Kind, block: &Block) -> String {
    let size = block.size.value;
    match kind {
        Kind::Block => format!("the block decodes {size:#x} bytes"),
        Kind::Chip => format!("the address block ends at {size:#x}"),
    }
}

/// Registers are at multiples of their beats' size, in every element.
pub(crate) fn registers_are_aligned(bus: Bus, counted: Counted<'_>, diagnostics: &mut Diagnostics) {
    aligned_from(bus, &counted.block().items, 0, diagnostics);
}

/// Instances are located at multiples of the block's widest access: no register
/// could be reached otherwise.
pub(super) fn bases_are_aligned(
    device: &Device,
    counted: Counted<'_>,
    diagnostics: &mut Diagnostics,
) {
    let block = counted.block();
    let size = widest(device.bus, &block.items);
    for instance in &block.instances {
        let base = instance.base;
        if base.value.is_multiple_of(size) {
            continue;
        }
        diagnostics.push(
            Diagnostic::new(
                Code::Misaligned,
                base.span,
                format!(
                    "`{}` is located at {:#x}, and its registers are accessed at multiples of \
                     {size} bytes",
                    instance.name.value, base.value
                ),
                "this base",
            )
            .help(format!(
                "the nearest bases are {:#x} and {:#x}",
                base.value - base.value % size,
                align_up(base.value, size).unwrap_or(0)
            )),
        );
    }
}

/// Checks items whose container starts `base` bytes (modulo the widest access)
/// off alignment.
fn aligned_from(bus: Bus, items: &[Item], base: u64, diagnostics: &mut Diagnostics) {
    for item in items {
        match item {
            Item::Register(register) => {
                let start = base.wrapping_add(register.offset.value);
                diagnostics.extend(misaligned(bus, register, start));
            }
            Item::Cluster(cluster) => {
                let start = base.wrapping_add(cluster.offset.value);
                aligned_from(bus, &cluster.items, start, diagnostics);
                diagnostics.extend(cluster.array.and_then(|array| {
                    misaligned_stride(&cluster.name, array, widest(bus, &cluster.items))
                }));
            }
        }
    }
}

/// Bytes of the widest beat.
fn widest(bus: Bus, items: &[Item]) -> u64 {
    let widths = items.iter().map(|item| match item {
        Item::Register(register) => register.alignment(bus),
        Item::Cluster(cluster) => widest(bus, &cluster.items),
    });
    widths.max().unwrap_or(1)
}

fn misaligned(bus: Bus, register: &Register, start: u64) -> Option<Diagnostic> {
    let size = register.alignment(bus);
    if !start.is_multiple_of(size) {
        return Some(
            Diagnostic::new(
                Code::Misaligned,
                register.offset.span,
                format!(
                    "`{}` is located at {start:#x}, which is not a multiple of its {size} bytes",
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
    misaligned_stride(&register.name, array, size)
}

fn misaligned_stride(name: &str, array: Array, size: u64) -> Option<Diagnostic> {
    let is_misaligned = array.count.value > 1 && !array.stride.is_multiple_of(size.max(1));
    is_misaligned.then(|| {
        Diagnostic::new(
            Code::Misaligned,
            array.stride.span,
            format!("the elements of `{name}` are not all located at multiples of {size} bytes"),
            format!("{:#x} bytes from one to the next", array.stride.value),
        )
        .help(format!("make the stride a multiple of {size}"))
    })
}

/// Elements of one array do not overlap each other, unless they are declared to.
pub(crate) fn elements_lie_apart(item: &Item, diagnostics: &mut Diagnostics) {
    let Some(array) = array_of(item) else {
        return;
    };
    let (size, alternate) = match item {
        Item::Register(register) => (register.size(), &register.alternate),
        Item::Cluster(cluster) => (cluster.used(), &cluster.alternate),
    };
    if array.count.value > 1 && array.stride.value < size && !alternate.is_declared() {
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
/// other, or both of a third, or where one is only read and the other only written; and nothing uses
/// what is reserved.
pub(crate) fn items_do_not_overlap(
    bus: Bus,
    contents: Contents<'_>,
    diagnostics: &mut Diagnostics,
) {
    let placed = contents.items.iter().enumerate();
    let placed = placed.filter(|(_, item)| !is_misaligned(bus, item));
    let leaves = leaves::leaves(placed, &Peers::among(contents.items));
    items_lie_apart(contents, &leaves, diagnostics);
    reserved_ranges_are_unused(contents, &leaves, diagnostics);
}

fn items_lie_apart(contents: Contents<'_>, leaves: &[Leaf], diagnostics: &mut Diagnostics) {
    let mut reported = HashSet::new();
    leaves::each_collision(leaves, |collision| {
        let mut pair = [
            &contents.items[collision.other],
            &contents.items[collision.owner],
        ];
        pair.sort_by_key(|item| item.name().span);
        let [first, second] = pair;
        // One mistake moves an item onto several others.
        if reported.insert(second.name().span) {
            diagnostics.push(overlap(contents.origin, first, second, collision.at));
        }
        if reported.len() < MAX_OVERLAPS {
            Enough::No
        } else {
            Enough::Yes
        }
    });
}

fn reserved_ranges_are_unused(
    contents: Contents<'_>,
    leaves: &[Leaf],
    diagnostics: &mut Diagnostics,
) {
    let users = Users::of(leaves);
    for reserved in contents.reserved {
        let user = users.first_in(reserved.range);
        diagnostics.extend(user.map(|leaf| {
            let name = contents.items[leaf.owner].name();
            Diagnostic::new(
                Code::Overlap,
                name.span,
                format!(
                    "`{}` is in the reserved `{}`",
                    name.value, reserved.name.value
                ),
                format!("bytes {}", leaf.element_in(reserved.range)),
            )
            .related(reserved.name.span, format!("bytes {}", reserved.range))
            .help("move it, or make the reserved range smaller")
        }));
    }
}

/// Reported by [`registers_are_aligned`]: its right place is not known.
fn is_misaligned(bus: Bus, item: &Item) -> bool {
    match item {
        Item::Register(register) => !register
            .offset
            .value
            .is_multiple_of(register.alignment(bus)),
        Item::Cluster(_) => false,
    }
}

fn overlap(origin: Origin, first: &Item, second: &Item, at: ByteRange) -> Diagnostic {
    let (first_name, second_name) = (first.name(), second.name());
    Diagnostic::new(
        Code::Overlap,
        second_name.span,
        format!(
            "`{}` and `{}` overlap at {}",
            first_name.value, second_name.value, at
        ),
        format!("bytes {}", second.range()),
    )
    .related(first_name.span, format!("bytes {}", first.range()))
    .help(format!(
        "move one of them, make it narrower, or declare with {} that it shares its place",
        declaration(origin, second)
    ))
}

/// How a description says that an item may share its place.
fn declaration(origin: Origin, item: &Item) -> &'static str {
    match (origin, item) {
        (Origin::Author, _) => "`alternate: true`",
        (Origin::Vendor, Item::Register(_)) => "`<alternateRegister>` or `<alternateGroup>`",
        (Origin::Vendor, Item::Cluster(_)) => "`<alternateCluster>`",
    }
}

fn array_of(item: &Item) -> Option<Array> {
    match item {
        Item::Register(register) => register.array,
        Item::Cluster(cluster) => cluster.array,
    }
}
