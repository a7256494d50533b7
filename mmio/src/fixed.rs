// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fixed-point numbers.

use core::fmt;

use crate::bounded::{Bounded, OutOfRange};

/// A fixed-point number: an integer from `MIN` to `MAX` that counts steps of
/// 2 to the power of minus `FRACTION`.
///
/// ```
/// use regloom_mmio::Fixed;
/// // s3.13: sixteen bits, signed, thirteen of them behind the point.
/// type Gain = Fixed<-0x8000, 0x7FFF, 13>;
/// # fn f() -> Result<(), regloom_mmio::Unrepresentable> {
/// let gain = Gain::from_f64(-1.5)?;
/// assert_eq!(gain.raw(), -3 * 4096);
/// assert_eq!(gain.to_f64(), -1.5);
/// assert!(Gain::from_f64(4.0).is_err());
/// # Ok(())
/// # }
/// # f().unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fixed<const MIN: i64, const MAX: i64, const FRACTION: u32>(Bounded<MIN, MAX>);

/// What multiplies a number into steps: exact in a double for up to 1023 bits
/// behind the point, and there are at most 63.
const fn steps(fraction: u32) -> f64 {
    f64::from_bits((1023 + fraction as u64) << 52)
}

impl<const MIN: i64, const MAX: i64, const FRACTION: u32> Fixed<MIN, MAX, FRACTION> {
    /// The number of so many steps, checked at compile time.
    #[inline(always)]
    #[must_use]
    pub const fn of_raw<const RAW: i64>() -> Self {
        Fixed(Bounded::of::<RAW>())
    }

    /// The number of so many steps.
    ///
    /// # Errors
    /// When the field has no room for them.
    #[inline(always)]
    pub const fn from_raw(raw: i64) -> Result<Self, OutOfRange> {
        match Bounded::new(raw) {
            Ok(raw) => Ok(Fixed(raw)),
            Err(refusal) => Err(refusal),
        }
    }

    /// The representable number that is nearest; of two as near, the one farther
    /// from zero.
    ///
    /// # Errors
    /// When the nearest is out of bounds, or there is none (not a number).
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast to an integer saturates, and bounds are checked behind it"
    )]
    pub const fn from_f64(number: f64) -> Result<Self, Unrepresentable> {
        let half = if number < 0.0 { -0.5 } else { 0.5 };
        let scaled = number * steps(FRACTION);
        // Beyond 2 to the 52nd every double is whole, and half a step would round.
        let whole = if scaled.abs() < 4_503_599_627_370_496.0 {
            (scaled + half) as i64
        } else {
            scaled as i64
        };
        match Bounded::new(whole) {
            Ok(raw) if scaled.abs() < 9_223_372_036_854_775_808.0 => Ok(Fixed(raw)),
            _ => Err(Unrepresentable {
                number,
                min: MIN as f64 / steps(FRACTION),
                max: MAX as f64 / steps(FRACTION),
            }),
        }
    }

    /// The number, rounded where a double has no room for all its bits.
    #[inline(always)]
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounding is said, and what is truncated was in bounds"
    )]
    pub const fn to_f64(self) -> f64 {
        let raw = self.0.get();
        // Processors of 32 bits have an instruction for as many, and none for 64.
        let number = if i32::MIN as i64 <= MIN && MAX <= i32::MAX as i64 {
            raw as i32 as f64
        } else if 0 <= MIN && MAX <= u32::MAX as i64 {
            raw as u32 as f64
        } else {
            raw as f64
        };
        number / steps(FRACTION)
    }

    /// How many steps it is.
    #[inline(always)]
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0.get()
    }

    /// The bits of that count in two's complement.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0.bits()
    }

    /// The number that a field's bits are, whatever is above them. The highest is
    /// the sign if any number is negative.
    #[inline(always)]
    #[must_use]
    pub const fn from_field(bits: u64) -> Self {
        Fixed(Bounded::from_field(bits))
    }
}

impl<const MIN: i64, const MAX: i64, const FRACTION: u32> fmt::Debug for Fixed<MIN, MAX, FRACTION> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_f64(), f)
    }
}

impl<const MIN: i64, const MAX: i64, const FRACTION: u32> fmt::Display
    for Fixed<MIN, MAX, FRACTION>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_f64(), f)
    }
}

/// A number that a fixed-point field cannot hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unrepresentable {
    number: f64,
    min: f64,
    max: f64,
}

impl Unrepresentable {
    /// The number.
    #[must_use]
    pub const fn number(self) -> f64 {
        self.number
    }

    /// The least and the greatest there is room for.
    #[must_use]
    pub const fn bounds(self) -> (f64, f64) {
        (self.min, self.max)
    }
}

impl fmt::Display for Unrepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unrepresentable { number, min, max } = self;
        write!(f, "{number} does not fit: the field holds {min} to {max}")
    }
}

impl core::error::Error for Unrepresentable {}
