// SPDX-License-Identifier: MIT OR Apache-2.0

//! The comparison as a page, and as a table on the terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use lab_support::workspace;

use super::comparison::{Comparison, KNOWN, Likeness, Pair};
use super::compile::Aim;

const PAGE: &str = "docs/zero-cost.md";

const INTRODUCTION: &str = "\
<!-- SPDX-License-Identifier: MIT OR Apache-2.0 -->
<!-- Written by `cargo xtask zero-cost`; an edit here is lost. -->

# What an access costs

[Each of these](../lab/zero-cost/pairs/src/pairs.rs) is there twice: through the accessor, and written by
hand with volatile accesses through a pointer. `cargo xtask test --all` compiles both, at opt-level 3 and at
opt-level s, and fails unless the two of each have as many instructions and as many accesses of
memory, counted in the assembly.

The code by hand does what the accessor promises: it writes zero to bits that no field covers, and
compares an index that is no constant with the array's length. On aarch64 its accesses are those of the
kernel's `readl` and `writel`, as the accessor's are: one `ldr` or `str` in inline assembly, with the address in
a register. The compiler may turn a volatile access into one that increments the address too, which no
hypervisor can emulate. Compared with volatile accesses, an addition more makes the address of each register.
The same test searches the accessor's code for aarch64 for accesses that increment their address.

Each cell has the instructions and, behind the slash, the accesses of memory of the function through
the accessor at opt-level 3, its return and what it saves included. `=`: the code by hand is the same,
instruction for instruction. `≈`: as many instructions and accesses, with other registers, offsets or
order, at one of the two levels at least. `≠`: not equal, for the reason below the table.

";

/// Writes the page.
pub(super) fn write(comparisons: &[Comparison]) -> Result<()> {
    workspace::write(PAGE, &render(comparisons)?)?;
    println!("wrote {PAGE}");
    Ok(())
}

fn render(comparisons: &[Comparison]) -> Result<String> {
    let mut page = INTRODUCTION.to_owned();
    let at = |aim| comparisons.iter().filter(move |it| it.aim == aim);
    write!(page, "| |")?;
    for comparison in at(Aim::Speed) {
        write!(page, " {} |", comparison.architecture())?;
    }
    writeln!(page, "\n| --- |{}", " --- |".repeat(at(Aim::Speed).count()))?;
    let Some(first) = comparisons.first() else {
        return Ok(page);
    };
    for pair in &first.pairs {
        write!(page, "| {} |", spoken(pair))?;
        for comparison in at(Aim::Speed) {
            let worst = comparisons
                .iter()
                .filter(|it| it.target.triple == comparison.target.triple)
                .filter_map(|it| it.find(&pair.name).map(Pair::likeness))
                .max();
            let sign = match worst {
                Some(Likeness::Same) => '=',
                Some(Likeness::Equal) => '≈',
                Some(Likeness::Unequal) | None => '≠',
            };
            let ours = comparison.find(&pair.name).map(figures).unwrap_or_default();
            write!(page, " {ours} {sign} |")?;
        }
        page.push('\n');
    }
    for known in KNOWN {
        let (pair, level) = (known.pair.replace('_', " "), known.aim.level());
        let only = known.only.map(|only| format!(" on {only}"));
        let only = only.unwrap_or_default();
        writeln!(
            page,
            "\n`≠` {pair}, at opt-level {level}{only}: {}.",
            known.why
        )?;
    }
    Ok(page)
}

impl Comparison {
    fn find(&self, name: &str) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.name == name)
    }
}

/// One target's pairs in lines.
pub(super) fn table(comparison: &Comparison) -> String {
    let mut table = format!("{}, {}\n", comparison.target.triple, comparison.aim.words());
    let mut counts = BTreeMap::new();
    for pair in &comparison.pairs {
        let word = match pair.likeness() {
            Likeness::Same => "same",
            Likeness::Equal => "equal",
            Likeness::Unequal => "UNEQUAL",
        };
        *counts.entry(word).or_insert(0) += 1;
        table += &format!("  {word:7} {:8} {}\n", figures(pair), spoken(pair));
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(word, n)| format!("{n} {word}"))
        .collect();
    table + "  " + &counts.join(", ") + "\n"
}

fn figures(pair: &Pair) -> String {
    let cost = pair.accessor.cost();
    format!("{}/{}", cost.instructions, cost.accesses)
}

fn spoken(pair: &Pair) -> String {
    pair.name.replace('_', " ")
}
