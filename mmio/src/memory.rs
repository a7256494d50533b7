// SPDX-License-Identifier: MIT OR Apache-2.0

//! A memory within a device: consecutive words.

use core::fmt;
use core::marker::PhantomData;

use crate::access::{Access, Read, Write};
use crate::bus::{Bus, Carrier, Mapped, On, Writable, gather, scatter, within};
use crate::word::{Beat, Word};

/// `LEN` words `W` that move in the beats `T`, with the access `A`.
///
/// Words are moved one by one, each in accesses of the bus's width. `memcpy` is not
/// for device memory: it may access it in any width, unaligned, or twice.
pub struct Memory<'a, W, T, const LEN: usize, A, B: Bus = Mapped> {
    at: B::At<'a>,
    word: PhantomData<fn() -> (W, T)>,
    access: PhantomData<fn() -> A>,
}

impl<'a, W: Word, T: Beat<W>, const LEN: usize, A: Access, B: Bus> Memory<'a, W, T, LEN, A, B> {
    /// The words at this address are within the block, and aligned for their beats.
    #[inline(always)]
    pub(crate) fn at(at: B::At<'a>) -> Self {
        Memory {
            at,
            word: PhantomData,
            access: PhantomData,
        }
    }

    /// The number of words.
    #[inline(always)]
    #[must_use]
    pub const fn len(self) -> usize {
        LEN
    }

    /// Whether it has no words.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        LEN == 0
    }

    /// The word at `index`.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len).
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn read(self, index: usize) -> W
    where
        A: Read,
    {
        gather::<W, T, B>(self.word(index))
    }

    /// Writes the word at `index`.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len).
    #[inline(always)]
    #[track_caller]
    pub fn write(self, index: usize, word: W)
    where
        A: Write,
        B: Writable,
    {
        scatter::<W, T, B>(self.word(index), word);
    }

    /// Fills `room` with words, from `first` on.
    ///
    /// # Panics
    /// When the memory has fewer.
    #[inline]
    #[track_caller]
    pub fn copy_to(self, first: usize, room: &mut [W])
    where
        A: Read,
    {
        self.must_have(first, room.len());
        for (index, word) in room.iter_mut().enumerate() {
            *word = gather::<W, T, B>(self.known_word(first + index));
        }
    }

    /// Writes these words, from `first` on.
    ///
    /// # Panics
    /// When the memory has fewer.
    #[inline]
    #[track_caller]
    pub fn copy_from(self, first: usize, words: &[W])
    where
        A: Write,
        B: Writable,
    {
        self.must_have(first, words.len());
        for (index, word) in words.iter().enumerate() {
            scatter::<W, T, B>(self.known_word(first + index), *word);
        }
    }

    /// Every word in turn.
    #[inline]
    pub fn iter(self) -> impl ExactSizeIterator<Item = W>
    where
        A: Read,
    {
        (0..LEN).map(move |index| gather::<W, T, B>(self.known_word(index)))
    }

    #[inline(always)]
    #[track_caller]
    fn word(self, index: usize) -> B::At<'a> {
        self.must_have(index, 1);
        self.known_word(index)
    }

    /// The caller has checked the index.
    #[inline(always)]
    fn known_word(self, index: usize) -> B::At<'a> {
        within::<B>(self.at, index * size_of::<W>())
    }

    #[inline(always)]
    #[track_caller]
    fn must_have(self, first: usize, count: usize) {
        if first > LEN || count > LEN - first {
            too_few(first, count, LEN);
        }
    }
}

impl<W: Word, T, const LEN: usize, A, C: Carrier> Memory<'_, W, T, LEN, A, On<C>> {
    /// Bytes from the start of the block to the word at `index`, which may be
    /// beyond the end of the memory; at most `usize::MAX`.
    #[must_use]
    pub fn offset_of(self, index: usize) -> usize {
        let bytes = index.saturating_mul(size_of::<W>());
        self.at.offset.saturating_add(bytes)
    }
}

#[cold]
#[track_caller]
#[expect(
    clippy::panic,
    reason = "as with slices, a wrong index is a mistake in the program"
)]
fn too_few(first: usize, count: usize, len: usize) -> ! {
    panic!("{count} words from {first} on, of a memory of {len}")
}

impl<W, T, const LEN: usize, A, B: Bus> Clone for Memory<'_, W, T, LEN, A, B> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<W, T, const LEN: usize, A, B: Bus> Copy for Memory<'_, W, T, LEN, A, B> {}

/// Prints its size and address; does not read it.
impl<W, T, const LEN: usize, A, B: Bus> fmt::Debug for Memory<'_, W, T, LEN, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{LEN} words of {} bits at {:?}",
            size_of::<W>() * 8,
            self.at
        )
    }
}
