// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the registers, fields and enumerations of a block are as types, and what may
//! be done to them. The names that a language has for them are the back end's.

use std::collections::BTreeSet;

use regdesc::model::{Block, Bus, ByteRange, Cluster, EnumId, Enumeration, Field, Item, Register};

use super::access::{self, Action, Masks, Method};
use super::beat::Beat;
use super::layout::{Layout, Whole};
use super::number::{Bounds, Int, Number};
use super::shared::{self, Shapes, Shared};

/// The types of a block.
pub(crate) struct Types<'m> {
    pub(crate) root: Group<'m>,
    /// One per [`Block::enums`]; `None` for one without values.
    pub(crate) enums: Vec<Option<EnumType>>,
    /// Which enumeration has the type of each: itself, or an earlier one.
    pub(crate) same_enums: Vec<usize>,
}

/// The content of a block or cluster.
pub(crate) struct Group<'m> {
    pub(crate) size: u64,
    pub(crate) align: u64,
    pub(crate) members: Vec<Member<'m>>,
    /// The enumerations defined in it, by their place in [`Block::enums`].
    pub(crate) enums: Vec<usize>,
}

pub(crate) enum Member<'m> {
    Register(RegisterType<'m>),
    Cluster(ClusterType<'m>),
}

pub(crate) struct ClusterType<'m> {
    pub(crate) cluster: &'m Cluster,
    pub(crate) group: Group<'m>,
}

/// What a register is as a type, and what may be done to it.
pub(crate) struct RegisterType<'m> {
    pub(crate) register: &'m Register,
    /// The register that this array has the beats of.
    pub(crate) whole: Option<&'m Whole<'m>>,
    pub(crate) kind: Kind<'m>,
    pub(crate) methods: Vec<Method>,
    pub(crate) masks: Masks,
    pub(crate) beat: Beat,
    /// What may be written to a register that is one number, where that is not every
    /// value it can hold.
    pub(crate) constrained: Option<Number>,
    /// All of its words are in one window of memory.
    pub(crate) is_in_memory_window: bool,
}

/// How a register is a type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'m> {
    /// It is one number, and all its bits are plain.
    Number,
    /// It is this field, and its bits are plain.
    Sole(&'m Field),
    /// It has a type with fields or with bits that act.
    Fields(Shared),
}

impl RegisterType<'_> {
    /// The array is words one behind the other, each of them one plain number, and
    /// any number may be written.
    pub(crate) fn is_memory(&self) -> bool {
        self.register.memory && matches!(self.kind, Kind::Number) && self.constrained.is_none()
    }
}

/// What a field is to a program that reads it, or that writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Number(Number),
    /// A value of an enumeration, by its place in [`Block::enums`].
    Enum(usize),
}

/// What may be done to a field.
pub(crate) struct FieldType {
    pub(crate) read: Value,
    pub(crate) written: Value,
    /// Software can give it a value of its choice.
    pub(crate) takes_a_value: bool,
    pub(crate) action: Option<Action>,
}

/// The type of an enumeration.
pub(crate) struct EnumType {
    /// Bits of the widest field that holds it.
    pub(crate) bits: u32,
    /// Some of its values are negative.
    pub(crate) signed: bool,
    /// Bits of the fields in which every value has a name.
    pub(crate) exhaustive: Option<u32>,
}

impl EnumType {
    /// The integer that holds it.
    pub(crate) fn int(&self) -> Int {
        Int::with_room_for(self.bits, self.signed)
    }
}

impl<'m> Types<'m> {
    pub(crate) fn of(layout: &'m Layout<'m>, bus: Bus) -> Self {
        let block = &*layout.numbers;
        let same_enums = shared::enumerations(block);
        let uses = uses(block, &same_enums);
        let mut lowering = Lowering {
            layout,
            block,
            bus,
            homes: homes(block),
            shapes: Shapes::default(),
            same_enums: &same_enums,
        };
        let root = Site {
            size: block.size.value,
            align: widest_access(block, bus),
            first: 0,
            reach: 0,
            clusters: Vec::new(),
        };
        Types {
            root: lowering.group(&block.items, &root),
            enums: block.enums.iter().zip(uses).map(enum_type).collect(),
            same_enums,
        }
    }

