// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers of a block without clusters, for languages that have none.
//!
//! A register in clusters has a longer name. Of nested arrays only the innermost
//! stays one: each element of an outer array is there by itself.

use regdesc::model::{Array, Item, Located, Register};

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

/// A register of at most 64 bits that one load or store moves: a single one, or an element
/// of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port {
    /// Bytes from the start of the block.
    pub(crate) offset: u64,
    /// Bits.
    pub(crate) width: u32,
}

impl Port {
    /// Where the flat registers have a register as it is described; of an array, the first.
    pub(crate) fn of(register: Located<'_>, flat: &[FlatRegister<'_>]) -> Option<Self> {
        let port = Port {
            offset: register.offset,
            width: register.register.width.value,
        };
        flat.iter().any(|it| it.has(port)).then_some(port)
    }
}

impl FlatRegister<'_> {
    /// It is the register of that port, or an array that has it as an element.
    pub(crate) fn has(&self, port: Port) -> bool {
        let Some(bytes) = port.offset.checked_sub(self.offset) else {
            return false;
        };
        let is_there = match self.array {
            None => bytes == 0,
            Some(Array { count, stride }) => match stride.value {
                0 => bytes == 0,
                stride => bytes.is_multiple_of(stride) && bytes / stride < count.value,
            },
        };
        is_there && self.register.width.value == port.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(registers: &str) -> regdesc::RegisterMap {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000, registers: {{{registers}}}}}"
        );
        regdesc::parse("case.yaml", text, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"))
    }

    #[test]
    fn an_element_of_an_array_is_a_port() {
        let map = map("CH: {at: 0x40, count: 2, stride: 0x10, registers: {A: {}, B: {count: 2}}}");
        let flat = flat(&map.blocks[0].items);
        let is_there = |offset, width| flat.iter().any(|it| it.has(Port { offset, width }));
        for offset in [0x40, 0x44, 0x48, 0x50, 0x54, 0x58] {
            assert!(is_there(offset, 32), "{offset:#x}");
        }
        for offset in [0x3c, 0x42, 0x4c, 0x60] {
            assert!(!is_there(offset, 32), "{offset:#x}");
        }
        assert!(!is_there(0x40, 16));
    }
}
