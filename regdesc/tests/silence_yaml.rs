// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing that is written in a description is passed over in silence.
//!
//! Random valid descriptions, with all kinds of items in block and flow style,
//! are accepted. Then one mistake is planted at a random place, and a diagnostic
//! has to point at that place.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use proptest::prelude::*;
use regdesc::{Diagnostic, Failure, Options, Severity};

/// Which mapping it is: what it may hold depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// Keys of the format, by the name of their definition in the schema.
    Keys(&'static str),
    /// A register that is a memory.
    Memory,
    /// Names that the author chose, for values of one kind.
    Names(&'static str),
}

#[derive(Debug, Clone)]
enum Yaml {
    /// A scalar as it is written.
    Text(String),
    List(Vec<Yaml>),
    Map(Of, Vec<Entry>),
    /// A value with something before it, such as an anchor.
    After(&'static str, Box<Yaml>),
}

#[derive(Debug, Clone)]
struct Entry {
    key: String,
    value: Yaml,
    planted: bool,
}

fn text(text: impl Into<String>) -> Yaml {
    Yaml::Text(text.into())
}

fn texts<const N: usize>(all: [&str; N]) -> Yaml {
    Yaml::List(all.into_iter().map(text).collect())
}

fn entry(key: impl Into<String>, value: Yaml) -> Entry {
    Entry {
        key: key.into(),
        value,
        planted: false,
    }
}

fn map<const N: usize>(of: Of, entries: [(&str, Yaml); N]) -> Yaml {
    let entries = entries.into_iter().map(|(key, value)| entry(key, value));
    Yaml::Map(of, entries.collect())
}

/// SplitMix64: one number decides about a whole case.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The keys that each kind of mapping knows, from the schema.
static KNOWN: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let schema: serde_json::Value = serde_json::from_str(&regdesc::schema()).unwrap();
    let keys = |schema: &serde_json::Value| {
        let properties = schema.get("properties")?.as_object()?;
        Some(properties.keys().cloned().collect::<Vec<_>>())
    };
    let mut known = BTreeMap::from([("Top".to_owned(), keys(&schema).unwrap())]);
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        if let Some(keys) = keys(definition) {
            known.insert(name.clone(), keys);
        }
    }
    known
});

/// Keys that have an effect on a memory.
const OF_A_MEMORY: &[&str] = &[
    "at",
    "description",
    "access",
    "on-write",
    "on-read",
    "alternate",
    "memory",
];

/// Whether a mapping knows a key; any name is known where the author chooses.
fn knows(of: Of, key: &str) -> bool {
    match of {
        Of::Keys(name) => KNOWN[name].iter().any(|known| known == key),
        Of::Memory => OF_A_MEMORY.contains(&key),
        Of::Names(_) => true,
    }
}

mod valid {
    //! Descriptions that are right.

    use super::*;

    pub(super) fn description(dice: &mut Dice) -> Yaml {
        let mut all = vec![
            entry("schema", text("1")),
            entry("name", text(*dice.of(&["a", "adc-capture", "\"x1\""]))),
            entry("vendor", text(*dice.of(&["acme", "'acme'"]))),
            entry(
                "size",
                text(*dice.of(&["0x10000", "64K", "65536", "\"0x1_0000\""])),
            ),
            entry("version", text("2.1.0")),
        ];
        let bus: &[u64] = &[32, 64];
        let bus = *dice.of(bus);
        if bus != 32 || dice.one_in(2) {
            all.push(entry("bus", self::bus(dice, bus)));
        }
        for (key, values) in [
            ("description", &["Captures.", "\"A: b\"", "5", "on"][..]),
            ("reserved-bits", &["zero", "preserve", "reset"]),
            ("node-name", &["adc", "'adc'"]),
            ("bus-master", &["true", "false"]),
            (
                "allow",
                &["no-identity", "[no-identity, shares-large-page]"],
            ),
            ("x-own", &["{7: ~, a: []}", "[1, !t 2]", "~"]),
        ] {
            if dice.one_in(2) {
                all.push(entry(key, text(*dice.of(values))));
            }
        }
        let (tree, interrupts) = (dice.one_in(2), dice.one_in(2));
        if tree {
            all.push(entry("device-tree", device_tree(dice, interrupts)));
        }
        if dice.one_in(2) {
            all.push(entry("identity", identity(dice)));
        }
        if dice.one_in(2) {
            all.push(entry("windows", windows(dice)));
        }
        if interrupts {
            all.push(entry("interrupts", self::interrupts(dice, bus)));
        }
        all.push(entry("enums", enums(dice)));
        all.push(entry("registers", registers(dice, bus)));
        all.push(entry("instances", instances(dice, tree, interrupts)));
        let last = all.len() - 1;
        if dice.one_in(2) {
            all.swap(1 + dice.below(4), last);
        }
        Yaml::Map(Of::Keys("Top"), all)
    }

