// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the lab wants tried: one fact a line, its name first.

use std::collections::BTreeMap;
use std::fs;

use crate::report::{Checked, Context};

/// The driver in the machine's root.
pub(crate) const DRIVER: &str = "/driver.ko";
/// The program in the machine's root.
pub(crate) const PROGRAM: &str = "/program";

/// What is tried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) device: String,
    pub(crate) module: String,
    pub(crate) node: String,
    pub(crate) base: u64,
    pub(crate) size: usize,
    pub(crate) reads: Vec<Read>,
}

/// A register's value once the program has run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) offset: usize,
    pub(crate) value: u32,
    pub(crate) what: String,
}

impl Scenario {
    /// Reads the scenario from a file.
    pub(crate) fn load(path: &str) -> Checked<Self> {
        Self::parse(&fs::read_to_string(path).context(path)?)
    }

    fn parse(text: &str) -> Checked<Self> {
        let mut facts = BTreeMap::new();
        let mut reads = Vec::new();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("read", rest)) => reads.push(Read::parse(rest)?),
                Some((name, value)) => drop(facts.insert(name, value)),
                None => return Err(format!("scenario: not a fact: {line}")),
            }
        }
        let fact = |name: &str| {
            facts
                .get(name)
                .copied()
                .ok_or_else(|| format!("scenario: {name} is missing"))
        };
        Ok(Self {
            device: fact("device")?.to_owned(),
            module: fact("module")?.to_owned(),
            node: fact("node")?.to_owned(),
            base: number(fact("base")?)?,
            size: narrowed(fact("size")?)?,
            reads,
        })
    }

    /// The last byte of the block, as `/proc/iomem` counts.
    pub(crate) fn last(&self) -> u64 {
        self.base + self.size as u64 - 1
    }
}

impl Read {
    fn parse(text: &str) -> Checked<Self> {
        let mut parts = text.splitn(3, ' ');
        let (Some(offset), Some(value), Some(what)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("scenario: not a read: {text}"));
        };
        Ok(Self {
            offset: narrowed(offset)?,
            value: narrowed(value)?,
            what: what.to_owned(),
        })
    }
}

/// A hexadecimal number with its `0x`.
fn number(text: &str) -> Checked<u64> {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    u64::from_str_radix(digits, 16).context(format!("scenario: {text}"))
}

/// A hexadecimal number in a narrower type.
pub(crate) fn narrowed<T: TryFrom<u64, Error: std::fmt::Display>>(text: &str) -> Checked<T> {
    number(text)?
        .try_into()
        .context(format!("scenario: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read() {
        let text = "device a-b\nmodule a_b\nnode /dev/a-b0\nbase 0x40000000\nsize 0x1000\n\
                    read 0x4 0xff it is so\n";
        let scenario = Scenario::parse(text).unwrap();
        assert_eq!(scenario.last(), 0x4000_0fff);
        assert_eq!(
            scenario.reads,
            [Read {
                offset: 4,
                value: 0xff,
                what: "it is so".to_owned()
            }]
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            Scenario::parse("device a\n").unwrap_err(),
            "scenario: module is missing"
        );
    }
}
