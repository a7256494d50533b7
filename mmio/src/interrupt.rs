// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waiting for a device's interrupts.

use core::time::Duration;
use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;

use crate::bus::{Bus, Pointer, Reach};
use crate::device::{Block, Device, Node};

impl<D: Block, B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>> Device<D, B> {
    /// The interrupt that the block has, of several the first.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] when the device was not opened by its node.
    pub fn interrupt(&self) -> io::Result<Interrupt<'_>> {
        let node = self.node().ok_or(io::ErrorKind::Unsupported)?;
        Ok(Interrupt { node })
    }
}

/// An interrupt of an open device.
///
/// Its descriptor ([`AsFd`]) is readable when the interrupt has come, for `poll`,
/// `epoll` and asynchronous runtimes.
#[derive(Debug, Clone, Copy)]
pub struct Interrupt<'d> {
    node: &'d Node,
}

/// What an interrupt told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// How often the interrupt has come since the driver was bound, modulo 2^32.
    pub count: u32,
    /// The bits of the status register that the driver has acknowledged or
    /// masked, and that no program has been told of before; none through UIO,
    /// where the program acknowledges, and then lets the interrupt through again.
    pub bits: u32,
}

impl Interrupt<'_> {
    /// Waits until the interrupt has come since it was last waited for; `None`
    /// when the time is over first. Without a timeout it waits for ever.
    ///
    /// # Errors
    /// What the system answers; `ENODEV` (errno 19) when the device was taken
    /// away, [`io::ErrorKind::Interrupted`] by a signal.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event>> {
        let timeout = timeout.map(timespec).transpose()?;
        let mut polled = [PollFd::new(self.file(), PollFlags::IN)];
        match poll(&mut polled, timeout.as_ref())? {
            0 => Ok(None),
            _ => self.take().map(Some),
        }
    }

    /// Takes what came; waits for it if there is nothing yet.
    fn take(&self) -> io::Result<Event> {
        let mut told = [0; 8];
        let expected = match self.node {
            Node::Driver(_) => 8,
            // It counts, and knows no status register.
            Node::Uio(_) => 4,
        };
        if rustix::io::read(self.file(), &mut told[..expected])? != expected {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Event {
            count: word([told[0], told[1], told[2], told[3]]),
            bits: word([told[4], told[5], told[6], told[7]]),
        })
    }

    fn file(&self) -> &OwnedFd {
        match self.node {
            Node::Driver(file) | Node::Uio(file) => file,
        }
    }

    /// Lets the interrupt through again after it was held back: by
    /// [`disable`](Interrupt::disable), or by the driver because it stays until
    /// the program has seen to its cause.
    ///
    /// # Errors
    /// What the system answers.
    pub fn enable(&self) -> io::Result<()> {
        self.set(1)
    }

    /// Holds the interrupt back.
    ///
    /// # Errors
    /// What the system answers.
    pub fn disable(&self) -> io::Result<()> {
        self.set(0)
    }

    fn set(&self, on: u32) -> io::Result<()> {
        rustix::io::write(self.file(), &on.to_ne_bytes())?;
        Ok(())
    }
}

fn word(bytes: [u8; 4]) -> u32 {
    u32::from_ne_bytes(bytes)
}

fn timespec(timeout: Duration) -> Result<Timespec, Errno> {
    Timespec::try_from(timeout).map_err(|_| Errno::INVAL)
}

impl AsFd for Interrupt<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file().as_fd()
    }
}
