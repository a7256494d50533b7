// SPDX-License-Identifier: MIT OR Apache-2.0

//! From a text to every file that could be written from it.

use regdesc::{Options, Style};
use regloom_codegen::{Drivers, Kernel, Parts, render};

/// What became of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was refused.
    Refused,
    /// Its files were rendered.
    Rendered,
}

/// Reads a description and renders all of it.
///
/// # Panics
/// When a refusal says nothing, or when a file that should be Rust is none.
pub(crate) fn whole_way(text: &str, lenient: bool) -> Outcome {
    let options = Options {
        lenient,
        ..Options::default()
    };
    let map = match regdesc::parse("mutated", text, &options) {
        Ok(map) => map,
        Err(failure) => {
            let words = failure.render(Style::Plain);
            assert!(words.contains("error"), "refused without a word: {words}");
            return Outcome::Refused;
        }
    };
    let artifacts = render(&map, Drivers::All, Parts::ALL, Kernel::default());
    for (path, text) in artifacts.iter() {
        if path.ends_with(".rs") {
            let parsed = syn::parse_file(text);
            assert!(parsed.is_ok(), "{path} is no Rust: {:?}", parsed.err());
        }
    }
    Outcome::Rendered
}
