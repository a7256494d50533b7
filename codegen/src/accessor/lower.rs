// SPDX-License-Identifier: MIT OR Apache-2.0

//! Gives everything in a block its module, its names and its methods, before
//! anything is printed.

use std::collections::BTreeSet;

use regdesc::model::{Array, Block, Bus, Cluster, Enumeration, Field, Item, Order, Register};

use super::access::{self, Marker, Masks, Method};
use super::field;
use super::shared::{self, Definition, Types};
use crate::lowered::{Whole, Wholes};
use crate::names::{self, Scope};

/// A block, ready to print.
pub(super) struct Lowered<'m> {
    pub(super) root: Group<'m>,
    /// One per [`Block::enums`]; `None` for one without values.
    pub(super) enums: Vec<Option<EnumType>>,
    /// Which of them stands for each.
    pub(super) same_enums: Vec<usize>,
    /// Accesses that no marker of the runtime has.
    pub(super) own_markers: BTreeSet<(String, Vec<Method>)>,
    /// What the module of those is called.
    pub(super) access: String,
    /// What the enum of its interrupts is called, if it has any.
    pub(super) interrupts: Option<String>,
}

/// The content of a block or cluster: one module.
pub(super) struct Group<'m> {
    /// Where the module lies below the block's.
    pub(super) path: Vec<String>,
    pub(super) size: u64,
    pub(super) align: u64,
    pub(super) members: Vec<Member<'m>>,
    /// The enumerations defined in it, by their place in [`Block::enums`].
    pub(super) enums: Vec<usize>,
}

/// What has a method of the group's handle.
pub(super) enum Member<'m> {
    Register(RegisterMember<'m>),
    Cluster(ClusterMember<'m>),
}

pub(super) struct RegisterMember<'m> {
    pub(super) register: &'m Register,
    /// The one that it is the beats of, if it is.
    pub(super) whole: Option<&'m Whole<'m>>,
    /// The handle's method.
    pub(super) method: String,
    pub(super) kind: RegisterKind<'m>,
    pub(super) methods: Vec<Method>,
    pub(super) marker: Marker,
    pub(super) masks: Masks,
    pub(super) beat: Beat,
    pub(super) fields: Vec<FieldNames<'m>>,
}

/// How a register is a type.
pub(super) enum RegisterKind<'m> {
    /// It is one number, and all its bits are plain.
    Number,
    /// It is this field, and its bits are plain.
    Sole(&'m Field),
    /// It has a type of that name.
    Own(String),
    /// Its name stands for the type of another.
    Same { name: String, of: Definition<'m> },
}

impl RegisterKind<'_> {
    /// Its name in its module, if it has one.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            RegisterKind::Number | RegisterKind::Sole(_) => None,
            RegisterKind::Own(name) | RegisterKind::Same { name, .. } => Some(name),
        }
    }
}

/// How the bus moves a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Beat {
    /// Bits of one.
    pub(super) width: u32,
    /// Of several, the one at the lowest address has the highest bits.
    pub(super) high_at_start: bool,
    /// Of several, the one with the highest bits moves first.
    pub(super) high_first: bool,
    /// Within one, the byte at the lowest address is the highest.
    pub(super) swapped: bool,
}

impl Beat {
    pub(super) fn of(register: &Register, bus: Bus) -> Self {
        let width = register.width.value.min(bus.width);
        let several = register.width.value > width;
        let high_at_start = several && bus.word_order == Order::Big;
        Beat {
            width,
            high_at_start,
            // Unless something else is said, the lowest address moves first.
            high_first: register
                .read_order
                .map_or(high_at_start, |first| several && first == Order::Big),
            swapped: width > 8 && bus.endian == Order::Big,
        }
    }

    /// A plain number moves like that.
    pub(super) fn is_plain(self) -> bool {
        !(self.high_at_start || self.high_first || self.swapped)
    }
}

impl RegisterMember<'_> {
    /// The array is words one behind the other, each of them one plain number, and
    /// any number may be written.
    pub(super) fn is_memory(&self) -> bool {
        self.register.memory
            && matches!(self.kind, RegisterKind::Number)
            && field::constrained(self).is_none()
    }
}

pub(super) struct FieldNames<'m> {
    pub(super) field: &'m Field,
    /// The getter; the setters are made from it.
    pub(super) method: String,
    /// The mask.
    pub(super) constant: String,
}

pub(super) struct ClusterMember<'m> {
    pub(super) cluster: &'m Cluster,
    /// The handle's method.
    pub(super) method: String,
    pub(super) group: Group<'m>,
}

impl ClusterMember<'_> {
    /// The name of its module.
    pub(super) fn module(&self) -> &str {
        self.group.path.last().map_or("", String::as_str)
    }
}

