// SPDX-License-Identifier: MIT OR Apache-2.0

//! Exclusive use of a FIFO port.
#![expect(unsafe_code, reason = "moves with the exclusive borrow it came from")]

use core::fmt;

use crate::access::{Access, Pop};
use crate::block::Block;
use crate::bus::{Bus, Pointer, Reach, Writable};
use crate::device::Device;
use crate::register::Reg;
use crate::value::Register;

impl<D: Block, B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>> Device<D, B> {
    /// The only reader of a port whose reads consume the value.
    ///
    /// Handles can be copied, so two parts of a program may [`pop`](Reg::pop) from
    /// one port, and each gets only some of the values. A stream borrows the device
    /// exclusively. While it lives there is no other stream, and there are no
    /// handles except those that it lends. `port` selects the register. It borrows
    /// the device only for this call, and cannot keep a handle.
    ///
    /// ```
    /// # use regloom_mmio::{Block, Bus, Device, Fifo, Mapped, Number, Place, Reg, Ro, Root, table};
    /// # pub enum Capture {}
    /// # impl Block for Capture {
    /// #     const NAME: &'static str = "capture";
    /// #     const SIZE: usize = 0x1000;
    /// #     const HASH: u64 = 0;
    /// #     const ITEMS: &'static [table::Item] = &[];
    /// #     type Registers<'a, B: Bus> = Registers<'a, B>;
    /// #     fn registers<B: Bus>(root: Root<'_, Self, B>) -> Registers<'_, B> {
    /// #         Registers(root.place())
    /// #     }
    /// # }
    /// # #[derive(Clone, Copy)]
    /// # pub struct Registers<'a, B: Bus = Mapped>(Place<'a, 0x1000, 8, B>);
    /// # impl<'a, B: Bus> Registers<'a, B> {
    /// #     pub fn data(self) -> Reg<'a, Number<u32, u32, 0>, Fifo, B> { self.0.reg::<0, _, _>() }
    /// #     pub fn level(self) -> Reg<'a, Number<u32, u32, 0>, Ro, B> { self.0.reg::<4, _, _>() }
    /// # }
    /// fn drain(device: &mut Device<Capture>, room: &mut [u32]) -> usize {
    ///     let mut samples = device.stream(|device| device.regs().data());
    ///     let there = samples.regs().level().read() as usize;
    ///     let count = there.min(room.len());
    ///     samples.fill(&mut room[..count]);
    ///     count
    /// }
    /// # #[cfg(feature = "std")]
    /// # assert_eq!(drain(&mut Device::on_memory(), &mut [0; 8]), 0);
    /// ```
    ///
    /// Two at once do not compile:
    ///
    /// ```compile_fail,E0499
    /// # use regloom_mmio::{Block, Device, Fifo, Reg, Register};
    /// fn both<D: Block, R: Register>(
    ///     device: &mut Device<D>,
    ///     port: for<'a> fn(&'a Device<D>) -> Reg<'a, R, Fifo>,
    /// ) {
    ///     let mut one = device.stream(port);
    ///     let mut other = device.stream(port);
    ///     let _ = (one.pop(), other.pop());
    /// }
    /// ```
    #[inline(always)]
    pub fn stream<R: Register, A: Pop>(
        &mut self,
        port: impl for<'a> FnOnce(&'a Device<D, B>) -> Reg<'a, R, A, B>,
    ) -> Stream<'_, D, R, A, B> {
        let device = &*self;
        Stream {
            port: port(device),
            device,
        }
    }
}

/// The only reader of a port, made by [`Device::stream`].
///
/// It may move to another thread, as its device may.
#[must_use = "it reads nothing by itself"]
pub struct Stream<'d, D, R, A, B: Bus> {
    device: &'d Device<D, B>,
    port: Reg<'d, R, A, B>,
}

// SAFETY: it was made from an exclusive borrow of the device, which is `Send`
// itself. While the stream lives, the device is accessed only through the stream
// and through handles that borrow it; while such a handle lives, the stream cannot
// move.
unsafe impl<D, R, A, B: Bus> Send for Stream<'_, D, R, A, B> where Device<D, B>: Send {}

impl<D: Block, R: Register, A: Access + Pop, B> Stream<'_, D, R, A, B>
where
    B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>,
{
    /// Takes the next value. One load, which changes the device.
    #[inline(always)]
    #[must_use = "the value is gone from the device"]
    pub fn pop(&mut self) -> R::Value
    where
        B: Writable,
    {
        self.port.pop()
    }

    /// Takes as many values as `room` holds, one load for each. How many values the
    /// device has is read through [`regs`](Self::regs).
    #[inline]
    pub fn fill(&mut self, room: &mut [R::Value])
    where
        B: Writable,
    {
        for value in room {
            *value = self.pop();
        }
    }

    /// The device's registers, for example to read a fill level.
    #[inline(always)]
    #[must_use]
    pub fn regs(&self) -> D::Registers<'_, B> {
        self.device.regs()
    }

    /// The device itself, to wait for its interrupt.
    #[inline(always)]
    #[must_use]
    pub fn device(&self) -> &Device<D, B> {
        self.device
    }
}

/// Prints the register's width and address; does not read it.
impl<D, R: Register, A, B: Bus> fmt::Debug for Stream<'_, D, R, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.port).finish()
    }
}
