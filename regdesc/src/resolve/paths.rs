// SPDX-License-Identifier: MIT OR Apache-2.0

//! The paths of an interrupt's registers and bits, by the names that these have once
//! arrays are laid out: `TIMER[T0].TCSR` becomes `TIMER_T0.TCSR` where each element has a
//! name of its own, and a field is named where the register's name was enough.

use super::element::{element_name, stripped};
use crate::description as written;
use crate::model::{Field, Interrupt, Item, Register, indexed};
use crate::source::Spanned;

/// What may be a part of a path, as it was written.
pub(super) struct Written {
    name: Spanned<String>,
    array: Option<written::Array>,
    inner: Vec<Written>,
}

/// What the block contains, for the interrupts that refer to it; nothing where none
/// does.
pub(super) fn written(interrupts: &[Interrupt], items: &[written::Item]) -> Vec<Written> {
    let refers = |it: &Interrupt| it.status.is_some() || !it.events.is_empty();
    match interrupts.iter().any(refers) {
        true => items.iter().filter_map(written_item).collect(),
        false => Vec::new(),
    }
}

fn written_item(item: &written::Item) -> Option<Written> {
    Some(match item {
        written::Item::Register(register) => Written {
            name: register.name.clone(),
            array: register.array.clone(),
            inner: register.fields.iter().map(written_field).collect(),
        },
        written::Item::Cluster(cluster) => Written {
            name: cluster.name.clone(),
            array: cluster.array.clone(),
            inner: cluster.items.iter().filter_map(written_item).collect(),
        },
        written::Item::Reserved(_) | written::Item::Refused(_) => return None,
    })
}

fn written_field(field: &written::Field) -> Written {
    Written {
        name: field.name.clone(),
        array: field.array.clone(),
        inner: Vec::new(),
    }
}

/// Gives every path of the interrupts the names of the registers and fields. What leads
/// nowhere stays as it is, and is reported by the checks.
pub(super) fn resolve(interrupts: &mut [Interrupt], written: &[Written], items: &[Item]) {
    for interrupt in interrupts {
        let registers = [
            &mut interrupt.status,
            &mut interrupt.acknowledge,
            &mut interrupt.enable,
        ];
        for path in registers.into_iter().flatten() {
            Walk::new(written, items).along(&mut path.names);
        }
        for event in &mut interrupt.events {
            let others = [
                &mut event.enable,
                &mut event.enable_set,
                &mut event.enable_clear,
                &mut event.acknowledge,
            ];
            let others = others.into_iter().flatten();
            for path in std::iter::once(&mut event.status).chain(others) {
                let mut walk = Walk::new(written, items);
                walk.along(&mut path.names);
                path.names.extend(walk.sole_field());
            }
        }
    }
}

/// A way into a block, in what was written and in what became of it.
struct Walk<'a> {
    written: &'a [Written],
    at: At<'a>,
}

#[derive(Clone, Copy)]
enum At<'a> {
    Items(&'a [Item]),
    Register(&'a Register),
    Nothing,
}

impl<'a> Walk<'a> {
    fn new(written: &'a [Written], items: &'a [Item]) -> Self {
        Walk {
            written,
            at: At::Items(items),
        }
    }

    /// Goes along the names, and replaces each by what it is called now.
    fn along(&mut self, names: &mut [String]) {
        for name in names {
            if let Some(called) = self.step(name) {
                *name = called;
            }
        }
    }

    fn step(&mut self, name: &str) -> Option<String> {
        let (plain, index) = indexed(name);
        let found = self.written.iter().find_map(|it| {
            let called = match index {
                Some(index) => it.element(plain, index, self.at),
                None => it.is_called(plain).then(|| plain.to_owned()),
            };
            Some((it, called?))
        });
        self.at = match (&found, self.at) {
            (Some((_, called)), At::Items(items)) => inside(items, indexed(called).0),
            _ => At::Nothing,
        };
        let (written, called) = found?;
        self.written = &written.inner;
        Some(called)
    }

    /// The field that the path leaves out: the register's only one, which has its name.
    fn sole_field(&self) -> Option<String> {
        let At::Register(register) = self.at else {
            return None;
        };
        let [Field { name, .. }] = register.fields.as_slice() else {
            return None;
        };
        name.eq_ignore_ascii_case(&register.name)
            .then(|| name.value.clone())
    }
}

fn inside<'a>(items: &'a [Item], name: &str) -> At<'a> {
    match items.iter().find(|item| item.name().value == name) {
        Some(Item::Cluster(cluster)) => At::Items(&cluster.items),
        Some(Item::Register(register)) => At::Register(register),
        None => At::Nothing,
    }
}

impl Written {
    /// What an element is called: `CH[2]` where the array stayed one, else its own name.
    fn element(&self, name: &str, index: &str, at: At<'_>) -> Option<String> {
        let array = self.array.as_ref()?;
        if stripped(&self.name) != name {
            return None;
        }
        let place = array.place_of(index)?;
        let stayed = match at {
            At::Items(items) => items
                .iter()
                .any(|it| it.name().value == name && is_array(it)),
            At::Register(_) | At::Nothing => false,
        };
        Some(match stayed {
            true => format!("{name}[{place}]"),
            false => self.name_of(array, place),
        })
    }

    /// Whether it, or one of its elements, has that name.
    fn is_called(&self, name: &str) -> bool {
        let Some(array) = &self.array else {
            return self.name.value == name;
        };
        stripped(&self.name) == name
            || (0..array.count.value.min(MOST)).any(|place| self.name_of(array, place) == name)
    }

    fn name_of(&self, array: &written::Array, place: u64) -> String {
        let name = element_name(&self.name, array, place).value;
        name.replace(['[', ']'], "")
    }
}

/// Elements that have names of their own, of one array.
const MOST: u64 = crate::limits::MAX_LIST;

impl written::Array {
    /// The place of an element, by its name or its number.
    fn place_of(&self, index: &str) -> Option<u64> {
        let names = self.index.iter().flatten();
        let named = names.zip(0..).find(|(name, _)| *name == index);
        let place = named.map(|(_, place)| place);
        let place = place.or_else(|| index.parse().ok())?;
        (place < self.count.value).then_some(place)
    }
}

fn is_array(item: &Item) -> bool {
    match item {
        Item::Register(register) => register.array.is_some(),
        Item::Cluster(cluster) => cluster.array.is_some(),
    }
}
