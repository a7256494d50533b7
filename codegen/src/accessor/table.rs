// SPDX-License-Identifier: MIT OR Apache-2.0

//! The map as data, for the runtime.

use std::fmt::Write as _;

use regdesc::model::{Access, Array, ReadEffect, Register, WriteEffect};

use super::group::Printer;
use super::lower::{ClusterMember, Group, Member, RegisterKind, RegisterMember};
use super::text::{Hex, INDENT, literal, path_between};
use super::{enumeration, value};

/// The items of a block, as seen from its own module.
pub(super) fn items(root: &Group<'_>) -> String {
    let mut text = "const ITEMS: &[mmio::table::Item] = &[\n".to_owned();
    push_items(&mut text, root, 1);
    text + "];"
}

fn push_items(text: &mut String, group: &Group<'_>, depth: usize) {
    let indent = INDENT.repeat(depth);
    for member in &group.members {
        text.push_str(&indent);
        match member {
            Member::Register(register) => text.push_str(&register_item(register, &group.path)),
            Member::Cluster(cluster) => push_cluster(text, cluster, depth),
        }
        text.push_str(",\n");
    }
}

fn register_item(member: &RegisterMember<'_>, path: &[String]) -> String {
    let register = member.register;
    let (name, offset) = (literal(&register.name), Hex(register.offset.value));
    let access = match member.kind {
        RegisterKind::Sole(field) => field.access.value,
        _ => register.access.value,
    };
    let policy = policy(access, false);
    let kind = match member.kind.name() {
        Some(name) => path_between(&[], path, name),
        None => value::kind(member),
    };
    let item = match register.array {
        None => format!("{policy}.register::<{kind}>({name}, {offset})"),
        Some(array) => {
            let places = places(array);
            format!("{policy}.register_array::<{kind}>({name}, {offset}, {places})")
        }
    };
    item + &resets(member)
}

/// What the elements hold after reset, where that is not one number.
fn resets(member: &RegisterMember<'_>) -> String {
    let resets = member.whole.iter().flat_map(|whole| &whole.resets);
    let resets: Vec<_> = resets.map(|reset| Hex(*reset).to_string()).collect();
    match member
        .whole
        .iter()
        .any(|whole| whole.register.reset.is_zero())
        || resets.is_empty()
    {
        true => String::new(),
        false => format!(".resets(&[{}])", resets.join(", ")),
    }
}

fn push_cluster(text: &mut String, member: &ClusterMember<'_>, depth: usize) {
    let cluster = member.cluster;
    let (name, offset) = (literal(&cluster.name), Hex(cluster.offset.value));
    let (constructor, places) = match cluster.array {
        None => ("cluster", String::new()),
        Some(array) => ("cluster_array", format!(", {}", places(array))),
    };
    let _ = writeln!(
        text,
        "mmio::table::Item::{constructor}({name}, {offset}, &["
    );
    push_items(text, &member.group, depth + 1);
    let _ = write!(text, "{}]{places})", INDENT.repeat(depth));
}

/// An array's count and stride, as the runtime takes them.
pub(super) fn places(array: Array) -> String {
    format!("{}, {}", array.count.value, Hex(array.stride.value))
}

/// What software may do to bits: the common point that is nearest, and what
/// differs from it.
fn policy(access: Access, self_clearing: bool) -> String {
    let base = match (access.read, access.write) {
        (true, true) => "mmio::table::RW",
        (true, false) => "mmio::table::RO",
        (false, true) => "mmio::table::WO",
        (false, false) => "mmio::table::NONE",
    };
    let on_write = match access.on_write {
        WriteEffect::Modify => "",
        WriteEffect::OneToClear => ".on_write(mmio::table::OnWrite::OneToClear)",
        WriteEffect::OneToSet => ".on_write(mmio::table::OnWrite::OneToSet)",
        WriteEffect::OneToToggle => ".on_write(mmio::table::OnWrite::OneToToggle)",
        WriteEffect::ZeroToClear => ".on_write(mmio::table::OnWrite::ZeroToClear)",
        WriteEffect::ZeroToSet => ".on_write(mmio::table::OnWrite::ZeroToSet)",
        WriteEffect::ZeroToToggle => ".on_write(mmio::table::OnWrite::ZeroToToggle)",
        WriteEffect::Clear => ".on_write(mmio::table::OnWrite::Clear)",
        WriteEffect::Set => ".on_write(mmio::table::OnWrite::Set)",
    };
    let on_read = match access.on_read {
        ReadEffect::None => "",
        ReadEffect::Clear => ".on_read(mmio::table::OnRead::Clear)",
        ReadEffect::Set => ".on_read(mmio::table::OnRead::Set)",
        ReadEffect::Pop => ".on_read(mmio::table::OnRead::Pop)",
    };
    let once = if access.write_once { ".once()" } else { "" };
    let self_clearing = if self_clearing {
        ".self_clearing()"
    } else {
        ""
    };
    [base, on_write, on_read, once, self_clearing].concat()
}

/// The fields in a register's layout, as seen from the module of its value type.
pub(super) fn fields(printer: &Printer<'_>, register: &Register, path: &[String]) -> Vec<String> {
    let fields = register.fields.iter().map(|field| {
        let (name, bits) = (literal(&field.name), field.bits.value);
        let policy = policy(field.access.value, field.self_clearing);
        let values = printer
            .enum_of(field.values)
            .map_or_else(String::new, |it| {
                let named = if it.signed { "named_signed" } else { "named" };
                format!(".{named}({}::names())", enumeration::path_from(path, it))
            });
        format!("{policy}.field({name}, {}, {}){values}", bits.low, bits.len)
    });
    fields.collect()
}
