// SPDX-License-Identifier: MIT OR Apache-2.0

//! The effective layout of a block: registers that an output has no number for are
//! several there.
//!
//! A register that no single number of the language holds, or whose beats are in
//! another order than a load of them has, becomes several registers. A register
//! with fields becomes a cluster of parts: each part is an ordinary register with its
//! own fields. A register without fields becomes an array of its beats. The choice
//! never depends on a reset value, because a changed reset must not break programs.
//!
//! A field that hardware clears by itself becomes one whose bits act when they are
//! written 1: writing back what was read would start it again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regdesc::model::{
    Alternate, Array, BitRange, Block, Bus, Cluster, Field, Format, Item, Order, Register,
    WriteEffect,
};
use regdesc::number::Bits;
use regdesc::{RegisterMap, Spanned};

use super::beat::is_in_order;

/// The effective layouts of a map's blocks, which the model refers to.
pub(crate) struct Layouts<'m> {
    pub(crate) blocks: Vec<Layout<'m>>,
}

impl<'m> Layouts<'m> {
    pub(crate) fn of(map: &'m RegisterMap) -> Self {
        let blocks = map.blocks.iter();
        Layouts {
            blocks: blocks.map(|block| Layout::of(block, map.bus)).collect(),
        }
    }
}

/// The effective layouts of one block.
pub(crate) struct Layout<'m> {
    /// As it is described.
    pub(crate) described: &'m Block,
    /// In what one load or store moves: what the driver accesses.
    pub(crate) loads: Cow<'m, Block>,
    /// In numbers of up to 64 bits, moved in any order: what the accessor has types
    /// for.
    pub(crate) numbers: Cow<'m, Block>,
    /// The registers that are arrays of beats in `numbers`.
    pub(crate) wholes: Wholes<'m>,
}

impl<'m> Layout<'m> {
    fn of(block: &'m Block, bus: Bus) -> Self {
        Layout {
            described: block,
            loads: in_loads(block, bus),
            numbers: in_numbers(block, bus),
            wholes: Wholes::of(block, bus),
        }
    }
}

/// The block in what one load or store moves.
fn in_loads(block: &Block, bus: Bus) -> Cow<'_, Block> {
    replaced(block, |register| {
        let in_order = is_in_order(register, bus);
        let wide = register.width.value > WIDEST;
        match (register.fields.is_empty(), wide) {
            (true, _) if wide || !in_order => Some(in_beats(register, bus)),
            (false, true) if in_order => Some(in_parts(&acting(register), bus, Parts::Words)),
            (false, _) if wide || !in_order => Some(in_parts(&acting(register), bus, Parts::Beats)),
            _ if register.fields.iter().any(acts) => Some(Item::Register(acting(register))),
            _ => None,
        }
    })
}

/// The block in numbers of up to 64 bits, in any order of beats, and with fields
/// that clear themselves.
fn in_numbers(block: &Block, bus: Bus) -> Cow<'_, Block> {
    replaced(block, |register| {
        (register.width.value > WIDEST).then(|| match register.fields.is_empty() {
            true => in_beats(register, bus),
            false => in_parts(register, bus, Parts::Words),
        })
    })
}

/// Bits of the widest number of a register.
const WIDEST: u32 = 64;

/// The reset values of arrays of beats, which their registers have no room for: by
/// the names of the clusters around each, and its own.
pub(crate) struct Wholes<'m>(BTreeMap<Vec<String>, Whole<'m>>);

/// A register that became an array of its beats.
pub(crate) struct Whole<'m> {
    pub(crate) register: &'m Register,
    /// The reset value of each beat, by ascending address.
    pub(crate) resets: Vec<u64>,
}

impl<'m> Wholes<'m> {
    fn of(block: &'m Block, bus: Bus) -> Self {
        let mut wholes = BTreeMap::new();
        find_wholes(&block.items, bus, &mut Vec::new(), &mut wholes);
        Wholes(wholes)
    }

    pub(crate) fn get(&self, clusters: &[String], name: &str) -> Option<&Whole<'m>> {
        if self.0.is_empty() {
            return None;
        }
        let path: Vec<_> = clusters.iter().cloned().chain([name.to_owned()]).collect();
        self.0.get(&path)
    }
}

