// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is done with an interrupt by its table, where no driver does it: which events
//! are pending, acknowledging them, enabling them.

use std::io;

use crate::events::{Events, InterruptLine};
use crate::table::{Acknowledge, Enable, Interrupt, Move, Port, Source};
use crate::word::Word;

/// Reads of the status of an edge's line at most, as the driver does.
const LOOKS: usize = 16;

/// Where the registers of a block are accessed.
pub(crate) trait Access {
    /// Reads `bytes` bytes (1, 2 or 4) at `at`.
    fn load(&self, at: usize, bytes: usize) -> u64;

    /// Writes the low `bytes` bytes of `unit` at `at`.
    fn store(&self, at: usize, bytes: usize, unit: u64);

    /// What was last written to an enable register that cannot be read; none where
    /// that is not known.
    fn written(&self, _port: Port) -> Option<u32> {
        None
    }
}

/// The events that were acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) events: u32,
    /// The reads ran out before the status was 0: an edge's line may be still
    /// active, and then it does not signal again.
    pub(crate) may_be_active: bool,
}

/// What a program changes of a register that the driver also writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// The register, by its offset.
    pub(crate) at: usize,
    pub(crate) clear: u32,
    /// Set after the others are cleared.
    pub(crate) set: u32,
}

/// No driver writes the register, or its bits do not keep what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotPlain;

impl Change {
    /// Makes the change, where one of these interrupts has the register: as the
    /// driver does, bits that act on a write do not act. Returns what the register
    /// held.
    pub(crate) fn make(self, tables: &[Interrupt], on: &impl Access) -> Result<u32, NotPlain> {
        let mut sources = tables.iter().flat_map(|it| it.sources);
        let (port, kept, ones) = sources.find_map(|it| it.plain(self.at)).ok_or(NotPlain)?;
        let all = self.clear | self.set;
        if all & !kept != 0 {
            return Err(NotPlain);
        }
        let held = port.load(on);
        if all != 0 {
            port.store(on, held & kept & !self.clear | self.set | ones);
        }
        Ok(held)
    }

    /// The events of an interrupt that it disables.
    pub(crate) fn disabled(self, of: &Interrupt) -> u32 {
        of.sources.iter().fold(0, |events, source| {
            let bits = match source.enable {
                Some(Enable::Register { port, moves, .. }) if port.at == self.at => {
                    back(moves, self.clear & !self.set) & source.bits
                }
                _ => 0,
            };
            events | forth(source.reported, bits)
        })
    }

    pub(crate) fn refused(self) -> io::Error {
        let message = std::format!(
            "{:#x}: the driver does not write such a register, no window lets programs write \
             it, or one of the bits {:#x} does not keep what is written; `update` registers \
             that the driver does not write by their handles",
            self.at,
            self.clear | self.set
        );
        io::Error::new(io::ErrorKind::InvalidInput, message)
    }
}

