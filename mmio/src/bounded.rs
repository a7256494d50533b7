// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers of as many values as a field has.

use core::error::Error;
use core::fmt;

/// A whole number from `MIN` to `MAX`: what a field holds that is narrower than
/// any integer of Rust.
///
/// ```
/// use regloom_mmio::Bounded;
/// # fn f() -> Result<(), regloom_mmio::OutOfRange> {
/// // Checked at compile time,
/// let three: Bounded<0, 7> = Bounded::of::<3>();
/// // and at run time.
/// let wanted = 5_u32;
/// let level: Bounded<0, 7> = wanted.try_into()?;
/// assert_eq!(level.get() - three.get(), 2);
/// # Ok(())
/// # }
/// # f().unwrap();
/// ```
///
/// ```compile_fail
/// use regloom_mmio::Bounded;
/// let too_large: Bounded<0, 7> = Bounded::of::<8>();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounded<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Bounded<MIN, MAX> {
    /// Bits of the field that holds these numbers and no others.
    pub(crate) const WIDTH: u32 = {
        let sign = if MIN < 0 { 1 } else { 0 };
        u64::BITS - MAX.leading_zeros() + sign
    };

    /// A constant, checked at compile time.
    #[inline(always)]
    #[must_use]
    pub const fn of<const NUMBER: i64>() -> Self {
        const {
            assert!(
                MIN <= NUMBER && NUMBER <= MAX,
                "the field has no room for it"
            );
        }
        Bounded(NUMBER)
    }

    /// A number, if it is in bounds.
    ///
    /// # Errors
    /// When it is not.
    #[inline(always)]
    pub const fn new(number: i64) -> Result<Self, OutOfRange> {
        if MIN <= number && number <= MAX {
            Ok(Bounded(number))
        } else {
            Err(OutOfRange::new(number as i128, MIN as i128, MAX as i128))
        }
    }

    /// The number.
    #[inline(always)]
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number that a field's bits are, whatever is above them. The highest is
    /// the sign if any number is negative.
    #[inline(always)]
    #[must_use]
    pub const fn from_field(bits: u64) -> Self {
        let unused = u64::BITS - Self::WIDTH;
        let aligned = (bits << unused).cast_signed();
        Bounded(if MIN < 0 {
            aligned >> unused
        } else {
            (aligned.cast_unsigned() >> unused).cast_signed()
        })
    }

    /// Its bits in two's complement.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0.cast_unsigned()
    }
}

macro_rules! from_integers {
    ($($int:ident)*) => {$(
        impl<const MIN: i64, const MAX: i64> TryFrom<$int> for Bounded<MIN, MAX> {
            type Error = OutOfRange;

            #[inline(always)]
            fn try_from(number: $int) -> Result<Self, OutOfRange> {
                let refusal = || OutOfRange::new(number as i128, MIN.into(), MAX.into());
                i64::try_from(number).map_err(|_| refusal()).and_then(Self::new)
            }
        }
    )*};
}

from_integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl<const MIN: i64, const MAX: i64> fmt::Debug for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A number that its field has no room for.
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

    /// The least and the greatest there is room for.
    #[must_use]
    pub const fn bounds(self) -> (i128, i128) {
        (self.min, self.max)
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OutOfRange { number, min, max } = self;
        write!(f, "{number} does not fit: the field holds {min} to {max}")
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
            "8 does not fit: the field holds -8 to 7"
        );
        assert_eq!((refused.number(), refused.bounds()), (8, (-8, 7)));
        assert!(Nibble::try_from(u64::MAX).is_err());
        assert!(Nibble::try_from(-9_i64).is_err());
        assert_eq!(Nibble::of::<-1>().bits(), u64::MAX);
    }
}
