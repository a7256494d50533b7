// SPDX-License-Identifier: MIT OR Apache-2.0

//! The page of what may change between two maps: text for readers, and every
//! rule with its class and the reason for it.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use regdesc::Rule;

const PAGE: &str = include_str!("changes.md");

/// What the rules of each group of ids are about.
const GROUPS: &[(&str, &str)] = &[
    ("D01", "The device"),
    ("D02", "Blocks, device tree and instances"),
    ("D03", "Registers and clusters"),
    ("D04", "Fields"),
    ("D05", "Values and enumerations"),
    ("D06", "Access"),
    ("D07", "Windows, interrupts and identity"),
    ("D09", "For people"),
];

pub(super) fn render() -> Result<String> {
    let mut page = format!("<!-- Made by `cargo xtask codegen`. Do not edit. -->\n\n{PAGE}");
    for (prefix, title) in GROUPS {
        let rules = Rule::ALL
            .iter()
            .filter(|rule| rule.id().starts_with(prefix));
        write!(
            page,
            "## {title}\n\n| rule | what changed | class | step | why |\n\
             | --- | --- | --- | --- | --- |\n"
        )?;
        rules.for_each(|rule| page.push_str(&line(*rule)));
        page.push('\n');
    }
    for rule in Rule::ALL {
        let has_group = |(prefix, _): &&(&str, &str)| rule.id().starts_with(prefix);
        let group = GROUPS.iter().find(has_group);
        group.with_context(|| format!("no group of the page has {rule}"))?;
    }
    Ok(page.trim_end().to_owned() + "\n")
}

fn line(rule: Rule) -> String {
    let (id, class, step) = (rule.id(), rule.class(), rule.step());
    let (meaning, reason) = (rule.meaning(), rule.reason());
    format!("| {id} | {meaning} | {class} | {step} | {reason} |\n")
}
