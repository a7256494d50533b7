// SPDX-License-Identifier: MIT OR Apache-2.0

//! The effect of an access on bits of one policy.

use crate::table::{OnRead, OnWrite, Policy};

impl Policy {
    /// The content of such bits after a write of `written`.
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

    /// The content of such bits after a read.
    pub(super) fn after_read(self, held: u64) -> u64 {
        match self.on_read {
            OnRead::Nothing | OnRead::Pop => held,
            OnRead::Clear => 0,
            OnRead::Set => u64::MAX,
        }
    }

    /// Whether a read consumes the value.
    pub(super) fn pops(self) -> bool {
        self.read && self.on_read == OnRead::Pop
    }

    /// Whether a write leaves the content as it is: it goes to the queue behind a
    /// port, or starts the operation of a self-clearing bit.
    fn only_starts_something(self) -> bool {
        let clears = matches!(
            self.on_write,
            OnWrite::OneToClear | OnWrite::ZeroToClear | OnWrite::Clear
        );
        self.pops() || (self.self_clearing && !clears)
    }
}
