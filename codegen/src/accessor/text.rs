// SPDX-License-Identifier: MIT OR Apache-2.0

//! The words that templates are filled with.

use std::fmt;

use askama::Template;
use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;
use regdesc::model::Array;

use crate::lowered::number::{Int, Number};
use crate::names::{Language, identifier};

/// One level of depth.
pub(super) const INDENT: &str = "    ";

/// A number as register maps write them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hex(pub(super) u64);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl ToTokens for Hex {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let literal = self.to_string().parse();
        let literal = literal.unwrap_or_else(|_| Literal::u64_unsuffixed(self.0));
        literal.to_tokens(tokens);
    }
}

/// A text as a literal of Rust.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// An identifier, dodging keywords.
pub(super) fn ident(name: &str) -> proc_macro2::Ident {
    let span = proc_macro2::Span::call_site();
    let safe = identifier(Language::Rust, name);
    match safe.strip_prefix("r#") {
        Some(bare) => proc_macro2::Ident::new_raw(bare, span),
        None => proc_macro2::Ident::new(&safe, span),
    }
}

pub(super) fn decimal(number: u64) -> Literal {
    Literal::u64_unsuffixed(number)
}

/// The name of an integer.
pub(super) fn int(int: Int) -> &'static str {
    match (int.bits, int.signed) {
        (8, false) => "u8",
        (16, false) => "u16",
        (32, false) => "u32",
        (_, false) => "u64",
        (8, true) => "i8",
        (16, true) => "i16",
        (32, true) => "i32",
        (_, true) => "i64",
    }
}

/// The unsigned integer that has room for so many bits.
pub(super) fn uint(bits: u32) -> &'static str {
    int(Int::with_room_for(bits, false))
}

/// The type of a number.
pub(super) fn number(number: Number) -> String {
    match number {
        Number::Flag => "bool".to_owned(),
        Number::Whole(whole) => int(whole).to_owned(),
        Number::Bounded(bounds, _) => format!("mmio::Bounded<{bounds}>"),
        Number::Fixed(bounds, fraction) => format!("mmio::Fixed<{bounds}, {fraction}>"),
    }
}

/// A method in an `impl` of its module.
#[derive(Template)]
#[template(path = "accessor/function.rs.j2", escape = "none")]
pub(super) struct Function {
    pub(super) doc: String,
    pub(super) tracks_caller: bool,
    /// From `const` or `fn` to the result.
    pub(super) signature: String,
    pub(super) body: String,
}

/// A type of one module as seen from another of the same block.
pub(super) fn path_between(from: &[String], to: &[String], name: &str) -> String {
    let pairs = from.iter().zip(to);
    let shared = pairs.take_while(|(here, there)| here == there).count();
    let mut path = up(from.len() - shared);
    for module in &to[shared..] {
        path.push_str(&identifier(Language::Rust, module));
        path.push_str("::");
    }
    path + &identifier(Language::Rust, name)
}

/// `super::`, that many times.
pub(super) fn up(modules: usize) -> String {
    "super::".repeat(modules)
}

/// An array's count and stride, as the runtime takes them.
pub(super) fn places(array: Array) -> String {
    format!("{}, {}", array.count.value, Hex(array.stride.value))
}

/// A rendered template. None of them can fail: what they print is text and
/// numbers, and a `String` takes it all.
pub(super) fn rendered(template: &impl Template) -> String {
    template
        .render()
        .unwrap_or_else(|error| unreachable!("a template of the accessor: {error}"))
}

/// The same text one level deeper.
pub(super) fn indented(text: &str) -> String {
    let mut deeper = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        if !line.is_empty() {
            deeper.push_str(INDENT);
        }
        deeper.push_str(line);
        deeper.push('\n');
    }
    deeper
}
