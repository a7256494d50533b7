// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the windows of a block are mapped: as device memory, or as memory.

use core::fmt;

mod sealed {
    pub trait Sealed {}
}

/// A window of `type: memory` in the description: these bytes of the block are
/// storage, of which any part may be read or written in any width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Bytes from the start of the block.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
}

/// What a handle knows of the mapping of its block's memory windows.
pub trait Windows: Copy + fmt::Debug + sealed::Sealed + 'static {
    /// Of a block whose memory windows are mapped as memory, or as device memory.
    fn mapped(as_memory: bool) -> Self;

    /// Whether memory windows are mapped as memory.
    fn are_memory(self) -> bool;
}

/// The block has no memory windows: everything is mapped as device memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceWindows;

impl sealed::Sealed for DeviceWindows {}

impl Windows for DeviceWindows {
    #[inline(always)]
    fn mapped(_: bool) -> Self {
        DeviceWindows
    }

    #[inline(always)]
    fn are_memory(self) -> bool {
        false
    }
}

/// The block has memory windows. The driver maps them as memory (write-combining);
/// through UIO and physical memory they are device memory, as everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryWindows {
    as_memory: bool,
}

impl sealed::Sealed for MemoryWindows {}

impl Windows for MemoryWindows {
    #[inline(always)]
    fn mapped(as_memory: bool) -> Self {
        MemoryWindows { as_memory }
    }

    #[inline(always)]
    fn are_memory(self) -> bool {
        self.as_memory
    }
}
