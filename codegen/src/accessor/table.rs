// SPDX-License-Identifier: MIT OR Apache-2.0

//! The map as data, for the runtime.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::model::{Array, Register};

use super::access::{self, Reading};
use super::group::Printer;
use super::lower::{ClusterMember, Group, Member, RegisterMember};
use super::{decimal, enumeration, hex, ident};

/// The items of a group, as seen from the block's own module.
pub(super) fn items(group: &Group<'_>) -> TokenStream {
    let items = group.members.iter().map(|member| match member {
        Member::Register(register) => register_item(register, &group.path),
        Member::Cluster(cluster) => cluster_item(cluster),
    });
    quote!(&[#(#items),*])
}

fn register_item(member: &RegisterMember<'_>, path: &[String]) -> TokenStream {
    let register = member.register;
    let offset = hex(register.offset.value);
    let reads = ident(match access::reading(register) {
        None => "Never",
        Some(Reading::Plainly) => "Plainly",
        Some(Reading::ClearsOrSets | Reading::Consumes) => "WithEffect",
    });
    let modules = path.iter().map(|module| ident(module));
    let name = ident(&member.value);
    let value = quote!(#(#modules::)* #name);
    match register.array {
        None => quote!(Item::register::<#value>(#offset, Reads::#reads)),
        Some(array) => {
            let places = places(array);
            quote!(Item::register_array::<#value>(#offset, Reads::#reads, #places))
        }
    }
}

fn cluster_item(member: &ClusterMember<'_>) -> TokenStream {
    let cluster = member.cluster;
    let name = &cluster.name.value;
    let offset = hex(cluster.offset.value);
    let items = items(&member.group);
    match cluster.array {
        None => quote!(Item::cluster(#name, #offset, #items)),
        Some(array) => {
            let places = places(array);
            quote!(Item::cluster_array(#name, #offset, #items, #places))
        }
    }
}

fn places(array: Array) -> TokenStream {
    let (count, stride) = (decimal(array.count.value), hex(array.stride.value));
    quote!(#count, #stride)
}

/// A register's layout, as seen from the module of its value type.
pub(super) fn layout(printer: &Printer<'_>, register: &Register, path: &[String]) -> TokenStream {
    let name = &register.name.value;
    let width = decimal(register.width.value.into());
    let fields = register.fields.iter().map(|field| {
        let name = &field.name.value;
        let low = decimal(field.bits.low.into());
        let len = decimal(field.bits.len.into());
        match printer.enum_of(field.values) {
            None => quote!(mmio::table::Field::number(#name, #low, #len)),
            Some(enum_type) => {
                let path = enumeration::path_from(path, enum_type);
                quote!(mmio::table::Field::named(#name, #low, #len, #path::NAMES))
            }
        }
    });
    quote!(&mmio::table::Layout { name: #name, width: #width, fields: &[#(#fields),*] })
}
