// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver reads to know the hardware for the map's.

use regdesc::RegisterMap;
use regdesc::model::{Block, Bus, Order, Register, RegisterPath};
use regdesc::units::{BitRange, low_ones};
use regloom_driver_template::{IdentityView, ReadView};

use super::Registers;
use crate::lowered::is_in_order;

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
            _ => words(offset, register, map.bus),
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
fn words(offset: u64, register: &Register, bus: Bus) -> ReadView {
    // The bytes before the word that begins with that bit.
    let before = |low: u32| {
        let in_order = u64::from(low / 8);
        let within = in_order % bus.bytes();
        match bus.word_order {
            Order::Little => in_order,
            Order::Big => {
                let beats = register
                    .size()
                    .saturating_sub(in_order)
                    .div_ceil(bus.bytes());
                let beats_above = beats.saturating_sub(1);
                beats_above * bus.bytes() + within
            }
        }
    };
    ReadView::Words {
        low: offset + before(0),
        high: offset + before(32),
        // Unless something else is said, the lowest address is read first.
        low_first: register.read_order.unwrap_or(bus.word_order) == Order::Little,
    }
}

/// A register of the identity that no words of 32 bits read as it asks for.
pub(super) fn unreadable(block: &Block, bus: Bus) -> Option<&RegisterPath> {
    let identity = &block.identity;
    let magic = identity.magic.as_ref().map(|magic| &magic.register);
    let others = [&identity.version, &identity.hash].into_iter().flatten();
    magic.into_iter().chain(others).find(|path| {
        let register = block.register(path).map(|found| found.register);
        bus.width < 32 && register.is_some_and(|it| !is_in_order(it, bus))
    })
}

#[cfg(test)]
mod tests {
    use regloom_driver_template::ReadView;

    use super::super::view;
    use crate::names::Named;

    const MAP: &str = "
schema: 1
name: case
vendor: acme
version: 3.1.4
size: 0x1000
identity: {magic: {register: ID, value: 0x1234}, version: {register: G.VERSION}, hash: {register: HASH}}
registers:
  ID: {at: 0x0, width: 16, access: ro, reset: 0x1234}
  G: {at: 0x10, registers: {VERSION: {at: 0x4, access: ro, fields:
    {MAJOR: {bits: \"31:24\"}, MINOR: {bits: \"23:16\"}, PATCH: {bits: \"15:0\"}}}}}
  HASH: {at: 0x20, width: 64, access: ro, reset: unknown}
";

    /// Where the hash is read, on such a bus.
    fn hash_words(bus: &str, keys: &str) -> ReadView {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000, bus: {bus}, \
              identity: {{hash: {{register: HASH}}}}, \
              registers: {{HASH: {{at: 0x20, access: ro, {keys}}}}}}}"
        );
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(crate::kernel::unsupported(&map, &map.blocks[0]), None);
        view(&Named::of(&map), &map.blocks[0])
            .identity
            .remove(0)
            .read
    }

    #[test]
    fn the_lowest_bits_are_read_where_the_bus_has_them() {
        let words = |low, high, low_first| ReadView::Words {
            low,
            high,
            low_first,
        };
        for (bus, keys, read) in [
            ("{width: 32}", "width: 128", words(0x20, 0x24, true)),
            (
                "{width: 32, word-order: big}",
                "width: 64",
                words(0x24, 0x20, false),
            ),
            (
                "{width: 32, word-order: big}",
                "width: 128",
                words(0x2c, 0x28, false),
            ),
            (
                "{width: 32, word-order: big}",
                "width: 64, read-order: low-first",
                words(0x24, 0x20, true),
            ),
            (
                "{width: 64, word-order: big}",
                "width: 64",
                words(0x20, 0x24, true),
            ),
            (
                "{width: 64, word-order: big}",
                "width: 128",
                words(0x28, 0x2c, false),
            ),
            ("{width: 16}", "width: 64", words(0x20, 0x24, true)),
        ] {
            let found = hash_words(bus, keys);
            let places = |view: &ReadView| match view {
                ReadView::Words { low, high, .. } => (*low, *high),
                ReadView::Register(name) => panic!("{name}"),
            };
            assert_eq!(places(&found), places(&read), "{bus} {keys}");
            if !bus.contains("64") {
                assert_eq!(found, read, "{bus} {keys}");
            }
        }
    }

    /// A register of half the words had its words elsewhere, before its own start.
    #[test]
    fn a_register_that_words_cannot_read_is_refused() {
        let text = "{schema: 1, name: case, vendor: acme, size: 0x1000, \
            bus: {width: 16, word-order: big}, identity: {hash: {register: HASH}}, \
            registers: {HASH: {at: 0, width: 32, access: ro}}}";
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        let refused = crate::kernel::unsupported(&map, &map.blocks[0]).unwrap();
        assert!(refused.contains("`HASH`"), "{refused}");
    }

    #[test]
    fn each_part_is_read_where_it_stands() {
        let map = regdesc::parse("case.yaml", MAP, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        let identity = view(&Named::of(&map), &map.blocks[0]).identity;
        let [magic, version, hash] = identity.as_slice() else {
            panic!("{identity:?}");
        };
        assert_eq!((magic.bits, magic.value), (16, 0x1234));
        assert_eq!(version.read, ReadView::Register("G_VERSION".into()));
        assert_eq!((version.low, version.bits, version.value), (24, 8, 3));
        let words = ReadView::Words {
            low: 0x20,
            high: 0x24,
            low_first: true,
        };
        assert_eq!(hash.read, words);
        assert_eq!((hash.bits, hash.value), (64, map.hash()));
    }
}
