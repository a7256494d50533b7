// SPDX-License-Identifier: MIT OR Apache-2.0

//! A slip of the finger in any key, and in any word that a key takes, finds what
//! was meant.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use std::collections::BTreeSet;

use regdesc::suggestion::{Added, Edits};
use regdesc::{Applicability, Code, Failure, Options, RegisterMap};

/// A description that uses every key.
const WHOLE: &str = include_str!("ui/whole.yaml");

/// The keys that the schema knows.
fn keys() -> BTreeSet<String> {
    let schema: serde_json::Value = serde_json::from_str(&regdesc::schema()).unwrap();
    let mut keys = BTreeSet::new();
    collect(&schema, &mut keys);
    keys
}

fn collect(schema: &serde_json::Value, keys: &mut BTreeSet<String>) {
    let properties = schema.get("properties").and_then(|it| it.as_object());
    // A key may itself be called `properties`.
    if let Some(properties) = properties.filter(|_| schema.get("type").is_some()) {
        keys.extend(properties.keys().cloned());
    }
    match schema {
        serde_json::Value::Object(entries) => entries.values().for_each(|it| collect(it, keys)),
        serde_json::Value::Array(entries) => entries.iter().for_each(|it| collect(it, keys)),
        _ => {}
    }
}

/// `description` as `descripiton`.
fn slipped(key: &str) -> String {
    let mut letters: Vec<char> = key.chars().collect();
    match letters.len() {
        0..=3 => letters.push('x'),
        len if letters[len / 2] != letters[len / 2 - 1] => letters.swap(len / 2, len / 2 - 1),
        len => {
            letters.remove(len / 2);
        }
    }
    letters.into_iter().collect()
}

/// The text with the first use of the key misspelt; `None` where it is not used.
fn misspelt(key: &str) -> Option<String> {
    let whole = format!("\n{WHOLE}");
    let (before, written) = ["\n", "{", " "].iter().find_map(|before| {
        let written = format!("{before}{key}:");
        whole.contains(&written).then_some((before, written))
    })?;
    Some(whole.replacen(&written, &format!("{before}{}:", slipped(key)), 1))
}

#[test]
fn a_slip_in_any_key_finds_the_key() {
    // These are only in the description of a block that an SVD has, or on a bus with chip selects.
    let elsewhere = ["svd", "peripheral", "chip-select", "offset"];
    for key in keys() {
        let Some(text) = misspelt(&key) else {
            assert!(
                elsewhere.contains(&key.as_str()),
                "`{key}` is not used in the whole"
            );
            continue;
        };
        let Err(Failure::Wrong { diagnostics, .. }) =
            regdesc::parse("whole.yaml", text, &Options::default())
        else {
            panic!("`{}` is taken", slipped(&key));
        };
        let help = format!("did you mean `{key}`?");
        let told: Vec<_> = diagnostics
            .iter()
            .map(|it| (it.code, it.help.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(told, [(Code::UnknownKey, help.as_str())]);
    }
}

#[test]
fn a_slip_in_a_word_finds_the_word() {
    for (right, wrong) in [
        ("endian: little", "endian: littel"),
        ("reserved-bits: zero", "reserved-bits: zeros"),
        ("trigger: level-high", "trigger: levl-high"),
        ("type: event", "type: evnt"),
        ("read-order: low-first", "read-order: lowfirst"),
        ("on-read: pop", "on-read: popp"),
        ("access: w1t", "access: wt1"),
        ("allow: [shares-large-page]", "allow: [shares-large-pages]"),
    ] {
        assert!(WHOLE.contains(right), "{right}");
        let text = WHOLE.replacen(right, wrong, 1);
        let Err(failure) = regdesc::parse("whole.yaml", text, &Options::default()) else {
            panic!("`{wrong}` is taken");
        };
        assert!(failure.to_string().contains("did you mean"), "{failure}");
    }
}

fn read(text: &str) -> Result<RegisterMap, Failure> {
    regdesc::parse("whole.yaml", text, &Options::default())
}

/// The text after every sure edit.
fn corrected(text: &str) -> String {
    let Err(Failure::Wrong { diagnostics, .. }) = read(text) else {
        panic!("taken: {text}");
    };
    let mut edits = Edits::default();
    for suggestion in diagnostics.iter().filter_map(|it| it.suggestion.as_ref()) {
        if suggestion.applicability == Applicability::Sure {
            assert_eq!(edits.add(suggestion), Added::New);
        }
    }
    edits.apply(text)
}

/// Whether both describe the same, but for places in the text.
fn assert_same(text: &str, what: &str) {
    let (map, whole) = (read(text).unwrap(), read(WHOLE).unwrap());
    assert_eq!(map, whole, "{what}");
    assert_eq!(map.hash(), whole.hash(), "{what}");
}

#[test]
fn the_edit_of_a_slip_in_a_key_gives_the_map_back() {
    for key in keys() {
        if let Some(text) = misspelt(&key) {
            assert_same(&corrected(&text), &key);
        }
    }
}

#[test]
fn the_edits_of_several_slips_are_made_together() {
    let slips = ["registers", "description", "vendor", "instances", "size"];
    let mut text = WHOLE.to_owned();
    for key in slips {
        text = text.replacen(&format!("{key}:"), &format!("{}:", slipped(key)), 1);
    }
    assert_same(&corrected(&text), "several");
}

/// Words of other tools, and other spellings of ours.
#[test]
fn the_edit_of_another_spelling_gives_the_map_back() {
    for (right, wrong) in [
        ("access: ro", "access: read-only"),
        ("access: ro", "access: \"RO\""),
        ("endian: little", "endian: Little"),
        ("trigger: level-high", "trigger: LEVEL_HIGH"),
        ("reset: ", "resetValue: "),
        ("at: ", "offset: "),
        ("count: ", "dim: "),
    ] {
        assert!(WHOLE.contains(right), "{right}");
        assert_same(&corrected(&WHOLE.replacen(right, wrong, 1)), wrong);
    }
}

/// A misspelt word is refused, and what it was meant to be is not certain.
#[test]
fn a_slip_in_a_word_is_left_to_people() {
    let text = WHOLE.replacen("trigger: level-high", "trigger: levl-high", 1);
    assert_eq!(corrected(&text), text);
}
