// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text of the description's author as Markdown that shows just its words, whatever it holds.
//!
//! A driver's comments are read as source: only what would be more than text is escaped, code
//! stays code, and lines are wrapped (`doc`). Other documents are read as they are rendered:
//! every mark is escaped, and addresses are links ([`paragraphs`]).

use std::borrow::Cow;

use crate::text;

/// Lines of a doc comment that says what `description` says: each begins with `marker`, such as `///`,
/// and will be printed behind `indent` columns. Paragraphs stay paragraphs; a word that is longer
/// than a line sticks out.
pub(crate) fn doc(marker: &str, indent: usize, description: &str) -> Vec<String> {
    let room = text::WIDTH.saturating_sub(indent + marker.len() + 1);
    let mut lines = Vec::new();

    for paragraph in text::paragraphs(description) {
        if !lines.is_empty() {
            lines.push(marker.to_string());
        }
        for line in text::wrap(&but_for_code(&paragraph), room, first_word) {
            lines.push(format!("{marker} {line}"));
        }
    }
    lines
}

/// The paragraphs of `description`, each in one line: blank lines separate them, any other white
/// space is one space. So no line is a code block, which rustdoc would compile and run.
#[must_use]
pub fn paragraphs(description: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in description.lines() {
        if line.trim().is_empty() {
            paragraphs.push(String::new());
        }
        if let Some(paragraph) = paragraphs.last_mut() {
            push_words(paragraph, line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    for paragraph in &mut paragraphs {
        if let Some(at) = list_mark(paragraph) {
            paragraph.insert(at, '\\');
        }
    }
    paragraphs
}

/// A name of the author's, as code.
#[must_use]
pub fn code(name: &str) -> String {
    let shown = visible(name).replace('`', "'");
    format!("`{}`", text::words(&shown).join(" "))
}

/// Appends words as Markdown that shows just these words.
fn push_words(text: &mut String, line: &str) {
    for word in line.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        push_word(text, &visible(word));
    }
}

/// The addresses in the word as links, and the rest as it is: rustdoc warns of an address that
/// is no link.
fn push_word(text: &mut String, mut word: &str) {
    while let Some((before, link, behind)) = split_at_link(word) {
        push_escaped(text, before, |_, char| is_markup(char));
        text.extend(["<", link, ">"]);
        word = behind;
    }
    push_escaped(text, word, |_, char| is_markup(char));
}

/// Appends a word, with a backslash before each character that is markup at its place.
fn push_escaped(text: &mut String, word: &str, mut is_markup: impl FnMut(usize, char) -> bool) {
    for (at, char) in word.char_indices() {
        if is_markup(at, char) {
            text.push('\\');
        }
        text.push(char);
    }
}

fn is_markup(c: char) -> bool {
    matches!(
        c,
        '\\' | '`'
            | '*'
            | '_'
            | '['
            | ']'
            | '<'
            | '>'
            | '&'
            | '~'
            | '|'
            | '#'
            | '$'
            | '^'
            | '{'
            | '}'
            | '!'
    )
}

/// The first address on the web in a word, between what is before and behind it.
fn split_at_link(word: &str) -> Option<(&str, &str, &str)> {
    let starts = ["https://", "http://"].map(|scheme| Some((word.find(scheme)?, scheme.len())));
    let (start, scheme) = starts.into_iter().flatten().min()?;
    let (before, rest) = word.split_at(start);
    let end = rest.find(ends_a_link).unwrap_or(rest.len());
    // A bracket belongs to it that it has opened.
    let end = match rest[..end].contains('(') {
        true => end,
        false => rest[..end].find(')').unwrap_or(end),
    };
    // The full stop is that of the sentence.
    let link = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
    (link.len() > scheme).then(|| (before, link, &rest[link.len()..]))
}

fn ends_a_link(c: char) -> bool {
    matches!(
        c,
        '<' | '>' | '\\' | '"' | '\'' | '`' | '[' | ']' | '{' | '}' | '|'
    )
}

/// Where to break what would begin a list or a heading: at its bullet, or at the dot behind its
/// number.
fn list_mark(text: &str) -> Option<usize> {
    if text.starts_with(['-', '+', '=']) {
        return Some(0);
    }
    number_mark(text)
}

/// The place of the dot or bracket behind a number at the start.
fn number_mark(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text[digits..].starts_with(['.', ')']);
    (digits > 0 && mark).then_some(digits)
}

/// Escapes what Markdown would take for more than text, but for code between single backticks.
fn but_for_code(paragraph: &str) -> String {
    let has_code = paragraph.matches('`').count().is_multiple_of(2) && !paragraph.contains("``");
    let mut escaped = String::with_capacity(paragraph.len());
    let mut in_code = false;

    for word in paragraph.split_inclusive(' ') {
        let inner = word.trim_end();
        push_escaped(&mut escaped, word, |at, char| {
            let is_markup = match char {
                '`' => !has_code,
                // Elsewhere it ends no emphasis, and what does not end is none.
                '_' => at + 1 == inner.len(),
                '<' | '>' | '&' | '[' | ']' | '*' | '~' | '\\' => true,
                _ => false,
            };
            let is_text = !in_code;
            in_code ^= char == '`' && has_code;
            is_markup && is_text
        });
    }
    escaped
}

/// Escapes the first word of a line if Markdown would begin a list, a heading, a quotation, a
/// table, a rule, code, HTML or the target of a link with it.
fn first_word(word: &str) -> String {
    let only = |mark: char| word.chars().all(|char| char == mark);
    let opens = ['-', '+', '*', '#', '=', '_'].into_iter().any(only)
        || word.starts_with(['>', '|', '<'])
        || word.starts_with("~~~")
        || word.starts_with('[') && word.contains("]:");

    if opens {
        format!(r"\{word}")
    } else {
        match number_mark(word).filter(|at| at + 1 == word.len()) {
            Some(at) => format!(r"{}\{}", &word[..at], &word[at..]),
            None => word.into(),
        }
    }
}

/// Without the characters that do not show: controls, and those that reorder or join text, which
/// the compiler refuses in comments.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text.trim());
    }
    Cow::Owned(text.replace(is_hidden, " ").trim().to_owned())
}

