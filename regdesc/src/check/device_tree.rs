// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the device tree needs (Devicetree Specification v0.4).

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Device, DeviceTree, Instance, ParentNode};
use crate::nearest::nearest;
use crate::source::Spanned;

/// Properties that follow from the description itself.
const OWN_PROPERTIES: &[&str] = &[
    "name",
    "compatible",
    "reg",
    "clocks",
    "clock-names",
    "resets",
    "reset-names",
    "interrupts",
    "interrupt-names",
    "interrupt-parent",
    "#address-cells",
    "#size-cells",
    "phandle",
    "ranges",
    // Of `map-hash: true`.
    "regloom,map-hash",
    // Of `number:` at an instance.
    "regloom,instance",
    // What UIO calls the device.
    "linux,uio-name",
];

/// Longest name of a node or property in bytes (§2.2.1, §2.2.4).
const MAX_NAME: usize = 31;

/// There is something a driver can bind to.
pub(super) fn the_node_has_a_compatible(
    device: &Device,
    block: &Block,
    diagnostics: &mut Diagnostics,
) {
    if device.vendor.is_none() && block.device_tree.compatible.is_empty() {
        diagnostics.push(
            Diagnostic::new(
                Code::MissingKey,
                device.name.span,
                "nothing says what the device tree calls the block",
                "it has no vendor",
            )
            .help(format!(
                "add `vendor: mycompany` for \"mycompany,{}\", or `device-tree: {{compatible: …}}`",
                device.name.value
            )),
        );
    }
    if let Some(vendor) = &device.vendor
        && !is_compatible_part(vendor)
    {
        diagnostics.push(
            Diagnostic::new(
                Code::BadName,
                vendor.span,
                format!("`{}` cannot be a vendor's prefix", vendor.value),
                "here",
            )
            .help("write lower-case letters, digits and hyphens, as in the kernel's vendor-prefixes.yaml"),
        );
    }
}

fn is_compatible_part(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && text
            .chars()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
}

/// Nodes, labels, properties and strings are spelt as the specification allows.
pub(super) fn names_are_valid(block: &Block, diagnostics: &mut Diagnostics) {
    let tree = &block.device_tree;
    for name in block.node_name.iter().filter(|name| !is_node_name(name)) {
        diagnostics.push(bad_name("node", name).help(
            "write a letter, then letters, digits and `,._+-`, 31 characters at most, without `@`",
        ));
    }
    for compatible in tree.compatible.iter().filter(|it| !is_compatible(it)) {
        diagnostics.push(
            bad_name("compatible", compatible)
                .help("write `vendor,device` in lower case, 127 characters at most"),
        );
    }
    for (index, compatible) in tree.compatible.iter().enumerate() {
        let mut before = tree.compatible[..index].iter();
        diagnostics.extend(
            before
                .find(|it| *it == compatible && compatible.contains(','))
                .map(|first| twice("compatible", first, compatible)),
        );
    }
    signals_are_named("clock", &tree.clocks, diagnostics);
    signals_are_named("reset", &reset_names(tree), diagnostics);
    for name in tree.fpga_region.iter().flat_map(|it| &it.firmware_name) {
        if name.is_empty() || name.chars().any(char::is_control) {
            diagnostics.push(
                bad_name("firmware file", name)
                    .help("write its path below the folder of firmware: `design.bit.bin`"),
            );
        }
    }
    for (name, _) in &tree.properties {
        if OWN_PROPERTIES.contains(&name.value.as_str()) {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadName,
                    name.span,
                    format!("the property `{}` follows from the description", name.value),
                    "here",
                )
                .help("remove it"),
            );
        } else if !is_property_name(name) {
            diagnostics.push(bad_name("property", name).help(
                "write a letter or `#`, then letters, digits and `,._+#-`, 31 characters at most",
            ));
        }
    }
}

fn reset_names(tree: &DeviceTree) -> Vec<Spanned<String>> {
    tree.resets.iter().map(|reset| reset.name.clone()).collect()
}

