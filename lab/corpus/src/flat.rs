// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device with nothing left to expand: every register at its address, with
//! its fields and their named values. Both readings are converted to this form.

use std::collections::BTreeMap;
use std::rc::Rc;

/// All registers of a device.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    /// Base address by name.
    pub(crate) peripherals: BTreeMap<String, u64>,
    /// What is at each address of a peripheral.
    pub(crate) registers: BTreeMap<(Rc<str>, u64), Vec<Register>>,
    /// Number and name of each peripheral's interrupts.
    pub(crate) interrupts: BTreeMap<String, Vec<(u64, String)>>,
}

/// One register.
#[derive(Debug, Clone)]
pub(crate) struct Register {
    /// Its name behind those of the clusters around it.
    pub(crate) path: Vec<Names>,
    pub(crate) layout: Rc<Layout>,
    /// How the file writes it, of a reading that says so.
    pub(crate) notes: Notes,
}

/// How a file writes an element: words that the oracle's script explains. They
/// make no two readings differ.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes(pub(crate) Rc<str>);

impl Notes {
    pub(crate) fn have(&self, note: &str) -> bool {
        self.0.split(',').any(|it| it == note)
    }
}

impl PartialEq for Notes {
    fn eq(&self, _: &Notes) -> bool {
        true
    }
}

impl Eq for Notes {}

/// What an element may be called: its own name first.
pub(crate) type Names = Vec<Rc<str>>;

/// What a register is, at any address; many registers share one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) width: u32,
    pub(crate) access: String,
    pub(crate) reset: u64,
    /// Which bits of the reset are known.
    pub(crate) mask: u64,
    /// By ascending bit.
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) low: u32,
    pub(crate) width: u32,
    pub(crate) access: String,
    pub(crate) name: String,
    /// What the values read mean, and those written unless `write_values` says
    /// else.
    pub(crate) values: Option<Values>,
    pub(crate) write_values: Option<Values>,
}

/// Names for a field's values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    /// By ascending number, then name.
    pub(crate) named: Vec<(u64, String)>,
    /// What all others mean.
    pub(crate) default: Option<String>,
    pub(crate) notes: Notes,
}

impl Flat {
    /// How many registers, and how many fields they have.
    pub(crate) fn count(&self) -> (usize, usize) {
        let registers = || self.registers.values().flatten();
        let fields = registers().map(|register| register.layout.fields.len());
        (registers().count(), fields.sum())
    }
}

impl Layout {
    /// Width and bits: what makes two registers at one place the same one.
    pub(crate) fn shape(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let bits = self.fields.iter().map(|field| (field.low, field.width));
        std::iter::once((self.width, 0)).chain(bits)
    }
}

impl Register {
    /// The path by the elements' own names.
    pub(crate) fn name(&self) -> String {
        let own = self.path.iter().filter_map(|names| names.first());
        own.map(|name| &**name).collect::<Vec<_>>().join(".")
    }
}
