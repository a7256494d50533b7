// SPDX-License-Identifier: MIT OR Apache-2.0

//! The nodes of a map's instances, for sources and for the example of a binding.

use regdesc::Spanned;
use regdesc::model::{ParentNode, PropertyValue};

use super::tree::{Node, Property, Unit, Value, cells};
use crate::lowered::{Block, Instance, Lowered};
use crate::names::{Use, spelled};
use crate::options::Drivers;

/// The hash of the map that a node was generated from, in two cells.
const MAP_HASH: &str = "regloom,map-hash";

/// The number in the name of the driver's node, where no alias gives one.
const INSTANCE: &str = "regloom,instance";

/// The default name of a node (generic, as the Devicetree Specification v0.4, §2.2.2
/// asks).
const DEFAULT_NODE_NAME: &str = "registers";

/// What `uio_pdrv_genirq` is configured to bind to (its parameter `of_id`), after the
/// example in the kernel's `Documentation/driver-api/uio-howto.rst`.
const UIO: &str = "generic-uio";

/// A bus whose addresses are those of its parent.
pub(super) fn simple_bus(name: String, cells: Cells, children: Vec<Node>) -> Node {
    let kind = Value::Strings(vec!["simple-bus".into()]);
    let mut properties = vec![Property::new("compatible", kind)];
    properties.extend(cells.properties());
    properties.push(Property::new("ranges", Value::Flag));
    Node {
        name,
        properties,
        children,
        ..Node::default()
    }
}

/// How many cells the addresses and sizes below a node take.
#[derive(Clone, Copy)]
pub(super) struct Cells {
    address: u32,
    size: u32,
    /// It is a bus of the board's tree, which may have chip selects.
    of_board: bool,
}

impl Cells {
    pub(super) fn of(parent: &ParentNode) -> Self {
        let count = |cells: u64| if cells == 1 { 1 } else { 2 };
        Cells {
            address: count(parent.address_cells.value),
            size: count(parent.size_cells.value),
            of_board: true,
        }
    }

    /// Two only where an address or size needs them.
    pub(super) fn needed(lowered: &Lowered<'_>) -> Self {
        let is_wide = |block: &Block<'_>| {
            let mut instances = block.instances.iter();
            instances.any(|it| block.size > u32::MAX.into() || it.end > u32::MAX.into())
        };
        let wide = lowered.blocks.iter().any(is_wide);
        let count = if wide { 2 } else { 1 };
        Cells {
            address: count,
            size: count,
            of_board: false,
        }
    }

    pub(super) fn properties(self) -> Vec<Property> {
        vec![
            Property::new("#address-cells", Value::Cells(vec![self.address])),
            Property::new("#size-cells", Value::Cells(vec![self.size])),
        ]
    }
}

/// A node for each instance, by unit address as dts-coding-style.rst asks.
pub(super) fn children(lowered: &Lowered<'_>, cells: Cells, drivers: Drivers) -> Vec<Node> {
    let mut children: Vec<Node> = lowered
        .blocks
        .iter()
        .flat_map(|block| {
            let instances = block.instances.iter();
            instances.map(move |instance| node(block, instance, cells, drivers))
        })
        .collect();
    children.sort_by_key(|child| child.unit);
    tell_apart(&mut children);
    children
}

/// Gives nodes of one name at one address, as a chip may have, names of their
/// own: the label with hyphens, numbered where that is taken too.
fn tell_apart(sorted: &mut [Node]) {
    for index in 1..sorted.len() {
        let (before, rest) = sorted.split_at_mut(index);
        let node = &mut rest[0];
        let beside = || {
            let before = before.iter().rev();
            before.take_while(|other| other.unit == node.unit)
        };
        let label = spelled(Use::Node, node.label.as_deref().unwrap_or_default());
        let numbered = (2u32..).map(|number| format!("{label}-{number}"));
        let free = [node.name.clone(), label.clone()]
            .into_iter()
            .chain(numbered)
            .find(|name| beside().all(|other| other.name != *name));
        node.name = free.unwrap_or_default();
    }
}

