// SPDX-License-Identifier: MIT OR Apache-2.0

//! What surrounds the registers: the bus, the device tree, windows, interrupts,
//! identity and instances.

use super::keys::{
    BusKeys, DeviceTreeKeys, FpgaRegionKeys, IdentityKeys, IdentityRegisterKeys, InstanceKeys,
    InterruptKeys, MagicKeys, ParentNodeKeys, ResetKeys, WindowKeys,
};
use super::node::{Node, explained, fields_of};
use super::scalar::{Number, Scalar, parse_number};
use super::tree::Kind;
use super::{Reader, nothing_said, number, plain, strings, text, without_effect};
use crate::description::{DeviceTree, Identity, Instance, Interrupt, Reset, Window};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Bus, ChipSelect, FpgaRegion, InterruptSource, Magic, ParentNode, PropertyValue, RegisterPath,
    Trigger, indexed,
};
use crate::source::{Span, Spanned};
use crate::suggestion::{Applicability, Edit, Suggestion};
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
            endian: order(&node, "endian", keys.endian),
            word_order: order(&node, "word-order", keys.word_order),
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
                format!("{} is not a width of an access", width.value),
                "here",
            )
            .help("a bus is 8, 16, 32 or 64 bits wide"),
        );
        None
    }

    pub(super) fn device_tree(&mut self, node: &Node<'_>) -> DeviceTree {
        let has_interrupts = node.has("interrupts");
        let read = node.get("device-tree").and_then(|node| {
            let read = node.read::<DeviceTreeKeys>(self.diagnostics)?;
            Some((node, read))
        });
        let Some((node, read)) = read else {
            self.names_are_known &= !node.has("device-tree");
            return DeviceTree::default();
        };
        self.names_are_known &= read.complete;
        let keys = read.value;
        self.compatibles_are_quoted(&node);
        let interrupt_parent = node.spanned("interrupt-parent", keys.interrupt_parent);
        if interrupt_parent.is_some() && !has_interrupts {
            self.diagnostics.push(without_effect(
                "`interrupt-parent` has no effect on a block without `interrupts:`".to_owned(),
                node.span_of_key("interrupt-parent"),
            ));
        }
        DeviceTree {
            compatible: strings(&node, "compatible", keys.compatible),
            clocks: strings(&node, "clocks", keys.clocks),
            resets: self.resets(&node),
            properties: self.properties(&node),
            map_hash: node
                .spanned("map-hash", keys.map_hash)
                .is_some_and(|it| it.value),
            parent: node.get("parent").and_then(|it| self.parent_node(&it)),
            interrupt_parent,
            fpga_region: node.get("fpga-region").and_then(|it| self.fpga_region(&it)),
            maintainers: strings(&node, "maintainers", keys.maintainers),
        }
    }

    /// The resets, each by its name alone or with what else is said of it.
    fn resets(&mut self, node: &Node<'_>) -> Vec<Reset> {
        let Some(list) = node.get("resets") else {
            self.names_are_known &= !node.has("resets");
            return Vec::new();
        };
        let before = self.diagnostics.len();
        let elements = list.elements();
        let resets = elements.iter().filter_map(|it| self.reset(it)).collect();
        self.names_are_known &= self.diagnostics.len() == before;
        resets
    }

    fn reset(&mut self, node: &Node<'_>) -> Option<Reset> {
        if node.is_mapping() {
            let keys = node.read::<ResetKeys>(self.diagnostics)?.value;
            let exclusive = node.spanned("exclusive", keys.exclusive);
            return Some(Reset {
                name: self.required(node, "name", keys.name)?,
                exclusive: exclusive.is_some_and(|it| it.value),
            });
        }
        match node.scalar::<String>() {
            Ok(name) => Some(Reset {
                name: Spanned::new(name, node.span()),
                exclusive: false,
            }),
            Err(error) => {
                let (reason, _) = explained(error);
                let wrong = Diagnostic::new(
                    Code::WrongType,
                    node.span(),
                    format!("the value of `resets` cannot be used: {reason}"),
                    "here",
                );
                self.refuse(
                    node,
                    wrong.help("write a name, or `{name: …, exclusive: true}`"),
                );
                None
            }
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
        let firmware_name = node.spanned("firmware-name", keys.firmware_name);
        let bridges = strings(node, "bridges", keys.bridges);
        Some(FpgaRegion {
            parent: self.stated_parent(node, parent)?,
            firmware_name,
            bridges,
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
        let text = |node: &Node<'_>| node.text().unwrap_or_default().to_owned();
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
                    ))
                    .suggest(joined(&written)),
                );
                return;
            }
        }
    }

    fn properties(&mut self, node: &Node<'_>) -> Vec<(Spanned<String>, PropertyValue)> {
        let mut properties = Vec::new();
        for entry in self.named(node, "properties", "values", &[]) {
            match property_value(&entry) {
                Ok(value) => {
                    entry.mark_used();
                    properties.push((entry.name, value));
                }
                Err(wrong) => self.refuse(&entry, no_property(&entry, wrong)),
            }
        }
        properties
    }

    pub(super) fn windows(&mut self, node: &Node<'_>) -> Vec<Window> {
        let keys = fields_of::<WindowKeys>();
        let entries = self.named(node, "windows", "windows", keys);
        let read = |node: Node<'_>| {
            let keys = node.read::<WindowKeys>(self.diagnostics)?.value;
            let at = self.required(&node, "at", number(keys.at));
            let size = self.required(&node, "size", number(keys.size));
            let access = node.spanned("access", plain(keys.access));
            let kind = node.spanned("type", plain(keys.kind));
            let description = text(&node, "description", keys.description);
            Some(Window {
                range: ByteRange {
                    start: at?.value,
                    len: size?.value,
                },
                write: access.is_none_or(|access| access.value.0),
                kind: kind.map(|kind| kind.value).unwrap_or_default(),
                description,
                name: node.name,
            })
        };
        let mut windows: Vec<Window> = entries.into_iter().filter_map(read).collect();
        windows.sort_by_key(|window| window.range.start);
        windows
    }

    pub(super) fn interrupts(&mut self, node: &Node<'_>) -> Vec<Interrupt> {
        let keys = fields_of::<InterruptKeys>();
        let before = self.diagnostics.len();
        let entries = self.named(node, "interrupts", "interrupts", keys);
        let refused = node.has("interrupts") && node.get("interrupts").is_none();
        self.interrupts_are_known &= self.diagnostics.len() == before && !refused;
        let read = |node: Node<'_>| {
            if node.is_null() {
                self.refuse(
                    &node,
                    nothing_said(&node, "for an interrupt that nothing is known of"),
                );
                return None;
            }
            let read = node.read::<InterruptKeys>(self.diagnostics);
            self.interrupts_are_known &= read.is_some();
            let keys = read?.value;
            let source = node.spanned("type", plain(keys.source));
            let interrupt = Interrupt {
                description: text(&node, "description", keys.description),
                trigger: node.spanned("trigger", plain(keys.trigger)),
                source: source.map(|it| it.value).unwrap_or_default(),
                status: register_path(&node, "status", keys.status),
                acknowledge: register_path(&node, "acknowledge", keys.acknowledge),
                enable: register_path(&node, "enable", keys.enable),
                events: self.events(&node),
                number: None,
                name: node.name.clone(),
            };
            if node.has("events") {
                return Some(self.judged_by_events(&node, interrupt));
            }
            self.acknowledge_has_an_effect(&node, &interrupt);
            self.level_has_an_effect(&node, &interrupt);
            let is_refused = interrupt.status.is_none() && node.has("status");
            Some(self.judged(interrupt, is_refused))
        };
        entries.into_iter().filter_map(read).collect()
    }

    /// What acknowledges, acknowledges what a status register shows of events.
    fn acknowledge_has_an_effect(&mut self, node: &Node<'_>, interrupt: &Interrupt) {
        let Some(acknowledge) = &interrupt.acknowledge else {
            return;
        };
        if interrupt.status.is_none() && !node.has("status") {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::MissingKey,
                    node.span_of_key("acknowledge"),
                    "`acknowledge` has no effect without `status`",
                    "of what it acknowledges, nothing is known",
                )
                .help("add `status: …`, the register that shows what happened"),
            );
        } else if interrupt.source == InterruptSource::Level {
            self.diagnostics.push(
                without_effect(
                    "`acknowledge` has no effect on an interrupt of `type: level`".to_owned(),
                    node.span_of_key("acknowledge"),
                )
                .related(acknowledge.span, "not written"),
            );
        }
    }

    /// What a line follows matters where registers show it, or where an edge would
    /// have come once.
    fn level_has_an_effect(&mut self, node: &Node<'_>, interrupt: &Interrupt) {
        let trigger = interrupt.trigger.as_ref().map(|it| it.value);
        let level = matches!(trigger, None | Some(Trigger::LevelHigh | Trigger::LevelLow));
        if interrupt.source == InterruptSource::Level
            && level
            && !(node.has("status") || node.has("enable"))
            && (trigger.is_some() || !node.has("trigger"))
        {
            self.diagnostics.push(without_effect(
                "`type: level` has no effect without `status`".to_owned(),
                node.span_of_key("type"),
            ));
        }
    }

    /// The interrupt without what names a register whose fields are not all
    /// known, or that belongs to a status which was refused: they were reported.
    fn judged(&self, interrupt: Interrupt, is_refused: bool) -> Interrupt {
        let used = [&interrupt.status, &interrupt.acknowledge, &interrupt.enable];
        let incomplete = used.into_iter().flatten().any(|it| self.is_incomplete(it));
        if !incomplete && !is_refused {
            return interrupt;
        }
        Interrupt {
            status: None,
            acknowledge: None,
            enable: None,
            ..interrupt
        }
    }

    /// Whether a field of that register was refused.
    fn is_incomplete(&self, path: &RegisterPath) -> bool {
        let register = path.names.last().map(|name| indexed(name).0);
        register.is_some_and(|name| self.incomplete_registers.contains(name))
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
                .and_then(|node| self.identity_register(&node))
                .filter(|version| !self.is_incomplete(version)),
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
        let keys = fields_of::<InstanceKeys>();
        let entries = self.named(node, "instances", "places", keys);
        let read = |node: Node<'_>| {
            let read = node.read::<InstanceKeys>(self.diagnostics)?;
            let keys = read.value;
            let base = self.required(&node, "base", number(keys.base));
            let chip_select = node.spanned("chip-select", number(keys.chip_select));
            let offset = node.spanned("offset", number(keys.offset));
            let chip_select = self.chip_select(&node, chip_select, offset);
            let number = node.spanned("number", number(keys.number));
            let refused = |key| node.has(key) && node.get(key).is_none();
            self.names_are_known &= !refused("clocks") && !refused("resets");
            self.interrupts_are_known &= !refused("interrupts");
            let interrupts = self.specifiers(&node);
            let clocks = strings(&node, "clocks", keys.clocks);
            let resets = strings(&node, "resets", keys.resets);
            Some(Instance {
                base: base.filter(|_| read.complete)?,
                chip_select,
                number,
                interrupts,
                clocks,
                resets,
                name: node.name,
            })
        };
        entries.into_iter().filter_map(read).collect()
    }

    fn chip_select(
        &mut self,
        node: &Node<'_>,
        number: Option<Spanned<u64>>,
        offset: Option<Spanned<u64>>,
    ) -> Option<ChipSelect> {
        if node.has("offset") && !node.has("chip-select") {
            self.diagnostics.push(without_effect(
                "`offset` has no effect without `chip-select`".to_owned(),
                node.span_of_key("offset"),
            ));
        }
        let number = number?;
        Some(ChipSelect {
            number,
            offset: offset.unwrap_or(Spanned::new(0, number.span)),
        })
    }

    fn specifiers(&mut self, node: &Node<'_>) -> Vec<(Spanned<String>, Vec<u32>)> {
        let mut specifiers = Vec::new();
        let before = self.diagnostics.len();
        let entries = self.named(node, "interrupts", "cells", &[]);
        self.interrupts_are_known &= self.diagnostics.len() == before;
        for entry in entries {
            match cells(&entry) {
                Ok(cells) => {
                    entry.mark_used();
                    specifiers.push((entry.name, cells));
                }
                Err(span) => {
                    self.refuse(&entry, no_cells(&entry.name, span));
                    // It is there, and has been reported.
                    specifiers.push((entry.name, Vec::new()));
                }
            }
        }
        specifiers
    }
}

