// SPDX-License-Identifier: MIT OR Apache-2.0

//! Simulated hardware that behaves as a block's table says, for tests.

use core::fmt;
use core::marker::PhantomData;

#[cfg(feature = "std")]
mod behaviour;
#[cfg(feature = "std")]
mod hardware;
#[cfg(feature = "std")]
mod interrupt;
#[cfg(feature = "std")]
mod layout;
#[cfg(feature = "std")]
mod state;

#[cfg(feature = "std")]
pub use hardware::{Hardware, Located};
#[cfg(feature = "std")]
pub use interrupt::SimulatedInterrupt;

#[cfg(feature = "std")]
use {
    crate::block::{InterruptOf, Interrupts},
    crate::bus::{Carrier, On},
    crate::transfer::Transfer,
    hardware::Model,
    std::vec::Vec,
};

use crate::block::Block;

/// A block `D` that behaves as its table says, in place of the hardware.
///
/// ```
/// # use regloom_mmio::{Block, Bus, Mapped, Number, Place, Reg, Root, Rw, Ro, Simulator, Transfer, Writable, table};
/// # pub enum Timer {}
/// # impl Block for Timer {
/// #     const NAME: &'static str = "timer";
/// #     const SIZE: usize = 0x1000;
/// #     const HASH: u64 = 0;
/// #     const ITEMS: &'static [table::Item] = &[
/// #         table::RW.register::<Number<u32, u32, 0>>("START", 0x0),
/// #         table::RO.register::<Number<u32, u32, 0>>("DONE", 0x4),
/// #     ];
/// #     type Registers<'a, B: Bus> = Registers<'a, B>;
/// #     fn registers<B: Bus>(root: Root<'_, Self, B>) -> Registers<'_, B> {
/// #         Registers(root.place())
/// #     }
/// # }
/// # #[derive(Clone, Copy)]
/// # pub struct Registers<'a, B: Bus = Mapped>(Place<'a, 0x1000, 8, B>);
/// # impl<'a, B: Bus> Registers<'a, B> {
/// #     pub fn start(self) -> Reg<'a, Number<u32, u32, 0>, Rw, B> { self.0.reg::<0x0, _, _>() }
/// #     pub fn done(self) -> Reg<'a, Number<u32, u32, 0>, Ro, B> { self.0.reg::<0x4, _, _>() }
/// # }
/// /// The program under test: it runs on hardware and on a simulator.
/// fn run<B: Bus + Writable>(timer: Registers<'_, B>) -> bool {
///     timer.start().write(1);
///     timer.done().read() != 0
/// }
///
/// # #[cfg(feature = "std")] {
/// let simulator = Simulator::<Timer>::new();
/// let regs = simulator.regs();
/// let done = regs.done().offset();
/// simulator.on_write(regs.start(), move |hardware, _| hardware.set(done, 1));
/// assert!(run(regs));
/// assert_eq!(
///     simulator.log(),
///     [Transfer::write(0x0, 4, 1), Transfer::read(0x4, 4, 1)]
/// );
/// # }
/// ```
///
/// # How it behaves
///
/// A register holds its reset value (0 where that is unknown) until something
/// changes it. Each bit behaves as its policy says; bits that no field covers
/// behave as the register's policy says:
///
/// - Bits that software may not write are changed only by the hardware, which a
///   test plays with [`set`](Self::set). Bits that software may not read read as 0.
/// - A write changes bits by their policy (`w1c`, `w0s`, `wc` …). A read returns
///   the value, then clears or sets the bits of `rc` and `rs`.
/// - Bits that accept only the first write keep it until [`reset`](Self::reset).
/// - Self-clearing bits start an operation: a hook receives what was written, and
///   the bits read as before.
/// - A read of a port returns, in order, the words that were [`push`](Self::push)ed
///   and not yet consumed. Without any, it returns what was [`set`](Self::set), by
///   default the reset value. What software writes to such bits is received only by
///   hooks and the log.
/// - A register that is wider than the bus moves in beats. In a register that
///   software cannot write, and in a port, reading the first beat latches the
///   others. In other registers each beat is independent. A write acts on the bits
///   of its beat.
/// - Where several registers share an offset, a read goes to one that can be read,
///   and a write to one that can be written. Of several, the access goes to one
///   that moves in units of its size, else to the first in the table. Registers
///   that can be read share their content; one that cannot be read has a content of
///   its own.
/// - A read where there is no register returns 0. Such accesses are listed in
///   [`strays`](Self::strays).
///
/// - An [interrupt](Self::interrupt) is active while an event of it is pending and
///   enabled by the registers. It is reported, acknowledged and masked as the driver
///   does it. The line to the processor has no other effect: no code is called.
///
/// All methods take `&self`, so that handles and hardware can be used at the same
/// time. A simulator is not shared between threads.
///
/// Without the feature `std` only the type exists.
pub struct Simulator<D> {
    #[cfg(feature = "std")]
    model: Model,
    block: PhantomData<fn() -> D>,
}

