// SPDX-License-Identifier: MIT OR Apache-2.0

//! regloom's own format.
//!
//! [`keys`] lists what may be written; [`registers`] and [`outside`] read it
//! mapping by mapping, so that one mistake does not hide the next.

mod keys;
mod node;
mod outside;
mod positions;
mod registers;
mod scalar;
mod schema;
mod tolerant;

use serde_yaml::Value;

use crate::access::Access;
use crate::description::{Block, Description, Properties};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Kind, Origin};
use crate::source::{SourceId, Span, Spanned};

use keys::Top;
use node::Node;
use scalar::{Number, OneOrMany, Scalar, parse_number};
use tolerant::Tolerant;

pub(crate) use schema::schema;

/// The version of the format this reads.
const SCHEMA: u64 = 1;

/// Reads one description. What is wrong goes to `diagnostics`, and what can
/// still be understood into the description; `None` when nothing can.
pub(crate) fn read(id: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Description> {
    let start = Span::new(id, 0..0);
    let before = diagnostics.len();
    let Some(place) = positions::read(id, text, diagnostics) else {
        if diagnostics.len() == before {
            diagnostics.push(empty(start));
        }
        return None;
    };
    let value = match serde_yaml::from_str::<Tolerant>(text) {
        Ok(Tolerant(value)) => value,
        Err(error) => {
            diagnostics.push(unreadable(id, text, &error));
            return None;
        }
    };
    if !value.is_mapping() {
        diagnostics.push(
            Diagnostic::new(
                Code::Syntax,
                start,
                "a description is a mapping of keys to values",
                "this is none",
            )
            .help("begin with `schema: 1` and `name: …`"),
        );
        return None;
    }
    Reader {
        diagnostics,
        names_are_known: true,
    }
    .description(&Node::root(&value, &place))
}

fn unreadable(id: SourceId, text: &str, error: &serde_yaml::Error) -> Diagnostic {
    let reason = error.to_string();
    if reason.contains("limit exceeded") {
        // serde_yaml does not tell which alias it was; the first anchor is near.
        let anchor = text.find('&').unwrap_or(0);
        return Diagnostic::new(
            Code::TooLarge,
            Span::new(id, anchor..anchor + 1),
            "the aliases in this description expand without measure",
            "the first anchor",
        )
        .help("write out what repeats, or make it an array");
    }
    let at = error.location().map_or(Span::new(id, 0..0), |at| {
        Span::new(id, at.index()..at.index())
    });
    Diagnostic::new(
        Code::Syntax,
        at,
        format!("this YAML cannot be read: {reason}"),
        "here",
    )
}

fn empty(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Syntax, span, "the description is empty", "")
        .help("begin with `schema: 1` and `name: …`")
}

struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
    /// Nothing was refused that names clocks, resets or interrupts: what the
    /// instances give for them can be compared.
    names_are_known: bool,
}

