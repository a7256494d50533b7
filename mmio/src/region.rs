// SPDX-License-Identifier: MIT OR Apache-2.0

//! The memory that a device is accessed through.
#![expect(
    unsafe_code,
    reason = "owns memory that it releases, and accesses it by offset"
)]

use core::fmt;
use core::ptr::NonNull;

use crate::word::Unit;

/// Memory of a device, readable and writable until it is dropped.
pub struct Region {
    base: NonNull<u8>,
    len: usize,
    /// The memory windows of its block are mapped as memory.
    has_memory: bool,
    release: Release,
}

/// Releases the memory of a region.
type Release = unsafe fn(base: NonNull<u8>, len: usize);

// SAFETY: device memory belongs to no thread, and any thread may release a heap
// allocation. (Not `Sync`: sharing would let two threads race on a
// read-modify-write.)
unsafe impl Send for Region {}

impl Region {
    /// Bytes of the widest access; a block's addresses need no larger alignment.
    pub const ALIGN: usize = 8;

    /// Memory that the caller has mapped and will release; `None` when it would
    /// reach beyond the last address, or be larger than memory can be.
    ///
    /// A device on it ([`Device::new`](crate::Device::new)) needs it to begin at a
    /// multiple of its [widest access](crate::Block::ALIGN).
    ///
    /// # Safety
    /// The `len` bytes from `base` on are readable and writable, by accesses of
    /// 8 to 64 bits, for as long as the region lives, and nothing takes a
    /// reference to them.
    #[must_use]
    pub unsafe fn from_raw(base: NonNull<u8>, len: usize) -> Option<Self> {
        let fits = isize::try_from(len).is_ok() && base.addr().checked_add(len).is_some();
        // SAFETY: the caller guarantees what is asked of the memory; releasing does
        // nothing.
        fits.then(|| unsafe { Region::owned(base, len, |_, _| {}) })
    }

    /// Memory that `release` releases.
    ///
    /// # Safety
    /// As [`Region::from_raw`], and `release` may be called once with the same
    /// `base` and `len`, on any thread.
    pub(crate) unsafe fn owned(base: NonNull<u8>, len: usize, release: Release) -> Self {
        Region {
            base,
            len,
            has_memory: false,
            release,
        }
    }

    /// The same region; the memory windows of its block are mapped as memory or not.
    ///
    /// # Safety
    /// They are, if `has_memory` says so.
    #[cfg(feature = "std")]
    pub(crate) unsafe fn with_memory(self, has_memory: bool) -> Self {
        let mut region = self;
        region.has_memory = has_memory;
        region
    }

    #[inline(always)]
    pub(crate) fn has_memory(&self) -> bool {
        self.has_memory
    }

    /// Whether a block of `size` bytes whose widest access has `align` bytes can
    /// begin where the region does.
    pub(crate) fn has_room_for(&self, size: usize, align: usize) -> bool {
        size <= self.len && self.base.addr().get().is_multiple_of(align)
    }

    #[inline(always)]
    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Its size in bytes.
    #[inline(always)]
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Loads the word `offset` bytes into the region, whatever registers are there;
    /// `None` when it is misaligned or beyond the end.
    #[must_use]
    pub fn load<W: Unit>(&self, offset: usize) -> Option<W> {
        let from = self.word::<W>(offset)?;
        // SAFETY: `word` has checked that the word is within the region, which is
        // mapped, and that it is aligned.
        Some(unsafe { W::load(from.as_ptr()) })
    }

    /// Stores the word `offset` bytes into the region, whatever registers are
    /// there; `None`, and nothing is stored, when it is misaligned or beyond the
    /// end.
    #[must_use = "nothing is stored at a wrong offset"]
    pub fn store<W: Unit>(&self, offset: usize, word: W) -> Option<()> {
        let to = self.word::<W>(offset)?;
        // SAFETY: as for `load`.
        unsafe { W::store(to.as_ptr(), word) }
        Some(())
    }

    fn word<W: Unit>(&self, offset: usize) -> Option<NonNull<u8>> {
        if offset.checked_add(size_of::<W>())? > self.len {
            return None;
        }
        // SAFETY: `offset` is within the region.
        let word = unsafe { self.base.add(offset) };
        let aligned = word.addr().get().is_multiple_of(size_of::<W>());
        aligned.then_some(word)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the maker of the region guaranteed that `release` may be called,
        // and nothing borrows the region any more.
        unsafe { (self.release)(self.base, self.len) }
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({:?}, {:#x} bytes)", self.base, self.len)
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    /// A region of so many bytes, so many bytes after a multiple of 8.
    fn region(words: &mut [u64; 3], before: usize, len: usize) -> Option<Region> {
        let base = NonNull::from(words).cast::<u8>();
        // SAFETY: the bytes that are accessed are in the words, which outlive the
        // region.
        unsafe { Region::from_raw(base.add(before), len) }
    }

    #[test]
    fn a_word_is_aligned_in_memory() {
        let mut words = [0_u64; 3];
        for before in 0..9 {
            let region = region(&mut words, before, 15).unwrap();
            for offset in 0..9 {
                let at = before + offset;
                let found = (
                    region.load::<u8>(offset).is_some(),
                    region.load::<u16>(offset).is_some(),
                    region.load::<u32>(offset).is_some(),
                    region.store(offset, 0_u64).is_some(),
                );
                let fits = |size: usize| at.is_multiple_of(size) && offset + size <= 15;
                let expected = (fits(1), fits(2), fits(4), fits(8));
                assert_eq!(found, expected, "{before} {offset}");
            }
        }
    }

    #[test]
    fn a_block_needs_the_alignment_of_its_widest_access() {
        let mut words = [0_u64; 3];
        let region = region(&mut words, 4, 12).unwrap();
        assert!(region.has_room_for(12, 4) && region.has_room_for(0, 1));
        assert!(!region.has_room_for(12, 8) && !region.has_room_for(13, 4));
    }

    #[test]
    fn memory_beyond_all_addresses_is_refused() {
        let mut words = [0_u64; 3];
        for len in [usize::MAX, usize::MAX - 8, isize::MAX as usize + 1] {
            assert!(region(&mut words, 0, len).is_none(), "{len:#x}");
        }
    }
}
