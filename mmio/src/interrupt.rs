// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waiting for a device's interrupts.

mod ready;
mod uio;

use core::time::Duration;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Instant;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};

use self::uio::{Line, set};
use crate::block::{Block, Interrupts};
use crate::bus::{Bus, Pointer, Reach};
use crate::device::{Device, Node};
use crate::open::own_file;

impl<D: Block, B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>> Device<D, B> {
    /// The interrupt of the block; of several, the first.
    ///
    /// It is reported through the device's own file. If two wait for it at a time,
    /// only one of them receives the event. With
    /// [`interrupt_of`](Device::interrupt_of) each has a file of its own.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] when the device was not opened by its node.
    /// Also when it is a UIO device that was opened for reading only: through UIO
    /// the program acknowledges interrupts.
    pub fn interrupt(&self) -> io::Result<Interrupt> {
        let node = self.node().ok_or(io::ErrorKind::Unsupported)?;
        Interrupt::of::<D>(node.try_clone()?)
    }

    /// An interrupt by its name, reported through a file of its own. Earlier events
    /// are not reported. Events that others receive are reported nevertheless.
    ///
    /// The file is opened through `/proc/self/fd`, however the device was opened.
    /// UIO reports only the first interrupt of a block, through the device's own
    /// file.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] when the device was not opened by its node,
    /// or is a UIO device and this is not its first interrupt. The system's error
    /// where there is no `/proc`, or where this process may not open the node and
    /// uses a descriptor that was passed to it; [`interrupt`](Device::interrupt)
    /// works there. `ENODEV` (errno 19) when the device was removed.
    pub fn interrupt_of<I: Interrupts<Block = D>>(&self, which: I) -> io::Result<Interrupt> {
        let node = match self.node().ok_or(io::ErrorKind::Unsupported)? {
            Node::Driver(file) => Node::Driver(own_file::for_interrupt(file, which.index())?),
            Node::Uio { .. } if which.index() > 0 => return Err(not_by_uio(which)),
            uio @ Node::Uio { .. } => uio.try_clone()?,
        };
        Interrupt::of::<D>(node)
    }
}

fn not_by_uio<I: Interrupts>(which: I) -> io::Error {
    let name = |index: usize| I::NAMES.get(index).copied().unwrap_or("?");
    let message = std::format!(
        "UIO reports only the first interrupt of {} ({}), not {}; the generated driver reports \
         each of them",
        I::Block::NAME,
        name(0),
        name(which.index())
    );
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// An interrupt of an open device.
///
/// Its descriptor ([`AsFd`], [`AsRawFd`]) is readable when the interrupt has
/// occurred, for `poll`, `epoll` and asynchronous runtimes. The descriptor stays
/// the same, and open, as long as this value lives. It does not borrow the device,
/// and may move to another thread or task.
#[derive(Debug)]
pub struct Interrupt {
    node: Node,
    /// The part that UIO leaves to the program.
    line: Option<Line>,
}

/// An occurrence of an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// How often the interrupt has occurred since the driver was bound, modulo
    /// 2^32. Through UIO, all occurrences until a wait count once.
    pub count: u32,
    /// The bits of the status register that the driver has acknowledged or masked,
    /// and that were not reported before. Through UIO, the bits that this wait has
    /// acknowledged.
    pub bits: u32,
}

impl Interrupt {
    /// The interrupt that an open node reports.
    fn of<D: Block>(node: Node) -> io::Result<Self> {
        let line = match &node {
            Node::Driver(_) => None,
            Node::Uio { file, before } => Some(Line::of::<D>(file, *before)?),
        };
        let interrupt = Interrupt { node, line };
        interrupt.begin()?;
        Ok(interrupt)
    }

