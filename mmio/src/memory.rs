// SPDX-License-Identifier: MIT OR Apache-2.0

//! A memory within a device: consecutive words.

use core::fmt;
use core::marker::PhantomData;

use crate::access::{Access, Read, Write};
use crate::barrier;
use crate::bus::{Bus, Carrier, Mapped, On, Writable, fetch, gather, put, scatter, within};
use crate::windows::{DeviceWindows, Windows};
use crate::word::{Beat, Word};

/// `LEN` words `W` that move in the beats `T`, with the access `A`.
///
/// Words are moved one by one, each in accesses of the bus's width. `memcpy` is not
/// for device memory: it may access it in any width, unaligned, or twice.
///
/// In a window of `type: memory`, which the driver maps as memory (`V` is
/// [`MemoryWindows`](crate::MemoryWindows)), copies are made in the widest accesses
/// that there are. Where it is device memory, as through UIO, words are moved one by
/// one there too. Each call keeps its order with accesses of registers, as it does in
/// device memory; that costs two barriers for each call, so that many words are
/// better copied than read one by one.
pub struct Memory<'a, W, T, const LEN: usize, A, B: Bus = Mapped, V: Windows = DeviceWindows> {
    at: B::At<'a>,
    windows: V,
    word: PhantomData<fn() -> (W, T)>,
    access: PhantomData<fn() -> A>,
}

impl<'a, W: Word, T: Beat<W>, const LEN: usize, A: Access, B: Bus, V: Windows>
    Memory<'a, W, T, LEN, A, B, V>
{
    /// The words at this address are within the block, and aligned for their beats.
    /// They are in a memory window, if `windows` is of such.
    #[inline(always)]
    pub(crate) fn at(at: B::At<'a>, windows: V) -> Self {
        Memory {
            at,
            windows,
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
        let at = self.word(index);
        self.in_order(|| gather::<W, T, B>(at))
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
        let at = self.word(index);
        self.in_order(|| scatter::<W, T, B>(at, word));
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
        self.in_order(|| match self.is_wide() {
            true => fetch::<W, B>(self.known_word(first), room),
            false => {
                for (index, word) in room.iter_mut().enumerate() {
                    *word = gather::<W, T, B>(self.known_word(first + index));
                }
            }
        });
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
        self.in_order(|| match self.is_wide() {
            true => put::<W, B>(self.known_word(first), words),
            false => {
                for (index, word) in words.iter().enumerate() {
                    scatter::<W, T, B>(self.known_word(first + index), *word);
                }
            }
        });
    }

    /// Every word in turn.
    #[inline]
    pub fn iter(self) -> impl ExactSizeIterator<Item = W>
    where
        A: Read,
    {
        (0..LEN).map(move |index| self.in_order(|| gather::<W, T, B>(self.known_word(index))))
    }

    /// Words may be moved in any width: they are mapped as memory, and have the order
    /// of the processor.
    #[inline(always)]
    fn is_wide(self) -> bool {
        self.windows.are_memory() && const { is_in_order::<W, T>() }
    }

    /// Accesses of words, in order with accesses of registers before and after.
    #[inline(always)]
    fn in_order<R>(self, access: impl FnOnce() -> R) -> R {
        // Accesses of device memory keep their order.
        if !self.windows.are_memory() {
            return access();
        }
        barrier::between_windows();
        let done = access();
        barrier::between_windows();
        done
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

/// A word of memory is the word that moves in these beats.
const fn is_in_order<W: Word, T: Beat<W>>() -> bool {
    let has_one = size_of::<W>() == size_of::<T::Unit>();
    let has_low_end_first = cfg!(target_endian = "little") && !T::HIGH_AT_START;
    !T::SWAPPED && (has_one || has_low_end_first)
}

impl<W: Word, T, const LEN: usize, A, C: Carrier, V: Windows> Memory<'_, W, T, LEN, A, On<C>, V> {
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

impl<W, T, const LEN: usize, A, B: Bus, V: Windows> Clone for Memory<'_, W, T, LEN, A, B, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<W, T, const LEN: usize, A, B: Bus, V: Windows> Copy for Memory<'_, W, T, LEN, A, B, V> {}

/// Prints its size and address; does not read it.
impl<W, T, const LEN: usize, A, B: Bus, V: Windows> fmt::Debug for Memory<'_, W, T, LEN, A, B, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{LEN} words of {} bits at {:?}",
            size_of::<W>() * 8,
            self.at
        )
    }
}

