// SPDX-License-Identifier: MIT OR Apache-2.0

//! From what the author wrote to the full picture: copies filled in, arrays
//! laid out, properties inherited, offsets counted.
//!
//! What was reported while reading is left out here, and so is what depends on
//! it: one mistake gives one diagnostic.

mod constraints;
pub(crate) mod derive;
mod element;
mod paths;
mod reserved;

use std::collections::{HashMap, HashSet};

use self::constraints::Stated;
use self::element::{element_name, stripped};
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::description as written;
use crate::description::{Description, FieldValues, Properties};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits::{MAX_COUNT, MAX_LIST};
use crate::model::{
    Array, Block, Cluster, DefaultValue, Device, EnumId, EnumeratedValue, Enumeration, Field,
    Format, Instance, Interrupt, Item, Origin, Register, Reserved, WriteConstraint,
};
use crate::nearest::nearest;
use crate::number::{Bits, Integer, MAX_WIDTH};
use crate::source::{Span, Spanned};
use crate::units::{BitRange, ByteRange, align_up, low_ones, numbers_of};

/// Resolves a description. Only what was asked for is kept: all of it where
/// `peripherals` is empty.
pub(crate) fn resolve(
    mut description: Description,
    peripherals: &[String],
    diagnostics: &mut Diagnostics,
) -> Device {
    derive::derive(&mut description, diagnostics);
    choose(&mut description, peripherals, diagnostics);
    let mut blocks: Vec<Block> = Vec::new();
    for block in description.blocks {
        let block = Resolver {
            bus_bytes: description.bus.bytes(),
            origin: block.origin,
            incomplete: false,
            enums: Vec::new(),
            diagnostics,
        }
        .block(block, &description.properties);
        match blocks.iter_mut().find(|other| same_layout(other, &block)) {
            Some(same) => same.merge_instances(block),
            None => blocks.push(block),
        }
    }
    Device {
        kind: description.kind,
        name: description.name,
        vendor: description.vendor,
        description: description.description,
        version: description.version,
        bus: description.bus,
        blocks,
    }
}

/// Keeps the peripherals that were asked for by name.
fn choose(description: &mut Description, peripherals: &[String], diagnostics: &mut Diagnostics) {
    if peripherals.is_empty() {
        return;
    }
    let known = |name: &String| {
        let mut blocks = description.blocks.iter();
        blocks.any(|block| block.name.value.eq_ignore_ascii_case(name))
    };
    for missing in peripherals.iter().filter(|name| !known(name)) {
        diagnostics.push(unknown_peripheral(missing, description));
    }
    description.blocks.retain(|block| {
        let mut asked = peripherals.iter();
        asked.any(|name| block.name.value.eq_ignore_ascii_case(name))
    });
}

fn unknown_peripheral(name: &str, description: &Description) -> Diagnostic {
    let names: Vec<&str> = description
        .blocks
        .iter()
        .map(|block| block.name.value.as_str())
        .collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", names.join(", ")),
    };
    Diagnostic::new(
        Code::UnknownPeripheral,
        description.name.span,
        format!("`{}` has no peripheral `{name}`", description.name.value),
        "in this device",
    )
    .help(help)
}

impl Block {
    /// Takes in the instances of a block with the same layout, and their lines.
    /// Lines of one name are one interrupt, whose number each instance has.
    fn merge_instances(&mut self, other: Block) {
        for interrupt in other.interrupts {
            let mut known = self.interrupts.iter();
            if !known.any(|it| it.name == interrupt.name) {
                self.interrupts.push(interrupt);
            }
        }
        self.instances.extend(other.instances);
    }
}

/// The instances, each with its interrupts in the order of the block's; what the
/// block does not have is last.
fn in_order_of(interrupts: &[Interrupt], mut instances: Vec<Instance>) -> Vec<Instance> {
    let place = |name: &Spanned<String>| {
        let place = interrupts.iter().position(|it| it.name == *name);
        place.unwrap_or(interrupts.len())
    };
    for instance in &mut instances {
        instance.interrupts.sort_by_key(|(name, _)| place(name));
    }
    instances
}

/// Peripherals with one layout are instances of one block.
fn same_layout(a: &Block, b: &Block) -> bool {
    a.size == b.size
        && a.items.len() == b.items.len()
        && a.reserved_bits == b.reserved_bits
        && a.items == b.items
        && a.enums == b.enums
}

