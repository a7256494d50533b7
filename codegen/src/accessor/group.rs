// SPDX-License-Identifier: MIT OR Apache-2.0

//! The module of a block's or cluster's content: a handle with a method for
//! each register, the value types, and the modules below.

use askama::Template;
use regdesc::model::{Array, Format};

use super::context::Context;
use super::doc::{Doc, code};
use super::items::module;
use super::marker::Marker;
use super::named::{ClusterMember, Group, Member, RegisterMember};
use super::text::{Function, Hex, places, rendered, up};
use super::{enumeration, value, words};
use crate::lowered::types::Kind;
use crate::names::{Language, identifier};

/// The handle of a block's or cluster's content.
#[derive(Template)]
#[template(path = "accessor/registers.rs.j2", escape = "none")]
struct Handle {
    visibility: &'static str,
    size: Hex,
    align: u64,
    /// The last parameters of a place, or of a memory in a window of memory.
    windows: &'static str,
    methods: Vec<Function>,
}

/// What a handle knows of the windows of memory.
const MEMORY_WINDOWS: &str = ", mmio::MemoryWindows";

/// The items of a module, one after the other.
pub(super) fn render(context: &Context<'_>, group: &Group<'_>) -> Vec<String> {
    let handle = rendered(&handle(context, group));
    let values = group.members.iter().filter_map(|member| match member {
        Member::Register(register) => value::render(context, register, &group.path),
        Member::Cluster(_) => None,
    });
    let enums = group.group.enums.iter();
    let enums = enums.filter_map(|&index| render_enum(context, index));
    let modules = group.members.iter().filter_map(|member| match member {
        Member::Register(_) => None,
        Member::Cluster(cluster) => Some(cluster_module(context, cluster)),
    });
    let handle = std::iter::once(handle);
    handle.chain(values).chain(enums).chain(modules).collect()
}

fn render_enum(context: &Context<'_>, index: usize) -> Option<String> {
    let (own, enumeration) = (context.enum_at(index)?, &context.enums[index]);
    let of = context.types.same_enums[index];
    Some(match of == index {
        true => enumeration::render(context.lines, enumeration, own),
        false => {
            let first = context.enum_at(of)?;
            enumeration::render_same(context.lines, enumeration, own, first)
        }
    })
}

fn cluster_module(context: &Context<'_>, member: &ClusterMember<'_>) -> String {
    let cluster = member.cluster;
    let place = context.lines.place(cluster.name.span);
    let doc = Doc::line(format!("The cluster {}; {place}.", code(&cluster.name)))
        .and_author(cluster.description.as_deref())
        .alias(&cluster.name, member.module());
    let own = std::iter::once("use ::regloom_mmio as mmio;".to_owned());
    let content: Vec<_> = own.chain(render(context, &member.group)).collect();
    module(&doc, "", member.module(), &content)
}

fn handle(context: &Context<'_>, group: &Group<'_>) -> Handle {
    let methods = group.members.iter().flat_map(|member| match member {
        Member::Register(register) => register_methods(context, register, &group.path),
        Member::Cluster(cluster) => cluster_methods(context, cluster),
    });
    Handle {
        // The module above makes the handle of a cluster.
        visibility: if group.path.is_empty() {
            ""
        } else {
            "pub(super) "
        },
        size: Hex(group.group.size),
        align: group.group.align,
        windows: match context.has_memory_windows {
            true => MEMORY_WINDOWS,
            false => "",
        },
        methods: methods.collect(),
    }
}

fn register_methods(
    context: &Context<'_>,
    member: &RegisterMember<'_>,
    path: &[String],
) -> Vec<Function> {
    let register = member.register;
    let offset = Hex(register.offset.value);
    let marker = match &member.marker {
        Marker::Common(marker) => format!("mmio::{marker}"),
        Marker::Own(marker) => {
            let access = identifier(Language::Rust, &context.named.access);
            format!("{}{access}::{marker}", up(path.len()))
        }
    };
    let kind = value::kind(member);
    let handle = format!("mmio::Reg<'a, {kind}, {marker}, Via>");
    let doc = register_doc(context, member).alias(&register.name, &member.method);
    match register.array {
        None => {
            let body = format!("self.0.reg::<{offset}, _, _>()");
            vec![method(&member.method, &doc, &handle, body)]
        }
        Some(array) if member.is_memory() => {
            let (word, beat) = (value::word(member), value::beat(member));
            let count = array.count.value;
            let (windows, call) = match member.is_in_memory_window {
                true => (MEMORY_WINDOWS, "window_memory"),
                false => ("", "memory"),
            };
            let memory =
                format!("mmio::Memory<'a, {word}, {beat}, {count}, {marker}, Via{windows}>");
            let body = format!("self.0.{call}::<{offset}, {count}, _, _, _>()");
            vec![method(&member.method, &doc, &memory, body)]
        }
        Some(array) => array_methods(&member.method, array, &doc, &handle, &|index| {
            let places = places(array);
            match index {
                Index::Runtime => format!("self.0.reg_of::<{offset}, {places}, _, _>(index)"),
                Index::Constant => {
                    format!("self.0.reg_at::<{offset}, {places}, INDEX, _, _>()")
                }
            }
        })
        .into(),
    }
}

