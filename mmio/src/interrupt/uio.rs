// SPDX-License-Identifier: MIT OR Apache-2.0

//! The part of an interrupt that UIO leaves to the program: `uio_pdrv_genirq`
//! disables the line at each interrupt, and does not access the block that raises
//! it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fd::OwnedFd;
use rustix::fs::{OFlags, fcntl_getfl};

use super::driver;
use crate::bus::Carrier;
use crate::handling::{Access, Change, Unreadable};
use crate::open::map;
use crate::region::Region;
use crate::table::Interrupt;

/// Held while the process acknowledges, or changes enable bits: several interrupts
/// may have registers in common, and one device may be opened several times.
static REGISTERS: Mutex<()> = Mutex::new(());

/// The line of an interrupt, and the registers to identify and acknowledge it.
#[derive(Debug)]
pub(super) struct Line {
    interrupt: &'static Interrupt,
    /// All interrupts of the block.
    tables: &'static [Interrupt],
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The block, mapped once more, because an interrupt may outlive its device.
    /// None where there is no status register at all.
    region: Option<Region>,
    /// The program has masked the interrupt.
    masked: bool,
    /// Events that were acknowledged, and not reported yet.
    unreported: u32,
    /// The line may be still active, and no enable bit makes another edge: the next
    /// wait looks at the status without waiting for UIO.
    look_again: bool,
    /// The count of the last report.
    count: u32,
}

/// The registers of a block through its mapping.
impl Access for Region {
    fn load(&self, at: usize, bytes: usize) -> u64 {
        Carrier::load(self, at, bytes)
    }

    fn store(&self, at: usize, bytes: usize, unit: u64) {
        Carrier::store(self, at, bytes, unit);
    }
}

impl Line {
    /// The line of a block of `size` bytes, `before` bytes into what UIO maps.
    pub(super) fn of(
        interrupt: &'static Interrupt,
        tables: &'static [Interrupt],
        file: &OwnedFd,
        size: usize,
        before: usize,
    ) -> io::Result<Self> {
        if fcntl_getfl(file)? & OFlags::RWMODE == OFlags::RDONLY {
            return Err(opened_for_reading());
        }
        let region = match tables.iter().all(|it| it.sources.is_empty()) {
            true => None,
            false => Some(map::again(file, size, before)?),
        };
        Ok(Line::known_by(interrupt, tables, region))
    }

    fn known_by(
        interrupt: &'static Interrupt,
        tables: &'static [Interrupt],
        region: Option<Region>,
    ) -> Self {
        let state = State {
            region,
            masked: false,
            unreported: 0,
            look_again: false,
            count: 0,
        };
        Line {
            interrupt,
            tables,
            state: Mutex::new(state),
        }
    }

    /// Enables the line for the first time. Events that were pending before are
    /// reported with the next one, as the driver does.
    pub(super) fn begin(&self, file: &OwnedFd) -> io::Result<()> {
        let mut state = self.state();
        state.unreported = self.acknowledge(&mut state);
        driver::set_masked(file, false)?;
        self.renew_edge(&mut state);
        Ok(())
    }

    /// Acknowledges the events of an interrupt that UIO reported with this count,
    /// and returns them. The line is enabled again if that makes it inactive.
    pub(super) fn take(&self, file: &OwnedFd, count: u32) -> io::Result<u32> {
        let mut state = self.state();
        state.count = count;
        let events = state.unreported | self.acknowledge(&mut state);
        state.unreported = 0;
        if self.interrupt.passes && !state.masked {
            driver::set_masked(file, false)?;
        }
        self.renew_edge(&mut state);
        Ok(events)
    }

    /// What is pending where the last wait has left a line that may be still active;
    /// with the count of the last report.
    pub(super) fn left(&self, file: &OwnedFd) -> io::Result<Option<(u32, u32)>> {
        let count = {
            let state = self.state();
            if !state.look_again || state.masked {
                return Ok(None);
            }
            state.count
        };
        let events = self.take(file, count)?;
        Ok((events != 0).then_some((count, events)))
    }

    /// Disables the line, or enables it.
    pub(super) fn set_masked(&self, file: &OwnedFd, masked: bool) -> io::Result<()> {
        let mut state = self.state();
        state.masked = masked;
        driver::set_masked(file, masked)
    }

    /// Sets or clears the enable bits of these events.
    pub(super) fn set_enabled(&self, events: u32, to: bool) -> io::Result<()> {
        let state = self.state();
        let Some(region) = &state.region else {
            return Ok(());
        };
        let _registers = lock(&REGISTERS);
        let done = self.interrupt.set_enabled(region, events, to);
        done.map_err(|Unreadable| not_readable())
    }

