// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program does with registers, each thing twice: through the accessor,
//! and as a C programmer would, with volatile accesses through a pointer (on aarch64
//! those of the kernel, in inline assembly).
//!
//! `cargo xtask zero-cost` compiles this to assembly and compares the two of each
//! pair. What is written by hand does what the accessor promises: bits that no
//! field covers are written zero, and an index known only at run time is
//! compared with the array's length.
#![no_std]
#![expect(unsafe_code, reason = "the half that is written by hand")]

pub mod by_hand;
mod pairs;

/// The accessor of a register of every access.
#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "../../../../mmio/tests/every_access/lib.rs"]
#[rustfmt::skip]
pub mod every_access;
