// SPDX-License-Identifier: MIT OR Apache-2.0

//! Documentation comments, safe to hold whatever an author wrote.

use std::borrow::Cow;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::text::{INDENT, literal};
use crate::names;

/// The documentation of one item: paragraphs, and the name to find it by.
#[derive(Debug, Clone, Default)]
pub(super) struct Doc {
    paragraphs: Vec<String>,
    alias: Option<String>,
}

impl Doc {
    /// Begins with a line of the generator's own Markdown.
    pub(super) fn line(text: impl Into<String>) -> Self {
        Doc {
            paragraphs: vec![text.into()],
            alias: None,
        }
    }

    /// Adds a paragraph of the generator's own Markdown.
    pub(super) fn and(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    /// Adds what the author wrote, paragraph by paragraph.
    pub(super) fn and_author(mut self, text: Option<&str>) -> Self {
        self.paragraphs
            .extend(text.into_iter().flat_map(author_paragraphs));
        self
    }

    /// Makes the item findable by the author's name for it, if its identifier
    /// is another.
    pub(super) fn alias(mut self, name: &str, identifier: &str) -> Self {
        let allowed = |c: char| !c.is_whitespace() && !c.is_control() && c != '"' && c != '\'';
        if names::is_renamed(name, identifier) && !name.is_empty() && name.chars().all(allowed) {
            self.alias = Some(name.to_owned());
        }
        self
    }

    /// As lines before an item that stands so many levels deep in its text.
    pub(super) fn at(&self, depth: usize) -> String {
        let indent = INDENT.repeat(depth);
        let mut text = String::new();
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            if at > 0 {
                text.extend([&indent, "///\n"]);
            }
            text.extend([&indent, "/// ", paragraph, "\n"]);
        }
        if let Some(alias) = &self.alias {
            text.extend([&indent, "#[doc(alias = ", &literal(alias), ")]\n"]);
        }
        text
    }

    /// As inner attributes: the documentation of a crate.
    pub(super) fn inner(&self) -> TokenStream {
        let lines = self.lines();
        quote!(#(#![doc = #lines])*)
    }

    /// What stands behind the marks of its comments.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(format!(" {paragraph}"));
        }
        lines
    }
}

impl ToTokens for Doc {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let lines = self.lines();
        tokens.extend(quote!(#(#[doc = #lines])*));
        if let Some(alias) = &self.alias {
            tokens.extend(quote!(#[doc(alias = #alias)]));
        }
    }
}

/// A name of the author's, as code.
pub(super) fn code(name: &str) -> String {
    let shown = visible(name).replace('`', "'");
    format!(
        "`{}`",
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// Blank lines separate paragraphs; any other white space is one space. So no
/// line is a code block, which rustdoc would compile and run.
pub(crate) fn author_paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            paragraphs.push(String::new());
        }
        if let Some(paragraph) = paragraphs.last_mut() {
            push_words(paragraph, line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    for paragraph in &mut paragraphs {
        if let Some(at) = begins_a_list(paragraph) {
            paragraph.insert(at, '\\');
        }
    }
    paragraphs
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

/// The addresses in the word as links, and what stands around them as it is: rustdoc
/// warns of an address that is no link.
fn push_word(text: &mut String, mut word: &str) {
    while let Some((before, link, behind)) = split_at_link(word) {
        push_escaped(text, before);
        text.extend(["<", link, ">"]);
        word = behind;
    }
    push_escaped(text, word);
}

fn push_escaped(text: &mut String, word: &str) {
    for c in word.chars() {
        if is_markup(c) {
            text.push('\\');
        }
        text.push(c);
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

/// Where to break what would begin a list or a heading: at its bullet, or at
/// the dot behind its number.
fn begins_a_list(text: &str) -> Option<usize> {
    if text.starts_with(['-', '+', '=']) {
        return Some(0);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text[digits..].starts_with(['.', ')']);
    (digits > 0 && mark).then_some(digits)
}

/// Without the characters that do not show: controls, and those that reorder
/// or join text, which the compiler refuses in comments.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text.trim());
    }
    Cow::Owned(text.replace(is_hidden, " ").trim().to_owned())
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_not_obeyed() {
        assert_eq!(author_paragraphs("[Foo] <b> `x`"), [r"\[Foo\] \<b\> \`x\`"]);
        assert_eq!(author_paragraphs("- one\n- two"), [r"\- one - two"]);
        assert_eq!(author_paragraphs("1. first"), [r"1\. first"]);
        assert_eq!(author_paragraphs("1.5 volts"), [r"1\.5 volts"]);
    }

    #[test]
    fn indented_text_is_no_code_block() {
        assert_eq!(author_paragraphs("a\n\n        b\n c"), ["a", "b c"]);
    }

    #[test]
    fn addresses_are_links() {
        let text = author_paragraphs("see https://example.org/a_b now");
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
            assert_eq!(author_paragraphs(text), [expected]);
        }
    }

    #[test]
    fn hidden_characters_are_gone() {
        assert_eq!(author_paragraphs("a\u{202e}b\u{0}c"), ["a b c"]);
        assert_eq!(code("a`b"), "`a'b`");
    }
}
