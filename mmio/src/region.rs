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
    release: Release,
}

/// Releases the memory of a region.
type Release = unsafe fn(base: NonNull<u8>, len: usize);

// SAFETY: device memory belongs to no thread, and any thread may release a heap
// allocation. (Not `Sync`: sharing would let two threads race on a
// read-modify-write.)
unsafe impl Send for Region {}

impl Region {
    /// Alignment of every region, in bytes.
    pub const ALIGN: usize = 8;

    /// Memory that the caller has mapped and will release; `None` when `base` is
    /// not a multiple of [`Region::ALIGN`].
    ///
    /// # Safety
    /// The `len` bytes from `base` on are readable and writable, by accesses of
    /// 8 to 64 bits, for as long as the region lives, and nothing takes a
    /// reference to them.
    #[must_use]
    pub unsafe fn from_raw(base: NonNull<u8>, len: usize) -> Option<Self> {
        // SAFETY: the caller guarantees what is asked of the memory; releasing does
        // nothing.
        unsafe { Region::owned(base, len, |_, _| {}) }
    }

    /// Memory that `release` releases. `None`, and nothing will be released, when
    /// `base` is not a multiple of [`Region::ALIGN`].
    ///
    /// # Safety
    /// As [`Region::from_raw`], and `release` may be called once with the same
    /// `base` and `len`, on any thread.
    pub(crate) unsafe fn owned(base: NonNull<u8>, len: usize, release: Release) -> Option<Self> {
        let aligned = base.addr().get().is_multiple_of(Region::ALIGN);
        aligned.then(|| Region { base, len, release })
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
        let end = offset.checked_add(size_of::<W>())?;
        let fits = end <= self.len && offset.is_multiple_of(size_of::<W>());
        // SAFETY: `offset` is within the region.
        fits.then(|| unsafe { self.base.add(offset) })
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

    #[test]
    fn misaligned_memory_is_refused() {
        let mut words = [0_u64; 2];
        let base = NonNull::from(&mut words).cast::<u8>();
        for before in 0..9 {
            // SAFETY: the bytes are in the words, which outlive the region.
            let region = unsafe { Region::from_raw(base.add(before), 4) };
            assert_eq!(region.is_some(), before % Region::ALIGN == 0, "{before}");
        }
    }
}
