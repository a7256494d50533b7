// SPDX-License-Identifier: MIT OR Apache-2.0

//! How CMSIS-SVD writes numbers: `scaledNonNegativeInteger`,
//! `enumeratedValueDataType`, and ranges of bits.

use crate::number::Bits;

/// Beyond any register; svd-parser's arithmetic on bits overflows far above.
pub(super) const MAX_BIT: u32 = 1 << 16;

/// A number, and whether svd-parser reads the same text as the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: u64,
    /// The bits that are left open.
    pub(super) open: u64,
    pub(super) common: bool,
}

impl Number {
    /// The spelling that svd-parser reads.
    pub(super) fn spelt(self) -> String {
        if self.open == 0 {
            return format!("{:#x}", self.value);
        }
        let bits = (self.value | self.open).max(1).ilog2() + 1;
        let digit = |bit: u32| match (self.open >> bit & 1, self.value >> bit & 1) {
            (1, _) => 'x',
            (_, 1) => '1',
            _ => '0',
        };
        let digits = (0..bits).rev().map(digit);
        std::iter::once('#').chain(digits).collect()
    }
}

/// Reads `16`, `0x10`, `#10000` or `0b10000`, perhaps with a `+` before it. A
/// binary number may leave bits open with `x`, which is for the caller to
/// refuse; any other may be scaled by `k`, `m`, `g` or `t`.
pub(super) fn parse(text: &str) -> Option<Number> {
    let bare = text.strip_prefix('+').unwrap_or(text);
    let digits = ["#", "0b", "0B"]
        .iter()
        .find_map(|it| bare.strip_prefix(it));
    if let Some(digits) = digits {
        return binary(digits, bare.len() == text.len() && !text.starts_with("0B"));
    }
    let (digits, scale) = scaled(bare);
    let hexadecimal = ["0x", "0X"].iter().find_map(|it| digits.strip_prefix(it));
    let (digits, radix) = match hexadecimal {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    // Rust's own parser takes a sign.
    if !digits.bytes().all(|it| char::from(it).is_digit(radix)) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    Some(Number {
        value: value.checked_mul(scale)?,
        open: 0,
        common: scale == 1 && bare.len() == text.len(),
    })
}

/// A number of as many bits as registers have, without open bits.
pub(super) fn wide(text: &str) -> Option<Bits> {
    let bare = text.strip_prefix('+').unwrap_or(text);
    let prefixed = |prefixes: &[&str]| prefixes.iter().find_map(|it| bare.strip_prefix(it));
    let (digits, radix) = match (prefixed(&["#", "0b", "0B"]), prefixed(&["0x", "0X"])) {
        (Some(digits), _) => (digits, 2),
        (None, Some(digits)) => (digits, 16),
        (None, None) => (bare, 10),
    };
    let plain = digits.chars().all(|it| it.is_digit(radix));
    Bits::from_digits(digits, radix).filter(|_| plain)
}

fn binary(digits: &str, common: bool) -> Option<Number> {
    let mut number = Number {
        value: 0,
        open: 0,
        // svd-parser knows the upper-case X behind `#` alone; lower-case is safe.
        common: common && !digits.contains('X'),
    };
    if digits.is_empty() {
        return None;
    }
    for digit in digits.bytes() {
        let (value, open) = match digit {
            b'0' => (0, 0),
            b'1' => (1, 0),
            b'x' | b'X' => (0, 1),
            _ => return None,
        };
        if (number.value | number.open) >> 63 != 0 {
            return None;
        }
        number.value = number.value << 1 | value;
        number.open = number.open << 1 | open;
    }
    Some(number)
}

fn scaled(text: &str) -> (&str, u64) {
    let scales = [
        (b'k', 1 << 10),
        (b'm', 1 << 20),
        (b'g', 1 << 30),
        (b't', 1 << 40),
    ];
    let last = text.as_bytes().last().map(u8::to_ascii_lowercase);
    let scale = scales.iter().find(|(letter, _)| last == Some(*letter));
    match scale {
        Some((_, scale)) => (&text[..text.len() - 1], *scale),
        None => (text, 1),
    }
}

/// The highest and the lowest bit of `[7:0]`, as they are written.
pub(super) fn bits(text: &str) -> Option<(u32, u32)> {
    let within = text.strip_prefix('[')?.strip_suffix(']')?;
    let (high, low) = within.split_once(':')?;
    let number = |digits: &str| {
        let digits = digits.trim();
        let plain = digits.bytes().all(|it| it.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    Some((number(high)?, number(low)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<u64> {
        parse(text).map(|number| number.value)
    }

    #[test]
    fn every_spelling_of_the_schema_is_a_number() {
        for sixteen in [
            "16", "0x10", "0X10", "#10000", "0b10000", "0B10000", "+16", "+0x10",
        ] {
            assert_eq!(value(sixteen), Some(16), "{sixteen}");
        }
        assert_eq!(value("4k"), Some(4096));
        assert_eq!(value("0x10K"), Some(0x4000));
        assert_eq!(value("1M"), Some(1 << 20));
        assert_eq!(value("2g"), Some(2 << 30));
        assert_eq!(value("0xFFFFFFFFFFFFFFFF"), Some(u64::MAX));
        assert_eq!(value(&format!("#{}", "1".repeat(64))), Some(u64::MAX));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "+",
            "-1",
            "++1",
            "0x",
            "0x+5",
            "#",
            "0b",
            "#2",
            "1F",
            "0x1Z",
            "k",
            "0xk",
            "1 0",
            "1_000",
            "99999999999999999999",
            "#1k",
            "16777216t",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
        assert_eq!(value(&format!("#{}", "1".repeat(65))), None);
    }

    #[test]
    fn open_bits_are_kept_and_spelt_as_svd_parser_reads_them() {
        let number = parse("0b01XX").unwrap();
        assert_eq!(
            (number.value, number.open, number.common),
            (0b100, 0b011, false)
        );
        assert_eq!(number.spelt(), "#1xx");
        assert_eq!(parse("#1X").unwrap().spelt(), "#1x");
        assert!(parse("#1x0").unwrap().common);
        assert!(!parse("+5").unwrap().common);
        assert_eq!(parse("+5").unwrap().spelt(), "0x5");
        assert_eq!(parse("#x").unwrap().spelt(), "#x");
    }

    #[test]
    fn bits_have_two_numbers() {
        assert_eq!(bits("[7:0]"), Some((7, 0)));
        assert_eq!(bits("[ 7 : 0 ]"), Some((7, 0)));
        for text in ["[7]", "7:0", "[7:0:1]", "[+7:0]", "[:]", "[7:0", "[]"] {
            assert_eq!(bits(text), None, "{text}");
        }
    }
}
