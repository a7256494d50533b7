// SPDX-License-Identifier: MIT OR Apache-2.0

//! An event with the bits that its paths lead to.

use crate::access::{Access, WriteEffect};
use crate::check::paths;
use crate::diagnostic::Diagnostics;
use crate::model::{
    BitPath, Block, Field, Interrupt, InterruptEvent, InterruptSource, Located, Register,
};
use crate::source::Span;

/// A bit that an event names.
#[derive(Clone, Copy)]
pub(super) struct Bit<'b> {
    /// The key that names it.
    pub(super) key: &'static str,
    pub(super) path: &'b BitPath,
    pub(super) register: Located<'b>,
    pub(super) field: &'b Field,
}

impl<'b> Bit<'b> {
    pub(super) fn register(&self) -> &'b Register {
        self.register.register
    }

    pub(super) fn access(&self) -> Access {
        self.field.access.value
    }

    pub(super) fn span(&self) -> Span {
        self.path.span
    }

    /// Both are in one register.
    pub(super) fn is_beside(&self, other: &Bit<'_>) -> bool {
        self.register.offset == other.register.offset
            && std::ptr::eq(self.register.register, other.register.register)
    }

    /// Both are the same bit.
    pub(super) fn is(&self, other: &Bit<'_>) -> bool {
        self.is_beside(other) && self.field.bits.value == other.field.bits.value
    }

    /// What of its register it is not.
    pub(super) fn others(&self) -> impl Iterator<Item = &'b Field> {
        let own = self.field;
        let fields = self.register().fields.iter();
        fields.filter(move |field| !std::ptr::eq(*field, own))
    }
}

/// An event of an interrupt, all of whose bits are there.
pub(super) struct Tied<'b> {
    pub(super) interrupt: &'b Interrupt,
    pub(super) event: &'b InterruptEvent,
    pub(super) status: Bit<'b>,
    pub(super) enable: Option<Bit<'b>>,
    /// What sets and what clears the enable bit.
    pub(super) pair: Option<[Bit<'b>; 2]>,
    pub(super) acknowledge: Option<Bit<'b>>,
}

impl<'b> Tied<'b> {
    /// An event whose bits were found; what was not is reported.
    pub(super) fn of(
        block: &'b Block,
        interrupt: &'b Interrupt,
        event: &'b InterruptEvent,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let mut lost = false;
        let mut bit = |key, path: Option<&'b BitPath>| {
            let path = path?;
            let found = paths::field(block, path, diagnostics);
            lost |= found.is_none();
            let found = found?;
            Some(Bit {
                key,
                path,
                register: found.register,
                field: found.field,
            })
        };
        let status = bit("status", Some(&event.status));
        let enable = bit("enable", event.enable.as_ref());
        let set = bit("enable-set", event.enable_set.as_ref());
        let clear = bit("enable-clear", event.enable_clear.as_ref());
        let acknowledge = bit("acknowledge", event.acknowledge.as_ref());
        let status = status.filter(|_| !lost)?;
        // A path to the status itself acknowledges there, as is the default.
        let acknowledge = acknowledge.filter(|it| !it.is(&status));
        Some(Tied {
            interrupt,
            event,
            status,
            enable,
            pair: set.zip(clear).map(|(set, clear)| [set, clear]),
            acknowledge,
        })
    }

    pub(super) fn name(&self) -> &'b str {
        &self.event.name.value
    }

    pub(super) fn is_of_same_line(&self, other: &Tied<'_>) -> bool {
        std::ptr::eq(self.interrupt, other.interrupt)
    }

    /// All its bits.
    pub(super) fn bits(&self) -> impl Iterator<Item = Bit<'b>> {
        let others = self.enable.into_iter().chain(self.acknowledge);
        std::iter::once(self.status)
            .chain(others)
            .chain(self.pair.into_iter().flatten())
    }

    /// The bit that a write acknowledges by: the status itself, or another; none where a
    /// read of the status does, or nothing.
    pub(super) fn written_acknowledge(&self) -> Option<Bit<'b>> {
        if self.interrupt.source == InterruptSource::Level {
            return None;
        }
        let own = Some(self.status).filter(|it| it.access().write && acts(it.access().on_write));
        self.acknowledge.or(own)
    }

    /// The bits that are written to let it through or not: by value, or by a 1.
    pub(super) fn written_enables(&self) -> Vec<Bit<'b>> {
        match self.pair {
            Some(pair) => pair.to_vec(),
            None => self.enable.into_iter().collect(),
        }
    }
}

/// A write does something else than to give the bit its value.
fn acts(effect: WriteEffect) -> bool {
    effect != WriteEffect::Modify
}
