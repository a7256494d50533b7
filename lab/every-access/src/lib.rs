// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs every method of every register of the map that has every access, through
//! the real driver: its block is plain memory here, so that what the accessor
//! stores stays as it was stored, and is seen through a mapping of the block
//! that is none of the accessor's. What has to be there the oracle says by which
//! the runtime's own tests go.

mod interrupts;
mod memory;

use std::collections::BTreeSet;
use std::error::Error;

use every_access::Device;

use memory::{Methods, PlainMemory};
use oracle::{Case, Words};

/// The accessor of a register of every access.
#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "../../../mmio/tests/every_access/lib.rs"]
#[rustfmt::skip]
pub mod every_access;

/// Its text.
const ACCESSOR: &str = include_str!("../../../mmio/tests/every_access/lib.rs");

#[expect(dead_code, reason = "plain memory does not need all of it")]
#[path = "../../../mmio/tests/every_access/oracle.rs"]
mod oracle;

/// How many contents and arguments each method is run with, beside those of all
/// zeros and all ones.
const ROUNDS: usize = 200;

/// What the lab then finds at `VALUE`.
const LEFT_BEHIND: u32 = 0xABCD_1234;

/// Runs all, on the device behind a node.
///
/// # Errors
/// What did not hold, except for a method's own effect.
///
/// # Panics
/// When a method does not do what it must: the message has the method, the
/// register and the values.
pub fn run(node: &str) -> Result<(), Box<dyn Error>> {
    let device = Device::open(node)?;
    let bench = PlainMemory::of(&device, node)?;
    run_every_method(&bench);
    let methods = bench.methods_run();
    for ((offset, name), methods) in &methods {
        println!("{offset:#06x} {name}: {}", methods.join(" "));
    }
    has_left_none_out(&methods)?;

    interrupts::each_is_reported_alone(&device, node)?;
    device.regs().value().write(LEFT_BEHIND);
    Ok(())
}

/// A mistake panics, and says at which register.
fn run_every_method(bench: &PlainMemory<'_>) {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let extremes = [0, u64::MAX].map(|held| {
        [0, u64::MAX].map(|value| [0, u64::MAX].map(|named| Case { held, value, named }))
    });
    let extremes = extremes.into_iter().flatten().flatten();
    let others: Vec<_> = (0..ROUNDS).map(|_| random.case()).collect();
    for (round, case) in extremes.chain(others).enumerate() {
        oracle::plain_registers(bench, case, round % 8);
        oracle::sole_numbers(bench, case, round % 2);
        oracle::clusters(bench, case, round % 4, round / 4 % 2);
        oracle::bits_that_act(bench, case);
        oracle::reads_with_an_effect(bench, case);
        oracle::registers_wider_than_the_bus(bench, case);
        oracle::words_of_registers(bench, case, round % 2);
        oracle::words_that_a_read_changes(bench, case);
        oracle::beats_of_registers(bench, case, round / 4 % 2, round % 4);
        oracle::memories(bench, &random.words());
    }
}

/// What was run is what the accessor's documentation names, for each register: nothing was left
/// out.
fn has_left_none_out(methods: &Methods) -> Result<(), String> {
    let run = methods
        .iter()
        .flat_map(|((_, name), methods)| methods.iter().map(move |method| (*name, *method)))
        .collect();
    let documented = documented();
    let differing: Vec<_> = documented.symmetric_difference(&run).collect();
    match differing.as_slice() {
        [] => Ok(()),
        differing => Err(format!("documented or run, but not both: {differing:?}")),
    }
}

/// Registers and their methods, by name.
fn documented() -> BTreeSet<(&'static str, &'static str)> {
    let mut found = BTreeSet::new();
    let mut name = "";
    let lines = ACCESSOR.lines();
    for doc in lines.filter_map(|line| line.trim_start().strip_prefix("/// ")) {
        if doc.starts_with('`') {
            name = in_code(doc).next().unwrap_or_default();
        } else if let (true, Some((_, methods))) =
            (doc.starts_with("Offset "), doc.split_once(". "))
        {
            found.extend(in_code(methods).map(|method| (name, method)));
        }
    }
    found
}

/// The texts between backticks.
fn in_code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The same numbers in every run, so that what is found is found again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> usize {
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    fn case(&mut self) -> Case {
        Case {
            held: self.next(),
            value: self.next(),
            named: self.next(),
        }
    }

    fn word(&mut self) -> u32 {
        let [a, b, c, d, ..] = self.next().to_ne_bytes();
        u32::from_ne_bytes([a, b, c, d])
    }

    fn words(&mut self) -> Words {
        Words {
            content: std::array::from_fn(|_| self.word()),
            wide: std::array::from_fn(|_| self.next()),
            fixed: self.word().to_ne_bytes(),
            first: self.below(17),
            count: self.below(17),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_names_the_methods() {
        let documented = documented();
        for expected in [
            ("CTRL", "update"),
            ("MIX", "take"),
            ("PORT", "pop"),
            ("ROM", "copy_to"),
        ] {
            assert!(documented.contains(&expected), "{expected:?}");
        }
        assert!(!documented.contains(&("ROM", "write")));
    }
}
