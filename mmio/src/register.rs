// SPDX-License-Identifier: MIT OR Apache-2.0

//! One register of a device.

use core::fmt;
use core::marker::PhantomData;

use crate::access::{
    Access, Clear, ClearAll, Pop, Read, Set, SetAll, Take, Toggle, Update, Write, WriteActing,
};
use crate::place::Spot;
use crate::value::Value;
use crate::word::Word;

/// A register that holds a `V` and may be used as `A` says.
///
/// A handle is a pointer, free to copy, and borrows the device. It is neither
/// `Send` nor `Sync`: two threads that modify one register lose updates. The
/// device itself may move to another thread.
///
/// # Which methods
///
/// Those that the access makes sound. A register whose bits are cleared by
/// writing 1 has no `update`, which would clear what nobody asked for:
///
/// ```compile_fail
/// # use regloom_mmio::{Reg, Value, W1c};
/// fn acknowledge<V: Value>(status: Reg<'_, V, W1c>) {
///     status.update(|seen| seen);
/// }
/// ```
/// but it has `take` and `clear`:
/// ```
/// # use regloom_mmio::{Reg, Value, W1c};
/// fn acknowledge<V: Value>(status: Reg<'_, V, W1c>) {
///     status.take();
/// }
/// ```
pub struct Reg<'a, V: Value, A> {
    spot: Spot<'a, V::Word, V::Beat>,
    access: PhantomData<fn() -> A>,
}

impl<'a, V: Value, A: Access> Reg<'a, V, A> {
    #[inline(always)]
    pub(crate) fn at(spot: Spot<'a, V::Word, V::Beat>) -> Self {
        Reg {
            spot,
            access: PhantomData,
        }
    }

    /// Reads. One load.
    #[inline(always)]
    #[must_use]
    pub fn read(self) -> V
    where
        A: Read,
    {
        V::from_bits(self.spot.load())
    }

    /// Writes. One store.
    ///
    /// Bits that act on a write are given the value that does nothing, whatever
    /// `value` has there; to make them act is [`clear`](Self::clear),
    /// [`set`](Self::set), [`toggle`](Self::toggle) and
    /// [`write_acting`](Self::write_acting). Bits that no field covers are
    /// given what the device asks for.
    #[inline(always)]
    pub fn write(self, value: V)
    where
        A: Write,
    {
        self.spot.store(V::MASKS.passive(value.bits()));
    }

    /// Reads, changes, and writes back. One load and one store; not atomic
    /// against another thread, process or the device itself.
    ///
    /// `change` sees what was read. Bits that act on a write are given the
    /// value that does nothing.
    #[inline(always)]
    pub fn update(self, change: impl FnOnce(V) -> V)
    where
        A: Update,
    {
        self.write(change(self.read()));
    }

    /// Writes the value after reset. One store.
    #[inline(always)]
    pub fn reset(self)
    where
        A: Update,
    {
        self.write(V::from_bits(V::RESET_BITS));
    }

    /// Reads and clears what was read: bits set later stay. One load, and one
    /// store unless the load itself clears.
    ///
    /// Where the load sets the bits instead (`rs`), that is what this does.
    #[inline(always)]
    #[must_use = "what was pending is gone from the register"]
    pub fn take(self) -> V
    where
        A: Take,
    {
        let seen = self.spot.load();
        if !A::BY_READING {
            let masks = V::MASKS;
            let restored = seen & masks.restore;
            self.spot.store(masks.active(restored, seen & masks.clear));
        }
        V::from_bits(seen)
    }

    /// Takes the next value. One load, which changes the device.
    #[inline(always)]
    #[must_use = "the value is gone from the device"]
    pub fn pop(self) -> V
    where
        A: Pop,
    {
        V::from_bits(self.spot.load())
    }

    /// Clears the bits of `which` that can be. One store; if the register has
    /// plain bits too, a load first, so that they keep their value.
    #[inline(always)]
    pub fn clear(self, which: V)
    where
        A: Clear,
    {
        self.act(which.bits() & V::MASKS.clear);
    }

    /// Sets the bits of `which` that can be; as [`clear`](Self::clear).
    #[inline(always)]
    pub fn set(self, which: V)
    where
        A: Set,
    {
        self.act(which.bits() & V::MASKS.set);
    }

    /// Inverts the bits of `which` that can be; as [`clear`](Self::clear).
    #[inline(always)]
    pub fn toggle(self, which: V)
    where
        A: Toggle,
    {
        self.act(which.bits() & V::MASKS.toggle);
    }

    /// Writes `value` to the plain bits and makes the bits of `which` act, in
    /// one store.
    #[inline(always)]
    pub fn write_acting(self, value: V, which: V)
    where
        A: WriteActing,
    {
        let masks = V::MASKS;
        let acting = which.bits() & masks.acting();
        self.spot.store(masks.active(value.bits(), acting));
    }

    /// Clears every bit. One store.
    #[inline(always)]
    pub fn clear_all(self)
    where
        A: ClearAll,
    {
        self.spot.store(V::MASKS.fixed);
    }

    /// Sets every bit. One store.
    #[inline(always)]
    pub fn set_all(self)
    where
        A: SetAll,
    {
        self.spot.store(V::MASKS.fixed);
    }

    #[inline(always)]
    fn act(self, acting: V::Word) {
        let masks = V::MASKS;
        let restored = if masks.restore == V::Word::ZERO {
            V::Word::ZERO
        } else {
            self.spot.load() & masks.restore
        };
        self.spot.store(masks.active(restored, acting));
    }
}

impl<V: Value, A> Clone for Reg<'_, V, A> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Value, A> Copy for Reg<'_, V, A> {}

/// Says which register; does not read it.
impl<V: Value, A> fmt::Debug for Reg<'_, V, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?}", V::LAYOUT.name, self.spot.address())
    }
}
