// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waiting for a device's interrupts.

mod driver;
mod ready;
mod uio;

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Instant;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};

use self::uio::Line;
use crate::access::Update;
use crate::block::{Block, InterruptOf, Interrupts};
use crate::bus::{Bus, On, Pointer, Reach};
use crate::device::{Device, Node};
use crate::events::{AnyLine, Event, Events, InterruptLine};
use crate::handling::{Change, must_be_switchable};
use crate::open::own_file;
use crate::register::Reg;
use crate::table;
use crate::update::{self, Named};
use crate::value::Register;
use crate::waits::Waits;

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
    pub fn interrupt(&self) -> io::Result<Interrupt<D::First>>
    where
        D: Interrupts,
    {
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
    pub fn interrupt_of<L: InterruptOf<D>>(&self, _which: L) -> io::Result<Interrupt<L>>
    where
        D: Interrupts,
    {
        let node = match self.node().ok_or(io::ErrorKind::Unsupported)? {
            Node::Driver(file) => Node::Driver(own_file::for_interrupt(file, L::INDEX)?),
            Node::Uio { .. } if L::INDEX > 0 => return Err(not_by_uio::<D, L>()),
            uio @ Node::Uio { .. } => uio.try_clone()?,
        };
        Interrupt::of::<D>(node)
    }
}