impl Reader<'_> {
    fn description(&mut self, node: &Node<'_>) -> Option<Description> {
        let top = node.read::<Top>(self.diagnostics)?.value;
        self.check_schema(node, top.schema);
        let name = self.required(node, "name", top.name)?;
        let bus = self.bus(node);
        let description = folded(top.description);
        let svd = self.svd_source(node);
        let size = match svd {
            // The address block says it.
            Some(_) => node.spanned("size", number(top.size)),
            None => self.required(node, "size", number(top.size)),
        };
        let block = Block {
            name: name.clone(),
            derived_from: None,
            description: description.clone(),
            size,
            properties: Properties::default(),
            reserved_bits: node.spanned("reserved-bits", plain(top.reserved_bits)),
            node_name: node.spanned("node-name", top.node_name),
            device_tree: self.device_tree(node),
            enums: self.enums(node),
            items: match svd {
                Some(_) => Vec::new(),
                None => self.items(node),
            },
            origin: Origin::Author,
            svd,
            windows: self.windows(node),
            interrupts: self.interrupts(node),
            identity: self.identity(node),
            instances: self.instances(node),
        };
        Some(Description {
            kind: Kind::Block,
            // One that was refused is there all the same.
            vendor: node.get("vendor").map(|written| {
                let name = top.vendor.unwrap_or_else(|| "vendor".to_owned());
                Spanned::new(name, written.span())
            }),
            version: node.spanned("version", plain(top.version)),
            description,
            bus,
            allow: strings(node, "allow", top.allow),
            properties: Properties {
                width: Some(Spanned::new(bus.width, name.span)),
                access: Some(Spanned::new(Access::RW, name.span)),
                ..Properties::default()
            },
            blocks: vec![block],
            name,
        })
    }

    fn check_schema(&mut self, node: &Node<'_>, schema: Option<Number>) {
        let Some(schema) = self.required(node, "schema", number(schema)) else {
            return;
        };
        if schema.value != SCHEMA {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadValue,
                    schema.span,
                    format!("schema {} is not known", schema.value),
                    "here",
                )
                .help(format!("this version reads `schema: {SCHEMA}`")),
            );
        }
    }

    /// The value of a key that has to be there. A key whose value was refused
    /// is there: it was reported already.
    fn required<T>(&mut self, node: &Node<'_>, key: &str, value: Option<T>) -> Option<Spanned<T>> {
        let written = node.get(key).filter(|node| !node.value.is_null());
        if value.is_none() && written.is_none() {
            let name = &node.name;
            self.diagnostics.push(
                Diagnostic::new(
                    Code::MissingKey,
                    name.span,
                    format!("`{key}` is missing from {}", called(name)),
                    "here",
                )
                .help(format!("add `{key}: {}`", example_of(key))),
            );
        }
        node.spanned(key, value)
    }

    /// Says that a value has the right type and means nothing here.
    fn bad_value(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.diagnostics
            .push(Diagnostic::new(Code::BadValue, span, message, "here").help(help));
    }

    /// The entries of a key that takes a mapping of names to `what`.
    fn named<'a>(&mut self, node: &Node<'a>, key: &str, what: &str) -> Vec<Node<'a>> {
        let Some(node) = node.get(key) else {
            return Vec::new();
        };
        if !node.value.is_mapping() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::WrongType,
                    node.span(),
                    format!("`{key}` takes a mapping of names to {what}"),
                    "this is none",
                )
                .help(format!("write `{key}: {}`", example_of(key))),
            );
        }
        node.entries()
    }
}

/// What a scalar means, without its type.
fn plain<T>(scalar: Option<Scalar<T>>) -> Option<T> {
    scalar.map(|Scalar(value)| value)
}

fn number(number: Option<Number>) -> Option<u64> {
    plain(number)
}

fn strings(node: &Node<'_>, key: &str, values: Option<OneOrMany>) -> Vec<Spanned<String>> {
    let values = values.map_or_else(Vec::new, OneOrMany::into_vec);
    let places = node.get(key).map_or_else(Vec::new, |node| node.elements());
    values
        .into_iter()
        .zip(places)
        .map(|(value, place)| Spanned::new(value, place.span()))
        .collect()
}

fn scalar_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => parse_number(text),
        _ => None,
    }
}

fn called(name: &str) -> String {
    if name.contains(' ') {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// What a key might hold, for the help text.
fn example_of(key: &str) -> &'static str {
    match key {
        "schema" => "1",
        "name" => "my-block",
        "size" => "0x1000",
        "base" => "0x40000000",
        "at" => "0x0",
        "bits" => "\"7:4\"",
        "depth" => "1024",
        "register" => "ID",
        "svd" => "vendor/chip.svd",
        "peripheral" => "GPIO0",
        "registers" => "{DATA: {at: 0x0}}",
        "enum" | "write-enum" => "{off: 0, on: 1}",
        "enums" => "{Mode: {off: 0, on: 1}}",
        "fields" => "{ENABLE: 0, MODE: \"2:1\"}",
        "instances" => "{block0: {base: 0x40000000}}",
        "interrupts" => "{irq: {trigger: level-high}}",
        "windows" => "{regs: {at: 0x0, size: 0x1000}}",
        _ => "0",
    }
}

/// A description on one line: YAML's folding keeps some of its own breaks.
fn folded(text: Option<String>) -> Option<String> {
    text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}
