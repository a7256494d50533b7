// SPDX-License-Identifier: MIT OR Apache-2.0

//! The words of a name, and the cases in which languages write them.
//!
//! A name is split into words at everything that is neither letter nor digit
//! (ASCII), and where its own case changes: `IRQ_STAT`, `irq-stat`, `IrqStat`
//! and `irqStat` are all `irq`, `stat`. What begins with a digit is given an
//! `n` in front; what has no letter and no digit is called `unnamed`.

/// `irq_stat`
pub(crate) fn snake(name: &str) -> String {
    led_by_letter(words(name).join("_").to_ascii_lowercase(), 'n')
}

/// `irq-stat`
pub(crate) fn kebab(name: &str) -> String {
    led_by_letter(words(name).join("-").to_ascii_lowercase(), 'n')
}

/// `IRQ_STAT`
pub(crate) fn screaming(name: &str) -> String {
    led_by_letter(words(name).join("_").to_ascii_uppercase(), 'N')
}

/// `IrqStat`. An underscore stays only between two digits (`V1_2`), where dropping it
/// would make another name.
pub(crate) fn upper_camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in words(name) {
        let ends_in_digit = camel.ends_with(|last: char| last.is_ascii_digit());
        if ends_in_digit && word.starts_with(|first: char| first.is_ascii_digit()) {
            camel.push('_');
        }
        let start = camel.len();
        camel.push_str(word);
        camel[start..].make_ascii_lowercase();
        camel[start..=start].make_ascii_uppercase();
    }
    led_by_letter(camel, 'N')
}

/// The words of a name, in its own case; never empty.
fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for run in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        split_at_case(run, &mut words);
    }
    if words.is_empty() {
        words.push("unnamed");
    }
    words
}

/// A new word begins at a capital behind a small letter (`irq|Stat`), and at a
/// capital before a small letter (`DMA|Channel`, `Channel1|Enable`).
fn split_at_case<'n>(run: &'n str, words: &mut Vec<&'n str>) {
    let letters = run.as_bytes();
    let mut start = 0;
    for at in 1..letters.len() {
        let capital = letters[at].is_ascii_uppercase();
        let after_small = letters[at - 1].is_ascii_lowercase();
        let before_small = letters.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if capital && (after_small || before_small) {
            words.push(&run[start..at]);
            start = at;
        }
    }
    if !run.is_empty() {
        words.push(&run[start..]);
    }
}

fn led_by_letter(name: String, letter: char) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{letter}{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_same_words_is_one_name() {
        for name in [
            "IRQ_STAT",
            "irq-stat",
            "IrqStat",
            "irqStat",
            "irq stat",
            "__IRQ__STAT",
        ] {
            assert_eq!(snake(name), "irq_stat");
            assert_eq!(kebab(name), "irq-stat");
            assert_eq!(screaming(name), "IRQ_STAT");
            assert_eq!(upper_camel(name), "IrqStat");
        }
    }

    #[test]
    fn acronyms_and_numbers_stay_whole() {
        assert_eq!(snake("DMAChannel1Enable"), "dma_channel1_enable");
        assert_eq!(snake("UART1TX"), "uart1tx");
        assert_eq!(snake("I2C0"), "i2c0");
        assert_eq!(upper_camel("V1_2"), "V1_2");
        assert_eq!(upper_camel("GPIO_0_A"), "Gpio0A");
    }

    #[test]
    fn what_is_no_identifier_becomes_one() {
        assert_eq!(snake("2CH"), "n2ch");
        assert_eq!(upper_camel("2CH"), "N2ch");
        assert_eq!(screaming("0"), "N0");
        assert_eq!(snake("%$"), "unnamed");
        assert_eq!(snake("Größe"), "gr_e");
    }
}