/// A Rust enum for an enumeration.
pub(super) struct EnumType {
    /// The module that defines it, below the block's.
    pub(super) path: Vec<String>,
    pub(super) name: String,
    /// Bits of the widest field that holds it.
    pub(super) bits: u32,
    /// Some of its values are negative.
    pub(super) signed: bool,
    /// Bits of the fields in which every value has a name.
    pub(super) exhaustive: Option<u32>,
}

pub(super) fn lower<'m>(block: &'m Block, wholes: &'m Wholes<'m>, bus: Bus) -> Lowered<'m> {
    let same_enums = shared::enumerations(block);
    let mut lowering = Lowering {
        block,
        wholes,
        bus,
        uses: uses(block, &same_enums),
        same_enums,
        homes: homes(block),
        enums: block.enums.iter().map(|_| None).collect(),
        types: Types::default(),
        own_markers: BTreeSet::new(),
        access: String::new(),
        interrupts: None,
    };
    let root = Site {
        size: block.size.value,
        align: BLOCK_ALIGN,
        clusters: Vec::new(),
        path: Vec::new(),
    };
    Lowered {
        root: lowering.group(&block.items, root),
        enums: lowering.enums,
        same_enums: lowering.same_enums,
        own_markers: lowering.own_markers,
        access: lowering.access,
        interrupts: lowering.interrupts,
    }
}

/// What a mapped block is aligned to at least, in bytes.
const BLOCK_ALIGN: u64 = 8;

/// What no type and no module of the author's can be called: the handle that every
/// module has, the runtime, and what the generated code means by one word. (The
/// register's method has its name in any case.)
const RESERVED_ITEMS: &[&str] = &[
    "INDEX",
    "Registers",
    "bool",
    "i16",
    "i32",
    "i64",
    "i8",
    "mmio",
    "str",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// The same of a block's own module: by these names programs open it.
const RESERVED_ROOT_ITEMS: &[&str] = &["Block", "Device", "ITEMS", "Simulator"];

/// Where a group lies.
struct Site {
    size: u64,
    align: u64,
    /// The author's names of the clusters around its content.
    clusters: Vec<String>,
    path: Vec<String>,
}

struct Lowering<'m> {
    block: &'m Block,
    wholes: &'m Wholes<'m>,
    bus: Bus,
    /// One per [`Block::enums`].
    uses: Vec<Use>,
    same_enums: Vec<usize>,
    types: Types<'m>,
    /// The clusters around each enumeration that there are.
    homes: Vec<&'m [String]>,
    enums: Vec<Option<EnumType>>,
    own_markers: BTreeSet<(String, Vec<Method>)>,
    access: String,
    interrupts: Option<String>,
}

