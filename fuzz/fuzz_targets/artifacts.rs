// SPDX-License-Identifier: MIT OR Apache-2.0

//! Any text the whole way: what is accepted gives all its files, and those that
//! should be Rust are.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|text: &str| {
    regloom_fuzz::whole_way(text);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    regloom_fuzz::mutate(data, size, max_size, seed)
});
