// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver reads to know the hardware for the map's.

use regloom_driver_template::{IdentityView, ReadView, RegisterView};

use super::registers::name_of;
use crate::lowered::Block;
use crate::lowered::identity::Part;
use crate::lowered::registers::Port;

/// What is read, in the order in which it is reported.
pub(super) fn view(block: &Block<'_>, registers: &[RegisterView]) -> Vec<IdentityView> {
    let parts = block.identity.parts.iter();
    parts
        .filter(|part| part.register.single)
        .map(|part| IdentityView {
            what: part.what.to_owned(),
            name: part.path.to_string(),
            read: read(part, block, registers),
            low: part.bits.low,
            bits: part.bits.len,
            value: part.value,
        })
        .collect()
}

/// How the register is read: by one load, or as two words.
fn read(part: &Part<'_>, block: &Block<'_>, registers: &[RegisterView]) -> ReadView {
    match Port::of(part.register, block.registers()) {
        Some(port) if port.width <= 32 => ReadView::Register(name_of(port, registers)),
        _ => {
            let words = part.words();
            ReadView::Words {
                low: words.low,
                high: words.high,
                low_first: words.low_first,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use regloom_driver_template::ReadView;

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

    /// Where the hash is read, on such a bus.
    fn hash_words(bus: &str, keys: &str) -> ReadView {
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
        view(&lowered, &lowered.blocks[0]).identity.remove(0).read
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
