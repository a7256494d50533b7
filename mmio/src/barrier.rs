// SPDX-License-Identifier: MIT OR Apache-2.0

//! Order between a device's registers and memory that it reads or writes itself
//! (DMA).
//!
//! Accesses of one device's registers keep their order among each other without a
//! barrier: they are volatile, and registers are mapped as device memory. On most
//! processors, an access of a register and one of plain memory are not ordered.
//!
//! ```no_run
//! # use regloom_mmio::{Number, Reg, Ro, Wo, barrier};
//! # fn f(start: Reg<'_, Number<u32, u32, 0>, Wo>, done: Reg<'_, Number<u32, u32, 0>, Ro>, buffer: &mut [u32]) {
//! buffer[0] = 1;
//! barrier::before_device_reads();
//! start.write(1);
//! while done.read() == 0 {}
//! barrier::after_device_writes();
//! assert_eq!(buffer[0], 2);
//! # }
//! ```
#![expect(unsafe_code, reason = "barriers are instructions of their own")]

use core::sync::atomic::{Ordering, compiler_fence};

/// Memory writes of this thread before the barrier are visible to the device before
/// a register write after it: the kernel's `dma_wmb` before a `writel`.
#[inline(always)]
pub fn before_device_reads() {
    compiler_fence(Ordering::SeqCst);
    // SAFETY: a barrier touches neither memory, registers nor the stack.
    unsafe { store_barrier() }
    compiler_fence(Ordering::SeqCst);
}

/// Memory writes of the device that a register reported before the barrier are
/// visible to reads of this thread after it: the kernel's `readl` and `dma_rmb`.
#[inline(always)]
pub fn after_device_writes() {
    compiler_fence(Ordering::SeqCst);
    // SAFETY: as above.
    unsafe { load_barrier() }
    compiler_fence(Ordering::SeqCst);
}

/// All accesses before it are visible before those after it: of registers, and of a
/// window that is mapped as memory.
#[inline(always)]
pub(crate) fn between_windows() {
    compiler_fence(Ordering::SeqCst);
    // SAFETY: as above.
    unsafe { full_barrier() }
    compiler_fence(Ordering::SeqCst);
}

macro_rules! barriers {
    ($store:literal, $load:literal, $full:literal) => {
        #[inline(always)]
        unsafe fn store_barrier() {
            // SAFETY: a barrier touches neither memory, registers nor the stack.
            unsafe { core::arch::asm!($store, options(nostack, preserves_flags)) }
        }

        #[inline(always)]
        unsafe fn load_barrier() {
            // SAFETY: as above.
            unsafe { core::arch::asm!($load, options(nostack, preserves_flags)) }
        }

        #[inline(always)]
        unsafe fn full_barrier() {
            // SAFETY: as above.
            unsafe { core::arch::asm!($full, options(nostack, preserves_flags)) }
        }
    };
}

// Outer shareable reaches beyond the processors (Arm ARM, B2.6.9); user space may
// use all of these.
#[cfg(target_arch = "aarch64")]
barriers!("dmb oshst", "dmb oshld", "dmb osh");
#[cfg(target_arch = "arm")]
barriers!("dsb st", "dmb", "dsb");
// Memory before output, input before memory (RISC-V ISA, 2.7).
#[cfg(any(target_arch = "riscv64", target_arch = "riscv32"))]
barriers!("fence w, o", "fence i, r", "fence iorw, iorw");
#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
barriers!("sfence", "lfence", "mfence");

// Elsewhere, the strongest order between processors.
#[cfg(not(any(
    target_arch = "aarch64",
    target_arch = "arm",
    target_arch = "riscv64",
    target_arch = "riscv32",
    target_arch = "x86_64",
    target_arch = "x86"
)))]
unsafe fn store_barrier() {
    core::sync::atomic::fence(Ordering::SeqCst);
}

#[cfg(not(any(
    target_arch = "aarch64",
    target_arch = "arm",
    target_arch = "riscv64",
    target_arch = "riscv32",
    target_arch = "x86_64",
    target_arch = "x86"
)))]
unsafe fn load_barrier() {
    core::sync::atomic::fence(Ordering::SeqCst);
}

#[cfg(not(any(
    target_arch = "aarch64",
    target_arch = "arm",
    target_arch = "riscv64",
    target_arch = "riscv32",
    target_arch = "x86_64",
    target_arch = "x86"
)))]
unsafe fn full_barrier() {
    core::sync::atomic::fence(Ordering::SeqCst);
}