/// Clocks and resets have names that a device tree and a driver can spell, each
/// its own.
fn signals_are_named(what: &str, names: &[Spanned<String>], diagnostics: &mut Diagnostics) {
    for (index, name) in names.iter().enumerate() {
        if !is_signal_name(name) {
            diagnostics.push(bad_name(what, name).help("write letters, digits and `,._+-/`"));
        }
        let mut before = names[..index].iter();
        let first = before.find(|it| *it == name);
        diagnostics.extend(first.map(|first| twice(what, first, name)));
    }
}

fn twice(what: &str, first: &Spanned<String>, second: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateName,
        second.span,
        format!("the {what} `{}` is listed twice", second.value),
        "again here",
    )
    .related(first.span, "first here")
    .help("remove one of them")
}

fn bad_name(what: &str, name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::BadName,
        name.span,
        format!("`{}` is no {what} of a device tree", name.value),
        "here",
    )
}

fn is_node_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || ",._+-".contains(it))
}

/// As the specification allows it, and dtschema in the properties of a binding.
fn is_property_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '#')
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || ",._+#-".contains(it))
}

fn is_signal_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || ",._+-/".contains(it))
}

/// Bytes of the longest `compatible` that the kernel's drivers have.
const MAX_COMPATIBLE: usize = 127;

fn is_compatible(text: &str) -> bool {
    text.len() <= MAX_COMPATIBLE
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || ",._+-/".contains(it))
}

/// An instance states one specifier for every clock that the block names, and
/// for every reset unless software has none of them.
pub(super) fn instances_state_every_specifier(block: &Block, diagnostics: &mut Diagnostics) {
    let tree = &block.device_tree;
    for instance in &block.instances {
        let clocks = ("clock", &tree.clocks, &instance.clocks);
        let resets = ("reset", &reset_names(tree), &instance.resets);
        for (what, names, specifiers) in [clocks, resets] {
            // A block runs on no clock but its own; its reset may be tied.
            let tied = what == "reset" && specifiers.is_empty();
            if names.len() != specifiers.len() && !tied {
                diagnostics.push(wrong_number(what, names, specifiers, instance));
            }
        }
        for specifier in instance.clocks.iter().chain(&instance.resets) {
            if !is_specifier(specifier) {
                diagnostics.push(
                    bad_name("specifier", specifier)
                        .help("write a label and its cells: `\"&clkc 71\"`"),
                );
            }
        }
    }
}

/// The largest number of an instance: the driver has as many nodes of a block.
const MAX_NUMBER: u64 = 4095;

/// Where instances have numbers, each has one of its own: one without would take a number
/// that the driver may have given to another by then.
pub(super) fn instances_have_distinct_numbers(block: &Block, diagnostics: &mut Diagnostics) {
    let numbered = |it: &&Instance| it.number.is_some();
    let Some(first) = block.instances.iter().find(numbered) else {
        return;
    };
    for (index, instance) in block.instances.iter().enumerate() {
        let Some(number) = instance.number else {
            diagnostics.push(without_number(instance, first));
            continue;
        };
        if number.value > MAX_NUMBER {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadValue,
                    number.span,
                    format!(
                        "the number {} of `{}` is too large",
                        number.value, instance.name.value
                    ),
                    format!("at most {MAX_NUMBER}"),
                )
                .help(format!("write a number up to {MAX_NUMBER}")),
            );
        }
        let mut before = block.instances[..index].iter();
        let same = before.find(|it| it.number == Some(number));
        diagnostics.extend(same.map(|same| same_number(same, instance, number)));
    }
}

fn without_number(instance: &Instance, first: &Instance) -> Diagnostic {
    Diagnostic::new(
        Code::MissingKey,
        instance.name.span,
        format!(
            "`{}` has no number, and `{}` has one",
            instance.name.value, first.name.value
        ),
        "which number its node has is not known",
    )
    .related(
        first.number.map_or(first.name.span, |it| it.span),
        "numbered here",
    )
    .help("give each instance a `number:`, or none")
}

fn same_number(first: &Instance, second: &Instance, number: Spanned<u64>) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateName,
        number.span,
        format!(
            "`{}` and `{}` have one number, {}",
            first.name.value, second.name.value, number.value
        ),
        "again here",
    )
    .related(
        first.number.map_or(first.name.span, |it| it.span),
        "first here",
    )
    .help("give one of them another number")
}

