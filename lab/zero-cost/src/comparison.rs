// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is compared: each pair for a target, and whether its two halves cost the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

use super::assembly::{self, Direction, Function};
use super::compile::{self, Aim, Target};

/// A function through the accessor and the same by hand, compiled.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) accessor: Function,
    pub(super) by_hand: Function,
}

/// How the two of a pair compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// One code, but for the names of labels and functions.
    Same,
    /// As many instructions and as many accesses.
    Equal,
    /// More of one of them, or fewer.
    Unequal,
}

/// A pair that is known to be unequal, and why.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) pair: &'static str,
    pub(super) aim: Aim,
    /// The only architecture where it is unequal; none: it is everywhere.
    pub(super) only: Option<&'static str>,
    pub(super) why: &'static str,
}

pub(super) const KNOWN: &[Known] = &[
    Known {
        pair: "fold_of_an_array",
        aim: Aim::Size,
        only: None,
        why: "the standard library's `fold` stays a function of its own, which is called once; a \
              `for` loop over the same registers is equal",
    },
    Known {
        pair: "read_of_a_fixed_point_number",
        aim: Aim::Size,
        only: Some("aarch64"),
        why: "the compiler moves the field and extends its sign in two instructions; by hand it \
              is one",
    },
];

/// What a pair does with the program's own memory, where an access may change its
/// address too; all other accesses of all pairs are of the device.
const OWN_MEMORY: &[(&str, Direction)] = &[
    ("copy_from_a_memory", Direction::Store),
    ("copy_into_a_memory", Direction::Load),
    ("pop_of_a_stream", Direction::Store),
];

/// All pairs as one target has them.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) target: &'static Target,
    pub(super) aim: Aim,
    pub(super) pairs: Vec<Pair>,
}

impl Comparison {
    pub(super) fn of(target: &'static Target, aim: Aim) -> Result<Self> {
        let text = compile::assembly(target, aim)?;
        let pairs = pairs(assembly::functions(&text))?;
        Ok(Comparison { target, aim, pairs })
    }

    /// Every pair costs the same both ways, but for what is known; otherwise those
    /// that do not are shown.
    pub(super) fn is_equal(&self) -> Result<()> {
        let mut shown = String::new();
        for pair in &self.pairs {
            let unequal = pair.likeness() == Likeness::Unequal;
            match self.known(pair) {
                None if unequal => writeln!(shown, "{pair}")?,
                Some(_) if !unequal => {
                    writeln!(shown, "{} is equal by now: take it off the list", pair.name)?;
                }
                _ => {}
            }
        }
        ensure!(shown.is_empty(), "{shown}");
        Ok(())
    }

    /// No access of a device changes the register with its address too.
    pub(super) fn can_be_emulated(&self) -> Result<()> {
        let mut shown = String::new();
        for pair in &self.pairs {
            let is_own = |found| OWN_MEMORY.contains(&(pair.name.as_str(), found));
            for (code, found) in pair.accessor.write_backs() {
                if !is_own(found) {
                    writeln!(shown, "{}: {code}", pair.name)?;
                }
            }
        }
        ensure!(
            shown.is_empty(),
            "accesses that a hypervisor cannot emulate:\n{shown}"
        );
        Ok(())
    }

    pub(super) fn known(&self, pair: &Pair) -> Option<&'static Known> {
        let architecture = self.architecture();
        let is_here = |known: &Known| known.only.is_none_or(|only| only == architecture);
        let is_it = |known: &&Known| known.pair == pair.name && known.aim == self.aim;
        KNOWN.iter().find(|known| is_it(known) && is_here(known))
    }

    /// What the target's processor is called.
    pub(super) fn architecture(&self) -> &'static str {
        let triple = self.target.triple;
        triple.split_once('-').map_or(triple, |(first, _)| first)
    }
}

/// The functions in pairs; each must have its other half.
fn pairs(mut functions: BTreeMap<String, Function>) -> Result<Vec<Pair>> {
    let names: Vec<String> = functions
        .keys()
        .filter_map(|name| name.strip_prefix("accessor_").map(str::to_owned))
        .collect();
    ensure!(!names.is_empty(), "the assembly has no pairs");
    let mut half = |of: &str, name: &str| {
        functions
            .remove(&format!("{of}_{name}"))
            .with_context(|| format!("`{name}` is not there {of}"))
    };
    names
        .into_iter()
        .map(|name| {
            Ok(Pair {
                accessor: half("accessor", &name)?,
                by_hand: half("by_hand", &name)?,
                name,
            })
        })
        .collect()
}

impl Pair {
    pub(super) fn likeness(&self) -> Likeness {
        if self.accessor == self.by_hand {
            Likeness::Same
        } else if self.accessor.cost() == self.by_hand.cost() {
            Likeness::Equal
        } else {
            Likeness::Unequal
        }
    }
}

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Pair {
            name,
            accessor,
            by_hand,
        } = self;
        write!(
            f,
            "{name}, through the accessor: {}\n{accessor}by hand: {}\n{by_hand}",
            accessor.cost(),
            by_hand.cost(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(accessor: &str, by_hand: &str) -> Likeness {
        let text = format!(
            "accessor_x:\n{accessor}.Lfunc_end0:\n\
             by_hand_x:\n{by_hand}.Lfunc_end1:\n"
        );
        pairs(assembly::functions(&text)).expect("a pair")[0].likeness()
    }

    #[test]
    fn a_pair_is_the_same_equal_or_not() {
        let read = "\tldr w0, [x0, #8]\n\tret\n";
        assert_eq!(likeness(read, read), Likeness::Same);
        assert_eq!(
            likeness(read, "\tldr w0, [x0, #4]\n\tret\n"),
            Likeness::Equal
        );
        let longer = "\tldr w0, [x0, #8]\n\tnop\n\tret\n";
        assert_eq!(likeness(longer, read), Likeness::Unequal);
        let twice = "\tldr w0, [x0, #8]\n\tldr w0, [x0, #8]\n";
        assert_eq!(likeness(twice, read), Likeness::Unequal);
    }

    #[test]
    fn a_function_without_its_other_half_is_reported() {
        let alone = assembly::functions("accessor_x:\n\tret\n.Lfunc_end0:\n");
        let error = pairs(alone).expect_err("one half").to_string();
        assert_eq!(error, "`x` is not there by_hand");
    }
}