struct Resolver<'d> {
    bus_bytes: u64,
    origin: Origin,
    incomplete: bool,
    enums: Vec<Enumeration>,
    diagnostics: &'d mut Diagnostics,
}

/// What a container's items came to.
struct Contents {
    items: Vec<Item>,
    reserved: Vec<Reserved>,
}

impl Contents {
    /// One past the last byte any item uses.
    fn end(&self) -> u64 {
        let ends = self
            .items
            .iter()
            .map(|item| item.offset().value.saturating_add(item.size()));
        let reserved = self
            .reserved
            .iter()
            .map(|reserved| reserved.range.end().unwrap_or(u64::MAX));
        ends.chain(reserved).max().unwrap_or(0)
    }
}

impl Resolver<'_> {
    fn block(mut self, block: written::Block, inherited: &Properties) -> Block {
        for notice in block.notices {
            self.diagnostics.push(notice);
        }
        let written = paths::written(&block.interrupts, &block.items);
        let named = self.named_enums(block.enums);
        let scope = Scope {
            properties: inherited.overlaid(&block.properties),
            clusters: Vec::new(),
            named: &named,
        };
        let contents = self.items(block.items, &scope);
        let mut interrupts = block.interrupts;
        paths::resolve(&mut interrupts, &written, &contents.items);
        let size = block.size.unwrap_or_else(|| {
            let end = align_up(contents.end(), self.bus_bytes).unwrap_or(u64::MAX);
            Spanned::new(end, block.name.span)
        });
        Block {
            name: block.name,
            description: block.description,
            size,
            reserved_bits: block
                .reserved_bits
                .map_or_else(Default::default, |bits| bits.value),
            origin: block.origin,
            incomplete: self.incomplete,
            node_name: block.node_name,
            device_tree: block.device_tree,
            enums: self.enums,
            items: contents.items,
            reserved: contents.reserved,
            bus_master: block.bus_master,
            windows: block.windows,
            instances: in_order_of(&interrupts, block.instances),
            interrupts,
            identity: block.identity,
        }
    }

    fn named_enums(&mut self, enums: Vec<written::Enumeration>) -> HashMap<String, EnumId> {
        let mut named = HashMap::new();
        for enumeration in enums {
            let Some(name) = enumeration.name.clone() else {
                continue;
            };
            let id = self.enumeration(enumeration, name.clone(), Vec::new());
            named.insert(name.value, id);
        }
        named
    }

    fn enumeration(
        &mut self,
        mut enumeration: written::Enumeration,
        name: Spanned<String>,
        scope: Vec<String>,
    ) -> EnumId {
        if self.origin == Origin::Vendor {
            reserved::number_repeated_values(&mut enumeration);
        }
        for notice in enumeration.notices {
            self.diagnostics.push(notice);
        }
        let mut values = enumeration.values;
        values.sort_by_key(|value| value.value.value);
        self.enums.push(Enumeration {
            name,
            scope,
            description: enumeration.description,
            values,
            default: enumeration.default,
        });
        EnumId(self.enums.len() - 1)
    }

    fn items(&mut self, items: Vec<written::Item>, scope: &Scope<'_>) -> Contents {
        let taken = plain_names(&items);
        let mut contents = Contents {
            items: Vec::new(),
            reserved: Vec::new(),
        };
        // `None`: the place is unknown, since something before was refused.
        let mut next = Some(0);
        for item in items {
            match item {
                written::Item::Refused(_) => {
                    next = None;
                    self.incomplete = true;
                }
                written::Item::Reserved(reserved) => {
                    let start = reserved.at.map(|at| at.value).or(next);
                    next = start.map(|start| start.saturating_add(reserved.size.value));
                    contents.reserved.extend(start.map(|start| Reserved {
                        name: reserved.name,
                        range: ByteRange {
                            start,
                            len: reserved.size.value,
                        },
                    }));
                }
                written::Item::Register(register) => {
                    let register = self.register(register, scope);
                    let Some(placed) = place(register, &mut next, &taken) else {
                        continue;
                    };
                    contents.items.extend(placed.map(Item::Register));
                }
                written::Item::Cluster(cluster) => {
                    let cluster = self.cluster(cluster, scope);
                    let Some(placed) = place(cluster, &mut next, &taken) else {
                        continue;
                    };
                    contents.items.extend(placed.map(Item::Cluster));
                }
            }
        }
        if self.origin == Origin::Vendor {
            reserved::without_repeated_registers(&mut contents.items, &mut contents.reserved);
        }
        contents.items.sort_by_key(|item| item.offset().value);
        contents
    }

    fn cluster(&mut self, cluster: written::Cluster, scope: &Scope<'_>) -> Unplaced<Cluster> {
        let name = array_name(&cluster.name);
        let mut clusters = scope.clusters.clone();
        clusters.push(name.value.clone());
        let inner = Scope {
            properties: scope.properties.overlaid(&cluster.properties),
            clusters,
            named: scope.named,
        };
        let contents = self.items(cluster.items, &inner);
        let size = contents.end();
        Unplaced {
            at: cluster.at,
            align: self.bus_bytes,
            size: align_up(size, self.bus_bytes).unwrap_or(u64::MAX),
            dim: cluster.array,
            item: Cluster {
                name,
                description: cluster.description,
                offset: Spanned::new(0, cluster.name.span),
                size,
                array: None,
                alternate: cluster.alternate,
                items: contents.items,
                reserved: contents.reserved,
            },
            written_name: cluster.name,
        }
    }

    fn register(&mut self, register: written::Register, scope: &Scope<'_>) -> Unplaced<Register> {
        let name = array_name(&register.name);
        let own = &register.properties;
        let properties = scope.properties.overlaid(own);
        self.effects_have_access(own, access(&properties, name.span));
        let width = properties.width.unwrap_or(Spanned::new(32, name.span));
        self.the_reset_mask_fits(own, &name, width.value);
        let of = (&name, width.value);
        let (mut fields, resets) = self.fields(register.fields, &properties, of, scope);
        let write_constraint = distributed(register.write_constraint, &mut fields);
        let own = properties.reset.as_ref();
        // One that it inherits was not chosen for its constraint.
        let whole = own.filter(|_| register.properties.reset.is_some());
        let whole = whole.map(|own| Spanned::new(own.magnitude().clone(), own.span));
        let reset_span = own.map_or(name.span, |own| own.span);
        let own = own.map_or_else(Bits::zero, |own| own.magnitude().clone());
        let reset = with_fields(own, &resets, width.value);
        for field in &mut fields {
            field.reset = reset.extract(field.bits.value);
        }
        let reset_mask = self.reset_mask(&properties, width.value);
        let reset_mask = with_known(reset_mask, &resets, width.value);
        let stated = Stated {
            whole: whole.as_ref(),
            reset: &reset,
            known: &reset_mask,
            fields: &resets,
        };
        for lint in stated.forbidden(&name, write_constraint, &fields) {
            self.diagnostics.push(lint);
        }
        let size = u64::from(width.value.div_ceil(8));
        let array = register.array.as_ref();
        let is_memory = self.origin == Origin::Vendor
            && fields.is_empty()
            && array.is_some_and(|array| is_long_row_of_words(array, size));
        Unplaced {
            at: register.at,
            align: natural_alignment(size, self.bus_bytes),
            size,
            dim: register.array,
            written_name: register.name,
            item: Register {
                description: register.description,
                offset: Spanned::new(0, name.span),
                width,
                array: None,
                memory: register.memory || is_memory,
                access: access(&properties, name.span),
                reset: Spanned::new(reset, reset_span),
                reset_mask,
                read_order: register.read_order,
                write_constraint,
                protection: properties.protection,
                alternate: register.alternate,
                fields,
                name,
            },
        }
    }

    /// The bits of a reset that are known. The default of an author's register is
    /// 0; of a vendor's, it is unknown.
    fn reset_mask(&self, properties: &Properties, width: u32) -> Bits {
        let stated = self.origin == Origin::Author || properties.reset.is_some();
        match &properties.reset_mask {
            Some(mask) => mask.cut(width),
            // What is wider still is refused.
            None if stated => Bits::ones(width.min(MAX_WIDTH)),
            None => Bits::zero(),
        }
    }

    /// The fields of a register in the order of their bits, and the resets that they
    /// state.
    fn fields(
        &mut self,
        written: Vec<written::Field>,
        properties: &Properties,
        register: (&Spanned<String>, u32),
        scope: &Scope<'_>,
    ) -> (Vec<Field>, Vec<(BitRange, u64)>) {
        let mut resets = Vec::new();
        let mut fields = Vec::new();
        for field in written {
            self.field(field, properties, register, scope, &mut fields, &mut resets);
        }
        if self.origin == Origin::Vendor {
            reserved::without_repeated_fields(&mut fields);
        }
        fields.sort_by_key(|field| field.bits.low);
        (fields, resets)
    }

    fn field(
        &mut self,
        field: written::Field,
        inherited: &Properties,
        (register, width): (&Spanned<String>, u32),
        scope: &Scope<'_>,
        fields: &mut Vec<Field>,
        resets: &mut Vec<(BitRange, u64)>,
    ) {
        let Some(bits) = field.bits else {
            return;
        };
        let properties = without_reset(inherited).overlaid(&field.properties);
        self.effects_have_access(&field.properties, access(&properties, field.name.span));
        self.names_have_an_effect(&field, access(&properties, field.name.span));
        let has_values = field.values.is_some();
        let values = self.field_values(field.values, register, &field.name, "", scope);
        // An enumeration that is not there was reported, and has no names to miss.
        let reset_name = field.reset_name.filter(|_| values.is_some() || !has_values);
        let write_values =
            self.field_values(field.write_values, register, &field.name, "_WRITE", scope);
        let format = field
            .format
            .unwrap_or(Spanned::new(Default::default(), field.name.span));
        self.the_format_has_an_effect(format, values, properties.reset.as_ref());
        let reset = match &properties.reset {
            Some(reset) => self.field_reset(
                &array_name(&field.name),
                bits,
                format.value.is_signed(),
                reset,
            ),
            None => reset_name.and_then(|name| {
                // That a value does not fit is reported the value.
                let value = Integer::from(self.reset_by_name(&name, values)?);
                value.in_bits(bits.len, format.value.is_signed())
            }),
        };
        for (name, low) in field_places(&field.name, bits.value, width, field.array.as_ref()) {
            let bits = Spanned::new(BitRange { low, ..bits.value }, bits.span);
            resets.extend(reset.map(|reset| (bits.value, reset)));
            fields.push(Field {
                name,
                description: field.description.clone(),
                bits,
                access: access(&properties, field.name.span),
                // Until the register's is known.
                reset: 0,
                format,
                self_clearing: field.self_clearing.is_some_and(|it| it.value),
                values,
                write_values,
                write_constraint: field.write_constraint,
                alternate: false,
            });
        }
    }

    /// What is said of a write needs one, and so does what is said of a read. A
    /// vendor says it of a whole register, whatever its fields allow.
    fn effects_have_access(&mut self, own: &Properties, access: Spanned<Access>) {
        if self.origin == Origin::Vendor {
            return;
        }
        let on_write = own.on_write.filter(|_| !access.write);
        let on_read = own.on_read.filter(|_| !access.read);
        self.effects_agree(own);
        let write = on_write.map(|effect| ("on-write", "write", effect.span));
        let read = on_read.map(|effect| ("on-read", "read", effect.span));
        for (key, verb, span) in write.into_iter().chain(read) {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::EffectWithoutAccess,
                    span,
                    format!("`{key}` of what software may not {verb}"),
                    "has no effect",
                )
                .related(access.span, format!("the access is {}", access.value))
                .help(format!(
                    "remove `{key}`, or give it an access that may {verb}"
                )),
            );
        }
    }

    /// Names for values that are read need a read, and such for values that are
    /// written a write. (A vendor's are also there for readers of the manual.)
    fn names_have_an_effect(&mut self, field: &written::Field, access: Spanned<Access>) {
        let (values, write_values) = (&field.values, &field.write_values);
        let (Origin::Author, Some(written)) = (self.origin, write_values) else {
            return;
        };
        let idle = match values {
            _ if !access.write => Some(("write-enum", written, "write")),
            // A reset may be given by one of its names.
            Some(values) if !access.read && field.reset_name.is_none() => {
                Some(("enum", values, "read"))
            }
            _ => None,
        };
        if let Some((key, values, verb)) = idle {
            let place = match values {
                FieldValues::Named(name) => Some(name.span),
                FieldValues::InPlace(it) => it.values.first().map(|value| value.name.span),
            };
            let message = format!("`{key}` has no effect on what software may not {verb}");
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadValue,
                    place.unwrap_or(field.name.span),
                    message,
                    "not used",
                )
                .related(access.span, format!("the access is {}", access.value))
                .help(format!(
                    "remove `{key}`, or give it an access that may {verb}"
                )),
            );
        }
    }

    /// A field whose values have names is no number, unless they are signed.
    fn the_format_has_an_effect(
        &mut self,
        format: Spanned<Format>,
        values: Option<EnumId>,
        reset: Option<&Spanned<Integer>>,
    ) {
        let Some(names) = values.and_then(|id| self.enums.get(id.0)) else {
            return;
        };
        let is_used = match format.value {
            Format::Unsigned => true,
            Format::Signed => names.is_signed() || reset.is_some_and(|it| it.is_negative()),
            Format::Fixed { .. } => false,
        };
        if self.origin == Origin::Author && !is_used {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadValue,
                    format.span,
                    format!("`format: {}` has no effect beside `enum`", format.value),
                    "not used",
                )
                .related(names.name.span, "each of its values has a name")
                .help("remove `format`, or the enumeration"),
            );
        }
    }

    /// An access that names an effect, and another effect beside it, are two.
    fn effects_agree(&mut self, own: &Properties) {
        let Some(access) = own.access else {
            return;
        };
        let named = access.on_write != WriteEffect::Modify;
        let on_write = own
            .on_write
            .filter(|it| named && it.value != access.on_write);
        let named = access.on_read != ReadEffect::None;
        let on_read = own.on_read.filter(|it| named && it.value != access.on_read);
        let write = on_write.map(|effect| ("on-write", effect.value.to_string(), effect.span));
        let read = on_read.map(|effect| ("on-read", effect.value.to_string(), effect.span));
        for (key, effect, span) in write.into_iter().chain(read) {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadValue,
                    span,
                    format!("`{key}: {effect}` contradicts `access: {}`", access.value),
                    "another effect",
                )
                .related(access.span, "names an effect too")
                .help(format!(
                    "remove `{key}`, or write `rw`, `ro` or `wo` as the access"
                )),
            );
        }
    }

    /// A register's own mask has no bits beyond it. One that it inherits may be of
    /// wider registers.
    fn the_reset_mask_fits(&mut self, own: &Properties, name: &str, width: u32) {
        let Some(mask) = own.reset_mask.as_ref().filter(|mask| !mask.fits(width)) else {
            return;
        };
        let code = match self.origin {
            Origin::Author => Code::ResetTooLarge,
            Origin::Vendor => Code::WithoutEffect,
        };
        self.diagnostics.push(
            Diagnostic::new(
                code,
                mask.span,
                format!(
                    "the reset mask {:#x} has {} bits, and `{name}` has {width}",
                    mask.value,
                    mask.bit_length()
                ),
                format!("at most {:#x}", Bits::ones(width.min(MAX_WIDTH))),
            )
            .help("make the mask smaller or the register wider"),
        );
    }

    /// The bits of a field's reset; `None`, and reported, where it has no room for it.
    fn field_reset(
        &mut self,
        name: &str,
        bits: Spanned<BitRange>,
        signed: bool,
        reset: &Spanned<Integer>,
    ) -> Option<u64> {
        let found = reset.in_bits(bits.len, signed);
        if found.is_none() {
            let wrong = match reset.is_negative() && !signed {
                true => negative_reset(name, reset),
                false => misfit_reset(name, bits, signed, reset),
            };
            self.diagnostics.push(wrong);
        }
        found
    }

    fn field_values(
        &mut self,
        values: Option<FieldValues>,
        register: &str,
        field: &Spanned<String>,
        suffix: &str,
        scope: &Scope<'_>,
    ) -> Option<EnumId> {
        match values? {
            FieldValues::InPlace(enumeration) if enumeration.values.is_empty() => None,
            FieldValues::InPlace(enumeration) => {
                let field_name = array_name(field);
                let name = field_name.map(|field| format!("{register}_{field}{suffix}"));
                Some(self.enumeration(enumeration, name, scope.clusters.clone()))
            }
            FieldValues::Named(name) => {
                let found = scope.named.get(&name.value).copied();
                if found.is_none() {
                    self.diagnostics.push(unknown_enumeration(&name, scope));
                }
                found
            }
        }
    }

    fn reset_by_name(&mut self, name: &Spanned<String>, values: Option<EnumId>) -> Option<i128> {
        let known: Vec<&EnumeratedValue> = values
            .and_then(|id| self.enums.get(id.0))
            .map_or_else(Vec::new, |enumeration| enumeration.values.iter().collect());
        let found = known.iter().find(|value| value.name.value == name.value);
        if let Some(value) = found {
            return Some(value.value.value);
        }
        let default = values.and_then(|id| self.enums.get(id.0)?.default.as_ref());
        if let Some(default) = default.filter(|default| default.name.value == name.value) {
            let wrong = default_as_reset(name, default);
            self.diagnostics.push(wrong);
            return None;
        }
        let names = || known.iter().map(|value| value.name.value.as_str());
        let otherwise = || match known.is_empty() {
            true => "a reset by name needs an `enum`".to_owned(),
            false => format!("it has {}", names().collect::<Vec<_>>().join(", ")),
        };
        self.diagnostics.push(
            Diagnostic::new(
                Code::UnknownEnumeratedValue,
                name.span,
                format!("the field has no value `{}`", name.value),
                "here",
            )
            .did_you_mean(name, nearest(name, names()), otherwise),
        );
        None
    }
}