    fn bus(dice: &mut Dice, width: u64) -> Yaml {
        let mut keys = vec![entry("width", text(width.to_string()))];
        if dice.one_in(2) {
            keys.push(entry("endian", text(*dice.of(&["little", "big"]))));
        }
        if dice.one_in(2) {
            keys.push(entry("word-order", text("big")));
        }
        Yaml::Map(Of::Keys("BusKeys"), keys)
    }

    fn device_tree(dice: &mut Dice, interrupts: bool) -> Yaml {
        let mut keys = vec![
            entry("clocks", texts(["aclk"])),
            entry("compatible", texts(["\"acme,adc-2\"", "\"acme,adc\""])),
        ];
        let reset = map(
            Of::Keys("ResetKeys"),
            [("name", text("aresetn")), ("exclusive", text("true"))],
        );
        let resets = [text("aresetn"), reset.clone(), Yaml::List(vec![reset])];
        for (key, value) in [
            ("resets", dice.of(&resets).clone()),
            ("map-hash", text("true")),
            ("interrupt-parent", text("\"&intc\"")),
            ("maintainers", text("Jane Doe <jane@example.com>")),
            ("parent", parent(Of::Keys("ParentNodeKeys"))),
            ("fpga-region", parent(Of::Keys("FpgaRegionKeys"))),
        ] {
            let idle = key == "interrupt-parent" && !interrupts;
            if !idle && dice.one_in(3) {
                keys.push(entry(key, value));
            }
        }
        let properties = map(
            Of::Names("properties"),
            [
                ("\"acme,channels\"", text("4")),
                ("\"acme,mode\"", texts(["0x10", "8K", "1_000"])),
                ("label", text("\"10\"")),
                ("\"acme,names\"", texts(["\"10\"", "b"])),
                ("\"acme,on\"", text("true")),
                ("x-powers", text("on")),
            ],
        );
        keys.push(entry("properties", properties));
        Yaml::Map(Of::Keys("DeviceTreeKeys"), keys)
    }

    fn parent(of: Of) -> Yaml {
        map(
            of,
            [
                ("node", text("\"&amba\"")),
                ("address-cells", text("1")),
                ("size-cells", text("1")),
            ],
        )
    }

    fn identity(dice: &mut Dice) -> Yaml {
        let register = |name| map(Of::Keys("IdentityRegisterKeys"), [("register", text(name))]);
        let magic = map(
            Of::Keys("MagicKeys"),
            [("register", text("ID")), ("value", text("0x4144_4343"))],
        );
        let mut keys = vec![entry("magic", magic)];
        if dice.one_in(2) {
            keys.push(entry("version", register("VERSION")));
        }
        if dice.one_in(2) {
            keys.push(entry("hash", register("MAP_HASH")));
        }
        Yaml::Map(Of::Keys("IdentityKeys"), keys)
    }

    fn windows(dice: &mut Dice) -> Yaml {
        let window = |at: &str, access: &str| {
            map(
                Of::Keys("WindowKeys"),
                [
                    ("at", text(at)),
                    ("size", text("0x8000")),
                    ("access", text(access)),
                    ("type", text("device")),
                    ("description", text("Half of it.")),
                ],
            )
        };
        let mut all = vec![entry("regs", window("0x0", "rw"))];
        if dice.one_in(2) {
            all.push(entry("more", window("32K", "ro")));
        }
        Yaml::Map(Of::Names("windows"), all)
    }

    fn interrupts(dice: &mut Dice, bus: u64) -> Yaml {
        // A bit is moved in one access of at most 32 bits.
        let irq = match bus != 64 && dice.one_in(2) {
            true => events(dice),
            false => whole_registers(dice),
        };
        Yaml::Map(
            Of::Names("interrupts"),
            vec![entry("irq", irq), entry("bare", text("{}"))],
        )
    }

