// SPDX-License-Identifier: MIT OR Apache-2.0

//! `docs/benchmarks.md`: its parts, each of which can be renewed without the others.

use std::fs;

use anyhow::{Context as _, Result};
use lab_support::workspace;

use super::{accessor, regeneration};

/// Where the figures go, from the workspace's root.
const PAGE: &str = "docs/benchmarks.md";

/// What the page is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Part {
    /// Reading and checking.
    Reading,
    /// Generating again.
    Regeneration,
    /// The accessor crate.
    Accessor,
}

/// Where the parts behind the first begin.
const HEADINGS: [&str; 2] = [regeneration::HEADING, accessor::page::HEADING];

/// The page with a new version of a part, in the part's place.
fn with(page: &str, part: Part, text: &str) -> String {
    let mut parts = split(page);
    parts[part as usize] = text;
    let there = parts.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
    there.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The page's parts in their order; empty where there is none.
fn split(page: &str) -> [&str; 3] {
    let mut parts = [""; 3];
    let mut end = page.len();
    for (at, heading) in HEADINGS.into_iter().enumerate().rev() {
        if let Some(start) = page.find(heading) {
            parts[at + 1] = &page[start..end];
            end = start;
        }
    }
    parts[0] = &page[..end];
    parts
}

/// Writes a part of the page anew.
pub(super) fn renew(part: Part, text: &str) -> Result<()> {
    let path = workspace::root().join(PAGE);
    let page = fs::read_to_string(&path);
    let page = page.with_context(|| format!("cannot read {}", path.display()))?;
    workspace::write(PAGE, &with(&page, part, text))?;
    println!("{PAGE} is written");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_renewed_without_the_others() {
        let [again, accessor] = HEADINGS;
        let old = format!("# A\n\nold\n\n{accessor}\n\nlast\n");
        let new = format!("{again}\n\nnew\n");
        let whole = with(&old, Part::Regeneration, &new);
        assert_eq!(
            whole,
            format!("# A\n\nold\n\n{again}\n\nnew\n\n{accessor}\n\nlast\n")
        );
        let renewed = with(&whole, Part::Reading, "# A\n\nnew\n");
        assert_eq!(renewed, whole.replacen("old", "new", 1));
        let renewed = with(&whole, Part::Accessor, &format!("{accessor}\n\nnew\n"));
        assert_eq!(renewed, whole.replacen("last", "new", 1));
    }
}
