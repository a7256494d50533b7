// SPDX-License-Identifier: MIT OR Apache-2.0

//! An interrupt whose events have bits of their own.

use regdesc::model::{
    BitPath, Block, Field, Interrupt, InterruptEvent, InterruptSource, Register, WriteEffect,
};

use super::parts::{Acknowledge, Enable, Event, Move, Source, Written, low_word};
use crate::lowered::registers::{FlatRegister, Port};

/// The events, in the order of their bits.
pub(super) fn events(described: &Interrupt) -> Vec<Event<'_>> {
    let events = described.events.iter().zip(0..);
    let events = events.map(|(event, place)| Event {
        name: &event.name,
        description: event.description.as_deref(),
        bits: 1u32.checked_shl(place).unwrap_or(0),
    });
    events.collect()
}

/// The status registers of the events, each with what belongs to it; or the path of a bit
/// that no access of 32 bits reaches.
pub(super) fn sources<'f>(
    described: &Interrupt,
    block: &Block,
    flat: impl Fn() -> &'f [FlatRegister<'f>],
) -> Result<Vec<Source>, String> {
    let bit = |path: &BitPath| {
        let found = block.bit(path);
        let port = found.and_then(|it| Port::of(it.register, flat()));
        let port = port.filter(|port| port.width <= u32::BITS);
        match found.zip(port) {
            Some((found, port)) => Ok(Bit {
                port,
                register: found.register.register,
                field: found.field,
            }),
            None => Err(path.to_string()),
        }
    };
    let mut sources: Vec<Source> = Vec::new();
    for (event, place) in described.events.iter().zip(0..) {
        let tied = Tied::of(described.source, event, bit)?;
        let source = match sources.iter().position(|it| tied.belongs_to(it)) {
            Some(same) => sources.get_mut(same),
            None => {
                sources.push(tied.source());
                sources.last_mut()
            }
        };
        if let Some(source) = source {
            tied.add_to(source, place);
        }
    }
    Ok(sources)
}

#[derive(Clone, Copy)]
struct Bit<'m> {
    port: Port,
    register: &'m Register,
    field: &'m Field,
}

impl Bit<'_> {
    /// Its number in the register.
    fn number(&self) -> u32 {
        self.field.bits.low
    }

    fn reads(&self) -> bool {
        self.field.access.reads_plainly()
    }
}

/// An event with the bits that its paths lead to.
struct Tied<'m> {
    status: Bit<'m>,
    enable: EnableBits<'m>,
    /// The bit that a write acknowledges by.
    acknowledge: Option<Bit<'m>>,
}

enum EnableBits<'m> {
    None,
    One(Bit<'m>),
    Pair {
        set: Bit<'m>,
        clear: Bit<'m>,
        read: Option<Bit<'m>>,
    },
}

impl<'m> Tied<'m> {
    fn of(
        kind: InterruptSource,
        event: &InterruptEvent,
        bit: impl Fn(&BitPath) -> Result<Bit<'m>, String>,
    ) -> Result<Self, String> {
        let maybe = |path: &Option<BitPath>| path.as_ref().map(&bit).transpose();
        let status = bit(&event.status)?;
        let enable = maybe(&event.enable)?;
        let pair = maybe(&event.enable_set)?.zip(maybe(&event.enable_clear)?);
        let by_itself = status.field.access.on_write != WriteEffect::Modify;
        let acknowledge = maybe(&event.acknowledge)?.or(by_itself.then_some(status));
        Ok(Tied {
            status,
            enable: match (pair, enable) {
                (Some((set, clear)), read) => EnableBits::Pair {
                    set,
                    clear,
                    read: read.or_else(|| [set, clear].into_iter().find(Bit::reads)),
                },
                (None, Some(enable)) => EnableBits::One(enable),
                (None, None) => EnableBits::None,
            },
            acknowledge: acknowledge.filter(|_| kind == InterruptSource::Event),
        })
    }

    /// Whether its bits are in the registers of a source. An event that no write
    /// acknowledges is in any source of its status and enable register: a status that a
    /// read clears is read once.
    fn belongs_to(&self, source: &Source) -> bool {
        let acknowledges = source.acknowledge.as_ref().zip(self.acknowledge);
        source.status == self.status.port
            && self.enable.is_in(source.enable.as_ref())
            && acknowledges.is_none_or(|(own, bit)| own.port == bit.port)
    }

