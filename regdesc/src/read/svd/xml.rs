// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text to XML, within limits, and the places of what is no XML.

use roxmltree::{Document, Error, ParsingOptions, TextPos};

use super::edits::Text;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Elements may nest this deep; a register map needs a dozen levels and one more
/// for each cluster in a cluster. The parsers below recurse once a level.
const MAX_DEPTH: usize = 64;

/// Elements, texts and comments a file may have.
const MAX_NODES: u32 = 1 << 27;

/// Parses the text. A document type declaration is refused, so that no entity
/// can expand.
pub(super) fn parse<'input>(
    written: &Text,
    text: &'input str,
    diagnostics: &mut Diagnostics,
) -> Option<Document<'input>> {
    if let Some(offset) = first_too_deep(text) {
        diagnostics.push(
            Diagnostic::new(
                Code::TooLarge,
                written.span(offset..offset + 1),
                format!("elements nest deeper than {MAX_DEPTH} levels"),
                "too deep here",
            )
            .help("close what is open, or nest fewer clusters"),
        );
        return None;
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
    };
    match Document::parse_with_options(text, options) {
        Ok(document) => Some(document),
        Err(error) => {
            diagnostics.push(explain(&error, written, text));
            None
        }
    }
}

fn explain(error: &Error, written: &Text, text: &str) -> Diagnostic {
    let at = |offset: usize| written.span(offset..text.ceil_char_boundary(offset + 1));
    let here = at(offset_of(text, error.pos()));
    let end = at(text.trim_end().len().saturating_sub(1));
    let broken =
        |span, message: String, label: &str| Diagnostic::new(Code::Syntax, span, message, label);
    match error {
        Error::UnexpectedCloseTag(open, close, _) => broken(
            here,
            format!("`<{open}>` is closed by `</{close}>`"),
            "not what is open here",
        )
        .help(format!("close `<{open}>` first")),
        Error::NoRootNode => broken(end, "the file holds no XML element".to_owned(), ""),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => broken(
            end,
            "the file ends in the middle of an element".to_owned(),
            "the end",
        ),
        Error::DtdDetected => broken(
            at(text.find("<!DOCTYPE").unwrap_or(0)),
            "a document type declaration is not read".to_owned(),
            "begins here",
        )
        .help("remove it: an SVD file needs none"),
        Error::NodesLimitReached => Diagnostic::new(
            Code::TooLarge,
            at(0),
            format!("the file has more than {MAX_NODES} elements"),
            "it begins here",
        )
        .help("split the file"),
        other => broken(
            here,
            format!("broken XML: {}", without_position(&other.to_string())),
            "here",
        ),
    }
}

/// roxmltree ends its messages with ` at line:column`, which the excerpt shows.
fn without_position(message: &str) -> &str {
    match message.rsplit_once(" at ") {
        Some((before, position)) if position.contains(':') => before,
        _ => message,
    }
}

/// The byte that a line and column, counted in characters from 1, represent.
fn offset_of(text: &str, position: TextPos) -> usize {
    let row = usize::try_from(position.row).unwrap_or(usize::MAX);
    let column = usize::try_from(position.col).unwrap_or(usize::MAX);
    let before: usize = text
        .split_inclusive('\n')
        .take(row.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = text.get(before..).unwrap_or_default();
    let within: usize = line
        .chars()
        .take(column.saturating_sub(1))
        .map(char::len_utf8)
        .sum();
    (before + within).min(text.len())
}

/// Where the text first nests beyond the limit. roxmltree has no such limit of
/// its own and recurses, so this looks at the bare tags before it does.
fn first_too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = find(text, at, "<") {
        let tag = Tag::at(text, found);
        match tag.kind {
            TagKind::Open => depth += 1,
            TagKind::Close => depth = depth.saturating_sub(1),
            TagKind::Other => {}
        }
        if depth > MAX_DEPTH {
            return Some(found);
        }
        at = tag.end;
    }
    None
}

