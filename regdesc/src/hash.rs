// SPDX-License-Identifier: MIT OR Apache-2.0

//! What of a map software can observe, in one canonical form, and the hash of
//! that.
//!
//! The form is a sequence of lines, one an item, parents before children and
//! siblings by place and then by name. It says nothing about descriptions, the
//! order of keys, the names of enumerations, reserved ranges or where the block
//! stands. Changing it changes every hash in every bitstream: only a new kind of
//! fact may add to it, and only on maps that state that fact.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::model::{
    Array, Block, Bus, Device, EnumId, Enumeration, Field, Format, Item, Order, Register,
    RegisterMap, RegisterPath, WindowKind, WriteConstraint,
};
use crate::number::{Bits, MAX_WIDTH};

impl RegisterMap {
    /// What the hash is taken of: the canonical form, a line an item.
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical(self)
    }

    /// The canonical map hash: the first 64 bits of the SHA-256 of the canonical
    /// form. A device of one block has that block's hash.
    #[must_use]
    pub fn hash(&self) -> u64 {
        match self.blocks.as_slice() {
            [block] => self.block_hash(block),
            _ => digest(&self.canonical()),
        }
    }

    /// The canonical hash of one of its blocks.
    #[must_use]
    pub fn block_hash(&self, block: &Block) -> u64 {
        digest(&canonical_block(self.bus, block))
    }
}

/// Two maps are equal when software cannot distinguish them: what they say is
/// the same, wherever and in whichever format it was written.
impl PartialEq for RegisterMap {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

fn digest(form: &str) -> u64 {
    let hash = Sha256::digest(form.as_bytes());
    let first: [u8; 8] = std::array::from_fn(|at| hash[at]);
    u64::from_be_bytes(first)
}

/// The canonical form of a device: of its only block, or of each under its name.
fn canonical(device: &Device) -> String {
    if let [block] = device.blocks.as_slice() {
        return canonical_block(device.bus, block);
    }
    let mut blocks: Vec<(&str, String)> = device
        .blocks
        .iter()
        .map(|block| (block.name.as_str(), canonical_block(device.bus, block)))
        .collect();
    blocks.sort();
    blocks
        .into_iter()
        .map(|(name, form)| format!("peripheral {name}\n{form}"))
        .collect()
}

fn canonical_block(bus: Bus, block: &Block) -> String {
    let hash = block.identity.hash.as_ref();
    let mut form = Form {
        block,
        hash_register: hash.and_then(|path| Some(block.register(path)?.register)),
        text: String::new(),
    };
    form.bus(bus);
    form.line(format_args!("size {:#x}", block.size.value));
    form.windows();
    form.identity();
    form.events();
    form.items(&block.items, "");
    form.text
}

struct Form<'m> {
    block: &'m Block,
    hash_register: Option<&'m Register>,
    text: String,
}