    /// Changes plain bits of a register that this crate writes too, and returns what
    /// it held.
    pub(super) fn update(&self, change: Change) -> io::Result<u32> {
        let state = self.state();
        let region = state.region.as_ref().ok_or_else(|| change.refused())?;
        let _registers = lock(&REGISTERS);
        let done = change.make(self.tables, region);
        done.map_err(|_| change.refused())
    }

    fn acknowledge(&self, state: &mut State) -> u32 {
        let Some(region) = &state.region else {
            return 0;
        };
        let _registers = lock(&REGISTERS);
        let taken = self.interrupt.take(region);
        state.look_again = taken.may_be_active;
        taken.events
    }

    /// Has a line that may be still active signal again. It is enabled already: a
    /// controller may forget what a disabled line signals.
    fn renew_edge(&self, state: &mut State) {
        if let Some(region) = state.region.as_ref().filter(|_| state.look_again) {
            let _registers = lock(&REGISTERS);
            state.look_again = !self.interrupt.renew_edge(region);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// What the locks protect is consistent even after a panic elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn opened_for_reading() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "through UIO the program acknowledges interrupts: open the device for writing too \
         (`open`)",
    )
}

fn not_readable() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "the enable register cannot be read, and without the driver nothing keeps what was \
         written to it: write the register itself",
    )
}

#[cfg(test)]
mod tests {
    use core::slice;
    use std::os::unix::net::UnixStream;
    use std::vec::Vec;

    use super::*;
    use crate::table::{Acknowledge, Enable, Move, Port, Source};

    const STATUS: usize = 0;
    const ENABLE: usize = 4;
    const CLEAR: usize = 8;

    const SAME: &[Move] = &[Move::by(0xff, 0)];

    /// Acknowledged by a separate register.
    const SOURCE: Source = Source {
        status: Port::of(STATUS, 4),
        bits: 0xff,
        reported: SAME,
        enable: Some(Enable::Register {
            port: Port::of(ENABLE, 4),
            moves: SAME,
            readable: true,
            kept: u32::MAX,
            ones: 0,
        }),
        acknowledge: Some(Acknowledge {
            port: Port::of(CLEAR, 4),
            moves: SAME,
            ones: 0xff,
            zeros: 0,
            kept: 0,
        }),
    };

    static EVENT: Interrupt = Interrupt {
        sources: &[SOURCE],
        is_edge: false,
        passes: true,
    };

    /// It stays active until its cause is gone.
    static LEVEL: Interrupt = Interrupt {
        sources: &[Source {
            acknowledge: None,
            ..SOURCE
        }],
        passes: false,
        ..EVENT
    };

    static EDGE: Interrupt = Interrupt {
        is_edge: true,
        ..EVENT
    };

    fn line(interrupt: &'static Interrupt) -> Line {
        let region = Region::plain_memory(16);
        region.store(ENABLE, 0xf_u32).unwrap();
        Line::known_by(interrupt, slice::from_ref(interrupt), Some(region))
    }

    fn happen(line: &Line, events: u32) {
        let state = line.state();
        let region = state.region.as_ref().unwrap();
        region.store(STATUS, events).unwrap();
        region.store(CLEAR, 0_u32).unwrap();
    }

    fn cleared(line: &Line) -> Option<u32> {
        line.state().region.as_ref().unwrap().load(CLEAR)
    }

    fn enabled(line: &Line) -> Option<u32> {
        line.state().region.as_ref().unwrap().load(ENABLE)
    }

    /// UIO's file, and the words that were written to it.
    fn file() -> (OwnedFd, impl Fn() -> Vec<u32>) {
        let (file, read) = UnixStream::pair().unwrap();
        read.set_nonblocking(true).unwrap();
        let written = move || {
            let mut words = Vec::new();
            let mut word = [0; 4];
            while rustix::io::read(&read, &mut word) == Ok(4) {
                words.push(u32::from_ne_bytes(word));
            }
            words
        };
        (file.into(), written)
    }

    #[test]
    fn an_event_is_acknowledged_and_the_line_enabled() {
        let (line, (file, written)) = (line(&EVENT), file());
        happen(&line, 0x5);
        assert_eq!(line.take(&file, 1).unwrap(), 0x5);
        assert_eq!(cleared(&line), Some(0x5));
        assert_eq!(written(), [1]);
    }