#[cfg(all(test, feature = "std"))]
#[expect(unsafe_code, reason = "plain memory is mapped as memory")]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::block::{Block, Root};
    use crate::device::Device;
    use crate::marker::Rw;
    use crate::place::Place;
    use crate::recorder::Recorder;
    use crate::region::Region;
    use crate::transfer::Transfer;
    use crate::windows::{MemoryWindows, Window};
    use crate::word::InOrder;

    const WORDS: usize = 64;

    /// A block that is one memory window.
    enum Ram {}

    impl Block for Ram {
        const NAME: &'static str = "ram";
        const SIZE: usize = 4 * WORDS;
        const HASH: u64 = 0;
        const MEMORY_WINDOWS: &'static [Window] = &[Window {
            offset: 0,
            size: 4 * WORDS,
        }];
        const ITEMS: &'static [crate::table::Item] = &[];
        type Registers<'a, B: Bus> = Place<'a, { 4 * WORDS }, 4, B, MemoryWindows>;
        fn registers<B: Bus>(root: Root<'_, Self, B>) -> Self::Registers<'_, B> {
            root.place()
        }
    }

    type Words<'a, T, B = Mapped> = Memory<'a, u32, T, WORDS, Rw, B, MemoryWindows>;

    fn ram(as_memory: bool) -> Device<Ram> {
        let region = Region::plain_memory(Ram::SIZE);
        // SAFETY: it is memory.
        Device::of_at_least(unsafe { region.with_memory(as_memory) })
    }

    /// The words one by one.
    fn content<T: Beat<u32>>(memory: Words<'_, T>) -> Vec<u32> {
        (0..WORDS).map(|index| memory.read(index)).collect()
    }

    /// Copies of every length between every two words are what word by word is.
    fn copies<T: Beat<u32>>(device: &Device<Ram>) {
        let memory: Words<'_, T> = device.regs().window_memory::<0, WORDS, _, _, _>();
        let words: Vec<u32> = (0..64)
            .map(|nth| 0x0403_0201_u32.rotate_left(nth))
            .collect();
        for first in 0..8 {
            for count in 0..=WORDS - 8 {
                memory.copy_from(0, &[0; WORDS]);
                memory.copy_from(first, &words[..count]);
                let mut expected = [0; WORDS];
                expected[first..first + count].copy_from_slice(&words[..count]);
                assert_eq!(content(memory), expected);
                assert_eq!(memory.iter().collect::<Vec<_>>(), expected);
                let mut room = std::vec![0xee; count];
                memory.copy_to(first, &mut room);
                assert_eq!(room, &words[..count]);
            }
        }
    }

    #[test]
    fn copies_are_the_same_in_memory_and_in_device_memory() {
        for device in [ram(true), ram(false)] {
            copies::<u32>(&device);
            copies::<u16>(&device);
            copies::<InOrder<u32, false, false, true>>(&device);
            copies::<InOrder<u16, true, false, false>>(&device);
        }
    }

    #[test]
    fn copies_are_wide_in_memory_of_the_processors_order() {
        fn is_wide<T: Beat<u32>>(device: &Device<Ram>) -> bool {
            let memory: Words<'_, T> = device.regs().window_memory::<0, WORDS, _, _, _>();
            memory.is_wide()
        }
        let little = cfg!(target_endian = "little");
        let (memory, registers) = (ram(true), ram(false));
        assert!(is_wide::<u32>(&memory) && !is_wide::<u32>(&registers));
        assert_eq!(is_wide::<u16>(&memory), little);
        assert!(!is_wide::<InOrder<u32, false, false, true>>(&memory));
        assert!(!is_wide::<InOrder<u16, true, false, false>>(&memory));
    }

    /// A carrier sees each word, as through UIO.
    #[test]
    fn words_of_device_memory_move_one_by_one() {
        let recorder = Recorder::new(ram(true));
        let memory: Words<'_, u32, On<_>> =
            recorder.regs::<Ram>().window_memory::<0, WORDS, _, _, _>();
        memory.copy_from(1, &[7, 8]);
        let moved = recorder.log();
        assert_eq!(moved, [Transfer::write(4, 4, 7), Transfer::write(8, 4, 8)]);
    }
}