impl Form<'_> {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn bus(&mut self, bus: Bus) {
        self.line(format_args!("bus {}", bus.width));
        if bus.endian == Order::Big {
            self.line(format_args!("endian big"));
        }
        if bus.word_order == Order::Big {
            self.line(format_args!("word-order big"));
        }
    }

    fn windows(&mut self) {
        for window in &self.block.windows {
            let (name, range) = (&window.name.value, window.range);
            let access = if window.write { "rw" } else { "ro" };
            let kind = match window.kind {
                WindowKind::Device => "",
                WindowKind::Memory => " memory",
            };
            self.line(format_args!("window {name} {range} {access}{kind}"));
        }
    }

    fn identity(&mut self) {
        let identity = &self.block.identity;
        if let Some(magic) = &identity.magic {
            let (path, value) = (&magic.register, magic.value.value);
            self.line(format_args!("magic {path} {value:#x}"));
        }
        let path = |path: &RegisterPath| path.to_string();
        if let Some(version) = identity.version.as_ref().map(path) {
            self.line(format_args!("version {version}"));
        }
        if let Some(hash) = identity.hash.as_ref().map(path) {
            self.line(format_args!("hash {hash}"));
        }
    }

    /// What interrupts report by bits of their own, in the order of the events' numbers.
    fn events(&mut self) {
        for interrupt in &self.block.interrupts {
            for event in &interrupt.events {
                let bits: Vec<String> = event
                    .bits()
                    .map(|(key, path)| format!("{key} {path}"))
                    .collect();
                let (line, name) = (&interrupt.name.value, &event.name.value);
                self.line(format_args!("event {line} {name} {}", bits.join(" ")));
            }
        }
    }

    fn items(&mut self, items: &[Item], indent: &str) {
        let mut sorted: Vec<&Item> = items.iter().collect();
        sorted.sort_by_key(|item| (item.offset().value, item.name().value.as_str()));
        for item in sorted {
            match item {
                Item::Register(register) => self.register(register, indent),
                Item::Cluster(cluster) => {
                    let (name, offset) = (&cluster.name.value, cluster.offset.value);
                    let array = array(cluster.array);
                    self.line(format_args!("{indent}cluster {name} {offset:#x}{array}"));
                    self.items(&cluster.items, &format!("{indent} "));
                }
            }
        }
    }

    fn register(&mut self, register: &Register, indent: &str) {
        let what = if register.memory {
            "memory"
        } else {
            "register"
        };
        let (name, offset) = (&register.name.value, register.offset.value);
        let (width, access) = (register.width.value, register.access.value);
        let array = array(register.array);
        // What holds the hash cannot be hashed.
        let holds_hash = self
            .hash_register
            .is_some_and(|it| std::ptr::eq(it, register));
        let known = match holds_hash {
            true => Bits::zero(),
            false => register.reset_mask.clone(),
        };
        let stated = register.reset.and(&known);
        let (reset, low_known) = (stated.low(), known.low());
        let first = match register.read_order {
            None => "",
            Some(Order::Little) => " low-first",
            Some(Order::Big) => " high-first",
        };
        self.line(format_args!(
            "{indent}{what} {name} {offset:#x}{array} width {width} ({access}) \
             reset {reset:#x}/{low_known:#x}{first}"
        ));
        self.reset_beyond_64(register, &stated, &known, indent);
        self.constraint(register.write_constraint, indent);
        let mut fields: Vec<&Field> = register.fields.iter().collect();
        fields.sort_by_key(|field| (field.bits.low, field.bits.len, field.name.as_str()));
        for field in fields {
            self.field(field, indent);
        }
    }

    /// What a reset says of the bits beyond the lowest 64, where that is not what
    /// its fields, or the lowest bits, say already.
    fn reset_beyond_64(&mut self, register: &Register, stated: &Bits, known: &Bits, indent: &str) {
        if register.width.value <= u64::BITS {
            return;
        }
        let of_fields = register
            .fields
            .iter()
            .filter(|it| it.bits.end() > u64::BITS);
        let rest = of_fields.fold(stated.clone(), |rest, it| rest.with(it.bits.value, 0));
        let usual = match known.low() {
            u64::MAX => Bits::ones(register.width.value.min(MAX_WIDTH) - u64::BITS),
            _ => Bits::zero(),
        };
        let (rest, known) = (rest.beyond_64(), known.beyond_64());
        if !rest.is_zero() || known != usual {
            self.line(format_args!(
                "{indent}  reset beyond 64 {rest:#x}/{known:#x}"
            ));
        }
    }

    fn field(&mut self, field: &Field, indent: &str) {
        let (name, bits, access) = (&field.name.value, field.bits.value, field.access.value);
        let format = match field.format.value {
            Format::Unsigned => String::new(),
            format => format!(" {format}"),
        };
        let clears = if field.self_clearing {
            " self-clearing"
        } else {
            ""
        };
        self.line(format_args!(
            "{indent} field {name} {bits} ({access}){format}{clears}"
        ));
        if bits.end() > 64 {
            self.line(format_args!("{indent}  reset {:#x}", field.reset));
        }
        self.constraint(field.write_constraint, indent);
        self.values("value", field.values, indent);
        self.values("write-value", field.write_values, indent);
    }

    fn constraint(&mut self, constraint: Option<WriteConstraint>, indent: &str) {
        match constraint {
            None => {}
            Some(WriteConstraint::AsRead) => self.line(format_args!("{indent}  write as-read")),
            Some(WriteConstraint::Enumerated) => {
                self.line(format_args!("{indent}  write enumerated"));
            }
            Some(WriteConstraint::Range { minimum, maximum }) => {
                self.line(format_args!("{indent}  write {minimum}..={maximum}"));
            }
        }
    }

    fn values(&mut self, what: &str, id: Option<EnumId>, indent: &str) {
        let Some(enumeration) = id.map(|id| self.block.enumeration(id)) else {
            return;
        };
        let Enumeration {
            values, default, ..
        } = enumeration;
        for value in values {
            let (name, number) = (&value.name.value, value.value.value);
            self.line(format_args!("{indent}  {what} {name} {number}"));
        }
        if let Some(default) = default {
            self.line(format_args!("{indent}  {what} {} *", default.name.value));
        }
    }
}

fn array(array: Option<Array>) -> String {
    array.map_or_else(String::new, |array| {
        format!("[{} +{:#x}]", array.count.value, array.stride.value)
    })
}