    #[test]
    fn other_events_and_disabled_ones_are_not_acknowledged() {
        let (line, (file, _written)) = (line(&EVENT), file());
        happen(&line, 0x1f0);
        assert_eq!(line.take(&file, 1).unwrap(), 0);
        assert_eq!(cleared(&line), Some(0));
    }

    #[test]
    fn a_level_is_reported_and_stays_disabled() {
        let (line, (file, written)) = (line(&LEVEL), file());
        happen(&line, 0x2);
        assert_eq!(line.take(&file, 1).unwrap(), 0x2);
        assert_eq!((cleared(&line), written()), (Some(0), Vec::new()));
        line.set_masked(&file, false).unwrap();
        assert_eq!(written(), [1]);
    }

    #[test]
    fn an_interrupt_that_the_program_masked_stays_masked() {
        let (line, (file, written)) = (line(&EVENT), file());
        line.set_masked(&file, true).unwrap();
        happen(&line, 0x1);
        assert_eq!(line.take(&file, 1).unwrap(), 0x1);
        assert_eq!(written(), [0]);
    }

    #[test]
    fn events_pending_before_are_reported_with_the_next_one() {
        let (line, (file, written)) = (line(&EVENT), file());
        happen(&line, 0x1);
        line.begin(&file).unwrap();
        assert_eq!((cleared(&line), written()), (Some(0x1), [1].into()));
        happen(&line, 0x4);
        assert_eq!(line.take(&file, 1).unwrap(), 0x5);
        happen(&line, 0x8);
        assert_eq!(line.take(&file, 1).unwrap(), 0x8);
    }

    #[test]
    fn an_edge_that_stays_pending_gets_another_edge() {
        // Nothing clears the status here: the number of reads is limited.
        let (line, (file, written)) = (line(&EDGE), file());
        happen(&line, 0x3);
        assert_eq!(line.take(&file, 1).unwrap(), 0x3);
        assert_eq!(enabled(&line), Some(0xf));
        assert_eq!((written(), line.left(&file).unwrap()), ([1].into(), None));
    }

    #[test]
    fn an_edge_without_enable_bits_is_looked_at_by_the_next_wait() {
        static UNSWITCHED: Interrupt = Interrupt {
            sources: &[Source {
                enable: None,
                ..SOURCE
            }],
            ..EDGE
        };
        let (line, (file, _written)) = (line(&UNSWITCHED), file());
        happen(&line, 0x3);
        assert_eq!(line.take(&file, 5).unwrap(), 0x3);
        assert_eq!(line.left(&file).unwrap(), Some((5, 0x3)));
        happen(&line, 0);
        assert_eq!(line.left(&file).unwrap(), None);
        happen(&line, 0x1);
        assert_eq!(line.left(&file).unwrap(), None);
    }

    #[test]
    fn events_are_enabled_and_disabled_in_the_register() {
        let (line, (_file, written)) = (line(&EVENT), file());
        line.set_enabled(0x30, true).unwrap();
        assert_eq!(enabled(&line), Some(0x3f));
        line.set_enabled(0x11, false).unwrap();
        assert_eq!((enabled(&line), written()), (Some(0x2e), Vec::new()));
    }

    #[test]
    fn plain_bits_are_updated_beside_the_enable_bits() {
        let (line, (_file, written)) = (line(&EVENT), file());
        let change = |at, clear, set| line.update(Change { at, clear, set });
        assert_eq!(change(ENABLE, 0x1, 0x300).unwrap(), 0xf);
        assert_eq!((enabled(&line), written()), (Some(0x30e), Vec::new()));
        for at in [STATUS, CLEAR, 12] {
            let refused = change(at, 0, 0).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        }
    }

    #[test]
    fn an_enable_register_that_cannot_be_read_is_left_to_the_program() {
        static UNREADABLE: Interrupt = Interrupt {
            sources: &[Source {
                enable: Some(Enable::Register {
                    port: Port::of(ENABLE, 4),
                    moves: SAME,
                    readable: false,
                    kept: u32::MAX,
                    ones: 0,
                }),
                ..SOURCE
            }],
            ..EVENT
        };
        let line = line(&UNREADABLE);
        let refused = line.set_enabled(0x1, true).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
        assert_eq!(enabled(&line), Some(0xf));
    }

    #[test]
    fn a_device_for_reading_has_no_interrupts() {
        let file = std::fs::File::open("/dev/null").unwrap().into();
        let refused = Line::of(&Interrupt::LINE, &[], &file, 16, 0).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
    }
}