    /// A source for it, with no bits yet.
    fn source(&self) -> Source {
        Source {
            status: self.status.port,
            bits: 0,
            reported: Vec::new(),
            enable: self.enable.registers(),
            acknowledge: None,
        }
    }

    fn add_to(&self, source: &mut Source, event: u32) {
        let from = self.status.number();
        source.bits |= low_word(self.status.field.bits.mask());
        Move::add(&mut source.reported, from, event);
        if let Some(enable) = &mut source.enable {
            self.enable.add_to(enable, from);
        }
        if let Some(bit) = self.acknowledge {
            let acknowledge = source.acknowledge.get_or_insert_with(|| self.written(&bit));
            Move::add(&mut acknowledge.moves, from, bit.number());
            if !bit.port.eq(&self.status.port) {
                add_written(acknowledge, &bit);
            }
        }
    }

    /// What a write to acknowledge means to the bits of the register.
    fn written(&self, bit: &Bit<'_>) -> Acknowledge {
        let written = Written::to(bit.register);
        let is_status = bit.port == self.status.port;
        Acknowledge {
            port: bit.port,
            moves: Vec::new(),
            ones: written.ones,
            zeros: written.zeros,
            kept: if is_status { written.plain } else { 0 },
        }
    }
}

/// In a register of its own, any bit that can be written acknowledges.
fn add_written(acknowledge: &mut Acknowledge, bit: &Bit<'_>) {
    acknowledge.ones |= low_word(bit.field.bits.mask()) & !acknowledge.zeros;
}

impl EnableBits<'_> {
    fn is_in(&self, enable: Option<&Enable>) -> bool {
        match (self, enable) {
            (EnableBits::None, None) => true,
            (EnableBits::One(bit), Some(Enable::Register { port, .. })) => bit.port == *port,
            (
                EnableBits::Pair { set, clear, read },
                Some(Enable::Pair {
                    set: sets,
                    clear: clears,
                    read: reads,
                }),
            ) => {
                let ports = (set.port, clear.port, read.map(|it| it.port));
                ports == (sets.0, clears.0, reads.as_ref().map(|it| it.0))
            }
            _ => false,
        }
    }

    /// The registers, with no bits yet.
    fn registers(&self) -> Option<Enable> {
        let none = |bit: &Bit<'_>| (bit.port, Vec::new());
        Some(match self {
            EnableBits::None => return None,
            EnableBits::One(bit) => {
                let written = Written::to(bit.register);
                Enable::Register {
                    port: bit.port,
                    moves: Vec::new(),
                    readable: bit.reads(),
                    kept: kept(bit.register),
                    ones: written.zeros,
                }
            }
            EnableBits::Pair { set, clear, read } => Enable::Pair {
                set: none(set),
                clear: none(clear),
                read: read.as_ref().map(none),
            },
        })
    }

    fn add_to(&self, enable: &mut Enable, from: u32) {
        match (self, enable) {
            (EnableBits::One(bit), Enable::Register { moves, .. }) => {
                Move::add(moves, from, bit.number());
            }
            (
                EnableBits::Pair { set, clear, read },
                Enable::Pair {
                    set: sets,
                    clear: clears,
                    read: reads,
                },
            ) => {
                Move::add(&mut sets.1, from, set.number());
                Move::add(&mut clears.1, from, clear.number());
                if let Some((bit, reads)) = read.zip(reads.as_mut()) {
                    Move::add(&mut reads.1, from, bit.number());
                }
            }
            _ => {}
        }
    }
}

/// The bits of a register that are written back as they were read: all that no write acts
/// on, and that do not clear themselves.
fn kept(register: &Register) -> u32 {
    let acting = register.fields.iter().filter(|field| {
        let acts = field.access.write && field.access.on_write != WriteEffect::Modify;
        acts || field.self_clearing
    });
    let acting = acting.fold(0, |bits, field| bits | field.bits.mask());
    low_word(regdesc::units::low_ones(register.width.value) & !acting)
}
