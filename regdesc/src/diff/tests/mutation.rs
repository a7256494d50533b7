// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every attribute of the model, to be changed one at a time. What is taken
//! apart here is taken apart whole: an attribute that the model gains does not
//! compile until it is changed here too.

use crate::access::{Access, ReadEffect, WriteEffect};
use crate::diff::Class::{self, Behavioural, Breaking, Compatible, Documentation};
use crate::model::{
    Alternate, Array, BitPath, Block, Bus, ChipSelect, Cluster, DefaultValue, Device, DeviceTree,
    EnumId, EnumeratedValue, Enumeration, Field, Format, FpgaRegion, Identity, Instance, Interrupt,
    InterruptEvent, InterruptSource, Item, Kind, Magic, Order, ParentNode, PropertyValue,
    Protection, Register, RegisterPath, Reserved, ReservedBits, Reset, Trigger, Version, Window,
    WindowKind, WriteConstraint,
};
use crate::number::Bits;
use crate::source::Spanned;
use crate::units::{BitRange, ByteRange};

/// What was changed, and what that means.
pub(super) struct Mutated {
    pub(super) attribute: &'static str,
    pub(super) class: Class,
}

/// Changes the attribute of that number to a value that the seed chooses;
/// nothing when there are not so many.
pub(super) fn mutated(it: &mut Device, number: usize, seed: u64) -> Option<Mutated> {
    let mut visit = Visit {
        left: number,
        seed,
        done: None,
        renamed: None,
    };
    device(it, &mut visit);
    visit.done
}

/// Goes by every attribute, and stops at one.
struct Visit {
    left: usize,
    seed: u64,
    done: Option<Mutated>,
    /// The name that was changed, and what it was.
    renamed: Option<(String, String)>,
}

impl Visit {
    /// An attribute, and how it is changed.
    fn at(&mut self, attribute: &'static str, change: impl FnOnce(u64) -> Class) {
        if self.done.is_none() && self.left == 0 {
            let class = change(self.seed);
            self.done = Some(Mutated { attribute, class });
        }
        self.left = self.left.saturating_sub(1);
    }

    /// A name that is another afterwards.
    fn name(&mut self, attribute: &'static str, it: &mut Spanned<String>, class: Class) {
        let old = it.value.clone();
        self.at(attribute, |seed| {
            it.value.push_str(&format!("X{}", seed % 10));
            class
        });
        if it.value != old {
            self.renamed = Some((old, it.value.clone()));
        }
    }

    fn text(&mut self, attribute: &'static str, it: &mut Option<String>) {
        self.at(attribute, |seed| {
            *it = match it.take() {
                Some(_) if seed.is_multiple_of(2) => None,
                text => Some(format!("{} More.", text.unwrap_or_default())),
            };
            Documentation
        });
    }

    fn flag(&mut self, attribute: &'static str, it: &mut bool, class: Class) {
        self.at(attribute, |_| {
            *it = !*it;
            class
        });
    }

    fn number(&mut self, attribute: &'static str, it: &mut u64, class: Class) {
        self.at(attribute, |seed| {
            *it ^= 1 << (seed % 12);
            class
        });
    }

    /// One of a few values, other than it is.
    fn one_of<T: PartialEq + Copy>(
        &mut self,
        attribute: &'static str,
        it: &mut T,
        values: &[T],
        class: Class,
    ) {
        self.at(attribute, |seed| {
            let others: Vec<T> = values.iter().copied().filter(|value| value != it).collect();
            *it = chosen(&others, seed);
            class
        });
    }

    fn last_removed<T>(&mut self, attribute: &'static str, it: &mut Vec<T>, class: Class) {
        if !it.is_empty() {
            self.at(attribute, |_| {
                it.pop();
                class
            });
        }
    }

    fn path(&mut self, attribute: &'static str, it: &mut RegisterPath) {
        self.at(attribute, |_| {
            it.names.push("OTHER".to_owned());
            Breaking
        });
    }
}

