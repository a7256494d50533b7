// SPDX-License-Identifier: MIT OR Apache-2.0

//! Integers in the range of a field.

use core::cmp::Ordering;
use core::error::Error;
use core::fmt;

/// An integer from `MIN` to `MAX`: the value of a field that is narrower than the
/// integer types of Rust, or that the description allows only these values.
///
/// ```
/// use regloom_mmio::Bounded;
/// # fn f() -> Result<(), regloom_mmio::OutOfRange> {
/// // Checked at compile time,
/// let three: Bounded<0, 7> = Bounded::of::<3>();
/// // at run time,
/// let wanted = 5_u32;
/// let level: Bounded<0, 7> = wanted.try_into()?;
/// assert_eq!(level.get() - three.get(), 2);
/// // or the nearest that is allowed.
/// assert_eq!(Bounded::<0, 7>::clamped(100).get(), 7);
/// # Ok(())
/// # }
/// # f().unwrap();
/// ```
///
/// ```compile_fail
/// use regloom_mmio::Bounded;
/// let too_large: Bounded<0, 7> = Bounded::of::<8>();
/// ```
///
/// `MIN` and `MAX` are within the range of `i64`, or within that of `u64`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounded<const MIN: i128, const MAX: i128> {
    /// In two's complement.
    bits: u64,
}

impl<const MIN: i128, const MAX: i128> Bounded<MIN, MAX> {
    /// Bits of the narrowest field that holds these numbers.
    pub(crate) const WIDTH: u32 = {
        assert!(MIN <= MAX, "no number is within these bounds");
        assert!(
            i64::MIN as i128 <= MIN && MAX <= u64::MAX as i128,
            "no field has numbers of more than 64 bits"
        );
        assert!(
            MIN >= 0 || MAX <= i64::MAX as i128,
            "no field has negative numbers and those of 64 bits without a sign"
        );
        let (below, above) = (bits_of(MIN), bits_of(MAX));
        if MIN >= 0 {
            above
        } else if below > above {
            below + 1
        } else {
            above + 1
        }
    };

    /// A constant, checked at compile time.
    #[inline(always)]
    #[must_use]
    pub const fn of<const NUMBER: i128>() -> Self {
        const {
            assert!(
                MIN <= NUMBER && NUMBER <= MAX,
                "the field does not take this number"
            );
        }
        Self::truncated(NUMBER)
    }

    /// The number, if it is in bounds. ([`of`](Self::of) and `try_from` accept
    /// numbers above the greatest `i64` too.)
    ///
    /// # Errors
    /// When it is not.
    #[inline(always)]
    pub const fn new(number: i64) -> Result<Self, OutOfRange> {
        Self::checked(number as i128)
    }

    /// The nearest number within the bounds.
    #[inline(always)]
    #[must_use]
    pub const fn clamped(number: i64) -> Self {
        let number = number as i128;
        Self::truncated(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    /// The number, if it is in bounds.
    #[inline(always)]
    pub(crate) const fn checked(number: i128) -> Result<Self, OutOfRange> {
        if MIN <= number && number <= MAX {
            Ok(Self::truncated(number))
        } else {
            Err(OutOfRange::new(number, MIN, MAX))
        }
    }

    /// A number that is in bounds.
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounds have 64 bits"
    )]
    const fn truncated(number: i128) -> Self {
        const { assert!(Self::WIDTH <= u64::BITS) }
        Bounded {
            bits: number as u64,
        }
    }

    /// The number as an `i64`. It does not compile where `MAX` does not fit. See
    /// [`get_unsigned`](Self::get_unsigned).
    #[inline(always)]
    #[must_use]
    pub const fn get(self) -> i64 {
        const {
            assert!(
                MAX <= i64::MAX as i128,
                "not every number of it is an `i64`: `get_unsigned` gives a `u64`"
            );
        }
        self.bits.cast_signed()
    }

    /// The number as a `u64`. It does not compile where `MIN` is negative. See
    /// [`get`](Self::get).
    #[inline(always)]
    #[must_use]
    pub const fn get_unsigned(self) -> u64 {
        const { assert!(MIN >= 0, "it may be negative: `get` gives an `i64`") }
        self.bits
    }

    /// The number, whatever the bounds.
    #[inline(always)]
    pub(crate) const fn number(self) -> i128 {
        if MIN < 0 {
            self.bits.cast_signed() as i128
        } else {
            self.bits as i128
        }
    }