    fn events(dice: &mut Dice) -> Yaml {
        let mut event = |name: &str| {
            let bit = |register: &str| text(format!("{register}.{name}"));
            let mut keys = vec![entry("status", bit("IRQ_STAT"))];
            for (key, value) in [
                ("enable", bit("IRQ_EN")),
                ("acknowledge", bit("IRQ_STAT")),
                ("description", text("Something is ready.")),
            ] {
                if dice.one_in(2) {
                    keys.push(entry(key, value));
                }
            }
            entry(name, Yaml::Map(Of::Keys("EventKeys"), keys))
        };
        let events = vec![event("DONE"), event("OVF")];
        let events = Yaml::Map(Of::Names("events"), events);
        let mut keys = vec![entry("events", events)];
        if dice.one_in(2) {
            keys.push(entry("trigger", text("level-high")));
        }
        Yaml::Map(Of::Keys("InterruptKeys"), keys)
    }

    fn whole_registers(dice: &mut Dice) -> Yaml {
        let mut keys = vec![
            entry("trigger", text("level-high")),
            entry("status", text("IRQ_STAT")),
        ];
        for (key, value) in [
            ("enable", "IRQ_EN"),
            ("description", "Something is ready."),
            ("type", "event"),
            ("acknowledge", "IRQ_STAT"),
        ] {
            if dice.one_in(2) {
                keys.push(entry(key, text(value)));
            }
        }
        Yaml::Map(Of::Keys("InterruptKeys"), keys)
    }

    fn enums(dice: &mut Dice) -> Yaml {
        let ramp = map(
            Of::Keys("ValueKeys"),
            [("value", text("2")), ("description", text("A ramp."))],
        );
        let values = map(
            Of::Names("values"),
            [
                ("off", text("0")),
                ("on", text("0x1")),
                ("\"true\"", text("3")),
                ("ramp", ramp),
            ],
        );
        let mut all = vec![entry("Mode", values)];
        if dice.one_in(2) {
            let values = map(
                Of::Names("values"),
                [("no", text("0")), ("other", text("default"))],
            );
            all.push(entry("Rest", values));
        }
        Yaml::Map(Of::Names("enums"), all)
    }

    fn instances(dice: &mut Dice, tree: bool, interrupts: bool) -> Yaml {
        let numbered = dice.one_in(2);
        let mut instance = |base: &str, [irq, bare]: [&str; 2]| {
            let mut keys = vec![entry("base", text(base))];
            if numbered {
                keys.push(entry("number", text(bare)));
            }
            if tree {
                keys.push(entry("clocks", texts(["\"&clkc 71\""])));
            }
            if interrupts {
                let cells = map(
                    Of::Names("cells"),
                    [
                        ("irq", texts(["0", irq, "0x4"])),
                        ("bare", texts(["0", bare, "1"])),
                    ],
                );
                keys.push(entry("interrupts", cells));
            }
            if dice.one_in(3) {
                keys.push(entry("x-slot", text("{a: {}}")));
            }
            Yaml::Map(Of::Keys("InstanceKeys"), keys)
        };
        map(
            Of::Names("instances"),
            [
                ("adc0", instance("0xA000_0000", ["89", "5"])),
                ("adc1", instance("\"0xA0010000\"", ["90", "6"])),
            ],
        )
    }

