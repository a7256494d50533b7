// SPDX-License-Identifier: MIT OR Apache-2.0

//! An access as the bus saw it.

use core::fmt;

/// One access, as the bus saw it: `size` bytes (1, 2, 4 or 8) at `offset` bytes
/// from the start of the block, in the device's own byte order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// Software read `value`.
    Read {
        /// Bytes from the start of the block.
        offset: usize,
        /// Bytes that moved.
        size: usize,
        /// Their value.
        value: u64,
    },
    /// Software wrote `value`.
    Write {
        /// Bytes from the start of the block.
        offset: usize,
        /// Bytes that moved.
        size: usize,
        /// Their value.
        value: u64,
    },
}

impl Transfer {
    /// A read of `size` bytes that returned `value`.
    #[must_use]
    pub const fn read(offset: usize, size: usize, value: u64) -> Self {
        Transfer::Read {
            offset,
            size,
            value,
        }
    }

    /// A write of `value`, `size` bytes long.
    #[must_use]
    pub const fn write(offset: usize, size: usize, value: u64) -> Self {
        Transfer::Write {
            offset,
            size,
            value,
        }
    }

    /// Bytes from the start of the block.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            Transfer::Read { offset, .. } | Transfer::Write { offset, .. } => offset,
        }
    }

    /// Whether it is a write.
    #[must_use]
    pub const fn is_write(self) -> bool {
        matches!(self, Transfer::Write { .. })
    }
}

/// As the call that makes it, with numbers as in a register map.
impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (way, offset, size, value) = match *self {
            Transfer::Read {
                offset,
                size,
                value,
            } => ("read", offset, size, value),
            Transfer::Write {
                offset,
                size,
                value,
            } => ("write", offset, size, value),
        };
        write!(f, "{way}({offset:#x}, {size}, {value:#x})")
    }
}