fn chosen<T: Clone>(of: &[T], seed: u64) -> T {
    let at = usize::try_from(seed % of.len() as u64).unwrap();
    of[at].clone()
}

fn device(it: &mut Device, visit: &mut Visit) {
    let open = it
        .blocks
        .iter()
        .any(|it| it.device_tree.compatible.is_empty());
    let Device {
        kind,
        name,
        vendor,
        description,
        version,
        bus,
        blocks,
    } = it;
    let span = name.span;
    visit.one_of("device.kind", kind, &[Kind::Block, Kind::Chip], Breaking);
    visit.name("device.name", name, Breaking);
    let vendor_class = if open { Breaking } else { Documentation };
    match vendor {
        Some(vendor) => visit.name("device.vendor", vendor, vendor_class),
        None => visit.at("device.vendor", |_| {
            *vendor = Some(Spanned::new("new".to_owned(), span));
            vendor_class
        }),
    }
    visit.text("device.description", description);
    match version {
        Some(version) => version_parts(&mut version.value, visit),
        None => visit.at("device.version", |_| {
            let [major, minor, patch] = [1, 0, 0];
            let first = Version {
                major,
                minor,
                patch,
            };
            *version = Some(Spanned::new(first, span));
            Compatible
        }),
    }
    bus_parts(bus, visit);
    for each in blocks {
        block(each, visit);
    }
}

fn version_parts(it: &mut Version, visit: &mut Visit) {
    let Version {
        major,
        minor,
        patch,
    } = it;
    let other = |number: &mut u32, seed: u64| *number ^= 1 << (seed % 8);
    visit.at("version.major", |seed| {
        other(major, seed);
        Breaking
    });
    for (attribute, part) in [("version.minor", minor), ("version.patch", patch)] {
        visit.at(attribute, |seed| {
            other(part, seed);
            Compatible
        });
    }
}

fn bus_parts(it: &mut Bus, visit: &mut Visit) {
    let Bus {
        width,
        endian,
        word_order,
    } = it;
    let orders = [Order::Little, Order::Big];
    visit.one_of("bus.width", width, &[8, 16, 32, 64], Breaking);
    visit.one_of("bus.endian", endian, &orders, Breaking);
    visit.one_of("bus.word_order", word_order, &orders, Breaking);
}

fn block(it: &mut Block, visit: &mut Visit) {
    let Block {
        name,
        description,
        size,
        reserved_bits,
        // Not what software sees.
        origin: _,
        node_name,
        device_tree,
        enums,
        items: contents,
        reserved: ranges,
        // Not of a map that passed the checks.
        incomplete: _,
        bus_master,
        windows,
        interrupts,
        identity,
        instances,
    } = it;
    let span = name.span;
    visit.name("block.name", name, Breaking);
    visit.text("block.description", description);
    visit.number("block.size", &mut size.value, Breaking);
    use ReservedBits::{Preserve, Reset, Zero};
    let policies = [Zero, Preserve, Reset];
    visit.one_of("block.reserved_bits", reserved_bits, &policies, Behavioural);
    visit.at("block.node_name", |_| {
        let new = Spanned::new("new".to_owned(), span);
        *node_name = node_name.is_none().then_some(new);
        Breaking
    });
    let class = if *bus_master { Compatible } else { Breaking };
    visit.flag("block.bus_master", bus_master, class);
    device_tree_parts(device_tree, visit);
    for each in &mut *enums {
        enumeration(each, visit);
    }
    let renamed_before = visit.renamed.is_some();
    items(contents, visit);
    if let (false, Some((old, new))) = (renamed_before, &visit.renamed) {
        let paths = paths(interrupts, identity);
        let scopes = enums.iter_mut().map(|it| &mut it.scope);
        for name in paths.chain(scopes).flatten().filter(|name| *name == old) {
            name.clone_from(new);
        }
    }
    reserved(ranges, visit);
    all_windows(windows, visit);
    all_interrupts(interrupts, visit);
    identity_parts(identity, visit);
    for each in &mut *instances {
        instance(each, visit);
    }
    visit.last_removed("block.instances", instances, Breaking);
}

