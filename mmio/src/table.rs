// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's registers as data: for `Debug`, for dumps, for the simulator, and for
//! anything else that goes through all registers.

mod interrupt;

pub use self::interrupt::{Acknowledge, Enable, Event, Interrupt, Move, Port, Source};
pub use crate::field::{Field, Layout, NONE, OnRead, OnWrite, Policy, RO, RW, Reads, WO};
use crate::region::Region;
use crate::value::Register as Kind;
pub use crate::value::debug;
use crate::word::{Beat, Unit};

/// An item of a block or cluster.
#[derive(Debug, Clone, Copy)]
pub enum Item {
    /// A register, or an array of them.
    Register(Register),
    /// A cluster, or an array of them.
    Cluster(Cluster),
}

impl Item {
    const fn of<K: Kind>(
        name: &'static str,
        offset: usize,
        policy: Policy,
        array: Option<Array>,
    ) -> Self {
        Item::Register(Register {
            name,
            offset,
            array,
            policy,
            width: K::KIND.layout.width,
            beat: size_of::<<K::Beat as Beat<K::Word>>::Unit>(),
            fields: K::KIND.layout.fields,
            high_at_start: <K::Beat as Beat<K::Word>>::HIGH_AT_START,
            high_first: <K::Beat as Beat<K::Word>>::HIGH_FIRST,
            swapped: <K::Beat as Beat<K::Word>>::SWAPPED,
            reset: K::KIND.reset,
            resets: &[],
        })
    }

    /// The same array, with a reset value for each element, where they differ.
    #[must_use]
    pub const fn resets(self, resets: &'static [u64]) -> Self {
        match self {
            Item::Register(register) => Item::Register(Register { resets, ..register }),
            Item::Cluster(_) => self,
        }
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

impl Policy {
    /// A register with this name and offset. Bits that no field covers have this
    /// policy.
    #[must_use]
    pub const fn register<K: Kind>(self, name: &'static str, offset: usize) -> Item {
        Item::of::<K>(name, offset, self, None)
    }

    /// `count` registers, `stride` bytes apart.
    #[must_use]
    pub const fn register_array<K: Kind>(
        self,
        name: &'static str,
        offset: usize,
        count: usize,
        stride: usize,
    ) -> Item {
        Item::of::<K>(name, offset, self, Some(Array { count, stride }))
    }
}

/// A register, or an array of them.
#[derive(Debug, Clone, Copy)]
pub struct Register {
    /// The description's name for it.
    pub name: &'static str,
    /// Bytes from the start of what contains it.
    pub offset: usize,
    /// Set for an array.
    pub array: Option<Array>,
    /// The policy of bits that no field covers: of all bits, if there is no field.
    pub policy: Policy,
    /// Bits it has.
    pub width: u32,
    /// Bytes that the bus moves in one access.
    pub beat: usize,
    /// Of several beats, the one at the lowest address has the highest bits.
    pub high_at_start: bool,
    /// Of several beats, the one with the highest bits moves first.
    pub high_first: bool,
    /// Within a beat, the byte at the lowest address is the highest.
    pub swapped: bool,
    /// Bits after reset.
    pub reset: u64,
    /// Those of each element, in an array whose elements differ.
    pub resets: &'static [u64],
    /// Its fields by ascending bit; without fields it is one number.
    pub fields: &'static [Field],
}

impl Register {
    /// What a read of the register does.
    #[must_use]
    pub fn reads(&self) -> Reads {
        let own = self.fields.is_empty().then_some(self.policy);
        let policies = self.fields.iter().map(|field| field.policy).chain(own);
        policies.fold(Reads::Never, |reads, policy| reads.max(policy.reads()))
    }
}

impl Register {
    /// The content of the register at this offset in a region; none if that is
    /// beyond the region's end.
    pub(crate) fn load(&self, region: &Region, at: usize) -> Option<u64> {
        let beats = self.width as usize / 8 / self.beat;
        let mut bits = 0;
        for nth in 0..beats {
            let step = if self.high_at_start {
                beats - 1 - nth
            } else {
                nth
            };
            let beat = load(region, at + step * self.beat, self.beat, self.swapped)?;
            bits |= beat << (nth * self.beat * 8);
        }
        Some(bits)
    }
}

/// Loads this many bytes of a region in one access.
fn load(region: &Region, at: usize, bytes: usize, swapped: bool) -> Option<u64> {
    fn of<U: Unit>(region: &Region, at: usize, swapped: bool) -> Option<u64> {
        let unit = region.load::<U>(at)?;
        Some(if swapped { unit.swapped() } else { unit }.into())
    }
    match bytes {
        1 => of::<u8>(region, at, swapped),
        2 => of::<u16>(region, at, swapped),
        4 => of::<u32>(region, at, swapped),
        _ => of::<u64>(region, at, swapped),
    }
}

/// A cluster, or an array of them.
#[derive(Debug, Clone, Copy)]
pub struct Cluster {
    /// The description's name for it.
    pub name: &'static str,
    /// Bytes from the start of what contains it.
    pub offset: usize,
    /// Set for an array.
    pub array: Option<Array>,
    /// Its content by ascending offset.
    pub items: &'static [Item],
}

/// How many elements there are, and how far apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// How many.
    pub count: usize,
    /// Bytes from one to the next.
    pub stride: usize,
}

/// A block at its address in a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// Its name in the description.
    pub name: &'static str,
    /// Physical address of its first byte.
    pub base: u64,
}

/// An identity register, and the value that it has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// What it identifies: magic, major version or map hash.
    pub what: &'static str,
    /// The register's name.
    pub register: &'static str,
    /// Bytes that the bus moves of it in one access: 1, 2, 4 or 8.
    pub beat: usize,
    /// Within a beat, the byte at the lowest address is the highest.
    pub swapped: bool,
    /// Byte offset of each beat, in the order in which they are read, and the
    /// position of its lowest bit in the register.
    pub beats: &'static [(usize, u32)],
    /// The lowest bit that is compared.
    pub low: u32,
    /// How many bits are compared.
    pub len: u32,
    /// The value that they have to have.
    pub value: u64,
}

impl Identity {
    /// The identity value in a region; none if the region is too small.
    #[cfg(feature = "std")]
    pub(crate) fn of(&self, region: &Region) -> Option<u64> {
        let mut bits = 0;
        for (at, low) in self.beats {
            bits |= load(region, *at, self.beat, self.swapped)? << low;
        }
        Some((bits >> self.low) & (u64::MAX >> (u64::BITS - self.len)))
    }
}
