// SPDX-License-Identifier: MIT OR Apache-2.0

//! The module of a block's or cluster's content: a handle with a method for
//! each register, the value types, and the modules below.

use askama::Template;
use regdesc::model::{Array, Block, EnumId, Format};

use super::access::Marker;
use super::block::{memory_methods_in_words, methods_in_words};
use super::doc::{Doc, code};
use super::lines::Lines;
use super::lower::{ClusterMember, EnumType, Group, Member, RegisterKind, RegisterMember};
use super::table::places;
use super::text::{Function, Hex, rendered, up};
use super::{enumeration, field, module, value};
use crate::names::{self, identifier};

/// The handle of a block's or cluster's content.
#[derive(Template)]
#[template(path = "accessor/registers.rs.j2", escape = "none")]
struct Handle {
    visibility: &'static str,
    size: Hex,
    align: u64,
    methods: Vec<Function>,
}

/// What the items of one block are printed with.
pub(super) struct Printer<'p> {
    pub(super) block: &'p Block,
    pub(super) lines: &'p Lines<'p>,
    pub(super) enums: &'p [Option<EnumType>],
    /// Which of them stands for each.
    pub(super) same_enums: &'p [usize],
    /// The module of the markers that the runtime does not have.
    pub(super) access: &'p str,
}

impl Printer<'_> {
    /// Its items, one after the other.
    pub(super) fn group(&self, group: &Group<'_>) -> Vec<String> {
        let handle = rendered(&self.handle(group));
        let values = group.members.iter().filter_map(|member| match member {
            Member::Register(register) => value::render(self, register, &group.path),
            Member::Cluster(_) => None,
        });
        let enums = group.enums.iter().filter_map(|&index| {
            let enum_type = self.enums[index].as_ref()?;
            let enumeration = &self.block.enums[index];
            let first = self.enums[self.same_enums[index]].as_ref()?;
            Some(match self.same_enums[index] == index {
                true => enumeration::render(self, enumeration, enum_type),
                false => enumeration::render_same(self, enumeration, enum_type, first),
            })
        });
        let modules = group.members.iter().filter_map(|member| match member {
            Member::Register(_) => None,
            Member::Cluster(cluster) => Some(self.module(cluster)),
        });
        let handle = std::iter::once(handle);
        handle.chain(values).chain(enums).chain(modules).collect()
    }

    fn module(&self, member: &ClusterMember<'_>) -> String {
        let cluster = member.cluster;
        let place = self.lines.place(cluster.name.span);
        let doc = Doc::line(format!("The cluster {}; {place}.", code(&cluster.name)))
            .and_author(cluster.description.as_deref())
            .alias(&cluster.name, member.module());
        let own = std::iter::once("use ::regloom_mmio as mmio;".to_owned());
        let content: Vec<_> = own.chain(self.group(&member.group)).collect();
        module(&doc, "", member.module(), &content)
    }

    fn handle(&self, group: &Group<'_>) -> Handle {
        let methods = group.members.iter().flat_map(|member| match member {
            Member::Register(register) => self.register_methods(register, &group.path),
            Member::Cluster(cluster) => self.cluster_methods(cluster),
        });
        Handle {
            // The module above makes the handle of a cluster.
            visibility: if group.path.is_empty() {
                ""
            } else {
                "pub(super) "
            },
            size: Hex(group.size),
            align: group.align,
            methods: methods.collect(),
        }
    }

    fn register_methods(&self, member: &RegisterMember<'_>, path: &[String]) -> Vec<Function> {
        let register = member.register;
        let offset = Hex(register.offset.value);
        let marker = match &member.marker {
            Marker::Common(marker) => format!("mmio::{marker}"),
            Marker::Own(marker) => {
                let access = names::identifier(self.access);
                format!("{}{access}::{marker}", up(path.len()))
            }
        };
        let kind = value::kind(member);
        let handle = format!("mmio::Reg<'a, {kind}, {marker}, Via>");
        let doc = self
            .register_doc(member)
            .alias(&register.name, &member.method);
        match register.array {
            None => {
                let body = format!("self.0.reg::<{offset}, _, _>()");
                vec![method(&member.method, &doc, &handle, body)]
            }
            Some(array) if member.is_memory() => {
                let (word, beat) = (value::word(member), value::beat(member));
                let count = array.count.value;
                let memory = format!("mmio::Memory<'a, {word}, {beat}, {count}, {marker}, Via>");
                let body = format!("self.0.memory::<{offset}, {count}, _, _, _>()");
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

    fn register_doc(&self, member: &RegisterMember<'_>) -> Doc {
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
            value::access_in_words(register),
            value::reset_of(member),
            self.lines.place(register.name.span),
            match member.is_memory() {
                true => memory_methods_in_words(&member.methods),
                false => methods_in_words(&member.methods),
            },
        ));
        let doc = match field::constraint_in_words(register.write_constraint, Format::Unsigned) {
            Some(constraint) => doc.and(format!("Constraint: {constraint}.")),
            None => doc,
        };
        let RegisterKind::Sole(field) = member.kind else {
            return doc;
        };
        let says_more = field.description != register.description;
        doc.and(format!(
            "Its value is {}",
            field::in_words(self, register, field)
        ))
        .and_author(field.description.as_deref().filter(|_| says_more))
    }

    fn cluster_methods(&self, member: &ClusterMember<'_>) -> Vec<Function> {
        let cluster = member.cluster;
        let offset = Hex(cluster.offset.value);
        let module = identifier(member.module());
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
            self.lines.place(cluster.name.span),
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

    /// The enum that stands for a field's values.
    pub(super) fn enum_of(&self, id: Option<EnumId>) -> Option<&EnumType> {
        self.enums[self.same_enums[id?.index()]].as_ref()
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
        signature: format!("fn {}(self) -> {handle}", identifier(name)),
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
    let by_index = identifier(name);
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
