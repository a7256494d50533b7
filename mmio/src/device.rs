// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device: a block of registers, and the memory that it is accessed through.

use core::fmt;
use core::marker::PhantomData;

use crate::block::{Block, Root};
use crate::bus::{Bus, Carrier, Mapped, Pointer, Reach};
use crate::region::Region;

/// A device with a block `D`, mapped for reading and writing, or as
/// [`ReadOnly`](crate::ReadOnly) for reading only.
///
/// It may move to another thread. It cannot be shared between threads: two threads
/// that modify one register lose updates. Threads share a device through a `Mutex`,
/// or each opens the device for itself.
pub struct Device<D, B = Mapped> {
    region: Region,
    /// The open node, through which interrupts are reported.
    #[cfg(feature = "std")]
    node: Option<Node>,
    /// Physical address of the block, where it is known.
    #[cfg(feature = "std")]
    base: Option<u64>,
    block: PhantomData<fn() -> (D, B)>,
}

/// An open node, and who provides it.
#[cfg(feature = "std")]
#[derive(Debug)]
pub(crate) enum Node {
    /// By the generated driver.
    Driver(rustix::fd::OwnedFd),
    /// By UIO, with the block `before` bytes into its first page.
    Uio {
        file: rustix::fd::OwnedFd,
        before: usize,
    },
}

#[cfg(feature = "std")]
impl Node {
    pub(crate) fn file(&self) -> &rustix::fd::OwnedFd {
        match self {
            Node::Driver(file) | Node::Uio { file, .. } => file,
        }
    }

    /// Another descriptor of the same open file.
    pub(crate) fn try_clone(&self) -> std::io::Result<Self> {
        Ok(match self {
            Node::Driver(file) => Node::Driver(file.try_clone()?),
            Node::Uio { file, before } => Node::Uio {
                file: file.try_clone()?,
                before: *before,
            },
        })
    }
}

impl<D: Block> Device<D> {
    /// The device behind a region.
    ///
    /// # Errors
    /// The region, if it is smaller than the block, or does not begin at a multiple
    /// of the block's [widest access](Block::ALIGN).
    pub fn new(region: Region) -> Result<Self, Region> {
        match region.has_room_for(D::SIZE, D::ALIGN) {
            true => Ok(Device::of_at_least(region)),
            false => Err(region),
        }
    }

    /// The memory that it is accessed through, for accesses by offset.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.region
    }
}

impl<D: Block, B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>> Device<D, B> {
    /// The region is known to be at least as large as the block, and as aligned.
    pub(crate) fn of_at_least(region: Region) -> Self {
        Device {
            region,
            #[cfg(feature = "std")]
            node: None,
            #[cfg(feature = "std")]
            base: None,
            block: PhantomData,
        }
    }

    /// The region of an open node, at least as large as the block, and as aligned.
    #[cfg(feature = "std")]
    pub(crate) fn of_node((region, node): (Region, Node)) -> Self {
        Device {
            node: Some(node),
            ..Device::of_at_least(region)
        }
    }

    /// The same device, whose block is at this physical address.
    #[cfg(feature = "std")]
    pub(crate) fn at(self, base: u64) -> Self {
        Device {
            base: Some(base),
            ..self
        }
    }

    /// The physical address of the block, as the driver or UIO reported it when the
    /// device was opened; `None` for a device that was not opened by a node.
    ///
    /// A program in a container compares it to find out which instance it was given.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn physical_base(&self) -> Option<u64> {
        self.base
    }

    #[cfg(feature = "std")]
    pub(crate) fn node(&self) -> Option<&Node> {
        self.node.as_ref()
    }

    pub(crate) fn region_of_any_bus(&self) -> &Region {
        &self.region
    }

    /// Its registers. They cannot outlive the device.
    #[inline(always)]
    #[must_use]
    pub fn regs(&self) -> D::Registers<'_, B> {
        D::registers(Root::at(
            Pointer::to(&self.region),
            self.region.has_memory(),
        ))
    }
}

/// Accesses its region.
impl<D: Block> Carrier for Device<D> {
    fn load(&self, offset: usize, size: usize) -> u64 {
        Carrier::load(self.region(), offset, size)
    }

    fn store(&self, offset: usize, size: usize, unit: u64) {
        Carrier::store(self.region(), offset, size, unit);
    }
}

impl<D: Block, B> fmt::Debug for Device<D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {:?}", D::NAME, self.region)
    }
}