    fn registers(dice: &mut Dice, bus: u64) -> Yaml {
        let register = |keys: &[(&str, Yaml)]| {
            let keys = keys.iter().map(|(key, value)| entry(*key, value.clone()));
            Yaml::Map(Of::Keys("RegisterKeys"), keys.collect())
        };
        let flags = |access: &str| {
            let flag = |bit: &str| {
                map(
                    Of::Keys("FieldKeys"),
                    [("bits", text(bit)), ("access", text(access))],
                )
            };
            map(
                Of::Names("fields"),
                [("DONE", flag("0")), ("OVF", flag("\"1\""))],
            )
        };
        let width = ("width", text("32"));
        let mut all = vec![
            entry(
                "ID",
                register(&[
                    ("at", text("0x0")),
                    width.clone(),
                    ("access", text("ro")),
                    ("reset", text("0x41444343")),
                ]),
            ),
            entry(
                "VERSION",
                register(&[("at", text("8")), width.clone(), ("access", text("ro"))]),
            ),
            entry(
                "MAP_HASH",
                register(&[("at", text("0x10")), width.clone(), ("access", text("ro"))]),
            ),
            entry(
                "IRQ_STAT",
                register(&[("at", text("24")), width.clone(), ("fields", flags("w1c"))]),
            ),
            entry(
                "IRQ_EN",
                register(&[("at", text("0x20")), width, ("fields", flags("rw"))]),
            ),
        ];
        if dice.one_in(4) {
            all.push(entry("x-note", text("{at: [~]}")));
        }
        let mut at = 0x100;
        for index in 0..1 + dice.below(4) {
            all.push(entry(format!("R{index}"), item(dice, at, bus)));
            at += 0x100;
        }
        if dice.one_in(2) {
            // The next place of all.
            all.push(entry("LAST", text("{}")));
        }
        if dice.one_in(4) {
            let fields = Yaml::After(
                "&f ",
                Box::new(map(Of::Names("fields"), [("A", text("0"))])),
            );
            all.push(entry(
                "FIRST",
                register(&[("at", text("0x1000")), ("fields", fields)]),
            ));
            all.push(entry(
                "SAME",
                register(&[("at", text("0x1008")), ("fields", text("*f "))]),
            ));
        }
        Yaml::Map(Of::Names("registers"), all)
    }

    fn item(dice: &mut Dice, at: u64, bus: u64) -> Yaml {
        let place = entry("at", text(format!("{at:#x}")));
        let count = || entry("count", text("4"));
        let stride = || entry("stride", text("0x10"));
        let mut keys = vec![place];
        if dice.one_in(3) {
            keys.push(entry("description", text("What it is.")));
        }
        match dice.below(8) {
            0 => {
                keys.push(entry("reserved", text("0x20")));
                Yaml::Map(Of::Keys("ReservedKeys"), keys)
            }
            1 => {
                let shape = map(
                    Of::Keys("MemoryKeys"),
                    [("depth", text("16")), ("width", text("32"))],
                );
                keys.push(entry("memory", shape));
                if dice.one_in(2) {
                    keys.push(entry("access", text("ro")));
                }
                Yaml::Map(Of::Memory, keys)
            }
            2 => {
                if dice.one_in(2) {
                    keys.extend([count(), entry("stride", text("0x20"))]);
                }
                let inner = map(
                    Of::Names("registers"),
                    [
                        ("CFG", map(Of::Keys("RegisterKeys"), [("reset", text("7"))])),
                        (
                            "STAT",
                            map(Of::Keys("RegisterKeys"), [("access", text("ro"))]),
                        ),
                        ("PLAIN", text("{}")),
                    ],
                );
                keys.push(entry("registers", inner));
                Yaml::Map(Of::Keys("ClusterKeys"), keys)
            }
            3 => {
                keys.extend([
                    entry("width", text((2 * bus).to_string())),
                    entry("read-order", text("low-first")),
                    entry("access", text("ro")),
                ]);
                Yaml::Map(Of::Keys("RegisterKeys"), keys)
            }
            4 => {
                keys.extend([entry("index", texts(["LEFT", "RIGHT"])), stride()]);
                Yaml::Map(Of::Keys("RegisterKeys"), keys)
            }
            5 => {
                let places = [at, at + 0x10, at + 0x30].map(|at| format!("{at:#x}"));
                keys[0].value = Yaml::List(places.into_iter().map(text).collect());
                Yaml::Map(Of::Keys("RegisterKeys"), keys)
            }
            6 => {
                keys.extend([count(), stride()]);
                keys.push(entry("reset", text("unknown")));
                Yaml::Map(Of::Keys("RegisterKeys"), keys)
            }
            _ => {
                keys.push(entry("fields", fields(dice)));
                if dice.one_in(2) {
                    keys.push(entry("reset-mask", text("0xff")));
                }
                Yaml::Map(Of::Keys("RegisterKeys"), keys)
            }
        }
    }