/// What stands for many numbers is no value after reset.
fn default_as_reset(name: &Spanned<String>, default: &DefaultValue) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownEnumeratedValue,
        name.span,
        format!(
            "`{}` is every number without a name, and a reset is one",
            name.value
        ),
        "which number is not known",
    )
    .related(default.name.span, "the default")
    .help("write the number")
}

fn negative_reset(name: &str, reset: &Spanned<Integer>) -> Diagnostic {
    Diagnostic::new(
        Code::ResetTooLarge,
        reset.span,
        format!("the reset of `{name}` is negative, and its bits are unsigned"),
        "below 0",
    )
    .help("add `format: signed` to the field, or write the bits as a number such as 0xff")
}

fn misfit_reset(
    name: &str,
    bits: Spanned<BitRange>,
    signed: bool,
    reset: &Spanned<Integer>,
) -> Diagnostic {
    let numbers = numbers_of(bits.len, signed);
    let (limit, help) = match reset.is_negative() {
        true => (
            format!("at least {}", numbers.start()),
            "make the reset larger or the field wider",
        ),
        false => (
            format!("at most {:#x}", low_ones(bits.len)),
            "make the reset smaller or the field wider",
        ),
    };
    Diagnostic::new(
        Code::ResetTooLarge,
        reset.span,
        format!(
            "the reset of `{name}` does not fit into its bits {}",
            bits.value
        ),
        limit,
    )
    .related(bits.span, format!("{} bits wide", bits.len))
    .help(help)
}