    /// Enables the line, which an earlier user of the UIO device may have left
    /// disabled. If an interrupt has occurred since the device was opened, a wait
    /// enables it.
    fn begin(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => {
                ready::uio_must_report(self.file())?;
                match ready::is_ready(self.file(), Some(Duration::ZERO))? {
                    false => line.begin(self.file()),
                    true => Ok(()),
                }
            }
            None => Ok(()),
        }
    }

    /// Waits until the interrupt has occurred since the last wait; `None` when the
    /// timeout expires first. Without a timeout it waits indefinitely; with a
    /// timeout of zero it does not wait.
    ///
    /// # Errors
    /// The system's error. `ENODEV` (errno 19) when the device was removed, through
    /// UIO `EIO` (errno 5). [`io::ErrorKind::Interrupted`] when a signal arrives
    /// first; then no event was taken, and the program may wait again. With a
    /// timeout of zero no signal interrupts it.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event>> {
        let started = Instant::now();
        loop {
            let left = timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
            if !ready::is_ready(self.file(), left)? {
                return Ok(None);
            }
            match self.take() {
                // Another thread or process has taken it.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                taken => return taken.map(Some),
            }
        }
    }

    /// As [`wait`](Interrupt::wait), until a point in time. A wait that a signal has
    /// interrupted is continued by the same call.
    ///
    /// # Errors
    /// As [`wait`](Interrupt::wait).
    pub fn wait_until(&self, deadline: Instant) -> io::Result<Option<Event>> {
        self.wait(Some(deadline.saturating_duration_since(Instant::now())))
    }

    /// Takes an event. If there is none, it does not wait, unless the program has
    /// passed a descriptor that waits.
    fn take(&self) -> io::Result<Event> {
        let mut report = [0; 8];
        let expected = match self.line {
            None => 8,
            // UIO has only the count.
            Some(_) => 4,
        };
        if rustix::io::read(self.file(), &mut report[..expected])? != expected {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let bits = word([report[4], report[5], report[6], report[7]]);
        Ok(Event {
            count: word([report[0], report[1], report[2], report[3]]),
            bits: match &self.line {
                None => bits,
                Some(line) => line.take(self.file())?,
            },
        })
    }

    fn file(&self) -> &OwnedFd {
        self.node.file()
    }

    /// Enables the interrupt again after it was disabled: by
    /// [`disable`](Interrupt::disable), or by the driver because it stays active
    /// until the program has removed its cause.
    ///
    /// # Errors
    /// The system's error.
    pub fn enable(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => line.set_disabled(self.file(), false),
            None => set(self.file(), true),
        }
    }

    /// Disables the interrupt.
    ///
    /// # Errors
    /// The system's error.
    pub fn disable(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => line.set_disabled(self.file(), true),
            None => set(self.file(), false),
        }
    }
}

fn word(bytes: [u8; 4]) -> u32 {
    u32::from_ne_bytes(bytes)
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
    use crate::block::Root;
    use crate::place::Place;
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

    /// A device whose interrupts are reported by writing to a socket.
    fn device_on_a_socket(node: fn(OwnedFd) -> Node) -> (Device<Two>, OwnedFd) {
        let (read, write) = UnixStream::pair().unwrap();
        let region = Region::plain_memory(Two::SIZE);
        let device = Device::of_node((region, node(read.into())));
        (device, write.into())
    }

    fn uio(file: OwnedFd) -> Node {
        Node::Uio { file, before: 0 }
    }

    #[test]
    fn a_time_that_is_over_is_not_waited_for() {
        let (device, socket) = device_on_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        let past = Instant::now();
        assert_eq!(interrupt.wait_until(past).unwrap(), None);
        report(&socket, &[7, 0x5]);
        assert!(interrupt.wait_until(past).unwrap().is_some());
        report(&socket, &[8, 0x5]);
        assert!(interrupt.wait(Some(Duration::MAX)).unwrap().is_some());
    }

    fn report(socket: &OwnedFd, words: &[u32]) {
        let bytes: std::vec::Vec<_> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(rustix::io::write(socket, &bytes), Ok(bytes.len()));
    }

    #[test]
    fn what_the_driver_reports_is_an_event() {
        let (device, socket) = device_on_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        assert_eq!(interrupt.wait(Some(Duration::ZERO)).unwrap(), None);
        report(&socket, &[7, 0x5]);
        let event = Event {
            count: 7,
            bits: 0x5,
        };
        assert_eq!(interrupt.wait(None).unwrap(), Some(event));
        let moment = Duration::from_millis(2);
        assert_eq!(interrupt.wait(Some(moment)).unwrap(), None);
    }

    #[test]
    fn an_interrupt_can_be_waited_for_without_the_device() {
        let (device, socket) = device_on_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        let waiting = thread::spawn(move || interrupt.wait(None));
        drop(device);
        report(&socket, &[1, 0]);
        let event = waiting.join().unwrap().unwrap();
        assert_eq!(event.map(|event| event.count), Some(1));
    }

    #[test]
    fn uio_reports_a_count_without_bits() {
        let (device, socket) = device_on_a_socket(uio);
        report(&socket, &[3]);
        let first = device.interrupt_of(Which::Done).unwrap();
        let event = Event { count: 3, bits: 0 };
        assert_eq!(first.wait(None).unwrap(), Some(event));
    }

    #[test]
    fn through_uio_all_but_the_first_are_refused() {
        let (device, _socket) = device_on_a_socket(uio);
        let refused = device.interrupt_of(Which::Overflow).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
        assert_eq!(
            refused.to_string(),
            "UIO reports only the first interrupt of two (done), not overflow; the generated driver \
             reports each of them"
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
        let (device, _socket) = device_on_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        assert_eq!(interrupt.as_fd().as_raw_fd(), interrupt.as_raw_fd());
    }
}