    fn fields(dice: &mut Dice) -> Yaml {
        let field = |keys: &[(&str, Yaml)]| {
            let keys = keys.iter().map(|(key, value)| entry(*key, value.clone()));
            Yaml::Map(Of::Keys("FieldKeys"), keys.collect())
        };
        let constraint = map(
            Of::Keys("ConstraintKeys"),
            [("min", text("1")), ("max", text("9"))],
        );
        let in_place = map(Of::Names("values"), [("a", text("0")), ("b", text("1"))]);
        let mut all = vec![
            entry("EN", text("0")),
            entry("SHORT", text(*dice.of(&["\"2:1\"", "2:1"]))),
            entry(
                "MODE",
                field(&[
                    ("bits", text("\"4:3\"")),
                    ("enum", text("Mode")),
                    ("reset", text("ramp")),
                ]),
            ),
        ];
        for (name, value) in [
            (
                "GAIN",
                field(&[("bits", text("\"23:16\"")), ("format", text("s3.5"))]),
            ),
            (
                "LIM",
                field(&[
                    ("bits", text("\"15:12\"")),
                    ("write-constraint", constraint),
                    ("reset", text("1")),
                ]),
            ),
            (
                "GO",
                field(&[
                    ("bits", text("8")),
                    ("access", text("w1s")),
                    ("self-clearing", text("true")),
                ]),
            ),
            (
                "SRC",
                field(&[
                    ("bits", text("9")),
                    ("enum", in_place.clone()),
                    ("write-enum", in_place),
                ]),
            ),
            (
                "LANE",
                field(&[
                    ("bits", text("24")),
                    ("count", text("2")),
                    ("stride", text("2")),
                ]),
            ),
        ] {
            if dice.one_in(2) {
                all.push(entry(name, value));
            }
        }
        Yaml::Map(Of::Names("fields"), all)
    }
}

#[expect(clippy::ptr_arg, reason = "every kind of mistake has one shape")]
mod planted {
    //! One mistake at a random place.

    use super::*;

    /// What a mistake is called, and what makes it in a mapping that has a place
    /// for it.
    type Kind = (&'static str, fn(&mut Dice, Of, &mut Vec<Entry>) -> bool);

    /// Whether what is planted is wrong for one reason: what stands under a key
    /// that should not be there may be wrong as well.
    pub(super) fn is_one_mistake(kind: &str) -> bool {
        kind != "a key of another type" && kind != "a key that is valid elsewhere"
    }

    /// Plants one kind of mistake; `None` where it has no place.
    pub(super) fn plant(dice: &mut Dice, root: &mut Yaml) -> Option<&'static str> {
        let kinds: &[Kind] = &[
            ("an unknown key", unknown_key),
            ("a key of another type", key_of_another_type),
            ("a key that is there already", duplicate),
            ("a misspelt key", misspelt),
            ("a value of another type", value_of_another_type),
            ("a key that is valid elsewhere", valid_elsewhere),
            ("a key without a value", without_a_value),
            ("a key without an effect", without_an_effect),
            ("a wrong element", wrong_element),
            ("a tag", tag),
        ];
        let (name, kind) = *dice.of(kinds);
        let count = count(root);
        let first = dice.below(count);
        (0..count).find_map(|turn| {
            let (of, entries) = nth(root, &mut ((first + turn) % count))?;
            kind(dice, of, entries).then_some(name)
        })
    }

    /// How many mappings there are.
    fn count(yaml: &Yaml) -> usize {
        match yaml {
            Yaml::Map(_, entries) => 1 + entries.iter().map(|it| count(&it.value)).sum::<usize>(),
            Yaml::After(_, inner) => count(inner),
            Yaml::List(_) | Yaml::Text(_) => 0,
        }
    }