fn all_windows(windows: &mut Vec<Window>, visit: &mut Visit) {
    for each in &mut *windows {
        window(each, visit);
    }
    if windows.len() > 1 {
        visit.last_removed("block.windows", windows, Breaking);
    }
}

fn all_interrupts(interrupts: &mut Vec<Interrupt>, visit: &mut Visit) {
    for each in &mut *interrupts {
        interrupt(each, visit);
    }
    visit.last_removed("block.interrupts", interrupts, Breaking);
    if interrupts.len() > 1 {
        visit.at("order of block.interrupts", |_| {
            interrupts.reverse();
            Breaking
        });
    }
}

/// The names of every path that leads to a register or field.
fn paths<'m>(
    interrupts: &'m mut [Interrupt],
    identity: &'m mut Identity,
) -> impl Iterator<Item = &'m mut Vec<String>> {
    let of_interrupts = interrupts.iter_mut().flat_map(|it| {
        let registers = [&mut it.status, &mut it.acknowledge, &mut it.enable];
        let registers = registers.into_iter().flatten().map(|path| &mut path.names);
        registers.chain(it.events.iter_mut().flat_map(paths_of_event))
    });
    let magic = identity.magic.iter_mut().map(|magic| &mut magic.register);
    let of_identity = [&mut identity.version, &mut identity.hash];
    let of_identity = of_identity.into_iter().flatten().chain(magic);
    of_interrupts.chain(of_identity.map(|path| &mut path.names))
}

fn paths_of_event(it: &mut InterruptEvent) -> impl Iterator<Item = &mut Vec<String>> {
    let others = [
        &mut it.enable,
        &mut it.enable_set,
        &mut it.enable_clear,
        &mut it.acknowledge,
    ];
    let others = others.into_iter().flatten();
    std::iter::once(&mut it.status)
        .chain(others)
        .map(|path| &mut path.names)
}

fn device_tree_parts(it: &mut DeviceTree, visit: &mut Visit) {
    let DeviceTree {
        compatible,
        clocks,
        resets,
        properties,
        map_hash,
        parent,
        interrupt_parent,
        fpga_region,
        maintainers,
    } = it;
    visit.at("device_tree.map_hash", |_| {
        *map_hash = !*map_hash;
        Compatible
    });
    if let Some(parent) = parent {
        parent_node(parent, visit, Breaking);
    }
    if let Some(each) = interrupt_parent {
        visit.name("device_tree.interrupt_parent", each, Breaking);
    }
    if let Some(region) = fpga_region {
        fpga_region_parts(region, visit);
    }
    for each in &mut *maintainers {
        visit.name("device_tree.maintainers", each, Documentation);
    }
    for each in &mut *compatible {
        visit.name("device_tree.compatible", each, Breaking);
    }
    if compatible.len() > 1 {
        visit.last_removed("device_tree.compatible", compatible, Breaking);
        visit.at("order of device_tree.compatible", |_| {
            compatible.reverse();
            Behavioural
        });
    }
    for each in &mut *clocks {
        visit.name("device_tree.clocks", each, Breaking);
    }
    visit.last_removed("device_tree.clocks", clocks, Breaking);
    all_resets(resets, visit);
    for (name, value) in &mut *properties {
        visit.name("device_tree.properties", name, Behavioural);
        visit.at("a value of device_tree.properties", |seed| {
            let others = [
                PropertyValue::Flag,
                PropertyValue::Cells(vec![77, 8]),
                PropertyValue::Strings(vec!["new".to_owned()]),
            ];
            *value = chosen(&others, seed);
            Behavioural
        });
    }
    visit.last_removed("device_tree.properties", properties, Behavioural);
}

fn all_resets(resets: &mut Vec<Reset>, visit: &mut Visit) {
    for Reset { name, exclusive } in &mut *resets {
        visit.name("device_tree.resets", name, Breaking);
        visit.flag("reset.exclusive", exclusive, Behavioural);
    }
    visit.last_removed("device_tree.resets", resets, Breaking);
}

