// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the bus moves a register.

use regdesc::model::{Bus, Order, Register};

/// One access of the bus to a register, and the order of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Beat {
    /// Bits of one.
    pub(crate) width: u32,
    /// Of several, the one at the lowest address has the highest bits.
    pub(crate) high_at_start: bool,
    /// Of several, the one with the highest bits moves first.
    pub(crate) high_first: bool,
    /// Within one, the byte at the lowest address is the highest.
    pub(crate) swapped: bool,
}

impl Beat {
    pub(crate) fn of(register: &Register, bus: Bus) -> Self {
        let width = register.width.value.min(bus.width);
        let several = register.width.value > width;
        let high_at_start = several && bus.word_order == Order::Big;
        Beat {
            width,
            high_at_start,
            // The default is that the lowest address moves first.
            high_first: register
                .read_order
                .map_or(high_at_start, |first| several && first == Order::Big),
            swapped: width > 8 && bus.endian == Order::Big,
        }
    }

    /// The bytes move in the order of a plain number.
    pub(crate) fn is_plain(self) -> bool {
        !(self.high_at_start || self.high_first || self.swapped)
    }

    /// The beats of a register of `width` bits in the order in which they are read:
    /// bytes from the register's start, and the lowest bit.
    pub(crate) fn places(self, width: u32) -> impl DoubleEndedIterator<Item = (u64, u32)> {
        let beats = width / self.width;
        let high_first = self.high_first;
        (0..beats).map(move |nth| {
            let nth = if high_first { beats - 1 - nth } else { nth };
            let at = if self.high_at_start {
                beats - 1 - nth
            } else {
                nth
            };
            (u64::from(at * self.width / 8), nth * self.width)
        })
    }
}

/// A load of one number, or of two words with the lower one first, returns the
/// register's content.
pub(crate) fn is_in_order(register: &Register, bus: Bus) -> bool {
    let several = register.width.value > bus.width;
    !several || (bus.word_order == Order::Little && register.read_order != Some(Order::Big))
}