/// A register's reset, with those of its fields in their bits.
fn with_fields(own: Bits, fields: &[(BitRange, u64)], width: u32) -> Bits {
    // A field that reaches beyond the register is reported as such.
    let fields = fields.iter().filter(|(bits, _)| bits.fits(width));
    fields.fold(own, |reset, (bits, value)| reset.with(*bits, *value))
}

/// What a field inherits: its register's reset is not each field's.
fn without_reset(inherited: &Properties) -> Properties {
    Properties {
        reset: None,
        ..inherited.clone()
    }
}

/// The mask, with the bits whose fields state what they have after reset.
fn with_known(mask: Bits, resets: &[(BitRange, u64)], width: u32) -> Bits {
    let within = resets.iter().filter(|(bits, _)| bits.fits(width));
    within.fold(mask, |mask, (bits, _)| mask.with(*bits, u64::MAX))
}

/// A register of whose fields some have names may be written by those names: the
/// constraint is each such field's. What is left is the register's own.
fn distributed(
    constraint: Option<WriteConstraint>,
    fields: &mut [Field],
) -> Option<WriteConstraint> {
    let has_names = |field: &&mut Field| field.values.or(field.write_values).is_some();
    let named = fields.iter_mut().filter(has_names);
    let mut named = named.peekable();
    if constraint != Some(WriteConstraint::Enumerated) || named.peek().is_none() {
        return constraint;
    }
    for field in named {
        field
            .write_constraint
            .get_or_insert(WriteConstraint::Enumerated);
    }
    None
}

