// SPDX-License-Identifier: MIT OR Apache-2.0

//! What was seen while the items of a block were compared.

use std::collections::{BTreeMap, BTreeSet};

use super::site::Remembered;
use crate::model::{EnumId, RegisterPath, ReservedBits, indexed};

/// What comparing the items of a block gives those that compare what refers to
/// them.
pub(super) struct Seen {
    /// What old software writes to bits that no field covers.
    pub(super) policy: ReservedBits,
    /// What new software writes to them.
    pub(super) new_policy: ReservedBits,
    /// The old path of every item that both maps have, and its new one.
    paths: BTreeMap<Vec<String>, Vec<String>>,
    /// Every field that both maps have and that has an enumeration in one.
    pub(super) uses: Vec<EnumUse>,
    /// The old map's enumerations of what is gone.
    pub(super) gone: BTreeSet<EnumId>,
    /// The new map's enumerations of what was added.
    pub(super) come: BTreeSet<EnumId>,
}

/// What a field's values are called, before and after.
pub(super) struct EnumUse {
    pub(super) field: Remembered,
    /// `values`, or `written values`.
    pub(super) what: &'static str,
    pub(super) old: Option<EnumId>,
    pub(super) new: Option<EnumId>,
}

impl Seen {
    pub(super) fn new(policy: ReservedBits, new_policy: ReservedBits) -> Self {
        Seen {
            policy,
            new_policy,
            paths: BTreeMap::new(),
            uses: Vec::new(),
            gone: BTreeSet::new(),
            come: BTreeSet::new(),
        }
    }

    /// Notes the paths of an item that both maps have.
    pub(super) fn same(&mut self, old: Vec<String>, new: Vec<String>) {
        self.paths.insert(old, new);
    }

    /// A path of the old map, with the new names of what it leads through. Of a field
    /// that is gone, those of its register.
    pub(super) fn in_new_names(&self, path: &[String]) -> Vec<String> {
        let plain: Vec<String> = path.iter().map(|it| indexed(it).0.to_owned()).collect();
        let known = |len: usize| Some((len, self.paths.get(&plain[..len])?));
        let Some((len, new)) = (1..=path.len()).rev().find_map(known) else {
            return path.to_vec();
        };
        let with_index = |(name, old): (&String, &String)| match indexed(old).1 {
            Some(index) => format!("{name}[{index}]"),
            None => name.clone(),
        };
        let new = new.iter().zip(path).map(with_index);
        new.chain(path[len..].iter().cloned()).collect()
    }

    /// The same of the path of a register.
    pub(super) fn register_in_new_names(&self, path: &RegisterPath) -> RegisterPath {
        RegisterPath {
            names: self.in_new_names(&path.names),
            span: path.span,
        }
    }
}