fn fpga_region_parts(it: &mut FpgaRegion, visit: &mut Visit) {
    let FpgaRegion {
        parent,
        firmware_name,
        bridges,
    } = it;
    parent_node(parent, visit, Behavioural);
    for each in firmware_name.iter_mut().chain(&mut *bridges) {
        visit.name("device_tree.fpga_region", each, Behavioural);
    }
    visit.last_removed("device_tree.fpga_region.bridges", bridges, Behavioural);
}

fn parent_node(it: &mut ParentNode, visit: &mut Visit, class: Class) {
    let ParentNode {
        node,
        address_cells,
        size_cells,
    } = it;
    visit.name("parent.node", node, class);
    for cells in [address_cells, size_cells] {
        visit.number("parent's cells", &mut cells.value, class);
    }
}

fn enumeration(it: &mut Enumeration, visit: &mut Visit) {
    let Enumeration {
        name,
        scope,
        description,
        values,
        default,
    } = it;
    let span = name.span;
    visit.name("enumeration.name", name, Breaking);
    visit.at("enumeration.scope", |_| {
        scope.push("X".to_owned());
        Breaking
    });
    visit.text("enumeration.description", description);
    for each in &mut *values {
        let EnumeratedValue {
            name,
            value,
            description,
        } = each;
        visit.name("value.name", name, Breaking);
        visit.at("value.value", |seed| {
            value.value ^= 1 << (seed % 12);
            Breaking
        });
        visit.text("value.description", description);
    }
    visit.last_removed("enumeration.values", values, Breaking);
    if let Some(DefaultValue { name, description }) = default {
        visit.name("default.name", name, Behavioural);
        visit.text("default.description", description);
    }
    visit.at("enumeration.default", |_| {
        *default = match default.take() {
            Some(_) => None,
            None => Some(DefaultValue {
                name: Spanned::new("new".to_owned(), span),
                description: None,
            }),
        };
        Behavioural
    });
}

fn items(it: &mut Vec<Item>, visit: &mut Visit) {
    for item in &mut *it {
        match item {
            Item::Register(it) => register(it, visit),
            Item::Cluster(it) => cluster(it, visit),
        }
        visit.at("kind of an item", |_| {
            *item = other_kind(item);
            Breaking
        });
    }
    visit.last_removed("items", it, Breaking);
}

/// A register as a cluster that holds it, a cluster as its first register.
fn other_kind(item: &Item) -> Item {
    match item {
        Item::Register(register) => Item::Cluster(Cluster {
            name: register.name.clone(),
            description: None,
            offset: register.offset,
            size: register.size(),
            array: None,
            alternate: register.alternate.clone(),
            items: vec![item.clone()],
            reserved: Vec::new(),
        }),
        Item::Cluster(cluster) => match &cluster.items[0] {
            Item::Register(register) => Item::Register(Register {
                name: cluster.name.clone(),
                offset: cluster.offset,
                ..register.clone()
            }),
            inner @ Item::Cluster(_) => other_kind(inner),
        },
    }
}

fn cluster(it: &mut Cluster, visit: &mut Visit) {
    let Cluster {
        name,
        description,
        offset,
        // As long as its content makes it.
        size: _,
        array,
        alternate,
        items: contents,
        reserved: ranges,
    } = it;
    visit.text("cluster.description", description);
    visit.number("cluster.offset", &mut offset.value, Breaking);
    arrays(array, name, visit);
    alternates("cluster.alternate", alternate, visit);
    items(contents, visit);
    reserved(ranges, visit);
    visit.name("cluster.name", name, Breaking);
}

fn alternates(attribute: &'static str, it: &mut Alternate, visit: &mut Visit) {
    visit.at(attribute, |seed| {
        *it = match it {
            // What it names is nothing to software.
            Alternate::None if seed.is_multiple_of(2) => Alternate::Of("OTHER".to_owned()),
            Alternate::None => Alternate::Any,
            Alternate::Any | Alternate::Of(_) => Alternate::None,
        };
        Behavioural
    });
}

