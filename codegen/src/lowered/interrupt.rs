// SPDX-License-Identifier: MIT OR Apache-2.0

//! How an interrupt is recognised and silenced.

use regdesc::access::{Access, WriteEffect};
use regdesc::model::{
    Block, Interrupt as Described, InterruptSource, Register, RegisterPath, Trigger,
};

use super::registers::{FlatRegister, Port, Single, single};

/// A line that a block interrupts by.
pub(crate) struct Interrupt<'m> {
    /// Its names and words.
    pub(crate) described: &'m Described,
    /// The register that reports what happened; none: only the line reports it.
    pub(crate) status: Option<Status>,
    /// The register that lets the line through, a bit for each of the status.
    pub(crate) enable: Option<Port>,
    pub(crate) silence: Silence,
    /// The line reports by an edge, which is there once.
    pub(crate) is_edge: bool,
    /// A register of it that is too wide, or that no single load reads.
    pub(crate) unhandled: Option<&'m RegisterPath>,
}

/// A register that reports why the block interrupts.
pub(crate) struct Status {
    pub(crate) port: Port,
    /// The bits that interrupt.
    pub(crate) events: u32,
}

/// How a line falls silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// By itself, or when the status is read.
    OfItself,
    /// By a write to a register.
    Acknowledge {
        port: Port,
        /// Bits that a 1 clears.
        ones: u32,
        /// Bits that a 0 clears, or that a 0 would change.
        zeros: u32,
        /// Bits of the status that are written back as they were read.
        kept: u32,
    },
    /// By its bits in the enable register.
    Mask,
    /// At the interrupt controller.
    Line,
}

impl<'m> Interrupt<'m> {
    /// An interrupt of the block, whose registers are `flat`.
    pub(crate) fn of<'f>(
        described: &'m Described,
        block: &Block,
        flat: impl Fn() -> &'f [FlatRegister<'f>],
    ) -> Self {
        let port = |path: Option<&RegisterPath>| {
            let single = single(block, path?)?;
            Some((Port::of(single, flat())?, single.register))
        };
        let status = port(described.status.as_ref());
        let enable = port(described.enable.as_ref());
        let acknowledge = port(described.separate_acknowledge());
        let is_edge = comes_once(described);
        let silence = match (described.source, status, acknowledge) {
            (InterruptSource::Event, Some(_), Some((port, register))) => elsewhere(port, register),
            (InterruptSource::Event, Some((port, register)), None) => in_place(port, register),
            (InterruptSource::Event, None, _) if is_edge => Silence::OfItself,
            (InterruptSource::Level, Some(_), _) if enable.is_some() => Silence::Mask,
            _ => Silence::Line,
        };
        Interrupt {
            status: status.map(|(port, register)| Status {
                port,
                events: low_word(described.events(register)),
            }),
            enable: enable.map(|(port, _)| port),
            silence,
            is_edge,
            unhandled: unhandled(described, block, flat),
            described,
        }
    }
}

/// The first register of an interrupt that no port of at most 32 bits reads.
fn unhandled<'m, 'f>(
    interrupt: &'m Described,
    block: &Block,
    flat: impl Fn() -> &'f [FlatRegister<'f>],
) -> Option<&'m RegisterPath> {
    let used = [&interrupt.status, &interrupt.acknowledge, &interrupt.enable];
    let is_handled = |single: Single<'_>| {
        single.register.width.value <= 32 && Port::of(single, flat()).is_some()
    };
    used.into_iter()
        .flatten()
        .find(|path| single(block, path).is_some_and(|single| !is_handled(single)))
}

/// The line reports by an edge.
fn comes_once(interrupt: &Described) -> bool {
    matches!(
        interrupt.trigger.as_ref().map(|it| it.value),
        Some(Trigger::EdgeRising | Trigger::EdgeFalling | Trigger::EdgeBoth)
    )
}

/// By a write to the status itself: only what was seen, and nothing beside it.
fn in_place(port: Port, register: &Register) -> Silence {
    let written = |it: Access| it.write && it.on_write != WriteEffect::Modify;
    if !register.accesses().any(written) {
        return Silence::OfItself;
    }
    Silence::Acknowledge {
        port,
        ones: bits(register, |it| it.write && by_one(it.on_write)),
        zeros: bits(register, |it| it.write && by_zero(it.on_write)),
        kept: bits(register, |it| {
            it.write && it.on_write == WriteEffect::Modify
        }),
    }
}

/// By a write to a register of its own, a bit for each of the status.
fn elsewhere(port: Port, register: &Register) -> Silence {
    let zeros = bits(register, |it| it.write && by_zero(it.on_write));
    Silence::Acknowledge {
        port,
        ones: bits(register, |it| it.write) & !zeros,
        zeros,
        kept: 0,
    }
}

fn by_one(effect: WriteEffect) -> bool {
    matches!(effect, WriteEffect::OneToClear | WriteEffect::OneToToggle)
}

fn by_zero(effect: WriteEffect) -> bool {
    use WriteEffect::{ZeroToClear, ZeroToSet, ZeroToToggle};
    matches!(effect, ZeroToClear | ZeroToSet | ZeroToToggle)
}

/// The bits of such an access.
fn bits(register: &Register, such: impl Fn(Access) -> bool) -> u32 {
    low_word(register.bits_of(such))
}

fn low_word(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
