// SPDX-License-Identifier: MIT OR Apache-2.0

//! What other tools call our keys: SVD, SystemRDL, IP-XACT, and the YAML and
//! JSON of register generators.

use crate::nearest::nearest;

/// Other tools' words, in lower case and without separators, and what each may
/// mean here: the first that the mapping knows.
const WORDS: &[(&str, &[&str])] = &[
    ("addr", &["at", "base"]),
    ("address", &["at", "base"]),
    ("addressoffset", &["at"]),
    ("offset", &["at"]),
    ("byteoffset", &["at"]),
    ("baseaddress", &["base", "at"]),
    ("baseaddr", &["base", "at"]),
    ("start", &["at", "base"]),
    ("brief", &["description"]),
    ("comment", &["description"]),
    ("desc", &["description"]),
    ("doc", &["description"]),
    ("docs", &["description"]),
    ("help", &["description"]),
    ("summary", &["description"]),
    ("default", &["reset"]),
    ("defaultvalue", &["reset"]),
    ("init", &["reset"]),
    ("initial", &["reset"]),
    ("initialvalue", &["reset"]),
    ("resetval", &["reset"]),
    ("resetvalue", &["reset"]),
    ("bit", &["bits"]),
    ("bitpos", &["bits"]),
    ("bitposition", &["bits"]),
    ("bitrange", &["bits"]),
    ("pos", &["bits"]),
    ("position", &["bits"]),
    ("range", &["bits"]),
    ("bits", &["width"]),
    ("bitwidth", &["width"]),
    ("datawidth", &["width"]),
    ("dataw", &["width"]),
    ("regwidth", &["width"]),
    ("size", &["width", "depth"]),
    ("len", &["size", "depth"]),
    ("length", &["size", "depth"]),
    ("bytes", &["size"]),
    ("addressspan", &["size"]),
    ("words", &["depth"]),
    ("mode", &["access"]),
    ("permission", &["access"]),
    ("permissions", &["access"]),
    ("sw", &["access"]),
    ("swaccess", &["access"]),
    ("modifiedwritevalues", &["on-write"]),
    ("readaction", &["on-read"]),
    ("encode", &["enum"]),
    ("enumeratedvalues", &["enum"]),
    ("enumeration", &["enum"]),
    ("enums", &["enum"]),
    ("options", &["enum"]),
    ("values", &["enum"]),
    ("enum", &["enums"]),
    ("enumerations", &["enums"]),
    ("dim", &["count"]),
    ("num", &["count"]),
    ("repeat", &["count"]),
    ("array", &["count"]),
    ("dimincrement", &["stride"]),
    ("increment", &["stride"]),
    ("spacing", &["stride"]),
    ("step", &["stride"]),
    ("dimindex", &["index"]),
    ("regs", &["registers"]),
    ("bitfields", &["fields"]),
    ("irq", &["interrupts"]),
    ("irqs", &["interrupts"]),
    ("minimum", &["min"]),
    ("maximum", &["max"]),
    ("polarity", &["trigger"]),
    ("manufacturer", &["vendor"]),
];

/// The key that was meant by another: one of other tools', or ours with a slip.
pub(super) fn meant(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let find = |wanted: &str| known.iter().copied().find(|known| *known == wanted);
    let plain = stripped(key);
    let spelt = known.iter().copied().find(|known| stripped(known) == plain);
    spelt
        .or_else(|| ours(&plain).iter().find_map(|ours| find(ours)))
        .or_else(|| nearest(key, known.iter().copied()).and_then(find))
}

/// Whether a key is another tool's word for ours, rather than a slip.
pub(super) fn is_foreign(key: &str, ours_is: &str) -> bool {
    ours(&stripped(key)).contains(&ours_is)
}

/// Whether a number makes sense under our key as it does under theirs: a `size`
/// of 4 is one in bytes, and a `width` is in bits.
pub(super) fn fits(key: &str, meant: &str, number: Option<u64>) -> bool {
    meant != "width" || !is_foreign(key, meant) || number.is_some_and(|it| it >= 8 && it % 8 == 0)
}

/// How to write what another tool calls so, with the value that it has there.
pub(super) fn help(key: &str, ours: &str, value: Option<&str>) -> String {
    let unit = match ours {
        "width" => ", in bits",
        "at" => ", in bytes",
        _ => "",
    };
    match value {
        Some(value) if value.contains(':') => {
            format!("`{key}` is `{ours}` here: write `{ours}: \"{value}\"`")
        }
        Some(value) if value.len() <= 20 => {
            format!("`{key}` is `{ours}` here{unit}: write `{ours}: {value}`")
        }
        _ => format!("`{key}` is `{ours}` here{unit}"),
    }
}

fn ours(plain: &str) -> &'static [&'static str] {
    let found = WORDS.iter().find(|(word, _)| *word == plain);
    found.map_or(&[], |(_, ours)| ours)
}

/// A key in lower case, without what may be between its words.
pub(super) fn stripped(key: &str) -> String {
    let letters = key.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTER: &[&str] = &["at", "description", "width", "reset", "reset-mask", "count"];

    #[test]
    fn other_words_are_ours() {
        for (theirs, ours) in [
            ("offset", "at"),
            ("Address_Offset", "at"),
            ("desc", "description"),
            ("resetValue", "reset"),
            ("reset_mask", "reset-mask"),
            ("RESET-MASK", "reset-mask"),
            ("size", "width"),
            ("dim", "count"),
            ("descripton", "description"),
        ] {
            assert_eq!(meant(theirs, REGISTER), Some(ours), "{theirs}");
        }
        assert_eq!(meant("colour", REGISTER), None);
    }

    /// Every word is written as it is looked up, and once.
    #[test]
    fn the_table_is_in_one_form() {
        for (position, (word, _)) in WORDS.iter().enumerate() {
            assert_eq!(stripped(word), *word);
            assert!(
                WORDS[..position].iter().all(|(other, _)| other != word),
                "{word}"
            );
        }
    }
}
