// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in a block: registers, clusters, memories, fields and what their
//! values mean.

use serde::Deserialize;
use serde_yaml::Value;

use super::keys::{
    ClusterKeys, ConstraintKeys, FieldKeys, MemoryKeys, Places, RegisterKeys, ReservedKeys,
    SvdKeys, ValueKeys,
};
use super::node::{Node, fields_of};
use super::scalar::{Number, NumberOrDefault, NumberOrName, Scalar};
use super::{Reader, folded, number, plain};
use crate::description::{
    Array, Cluster, DefaultValue, EnumeratedValue, Enumeration, Field, FieldValues, Item,
    Properties, Register, Reserved, SvdSource,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::WriteConstraint;
use crate::read::nearest;
use crate::source::Spanned;
use crate::units::BitRange;

impl Reader<'_> {
    /// `registers: {svd: …, peripheral: …}`: the block is in another file.
    pub(super) fn svd_source(&mut self, node: &Node<'_>) -> Option<SvdSource> {
        let registers = node.get("registers")?;
        // A register may be called `svd`, but is no text.
        if !registers.get("svd")?.value.is_string() {
            return None;
        }
        let keys = registers.read::<SvdKeys>(self.diagnostics)?.value;
        Some(SvdSource {
            file: self.required(&registers, "svd", keys.svd)?,
            peripheral: self.required(&registers, "peripheral", keys.peripheral)?,
        })
    }

    pub(super) fn enums(&mut self, node: &Node<'_>) -> Vec<Enumeration> {
        let entries = self.named(node, "enums", "enumerations");
        entries
            .into_iter()
            .map(|node| self.enumeration(&node, Some(node.name.clone())))
            .collect()
    }

    fn enumeration(&mut self, node: &Node<'_>, name: Option<Spanned<String>>) -> Enumeration {
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
        let mut enumeration = Enumeration {
            name,
            description: None,
            values: Vec::new(),
            default: None,
        };
        for entry in node.entries() {
            self.value(entry, &mut enumeration);
        }
        enumeration
    }

    fn value(&mut self, node: Node<'_>, enumeration: &mut Enumeration) {
        let written = Scalar::<NumberOrDefault>::deserialize(node.value).ok();
        let (value, description) = match written {
            Some(Scalar(value)) => (Spanned::new(value, node.span()), None),
            None => {
                let Some(read) = node.read::<ValueKeys>(self.diagnostics) else {
                    return;
                };
                let keys = read.value;
                let Some(value) = self.required(&node, "value", plain(keys.value)) else {
                    return;
                };
                (value, folded(keys.description))
            }
        };
        let name = node.name;
        match value.value {
            NumberOrDefault::Number(number) => enumeration.values.push(EnumeratedValue {
                name,
                value: Spanned::new(number, value.span),
                description,
            }),
            NumberOrDefault::Default if enumeration.default.is_some() => self.bad_value(
                value.span,
                "an enumeration has two defaults",
                "give one of them a number, or remove it",
            ),
            NumberOrDefault::Default => {
                enumeration.default = Some(DefaultValue { name, description });
            }
        }
    }

    /// What stands under `registers:` of a block or cluster.
    pub(super) fn items(&mut self, node: &Node<'_>) -> Vec<Item> {
        if node.get("registers").is_none() {
            self.required::<()>(node, "registers", None);
        }
        let entries = self.named(node, "registers", "registers");
        entries.into_iter().map(|node| self.item(node)).collect()
    }

    fn item(&mut self, node: Node<'_>) -> Item {
        if node.name.contains('%') {
            self.diagnostics.push(percent("register", &node.name));
            return Item::Refused(node.name);
        }
        let before = self.diagnostics.len();
        let item = match kind_of(&node) {
            Some("registers") => self.cluster(&node).map(Item::Cluster),
            Some("reserved") => self.reserved(&node).map(Item::Reserved),
            _ => self.register(&node).map(Item::Register),
        };
        debug_assert!(item.is_some() || self.diagnostics.len() > before);
        item.unwrap_or(Item::Refused(node.name))
    }

    fn cluster(&mut self, node: &Node<'_>) -> Option<Cluster> {
        let read = node.read::<ClusterKeys>(self.diagnostics)?;
        let items = self.items(node);
        let keys = read.value;
        let width = self.width(node, keys.width);
        let place = self.place(node, keys.at, keys.count, keys.stride, keys.index);
        let place = place.filter(|_| read.complete)?;
        Some(Cluster {
            name: place.name,
            derived_from: None,
            description: folded(keys.description),
            at: place.at,
            array: place.array,
            properties: Properties {
                width,
                access: node.spanned("access", plain(keys.access)),
                ..Properties::default()
            },
            alternate: keys.alternate == Some(true),
            items,
        })
    }

    fn reserved(&mut self, node: &Node<'_>) -> Option<Reserved> {
        let keys = node.read::<ReservedKeys>(self.diagnostics)?.value;
        Some(Reserved {
            name: node.name.clone(),
            at: node.spanned("at", number(keys.at)),
            size: self.required(node, "reserved", number(keys.reserved))?,
        })
    }

    fn register(&mut self, node: &Node<'_>) -> Option<Register> {
        let read = node.read::<RegisterKeys>(self.diagnostics)?;
        let fields = self.fields(node);
        let write_constraint = self.write_constraint(node);
        let mut keys = read.value;
        if node.get("memory").is_some() {
            return self.memory(node, keys).filter(|_| read.complete);
        }
        let width = self.width(node, keys.width);
        let (reset, unknown) = self.register_reset(node, keys.reset.take());
        let reset_mask = node.spanned("reset-mask", number(keys.reset_mask));
        let place = self.place(node, keys.at, keys.count, keys.stride, keys.index);
        let place = place.filter(|_| read.complete)?;
        Some(Register {
            name: place.name,
            derived_from: None,
            description: folded(keys.description),
            at: place.at,
            array: place.array,
            memory: false,
            read_order: plain(keys.read_order).map(|first| first.0),
            write_constraint,
            properties: Properties {
                width,
                access: node.spanned("access", plain(keys.access)),
                on_write: node.spanned("on-write", plain(keys.on_write)),
                on_read: node.spanned("on-read", plain(keys.on_read)),
                reset,
                reset_mask: unknown.or(reset_mask),
                protection: None,
            },
            alternate: keys.alternate == Some(true),
            fields,
        })
    }

    /// A register's reset: the value, or a mask that says that none is known.
    fn register_reset(
        &mut self,
        node: &Node<'_>,
        reset: Option<Scalar<NumberOrName>>,
    ) -> (Option<Spanned<u64>>, Option<Spanned<u64>>) {
        let Some(reset) = node.spanned("reset", plain(reset)) else {
            return (None, None);
        };
        match reset.value {
            NumberOrName::Number(number) => (Some(Spanned::new(number, reset.span)), None),
            NumberOrName::Name(name) if name == "unknown" => {
                (None, Some(Spanned::new(0, reset.span)))
            }
            NumberOrName::Name(name) => {
                self.bad_value(
                    reset.span,
                    format!("`{name}` is no reset of a register"),
                    "write a number or `unknown`; names are for the resets of fields",
                );
                (None, None)
            }
        }
    }

    /// `memory:`: words one behind the other, with no more to say of each.
    fn memory(&mut self, node: &Node<'_>, keys: RegisterKeys) -> Option<Register> {
        let memory = node.get("memory")?;
        for key in [
            "fields",
            "count",
            "stride",
            "index",
            "reset",
            "width",
            "read-order",
        ] {
            if let Some(other) = node.get(key) {
                self.bad_value(
                    other.name.span,
                    format!("a memory has no `{key}`"),
                    "write `memory: {depth: …, width: …}` alone, or describe an array of registers",
                );
            }
        }
        let shape = memory.read::<MemoryKeys>(self.diagnostics)?.value;
        let depth = self.required(&memory, "depth", number(shape.depth))?;
        let width = self.width(&memory, shape.width);
        let place = self.place(node, keys.at, None, None, None)?;
        Some(Register {
            name: place.name,
            derived_from: None,
            description: folded(keys.description),
            at: place.at,
            array: Some(Array {
                count: depth,
                stride: None,
                index: None,
                places: Vec::new(),
            }),
            memory: true,
            read_order: None,
            write_constraint: None,
            properties: Properties {
                width,
                access: node.spanned("access", plain(keys.access)),
                on_write: node.spanned("on-write", plain(keys.on_write)),
                on_read: node.spanned("on-read", plain(keys.on_read)),
                // What a memory holds when power comes, nothing says.
                reset_mask: Some(Spanned::new(0, memory.name.span)),
                ..Properties::default()
            },
            alternate: keys.alternate == Some(true),
            fields: Vec::new(),
        })
    }

    fn place(
        &mut self,
        node: &Node<'_>,
        at: Option<Places>,
        count: Option<Number>,
        stride: Option<Number>,
        index: Option<Vec<String>>,
    ) -> Option<Place> {
        let (at, places) = match at {
            None => (None, Vec::new()),
            Some(Places::One(at)) => (node.spanned("at", number(Some(at))), Vec::new()),
            Some(Places::Many(places)) => (None, self.places(node, places)?),
        };
        let count = node.spanned("count", number(count));
        let count = match (count, places.len()) {
            (None, 0) => index
                .as_ref()
                .map(|index| Spanned::new(index.len() as u64, node.span_of("index"))),
            (None, several) => Some(Spanned::new(several as u64, node.span_of("at"))),
            (count, _) => count,
        };
        let Some(count) = count else {
            return Some(Place {
                name: node.name.clone(),
                at,
                array: None,
            });
        };
        self.as_many(
            node,
            "at",
            count,
            (!places.is_empty()).then_some(places.len()),
        )?;
        self.as_many(node, "index", count, index.as_ref().map(Vec::len))?;
        let name = match (&index, places.is_empty()) {
            (Some(_), _) => node.name.clone().map(|name| format!("{name}_%s")),
            (None, false) => node.name.clone().map(|name| format!("{name}%s")),
            (None, true) => node.name.clone(),
        };
        Some(Place {
            name,
            at,
            array: Some(Array {
                count,
                stride: node.spanned("stride", number(stride)),
                index,
                places,
            }),
        })
    }

    /// An irregular array's offsets, in rising order.
    fn places(&mut self, node: &Node<'_>, places: Vec<Number>) -> Option<Vec<Spanned<u64>>> {
        let spans = node.get("at")?.elements();
        let places: Vec<Spanned<u64>> = places
            .into_iter()
            .zip(spans)
            .map(|(Scalar(at), place)| Spanned::new(at, place.span()))
            .collect();
        if places.is_empty() {
            self.bad_value(
                node.span_of("at"),
                "a list of no offsets",
                "write one offset at least",
            );
            return None;
        }
        Some(places)
    }

    /// A list has one entry for each element.
    fn as_many(
        &mut self,
        node: &Node<'_>,
        key: &str,
        count: Spanned<u64>,
        listed: Option<usize>,
    ) -> Option<()> {
        let listed = listed.map_or(count.value, |listed| listed as u64);
        if listed == count.value {
            return Some(());
        }
        self.diagnostics.push(
            Diagnostic::new(
                Code::BadCount,
                node.span_of(key),
                format!("`{key}` lists {listed} for an array of {}", count.value),
                format!("{listed} here"),
            )
            .related(count.span, format!("{} elements", count.value))
            .help("list one for each element, or leave out `count`"),
        );
        None
    }

    fn fields(&mut self, node: &Node<'_>) -> Vec<Field> {
        let entries = self.named(node, "fields", "bits");
        entries
            .into_iter()
            .filter_map(|node| self.field(&node))
            .collect()
    }

    fn field(&mut self, node: &Node<'_>) -> Option<Field> {
        if node.name.contains('%') {
            self.diagnostics.push(percent("field", &node.name));
            return None;
        }
        if !node.value.is_mapping() {
            return self.short_field(node);
        }
        let keys = node.read::<FieldKeys>(self.diagnostics)?.value;
        let bits = self.required(node, "bits", plain(keys.bits));
        let values = self.field_values(node, "enum");
        let write_values = self.field_values(node, "write-enum");
        let write_constraint = self.write_constraint(node);
        let bits = bits?;
        let (reset, reset_name) = match plain(keys.reset) {
            Some(NumberOrName::Number(number)) => (Some(number), None),
            Some(NumberOrName::Name(name)) => (None, Some(name)),
            None => (None, None),
        };
        let array = field_array(node, keys.count, keys.stride);
        let name = match array {
            Some(_) => node.name.clone().map(|name| format!("{name}%s")),
            None => node.name.clone(),
        };
        Some(Field {
            name,
            array,
            description: folded(keys.description),
            properties: Properties {
                access: node.spanned("access", plain(keys.access)),
                on_write: node.spanned("on-write", plain(keys.on_write)),
                on_read: node.spanned("on-read", plain(keys.on_read)),
                reset: node.spanned("reset", reset),
                ..Properties::default()
            },
            reset_name: node.spanned("reset", reset_name),
            format: node.spanned("format", plain(keys.format)),
            self_clearing: node.spanned("self-clearing", keys.self_clearing),
            write_constraint,
            values,
            write_values,
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
                ).help("write a bit such as 3, bits such as \"7:4\", or `{bits: …}` with more keys"));
                None
            }
        }
    }

    fn field_values(&mut self, node: &Node<'_>, key: &str) -> Option<FieldValues> {
        let node = node.get(key)?;
        if let Value::String(name) = node.value {
            return Some(FieldValues::Named(Spanned::new(name.clone(), node.span())));
        }
        Some(FieldValues::InPlace(self.enumeration(&node, None)))
    }

    fn write_constraint(&mut self, node: &Node<'_>) -> Option<WriteConstraint> {
        let node = node.get("write-constraint")?;
        match node.value.as_str() {
            Some("as-read") => return Some(WriteConstraint::AsRead),
            Some("enumerated") => return Some(WriteConstraint::Enumerated),
            Some(other) => {
                self.bad_value(
                    node.span(),
                    format!("`{other}` is no write constraint"),
                    "write `as-read`, `enumerated` or `{min: …, max: …}`",
                );
                return None;
            }
            None => {}
        }
        let keys = node.read::<ConstraintKeys>(self.diagnostics)?.value;
        Some(WriteConstraint::Range {
            minimum: self.required(&node, "min", number(keys.min))?.value,
            maximum: self.required(&node, "max", number(keys.max))?.value,
        })
    }

    /// `width:` in bits, as far as a number can be one; the checks know the bus.
    pub(super) fn width(&mut self, node: &Node<'_>, width: Option<Number>) -> Option<Spanned<u32>> {
        let width = node.spanned("width", number(width))?;
        let bits = u32::try_from(width.value)
            .ok()
            .filter(|bits| (1..=MAX_WIDTH).contains(bits));
        if bits.is_none() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadWidth,
                    width.span,
                    format!("{} is no width of a register", width.value),
                    "here",
                )
                .help("a width is 8, 16, 32 or 64 bits, or several beats of the bus"),
            );
        }
        Some(Spanned::new(bits?, width.span))
    }
}

