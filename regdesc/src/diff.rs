// SPDX-License-Identifier: MIT OR Apache-2.0

//! What changed for software between two maps: each change under a rule of
//! [`Rule`], which says its class and the step of the version that it asks for.
//!
//! What is compared is taken apart whole (`let Register { name, offset, … }`,
//! without `..`): an attribute that the model gains does not compile here until
//! somebody has said what a change of it means.

mod access;
mod block;
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

use std::fmt;

pub use rules::Rule;

use crate::model::{RegisterMap, Version};
use crate::source::Span;

/// What a change does to software that was made for the old map: to a program
/// that uses the accessor, to the driver, to the device tree. The worst is
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It no longer compiles, no longer binds, or reaches something else.
    Breaking,
    /// It compiles and reaches the same bits by accesses that are still allowed,
    /// but the hardware does something else than it did.
    Behavioural,
    /// It goes on as before; there is more than it knows of.
    Compatible,
    /// Only people see it.
    Documentation,
}

impl Class {
    /// Every class, the worst first.
    pub const ALL: [Class; 4] = [
        Class::Breaking,
        Class::Behavioural,
        Class::Compatible,
        Class::Documentation,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Class::Breaking => "breaking",
            Class::Behavioural => "behavioural",
            Class::Compatible => "compatible",
            Class::Documentation => "documentation",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which part of the map's version has to be counted up, at least. The largest
/// is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Software that worked may stop working: driver and accessor refuse
    /// hardware of another major version.
    Major,
    /// Something was added, or has to be looked at.
    Minor,
    /// Something else that is generated differs.
    Patch,
    /// Nothing.
    None,
}

impl Step {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Step::Major => "major",
            Step::Minor => "minor",
            Step::Patch => "patch",
            Step::None => "none",
        }
    }

    /// The step that leads from one version to another; none backwards.
    #[must_use]
    pub fn between(old: Version, new: Version) -> Step {
        if new <= old {
            Step::None
        } else if new.major > old.major {
            Step::Major
        } else if new.minor > old.minor {
            Step::Minor
        } else {
            Step::Patch
        }
    }

    /// The least version that is this step above another.
    #[must_use]
    pub fn above(self, version: Version) -> Version {
        let Version {
            major,
            minor,
            patch,
        } = version;
        let (major, minor, patch) = match self {
            Step::Major => (major.saturating_add(1), 0, 0),
            Step::Minor => (major, minor.saturating_add(1), 0),
            Step::Patch => (major, minor, patch.saturating_add(1)),
            Step::None => (major, minor, patch),
        };
        Version {
            major,
            minor,
            patch,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

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
