// SPDX-License-Identifier: MIT OR Apache-2.0

//! regloom's own format.
//!
//! [`keys`] lists what may be written; [`registers`] and [`outside`] read it
//! mapping by mapping, so that one mistake does not hide the next. What was
//! written and nothing read, [`tree`] knows, and it is reported at the end.

mod events;
mod keys;
mod node;
mod outside;
mod registers;
mod scalar;
mod schema;
mod tree;
mod typed;
mod words;

use std::collections::HashSet;

use crate::access::Access;
use crate::description::{Block, Description, Properties, SvdSource};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Kind, Origin, Version, Window};
use crate::source::{SourceId, Span, Spanned};

use keys::Top;
use node::Node;
use scalar::{Number, OneOrMany, Scalar};
use tree::{Mark, Tree};

pub(crate) use schema::schema;

/// The version of the format this reads.
const SCHEMA: u64 = 1;

/// Reads one description. What is wrong goes to `diagnostics`, and what can
/// still be understood into the description; `None` when nothing can.
pub(crate) fn read(id: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Description> {
    let start = Span::new(id, 0..0);
    let before = diagnostics.len();
    let Some(tree) = tree::read(id, text, diagnostics) else {
        if diagnostics.len() == before {
            diagnostics.push(empty(start));
        }
        return None;
    };
    let root = Node::root(&tree);
    if root.is_null() {
        diagnostics.push(empty(start));
        return None;
    }
    if !root.is_mapping() {
        diagnostics.push(
            Diagnostic::new(
                Code::Syntax,
                start,
                "a description is a mapping of keys to values",
                "not of this form",
            )
            .help("begin with `schema: 1` and `name: …`"),
        );
        return None;
    }
    let description = Reader {
        diagnostics,
        names_are_known: true,
        interrupts_are_known: true,
        enums_are_refused: false,
        incomplete_enums: HashSet::new(),
        incomplete_registers: HashSet::new(),
        bus_width: 0,
        width: 0,
    }
    .description(&root);
    nothing_is_unread(&tree, diagnostics);
    description
}

/// Whatever was written had its effect, or was reported: a key that no reader
/// used is reported here.
fn nothing_is_unread(tree: &Tree<'_>, diagnostics: &mut Diagnostics) {
    for entry in tree.unread() {
        let key = tree.key(&entry);
        if key.starts_with("x-") {
            continue;
        }
        tree.set_mark(entry.value, Mark::Refused);
        diagnostics.push(without_effect(
            format!("`{key}` has no effect here"),
            tree.span(entry.key),
        ));
    }
}

/// A key that is known, and means nothing where it is.
fn without_effect(message: String, span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadValue, span, message, "not used").help("remove it")
}

/// A name and nothing behind it, where `{}` says that this is meant.
fn nothing_said(node: &Node<'_>, meaning: &str) -> Diagnostic {
    let name = &node.name.value;
    Diagnostic::new(
        Code::MissingKey,
        node.name.span,
        format!("`{name}` has no value"),
        "nothing is said of it",
    )
    .help(format!("write `{name}: {{}}` {meaning}"))
}

fn empty(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Syntax, span, "the description is empty", "")
        .help("begin with `schema: 1` and `name: …`")
}

struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
    /// Nothing was refused that names clocks or resets, or that an instance
    /// gives for them: they can be compared.
    names_are_known: bool,
    /// The same of interrupts.
    interrupts_are_known: bool,
    /// Enumerations are not known: the key that has them was refused.
    enums_are_refused: bool,
    /// Names of enumerations of which a value was refused.
    incomplete_enums: HashSet<String>,
    /// Names of registers of which a field was refused: what refers to its
    /// fields cannot be judged.
    incomplete_registers: HashSet<String>,
    /// Width of the bus in bits.
    bus_width: u32,
    /// Width of a register that states none, in bits.
    width: u32,
}