fn register_doc(context: &Context<'_>, member: &RegisterMember<'_>) -> Doc {
    let register = member.register;
    let width = register.width.value;
    let first = Doc::line(format!(
        "{}{}.",
        code(&register.name),
        elements(register.array)
    ))
    .and_author(register.description.as_deref());
    let doc = first.and(format!(
        "Offset {:#x}, {width} bits, {}, {}; {}. {}.",
        register.offset.value,
        words::access_in_words(register),
        words::reset_of(member),
        context.lines.place(register.name.span),
        match member.is_memory() {
            true => words::memory_methods_in_words(&member.methods),
            false => words::methods_in_words(&member.methods),
        },
    ));
    let doc = match words::constraint_in_words(register.write_constraint, Format::Unsigned) {
        Some(constraint) => doc.and(format!("Constraint: {constraint}.")),
        None => doc,
    };
    let Kind::Sole(field) = member.kind else {
        return doc;
    };
    let says_more = field.description != register.description;
    doc.and(format!(
        "Its value is {}",
        words::field(context.lines, register, field)
    ))
    .and_author(field.description.as_deref().filter(|_| says_more))
}

fn cluster_methods(context: &Context<'_>, member: &ClusterMember<'_>) -> Vec<Function> {
    let cluster = member.cluster;
    let offset = Hex(cluster.offset.value);
    let module = identifier(Language::Rust, member.module());
    let handle = format!("{module}::Registers<'a, Via>");
    let doc = Doc::line(format!(
        "The cluster {}{}.",
        code(&cluster.name),
        elements(cluster.array)
    ))
    .and_author(cluster.description.as_deref())
    .and(format!(
        "Offset {:#x}, {:#x} bytes; {}.",
        cluster.offset.value,
        cluster.size,
        context.lines.place(cluster.name.span),
    ))
    .alias(&cluster.name, &member.method);
    match cluster.array {
        None => {
            let body = format!("{module}::Registers(self.0.part::<{offset}, _, _>())");
            vec![method(&member.method, &doc, &handle, body)]
        }
        Some(array) => array_methods(&member.method, array, &doc, &handle, &|index| {
            let places = places(array);
            let part = match index {
                Index::Runtime => format!("self.0.part_of::<{offset}, {places}, _, _>(index)"),
                Index::Constant => {
                    format!("self.0.part_at::<{offset}, {places}, INDEX, _, _>()")
                }
            };
            format!("{module}::Registers({part})")
        })
        .into(),
    }
}

/// How an element is chosen.
enum Index {
    Runtime,
    Constant,
}

fn method(name: &str, doc: &Doc, handle: &str, body: String) -> Function {
    Function {
        doc: doc.at(1),
        tracks_caller: false,
        signature: format!("fn {}(self) -> {handle}", identifier(Language::Rust, name)),
        body,
    }
}

/// `x(index)`, `x_at::<INDEX>()` and `x_iter()`.
fn array_methods(
    name: &str,
    array: Array,
    doc: &Doc,
    handle: &str,
    element: &dyn Fn(Index) -> String,
) -> [Function; 3] {
    let count = array.count.value;
    let by_index = identifier(Language::Rust, name);
    let shown = code(name);
    let doc = doc
        .clone()
        .and("# Panics")
        .and(format!("When `index` is not below {count}."));
    let at_doc = Doc::line(format!(
        "As {shown}; an index that is not below {count} is refused at compile time."
    ));
    let iter_doc = Doc::line(format!("As {shown}, all {count} in turn."));
    [
        Function {
            doc: doc.at(1),
            tracks_caller: true,
            signature: format!("fn {by_index}(self, index: usize) -> {handle}"),
            body: element(Index::Runtime),
        },
        Function {
            doc: at_doc.at(1),
            tracks_caller: false,
            signature: format!("fn {name}_at<const INDEX: usize>(self) -> {handle}"),
            body: element(Index::Constant),
        },
        Function {
            doc: iter_doc.at(1),
            tracks_caller: false,
            signature: format!(
                "fn {name}_iter(self) -> impl ::core::iter::ExactSizeIterator<Item = {handle}>"
            ),
            body: format!("(0..{count}).map(move |index| self.{by_index}(index))"),
        },
    ]
}

/// `, 4 of them, 0x20 bytes apart` for an array.
fn elements(array: Option<Array>) -> String {
    array.map_or_else(String::new, |array| {
        let (count, stride) = (array.count.value, array.stride.value);
        format!(", {count} of them, {stride:#x} bytes apart")
    })
}