/// Whether an array of words of that many bytes is a memory: too long for
/// registers, and one word directly behind the other. A vendor has no other way
/// to describe one.
fn is_long_row_of_words(array: &written::Array, size: u64) -> bool {
    let is_row = array.stride.is_none_or(|stride| stride.value == size);
    let is_word = matches!(size, 1 | 2 | 4 | 8);
    let is_plain = array.index.is_none() && array.places.is_empty();
    array.count.value > MAX_COUNT && is_row && is_word && is_plain
}

/// Where a register of that many bytes goes by itself: at a multiple of its
/// size, if an access has that size, else of the bus's.
fn natural_alignment(size: u64, bus_bytes: u64) -> u64 {
    match size {
        1 | 2 | 4 | 8 => size,
        _ => bus_bytes,
    }
}

/// What holds for everything inside a container.
struct Scope<'a> {
    properties: Properties,
    /// Names of the clusters around, outermost first.
    clusters: Vec<String>,
    named: &'a HashMap<String, EnumId>,
}

impl Properties {
    /// These, where `nearer` says nothing else.
    pub(crate) fn overlaid(&self, nearer: &Properties) -> Properties {
        Properties {
            width: nearer.width.or(self.width),
            access: nearer.access.or(self.access),
            on_write: nearer.on_write.or(self.on_write),
            on_read: nearer.on_read.or(self.on_read),
            reset: nearer.reset.as_ref().or(self.reset.as_ref()).cloned(),
            reset_mask: nearer
                .reset_mask
                .as_ref()
                .or(self.reset_mask.as_ref())
                .cloned(),
            protection: nearer.protection.or(self.protection),
        }
    }
}

