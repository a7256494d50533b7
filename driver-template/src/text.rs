// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text of the description's author as plain words, in lines and in literals, whatever it holds.

/// Columns of a line in the kernel's Rust.
pub(crate) const WIDTH: usize = 100;

/// Lines of at most `width` columns with the first paragraph of `text`.
pub(crate) fn plain(width: usize, text: &str) -> Vec<String> {
    let first = paragraphs(text).into_iter().next();
    first.map_or_else(Vec::new, |paragraph| wrap(&paragraph, width, str::to_owned))
}

/// `text` in one line, as the inside of a string literal.
pub(crate) fn literal(text: &str) -> String {
    paragraphs(text)
        .join(" ")
        .replace('\\', r"\\")
        .replace('"', r#"\""#)
}

/// `text` in one line, within a comment of C.
pub(crate) fn remark(text: &str) -> String {
    paragraphs(text)
        .join(" ")
        .replace("*/", "* /")
        .replace("/*", "/ *")
}

/// The first paragraph of `text` as the inside of a string literal, if it has one.
pub(crate) fn first_paragraph(text: &str) -> Option<String> {
    paragraphs(text).first().map(|paragraph| literal(paragraph))
}

/// A string of a module, which a NUL will end.
pub(crate) struct Entry {
    /// The string without the NUL, as the inside of a byte string literal.
    pub(crate) literal: String,
    /// Bytes of the string, with the NUL.
    pub(crate) len: usize,
}

/// `field=value`, as `modinfo` finds it in a module.
pub(crate) fn modinfo(field: &str, value: &str) -> Entry {
    let entry = format!("{field}={}", paragraphs(value).join(" "));

    Entry {
        literal: entry.as_bytes().escape_ascii().to_string(),
        len: entry.len() + 1,
    }
}

/// The paragraphs of `text`, which blank lines part: words with one space between them, and
/// nothing that a compiler refuses or that a reader does not see.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|char| !is_unseen(*char))
        .map(|char| {
            if char.is_control() && char != '\n' {
                ' '
            } else {
                char
            }
        })
        .collect();
    let lines: Vec<_> = text.lines().map(str::trim).collect();

    lines
        .split(|line| line.is_empty())
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| words(&paragraph.join(" ")).join(" "))
        .collect()
}

pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Whether a character only steers how others are shown. The compiler refuses those that turn
/// text around, and Clippy those that have no width.
pub(crate) fn is_unseen(char: char) -> bool {
    matches!(
        char,
        '\u{ad}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Lines of at most `room` columns; `begin` makes the first word of each from a word.
pub(crate) fn wrap(paragraph: &str, room: usize, begin: fn(&str) -> String) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();

    for word in words(paragraph) {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(begin(word)),
        }
    }
    lines
}

pub(crate) fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_one_line_that_ends_where_it_should() {
        assert_eq!(
            literal("a \"b\" \\ c\n\nd\0e\u{202e}"),
            r#"a \"b\" \\ c d e"#
        );
        assert_eq!(literal("Größe in µs"), "Größe in µs");
        assert_eq!(
            first_paragraph("\none\ntwo\n\nthree"),
            Some("one two".into())
        );
        assert_eq!(first_paragraph(" \n"), None);
    }

    #[test]
    fn a_remark_does_not_end_its_comment() {
        assert_eq!(remark("a */ b\nc /*/ d"), "a * / b c / * / d");
    }

    #[test]
    fn modinfo_counts_bytes() {
        let version = modinfo("map_version", "1.2\n\"µ\"");

        assert_eq!(version.literal, r#"map_version=1.2 \"\xc2\xb5\""#);
        assert_eq!(version.len, "map_version=1.2 \"µ\"\0".len());
    }
}
