// SPDX-License-Identifier: MIT OR Apache-2.0

//! The map as data, for the runtime.

use std::fmt::Write as _;

use super::named::{ClusterMember, Group, Member, RegisterMember};
use super::policy::policy;
use super::text::{Hex, INDENT, literal, path_between, places};
use super::value;
use crate::lowered::types::Kind;

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
        Kind::Sole(field) => field.access.value,
        _ => register.access.value,
    };
    let policy = policy(access, false);
    let kind = match &member.type_name {
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
