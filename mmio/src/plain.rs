// SPDX-License-Identifier: MIT OR Apache-2.0

//! Plain memory in place of a device, for tests.
#![expect(unsafe_code, reason = "owns a heap allocation by pointer")]

use core::ptr::{NonNull, slice_from_raw_parts_mut};
use std::boxed::Box;
use std::vec;

use crate::block::Block;
use crate::device::Device;
use crate::region::Region;

impl Region {
    /// Zeroed memory on the heap, `len` bytes rounded up to whole words.
    ///
    /// # Panics
    /// When that is more memory than a program can have; as with `Vec`.
    #[must_use]
    pub fn plain_memory(len: usize) -> Self {
        let words = vec![0u64; len.div_ceil(size_of::<u64>())].into_boxed_slice();
        let len = size_of_val(&*words);
        let base = NonNull::from(Box::leak(words)).cast();
        // SAFETY: the allocation is ours, and is accessed only through this pointer
        // until `free` releases it.
        unsafe { Region::owned(base, len, free) }
    }
}

/// # Safety
/// `base` and `len` are those of a region that [`Region::plain_memory`] made,
/// and nothing uses it afterwards.
unsafe fn free(base: NonNull<u8>, len: usize) {
    let words = slice_from_raw_parts_mut(base.as_ptr().cast::<u64>(), len / size_of::<u64>());
    // SAFETY: `plain_memory` leaked a box of this address and length.
    drop(unsafe { Box::from_raw(words) });
}

impl<D: Block> Device<D> {
    /// A device on plain, zeroed memory, to test a program's own logic without
    /// hardware. Each register holds what was last written to it, and has no
    /// effect. A test plays the hardware through [`Device::region`].
    ///
    /// # Panics
    /// When the block is larger than the memory that a program can have; as with
    /// `Vec`.
    #[must_use]
    pub fn on_memory() -> Self {
        Device::of_at_least(Region::plain_memory(D::SIZE))
    }
}