/// Every name that YAML split at its comma, in quotes.
fn joined(elements: &[Node<'_>]) -> Option<Suggestion> {
    let mut edits = Vec::new();
    let mut rest = elements;
    while let [first, second, behind @ ..] = rest {
        rest = match joined_pair(first, second) {
            Some(edit) => {
                edits.push(edit);
                behind
            }
            None => &rest[1..],
        };
    }
    Suggestion::new(Applicability::Sure, edits)
}

fn joined_pair(first: &Node<'_>, second: &Node<'_>) -> Option<Edit> {
    let is_split = first.text_between(first.span(), second.span()) == Some(",");
    if !is_split || first.is_quoted() || second.is_quoted() {
        return None;
    }
    let text = format!("\"{},{}\"", first.text()?, second.text()?);
    let span = Span {
        end: second.span().end,
        ..first.span()
    };
    Some(Edit::new(span, text))
}

/// Why a property has no value.
#[derive(Clone, Copy)]
enum NoProperty {
    /// It has none of the forms.
    Form(Span),
    /// A list of numbers and of strings.
    Mixed { number: Span, string: Span },
}

fn no_property(entry: &Node<'_>, wrong: NoProperty) -> Diagnostic {
    let name = &entry.name.value;
    let span = match wrong {
        NoProperty::Form(span) => span,
        NoProperty::Mixed { number, string } => {
            return Diagnostic::new(
                Code::WrongType,
                string,
                format!("the list of property `{name}` has numbers and strings"),
                "a string",
            )
            .related(number, "a number")
            .help("write numbers only, or put each element in quotes")
            .suggest(numbers_without_quotes(entry));
        }
    };
    let help = match entry.kind() {
        Some(Kind::Null) => {
            "write true for one without a value; a name with a comma goes in quotes: \"acme,channels\""
        }
        Some(Kind::Bool(_)) => {
            "write true for one without a value, and leave it out where it is not there"
        }
        Some(Kind::Float(_)) => "a device tree has whole numbers; put a text in quotes",
        _ => "write true, a number below 2^32, a string, or a list of either",
    };
    Diagnostic::new(
        Code::WrongType,
        span,
        format!("the value of property `{name}` has no form"),
        "in a device tree",
    )
    .help(help)
}

/// Without quotes, each number of a list; `None` where another element is none.
fn numbers_without_quotes(list: &Node<'_>) -> Option<Suggestion> {
    let mut edits = Vec::new();
    for element in list.elements() {
        let text = element.text()?;
        parse_number(text)?;
        if element.is_quoted() {
            edits.extend(element.perhaps(text)?.edits);
        }
    }
    Suggestion::new(Applicability::Maybe, edits)
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
        let number = node.scalar::<Number>().ok();
        number
            .and_then(|Scalar(number)| u32::try_from(number).ok())
            .ok_or(node.span())
    };
    elements.iter().map(cell).collect()
}

