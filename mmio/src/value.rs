// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a register holds, as a type.

use core::error::Error;
use core::fmt;

use crate::table::Layout;
use crate::word::{Beat, Word};

/// The value of a register: a word with named parts.
///
/// The generator writes the implementations; a program calls the methods that a
/// value type has of its own.
pub trait Value: Copy {
    /// The register as a number.
    type Word: Word;

    /// What the bus moves at once: the word, or less than it.
    type Beat: Beat<Self::Word>;

    /// Value after reset.
    const RESET_BITS: Self::Word;

    /// What a write means to the bits; plain ones, unless said otherwise.
    const MASKS: Masks<Self::Word> = Masks::PLAIN;

    /// Its fields.
    const LAYOUT: &'static Layout;

    /// The value of these bits.
    fn from_bits(bits: Self::Word) -> Self;

    /// Its bits.
    fn bits(self) -> Self::Word;
}

/// What a write means to the bits of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks<W> {
    /// Bits that a write takes from the value given.
    pub keep: W,
    /// What a write puts in the others: in bits that act on a write the value
    /// that does nothing, in bits no field covers what the device asks for.
    pub fixed: W,
    /// Bits that a write meant for others gives back as they were read.
    pub restore: W,
    /// Bits that a write can clear one by one.
    pub clear: W,
    /// Bits that a write can set one by one.
    pub set: W,
    /// Bits that a write can invert one by one.
    pub toggle: W,
}

impl<W: Word> Masks<W> {
    /// All bits take the value written.
    pub const PLAIN: Self = Masks {
        keep: W::ONES,
        fixed: W::ZERO,
        restore: W::ONES,
        clear: W::ZERO,
        set: W::ZERO,
        toggle: W::ZERO,
    };

    /// What to store so that the bits take `word` and none acts.
    #[inline(always)]
    pub(crate) fn passive(self, word: W) -> W {
        (word & self.keep) | self.fixed
    }

    /// What to store so that the bits `acting` act, and the plain ones take
    /// `word`.
    #[inline(always)]
    pub(crate) fn active(self, word: W, acting: W) -> W {
        (word & self.keep) | (self.fixed ^ acting)
    }

    /// Every bit that acts on a write.
    #[inline(always)]
    pub(crate) fn acting(self) -> W {
        self.clear | self.set | self.toggle
    }
}

/// A value that its field is too narrow for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange {
    value: u64,
    max: u64,
}

impl OutOfRange {
    /// `value` is beyond `max`, the largest that fits.
    #[must_use]
    pub const fn new(value: u64, max: u64) -> Self {
        OutOfRange { value, max }
    }

    /// The value that does not fit.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.value
    }

    /// The largest that does.
    #[must_use]
    pub const fn max(self) -> u64 {
        self.max
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OutOfRange { value, max } = self;
        write!(
            f,
            "{value:#x} does not fit, the field takes at most {max:#x}"
        )
    }
}

impl Error for OutOfRange {}