/// Bits of the widest register.
const MAX_WIDTH: u32 = 4096;

/// Where a register or cluster stands, and how often.
struct Place {
    /// Perhaps with the mark of a list.
    name: Spanned<String>,
    at: Option<Spanned<u64>>,
    array: Option<Array>,
}

fn field_array(node: &Node<'_>, count: Option<Number>, stride: Option<Number>) -> Option<Array> {
    Some(Array {
        count: node.spanned("count", number(count))?,
        stride: node.spanned("stride", number(stride)),
        index: None,
        places: Vec::new(),
    })
}

/// The keys that make a register another thing.
const KINDS: &[&str] = &["registers", "reserved"];

/// The key that makes an item something else than a register, even misspelt: as
/// a register it would make no sense.
fn kind_of(node: &Node<'_>) -> Option<&'static str> {
    let kinds = KINDS.iter().copied();
    if let Some(kind) = kinds.clone().find(|kind| node.get(kind).is_some()) {
        return Some(kind);
    }
    let known = fields_of::<RegisterKeys>();
    node.keys()
        .filter(|key| !known.contains(key) && !key.starts_with("x-"))
        .find_map(|key| nearest(key, kinds.clone()))
}

/// `%s` is how SVD writes the place of an array's index into a name.
fn percent(what: &str, name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::BadName,
        name.span,
        format!("`{}` cannot name a {what}", name.value),
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
        format: None,
        self_clearing: None,
        write_constraint: None,
        values: None,
        write_values: None,
    }
}
