// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a block contains: registers, clusters, memories, fields and what their
//! values mean.

use super::keys::{
    ClusterKeys, ConstraintKeys, FieldKeys, MemoryKeys, Offsets, RegisterKeys, ReservedKeys,
    SvdKeys, ValueKeys,
};
use super::node::{Node, WrongKey, explained, fields_of};
use super::scalar::{
    BeatOrder, FromScalar, Number, NumberOrDefault, NumberOrName, Scalar, parse_integer,
    parse_number,
};
use super::tree::Kind;
use super::typed::Error;
use super::{Reader, Source, nothing_said, number, plain, text, without_effect, words};
use crate::access::Access;
use crate::description::{
    Alternate, Array, Cluster, DefaultValue, EnumeratedValue, Enumeration, Field, FieldValues,
    Item, Properties, Register, Reserved, SvdPeripheral, SvdSource,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Order, WriteConstraint};
use crate::number::{Bits, Integer};
use crate::source::{Span, Spanned};
use crate::suggestion::{Applicability, Edit, Suggestion};
use crate::units::BitRange;

impl Reader<'_> {
    /// `registers: {svd: …, peripheral: …}`: the block is in another file.
    pub(super) fn svd_source(&mut self, node: &Node<'_>) -> Source {
        let Some(registers) = node.get("registers") else {
            return Source::Here;
        };
        // A register may be called `svd`, but is no text.
        let is_text = |node: Node<'_>| node.kind() == Some(Kind::Text);
        if !registers.get("svd").is_some_and(is_text) {
            return Source::Here;
        }
        let source = |reader: &mut Self| {
            let keys = registers.read::<SvdKeys>(reader.diagnostics)?.value;
            let file = reader.required(&registers, "svd", keys.svd);
            let peripheral = match registers.spanned("peripheral", keys.peripheral) {
                Some(name) => SvdPeripheral::Named(name),
                None if registers.has("peripheral") => SvdPeripheral::Refused,
                None => SvdPeripheral::Missing(registers.name.span),
            };
            Some(SvdSource {
                file: file?,
                peripheral,
            })
        };
        source(self).map_or(Source::Refused, Source::Svd)
    }

    pub(super) fn enums(&mut self, node: &Node<'_>) -> Vec<Enumeration> {
        let before = self.diagnostics.len();
        let entries = self.named(node, "enums", "enumerations", &[]);
        let read = |node: Node<'_>| {
            let name = node.name.clone();
            let (mut enumeration, complete) = self.enumeration(&node);
            if !complete {
                self.incomplete_enums.insert(name.value.clone());
            }
            enumeration.name = Some(name);
            enumeration
        };
        let enums: Vec<Enumeration> = entries.into_iter().map(read).collect();
        let refused = self.diagnostics.len() > before || node.get("enums").is_none();
        self.enums_are_refused = enums.is_empty() && node.has("enums") && refused;
        enums
    }

    /// Names and numbers, and whether all of them could be read.
    fn enumeration(&mut self, node: &Node<'_>) -> (Enumeration, bool) {
        let before = self.diagnostics.len();
        let mut enumeration = Enumeration {
            name: None,
            description: None,
            values: Vec::new(),
            default: None,
            notices: Vec::new(),
        };
        if is_reversed(node) {
            self.reversed(node, &mut enumeration);
        } else {
            let keys = fields_of::<ValueKeys>();
            for entry in self.names(node, "values", keys) {
                self.value(entry, &mut enumeration);
            }
        }
        if enumeration.values.is_empty() && self.diagnostics.len() == before {
            let nothing = match enumeration.default {
                Some(_) => "has a default and no values",
                None => "has no values",
            };
            self.bad_value(
                node.name.span,
                format!("`{}` {nothing}", node.name.value),
                "write `{off: 0, on: 1}`, or remove it",
            );
        }
        (enumeration, self.diagnostics.len() == before)
    }

    /// `{0: off, 1: on}`: reported once, and read as it was meant.
    fn reversed(&mut self, node: &Node<'_>, enumeration: &mut Enumeration) {
        let entries = node.entries();
        let pair = |entry: &Node<'_>| {
            let number = parse_integer(&entry.name)?.in_64_bits()?;
            let name = entry.text()?.to_owned();
            let value = Spanned::new(number, entry.name.span);
            Some(EnumeratedValue {
                name: Spanned::new(name, entry.span()),
                value,
                description: None,
            })
        };
        let values: Vec<EnumeratedValue> = entries.iter().filter_map(pair).collect();
        for entry in &entries {
            entry.mark_used();
        }
        let written = values
            .iter()
            .map(|it| format!("{}: {}", it.name.value, it.value.value));
        let help = format!("write `{{{}}}`", written.collect::<Vec<_>>().join(", "));
        let first = entries.first().map_or(node.name.span, |it| it.name.span);
        self.diagnostics.push(
            Diagnostic::new(
                Code::WrongType,
                first,
                format!(
                    "`{}` takes names and their numbers, the name first",
                    node.name.value
                ),
                "a number where the name goes",
            )
            .help(help),
        );
        enumeration.values = values;
    }

    fn value(&mut self, node: Node<'_>, enumeration: &mut Enumeration) {
        let (value, description) = match node.scalar::<Scalar<NumberOrDefault>>() {
            Ok(Scalar(value)) => (Spanned::new(value, node.span()), None),
            Err(error) if node.text().is_some() => {
                self.refuse(&node, no_value(&node, error));
                return;
            }
            Err(_) => {
                let Some(read) = node.read::<ValueKeys>(self.diagnostics) else {
                    return;
                };
                let keys = read.value;
                let value = self.required(&node, "value", plain(keys.value));
                let description = text(&node, "description", keys.description);
                let Some(value) = value else {
                    return;
                };
                (value, description)
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

    /// What is under `registers:` of a block or cluster.
    pub(super) fn items(&mut self, node: &Node<'_>) -> Vec<Item> {
        self.required::<()>(node, "registers", None);
        let Some(node) = node.get("registers") else {
            return vec![Item::Refused(node.name.clone())];
        };
        let name = node.name.clone();
        let before = self.diagnostics.len();
        let entries = self.names(&node, "registers", ITEM_KEYS);
        if entries.is_empty() && self.diagnostics.len() > before {
            return vec![Item::Refused(name)];
        }
        entries.into_iter().map(|node| self.item(node)).collect()
    }

    fn item(&mut self, node: Node<'_>) -> Item {
        if node.name.contains('%') {
            self.refuse(&node, percent("register", &node.name));
            return Item::Refused(node.name);
        }
        if node.text().is_some() || node.is_sequence() {
            self.refuse(&node, no_item(&node));
            return Item::Refused(node.name);
        }
        if node.is_null() {
            self.refuse(
                &node,
                nothing_said(&node, "for a register with every default"),
            );
            return Item::Refused(node.name);
        }
        let before = self.diagnostics.len();
        let item = match kind_of(&node) {
            Some("registers") => self.cluster(&node).map(Item::Cluster),
            Some("reserved") => self.reserved(&node).map(Item::Reserved),
            _ => self.register(&node).map(Item::Register),
        };
        debug_assert!(item.is_some() || self.diagnostics.len() > before);
        if item.is_none() {
            // Of what was reported, nothing more is to be said.
            node.unread();
        }
        item.unwrap_or(Item::Refused(node.name))
    }

    fn cluster(&mut self, node: &Node<'_>) -> Option<Cluster> {
        let read = node.read::<ClusterKeys>(self.diagnostics)?;
        let keys = read.value;
        let width = self.width(node, keys.width);
        let around = self.width;
        self.width = width.map_or(around, |width| width.value);
        let items = self.items(node);
        self.holds_something(node, &items);
        self.width = around;
        let properties = Properties {
            width,
            access: node.spanned("access", plain(keys.access)),
            ..Properties::default()
        };
        let description = text(node, "description", keys.description);
        let alternate = node.spanned("alternate", keys.alternate);
        let place = self.place(node, keys.at, keys.count, keys.stride, keys.index);
        let place = place.filter(|_| read.complete)?;
        Some(Cluster {
            name: place.name,
            derived_from: None,
            description,
            at: place.at,
            array: place.array,
            properties,
            alternate: Alternate::any(alternate.is_some_and(|it| it.value)),
            items,
        })
    }

    /// A cluster is a group of registers.
    fn holds_something(&mut self, node: &Node<'_>, items: &[Item]) {
        let registers = node.get("registers").filter(Node::is_mapping);
        if registers.is_some_and(|it| it.peek().is_empty()) && items.is_empty() {
            self.bad_value(
                node.span_of_key("registers"),
                format!("the cluster `{}` has no registers", node.name.value),
                "describe them, or remove the cluster",
            );
        }
    }

    fn reserved(&mut self, node: &Node<'_>) -> Option<Reserved> {
        let keys = node.read::<ReservedKeys>(self.diagnostics)?.value;
        // Why, it says to people alone.
        text(node, "description", keys.description);
        let at = node.spanned("at", number(keys.at));
        Some(Reserved {
            name: node.name.clone(),
            at,
            size: self.required(node, "reserved", number(keys.reserved))?,
        })
    }

    fn register(&mut self, node: &Node<'_>) -> Option<Register> {
        let read = node.read::<RegisterKeys>(self.diagnostics)?;
        let mut keys = read.value;
        if node.has("memory") {
            return self.memory(node, keys).filter(|_| read.complete);
        }
        let fields = self.fields(node);
        let write_constraint = self.write_constraint(node);
        let width = self.width(node, keys.width);
        let (reset, unknown) = self.register_reset(node, keys.reset.take());
        let reset_mask = self.reset_mask(node, keys.reset_mask, unknown);
        let read_order = self.read_order(node, keys.read_order, width);
        let properties = Properties {
            width,
            access: node.spanned("access", plain(keys.access)),
            on_write: node.spanned("on-write", plain(keys.on_write)),
            on_read: node.spanned("on-read", plain(keys.on_read)),
            reset,
            reset_mask,
            protection: None,
        };
        let description = text(node, "description", keys.description);
        let alternate = node.spanned("alternate", keys.alternate);
        let place = self.place(node, keys.at, keys.count, keys.stride, keys.index);
        let place = place.filter(|_| read.complete)?;
        Some(Register {
            name: place.name,
            derived_from: None,
            description,
            at: place.at,
            array: place.array,
            memory: false,
            read_order,
            write_constraint,
            properties,
            alternate: Alternate::any(alternate.is_some_and(|it| it.value)),
            fields,
        })
    }

    /// `reset-mask:`, unless `reset: unknown` has said that nothing is known.
    fn reset_mask(
        &mut self,
        node: &Node<'_>,
        mask: Option<Scalar<Bits>>,
        unknown: Option<Spanned<Bits>>,
    ) -> Option<Spanned<Bits>> {
        let mask = node.spanned("reset-mask", plain(mask));
        if let (Some(unknown), Some(_)) = (&unknown, &mask) {
            self.diagnostics.push(
                without_effect(
                    "`reset-mask` has no effect beside `reset: unknown`".to_owned(),
                    node.span_of_key("reset-mask"),
                )
                .related(unknown.span, "no bit is known"),
            );
        }
        unknown.or(mask)
    }

    /// `read-order:`, which one access has none of.
    fn read_order(
        &mut self,
        node: &Node<'_>,
        order: Option<Scalar<BeatOrder>>,
        width: Option<Spanned<u32>>,
    ) -> Option<Order> {
        let order = node.spanned("read-order", plain(order))?;
        let refused = width.is_none() && node.has("width");
        let width = width.map_or(self.width, |width| width.value);
        if width <= self.bus_width && !refused {
            self.diagnostics.push(without_effect(
                format!("`read-order` has no effect: the register's {width} bits are one access"),
                node.span_of_key("read-order"),
            ));
        }
        let access = node.get("access");
        let access = access.as_ref().and_then(Node::text);
        let is_read = access
            .and_then(Access::from_policy)
            .is_none_or(|it| it.read);
        if !is_read && !node.has("fields") {
            self.diagnostics.push(without_effect(
                "`read-order` has no effect on what software may not read".to_owned(),
                node.span_of_key("read-order"),
            ));
        }
        Some(order.value.0)
    }

    /// A register's reset: the value, or a mask that says that none is known.
    fn register_reset(
        &mut self,
        node: &Node<'_>,
        reset: Option<Scalar<NumberOrName>>,
    ) -> (Option<Spanned<Integer>>, Option<Spanned<Bits>>) {
        let Some(reset) = node.spanned("reset", plain(reset)) else {
            return (None, None);
        };
        match reset.value {
            NumberOrName::Number(number) if number.is_negative() => {
                self.bad_value(
                    reset.span,
                    format!("the reset {number} is negative, and a register's bits are unsigned"),
                    "write its bits, or give the reset to a field with `format: signed`",
                );
                (None, None)
            }
            NumberOrName::Number(number) => (Some(Spanned::new(number, reset.span)), None),
            NumberOrName::Name(name) if name == "unknown" => {
                (None, Some(Spanned::new(Bits::zero(), reset.span)))
            }
            NumberOrName::Name(name) if name.starts_with(|it: char| it.is_ascii_digit()) => {
                self.bad_value(
                    reset.span,
                    "this is not a number that a register holds",
                    "write a number such as 16, 0x10, 0b1_0000 or 4K",
                );
                (None, None)
            }
            NumberOrName::Name(name) => {
                self.bad_value(
                    reset.span,
                    format!("`{name}` is not a reset of a register"),
                    "write a number or `unknown`; names are for the resets of fields",
                );
                (None, None)
            }
        }
    }

    /// `memory:`: words one behind the other, with no more to say of each.
    fn memory(&mut self, node: &Node<'_>, keys: RegisterKeys) -> Option<Register> {
        let memory = node.get("memory")?;
        let shape = memory.read::<MemoryKeys>(self.diagnostics);
        let description = text(node, "description", keys.description);
        let alternate = node.spanned("alternate", keys.alternate);
        let access = node.spanned("access", plain(keys.access));
        let on_write = node.spanned("on-write", plain(keys.on_write));
        let on_read = node.spanned("on-read", plain(keys.on_read));
        let place = self.place(node, keys.at, None, None, None);
        self.nothing_else(
            node,
            "a memory",
            "write `memory: {depth: …, width: …}` alone, or describe an array of registers",
        );
        let shape = shape?.value;
        let depth = self.required(&memory, "depth", number(shape.depth));
        let width = self.width(&memory, shape.width);
        let (place, depth) = (place?, depth?);
        Some(Register {
            name: place.name,
            derived_from: None,
            description,
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
                access,
                on_write,
                on_read,
                // What a memory holds when power comes, nothing says.
                reset_mask: Some(Spanned::new(Bits::zero(), memory.name.span)),
                ..Properties::default()
            },
            alternate: Alternate::any(alternate.is_some_and(|it| it.value)),
            fields: Vec::new(),
        })
    }

    fn place(
        &mut self,
        node: &Node<'_>,
        at: Option<Offsets>,
        count: Option<Number>,
        stride: Option<Number>,
        index: Option<Vec<String>>,
    ) -> Option<Place> {
        let stride = node.spanned("stride", number(stride));
        let listed = node.spanned("index", index.as_ref().map(Vec::len));
        let count = node.spanned("count", number(count));
        let (at, places) = match at {
            None => (None, Vec::new()),
            Some(Offsets::One(at)) => (node.spanned("at", number(Some(at))), Vec::new()),
            Some(Offsets::Many(places)) => (None, self.places(node, places)?),
        };
        if let Some(stride) = stride.filter(|_| !places.is_empty()) {
            self.stride_beside_places(node, stride.value);
        }
        let count = match (count, places.len()) {
            (None, 0) => listed.map(|listed| listed.map(|listed| listed as u64)),
            (None, several) => Some(Spanned::new(several as u64, node.span_of("at"))),
            (count, _) => count,
        };
        if stride.is_some() && count.is_none() && !node.has("count") && !node.has("index") {
            self.stride_needs_a_count(node);
        }
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
                stride,
                index,
                places,
            }),
        })
    }

    fn stride_beside_places(&mut self, node: &Node<'_>, stride: u64) {
        self.diagnostics.push(
            without_effect(
                "`stride` has no effect beside a list of offsets".to_owned(),
                node.span_of_key("stride"),
            )
            .related(node.span_of("at"), format!("not {stride:#x} apart")),
        );
    }

    /// Elements that are apart are several.
    fn stride_needs_a_count(&mut self, node: &Node<'_>) {
        self.diagnostics.push(
            Diagnostic::new(
                Code::MissingKey,
                node.span_of_key("stride"),
                "`stride` has no effect without `count`",
                "the distance to no other element",
            )
            .help("add `count: …` to make it an array, or remove `stride`"),
        );
    }

    /// An irregular array's offsets, in rising order.
    fn places(&mut self, node: &Node<'_>, places: Vec<Number>) -> Option<Vec<Spanned<u64>>> {
        let spans = node.get("at")?.elements();
        node.spanned("at", Some(()));
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
        let before = self.diagnostics.len();
        let entries = self.named(node, "fields", "bits", fields_of::<FieldKeys>());
        let fields = entries.into_iter().filter_map(|node| self.field(&node));
        let fields = fields.collect();
        if self.diagnostics.len() > before {
            self.incomplete_registers.insert(node.name.value.clone());
        }
        fields
    }

    fn field(&mut self, node: &Node<'_>) -> Option<Field> {
        if node.name.contains('%') {
            self.refuse(node, percent("field", &node.name));
            return None;
        }
        if !node.is_mapping() {
            return self.short_field(node);
        }
        let by_ends = self.bits_by_ends(node);
        let keys = node.read::<FieldKeys>(self.diagnostics)?.value;
        let bits = match by_ends {
            Ends::None => self.required(node, "bits", plain(keys.bits)),
            Ends::Are(bits) => Some(bits),
            Ends::Wrong => None,
        };
        let values = self.field_values(node, "enum");
        let write_values = self.field_values(node, "write-enum");
        let write_constraint = self.write_constraint(node);
        let reset = node.spanned("reset", plain(keys.reset));
        let (reset, reset_name) = match reset.map(|it| (it.span, it.value)) {
            Some((span, NumberOrName::Number(number))) => (Some(Spanned::new(number, span)), None),
            Some((span, NumberOrName::Name(name))) => (None, Some(Spanned::new(name, span))),
            None => (None, None),
        };
        let array = self.field_array(node, keys.count, keys.stride);
        let properties = Properties {
            access: node.spanned("access", plain(keys.access)),
            on_write: node.spanned("on-write", plain(keys.on_write)),
            on_read: node.spanned("on-read", plain(keys.on_read)),
            reset,
            ..Properties::default()
        };
        let description = text(node, "description", keys.description);
        let format = node.spanned("format", plain(keys.format));
        let self_clearing = node.spanned("self-clearing", keys.self_clearing);
        let name = match array {
            Some(_) => node.name.clone().map(|name| format!("{name}%s")),
            None => node.name.clone(),
        };
        Some(Field {
            name,
            array,
            description,
            properties,
            reset_name: reset_name.filter(|_| self.is_complete(node, values.as_ref())),
            format,
            self_clearing,
            write_constraint,
            values: values.map(|(values, _)| values),
            write_values: write_values.map(|(values, _)| values),
            ..bare_field(node, bits?)
        })
    }

    /// Whether all that an enumeration names could be read.
    fn is_complete(&self, node: &Node<'_>, values: Option<&(FieldValues, bool)>) -> bool {
        match values {
            Some((FieldValues::Named(name), _)) => !self.incomplete_enums.contains(&name.value),
            Some((FieldValues::InPlace(_), complete)) => *complete,
            None => !node.has("enum"),
        }
    }

    /// `{lsb: 4, msb: 7}`, as other tools write bits: reported once, and read as
    /// it was meant.
    fn bits_by_ends(&mut self, node: &Node<'_>) -> Ends {
        let entries = node.peek();
        let of = |words: &[&str]| {
            entries
                .iter()
                .find(|entry| words.contains(&words::stripped(&entry.name).as_str()))
        };
        let (low, high, len) = (of(LOWEST_BIT), of(HIGHEST_BIT), of(NUMBER_OF_BITS));
        let single = entries.len() == 1
            && entries
                .iter()
                .all(|it| it.wrong_key() == Some(WrongKey::Number));
        let number = |node: Option<&Node<'_>>| parse_number(node?.text()?);
        let (first, parts, written) = if single {
            let pair = entries.first();
            let low = number(pair);
            let high = pair.and_then(|it| parse_number(&it.name));
            (pair, vec![pair], high.zip(low))
        } else if let (Some(low), Some(high)) = (low, high) {
            let written = number(Some(high)).zip(number(Some(low)));
            (Some(low), vec![Some(low), Some(high)], written)
        } else if let Some(low) = low {
            let bits = len.map_or(Some(1), |len| number(Some(len)));
            let start = number(Some(low));
            let high = start
                .zip(bits)
                .and_then(|(low, len)| low.checked_add(len)?.checked_sub(1));
            (Some(low), vec![Some(low), len], high.zip(start))
        } else {
            return Ends::None;
        };
        let (Some(first), false) = (first, node.has("bits")) else {
            return Ends::None;
        };
        let shown = written.map(|(high, low)| format!("\"{}:{}\"", high.max(low), high.min(low)));
        let help = format!("write `bits: {}`", shown.as_deref().unwrap_or("\"7:4\""));
        let suggestion = shown.as_deref().and_then(|bits| one_key(&parts, bits));
        self.diagnostics.push(
            Diagnostic::new(
                Code::UnknownKey,
                first.name.span,
                format!("the bits of `{}` are one key, `bits`", node.name.value),
                "here",
            )
            .help(help)
            .suggest(suggestion),
        );
        for part in parts.into_iter().flatten() {
            part.mark_refused();
        }
        let bits = shown.and_then(|shown| BitRange::from_text(shown.trim_matches('"')));
        bits.map_or(Ends::Wrong, |bits| {
            Ends::Are(Spanned::new(bits, first.name.span))
        })
    }

    /// `ENABLE: 0` or `MODE: "2:1"`.
    fn short_field(&mut self, node: &Node<'_>) -> Option<Field> {
        match node.scalar::<Scalar<BitRange>>() {
            Ok(Scalar(bits)) => Some(bare_field(node, Spanned::new(bits, node.span()))),
            Err(error) => {
                let suggestion = node.meant(&error);
                let otherwise =
                    "write a bit such as 3, bits such as \"7:4\", or `{bits: …}` with more keys";
                let help = error.help.clone().unwrap_or_else(|| otherwise.to_owned());
                let (reason, _) = explained(error);
                let name = &node.name.value;
                let diagnostic = Diagnostic::new(
                    Code::WrongType,
                    node.span(),
                    format!("the bits of `{name}` cannot be used: {reason}"),
                    "here",
                );
                self.refuse(node, diagnostic.help(help).suggest(suggestion));
                None
            }
        }
    }

    /// A field's enumeration, and whether all of one in place could be read.
    fn field_values(&mut self, node: &Node<'_>, key: &str) -> Option<(FieldValues, bool)> {
        let node = node.get(key)?;
        if let Some(name) = node.text() {
            node.mark_used();
            let name = Spanned::new(name.to_owned(), node.span());
            let known = !self.enums_are_refused;
            return known.then_some((FieldValues::Named(name), true));
        }
        let (values, complete) = self.enumeration(&node);
        Some((FieldValues::InPlace(values), complete))
    }

    fn write_constraint(&mut self, node: &Node<'_>) -> Option<WriteConstraint> {
        let node = node.get("write-constraint")?;
        if let Some(word) = node.text() {
            node.mark_used();
            return match word {
                "as-read" => Some(WriteConstraint::AsRead),
                "enumerated" => Some(WriteConstraint::Enumerated),
                other => {
                    self.bad_value(
                        node.span(),
                        format!("`{other}` is not a write constraint"),
                        "write `as-read`, `enumerated` or `{min: …, max: …}`",
                    );
                    None
                }
            };
        }
        let keys = node.read::<ConstraintKeys>(self.diagnostics)?.value;
        let minimum = self.required(&node, "min", plain(keys.min));
        let maximum = self.required(&node, "max", plain(keys.max));
        Some(WriteConstraint::Range {
            minimum: minimum?.value.0,
            maximum: maximum?.value.0,
        })
    }

    /// `count:` and `stride:` of a field; `None` for a single one.
    fn field_array(
        &mut self,
        node: &Node<'_>,
        count: Option<Number>,
        stride: Option<Number>,
    ) -> Option<Array> {
        let stride = node.spanned("stride", number(stride));
        let Some(count) = node.spanned("count", number(count)) else {
            if stride.is_some() && !node.has("count") {
                self.stride_needs_a_count(node);
            }
            return None;
        };
        if count.value == 0 {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadCount,
                    count.span,
                    format!("`{}` is an array of no fields", node.name.value),
                    "none",
                )
                .help("write how many there are, or remove the field"),
            );
        }
        Some(Array {
            count,
            stride,
            index: None,
            places: Vec::new(),
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
                    format!("{} is not a width of a register", width.value),
                    "here",
                )
                .help("a width is 8, 16, 32 or 64 bits, or several beats of the bus"),
            );
        }
        Some(Spanned::new(bits?, width.span))
    }
}

