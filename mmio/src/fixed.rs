// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fixed-point numbers.

use core::fmt;

use crate::bounded::{Bounded, OutOfRange};

/// A fixed-point number: an integer from `MIN` to `MAX` that counts steps of
/// 2 to the power of minus `FRACTION`.
///
/// ```
/// use regloom_mmio::Fixed;
/// // s3.13: sixteen bits, signed, thirteen of them after the point.
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
pub struct Fixed<const MIN: i128, const MAX: i128, const FRACTION: u32>(Bounded<MIN, MAX>);

/// The factor from a number to its steps. It is exact in a double for up to 1023
/// bits after the point, and there are at most 63.
const fn steps(fraction: u32) -> f64 {
    f64::from_bits((1023 + fraction as u64) << 52)
}

impl<const MIN: i128, const MAX: i128, const FRACTION: u32> Fixed<MIN, MAX, FRACTION> {
    /// The number with this count of steps, checked at compile time.
    #[inline(always)]
    #[must_use]
    pub const fn of_raw<const RAW: i128>() -> Self {
        Fixed(Bounded::of::<RAW>())
    }

    /// The number with this count of steps. ([`of_raw`](Self::of_raw) and
    /// [`from_raw_unsigned`](Self::from_raw_unsigned) accept counts above the
    /// greatest `i64` too.)
    ///
    /// # Errors
    /// When the count is out of bounds.
    #[inline(always)]
    pub const fn from_raw(raw: i64) -> Result<Self, OutOfRange> {
        Self::checked(raw as i128)
    }

    /// The number with this count of steps.
    ///
    /// # Errors
    /// When the count is out of bounds.
    #[inline(always)]
    pub const fn from_raw_unsigned(raw: u64) -> Result<Self, OutOfRange> {
        Self::checked(raw as i128)
    }

    #[inline(always)]
    const fn checked(raw: i128) -> Result<Self, OutOfRange> {
        match Bounded::checked(raw) {
            Ok(raw) => Ok(Fixed(raw)),
            Err(refusal) => Err(refusal),
        }
    }

    /// The nearest representable number; if two are equally near, the one farther
    /// from zero.
    ///
    /// # Errors
    /// When the nearest is out of bounds, or there is none (not a number).
    pub const fn from_f64(number: f64) -> Result<Self, Unrepresentable> {
        let nearest = match nearest::<MIN>(number * steps(FRACTION)) {
            Some(nearest) => Bounded::checked(nearest),
            None => Err(OutOfRange::new(0, MIN, MAX)),
        };
        match nearest {
            Ok(raw) => Ok(Fixed(raw)),
            Err(_) => Err(Unrepresentable {
                number,
                min: -below(-MIN) / steps(FRACTION),
                max: below(MAX) / steps(FRACTION),
            }),
        }
    }

    /// The number, rounded where a double cannot represent it.
    #[inline(always)]
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "the rounding is documented, and the number is within bounds"
    )]
    pub const fn to_f64(self) -> f64 {
        let raw = self.0.bits();
        // 32-bit processors can convert 32 bits in one instruction, and not 64.
        let number = if i32::MIN as i128 <= MIN && MAX <= i32::MAX as i128 {
            raw as i32 as f64
        } else if 0 <= MIN && MAX <= u32::MAX as i128 {
            raw as u32 as f64
        } else if 0 <= MIN {
            raw as f64
        } else {
            raw.cast_signed() as f64
        };
        number / steps(FRACTION)
    }

    /// The count of steps as an `i64`. It does not compile where `MAX` does not
    /// fit. See [`raw_unsigned`](Self::raw_unsigned).
    #[inline(always)]
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0.get()
    }

    /// The count of steps as a `u64`. It does not compile where `MIN` is negative.
    /// See [`raw`](Self::raw).
    #[inline(always)]
    #[must_use]
    pub const fn raw_unsigned(self) -> u64 {
        self.0.get_unsigned()
    }

    /// The bits of the count of steps in two's complement.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0.bits()
    }

    /// The number in the low bits of a word; the bits above the field are ignored.
    /// The highest bit is the sign if `MIN` is negative.
    #[inline(always)]
    #[must_use]
    pub const fn from_field(bits: u64) -> Self {
        Fixed(Bounded::from_field(bits))
    }
}

