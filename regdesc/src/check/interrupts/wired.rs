// SPDX-License-Identifier: MIT OR Apache-2.0

//! An interrupt with the registers that it names.

use crate::access::Access;
use crate::check::paths;
use crate::diagnostic::Diagnostics;
use crate::model::{Block, Interrupt, Located, Register, RegisterPath};
use crate::source::{Span, Spanned};

/// What to do where the registers cannot say it.
pub(super) const DISABLED_INSTEAD: &str = "the line is then disabled at the interrupt controller after each \
     interrupt, until a program lets it through again";

/// A register that is named for an interrupt.
#[derive(Clone, Copy)]
pub(super) struct Named<'b> {
    pub(super) register: &'b Register,
    /// Which element it is, where it is in an array.
    pub(super) located: Located<'b>,
    pub(super) path: &'b RegisterPath,
    /// Where it is named.
    pub(super) span: Span,
}

impl Named<'_> {
    pub(super) fn is(&self, other: &Named<'_>) -> bool {
        self.is_at(&other.located)
    }

    pub(super) fn is_at(&self, other: &Located<'_>) -> bool {
        self.located.offset == other.offset && std::ptr::eq(self.register, other.register)
    }
}

/// An interrupt and its registers.
pub(super) struct Wired<'b> {
    pub(super) interrupt: &'b Interrupt,
    pub(super) status: Option<Named<'b>>,
    /// Where it is another than the status.
    pub(super) acknowledge: Option<Named<'b>>,
    pub(super) enable: Option<Named<'b>>,
    /// One of them is not there, and has been reported.
    pub(super) incomplete: bool,
}

impl<'b> Wired<'b> {
    pub(super) fn of(
        block: &'b Block,
        interrupt: &'b Interrupt,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut incomplete = false;
        let mut named = |path: Option<&'b RegisterPath>| {
            let path = path?;
            let located = paths::register(block, path, diagnostics);
            incomplete |= located.is_none();
            let located = located?;
            Some(Named {
                register: located.register,
                located,
                path,
                span: path.span,
            })
        };
        Wired {
            status: named(interrupt.status.as_ref()),
            acknowledge: named(interrupt.separate_acknowledge()),
            enable: named(interrupt.enable.as_ref()),
            interrupt,
            incomplete,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.interrupt.name.value
    }

    /// One of its registers has more bits than a number that says which they are.
    pub(super) fn is_wide(&self) -> bool {
        let all = [self.status, self.acknowledge, self.enable];
        let mut named = all.into_iter().flatten();
        named.any(|it| it.register.width.value > u64::BITS)
    }

    /// The bits of the status that report the interrupt.
    pub(super) fn events(&self) -> u64 {
        self.status
            .map_or(0, |status| self.interrupt.events(status.register))
    }
}

/// Where an access is written; at the name where it is inherited.
pub(super) fn place(name: &Spanned<String>, access: Spanned<Access>) -> Span {
    let is_own = access.span.source == name.span.source && access.span.start >= name.span.start;
    if is_own { access.span } else { name.span }
}