fn not_by_uio<D: Interrupts, L: InterruptLine>() -> io::Error {
    let message = std::format!(
        "UIO reports only the first interrupt of {} ({}), not {}; the generated driver reports \
         each of them",
        D::NAME,
        D::First::NAME,
        L::NAME
    );
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// An interrupt of an open device.
///
/// Its descriptor ([`AsFd`], [`AsRawFd`]) is readable when the interrupt has
/// occurred, for `poll`, `epoll` and asynchronous runtimes. The descriptor stays
/// the same, and open, as long as this value lives. It does not borrow the device,
/// and may move to another thread or task.
///
/// `L` is the type of the interrupt in the generated crate, which has its events.
pub struct Interrupt<L = AnyLine> {
    node: Node,
    /// The part that UIO leaves to the program.
    line: Option<Line>,
    table: &'static table::Interrupt,
    named: PhantomData<fn() -> L>,
}

impl<L> Interrupt<L> {
    /// The interrupt that an open node reports.
    fn of<D: Interrupts>(node: Node) -> io::Result<Self>
    where
        L: InterruptOf<D>,
    {
        let line = match &node {
            Node::Driver(_) => None,
            Node::Uio { file, before } => {
                let line = Line::of(&L::TABLE, D::TABLES, file, D::SIZE, *before)?;
                Some(line)
            }
        };
        let interrupt = Interrupt {
            node,
            line,
            table: &L::TABLE,
            named: PhantomData,
        };
        interrupt.begin()?;
        Ok(interrupt)
    }

    /// The same interrupt, whose events have no names: to keep interrupts of
    /// different types together.
    #[must_use]
    pub fn untyped(self) -> Interrupt {
        let Interrupt {
            node, line, table, ..
        } = self;
        Interrupt {
            node,
            line,
            table,
            named: PhantomData,
        }
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
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event<L>>> {
        let started = Instant::now();
        if let Some(left) = self.left()? {
            return Ok(Some(left));
        }
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
    pub fn wait_until(&self, deadline: Instant) -> io::Result<Option<Event<L>>> {
        self.wait(Some(deadline.saturating_duration_since(Instant::now())))
    }

    /// What an earlier wait has left pending: through UIO, where an edge's line may
    /// be still active and no enable bit makes another edge.
    fn left(&self) -> io::Result<Option<Event<L>>> {
        match &self.line {
            Some(line) => Ok(line.left(self.file())?.map(event)),
            None => Ok(None),
        }
    }

    /// Takes an event. If there is none, it does not wait, unless the program has
    /// passed a descriptor that waits.
    fn take(&self) -> io::Result<Event<L>> {
        let mut report = [0; 8];
        let expected = match self.line {
            None => 8,
            // UIO has only the count.
            Some(_) => 4,
        };
        if rustix::io::read(self.file(), &mut report[..expected])? != expected {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let [count, bits] = [0, 4].map(|at| word(&report, at));
        let bits = match &self.line {
            None => bits,
            Some(line) => line.take(self.file(), count)?,
        };
        Ok(event((count, bits)))
    }

    /// Disables the interrupt until [`unmask`](Interrupt::unmask): the enable bits of
    /// its events are cleared, and set again then. Through UIO, and where there are
    /// no enable bits, the line is disabled.
    ///
    /// # Errors
    /// The system's error. [`io::ErrorKind::PermissionDenied`] when the device was
    /// opened for reading only.
    pub fn mask(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => line.set_masked(self.file(), true),
            None => driver::set_masked(self.file(), true),
        }
    }

    /// Enables the interrupt again after it was disabled: by
    /// [`mask`](Interrupt::mask), or by the driver because it stays active until the
    /// program has removed its cause. Events that were
    /// [disabled](Interrupt::disable) stay disabled.
    ///
    /// # Errors
    /// As [`mask`](Interrupt::mask).
    pub fn unmask(&self) -> io::Result<()> {
        match &self.line {
            Some(line) => line.set_masked(self.file(), false),
            None => driver::set_masked(self.file(), false),
        }
    }

    /// Changes a register that the driver writes too, without a race: one that has
    /// enable bits, or events beside plain bits. For other registers, `update` of their
    /// handle does the same with less.
    ///
    /// `register` gets the registers of the block, as names, and returns one of them.
    /// `change` receives what it holds, as in [`Reg::update`]. The plain bits that it
    /// changes are changed under the driver's lock; all others keep what the driver or
    /// another program has written meanwhile. Bits that act on a write do not act.
    /// Enable bits that it changes are enabled or disabled as by
    /// [`enable`](Interrupt::enable) and [`disable`](Interrupt::disable).
    ///
    /// ```ignore
    /// irq.update(|regs| regs.timer_t0().tcsr(), |tcsr| tcsr.with_ent(true))?;
    /// ```
    ///
    /// Through UIO this process does it, under the lock of this crate.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] where the driver does not write the register, or
    /// no window lets programs write it; otherwise as [`mask`](Interrupt::mask).
    pub fn update<D: Interrupts, R: Register, A: Update>(
        &self,
        register: impl FnOnce(D::Registers<'static, On<Named>>) -> Reg<'static, R, A, On<Named>>,
        change: impl FnOnce(R::Value) -> R::Written,
    ) -> io::Result<()>
    where
        L: InterruptOf<D>,
    {
        let bits = |at, clear, set| self.update_bits(at, clear, set);
        update::update::<D, R, A>(bits, register, change)
    }

    /// As [`update`](Interrupt::update), for a register by its offset: clears bits and
    /// sets others, and returns what the register held before. Without bits it only
    /// reads.
    ///
    /// # Errors
    /// As [`update`](Interrupt::update); also where one of the bits does not keep what
    /// is written.
    pub fn update_bits(&self, at: usize, clear: u32, set: u32) -> io::Result<u32> {
        let change = Change { at, clear, set };
        match &self.line {
            Some(line) => line.update(change),
            None => driver::update(self.file(), change),
        }
    }

    fn file(&self) -> &OwnedFd {
        self.node.file()
    }
}

impl<L: InterruptLine> Interrupt<L> {
    /// Enables events: sets their bits in the enable registers.
    ///
    /// The driver does this under the lock under which it handles interrupts itself.
    /// Through UIO this process does it, under a lock of this crate: another process,
    /// or a write of the same register by its handle, may come in between, and then
    /// one of the changes is lost.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] where an event has no enable bit, or through
    /// UIO an enable register that cannot be read. Otherwise as
    /// [`mask`](Interrupt::mask).
    pub fn enable(&self, events: Events<L>) -> io::Result<()> {
        self.set_enabled(events, true)
    }

    /// Disables events: clears their bits in the enable registers. They stay disabled
    /// until they are enabled again.
    ///
    /// # Errors
    /// As [`enable`](Interrupt::enable).
    pub fn disable(&self, events: Events<L>) -> io::Result<()> {
        self.set_enabled(events, false)
    }

    fn set_enabled(&self, events: Events<L>, to: bool) -> io::Result<()> {
        must_be_switchable(self.table, events)?;
        match &self.line {
            Some(line) => line.set_enabled(events.bits(), to),
            None => driver::set_enabled(self.file(), events.bits(), to),
        }
    }
}

fn event<L>((count, bits): (u32, u32)) -> Event<L> {
    Event {
        count,
        events: Events::from_bits(bits),
    }
}

/// The word at this offset of a report.
fn word(report: &[u8; 8], at: usize) -> u32 {
    let mut bytes = [0; 4];
    for (byte, reported) in bytes.iter_mut().zip(report.iter().skip(at)) {
        *byte = *reported;
    }
    u32::from_ne_bytes(bytes)
}

impl<L: InterruptLine> Waits<L> for Interrupt<L> {
    fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event<L>>> {
        Interrupt::wait(self, timeout)
    }

    fn enable(&self, events: Events<L>) -> io::Result<()> {
        Interrupt::enable(self, events)
    }

    fn disable(&self, events: Events<L>) -> io::Result<()> {
        Interrupt::disable(self, events)
    }

    fn mask(&self) -> io::Result<()> {
        Interrupt::mask(self)
    }

    fn unmask(&self) -> io::Result<()> {
        Interrupt::unmask(self)
    }

    fn update_bits(&self, at: usize, clear: u32, set: u32) -> io::Result<u32> {
        Interrupt::update_bits(self, at, clear, set)
    }
}

impl<L: InterruptLine> fmt::Debug for Interrupt<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", L::NAME, self.node)
    }
}

impl<L> AsFd for Interrupt<L> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file().as_fd()
    }
}

