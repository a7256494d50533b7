// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block of registers, and its first byte.

use core::fmt;
use core::marker::PhantomData;

use crate::bus::{Bus, Carried, Carrier, Mapped, On};
use crate::events::InterruptLine;
use crate::place::Place;
use crate::region::Region;
use crate::table::{Identity, Instance, Interrupt, Item};
use crate::windows::{Window, Windows};

/// A block of registers, as the generator describes it.
pub trait Block: Sized + 'static {
    /// Its name in the description.
    const NAME: &'static str;

    /// Bytes that it decodes.
    const SIZE: usize;

    /// Bytes of its widest access: it begins at a multiple of this.
    const ALIGN: usize = Region::ALIGN;

    /// Its windows of `type: memory`, which the driver maps as memory.
    const MEMORY_WINDOWS: &'static [Window] = &[];

    /// Canonical hash of its map. Driver and program compare it to know that they
    /// were generated from the same description.
    const HASH: u64;

    /// Its registers and clusters by ascending offset.
    const ITEMS: &'static [Item];

    /// The instances in the description, with their addresses.
    const INSTANCES: &'static [Instance] = &[];

    /// Its identity registers.
    const IDENTITY: &'static [Identity] = &[];

    /// The handle with a method for each register.
    type Registers<'a, B: Bus>: Copy;

    /// The handle to a block that begins at the root.
    fn registers<B: Bus>(root: Root<'_, Self, B>) -> Self::Registers<'_, B>;
}

/// A block that has interrupts.
#[diagnostic::on_unimplemented(
    message = "the block `{Self}` has no interrupts",
    label = "its description has no `interrupts:`"
)]
pub trait Interrupts: Block {
    /// The first of them, in the order of the description.
    type First: InterruptOf<Self>;

    /// All of them: which registers the driver also writes.
    const TABLES: &'static [Interrupt];
}

/// An interrupt of the block `D`: a unit struct in the module `interrupts` of the
/// generated crate.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an interrupt of the block `{D}`",
    note = "the interrupts of a block are in the module `interrupts` of its crate"
)]
pub trait InterruptOf<D: Block>: InterruptLine + Sized {
    /// Its index among the interrupts of the block.
    const INDEX: usize;

    /// Where its events are reported, enabled and acknowledged.
    const TABLE: Interrupt;
}

/// The first byte of a block `D`.
pub struct Root<'a, D, B: Bus = Mapped> {
    base: B::At<'a>,
    /// Memory windows are mapped as memory.
    as_memory: bool,
    block: PhantomData<fn() -> D>,
}

impl<'a, D: Block, B: Bus> Root<'a, D, B> {
    /// At least as many bytes as the block has are known to begin at `base`; its
    /// memory windows are mapped as memory or not.
    #[inline(always)]
    pub(crate) fn at(base: B::At<'a>, as_memory: bool) -> Self {
        Root {
            base,
            as_memory,
            block: PhantomData,
        }
    }

    /// The whole block, or its first `SIZE` bytes.
    #[inline(always)]
    #[must_use]
    pub fn place<const SIZE: usize, const ALIGN: usize, V: Windows>(
        self,
    ) -> Place<'a, SIZE, ALIGN, B, V> {
        const {
            assert!(SIZE <= D::SIZE, "larger than the block");
            assert!(
                D::ALIGN <= Region::ALIGN,
                "an access is wider than there are"
            );
            assert!(ALIGN <= D::ALIGN, "aligned more than the block is");
        }
        Place::at(self.base, V::mapped(self.as_memory))
    }
}

impl<D, B: Bus> Clone for Root<'_, D, B> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<D, B: Bus> Copy for Root<'_, D, B> {}

impl<D, B: Bus> fmt::Debug for Root<'_, D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Root").field(&self.base).finish()
    }
}

impl<T: Carrier> On<T> {
    /// The registers of the block `D`, accessed through the carrier.
    #[must_use]
    pub fn regs<D: Block>(carrier: &T) -> D::Registers<'_, On<T>> {
        D::registers(Root::at(Carried { carrier, offset: 0 }, false))
    }
}
