// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers of any size: the bits of a register, and what an author writes for
//! them.
//!
//! Most fit into 64 bits, and then nothing is allocated.

use std::fmt;

use crate::units::{BitRange, fits_in, low_ones, numbers_of};

/// Bits of the widest register.
pub(crate) const MAX_WIDTH: u32 = 1 << 16;

/// Bits of a register of any width.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bits {
    /// Each 64 bits above the lowest, the highest first so that the order of two
    /// is that of their numbers. The first is not 0.
    above: Above,
    low: u64,
}

/// Words in descending significance: more of them are a larger number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Above(Box<[u64]>);

impl PartialOrd for Above {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Above {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl From<u64> for Bits {
    fn from(low: u64) -> Self {
        Bits {
            above: Above::default(),
            low,
        }
    }
}

impl PartialEq<u64> for Bits {
    fn eq(&self, other: &u64) -> bool {
        self.above.0.is_empty() && self.low == *other
    }
}

impl Bits {
    /// None set.
    #[must_use]
    pub fn zero() -> Self {
        Bits::default()
    }

    /// The `count` lowest ones set.
    #[must_use]
    pub fn ones(count: u32) -> Self {
        let words = (0..count.div_ceil(u64::BITS)).map(|nth| low_ones(count - nth * u64::BITS));
        Bits::from_words(words.collect())
    }

    /// Of words of 64 bits, the lowest first.
    fn from_words(mut words: Vec<u64>) -> Self {
        while words.last() == Some(&0) {
            words.pop();
        }
        let low = words.first().copied().unwrap_or(0);
        let above = words.into_iter().skip(1).rev().collect();
        Bits {
            above: Above(above),
            low,
        }
    }

    /// Its words of 64 bits, the lowest first; at least one.
    fn words(&self) -> Vec<u64> {
        let above = self.above.0.iter().rev();
        std::iter::once(&self.low).chain(above).copied().collect()
    }

    /// The lowest 64 bits.
    #[must_use]
    pub fn low(&self) -> u64 {
        self.low
    }

    /// None is set.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == 0
    }

    /// Bits up to the highest that is set.
    #[must_use]
    pub fn bit_length(&self) -> u32 {
        let highest = self.above.0.first().unwrap_or(&self.low);
        let below = u32::try_from(self.above.0.len()).unwrap_or(u32::MAX);
        below
            .saturating_mul(u64::BITS)
            .saturating_add(u64::BITS - highest.leading_zeros())
    }

    /// Whether none beyond the `width` lowest is set.
    #[must_use]
    pub fn fits(&self, width: u32) -> bool {
        match self.above.0.is_empty() {
            true => fits_in(self.low, width),
            false => self.bit_length() <= width,
        }
    }

    /// The `width` lowest of them.
    #[must_use]
    pub fn cut(&self, width: u32) -> Self {
        if self.fits(width) {
            return self.clone();
        }
        let words = self.words().into_iter().zip((0..).step_by(64));
        let cut = words.map(|(word, at)| word & low_ones(width.saturating_sub(at)));
        Bits::from_words(cut.collect())
    }

    /// What those bits hold; the lowest 64 of them where there are more.
    #[must_use]
    pub fn extract(&self, bits: BitRange) -> u64 {
        if self.above.0.is_empty() {
            return bits.extract(self.low);
        }
        let (first, shift) = (bits.low / u64::BITS, bits.low % u64::BITS);
        let low = self.word(first) >> shift;
        let high = match shift {
            0 => 0,
            shift => self.word(first.saturating_add(1)) << (u64::BITS - shift),
        };
        (low | high) & low_ones(bits.len)
    }

    /// The 64 bits from bit 64·`nth` on.
    fn word(&self, nth: u32) -> u64 {
        let count = self.above.0.len();
        match usize::try_from(nth) {
            Ok(0) => self.low,
            Ok(nth) if nth <= count => self.above.0[count - nth],
            _ => 0,
        }
    }

    /// With those bits, at most 64, replaced by the lowest of `value`.
    #[must_use]
    pub fn with(&self, bits: BitRange, value: u64) -> Self {
        let bits = BitRange {
            len: bits.len.min(u64::BITS),
            ..bits
        };
        if self.above.0.is_empty() && bits.fits(u64::BITS) {
            return (self.low & !bits.mask() | bits.place(value)).into();
        }
        if bits.low >= MAX_WIDTH {
            return self.clone();
        }
        let (first, shift) = (bits.low / u64::BITS, bits.low % u64::BITS);
        let mut words = self.words();
        let last = usize::try_from(first)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        words.resize(words.len().max(last.saturating_add(1)), 0);
        let mask = u128::from(low_ones(bits.len)) << shift;
        let value = u128::from(value) << shift & mask;
        for (nth, at) in [(last - 1, 0), (last, u64::BITS)] {
            let part = |wide: u128| lowest(wide >> at);
            words[nth] = words[nth] & !part(mask) | part(value);
        }
        Bits::from_words(words)
    }

