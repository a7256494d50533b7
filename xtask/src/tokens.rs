// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rust text as a tree of tokens with their lines, without comments.
//!
//! A tokenizer of its own: `syn` has no lines unless `proc-macro2` keeps every
//! text that it reads, and then it keeps those of the generators too.

/// A token, or a group of them.
#[derive(Debug, Clone)]
pub(crate) struct Token<'a> {
    pub(crate) line: usize,
    pub(crate) kind: Kind<'a>,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind<'a> {
    /// An identifier or a keyword.
    Word(&'a str),
    /// `::`
    Colons,
    /// Any other punctuation character.
    Mark(char),
    /// A literal, as it is written.
    Literal(&'a str),
    /// The opening delimiter, and what is inside.
    Group(char, Vec<Token<'a>>),
}

impl<'a> Token<'a> {
    pub(crate) fn word(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        matches!(self.kind, Kind::Mark(it) if it == mark)
    }

    pub(crate) fn is_colons(&self) -> bool {
        matches!(self.kind, Kind::Colons)
    }

    /// The content of a group with this opening delimiter.
    pub(crate) fn group(&self, delimiter: char) -> Option<&[Token<'a>]> {
        match &self.kind {
            Kind::Group(it, tokens) if *it == delimiter => Some(tokens),
            _ => None,
        }
    }
}

/// The tokens of a text.
pub(crate) fn of(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        line: 1,
    };
    let mut tokens = lexer.group();
    // A closing delimiter too many ends no file.
    while lexer.at < text.len() {
        tokens.extend(lexer.group());
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Moves on by some bytes, and returns them.
    fn take(&mut self, bytes: usize) -> &'a str {
        let taken = &self.rest()[..bytes];
        self.line += taken.matches('\n').count();
        self.at += bytes;
        taken
    }

    /// Tokens up to the delimiter that closes the group, or to the end.
    fn group(&mut self) -> Vec<Token<'a>> {
        let mut tokens = Vec::new();
        while let Some(next) = self.rest().chars().next() {
            let line = self.line;
            if let Some(kind) = self.token(next) {
                tokens.push(Token { line, kind });
            } else if matches!(next, ')' | ']' | '}') {
                self.take(1);
                break;
            }
        }
        tokens
    }

    /// The token that begins here; none where a space, a comment, a lifetime or a
    /// closing delimiter is.
    fn token(&mut self, next: char) -> Option<Kind<'a>> {
        let rest = self.rest();
        if let Some(bytes) = not_code(rest) {
            self.take(bytes);
            return None;
        }
        if let Some(bytes) = literal(rest) {
            return Some(Kind::Literal(self.take(bytes)));
        }
        match next {
            '(' | '[' | '{' => {
                self.take(1);
                Some(Kind::Group(next, self.group()))
            }
            ')' | ']' | '}' => None,
            _ if in_word(next) => {
                let raw = if rest.starts_with("r#") { 2 } else { 0 };
                let bytes = raw + word(&rest[raw..]);
                Some(Kind::Word(&self.take(bytes)[raw..]))
            }
            _ if rest.starts_with("::") => {
                self.take(2);
                Some(Kind::Colons)
            }
            _ => {
                self.take(next.len_utf8());
                Some(Kind::Mark(next))
            }
        }
    }
}

/// Bytes of the space, the comment or the lifetime that begins here.
fn not_code(rest: &str) -> Option<usize> {
    let spaces = rest.len() - rest.trim_start().len();
    if spaces > 0 {
        Some(spaces)
    } else if rest.starts_with("//") {
        Some(rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        Some(block_comment(rest))
    } else {
        let name = rest.strip_prefix('\'')?;
        let mut chars = name.chars();
        let is_lifetime = chars.next().is_some_and(in_word) && chars.next() != Some('\'');
        is_lifetime.then(|| 1 + word(name))
    }
}

/// Bytes of a block comment, which may have others inside.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (at, depth) = (at + 2, depth + 1),
            Some(b"*/") if depth == 1 => return at + 2,
            Some(b"*/") => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    rest.len()
}

/// Bytes of the literal that begins here.
fn literal(rest: &str) -> Option<usize> {
    if rest.starts_with(|it: char| it.is_ascii_digit()) {
        return Some(number(rest));
    }
    let quoted = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - quoted.len();
    if prefix > 1 {
        return None;
    }
    if let Some(raw) = quoted.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let len = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        return Some(prefix + 1 + hashes + 1 + len);
    }
    let quote = quoted
        .chars()
        .next()
        .filter(|it| matches!(it, '"' | '\''))?;
    Some(prefix + escaped(quoted, quote))
}

/// Bytes of a text in quotes where a backslash takes the next character's meaning.
fn escaped(quoted: &str, quote: char) -> usize {
    let mut chars = quoted.char_indices().skip(1);
    while let Some((at, next)) = chars.next() {
        if next == '\\' {
            chars.next();
        } else if next == quote {
            return at + 1;
        }
    }
    quoted.len()
}

fn number(rest: &str) -> usize {
    let whole = word(rest);
    let fraction = rest[whole..].strip_prefix('.').map_or(0, word);
    let is_fraction = rest[whole..]
        .chars()
        .nth(1)
        .is_some_and(|it| it.is_ascii_digit());
    if is_fraction {
        whole + 1 + fraction
    } else {
        whole
    }
}

fn word(rest: &str) -> usize {
    rest.find(|it| !in_word(it)).unwrap_or(rest.len())
}

fn in_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a text with their lines, those in groups too.
    fn words(text: &str) -> Vec<(usize, String)> {
        fn collect(tokens: &[Token<'_>], into: &mut Vec<(usize, String)>) {
            for token in tokens {
                match &token.kind {
                    Kind::Word(word) => into.push((token.line, (*word).to_owned())),
                    Kind::Group(_, inside) => collect(inside, into),
                    _ => {}
                }
            }
        }
        let mut words = Vec::new();
        collect(&of(text), &mut words);
        words
    }

    fn only(text: &str) -> Vec<String> {
        words(text).into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn words_have_their_lines() {
        let found = words("a\n/* b\n /* c */ */ d { // e\n f }\n");
        assert_eq!(found, [(1, "a".into()), (3, "d".into()), (4, "f".into())]);
    }

    #[test]
    fn literals_and_comments_have_no_words() {
        let text = r####"
            /// a::b
            "c \" d" b"e" c"f" r"g\" r##"h "# i"## 'j' '\'' b'k' '"' '\u{41}' 0xff_u32 1.5e3
            //! l
            /** m */
        "####;
        assert_eq!(only(text), Vec::<String>::new());
    }

    #[test]
    fn lifetimes_are_no_literals() {
        assert_eq!(only("x<'a, 'b> 'c: y"), ["x", "y"]);
        assert_eq!(
            only("f::<'_>(b, br, 'r', r#type)"),
            ["f", "b", "br", "type"]
        );
    }

    #[test]
    fn ranges_and_tuple_fields_are_no_fractions() {
        assert_eq!(only("0..n 1.max(x) t.0.y"), ["n", "max", "x", "t", "y"]);
    }

    #[test]
    fn a_text_without_its_end_is_read_to_the_end() {
        assert_eq!(only("a } b ( c"), ["a", "b", "c"]);
        for text in ["\"a", "r#\"a", "/* a", "'", "b'", "#", "é"] {
            of(text);
        }
    }
}
