// SPDX-License-Identifier: MIT OR Apache-2.0

//! Places within a block: each is proven at compile time to be within the one it
//! was taken from.

use core::fmt;

use crate::access::Access;
use crate::bus::{Bus, Mapped, within};
use crate::memory::Memory;
use crate::register::Reg;
use crate::value::Register;
use crate::windows::{DeviceWindows, Windows};
use crate::word::{Beat, Word};

/// `SIZE` bytes of a device, aligned to `ALIGN`: a block, a cluster, or a
/// register.
///
/// `V` is [`MemoryWindows`](crate::MemoryWindows) where the block has windows of
/// `type: memory`.
pub struct Place<
    'a,
    const SIZE: usize,
    const ALIGN: usize,
    B: Bus = Mapped,
    V: Windows = DeviceWindows,
> {
    base: B::At<'a>,
    windows: V,
}

impl<'a, const SIZE: usize, const ALIGN: usize, B: Bus, V: Windows> Place<'a, SIZE, ALIGN, B, V> {
    /// `SIZE` bytes of the block are known to begin at `base`, aligned to `ALIGN`.
    #[inline(always)]
    pub(crate) fn at(base: B::At<'a>, windows: V) -> Self {
        Place { base, windows }
    }

    /// The register `OFFSET` bytes into this place.
    #[inline(always)]
    #[must_use]
    pub fn reg<const OFFSET: usize, R: Register, A: Access>(self) -> Reg<'a, R, A, B> {
        const {
            assert_within(OFFSET, size_of::<R::Word>(), SIZE);
            assert_aligned(OFFSET, size_of::<Unit<R>>(), ALIGN);
        }
        Reg::at(within::<B>(self.base, OFFSET))
    }

    /// The register at `INDEX` of an array that begins `OFFSET` bytes into this
    /// place and has one every `STRIDE` bytes.
    ///
    /// An index beyond the end of the array is an error at compile time.
    #[inline(always)]
    #[must_use]
    pub fn reg_at<
        const OFFSET: usize,
        const COUNT: usize,
        const STRIDE: usize,
        const INDEX: usize,
        R: Register,
        A: Access,
    >(
        self,
    ) -> Reg<'a, R, A, B> {
        const {
            assert!(INDEX < COUNT, "the array has no such index");
        }
        self.reg_of::<OFFSET, COUNT, STRIDE, R, A>(INDEX)
    }

    /// Like [`Place::reg_at`], for an index known only at run time.
    ///
    /// # Panics
    /// When `index` is not below `COUNT`.
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn reg_of<
        const OFFSET: usize,
        const COUNT: usize,
        const STRIDE: usize,
        R: Register,
        A: Access,
    >(
        self,
        index: usize,
    ) -> Reg<'a, R, A, B> {
        const {
            assert_array_within(OFFSET, COUNT, STRIDE, size_of::<R::Word>(), SIZE);
            assert_aligned(OFFSET | STRIDE, size_of::<Unit<R>>(), ALIGN);
        }
        Reg::at(within::<B>(
            self.base,
            element(OFFSET, COUNT, STRIDE, index),
        ))
    }

    /// The cluster `OFFSET` bytes into this place.
    #[inline(always)]
    #[must_use]
    pub fn part<const OFFSET: usize, const PART: usize, const PART_ALIGN: usize>(
        self,
    ) -> Place<'a, PART, PART_ALIGN, B, V> {
        const {
            assert_within(OFFSET, PART, SIZE);
            assert_aligned(OFFSET, PART_ALIGN, ALIGN);
        }
        Place::at(within::<B>(self.base, OFFSET), self.windows)
    }

    /// The cluster at `INDEX` of an array of them, as [`Place::reg_at`].
    #[inline(always)]
    #[must_use]
    pub fn part_at<
        const OFFSET: usize,
        const COUNT: usize,
        const STRIDE: usize,
        const INDEX: usize,
        const PART: usize,
        const PART_ALIGN: usize,
    >(
        self,
    ) -> Place<'a, PART, PART_ALIGN, B, V> {
        const {
            assert!(INDEX < COUNT, "the array has no such index");
        }
        self.part_of::<OFFSET, COUNT, STRIDE, PART, PART_ALIGN>(INDEX)
    }

    /// Like [`Place::part_at`], for an index known only at run time.
    ///
    /// # Panics
    /// When `index` is not below `COUNT`.
    #[inline(always)]
    #[must_use]
    #[track_caller]
    pub fn part_of<
        const OFFSET: usize,
        const COUNT: usize,
        const STRIDE: usize,
        const PART: usize,
        const PART_ALIGN: usize,
    >(
        self,
        index: usize,
    ) -> Place<'a, PART, PART_ALIGN, B, V> {
        const {
            assert_array_within(OFFSET, COUNT, STRIDE, PART, SIZE);
            assert_aligned(OFFSET | STRIDE, PART_ALIGN, ALIGN);
        }
        let part = element(OFFSET, COUNT, STRIDE, index);
        Place::at(within::<B>(self.base, part), self.windows)
    }

    /// The memory of `LEN` words that begins `OFFSET` bytes into this place.
    #[inline(always)]
    #[must_use]
    pub fn memory<const OFFSET: usize, const LEN: usize, W: Word, T: Beat<W>, A: Access>(
        self,
    ) -> Memory<'a, W, T, LEN, A, B> {
        const {
            assert_memory_within::<W, T>(OFFSET, LEN, SIZE, ALIGN);
        }
        Memory::at(within::<B>(self.base, OFFSET), DeviceWindows)
    }

    /// As [`Place::memory`], for words that are in a window of `type: memory`.
    #[inline(always)]
    #[must_use]
    pub fn window_memory<const OFFSET: usize, const LEN: usize, W: Word, T: Beat<W>, A: Access>(
        self,
    ) -> Memory<'a, W, T, LEN, A, B, V> {
        const {
            assert_memory_within::<W, T>(OFFSET, LEN, SIZE, ALIGN);
        }
        Memory::at(within::<B>(self.base, OFFSET), self.windows)
    }
}

