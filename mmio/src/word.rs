// SPDX-License-Identifier: MIT OR Apache-2.0

//! Words of 8 to 64 bits, the units in which a bus moves them, and the accesses.
#![expect(unsafe_code, reason = "loads and stores of device memory")]

use core::fmt::Debug;
use core::marker::PhantomData;
use core::ops::{BitAnd, BitOr, BitXor, Not};

mod sealed {
    pub trait Sealed {}
}

/// A register's content as a number: `u8`, `u16`, `u32` or `u64`.
pub trait Word:
    Copy
    + Eq
    + Debug
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
    + Into<u64>
    + sealed::Sealed
    + 'static
{
    /// No bit set.
    const ZERO: Self;
    /// Every bit set.
    const ONES: Self;

    /// The low bits of a number, as many as the word has.
    fn from_low(bits: u64) -> Self;
}

/// A unit that a processor moves in one access.
///
/// A unit of 64 bits moves in two halves, the low one first, where the processor
/// has no single instruction for it, whatever the bus is capable of.
pub trait Unit: Word {
    /// The same bytes in the other order.
    #[must_use]
    fn swapped(self) -> Self;

    /// Loads one.
    ///
    /// # Safety
    /// The unit's bytes from `from` on are mapped for reading, and `from` is a
    /// multiple of the unit's size.
    unsafe fn load(from: *const u8) -> Self;

    /// Stores one.
    ///
    /// # Safety
    /// The unit's bytes from `to` on are mapped for writing, and `to` is a multiple
    /// of the unit's size.
    unsafe fn store(to: *mut u8, unit: Self);
}

/// How a bus moves a word `W`: in one access or in several beats, each exactly
/// once.
///
/// A plain number moves the lowest address first, which has the lowest bits.
/// [`InOrder`] has another order.
pub trait Beat<W: Word>: 'static {
    /// What it moves in one access.
    type Unit: Unit;

    /// Of several beats, the one at the lowest address has the highest bits.
    const HIGH_AT_START: bool = false;

    /// Of several beats, the one with the highest bits moves first.
    const HIGH_FIRST: bool = false;

    /// Within a beat, the byte at the lowest address is the highest.
    const SWAPPED: bool = false;

    /// The word made of the units at these byte offsets.
    fn gather(load: impl FnMut(usize) -> Self::Unit) -> W;

    /// The units of the word, each with its byte offset.
    fn scatter(word: W, store: impl FnMut(usize, Self::Unit));
}

impl<W: Word, U: Unit> Beat<W> for U {
    type Unit = U;

    #[inline(always)]
    fn gather(load: impl FnMut(usize) -> U) -> W {
        InOrder::<U, false, false, false>::gather(load)
    }

    #[inline(always)]
    fn scatter(word: W, store: impl FnMut(usize, U)) {
        InOrder::<U, false, false, false>::scatter(word, store);
    }
}

/// Beats `U` in another order: `HIGH_AT_START`, the lowest address has the highest
/// bits; `HIGH_FIRST`, the beat with the highest bits moves first; `SWAPPED`,
/// within a beat the lowest address has the highest byte.
#[derive(Debug)]
pub struct InOrder<U, const HIGH_AT_START: bool, const HIGH_FIRST: bool, const SWAPPED: bool>(
    PhantomData<U>,
);

impl<W: Word, U: Unit, const HIGH_AT_START: bool, const HIGH_FIRST: bool, const SWAPPED: bool>
    Beat<W> for InOrder<U, HIGH_AT_START, HIGH_FIRST, SWAPPED>
{
    type Unit = U;
    const HIGH_AT_START: bool = HIGH_AT_START;
    const HIGH_FIRST: bool = HIGH_FIRST;
    const SWAPPED: bool = SWAPPED;

    #[inline(always)]
    fn gather(mut load: impl FnMut(usize) -> U) -> W {
        let beats = const { beats::<W, U>() };
        let mut word = 0;
        unrolled(beats, |step| {
            let nth = if HIGH_FIRST { beats - 1 - step } else { step };
            let at = if HIGH_AT_START { beats - 1 - nth } else { nth };
            let unit = load(at * size_of::<U>());
            let unit = if SWAPPED { unit.swapped() } else { unit };
            word |= unit.into() << (nth * size_of::<U>() * 8);
        });
        W::from_low(word)
    }

    #[inline(always)]
    fn scatter(word: W, mut store: impl FnMut(usize, U)) {
        let beats = const { beats::<W, U>() };
        unrolled(beats, |step| {
            let nth = if HIGH_FIRST { beats - 1 - step } else { step };
            let at = if HIGH_AT_START { beats - 1 - nth } else { nth };
            let unit = U::from_low(word.into() >> (nth * size_of::<U>() * 8));
            let unit = if SWAPPED { unit.swapped() } else { unit };
            store(at * size_of::<U>(), unit);
        });
    }
}

/// Unrolls the steps, of 1, 2, 4 or 8. When optimizing for size, the compiler would
/// keep a loop, with computed shifts.
#[inline(always)]
fn unrolled(steps: usize, mut step: impl FnMut(usize)) {
    step(0);
    if steps > 1 {
        step(1);
    }
    if steps > 2 {
        step(2);
        step(3);
    }
    if steps > 4 {
        step(4);
        step(5);
        step(6);
        step(7);
    }
}

const fn beats<W, U>() -> usize {
    assert!(
        size_of::<U>() <= size_of::<W>(),
        "a beat is no larger than what it moves"
    );
    size_of::<W>() / size_of::<U>()
}