/// An enable register that cannot be read, and whose content is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Interrupt {
    /// The event bits that are pending and enabled: the line is active when there
    /// are any. `load` has no effect on the registers.
    pub(crate) fn pending(&self, load: impl Fn(Port) -> u32) -> u32 {
        self.sources.iter().fold(0, |events, source| {
            let enabled = source.enabled(|port, _readable| Some(load(port)));
            let pending = load(source.status) & source.bits & enabled;
            events | forth(source.reported, pending)
        })
    }

    /// Acknowledges the pending events, and returns them.
    pub(crate) fn take(&self, on: &impl Access) -> Taken {
        let repeats = self.is_edge && self.passes;
        let mut events = 0;
        for _ in 0..if repeats { LOOKS } else { 1 } {
            match self.look(on) {
                0 => {
                    return Taken {
                        events,
                        may_be_active: false,
                    };
                }
                pending => events |= pending,
            }
        }
        Taken {
            events,
            may_be_active: repeats,
        }
    }

    /// Reads each status register once: reading may clear it.
    fn look(&self, on: &impl Access) -> u32 {
        let mut events = 0;
        let mut last: Option<(Port, u32)> = None;
        for source in self.sources {
            let status = match last {
                Some((port, status)) if port == source.status => status,
                _ => source.status.load(on),
            };
            last = Some((source.status, status));
            let pending = status & source.bits & source.enabled_on(on);
            if let Some(acknowledge) = source.acknowledge.filter(|_| pending != 0) {
                acknowledge.write(on, pending);
                // A read after the write returns when the write has arrived: the line
                // is inactive before it is enabled.
                source.enabled_on(on);
            }
            events |= forth(source.reported, pending);
        }
        events
    }

    /// All event bits.
    pub(crate) fn events(&self) -> u32 {
        let events = self.sources.iter();
        events.fold(0, |bits, it| bits | forth(it.reported, it.bits))
    }

    /// The events that have an enable bit.
    pub(crate) fn switchable(&self) -> u32 {
        self.sources.iter().fold(0, |events, source| {
            events | forth(source.reported, source.switchable())
        })
    }

    /// Of these events, those that are enabled by a bit that can be read.
    pub(crate) fn enabled(&self, on: &impl Access, events: u32) -> u32 {
        self.sources.iter().fold(0, |enabled, source| {
            let known = match source.is_readable(on) {
                true => source.enabled_on(on) & source.switchable(),
                false => 0,
            };
            enabled | forth(source.reported, known) & events
        })
    }

    /// Sets or clears the enable bits of these events.
    pub(crate) fn set_enabled(
        &self,
        on: &impl Access,
        events: u32,
        to: bool,
    ) -> Result<(), Unreadable> {
        let mut chosen = self.sources.iter().filter_map(|source| {
            let bits = back(source.reported, events) & source.bits;
            Some((source.enable?, bits)).filter(|(_, bits)| *bits != 0)
        });
        chosen.try_for_each(|(enable, bits)| enable.set(on, bits, to))
    }

    /// Makes a new edge of what is still pending: clears the enable bits that are
    /// set, and sets them again. False where that cannot be done for each event, so
    /// that the line may stay active.
    pub(crate) fn renew_edge(&self, on: &impl Access) -> bool {
        let is_known =
            |source: &Source| source.is_readable(on) && source.bits & !source.switchable() == 0;
        let enabled = self.enabled(on, u32::MAX);
        let all_are_known = self.sources.iter().all(is_known);
        all_are_known
            && self.set_enabled(on, enabled, false).is_ok()
            && self.set_enabled(on, enabled, true).is_ok()
    }
}

impl Source {
    /// The status bits that have an enable bit.
    fn switchable(&self) -> u32 {
        let moves = match self.enable {
            None => &[],
            Some(Enable::Register { moves, .. }) => moves,
            Some(Enable::Pair {
                set: (_, moves), ..
            }) => moves,
        };
        moves.iter().fold(0, |bits, it| bits | it.mask) & self.bits
    }

    /// The register at this offset, if it is one that programs may change: its bits
    /// that are written back as they were read, and those that are written as 1.
    fn plain(&self, at: usize) -> Option<(Port, u32, u32)> {
        let enable = match self.enable {
            Some(Enable::Register {
                port,
                readable: true,
                kept,
                ones,
                ..
            }) => Some((port, kept, ones)),
            _ => None,
        };
        let acknowledge = self.acknowledge.map(|it| (it.port, it.kept, it.zeros));
        let mut both = [enable, acknowledge].into_iter().flatten();
        both.find(|(port, kept, _)| port.at == at && *kept != 0)
    }

    /// Whether the program can find out which events are enabled.
    fn is_readable(&self, on: &impl Access) -> bool {
        match self.enable {
            None => false,
            Some(Enable::Register { port, readable, .. }) => readable || on.written(port).is_some(),
            Some(Enable::Pair { read, .. }) => read.is_some(),
        }
    }

