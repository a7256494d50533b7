// SPDX-License-Identifier: MIT OR Apache-2.0

//! Words of 8 to 64 bits, and the volatile accesses that move them.
#![expect(unsafe_code, reason = "volatile loads and stores of device memory")]

use core::fmt::Debug;
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
    + Beat<Self>
    + sealed::Sealed
{
    /// No bit set.
    const ZERO: Self;
    /// Every bit set.
    const ONES: Self;
}

/// The unit in which the bus moves a word `W`: the word itself, or a narrower
/// one of which several make the word, lowest address (and lowest bits) first.
///
/// A word of 64 bits moves in two beats of 32 wherever the processor has no
/// single instruction for it, whatever the bus could do.
pub trait Beat<W>: sealed::Sealed {
    /// Loads the word, each beat exactly once.
    ///
    /// # Safety
    /// From `from` on, as many bytes as `W` has are mapped for reading, and
    /// `from` is a multiple of this type's size.
    unsafe fn load(from: *const u8) -> W;

    /// Stores the word, each beat exactly once.
    ///
    /// # Safety
    /// From `to` on, as many bytes as `W` has are mapped for writing, and `to`
    /// is a multiple of this type's size.
    unsafe fn store(to: *mut u8, word: W);
}

macro_rules! words {
    ($($word:ident)*) => {$(
        impl sealed::Sealed for $word {}

        impl Word for $word {
            const ZERO: Self = 0;
            const ONES: Self = $word::MAX;
        }
    )*};
}

macro_rules! whole {
    ($($word:ident)*) => {$(
        impl Beat<$word> for $word {
            #[inline(always)]
            unsafe fn load(from: *const u8) -> $word {
                // SAFETY: the caller vouches for mapping and alignment.
                unsafe { from.cast::<$word>().read_volatile() }
            }

            #[inline(always)]
            unsafe fn store(to: *mut u8, word: $word) {
                // SAFETY: the caller vouches for mapping and alignment.
                unsafe { to.cast::<$word>().write_volatile(word) }
            }
        }
    )*};
}

macro_rules! in_beats {
    ($($word:ident in $beat:ident)*) => {$(
        impl Beat<$word> for $beat {
            #[inline(always)]
            unsafe fn load(from: *const u8) -> $word {
                let beats = size_of::<$word>() / size_of::<$beat>();
                (0..beats).fold(0, |word, nth| {
                    // SAFETY: the caller vouches for the mapping of the whole
                    // word, and for the alignment of its first beat, which
                    // makes every further one aligned too.
                    let beat = unsafe { from.cast::<$beat>().add(nth).read_volatile() };
                    word | $word::from(beat) << (nth * $beat::BITS as usize)
                })
            }

            #[inline(always)]
            #[expect(clippy::cast_possible_truncation, reason = "a beat is part of the word")]
            unsafe fn store(to: *mut u8, word: $word) {
                let beats = size_of::<$word>() / size_of::<$beat>();
                for nth in 0..beats {
                    let beat = (word >> (nth * $beat::BITS as usize)) as $beat;
                    // SAFETY: as for `load`.
                    unsafe { to.cast::<$beat>().add(nth).write_volatile(beat) }
                }
            }
        }
    )*};
}

words!(u8 u16 u32 u64);
whole!(u8 u16 u32);
in_beats!(u16 in u8  u32 in u8  u32 in u16  u64 in u8  u64 in u16  u64 in u32);

#[cfg(target_pointer_width = "64")]
whole!(u64);

#[cfg(not(target_pointer_width = "64"))]
impl Beat<u64> for u64 {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> u64 {
        // SAFETY: the caller vouches for more than two beats need.
        unsafe { <u32 as Beat<u64>>::load(from) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut u8, word: u64) {
        // SAFETY: the caller vouches for more than two beats need.
        unsafe { <u32 as Beat<u64>>::store(to, word) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<B: Beat<u64>>(word: u64) -> [u8; 8] {
        let mut memory = [0u64; 1];
        let place = memory.as_mut_ptr().cast::<u8>();
        // SAFETY: `place` is eight aligned bytes of this function's own.
        let loaded: u64 = unsafe {
            B::store(place, word);
            B::load(place)
        };
        assert_eq!(loaded, word);
        memory[0].to_ne_bytes()
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn beats_of_any_width_leave_the_same_bytes() {
        let word = 0x0123_4567_89AB_CDEF_u64;
        let whole = word.to_le_bytes();
        assert_eq!(round_trip::<u64>(word), whole);
        assert_eq!(round_trip::<u32>(word), whole);
        assert_eq!(round_trip::<u16>(word), whole);
        assert_eq!(round_trip::<u8>(word), whole);
    }
}
