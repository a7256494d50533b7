// SPDX-License-Identifier: MIT OR Apache-2.0

//! What software may do to a register or field, and what the hardware does in
//! return: three independent axes, with UVM's access policies as the names of
//! common points on them.

use std::fmt;

/// What a write does to the bits it reaches (CMSIS-SVD `modifiedWriteValues`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WriteEffect {
    /// The bits take the written value.
    #[default]
    Modify,
    /// A written 1 clears the bit; a 0 leaves it.
    OneToClear,
    /// A written 1 sets the bit; a 0 leaves it.
    OneToSet,
    /// A written 1 inverts the bit; a 0 leaves it.
    OneToToggle,
    /// A written 0 clears the bit; a 1 leaves it.
    ZeroToClear,
    /// A written 0 sets the bit; a 1 leaves it.
    ZeroToSet,
    /// A written 0 inverts the bit; a 1 leaves it.
    ZeroToToggle,
    /// Any write clears all the bits.
    Clear,
    /// Any write sets all the bits.
    Set,
}

impl WriteEffect {
    /// Every effect, by its name in a description.
    pub const NAMES: &'static [(&'static str, WriteEffect)] = &[
        ("modify", WriteEffect::Modify),
        ("one-to-clear", WriteEffect::OneToClear),
        ("one-to-set", WriteEffect::OneToSet),
        ("one-to-toggle", WriteEffect::OneToToggle),
        ("zero-to-clear", WriteEffect::ZeroToClear),
        ("zero-to-set", WriteEffect::ZeroToSet),
        ("zero-to-toggle", WriteEffect::ZeroToToggle),
        ("clear", WriteEffect::Clear),
        ("set", WriteEffect::Set),
    ];
}

impl fmt::Display for WriteEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_in(WriteEffect::NAMES, *self))
    }
}

/// What a read does to the bits it returns (CMSIS-SVD `readAction`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReadEffect {
    /// Nothing.
    #[default]
    None,
    /// The bits are cleared.
    Clear,
    /// The bits are set.
    Set,
    /// The value is consumed, as at a FIFO's port, or changes something
    /// elsewhere (`modify` and `modifyExternal` in CMSIS-SVD).
    Pop,
}

impl ReadEffect {
    /// Every effect, by its name in a description.
    pub const NAMES: &'static [(&'static str, ReadEffect)] = &[
        ("none", ReadEffect::None),
        ("clear", ReadEffect::Clear),
        ("set", ReadEffect::Set),
        ("pop", ReadEffect::Pop),
    ];
}

impl fmt::Display for ReadEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_in(ReadEffect::NAMES, *self))
    }
}

fn name_in<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names
        .iter()
        .find(|(_, named)| *named == value)
        .map_or("", |(name, _)| name)
}

/// The three axes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Access {
    /// Software may read.
    pub read: bool,
    /// Software may write.
    pub write: bool,
    /// Only the first write after a reset has an effect.
    pub write_once: bool,
    /// What a write does; [`WriteEffect::Modify`] where software may not write.
    pub on_write: WriteEffect,
    /// What a read does; [`ReadEffect::None`] where software may not read.
    pub on_read: ReadEffect,
}

impl Access {
    /// Plain read-write.
    pub const RW: Access = Access::plain(true, true);
    /// Read-only without a side effect.
    pub const RO: Access = Access::plain(true, false);
    /// Write-only, the bits take the written value.
    pub const WO: Access = Access::plain(false, true);

    const fn plain(read: bool, write: bool) -> Self {
        Access {
            read,
            write,
            write_once: false,
            on_write: WriteEffect::Modify,
            on_read: ReadEffect::None,
        }
    }

    const fn on_write(self, on_write: WriteEffect) -> Self {
        Access { on_write, ..self }
    }

    const fn on_read(self, on_read: ReadEffect) -> Self {
        Access { on_read, ..self }
    }

    const fn once(self) -> Self {
        Access {
            write_once: true,
            ..self
        }
    }

    /// The policy of that name: UVM's spelling (IEEE 1800.2, `uvm_reg_field`
    /// access policies), in lower case.
    #[must_use]
    pub fn from_policy(name: &str) -> Option<Self> {
        POLICIES
            .iter()
            .find(|(policy, _)| *policy == name)
            .map(|(_, access)| *access)
    }