impl Reader<'_> {
    fn description(&mut self, node: &Node<'_>) -> Option<Description> {
        let top = node.read::<Top>(self.diagnostics)?.value;
        self.check_schema(node, top.schema);
        let name = self.required(node, "name", top.name);
        // What else is wrong does not depend on it.
        let name = name.unwrap_or(Spanned::new("block".to_owned(), node.name.span));
        let bus = self.bus(node);
        (self.bus_width, self.width) = (bus.width, bus.width);
        let description = text(node, "description", top.description);
        let svd = self.svd_source(node);
        let (size, size_is_known) = self.size(node, number(top.size), &svd);
        let reserved_bits = node.spanned("reserved-bits", plain(top.reserved_bits));
        let node_name = node.spanned("node-name", top.node_name);
        let device_tree = self.device_tree(node);
        let enums = self.enums(node);
        let (items, svd) = match svd {
            Source::Here => (self.items(node), None),
            Source::Svd(svd) => (Vec::new(), Some(svd)),
            Source::Refused => (Vec::new(), None),
        };
        let mut block = Block {
            name: name.clone(),
            derived_from: None,
            description: description.clone(),
            size,
            properties: Properties::default(),
            reserved_bits,
            node_name,
            device_tree,
            enums,
            items,
            origin: Origin::Author,
            svd,
            bus_master: node
                .spanned("bus-master", top.bus_master)
                .is_some_and(|it| it.value),
            windows: self.windows_of(node, size_is_known),
            interrupts: self.interrupts(node),
            identity: self.identity(node),
            instances: self.instances(node),
            notices: Vec::new(),
        };
        self.leave_out_what_cannot_be_compared(&mut block);
        let version = version(node, plain(top.version), &mut block);
        Some(Description {
            kind: Kind::Block,
            vendor: vendor(node, top.vendor),
            version,
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

    /// The block's bytes, and whether its windows can be compared with them.
    fn size(
        &mut self,
        node: &Node<'_>,
        size: Option<u64>,
        svd: &Source,
    ) -> (Option<Spanned<u64>>, bool) {
        let size = match svd {
            // The address block says it.
            Source::Svd(_) | Source::Refused => node.spanned("size", size),
            Source::Here => self.required(node, "size", size),
        };
        let is_known = size.is_some() || !node.has("size") && matches!(svd, Source::Svd(_));
        (size, is_known)
    }

    /// The block's windows. Without its size, they are read and not compared.
    fn windows_of(&mut self, node: &Node<'_>, size_is_known: bool) -> Vec<Window> {
        let windows = self.windows(node);
        if size_is_known { windows } else { Vec::new() }
    }

    /// What was refused of names, or of what an instance gives for them, is not
    /// reported again as missing.
    fn leave_out_what_cannot_be_compared(&self, block: &mut Block) {
        if !self.names_are_known {
            block.device_tree.clocks.clear();
            block.device_tree.resets.clear();
        }
        for instance in &mut block.instances {
            if !self.names_are_known {
                instance.clocks.clear();
                instance.resets.clear();
            }
            if !self.interrupts_are_known {
                let names = block.interrupts.iter().map(|it| it.name.clone());
                instance.interrupts = names.map(|name| (name, Vec::new())).collect();
            }
        }
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
        if value.is_none() && !node.has(key) {
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

    /// Reports a value, and what it contains is not looked at any more.
    fn refuse(&mut self, node: &Node<'_>, diagnostic: Diagnostic) {
        node.mark_refused();
        self.diagnostics.push(diagnostic);
    }

    /// Reports every key of a mapping that nothing used yet.
    fn nothing_else(&mut self, node: &Node<'_>, what: &str, help: &str) {
        for key in node.unread() {
            self.bad_value(key.span, format!("{what} has no `{}`", key.value), help);
        }
    }

    /// The entries of a key that takes a mapping of names to `what`, whose
    /// values have these keys.
    fn named<'a>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        what: &str,
        keys: &[&str],
    ) -> Vec<Node<'a>> {
        let node = node.get(key);
        node.map_or_else(Vec::new, |node| self.names(&node, what, keys))
    }

    /// The entries of a mapping of names.
    fn names<'a>(&mut self, node: &Node<'a>, what: &str, keys: &[&str]) -> Vec<Node<'a>> {
        let entries = if node.is_mapping() {
            node.entries()
        } else if node.is_sequence() {
            self.listed_by_name(node, what)
        } else {
            self.refuse(node, no_names(node, what));
            return Vec::new();
        };
        let own = |entry: &Node<'_>| *node.name != "properties" && entry.name.starts_with("x-");
        let mut named: Vec<Node<'a>> = Vec::new();
        let mut entries = entries.into_iter().peekable();
        while let Some(entry) = entries.next() {
            if own(&entry) {
                entry.mark_used();
                continue;
            }
            if let Some(wrong) = entry.wrong_key() {
                let (name, span) = (&entry.name.value, entry.name.span);
                let diagnostic = wrong.diagnostic(Code::BadName, name, span, &[]);
                self.diagnostics
                    .push(diagnostic.suggest(entry.quoted_key()));
            }
            let mut below = Vec::new();
            while entry.is_null()
                && let Some(next) = entries.next_if(|next| is_key_of(next, keys))
            {
                below.push(next);
            }
            named.push(self.indented(entry, &below));
        }
        named
    }

    /// The entry with what belongs below it and was written beside it.
    fn indented<'a>(&mut self, entry: Node<'a>, below: &[Node<'a>]) -> Node<'a> {
        let Some(first) = below.first() else {
            return entry;
        };
        let name = &entry.name;
        self.diagnostics
            .push(node::not_indented(name, name.span, first.name.span));
        entry.mark_used();
        entry.with_below(below)
    }

    /// The elements of a list as entries, where each has its `name`.
    fn listed_by_name<'a>(&mut self, node: &Node<'a>, what: &str) -> Vec<Node<'a>> {
        self.diagnostics.push(no_names(node, what));
        let elements = node.elements();
        let all = elements.len();
        let named: Vec<Node<'a>> = elements
            .into_iter()
            .filter_map(|element| element.named_by("name"))
            .collect();
        if named.len() < all {
            node.mark_refused();
            return Vec::new();
        }
        named
    }
}