/// An instance gives a specifier for every interrupt of the block, and for no
/// other.
pub(super) fn instances_give_every_interrupt(block: &Block, diagnostics: &mut Diagnostics) {
    if block
        .interrupts
        .iter()
        .any(|interrupt| interrupt.number.is_some())
    {
        // A chip's numbers say it all.
        return;
    }
    for instance in &block.instances {
        for (name, _) in &instance.interrupts {
            if !block.interrupts.iter().any(|it| it.name == *name) {
                diagnostics.push(unknown_interrupt(name, block));
            }
        }
        for interrupt in &block.interrupts {
            if !instance
                .interrupts
                .iter()
                .any(|(name, _)| *name == interrupt.name)
            {
                diagnostics.push(missing_interrupt(&interrupt.name, instance));
            }
        }
    }
}

/// One interrupt controller takes all of an instance's specifiers, each of as many
/// cells.
pub(super) fn specifiers_have_as_many_cells(block: &Block, diagnostics: &mut Diagnostics) {
    if block.interrupts.iter().any(|it| it.number.is_some()) {
        // A chip's SVD has numbers, and no specifiers.
        return;
    }
    let specifiers = block.instances.iter().flat_map(|it| &it.interrupts);
    // One without cells was reported.
    let mut specifiers = specifiers.filter(|(_, cells)| !cells.is_empty());
    let Some((first, cells)) = specifiers.next() else {
        return;
    };
    let Some((name, others)) = specifiers.find(|(_, others)| others.len() != cells.len()) else {
        return;
    };
    diagnostics.push(
        Diagnostic::new(
            Code::WrongType,
            name.span,
            format!(
                "the specifier of `{}` has {}, and that of `{}` has {}",
                name.value,
                in_cells(others.len()),
                first.value,
                in_cells(cells.len())
            ),
            in_cells(others.len()),
        )
        .related(first.span, in_cells(cells.len()))
        .help("write as many as `#interrupt-cells` of the interrupt controller says"),
    );
}

fn in_cells(count: usize) -> String {
    match count {
        1 => "1 cell".to_owned(),
        count => format!("{count} cells"),
    }
}

/// The board's nodes are named as a source of a device tree does, and count so
/// that the instances' addresses fit.
pub(super) fn parents_are_usable(block: &Block, diagnostics: &mut Diagnostics) {
    let tree = &block.device_tree;
    let region = tree.fpga_region.iter();
    let parents = tree
        .parent
        .iter()
        .chain(region.clone().map(|it| &it.parent));
    for parent in parents {
        if !is_label(&parent.node) && !is_path(&parent.node) {
            diagnostics.push(
                bad_name("node", &parent.node)
                    .help("write a label, `\"&amba\"`, or a path, `/soc/bus@40000000`"),
            );
        }
        for cells in [&parent.address_cells, &parent.size_cells] {
            if !matches!(cells.value, 1 | 2) {
                diagnostics.push(
                    Diagnostic::new(
                        Code::BadValue,
                        cells.span,
                        format!("{} cells are no address or size", cells.value),
                        "here",
                    )
                    .help("write 1 or 2, as the node in the board's tree has it"),
                );
            }
        }
        diagnostics.extend(base_beyond_its_cell(block, parent));
        diagnostics.extend(size_beyond_its_cell(block, parent));
    }
    let labels = tree.interrupt_parent.iter();
    for label in labels.chain(region.flat_map(|it| &it.bridges)) {
        if !is_label(label) {
            diagnostics.push(
                bad_name("label", label)
                    .help("write it as the board's tree refers to it: `\"&intc\"`"),
            );
        }
    }
}

/// The first instance of which the last address takes more than the parent's one
/// cell.
fn base_beyond_its_cell(block: &Block, parent: &ParentNode) -> Option<Diagnostic> {
    // A size beyond its own cell is reported as that.
    let size = match fits_one_cell(block.size.value) {
        true => block.size.value,
        false => 0,
    };
    let last = |it: &&Instance| it.base.value.saturating_add(size.saturating_sub(1));
    let beyond = |it: &&Instance| parent.address_cells.value == 1 && !fits_one_cell(last(it));
    let instance = block.instances.iter().find(beyond)?;
    let (message, label) = match fits_one_cell(instance.base.value) {
        false => (
            format!("{:#x} does not fit one cell", instance.base.value),
            "this address",
        ),
        true => (
            format!(
                "the last byte of `{}`, {:#x}, does not fit one cell",
                instance.name.value,
                last(&instance)
            ),
            "from this address on",
        ),
    };
    Some(
        Diagnostic::new(Code::BadValue, instance.base.span, message, label)
            .related(parent.address_cells.span, "of so many")
            .help("name a node whose `#address-cells` are 2"),
    )
}