    /// Every policy name [`Access::from_policy`] knows.
    pub fn policy_names() -> impl Iterator<Item = &'static str> {
        POLICIES.iter().map(|(name, _)| *name)
    }

    /// The policy name of this point, if it has one.
    #[must_use]
    pub fn policy(self) -> Option<&'static str> {
        POLICIES
            .iter()
            .find(|(_, access)| *access == self)
            .map(|(name, _)| *name)
    }

    /// A read returns the value and changes nothing.
    #[must_use]
    pub fn reads_plainly(self) -> bool {
        self.read && self.on_read == ReadEffect::None
    }

    /// A read returns what was written last, and every write counts.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.reads_plainly()
            && self.write
            && self.on_write == WriteEffect::Modify
            && !self.write_once
    }

    /// A read, or some write, clears bits that are set.
    #[must_use]
    pub fn clears(self) -> bool {
        use WriteEffect::{Clear, OneToClear, OneToToggle, ZeroToClear, ZeroToToggle};
        let by_write = matches!(
            self.on_write,
            Clear | OneToClear | OneToToggle | ZeroToClear | ZeroToToggle
        );
        (self.write && by_write) || (self.read && self.on_read == ReadEffect::Clear)
    }

    /// Writing back what was read changes nothing: what makes a
    /// read-modify-write of a neighbour sound.
    #[must_use]
    pub fn survives_write_back(self) -> bool {
        !self.write
            || (self.reads_plainly() && self.on_write == WriteEffect::Modify && !self.write_once)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(policy) = self.policy() {
            return f.write_str(policy);
        }
        let may = match (self.read, self.write) {
            (true, true) => "rw",
            (true, false) => "ro",
            (false, true) => "wo",
            (false, false) => "none",
        };
        write!(f, "{may}")?;
        if self.write_once {
            write!(f, ", once")?;
        }
        if self.on_write != WriteEffect::Modify {
            write!(f, ", on write {}", self.on_write)?;
        }
        if self.on_read != ReadEffect::None {
            write!(f, ", on read {}", self.on_read)?;
        }
        Ok(())
    }
}

use ReadEffect as R;
use WriteEffect as W;

/// The first name of a point is the one [`Access::policy`] answers.
const POLICIES: &[(&str, Access)] = &[
    ("rw", Access::RW),
    ("ro", Access::RO),
    ("wo", Access::WO),
    ("w1c", Access::RW.on_write(W::OneToClear)),
    ("w1s", Access::RW.on_write(W::OneToSet)),
    ("w1t", Access::RW.on_write(W::OneToToggle)),
    ("w0c", Access::RW.on_write(W::ZeroToClear)),
    ("w0s", Access::RW.on_write(W::ZeroToSet)),
    ("w0t", Access::RW.on_write(W::ZeroToToggle)),
    ("wc", Access::RW.on_write(W::Clear)),
    ("ws", Access::RW.on_write(W::Set)),
    ("rc", Access::RO.on_read(R::Clear)),
    ("rs", Access::RO.on_read(R::Set)),
    ("wrc", Access::RW.on_read(R::Clear)),
    ("wrs", Access::RW.on_read(R::Set)),
    ("wsrc", Access::RW.on_write(W::Set).on_read(R::Clear)),
    ("wcrs", Access::RW.on_write(W::Clear).on_read(R::Set)),
    ("w1src", Access::RW.on_write(W::OneToSet).on_read(R::Clear)),
    ("w1crs", Access::RW.on_write(W::OneToClear).on_read(R::Set)),
    ("w0src", Access::RW.on_write(W::ZeroToSet).on_read(R::Clear)),
    ("w0crs", Access::RW.on_write(W::ZeroToClear).on_read(R::Set)),
    ("woc", Access::WO.on_write(W::Clear)),
    ("wos", Access::WO.on_write(W::Set)),
    ("w1", Access::RW.once()),
    ("wo1", Access::WO.once()),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_one_name_and_one_point() {
        for (index, (name, access)) in POLICIES.iter().enumerate() {
            assert_eq!(access.policy(), Some(*name));
            assert_eq!(Access::from_policy(name), Some(*access));
            assert!(!POLICIES[..index].iter().any(|(other, _)| other == name));
        }
    }

    #[test]
    fn a_point_without_a_name_is_described_by_its_axes() {
        let clear_port = Access::WO.on_write(WriteEffect::OneToClear);
        assert_eq!(clear_port.to_string(), "wo, on write one-to-clear");
        let fifo = Access::RO.on_read(ReadEffect::Pop);
        assert_eq!(fifo.to_string(), "ro, on read pop");
    }

    #[test]
    fn only_plain_bits_survive_being_written_back() {
        for name in ["rw", "ro", "rc"] {
            assert!(Access::from_policy(name).unwrap().survives_write_back());
        }
        for name in ["w1c", "w1t", "wo", "wc", "wrc", "w1"] {
            assert!(!Access::from_policy(name).unwrap().survives_write_back());
        }
    }
}
