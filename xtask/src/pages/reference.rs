// SPDX-License-Identifier: MIT OR Apache-2.0

//! The page of the description format: text for readers, and every key with its
//! description in the schema.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use lab_support::workspace;
use regdesc::access::{Access, ReadEffect, WriteEffect};
use serde_json::{Map, Value};

const PAGE: &str = include_str!("description.md");

/// The titles of the tables of keys, in the order of the page.
const MAPPINGS: &[(&str, &str)] = &[
    ("", "At the top"),
    ("BusKeys", "`bus:`"),
    ("DeviceTreeKeys", "`device-tree:`"),
    ("ResetKeys", "One of `resets:`, as a mapping"),
    ("IdentityKeys", "`identity:`"),
    ("MagicKeys", "`identity: {magic: …}`"),
    ("IdentityRegisterKeys", "`identity: {version: …, hash: …}`"),
    ("WindowKeys", "One of `windows:`"),
    ("InterruptKeys", "One of `interrupts:`"),
    ("EventKeys", "One of `events:`"),
    ("InstanceKeys", "One of `instances:`"),
    ("ValueKeys", "A value of an enumeration, written out"),
    ("RegisterKeys", "A register"),
    ("MemoryKeys", "`memory:`"),
    ("FieldKeys", "A field, written out"),
    ("ConstraintKeys", "`write-constraint:`, as a range"),
    ("ClusterKeys", "A cluster"),
    ("ReservedKeys", "A reserved range"),
    ("SvdKeys", "`registers:` of an SVD"),
];

pub(super) fn render() -> Result<String> {
    let whole = workspace::root().join("regdesc/tests/ui/whole.yaml");
    let whole = fs::read_to_string(whole)?;
    let mut page = PAGE
        .replace("{whole}", whole.trim_end())
        .replace("{policies}", &policies());
    page.insert_str(
        0,
        "<!-- Made by `cargo xtask codegen`. Do not edit. -->\n\n",
    );
    let schema: Value = serde_json::from_str(&regdesc::schema())?;
    for (definition, title) in MAPPINGS {
        let mapping = match *definition {
            "" => &schema,
            name => &schema["definitions"][name],
        };
        let keys = mapping["properties"]
            .as_object()
            .with_context(|| format!("the schema has no keys for {title}"))?;
        let required = mapping["required"].as_array().cloned().unwrap_or_default();
        write!(page, "### {title}\n\n{}\n", table(keys, &required))?;
    }
    Ok(page.trim_end().to_owned() + "\n")
}

fn table(keys: &Map<String, Value>, required: &[Value]) -> String {
    let mut table = String::from("| key | |\n| --- | --- |\n");
    for (key, schema) in keys {
        let meaning = schema["description"].as_str().unwrap_or_default();
        let meaning = meaning.replace('|', "\\|");
        let needed = if required.iter().any(|it| it == key) {
            " **Needed.**"
        } else {
            ""
        };
        table.push_str(&format!("| `{key}` | {meaning}{needed} |\n"));
    }
    table
}

/// A line for each access policy.
fn policies() -> String {
    let named = Access::policy_names().filter_map(|name| Some((name, Access::from_policy(name)?)));
    named.map(|(name, access)| line(name, access)).collect()
}

fn line(name: &str, access: Access) -> String {
    let may = |may: bool| if may { "yes" } else { "no" };
    let write = match (access.write, access.on_write) {
        (false, _) => String::new(),
        (true, WriteEffect::Modify) => "sets the value".to_owned(),
        (true, effect) => effect.to_string(),
    };
    let read = match (access.read, access.on_read) {
        (false, _) | (true, ReadEffect::None) => String::new(),
        (true, effect) => effect.to_string(),
    };
    let (reads, writes) = (may(access.read), may(access.write));
    format!("| `{name}` | {reads} | {writes} | {write} | {read} |\n")
}
