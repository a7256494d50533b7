// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the fuzz targets have in common with the tests in `codegen/tests`.

#[path = "../../codegen/tests/mutations/mutate.rs"]
mod mutate;
#[path = "../../codegen/tests/mutations/whole_way.rs"]
mod whole_way;

use regdesc::{Options, Style};

use mutate::Random;
use whole_way::Outcome;

/// Reads a description and throws away what comes of it.
pub fn read(text: &str, lenient: bool) {
    let options = Options {
        lenient,
        ..Options::default()
    };
    if let Err(failure) = regdesc::parse("fuzzed", text, &options) {
        // The excerpts are cut from the text by the places of the mistakes.
        let words = failure.render(Style::Plain);
        assert!(words.contains("error"), "refused without a word: {words}");
    }
}

/// Makes all files of a description that is accepted, if only leniently.
pub fn whole_way(text: &str) {
    if whole_way::whole_way(text, false) == Outcome::Refused {
        whole_way::whole_way(text, true);
    }
}

/// Mutates by words and lines every other time, and as libFuzzer does else.
/// Tells how long the text is now.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let text = std::str::from_utf8(&data[..size]).ok();
    let (Some(text), 1) = (text, seed % 2) else {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    };
    let mut random = Random::new(u64::from(seed));
    let mutated = mutate::mutate(text, &[text], &mut random);
    let size = mutated.len().min(max_size);
    data[..size].copy_from_slice(&mutated.as_bytes()[..size]);
    size
}
