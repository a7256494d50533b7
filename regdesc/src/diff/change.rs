// SPDX-License-Identifier: MIT OR Apache-2.0

//! One difference between two maps.

use super::rules::Rule;
use crate::source::Span;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change.
    pub rule: Rule,
    /// What kind of thing changed: `register`, `field`, …
    pub item: &'static str,
    /// Which: its name behind those of what it is in, with dots between; that of
    /// the old map for what is in both.
    pub path: String,
    /// What became of it, in a few words.
    pub message: String,
    /// Where it is in the old map's sources.
    pub old: Option<Span>,
    /// Where it is in the new map's sources.
    pub new: Option<Span>,
}
