// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interrupts of a block as data: where their events are reported, enabled and
//! acknowledged.

/// How an interrupt is recognised, enabled and acknowledged: what a program does
/// where no driver does it, and what a simulated block does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupt {
    /// The status registers that report it, in the order in which they are read.
    /// None where only the line reports it.
    pub sources: &'static [Source],
    /// The line reports by an edge: it does not signal again for events that arrive
    /// before the status is 0.
    pub is_edge: bool,
    /// The line is inactive after its events were acknowledged, and may be enabled
    /// again. A level interrupt stays active until the program has removed its cause.
    pub passes: bool,
}

/// An event of an interrupt by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The description's name for it.
    pub name: &'static str,
    /// Its bits among those of the interrupt's events. The driver reports the same.
    pub bits: u32,
}

/// A status register of an interrupt, and what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The register.
    pub status: Port,
    /// Its bits that belong to the interrupt.
    pub bits: u32,
    /// From the bits of the status to those of the events.
    pub reported: &'static [Move],
    /// What enables them; without it they always interrupt.
    pub enable: Option<Enable>,
    /// The write that acknowledges them; without it a read of the status does, or
    /// nothing.
    pub acknowledge: Option<Acknowledge>,
}

/// The registers that enable events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enable {
    /// A register that is read, changed and written back.
    Register {
        /// The register.
        port: Port,
        /// From the bits of the status to the enable bits.
        moves: &'static [Move],
        /// A read returns what was written.
        readable: bool,
        /// Bits that are written back as they were read.
        kept: u32,
        /// Bits that are written as 1, because a 0 would act.
        ones: u32,
    },
    /// A 1 written to one register sets an enable bit, to another clears it.
    Pair {
        /// The register that sets, and from the bits of the status to its bits.
        set: Places,
        /// The register that clears.
        clear: Places,
        /// The register that reads back, if there is one.
        read: Option<Places>,
    },
}

/// A register, and the places of the status bits in it.
type Places = (Port, &'static [Move]);

/// What is written to acknowledge events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledge {
    /// The register.
    pub port: Port,
    /// From the bits of the status to those of the register.
    pub moves: &'static [Move],
    /// Bits that are acknowledged by a 1.
    pub ones: u32,
    /// Bits that are acknowledged by a 0.
    pub zeros: u32,
    /// Bits that are written back as they were read.
    pub kept: u32,
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

/// Bits that have another place in another register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The bits.
    pub mask: u32,
    /// They are this many bits higher there; lower where it is negative.
    pub shift: i8,
}

impl Interrupt {
    /// An interrupt of which only the line is known.
    pub const LINE: Self = Interrupt {
        sources: &[],
        is_edge: false,
        passes: false,
    };
}

impl Event {
    /// An event with this name and these bits.
    #[must_use]
    pub const fn of(name: &'static str, bits: u32) -> Self {
        Event { name, bits }
    }
}

impl Source {
    /// A status register whose bits always interrupt, and that nothing but reading
    /// acknowledges.
    #[must_use]
    pub const fn of(status: Port, bits: u32, reported: &'static [Move]) -> Self {
        Source {
            status,
            bits,
            reported,
            enable: None,
            acknowledge: None,
        }
    }

    /// The same, enabled by registers.
    #[must_use]
    pub const fn enabled_by(self, enable: Enable) -> Self {
        Source {
            enable: Some(enable),
            ..self
        }
    }

    /// The same, acknowledged by a write.
    #[must_use]
    pub const fn acknowledged_by(self, acknowledge: Acknowledge) -> Self {
        Source {
            acknowledge: Some(acknowledge),
            ..self
        }
    }
}

impl Enable {
    /// A register that sets and one that clears, which nothing reads back.
    #[must_use]
    pub const fn pair(set: Places, clear: Places) -> Self {
        Enable::Pair {
            set,
            clear,
            read: None,
        }
    }

    /// A register that sets, one that clears, and one that reads back.
    #[must_use]
    pub const fn pair_read_by(set: Places, clear: Places, read: Places) -> Self {
        Enable::Pair {
            set,
            clear,
            read: Some(read),
        }
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

impl Move {
    /// These bits, this many bits higher, or lower where it is negative.
    #[must_use]
    pub const fn by(mask: u32, shift: i8) -> Self {
        Move { mask, shift }
    }
}
