// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an access does to bits of one policy.

use crate::table::{OnRead, OnWrite, Policy};

impl Policy {
    /// What a word of such bits holds after a write of `written`.
    pub(super) fn after_write(self, held: u64, written: u64) -> u64 {
        if self.only_starts_something() {
            return held;
        }
        match self.on_write {
            OnWrite::Modify => written,
            OnWrite::OneToClear => held & !written,
            OnWrite::OneToSet => held | written,
            OnWrite::OneToToggle => held ^ written,
            OnWrite::ZeroToClear => held & written,
            OnWrite::ZeroToSet => held | !written,
            OnWrite::ZeroToToggle => held ^ !written,
            OnWrite::Clear => 0,
            OnWrite::Set => u64::MAX,
        }
    }

    /// What a word of such bits holds after a read.
    pub(super) fn after_read(self, held: u64) -> u64 {
        match self.on_read {
            OnRead::Nothing | OnRead::Pop => held,
            OnRead::Clear => 0,
            OnRead::Set => u64::MAX,
        }
    }

    /// Whether a read consumes what is there.
    pub(super) fn pops(self) -> bool {
        self.read && self.on_read == OnRead::Pop
    }

    /// What is written goes elsewhere: into a queue behind the port, or into
    /// whatever a bit starts that is clear again by itself.
    fn only_starts_something(self) -> bool {
        let clears = matches!(
            self.on_write,
            OnWrite::OneToClear | OnWrite::ZeroToClear | OnWrite::Clear
        );
        self.pops() || (self.self_clearing && !clears)
    }
}
