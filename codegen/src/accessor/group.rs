// SPDX-License-Identifier: MIT OR Apache-2.0

//! The module of a block's or cluster's content: a handle with a method for
//! each register, the value types, and the modules below.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::model::{Array, Block, EnumId};

use super::access::Marker;
use super::block::{memory_methods_in_words, methods_in_words};
use super::doc::{Doc, code};
use super::lines::Lines;
use super::lower::{ClusterMember, EnumType, Group, Member, RegisterMember};
use super::{decimal, enumeration, hex, ident, value};

/// What the items of one block are printed with.
pub(super) struct Printer<'p> {
    pub(super) block: &'p Block,
    pub(super) lines: &'p Lines<'p>,
    pub(super) enums: &'p [Option<EnumType>],
    /// Which of them stands for each.
    pub(super) same_enums: &'p [usize],
}

impl Printer<'_> {
    /// Its items, a part for each that stands by itself: to put what was quoted
    /// into another quotation copies every token.
    pub(super) fn group(&self, group: &Group<'_>) -> Vec<TokenStream> {
        let handle = self.handle(group);
        let values = group.members.iter().flat_map(|member| match member {
            Member::Register(register) => value::render(self, register, &group.path),
            Member::Cluster(_) => Vec::new(),
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

    fn module(&self, member: &ClusterMember<'_>) -> TokenStream {
        let cluster = member.cluster;
        let name = ident(member.module());
        let content = self.group(&member.group);
        let place = self.lines.place(cluster.name.span);
        let doc = Doc::line(format!("The cluster {}; {place}.", code(&cluster.name)))
            .and_author(cluster.description.as_deref())
            .alias(&cluster.name, member.module());
        quote! {
            #doc
            pub mod #name {
                use regloom_mmio as mmio;
                #(#content)*
            }
        }
    }

    fn handle(&self, group: &Group<'_>) -> TokenStream {
        let (size, align) = (hex(group.size), decimal(group.align));
        let doc = Doc::line("A method for each register and cluster.");
        // The module above makes the handle of a cluster.
        let visible = (!group.path.is_empty()).then(|| quote!(pub(super)));
        let unused = group
            .members
            .is_empty()
            .then(|| quote!(#[allow(dead_code)]));
        let methods = group.members.iter().map(|member| match member {
            Member::Register(register) => self.register_methods(register, &group.path),
            Member::Cluster(cluster) => self.cluster_methods(cluster),
        });
        let methods = (!group.members.is_empty())
            .then(|| quote!(impl<'a, Via: mmio::Bus> Registers<'a, Via> { #(#methods)* }));
        quote! {
            #doc
            #[derive(Clone, Copy, Debug)]
            pub struct Registers<'a, Via: mmio::Bus = mmio::Mapped>(
                #unused #visible mmio::Place<'a, #size, #align, Via>
            );
            #methods
        }
    }

    fn register_methods(&self, member: &RegisterMember<'_>, path: &[String]) -> TokenStream {
        let register = member.register;
        let offset = hex(register.offset.value);
        let marker = match &member.marker {
            Marker::Common(marker) => {
                let marker = ident(marker);
                quote!(mmio::#marker)
            }
            Marker::Own(marker) => {
                let (marker, up) = (ident(marker), up(path.len()));
                quote!(#up access::#marker)
            }
        };
        let kind = value::kind(member);
        let handle = quote!(mmio::Reg<'a, #kind, #marker, Via>);
        let doc = self
            .register_doc(member)
            .alias(&register.name, &member.method);
        let method = ident(&member.method);
        match register.array {
            None => quote! {
                #doc
                #[inline]
                pub fn #method(self) -> #handle { self.0.reg::<#offset, _, _>() }
            },
            Some(array) if member.is_memory() => {
                let (word, beat) = (value::word(member), value::beat(member));
                let count = decimal(array.count.value);
                quote! {
                    #doc
                    #[inline]
                    pub fn #method(self) -> mmio::Memory<'a, #word, #beat, #count, #marker, Via> {
                        self.0.memory::<#offset, #count, _, _, _>()
                    }
                }
            }
            Some(array) => {
                array_methods(&member.method, array, &doc, &handle, &|index| match index {
                    Index::Runtime(places) => {
                        quote!(self.0.reg_of::<#offset, #places, _, _>(index))
                    }
                    Index::Constant(places) => {
                        quote!(self.0.reg_at::<#offset, #places, INDEX, _, _>())
                    }
                })
            }
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
        first.and(format!(
            "Offset {:#x}, {width} bits, {}, {}; {}. {}.",
            register.offset.value,
            value::access_in_words(register),
            value::reset_in_words(register.reset.value, register.reset_mask, width),
            self.lines.place(register.name.span),
            match member.is_memory() {
                true => memory_methods_in_words(&member.methods),
                false => methods_in_words(&member.methods),
            },
        ))
    }

    fn cluster_methods(&self, member: &ClusterMember<'_>) -> TokenStream {
        let cluster = member.cluster;
        let offset = hex(cluster.offset.value);
        let module = ident(member.module());
        let handle = quote!(#module::Registers<'a, Via>);
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
                let method = ident(&member.method);
                quote! {
                    #doc
                    #[inline]
                    pub fn #method(self) -> #handle { #module::Registers(self.0.part::<#offset, _, _>()) }
                }
            }
            Some(array) => {
                array_methods(&member.method, array, &doc, &handle, &|index| match index {
                    Index::Runtime(places) => {
                        quote!(#module::Registers(self.0.part_of::<#offset, #places, _, _>(index)))
                    }
                    Index::Constant(places) => {
                        quote!(#module::Registers(self.0.part_at::<#offset, #places, INDEX, _, _>()))
                    }
                })
            }
        }
    }

    /// The enum that stands for a field's values.
    pub(super) fn enum_of(&self, id: Option<EnumId>) -> Option<&EnumType> {
        self.enums[self.same_enums[id?.index()]].as_ref()
    }
}

/// `super::`, that many times.
pub(super) fn up(modules: usize) -> TokenStream {
    std::iter::repeat_n(quote!(super::), modules).collect()
}

/// A type of one module as seen from another of the same block.
pub(super) fn path_between(from: &[String], to: &[String], name: &str) -> TokenStream {
    let shared = from
        .iter()
        .zip(to)
        .take_while(|(here, there)| here == there);
    let shared = shared.count();
    let up = up(from.len() - shared);
    let down = to[shared..].iter().map(|module| ident(module));
    let name = ident(name);
    quote!(#up #(#down::)* #name)
}

/// How an element is chosen; with it the array's count and stride.
enum Index {
    Runtime(TokenStream),
    Constant(TokenStream),
}

/// `x(index)`, `x_at::<INDEX>()` and `x_iter()`.
fn array_methods(
    name: &str,
    array: Array,
    doc: &Doc,
    handle: &TokenStream,
    element: &dyn Fn(Index) -> TokenStream,
) -> TokenStream {
    let (count, stride) = (decimal(array.count.value), hex(array.stride.value));
    let by_index = ident(name);
    let at = ident(&format!("{name}_at"));
    let iter = ident(&format!("{name}_iter"));
    let shown = code(name);
    let doc = doc
        .clone()
        .and("# Panics")
        .and(format!("When `index` is not below {count}."));
    let at_doc = Doc::line(format!(
        "As {shown}; an index that is not below {count} is refused at compile time."
    ));
    let iter_doc = Doc::line(format!("As {shown}, all {count} in turn."));
    let runtime = element(Index::Runtime(quote!(#count, #stride)));
    let constant = element(Index::Constant(quote!(#count, #stride)));
    quote! {
        #doc
        #[inline]
        #[track_caller]
        pub fn #by_index(self, index: usize) -> #handle { #runtime }

        #at_doc
        #[inline]
        pub fn #at<const INDEX: usize>(self) -> #handle { #constant }

        #iter_doc
        #[inline]
        pub fn #iter(self) -> impl core::iter::ExactSizeIterator<Item = #handle> {
            (0..#count).map(move |index| self.#by_index(index))
        }
    }
}

/// `, 4 of them, 0x20 bytes apart` for an array.
fn elements(array: Option<Array>) -> String {
    array.map_or_else(String::new, |array| {
        let (count, stride) = (array.count.value, array.stride.value);
        format!(", {count} of them, {stride:#x} bytes apart")
    })
}