impl<L> AsRawFd for Interrupt<L> {
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

    impl Interrupts for Two {
        type First = Done;
        const TABLES: &'static [table::Interrupt] = &[Done::TABLE, Overflow::TABLE];
    }

    #[derive(Debug)]
    struct Done;

    impl Done {
        const EMPTY: Events<Self> = Events::from_bits(0x1);
        const FULL: Events<Self> = Events::from_bits(0x4);
    }

    impl InterruptLine for Done {
        const NAME: &'static str = "done";
        const EVENTS: &'static [table::Event] = &[table::Event::of("EMPTY", 0x1)];
    }

    impl InterruptOf<Two> for Done {
        const INDEX: usize = 0;
        const TABLE: table::Interrupt = table::Interrupt::LINE;
    }

    #[derive(Debug)]
    struct Overflow;

    impl InterruptLine for Overflow {
        const NAME: &'static str = "overflow";
        const EVENTS: &'static [table::Event] = &[];
    }

    impl InterruptOf<Two> for Overflow {
        const INDEX: usize = 1;
        const TABLE: table::Interrupt = table::Interrupt::LINE;
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
            events: Done::EMPTY | Done::FULL,
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
        let first = device.interrupt_of(Done).unwrap();
        let event = Event {
            count: 3,
            events: Events::NONE,
        };
        assert_eq!(first.wait(None).unwrap(), Some(event));
    }

    #[test]
    fn through_uio_all_but_the_first_are_refused() {
        let (device, _socket) = device_on_a_socket(uio);
        let refused = device.interrupt_of(Overflow).unwrap_err();
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
        let kinds = [device.interrupt(), device.interrupt_of(Done)]
            .map(|refused| refused.unwrap_err().kind());
        assert_eq!(kinds, [io::ErrorKind::Unsupported; 2]);
    }

    #[test]
    fn its_descriptor_is_the_same_by_both_names() {
        let (device, _socket) = device_on_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        assert_eq!(interrupt.as_fd().as_raw_fd(), interrupt.as_raw_fd());
    }

    #[test]
    fn an_event_without_an_enable_bit_is_refused_by_name() {
        let (device, _socket) = device_on_a_socket(Node::Driver);
        let interrupt = device.interrupt().unwrap();
        let refused = interrupt.enable(Done::EMPTY | Done::FULL).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
        assert_eq!(refused.to_string(), "done: no register enables EMPTY | 0x4");
    }

    #[test]
    fn interrupts_of_different_types_are_kept_together() {
        let (device, socket) = device_on_a_socket(Node::Driver);
        let untyped = device.interrupt().unwrap().untyped();
        let all: [Interrupt; 1] = [untyped];
        report(&socket, &[1, 0x1]);
        let event = all[0].wait(None).unwrap().unwrap();
        assert_eq!((event.events.bits(), event.count), (0x1, 1));
    }
}