fn reserved(it: &mut Vec<Reserved>, visit: &mut Visit) {
    for each in &mut *it {
        let Reserved { name, range } = each;
        visit.name("reserved.name", name, Documentation);
        byte_range("reserved.range", range, visit, |_, _| Documentation);
    }
    visit.last_removed("reserved", it, Documentation);
}

fn byte_range(
    attribute: &'static str,
    it: &mut ByteRange,
    visit: &mut Visit,
    class: impl Fn(ByteRange, ByteRange) -> Class,
) {
    visit.at(attribute, |seed| {
        let old = *it;
        let ByteRange { start, len } = it;
        let changed = if seed.is_multiple_of(2) { start } else { len };
        *changed ^= 1 << (seed % 14);
        class(old, *it)
    });
}

fn arrays(it: &mut Option<Array>, name: &Spanned<String>, visit: &mut Visit) {
    if let Some(Array { count, stride }) = it {
        visit.at("array.count", |seed| {
            let old = count.value;
            count.value ^= 1 << (seed % 8);
            if count.value > old {
                Compatible
            } else {
                Breaking
            }
        });
        visit.number("array.stride", &mut stride.value, Breaking);
    }
    let span = name.span;
    visit.at("array", |_| {
        *it = match it.take() {
            Some(_) => None,
            None => Some(Array {
                count: Spanned::new(2, span),
                stride: Spanned::new(16, span),
            }),
        };
        Breaking
    });
}

fn register(it: &mut Register, visit: &mut Visit) {
    let Register {
        name,
        description,
        offset,
        width,
        array,
        memory,
        access,
        reset,
        reset_mask,
        read_order,
        write_constraint,
        protection,
        alternate,
        fields,
    } = it;
    visit.name("register.name", name, Breaking);
    visit.text("register.description", description);
    visit.number("register.offset", &mut offset.value, Breaking);
    let widths = [8, 16, 32, 64, 128];
    visit.one_of("register.width", &mut width.value, &widths, Breaking);
    arrays(array, name, visit);
    visit.flag("register.memory", memory, Breaking);
    accesses("register.access", &mut access.value, visit);
    visit.at("register.reset", |seed| {
        flip(&mut reset.value, seed);
        Behavioural
    });
    visit.at("register.reset_mask", |seed| {
        let old = reset_mask.clone();
        flip(reset_mask, seed);
        if *reset_mask > old {
            Compatible
        } else {
            Behavioural
        }
    });
    let orders = [None, Some(Order::Little), Some(Order::Big)];
    visit.one_of("register.read_order", read_order, &orders, Breaking);
    constraint("register.write_constraint", write_constraint, visit);
    let protections = [
        None,
        Some(Protection::Secure),
        Some(Protection::NonSecure),
        Some(Protection::Privileged),
    ];
    let attribute = "register.protection";
    visit.one_of(attribute, protection, &protections, Behavioural);
    alternates("register.alternate", alternate, visit);
    for each in &mut *fields {
        field(each, visit);
    }
    visit.last_removed("register.fields", fields, Breaking);
}

/// Inverts one of the bits.
fn flip(bits: &mut Bits, seed: u64) {
    let bit = BitRange {
        low: u32::try_from(seed % 128).unwrap(),
        len: 1,
    };
    *bits = bits.with(bit, !bits.extract(bit));
}

