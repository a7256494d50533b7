// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where in the text an SVD element and its values are.

use std::collections::HashMap;
use std::ops::Range;

use roxmltree::{Attribute, Node};

use super::edits::{Edit, Text};
use super::number;
use crate::diagnostic::{Code, Diagnostic};
use crate::number::Bits;
use crate::source::{Span, Spanned};

/// The first peripheral of each peripheral array, by the array's written name:
/// what a reference to the array means once it is several peripherals.
pub(super) type Names<'a> = HashMap<&'a str, String>;

/// The attribute with which a number is read that has more than 64 bits.
const BEYOND_64_BITS: &str = "beyond-64-bits";

/// An XML element that knows where its parts are.
#[derive(Clone, Copy)]
pub(super) struct Element<'a, 'input> {
    node: Node<'a, 'input>,
    text: &'a Text,
    names: &'a Names<'a>,
}

impl<'a, 'input> Element<'a, 'input> {
    pub(super) fn new(node: Node<'a, 'input>, text: &'a Text, names: &'a Names<'a>) -> Self {
        Element { node, text, names }
    }

    /// The same element, where references know these peripheral arrays.
    pub(super) fn with_names<'b>(self, names: &'b Names<'b>) -> Element<'b, 'input>
    where
        'a: 'b,
    {
        Element { names, ..self }
    }

    fn wrap(self, node: Node<'a, 'input>) -> Self {
        Element { node, ..self }
    }

    /// The node, for svd-parser.
    pub(super) fn node(&self) -> &Node<'a, 'input> {
        &self.node
    }

