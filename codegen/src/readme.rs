// SPDX-License-Identifier: MIT OR Apache-2.0

//! The README of a device's folder: bring-up on the board, in this device's own
//! names.

use askama::Template;
use regdesc::model::Access;
use regloom_driver_template::{Languages, Target, markdown};

use crate::lowered::types::Member;
use crate::lowered::{Block, Instance, Lowered};
use crate::names::{Language, Use, identifier, spelled};
use crate::options::Drivers;
use crate::sources::TOOL;
use crate::{dts, kernel};

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
    languages: Languages,
    nodes: Vec<NodeView>,
    /// The binding's file, where there is one.
    binding: Option<String>,
    /// What the overlay extends, where there is one.
    target: Option<TargetView>,
    drivers: Vec<DriverView>,
    /// The kernel module that has them.
    driver_module: String,
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
    node: String,
    compatibles: String,
}

struct TargetView {
    node: String,
    address_cells: u64,
    size_cells: u64,
}

/// Renders the README of a device's folder.
pub(crate) fn render<'m>(
    lowered: &Lowered<'m>,
    drivers: Drivers,
    driven: &[&Block<'m>],
    target: Target,
) -> String {
    let first = match drivers {
        Drivers::Uio => lowered.blocks.first(),
        Drivers::All | Drivers::UnlessChip => driven.first().copied(),
    };
    let description = lowered.description;
    let readme = Readme {
        package: lowered.package.clone(),
        module: first.map_or_else(String::new, |block| block.names.path.clone()),
        description: description
            .map_or_else(Vec::new, markdown::paragraphs)
            .join("\n\n"),
        source_word: shell_word(&lowered.source),
        source: lowered.source.clone(),
        tool: TOOL,
        kernel: target.kernel.to_string(),
        languages: target.languages,
        nodes: nodes(lowered),
        binding: dts::binding_file(lowered),
        target: overlay(lowered),
        drivers: driven.iter().map(|block| driver(block)).collect(),
        driver_module: kernel::module(lowered),
        uio: match drivers {
            Drivers::Uio => uio_names(lowered),
            Drivers::All | Drivers::UnlessChip => Vec::new(),
        },
        first_read: first.and_then(readable),
        device: lowered.device.clone(),
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

fn uio_names(lowered: &Lowered<'_>) -> Vec<String> {
    let blocks = lowered.blocks.iter();
    let instances = blocks.flat_map(|block| &block.instances);
    instances.map(|it| it.uio_name.clone()).collect()
}

fn nodes(lowered: &Lowered<'_>) -> Vec<NodeView> {
    let node = |block: &Block<'_>, instance: &Instance<'_>| NodeView {
        label: instance.label.clone(),
        base: instance.base,
        end: instance.end,
        compatible: codes(&block.compatibles, ", "),
    };
    let blocks = lowered.blocks.iter();
    blocks
        .flat_map(|block| block.instances.iter().map(move |it| node(block, it)))
        .collect()
}

/// Each of them as code.
fn codes(texts: &[String], between: &str) -> String {
    let codes: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    codes.join(between)
}

fn overlay(lowered: &Lowered<'_>) -> Option<TargetView> {
    let target = lowered.overlay_target()?;
    Some(TargetView {
        node: target.node.value.clone(),
        address_cells: target.address_cells.value,
        size_cells: target.size_cells.value,
    })
}

fn driver(block: &Block<'_>) -> DriverView {
    DriverView {
        node: block.names.node_stem.clone(),
        compatibles: codes(&block.compatibles, " or "),
    }
}

/// The accessor method of the first plain register that reads without a side
/// effect.
fn readable(block: &Block<'_>) -> Option<String> {
    let registers = block.types().root.members.iter();
    let mut registers = registers.filter_map(|member| match member {
        Member::Register(typed) => Some(typed.register),
        Member::Cluster(_) => None,
    });
    let first = registers.find(|register| {
        register.array.is_none() && register.accesses().all(Access::reads_plainly)
    })?;
    let method = spelled(Use::Method, &first.name);
    Some(identifier(Language::Rust, &method))
}