    /// Those that are set in both.
    #[must_use]
    pub fn and(&self, other: &Bits) -> Self {
        if self.above.0.is_empty() || other.above.0.is_empty() {
            return (self.low & other.low).into();
        }
        let both = self.words().into_iter().zip(other.words());
        Bits::from_words(both.map(|(one, other)| one & other).collect())
    }

    /// Those beyond the lowest 64, moved down by as many.
    #[must_use]
    pub fn beyond_64(&self) -> Self {
        Bits::from_words(self.words().split_off(1))
    }

    /// The number that these digits are; `None` for what is no digit, and for
    /// more bits than any register has.
    pub(crate) fn from_digits(digits: &str, radix: u32) -> Option<Self> {
        if let Ok(number) = u64::from_str_radix(digits, radix)
            && !digits.starts_with('+')
        {
            return Some(number.into());
        }
        if digits.is_empty() {
            return None;
        }
        let mut words = vec![0];
        for digit in digits.trim_start_matches('0').chars() {
            let carry = digit.to_digit(radix)?;
            times_and(&mut words, radix.into(), carry.into());
            if words.len() > (MAX_WIDTH / u64::BITS) as usize {
                return None;
            }
        }
        Some(Bits::from_words(words))
    }

    /// That many times; `None` beyond the bits of any register.
    pub(crate) fn times(&self, factor: u64) -> Option<Self> {
        let mut words = self.words();
        times_and(&mut words, factor, 0);
        let product = Bits::from_words(words);
        product.fits(MAX_WIDTH).then_some(product)
    }
}

/// The lowest 64 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the others are not asked for"
)]
fn lowest(number: u128) -> u64 {
    number as u64
}

/// The number of these words, multiplied, and with so many more.
fn times_and(words: &mut Vec<u64>, factor: u64, more: u64) {
    let mut carry = u128::from(more);
    for word in &mut *words {
        carry += u128::from(*word) * u128::from(factor);
        *word = lowest(carry);
        carry >>= u64::BITS;
    }
    if carry != 0 {
        words.push(lowest(carry));
    }
}

impl fmt::LowerHex for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [highest, lower @ ..] = &*self.above.0 else {
            return fmt::LowerHex::fmt(&self.low, f);
        };
        let mut digits = format!("{highest:x}");
        for word in lower.iter().chain([&self.low]) {
            digits.push_str(&format!("{word:016x}"));
        }
        f.pad_integral(true, "0x", &digits)
    }
}

/// A whole number as an author writes it: of any size, perhaps negative.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Integer {
    negative: bool,
    magnitude: Bits,
}

impl From<Bits> for Integer {
    fn from(magnitude: Bits) -> Self {
        Integer {
            negative: false,
            magnitude,
        }
    }
}

impl From<u64> for Integer {
    fn from(number: u64) -> Self {
        Bits::from(number).into()
    }
}

impl From<i128> for Integer {
    fn from(number: i128) -> Self {
        let magnitude = number.unsigned_abs();
        let words = vec![lowest(magnitude), lowest(magnitude >> u64::BITS)];
        Integer {
            negative: number < 0,
            magnitude: Bits::from_words(words),
        }
    }
}

impl Integer {
    /// Below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The number without its sign.
    #[must_use]
    pub fn magnitude(&self) -> &Bits {
        &self.magnitude
    }

    /// The number with the other sign.
    pub(crate) fn negated(self) -> Self {
        Integer {
            negative: !self.negative && !self.magnitude.is_zero(),
            magnitude: self.magnitude,
        }
    }

    /// As a number that Rust has, where it has one of at most 64 bits.
    #[must_use]
    pub fn in_64_bits(&self) -> Option<i128> {
        if !self.magnitude.fits(u64::BITS) {
            return None;
        }
        let magnitude = i128::from(self.magnitude.low());
        let number = if self.negative { -magnitude } else { magnitude };
        (number >= i128::from(i64::MIN)).then_some(number)
    }

    /// The bits of a field of that many, at most 64, that holds the number.
    /// `None` where it has no room for it. Signed ones take what does not count
    /// as their number as the bits that it has: 0xff is -1 in 8 of them.
    #[must_use]
    pub fn in_bits(&self, bits: u32, signed: bool) -> Option<u64> {
        let number = self.in_64_bits()?;
        let fits = if self.negative {
            numbers_of(bits, signed).contains(&number)
        } else {
            self.magnitude.fits(bits)
        };
        fits.then_some(low_bits(number, bits))
    }
}