/// Every axis of an access, as far as the access has it.
fn accesses(attribute: &'static str, it: &mut Access, visit: &mut Visit) {
    let Access {
        read,
        write,
        write_once,
        on_write,
        on_read,
    } = it;
    if *write {
        visit.at(attribute, |_| {
            *write_once = !*write_once;
            if *write_once { Breaking } else { Behavioural }
        });
        let effects: Vec<WriteEffect> = WriteEffect::NAMES.iter().map(|it| it.1).collect();
        visit.one_of(attribute, on_write, &effects, Breaking);
    }
    if *read {
        let effects: Vec<ReadEffect> = ReadEffect::NAMES.iter().map(|it| it.1).collect();
        visit.one_of(attribute, on_read, &effects, Breaking);
    }
    visit.at(attribute, |_| {
        *read = !*read;
        *on_read = ReadEffect::None;
        if *read { Compatible } else { Breaking }
    });
    visit.at(attribute, |_| {
        *write = !*write;
        *on_write = WriteEffect::Modify;
        *write_once = false;
        if *write { Behavioural } else { Breaking }
    });
}

fn constraint(attribute: &'static str, it: &mut Option<WriteConstraint>, visit: &mut Visit) {
    let range = WriteConstraint::Range {
        minimum: 3,
        maximum: 4,
    };
    let tighter = [WriteConstraint::AsRead, WriteConstraint::Enumerated, range];
    visit.at(attribute, |seed| {
        let others = tighter.iter().filter(|other| Some(**other) != *it);
        let others: Vec<_> = others.copied().collect();
        *it = Some(chosen(&others, seed));
        Breaking
    });
    if let Some(before) = *it {
        visit.at(attribute, |_| {
            *it = None;
            match before {
                // The setter takes another type.
                WriteConstraint::Range { .. } => Breaking,
                WriteConstraint::AsRead | WriteConstraint::Enumerated => Compatible,
            }
        });
    }
}

fn field(it: &mut Field, visit: &mut Visit) {
    let Field {
        name,
        description,
        bits,
        access,
        reset,
        format,
        self_clearing,
        values,
        write_values,
        write_constraint,
        alternate,
    } = it;
    visit.name("field.name", name, Breaking);
    visit.text("field.description", description);
    visit.at("field.bits", |seed| {
        let BitRange { low, len } = &mut bits.value;
        if seed.is_multiple_of(2) {
            *low ^= 1;
        } else {
            *len += 1;
        }
        Breaking
    });
    accesses("field.access", &mut access.value, visit);
    visit.number("field.reset", reset, Behavioural);
    let formats = [
        Format::Unsigned,
        Format::Signed,
        Format::Fixed {
            signed: true,
            integer: 2,
            fraction: 2,
        },
    ];
    visit.one_of("field.format", &mut format.value, &formats, Breaking);
    visit.flag("field.self_clearing", self_clearing, Breaking);
    for (attribute, it) in [
        ("field.values", values),
        ("field.write_values", write_values),
    ] {
        let values = [None, Some(EnumId(0)), Some(EnumId(1))];
        visit.one_of(attribute, it, &values, Breaking);
    }
    constraint("field.write_constraint", write_constraint, visit);
    visit.flag("field.alternate", alternate, Behavioural);
}

fn window(it: &mut Window, visit: &mut Visit) {
    let Window {
        name,
        description,
        range,
        write,
        kind,
    } = it;
    visit.name("window.name", name, Documentation);
    visit.text("window.description", description);
    byte_range("window.range", range, visit, |old, new| {
        if new.contains(old) {
            Compatible
        } else {
            Breaking
        }
    });
    let class = if *write { Breaking } else { Compatible };
    visit.flag("window.write", write, class);
    let (other, class) = match kind {
        WindowKind::Device => (WindowKind::Memory, Behavioural),
        WindowKind::Memory => (WindowKind::Device, Breaking),
    };
    visit.at("window.kind", |_| {
        *kind = other;
        class
    });
}

