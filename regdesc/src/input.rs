// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes to text, within limits. Every error is a line without the file's name.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest input that is read, in bytes: more than an SVD of a million
/// registers has.
const MAX_INPUT: u64 = 256 << 20;

/// The text of a file.
pub(crate) fn file(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(plain)?;
    if file.metadata().map_err(plain)?.is_dir() {
        return Err("this is a folder, not a description".to_owned());
    }
    text(file)
}

/// What comes in by standard input.
pub(crate) fn standard_input() -> Result<String, String> {
    text(io::stdin())
}

fn text(input: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    input
        .take(MAX_INPUT + 1)
        .read_to_end(&mut bytes)
        .map_err(plain)?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(format!(
            "larger than {} MiB, which no description is",
            MAX_INPUT >> 20
        ));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("the file is empty; a description begins with `schema: 1`".to_owned());
    }
    if bytes.contains(&0) {
        return Err("this is not text; a description is YAML or SVD".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(error.utf8_error().valid_up_to()))
}

fn not_utf8(at: impl fmt::Display) -> String {
    format!("this is not UTF-8 text (byte {at}); a description is YAML or SVD")
}

/// An input error in words, without the number that ends Rust's own.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err has")]
fn plain(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read".to_owned(),
        _ => error.to_string(),
    }
}