impl<const SIZE: usize, const ALIGN: usize, B: Bus, V: Windows> Clone
    for Place<'_, SIZE, ALIGN, B, V>
{
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<const SIZE: usize, const ALIGN: usize, B: Bus, V: Windows> Copy
    for Place<'_, SIZE, ALIGN, B, V>
{
}

impl<const SIZE: usize, const ALIGN: usize, B: Bus, V: Windows> fmt::Debug
    for Place<'_, SIZE, ALIGN, B, V>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({:?}, {SIZE:#x} bytes)", self.base)
    }
}

/// What the bus moves of a register in one access.
type Unit<R> = <<R as Register>::Beat as Beat<<R as Register>::Word>>::Unit;

const fn assert_within(offset: usize, size: usize, whole: usize) {
    assert_array_within(offset, 1, 0, size, whole);
}

const fn assert_array_within(
    offset: usize,
    count: usize,
    stride: usize,
    size: usize,
    whole: usize,
) {
    assert!(count > 0, "an array of nothing");
    let last = (count as u128 - 1) * stride as u128 + offset as u128;
    assert!(
        last + size as u128 <= whole as u128,
        "reaches beyond what contains it"
    );
}

const fn assert_memory_within<W: Word, T: Beat<W>>(
    offset: usize,
    len: usize,
    whole: usize,
    align: usize,
) {
    let word = size_of::<W>();
    assert_array_within(offset, len, word, word, whole);
    assert_aligned(offset, size_of::<T::Unit>(), align);
}

const fn assert_aligned(offset: usize, align: usize, whole: usize) {
    assert!(align.is_power_of_two(), "no power of two");
    assert!(
        align <= whole && offset.is_multiple_of(align),
        "misaligned for its accesses"
    );
}

/// The offset of an element within the place.
#[inline(always)]
#[track_caller]
fn element(offset: usize, count: usize, stride: usize, index: usize) -> usize {
    if index >= count {
        no_such_index(index, count);
    }
    offset + index * stride
}

#[cold]
#[track_caller]
#[expect(
    clippy::panic,
    reason = "as with slices, a wrong index is a mistake in the program"
)]
fn no_such_index(index: usize, count: usize) -> ! {
    panic!("index {index} of an array of {count}")
}
