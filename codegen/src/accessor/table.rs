// SPDX-License-Identifier: MIT OR Apache-2.0

//! The map as data, for the runtime.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::model::{Access, Array, ReadEffect, Register, WriteEffect};

use super::group::{Printer, path_between};
use super::lower::{ClusterMember, Group, Member, RegisterMember};
use super::{decimal, enumeration, hex, ident, value};

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
    let (name, offset) = (&register.name.value, hex(register.offset.value));
    let policy = policy(register.access.value, false);
    let kind = match member.kind.name() {
        Some(name) => path_between(&[], path, name),
        None => value::kind(member),
    };
    match register.array {
        None => quote!(#policy.register::<#kind>(#name, #offset)),
        Some(array) => {
            let places = places(array);
            quote!(#policy.register_array::<#kind>(#name, #offset, #places))
        }
    }
}

/// What software may do to bits: the common point that is nearest, and what
/// differs from it.
fn policy(access: Access, self_clearing: bool) -> TokenStream {
    let base = ident(match (access.read, access.write) {
        (true, true) => "RW",
        (true, false) => "RO",
        (false, true) => "WO",
        (false, false) => "NONE",
    });
    let on_write = match access.on_write {
        WriteEffect::Modify => None,
        WriteEffect::OneToClear => Some("OneToClear"),
        WriteEffect::OneToSet => Some("OneToSet"),
        WriteEffect::OneToToggle => Some("OneToToggle"),
        WriteEffect::ZeroToClear => Some("ZeroToClear"),
        WriteEffect::ZeroToSet => Some("ZeroToSet"),
        WriteEffect::ZeroToToggle => Some("ZeroToToggle"),
        WriteEffect::Clear => Some("Clear"),
        WriteEffect::Set => Some("Set"),
    };
    let on_write = on_write.map(|effect| {
        let effect = ident(effect);
        quote!(.on_write(mmio::table::OnWrite::#effect))
    });
    let on_read = match access.on_read {
        ReadEffect::None => None,
        ReadEffect::Clear => Some("Clear"),
        ReadEffect::Set => Some("Set"),
        ReadEffect::Pop => Some("Pop"),
    };
    let on_read = on_read.map(|effect| {
        let effect = ident(effect);
        quote!(.on_read(mmio::table::OnRead::#effect))
    });
    let once = access.write_once.then(|| quote!(.once()));
    let self_clearing = self_clearing.then(|| quote!(.self_clearing()));
    quote!(mmio::table::#base #on_write #on_read #once #self_clearing)
}

fn cluster_item(member: &ClusterMember<'_>) -> TokenStream {
    let cluster = member.cluster;
    let name = &cluster.name.value;
    let offset = hex(cluster.offset.value);
    let items = items(&member.group);
    match cluster.array {
        None => quote!(mmio::table::Item::cluster(#name, #offset, #items)),
        Some(array) => {
            let places = places(array);
            quote!(mmio::table::Item::cluster_array(#name, #offset, #items, #places))
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
        let policy = policy(field.access.value, field.self_clearing);
        let values = printer.enum_of(field.values).map(|enum_type| {
            let path = enumeration::path_from(path, enum_type);
            quote!(.named(#path::NAMES))
        });
        quote!(#policy.field(#name, #low, #len) #values)
    });
    quote!(&mmio::table::Layout { name: #name, width: #width, fields: &[#(#fields),*] })
}