/// Bits of the widest register that an author describes.
const MAX_WIDTH: u32 = 4096;

/// Where a register or cluster is, and how often.
struct Place {
    /// Perhaps with the mark of a list.
    name: Spanned<String>,
    at: Option<Spanned<u64>>,
    array: Option<Array>,
}

/// Bits that were written by their two ends.
enum Ends {
    /// They were not.
    None,
    Are(Spanned<BitRange>),
    /// They were, and are no bits.
    Wrong,
}

/// Whether numbers are where the names go, and names where the numbers go.
fn is_reversed(node: &Node<'_>) -> bool {
    let entries = node.peek();
    !entries.is_empty()
        && entries.iter().all(|entry| {
            let named = entry.kind() == Some(Kind::Text)
                && parse_integer(entry.text().unwrap_or_default()).is_none();
            named
                && entry
                    .name
                    .starts_with(|it: char| it.is_ascii_digit() || it == '-')
                && parse_integer(&entry.name).is_some()
        })
}

/// A number or text where a register goes.
/// Other tools' keys for the ends of a field, in lower case and without
/// separators.
const LOWEST_BIT: &[&str] = &[
    "lsb",
    "low",
    "lo",
    "bitoffset",
    "offset",
    "start",
    "from",
    "bitlow",
];
const HIGHEST_BIT: &[&str] = &["msb", "high", "hi", "end", "to", "bithigh"];
const NUMBER_OF_BITS: &[&str] = &[
    "bitwidth", "width", "size", "len", "length", "nbits", "numbits",
];

