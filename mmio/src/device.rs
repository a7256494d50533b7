// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device: a block of registers and the memory it is reached through.

use core::fmt;
use core::marker::PhantomData;

use crate::place::Root;
use crate::region::Region;
use crate::table::Item;

/// A block of registers, as the generator describes it.
pub trait Block: Sized {
    /// Its name in the description.
    const NAME: &'static str;

    /// Bytes it decodes.
    const SIZE: usize;

    /// Canonical hash of its map, by which driver and program know that they
    /// were generated from one description.
    const HASH: u64;

    /// Its registers and clusters by ascending offset.
    const ITEMS: &'static [Item];

    /// The handle that has a method for each register.
    type Registers<'a>: Copy;

    /// The handle to a block that begins there.
    fn registers(root: Root<'_, Self>) -> Self::Registers<'_>;
}

/// A device that holds a block `B`.
///
/// It may move to another thread. It cannot be shared between threads.
pub struct Device<B> {
    region: Region,
    /// The open node, by which the driver tells of interrupts.
    #[cfg(feature = "std")]
    node: Option<rustix::fd::OwnedFd>,
    block: PhantomData<fn() -> B>,
}

impl<B: Block> Device<B> {
    /// The device behind a region, or the region again if it is smaller than
    /// the block.
    ///
    /// # Errors
    /// The region, unchanged.
    pub fn new(region: Region) -> Result<Self, Region> {
        if region.len() < B::SIZE {
            return Err(region);
        }
        Ok(Device::of_at_least(region))
    }

    /// The region is known to be as large as the block.
    pub(crate) fn of_at_least(region: Region) -> Self {
        Device {
            region,
            #[cfg(feature = "std")]
            node: None,
            block: PhantomData,
        }
    }

    /// The region is that of an open node, as large as the block.
    #[cfg(feature = "std")]
    pub(crate) fn of_node(region: Region, node: rustix::fd::OwnedFd) -> Self {
        Device {
            node: Some(node),
            ..Device::of_at_least(region)
        }
    }

    #[cfg(feature = "std")]
    pub(crate) fn node(&self) -> Option<&rustix::fd::OwnedFd> {
        self.node.as_ref()
    }

    /// Its registers. They cannot outlive the device.
    #[inline(always)]
    #[must_use]
    pub fn regs(&self) -> B::Registers<'_> {
        B::registers(Root::of(&self.region))
    }

    /// The memory it is reached through, for access by number instead of name.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.region
    }
}

impl<B: Block> fmt::Debug for Device<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {:?}", B::NAME, self.region)
    }
}
