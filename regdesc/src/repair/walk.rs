// SPDX-License-Identifier: MIT OR Apache-2.0

//! The way through the registers that are repaired.

use crate::model::{Item, Register};

/// Every register, in clusters too.
pub(super) fn each_register(items: &mut [Item], visit: &mut impl FnMut(&mut Register)) {
    for item in items {
        match item {
            Item::Register(register) => visit(register),
            Item::Cluster(cluster) => each_register(&mut cluster.items, visit),
        }
    }
}