/// The nearest integer; if two are equally near, the one farther from zero. None
/// for a number beyond 64 bits (signed if `MIN` is negative), and for NaN.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast drops the fraction, and the integer part is known to fit"
)]
const fn nearest<const MIN: i128>(number: f64) -> Option<i128> {
    const TWO_TO_THE_63: f64 = (1_u64 << 63) as f64;
    const TWO_TO_THE_64: f64 = 2.0 * TWO_TO_THE_63;
    let whole = if MIN < 0 && -TWO_TO_THE_63 <= number && number < TWO_TO_THE_63 {
        number as i64 as i128
    } else if MIN >= 0 && -1.0 < number && number < TWO_TO_THE_64 {
        number as u64 as i128
    } else {
        return None;
    };
    // Exact: a double beyond 2 to the power of 53 has no fraction.
    let rest = number - whole as f64;
    Some(if rest >= 0.5 {
        whole + 1
    } else if rest <= -0.5 {
        whole - 1
    } else {
        whole
    })
}

/// The greatest double that is not above a number: a bound in a message has to be
/// within the real one.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a result that was rounded up is decreased by one step"
)]
const fn below(number: i128) -> f64 {
    let nearest = number as f64;
    if nearest as i128 > number {
        nearest.next_down()
    } else {
        nearest
    }
}

impl<const MIN: i128, const MAX: i128, const FRACTION: u32> fmt::Debug
    for Fixed<MIN, MAX, FRACTION>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_f64(), f)
    }
}

impl<const MIN: i128, const MAX: i128, const FRACTION: u32> fmt::Display
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

    /// The least and the greatest number of the field. Where a double cannot
    /// represent them, the next ones within.
    #[must_use]
    pub const fn bounds(self) -> (f64, f64) {
        (self.min, self.max)
    }
}

impl fmt::Display for Unrepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unrepresentable { number, min, max } = self;
        write!(f, "{number} does not fit: the field takes {min} to {max}")
    }
}

impl core::error::Error for Unrepresentable {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    /// The steps of a number, if it is accepted.
    macro_rules! steps_of {
        ($fixed:ty, $number:expr) => {
            <$fixed>::from_f64($number).map(|it| it.0.number()).ok()
        };
    }

    type S32_32 = Fixed<{ i64::MIN as i128 }, { i64::MAX as i128 }, 32>;
    type U32_32 = Fixed<0, { u64::MAX as i128 }, 32>;

    #[test]
    fn the_extremes_of_64_bits_with_a_sign_are_taken() {
        let two_to_the_31 = 2_147_483_648.0;
        assert_eq!(steps_of!(S32_32, -two_to_the_31), Some(i64::MIN.into()));
        // The greatest double below: of 53 bits, 22 are behind the point.
        let greatest = 2_147_483_648.0_f64.next_down();
        assert_eq!(steps_of!(S32_32, greatest), Some((1 << 63) - (1 << 10)));
        assert_eq!(steps_of!(S32_32, two_to_the_31), None);
        assert_eq!(steps_of!(S32_32, (-two_to_the_31).next_down()), None);
        let least = S32_32::of_raw::<{ i64::MIN as i128 }>();
        assert_eq!(S32_32::from_f64(least.to_f64()), Ok(least));
    }

