// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the bits of a field or register are as a number, in any language.

use std::fmt;

use regdesc::model::{Field, Format, WriteConstraint};
use regdesc::units::low_ones;

/// An integer that every language has: of 8, 16, 32 or 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Int {
    pub(crate) bits: u32,
    pub(crate) signed: bool,
}

impl Int {
    /// The narrowest that has room for so many bits.
    pub(crate) fn with_room_for(bits: u32, signed: bool) -> Self {
        let bits = match bits {
            0..=8 => 8,
            9..=16 => 16,
            17..=32 => 32,
            _ => 64,
        };
        Int { bits, signed }
    }

    pub(crate) fn unsigned(self) -> Self {
        Int {
            signed: false,
            ..self
        }
    }
}

/// The least and the greatest number of a field, or of what may be written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Bounds {
    min: i128,
    max: i128,
}

impl Bounds {
    /// Of so many bits.
    fn of(bits: u32, signed: bool) -> Self {
        let magnitude = if signed { bits - 1 } else { bits };
        let max = i128::from(low_ones(magnitude));
        let min = if signed { -max - 1 } else { 0 };
        Bounds { min, max }
    }

    /// Of the numbers that a constraint allows, if it states a range.
    pub(crate) fn of_constraint(constraint: Option<WriteConstraint>) -> Option<Self> {
        match constraint? {
            WriteConstraint::Range { minimum, maximum } => Some(Bounds {
                min: minimum,
                max: maximum,
            }),
            WriteConstraint::AsRead | WriteConstraint::Enumerated => None,
        }
    }

    /// Of the numbers that both have. (They have some: the checks refuse a
    /// constraint that no number of the field meets.)
    fn and(self, other: Bounds) -> Self {
        let both = Bounds {
            min: self.min.max(other.min),
            max: self.max.min(other.max),
        };
        if both.min <= both.max { both } else { self }
    }

    pub(crate) fn is_signed(self) -> bool {
        self.min < 0
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.min, self.max)
    }
}

/// What bits without names for their values are to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Flag,
    /// All the numbers of an integer.
    Whole(Int),
    /// A number between bounds, and the integer that it is read as.
    Bounded(Bounds, Int),
    /// A fixed-point number of so many bits behind the point.
    Fixed(Bounds, u32),
}

impl Number {
    pub(crate) fn of_field(field: &Field) -> Self {
        let len = field.bits.len;
        let signed = field.format.value.is_signed();
        let int = Int::with_room_for(len, signed);
        match field.format.value {
            Format::Fixed { fraction, .. } => Number::Fixed(Bounds::of(len, signed), fraction),
            Format::Unsigned if len == 1 => Number::Flag,
            _ if int.bits == len => Number::Whole(int),
            _ => Number::Bounded(Bounds::of(len, signed), int),
        }
    }

    /// A register without fields, of so many bits.
    pub(crate) fn of_register(width: u32) -> Self {
        Number::Whole(Int::with_room_for(width, false))
    }

    /// Of its numbers those within bounds.
    pub(crate) fn within(self, range: Option<Bounds>) -> Self {
        let Some(range) = range else {
            return self;
        };
        let narrowed = |all: Bounds, int| match all.and(range) {
            both if both == all => self,
            both => Number::Bounded(both, int),
        };
        match self {
            Number::Flag => narrowed(Bounds::of(1, false), Int::with_room_for(1, false)),
            Number::Whole(int) => narrowed(Bounds::of(int.bits, int.signed), int),
            Number::Bounded(all, int) => Number::Bounded(all.and(range), int),
            Number::Fixed(all, fraction) => Number::Fixed(all.and(range), fraction),
        }
    }

    /// A number of it may be negative.
    pub(crate) fn is_signed(self) -> bool {
        match self {
            Number::Flag => false,
            Number::Whole(int) => int.signed,
            Number::Bounded(bounds, _) | Number::Fixed(bounds, _) => bounds.is_signed(),
        }
    }
}
