// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block whose interrupt software can raise, and the files that report it.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};
use rustix::fs::OFlags;
use rustix::io::{self, Errno};

use super::wire::Wire;
use crate::driver;
use crate::ioctls;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, must_be};
use crate::scenario::{Raise, Scenario, Write};
use crate::task::PATIENCE;

/// Bytes of the count, and of the count with the events behind it.
pub(crate) const COUNT: usize = 4;
pub(crate) const COUNT_AND_EVENTS: usize = 8;
/// What `poll` returns for an interrupt.
pub(crate) const READABLE: PollFlags = PollFlags::IN;

/// What `poll` returns when the device is gone.
pub(crate) const ENDED: PollFlags = PollFlags::ERR.union(PollFlags::HUP);

/// A block whose interrupt software can raise.
pub(crate) struct Source {
    node: String,
    raise: Raise,
    mapping: Mapping,
    /// The pin that interrupts, where it is one.
    wire: Option<Wire>,
}

impl Source {
    /// Prepares the block's interrupt.
    pub(crate) fn prepare(scenario: &Scenario) -> Checked<Self> {
        Self::prepare_on(scenario, &scenario.node)
    }

    /// Prepares the block's interrupt, through a node of any driver.
    pub(crate) fn prepare_on(scenario: &Scenario, node: &str) -> Checked<Self> {
        let source = Self::open(scenario, node)?;
        source.calm();
        Ok(source)
    }

    /// The block as it is.
    pub(crate) fn open(scenario: &Scenario, node: &str) -> Checked<Self> {
        let raise = scenario.raises.clone().ok_or("no way is known")?;
        let device = driver::open_node(node).context(node)?;
        let mapping = Request::whole(scenario.mappable)
            .map(&device)
            .context("mapping")?;
        let wire = raise.wire.as_ref().map(Wire::open).transpose()?;
        Ok(Self {
            node: node.to_owned(),
            raise,
            mapping,
            wire,
        })
    }

    /// Writes what makes the block quiet, and the interrupt possible.
    pub(crate) fn calm(&self) {
        self.write_all(&self.raise.prepare);
    }

    /// Whether the block has a level that no acknowledgement clears, and an enable register.
    pub(crate) fn has_storm(&self) -> bool {
        !self.raise.storm.is_empty()
    }

    /// Writes what makes that level.
    pub(crate) fn write_storm(&self) {
        self.write_all(&self.raise.storm);
    }

    /// Whether a pin that QEMU drives interrupts.
    pub(crate) fn has_wire(&self) -> bool {
        self.wire.is_some()
    }

    /// What the enable register holds.
    pub(crate) fn enabled(&self) -> u32 {
        self.mapping.read(self.raise.enable)
    }

    /// Bytes from the start of the block to the enable register.
    pub(crate) fn enable_register(&self) -> Checked<u32> {
        u32::try_from(self.raise.enable).context("offset of the enable register")
    }

    /// The registers that report and acknowledge.
    pub(crate) fn other_registers(&self) -> Checked<[u32; 2]> {
        let [status, acknowledge] = [self.raise.status, self.raise.acknowledge].map(u32::try_from);
        Ok([
            status.context("offset of the status")?,
            acknowledge.context("offset to acknowledge")?,
        ])
    }

    /// Whether registers of their own set and clear the enable bits.
    pub(crate) fn has_pair(&self) -> bool {
        self.raise.pair.is_some()
    }

    /// Has the enable register hold these bits.
    pub(crate) fn set_enabled(&self, bits: u32) {
        let Some((set, clear)) = self.raise.pair else {
            self.mapping.write(self.raise.enable, bits);
            return;
        };
        self.mapping.write(clear, !bits);
        self.mapping.write(set, bits);
    }

    /// The interrupt's bits in the status register.
    pub(crate) fn events(&self) -> u32 {
        self.raise.events
    }

    /// Raises the interrupt, and waits until the driver has acknowledged it.
    pub(crate) fn raise(&self) -> Checked {
        self.write_raise()?;
        let started = Instant::now();
        while self.mapping.read(self.raise.status) & self.raise.events != 0 {
            if started.elapsed() > PATIENCE {
                return Err(format!("not acknowledged after {PATIENCE:?}"));
            }
        }
        Ok(())
    }

