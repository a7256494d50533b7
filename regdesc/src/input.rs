// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes to text, within limits.

mod encoding;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(crate) use self::encoding::Malformed;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// The largest input that is read, in bytes: more than an SVD of a million
/// registers has.
const MAX_INPUT: u64 = 256 << 20;

/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Why there is no text.
#[derive(Debug)]
pub(crate) enum Unread {
    /// A line without the file's name.
    Because(String),
    /// The bytes are no text.
    Malformed(Malformed),
}

impl From<String> for Unread {
    fn from(line: String) -> Self {
        Unread::Because(line)
    }
}

impl Malformed {
    /// The mistake, where the text is that source's.
    pub(crate) fn diagnostic(&self, source: SourceId) -> Diagnostic {
        let end = self.at + char::REPLACEMENT_CHARACTER.len_utf8();
        Diagnostic::new(
            Code::Syntax,
            Span::new(source, self.at..end),
            self.message.clone(),
            "not text",
        )
        .help(self.help.clone())
    }
}

/// The text of a file.
pub(crate) fn file(path: &Path) -> Result<String, Unread> {
    let file = File::open(path).map_err(plain)?;
    if file.metadata().map_err(plain)?.is_dir() {
        return Err("this is a folder, not a description".to_owned().into());
    }
    text(file)
}

/// What comes in by standard input.
pub(crate) fn standard_input() -> Result<String, Unread> {
    text(io::stdin())
}

fn text(input: impl Read) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    input
        .take(MAX_INPUT + 1)
        .read_to_end(&mut bytes)
        .map_err(plain)?;
    if bytes.len() as u64 > MAX_INPUT {
        let limit = MAX_INPUT >> 20;
        return Err(format!("larger than {limit} MiB, which no description is").into());
    }
    let content = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    if content.iter().all(u8::is_ascii_whitespace) {
        let empty = "the file is empty; a description begins with `schema: 1`";
        return Err(empty.to_owned().into());
    }
    if bytes.contains(&0) && !encoding::is_utf16(&bytes) {
        let binary = "this is not text; a description is YAML or SVD";
        return Err(binary.to_owned().into());
    }
    encoding::decode(bytes).map_err(Unread::Malformed)
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

    fn refused(bytes: &[u8]) -> String {
        match text(bytes) {
            Err(Unread::Because(line)) => line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn text_of_two_bytes_a_character_is_read() {
        for bytes in [
            utf16(&[0xff, 0xfe], u16::to_le_bytes),
            utf16(&[0xfe, 0xff], u16::to_be_bytes),
            utf16(&[], u16::to_le_bytes),
            utf16(&[], u16::to_be_bytes),
        ] {
            let read = text(bytes.as_slice()).unwrap();
            assert_eq!(read.trim_start_matches('\u{feff}'), "schema: 1");
        }
        assert!(refused(b"a\0b").contains("not text"));
    }

    #[test]
    fn a_mark_alone_is_an_empty_file() {
        assert!(refused("\u{feff}\n".as_bytes()).contains("empty"));
    }
}
