// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a name means in a place.

use std::borrow::Cow;
use std::collections::HashMap;

use super::tree::{Id, Kind, PerElement, Tree};

/// The children of containers by name. A container is indexed when it is first
/// asked, so that looking up costs what is looked through, once.
pub(super) struct Scopes<'t> {
    tree: &'t Tree,
    children: HashMap<(Id, Kind, Cow<'t, str>), Id>,
    indexed: PerElement<bool>,
}

impl<'t> Scopes<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Scopes {
            tree,
            children: HashMap::new(),
            indexed: PerElement::new(tree, false),
        }
    }

    /// The container's own child of that kind and name. An array answers to its
    /// name as written, with and without `[%s]`, and to its elements' names.
    pub(super) fn child(&mut self, container: Id, kind: Kind, name: &str) -> Option<Id> {
        self.index(container);
        let exact = self.get(container, kind, name);
        exact.or_else(|| {
            let counted = counted_names(name);
            counted
                .into_iter()
                .find_map(|(name, number)| self.counted(container, kind, &name, number))
        })
    }

    /// Notes what a container inherits under a name, so that a long chain of
    /// derivations is gone up once.
    pub(super) fn remember(&mut self, container: Id, name: &'t str, child: Id) {
        if let Some(kind) = self.tree[child].element.kind() {
            let key = (container, kind, Cow::Borrowed(name));
            self.children.entry(key).or_insert(child);
        }
    }

    fn get(&self, container: Id, kind: Kind, name: &str) -> Option<Id> {
        let key = (container, kind, Cow::Borrowed(name));
        self.children.get(&key).copied()
    }

    /// The array of that name, if it counts its elements and has that many.
    fn counted(&self, container: Id, kind: Kind, name: &str, number: u64) -> Option<Id> {
        let id = self.get(container, kind, name)?;
        let array = self.tree[id].element.array()?;
        (array.index.is_none() && number < *array.count).then_some(id)
    }

    fn index(&mut self, container: Id) {
        if std::mem::replace(&mut self.indexed[container], true) {
            return;
        }
        let tree = self.tree;
        for &id in &tree[container].children {
            let element = &tree[id].element;
            let (Some(kind), Some(name)) = (element.kind(), element.name()) else {
                continue;
            };
            let mut add = |name| {
                // The first of a name is the one meant.
                self.children.entry((container, kind, name)).or_insert(id);
            };
            add(Cow::Borrowed(name.as_str()));
            let Some(array) = element.array() else {
                continue;
            };
            add(Cow::Owned(name.replace("[%s]", "")));
            add(Cow::Owned(name.replace("[%s]", "%s")));
            for index in array.index.iter().flatten() {
                add(Cow::Owned(element_name(name, index)));
            }
        }
    }
}

fn element_name(name: &str, index: &str) -> String {
    name.replace("[%s]", index).replace("%s", index)
}

/// The ways to read a name as that of an element which an array counts:
/// `CH1_CFG2` as number 1 of `CH%s_CFG2` or number 2 of `CH1_CFG%s`, `CH[3]` as
/// number 3 of `CH%s`.
fn counted_names(name: &str) -> Vec<(String, u64)> {
    let name = name.replace(['[', ']'], "");
    let mut counted = Vec::new();
    let mut rest = name.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (_, from) = rest.split_at(start);
        let after = from.trim_start_matches(|c: char| c.is_ascii_digit());
        let (digits, _) = from.split_at(from.len() - after.len());
        let (before, _) = name.split_at(name.len() - from.len());
        if let Ok(number) = digits.parse() {
            counted.push((format!("{before}%s{after}"), number));
        }
        rest = after;
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_in_a_name_may_be_an_index() {
        let named = |name, number| (String::from(name), number);
        assert_eq!(
            counted_names("CH1_CFG20"),
            [named("CH%s_CFG20", 1), named("CH1_CFG%s", 20)]
        );
        assert_eq!(counted_names("CH[3]"), [named("CH%s", 3)]);
        assert_eq!(counted_names("CTRL"), []);
    }
}
