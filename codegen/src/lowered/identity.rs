// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program or driver reads to find out whether the hardware is that of the
//! map.

use regdesc::RegisterMap;
use regdesc::model::{Block, Bus, Located, Order, RegisterPath};
use regdesc::units::{BitRange, low_ones};

use super::beat::{Beat, is_in_order};

/// The field that holds the part of a version that has to agree.
const MAJOR: &str = "MAJOR";

/// What is compared, in this order.
pub(crate) struct Identity<'m> {
    pub(crate) parts: Vec<Part<'m>>,
    /// A register of it that words of 32 bits do not read in its order.
    pub(crate) not_in_words: Option<&'m RegisterPath>,
}

impl<'m> Identity<'m> {
    /// `hash` is the block's.
    pub(crate) fn of(map: &RegisterMap, block: &'m Block, hash: impl FnOnce() -> u64) -> Self {
        let identity = &block.identity;
        let part = |path| Part::of(block, path, map.bus);
        let magic = identity.magic.as_ref().and_then(|magic| {
            let part = part(&magic.register)?;
            Some(part.whole("magic", magic.value.value))
        });
        let version = identity.version.as_ref().zip(map.version.as_ref());
        let version = version.and_then(|(path, version)| {
            let part = part(path)?;
            Some(part.major(u64::from(version.value.major)))
        });
        let told_hash = identity.hash.as_ref().and_then(|path| {
            let part = part(path)?;
            Some(part.whole("map hash", hash()))
        });
        Identity {
            parts: [magic, version, told_hash].into_iter().flatten().collect(),
            not_in_words: not_in_words(block, map.bus),
        }
    }
}

/// Bits of a register that hold one value on the right hardware.
pub(crate) struct Part<'m> {
    /// What they mean, for people.
    pub(crate) what: &'static str,
    pub(crate) path: &'m RegisterPath,
    pub(crate) register: Located<'m>,
    pub(crate) beat: Beat,
    pub(crate) bits: BitRange,
    /// The value that they hold.
    pub(crate) value: u64,
    bus: Bus,
}

impl<'m> Part<'m> {
    fn of(block: &'m Block, path: &'m RegisterPath, bus: Bus) -> Option<Self> {
        let register = block.register(path)?;
        Some(Part {
            what: "",
            path,
            beat: Beat::of(register.register, bus),
            register,
            bits: BitRange { low: 0, len: 0 },
            value: 0,
            bus,
        })
    }

    /// The lowest bits of `value`, as many as the register has.
    fn whole(self, what: &'static str, value: u64) -> Self {
        let bits = BitRange {
            low: 0,
            len: self.register.register.width.value.min(u64::BITS),
        };
        self.bits(what, bits, value)
    }

    /// The major part of a version: a field, or the whole register.
    fn major(self, value: u64) -> Self {
        let mut fields = self.register.register.fields.iter();
        match fields.find(|field| field.name.value == MAJOR) {
            Some(field) => self.bits("major version", field.bits.value, value),
            None => self.whole("major version", value),
        }
    }

    fn bits(self, what: &'static str, bits: BitRange, value: u64) -> Self {
        Part {
            what,
            bits,
            value: value & low_ones(bits.len),
            ..self
        }
    }

    /// The beats with the lowest 64 bits, in the order in which they are read: bytes
    /// from the start of the block, and the lowest bit.
    pub(crate) fn beats(&self) -> Vec<(u64, u32)> {
        let places = self.beat.places(self.register.register.width.value);
        places
            .filter(|(_, low)| *low < u64::BITS)
            .map(|(at, low)| (self.register.offset + at, low))
            .collect()
    }

    /// The two words of 32 bits with the lowest 64 bits, which every machine reads.
    pub(crate) fn words(&self) -> Words {
        let register = self.register.register;
        Words {
            low: self.register.offset + self.bytes_before(0),
            high: self.register.offset + self.bytes_before(32),
            // The default is that the lowest address is read first.
            low_first: register.read_order.unwrap_or(self.bus.word_order) == Order::Little,
        }
    }

    /// The bytes of the register before the word that begins with that bit.
    fn bytes_before(&self, low: u32) -> u64 {
        let bytes = self.bus.bytes();
        let in_order = u64::from(low / 8);
        match self.bus.word_order {
            Order::Little => in_order,
            Order::Big => {
                let size = self.register.register.size();
                let beats = size.saturating_sub(in_order).div_ceil(bytes);
                beats.saturating_sub(1) * bytes + in_order % bytes
            }
        }
    }
}

/// Two words of a register, by their bytes from the start of the block.
pub(crate) struct Words {
    pub(crate) low: u64,
    pub(crate) high: u64,
    /// The low word is read first.
    pub(crate) low_first: bool,
}

fn not_in_words(block: &Block, bus: Bus) -> Option<&RegisterPath> {
    let identity = &block.identity;
    let magic = identity.magic.as_ref().map(|magic| &magic.register);
    let others = [&identity.version, &identity.hash].into_iter().flatten();
    magic.into_iter().chain(others).find(|path| {
        let register = block.register(path).map(|found| found.register);
        bus.width < 32 && register.is_some_and(|it| !is_in_order(it, bus))
    })
}