    /// One of the mappings.
    fn nth<'y>(yaml: &'y mut Yaml, left: &mut usize) -> Option<(Of, &'y mut Vec<Entry>)> {
        match yaml {
            Yaml::Map(of, entries) => {
                if *left == 0 {
                    return Some((*of, entries));
                }
                *left -= 1;
                entries.iter_mut().find_map(|it| {
                    let inside = count(&it.value);
                    if *left < inside {
                        return nth(&mut it.value, left);
                    }
                    *left -= inside;
                    None
                })
            }
            Yaml::After(_, inner) => nth(inner, left),
            Yaml::List(_) | Yaml::Text(_) => None,
        }
    }

    fn insert(dice: &mut Dice, entries: &mut Vec<Entry>, key: &str, value: Yaml) -> bool {
        let at = dice.below(entries.len() + 1);
        let planted = Entry {
            planted: true,
            ..entry(key, value)
        };
        entries.insert(at, planted);
        true
    }

    fn unknown_key(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let value = text(*dice.of(&["1", "{}", "{at: 1}", "~", "[x]"]));
        !matches!(of, Of::Names(_)) && insert(dice, entries, "zzqy", value)
    }

    fn key_of_another_type(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let keys = [
            "7", "true", "~", "null", "1.5", "0x10", "-3", "[a]", "{a: b}", "[]",
        ];
        let value = text(match of {
            Of::Names("registers") => "{at: 0x2000}",
            Of::Names("fields") => "31",
            Of::Names("enums") => "{a: 0}",
            Of::Names("interrupts") => "",
            _ => "5",
        });
        let key = *dice.of(&keys);
        insert(dice, entries, key, value)
    }

    fn duplicate(dice: &mut Dice, _: Of, entries: &mut Vec<Entry>) -> bool {
        if entries.is_empty() {
            return false;
        }
        let mut again = dice.of(entries).clone();
        again.planted = true;
        entries.push(again);
        true
    }

    /// Whether an entry has an anchor, or an alias of one: without the anchor, the
    /// alias would be another mistake.
    fn is_shared(entry: &Entry) -> bool {
        match &entry.value {
            Yaml::After(..) => true,
            Yaml::Text(text) => text.starts_with('*'),
            Yaml::Map(_, entries) => entries.iter().any(is_shared),
            Yaml::List(_) => false,
        }
    }

    /// One of the entries that are keys of the format.
    fn own<'e>(dice: &mut Dice, of: Of, entries: &'e mut [Entry]) -> Option<&'e mut Entry> {
        let mut own: Vec<&mut Entry> = entries
            .iter_mut()
            .filter(|entry| !matches!(of, Of::Names(_)) && !entry.key.starts_with("x-"))
            .filter(|entry| !is_shared(entry))
            .collect();
        let at = dice.below(own.len());
        (!own.is_empty()).then(|| own.swap_remove(at))
    }

    fn misspelt(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let letter = *dice.of(&['x', 's', '_', 'e']);
        let Some(entry) = own(dice, of, entries) else {
            return false;
        };
        let mut letters: Vec<char> = entry.key.chars().collect();
        let at = dice.below(letters.len());
        match dice.below(4) {
            0 if letters.len() > 3 => {
                letters.remove(at);
            }
            1 if at > 0 => letters.swap(at, at - 1),
            2 => letters[at] = letters[at].to_ascii_uppercase(),
            _ => letters.insert(at, letter),
        }
        let key: String = letters.into_iter().collect();
        // `enum` may become `num`, which is what others call `count`.
        let other = key.starts_with("x-") || key.starts_with(['-', '_']) || key == "num";
        if knows(of, &key) || other {
            return false;
        }
        entry.key = key;
        entry.planted = true;
        true
    }

    fn value_of_another_type(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let mut others: Vec<&mut Entry> = entries
            .iter_mut()
            .filter(|entry| !entry.key.starts_with("x-"))
            .filter(|entry| !is_shared(entry))
            .collect();
        let at = dice.below(others.len());
        if others.is_empty() {
            return false;
        }
        let entry = others.swap_remove(at);
        let key = entry.key.as_str();
        let wrong: &[&str] = match (of, key, &entry.value) {
            (Of::Names("properties"), ..) => &[
                "[1, a]",
                "{a: 1}",
                "-1",
                "2.5",
                "[]",
                "false",
                "0x1_0000_0000",
            ],
            (Of::Names("cells"), ..) => &["[0, a]", "{a: 1}", "-1", "[]", "[~]", "x", "[[0]]"],
            (Of::Names("values"), ..) => &["[0]", "zz", "-", "1.5", "[]"],
            (Of::Names("fields"), ..) => &["[0]", "zz", "3-0", "{31: 30}", "\"0:3\"", "~", "-1"],
            (Of::Names("instances" | "windows"), ..) => &["5", "[0]", "zz", "[]"],
            (Of::Names(_), ..) => &["5", "[0]", "zz", "[]", "true"],
            (_, "at", _) => &["{zz: 1}", "zz", "[zz]", "[[0]]", "true", "-4", "1.5"],
            // Texts: what a scalar is does not matter.
            (
                _,
                "description" | "node-name" | "register" | "node" | "status" | "enable"
                | "acknowledge" | "interrupt-parent" | "name" | "vendor",
                _,
            ) => &["{zz: 1}", "[zz]", "[{}]"],
            (_, "compatible" | "clocks" | "resets" | "maintainers" | "index" | "allow", _) => {
                &["{zz: 1}", "[{}]", "[[]]", "[~]"]
            }
            (_, "enum" | "write-enum", _) => &["[zz]", "[0]", "true"],
            (_, "write-constraint", _) => &["[1, 2]", "zz", "5"],
            (_, "reset", _) => &["{zz: 1}", "[1]", "zz", "true", "1.5"],
            (_, _, Yaml::Map(..)) => &["5", "zz", "[zz]", "true"],
            _ => &["{zz: 1}", "[[0]]", "zz", "1.5", "\"\""],
        };
        entry.value = text(*dice.of(wrong));
        entry.planted = true;
        true
    }

    fn valid_elsewhere(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        if matches!(of, Of::Names(_)) {
            return false;
        }
        let elsewhere: Vec<&String> = KNOWN
            .values()
            .flatten()
            .filter(|key| !knows(of, key))
            .collect();
        let key = (*dice.of(&elsewhere)).clone();
        let value = text(*dice.of(&["1", "{a: 1}", "rw", "[a]", "true"]));
        insert(dice, entries, &key, value)
    }

    fn without_a_value(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let nothing = *dice.of(&["~", "", "null", "{}", "[]", "&intc "]);
        match own(dice, of, entries) {
            Some(entry) if entry.key != "registers" || !nothing.starts_with(['{', '[']) => {
                entry.value = text(nothing);
                entry.planted = true;
                true
            }
            _ => false,
        }
    }

    fn without_an_effect(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let has = |entries: &[Entry], key: &str| entries.iter().any(|entry| entry.key == key);
        let unlisted = !has(entries, "count") && !has(entries, "index");
        match of {
            Of::Memory => {
                let keys = [
                    "reset",
                    "reset-mask",
                    "fields",
                    "count",
                    "stride",
                    "index",
                    "width",
                    "read-order",
                    "write-constraint",
                ];
                let key = *dice.of(&keys);
                let value = text(*dice.of(&["1", "8", "[a]", "{A: 0}"]));
                insert(dice, entries, key, value)
            }
            Of::Keys("RegisterKeys" | "ClusterKeys") if unlisted => {
                insert(dice, entries, "stride", text("0x20"))
            }
            Of::Keys("FieldKeys") if unlisted => {
                let (key, value) = *dice.of(&[("stride", "2"), ("count", "0")]);
                insert(dice, entries, key, text(value))
            }
            Of::Keys("RegisterKeys") if !has(entries, "width") => {
                insert(dice, entries, "read-order", text("low-first"))
            }
            Of::Keys("InterruptKeys") if !has(entries, "acknowledge") => {
                entries.retain(|entry| entry.key != "status");
                insert(dice, entries, "acknowledge", text("IRQ_STAT"))
            }
            _ => false,
        }
    }

    fn wrong_element(dice: &mut Dice, of: Of, entries: &mut Vec<Entry>) -> bool {
        let wrong = *dice.of(&["{a: 1}", "[a]", "~", ""]);
        if of == Of::Names("registers") {
            return false;
        }
        for entry in entries {
            if let Yaml::List(elements) = &mut entry.value {
                let at = dice.below(elements.len());
                let planted = if wrong.is_empty() { "~" } else { wrong };
                elements.insert(at, text(planted));
                entry.planted = true;
                return true;
            }
        }
        false
    }

    fn tag(dice: &mut Dice, _: Of, entries: &mut Vec<Entry>) -> bool {
        let at = dice.below(entries.len());
        let Some(entry) = entries.get_mut(at) else {
            return false;
        };
        if entry.key.starts_with("x-")
            || matches!(&entry.value, Yaml::Text(text) if text.starts_with('*'))
        {
            return false;
        }
        let value = std::mem::replace(&mut entry.value, text(""));
        let tag = *dice.of(&["!foo ", "!!int ", "!!set "]);
        entry.value = Yaml::After(tag, Box::new(value));
        entry.planted = true;
        true
    }
}