fn node(block: &Block<'_>, instance: &Instance<'_>, count: Cells, drivers: Drivers) -> Node {
    let (unit, mut reg) = place(instance, count);
    reg.extend(cells(block.size, count.size));
    let mut properties = vec![
        Property::new("compatible", Value::Strings(bound_by(block, drivers))),
        Property::new("reg", Value::Addresses(reg)),
    ];
    let (tree, described) = (block.device_tree, instance.described);
    properties.extend(interrupts(
        &described.interrupts,
        tree.interrupt_parent.as_ref(),
    ));
    properties.extend(specifiers("clock", &described.clocks, &tree.clocks));
    let resets: Vec<_> = tree.resets.iter().map(|it| it.name.clone()).collect();
    properties.extend(specifiers("reset", &described.resets, &resets));
    properties.extend(tree.properties.iter().map(|(name, value)| {
        let value = match value {
            PropertyValue::Flag => Value::Flag,
            PropertyValue::Cells(cells) => Value::Cells(cells.clone()),
            PropertyValue::Strings(strings) => Value::Strings(strings.clone()),
        };
        Property::new(name.value.clone(), value)
    }));
    let number = instance.number.filter(|_| drivers != Drivers::Uio);
    properties.extend(number.map(|number| {
        let number = Value::Cells(vec![number]);
        Property::new(INSTANCE, number)
    }));
    if tree.map_hash {
        let hash = cells(block.hash(), 2);
        properties.push(Property::new(MAP_HASH, Value::Addresses(hash)));
    }
    if drivers == Drivers::Uio {
        let name = Value::Strings(vec![instance.uio_name.clone()]);
        properties.push(Property::new("linux,uio-name", name));
    }
    Node {
        label: Some(instance.label.clone()),
        name: block.node_name.unwrap_or(DEFAULT_NODE_NAME).to_owned(),
        unit: Some(unit),
        properties,
        children: Vec::new(),
    }
}

/// The address of an instance on its bus, and the cells of it.
fn place(instance: &Instance<'_>, count: Cells) -> (Unit, Vec<u32>) {
    let Some(select) = instance.described.chip_select.filter(|_| count.of_board) else {
        let base = instance.base;
        return (Unit::Address(base), cells(base, count.address));
    };
    let (number, offset) = (select.number.value, select.offset.value);
    let address = [cells(number, 1), cells(offset, 1)].concat();
    (Unit::Select(number, offset), address)
}

/// What the node of a block has in `compatible`.
pub(super) fn bound_by(block: &Block<'_>, drivers: Drivers) -> Vec<String> {
    let mut compatibles = block.compatibles.clone();
    if drivers == Drivers::Uio {
        compatibles.push(UIO.to_owned());
    }
    compatibles
}

/// `interrupts` and `interrupt-names`, in the cells of the interrupt controller,
/// and which that is where it is stated.
fn interrupts(
    given: &[(Spanned<String>, Vec<u32>)],
    controller: Option<&Spanned<String>>,
) -> Vec<Property> {
    if given.is_empty() {
        return Vec::new();
    }
    let cells = |cells: &[u32]| {
        let words: Vec<String> = cells.iter().map(u32::to_string).collect();
        words.join(" ")
    };
    let controller = controller.map(|label| {
        let label = Value::Specifiers(vec![label.value.clone()]);
        Property::new("interrupt-parent", label)
    });
    let interrupts = [
        Property::new(
            "interrupts",
            Value::Specifiers(given.iter().map(|(_, it)| cells(it)).collect()),
        ),
        Property::new(
            "interrupt-names",
            Value::Strings(given.iter().map(|(name, _)| name.value.clone()).collect()),
        ),
    ];
    controller.into_iter().chain(interrupts).collect()
}

/// `clocks` and `clock-names`, or the same of resets.
fn specifiers(
    what: &str,
    specifiers: &[Spanned<String>],
    names: &[Spanned<String>],
) -> Vec<Property> {
    if specifiers.is_empty() {
        return Vec::new();
    }
    let plain =
        |values: &[Spanned<String>]| values.iter().map(|value| value.value.clone()).collect();
    vec![
        Property::new(format!("{what}s"), Value::Specifiers(plain(specifiers))),
        Property::new(format!("{what}-names"), Value::Strings(plain(names))),
    ]
}
