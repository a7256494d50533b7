// SPDX-License-Identifier: MIT OR Apache-2.0

//! All range arithmetic, half-open, in one place.
//!
//! Offsets and sizes are in bytes, bit positions count from 0 at the least
//! significant bit. Nothing here wraps: what does not fit is `None`.

use std::fmt;
use std::ops::RangeInclusive;

/// Bytes `start..start + len` of an address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange {
    /// First byte.
    pub start: u64,
    /// How many bytes; may be 0.
    pub len: u64,
}

impl ByteRange {
    /// One past the last byte, or `None` beyond 2^64.
    #[must_use]
    pub fn end(self) -> Option<u64> {
        self.start.checked_add(self.len)
    }

    /// One past the last byte, wherever that is.
    #[must_use]
    pub fn end_wide(self) -> u128 {
        u128::from(self.start) + u128::from(self.len)
    }

    /// Whether the two share a byte.
    #[must_use]
    pub fn overlaps(self, other: ByteRange) -> bool {
        self.len > 0
            && other.len > 0
            && u128::from(self.start) < other.end_wide()
            && u128::from(other.start) < self.end_wide()
    }

    /// Whether every byte of `other` is one of these.
    #[must_use]
    pub fn contains(self, other: ByteRange) -> bool {
        self.start <= other.start && other.end_wide() <= self.end_wide()
    }
}

impl fmt::Display for ByteRange {
    /// Inclusive, as register maps are written: `0x10..=0x13`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = u128::from(self.start) + u128::from(self.len.max(1)) - 1;
        write!(f, "{:#x}..={last:#x}", self.start)
    }
}

/// Bits `low..low + len` of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BitRange {
    /// Least significant bit.
    pub low: u32,
    /// How many bits; at least 1.
    pub len: u32,
}

impl BitRange {
    /// Bits `high` down to `low`, both included, as data sheets write them;
    /// `None` when `high` is below `low`.
    #[must_use]
    pub fn from_msb_lsb(high: u32, low: u32) -> Option<Self> {
        let len = high.checked_sub(low)?.checked_add(1)?;
        Some(BitRange { low, len })
    }

    /// Most significant bit.
    #[must_use]
    pub fn high(self) -> u32 {
        self.low.saturating_add(self.len.saturating_sub(1))
    }

    /// One past the most significant bit.
    #[must_use]
    pub fn end(self) -> u32 {
        self.low.saturating_add(self.len)
    }

    /// Whether the two share a bit.
    #[must_use]
    pub fn overlaps(self, other: BitRange) -> bool {
        let end = |bits: BitRange| u64::from(bits.low) + u64::from(bits.len);
        u64::from(self.low) < end(other) && u64::from(other.low) < end(self)
    }

    /// Whether the range is within bits `0..width`.
    #[must_use]
    pub fn fits(self, width: u32) -> bool {
        self.low
            .checked_add(self.len)
            .is_some_and(|end| end <= width)
    }

    /// Ones in these bits of a 64-bit value.
    #[must_use]
    pub fn mask(self) -> u64 {
        low_ones(self.len).checked_shl(self.low).unwrap_or(0)
    }

    /// The value these bits have within `whole`.
    #[must_use]
    pub fn extract(self, whole: u64) -> u64 {
        whole.checked_shr(self.low).unwrap_or(0) & low_ones(self.len)
    }

    /// `value` moved to these bits; bits of `value` beyond the range are lost.
    #[must_use]
    pub fn place(self, value: u64) -> u64 {
        (value & low_ones(self.len))
            .checked_shl(self.low)
            .unwrap_or(0)
    }
}

impl fmt::Display for BitRange {
    /// `7` for one bit, `7:4` for several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len == 1 {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}:{}", self.high(), self.low)
        }
    }
}

/// A value with the `bits` least significant bits set; all of them from 64 on.
#[must_use]
pub fn low_ones(bits: u32) -> u64 {
    match bits {
        0 => 0,
        1..=63 => (1 << bits) - 1,
        _ => u64::MAX,
    }
}

