// SPDX-License-Identifier: MIT OR Apache-2.0

//! Registers and clusters.

use std::collections::HashMap;

use svd_parser::svd::{self, RegisterCluster};

use super::element::Element;
use super::{array, field, properties};
use crate::description::{Alternate, Cluster, Item, Register};
use crate::source::Spanned;

/// What a peripheral's `<registers>` or a cluster holds.
pub(super) fn items<'a, 'input: 'a>(
    container: impl Iterator<Item = Element<'a, 'input>>,
    svd: &[RegisterCluster],
) -> Vec<Item> {
    let elements = container.filter(|child| matches!(child.tag(), "register" | "cluster"));
    let shared = shared_names(svd);
    elements
        .zip(svd)
        .map(|(element, svd)| match svd {
            RegisterCluster::Register(svd) => {
                let name = register_name(svd, &shared);
                Item::Register(register(element, svd, element.at("name", name)))
            }
            RegisterCluster::Cluster(svd) => Item::Cluster(cluster(element, svd)),
        })
        .collect()
}

/// How many have each name, where an `alternateGroup` allows more than one.
fn shared_names(svd: &[RegisterCluster]) -> HashMap<&str, usize> {
    let mut shared = HashMap::new();
    let grouped = |item: &RegisterCluster| matches!(item, RegisterCluster::Register(register) if register.alternate_group.is_some());
    if svd.iter().any(grouped) {
        for item in svd {
            *shared.entry(bare(item.name())).or_insert(0) += 1;
        }
    }
    shared
}

/// The name that an array has beside single registers.
fn bare(name: &str) -> &str {
    name.strip_suffix("[%s]").unwrap_or(name)
}

/// A register of an alternate group may have the name of one outside; then its
/// group distinguishes the two.
fn register_name(svd: &svd::RegisterInfo, shared: &HashMap<&str, usize>) -> String {
    let is_shared = shared.get(bare(&svd.name)).is_some_and(|count| *count > 1);
    match &svd.alternate_group {
        Some(group) if is_shared => format!("{group}_{}", svd.name),
        _ => svd.name.clone(),
    }
}

fn register(element: Element<'_, '_>, svd: &svd::Register, name: Spanned<String>) -> Register {
    Register {
        name,
        derived_from: element.derived_from(),
        description: element.folded_text("description"),
        at: Some(element.at("addressOffset", u64::from(svd.address_offset))),
        array: array::of(element, svd),
        properties: properties::of_register(element, svd),
        memory: false,
        read_order: None,
        write_constraint: svd.write_constraint.and_then(properties::write_constraint),
        alternate: match (&svd.alternate_group, &svd.alternate_register) {
            (Some(_), _) => Alternate::Any,
            (None, other) => alternate_of(other.as_ref()),
        },
        fields: element
            .children_of("fields")
            .zip(svd.fields())
            .map(|(element, svd)| field::field(element, svd))
            .collect(),
    }
}

fn alternate_of(other: Option<&String>) -> Alternate {
    other.map_or(Alternate::None, |other| Alternate::Of(other.clone()))
}

fn cluster(element: Element<'_, '_>, svd: &svd::Cluster) -> Cluster {
    Cluster {
        name: element.at("name", svd.name.clone()),
        derived_from: element.derived_from(),
        description: element.folded_text("description"),
        at: Some(element.at("addressOffset", u64::from(svd.address_offset))),
        array: array::of(element, svd),
        properties: properties::of_container(element, &svd.default_register_properties),
        alternate: alternate_of(svd.alternate_cluster.as_ref()),
        items: items(element.children(), &svd.children),
    }
}