/// The access with the effects that were stated apart from it; an effect of
/// what software may not do is none.
fn access(properties: &Properties, fallback: Span) -> Spanned<Access> {
    let base = properties
        .access
        .unwrap_or(Spanned::new(Access::RW, fallback));
    base.map(|access| Access {
        on_write: match &properties.on_write {
            _ if !access.write => WriteEffect::Modify,
            Some(effect) => effect.value,
            None => access.on_write,
        },
        on_read: match &properties.on_read {
            _ if !access.read => ReadEffect::None,
            Some(effect) => effect.value,
            None => access.on_read,
        },
        ..access
    })
}

fn unknown_enumeration(name: &Spanned<String>, scope: &Scope<'_>) -> Diagnostic {
    let known = scope.named.keys().map(String::as_str);
    Diagnostic::new(
        Code::UnknownEnumeration,
        name.span,
        format!("there is no enumeration `{}`", name.value),
        "used here",
    )
    .did_you_mean(name, nearest(name, known), || {
        "declare it under `enums:`".to_owned()
    })
}

/// A register or cluster that is known but for its place.
struct Unplaced<T> {
    at: Option<Spanned<u64>>,
    /// Bytes an automatic offset is a multiple of.
    align: u64,
    /// Bytes of one element.
    size: u64,
    dim: Option<written::Array>,
    /// The name with any `%s`.
    written_name: Spanned<String>,
    item: T,
}