/// A description as text, and where the planted entry is in it.
struct Written {
    text: String,
    planted: Option<Range<usize>>,
}

impl Written {
    fn of(dice: &mut Dice, root: &Yaml) -> Self {
        let mut written = Written {
            text: String::new(),
            planted: None,
        };
        written.value(dice, root, 0, false);
        written.text.push('\n');
        written
    }

    fn value(&mut self, dice: &mut Dice, value: &Yaml, indent: usize, flow: bool) {
        match value {
            Yaml::Text(text) => self.text.push_str(text),
            Yaml::List(elements) => {
                self.text.push('[');
                for (index, element) in elements.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { ", " });
                    self.value(dice, element, indent, true);
                }
                self.text.push(']');
            }
            Yaml::After(before, inner) => {
                self.text.push_str(before);
                self.value(dice, inner, indent, flow);
            }
            Yaml::Map(_, entries) if flow || entries.is_empty() || indent > 0 && dice.one_in(3) => {
                self.text.push('{');
                for (index, entry) in entries.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { ", " });
                    self.entry(dice, entry, indent, true);
                }
                self.text.push('}');
            }
            Yaml::Map(_, entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    if index > 0 || indent > 0 {
                        self.text.push('\n');
                    }
                    self.text.push_str(&" ".repeat(indent));
                    self.entry(dice, entry, indent, false);
                }
            }
        }
    }

    fn entry(&mut self, dice: &mut Dice, entry: &Entry, indent: usize, flow: bool) {
        let start = self.text.len();
        self.text.push_str(&entry.key);
        self.text.push_str(": ");
        self.value(dice, &entry.value, indent + 2, flow);
        if entry.planted {
            self.planted = Some(start..self.text.len());
        }
    }
}