    fn enabled_on(&self, on: &impl Access) -> u32 {
        self.enabled(|port, readable| match readable {
            true => Some(port.load(on)),
            false => on.written(port),
        })
    }

    /// The status bits that are enabled; those of which that is not known are taken
    /// as enabled. `load` gets a register, and whether a read returns what was
    /// written.
    fn enabled(&self, load: impl Fn(Port, bool) -> Option<u32>) -> u32 {
        let read = match self.enable {
            None => None,
            Some(Enable::Register {
                port,
                moves,
                readable,
                ..
            }) => Some((port, moves, readable)),
            Some(Enable::Pair { read, .. }) => read.map(|(port, moves)| (port, moves, true)),
        };
        let read = read.and_then(|(port, moves, readable)| Some((load(port, readable)?, moves)));
        read.map_or(u32::MAX, |(content, moves)| {
            let covered = moves.iter().fold(0, |bits, it| bits | it.mask);
            back(moves, content) | !covered
        })
    }
}

impl Enable {
    /// Sets or clears the enable bits of these status bits.
    fn set(self, on: &impl Access, bits: u32, to: bool) -> Result<(), Unreadable> {
        match self {
            Enable::Register {
                port,
                moves,
                readable,
                kept,
                ones,
            } => {
                let chosen = forth(moves, bits);
                let before = match readable {
                    true => Some(port.load(on)),
                    false => on.written(port),
                };
                let before = before.ok_or(Unreadable)? & kept | ones;
                let after = if to {
                    before | chosen
                } else {
                    before & !chosen
                };
                port.store(on, after);
            }
            Enable::Pair { set, clear, .. } => {
                let (port, moves) = if to { set } else { clear };
                port.store(on, forth(moves, bits));
            }
        }
        Ok(())
    }
}

impl Acknowledge {
    /// Acknowledges these status bits.
    fn write(self, on: &impl Access, pending: u32) {
        let bits = forth(self.moves, pending);
        let bits = bits & self.ones | !bits & self.zeros;
        // Plain bits beside the flags are read immediately before they are written
        // back: what another thread writes to them in between is lost.
        let kept = match self.kept {
            0 => 0,
            kept => self.port.load(on) & kept,
        };
        self.port.store(on, bits | kept);
    }
}

impl Port {
    fn load(self, on: &impl Access) -> u32 {
        self.ordered(<u32 as Word>::from_low(on.load(self.at, self.bytes)))
    }

    fn store(self, on: &impl Access, bits: u32) {
        on.store(self.at, self.bytes, self.ordered(bits).into());
    }

    /// The register's bits in the order of the bus, and the other way round.
    fn ordered(self, bits: u32) -> u32 {
        match self.bytes {
            2 if self.swapped => <u16 as Word>::from_low(bits.into()).swap_bytes().into(),
            4 if self.swapped => bits.swap_bytes(),
            _ => bits,
        }
    }
}

/// Each of these events has an enable bit.
pub(crate) fn must_be_switchable<L: InterruptLine>(
    table: &Interrupt,
    events: Events<L>,
) -> io::Result<()> {
    let without = Events::<L>::from_bits(events.bits() & !table.switchable());
    if without.is_empty() {
        return Ok(());
    }
    let message = std::format!("{}: no register enables {without:?}", L::NAME);
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}

impl Move {
    /// The bits that it takes from `bits`, in their new place.
    fn forth(self, bits: u32) -> u32 {
        shifted(bits & self.mask, self.shift.into())
    }

    /// The bits that it puts into `bits`, in their old place.
    fn back(self, bits: u32) -> u32 {
        shifted(bits, -i32::from(self.shift)) & self.mask
    }
}

fn shifted(bits: u32, by: i32) -> u32 {
    let moved = match by < 0 {
        true => bits.checked_shr(by.unsigned_abs()),
        false => bits.checked_shl(by.unsigned_abs()),
    };
    moved.unwrap_or(0)
}

