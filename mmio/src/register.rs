// SPDX-License-Identifier: MIT OR Apache-2.0

//! One register of a device.

use core::fmt;
use core::marker::PhantomData;

use crate::access::{
    Access, Clear, ClearAll, Pop, Read, Reset, Set, SetAll, Take, Toggle, Trigger, Update, Write,
    WriteActing,
};
use crate::bus::{Bus, Carrier, Mapped, On, Writable, gather, scatter};
use crate::flags::{Action, Acts, Clears, Names, Sets, Toggles, Triggers};
use crate::value::Register;
use crate::word::Word;

/// A register of the kind `R` with the access `A`, on the bus `B`.
///
/// A handle is a pointer. It can be copied, and borrows the device. It is neither
/// `Send` nor `Sync`: two threads that modify one register lose updates. The device
/// itself may move to another thread.
///
/// # Which methods
///
/// A handle has the methods that are correct for its access. A register whose bits
/// are cleared by writing 1 has no `update`, because that would clear bits
/// unintentionally:
///
/// ```compile_fail
/// # use regloom_mmio::{Reg, Register, W1c};
/// fn acknowledge<R: Register>(status: Reg<'_, R, W1c>) {
///     status.update(|seen| seen);
/// }
/// ```
/// but it has `take` and `clear`:
/// ```
/// # use regloom_mmio::{Reg, Register, W1c};
/// fn acknowledge<R: Register>(status: Reg<'_, R, W1c>) {
///     status.take();
/// }
/// ```
pub struct Reg<'a, R, A, B: Bus = Mapped> {
    at: B::At<'a>,
    kind: PhantomData<fn() -> (R, A)>,
}

impl<'a, R: Register, A: Access, B: Bus> Reg<'a, R, A, B> {
    /// The register at this address is within the block, and aligned for its beats.
    #[inline(always)]
    pub(crate) fn at(at: B::At<'a>) -> Self {
        Reg {
            at,
            kind: PhantomData,
        }
    }

    /// Reads. One load.
    #[inline(always)]
    #[must_use]
    pub fn read(self) -> R::Value
    where
        A: Read,
    {
        (R::KIND.from_bits)(self.load())
    }

    /// Writes. One store.
    ///
    /// Bits that act on a write are written with the value that does nothing,
    /// whatever `value` has there. [`clear`](Self::clear), [`set`](Self::set),
    /// [`toggle`](Self::toggle), [`trigger`](Self::trigger) and
    /// [`write_acting`](Self::write_acting) make them act. Bits that no field
    /// covers are written with the value that the description asks for.
    #[inline(always)]
    pub fn write(self, value: R::Written)
    where
        A: Write,
        B: Writable,
    {
        self.store(R::KIND.masks.passive((R::KIND.bits)(value)));
    }

    /// Reads, changes, and writes back. One load and one store; not atomic
    /// against another thread, process or the device itself.
    ///
    /// `change` receives what was read. Bits that act on a write are written with
    /// the value that does nothing.
    #[inline(always)]
    pub fn update(self, change: impl FnOnce(R::Value) -> R::Written)
    where
        A: Update,
        B: Writable,
    {
        self.write(change(self.read()));
    }

    /// Writes the value after reset. One store.
    #[inline(always)]
    pub fn reset(self)
    where
        A: Reset,
        B: Writable,
    {
        self.store(R::KIND.masks.passive(R::Word::from_low(R::KIND.reset)));
    }

    /// Reads, and clears the bits that were set; bits that are set later stay. One
    /// load, and one store unless the load itself clears.
    ///
    /// Where the load sets the bits instead (`rs`), so does this method.
    #[inline(always)]
    #[must_use = "what was pending is gone from the register"]
    pub fn take(self) -> R::Value
    where
        A: Take,
        B: Writable,
    {
        let seen = self.load();
        if !A::BY_READING {
            let masks = R::KIND.masks;
            let restored = seen & masks.restore;
            self.store(masks.active(restored, seen & masks.clear));
        }
        (R::KIND.from_bits)(seen)
    }

    /// Takes the next value. One load, which changes the device.
    #[inline(always)]
    #[must_use = "the value is gone from the device"]
    pub fn pop(self) -> R::Value
    where
        A: Pop,
        B: Writable,
    {
        (R::KIND.from_bits)(self.load())
    }

    /// Clears the bits of `which`. One store; if the register has plain bits too, a
    /// load first, so that they keep their value.
    #[inline(always)]
    pub fn clear(self, which: impl Names<R, Clears>)
    where
        A: Clear,
        B: Writable,
    {
        self.act(which.bits() & Clears::of(R::KIND.masks));
    }

    /// Sets the bits of `which`; as [`clear`](Self::clear).
    #[inline(always)]
    pub fn set(self, which: impl Names<R, Sets>)
    where
        A: Set,
        B: Writable,
    {
        self.act(which.bits() & Sets::of(R::KIND.masks));
    }

    /// Inverts the bits of `which`; as [`clear`](Self::clear).
    #[inline(always)]
    pub fn toggle(self, which: impl Names<R, Toggles>)
    where
        A: Toggle,
        B: Writable,
    {
        self.act(which.bits() & Toggles::of(R::KIND.masks));
    }

    /// Starts the operations of the bits of `which`, which clear themselves. As
    /// [`clear`](Self::clear).
    #[inline(always)]
    pub fn trigger(self, which: impl Names<R, Triggers>)
    where
        A: Trigger,
        B: Writable,
    {
        self.act(which.bits() & Triggers::of(R::KIND.masks));
    }

    /// Writes `value` to the plain bits and makes the bits of `which` act, in
    /// one store.
    #[inline(always)]
    pub fn write_acting(self, value: R::Written, which: impl Names<R, Acts>)
    where
        A: WriteActing,
        B: Writable,
    {
        let masks = R::KIND.masks;
        let acting = which.bits() & Acts::of(masks);
        self.store(masks.active((R::KIND.bits)(value), acting));
    }

    /// Clears every bit. One store.
    #[inline(always)]
    pub fn clear_all(self)
    where
        A: ClearAll,
        B: Writable,
    {
        self.store(R::KIND.masks.fixed);
    }

    /// Sets every bit. One store.
    #[inline(always)]
    pub fn set_all(self)
    where
        A: SetAll,
        B: Writable,
    {
        self.store(R::KIND.masks.fixed);
    }

    #[inline(always)]
    fn act(self, acting: R::Word)
    where
        B: Writable,
    {
        let masks = R::KIND.masks;
        let restored = if masks.restore == R::Word::ZERO {
            R::Word::ZERO
        } else {
            self.load() & masks.restore
        };
        self.store(masks.active(restored, acting));
    }

    #[inline(always)]
    fn load(self) -> R::Word {
        gather::<R::Word, R::Beat, B>(self.at)
    }

    #[inline(always)]
    fn store(self, word: R::Word)
    where
        B: Writable,
    {
        scatter::<R::Word, R::Beat, B>(self.at, word);
    }
}

impl<R, A, T: Carrier> Reg<'_, R, A, On<T>> {
    /// Bytes from the start of the block: the offset that its carrier receives.
    #[must_use]
    pub fn offset(self) -> usize {
        self.at.offset
    }
}

impl<R, A, B: Bus> Clone for Reg<'_, R, A, B> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, A, B: Bus> Copy for Reg<'_, R, A, B> {}

/// Prints the register's width and address; does not read it.
impl<R: Register, A, B: Bus> fmt::Debug for Reg<'_, R, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bits at {:?}", R::KIND.layout.width, self.at)
    }
}
