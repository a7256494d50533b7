// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where blocks stand, and what leads there.

use super::Rule;
use super::pair::pair;
use super::site::{Site, spaced};
use crate::model::{Block, Instance};

/// An instance, and the block that it is one of.
pub(super) type Of<'m> = (&'m Block, &'m Instance);

/// Every instance of the blocks.
pub(super) fn of<'m>(blocks: impl Iterator<Item = &'m Block>) -> Vec<Of<'m>> {
    let each = |block: &'m Block| block.instances.iter().map(move |it| (block, it));
    blocks.flat_map(each).collect()
}

/// Tells what changed of the instances of all blocks.
pub(super) fn compare(site: &mut Site<'_>, old: &[Of<'_>], new: &[Of<'_>]) {
    let pairs = pair(old, new, |(_, it)| it.name.as_str()).or_by(|(_, it)| it.base.value);
    for (old, new) in pairs.both {
        let mut site = site.within("instance", &old.1.name, &new.1.name);
        compare_instance(&mut site, *old, *new);
    }
    for (_, old) in pairs.removed {
        site.removed(Rule::InstanceRemoved, "instance", &old.name);
    }
    for (_, new) in pairs.added {
        site.added(Rule::InstanceAdded, "instance", &new.name);
    }
}

fn compare_instance(site: &mut Site<'_>, (block, old): Of<'_>, (new_block, new): Of<'_>) {
    let Instance {
        name,
        base,
        interrupts: _,
        clocks,
        resets,
    } = old;
    // A peripheral that is alone of its layout has its block's name, which is
    // told there.
    if (name, &new.name) != (&block.name, &new_block.name) {
        site.renamed(Rule::InstanceRenamed, name, &new.name);
    }
    site.became(Rule::InstanceMoved, "address", base, &new.base);
    compare_interrupts(site, (block, old), (new_block, new));
    site.became(Rule::InstanceClocks, "clocks", clocks, &new.clocks);
    site.became(Rule::InstanceResets, "resets", resets, &new.resets);
}

/// Tells of the lines of interrupts that the blocks had and have: others are
/// told of as interrupts.
fn compare_interrupts(site: &mut Site<'_>, old: Of<'_>, new: Of<'_>) {
    for interrupt in &old.0.interrupts {
        let mut others = new.0.interrupts.iter();
        let Some(other) = others.find(|other| other.name == interrupt.name) else {
            continue;
        };
        let (line, new_line) = (line(old.1, &interrupt.name), line(new.1, &other.name));
        let numbers = (&interrupt.number, &other.number);
        // A chip's line is its number, whose change is told.
        let is_number =
            |line: Option<&[u32]>, number: &Option<u32>| line == Some(number.as_slice());
        if numbers.0 != numbers.1 && is_number(line, numbers.0) && is_number(new_line, numbers.1) {
            continue;
        }
        let said = |line: Option<&[u32]>| line.map(|cells| format!("<{}>", spaced(cells)));
        let what = format!("`{}`", interrupt.name.value);
        let (said_old, said_new) = (said(line), said(new_line));
        if said_old != said_new {
            let words = |said: Option<String>| said.unwrap_or_else(|| "no line".to_owned());
            let message = format!("{what} at {} became {}", words(said_old), words(said_new));
            site.told(Rule::InstanceInterrupts, message);
        }
    }
}

fn line<'m>(instance: &'m Instance, interrupt: &str) -> Option<&'m [u32]> {
    let mut lines = instance.interrupts.iter();
    let (_, cells) = lines.find(|(name, _)| name.value == interrupt)?;
    Some(cells)
}