fn forth(moves: &[Move], bits: u32) -> u32 {
    moves.iter().fold(0, |moved, it| moved | it.forth(bits))
}

fn back(moves: &[Move], bits: u32) -> u32 {
    moves.iter().fold(0, |moved, it| moved | it.back(bits))
}

#[cfg(test)]
mod tests {
    use core::cell::RefCell;
    use std::vec::Vec;

    use super::*;

    /// Four registers of 32 bits, the first of them cleared by writing 1 (the bits of
    /// `flags`); and the stores.
    struct Registers {
        words: RefCell<[u32; 4]>,
        flags: u32,
        stores: RefCell<Vec<(usize, u32)>>,
    }

    impl Registers {
        fn of(words: [u32; 4], flags: u32) -> Self {
            Registers {
                words: RefCell::new(words),
                flags,
                stores: RefCell::default(),
            }
        }

        fn stores(&self) -> Vec<(usize, u32)> {
            self.stores.take()
        }
    }

    impl Access for Registers {
        fn load(&self, at: usize, _bytes: usize) -> u64 {
            self.words.borrow()[at / 4].into()
        }

        fn store(&self, at: usize, _bytes: usize, unit: u64) {
            let unit = <u32 as Word>::from_low(unit);
            self.stores.borrow_mut().push((at, unit));
            let word = &mut self.words.borrow_mut()[at / 4];
            *word = match at {
                0 => *word & self.flags & !unit | unit & !self.flags,
                _ => unit,
            };
        }
    }

    const fn port(at: usize) -> Port {
        Port::of(at, 4)
    }

    /// As the control and status register of a timer: the flag in bit 8, its enable
    /// bit in bit 6.
    const TIMER: Interrupt = Interrupt {
        sources: &[Source {
            status: port(0),
            bits: 0x100,
            reported: &[Move::by(0x100, -8)],
            enable: Some(Enable::Register {
                port: port(0),
                moves: &[Move::by(0x100, -2)],
                readable: true,
                kept: 0xff,
                ones: 0,
            }),
            acknowledge: Some(Acknowledge {
                port: port(0),
                moves: &[Move::by(0x100, 0)],
                ones: 0x100,
                zeros: 0,
                kept: 0xff,
            }),
        }],
        is_edge: false,
        passes: true,
    };

    #[test]
    fn a_flag_beside_its_enable_bit_is_taken() {
        let on = Registers::of([0x1d1, 0, 0, 0], 0x100);
        assert_eq!(TIMER.pending(|port| port.load(&on)), 1);
        let taken = TIMER.take(&on);
        assert_eq!((taken.events, taken.may_be_active), (1, false));
        assert_eq!((on.stores(), on.load(0, 4)), ([(0, 0x1d1)].into(), 0xd1));
        assert_eq!(TIMER.take(&on).events, 0);
    }

    #[test]
    fn enabling_beside_a_flag_does_not_acknowledge_it() {
        let on = Registers::of([0x191, 0, 0, 0], 0x100);
        assert_eq!((TIMER.switchable(), TIMER.enabled(&on, 1)), (1, 0));
        assert_eq!(TIMER.pending(|port| port.load(&on)), 0);
        TIMER.set_enabled(&on, 1, true).unwrap();
        assert_eq!(
            (on.stores(), TIMER.enabled(&on, 1)),
            ([(0, 0xd1)].into(), 1)
        );
        TIMER.set_enabled(&on, 1, false).unwrap();
        assert_eq!(on.load(0, 4), 0x191);
    }