fn interrupt(it: &mut Interrupt, visit: &mut Visit) {
    let Interrupt {
        name,
        description,
        trigger,
        source,
        status,
        acknowledge,
        enable,
        events,
        number,
    } = it;
    let span = name.span;
    visit.name("interrupt.name", name, Breaking);
    visit.text("interrupt.description", description);
    let triggers = [
        None,
        Some(Spanned::new(Trigger::EdgeRising, span)),
        Some(Spanned::new(Trigger::LevelLow, span)),
    ];
    visit.one_of("interrupt.trigger", trigger, &triggers, Behavioural);
    let sources = [InterruptSource::Event, InterruptSource::Level];
    visit.one_of("interrupt.source", source, &sources, Behavioural);
    for (attribute, it) in [
        ("interrupt.status", status),
        ("interrupt.acknowledge", acknowledge),
        ("interrupt.enable", enable),
    ] {
        if let Some(path) = it {
            visit.path(attribute, path);
        }
        visit.at(attribute, |_| {
            *it = match it.take() {
                Some(_) => None,
                None => Some(RegisterPath {
                    names: vec!["NEW".to_owned()],
                    span,
                }),
            };
            Breaking
        });
    }
    let numbers = [None, Some(3), Some(4)];
    visit.one_of("interrupt.number", number, &numbers, Breaking);
    for each in &mut *events {
        event(each, visit);
    }
    if events.len() > 1 {
        visit.at("order of interrupt.events", |_| {
            events.reverse();
            Breaking
        });
    }
    visit.last_removed("interrupt.events", events, Breaking);
}

fn event(it: &mut InterruptEvent, visit: &mut Visit) {
    let InterruptEvent {
        name,
        description,
        status,
        enable,
        enable_set,
        enable_clear,
        acknowledge,
    } = it;
    let span = name.span;
    visit.name("event.name", name, Breaking);
    visit.text("event.description", description);
    visit.at("event.status", |_| {
        status.names.push("OTHER".to_owned());
        Breaking
    });
    for (attribute, it) in [
        ("event.enable", enable),
        ("event.enable_set", enable_set),
        ("event.enable_clear", enable_clear),
        ("event.acknowledge", acknowledge),
    ] {
        visit.at(attribute, |_| {
            *it = match it.take() {
                Some(_) => None,
                None => Some(BitPath {
                    names: vec!["NEW".to_owned(), "BIT".to_owned()],
                    span,
                }),
            };
            Breaking
        });
    }
}

fn identity_parts(it: &mut Identity, visit: &mut Visit) {
    let Identity {
        magic,
        version,
        hash,
    } = it;
    if let Some(Magic { register, value }) = magic {
        visit.path("magic.register", register);
        visit.number("magic.value", &mut value.value, Breaking);
    }
    if magic.is_some() {
        visit.at("identity.magic", |_| {
            *magic = None;
            Breaking
        });
    }
    for (attribute, it) in [("identity.version", version), ("identity.hash", hash)] {
        if let Some(path) = it {
            visit.path(attribute, path);
            visit.at(attribute, |_| {
                *it = None;
                Breaking
            });
        }
    }
}

fn instance(it: &mut Instance, visit: &mut Visit) {
    let Instance {
        name,
        base,
        chip_select,
        number,
        interrupts,
        clocks,
        resets,
    } = it;
    let span = name.span;
    visit.name("instance.name", name, Breaking);
    visit.number("instance.base", &mut base.value, Breaking);
    visit.at("instance.chip_select", |_| {
        let place = |value| Spanned::new(value, span);
        *chip_select = match chip_select.take() {
            Some(_) => None,
            None => Some(ChipSelect {
                number: place(1),
                offset: place(0),
            }),
        };
        Breaking
    });
    visit.at("instance.number", |_| {
        *number = match number.take() {
            Some(_) => None,
            None => Some(Spanned::new(7, span)),
        };
        Breaking
    });
    for (_, cells) in &mut *interrupts {
        visit.at("cells of instance.interrupts", |_| {
            cells.push(1);
            Breaking
        });
    }
    visit.last_removed("instance.interrupts", interrupts, Breaking);
    for each in &mut *clocks {
        visit.name("instance.clocks", each, Breaking);
    }
    visit.last_removed("instance.clocks", clocks, Breaking);
    for each in &mut *resets {
        visit.name("instance.resets", each, Breaking);
    }
    visit.last_removed("instance.resets", resets, Breaking);
}
