// SPDX-License-Identifier: MIT OR Apache-2.0

//! Instances on a bus whose addresses begin with a chip select.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, ChipSelect, Instance};

/// Where instances have chip selects, the bus of the board's tree has them too, all instances
/// are at one, and one chip select has one physical address.
pub(super) fn addresses_are_those_of_the_bus(block: &Block, diagnostics: &mut Diagnostics) {
    let placed: Vec<_> = block.instances.iter().filter_map(placed).collect();
    let Some(first) = placed.first().copied() else {
        return;
    };
    diagnostics.extend(no_such_bus(block, first));
    for instance in &block.instances {
        diagnostics.extend(match instance.chip_select {
            None => Some(without_chip_select(instance, first)),
            Some(place) => beyond_its_cell(block, instance, place),
        });
    }
    for (index, second) in placed.iter().enumerate() {
        let mut before = placed[..index].iter();
        let same = before.find(|it| it.1.number.value == second.1.number.value);
        diagnostics.extend(same.and_then(|first| elsewhere(*first, *second)));
    }
}

/// An instance, and its chip select.
type Placed<'b> = (&'b Instance, ChipSelect);

fn placed(instance: &Instance) -> Option<Placed<'_>> {
    Some((instance, instance.chip_select?))
}

/// What is wrong with the bus of instances with chip selects.
fn no_such_bus(block: &Block, (instance, place): Placed<'_>) -> Option<Diagnostic> {
    let tree = &block.device_tree;
    let wrong = |code, message: String| Diagnostic::new(code, place.number.span, message, "here");
    let name = &instance.name.value;
    let Some(parent) = &tree.parent else {
        let message = format!("`{name}` has a chip select, and no bus that has them is named");
        return Some(wrong(Code::MissingKey, message).help(
            "add the bus: `device-tree: {parent: {node: \"&weim\", address-cells: 2, size-cells: 1}}`",
        ));
    };
    if parent.address_cells.value == 1 {
        let message = "a chip select and an offset are an address of two cells".to_owned();
        return Some(
            wrong(Code::BadValue, message)
                .related(parent.address_cells.span, "the bus has one")
                .help("name a bus whose `#address-cells` are 2"),
        );
    }
    let region = tree.fpga_region.as_ref()?;
    let message = "a region of an FPGA has no chip selects".to_owned();
    Some(
        wrong(Code::BadValue, message)
            .related(region.parent.node.span, "the overlay is for this region")
            .help("remove `fpga-region`, so that the overlay is for the bus"),
    )
}

fn without_chip_select(instance: &Instance, (first, place): Placed<'_>) -> Diagnostic {
    Diagnostic::new(
        Code::MissingKey,
        instance.name.span,
        format!(
            "`{}` has no chip select, and `{}` has one",
            instance.name.value, first.name.value
        ),
        "its address on the bus is not known",
    )
    .related(place.number.span, "here")
    .help("give each instance a `chip-select:`, or none")
}

/// A chip select, or the last byte of an instance at it, that takes more than one cell.
fn beyond_its_cell(block: &Block, instance: &Instance, place: ChipSelect) -> Option<Diagnostic> {
    let fits = |value: u64| u32::try_from(value).is_ok();
    let ChipSelect { number, offset } = place;
    if !fits(number.value) {
        let message = format!("the chip select {:#x} does not fit one cell", number.value);
        let wrong = Diagnostic::new(Code::BadValue, number.span, message, "here");
        return Some(wrong.help("write the number that the board's tree has for it"));
    }
    let last = offset
        .value
        .saturating_add(block.size.value.saturating_sub(1));
    if fits(last) && offset.value <= instance.base.value {
        return None;
    }
    let message = match fits(last) {
        false => format!(
            "the last byte of `{}` at its chip select, {last:#x}, does not fit one cell",
            instance.name.value
        ),
        true => format!(
            "the offset {:#x} of `{}` is larger than its physical address, {:#x}",
            offset.value, instance.name.value, instance.base.value
        ),
    };
    Some(
        Diagnostic::new(Code::BadValue, offset.span, message, "here")
            .related(instance.base.span, "its physical address")
            .help("write the bytes from the start of what the chip select has"),
    )
}

/// Two instances at one chip select whose physical addresses contradict each other.
fn elsewhere(first: Placed<'_>, second: Placed<'_>) -> Option<Diagnostic> {
    let start = |(instance, place): Placed<'_>| {
        let base = instance.base.value;
        base.checked_sub(place.offset.value)
    };
    let (at, other) = (start(first)?, start(second)?);
    (at != other).then(|| {
        Diagnostic::new(
            Code::BadValue,
            second.0.base.span,
            format!(
                "chip select {} begins at {at:#x} by `{}`, and at {other:#x} by `{}`",
                second.1.number.value, first.0.name.value, second.0.name.value
            ),
            "this address less the offset",
        )
        .related(first.0.base.span, "and this one")
        .help("correct one of the addresses or offsets")
    })
}