/// The block's size where it takes more than the parent's one cell.
fn size_beyond_its_cell(block: &Block, parent: &ParentNode) -> Option<Diagnostic> {
    let size = block.size;
    if parent.size_cells.value != 1 || fits_one_cell(size.value) || block.instances.is_empty() {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::BadValue,
            size.span,
            format!("the size {:#x} does not fit one cell", size.value),
            "this size",
        )
        .related(parent.size_cells.span, "of so many")
        .help(
            "name a node whose `#size-cells` are 2, or describe the part that holds the registers",
        ),
    )
}

fn fits_one_cell(value: u64) -> bool {
    u32::try_from(value).is_ok()
}

/// Each maintainer of the binding can be written to (dtschema's meta-schema).
pub(super) fn maintainers_have_addresses(block: &Block, diagnostics: &mut Diagnostics) {
    for maintainer in &block.device_tree.maintainers {
        let (_, address) = maintainer.split_once('<').unwrap_or(("", maintainer));
        let parts = address.trim_end_matches('>').split_once('@');
        let is_part = |part: &str| !part.is_empty() && !part.contains(['<', '>', '@', ' ']);
        if !parts.is_some_and(|(name, host)| is_part(name) && is_part(host)) {
            diagnostics.push(
                bad_name("maintainer", maintainer)
                    .help("write a name and an address: `Jane Doe <jane@example.com>`"),
            );
        }
    }
}

fn is_label(text: &str) -> bool {
    text.strip_prefix('&').is_some_and(|label| {
        label.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && label
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
    })
}

fn is_path(text: &str) -> bool {
    let part = |part: &str| match part.split_once('@') {
        Some((name, unit)) => {
            is_node_name(name)
                && unit
                    .chars()
                    .all(|it| it.is_ascii_alphanumeric() || it == ',')
        }
        None => is_node_name(part),
    };
    text.strip_prefix('/')
        .is_some_and(|rest| rest.is_empty() || rest.split('/').all(part))
}

fn unknown_interrupt(name: &Spanned<String>, block: &Block) -> Diagnostic {
    let known = block.interrupts.iter().map(|it| it.name.value.as_str());
    Diagnostic::new(
        Code::UnknownInterrupt,
        name.span,
        format!("the block has no interrupt `{}`", name.value),
        "given here",
    )
    .did_you_mean(name, nearest(name, known), || {
        "declare it under the block's `interrupts:`".to_owned()
    })
}

fn missing_interrupt(name: &Spanned<String>, instance: &Instance) -> Diagnostic {
    Diagnostic::new(
        Code::MissingKey,
        instance.name.span,
        format!(
            "`{}` does not say what its interrupt `{}` is connected to",
            instance.name.value, name.value
        ),
        "here",
    )
    .related(name.span, "the block has it")
    .help(format!(
        "add `interrupts: {{{}: [0, 89, 4]}}`, with the cells of your interrupt controller",
        name.value
    ))
}

/// `&label` and cells that are numbers or constants' names.
fn is_specifier(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    text.strip_prefix('&')
        .is_some_and(|rest| rest.split(' ').all(word))
}

fn wrong_number(
    what: &str,
    names: &[Spanned<String>],
    specifiers: &[Spanned<String>],
    instance: &Instance,
) -> Diagnostic {
    let place = specifiers.first().unwrap_or(&instance.name);
    let mut diagnostic = Diagnostic::new(
        Code::BadValue,
        place.span,
        format!(
            "`{}` states {} {what} specifiers, and the block names {}",
            instance.name.value,
            specifiers.len(),
            names.len()
        ),
        "here",
    )
    .help(format!(
        "state one `{what}s` entry for each name under `device-tree: {what}s`"
    ));
    if let Some(first) = names.first() {
        diagnostic = diagnostic.related(first.span, "named here");
    }
    diagnostic
}
