// SPDX-License-Identifier: MIT OR Apache-2.0

//! What UIO leaves to the program: `uio_pdrv_genirq` disables the line at each
//! interrupt, and knows nothing of the block that holds it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fd::OwnedFd;
use rustix::fs::{OFlags, fcntl_getfl};

use super::set;
use crate::device::Block;
use crate::open::map;
use crate::region::Region;
use crate::table::Interrupt;

/// The line of an interrupt, and the registers that it is known and silenced by.
#[derive(Debug)]
pub(super) struct Line {
    interrupt: &'static Interrupt,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The block, mapped once more: an interrupt outlives its device. None where
    /// the line alone tells.
    region: Option<Region>,
    /// The program has asked for it.
    held_back: bool,
    /// Acknowledged, and told to nobody yet.
    untold: u32,
}

impl Line {
    /// The line of a block `before` bytes into what UIO maps.
    pub(super) fn of<D: Block>(file: &OwnedFd, before: usize) -> io::Result<Self> {
        if fcntl_getfl(file)? & OFlags::RWMODE == OFlags::RDONLY {
            return Err(for_reading_alone());
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
            held_back: false,
            untold: 0,
        };
        Line {
            interrupt,
            state: Mutex::new(state),
        }
    }

    /// Lets the line through for the first time; what was pending before goes with
    /// the next event, as the driver has it.
    pub(super) fn begin(&self, file: &OwnedFd) -> io::Result<()> {
        let mut state = self.state();
        state.untold = self.acknowledged(&state);
        set(file, true)
    }

    /// The events of an interrupt that UIO told of, acknowledged; the line is let
    /// through again, if it is silent by that.
    pub(super) fn take(&self, file: &OwnedFd) -> io::Result<u32> {
        let mut state = self.state();
        let events = state.untold | self.acknowledged(&state);
        state.untold = 0;
        if self.interrupt.passes && !state.held_back {
            set(file, true)?;
        }
        Ok(events)
    }

    /// Holds the line back, or lets it through.
    pub(super) fn hold_back(&self, file: &OwnedFd, on: bool) -> io::Result<()> {
        let mut state = self.state();
        state.held_back = on;
        set(file, !on)
    }

    fn acknowledged(&self, state: &State) -> u32 {
        let region = state.region.as_ref();
        region.map_or(0, |region| self.interrupt.take(region))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whatever a panic elsewhere left, it is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn for_reading_alone() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "through UIO it is the program that acknowledges an interrupt: open the device for \
         writing too (`open`)",
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

    /// Acknowledged by a register of its own.
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

    /// It stays until its cause is gone.
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

    /// UIO's file, and what it was told.
    fn file() -> (OwnedFd, impl Fn() -> Vec<u32>) {
        let (file, told) = UnixStream::pair().unwrap();
        told.set_nonblocking(true).unwrap();
        let told = move || {
            let mut words = Vec::new();
            let mut word = [0; 4];
            while rustix::io::read(&told, &mut word) == Ok(4) {
                words.push(u32::from_ne_bytes(word));
            }
            words
        };
        (file.into(), told)
    }

    #[test]
    fn an_event_is_acknowledged_and_the_line_let_through() {
        let (line, (file, told)) = (line(&EVENT), file());
        happen(&line, 0x5);
        assert_eq!(line.take(&file).unwrap(), 0x5);
        assert_eq!(cleared(&line), Some(0x5));
        assert_eq!(told(), [1]);
    }

    #[test]
    fn what_is_not_enabled_or_not_its_own_is_left_alone() {
        let (line, (file, _told)) = (line(&EVENT), file());
        happen(&line, 0x1f0);
        assert_eq!(line.take(&file).unwrap(), 0);
        assert_eq!(cleared(&line), Some(0));
    }

    #[test]
    fn a_level_is_told_and_stays_held_back() {
        let (line, (file, told)) = (line(&LEVEL), file());
        happen(&line, 0x2);
        assert_eq!(line.take(&file).unwrap(), 0x2);
        assert_eq!((cleared(&line), told()), (Some(0), Vec::new()));
        line.hold_back(&file, false).unwrap();
        assert_eq!(told(), [1]);
    }

    #[test]
    fn what_the_program_holds_back_stays_so() {
        let (line, (file, told)) = (line(&EVENT), file());
        line.hold_back(&file, true).unwrap();
        happen(&line, 0x1);
        assert_eq!(line.take(&file).unwrap(), 0x1);
        assert_eq!(told(), [0]);
    }

    #[test]
    fn what_was_pending_before_goes_with_the_next_event() {
        let (line, (file, told)) = (line(&EVENT), file());
        happen(&line, 0x1);
        line.begin(&file).unwrap();
        assert_eq!((cleared(&line), told()), (Some(0x1), [1].into()));
        happen(&line, 0x4);
        assert_eq!(line.take(&file).unwrap(), 0x5);
        happen(&line, 0x8);
        assert_eq!(line.take(&file).unwrap(), 0x8);
    }

    #[test]
    fn an_edge_is_looked_for_until_nothing_is_left() {
        static EDGE: Interrupt = Interrupt { looks: 16, ..EVENT };
        // Nothing here clears the status: it ends all the same.
        let (line, (file, _told)) = (line(&EDGE), file());
        happen(&line, 0x3);
        assert_eq!(line.take(&file).unwrap(), 0x3);
    }

    #[test]
    fn what_may_only_be_read_cannot_acknowledge() {
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
