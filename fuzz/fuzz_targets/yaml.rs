// SPDX-License-Identifier: MIT OR Apache-2.0

//! Any text through the YAML reader and the checks.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use regdesc::Format;

fuzz_target!(|text: &str| {
    if Format::of(text) == Format::Yaml {
        regloom_fuzz::read(text, false);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    regloom_fuzz::mutate(data, size, max_size, seed)
});