fn find_wholes<'m>(
    items: &'m [Item],
    bus: Bus,
    path: &mut Vec<String>,
    wholes: &mut BTreeMap<Vec<String>, Whole<'m>>,
) {
    for item in items {
        path.push(item.name().value.clone());
        match item {
            Item::Register(register)
                if register.width.value > WIDEST && register.fields.is_empty() =>
            {
                let mut path = path.clone();
                path.extend(register.array.map(|_| BEATS.to_owned()));
                let resets = resets_of_beats(register, bus);
                wholes.insert(path, Whole { register, resets });
            }
            Item::Register(_) => {}
            Item::Cluster(cluster) => find_wholes(&cluster.items, bus, path, wholes),
        }
        path.pop();
    }
}

fn resets_of_beats(register: &Register, bus: Bus) -> Vec<u64> {
    let lows = (0..register.width.value).step_by(bus.width as usize);
    let resets = lows.map(|low| {
        register.reset.extract(BitRange {
            low,
            len: bus.width,
        })
    });
    let mut resets: Vec<_> = resets.collect();
    if bus.word_order == Order::Big {
        resets.reverse();
    }
    resets
}

/// The block with another item wherever `other` has one for a register.
fn replaced(block: &Block, other: impl Fn(&Register) -> Option<Item>) -> Cow<'_, Block> {
    let Some(items) = items(&block.items, &other) else {
        return Cow::Borrowed(block);
    };
    let mut replaced = block.clone();
    replaced.items = items;
    Cow::Owned(replaced)
}

/// The items, if any of them is replaced.
fn items(items: &[Item], other: &impl Fn(&Register) -> Option<Item>) -> Option<Vec<Item>> {
    let (first, changed) = items
        .iter()
        .enumerate()
        .find_map(|(at, it)| Some((at, item(it, other)?)))?;
    let (before, behind) = (&items[..first], &items[first + 1..]);
    let behind = behind
        .iter()
        .map(|it| item(it, other).unwrap_or_else(|| it.clone()));
    let before = before.iter().cloned();
    Some(before.chain([changed]).chain(behind).collect())
}

fn item(item: &Item, other: &impl Fn(&Register) -> Option<Item>) -> Option<Item> {
    match item {
        Item::Register(register) => other(register),
        Item::Cluster(cluster) => items(&cluster.items, other).map(|items| {
            Item::Cluster(Cluster {
                items,
                ..cluster.clone()
            })
        }),
    }
}

/// The field acts when it is written, although its access is that of a value.
fn acts(field: &Field) -> bool {
    field.self_clearing && field.access.on_write == WriteEffect::Modify
}

/// With fields that act where hardware clears them.
fn acting(register: &Register) -> Register {
    let mut register = register.clone();
    for field in register.fields.iter_mut().filter(|it| acts(it)) {
        field.access.value.on_write = WriteEffect::OneToSet;
    }
    register
}

/// What a register with fields is divided into.
#[derive(Clone, Copy)]
enum Parts {
    /// Numbers of up to 64 bits, which no field crosses.
    Words,
    /// What the bus moves at once. A field in several of them becomes several.
    Beats,
}