    pub(super) fn tag(self) -> &'input str {
        self.node.tag_name().name()
    }

    pub(super) fn parent(self) -> Option<Self> {
        self.node.parent_element().map(|node| self.wrap(node))
    }

    /// The elements directly within.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        let nodes = self.node.children().filter(Node::is_element);
        nodes.map(move |node| self.wrap(node))
    }

    /// Those of them with that tag.
    pub(super) fn children_named(self, tag: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.tag() == tag)
    }

    /// The first of them with that tag, which is the one svd-parser reads.
    pub(super) fn child(self, tag: &str) -> Option<Self> {
        self.children().find(|child| child.tag() == tag)
    }

    /// The elements within every `tag`: a list may be written in parts.
    pub(super) fn children_of(self, tag: &str) -> impl Iterator<Item = Self> {
        self.children_named(tag).flat_map(Element::children)
    }

    /// This element and everything within, in the order of the text.
    pub(super) fn descendants(self) -> impl Iterator<Item = Self> {
        let nodes = self.node.descendants().filter(Node::is_element);
        nodes.map(move |node| self.wrap(node))
    }

    /// The elements just before and behind this one.
    pub(super) fn neighbours(self) -> (Option<Self>, Option<Self>) {
        let before = self.node.prev_sibling_element();
        let behind = self.node.next_sibling_element();
        let wrap = |node| self.wrap(node);
        (before.map(wrap), behind.map(wrap))
    }

    /// The text, trimmed; `None` when there is none.
    pub(super) fn text(self) -> Option<&'a str> {
        self.node
            .text()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// The text with every run of white space made one space.
    pub(super) fn folded_text(self, tag: &str) -> Option<String> {
        let text = self.child(tag)?.text()?;
        // Vendors write line breaks as `\n`, in letters, too; few do.
        let folded = if text.contains('\\') {
            folded(&text.replace("\\n", " "))
        } else {
            folded(text)
        };
        Some(folded).filter(|text| !text.is_empty())
    }

    /// The text of a child, with its place.
    pub(super) fn text_of(self, tag: &str) -> Option<Spanned<String>> {
        let child = self.child(tag)?;
        Some(Spanned::new(child.text()?.to_owned(), child.span()))
    }

    /// Says that a child is missing.
    pub(super) fn lacks(self, tag: &str) -> Diagnostic {
        let what = match self.child("name").and_then(Element::text) {
            Some(name) => format!("{} `{name}`", self.tag()),
            None => self.tag().to_owned(),
        };
        Diagnostic::new(
            Code::MissingKey,
            self.name_span(),
            format!("{what} has no `<{tag}>`"),
            format!("needs a `<{tag}>`"),
        )
        .help(format!("add `<{tag}>` to it"))
    }

    /// The bytes from the opening tag to the closing one.
    pub(super) fn range(self) -> Range<usize> {
        self.node.range()
    }

    /// The bytes between the opening tag and the closing one; `None` for an
    /// element that holds nothing.
    fn content_range(self) -> Option<Range<usize>> {
        let start = self.node.first_child()?.range().start;
        let whole = self.range();
        let rest = self.source_text().get(start..whole.end)?;
        Some(start..start + rest.rfind("</")?)
    }

    fn source_text(self) -> &'a str {
        self.node.document().input_text()
    }

    /// The element as it is written.
    pub(super) fn source(self) -> &'a str {
        self.source_text().get(self.range()).unwrap_or_default()
    }

    /// The bytes of the text, trimmed; `None` when there are none.
    pub(super) fn text_range(self) -> Option<Range<usize>> {
        self.node.first_child().filter(Node::is_text)?;
        let range = self.content_range()?;
        let raw = self.source_text().get(range.clone())?;
        let start = range.start + (raw.len() - raw.trim_start().len());
        let end = start + raw.trim().len();
        (start < end).then_some(start..end)
    }

    /// The element's name with its prefix.
    fn qualified_name(self) -> &'a str {
        let name = self.source().trim_start_matches('<');
        let end = name.find(|it: char| it.is_whitespace() || it == '/' || it == '>');
        name.get(..end.unwrap_or(name.len())).unwrap_or_default()
    }

    /// A tag in the same namespace as this element.
    pub(super) fn qualified(self, tag: &str) -> String {
        match self.qualified_name().split_once(':') {
            Some((prefix, _)) => format!("{prefix}:{tag}"),
            None => tag.to_owned(),
        }
    }

    /// An element of that tag and text, as it would be written beside this one.
    pub(super) fn written(self, tag: &str, text: &str) -> String {
        let tag = self.qualified(tag);
        format!("<{tag}>{text}</{tag}>")
    }

    /// Puts something into an element, before all that it holds.
    pub(super) fn insertion(self, text: &str) -> Edit {
        let whole = self.range();
        match self.node.first_child() {
            Some(first) => {
                let start = first.range().start;
                Edit::new(start..start, text)
            }
            None => {
                let name = self.qualified_name();
                Edit::new(whole, format!("<{name}>{text}</{name}>"))
            }
        }
    }

    /// Gives the element another text. White space around it goes too: svd-parser
    /// takes no ranges of bits that have some.
    pub(super) fn with_text(self, text: &str) -> Edit {
        match self.content_range() {
            Some(range) => Edit::new(range, text),
            None => {
                let name = self.qualified_name();
                Edit::new(self.range(), format!("<{name}>{text}</{name}>"))
            }
        }
    }

    /// Puts a number that svd-parser has no room for in an attribute, and 0 in its
    /// place.
    pub(super) fn beyond_64_bits(self, number: &Bits) -> [Edit; 2] {
        let end = self.range().start + 1 + self.qualified_name().len();
        let attribute = format!(" {BEYOND_64_BITS}=\"{number:#x}\"");
        [Edit::new(end..end, attribute), self.with_text("0")]
    }

    /// That number of a child.
    pub(super) fn wide_number(self, tag: &str) -> Option<Bits> {
        number::wide(self.child(tag)?.node.attribute(BEYOND_64_BITS)?)
    }

    /// Leaves out the tags and keeps what is between them.
    pub(super) fn without_tags(self) -> Vec<Edit> {
        let whole = self.range();
        match self.content_range() {
            Some(content) => vec![
                Edit::new(whole.start..content.start, ""),
                Edit::new(content.end..whole.end, ""),
            ],
            None => vec![Edit::new(whole, "")],
        }
    }

    /// Nodes directly within that are neither elements nor text.
    pub(super) fn asides(self) -> impl Iterator<Item = Range<usize>> {
        let nodes = self.node.children();
        nodes
            .filter(|node| !node.is_element() && !node.is_text())
            .map(|node| node.range())
    }

    /// Whether it holds nothing but one text, or nothing at all.
    pub(super) fn is_plain_text(self) -> bool {
        let first = self.node.first_child();
        first.is_none_or(|first| first.is_text() && first.next_sibling().is_none())
    }

    /// Texts directly within that are more than white space.
    pub(super) fn stray_texts(self) -> impl Iterator<Item = Range<usize>> {
        let texts = self.node.children().filter(Node::is_text);
        texts.filter_map(move |node| {
            let text = node.text()?;
            if text.trim().is_empty() {
                return None;
            }
            let range = node.range();
            let raw = self.source_text().get(range.clone())?;
            let start = range.start + (raw.len() - raw.trim_start().len());
            Some(start..start + raw.trim().len())
        })
    }

    pub(super) fn attributes(self) -> impl Iterator<Item = Attribute<'a, 'input>> {
        self.node.attributes()
    }

    pub(super) fn namespace(self) -> Option<&'a str> {
        self.node.tag_name().namespace()
    }

    /// The place of some bytes of the text that this element is of.
    pub(super) fn place(self, range: Range<usize>) -> Span {
        self.text.span(range)
    }

    /// Where the text is; the tag itself when there is no text.
    pub(super) fn span(self) -> Span {
        self.text_range()
            .map_or_else(|| self.tag_span(), |range| self.text.span(range))
    }

    /// The bytes of the tag's name where it opens, and where it closes if it
    /// does so elsewhere.
    pub(super) fn tag_ranges(self) -> impl Iterator<Item = Range<usize>> {
        let (whole, name) = (self.range(), self.qualified_name().len());
        let text = self.source();
        let closing = text.rfind("</").filter(|_| !text.ends_with("/>"));
        let starts = std::iter::once(1).chain(closing.map(|at| at + 2));
        starts.map(move |at| whole.start + at..whole.start + at + name)
    }

    /// The opening tag's name with its `<`.
    pub(super) fn tag_span(self) -> Span {
        let start = self.node.range().start;
        self.text
            .span(start..start + 1 + self.qualified_name().len())
    }

    /// The `<name>`, which represents the whole element.
    pub(super) fn name_span(self) -> Span {
        self.child("name").map_or(self.tag_span(), Element::span)
    }

    /// A child's place; the name's when there is no such child.
    pub(super) fn span_of(self, tag: &str) -> Span {
        self.child(tag).map_or(self.name_span(), Element::span)
    }

    /// A value that was read from a child, with its place.
    pub(super) fn at<T>(self, tag: &str, value: T) -> Spanned<T> {
        Spanned::new(value, self.span_of(tag))
    }

    /// The `derivedFrom` attribute. A reference into a peripheral array means
    /// the array's first peripheral.
    pub(super) fn derived_from(self) -> Option<Spanned<String>> {
        let attribute = self.node.attribute_node("derivedFrom")?;
        let path = attribute.value().trim();
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let of_peripheral = rest.is_some() || self.tag() == "peripheral";
        let path = match self.names.get(first).filter(|_| of_peripheral) {
            Some(named) => [Some(named.as_str()), rest]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("."),
            None => path.to_owned(),
        };
        let span = self.text.span(attribute.range_value());
        Some(Spanned::new(path, span))
    }
}

/// The words of a text, with one space between them.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
