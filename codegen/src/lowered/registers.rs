// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers of a block without clusters, for languages that have none.
//!
//! A register in clusters has a longer name. Of nested arrays only the innermost
//! stays one: each element of an outer array is there by itself.

use regdesc::model::{Array, Block, Item, Register, RegisterPath};

/// A register, or an array of registers, by its place in the block.
pub(crate) struct FlatRegister<'m> {
    pub(crate) register: &'m Register,
    /// The names of the clusters around it, the indices in these, and its own name,
    /// with `_` between them.
    pub(crate) name: String,
    /// Bytes from the start of the block.
    pub(crate) offset: u64,
    pub(crate) array: Option<Array>,
}

/// The registers by ascending offset.
pub(crate) fn flat(items: &[Item]) -> Vec<FlatRegister<'_>> {
    let mut flat = Vec::new();
    flatten(items, &Prefix::default(), &mut flat);
    flat.sort_by_key(|it| it.offset);
    flat
}

/// What the clusters around an item come to.
#[derive(Clone, Default)]
struct Prefix {
    name: String,
    offset: u64,
    array: Option<Array>,
}

fn flatten<'m>(items: &'m [Item], outer: &Prefix, flat: &mut Vec<FlatRegister<'m>>) {
    for item in items {
        let array = match item {
            Item::Register(register) => register.array,
            Item::Cluster(cluster) => cluster.array,
        };
        for outer in prefixes(outer, array) {
            let name = format!("{}{}", outer.name, item.name().value);
            let offset = outer.offset.saturating_add(item.offset().value);
            let array = array.or(outer.array);
            match item {
                Item::Register(register) => flat.push(FlatRegister {
                    register,
                    name,
                    offset,
                    array,
                }),
                Item::Cluster(cluster) => {
                    let inner = Prefix {
                        name: format!("{name}_"),
                        offset,
                        array,
                    };
                    flatten(&cluster.items, &inner, flat);
                }
            }
        }
    }
}

/// The prefix itself, or one for each element where an array would be in another.
fn prefixes(outer: &Prefix, inner: Option<Array>) -> Vec<Prefix> {
    let (Some(array), Some(_)) = (outer.array, inner) else {
        return vec![outer.clone()];
    };
    (0..array.count.value)
        .map(|index| Prefix {
            name: format!("{}{index}_", outer.name),
            offset: outer
                .offset
                .saturating_add(index.saturating_mul(array.stride.value)),
            array: None,
        })
        .collect()
}

/// A register of the description that is in no array.
#[derive(Clone, Copy)]
pub(crate) struct Single<'m> {
    pub(crate) register: &'m Register,
    /// Bytes from the start of the block.
    pub(crate) offset: u64,
}

/// The single register of that path.
pub(crate) fn single<'m>(block: &'m Block, path: &RegisterPath) -> Option<Single<'m>> {
    let found = block.register(path)?;
    found.single.then_some(Single {
        register: found.register,
        offset: found.offset,
    })
}

/// A register of at most 64 bits that one load or store moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port {
    /// Which of the block's flat registers it is.
    pub(crate) index: usize,
    pub(crate) offset: u64,
    /// Bits.
    pub(crate) width: u32,
}

impl Port {
    /// Where the flat registers have a single register as it is described.
    pub(crate) fn of(single: Single<'_>, flat: &[FlatRegister<'_>]) -> Option<Self> {
        let width = single.register.width.value;
        let index = flat.iter().position(|it| {
            it.offset == single.offset && it.register.width.value == width && it.array.is_none()
        })?;
        Some(Port {
            index,
            offset: single.offset,
            width,
        })
    }
}
