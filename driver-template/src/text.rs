// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text of the description's author as comments and literals, whatever it holds.

/// Columns of a line in the kernel's Rust.
const WIDTH: usize = 100;

/// Lines of a doc comment that says what `text` says: each begins with `marker`, such as `///`,
/// and will be printed behind `indent` columns. Paragraphs stay paragraphs; a word that is longer
/// than a line sticks out.
pub(crate) fn doc(marker: &str, indent: usize, text: &str) -> Vec<String> {
    let room = WIDTH.saturating_sub(indent + marker.len() + 1);
    let mut lines = Vec::new();

    for paragraph in paragraphs(text) {
        if !lines.is_empty() {
            lines.push(marker.to_string());
        }
        for line in wrap(
            &without_inline_markup(&paragraph),
            room,
            without_block_markup,
        ) {
            lines.push(format!("{marker} {line}"));
        }
    }
    lines
}

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
fn paragraphs(text: &str) -> Vec<String> {
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

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Whether a character only steers how others are shown. The compiler refuses those that turn
/// text around, and Clippy those that have no width.
fn is_unseen(char: char) -> bool {
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
fn wrap(paragraph: &str, room: usize, begin: fn(&str) -> String) -> Vec<String> {
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

fn columns(text: &str) -> usize {
    text.chars().count()
}

/// Escapes what Markdown would take for more than text, but for code between single backticks.
fn without_inline_markup(paragraph: &str) -> String {
    let has_code = paragraph.matches('`').count().is_multiple_of(2) && !paragraph.contains("``");
    let mut escaped = String::with_capacity(paragraph.len());
    let mut in_code = false;

    for word in paragraph.split_inclusive(' ') {
        let inner = word.trim_end();
        for (at, char) in word.char_indices() {
            let is_markup = match char {
                '`' => !has_code,
                // Elsewhere it ends no emphasis, and what does not end is none.
                '_' => at + 1 == inner.len(),
                '<' | '>' | '&' | '[' | ']' | '*' | '~' | '\\' => true,
                _ => false,
            };
            if is_markup && !in_code {
                escaped.push('\\');
            }
            in_code ^= char == '`' && has_code;
            escaped.push(char);
        }
    }
    escaped
}

/// Escapes the first word of a line if Markdown would begin a list, a heading, a quotation, a
/// table, a rule, code, HTML or the target of a link with it.
fn without_block_markup(word: &str) -> String {
    let numbered = word.trim_start_matches(|char: char| char.is_ascii_digit());
    let only = |mark: char| word.chars().all(|char| char == mark);
    let opens = ['-', '+', '*', '#', '=', '_'].into_iter().any(only)
        || word.starts_with(['>', '|', '<'])
        || word.starts_with("~~~")
        || word.starts_with('[') && word.contains("]:");

    if opens {
        format!(r"\{word}")
    } else if numbered.len() < word.len() && (numbered == "." || numbered == ")") {
        format!(r"{}\{numbered}", &word[..word.len() - 1])
    } else {
        word.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_wraps_at_the_width_of_the_line() {
        let lines = doc("///", 8, &"word ".repeat(40));

        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| 8 + columns(line) <= 100));
        assert_eq!(8 + columns(&lines[0]), 8 + 3 + 17 * 5);
    }

    #[test]
    fn doc_counts_characters_and_lets_a_long_word_stick_out() {
        let long = "ü".repeat(120);

        assert_eq!(
            doc("///", 4, &"ü".repeat(92)),
            [format!("/// {}", "ü".repeat(92))]
        );
        assert_eq!(
            doc("///", 4, &format!("a {long} b")),
            [
                "/// a".to_string(),
                format!("/// {long}"),
                "/// b".to_string()
            ]
        );
    }

    #[test]
    fn doc_keeps_paragraphs_and_nothing_else_of_the_layout() {
        let text = "\n\n one\r\ntwo\tthree \r\n\r\n\n  four\u{b}\u{c}five\rsix\u{2028}seven\n\n";

        assert_eq!(
            doc("//!", 0, text),
            ["//! one two three", "//!", "//! four five six seven"]
        );
        assert!(doc("///", 0, "").is_empty());
        assert!(doc("///", 0, " \n\t\r\n").is_empty());
    }

    #[test]
    fn doc_leaves_out_what_the_compiler_refuses() {
        let text = "a\u{202e}b\u{2066}c\u{200b}d\u{feff}e \0f\u{7f}g */ \"h\" \\n";

        assert_eq!(doc("///", 0, text), [r#"/// abcde f g \*/ "h" \\n"#]);
    }

    #[test]
    fn doc_keeps_code_that_ends() {
        assert_eq!(doc("///", 0, "set `A` and `B`"), ["/// set `A` and `B`"]);
        assert_eq!(doc("///", 0, "set `A and B"), [r"/// set \`A and B"]);
        assert_eq!(doc("///", 0, "```rust"), [r"/// \`\`\`rust"]);
    }

    #[test]
    fn doc_has_no_markup_but_code() {
        for (text, line) in [
            ("a <b>c</b> &amp;", r"/// a \<b\>c\</b\> \&amp;"),
            ("x [f](g) *l* _m_ A_B", r"/// x \[f\](g) \*l\* _m\_ A_B"),
            ("set `a<b>` and <c>", r"/// set `a<b>` and \<c\>"),
        ] {
            assert_eq!(doc("///", 0, text), [line]);
        }
    }

    #[test]
    fn doc_has_no_blocks() {
        for (text, line) in [
            ("- off", r"/// \- off"),
            ("* on", r"/// \* on"),
            ("# Safety", r"/// \# Safety"),
            ("=== rule", r"/// \=== rule"),
            ("> quote", r"/// \> quote"),
            ("| cell |", r"/// \| cell |"),
            ("~~~ code", r"/// \~\~\~ code"),
            ("<b> bold", r"/// \<b\> bold"),
            ("[3:0]: mode", r"/// \[3:0\]: mode"),
            ("[3:0] mode", r"/// \[3:0\] mode"),
            ("1. first", r"/// 1\. first"),
            ("10) tenth", r"/// 10\) tenth"),
        ] {
            assert_eq!(doc("///", 0, text), [line]);
        }
        for text in ["-5 V", "1.5 V", "#1", "2", ".", "a - b", "__init"] {
            assert_eq!(doc("///", 0, text), [format!("/// {text}")]);
        }
    }

    #[test]
    fn doc_escapes_a_mark_that_wrapping_puts_in_front() {
        let text = format!("{} - b", "a".repeat(96));

        assert_eq!(
            doc("///", 0, &text),
            [format!("/// {}", "a".repeat(96)), r"/// \- b".into()]
        );
    }

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
    fn modinfo_counts_bytes() {
        let version = modinfo("map_version", "1.2\n\"µ\"");

        assert_eq!(version.literal, r#"map_version=1.2 \"\xc2\xb5\""#);
        assert_eq!(version.len, "map_version=1.2 \"µ\"\0".len());
    }
}
