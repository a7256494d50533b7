// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a container comes to with its arrays expanded, and which of that uses
//! the same bytes.

use std::collections::HashMap;

use crate::model::{Alternate, Array, Cluster, Item, Register};
use crate::units::ByteRange;

/// Bytes of one register, or of a whole array where nothing lies between its
/// elements: a memory costs as much as a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Leaf {
    pub(super) range: ByteRange,
    /// Which item of the container it belongs to.
    pub(super) owner: usize,
    /// Bytes of one element.
    element: u64,
    /// It shares its place with whatever is there.
    alternate: bool,
    /// Those that it shares its place with: as a register, and as a part of a cluster.
    peers: [Option<usize>; 2],
    read: bool,
    write: bool,
}

impl Leaf {
    /// The element that the first byte shared with `range` belongs to.
    pub(super) fn element_in(&self, range: ByteRange) -> ByteRange {
        let within = range.start.saturating_sub(self.range.start);
        let before = within - within % self.element.max(1);
        ByteRange {
            start: self.range.start.saturating_add(before),
            len: self.element,
        }
    }

    fn may_share(&self, other: &Leaf) -> bool {
        let opposed = |a: &Leaf, b: &Leaf| a.read && !a.write && b.write && !b.read;
        let are_peers = || {
            let own = self.peers.iter().flatten();
            own.into_iter()
                .any(|peers| other.peers.contains(&Some(*peers)))
        };
        let is_declared = self.alternate || other.alternate || are_peers();
        is_declared || opposed(self, other) || opposed(other, self)
    }

    /// Whether all that collides with `other` and lies behind its start collides
    /// with this too, under the same name.
    fn covers(&self, other: &Leaf) -> bool {
        self.owner == other.owner
            && (self.read, self.write) == (other.read, other.write)
            && self.peers == other.peers
            && self.range.end_wide() >= other.range.end_wide()
    }
}

/// All leaves of some items, in the order of their addresses.
pub(super) fn leaves<'a>(
    items: impl IntoIterator<Item = (usize, &'a Item)>,
    peers: &Peers<'_>,
) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    for (owner, item) in items {
        Expansion {
            owner,
            peers,
            leaves: &mut leaves,
        }
        .item(item, 0, Around::default());
    }
    leaves.sort_by_key(|leaf| (leaf.range.start, leaf.owner));
    leaves
}

struct Expansion<'l> {
    owner: usize,
    peers: &'l Peers<'l>,
    leaves: &'l mut Vec<Leaf>,
}

/// What the clusters around a register were declared to be.
#[derive(Clone, Copy, Default)]
struct Around {
    alternate: bool,
    peers: Option<usize>,
}

impl Expansion<'_> {
    fn item(&mut self, item: &Item, base: u64, around: Around) {
        let start = base.saturating_add(item.offset().value);
        match item {
            Item::Register(register) => self.register(register, start, around),
            Item::Cluster(cluster) => self.cluster(cluster, start, around),
        }
    }

    fn register(&mut self, register: &Register, start: u64, around: Around) {
        let size = register.size();
        let leaf = |start, len| Leaf {
            range: ByteRange { start, len },
            owner: self.owner,
            element: size,
            alternate: around.alternate || self.peers.is_any(&register.alternate, register.array),
            peers: [self.peers.of(&register.name), around.peers],
            read: register.accesses().any(|access| access.read),
            write: register.accesses().any(|access| access.write),
        };
        match register.array {
            None => self.leaves.push(leaf(start, size)),
            Some(array) if register.memory || array.stride.value <= size => {
                self.leaves.push(leaf(start, array.extent(size)));
            }
            Some(array) => {
                let first = leaf(start, size);
                self.leaves.extend(starts(start, array).map(|start| Leaf {
                    range: ByteRange { start, len: size },
                    ..first
                }));
            }
        }
    }

    fn cluster(&mut self, cluster: &Cluster, start: u64, around: Around) {
        let around = Around {
            alternate: around.alternate || self.peers.is_any(&cluster.alternate, cluster.array),
            peers: around.peers.or(self.peers.of(&cluster.name)),
        };
        let mut element = |start| {
            for inner in &cluster.items {
                self.item(inner, start, around);
            }
        };
        match cluster.array {
            Some(array) if array.stride.value >= cluster.used() => {
                starts(start, array).for_each(element);
            }
            // Elements that overlap each other are refused as such; the first
            // represents them.
            _ => element(start),
        }
    }
}

/// Items that share their place with each other: those that are declared alternates of
/// one, and that one.
#[derive(Default)]
pub(super) struct Peers<'a> {
    /// All items by name, and whether they are arrays.
    names: HashMap<&'a str, bool>,
    /// The number of each set by the names of what is in it.
    sets: HashMap<&'a str, usize>,
}

