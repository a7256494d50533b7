// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waiting for a device's interrupts.

mod uio;

use core::time::Duration;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;

use self::uio::Line;
use crate::bus::{Bus, Pointer, Reach};
use crate::device::{Block, Device, Interrupts, Node};
use crate::open::own_file;

impl<D: Block, B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>> Device<D, B> {
    /// The interrupt that the block has, of several the first.
    ///
    /// It is heard through the device's own file: of two that wait at a time,
    /// one takes what the other waits for. By
    /// [`interrupt_of`](Device::interrupt_of) each has its own.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] when the device was not opened by its node,
    /// or is UIO's and was opened for reading alone: there it is the program that
    /// acknowledges.
    pub fn interrupt(&self) -> io::Result<Interrupt> {
        let node = self.node().ok_or(io::ErrorKind::Unsupported)?;
        Interrupt::of::<D>(node.try_clone()?)
    }

    /// An interrupt by its name, heard through a file of its own: what came
    /// before is not told, and what others take is told all the same.
    ///
    /// The file is opened through `/proc/self/fd`, whatever way the device's own
    /// came here. UIO tells of a block's first interrupt alone, through the
    /// device's own file.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] when the device was not opened by its node,
    /// or is UIO's and this is not its first interrupt. What the system answers
    /// where there is no `/proc`, or where this process may not open the node,
    /// and uses a descriptor that was passed to it: then
    /// [`interrupt`](Device::interrupt) is what is left. `ENODEV` (errno 19) when
    /// the device was taken away.
    pub fn interrupt_of<I: Interrupts<Block = D>>(&self, which: I) -> io::Result<Interrupt> {
        let node = match self.node().ok_or(io::ErrorKind::Unsupported)? {
            Node::Driver(file) => Node::Driver(own_file::hearing(file, which.index())?),
            Node::Uio { .. } if which.index() > 0 => return Err(not_by_uio(which)),
            uio @ Node::Uio { .. } => uio.try_clone()?,
        };
        Interrupt::of::<D>(node)
    }
}

fn not_by_uio<I: Interrupts>(which: I) -> io::Error {
    let name = |index: usize| I::NAMES.get(index).copied().unwrap_or("?");
    let told = std::format!(
        "UIO tells of the first interrupt of {} alone ({}), not of {}; the generated driver tells \
         of each",
        I::Block::NAME,
        name(0),
        name(which.index())
    );
    io::Error::new(io::ErrorKind::Unsupported, told)
}

/// An interrupt of an open device.
///
/// Its descriptor ([`AsFd`], [`AsRawFd`]) is readable when the interrupt has come,
/// for `poll`, `epoll` and asynchronous runtimes. As long as the interrupt lives,
/// that is one descriptor, and open. It does not borrow the device, and may go to
/// another thread or task.
#[derive(Debug)]
pub struct Interrupt {
    node: Node,
    /// What UIO leaves to the program.
    line: Option<Line>,
}

/// What an interrupt told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// How often the interrupt has come since the driver was bound, modulo 2^32.
    /// Through UIO, what comes until it is waited for has come once.
    pub count: u32,
    /// The bits of the status register that the driver has acknowledged or
    /// masked, and that no program has been told of before. Through UIO, those
    /// that this wait has acknowledged.
    pub bits: u32,
}

impl Interrupt {
    /// The interrupt that an open node tells of.
    fn of<D: Block>(node: Node) -> io::Result<Self> {
        let line = match &node {
            Node::Driver(_) => None,
            Node::Uio { file, before } => Some(Line::of::<D>(file, *before)?),
        };
        let interrupt = Interrupt { node, line };
        interrupt.begin()?;
        Ok(interrupt)
    }

    /// Lets the line through that whoever listened last through UIO may have left
    /// held back; what has come since the device was opened is seen to by a wait.
    fn begin(&self) -> io::Result<()> {
        match &self.line {
            Some(line) if !self.is_ready(Some(Duration::ZERO))? => line.begin(self.file()),
            _ => Ok(()),
        }
    }

    /// Waits until the interrupt has come since it was last waited for; `None`
    /// when the time is over first. Without a timeout it waits for ever; with one
    /// of zero it does not wait.
    ///
    /// # Errors
    /// What the system answers; `ENODEV` (errno 19) when the device was taken
    /// away, through UIO `EIO` (errno 5); [`io::ErrorKind::Interrupted`] by a
    /// signal.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event>> {
        let started = Instant::now();
        loop {
            let left = timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
            if !self.is_ready(left)? {
                return Ok(None);
            }
            match self.take() {
                // Another has been faster.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                taken => return taken.map(Some),
            }
        }
    }

    /// Whether there is something to take before the time is over.
    fn is_ready(&self, timeout: Option<Duration>) -> io::Result<bool> {
        let timeout = timeout.map(timespec).transpose()?;
        let mut polled = [PollFd::new(self.file(), PollFlags::IN)];
        Ok(poll(&mut polled, timeout.as_ref())? > 0)
    }

    /// Takes what came. If there is nothing, the device's own file waits for it,
    /// and an interrupt's own does not.
    fn take(&self) -> io::Result<Event> {
        let mut told = [0; 8];
        let expected = match self.line {
            None => 8,
            // UIO counts, and knows no status register.
            Some(_) => 4,
        };
        if rustix::io::read(self.file(), &mut told[..expected])? != expected {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let bits = word([told[4], told[5], told[6], told[7]]);
        Ok(Event {
            count: word([told[0], told[1], told[2], told[3]]),
            bits: match &self.line {
                None => bits,
                Some(line) => line.take(self.file())?,
            },
        })
    }

    fn file(&self) -> &OwnedFd {
        self.node.file()
    }

    /// Lets the interrupt through again after it was held back: by
    /// [`disable`](Interrupt::disable), or by the driver because it stays until
    /// the program has seen to its cause.
    ///
    /// # Errors
    /// What the system answers.
    pub fn enable(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => line.hold_back(self.file(), false),
            None => set(self.file(), true),
        }
    }

    /// Holds the interrupt back.
    ///
    /// # Errors
    /// What the system answers.
    pub fn disable(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => line.hold_back(self.file(), true),
            None => set(self.file(), false),
        }
    }
}