fn is_hidden(char: char) -> bool {
    char.is_control()
        || text::is_unseen(char)
        || matches!(
            char,
            '\u{61c}' | '\u{180e}' | '\u{200c}' | '\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{206a}'
                ..='\u{206f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::columns;

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
    fn markup_is_shown_not_obeyed() {
        assert_eq!(paragraphs("[Foo] <b> `x`"), [r"\[Foo\] \<b\> \`x\`"]);
        assert_eq!(paragraphs("- one\n- two"), [r"\- one - two"]);
        assert_eq!(paragraphs("1. first"), [r"1\. first"]);
        assert_eq!(paragraphs("1.5 volts"), [r"1\.5 volts"]);
    }

    #[test]
    fn indented_text_is_no_code_block() {
        assert_eq!(paragraphs("a\n\n        b\n c"), ["a", "b c"]);
    }

    #[test]
    fn addresses_are_links() {
        let text = paragraphs("see https://example.org/a_b now");
        assert_eq!(text, ["see <https://example.org/a_b> now"]);
        for (text, expected) in [
            ("(http://a.org/b).", "(<http://a.org/b>)."),
            ("\"https://a.org\"", "\"<https://a.org>\""),
            ("[x](https://a.org/b_c)", r"\[x\](<https://a.org/b_c>)"),
            ("https://a.org/b_(c),", "<https://a.org/b_(c)>,"),
            ("http://a.org,https://b.org", "<http://a.org,https://b.org>"),
            ("<https://a.org/`b_", r"\<<https://a.org/>\`b\_"),
            ("https://", "https://"),
        ] {
            assert_eq!(paragraphs(text), [expected]);
        }
    }

    #[test]
    fn hidden_characters_are_gone() {
        assert_eq!(paragraphs("a\u{202e}b\u{0}c"), ["a b c"]);
        assert_eq!(code("a`b"), "`a'b`");
    }
}
