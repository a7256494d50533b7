// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which field of another register belongs to one of the status.

use crate::check::names::words;
use crate::model::Field;

/// Both have a bit in common.
pub(super) fn overlap(one: &Field, other: &Field) -> bool {
    one.bits.mask() & other.bits.mask() != 0
}

/// What the names of two fields have in common.
pub(super) enum Kinship {
    /// The same words.
    Same,
    /// The one has all words of the other at its beginning or end: `DONE` and
    /// `DONE_EN`.
    Longer,
}

impl Kinship {
    pub(super) fn of(one: &Field, other: &Field) -> Option<Self> {
        let (one, other) = (words(&one.name), words(&other.name));
        let extends = |long: &str, short: &str| {
            let before = long.strip_prefix(short);
            let behind = long.strip_suffix(short);
            before.is_some_and(|rest| rest.starts_with('_'))
                || behind.is_some_and(|rest| rest.ends_with('_'))
        };
        if one == other {
            Some(Kinship::Same)
        } else if extends(&one, &other) || extends(&other, &one) {
            Some(Kinship::Longer)
        } else {
            None
        }
    }
}
