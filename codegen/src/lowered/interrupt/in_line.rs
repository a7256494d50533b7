// SPDX-License-Identifier: MIT OR Apache-2.0

//! An interrupt whose registers have the same bits.

use regdesc::access::Access;
use regdesc::model::{Interrupt, InterruptSource, Register, WriteEffect};

use super::parts::{Acknowledge, Enable, Event, Move, Source, Written, low_word, whole};
use crate::lowered::registers::Port;

/// The registers of an interrupt, and the ports at which they are.
pub(super) struct Registers<'m> {
    pub(super) status: (Port, &'m Register),
    pub(super) enable: Option<Port>,
    /// Where it is another than the status.
    pub(super) acknowledge: Option<(Port, &'m Register)>,
}

pub(super) fn source(described: &Interrupt, registers: &Registers<'_>) -> Source {
    let (port, status) = registers.status;
    let bits = low_word(described.events(status));
    Source {
        status: port,
        bits,
        reported: Move::identity(bits),
        enable: registers.enable.map(|port| enable(port, bits)),
        acknowledge: match (described.source, registers.acknowledge) {
            (InterruptSource::Level, _) => None,
            (InterruptSource::Event, Some((port, it))) => Some(elsewhere(port, it, bits)),
            (InterruptSource::Event, None) => in_place(port, status, bits),
        },
    }
}

/// The fields of a status whose bits report the interrupt.
pub(super) fn events<'m>(described: &Interrupt, status: &'m Register) -> Vec<Event<'m>> {
    let reported = described.events(status);
    let fields = status.fields.iter().filter_map(|field| {
        let bits = low_word(field.bits.mask() & reported);
        (bits != 0).then_some(Event {
            name: &field.name,
            description: field.description.as_deref(),
            bits,
        })
    });
    fields.collect()
}

/// A plain register with the enable bits where the status has its bits.
fn enable(port: Port, bits: u32) -> Enable {
    Enable::Register {
        port,
        moves: Move::identity(bits),
        readable: true,
        kept: whole(port),
        ones: 0,
    }
}

/// By a write to the status itself: only what was seen, and nothing beside it. None where
/// no write acts.
fn in_place(port: Port, register: &Register, events: u32) -> Option<Acknowledge> {
    let acts = |it: Access| it.write && it.on_write != WriteEffect::Modify;
    let written = Written::to(register);
    register.accesses().any(acts).then(|| Acknowledge {
        port,
        moves: Move::identity(events),
        ones: written.ones,
        zeros: written.zeros,
        kept: written.plain,
    })
}

/// By a write to a register of its own, a bit for each of the status.
fn elsewhere(port: Port, register: &Register, events: u32) -> Acknowledge {
    let zeros = Written::to(register).zeros;
    Acknowledge {
        port,
        moves: Move::identity(events),
        ones: low_word(register.bits_of(|it| it.write)) & !zeros,
        zeros,
        kept: 0,
    }
}
