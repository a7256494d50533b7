// SPDX-License-Identifier: MIT OR Apache-2.0

//! The part of an interrupt that UIO leaves to the program: `uio_pdrv_genirq`
//! disables the line at each interrupt, and does not access the block that raises
//! it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fd::OwnedFd;
use rustix::fs::{OFlags, fcntl_getfl};

use crate::block::Block;
use crate::open::map;
use crate::region::Region;
use crate::table::Interrupt;

/// The line of an interrupt, and the registers to identify and acknowledge it.
#[derive(Debug)]
pub(super) struct Line {
    interrupt: &'static Interrupt,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The block, mapped once more, because an interrupt may outlive its device.
    /// None where there is no status register.
    region: Option<Region>,
    /// The program has disabled the interrupt.
    disabled: bool,
    /// Events that were acknowledged, and not reported yet.
    unreported: u32,
}

impl Line {
    /// The line of a block that is `before` bytes into what UIO maps.
    pub(super) fn of<D: Block>(file: &OwnedFd, before: usize) -> io::Result<Self> {
        if fcntl_getfl(file)? & OFlags::RWMODE == OFlags::RDONLY {
            return Err(opened_for_reading());
        }
        let region = match D::INTERRUPT.status {
            Some(_) => Some(map::again(file, D::SIZE, before)?),
            None => None,
        };
        Ok(Line::known_by(&D::INTERRUPT, region))
    }

    fn known_by(interrupt: &'static Interrupt, region: Option<Region>) -> Self {
        let state = State {
            region,
            disabled: false,
            unreported: 0,
        };
        Line {
            interrupt,
            state: Mutex::new(state),
        }
    }

    /// Enables the line for the first time. Events that were pending before are
    /// reported with the next one, as the driver does.
    pub(super) fn begin(&self, file: &OwnedFd) -> io::Result<()> {
        let mut state = self.state();
        state.unreported = self.acknowledged(&state);
        set(file, true)
    }

    /// Acknowledges the events of an interrupt that UIO reported, and returns them.
    /// The line is enabled again if that makes it inactive.
    pub(super) fn take(&self, file: &OwnedFd) -> io::Result<u32> {
        let mut state = self.state();
        let events = state.unreported | self.acknowledged(&state);
        state.unreported = 0;
        if self.interrupt.passes && !state.disabled {
            set(file, true)?;
        }
        Ok(events)
    }

    /// Disables the line, or enables it.
    pub(super) fn set_disabled(&self, file: &OwnedFd, on: bool) -> io::Result<()> {
        let mut state = self.state();
        state.disabled = on;
        set(file, !on)
    }

    fn acknowledged(&self, state: &State) -> u32 {
        let region = state.region.as_ref();
        region.map_or(0, |region| self.interrupt.take(region))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent even after a panic elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Enables or disables the line; the driver accepts the same words as UIO.
pub(super) fn set(file: &OwnedFd, on: bool) -> io::Result<()> {
    rustix::io::write(file, &u32::from(on).to_ne_bytes())?;
    Ok(())
}

fn opened_for_reading() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "through UIO the program acknowledges interrupts: open the device for writing too \
         (`open`)",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::vec::Vec;

    use super::*;
    use crate::table::{Acknowledge, Port};

    const STATUS: usize = 0;
    const ENABLE: usize = 4;
    const CLEAR: usize = 8;

    /// Acknowledged by a separate register.
    static EVENT: Interrupt = Interrupt {
        status: Some(Port::of(STATUS, 4)),
        events: 0xff,
        enable: Some(Port::of(ENABLE, 4)),
        acknowledge: Some(Acknowledge {
            port: Port::of(CLEAR, 4),
            ones: 0xff,
            zeros: 0,
            kept: 0,
        }),
        looks: 1,
        passes: true,
    };

    /// It stays active until its cause is gone.
    static LEVEL: Interrupt = Interrupt {
        acknowledge: None,
        passes: false,
        ..EVENT
    };

    fn line(interrupt: &'static Interrupt) -> Line {
        let region = Region::plain_memory(16);
        region.store(ENABLE, 0xf_u32).unwrap();
        Line::known_by(interrupt, Some(region))
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
        assert_eq!(line.take(&file).unwrap(), 0x5);
        assert_eq!(cleared(&line), Some(0x5));
        assert_eq!(written(), [1]);
    }

    #[test]
    fn other_events_and_disabled_ones_are_not_acknowledged() {
        let (line, (file, _written)) = (line(&EVENT), file());
        happen(&line, 0x1f0);
        assert_eq!(line.take(&file).unwrap(), 0);
        assert_eq!(cleared(&line), Some(0));
    }

    #[test]
    fn a_level_is_reported_and_stays_disabled() {
        let (line, (file, written)) = (line(&LEVEL), file());
        happen(&line, 0x2);
        assert_eq!(line.take(&file).unwrap(), 0x2);
        assert_eq!((cleared(&line), written()), (Some(0), Vec::new()));
        line.set_disabled(&file, false).unwrap();
        assert_eq!(written(), [1]);
    }

    #[test]
    fn an_interrupt_that_the_program_disabled_stays_disabled() {
        let (line, (file, written)) = (line(&EVENT), file());
        line.set_disabled(&file, true).unwrap();
        happen(&line, 0x1);
        assert_eq!(line.take(&file).unwrap(), 0x1);
        assert_eq!(written(), [0]);
    }

    #[test]
    fn events_pending_before_are_reported_with_the_next_one() {
        let (line, (file, written)) = (line(&EVENT), file());
        happen(&line, 0x1);
        line.begin(&file).unwrap();
        assert_eq!((cleared(&line), written()), (Some(0x1), [1].into()));
        happen(&line, 0x4);
        assert_eq!(line.take(&file).unwrap(), 0x5);
        happen(&line, 0x8);
        assert_eq!(line.take(&file).unwrap(), 0x8);
    }

    #[test]
    fn an_edge_is_read_until_nothing_is_pending() {
        static EDGE: Interrupt = Interrupt { looks: 16, ..EVENT };
        // Nothing clears the status here: the number of reads is limited.
        let (line, (file, _written)) = (line(&EDGE), file());
        happen(&line, 0x3);
        assert_eq!(line.take(&file).unwrap(), 0x3);
    }

    #[test]
    fn a_device_for_reading_has_no_interrupts() {
        enum Scratch {}
        impl Block for Scratch {
            const NAME: &'static str = "scratch";
            const SIZE: usize = 16;
            const HASH: u64 = 0;
            const ITEMS: &'static [crate::table::Item] = &[];
            type Registers<'a, B: crate::Bus> = ();
            fn registers<B: crate::Bus>(_: crate::Root<'_, Self, B>) {}
        }
        let file = std::fs::File::open("/dev/null").unwrap().into();
        let refused = Line::of::<Scratch>(&file, 0).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
    }
}
