// SPDX-License-Identifier: MIT OR Apache-2.0

//! Documentation comments that are safe whatever an author wrote.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use regloom_driver_template::markdown;

pub(super) use regloom_driver_template::markdown::code;

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
            .extend(text.into_iter().flat_map(markdown::paragraphs));
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

    /// As lines before an item that is so many levels deep in its text.
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

    /// The lines, without the marks of comments.
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