impl Parts {
    fn of(self, register: &Register, bus: Bus) -> Vec<BitRange> {
        match self {
            Parts::Words => register.words(),
            Parts::Beats => {
                let lows = (0..register.width.value).step_by(bus.width as usize);
                let beat = |low| BitRange {
                    low,
                    len: bus.width,
                };
                lows.map(beat).collect()
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Parts::Words => "WORD",
            Parts::Beats => "BEAT",
        }
    }
}

/// A cluster of its name, of a register for each part: numbered from the lowest bits
/// on, wherever these are. A part without fields is one number.
fn in_parts(register: &Register, bus: Bus, parts: Parts) -> Item {
    let numbered = parts.of(register, bus).into_iter().enumerate();
    let named = numbered.map(|(nth, bits)| (format!("{}{nth}", parts.name()), bits));
    let mut registers: Vec<_> = named
        .map(|(name, bits)| part(register, bus, name, bits))
        .collect();
    registers.sort_by_key(|register| register.offset.value);
    Item::Cluster(Cluster {
        name: register.name.clone(),
        description: Some(parts_in_words(register, bus, parts)),
        offset: register.offset,
        size: register.size(),
        array: register.array,
        alternate: register.alternate.clone(),
        items: registers.into_iter().map(Item::Register).collect(),
        reserved: Vec::new(),
    })
}

/// The register that those bits of another are.
fn part(register: &Register, bus: Bus, name: String, bits: BitRange) -> Register {
    let fields = register.fields.iter();
    let fields: Vec<_> = fields.filter_map(|field| field_in(field, bits)).collect();
    let below = match bus.word_order {
        Order::Little => bits.low,
        Order::Big => register.width.value - bits.end(),
    };
    let span = register.name.span;
    Register {
        description: Some(format!("Bits {bits} of {}.", register.name.value)),
        name: Spanned::new(name, span),
        offset: Spanned::new(u64::from(below / 8), register.offset.span),
        width: Spanned::new(bits.len, register.width.span),
        array: None,
        reset: Spanned::new(register.reset.extract(bits).into(), register.reset.span),
        reset_mask: register.reset_mask.extract(bits).into(),
        // Of the whole.
        write_constraint: None,
        alternate: Alternate::None,
        fields,
        ..register.clone()
    }
}

/// The piece of a field in those bits, counted from the lowest of them. A piece of a
/// field is plain bits, not a number of its format.
fn field_in(field: &Field, part: BitRange) -> Option<Field> {
    let whole = field.bits.value;
    let low = whole.low.max(part.low);
    let len = whole.end().min(part.end()).checked_sub(low)?;
    let bits = BitRange {
        low: low - part.low,
        len,
    };
    let bits = Spanned::new(bits, field.bits.span);
    if len == 0 || len == whole.len {
        return (len > 0).then(|| Field {
            bits,
            ..field.clone()
        });
    }
    let piece = BitRange {
        low: low - whole.low,
        len,
    };
    Some(Field {
        name: field
            .name
            .clone()
            .map(|name| format!("{name}_{}_{}", piece.high(), piece.low)),
        bits,
        reset: piece.extract(field.reset),
        format: field.format.map(|_| Format::Unsigned),
        values: None,
        write_values: None,
        write_constraint: None,
        ..field.clone()
    })
}

fn parts_in_words(register: &Register, bus: Bus, parts: Parts) -> String {
    let numbered = parts.of(register, bus).into_iter().enumerate();
    let listed: Vec<_> = numbered
        .map(|(nth, bits)| format!("{}{nth} is bits {bits}", parts.name()))
        .collect();
    format!(
        "{}\n\n{} bits, {}: {}.",
        register.description.as_deref().unwrap_or_default(),
        register.width.value,
        order_in_words(register, bus),
        listed.join(", ")
    )
}

/// An array of beats; in an array of such registers, a cluster for each.
fn in_beats(register: &Register, bus: Bus) -> Item {
    let at = register.offset.span;
    let beats = Array {
        count: Spanned::new(u64::from(register.width.value / bus.width), at),
        stride: Spanned::new(bus.bytes(), at),
    };
    let of_one = Register {
        description: Some(beats_in_words(register, bus)),
        width: Spanned::new(bus.width, register.width.span),
        array: Some(beats),
        // The beats share one type, and have not one reset: `Wholes` has them.
        reset: Spanned::new(Bits::zero(), register.reset.span),
        reset_mask: Bits::zero(),
        // Of the whole.
        write_constraint: None,
        ..register.clone()
    };
    let Some(array) = register.array else {
        return Item::Register(of_one);
    };
    Item::Cluster(Cluster {
        name: register.name.clone(),
        description: register.description.clone(),
        offset: register.offset,
        size: register.size(),
        array: Some(array),
        alternate: register.alternate.clone(),
        items: vec![Item::Register(Register {
            name: register.name.clone().map(|_| BEATS.to_owned()),
            offset: Spanned::new(0, at),
            ..of_one
        })],
        reserved: Vec::new(),
    })
}

/// What the beats of each register of an array are called.
const BEATS: &str = "BEATS";

fn beats_in_words(register: &Register, bus: Bus) -> String {
    format!(
        "{}\n\n{} bits in beats of {}, {}.",
        register.description.as_deref().unwrap_or_default(),
        register.width.value,
        bus.width,
        order_in_words(register, bus)
    )
}

fn order_in_words(register: &Register, bus: Bus) -> String {
    let order = match bus.word_order {
        Order::Little => "lowest",
        Order::Big => "highest",
    };
    let first = match register.read_order {
        Some(Order::Big) => ", to be read from the highest bits on",
        Some(Order::Little) => ", to be read from the lowest bits on",
        None => "",
    };
    format!("the {order} bits at the lowest address{first}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use regdesc::RegisterMap;
    use regdesc::access::Access;

    fn map(bus: &str, registers: &str) -> RegisterMap {
        let text = format!(
            "{{schema: 1, name: b, vendor: v, size: 0x1000, bus: {bus}, registers: {{{registers}}}}}"
        );
        let map = regdesc::parse("b.yaml", text, &regdesc::Options::default());
        map.unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Names, offsets, widths and fields, as `STAT.WORD1 0x8 64 ERR:36`.
    fn shown(block: &Block) -> Vec<String> {
        let mut lines = Vec::new();
        show(&block.items, "", 0, &mut lines);
        lines
    }

    fn show(items: &[Item], outer: &str, base: u64, lines: &mut Vec<String>) {
        for item in items {
            let array = match item {
                Item::Register(register) => register.array,
                Item::Cluster(cluster) => cluster.array,
            };
            let times = array.map_or_else(String::new, |array| format!("[{}]", array.count.value));
            let name = format!("{outer}{}{times}", item.name().value);
            let at = base + item.offset().value;
            match item {
                Item::Register(register) => {
                    let fields = register.fields.iter();
                    let fields = fields.map(|it| format!(" {}:{}", it.name.value, it.bits.value));
                    let fields: String = fields.collect();
                    lines.push(format!("{name} {at:#x} {}{fields}", register.width.value));
                }
                Item::Cluster(cluster) => show(&cluster.items, &format!("{name}."), at, lines),
            }
        }
    }

    const STAT: &str = "STAT: {at: 0x10, width: 128, reset: 0x9_0000_0000_0000_0003,
        fields: {DONE: {bits: 1, access: w1c}, AT: '59:4', ERR: {bits: 67, access: rc}, GO:
        {bits: 124, self-clearing: true}}}";

    #[test]
    fn an_accessor_has_the_same_words_on_every_bus() {
        for width in [8, 16, 32, 64] {
            let map = map(&format!("{{width: {width}}}"), STAT);
            let lowered = in_numbers(&map.blocks[0], map.bus);
            let words = [
                "STAT.WORD0 0x10 64 DONE:1 AT:59:4",
                "STAT.WORD1 0x18 64 ERR:3 GO:60",
            ];
            assert_eq!(shown(&lowered), words, "{width}");
        }
        let map = map("{word-order: big}", STAT);
        let words = [
            "STAT.WORD1 0x10 64 ERR:3 GO:60",
            "STAT.WORD0 0x18 64 DONE:1 AT:59:4",
        ];
        assert_eq!(shown(&in_numbers(&map.blocks[0], map.bus)), words);
    }

    #[test]
    fn what_is_left_over_is_in_shorter_words() {
        let wide = "R: {width: 184, fields: {A: '63:0', B: '127:64', C: '159:128', D: '175:160',
            E: '183:176'}}";
        let map = map("{width: 8, word-order: big}", wide);
        let words = [
            "R.WORD4 0x0 8 E:7:0",
            "R.WORD3 0x1 16 D:15:0",
            "R.WORD2 0x3 32 C:31:0",
            "R.WORD1 0x7 64 B:63:0",
            "R.WORD0 0xf 64 A:63:0",
        ];
        assert_eq!(shown(&in_numbers(&map.blocks[0], map.bus)), words);
    }