/// `bits` in place of keys that follow each other.
fn one_key(parts: &[Option<&Node<'_>>], bits: &str) -> Option<Suggestion> {
    let mut parts: Vec<&Node<'_>> = parts.iter().copied().flatten().collect();
    parts.sort_by_key(|part| part.name.span);
    let (first, last) = (parts.first()?, parts.last()?);
    for pair in parts.windows(2) {
        let between = first.text_between(pair[0].span(), pair[1].name.span)?;
        if !between.chars().all(|it| it.is_whitespace() || it == ',') {
            return None;
        }
    }
    let span = Span {
        end: last.span().end,
        ..first.name.span
    };
    let edit = Edit::new(span, format!("bits: {bits}"));
    Suggestion::new(Applicability::Sure, vec![edit])
}

fn no_item(node: &Node<'_>) -> Diagnostic {
    let name = &node.name.value;
    let at = node.text().and_then(parse_number);
    let help = match at {
        Some(at) => format!("write `{name}: {{at: {at:#x}}}`"),
        None => format!("write `{name}: {{at: 0x0}}`; every key of it is optional"),
    };
    let suggestion = at.and_then(|at| node.perhaps(&format!("{{at: {at:#x}}}")));
    Diagnostic::new(
        Code::WrongType,
        node.span(),
        format!("`{name}` takes a mapping: a register, a cluster or a reserved range"),
        "not of this form",
    )
    .help(help)
    .suggest(suggestion)
}

fn no_value(node: &Node<'_>, error: Error) -> Diagnostic {
    let suggestion = node.meant(&error);
    let (reason, help) = explained(error);
    Diagnostic::new(
        Code::WrongType,
        node.span(),
        format!(
            "the value of `{}` cannot be used: {reason}",
            node.name.value
        ),
        "here",
    )
    .help(help)
    .suggest(suggestion)
}

/// The keys by which an item is known for one, and not for a name.
const ITEM_KEYS: &[&str] = &[
    "at",
    "width",
    "access",
    "reset",
    "reset-mask",
    "fields",
    "registers",
    "memory",
    "description",
    "count",
    "stride",
    "index",
    "alternate",
    "on-read",
    "on-write",
    "read-order",
    "reserved",
    "write-constraint",
];

/// The keys that make a register another thing.
const KINDS: &[&str] = &["registers", "reserved"];

/// The key that makes an item something else than a register, even misspelt: as
/// a register it would make no sense.
fn kind_of(node: &Node<'_>) -> Option<&'static str> {
    if let Some(kind) = KINDS.iter().copied().find(|kind| node.has(kind)) {
        return Some(kind);
    }
    let known = fields_of::<RegisterKeys>();
    node.keys()
        .filter(|key| !known.contains(key) && !key.starts_with("x-"))
        .find_map(|key| words::meant(key, KINDS).filter(|kind| !words::is_foreign(key, kind)))
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