/// Whether `value` can be written in `bits` bits.
#[must_use]
pub fn fits_in(value: u64, bits: u32) -> bool {
    value & !low_ones(bits) == 0
}

/// The numbers that bits hold: from 0 on, or around it in two's complement.
/// Beyond 127 bits, those that an `i128` has.
#[must_use]
pub fn numbers_of(bits: u32, signed: bool) -> RangeInclusive<i128> {
    let magnitude = if signed { bits.saturating_sub(1) } else { bits };
    let max = 1i128
        .checked_shl(magnitude)
        .map_or(i128::MAX, |it| it.wrapping_sub(1));
    if signed { -max - 1..=max } else { 0..=max }
}

/// `offset` rounded up to a multiple of `align`; `None` beyond 2^64.
#[must_use]
pub fn align_up(offset: u64, align: u64) -> Option<u64> {
    offset.checked_next_multiple_of(align.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(start: u64, len: u64) -> ByteRange {
        ByteRange { start, len }
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert!(!bytes(0, 4).overlaps(bytes(4, 4)));
        assert!(bytes(0, 5).overlaps(bytes(4, 4)));
        assert!(!BitRange { low: 0, len: 4 }.overlaps(BitRange { low: 4, len: 1 }));
        assert!(BitRange { low: 0, len: 5 }.overlaps(BitRange { low: 4, len: 1 }));
    }

    #[test]
    fn the_top_of_the_address_space_is_no_wrap() {
        assert!(bytes(u64::MAX, 2).overlaps(bytes(u64::MAX, 1)));
        assert!(!bytes(u64::MAX, 2).overlaps(bytes(0, 1)));
        assert!(!bytes(0, 16).contains(bytes(u64::MAX, 2)));
    }

    #[test]
    fn the_topmost_bytes_are_within_the_address_space() {
        let top = bytes(u64::MAX - 3, 4);
        assert_eq!(top.end(), None);
        assert_eq!(top.end_wide(), 1 << 64);
        assert!(bytes(u64::MAX - 7, 8).contains(top));
        assert!(!top.contains(bytes(u64::MAX - 3, 5)));
        assert_eq!(top.to_string(), "0xfffffffffffffffc..=0xffffffffffffffff");
    }

    /// Any number, and often one near an end.
    fn extreme() -> impl Strategy<Value = u64> {
        prop_oneof![
            any::<u64>(),
            0u64..130,
            (0u64..130).prop_map(|below| u64::MAX - below),
            (0u32..64, -2i64..3).prop_map(|(shift, by)| (1u64 << shift).wrapping_add_signed(by)),
        ]
    }

    fn extreme_bits() -> impl Strategy<Value = BitRange> {
        let number = || {
            prop_oneof![
                any::<u32>(),
                0u32..130,
                (0u32..130).prop_map(|below| u32::MAX - below)
            ]
        };
        (number(), number()).prop_map(|(low, len)| BitRange {
            low,
            len: len.max(1),
        })
    }

    /// The bits as ones of a number that has room for any two 64-bit ranges.
    fn ones(bits: BitRange) -> u128 {
        ((1 << bits.len) - 1) << bits.low
    }

    proptest! {
        #[test]
        fn bytes_are_as_in_wide_arithmetic(
            a in extreme(), al in extreme(), b in extreme(), bl in extreme(),
        ) {
            let wide = |start: u64, len: u64| u128::from(start)..u128::from(start) + u128::from(len);
            let (first, second) = (wide(a, al), wide(b, bl));
            let shared = first.end.min(second.end) > first.start.max(second.start);
            let shared = shared && !first.is_empty() && !second.is_empty();
            prop_assert_eq!(bytes(a, al).overlaps(bytes(b, bl)), shared);
            prop_assert_eq!(bytes(b, bl).overlaps(bytes(a, al)), shared);
            let within = first.start <= second.start && second.end <= first.end;
            prop_assert_eq!(bytes(a, al).contains(bytes(b, bl)), within);
            prop_assert_eq!(bytes(a, al).end().map(u128::from), Some(first.end).filter(|end| *end >> 64 == 0));
            prop_assert_eq!(bytes(a, al).end_wide(), first.end);
            let last = if al == 0 { first.start } else { first.end - 1 };
            prop_assert_eq!(bytes(a, al).to_string(), format!("{a:#x}..={last:#x}"));
        }

        #[test]
        fn bits_are_as_in_wide_arithmetic(a in extreme_bits(), b in extreme_bits(), width: u32) {
            let end = |bits: BitRange| u128::from(bits.low) + u128::from(bits.len);
            let shared = end(a).min(end(b)) > u128::from(a.low.max(b.low));
            prop_assert_eq!(a.overlaps(b), shared);
            prop_assert_eq!(a.fits(width), end(a) <= u128::from(width));
            let most = u128::from(u32::MAX);
            prop_assert_eq!(u128::from(a.end()), end(a).min(most));
            if end(a) <= most {
                prop_assert_eq!(u128::from(a.high()), end(a) - 1);
                prop_assert_eq!(BitRange::from_msb_lsb(a.high(), a.low), Some(a));
            }
        }

        #[test]
        fn higher_below_lower_are_no_bits(high: u32, low: u32) {
            let expected = u128::from(high).checked_sub(u128::from(low)).map(|len| len + 1);
            let expected = expected.filter(|len| *len <= u128::from(u32::MAX));
            let bits = BitRange::from_msb_lsb(high, low);
            prop_assert_eq!(bits.map(|bits| u128::from(bits.len)), expected);
            prop_assert!(bits.is_none_or(|bits| bits.low == low));
        }

        #[test]
        fn values_are_as_in_wide_arithmetic(low in 0u32..64, len in 1u32..=64, value: u64) {
            let bits = BitRange { low, len };
            let ones = ones(bits);
            let narrow = |wide: u128| u128::from(u64::MAX) & wide;
            let (mask, value_wide) = (u128::from(bits.mask()), u128::from(value));
            prop_assert_eq!(mask, narrow(ones));
            prop_assert_eq!(u128::from(bits.extract(value)), (value_wide & ones) >> low);
            prop_assert_eq!(u128::from(bits.place(value)), narrow(value_wide << low & ones));
            prop_assert_eq!(fits_in(value, len), value_wide >> len == 0);
        }

        #[test]
        fn beyond_64_bits_there_is_nothing(bits in extreme_bits(), value: u64) {
            prop_assume!(bits.low >= 64);
            prop_assert_eq!((bits.mask(), bits.extract(value), bits.place(value)), (0, 0, 0));
        }

        #[test]
        fn aligned_is_as_in_wide_arithmetic(offset in extreme(), align in extreme()) {
            let wide = u128::from(offset).next_multiple_of(u128::from(align.max(1)));
            prop_assert_eq!(align_up(offset, align), u64::try_from(wide).ok());
        }

        #[test]
        fn overlap_is_a_shared_byte(a in 0u64..64, al in 0u64..64, b in 0u64..64, bl in 0u64..64) {
            let shared = (a..a + al).any(|byte| (b..b + bl).contains(&byte));
            prop_assert_eq!(bytes(a, al).overlaps(bytes(b, bl)), shared);
            prop_assert_eq!(bytes(b, bl).overlaps(bytes(a, al)), shared);
        }

        #[test]
        fn extract_undoes_place(low in 0u32..64, len in 1u32..=64, value: u64) {
            let bits = BitRange { low, len };
            prop_assume!(bits.fits(64));
            let kept = value & low_ones(len);
            prop_assert_eq!(bits.extract(bits.place(value)), kept);
            prop_assert_eq!(bits.place(value) & !bits.mask(), 0);
        }

        #[test]
        fn aligned_is_the_next_multiple(offset in 0u64..1 << 60, shift in 0u32..12) {
            let align = 1u64 << shift;
            let up = align_up(offset, align).unwrap();
            prop_assert!(up >= offset && up - offset < align && up.is_multiple_of(align));
        }
    }
}