    /// Whatever else a wide register is, its fields keep what they have of it.
    #[test]
    fn words_keep_access_reset_and_effects() {
        let map = map("{width: 32}", STAT);
        let block = &map.blocks[0];
        let Item::Register(whole) = &block.items[0] else {
            panic!("a register was written")
        };
        let lowered = in_numbers(block, map.bus);
        let Item::Cluster(cluster) = &lowered.items[0] else {
            panic!("a cluster of words")
        };
        let resets: Vec<_> = cluster
            .items
            .iter()
            .map(|item| match item {
                Item::Register(word) => (word.reset.low(), word.reset_mask.low()),
                Item::Cluster(_) => panic!("a word is a register"),
            })
            .collect();
        assert_eq!(resets, [(3, u64::MAX), (9, u64::MAX)]);
        let words = cluster.items.iter().filter_map(|item| match item {
            Item::Register(word) => Some(&word.fields),
            Item::Cluster(_) => None,
        });
        for (field, whole) in words.flatten().zip(&whole.fields) {
            let expected = Field {
                bits: Spanned::new(
                    BitRange {
                        low: whole.bits.low % 64,
                        len: whole.bits.len,
                    },
                    whole.bits.span,
                ),
                ..whole.clone()
            };
            assert_eq!(*field, expected);
        }
    }

