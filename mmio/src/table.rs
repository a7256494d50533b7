// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's registers as data: for `Debug`, for dumps, for the simulator, and for
//! anything else that goes through all registers.

pub use crate::field::{Field, Layout, NONE, OnRead, OnWrite, Policy, RO, RW, Reads, WO};
use crate::region::Region;
use crate::value::Register as Kind;
pub use crate::value::debug;
#[cfg(feature = "std")]
use crate::word::Word;
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

/// Stores the lowest bits at this offset in a region, in one access; none if that
/// is beyond the region's end.
#[cfg(feature = "std")]
fn store(region: &Region, at: usize, bytes: usize, swapped: bool, bits: u64) -> Option<()> {
    fn of<U: Unit>(region: &Region, at: usize, swapped: bool, bits: u64) -> Option<()> {
        let unit = U::from_low(bits);
        region.store(at, if swapped { unit.swapped() } else { unit })
    }
    match bytes {
        1 => of::<u8>(region, at, swapped, bits),
        2 => of::<u16>(region, at, swapped, bits),
        4 => of::<u32>(region, at, swapped, bits),
        _ => of::<u64>(region, at, swapped, bits),
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

/// How a program acknowledges an interrupt where no driver does. UIO counts
/// interrupts, and keeps the line disabled until the program enables it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupt {
    /// The status register; none where only the line signals the interrupt.
    pub status: Option<Port>,
    /// The bits of the status that belong to this interrupt.
    pub events: u32,
    /// The enable register, with a bit for each bit of the status.
    pub enable: Option<Port>,
    /// The write that acknowledges them.
    pub acknowledge: Option<Acknowledge>,
    /// How often the status is read at most: an edge-triggered line does not signal
    /// again for events that arrive in between.
    pub looks: u32,
    /// The line is inactive after this, and may be enabled again. A level interrupt
    /// stays active until the program has removed its cause.
    pub passes: bool,
}

/// A register that is moved in one access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// Bytes from the start of the block.
    pub at: usize,
    /// Bytes that the access moves: 1, 2 or 4.
    pub bytes: usize,
    /// The byte at the lowest address is the highest.
    pub swapped: bool,
}

/// What is written to acknowledge events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledge {
    /// The register.
    pub port: Port,
    /// Bits that are acknowledged by a 1.
    pub ones: u32,
    /// Bits that are acknowledged by a 0.
    pub zeros: u32,
    /// Bits that are written back as they were read.
    pub kept: u32,
}

impl Interrupt {
    /// An interrupt of which only the line is known.
    pub const LINE: Self = Interrupt {
        status: None,
        events: 0,
        enable: None,
        acknowledge: None,
        looks: 1,
        passes: false,
    };

    /// Acknowledges the pending events, and returns them.
    #[cfg(feature = "std")]
    pub(crate) fn take(&self, region: &Region) -> u32 {
        let mut taken = 0;
        for _ in 0..self.looks {
            match self.look(region) {
                0 => break,
                pending => taken |= pending,
            }
        }
        taken
    }

    #[cfg(feature = "std")]
    fn look(&self, region: &Region) -> u32 {
        let Some(status) = self.status else {
            return 0;
        };
        let status = status.load(region);
        let pending = status & self.events & self.enabled(region);
        if let Some(acknowledge) = self.acknowledge.filter(|_| pending != 0) {
            acknowledge.write(region, status, pending);
            // A read after the write returns when the write has arrived: the line
            // is inactive before it is enabled.
            self.enabled(region);
        }
        pending
    }

    #[cfg(feature = "std")]
    fn enabled(&self, region: &Region) -> u32 {
        self.enable.map_or(u32::MAX, |enable| enable.load(region))
    }
}

impl Port {
    /// A register at this offset, with this many bytes, the lowest first.
    #[must_use]
    pub const fn of(at: usize, bytes: usize) -> Self {
        Port {
            at,
            bytes,
            swapped: false,
        }
    }

    /// The same, with the highest byte first.
    #[must_use]
    pub const fn swapped(self) -> Self {
        Port {
            swapped: true,
            ..self
        }
    }
}

#[cfg(feature = "std")]
impl Port {
    fn load(self, region: &Region) -> u32 {
        let Port { at, bytes, swapped } = self;
        let bits = load(region, at, bytes, swapped).unwrap_or_default();
        <u32 as Word>::from_low(bits)
    }
}

#[cfg(feature = "std")]
impl Acknowledge {
    fn write(self, region: &Region, status: u32, pending: u32) {
        let Port { at, bytes, swapped } = self.port;
        let bits = pending & self.ones | !pending & self.zeros | status & self.kept;
        // The generator guarantees that the register is within the block, and the
        // region is as large as the block.
        let _ = store(region, at, bytes, swapped, bits.into());
    }
}
