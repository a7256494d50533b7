// SPDX-License-Identifier: MIT OR Apache-2.0

//! regloom's reading, flattened: from a [`RegisterMap`] to a [`Flat`].

use std::collections::HashMap;
use std::rc::Rc;

use regdesc::RegisterMap;
use regdesc::model::{self, Access, Array, Block, EnumId, Instance, Item};
use regdesc::number::low_bits;

use super::flat::{Field, Flat, Layout, Names, Notes, Register, Values};

/// Every register of every instance.
pub(crate) fn flatten(map: &RegisterMap) -> Flat {
    let mut flat = Flat::default();
    for block in &map.blocks {
        let registers = Expansion::of(block);
        for instance in &block.instances {
            let name: Rc<str> = instance.name.value.as_str().into();
            let base = instance.base.value;
            flat.peripherals.insert(name.to_string(), base);
            let interrupts = interrupts(instance);
            if !interrupts.is_empty() {
                flat.interrupts.insert(name.to_string(), interrupts);
            }
            for (offset, register) in &registers {
                let place = (Rc::clone(&name), base.wrapping_add(*offset));
                flat.registers
                    .entry(place)
                    .or_default()
                    .push(register.clone());
            }
        }
    }
    flat
}

/// Number and name of each line, in the oracle's order.
fn interrupts(instance: &Instance) -> Vec<(u64, String)> {
    let lines = instance.interrupts.iter();
    let mut interrupts: Vec<_> = lines
        .filter_map(|(name, cells)| Some((u64::from(*cells.first()?), name.value.clone())))
        .collect();
    interrupts.sort();
    interrupts
}

/// A block's registers, each with its offset in the block.
struct Expansion<'m> {
    block: &'m Block,
    /// A register inside an array of clusters occurs once for each element.
    layouts: HashMap<*const model::Register, Rc<Layout>>,
    registers: Vec<(u64, Register)>,
}

impl<'m> Expansion<'m> {
    fn of(block: &'m Block) -> Vec<(u64, Register)> {
        let mut expansion = Expansion {
            block,
            layouts: HashMap::new(),
            registers: Vec::new(),
        };
        expansion.items(&block.items, 0, &mut Vec::new());
        expansion.registers
    }

    fn items(&mut self, items: &'m [Item], offset: u64, path: &mut Vec<Names>) {
        for item in items {
            match item {
                Item::Register(register) => self.register(register, offset, path),
                Item::Cluster(cluster) => {
                    let places = places(&cluster.name, cluster.array);
                    for (name, moved) in places {
                        path.push(name);
                        let inner = sum(offset, cluster.offset.value, moved);
                        self.items(&cluster.items, inner, path);
                        path.pop();
                    }
                }
            }
        }
    }

    fn register(&mut self, register: &'m model::Register, offset: u64, path: &[Names]) {
        let block = self.block;
        let layout = self
            .layouts
            .entry(std::ptr::from_ref(register))
            .or_insert_with(|| Rc::new(layout(block, register)));
        for (name, moved) in places(&register.name, register.array) {
            let mut path = path.to_vec();
            path.push(name);
            let register_at = sum(offset, register.offset.value, moved);
            let register = Register {
                path,
                layout: Rc::clone(layout),
                notes: Notes::default(),
            };
            self.registers.push((register_at, register));
        }
    }
}

fn sum(container: u64, offset: u64, moved: u64) -> u64 {
    container.wrapping_add(offset).wrapping_add(moved)
}

/// Elements that an array is expanded to; of a longer one the first stands for
/// all, as in the oracle.
const MAX_ELEMENTS: u64 = 1 << 20;

/// The name of each element, and how far it is from the first.
fn places(name: &str, array: Option<Array>) -> Vec<(Names, u64)> {
    let Some(array) = array.filter(|array| array.count.value <= MAX_ELEMENTS) else {
        return vec![(vec![name.into()], 0)];
    };
    let whole: Rc<str> = name.into();
    (0..array.count.value)
        .map(|index| {
            let element: Rc<str> = format!("{name}[{index}]").into();
            let names = vec![element, Rc::clone(&whole)];
            (names, index.wrapping_mul(array.stride.value))
        })
        .collect()
}

fn layout(block: &Block, register: &model::Register) -> Layout {
    let mut fields: Vec<Field> = register.fields.iter().map(|it| field(block, it)).collect();
    fields.sort_by_key(|field| (field.low, field.width));
    Layout {
        width: register.width.value,
        access: access(register.access.value),
        // The oracle reads no more than 64 bits.
        reset: register.reset.low(),
        mask: register.reset_mask.low(),
        fields,
    }
}

fn field(block: &Block, field: &model::Field) -> Field {
    Field {
        low: field.bits.low,
        width: field.bits.len,
        access: access(field.access.value),
        name: field.name.value.clone(),
        values: values(block, field.values),
        write_values: values(block, field.write_values),
    }
}

fn values(block: &Block, id: Option<EnumId>) -> Option<Values> {
    let enumeration = block.enumeration(id?);
    let named = enumeration.values.iter().map(|value| {
        (
            low_bits(value.value.value, u64::BITS),
            value.name.value.clone(),
        )
    });
    let default = &enumeration.default;
    Some(Values {
        named: named.collect(),
        default: default.as_ref().map(|it| it.name.value.clone()),
        notes: Notes::default(),
    })
}

/// The three axes, as the oracle writes them.
fn access(access: Access) -> String {
    let may = match (access.read, access.write) {
        (true, true) => "rw",
        (true, false) => "ro",
        (false, true) => "wo",
        (false, false) => "none",
    };
    let once = if access.write_once { "once" } else { "-" };
    format!("{may}/{once}/{}/{}", access.on_write, access.on_read)
}