enum TagKind {
    Open,
    Close,
    /// Closes itself, or is a comment or the like.
    Other,
}

struct Tag {
    kind: TagKind,
    end: usize,
}

impl Tag {
    /// The tag that begins with the `<` at `start`. What is not closed reaches
    /// to the end of the text; the parser will say so.
    fn at(text: &str, start: usize) -> Tag {
        let rest = text.get(start..).unwrap_or_default();
        let through = |mark: &str, kind| Tag {
            kind,
            end: find(text, start, mark).map_or(text.len(), |found| found + mark.len()),
        };
        if rest.starts_with("<!--") {
            through("-->", TagKind::Other)
        } else if rest.starts_with("<![CDATA[") {
            through("]]>", TagKind::Other)
        } else if rest.starts_with("<?") {
            through("?>", TagKind::Other)
        } else if rest.starts_with("</") {
            through(">", TagKind::Close)
        } else {
            Tag::opening(text, start)
        }
    }

    /// An opening tag ends at the first `>` outside quotes.
    fn opening(text: &str, start: usize) -> Tag {
        let mut quote = None;
        let mut previous = b'<';
        for (offset, &byte) in text.as_bytes().iter().enumerate().skip(start + 1) {
            match (quote, byte) {
                (None, b'>') => {
                    let kind = match previous {
                        b'/' => TagKind::Other,
                        _ => TagKind::Open,
                    };
                    return Tag {
                        kind,
                        end: offset + 1,
                    };
                }
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                _ => {}
            }
            previous = byte;
        }
        Tag {
            kind: TagKind::Open,
            end: text.len(),
        }
    }
}

/// Where an ASCII mark is next. Every tag of the text is looked for, and a
/// character is found several times as fast as a text of one.
fn find(text: &str, from: usize, mark: &str) -> Option<usize> {
    let rest = text.get(from..)?;
    let found = match mark.as_bytes() {
        [byte] => rest.find(char::from(*byte)),
        _ => rest.find(mark),
    };
    found.map(|found| from + found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn refused(text: &str) -> (Code, String, usize) {
        let id = Sources::default().add("t.svd", text);
        let mut diagnostics = Diagnostics::default();
        assert!(parse(&Text::as_written(id), text, &mut diagnostics).is_none());
        assert_eq!(diagnostics.len(), 1);
        let first = diagnostics.iter().next().unwrap();
        let start = first.primary.span.range().start;
        (first.code, first.message.clone(), start)
    }

    #[test]
    fn broken_xml_is_one_mistake_at_its_place() {
        let (code, message, at) = refused("<device>\n<näme>ä</nome></device>");
        assert_eq!(code, Code::Syntax);
        assert_eq!(message, "`<näme>` is closed by `</nome>`");
        assert_eq!(at, "<device>\n<näme>ä".len());
        assert_eq!(refused("").1, "the file holds no XML element");
        assert_eq!(refused("  \n").1, "the file holds no XML element");
        let unfinished = "<device><name>";
        assert_eq!(refused(unfinished).2, unfinished.len() - 1);
        assert_eq!(refused("<device a='1' a='2'/>").0, Code::Syntax);
    }

    #[test]
    fn entities_cannot_be_declared() {
        let (code, _, at) =
            refused("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>");
        assert_eq!((code, at), (Code::Syntax, 21));
    }

    #[test]
    fn nesting_has_a_limit() {
        let nest = |levels: usize| "<a b='/>'>".repeat(levels) + &"</a>".repeat(levels);
        assert!(first_too_deep(&nest(MAX_DEPTH)).is_none());
        let (code, _, at) = refused(&nest(100_000));
        assert_eq!((code, at), (Code::TooLarge, MAX_DEPTH * 10));
    }

    #[test]
    fn only_elements_nest() {
        let flat = "<!-- <a> --><![CDATA[<a>]]><?a <a> ?><a/><a b='>'/>".repeat(100);
        assert!(first_too_deep(&flat).is_none());
    }
}
