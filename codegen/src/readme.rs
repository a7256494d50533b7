// SPDX-License-Identifier: MIT OR Apache-2.0

//! The README of a device's folder: bring-up on the board, in this device's own
//! names.

use askama::Template;
use regdesc::model::{Access, Block, Instance, Item, Register};

use crate::names::{self, Named};
use crate::{Drivers, Kernel, accessor, device_name, dts, kernel, source_name};

#[derive(Template)]
#[template(path = "README.md.j2", escape = "none")]
struct Readme {
    device: String,
    /// The accessor crate, and the module of it that the first program uses.
    package: String,
    module: String,
    /// In Markdown.
    description: String,
    /// The file's name, in a text where nothing but a break ends it.
    source: String,
    /// The same as a word of a shell.
    source_word: String,
    tool: &'static str,
    kernel: String,
    nodes: Vec<NodeView>,
    /// The binding's file, where there is one.
    binding: Option<String>,
    /// What the overlay extends, where there is one.
    target: Option<TargetView>,
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
    compatibles: String,
}

struct TargetView {
    node: String,
    address_cells: u64,
    size_cells: u64,
}

/// Renders the README of a device's folder.
pub(crate) fn render(
    map: &Named<'_>,
    drivers: Drivers,
    driven: &[&Block],
    kernel: Kernel,
) -> String {
    let device = device_name(map);
    let readme = Readme {
        package: accessor::package_name(&map.name),
        module: first_block(map, drivers, driven)
            .map_or_else(String::new, |block| accessor::path_of(map, block)),
        description: map
            .description
            .as_deref()
            .map_or_else(Vec::new, accessor::author_paragraphs)
            .join("\n\n"),
        source: source_name(map),
        source_word: shell_word(&source_name(map)),
        tool: crate::TOOL,
        kernel: kernel.to_string(),
        nodes: nodes(map),
        binding: dts::binding_file(map),
        target: target(map),
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

/// A text that a shell takes as one word.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-+,@%/".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

fn uio_names(map: &Named<'_>) -> Vec<String> {
    let of_block = |block: &Block| {
        let instances = block.instances.iter();
        let names = instances.map(|it| dts::uio_name(map, block, it));
        names.collect::<Vec<_>>()
    };
    map.blocks.iter().flat_map(of_block).collect()
}

/// The block that the first program opens.
fn first_block<'m>(
    map: &'m Named<'_>,
    drivers: Drivers,
    driven: &[&'m Block],
) -> Option<&'m Block> {
    match drivers {
        Drivers::Uio => map.blocks.first(),
        Drivers::All | Drivers::UnlessChip => driven.first().copied(),
    }
}

fn nodes(map: &Named<'_>) -> Vec<NodeView> {
    let node = |block: &Block, (instance, label): (&Instance, &String)| NodeView {
        label: label.clone(),
        base: instance.base.value,
        end: instance
            .base
            .value
            .saturating_add(block.size.value.saturating_sub(1)),
        compatible: codes(&dts::compatibles(map, block), ", "),
    };
    let of_block = |block: &Block| {
        let instances = block.instances.iter().zip(map.labels(block));
        instances.map(|it| node(block, it)).collect::<Vec<_>>()
    };
    map.blocks.iter().flat_map(of_block).collect()
}

/// Each of them as code.
fn codes(texts: &[String], between: &str) -> String {
    let codes: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    codes.join(between)
}

/// The node of the board's tree that the overlay extends, in code.
fn target(map: &Named<'_>) -> Option<TargetView> {
    let target = dts::overlay_target(map)?;
    Some(TargetView {
        node: target.node.value.clone(),
        address_cells: target.address_cells.value,
        size_cells: target.size_cells.value,
    })
}

fn driver(map: &Named<'_>, block: &Block) -> DriverView {
    let view = kernel::view(map, block);
    DriverView {
        node: view.node_stem(),
        module: view.module,
        compatibles: codes(&view.compatibles, " or "),
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
