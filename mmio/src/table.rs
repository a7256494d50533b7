// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's registers as data: what `Debug` prints by, and whatever else wants
//! to go through all of them.

use core::fmt;

use crate::value::Value;

/// What stands in a block or cluster.
#[derive(Debug, Clone, Copy)]
pub enum Item {
    /// A register, or an array of them.
    Register(Register),
    /// A cluster, or an array of them.
    Cluster(Cluster),
}

impl Item {
    /// One register.
    #[must_use]
    pub const fn register<V: Value>(offset: usize, reads: Reads) -> Self {
        Item::registers::<V>(offset, reads, None)
    }

    /// `count` registers, `stride` bytes apart.
    #[must_use]
    pub const fn register_array<V: Value>(
        offset: usize,
        reads: Reads,
        count: usize,
        stride: usize,
    ) -> Self {
        Item::registers::<V>(offset, reads, Some(Array { count, stride }))
    }

    const fn registers<V: Value>(offset: usize, reads: Reads, array: Option<Array>) -> Self {
        Item::Register(Register {
            offset,
            array,
            reads,
            layout: V::LAYOUT,
        })
    }

    /// One cluster.
    #[must_use]
    pub const fn cluster(name: &'static str, offset: usize, items: &'static [Item]) -> Self {
        Item::Cluster(Cluster {
            name,
            offset,
            array: None,
            items,
        })
    }

    /// `count` clusters, `stride` bytes apart.
    #[must_use]
    pub const fn cluster_array(
        name: &'static str,
        offset: usize,
        items: &'static [Item],
        count: usize,
        stride: usize,
    ) -> Self {
        Item::Cluster(Cluster {
            name,
            offset,
            array: Some(Array { count, stride }),
            items,
        })
    }
}

/// A register, or an array of them.
#[derive(Debug, Clone, Copy)]
pub struct Register {
    /// Bytes from what contains it.
    pub offset: usize,
    /// Set for an array.
    pub array: Option<Array>,
    /// What a read does.
    pub reads: Reads,
    /// Its name, width and fields.
    pub layout: &'static Layout,
}

/// A cluster, or an array of them.
#[derive(Debug, Clone, Copy)]
pub struct Cluster {
    /// The description's name for it.
    pub name: &'static str,
    /// Bytes from what contains it.
    pub offset: usize,
    /// Set for an array.
    pub array: Option<Array>,
    /// Its content by ascending offset.
    pub items: &'static [Item],
}

/// How often something stands, and how far apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// How many.
    pub count: usize,
    /// Bytes from one to the next.
    pub stride: usize,
}

/// What a read of a register does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// It cannot be read.
    Never,
    /// It returns the value and changes nothing.
    Plainly,
    /// It changes something.
    WithEffect,
}

/// The parts of a register.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The description's name for the register.
    pub name: &'static str,
    /// Bits it has.
    pub width: u32,
    /// Its fields by ascending bit; none: it is one number.
    pub fields: &'static [Field],
}

/// A field of a register.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The description's name for it.
    pub name: &'static str,
    /// Least significant bit.
    pub low: u32,
    /// How many bits.
    pub len: u32,
    /// Names for its values by ascending number.
    pub values: &'static [(u64, &'static str)],
}

impl Field {
    /// A field that is one number.
    #[must_use]
    pub const fn number(name: &'static str, low: u32, len: u32) -> Self {
        Field::named(name, low, len, &[])
    }

    /// A field whose values have names.
    #[must_use]
    pub const fn named(
        name: &'static str,
        low: u32,
        len: u32,
        values: &'static [(u64, &'static str)],
    ) -> Self {
        Field {
            name,
            low,
            len,
            values,
        }
    }

    /// What this field is in a register that holds `bits`.
    #[must_use]
    pub const fn of(&self, bits: u64) -> u64 {
        (bits >> self.low) & (u64::MAX >> (64 - self.len))
    }

    /// The name of that value, if it has one.
    #[must_use]
    pub fn name_of(&self, value: u64) -> Option<&'static str> {
        let at = self
            .values
            .binary_search_by_key(&value, |(number, _)| *number);
        at.ok().map(|at| self.values[at].1)
    }
}

/// Prints a value by its fields: the body of each value type's `Debug`.
///
/// # Errors
/// Those of the formatter.
pub fn debug<V: Value>(value: V, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    V::LAYOUT.print(value.bits().into(), f)
}

impl Layout {
    fn print(&self, bits: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fields.is_empty() {
            return write!(f, "{}({bits:#x})", self.name);
        }
        let mut out = f.debug_struct(self.name);
        for field in self.fields {
            let value = field.of(bits);
            match field.name_of(value) {
                Some(name) => out.field(field.name, &format_args!("{name}")),
                None => out.field(field.name, &format_args!("{value:#x}")),
            };
        }
        out.finish()
    }
}
