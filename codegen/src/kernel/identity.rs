// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver reads to know the hardware for the map's.

use regdesc::RegisterMap;
use regdesc::model::{Block, Order, Register, RegisterPath};
use regdesc::units::{BitRange, low_ones};
use regloom_driver_template::{IdentityView, ReadView};

use super::Registers;

/// The field that holds the part of a version that has to agree.
const MAJOR: &str = "MAJOR";

/// What is read, in the order in which it is told.
pub(super) fn view(
    map: &RegisterMap,
    block: &Block,
    registers: &Registers<'_>,
) -> Vec<IdentityView> {
    let identity = &block.identity;
    let look = |path| Look::at(path, map, registers);
    let magic = identity.magic.as_ref().and_then(|magic| {
        let look = look(&magic.register)?;
        Some(look.whole("magic", magic.value.value))
    });
    let version = identity.version.as_ref().zip(map.version.as_ref());
    let version = version.and_then(|(path, version)| {
        let look = look(path)?;
        Some(look.major(u64::from(version.value.major)))
    });
    let hash = identity.hash.as_ref().and_then(|path| {
        let look = look(path)?;
        Some(look.whole("map hash", map.block_hash(block)))
    });
    [magic, version, hash].into_iter().flatten().collect()
}

/// A register that is looked at.
struct Look<'m> {
    register: &'m Register,
    name: String,
    read: ReadView,
}

impl<'m> Look<'m> {
    fn at(path: &RegisterPath, map: &RegisterMap, registers: &Registers<'m>) -> Option<Self> {
        let (offset, register) = registers.place(path)?;
        let read = match registers.name(offset, register) {
            Some(name) if register.width.value <= 32 => ReadView::Register(name),
            _ => words(offset, register, map.bus.word_order),
        };
        Some(Look {
            register,
            name: path.to_string(),
            read,
        })
    }

    /// The lowest bits of `value`, as many as the register has.
    fn whole(self, what: &str, value: u64) -> IdentityView {
        let bits = BitRange {
            low: 0,
            len: self.register.width.value.min(64),
        };
        self.bits(what, bits, value)
    }

    /// The major part of a version: a field, or the whole register.
    fn major(self, value: u64) -> IdentityView {
        let field = self
            .register
            .fields
            .iter()
            .find(|it| it.name.value == MAJOR);
        match field.map(|it| it.bits) {
            Some(bits) => self.bits("major version", bits.value, value),
            None => self.whole("major version", value),
        }
    }

    fn bits(self, what: &str, bits: BitRange, value: u64) -> IdentityView {
        IdentityView {
            what: what.to_owned(),
            name: self.name,
            read: self.read,
            low: bits.low,
            bits: bits.len,
            value: value & low_ones(bits.len),
        }
    }
}

/// The two words with the lowest 64 bits, each of which every machine can read.
fn words(offset: u64, register: &Register, order: Order) -> ReadView {
    let (low, high) = match order {
        Order::Little => (offset, offset + 4),
        Order::Big => {
            let end = offset + register.size();
            (end - 4, end - 8)
        }
    };
    ReadView::Words {
        low,
        high,
        low_first: register.read_order != Some(Order::Big),
    }
}
