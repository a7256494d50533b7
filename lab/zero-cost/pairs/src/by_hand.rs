// SPDX-License-Identifier: MIT OR Apache-2.0

//! What one writes who has a pointer and no accessor.

/// A number that the processor moves in one access.
pub(crate) trait Moves: Copy {
    /// # Safety
    /// It is mapped for reading, and aligned.
    unsafe fn load(from: *const u8) -> Self;

    /// # Safety
    /// It is mapped for writing, and aligned.
    unsafe fn store(self, to: *mut u8);
}

#[cfg(not(target_arch = "aarch64"))]
macro_rules! moves {
    ($($number:ident)*) => {$(
        impl Moves for $number {
            #[inline(always)]
            unsafe fn load(from: *const u8) -> Self {
                // SAFETY: the caller vouches for it.
                unsafe { from.cast::<Self>().read_volatile() }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut u8) {
                // SAFETY: the caller vouches for it.
                unsafe { to.cast::<Self>().write_volatile(self) }
            }
        }
    )*};
}

#[cfg(not(target_arch = "aarch64"))]
moves!(u8 u16 u32 u64 i32);

/// As the kernel's `readl` and `writel`.
#[cfg(target_arch = "aarch64")]
macro_rules! moves {
    ($($number:ident $register:ident $load:literal $store:literal)*) => {$(
        impl Moves for $number {
            #[inline(always)]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                reason = "all of its bits are in the register"
            )]
            unsafe fn load(from: *const u8) -> Self {
                let number: $register;
                // SAFETY: the caller vouches for it.
                unsafe {
                    core::arch::asm!(
                        $load,
                        number = lateout(reg) number,
                        from = in(reg) from,
                        options(nostack, preserves_flags, readonly)
                    );
                }
                number as Self
            }

            #[inline(always)]
            #[allow(clippy::cast_sign_loss, reason = "the bits are stored")]
            unsafe fn store(self, to: *mut u8) {
                // SAFETY: the caller vouches for it.
                unsafe {
                    core::arch::asm!(
                        $store,
                        number = in(reg) self as $register,
                        to = in(reg) to,
                        options(nostack, preserves_flags)
                    );
                }
            }
        }
    )*};
}

#[cfg(target_arch = "aarch64")]
moves! {
    u8 u32 "ldrb {number:w}, [{from}]" "strb {number:w}, [{to}]"
    u16 u32 "ldrh {number:w}, [{from}]" "strh {number:w}, [{to}]"
    u32 u32 "ldr {number:w}, [{from}]" "str {number:w}, [{to}]"
    i32 u32 "ldr {number:w}, [{from}]" "str {number:w}, [{to}]"
    u64 u64 "ldr {number:x}, [{from}]" "str {number:x}, [{to}]"
}

/// Loads the `T` so many bytes into a block.
///
/// # Safety
/// It is mapped for reading, and aligned.
#[inline(always)]
pub(crate) unsafe fn load<T: Moves>(block: *mut u8, offset: usize) -> T {
    // SAFETY: the caller vouches for it.
    unsafe { T::load(block.add(offset)) }
}

/// Stores a `T` so many bytes into a block.
///
/// # Safety
/// It is mapped for writing, and aligned.
#[inline(always)]
pub(crate) unsafe fn store<T: Moves>(block: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller vouches for it.
    unsafe { value.store(block.add(offset)) }
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