/// The map's version. Where it was refused, the hardware's is not compared with it.
fn version(
    node: &Node<'_>,
    version: Option<Version>,
    block: &mut Block,
) -> Option<Spanned<Version>> {
    let version = node.spanned("version", version);
    if version.is_none() && node.has("version") {
        block.identity.version = None;
    }
    version
}

/// The vendor; one that was refused is there all the same.
fn vendor(node: &Node<'_>, written: Option<String>) -> Option<Spanned<String>> {
    match node.spanned("vendor", written) {
        None if node.has("vendor") => {
            Some(Spanned::new("vendor".to_owned(), node.span_of("vendor")))
        }
        vendor => vendor,
    }
}

/// Where a block's registers are described.
enum Source {
    /// In the description itself.
    Here,
    /// In an SVD file.
    Svd(SvdSource),
    /// In an SVD file, and that was said wrongly.
    Refused,
}

/// Whether an entry is a key of what is before it, and no name: a mapping
/// may be either.
fn is_key_of(entry: &Node<'_>, keys: &[&str]) -> bool {
    let holds_names = ["fields", "registers", "memory", "enum"].contains(&entry.name.as_str());
    keys.contains(&entry.name.as_str()) && (holds_names || !entry.is_mapping() && !entry.is_null())
}

/// Says that a key takes names, and how they are written.
fn no_names(node: &Node<'_>, what: &str) -> Diagnostic {
    let key = &node.name.value;
    let elements = match node.is_sequence() {
        true => node.elements(),
        false => Vec::new(),
    };
    let named = elements.first().and_then(|first| first.get("name"));
    let name = named.as_ref().and_then(Node::text);
    let texts: Option<Vec<&str>> = elements.iter().map(Node::text).collect();
    let help = match (name, texts.as_deref()) {
        (Some(name), _) => format!("write the name as the key, without `-`: `{name}: {{…}}`"),
        (None, Some([_, ..])) if what == "values" => {
            let values = texts.unwrap_or_default().into_iter().zip(0..);
            let values: Vec<String> = values.map(|(name, at)| format!("{name}: {at}")).collect();
            format!("write `{{{}}}`", values.join(", "))
        }
        _ => format!("write `{key}: {}`", example_of(key)),
    };
    // A list in block style ends below its last line, so its key is shown.
    let (span, label) = match node.is_sequence() {
        true => (node.name.span, "this is a list"),
        false => (node.span(), "not of this form"),
    };
    Diagnostic::new(
        Code::WrongType,
        span,
        format!("`{key}` takes a mapping of names to {what}"),
        label,
    )
    .help(help)
}

/// What a scalar means, without its type.
fn plain<T>(scalar: Option<Scalar<T>>) -> Option<T> {
    scalar.map(|Scalar(value)| value)
}

fn number(number: Option<Number>) -> Option<u64> {
    plain(number)
}

/// A description on one line: YAML's folding keeps some of its own breaks.
fn text(node: &Node<'_>, key: &str, text: Option<String>) -> Option<String> {
    let text = node.spanned(key, text)?.value;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn strings(node: &Node<'_>, key: &str, values: Option<OneOrMany>) -> Vec<Spanned<String>> {
    let values = values.map_or_else(Vec::new, OneOrMany::into_vec);
    let places = node.get(key).map_or_else(Vec::new, |node| node.elements());
    node.spanned(key, Some(()));
    values
        .into_iter()
        .zip(places)
        .map(|(value, place)| Spanned::new(value, place.span()))
        .collect()
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
        "address-cells" | "size-cells" => "1",
        "reserved" => "0x4",
        "at" => "0x0",
        "bits" => "\"7:4\"",
        "depth" => "1024",
        "register" => "ID",
        "status" => "ISR.DONE",
        "enable-set" => "SIE.DONE",
        "enable-clear" => "CIE.DONE",
        "events" => "{DONE: {status: ISR.DONE, enable: IER.DONE}}",
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
