// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device as a whole, and which of its blocks are the same.

use super::block;
use super::change::Change;
use super::instances;
use super::items::{Shape, shapes};
use super::pair::{Pairs, bare, pair};
use super::rules::Rule;
use super::site::Site;
use crate::model::{Block, Bus, Device, Kind, Version};
use crate::source::Spanned;

/// Every change from one device to another.
pub(super) fn compare(old: &Device, new: &Device) -> Vec<Change> {
    let Device {
        kind,
        name,
        vendor,
        description,
        version,
        bus,
        blocks: _,
    } = old;
    let mut changes = Vec::new();
    let mut site = Site::device(&mut changes, name.span, new.name.span);
    let mut device = site.within("device", name, &new.name);
    device.became(Rule::DeviceKind, "what was", kind, &new.kind);
    device.renamed(Rule::DeviceRenamed, name, &new.name);
    let vendor_rule = if leaves_compatible_open(old) || leaves_compatible_open(new) {
        Rule::VendorChanged
    } else {
        Rule::VendorCredited
    };
    device.became(vendor_rule, "vendor", vendor, &new.vendor);
    device.described(description.as_ref(), new.description.as_ref());
    compare_versions(&mut device, version, &new.version);
    compare_buses(&mut device, *bus, new.bus);
    compare_blocks(&mut site, old, new);
    changes
}

/// Whether the vendor's name becomes a part of some `compatible`.
fn leaves_compatible_open(device: &Device) -> bool {
    let mut blocks = device.blocks.iter();
    blocks.any(|block| block.device_tree.compatible.is_empty())
}

fn compare_versions(
    site: &mut Site<'_>,
    old: &Option<Spanned<Version>>,
    new: &Option<Spanned<Version>>,
) {
    let rule = match (old, new) {
        (Some(old), Some(new)) if old.major != new.major => Rule::VersionMajor,
        _ => Rule::VersionChanged,
    };
    site.became(rule, "version", old, new);
}

fn compare_buses(site: &mut Site<'_>, old: Bus, new: Bus) {
    let Bus {
        width,
        endian,
        word_order,
    } = old;
    site.became(Rule::BusWidth, "bus width", &width, &new.width);
    site.became(Rule::BusEndian, "byte order", &endian, &new.endian);
    let order = &new.word_order;
    site.became(Rule::BusWordOrder, "word order", &word_order, order);
}

fn compare_blocks(site: &mut Site<'_>, old: &Device, new: &Device) {
    let kinds = (old.kind, new.kind);
    let Pairs {
        both,
        mut removed,
        mut added,
    } = paired(&old.blocks, &new.blocks, kinds);
    for (block, new_block) in &both {
        if kinds == (Kind::Block, Kind::Block) {
            block::compare_only(site, (old, block), (new, new_block));
        } else {
            let mut site = site.within("block", &block.name, &new_block.name);
            block::compare(&mut site, block, new_block);
        }
    }
    added.retain(|block| !is_split_off(site, &old.blocks, block));
    removed.retain(|block| !is_merged(site, block, &new.blocks));
    // What is gone or came with its block is reported with it.
    let stays = |block: &&Block| !removed.iter().any(|it| std::ptr::eq(*it, *block));
    let stayed = |block: &&Block| !added.iter().any(|it| std::ptr::eq(*it, *block));
    instances::compare(
        site,
        (
            &instances::of(old.blocks.iter().filter(stays)),
            &instances::of(new.blocks.iter().filter(stayed)),
        ),
        &both,
    );
    for block in removed {
        site.removed(Rule::BlockRemoved, "block", &block.name);
    }
    for block in added {
        site.added(Rule::BlockAdded, "block", &block.name);
    }
}

/// A device of one block has just that one; a chip's blocks are known by name,
/// then by place and shape.
fn paired<'m>(old: &'m [Block], new: &'m [Block], kinds: (Kind, Kind)) -> Pairs<'m, Block> {
    match kinds {
        (Kind::Block, Kind::Block) => pair(old, new, |_| ()),
        (Kind::Chip, Kind::Chip) => {
            pair(old, new, |block| block.name.as_str()).or_by(place_and_shape)
        }
        _ => pair(old, new, |block| bare(&block.name)).or_by(|block| shapes(&block.items)),
    }
}

fn place_and_shape(block: &Block) -> (Option<u64>, Vec<Shape>) {
    let first = block.instances.first();
    (first.map(|it| it.base.value), shapes(&block.items))
}

/// Reports a block whose peripheral was one of several that shared a layout.
fn is_split_off(site: &mut Site<'_>, old: &[Block], new: &Block) -> bool {
    let Some(shared) = old.iter().find(|old| share_an_instance(old, new)) else {
        return false;
    };
    let mut site = site.within_as("block", &new.name, &shared.name, &new.name);
    let message = format!("no longer of the layout of `{}`", shared.name.value);
    site.report(Rule::BlockSplit, message);
    block::compare_layouts(&mut site, shared, new);
    true
}

/// Reports a block whose peripheral is now one of several that share a layout.
fn is_merged(site: &mut Site<'_>, old: &Block, new: &[Block]) -> bool {
    let Some(shared) = new.iter().find(|new| share_an_instance(old, new)) else {
        return false;
    };
    let mut site = site.within("block", &old.name, &shared.name);
    let message = format!("now of the layout of `{}`", shared.name.value);
    site.report(Rule::BlockMerged, message);
    block::compare_layouts(&mut site, old, shared);
    true
}

fn share_an_instance(old: &Block, new: &Block) -> bool {
    let is_in_old = |name: &str| old.instances.iter().any(|it| it.name.value == name);
    new.instances.iter().any(|it| is_in_old(&it.name))
}
