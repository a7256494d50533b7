// SPDX-License-Identifier: MIT OR Apache-2.0

//! Everything of one kind that a block holds, at any depth.

use crate::model::{Cluster, Item, Register};

/// Visits every cluster, outer ones first.
pub(super) fn each_cluster(items: &[Item], visit: &mut impl FnMut(&Cluster)) {
    for item in items {
        if let Item::Cluster(cluster) = item {
            visit(cluster);
            each_cluster(&cluster.items, visit);
        }
    }
}

/// Visits every register, in clusters too.
pub(crate) fn each_register(items: &[Item], visit: &mut impl FnMut(&Register)) {
    for item in items {
        match item {
            Item::Register(register) => visit(register),
            Item::Cluster(cluster) => each_register(&cluster.items, visit),
        }
    }
}
