// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver reads to know the hardware for the map's.

use regloom_driver_template::{IdentityView, PartView, PortView};

use super::port::port;
use crate::lowered::Block;
use crate::lowered::identity::Part;
use crate::lowered::registers::Port;

/// What is read, in the order in which it is reported.
pub(super) fn view(block: &Block<'_>) -> Vec<IdentityView> {
    let parts = block.identity.parts.iter();
    parts
        .filter(|part| part.register.single)
        .map(|part| IdentityView {
            what: part.what.to_owned(),
            name: part.path.to_string(),
            parts: read(part, block),
            low: part.bits.low,
            bits: part.bits.len,
            value: part.value,
        })
        .collect()
}

/// How the register is read: by one load, or as two words.
fn read(part: &Part<'_>, block: &Block<'_>) -> Vec<PartView> {
    match Port::of(part.register, block.registers()) {
        Some(only) if only.width <= 32 => vec![PartView {
            port: port(only),
            shift: 0,
        }],
        _ => {
            let words = part.words();
            let word = |offset, shift| PartView {
                port: PortView { offset, width: 32 },
                shift,
            };
            let (low, high) = (word(words.low, 0), word(words.high, 32));
            if words.low_first {
                vec![low, high]
            } else {
                vec![high, low]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use regloom_driver_template::{PartView, PortView};

    use super::super::{unsupported, view};
    use crate::lowered::Lowered;
    use crate::lowered::layout::Layouts;

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

    /// Words of 32 bits, by their offsets and shifts.
    fn words(read: &[(u64, u32)]) -> Vec<PartView> {
        let word = |(offset, shift): &(u64, u32)| PartView {
            port: PortView {
                offset: *offset,
                width: 32,
            },
            shift: *shift,
        };
        read.iter().map(word).collect()
    }

    /// Where the hash is read, on such a bus.
    fn hash_words(bus: &str, keys: &str) -> Vec<PartView> {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000, bus: {bus}, \
              identity: {{hash: {{register: HASH}}}}, \
              registers: {{HASH: {{at: 0x20, access: ro, {keys}}}}}}}"
        );
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        assert_eq!(unsupported(&lowered, &lowered.blocks[0]), None);
        view(&lowered, &lowered.blocks[0]).identity.remove(0).parts
    }

    #[test]
    fn the_lowest_bits_are_read_where_the_bus_has_them() {
        for (bus, keys, read) in [
            ("{width: 32}", "width: 128", [(0x20, 0), (0x24, 32)]),
            (
                "{width: 32, word-order: big}",
                "width: 64",
                [(0x20, 32), (0x24, 0)],
            ),
            (
                "{width: 32, word-order: big}",
                "width: 128",
                [(0x28, 32), (0x2c, 0)],
            ),
            (
                "{width: 32, word-order: big}",
                "width: 64, read-order: low-first",
                [(0x24, 0), (0x20, 32)],
            ),
            ("{width: 16}", "width: 64", [(0x20, 0), (0x24, 32)]),
        ] {
            assert_eq!(hash_words(bus, keys), words(&read), "{bus} {keys}");
        }
        // The bus has all 64 bits at once, in which order makes no difference.
        for (keys, places) in [
            ("width: 64", [(0x20, 0), (0x24, 32)]),
            ("width: 128", [(0x28, 0), (0x2c, 32)]),
        ] {
            let mut found = hash_words("{width: 64, word-order: big}", keys);
            found.sort_by_key(|part| part.shift);
            assert_eq!(found, words(&places), "{keys}");
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
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        let refused = unsupported(&lowered, &lowered.blocks[0]).unwrap();
        assert!(refused.contains("`HASH`"), "{refused}");
    }

    #[test]
    fn each_part_is_read_where_it_stands() {
        let map = regdesc::parse("case.yaml", MAP, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        let identity = view(&lowered, &lowered.blocks[0]).identity;
        let [magic, version, hash] = identity.as_slice() else {
            panic!("{identity:?}");
        };
        assert_eq!((magic.bits, magic.value), (16, 0x1234));
        assert_eq!(version.parts, words(&[(0x14, 0)]));
        assert_eq!((version.low, version.bits, version.value), (24, 8, 3));
        assert_eq!(hash.parts, words(&[(0x20, 0), (0x24, 32)]));
        assert_eq!((hash.bits, hash.value), (64, map.hash()));
    }
}