impl<'m> Lowering<'m> {
    fn group(&mut self, items: &'m [Item], site: Site) -> Group<'m> {
        let mut methods = Scope::default();
        let is_root = site.path.is_empty();
        let mut module = Scope::with_reserved(RESERVED_ITEMS);
        if is_root {
            module = module.and_reserved(RESERVED_ROOT_ITEMS);
        }
        // Value types before modules, both before enumerations: what is named
        // after hardware keeps its name.
        let kinds: Vec<_> = items
            .iter()
            .map(|item| self.kind(item, &site.path, &mut module))
            .collect();
        let modules: Vec<_> = items
            .iter()
            .map(|item| module_name(item, &mut module))
            .collect();
        let enums = self.enums_at(&site, &mut module);
        if is_root && !self.block.interrupts.is_empty() {
            self.interrupts = Some(module.claim("Interrupt"));
        }
        if is_root {
            self.access = module.claim("access");
        }
        let names = kinds.into_iter().zip(modules);
        let members = items.iter().zip(names).map(|(item, (kind, module))| {
            let method = method_name(item, &mut methods);
            match item {
                Item::Register(register) => {
                    let whole = self.wholes.get(&site.clusters, &register.name);
                    Member::Register(self.register(register, whole, method, kind))
                }
                Item::Cluster(cluster) => {
                    let group = self.group(&cluster.items, within(&site, cluster, module));
                    Member::Cluster(ClusterMember {
                        cluster,
                        method,
                        group,
                    })
                }
            }
        });
        Group {
            members: members.collect(),
            enums,
            path: site.path,
            size: site.size,
            align: site.align,
        }
    }

    /// How a register is a type, with its name claimed; nothing for a cluster.
    fn kind(&mut self, item: &'m Item, path: &[String], module: &mut Scope) -> RegisterKind<'m> {
        let Item::Register(register) = item else {
            return RegisterKind::Number;
        };
        let reserved = self.block.reserved_bits;
        if let Some(field) = register.sole_number(reserved) {
            return RegisterKind::Sole(field);
        }
        let masks = access::masks(register, reserved);
        if register.fields.is_empty() && masks == Masks::plain(register.width.value) {
            return RegisterKind::Number;
        }
        let name = module.claim(&names::upper_camel(&register.name));
        let own = Definition {
            path: path.to_vec(),
            name: name.clone(),
            register,
        };
        let beat = Beat::of(register, self.bus);
        let before = self
            .types
            .defined_before(&own, (beat, masks), &self.same_enums);
        match before {
            Some(of) => RegisterKind::Same { name, of },
            None => RegisterKind::Own(name),
        }
    }

    fn register(
        &mut self,
        register: &'m Register,
        whole: Option<&'m Whole<'m>>,
        method: String,
        kind: RegisterKind<'m>,
    ) -> RegisterMember<'m> {
        let mut methods = access::methods(register);
        if whole.is_some() && !register.memory {
            // Its beats share one type, and have not one reset.
            methods.retain(|method| *method != Method::Reset);
        }
        let marker = access::marker(&methods);
        if let Marker::Own(name) = &marker {
            self.own_markers.insert((name.clone(), methods.clone()));
        }
        RegisterMember {
            register,
            whole,
            method,
            kind,
            marker,
            masks: access::masks(register, self.block.reserved_bits),
            beat: Beat::of(register, self.bus),
            fields: field_names(register),
            methods,
        }
    }

    /// Names the enumerations that were written in the clusters of this site.
    fn enums_at(&mut self, site: &Site, module: &mut Scope) -> Vec<usize> {
        let mut here = Vec::new();
        for (index, enumeration) in self.block.enums.iter().enumerate() {
            if self.homes[index] != site.clusters || enumeration.values.is_empty() {
                continue;
            }
            let wanted = names::upper_camel(&enumeration.name);
            self.enums[index] = Some(EnumType {
                path: site.path.clone(),
                name: module.claim(&wanted),
                bits: self.uses[index].bits.max(bits_of(enumeration)),
                signed: enumeration.is_signed(),
                exhaustive: self.uses[index].exhaustive,
            });
            here.push(index);
        }
        here
    }
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

fn uses(block: &Block, same: &[usize]) -> Vec<Use> {
    let mut uses = vec![Use::default(); block.enums.len()];
    each_field(&block.items, &mut |field| {
        for id in field.values.into_iter().chain(field.write_values) {
            let (bits, found) = (field.bits.len, &mut uses[same[id.index()]]);
            found.bits = found.bits.max(bits);
            if block.enumeration(id).is_exhaustive(bits) {
                found.exhaustive = Some(bits);
            }
        }
    });
    uses
}

fn each_field<'m>(items: &'m [Item], visit: &mut impl FnMut(&'m Field)) {
    for item in items {
        match item {
            Item::Register(register) => register.fields.iter().for_each(&mut *visit),
            Item::Cluster(cluster) => each_field(&cluster.items, visit),
        }
    }
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

fn within(site: &Site, cluster: &Cluster, module: String) -> Site {
    let strides = cluster.array.map_or(0, |array| array.stride.value);
    let placed = cluster.offset.value | strides | site.align;
    Site {
        size: cluster.size,
        align: 1 << placed.trailing_zeros(),
        clusters: with_last(&site.clusters, cluster.name.value.clone()),
        path: with_last(&site.path, module),
    }
}

fn with_last(path: &[String], last: String) -> Vec<String> {
    path.iter().cloned().chain([last]).collect()
}

/// The name of a cluster's module; nothing for a register.
fn module_name(item: &Item, module: &mut Scope) -> String {
    let name = item.name();
    match item {
        Item::Register(_) => String::new(),
        Item::Cluster(_) => module.claim(&names::snake(name)),
    }
}

fn method_name(item: &Item, methods: &mut Scope) -> String {
    let (name, array) = match item {
        Item::Register(register) => (&register.name, register.array),
        Item::Cluster(cluster) => (&cluster.name, cluster.array),
    };
    methods.claim_forms(&names::snake(name), method_forms(array))
}

fn method_forms(array: Option<Array>) -> &'static [(&'static str, &'static str)] {
    match array {
        Some(_) => &[("", ""), ("", "_at"), ("", "_iter")],
        None => &[("", "")],
    }
}

fn field_names(register: &Register) -> Vec<FieldNames<'_>> {
    let mut methods = Scope::default();
    let mut constants = Scope::of_constants();
    let forms = &[("", ""), ("with_", "")];
    let fields = register.fields.iter();
    fields
        .map(|field| FieldNames {
            field,
            method: methods.claim_forms(&names::snake(&field.name), forms),
            constant: constants.claim(&names::screaming(&field.name)),
        })
        .collect()
}
