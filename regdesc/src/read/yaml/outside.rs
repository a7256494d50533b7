// SPDX-License-Identifier: MIT OR Apache-2.0

//! What surrounds the registers: the bus, the device tree, windows, interrupts,
//! identity and instances.

use serde::Deserialize;
use serde_yaml::Value;

use super::keys::{
    BusKeys, DeviceTreeKeys, FpgaRegionKeys, IdentityKeys, IdentityRegisterKeys, InstanceKeys,
    InterruptKeys, MagicKeys, ParentNodeKeys, WindowKeys,
};
use super::node::Node;
use super::scalar::{Number, Scalar};
use super::{Reader, folded, number, plain, scalar_number, strings};
use crate::description::{DeviceTree, Identity, Instance, Interrupt, Window};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Bus, FpgaRegion, Magic, ParentNode, PropertyValue, RegisterPath};
use crate::source::{Span, Spanned};
use crate::units::ByteRange;

/// The width of the bus where nothing says otherwise, in bits.
const DEFAULT_WIDTH: u32 = 32;

impl Reader<'_> {
    pub(super) fn bus(&mut self, node: &Node<'_>) -> Bus {
        let default = Bus::of_width(DEFAULT_WIDTH);
        let Some(node) = node.get("bus") else {
            return default;
        };
        let Some(read) = node.read::<BusKeys>(self.diagnostics) else {
            return default;
        };
        let keys = read.value;
        Bus {
            width: self.bus_width(&node, keys.width).unwrap_or(DEFAULT_WIDTH),
            endian: plain(keys.endian).unwrap_or_default(),
            word_order: plain(keys.word_order).unwrap_or_default(),
        }
    }

    /// The accesses a processor has.
    fn bus_width(&mut self, node: &Node<'_>, width: Option<Number>) -> Option<u32> {
        let width = self.width(node, width)?;
        if matches!(width.value, 8 | 16 | 32 | 64) {
            return Some(width.value);
        }
        self.diagnostics.push(
            Diagnostic::new(
                Code::BadWidth,
                width.span,
                format!("{} is no width of an access", width.value),
                "here",
            )
            .help("a bus is 8, 16, 32 or 64 bits wide"),
        );
        None
    }

    pub(super) fn device_tree(&mut self, node: &Node<'_>) -> DeviceTree {
        let Some(node) = node.get("device-tree") else {
            return DeviceTree::default();
        };
        let Some(read) = node.read::<DeviceTreeKeys>(self.diagnostics) else {
            return DeviceTree::default();
        };
        self.names_are_known &= read.complete;
        let keys = read.value;
        self.compatibles_are_quoted(&node);
        DeviceTree {
            compatible: strings(&node, "compatible", keys.compatible),
            clocks: self.compared(strings(&node, "clocks", keys.clocks)),
            resets: self.compared(strings(&node, "resets", keys.resets)),
            properties: self.properties(&node),
            map_hash: keys.map_hash.unwrap_or_default(),
            parent: node.get("parent").and_then(|it| self.parent_node(&it)),
            interrupt_parent: node.spanned("interrupt-parent", keys.interrupt_parent),
            fpga_region: node.get("fpga-region").and_then(|it| self.fpga_region(&it)),
            maintainers: strings(&node, "maintainers", keys.maintainers),
        }
    }

    fn parent_node(&mut self, node: &Node<'_>) -> Option<ParentNode> {
        let keys = node.read::<ParentNodeKeys>(self.diagnostics)?.value;
        self.stated_parent(node, keys)
    }

    fn fpga_region(&mut self, node: &Node<'_>) -> Option<FpgaRegion> {
        let keys = node.read::<FpgaRegionKeys>(self.diagnostics)?.value;
        let parent = ParentNodeKeys {
            node: keys.node,
            address_cells: keys.address_cells,
            size_cells: keys.size_cells,
        };
        Some(FpgaRegion {
            parent: self.stated_parent(node, parent)?,
            firmware_name: node.spanned("firmware-name", keys.firmware_name),
            bridges: strings(node, "bridges", keys.bridges),
        })
    }

    fn stated_parent(&mut self, node: &Node<'_>, keys: ParentNodeKeys) -> Option<ParentNode> {
        let name = self.required(node, "node", keys.node);
        let address_cells = self.required(node, "address-cells", number(keys.address_cells));
        let size_cells = self.required(node, "size-cells", number(keys.size_cells));
        Some(ParentNode {
            node: name?,
            address_cells: address_cells?,
            size_cells: size_cells?,
        })
    }

    /// YAML splits `[acme,adc]` at the comma that a compatible has in it.
    fn compatibles_are_quoted(&mut self, node: &Node<'_>) {
        let written = node
            .get("compatible")
            .map_or_else(Vec::new, |it| it.elements());
        let text = |node: &Node<'_>| node.value.as_str().unwrap_or_default().to_owned();
        for pair in written.windows(2) {
            let [first, second] = pair else {
                continue;
            };
            if first.span().end + 1 == second.span().start {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::BadName,
                        first.span(),
                        "YAML splits a list at commas, this name too",
                        "one string",
                    )
                    .related(second.span(), "and another")
                    .help(format!(
                        "put it in quotes: \"{},{}\"",
                        text(first),
                        text(second)
                    )),
                );
                return;
            }
        }
    }

    fn properties(&mut self, node: &Node<'_>) -> Vec<(Spanned<String>, PropertyValue)> {
        let mut properties = Vec::new();
        for entry in self.named(node, "properties", "values") {
            match property_value(entry.value) {
                Some(value) => properties.push((entry.name, value)),
                None => self.diagnostics.push(no_property(&entry)),
            }
        }
        properties
    }

    pub(super) fn windows(&mut self, node: &Node<'_>) -> Vec<Window> {
        let entries = self.named(node, "windows", "windows");
        let read = |node: Node<'_>| {
            let keys = node.read::<WindowKeys>(self.diagnostics)?.value;
            let at = self.required(&node, "at", number(keys.at))?;
            let size = self.required(&node, "size", number(keys.size))?;
            Some(Window {
                range: ByteRange {
                    start: at.value,
                    len: size.value,
                },
                write: plain(keys.access).is_none_or(|access| access.0),
                description: folded(keys.description),
                name: node.name,
            })
        };
        let mut windows: Vec<Window> = entries.into_iter().filter_map(read).collect();
        windows.sort_by_key(|window| window.range.start);
        windows
    }

    pub(super) fn interrupts(&mut self, node: &Node<'_>) -> Vec<Interrupt> {
        let entries = self.named(node, "interrupts", "interrupts");
        let read = |node: Node<'_>| {
            let keys = node.read::<InterruptKeys>(self.diagnostics)?.value;
            Some(Interrupt {
                description: folded(keys.description),
                trigger: node.spanned("trigger", plain(keys.trigger)),
                source: plain(keys.source).unwrap_or_default(),
                status: register_path(&node, "status", keys.status),
                acknowledge: register_path(&node, "acknowledge", keys.acknowledge),
                enable: register_path(&node, "enable", keys.enable),
                number: None,
                name: node.name,
            })
        };
        entries.into_iter().filter_map(read).collect()
    }

    pub(super) fn identity(&mut self, node: &Node<'_>) -> Identity {
        let Some(node) = node.get("identity") else {
            return Identity::default();
        };
        if node.read::<IdentityKeys>(self.diagnostics).is_none() {
            return Identity::default();
        }
        Identity {
            magic: node.get("magic").and_then(|node| self.magic(&node)),
            version: node
                .get("version")
                .and_then(|node| self.identity_register(&node)),
            hash: node
                .get("hash")
                .and_then(|node| self.identity_register(&node)),
        }
    }

    fn magic(&mut self, node: &Node<'_>) -> Option<Magic> {
        let keys = node.read::<MagicKeys>(self.diagnostics)?.value;
        let register = self.required(node, "register", keys.register);
        let value = self.required(node, "value", number(keys.value));
        Some(Magic {
            register: path(&register?),
            value: value?,
        })
    }

    fn identity_register(&mut self, node: &Node<'_>) -> Option<RegisterPath> {
        let keys = node.read::<IdentityRegisterKeys>(self.diagnostics)?.value;
        self.required(node, "register", keys.register)
            .as_ref()
            .map(path)
    }

    pub(super) fn instances(&mut self, node: &Node<'_>) -> Vec<Instance> {
        let entries = self.named(node, "instances", "places");
        let read = |node: Node<'_>| {
            let read = node.read::<InstanceKeys>(self.diagnostics)?;
            let keys = read.value;
            let base = self.required(&node, "base", number(keys.base));
            let interrupts = self.specifiers(&node);
            Some(Instance {
                base: base.filter(|_| read.complete)?,
                interrupts,
                clocks: self.compared(strings(&node, "clocks", keys.clocks)),
                resets: self.compared(strings(&node, "resets", keys.resets)),
                name: node.name,
            })
        };
        entries.into_iter().filter_map(read).collect()
    }

    /// Nothing, where what it is compared with was refused.
    fn compared(&self, names: Vec<Spanned<String>>) -> Vec<Spanned<String>> {
        if self.names_are_known {
            names
        } else {
            Vec::new()
        }
    }

    fn specifiers(&mut self, node: &Node<'_>) -> Vec<(Spanned<String>, Vec<u32>)> {
        let mut specifiers = Vec::new();
        for entry in self.named(node, "interrupts", "cells") {
            match cells(&entry) {
                Ok(cells) => specifiers.push((entry.name, cells)),
                Err(span) => {
                    self.diagnostics.push(no_cells(&entry.name, span));
                    // It is there, and has been told of.
                    specifiers.push((entry.name, Vec::new()));
                }
            }
        }
        specifiers
    }
}

