// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where blocks are, and what leads there.

use super::pair::pair;
use super::rules::Rule;
use super::site::{Site, spaced};
use crate::model::{Block, ChipSelect, Instance};
use crate::source::Spanned;

/// An instance, and the block that it is one of.
pub(super) type Of<'m> = (&'m Block, &'m Instance);

/// Every instance of the blocks.
pub(super) fn of<'m>(blocks: impl Iterator<Item = &'m Block>) -> Vec<Of<'m>> {
    let each = |block: &'m Block| block.instances.iter().map(move |it| (block, it));
    blocks.flat_map(each).collect()
}

/// Reports what changed of the instances of all blocks, of which `blocks` are the
/// same.
pub(super) fn compare(
    site: &mut Site<'_>,
    (old, new): (&[Of<'_>], &[Of<'_>]),
    blocks: &[(&Block, &Block)],
) {
    let pairs = pair(old, new, |(_, it)| it.name.as_str()).or_by(|(_, it)| it.base.value);
    for (old, new) in pairs.both {
        let mut site = site.within("instance", &old.1.name, &new.1.name);
        if is_of_another(blocks, old.0, new.0) {
            let message = format!("of the layout of `{}` now", new.0.name.value);
            site.report(Rule::InstanceLayout, message);
        }
        compare_instance(&mut site, *old, *new);
    }
    for (_, old) in pairs.removed {
        site.removed(Rule::InstanceRemoved, "instance", &old.name);
    }
    for (_, new) in pairs.added {
        site.added(Rule::InstanceAdded, "instance", &new.name);
    }
}

/// Whether both blocks are in both maps, and are not the same. (Else it is reported
/// with the one that came or went.)
fn is_of_another(blocks: &[(&Block, &Block)], old: &Block, new: &Block) -> bool {
    let partner = blocks.iter().find(|(it, _)| std::ptr::eq(*it, old));
    let stays = blocks.iter().any(|(_, it)| std::ptr::eq(*it, new));
    stays && partner.is_some_and(|(_, it)| !std::ptr::eq(*it, new))
}

fn compare_instance(site: &mut Site<'_>, (block, old): Of<'_>, (new_block, new): Of<'_>) {
    let Instance {
        name,
        base,
        chip_select,
        number,
        interrupts: _,
        clocks,
        resets,
    } = old;
    // A peripheral that is alone of its layout has its block's name, which is
    // reported there.
    if (name, &new.name) != (&block.name, &new_block.name) {
        site.renamed(Rule::InstanceRenamed, name, &new.name);
    }
    site.became(Rule::InstanceMoved, "address", base, &new.base);
    let places = (at_select(*chip_select), at_select(new.chip_select));
    site.became(Rule::InstanceMoved, "chip select", &places.0, &places.1);
    let numbers = (in_decimal(*number), in_decimal(new.number));
    site.became(Rule::InstanceNumber, "number", &numbers.0, &numbers.1);
    compare_interrupts(site, (block, old), (new_block, new));
    site.became(Rule::InstanceClocks, "clocks", clocks, &new.clocks);
    site.became(Rule::InstanceResets, "resets", resets, &new.resets);
}

/// A chip select and an offset as nodes have them in their names.
fn at_select(place: Option<ChipSelect>) -> Option<Spanned<String>> {
    let text = |it: &ChipSelect| format!("{:x},{:x}", it.number.value, it.offset.value);
    place.map(|it| Spanned::new(text(&it), it.number.span))
}

/// A number as nodes have it in their names.
fn in_decimal(number: Option<Spanned<u64>>) -> Option<Spanned<String>> {
    number.map(|it| it.map(|number| number.to_string()))
}

/// Reports the lines of interrupts that the blocks had and have: others are
/// reported as interrupts.
fn compare_interrupts(site: &mut Site<'_>, old: Of<'_>, new: Of<'_>) {
    for interrupt in &old.0.interrupts {
        let mut others = new.0.interrupts.iter();
        let Some(other) = others.find(|other| other.name == interrupt.name) else {
            continue;
        };
        let (line, new_line) = (line(old.1, &interrupt.name), line(new.1, &other.name));
        let numbered = is_number(line, interrupt.number) && is_number(new_line, other.number);
        if line != new_line && !numbered {
            let (name, line, new_line) = (&interrupt.name.value, said(line), said(new_line));
            let message = format!("`{name}` at {line} became {new_line}");
            site.report(Rule::InstanceInterrupts, message);
        }
    }
}

/// Whether a chip's SVD gives the line by its number, whose change is reported.
fn is_number(line: Option<&[u32]>, number: Option<u32>) -> bool {
    number.is_some() && line == Some(number.as_slice())
}

fn said(line: Option<&[u32]>) -> String {
    line.map_or_else(
        || "no line".to_owned(),
        |cells| format!("<{}>", spaced(cells)),
    )
}

fn line<'m>(instance: &'m Instance, interrupt: &str) -> Option<&'m [u32]> {
    let mut lines = instance.interrupts.iter();
    let (_, cells) = lines.find(|(name, _)| name.value == interrupt)?;
    Some(cells)
}