    #[test]
    fn plain_bits_beside_a_flag_are_changed_and_the_flag_is_kept() {
        let on = Registers::of([0x191, 0, 0, 0], 0x100);
        let change = |clear, set| Change { at: 0, clear, set }.make(&[TIMER], &on);
        assert_eq!(change(0x10, 0x20), Ok(0x191));
        assert_eq!((on.stores(), on.load(0, 4)), ([(0, 0xa1)].into(), 0x1a1));
        // Set after clearing; without bits it is only read.
        assert_eq!(change(0xff, 0x41), Ok(0x1a1));
        assert_eq!(on.stores(), [(0, 0x41)]);
        assert_eq!((change(0, 0), on.stores()), (Ok(0x141), Vec::new()));
        for (clear, set) in [(0x100, 0), (0, 0x101)] {
            assert_eq!(
                (change(clear, set), on.stores()),
                (Err(NotPlain), Vec::new())
            );
        }
    }

    /// The status has a bit that a 0 clears; events are acknowledged there.
    #[test]
    fn a_flag_that_a_zero_clears_is_written_as_one() {
        let status = Source {
            enable: None,
            acknowledge: Some(Acknowledge {
                zeros: 0x100,
                ones: 0,
                ..TIMER.sources[0].acknowledge.unwrap()
            }),
            ..TIMER.sources[0]
        };
        let table = Interrupt {
            sources: std::vec![status].leak(),
            ..TIMER
        };
        let on = Registers::of([0x101, 0, 0, 0], 0);
        let change = Change {
            at: 0,
            clear: 0,
            set: 0x2,
        };
        assert_eq!(change.make(&[Interrupt::LINE, table], &on), Ok(0x101));
        assert_eq!(on.stores(), [(0, 0x103)]);
    }

    #[test]
    fn only_registers_that_are_read_and_written_back_are_changed() {
        let on = Registers::of([0; 4], 0);
        for at in [0, 4, 8, 12] {
            let change = Change {
                at,
                clear: 0,
                set: 0,
            };
            assert_eq!(change.make(&[PAIR], &on), Err(NotPlain));
        }
    }

    #[test]
    fn the_enable_bits_that_a_change_clears_disable_events() {
        let disabled = |clear, set| Change { at: 0, clear, set }.disabled(&TIMER);
        assert_eq!(
            [disabled(0x41, 0), disabled(0x40, 0x40), disabled(1, 0)],
            [1, 0, 0]
        );
    }

    /// A register that sets enable bits, one that clears them, and one that reads back.
    const PAIR: Interrupt = Interrupt {
        sources: &[Source {
            status: port(0),
            bits: 0x3,
            reported: &[Move::by(0x3, 0)],
            enable: Some(Enable::Pair {
                set: (port(4), &[Move::by(0x3, 4)]),
                clear: (port(8), &[Move::by(0x3, 8)]),
                read: Some((port(12), &[Move::by(0x3, 0)])),
            }),
            acknowledge: None,
        }],
        is_edge: true,
        passes: true,
    };

    const SAME: &[Move] = &[Move::by(0x3, 0)];

    #[test]
    fn a_pair_is_written_without_being_read() {
        let on = Registers::of([0x3, 0, 0, 0x2], 0);
        assert_eq!(PAIR.pending(|port| port.load(&on)), 0x2);
        PAIR.set_enabled(&on, 0x1, true).unwrap();
        PAIR.set_enabled(&on, 0x3, false).unwrap();
        assert_eq!(on.stores(), [(4, 0x10), (8, 0x300)]);
    }

    #[test]
    fn an_edge_that_stays_pending_is_renewed() {
        let on = Registers::of([0x3, 0, 0, 0x2], 0);
        // Nothing acknowledges the status here: the number of reads is limited.
        let taken = PAIR.take(&on);
        assert_eq!((taken.events, taken.may_be_active), (0x2, true));
        assert!(PAIR.renew_edge(&on));
        assert_eq!(on.stores(), [(8, 0x200), (4, 0x20)]);
    }