/// What is told of a text: errors, or what a map comes with.
fn told(text: &str) -> Vec<Diagnostic> {
    match regdesc::parse("case.yaml", text, &Options::default()) {
        Ok(map) => map.notices().iter().cloned().collect(),
        Err(Failure::Wrong { diagnostics, .. }) => diagnostics.into_iter().collect(),
        Err(Failure::Unreadable(line)) => panic!("{line}\n{text}"),
    }
}

/// Whether a diagnostic points into a range of the text, with any label.
fn points_into(diagnostic: &Diagnostic, range: &Range<usize>) -> bool {
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.related);
    labels.into_iter().any(|label| {
        let span = label.span.range();
        span.start <= range.end && span.end >= range.start
    })
}

fn cases() -> u32 {
    let cases = std::env::var("PLANTED_CASES");
    cases
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn what_is_planted_is_found(seed: u64) {
        let mut dice = Dice(seed);
        let mut description = valid::description(&mut dice);
        let style = dice.next();
        // Reading takes most of the time, so not every one is read twice.
        if dice.one_in(8) {
            let right = Written::of(&mut Dice(style), &description).text;
            let failure = regdesc::parse("right.yaml", right.as_str(), &Options::default()).err();
            prop_assert!(failure.is_none(), "a valid one is refused:\n{right}\n{}", failure.unwrap());
        }
        let Some(kind) = planted::plant(&mut dice, &mut description) else {
            return Ok(());
        };
        let wrong = Written::of(&mut Dice(style), &description);
        let range = wrong.planted.clone().unwrap();
        let told = told(&wrong.text);
        let refused = told.iter().filter(|it| it.severity == Severity::Error);
        // A key that makes an item another thing leaves its other keys without use.
        let turned = ["registers:", "reserved:"].iter().any(|it| wrong.text[range.clone()].starts_with(it));
        prop_assert!(
            told.iter().any(|it| points_into(it, &range)) || turned && !told.is_empty(),
            "{kind} is passed over: `{}` in\n{}\n{told:#?}",
            &wrong.text[range],
            wrong.text,
        );
        prop_assert!(
            refused.count() <= 1 || !planted::is_one_mistake(kind),
            "{kind} is reported more than once: `{}` in\n{}\n{told:#?}",
            &wrong.text[range],
            wrong.text,
        );
    }
}
