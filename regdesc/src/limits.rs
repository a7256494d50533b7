// SPDX-License-Identifier: MIT OR Apache-2.0

//! How many elements arrays may have.

/// Elements an array may have that is no memory; also the limit for a whole block.
pub(crate) const MAX_COUNT: u64 = 1 << 20;

/// Elements a list with names of its own may have; a longer one stays an array.
pub(crate) const MAX_LIST: u64 = 4096;
