// SPDX-License-Identifier: MIT OR Apache-2.0

//! Places within a block, each proven at compile time to lie within the one it
//! was taken from.
#![expect(
    unsafe_code,
    reason = "arithmetic on, and access through, checked pointers"
)]

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::access::Access;
use crate::device::Block;
use crate::region::Region;
use crate::register::Reg;
use crate::value::Value;
use crate::word::{Beat, Word};

/// The first byte of a mapped block `B`.
pub struct Root<'a, B> {
    base: NonNull<u8>,
    device: PhantomData<&'a Region>,
    block: PhantomData<fn() -> B>,
}

impl<'a, B: Block> Root<'a, B> {
    /// The region is known to be as large as the block.
    #[inline(always)]
    pub(crate) fn of(region: &'a Region) -> Self {
        Root {
            base: region.base(),
            device: PhantomData,
            block: PhantomData,
        }
    }

    /// The whole block, or its first `SIZE` bytes.
    #[inline(always)]
    #[must_use]
    pub fn place<const SIZE: usize, const ALIGN: usize>(self) -> Place<'a, SIZE, ALIGN> {
        const {
            assert!(SIZE <= B::SIZE, "larger than the block");
            assert!(ALIGN <= Region::ALIGN, "aligned more than a block is");
        }
        Place::at(self.base)
    }
}

impl<B> Clone for Root<'_, B> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Root<'_, B> {}

impl<B> fmt::Debug for Root<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Root").field(&self.base).finish()
    }
}

/// `SIZE` bytes of a device, aligned to `ALIGN`: a block, a cluster, or a
/// register.
#[derive(Clone, Copy)]
pub struct Place<'a, const SIZE: usize, const ALIGN: usize> {
    base: NonNull<u8>,
    device: PhantomData<&'a Region>,
}

impl<'a, const SIZE: usize, const ALIGN: usize> Place<'a, SIZE, ALIGN> {
    /// `base` is known to be the first of that many mapped bytes, and aligned.
    #[inline(always)]
    fn at(base: NonNull<u8>) -> Self {
        Place {
            base,
            device: PhantomData,
        }
    }

    /// The register `OFFSET` bytes into this place.
    #[inline(always)]
    #[must_use]
    pub fn reg<const OFFSET: usize, V: Value, A: Access>(self) -> Reg<'a, V, A> {
        const {
            assert_within(OFFSET, size_of::<V::Word>(), SIZE);
            assert_aligned(OFFSET, size_of::<V::Beat>(), ALIGN);
        }
        Reg::at(Spot::at(self.byte(OFFSET)))
    }

    /// The register at `INDEX` of an array that begins `OFFSET` bytes into this
    /// place and has one every `STRIDE` bytes.
    ///
    /// An index that the array does not have is refused at compile time.
    #[inline(always)]
    #[must_use]
    pub fn reg_at<
        const OFFSET: usize,
        const COUNT: usize,
        const STRIDE: usize,
        const INDEX: usize,
        V: Value,
        A: Access,
    >(
        self,
    ) -> Reg<'a, V, A> {
        const {
            assert!(INDEX < COUNT, "the array has no such index");
        }
        self.reg_of::<OFFSET, COUNT, STRIDE, V, A>(INDEX)
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
        V: Value,
        A: Access,
    >(
        self,
        index: usize,
    ) -> Reg<'a, V, A> {
        const {
            assert_array_within(OFFSET, COUNT, STRIDE, size_of::<V::Word>(), SIZE);
            assert_aligned(OFFSET | STRIDE, size_of::<V::Beat>(), ALIGN);
        }
        Reg::at(Spot::at(self.byte(element(OFFSET, COUNT, STRIDE, index))))
    }

    /// The cluster `OFFSET` bytes into this place.
    #[inline(always)]
    #[must_use]
    pub fn part<const OFFSET: usize, const PART: usize, const PART_ALIGN: usize>(
        self,
    ) -> Place<'a, PART, PART_ALIGN> {
        const {
            assert_within(OFFSET, PART, SIZE);
            assert_aligned(OFFSET, PART_ALIGN, ALIGN);
        }
        Place::at(self.byte(OFFSET))
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
    ) -> Place<'a, PART, PART_ALIGN> {
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
    ) -> Place<'a, PART, PART_ALIGN> {
        const {
            assert_array_within(OFFSET, COUNT, STRIDE, PART, SIZE);
            assert_aligned(OFFSET | STRIDE, PART_ALIGN, ALIGN);
        }
        Place::at(self.byte(element(OFFSET, COUNT, STRIDE, index)))
    }

    /// The byte `offset` into this place, which the caller has checked it has
    /// (or is the end of).
    #[inline(always)]
    fn byte(self, offset: usize) -> NonNull<u8> {
        // SAFETY: `offset` is at most `SIZE`, and that many bytes from `base`
        // on belong to one mapping.
        unsafe { self.base.add(offset) }
    }
}

impl<const SIZE: usize, const ALIGN: usize> fmt::Debug for Place<'_, SIZE, ALIGN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({:?}, {SIZE:#x} bytes)", self.base)
    }
}

/// Where one word lies: mapped and aligned, as the [`Place`] it came from has
/// checked.
pub(crate) struct Spot<'a, W, B> {
    base: NonNull<u8>,
    device: PhantomData<&'a Region>,
    word: PhantomData<fn(W, B)>,
}

impl<W: Word, B: Beat<W>> Spot<'_, W, B> {
    #[inline(always)]
    fn at(base: NonNull<u8>) -> Self {
        Spot {
            base,
            device: PhantomData,
            word: PhantomData,
        }
    }

    #[inline(always)]
    pub(crate) fn load(self) -> W {
        // SAFETY: the place this came from is mapped read-write for as long as
        // the device is borrowed, and holds the word, aligned for its beats.
        unsafe { B::load(self.base.as_ptr()) }
    }

    #[inline(always)]
    pub(crate) fn store(self, word: W) {
        // SAFETY: as for `load`.
        unsafe { B::store(self.base.as_ptr(), word) }
    }
}

impl<W, B> Spot<'_, W, B> {
    pub(crate) fn address(self) -> NonNull<u8> {
        self.base
    }
}

impl<W, B> Clone for Spot<'_, W, B> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<W, B> Copy for Spot<'_, W, B> {}

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

const fn assert_aligned(offset: usize, align: usize, whole: usize) {
    assert!(align.is_power_of_two(), "no power of two");
    assert!(
        align <= whole && offset.is_multiple_of(align),
        "misaligned for its accesses"
    );
}

/// How far into the place the element lies.
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
