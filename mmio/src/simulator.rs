// SPDX-License-Identifier: MIT OR Apache-2.0

//! Hardware that behaves as a block's table says, for tests without it.

use core::fmt;
use core::marker::PhantomData;

#[cfg(feature = "std")]
mod behaviour;
#[cfg(feature = "std")]
mod hardware;
#[cfg(feature = "std")]
mod layout;
#[cfg(feature = "std")]
mod state;

#[cfg(feature = "std")]
pub use hardware::{Hardware, Located};

#[cfg(feature = "std")]
use {
    crate::bus::{Carrier, On},
    crate::transfer::Transfer,
    hardware::Model,
    std::vec::Vec,
};

use crate::device::Block;

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
/// /// What is tested: it runs on hardware and here.
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
/// A register holds its reset value until something changes it; where that is
/// unknown, 0. Each bit does what its policy says, bits that no field covers
/// what the register's says:
///
/// - What software may not write only the hardware changes, which a test plays
///   by [`set`](Self::set). What software may not read reads 0.
/// - A write changes bits as it says (`w1c`, `w0s`, `wc` …); a read clears or
///   sets those of `rc` and `rs` once it has its answer.
/// - Bits that take only the first write keep it until [`reset`](Self::reset).
/// - Self-clearing bits start something: a hook sees what was written, and they
///   read as they did before.
/// - A port that a read consumes answers what was [`push`](Self::push)ed, in
///   that order; when there is nothing, what [`set`](Self::set) put there, which
///   is the reset value until then. What software writes to such bits only hooks
///   and the log see.
/// - A register wider than the bus moves in beats. The first read of one that
///   software cannot write latches the others, and so does that of a port; of
///   others each beat is by itself. A write acts on the bits of its beat.
/// - Where several registers share a place, a read is answered by one that can
///   be read, a write goes to one that can be written: of several to one that
///   moves in units as large, else to the first in the table. Those that can be
///   read share their content; one that cannot has a content of its own.
/// - Where no register stands reads 0, and the access is among the
///   [`strays`](Self::strays).
///
/// All methods take `&self`, so that handles and hardware are used side by side;
/// it is not shared between threads.
///
/// Without the feature `std` there is only the type.
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

    /// Its registers, as software has them.
    #[must_use]
    pub fn regs(&self) -> D::Registers<'_, On<Self>> {
        On::regs::<D>(self)
    }

    /// The hardware's side.
    #[must_use]
    pub fn hardware(&self) -> Hardware<'_> {
        Hardware::of(&self.model)
    }

    /// What a register holds, whatever its policy; as [`Hardware::get`].
    ///
    /// # Panics
    /// When no register begins there.
    #[must_use]
    #[track_caller]
    pub fn get(&self, register: impl Located) -> u64 {
        self.hardware().get(register)
    }

    /// Gives a register that content, whatever its policy; as
    /// [`Hardware::set`].
    ///
    /// # Panics
    /// When no register begins there, or it is narrower.
    #[track_caller]
    pub fn set(&self, register: impl Located, bits: u64) {
        self.hardware().set(register, bits);
    }

    /// Puts a word behind those that reads of a port are yet to consume; as
    /// [`Hardware::push`].
    ///
    /// # Panics
    /// When no port begins there, or it is narrower.
    #[track_caller]
    pub fn push(&self, port: impl Located, word: u64) {
        self.hardware().push(port, word);
    }

    /// The bits that a status and an enable register both have: the interrupt is
    /// raised when there are any.
    ///
    /// # Panics
    /// When no register begins at one of them.
    #[must_use]
    #[track_caller]
    pub fn pending(&self, status: impl Located, enable: impl Located) -> u64 {
        self.get(status) & self.get(enable)
    }

    /// Calls the hook after each write of a register (after that of the last
    /// beat, if it has several), with the bits that software wrote.
    ///
    /// A hook plays hardware and makes no accesses, so none calls another; it may
    /// hold what it likes, even this simulator: while a hook runs, those of its
    /// register are not called again.
    ///
    /// # Panics
    /// When no register begins there.
    #[track_caller]
    pub fn on_write(&self, register: impl Located, hook: impl FnMut(Hardware<'_>, u64) + 'static) {
        self.model
            .on_write(register.offset(), std::boxed::Box::new(hook));
    }

    /// Calls the hook before each read of a register (before that of the first
    /// beat, if it has several), so that what it sets is what is read. As
    /// [`on_write`](Self::on_write).
    ///
    /// # Panics
    /// When no register begins there.
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

    /// Forgets the accesses so far, strays among them.
    pub fn clear_log(&self) {
        self.model.clear_log();
    }

    /// Of [`log`](Self::log), the accesses of places where no register stands.
    #[must_use]
    pub fn strays(&self) -> Vec<Transfer> {
        self.model.strays()
    }

    /// As after power-on: resets in the registers, nothing in the ports. Hooks
    /// and the log stay.
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
