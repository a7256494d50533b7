// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where in the text an SVD element and its values stand.

use std::collections::HashMap;
use std::ops::Range;

use roxmltree::Node;

use super::edits::Text;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};

/// The first peripheral of each peripheral array, by the array's written name:
/// what a reference to the array means once it is several peripherals.
pub(super) type Names<'a> = HashMap<&'a str, String>;

/// An XML element that can tell where its parts stand.
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

    /// The elements within `tag`; none when there is no `tag`.
    pub(super) fn children_of(self, tag: &str) -> impl Iterator<Item = Self> {
        self.child(tag).into_iter().flat_map(Element::children)
    }

    /// This element and everything within, in the order of the text.
    pub(super) fn descendants(self) -> impl Iterator<Item = Self> {
        let nodes = self.node.descendants().filter(Node::is_element);
        nodes.map(move |node| self.wrap(node))
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

    /// The text of a child that has to be there.
    pub(super) fn required_text(
        self,
        tag: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Spanned<String>> {
        let text = self.text_of(tag);
        if text.is_none() {
            diagnostics.push(self.lacks(tag));
        }
        text
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

    /// The bytes of the text, trimmed; `None` when there are none.
    pub(super) fn text_range(self) -> Option<Range<usize>> {
        let text = self.node.first_child().filter(Node::is_text)?;
        let range = text.range();
        let raw = self.node.document().input_text().get(range.clone())?;
        let start = range.start + (raw.len() - raw.trim_start().len());
        let end = start + raw.trim().len();
        (start < end).then_some(start..end)
    }

    /// Where the text stands; the tag itself when there is no text.
    pub(super) fn span(self) -> Span {
        self.text_range()
            .map_or_else(|| self.tag_span(), |range| self.text.span(range))
    }

    /// The bytes of the tag's name where it opens, and where it closes if it
    /// does so elsewhere.
    pub(super) fn tag_ranges(self) -> impl Iterator<Item = Range<usize>> {
        let (whole, name) = (self.range(), self.tag().len());
        let written = self.node.document().input_text();
        let text = written.get(whole.clone()).unwrap_or_default();
        let closing = text.rfind("</").filter(|_| !text.ends_with("/>"));
        let starts = std::iter::once(1).chain(closing.map(|at| at + 2));
        starts.map(move |at| whole.start + at..whole.start + at + name)
    }

    /// The opening tag's name with its `<`.
    pub(super) fn tag_span(self) -> Span {
        let start = self.node.range().start;
        self.text.span(start..start + 1 + self.tag().len())
    }

    /// The `<name>`, which stands for the whole element.
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
