// SPDX-License-Identifier: MIT OR Apache-2.0

//! regloom's own format.

mod keys;
mod node;
mod positions;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Mapping, Value};

use crate::access::Access;
use crate::description::{
    Array, Block, Cluster, Description, DeviceTree, EnumeratedValue, Enumeration, Field,
    FieldValues, Instance, Item, Properties, Register, Reserved,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Bus, Kind, PropertyValue};
use crate::source::{SourceId, Span, Spanned};
use crate::units::BitRange;

use keys::{
    BusKeys, ClusterKeys, DeviceTreeKeys, FieldKeys, InstanceKeys, Number, NumberOrName, OneOrMany,
    RegisterKeys, ReservedKeys, Scalar, Top, ValueKeys, parse_number,
};
use node::Node;

/// The version of the format this reads.
const SCHEMA: u64 = 1;

/// The width of a register where nothing says otherwise, in bits.
const DEFAULT_WIDTH: u32 = 32;

/// Reads one description. What is wrong goes to `diagnostics`, and what can
/// still be understood into the description; `None` when nothing can.
pub(crate) fn read(id: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Description> {
    let start = Span::new(id, 0..0);
    let before = diagnostics.len();
    let Some(place) = positions::read(id, text, diagnostics) else {
        if diagnostics.len() == before {
            diagnostics.push(empty(start));
        }
        return None;
    };
    let value = match serde_yaml::from_str::<Tolerant>(text) {
        Ok(Tolerant(value)) => value,
        Err(error) => {
            let at = error
                .location()
                .map_or(start, |at| Span::new(id, at.index()..at.index()));
            diagnostics.push(Diagnostic::new(
                Code::Syntax,
                at,
                format!("this YAML cannot be read: {error}"),
                "here",
            ));
            return None;
        }
    };
    if !value.is_mapping() {
        diagnostics.push(
            Diagnostic::new(
                Code::Syntax,
                start,
                "a description is a mapping of keys to values",
                "this is none",
            )
            .help("begin with `schema: 1` and `name: …`"),
        );
        return None;
    }
    Reader { diagnostics }.description(&Node::root(&value, place))
}

fn empty(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Syntax, span, "the description is empty", "")
        .help("begin with `schema: 1` and `name: …`")
}

struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Reader<'_> {
    fn description(&mut self, node: &Node<'_>) -> Option<Description> {
        let top = node.read::<Top>(self.diagnostics)?.value;
        self.check_schema(node, top.schema);
        let name = self.required(node, "name", top.name)?;
        let bus = self.bus(node);
        let description = top.description.map(|text| folded(&text));
        let block = Block {
            name: name.clone(),
            derived_from: None,
            description: description.clone(),
            size: self.required(node, "size", number(top.size)),
            properties: Properties::default(),
            reserved_bits: node.spanned("reserved-bits", top.reserved_bits.map(|Scalar(it)| it)),
            node_name: node.spanned("node-name", top.node_name),
            device_tree: self.device_tree(node),
            enums: self.enums(node),
            items: self.items(node),
            instances: self.instances(node),
        };
        Some(Description {
            kind: Kind::Block,
            vendor: node.spanned("vendor", top.vendor),
            version: node.spanned("version", top.version.map(|Scalar(version)| version)),
            description,
            bus,
            properties: Properties {
                width: Some(Spanned::new(bus.width, name.span)),
                access: Some(Spanned::new(Access::RW, name.span)),
                ..Properties::default()
            },
            blocks: vec![block],
            name,
        })
    }

    fn check_schema(&mut self, node: &Node<'_>, schema: Option<Number>) {
        let Some(schema) = self.required(node, "schema", number(schema)) else {
            return;
        };
        if schema.value != SCHEMA {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadValue,
                    schema.span,
                    format!("schema {} is not known", schema.value),
                    "here",
                )
                .help(format!("this version reads `schema: {SCHEMA}`")),
            );
        }
    }

    /// The value of a key that has to be there. A key whose value was refused
    /// is there: it was reported already.
    fn required<T>(&mut self, node: &Node<'_>, key: &str, value: Option<T>) -> Option<Spanned<T>> {
        if value.is_none() && node.get(key).is_none() {
            let name = &node.name;
            self.diagnostics.push(
                Diagnostic::new(
                    Code::MissingKey,
                    name.span,
                    format!("`{key}` is missing from {}", called(name)),
                    "here",
                )
                .help(format!("add `{key}: {}`", example_of(key))),
            );
        }
        node.spanned(key, value)
    }

    fn bus(&mut self, node: &Node<'_>) -> Bus {
        let width = node.get("bus").and_then(|node| {
            let keys = node.read::<BusKeys>(self.diagnostics)?.value;
            self.width(&node, keys.width)
        });
        Bus {
            width: width.map_or(DEFAULT_WIDTH, |width| width.value),
        }
    }

    /// `width:` in bits: the accesses a processor has.
    fn width(&mut self, node: &Node<'_>, width: Option<Number>) -> Option<Spanned<u32>> {
        let width = node.spanned("width", number(width))?;
        match u32::try_from(width.value) {
            Ok(bits @ (8 | 16 | 32 | 64)) => Some(Spanned::new(bits, width.span)),
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::BadWidth,
                        width.span,
                        format!("{} is no width of an access", width.value),
                        "here",
                    )
                    .help("a width is 8, 16, 32 or 64 bits"),
                );
                None
            }
        }
    }

    fn device_tree(&mut self, node: &Node<'_>) -> DeviceTree {
        let Some(node) = node.get("device-tree") else {
            return DeviceTree::default();
        };
        let Some(read) = node.read::<DeviceTreeKeys>(self.diagnostics) else {
            return DeviceTree::default();
        };
        let keys = read.value;
        DeviceTree {
            compatible: strings(&node, "compatible", keys.compatible),
            clocks: strings(&node, "clocks", keys.clocks),
            resets: strings(&node, "resets", keys.resets),
            properties: node
                .get("properties")
                .map_or_else(Vec::new, |node| self.properties(&node)),
        }
    }

    fn properties(&mut self, node: &Node<'_>) -> Vec<(Spanned<String>, PropertyValue)> {
        let mut properties = Vec::new();
        for entry in node.entries() {
            match property_value(entry.value) {
                Some(value) => properties.push((entry.name, value)),
                None => self.diagnostics.push(
                    Diagnostic::new(
                        Code::WrongType,
                        entry.span(),
                        format!("the value of property `{}` has no form", entry.name.value),
                        "in a device tree",
                    )
                    .help("write true, a number below 2^32, a string, or a list of either"),
                ),
            }
        }
        properties
    }

    fn instances(&mut self, node: &Node<'_>) -> Vec<Instance> {
        let entries = node
            .get("instances")
            .map_or_else(Vec::new, |node| node.entries());
        let read = |node: Node<'_>| {
            let keys = node.read::<InstanceKeys>(self.diagnostics)?.value;
            let base = self.required(&node, "base", number(keys.base))?;
            Some(Instance {
                base,
                clocks: strings(&node, "clocks", keys.clocks),
                resets: strings(&node, "resets", keys.resets),
                name: node.name,
            })
        };
        entries.into_iter().filter_map(read).collect()
    }

    fn enums(&mut self, node: &Node<'_>) -> Vec<Enumeration> {
        let entries = node
            .get("enums")
            .map_or_else(Vec::new, |node| node.entries());
        entries
            .into_iter()
            .map(|node| Enumeration {
                name: Some(node.name.clone()),
                span: node.name.span,
                description: None,
                values: self.values(&node),
            })
            .collect()
    }

    fn values(&mut self, node: &Node<'_>) -> Vec<EnumeratedValue> {
        if !node.value.is_mapping() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::WrongType,
                    node.span(),
                    format!("`{}` takes a mapping of names to values", node.name.value),
                    "this is none",
                )
                .help("write `{off: 0, on: 1}`"),
            );
        }
        let entries = node.entries();
        entries
            .into_iter()
            .filter_map(|node| self.value(node))
            .collect()
    }

    fn value(&mut self, node: Node<'_>) -> Option<EnumeratedValue> {
        if let Some(value) = scalar_number(node.value) {
            return Some(EnumeratedValue {
                value: Spanned::new(value, node.span()),
                name: node.name,
                description: None,
            });
        }
        let keys = node.read::<ValueKeys>(self.diagnostics)?.value;
        let value = self.required(&node, "value", number(keys.value))?;
        Some(EnumeratedValue {
            name: node.name,
            value,
            description: keys.description.map(|text| folded(&text)),
        })
    }

    /// What stands under `registers:` of a block or cluster.
    fn items(&mut self, node: &Node<'_>) -> Vec<Item> {
        let Some(registers) = node.get("registers") else {
            self.required::<()>(node, "registers", None);
            return Vec::new();
        };
        if !registers.value.is_mapping() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::WrongType,
                    registers.span(),
                    "`registers` takes a mapping of names to registers",
                    "this is none",
                )
                .help("write `registers: {DATA: {at: 0x0}}`"),
            );
        }
        let entries = registers.entries();
        entries.into_iter().map(|node| self.item(node)).collect()
    }

    fn item(&mut self, node: Node<'_>) -> Item {
        if node.name.contains('%') {
            self.diagnostics.push(percent(&node.name));
            return Item::Refused(node.name);
        }
        let before = self.diagnostics.len();
        let item = if node.get("registers").is_some() {
            self.cluster(&node).map(Item::Cluster)
        } else if node.get("reserved").is_some() {
            self.reserved(&node).map(Item::Reserved)
        } else {
            self.register(&node).map(Item::Register)
        };
        debug_assert!(item.is_some() || self.diagnostics.len() > before);
        item.unwrap_or(Item::Refused(node.name))
    }

    fn cluster(&mut self, node: &Node<'_>) -> Option<Cluster> {
        let read = node.read::<ClusterKeys>(self.diagnostics)?;
        let items = self.items(node);
        let keys = read.value;
        let width = self.width(node, keys.width);
        read.complete.then(|| Cluster {
            name: node.name.clone(),
            derived_from: None,
            description: keys.description.map(|text| folded(&text)),
            at: node.spanned("at", number(keys.at)),
            array: array(node, keys.count, keys.stride),
            properties: Properties {
                width,
                access: access(node, keys.access),
                ..Properties::default()
            },
            alternate: false,
            items,
        })
    }

    fn reserved(&mut self, node: &Node<'_>) -> Option<Reserved> {
        let keys = node.read::<ReservedKeys>(self.diagnostics)?.value;
        Some(Reserved {
            name: node.name.clone(),
            at: node.spanned("at", number(keys.at)),
            size: node.spanned("reserved", number(keys.reserved))?,
        })
    }

    fn register(&mut self, node: &Node<'_>) -> Option<Register> {
        let read = node.read::<RegisterKeys>(self.diagnostics)?;
        let fields = self.fields(node);
        let keys = read.value;
        let width = self.width(node, keys.width);
        read.complete.then(|| Register {
            name: node.name.clone(),
            derived_from: None,
            description: keys.description.map(|text| folded(&text)),
            at: node.spanned("at", number(keys.at)),
            array: array(node, keys.count, keys.stride),
            properties: Properties {
                width,
                access: access(node, keys.access),
                on_write: node.spanned("on-write", keys.on_write.map(|Scalar(it)| it)),
                on_read: node.spanned("on-read", keys.on_read.map(|Scalar(it)| it)),
                reset: node.spanned("reset", number(keys.reset)),
                ..Properties::default()
            },
            alternate: false,
            fields,
        })
    }

    fn fields(&mut self, node: &Node<'_>) -> Vec<Field> {
        let entries = node
            .get("fields")
            .map_or_else(Vec::new, |node| node.entries());
        entries
            .into_iter()
            .filter_map(|node| self.field(&node))
            .collect()
    }

    fn field(&mut self, node: &Node<'_>) -> Option<Field> {
        if !node.value.is_mapping() {
            return self.short_field(node);
        }
        let keys = node.read::<FieldKeys>(self.diagnostics)?.value;
        let bits = self.required(node, "bits", keys.bits.map(|Scalar(bits)| bits))?;
        let (reset, reset_name) = match keys.reset {
            Some(NumberOrName::Number(number)) => (Some(number), None),
            Some(NumberOrName::Name(name)) => (None, Some(name)),
            None => (None, None),
        };
        Some(Field {
            description: keys.description.map(|text| folded(&text)),
            properties: Properties {
                access: access(node, keys.access),
                on_write: node.spanned("on-write", keys.on_write.map(|Scalar(it)| it)),
                on_read: node.spanned("on-read", keys.on_read.map(|Scalar(it)| it)),
                reset: node.spanned("reset", reset),
                ..Properties::default()
            },
            reset_name: node.spanned("reset", reset_name),
            values: self.field_values(node),
            ..bare_field(node, bits)
        })
    }

    /// `ENABLE: 0` or `MODE: "2:1"`.
    fn short_field(&mut self, node: &Node<'_>) -> Option<Field> {
        match Scalar::<BitRange>::deserialize(node.value) {
            Ok(Scalar(bits)) => Some(bare_field(node, Spanned::new(bits, node.span()))),
            Err(error) => {
                self.diagnostics.push(Diagnostic::new(
                    Code::WrongType,
                    node.span(),
                    format!("the bits of `{}` cannot be used: {error}", node.name.value),
                    "here",
                ));
                None
            }
        }
    }

    fn field_values(&mut self, node: &Node<'_>) -> Option<FieldValues> {
        let node = node.get("enum")?;
        if let Value::String(name) = node.value {
            return Some(FieldValues::Named(Spanned::new(name.clone(), node.span())));
        }
        Some(FieldValues::InPlace(Enumeration {
            name: None,
            span: node.name.span,
            description: None,
            values: self.values(&node),
        }))
    }
}