    /// The number in the low bits of a word; the bits above the field are ignored.
    /// The highest bit is the sign if `MIN` is negative.
    #[inline(always)]
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the bits above the field are ignored, and those of the sign are wanted"
    )]
    pub const fn from_field(bits: u64) -> Self {
        let width = const { if Self::WIDTH == 0 { 1 } else { Self::WIDTH } };
        let unused = u64::BITS - width;
        let bits = if 0 <= MIN {
            bits << unused >> unused
        } else if width <= u32::BITS {
            // In 32 bits the compiler makes one shift of this and of a field's own.
            let unused = u32::BITS - width;
            (((bits as u32) << unused).cast_signed() >> unused) as i64 as u64
        } else {
            ((bits << unused).cast_signed() >> unused).cast_unsigned()
        };
        Bounded { bits }
    }

    /// Its bits in two's complement.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.bits
    }
}

/// Bits of a number in two's complement, without the sign.
const fn bits_of(number: i128) -> u32 {
    let positive = if number < 0 { !number } else { number };
    i128::BITS - positive.leading_zeros()
}

macro_rules! from_integers {
    ($($int:ident)*) => {$(
        impl<const MIN: i128, const MAX: i128> TryFrom<$int> for Bounded<MIN, MAX> {
            type Error = OutOfRange;

            #[inline(always)]
            fn try_from(number: $int) -> Result<Self, OutOfRange> {
                Self::checked(number as i128)
            }
        }
    )*};
}

from_integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl<const MIN: i128, const MAX: i128> PartialOrd for Bounded<MIN, MAX> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const MIN: i128, const MAX: i128> Ord for Bounded<MIN, MAX> {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl<const MIN: i128, const MAX: i128> fmt::Debug for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.number(), f)
    }
}

impl<const MIN: i128, const MAX: i128> fmt::Display for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.number(), f)
    }
}

/// A number that is out of the range of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange {
    number: i128,
    min: i128,
    max: i128,
}

impl OutOfRange {
    pub(crate) const fn new(number: i128, min: i128, max: i128) -> Self {
        OutOfRange { number, min, max }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> i128 {
        self.number
    }

    /// The least and the greatest number of the field.
    #[must_use]
    pub const fn bounds(self) -> (i128, i128) {
        (self.min, self.max)
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OutOfRange { number, min, max } = self;
        write!(f, "{number} does not fit: the field takes {min} to {max}")
    }
}

impl Error for OutOfRange {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn both_bounds_are_in() {
        type Nibble = Bounded<-8, 7>;
        for number in -8..=7_i8 {
            assert_eq!(
                Nibble::try_from(number).map(Bounded::get),
                Ok(number.into())
            );
        }
        let refused = Nibble::try_from(8_u8).expect_err("beyond the bounds");
        assert_eq!(
            refused.to_string(),
            "8 does not fit: the field takes -8 to 7"
        );
        assert_eq!((refused.number(), refused.bounds()), (8, (-8, 7)));
        assert!(Nibble::try_from(u64::MAX).is_err());
        assert!(Nibble::try_from(-9_i64).is_err());
        assert_eq!(Nibble::of::<-1>().bits(), u64::MAX);
    }

    #[test]
    fn numbers_of_64_bits_have_no_sign() {
        type Whole = Bounded<1, { u64::MAX as i128 }>;
        let most = Whole::of::<{ u64::MAX as i128 }>();
        assert_eq!(most.get_unsigned(), u64::MAX);
        assert_eq!(Whole::try_from(u64::MAX), Ok(most));
        assert_eq!(most.to_string(), u64::MAX.to_string());
        assert!(most > Whole::of::<1>());
        assert!(Whole::try_from(0_u64).is_err());
        assert!(Whole::try_from(-1_i64).is_err());
        assert_eq!(Whole::from_field(1 << 63).get_unsigned(), 1 << 63);
    }

    #[test]
    fn negative_numbers_are_less() {
        type Whole = Bounded<{ i64::MIN as i128 }, { i64::MAX as i128 }>;
        assert!(Whole::of::<-1>() < Whole::of::<0>());
        assert_eq!(Whole::new(i64::MIN).map(Bounded::get), Ok(i64::MIN));
        assert!(Whole::try_from(u64::MAX).is_err());
    }

    /// The width of a constrained field follows from both bounds, negative ones
    /// too.
    #[test]
    fn bounds_need_not_be_those_of_all_bits() {
        assert_eq!(Bounded::<-8, 3>::WIDTH, 4);
        assert_eq!(Bounded::<-1, 7>::WIDTH, 4);
        assert_eq!(Bounded::<-8, -3>::WIDTH, 4);
        assert_eq!(Bounded::<19, 59>::WIDTH, 6);
        assert_eq!(Bounded::<-8, 3>::from_field(0b1000).get(), -8);
        assert_eq!(Bounded::<0, 0>::from_field(0).get(), 0);
        assert_eq!(Bounded::<19, 59>::clamped(0).get(), 19);
        assert_eq!(Bounded::<19, 59>::clamped(60).get(), 59);
    }
}