    /// Does what raises the interrupt, and does not wait for it.
    pub(crate) fn write_raise(&self) -> Checked {
        self.write_all(&self.raise.raise);
        self.wire
            .as_ref()
            .map_or(Ok(()), |wire| wire.pulse(&self.mapping))
    }

    /// Acknowledges the interrupt, as a program does for a driver that does not.
    pub(crate) fn acknowledge(&self) {
        self.mapping
            .write(self.raise.acknowledge, self.raise.events);
    }

    fn write_all(&self, writes: &[Write]) {
        for write in writes {
            self.mapping.write(write.offset, write.value);
        }
    }

    /// Raises the interrupt, and reads the count.
    pub(crate) fn raise_and_read(&self, reader: &Reader) -> Checked<u32> {
        self.raise()?;
        reader.count()
    }

    /// A file whose reads wait.
    pub(crate) fn open_blocking(&self) -> Checked<Reader> {
        self.open_with(OFlags::empty())
    }

    /// A file whose reads do not wait.
    pub(crate) fn open_nonblocking(&self) -> Checked<Reader> {
        self.open_with(OFlags::NONBLOCK)
    }

    /// A file that was opened for reading only.
    pub(crate) fn open_read_only(&self) -> Checked<File> {
        File::open(&self.node).context(&self.node)
    }

    fn open_with(&self, flags: OFlags) -> Checked<Reader> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(&self.node)
            .context(&self.node)?;
        Ok(Reader { file })
    }
}

/// An open file that reports interrupts.
#[derive(Debug)]
pub(crate) struct Reader {
    file: File,
}

impl AsFd for Reader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Reader {
    /// A file whose reads do not wait, for an interrupt by its index.
    pub(crate) fn of(node: &str, interrupt: usize) -> Checked<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(node)
            .context(node)?;
        ioctls::select(&file, interrupt).context("select")?;
        Ok(Self { file })
    }

    /// The system call alone: the standard library's would try again in some cases.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        io::read(&self.file, buffer)
    }

    /// The system call alone.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        io::write(&self.file, bytes)
    }

    /// The interrupt's count, which it must have.
    pub(crate) fn count(&self) -> Checked<u32> {
        let mut bytes = [0; COUNT];
        let length = self.read(&mut bytes).context("reading the count")?;
        must_be(length, COUNT)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    /// The interrupt's count and events, which it must have.
    pub(crate) fn count_and_events(&self) -> Checked<(u32, u32)> {
        let mut bytes = [0; COUNT_AND_EVENTS];
        let length = self.read(&mut bytes).context("reading count and events")?;
        must_be(length, COUNT_AND_EVENTS)?;
        let word = |at: usize| std::array::from_fn(|byte| bytes[at + byte]);
        Ok((u32::from_ne_bytes(word(0)), u32::from_ne_bytes(word(COUNT))))
    }

    /// There has been no interrupt since the last read.
    pub(crate) fn must_have_no_interrupt(&self) -> Checked {
        must_be(self.read(&mut [0; COUNT]), Err(Errno::AGAIN))
    }

    /// Enables (1) or disables (0) the interrupt.
    pub(crate) fn enable(&self, on: u32) -> Checked {
        let written = self.write(&on.to_ne_bytes());
        must_be(written, Ok(COUNT)).context(format!("writing {on}"))
    }

    /// What `poll` returns within a time.
    pub(crate) fn poll(&self, limit: Duration) -> Checked<PollFlags> {
        let mut files = [PollFd::new(&self.file, PollFlags::IN)];
        let limit = Timespec::try_from(limit).context("a time for poll")?;
        poll(&mut files, Some(&limit)).context("poll")?;
        Ok(files[0].revents())
    }

    /// What `epoll` returns.
    pub(crate) fn epoll(&self) -> Checked<epoll::EventFlags> {
        let set = epoll::create(epoll::CreateFlags::CLOEXEC).context("epoll_create")?;
        let which = epoll::EventData::new_u64(0);
        epoll::add(&set, &self.file, which, epoll::EventFlags::IN).context("epoll_ctl")?;
        let limit = Timespec::try_from(PATIENCE).context("a time for epoll")?;
        let mut events = Vec::with_capacity(1);
        epoll::wait(&set, spare_capacity(&mut events), Some(&limit)).context("epoll_wait")?;
        let flags = events.first().map(|event| event.flags);
        flags.ok_or_else(|| format!("nothing after {PATIENCE:?}"))
    }
}
