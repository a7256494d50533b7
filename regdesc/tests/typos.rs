// SPDX-License-Identifier: MIT OR Apache-2.0

//! A slip of the finger in any key, and in any word that a key takes, finds what
//! was meant.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::collections::BTreeSet;

use regdesc::{Code, Failure, Options};

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
    // These are only in the description of a block that an SVD has.
    let elsewhere = ["svd", "peripheral"];
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