/// What a place can be given to.
trait Placed: Clone {
    fn set(&mut self, name: Spanned<String>, offset: Spanned<u64>, array: Option<Array>);
}

impl Placed for Register {
    fn set(&mut self, name: Spanned<String>, offset: Spanned<u64>, array: Option<Array>) {
        self.name = name;
        self.offset = offset;
        self.array = array;
    }
}

impl Placed for Cluster {
    fn set(&mut self, name: Spanned<String>, offset: Spanned<u64>, array: Option<Array>) {
        self.name = name;
        self.offset = offset;
        self.array = array;
    }
}

/// Gives an item its offset, and makes it one array or several items with names
/// of their own. `None` where the place depends on something refused.
fn place<T: Placed>(
    mut unplaced: Unplaced<T>,
    next: &mut Option<u64>,
    taken: &HashSet<String>,
) -> Option<impl Iterator<Item = T>> {
    let name = unplaced.written_name;
    if let Some(dim) = &mut unplaced.dim {
        unplaced.at = even(dim).or(unplaced.at);
    }
    let offset = match (unplaced.at, *next) {
        (Some(at), _) => at,
        (None, Some(next)) => {
            let aligned = align_up(next, unplaced.align).unwrap_or(u64::MAX);
            Spanned::new(aligned, name.span)
        }
        (None, None) => return None,
    };
    let array = unplaced.dim.as_ref().map(|dim| Array {
        count: dim.count,
        stride: dim
            .stride
            .unwrap_or(Spanned::new(unplaced.size, dim.count.span)),
    });
    let extent = array.map_or(unplaced.size, |array| array.extent(unplaced.size));
    let end = offset.value.saturating_add(extent);
    let last = unplaced
        .dim
        .iter()
        .flat_map(|dim| &dim.places)
        .map(|at| at.value);
    let last = last
        .max()
        .map_or(end, |at| at.saturating_add(unplaced.size));
    *next = Some(last);

    let places = match (array, &unplaced.dim) {
        (_, Some(dim)) if !dim.places.is_empty() => irregular_places(&name, dim),
        (Some(array), Some(dim)) if !is_regular(&name, dim, taken) => {
            listed_places(&name, offset, array, dim)
        }
        _ => vec![(array_name(&name), offset, array)],
    };
    let item = unplaced.item;
    Some(places.into_iter().map(move |(name, offset, array)| {
        let mut item = item.clone();
        item.set(name, offset, array);
        item
    }))
}

