// SPDX-License-Identifier: MIT OR Apache-2.0

//! What changed for software between two maps: each change under a rule of
//! [`Rule`], which says its class and the step of the version that it asks for.
//!
//! What is compared is taken apart whole (`let Register { name, offset, … }`,
//! without `..`): an attribute that the model gains does not compile here until
//! somebody has said what a change of it means.

mod access;
mod block;
mod change;
mod class;
mod device;
mod enums;
mod fields;
mod instances;
mod items;
mod outside;
mod pair;
mod render;
mod rules;
mod seen;
mod site;
#[cfg(test)]
mod tests;

pub use change::Change;
pub use class::{Class, Step};
pub use rules::Rule;

use crate::model::RegisterMap;

/// Everything that changed between two maps, the worst class first.
#[derive(Debug)]
pub struct Diff<'m> {
    old: &'m RegisterMap,
    new: &'m RegisterMap,
    changes: Vec<Change>,
}

/// Compares two maps, in whichever formats they were written.
#[must_use]
pub fn diff<'m>(old: &'m RegisterMap, new: &'m RegisterMap) -> Diff<'m> {
    let mut changes = device::compare(old, new);
    changes.sort_by_key(|change| change.rule.class());
    Diff { old, new, changes }
}

impl<'m> Diff<'m> {
    /// The map before.
    #[must_use]
    pub fn before(&self) -> &'m RegisterMap {
        self.old
    }

    /// The map after.
    #[must_use]
    pub fn after(&self) -> &'m RegisterMap {
        self.new
    }

    /// Every change: the worst class first, and in each the order of the maps.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The worst class there is.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|it| it.rule.class()).min()
    }

    /// The step of the version that all of it asks for.
    #[must_use]
    pub fn step(&self) -> Step {
        let steps = self.changes.iter().map(|it| it.rule.step());
        steps.min().unwrap_or(Step::None)
    }

    /// How many changes there are of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        let of_it = |it: &&Change| it.rule.class() == class;
        self.changes.iter().filter(of_it).count()
    }
}
