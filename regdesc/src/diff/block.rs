// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block: what it is, where it is, and what the device tree says of it.

use super::pair::{Pairs, pair};
use super::rules::Rule;
use super::seen::Seen;
use super::site::Site;
use super::{enums, items, outside};
use crate::model::{Block, Device, DeviceTree, Reset};
use crate::source::Spanned;

/// Reports what changed in a chip's block.
pub(super) fn compare(site: &mut Site<'_>, old: &Block, new: &Block) {
    let mut itself = site.as_item("block");
    itself.renamed(Rule::BlockRenamed, &old.name, &new.name);
    itself.described(old.description.as_ref(), new.description.as_ref());
    compare_setting(&mut itself, old, new);
    let trees = (&old.device_tree, &new.device_tree);
    compare_device_trees(&mut itself, trees.0, trees.1);
    compare_rest(site, old, new);
}

/// Reports what changed in the only block of a device. What the device says of
/// itself too is reported there.
pub(super) fn compare_only(
    site: &mut Site<'_>,
    (old_device, old): (&Device, &Block),
    (new_device, new): (&Device, &Block),
) {
    let mut itself = site.within("device", &old_device.name, &new_device.name);
    if (&old.name, &new.name) != (&old_device.name, &new_device.name) {
        itself.renamed(Rule::BlockRenamed, &old.name, &new.name);
    }
    let descriptions = (&old.description, &new.description);
    if descriptions != (&old_device.description, &new_device.description) {
        itself.described(old.description.as_ref(), new.description.as_ref());
    }
    compare_setting(&mut itself, old, new);
    let (mut tree, mut new_tree) = (old.device_tree.clone(), new.device_tree.clone());
    if tree.compatible.is_empty() != new_tree.compatible.is_empty() {
        state_compatible(&mut tree, old_device);
        state_compatible(&mut new_tree, new_device);
    }
    compare_device_trees(&mut itself, &tree, &new_tree);
    compare_rest(site, old, new);
}

/// Says the `compatible` that is not stated, where it takes nothing but names.
fn state_compatible(tree: &mut DeviceTree, device: &Device) {
    if let Some(vendor) = &device.vendor
        && tree.compatible.is_empty()
    {
        let name = device.name.clone();
        let stated = name.map(|name| format!("{},{name}", vendor.value));
        tree.compatible.push(stated);
    }
}

/// How large it is, and how it is written to and found.
fn compare_setting(site: &mut Site<'_>, old: &Block, new: &Block) {
    let (size, bits) = (&old.size, &old.reserved_bits);
    let size_rule = if new.size.value < size.value {
        Rule::BlockShrank
    } else {
        Rule::BlockGrew
    };
    site.became(size_rule, "size", size, &new.size);
    site.became(
        Rule::ReservedBits,
        "reserved bits",
        bits,
        &new.reserved_bits,
    );
    site.became(Rule::NodeRenamed, "node", &old.node_name, &new.node_name);
    let master_rule = match new.bus_master {
        true => Rule::BusMasterGained,
        false => Rule::BusMasterLost,
    };
    let masters = (&old.bus_master, &new.bus_master);
    site.became(master_rule, "bus master", masters.0, masters.1);
}

/// What is in it and around it. Takes the block apart, so that nothing of it is
/// forgotten here or above.
fn compare_rest(site: &mut Site<'_>, old: &Block, new: &Block) {
    let Block {
        name: _,
        description: _,
        size: _,
        reserved_bits: _,
        // Who named the registers decides which names are reported, and is
        // nothing to software.
        origin: _,
        node_name: _,
        device_tree: _,
        enums: _,
        items: _,
        reserved: _,
        // Of a map that passed the checks nothing was refused.
        incomplete: _,
        bus_master: _,
        windows,
        interrupts,
        identity,
        // Compared over all blocks: a peripheral may change its block.
        instances: _,
    } = old;
    let seen = compare_contents(site, old, new);
    outside::windows(site, windows, &new.windows);
    outside::interrupts(site, interrupts, &new.interrupts, &seen);
    outside::identity(site, identity, &new.identity, &seen);
}

/// Reports what changed between the layouts of two blocks.
pub(super) fn compare_layouts(site: &mut Site<'_>, old: &Block, new: &Block) {
    compare_contents(site, old, new);
}

fn compare_contents(site: &mut Site<'_>, old: &Block, new: &Block) -> Seen {
    let mut seen = Seen::new(old.reserved_bits, new.reserved_bits);
    items::compare(site, (&old.items, &new.items), &mut seen, &(vec![], vec![]));
    items::compare_reserved(site, &old.reserved, &new.reserved);
    enums::compare(site, &old.enums, &new.enums, &seen);
    seen
}

fn compare_device_trees(site: &mut Site<'_>, old: &DeviceTree, new: &DeviceTree) {
    let DeviceTree {
        compatible,
        clocks,
        resets,
        properties,
        map_hash,
        parent,
        interrupt_parent,
        fpga_region,
        maintainers,
    } = old;
    if *map_hash != new.map_hash {
        let verb = if new.map_hash { "has" } else { "no longer has" };
        site.report(Rule::TreeHash, format!("the node {verb} the map's hash"));
    }
    site.became(Rule::Parent, "parent", parent, &new.parent);
    let controllers = (interrupt_parent, &new.interrupt_parent);
    site.became(
        Rule::InterruptParent,
        "interrupt parent",
        controllers.0,
        controllers.1,
    );
    site.became(
        Rule::FpgaRegion,
        "region of the FPGA",
        fpga_region,
        &new.fpga_region,
    );
    site.became(
        Rule::Maintainers,
        "maintainers",
        maintainers,
        &new.maintainers,
    );
    compare_compatibles(site, compatible, &new.compatible);
    site.became(Rule::Clocks, "clocks", clocks, &new.clocks);
    compare_resets(site, resets, &new.resets);
    let Pairs {
        both,
        removed,
        added,
    } = pair(properties, &new.properties, |(name, _)| name.as_str());
    for ((name, old), (new_name, new)) in both {
        let mut site = site.within("property", name, new_name);
        site.became(Rule::Property, "value", old, new);
    }
    for (name, _) in removed {
        site.removed(Rule::Property, "property", name);
    }
    for (name, _) in added {
        site.added(Rule::Property, "property", name);
    }
}

fn compare_resets(site: &mut Site<'_>, old: &[Reset], new: &[Reset]) {
    let names = |resets: &[Reset]| -> Vec<Spanned<String>> {
        resets.iter().map(|it| it.name.clone()).collect()
    };
    site.became(Rule::Resets, "resets", &names(old), &names(new));
    for (one, other) in pair(old, new, |reset| reset.name.as_str()).both {
        let Reset { name, exclusive } = one;
        let mut site = site.within("reset", name, &other.name);
        site.became(
            Rule::ResetExclusive,
            "exclusive",
            exclusive,
            &other.exclusive,
        );
    }
}

fn compare_compatibles(
    site: &mut Site<'_>,
    old: &Vec<Spanned<String>>,
    new: &Vec<Spanned<String>>,
) {
    let has_all = |of: &[Spanned<String>], all: &[Spanned<String>]| {
        all.iter().all(|wanted| of.contains(wanted))
    };
    // Where none is stated there is one all the same, made of names.
    let rule = if !has_all(new, old) || old.is_empty() {
        Rule::CompatibleRemoved
    } else if has_all(old, new) {
        Rule::CompatibleReordered
    } else {
        Rule::CompatibleAdded
    };
    site.became(rule, "compatible", old, new);
}
