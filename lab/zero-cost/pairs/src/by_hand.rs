// SPDX-License-Identifier: MIT OR Apache-2.0

//! What one writes who has a pointer and no accessor.

/// Loads the `T` so many bytes into a block.
///
/// # Safety
/// It is mapped for reading, and aligned.
#[inline(always)]
pub(crate) unsafe fn load<T>(block: *mut u8, offset: usize) -> T {
    // SAFETY: the caller vouches for it.
    unsafe { block.add(offset).cast::<T>().read_volatile() }
}

/// Stores a `T` so many bytes into a block.
///
/// # Safety
/// It is mapped for writing, and aligned.
#[inline(always)]
pub(crate) unsafe fn store<T>(block: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller vouches for it.
    unsafe { block.add(offset).cast::<T>().write_volatile(value) }
}

/// Loads a number of 64 bits in halves, the low one first.
///
/// # Safety
/// As for `load`.
#[inline(always)]
pub(crate) unsafe fn load_halves(block: *mut u8, offset: usize) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe {
        let low: u32 = load(block, offset);
        let high: u32 = load(block, offset + 4);
        u64::from(low) | u64::from(high) << 32
    }
}

/// Stores a number of 64 bits in halves, the low one first.
///
/// # Safety
/// As for `store`.
#[inline(always)]
pub(crate) unsafe fn store_halves(block: *mut u8, offset: usize, value: u64) {
    // SAFETY: the caller vouches for it.
    unsafe {
        store(block, offset, low_half(value));
        store(block, offset + 4, low_half(value >> 32));
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the low half is wanted")]
const fn low_half(value: u64) -> u32 {
    value as u32
}

/// Loads a number of 64 bits: at once where the processor can.
///
/// # Safety
/// As for `load`.
#[inline(always)]
pub(crate) unsafe fn load_wide(block: *mut u8) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe {
        if cfg!(target_pointer_width = "64") {
            load(block, 0)
        } else {
            load_halves(block, 0)
        }
    }
}

/// Stores a number of 64 bits: at once where the processor can.
///
/// # Safety
/// As for `store`.
#[inline(always)]
pub(crate) unsafe fn store_wide(block: *mut u8, value: u64) {
    // SAFETY: the caller vouches for it.
    unsafe {
        if cfg!(target_pointer_width = "64") {
            store(block, 0, value);
        } else {
            store_halves(block, 0, value);
        }
    }
}

/// A block that somebody has mapped, and knows how to unmap.
pub struct Mapping {
    /// Its first byte.
    pub block: *mut u8,
    /// How many it has.
    pub len: usize,
    /// Unmaps it.
    pub unmap: unsafe fn(*mut u8, usize),
}

/// Where a wrong index ends.
#[cold]
#[inline(never)]
#[track_caller]
#[expect(clippy::panic, reason = "as with slices")]
pub fn no_such_index(index: usize, count: usize) -> ! {
    panic!("index {index} of an array of {count}")
}

/// Where a copy of more words than there are ends.
#[cold]
#[inline(never)]
#[track_caller]
#[expect(clippy::panic, reason = "as with slices")]
pub fn too_few(first: usize, count: usize, len: usize) -> ! {
    panic!("{count} words from {first} on, of a memory of {len}")
}