impl<'a> Peers<'a> {
    /// What the items and all that is in them were declared to be.
    pub(super) fn among(items: &'a [Item]) -> Self {
        let mut peers = Peers::default();
        let mut declared = Vec::new();
        peers.enter(items, &mut declared);
        for (name, other) in declared {
            if let Some(other) = peers.called(other) {
                peers.join(name, other);
            }
        }
        peers
    }

    fn enter(&mut self, items: &'a [Item], declared: &mut Vec<(&'a str, &'a str)>) {
        for item in items {
            let (array, alternate) = match item {
                Item::Register(it) => (it.array, &it.alternate),
                Item::Cluster(it) => (it.array, &it.alternate),
            };
            let name = item.name().value.as_str();
            *self.names.entry(name).or_default() |= array.is_some();
            if let Alternate::Of(other) = alternate {
                declared.push((name, other));
            }
            if let Item::Cluster(cluster) = item {
                self.enter(&cluster.items, declared);
            }
        }
    }

    /// The item that a declaration names, by its path or by one of an array's elements.
    fn called(&self, other: &str) -> Option<&'a str> {
        let name = other.rsplit('.').next().unwrap_or(other);
        let single = self.names.get_key_value(name);
        let digits = |it: char| it.is_ascii_digit() || it == '[' || it == ']';
        let array = self.names.get_key_value(name.trim_end_matches(digits));
        let found = single.or(array.filter(|(_, is_array)| **is_array));
        found.map(|(name, _)| *name)
    }

    /// Puts what both are in into one set.
    fn join(&mut self, name: &'a str, other: &'a str) {
        let next = self.sets.len();
        let set = *self.sets.entry(other).or_insert(next);
        let Some(old) = self.sets.insert(name, set) else {
            return;
        };
        for member in self.sets.values_mut().filter(|member| **member == old) {
            *member = set;
        }
    }

    fn of(&self, name: &str) -> Option<usize> {
        self.sets.get(name).copied()
    }

    /// Whether something shares its place with whatever is there: also an array, which
    /// names one thing for all its elements, and what names a thing that is elsewhere.
    fn is_any(&self, alternate: &Alternate, array: Option<Array>) -> bool {
        match alternate {
            Alternate::None => false,
            Alternate::Any => true,
            Alternate::Of(other) => array.is_some() || self.called(other).is_none(),
        }
    }
}

/// Where the elements of an array are.
fn starts(start: u64, array: Array) -> impl Iterator<Item = u64> {
    (0..array.count.value)
        .map(move |index| start.saturating_add(index.saturating_mul(array.stride.value)))
}

/// Two items that use the same bytes and may not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Collision {
    /// The item that is there already.
    pub(super) other: usize,
    /// The item that comes upon it.
    pub(super) owner: usize,
    /// The element of `owner` that does.
    pub(super) at: ByteRange,
}

/// The collisions among sorted leaves, by address and then by the items' order,
/// until `report` has enough.
pub(super) fn each_collision(leaves: &[Leaf], mut report: impl FnMut(Collision) -> Enough) {
    // What reaches up to the leaf or beyond.
    let mut open: Vec<&Leaf> = Vec::new();
    for leaf in leaves.iter().filter(|leaf| !leaf.alternate) {
        open.retain(|other| {
            other.range.end_wide() > u128::from(leaf.range.start) && !leaf.covers(other)
        });
        let mut others: Vec<usize> = open
            .iter()
            .filter(|other| other.owner != leaf.owner && !leaf.may_share(other))
            .filter(|other| other.range.overlaps(leaf.range))
            .map(|other| other.owner)
            .collect();
        others.sort_unstable();
        others.dedup();
        for other in others {
            let collision = Collision {
                other,
                owner: leaf.owner,
                at: leaf.element_in(leaf.range),
            };
            if report(collision) == Enough::Yes {
                return;
            }
        }
        open.push(leaf);
    }
}

/// Whether the rest need not be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enough {
    Yes,
    No,
}

/// Finds the leaves within a range without looking at all of them.
pub(super) struct Users<'l> {
    leaves: &'l [Leaf],
    /// For each leaf, how far it or one before it reaches.
    reach: Vec<u128>,
}

impl<'l> Users<'l> {
    pub(super) fn of(leaves: &'l [Leaf]) -> Self {
        let mut furthest = 0;
        let reach = leaves
            .iter()
            .map(|leaf| {
                furthest = leaf.range.end_wide().max(furthest);
                furthest
            })
            .collect();
        Users { leaves, reach }
    }