macro_rules! words {
    ($($word:ident)*) => {$(
        impl sealed::Sealed for $word {}

        impl Word for $word {
            const ZERO: Self = 0;
            const ONES: Self = $word::MAX;

            #[inline(always)]
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the low bits are wanted"
            )]
            fn from_low(bits: u64) -> Self {
                bits as $word
            }
        }
    )*};
}

/// Each access is a volatile one.
#[cfg(any(not(target_arch = "aarch64"), miri))]
macro_rules! units {
    ($($unit:ident)*) => {$(
        impl Unit for $unit {
            #[inline(always)]
            fn swapped(self) -> Self {
                self.swap_bytes()
            }

            #[inline(always)]
            unsafe fn load(from: *const u8) -> $unit {
                // SAFETY: the caller guarantees mapping and alignment.
                unsafe { from.cast::<$unit>().read_volatile() }
            }

            #[inline(always)]
            unsafe fn store(to: *mut u8, unit: $unit) {
                // SAFETY: the caller guarantees mapping and alignment.
                unsafe { to.cast::<$unit>().write_volatile(unit) }
            }
        }
    )*};
}

/// Each access is an instruction with the address in a register, as the kernel's
/// `readl` and `writel` are.
///
/// Of a volatile access in a loop the compiler makes one that increments the address
/// too (`ldr w0, [x1], #4`). The processor reports nothing of such an access to a
/// hypervisor, which then cannot emulate it: the guest stops.
#[cfg(all(target_arch = "aarch64", not(miri)))]
macro_rules! units {
    ($($unit:ident $wide:ident $load:literal $store:literal)*) => {$(
        impl Unit for $unit {
            #[inline(always)]
            fn swapped(self) -> Self {
                self.swap_bytes()
            }

            #[inline(always)]
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the load has cleared the other bits"
            )]
            unsafe fn load(from: *const u8) -> $unit {
                let unit: $wide;
                // SAFETY: the caller guarantees mapping and alignment.
                unsafe {
                    core::arch::asm!(
                        $load,
                        unit = lateout(reg) unit,
                        from = in(reg) from,
                        options(nostack, preserves_flags, readonly)
                    );
                }
                unit as $unit
            }

            #[inline(always)]
            unsafe fn store(to: *mut u8, unit: $unit) {
                // SAFETY: the caller guarantees mapping and alignment.
                unsafe {
                    core::arch::asm!(
                        $store,
                        unit = in(reg) $wide::from(unit),
                        to = in(reg) to,
                        options(nostack, preserves_flags)
                    );
                }
            }
        }
    )*};
}

words!(u8 u16 u32 u64);

#[cfg(any(not(target_arch = "aarch64"), miri))]
units!(u8 u16 u32);

#[cfg(all(target_pointer_width = "64", any(not(target_arch = "aarch64"), miri)))]
units!(u64);

#[cfg(all(target_arch = "aarch64", not(miri)))]
units! {
    u8 u32 "ldrb {unit:w}, [{from}]" "strb {unit:w}, [{to}]"
    u16 u32 "ldrh {unit:w}, [{from}]" "strh {unit:w}, [{to}]"
    u32 u32 "ldr {unit:w}, [{from}]" "str {unit:w}, [{to}]"
    u64 u64 "ldr {unit:x}, [{from}]" "str {unit:x}, [{to}]"
}

#[cfg(all(
    not(target_pointer_width = "64"),
    any(not(target_arch = "aarch64"), miri)
))]
impl Unit for u64 {
    #[inline(always)]
    fn swapped(self) -> Self {
        self.swap_bytes()
    }

    #[inline(always)]
    unsafe fn load(from: *const u8) -> u64 {
        // SAFETY: the caller guarantees more than the two halves need.
        <u32 as Beat<u64>>::gather(|at| unsafe { u32::load(from.add(at)) })
    }

    #[inline(always)]
    unsafe fn store(to: *mut u8, unit: u64) {
        // SAFETY: the caller guarantees more than the two halves need.
        <u32 as Beat<u64>>::scatter(unit, |at, half| unsafe { u32::store(to.add(at), half) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const WORD: u64 = 0x0123_4567_89AB_CDEF;

    /// The units in the order in which they move, each after its offset.
    fn moved<B: Beat<u64>>() -> Vec<(usize, u64)> {
        let mut stored = Vec::new();
        B::scatter(WORD, |at, unit| stored.push((at, unit.into())));
        let mut loaded = Vec::new();
        let word: u64 = B::gather(|at| {
            let (_, unit) = stored.iter().find(|(there, _)| *there == at).expect("one");
            loaded.push((at, *unit));
            B::Unit::from_low(*unit)
        });
        assert_eq!(word, WORD);
        assert_eq!(loaded, stored, "both ways in one order");
        stored
    }

    #[test]
    fn a_plain_number_moves_its_low_end_first() {
        assert_eq!(moved::<u64>(), [(0, WORD)]);
        assert_eq!(moved::<u32>(), [(0, 0x89AB_CDEF), (4, 0x0123_4567)]);
        assert_eq!(
            moved::<u16>(),
            [(0, 0xCDEF), (2, 0x89AB), (4, 0x4567), (6, 0x0123)]
        );
    }

    #[test]
    fn an_order_says_where_the_high_end_is_and_when_it_moves() {
        assert_eq!(
            moved::<InOrder<u32, false, true, false>>(),
            [(4, 0x0123_4567), (0, 0x89AB_CDEF)]
        );
        assert_eq!(
            moved::<InOrder<u32, true, true, false>>(),
            [(0, 0x0123_4567), (4, 0x89AB_CDEF)]
        );
        assert_eq!(
            moved::<InOrder<u32, true, false, true>>(),
            [(4, 0xEFCD_AB89), (0, 0x6745_2301)]
        );
    }
}