    /// What a field is, and what may be done to it.
    pub(crate) fn field(&self, field: &Field) -> FieldType {
        let number = Number::of_field(field);
        let range = Bounds::of_constraint(field.write_constraint);
        let value = |values, number| match self.enum_of(values) {
            Some(index) => Value::Enum(index),
            None => Value::Number(number),
        };
        FieldType {
            read: value(field.values, number),
            written: value(field.write_values.or(field.values), number.within(range)),
            takes_a_value: access::takes_a_value(field),
            action: access::action(field),
        }
    }

    /// The enumeration that has the type of a field's values.
    pub(crate) fn enum_of(&self, id: Option<EnumId>) -> Option<usize> {
        let index = self.same_enums[id?.index()];
        self.enums[index].is_some().then_some(index)
    }
}

/// Bytes of the widest access of a block: it begins at a multiple of this.
fn widest_access(block: &Block, bus: Bus) -> u64 {
    let mut widest = 1;
    shared::each_register(&block.items, &mut |register| {
        widest = widest.max(u64::from(Beat::of(register, bus).width / 8));
    });
    widest
}

/// Where a group lies.
struct Site {
    size: u64,
    align: u64,
    /// Bytes from the start of the block to the first such group.
    first: u64,
    /// Bytes from the first to the last.
    reach: u64,
    /// The author's names of the clusters around its content.
    clusters: Vec<String>,
}

struct Lowering<'m, 'e> {
    layout: &'m Layout<'m>,
    block: &'m Block,
    bus: Bus,
    /// The clusters around each enumeration that there are.
    homes: Vec<&'m [String]>,
    shapes: Shapes<'m>,
    same_enums: &'e [usize],
}