type Place = (Spanned<String>, Spanned<u64>, Option<Array>);

/// Makes an irregular array whose elements are at even distances a regular
/// one, and gives its first place; the first place of any irregular one.
fn even(dim: &mut written::Array) -> Option<Spanned<u64>> {
    let first = *dim.places.first()?;
    let stride = dim.places.get(1)?.value.checked_sub(first.value)?;
    let mut steps = dim.places.windows(2);
    let evenly = steps.all(|pair| pair[1].value.checked_sub(pair[0].value) == Some(stride));
    if evenly && dim.index.is_none() && stride > 0 {
        dim.stride = Some(Spanned::new(stride, first.span));
        dim.places.clear();
    }
    Some(first)
}

/// The single items at the places that were listed.
fn irregular_places(name: &Spanned<String>, dim: &written::Array) -> Vec<Place> {
    (0..)
        .zip(&dim.places)
        .map(|(index, at)| (element_name(name, dim, index), *at, None))
        .collect()
}

/// The single items that a list such as `CH%s_CFG` represents.
fn listed_places(
    name: &Spanned<String>,
    offset: Spanned<u64>,
    array: Array,
    dim: &written::Array,
) -> Vec<Place> {
    (0..array.count.value)
        .map(|index| {
            let moved = index.saturating_mul(array.stride.value);
            (
                element_name(name, dim, index),
                offset.map(|offset| offset.saturating_add(moved)),
                None,
            )
        })
        .collect()
}

/// Whether the elements are distinguished by numbers from 0 on, so that an array
/// says all there is, under a name that nothing else has.
fn is_regular(name: &str, dim: &written::Array, taken: &HashSet<String>) -> bool {
    if !name.contains("%s") || name.ends_with("[%s]") || dim.count.value > MAX_LIST {
        return true;
    }
    let counted = dim.index.as_ref().is_none_or(|names| {
        let mut names = names.iter().enumerate();
        names.all(|(index, name)| *name == index.to_string())
    });
    counted && !taken.contains(&stripped(name))
}

/// A name without its array mark: `CH[%s]` and `CH%s` give `CH`.
fn array_name(name: &Spanned<String>) -> Spanned<String> {
    name.clone().map(|name| stripped(&name))
}

/// The names in a container that an array must not take when its mark goes.
fn plain_names(items: &[written::Item]) -> HashSet<String> {
    let mut once = HashSet::new();
    let mut taken = HashSet::new();
    for item in items {
        let name = match item {
            written::Item::Register(register) => &register.name.value,
            written::Item::Cluster(cluster) => &cluster.name.value,
            written::Item::Reserved(_) | written::Item::Refused(_) => continue,
        };
        if !once.insert(stripped(name)) {
            taken.insert(stripped(name));
        }
    }
    taken
}

/// Fields that one array may have, whatever the width of its register.
const MAX_FIELDS: u64 = 1 << 16;

/// The single fields that a field represents: name and lowest bit. Of those far
/// beyond the register one is enough to refuse the array.
fn field_places(
    name: &Spanned<String>,
    bits: BitRange,
    width: u32,
    dim: Option<&written::Array>,
) -> Vec<(Spanned<String>, u32)> {
    let Some(dim) = dim else {
        return vec![(name.clone(), bits.low)];
    };
    let stride = dim.stride.map_or(bits.len, |stride| {
        u32::try_from(stride.value).unwrap_or(u32::MAX)
    });
    // A width that is none is rounded up where it is repaired.
    let far = width.saturating_mul(2).saturating_add(64);
    let mut beyond = false;
    (0..dim.count.value.min(MAX_FIELDS))
        .map(|index| {
            let moved = u32::try_from(index)
                .unwrap_or(u32::MAX)
                .saturating_mul(stride);
            (index, bits.low.saturating_add(moved))
        })
        .take_while(|(_, low)| !std::mem::replace(&mut beyond, *low >= far))
        .map(|(index, low)| {
            let name = element_name(name, dim, index).map(|name| name.replace(['[', ']'], ""));
            (name, low)
        })
        .collect()
}