    #[test]
    fn without_fields_it_is_beats_that_know_their_resets() {
        let key = "KEY: {width: 96, reset: 0x3_0000_0002_0000_0001}, C: {at: 0x20, count: 2, \
            stride: 0x20, registers: {K: {width: 96, count: 2, reset: 0x1_0000_0000_0000_0000}}}";
        let resets = |bus: &str| {
            let map = map(bus, key);
            let wholes = Wholes::of(&map.blocks[0], map.bus);
            let of = |path: &[&str], name| {
                let path: Vec<_> = path.iter().map(|it| (*it).to_owned()).collect();
                wholes.get(&path, name).map(|whole| whole.resets.clone())
            };
            assert_eq!(of(&[], "C"), None);
            (of(&[], "KEY").unwrap(), of(&["C", "K"], BEATS).unwrap())
        };
        assert_eq!(resets("{width: 32}"), (vec![1, 2, 3], vec![0, 0, 1]));
        let big = resets("{width: 32, word-order: big}");
        assert_eq!(big, (vec![3, 2, 1], vec![1, 0, 0]));
        let (key, _) = resets("{width: 16}");
        assert_eq!(key, [1, 0, 2, 0, 3, 0]);
        let map = map("{width: 32}", "KEY: {width: 96}");
        assert_eq!(
            shown(&in_numbers(&map.blocks[0], map.bus)),
            ["KEY[3] 0x0 32"]
        );
    }

    #[test]
    fn the_driver_has_words_in_order_and_else_beats_with_their_part_of_each_field() {
        let in_order = map("{width: 32}", STAT);
        let words = [
            "STAT.WORD0 0x10 64 DONE:1 AT:59:4",
            "STAT.WORD1 0x18 64 ERR:3 GO:60",
        ];
        assert_eq!(shown(&in_loads(&in_order.blocks[0], in_order.bus)), words);
        let high_first = STAT.replace("128,", "128, read-order: high-first,");
        for (bus, registers, beats) in [
            (
                "{width: 32}",
                high_first.as_str(),
                [
                    "STAT.BEAT0 0x10 32 DONE:1 AT_27_0:31:4",
                    "STAT.BEAT1 0x14 32 AT_55_28:27:0",
                    "STAT.BEAT2 0x18 32 ERR:3",
                    "STAT.BEAT3 0x1c 32 GO:28",
                ],
            ),
            (
                "{width: 32, word-order: big}",
                STAT,
                [
                    "STAT.BEAT3 0x10 32 GO:28",
                    "STAT.BEAT2 0x14 32 ERR:3",
                    "STAT.BEAT1 0x18 32 AT_55_28:27:0",
                    "STAT.BEAT0 0x1c 32 DONE:1 AT_27_0:31:4",
                ],
            ),
        ] {
            let map = map(bus, registers);
            let lowered = in_loads(&map.blocks[0], map.bus);
            assert_eq!(shown(&lowered), beats, "{bus}");
        }
    }

    /// A register of 64 bits whose order no load has lost its fields, and with them
    /// that a read changes it.
    #[test]
    fn what_the_driver_reads_in_beats_keeps_what_a_read_does() {
        let registers = "R: {width: 64, fields: {A: '7:0', B: {bits: 40, access: rc}}}";
        let map = map("{width: 32, word-order: big}", registers);
        let lowered = in_loads(&map.blocks[0], map.bus);
        assert_eq!(
            shown(&lowered),
            ["R.BEAT1 0x0 32 B:8", "R.BEAT0 0x4 32 A:7:0"]
        );
        let Item::Cluster(cluster) = &lowered.items[0] else {
            panic!("a cluster of beats")
        };
        let reads: Vec<_> = cluster
            .items
            .iter()
            .map(|item| match item {
                Item::Register(beat) => beat.accesses().all(Access::reads_plainly),
                Item::Cluster(_) => panic!("a beat is a register"),
            })
            .collect();
        assert_eq!(reads, [false, true]);
    }
}