/// `%s` is how SVD writes the place of an array's index into a name.
fn percent(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::BadName,
        name.span,
        format!("`{}` cannot name a register", name.value),
        "here",
    )
    .help("write letters, digits and underscores; `count:` makes an array")
}

fn bare_field(node: &Node<'_>, bits: Spanned<BitRange>) -> Field {
    Field {
        name: node.name.clone(),
        derived_from: None,
        description: None,
        bits: Some(bits),
        array: None,
        properties: Properties::default(),
        reset_name: None,
        values: None,
    }
}

fn number(number: Option<Number>) -> Option<u64> {
    number.map(|Scalar(number)| number)
}

fn access(node: &Node<'_>, access: Option<Scalar<Access>>) -> Option<Spanned<Access>> {
    node.spanned("access", access.map(|Scalar(access)| access))
}

fn array(node: &Node<'_>, count: Option<Number>, stride: Option<Number>) -> Option<Array> {
    Some(Array {
        count: node.spanned("count", number(count))?,
        stride: node.spanned("stride", number(stride)),
        index: None,
    })
}

fn strings(node: &Node<'_>, key: &str, values: Option<OneOrMany>) -> Vec<Spanned<String>> {
    let values = values.map_or_else(Vec::new, OneOrMany::into_vec);
    let places = node.get(key).map_or_else(Vec::new, |node| node.elements());
    values
        .into_iter()
        .zip(places)
        .map(|(value, place)| Spanned::new(value, place.span()))
        .collect()
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

fn scalar_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => parse_number(text),
        _ => None,
    }
}

fn called(name: &str) -> String {
    if name.contains(' ') {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// What a key that is missing might hold, for the help text.
fn example_of(key: &str) -> &'static str {
    match key {
        "schema" => "1",
        "name" => "my-block",
        "size" => "0x1000",
        "base" => "0x40000000",
        "bits" => "\"7:4\"",
        "registers" => "{DATA: {at: 0x0}}",
        _ => "0",
    }
}

/// A description on one line: YAML's folding keeps some of its own breaks.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A YAML value in which a key may stand twice; the first one counts. The
/// second was reported with its place when the positions were read.
struct Tolerant(Value);

impl<'de> Deserialize<'de> for Tolerant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TolerantVisitor).map(Tolerant)
    }
}

struct TolerantVisitor;

impl<'de> Visitor<'de> for TolerantVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Tolerant(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Sequence(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut mapping = Mapping::new();
        while let Some(Tolerant(key)) = map.next_key()? {
            let Tolerant(value) = map.next_value()?;
            mapping.entry(key).or_insert(value);
        }
        Ok(Value::Mapping(mapping))
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("a YAML tag has no meaning here"))
    }
}
