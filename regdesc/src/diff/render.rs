// SPDX-License-Identifier: MIT OR Apache-2.0

//! A diff as text for people.

use std::fmt::Write as _;

use super::{Change, Class, Diff, Step};
use crate::model::Version;
use crate::source::{Sources, Span};

impl Diff<'_> {
    /// The text for people: each change with its places, then what all of it asks
    /// for.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for change in self.changes() {
            text.push_str(&self.entry(change));
        }
        if !self.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.summary());
        text.push('\n');
        text
    }

    fn entry(&self, change: &Change) -> String {
        let Change {
            rule,
            item,
            path,
            message,
            old,
            new,
        } = change;
        let class = rule.class();
        let name = match path.as_str() {
            "" => (*item).to_owned(),
            path => format!("{item} `{path}`"),
        };
        let mut text = format!("{class}[{rule}] {name}: {message}\n");
        for (which, sources, span) in [
            ("old", self.before().sources(), old),
            ("new", self.after().sources(), new),
        ] {
            if let Some(span) = span {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "  {which} {}", place(sources, *span));
            }
        }
        text
    }

    /// How many changes there are, and which step of the version they ask for.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return "no change".to_owned();
        }
        let counts = Class::ALL
            .iter()
            .filter_map(|class| match self.count(*class) {
                0 => None,
                count => Some(format!("{count} {class}")),
            });
        let counts: Vec<String> = counts.collect();
        format!("{}; {}", counts.join(", "), self.asked())
    }

    /// What the changes ask of the version, and whether it is so.
    fn asked(&self) -> String {
        let step = match self.step() {
            Step::None => return "asks for no step of the version".to_owned(),
            step => step,
        };
        let asked = format!("asks for a {step} step of the version");
        match self.stated_versions() {
            None => asked,
            Some((old, new)) if Step::between(old, new) <= step => {
                format!("{asked}, which {old} to {new} is")
            }
            Some((old, new)) => {
                let least = step.above(old);
                format!("{asked}, to {least} or above: the new map says {new}")
            }
        }
    }

    /// The versions of both maps, where both state one.
    fn stated_versions(&self) -> Option<(Version, Version)> {
        let (old, new) = (
            self.before().version.as_ref(),
            self.after().version.as_ref(),
        );
        Some((old?.value, new?.value))
    }
}

/// `file:line:column`.
fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.source);
    let (start, _) = source.positions(span);
    format!("{}:{}:{}", source.name(), start.line, start.column)
}
