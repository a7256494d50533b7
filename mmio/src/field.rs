// SPDX-License-Identifier: MIT OR Apache-2.0

//! The fields of a register as data, and what accesses do to their bits.

use core::fmt;

/// What a read of a register does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Its fields by ascending bit; without fields it is one number.
    pub fields: &'static [Field],
}

impl Layout {
    pub(crate) fn print(&self, bits: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fields.is_empty() {
            return write!(f, "{}({bits:#x})", self.name);
        }
        let mut out = f.debug_struct(self.name);
        for field in self.fields {
            out.field(field.name, &format_args!("{}", field.shown(bits)));
        }
        out.finish()
    }
}

/// What software may do to some bits, and what the hardware does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Software may read.
    pub read: bool,
    /// Software may write.
    pub write: bool,
    /// What a write does.
    pub on_write: OnWrite,
    /// What a read does.
    pub on_read: OnRead,
    /// Only the first write after a reset has an effect.
    pub once: bool,
    /// Bits that were set clear themselves.
    pub self_clearing: bool,
}

/// What a write does to the bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnWrite {
    /// They take the value.
    Modify,
    /// A 1 clears.
    OneToClear,
    /// A 1 sets.
    OneToSet,
    /// A 1 inverts.
    OneToToggle,
    /// A 0 clears.
    ZeroToClear,
    /// A 0 sets.
    ZeroToSet,
    /// A 0 inverts.
    ZeroToToggle,
    /// Any write clears them all.
    Clear,
    /// Any write sets them all.
    Set,
}

/// What a read does to the bits it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRead {
    /// Nothing.
    Nothing,
    /// They are cleared.
    Clear,
    /// They are set.
    Set,
    /// The value is consumed.
    Pop,
}

/// Plain read-write.
pub const RW: Policy = Policy::plain(true, true);
/// Read-only.
pub const RO: Policy = Policy::plain(true, false);
/// Write-only.
pub const WO: Policy = Policy::plain(false, true);
/// No access.
pub const NONE: Policy = Policy::plain(false, false);

impl Policy {
    const fn plain(read: bool, write: bool) -> Self {
        Policy {
            read,
            write,
            on_write: OnWrite::Modify,
            on_read: OnRead::Nothing,
            once: false,
            self_clearing: false,
        }
    }

    /// The same, with this effect of a write.
    #[must_use]
    pub const fn on_write(self, on_write: OnWrite) -> Self {
        Policy { on_write, ..self }
    }

    /// The same, with this effect of a read.
    #[must_use]
    pub const fn on_read(self, on_read: OnRead) -> Self {
        Policy { on_read, ..self }
    }

    /// With an effect of the first write only.
    #[must_use]
    pub const fn once(self) -> Self {
        Policy { once: true, ..self }
    }

    /// The same, self-clearing.
    #[must_use]
    pub const fn self_clearing(self) -> Self {
        Policy {
            self_clearing: true,
            ..self
        }
    }

    /// A field with this policy: `len` bits from bit `low` on.
    #[must_use]
    pub const fn field(self, name: &'static str, low: u32, len: u32) -> Field {
        Field {
            name,
            low,
            len,
            policy: self,
            values: &[],
            signed: false,
        }
    }

    pub(crate) fn reads(self) -> Reads {
        match (self.read, self.on_read) {
            (false, _) => Reads::Never,
            (true, OnRead::Nothing) => Reads::Plainly,
            (true, _) => Reads::WithEffect,
        }
    }
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
    /// What software may do to it.
    pub policy: Policy,
    /// Names for its values by ascending number.
    pub values: &'static [(u64, &'static str)],
    /// The numbers of the names are in two's complement of 64 bits: the field's
    /// highest bit is the sign.
    pub signed: bool,
}

impl Field {
    /// The same, with names for its values, by ascending number.
    #[must_use]
    pub const fn named(self, values: &'static [(u64, &'static str)]) -> Self {
        Field { values, ..self }
    }

    /// The same, with names for its values, some of which are negative. They are
    /// ordered by their bits in two's complement of 64 bits, ascending.
    #[must_use]
    pub const fn named_signed(self, values: &'static [(u64, &'static str)]) -> Self {
        Field {
            values,
            signed: true,
            ..self
        }
    }

    /// The value of this field in a register that holds `bits`.
    #[must_use]
    pub const fn of(&self, bits: u64) -> u64 {
        (bits >> self.low) & (u64::MAX >> (64 - self.len))
    }

    /// The bits of the register that belong to this field.
    pub(crate) const fn mask(&self) -> u64 {
        (u64::MAX >> (64 - self.len)) << self.low
    }

    /// Its value in these bits, by name if it has one.
    pub(crate) fn shown(&self, bits: u64) -> impl fmt::Display {
        let value = self.of(bits);
        let name = self.name_of(value);
        fmt::from_fn(move |f| match name {
            Some(name) => f.write_str(name),
            None => write!(f, "{value:#x}"),
        })
    }

    /// The name of that value, if it has one.
    #[must_use]
    pub fn name_of(&self, value: u64) -> Option<&'static str> {
        let value = match self.signed {
            true => {
                let above = u64::BITS - self.len;
                ((value << above).cast_signed() >> above).cast_unsigned()
            }
            false => value,
        };
        let at = self
            .values
            .binary_search_by_key(&value, |(number, _)| *number);
        at.ok().map(|at| self.values[at].1)
    }
}
