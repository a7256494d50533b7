// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lists that are written in parts: svd-parser reads the first `<registers>` of
//! a peripheral and the first `<fields>` of a register, and what the others hold
//! is put behind that.

use svd_parser::svd::{Cluster, Field, MaybeArray, Peripheral, Register, RegisterCluster};
use svd_parser::{Parse, SVDErrorAt};

use super::config::config;
use super::element::Element;

/// A peripheral with all that its element holds.
pub(super) fn with_further_parts(
    mut svd: Peripheral,
    element: Element<'_, '_>,
) -> Result<Peripheral, SVDErrorAt> {
    let info = match &mut svd {
        MaybeArray::Single(info) | MaybeArray::Array(info, _) => info,
    };
    for registers in element.children_named("registers").skip(1) {
        let further = registers
            .children()
            .map(|item| RegisterCluster::parse(item.node(), &config()));
        let all = info.registers.get_or_insert_default();
        all.extend(further.collect::<Result<Vec<_>, _>>()?);
    }
    let items = element.children_of("registers");
    complete_items(
        info.registers.as_deref_mut().unwrap_or_default(),
        items.collect(),
    )?;
    Ok(svd)
}

fn complete_items(
    svd: &mut [RegisterCluster],
    elements: Vec<Element<'_, '_>>,
) -> Result<(), SVDErrorAt> {
    let items = elements
        .into_iter()
        .filter(|it| matches!(it.tag(), "register" | "cluster"));
    for (svd, element) in svd.iter_mut().zip(items) {
        match svd {
            RegisterCluster::Register(svd) => complete_register(svd, element)?,
            RegisterCluster::Cluster(svd) => complete_cluster(svd, element)?,
        }
    }
    Ok(())
}

fn complete_cluster(svd: &mut Cluster, element: Element<'_, '_>) -> Result<(), SVDErrorAt> {
    let info = match svd {
        MaybeArray::Single(info) | MaybeArray::Array(info, _) => info,
    };
    complete_items(&mut info.children, element.children().collect())
}

fn complete_register(svd: &mut Register, element: Element<'_, '_>) -> Result<(), SVDErrorAt> {
    let info = match svd {
        MaybeArray::Single(info) | MaybeArray::Array(info, _) => info,
    };
    for fields in element.children_named("fields").skip(1) {
        let further = fields
            .children()
            .map(|field| Field::parse(field.node(), &config()));
        let all = info.fields.get_or_insert_default();
        all.extend(further.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(())
}