fn no_property(entry: &Node<'_>) -> Diagnostic {
    let help = match entry.value {
        Value::Null => {
            "write true for one without a value; a name with a comma goes in quotes: \"acme,channels\""
        }
        _ => "write true, a number below 2^32, a string, or a list of either",
    };
    Diagnostic::new(
        Code::WrongType,
        entry.span(),
        format!("the value of property `{}` has no form", entry.name.value),
        "in a device tree",
    )
    .help(help)
}

fn no_cells(name: &Spanned<String>, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::WrongType,
        span,
        format!("the specifier of `{}` has no form", name.value),
        "here",
    )
    .help("write the cells that the interrupt controller takes, numbers below 2^32: `[0, 89, 4]`")
}

fn register_path(node: &Node<'_>, key: &str, written: Option<String>) -> Option<RegisterPath> {
    node.spanned(key, written).as_ref().map(path)
}

fn path(written: &Spanned<String>) -> RegisterPath {
    RegisterPath {
        names: written.value.split('.').map(str::to_owned).collect(),
        span: written.span,
    }
}

/// The cells of a specifier, or the place of what is none.
fn cells(node: &Node<'_>) -> Result<Vec<u32>, Span> {
    let elements = node.elements();
    if elements.is_empty() {
        return Err(node.span());
    }
    let cell = |node: &Node<'_>| {
        let number = Scalar::<u64>::deserialize(node.value).ok();
        number
            .and_then(|Scalar(number)| u32::try_from(number).ok())
            .ok_or(node.span())
    };
    elements.iter().map(cell).collect()
}

fn property_value(value: &Value) -> Option<PropertyValue> {
    let cell = |value: &Value| u32::try_from(scalar_number(value)?).ok();
    let string = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::Bool(true) => Some(PropertyValue::Flag),
        Value::Sequence(values) if !values.is_empty() => {
            let cells: Option<Vec<u32>> = values.iter().map(cell).collect();
            let strings = || values.iter().map(string).collect::<Option<_>>();
            cells
                .map(PropertyValue::Cells)
                .or_else(|| strings().map(PropertyValue::Strings))
        }
        value => cell(value)
            .map(|cell| PropertyValue::Cells(vec![cell]))
            .or_else(|| Some(PropertyValue::Strings(vec![string(value)?]))),
    }
}
