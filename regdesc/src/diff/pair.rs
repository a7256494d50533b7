// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which of the old things is which of the new ones.

use std::collections::{BTreeMap, VecDeque};

/// The things of two lists, as far as they belong together.
pub(super) struct Pairs<'m, T> {
    /// Old and new of what is in both.
    pub(super) both: Vec<(&'m T, &'m T)>,
    /// What is in the old list alone.
    pub(super) removed: Vec<&'m T>,
    /// What is in the new list alone.
    pub(super) added: Vec<&'m T>,
}

/// Pairs what has the same key; those of one key in their order.
pub(super) fn pair<'m, T, K: Ord>(
    old: &'m [T],
    new: &'m [T],
    key: impl Fn(&'m T) -> K,
) -> Pairs<'m, T> {
    let all = Pairs {
        both: Vec::new(),
        removed: old.iter().collect(),
        added: new.iter().collect(),
    };
    all.or_by(key)
}

impl<'m, T> Pairs<'m, T> {
    /// Pairs by another key what is left over.
    pub(super) fn or_by<K: Ord>(mut self, key: impl Fn(&'m T) -> K) -> Self {
        let mut waiting: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
        for (at, new) in self.added.iter().enumerate() {
            waiting.entry(key(new)).or_default().push_back(at);
        }
        let mut added: Vec<Option<&T>> = self.added.into_iter().map(Some).collect();
        let mut removed = Vec::new();
        for old in self.removed {
            let found = waiting.get_mut(&key(old)).and_then(VecDeque::pop_front);
            match found.and_then(|at| added[at].take()) {
                Some(new) => self.both.push((old, new)),
                None => removed.push(old),
            }
        }
        Pairs {
            both: self.both,
            removed,
            added: added.into_iter().flatten().collect(),
        }
    }
}

/// A name as another hand or format may have written it too: `timer-0` is
/// `TIMER_0`.
pub(super) fn bare(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|it| it.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn what_has_no_partner_by_name_may_have_one_by_place() {
        let old = [("a", 0), ("b", 4), ("c", 8)];
        let new = [("c", 0), ("d", 4), ("e", 12)];
        let pairs = pair(&old, &new, |it| it.0).or_by(|it| it.1);
        assert_eq!(pairs.both, [(&old[2], &new[0]), (&old[1], &new[1])]);
        assert_eq!((pairs.removed, pairs.added), (vec![&old[0]], vec![&new[2]]));
    }
}