impl<'m> Lowering<'m, '_> {
    fn group(&mut self, items: &'m [Item], site: &Site) -> Group<'m> {
        // The registers of a group define their types before those in its clusters do.
        let mut registers: Vec<_> = items
            .iter()
            .map(|item| match item {
                Item::Register(register) => Some(self.register(register, site)),
                Item::Cluster(_) => None,
            })
            .collect();
        let members = items
            .iter()
            .zip(&mut registers)
            .filter_map(|(item, register)| {
                Some(match item {
                    Item::Register(_) => Member::Register(register.take()?),
                    Item::Cluster(cluster) => Member::Cluster(ClusterType {
                        cluster,
                        group: self.group(&cluster.items, &within(site, cluster)),
                    }),
                })
            });
        Group {
            size: site.size,
            align: site.align,
            members: members.collect(),
            enums: self.enums_at(site),
        }
    }

    fn register(&mut self, register: &'m Register, site: &Site) -> RegisterType<'m> {
        let reserved = self.block.reserved_bits;
        let whole = self.layout.wholes.get(&site.clusters, &register.name);
        let (beat, masks) = (
            Beat::of(register, self.bus),
            access::masks(register, reserved),
        );
        let kind = self.kind(register, beat, masks);
        let mut methods = access::methods(register);
        if whole.is_some() && !register.memory {
            // Its beats share one type, and have not one reset.
            methods.retain(|method| *method != Method::Reset);
        }
        RegisterType {
            constrained: constrained(register, kind, &methods),
            is_in_memory_window: self.is_in_memory_window(register, site),
            register,
            whole,
            kind,
            methods,
            masks,
            beat,
        }
    }

    fn is_in_memory_window(&self, register: &Register, site: &Site) -> bool {
        let element = register.size();
        let all = register
            .array
            .map_or(element, |array| array.extent(element));
        let words = ByteRange {
            start: site.first.saturating_add(register.offset.value),
            len: site.reach.saturating_add(all),
        };
        let mut memory = shared::memory_windows(&self.block.windows);
        memory.any(|window| window.range.contains(words))
    }

    fn kind(&mut self, register: &'m Register, beat: Beat, masks: Masks) -> Kind<'m> {
        if let Some(field) = register.sole_number(self.block.reserved_bits) {
            return Kind::Sole(field);
        }
        if register.fields.is_empty() && masks == Masks::plain(register.width.value) {
            return Kind::Number;
        }
        let shared = self.shapes.claim(register, (beat, masks), self.same_enums);
        Kind::Fields(shared)
    }

    /// The enumerations that were written in the clusters of this site.
    fn enums_at(&self, site: &Site) -> Vec<usize> {
        let enums = self.block.enums.iter().zip(&self.homes).enumerate();
        enums
            .filter(|(_, (it, home))| **home == site.clusters && !it.values.is_empty())
            .map(|(index, _)| index)
            .collect()
    }
}

/// The type of what may be written to a register that is one number, where that is
/// not every value it can hold.
fn constrained(register: &Register, kind: Kind<'_>, methods: &[Method]) -> Option<Number> {
    let (every, of_field) = match kind {
        Kind::Number => (Number::of_register(register.width.value), None),
        Kind::Sole(field) => (Number::of_field(field), field.write_constraint),
        Kind::Fields(_) => return None,
    };
    if !methods.contains(&Method::Write) {
        return None;
    }
    let allowed = [register.write_constraint, of_field]
        .map(Bounds::of_constraint)
        .into_iter()
        .fold(every, Number::within);
    (allowed != every).then_some(allowed)
}

/// How an enumeration is used.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    /// Bits of the widest field that holds it.
    bits: u32,
    /// Bits of the fields in which every value has a name. Only one width can
    /// have as many values as there are names.
    exhaustive: Option<u32>,
}

fn enum_type((enumeration, used): (&Enumeration, Use)) -> Option<EnumType> {
    (!enumeration.values.is_empty()).then(|| EnumType {
        bits: used.bits.max(bits_of(enumeration)),
        signed: enumeration.is_signed(),
        exhaustive: used.exhaustive,
    })
}

fn uses(block: &Block, same: &[usize]) -> Vec<Use> {
    let mut uses = vec![Use::default(); block.enums.len()];
    shared::each_register(&block.items, &mut |register| {
        for field in &register.fields {
            for id in field.values.into_iter().chain(field.write_values) {
                let (bits, found) = (field.bits.len, &mut uses[same[id.index()]]);
                found.bits = found.bits.max(bits);
                if block.enumeration(id).is_exhaustive(bits) {
                    found.exhaustive = Some(bits);
                }
            }
        }
    });
    uses
}

/// For each enumeration the clusters around it, as far as they still are: the
/// elements of a list have names of their own, and none is the list's.
fn homes(block: &Block) -> Vec<&[String]> {
    let mut paths = BTreeSet::from([Vec::new()]);
    cluster_paths(&block.items, &mut Vec::new(), &mut paths);
    let home = |scope: &[String]| {
        (0..=scope.len())
            .rev()
            .find(|len| paths.contains(&scope[..*len]))
    };
    let scopes = block
        .enums
        .iter()
        .map(|enumeration| enumeration.scope.as_slice());
    scopes
        .map(|scope| &scope[..home(scope).unwrap_or_default()])
        .collect()
}

fn cluster_paths(items: &[Item], path: &mut Vec<String>, paths: &mut BTreeSet<Vec<String>>) {
    for item in items {
        if let Item::Cluster(cluster) = item {
            path.push(cluster.name.value.clone());
            paths.insert(path.clone());
            cluster_paths(&cluster.items, path, paths);
            path.pop();
        }
    }
}

/// Bits of the narrowest field that has room for every value.
fn bits_of(enumeration: &Enumeration) -> u32 {
    let sign = u32::from(enumeration.is_signed());
    let values = enumeration.values.iter().map(|value| value.value.value);
    // The bits of a negative number are as many as those of its inverse.
    let bits = values.map(|value| i128::BITS - value.max(!value).leading_zeros() + sign);
    bits.max().unwrap_or(0)
}

fn within(site: &Site, cluster: &Cluster) -> Site {
    let strides = cluster.array.map_or(0, |array| array.stride.value);
    let placed = cluster.offset.value | strides | site.align;
    let name = cluster.name.value.clone();
    Site {
        size: cluster.size,
        align: 1 << placed.trailing_zeros(),
        first: site.first.saturating_add(cluster.offset.value),
        reach: cluster.array.map_or(site.reach, |array| {
            site.reach.saturating_add(array.extent(0))
        }),
        clusters: site.clusters.iter().cloned().chain([name]).collect(),
    }
}
