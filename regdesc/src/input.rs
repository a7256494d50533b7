// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes to text, within limits. Every error is a line without the file's name.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest input that is read, in bytes: more than an SVD of a million
/// registers has.
const MAX_INPUT: u64 = 256 << 20;

/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

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
    let content = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    if content.iter().all(u8::is_ascii_whitespace) {
        return Err("the file is empty; a description begins with `schema: 1`".to_owned());
    }
    if is_utf16(&bytes) {
        return Err("this is UTF-16 text; save it as UTF-8".to_owned());
    }
    if bytes.contains(&0) {
        return Err("this is not text; a description is YAML or SVD".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(error.utf8_error().valid_up_to()))
}

/// Whether bytes are text of two bytes a character: they begin with its byte
/// order mark, or one byte of the first two characters is 0.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] => a.is_ascii_graphic() && b.is_ascii(),
        _ => false,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of two for each character, after a mark.
    fn utf16(mark: &[u8], bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        let text = "schema: 1".encode_utf16().flat_map(bytes);
        mark.iter().copied().chain(text).collect()
    }

    #[test]
    fn text_of_two_bytes_a_character_is_called_by_its_name() {
        for bytes in [
            utf16(&[0xff, 0xfe], u16::to_le_bytes),
            utf16(&[0xfe, 0xff], u16::to_be_bytes),
            utf16(&[], u16::to_le_bytes),
            utf16(&[], u16::to_be_bytes),
        ] {
            let refused = text(bytes.as_slice()).unwrap_err();
            assert_eq!(refused, "this is UTF-16 text; save it as UTF-8");
        }
        assert!(text(&b"a\0b"[..]).unwrap_err().contains("not text"));
    }

    #[test]
    fn a_mark_alone_is_an_empty_file() {
        let refused = text("\u{feff}\n".as_bytes()).unwrap_err();
        assert!(refused.contains("empty"), "{refused}");
    }
}