/// Lets the line through, or holds it back.
fn set(file: &OwnedFd, on: bool) -> io::Result<()> {
    rustix::io::write(file, &u32::from(on).to_ne_bytes())?;
    Ok(())
}

fn word(bytes: [u8; 4]) -> u32 {
    u32::from_ne_bytes(bytes)
}

fn timespec(timeout: Duration) -> Result<Timespec, Errno> {
    Timespec::try_from(timeout).map_err(|_| Errno::INVAL)
}

impl AsFd for Interrupt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file().as_fd()
    }
}

impl AsRawFd for Interrupt {
    fn as_raw_fd(&self) -> RawFd {
        self.file().as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::string::ToString;
    use std::thread;

    use super::*;
    use crate::place::{Place, Root};
    use crate::region::Region;
    use crate::table::Item;

    enum Two {}

    impl Block for Two {
        const NAME: &'static str = "two";
        const SIZE: usize = 0x1000;
        const HASH: u64 = 0;
        const ITEMS: &'static [Item] = &[];
        type Registers<'a, B: Bus> = Place<'a, 0x1000, 8, B>;
        fn registers<B: Bus>(root: Root<'_, Self, B>) -> Self::Registers<'_, B> {
            root.place()
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Which {
        Done,
        Overflow,
    }

    impl Interrupts for Which {
        type Block = Two;
        const NAMES: &'static [&'static str] = &["done", "overflow"];
        fn index(self) -> usize {
            self as usize
        }
    }

    /// A device that is told of interrupts by what is written to a socket.
    fn told_by_a_socket(node: fn(OwnedFd) -> Node) -> (Device<Two>, OwnedFd) {
        let (told, tells) = UnixStream::pair().unwrap();
        let region = Region::plain_memory(Two::SIZE);
        let device = Device::of_node((region, node(told.into())));
        (device, tells.into())
    }

    fn uio(file: OwnedFd) -> Node {
        Node::Uio { file, before: 0 }
    }

    fn tell(tells: &OwnedFd, words: &[u32]) {
        let bytes: std::vec::Vec<_> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(rustix::io::write(tells, &bytes), Ok(bytes.len()));
    }

    #[test]
    fn what_the_driver_tells_is_an_event() {
        let (device, tells) = told_by_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        assert_eq!(interrupt.wait(Some(Duration::ZERO)).unwrap(), None);
        tell(&tells, &[7, 0x5]);
        let event = Event {
            count: 7,
            bits: 0x5,
        };
        assert_eq!(interrupt.wait(None).unwrap(), Some(event));
        let moment = Duration::from_millis(2);
        assert_eq!(interrupt.wait(Some(moment)).unwrap(), None);
    }

    #[test]
    fn an_interrupt_is_waited_for_beside_the_device() {
        let (device, tells) = told_by_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        let waiting = thread::spawn(move || interrupt.wait(None));
        drop(device);
        tell(&tells, &[1, 0]);
        let event = waiting.join().unwrap().unwrap();
        assert_eq!(event.map(|event| event.count), Some(1));
    }

    #[test]
    fn uio_counts_and_tells_no_bits() {
        let (device, tells) = told_by_a_socket(uio);
        tell(&tells, &[3]);
        let first = device.interrupt_of(Which::Done).unwrap();
        let event = Event { count: 3, bits: 0 };
        assert_eq!(first.wait(None).unwrap(), Some(event));
    }

    #[test]
    fn uio_refuses_all_but_the_first() {
        let (device, _tells) = told_by_a_socket(uio);
        let refused = device.interrupt_of(Which::Overflow).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
        assert_eq!(
            refused.to_string(),
            "UIO tells of the first interrupt of two alone (done), not of overflow; the generated \
             driver tells of each"
        );
    }

    #[test]
    fn plain_memory_has_no_interrupts() {
        let device = Device::<Two>::on_memory();
        let kinds = [device.interrupt(), device.interrupt_of(Which::Done)]
            .map(|refused| refused.unwrap_err().kind());
        assert_eq!(kinds, [io::ErrorKind::Unsupported; 2]);
    }

    #[test]
    fn its_descriptor_is_the_same_by_both_names() {
        let (device, _tells) = told_by_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        assert_eq!(interrupt.as_fd().as_raw_fd(), interrupt.as_raw_fd());
    }
}
