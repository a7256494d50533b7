// SPDX-License-Identifier: MIT OR Apache-2.0

//! How much a change matters: its class, and the step of the version.

use std::fmt;

use crate::model::Version;

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