#[cfg(feature = "std")]
impl<D: Block> Simulator<D> {
    /// The block after a reset.
    #[must_use]
    pub fn new() -> Self {
        Simulator {
            model: Model::of(D::ITEMS, D::SIZE),
            block: PhantomData,
        }
    }

    /// Its registers, as software uses them.
    #[must_use]
    pub fn regs(&self) -> D::Registers<'_, On<Self>> {
        On::regs::<D>(self)
    }

    /// The hardware's side.
    #[must_use]
    pub fn hardware(&self) -> Hardware<'_> {
        Hardware::of(&self.model)
    }

    /// The content of a register, whatever its policy; as [`Hardware::get`].
    ///
    /// # Panics
    /// When no register begins at this offset.
    #[must_use]
    #[track_caller]
    pub fn get(&self, register: impl Located) -> u64 {
        self.hardware().get(register)
    }

    /// Sets the content of a register, whatever its policy; as [`Hardware::set`].
    ///
    /// # Panics
    /// When no register begins at this offset, or it is narrower than `bits`.
    #[track_caller]
    pub fn set(&self, register: impl Located, bits: u64) {
        self.hardware().set(register, bits);
    }

    /// Appends a word to those that reads of a port will consume; as
    /// [`Hardware::push`].
    ///
    /// # Panics
    /// When no port begins at this offset, or it is narrower than `word`.
    #[track_caller]
    pub fn push(&self, port: impl Located, word: u64) {
        self.hardware().push(port, word);
    }

    /// The interrupt of the block; of several, the first. As
    /// [`Device::interrupt`](crate::Device::interrupt).
    #[must_use]
    pub fn interrupt(&self) -> SimulatedInterrupt<'_, D::First>
    where
        D: Interrupts,
    {
        SimulatedInterrupt::of(&self.model, &<D::First as InterruptOf<D>>::TABLE, D::TABLES)
    }

    /// An interrupt by its name; as
    /// [`Device::interrupt_of`](crate::Device::interrupt_of).
    #[must_use]
    pub fn interrupt_of<L: InterruptOf<D>>(&self, _which: L) -> SimulatedInterrupt<'_, L>
    where
        D: Interrupts,
    {
        SimulatedInterrupt::of(&self.model, &L::TABLE, D::TABLES)
    }

    /// The bits that are set in both the status and the enable register. The
    /// interrupt is raised when there are any. [`interrupt`](Self::interrupt) takes
    /// the registers of an interrupt from the description.
    ///
    /// # Panics
    /// When no register begins at one of them.
    #[must_use]
    #[track_caller]
    pub fn pending(&self, status: impl Located, enable: impl Located) -> u64 {
        self.get(status) & self.get(enable)
    }

    /// Calls the hook after each write of a register (after the last beat, if it
    /// has several), with the bits that software wrote.
    ///
    /// A hook plays the hardware. Its changes are not accesses, so that no hook
    /// calls another. It may hold anything, even this simulator: while a hook runs,
    /// the hooks of its register are not called again.
    ///
    /// # Panics
    /// When no register begins at this offset.
    #[track_caller]
    pub fn on_write(&self, register: impl Located, hook: impl FnMut(Hardware<'_>, u64) + 'static) {
        self.model
            .on_write(register.offset(), std::boxed::Box::new(hook));
    }

    /// Calls the hook before each read of a register (before the first beat, if it
    /// has several), so that the read returns what the hook sets. As
    /// [`on_write`](Self::on_write).
    ///
    /// # Panics
    /// When no register begins at this offset.
    #[track_caller]
    pub fn on_read(&self, register: impl Located, hook: impl FnMut(Hardware<'_>) + 'static) {
        self.model
            .on_read(register.offset(), std::boxed::Box::new(hook));
    }

    /// Every access of software since the start or [`clear_log`](Self::clear_log),
    /// in order.
    #[must_use]
    pub fn log(&self) -> Vec<Transfer> {
        self.model.log()
    }

    /// Clears the log, and the strays with it.
    pub fn clear_log(&self) {
        self.model.clear_log();
    }

    /// The accesses in [`log`](Self::log) where there is no register.
    #[must_use]
    pub fn strays(&self) -> Vec<Transfer> {
        self.model.strays()
    }

    /// The state after power-on: registers have their reset values, and ports are
    /// empty. Hooks and the log are kept.
    pub fn reset(&self) {
        self.model.reset();
    }
}

#[cfg(feature = "std")]
impl<D: Block> Default for Simulator<D> {
    fn default() -> Self {
        Simulator::new()
    }
}

#[cfg(feature = "std")]
impl<D: Block> Carrier for Simulator<D> {
    fn load(&self, offset: usize, size: usize) -> u64 {
        self.model.load(offset, size)
    }

    fn store(&self, offset: usize, size: usize, unit: u64) {
        self.model.store(offset, size, unit);
    }
}

impl<D: Block> fmt::Debug for Simulator<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, simulated", D::NAME)
    }
}
