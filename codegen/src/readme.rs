// SPDX-License-Identifier: MIT OR Apache-2.0

//! The README of a device's folder: bring-up on the board, in this device's own
//! names.

use askama::Template;
use regdesc::RegisterMap;
use regdesc::model::{Access, Block, Instance, Item, Register};

use crate::{Drivers, Kernel, accessor, device_name, dts, kernel, names, source_name};

#[derive(Template)]
#[template(path = "README.md.j2", escape = "none")]
struct Readme {
    device: String,
    /// The accessor crate, and the module of it that the first program uses.
    package: String,
    module: String,
    description: String,
    source: String,
    tool: &'static str,
    kernel: String,
    nodes: Vec<NodeView>,
    /// The binding's file, where there is one: then there is an overlay too.
    binding: Option<String>,
    drivers: Vec<DriverView>,
    /// What UIO calls the devices, where it is to have them.
    uio: Vec<String>,
    /// A register the first steps can read without a side effect.
    first_read: Option<String>,
}

struct NodeView {
    label: String,
    base: u64,
    end: u64,
    compatible: String,
}

struct DriverView {
    module: String,
    node: String,
    compatible: String,
}

/// Renders the README of a device's folder.
pub(crate) fn render(
    map: &RegisterMap,
    drivers: Drivers,
    driven: &[&Block],
    kernel: Kernel,
) -> String {
    let device = device_name(map);
    let readme = Readme {
        package: accessor::package_name(&map.name),
        module: first_block(map, drivers, driven)
            .map_or_else(String::new, |block| accessor::path_of(map, block)),
        description: map.description.clone().unwrap_or_default(),
        source: source_name(map).to_owned(),
        tool: crate::TOOL,
        kernel: kernel.to_string(),
        nodes: nodes(map),
        binding: dts::binding_file(map),
        drivers: driven.iter().map(|block| driver(map, block)).collect(),
        uio: match drivers {
            Drivers::Uio => uio_names(map),
            Drivers::All | Drivers::UnlessChip => Vec::new(),
        },
        first_read: first_block(map, drivers, driven).and_then(|block| readable(&block.items)),
        device,
    };
    // The template prints what is there; rendering into a string cannot fail.
    readme.render().unwrap_or_default()
}

fn uio_names(map: &RegisterMap) -> Vec<String> {
    let of_block = |block: &Block| {
        let instances = block.instances.iter();
        let names = instances.map(|it| dts::uio_name(map, block, it));
        names.collect::<Vec<_>>()
    };
    map.blocks.iter().flat_map(of_block).collect()
}

/// The block that the first program opens.
fn first_block<'m>(
    map: &'m RegisterMap,
    drivers: Drivers,
    driven: &[&'m Block],
) -> Option<&'m Block> {
    match drivers {
        Drivers::Uio => map.blocks.first(),
        Drivers::All | Drivers::UnlessChip => driven.first().copied(),
    }
}

fn nodes(map: &RegisterMap) -> Vec<NodeView> {
    let node = |block: &Block, instance: &Instance| NodeView {
        label: dts::label(map.kind, instance),
        base: instance.base.value,
        end: instance
            .base
            .value
            .saturating_add(block.size.value.saturating_sub(1)),
        compatible: dts::compatibles(map, block).join(", "),
    };
    map.blocks
        .iter()
        .flat_map(|block| block.instances.iter().map(move |it| node(block, it)))
        .collect()
}

fn driver(map: &RegisterMap, block: &Block) -> DriverView {
    let view = kernel::view(map, block);
    DriverView {
        node: view.node_stem(),
        module: view.module,
        compatible: view.compatibles.join(", "),
    }
}

/// The accessor method of the first plain register that reads without a side
/// effect.
fn readable(items: &[Item]) -> Option<String> {
    let plain = |register: &&Register| {
        register.array.is_none() && register.accesses().all(Access::reads_plainly)
    };
    let registers = items.iter().filter_map(|item| match item {
        Item::Register(register) => Some(register),
        Item::Cluster(_) => None,
    });
    registers
        .into_iter()
        .find(plain)
        .map(|register| names::identifier(&names::snake(&register.name)))
}