    /// The first leaf that shares a byte with the range.
    pub(super) fn first_in(&self, range: ByteRange) -> Option<&'l Leaf> {
        // The first to reach beyond the range's start does so itself, and all
        // later ones start no earlier than it.
        let first = self
            .reach
            .partition_point(|end| *end <= u128::from(range.start));
        let leaf = self.leaves.get(first)?;
        leaf.range.overlaps(range).then_some(leaf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Access;
    use crate::source::{Sources, Spanned};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// What [`leaves`] must agree with: a leaf for each register of each element.
    fn one_by_one(items: &[Item]) -> Vec<Leaf> {
        fn expand(item: &Item, base: u64, alternate: bool, owner: usize, leaves: &mut Vec<Leaf>) {
            let is_any = |it: &Alternate| *it == Alternate::Any;
            let array = match item {
                Item::Register(register) => register.array,
                Item::Cluster(cluster) => cluster.array,
            };
            let first = base + item.offset().value;
            let all = array.map_or(vec![first], |array| starts(first, array).collect());
            for start in all {
                match item {
                    Item::Register(register) => leaves.push(Leaf {
                        range: ByteRange {
                            start,
                            len: register.size(),
                        },
                        owner,
                        element: register.size(),
                        alternate: alternate || is_any(&register.alternate),
                        peers: [None; 2],
                        read: register.access.read,
                        write: register.access.write,
                    }),
                    Item::Cluster(cluster) => {
                        for inner in &cluster.items {
                            let alternate = alternate || is_any(&cluster.alternate);
                            expand(inner, start, alternate, owner, leaves);
                        }
                    }
                }
            }
        }
        let mut leaves = Vec::new();
        for (owner, item) in items.iter().enumerate() {
            expand(item, 0, false, owner, &mut leaves);
        }
        leaves.sort_by_key(|leaf| (leaf.range.start, leaf.owner));
        leaves
    }

    /// Each pair of items that collide, and the first byte at which they do, by
    /// comparing everything with everything.
    fn all_collisions(leaves: &[Leaf]) -> BTreeMap<(usize, usize), u64> {
        let mut found = Vec::new();
        for (position, leaf) in leaves.iter().enumerate() {
            let others = leaves[..position]
                .iter()
                .filter(|other| other.owner != leaf.owner && !leaf.may_share(other))
                .filter(|other| other.range.overlaps(leaf.range));
            found.extend(others.map(|other| (other.owner, leaf.owner, leaf.range.start)));
        }
        first_of_each_pair(found)
    }

    fn first_of_each_pair(found: Vec<(usize, usize, u64)>) -> BTreeMap<(usize, usize), u64> {
        let mut first = BTreeMap::new();
        for (a, b, at) in found {
            first.entry((a.min(b), a.max(b))).or_insert(at);
        }
        first
    }

    fn spanned<T>(value: T) -> Spanned<T> {
        let id = Sources::default().add("test", "");
        Spanned::new(value, crate::source::Span::new(id, 0..0))
    }

    fn array(count: u64, stride: u64) -> Array {
        Array {
            count: spanned(count),
            stride: spanned(stride),
        }
    }

    fn register(offset: u64, bytes: u32, access: Access, alternate: bool) -> Register {
        Register {
            name: spanned("R".to_owned()),
            description: None,
            offset: spanned(offset),
            width: spanned(bytes * 8),
            array: None,
            memory: false,
            access: spanned(access),
            reset: spanned(0.into()),
            reset_mask: 0.into(),
            read_order: None,
            write_constraint: None,
            protection: None,
            alternate: Alternate::any(alternate),
            fields: Vec::new(),
        }
    }

    fn registers() -> impl Strategy<Value = Item> {
        let access = prop_oneof![Just(Access::RW), Just(Access::RO), Just(Access::WO)];
        let gap = prop_oneof![3 => Just(0u64), 1 => 1u64..9];
        let repeated = proptest::option::of((1u64..7, gap));
        (
            0u64..48,
            0u32..4,
            access,
            prop::bool::weighted(0.1),
            repeated,
        )
            .prop_map(|(offset, bytes, access, alternate, repeated)| {
                let bytes = 1 << bytes;
                let mut register = register(offset, bytes, access, alternate);
                register.array = repeated.map(|(count, gap)| array(count, u64::from(bytes) + gap));
                Item::Register(register)
            })
    }

    fn items() -> impl Strategy<Value = Item> {
        registers().prop_recursive(2, 12, 4, |inner| {
            let repeated = proptest::option::of((1u64..4, 0u64..9));
            let inner = prop::collection::vec(inner, 1..4);
            (0u64..48, inner, prop::bool::weighted(0.1), repeated).prop_map(
                |(offset, items, alternate, repeated)| {
                    let ends = items.iter().map(|item| item.offset().value + item.size());
                    let size = ends.max().unwrap_or(0);
                    Item::Cluster(Cluster {
                        name: spanned("C".to_owned()),
                        description: None,
                        offset: spanned(offset),
                        size,
                        array: repeated.map(|(count, gap)| array(count, size + gap)),
                        alternate: Alternate::any(alternate),
                        items,
                        reserved: Vec::new(),
                    })
                },
            )
        })
    }

    fn collisions_of(items: &[Item]) -> BTreeMap<(usize, usize), u64> {
        let mut found = Vec::new();
        each_collision(
            &leaves(items.iter().enumerate(), &Peers::among(items)),
            |collision| {
                found.push((collision.other, collision.owner, collision.at.start));
                Enough::No
            },
        );
        first_of_each_pair(found)
    }

    proptest! {
        #[test]
        fn whole_arrays_collide_as_their_elements_do(items in prop::collection::vec(items(), 0..7)) {
            prop_assert_eq!(collisions_of(&items), all_collisions(&one_by_one(&items)));
        }

        #[test]
        fn whole_arrays_use_the_bytes_that_their_elements_do(
            items in prop::collection::vec(items(), 0..5),
            start in 0u64..160,
            len in 0u64..12,
        ) {
            let range = ByteRange { start, len };
            let each = one_by_one(&items);
            let expected = each.iter().find(|leaf| leaf.range.overlaps(range));
            let whole = leaves(items.iter().enumerate(), &Peers::among(&items));
            let found = Users::of(&whole).first_in(range);
            prop_assert_eq!(found.is_some(), expected.is_some());
            if let Some(leaf) = found {
                let element = leaf.element_in(range);
                let of_owner = |it: &&Leaf| it.owner == leaf.owner && it.range == element;
                prop_assert!(each.iter().any(|it| of_owner(&it)));
                prop_assert!(element.overlaps(range));
            }
        }
    }

    #[test]
    fn a_memory_is_one_leaf_however_long() {
        let mut memory = register(0x1000, 4, Access::RW, false);
        memory.memory = true;
        memory.array = Some(array(u64::MAX, 4));
        let items = [Item::Register(memory)];
        let all = leaves(items.iter().enumerate(), &Peers::among(&items));
        assert_eq!(all.len(), 1);
        let behind = ByteRange {
            start: 0x2002,
            len: 1,
        };
        let word = all[0].element_in(behind);
        assert_eq!((word.start, word.len), (0x2000, 4));
    }

    /// Millions of elements at one address are compared with nothing.
    #[test]
    fn elements_that_overlap_each_other_are_one_leaf() {
        let mut piled = register(0, 4, Access::RW, false);
        piled.array = Some(array(1 << 20, 0));
        let cluster = Cluster {
            name: spanned("C".to_owned()),
            description: None,
            offset: spanned(0x100),
            size: 4,
            array: Some(array(1 << 20, 0)),
            alternate: Alternate::None,
            items: vec![Item::Register(piled.clone())],
            reserved: Vec::new(),
        };
        let items = [Item::Register(piled), Item::Cluster(cluster)];
        assert_eq!(
            leaves(items.iter().enumerate(), &Peers::among(&items)).len(),
            2
        );
    }

    /// The collisions of registers at one place, each with what it is an alternate of.
    fn at_one_place(registers: &[(&str, Option<&str>)]) -> Vec<(usize, usize)> {
        let items: Vec<Item> = registers
            .iter()
            .map(|(name, other)| {
                let mut it = register(0, 4, Access::RW, false);
                it.name = spanned((*name).to_owned());
                if let Some(other) = other {
                    it.alternate = Alternate::Of((*other).to_owned());
                }
                Item::Register(it)
            })
            .collect();
        collisions_of(&items).into_keys().collect()
    }

    #[test]
    fn an_alternate_shares_its_place_with_what_it_names_alone() {
        assert_eq!(at_one_place(&[("A", None), ("B", Some("A"))]), []);
        let third = at_one_place(&[("A", None), ("B", Some("A")), ("C", None)]);
        assert_eq!(third, [(0, 2), (1, 2)]);
        let alternates = [
            ("A", None),
            ("B", Some("A")),
            ("C", Some("A")),
            ("D", Some("C")),
        ];
        assert_eq!(at_one_place(&alternates), []);
        // What it names is elsewhere.
        assert_eq!(at_one_place(&[("A", None), ("B", Some("ELSEWHERE"))]), []);
    }

    /// It can name one thing, and its elements are at several places.
    #[test]
    fn an_array_that_is_an_alternate_shares_its_places() {
        let single = |name: &str, offset| {
            let mut it = register(offset, 4, Access::RW, false);
            it.name = spanned(name.to_owned());
            it
        };
        let mut all = single("ALL", 0);
        all.array = Some(array(2, 4));
        all.alternate = Alternate::Of("A".to_owned());
        let items = [all, single("A", 0), single("B", 4)].map(Item::Register);
        assert!(collisions_of(&items).is_empty());
    }
}
