// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a name means in a place.

use std::borrow::Cow;
use std::collections::HashMap;

use super::tree::{Id, Kind, PerElement, Tree};
use crate::limits::MAX_LIST;

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
    /// name as written, with and without `[%s]`, and to its elements' names,
    /// with and without the brackets around the index.
    pub(super) fn child(&mut self, container: Id, kind: Kind, name: &str) -> Option<Id> {
        self.index(container);
        let exact = self.get(container, kind, name);
        exact.or_else(|| {
            let bare = name.replace(['[', ']'], "");
            let counted = || {
                let counted = counted_names(&bare);
                counted
                    .into_iter()
                    .find_map(|(name, number)| self.counted(container, kind, &name, number))
            };
            self.get(container, kind, &bare).or_else(counted)
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
            // A lookup by number knows names with one place for it.
            if array.index.is_none() && name.matches("%s").nth(1).is_some() {
                for index in 0..(*array.count).min(MAX_LIST) {
                    add(Cow::Owned(element_name(name, &index.to_string())));
                }
            }
        }
    }
}

/// Digits of the longest index that a name is taken apart for.
const MAX_DIGITS: usize = 10;

/// A longer name is not taken apart: it has too many places for an index.
const MAX_NAME: usize = 128;

fn element_name(name: &str, index: &str) -> String {
    name.replace("[%s]", index).replace("%s", index)
}

/// The ways to read a name as that of an element which an array counts, the name
/// without brackets: `CH1_CFG2` as number 1 of `CH%s_CFG2` or number 2 of
/// `CH1_CFG%s`, `P100` as number 0 of `P10%s` too.
fn counted_names(name: &str) -> Vec<(String, u64)> {
    if name.len() > MAX_NAME {
        return Vec::new();
    }
    let digit = |at: &usize| name.as_bytes().get(*at).is_some_and(u8::is_ascii_digit);
    let mut counted = Vec::new();
    for start in (0..name.len()).filter(digit) {
        let ends = (start + 1..).take_while(|end| digit(&(end - 1)));
        // The longest index first: `CH12` is rather number 12 than number 2.
        let ends: Vec<usize> = ends.take(MAX_DIGITS).collect();
        for end in ends.into_iter().rev() {
            if let Some(number) = index(&name[start..end]) {
                let (before, after) = (&name[..start], &name[end..]);
                counted.push((format!("{before}%s{after}"), number));
            }
        }
    }
    counted
}

/// The number that these digits count, without zeros before it.
fn index(digits: &str) -> Option<u64> {
    let is_plain = digits == "0" || !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_in_a_name_may_be_an_index() {
        let named = |name, number| (String::from(name), number);
        assert_eq!(
            counted_names("CH1_CFG20"),
            [
                named("CH%s_CFG20", 1),
                named("CH1_CFG%s", 20),
                named("CH1_CFG%s0", 2),
                named("CH1_CFG2%s", 0)
            ]
        );
        assert_eq!(counted_names("CH3"), [named("CH%s", 3)]);
        assert_eq!(
            counted_names("P100"),
            [
                named("P%s", 100),
                named("P%s0", 10),
                named("P%s00", 1),
                named("P1%s0", 0),
                named("P10%s", 0)
            ]
        );
        assert_eq!(counted_names("CTRL"), []);
        assert_eq!(counted_names(&"1".repeat(MAX_NAME + 1)), []);
    }
}