    #[test]
    fn an_edge_without_enable_bits_cannot_be_renewed() {
        let unread = Enable::Pair {
            set: (port(4), SAME),
            clear: (port(8), SAME),
            read: None,
        };
        for enable in [None, Some(unread)] {
            let on = Registers::of([0x3, 0, 0, 0], 0);
            let source = Source {
                enable,
                ..PAIR.sources[0]
            };
            let edge = Interrupt {
                sources: std::vec![source].leak(),
                ..PAIR
            };
            assert_eq!(edge.take(&on).events, 0x3);
            assert!(!edge.renew_edge(&on));
            assert_eq!(on.stores(), []);
        }
    }

    /// Two events in one status that a read clears, enabled by different registers.
    const TWO: Interrupt = Interrupt {
        sources: &[
            Source {
                status: port(0),
                bits: 0x1,
                reported: &[Move::by(0x1, 0)],
                enable: Some(at_bit_0(4)),
                acknowledge: None,
            },
            Source {
                status: port(0),
                bits: 0x2,
                reported: &[Move::by(0x2, 0)],
                enable: Some(at_bit_0(8)),
                acknowledge: None,
            },
        ],
        is_edge: false,
        passes: true,
    };

    const fn at_bit_0(at: usize) -> Enable {
        const TO_BIT_0: &[Move] = &[Move::by(0x1, 0), Move::by(0x2, -1)];
        Enable::Register {
            port: port(at),
            moves: TO_BIT_0,
            readable: true,
            kept: u32::MAX,
            ones: 0,
        }
    }

    #[test]
    fn a_status_that_a_read_clears_is_read_once() {
        struct ClearedByReading(Registers);
        impl Access for ClearedByReading {
            fn load(&self, at: usize, bytes: usize) -> u64 {
                let word = self.0.load(at, bytes);
                if at == 0 {
                    self.0.words.borrow_mut()[0] = 0;
                }
                word
            }
            fn store(&self, at: usize, bytes: usize, unit: u64) {
                self.0.store(at, bytes, unit);
            }
        }
        let on = ClearedByReading(Registers::of([0x3, 1, 1, 0], 0));
        assert_eq!(TWO.take(&on).events, 0x3);
        TWO.set_enabled(&on, 0x2, false).unwrap();
        assert_eq!(on.0.stores(), [(8, 0)]);
    }

    #[test]
    fn a_write_only_enable_register_is_not_guessed() {
        let source = Source {
            enable: Some(Enable::Register {
                port: port(4),
                moves: SAME,
                readable: false,
                kept: u32::MAX,
                ones: 0,
            }),
            ..PAIR.sources[0]
        };
        let interrupt = Interrupt {
            sources: std::vec![source].leak(),
            ..PAIR
        };
        let on = Registers::of([0x3, 0, 0, 0], 0);
        assert_eq!(interrupt.set_enabled(&on, 0x1, true), Err(Unreadable));
        assert_eq!((interrupt.take(&on).events, on.stores()), (0x3, Vec::new()));
    }

    #[test]
    fn a_register_in_the_other_byte_order_is_swapped() {
        let on = Registers::of([0, 0x1122_3344, 0, 0], 0);
        assert_eq!(port(4).swapped().load(&on), 0x4433_2211);
        Port::of(4, 2).swapped().store(&on, 0x1234);
        Port::of(4, 1).swapped().store(&on, 0x12);
        assert_eq!(on.stores(), [(4, 0x3412), (4, 0x12)]);
    }

    #[test]
    fn bits_move_there_and_back() {
        let up = Move::by(0x0f, 4);
        assert_eq!((up.forth(0xff), up.back(0xf0)), (0xf0, 0x0f));
        let down = Move::by(0x8000_0000, -31);
        assert_eq!((down.forth(u32::MAX), down.back(1)), (1, 0x8000_0000));
        let nowhere = Move::by(1, 40);
        assert_eq!((nowhere.forth(1), nowhere.back(1)), (0, 0));
    }
}