/// A word of the orders, the default where there is none.
fn order<T: Default>(node: &Node<'_>, key: &str, value: Option<Scalar<T>>) -> T {
    let value = node.spanned(key, plain(value));
    value.map(|it| it.value).unwrap_or_default()
}

/// One element of a property.
enum Element {
    Cell(u32),
    String(String),
}

/// What is in quotes is a string, whatever it looks like.
fn element(node: &Node<'_>) -> Result<Element, NoProperty> {
    let wrong = NoProperty::Form(node.span());
    let text = node.text().ok_or(wrong)?;
    if node.is_quoted() {
        return Ok(Element::String(text.to_owned()));
    }
    match (parse_number(text), node.kind()) {
        (Some(number), _) => u32::try_from(number).map(Element::Cell).map_err(|_| wrong),
        (None, Some(Kind::Text)) => Ok(Element::String(text.to_owned())),
        (None, _) => Err(wrong),
    }
}

fn property_value(node: &Node<'_>) -> Result<PropertyValue, NoProperty> {
    if node.kind() == Some(Kind::Bool(true)) {
        return Ok(PropertyValue::Flag);
    }
    let elements = node.elements();
    let (mut cells, mut strings) = (Vec::new(), Vec::new());
    let (mut number, mut string) = (None, None);
    for node in &elements {
        match element(node)? {
            Element::Cell(cell) => {
                cells.push(cell);
                number.get_or_insert(node.span());
            }
            Element::String(text) => {
                strings.push(text);
                string.get_or_insert(node.span());
            }
        }
    }
    match (number, string) {
        (Some(number), Some(string)) => Err(NoProperty::Mixed { number, string }),
        (Some(_), None) => Ok(PropertyValue::Cells(cells)),
        (None, Some(_)) => Ok(PropertyValue::Strings(strings)),
        (None, None) => Err(NoProperty::Form(node.span())),
    }
}