/// A number's bits in two's complement, the lowest of them.
#[must_use]
pub fn low_bits(number: i128, bits: u32) -> u64 {
    lowest(number.cast_unsigned()) & low_ones(bits)
}

impl fmt::Display for Integer {
    /// Decimal up to 64 bits, hexadecimal beyond.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        match self.magnitude.fits(u64::BITS) {
            true => write!(f, "{sign}{}", self.magnitude.low()),
            false => write!(f, "{sign}{:#x}", self.magnitude),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wide(number: u128) -> Bits {
        Bits::from_words(vec![lowest(number), lowest(number >> 64)])
    }

    /// Any number, and often one of few bits.
    fn any_wide() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0u32..128).prop_map(|(number, shift)| number >> shift)
    }

    proptest! {
        #[test]
        fn numbers_are_as_in_wide_arithmetic(
            a in any_wide(), b in any_wide(), low in 0u32..64, len in 1u32..=64, value: u64,
        ) {
            let bits = BitRange { low, len };
            let mask = u128::from(low_ones(len)) << low;
            prop_assert_eq!(wide(a) == wide(b), a == b);
            prop_assert_eq!(wide(a).cmp(&wide(b)), a.cmp(&b));
            prop_assert_eq!(wide(a).bit_length(), 128 - a.leading_zeros());
            prop_assert_eq!(wide(a).fits(len), a >> len == 0);
            prop_assert_eq!(wide(a).cut(low + len), wide(a & (u128::MAX >> (128 - low - len))));
            prop_assert_eq!(wide(a).extract(bits), lowest((a & mask) >> low));
            let placed = u128::from(value) << low & mask;
            prop_assert_eq!(wide(a).with(bits, value), wide(a & !mask | placed));
            prop_assert_eq!(wide(a).and(&wide(b)), wide(a & b));
            prop_assert_eq!(wide(a).beyond_64(), wide(a >> 64));
            prop_assert_eq!(Bits::ones(low + len), wide(u128::MAX >> (128 - low - len)));
            prop_assert_eq!(format!("{:#x}", wide(a)), format!("{a:#x}"));
        }

        #[test]
        fn digits_are_read_in_every_radix(number in any_wide(), factor: u32) {
            for (digits, radix) in [
                (format!("{number}"), 10),
                (format!("{number:x}"), 16),
                (format!("{number:o}"), 8),
                (format!("00{number:b}"), 2),
            ] {
                prop_assert_eq!(Bits::from_digits(&digits, radix), Some(wide(number)));
            }
            if let Some(product) = number.checked_mul(factor.into()) {
                prop_assert_eq!(wide(number).times(factor.into()), Some(wide(product)));
            }
        }

        #[test]
        fn a_field_takes_its_numbers_and_its_bits(number: i128, bits in 1u32..=64) {
            let number = number >> 62;
            let unsigned = number >= 0 && number >> bits == 0;
            let half = 1i128 << (bits - 1);
            let signed = unsigned || (-half..half).contains(&number);
            let expected = lowest(number.cast_unsigned()) & low_ones(bits);
            let written = Integer::from(number);
            prop_assert_eq!(written.in_bits(bits, false), unsigned.then_some(expected));
            prop_assert_eq!(written.in_bits(bits, true), signed.then_some(expected));
        }
    }

    #[test]
    fn beyond_128_bits_it_goes_on() {
        let digits = format!("1{}", "0".repeat(50));
        let bits = Bits::from_digits(&digits, 16).unwrap();
        assert_eq!((bits.bit_length(), bits.low()), (201, 0));
        assert_eq!(format!("{bits:#x}"), format!("0x{digits}"));
        assert_eq!(bits.extract(BitRange { low: 199, len: 4 }), 0b10);
        let set = bits.with(BitRange { low: 300, len: 40 }, 0xab_cdef_0123);
        assert_eq!(set.extract(BitRange { low: 300, len: 40 }), 0xab_cdef_0123);
        assert_eq!(set.cut(300), bits);
        let widest = "f".repeat((MAX_WIDTH / 4) as usize);
        assert_eq!(Bits::from_digits(&widest, 16), Some(Bits::ones(MAX_WIDTH)));
        assert_eq!(Bits::from_digits(&format!("1{widest}"), 16), None);
        for wrong in ["", "+1", "-1", "12a"] {
            assert_eq!(Bits::from_digits(wrong, 10), None, "{wrong}");
        }
    }
}