    #[test]
    fn the_extremes_of_64_bits_without_a_sign_are_taken() {
        let two_to_the_32 = 4_294_967_296.0;
        assert_eq!(steps_of!(U32_32, 0.0), Some(0));
        assert_eq!(steps_of!(U32_32, two_to_the_32), None);
        let greatest = 4_294_967_296.0_f64.next_down();
        assert_eq!(steps_of!(U32_32, greatest), Some((1 << 64) - (1 << 11)));
        assert_eq!(steps_of!(U32_32, 0.5), Some(1 << 31));
        let all = U32_32::from_raw_unsigned(u64::MAX).expect("all bits");
        assert_eq!(all.raw_unsigned(), u64::MAX);
        assert!((all.to_f64() - two_to_the_32).abs() < f64::EPSILON);
        // Less than half a step below zero is zero.
        assert_eq!(steps_of!(U32_32, -0.49 / two_to_the_32), Some(0));
        assert_eq!(steps_of!(U32_32, -0.5 / two_to_the_32), None);
        assert_eq!(steps_of!(U32_32, -1.0), None);
    }

    #[test]
    fn nan_and_infinity_are_refused() {
        for number in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
        ] {
            assert_eq!(steps_of!(S32_32, number), None, "{number}");
            assert_eq!(steps_of!(U32_32, number), None, "{number}");
            assert_eq!(steps_of!(Fixed<-8, 7, 0>, number), None, "{number}");
        }
        for number in [0.0, -0.0, f64::MIN_POSITIVE, -f64::MIN_POSITIVE] {
            assert_eq!(steps_of!(U32_32, number), Some(0), "{number}");
        }
    }

    #[test]
    fn the_nearest_number_is_used() {
        type Halves = Fixed<-8, 7, 1>;
        // A half more would round this up in a double.
        let just_below = 0.5_f64.next_down();
        for (number, steps) in [
            (0.24, 0),
            (0.25, 1),
            (-0.25, -1),
            (just_below / 2.0, 0),
            (-just_below / 2.0, 0),
            (3.74, 7),
            (-4.24, -8),
        ] {
            assert_eq!(steps_of!(Halves, number), Some(steps), "{number}");
        }
        for number in [3.75, -4.25] {
            assert_eq!(steps_of!(Halves, number), None, "{number}");
        }
        // Odd numbers of 53 bits are exact, and none is added to.
        let odd = 4_503_599_627_370_497_f64;
        assert_eq!(
            steps_of!(Fixed<0, 0x7FFF_FFFF_FFFF_FFFF, 0>, odd),
            Some(4_503_599_627_370_497)
        );
    }

    /// For every width, signed and unsigned, both ends are accepted and nothing
    /// beyond.
    #[test]
    fn the_extremes_of_every_width_are_accepted() {
        macro_rules! widths {
            ($($bits:literal)*) => {$({
                const LEAST: i128 = -(1 << ($bits - 1));
                const MOST: i128 = (1 << ($bits - 1)) - 1;
                const ALL: i128 = (1 << $bits) - 1;
                both_ends::<LEAST, MOST>($bits);
                both_ends::<0, ALL>($bits);
            })*};
        }
        widths!(1 2 7 8 12 16 24 31 32 33 48 52 53 54 62 63 64);
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is an integer within 64 bits"
    )]
    fn both_ends<const MIN: i128, const MAX: i128>(bits: u32) {
        let steps = |number: f64| Fixed::<MIN, MAX, 0>::from_f64(number).map(|it| it.0.number());
        assert_eq!(steps(MIN as f64), Ok(MIN), "{bits}");
        let most = below(MAX);
        assert_eq!(steps(most), Ok(most as i128), "{bits}");
        for beyond in [MIN as f64 - 1.0, (MIN as f64 * 2.0) - 1.0, MAX as f64 + 1.0] {
            let is_beyond = beyond >= MAX as f64 + 1.0 || beyond < MIN as f64;
            assert_eq!(steps(beyond).is_err(), is_beyond, "{beyond} in {bits}");
        }
    }

    #[test]
    fn bounds_in_messages_are_within_the_real_ones() {
        let refused = S32_32::from_f64(2_147_483_648.0).expect_err("beyond");
        let (least, greatest) = refused.bounds();
        assert!(S32_32::from_f64(least).is_ok() && S32_32::from_f64(greatest).is_ok());
        let text = Fixed::<-8, 7, 1>::from_f64(4.0)
            .expect_err("beyond")
            .to_string();
        assert_eq!(text, "4 does not fit: the field takes -4 to 3.5");
    }
}
