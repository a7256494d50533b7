// SPDX-License-Identifier: MIT OR Apache-2.0

//! The forms in which a description may be written: what each means, and what
//! is said of those that it may not have.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use regdesc::model::PropertyValue;
use regdesc::{Code, Diagnostic, Failure, Options, RegisterMap};

const HEAD: &str = "schema: 1\nname: case\nvendor: acme\nsize: 0x10000\n";

fn read(text: &str) -> Result<RegisterMap, Failure> {
    regdesc::parse("case", text, &Options::default())
}

/// The map of what follows the head.
fn map(rest: &str) -> RegisterMap {
    let text = format!("{HEAD}{rest}");
    read(&text).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The mistakes in a text.
fn wrong(text: &str) -> Vec<Diagnostic> {
    match read(text) {
        Err(Failure::Wrong { diagnostics, .. }) => diagnostics.into_iter().collect(),
        Err(Failure::Unreadable(line)) => panic!("{line}"),
        Ok(_) => panic!("taken: {text}"),
    }
}

/// The only mistake in what follows the head, and what it points at.
fn only(rest: &str) -> (Diagnostic, String) {
    let text = format!("{HEAD}{rest}");
    let mut wrong = wrong(&text);
    assert_eq!(wrong.len(), 1, "{text}\n{wrong:#?}");
    let wrong = wrong.remove(0);
    let at = text[wrong.primary.span.range()].to_owned();
    (wrong, at)
}

#[test]
fn what_is_in_quotes_is_a_string() {
    let strings =
        |all: &[&str]| PropertyValue::Strings(all.iter().map(|it| (*it).to_owned()).collect());
    let cells = |all: &[u32]| PropertyValue::Cells(all.to_vec());
    for (written, expected) in [
        ("10", cells(&[10])),
        ("0x10", cells(&[16])),
        ("8K", cells(&[8192])),
        ("1_000", cells(&[1000])),
        ("[1, 0x2, 1K]", cells(&[1, 2, 1024])),
        ("true", PropertyValue::Flag),
        ("fast", strings(&["fast"])),
        ("2.1.0", strings(&["2.1.0"])),
        ("\"10\"", strings(&["10"])),
        ("'8K'", strings(&["8K"])),
        ("\"0x10\"", strings(&["0x10"])),
        ("!!str 10", strings(&["10"])),
        ("\"true\"", strings(&["true"])),
        ("\"null\"", strings(&["null"])),
        ("[\"1\", '0x2']", strings(&["1", "0x2"])),
        ("[\"1\", fast]", strings(&["1", "fast"])),
        ("|-\n      10", strings(&["10"])),
    ] {
        let map = map(&format!(
            "registers: {{}}\ndevice-tree:\n  properties:\n    acme: {written}\n"
        ));
        let properties = &map.blocks[0].device_tree.properties;
        assert_eq!(properties[0].1, expected, "{written}");
    }
}

#[test]
fn a_property_that_is_neither_is_refused_at_its_place() {
    for (written, at) in [
        ("[1, fast]", "fast"),
        ("[\"1\", 2]", "\"1\""),
        ("[1, [2]]", "[2]"),
        ("[1, ~]", "~"),
        ("false", "false"),
        ("-1", "-1"),
        ("2.5", "2.5"),
        ("0x1_0000_0000", "0x1_0000_0000"),
        ("[1, 0x1_0000_0000]", "0x1_0000_0000"),
        ("[]", "[]"),
        ("{a: 1}", "acme"),
    ] {
        let (wrong, place) = only(&format!(
            "registers: {{}}\ndevice-tree: {{properties: {{acme: {written}}}}}"
        ));
        assert_eq!(
            (wrong.code, place.as_str()),
            (Code::WrongType, at),
            "{written}"
        );
    }
}

/// A number may be in quotes where only a number makes sense.
#[test]
fn a_number_in_quotes_is_a_number() {
    let map =
        map("registers: {A: {at: \"0x11C\", width: '32'}}\ninstances: {i: {base: \"0xA0020000\"}}");
    let block = &map.blocks[0];
    assert_eq!(block.items[0].offset().value, 0x11c);
    assert_eq!(block.instances[0].base.value, 0xa002_0000);
}

#[test]
fn a_text_is_what_was_written() {
    for written in ["5", "2.10", "0x1F", "yes", "true", "1_000", "-3", ".5"] {
        let map = map(&format!("description: {written}\nregisters: {{}}"));
        assert_eq!(map.description.as_deref(), Some(written));
    }
    let map = map("registers: {A: {index: [0, on]}}\ndevice-tree: {compatible: [\"acme,adc\", 5]}")
        .blocks[0]
        .items
        .iter()
        .map(|item| item.name().value.clone())
        .collect::<Vec<_>>();
    assert_eq!(map, ["A_0", "A_on"]);
}

const SVD: &str = r#"<?xml version="1.0"?>
<device schemaVersion="1.3">
  <name>C</name>
  <peripherals><peripheral>
    <name>P</name><baseAddress>0x40000000</baseAddress>
    <addressBlock><offset>0</offset><size>0x1000</size><usage>registers</usage></addressBlock>
    <registers><register><name>A</name><addressOffset>0</addressOffset><access>read-only</access></register></registers>
  </peripheral></peripherals>
</device>"#;

#[test]
fn a_byte_order_mark_is_read_and_moves_no_place() {
    for text in [format!("{HEAD}registers: {{A: {{}}}}"), SVD.to_owned()] {
        let marked = read(&format!("\u{feff}{text}")).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(marked, read(&text).unwrap());
    }
    let text = "{schema: 1, nome: case, size: 0x100, vendor: ä, registers: {}}";
    let places = |text: &str| {
        let Err(Failure::Wrong {
            sources,
            diagnostics,
        }) = read(text)
        else {
            panic!("taken");
        };
        let place = |it: &Diagnostic| {
            sources
                .get(it.primary.span.source)
                .positions(it.primary.span)
        };
        diagnostics.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places(&format!("\u{feff}{text}")), places(text));
}

/// Every mapping of a description, with a hole for an entry.
const MAPPINGS: &[(&str, &str)] = &[
    ("the top", "registers: {}\n@: 1\n"),
    ("bus", "bus: {@: 1}\nregisters: {}"),
    ("device-tree", "device-tree: {@: 1}\nregisters: {}"),
    (
        "properties",
        "device-tree: {properties: {@: 1}}\nregisters: {}",
    ),
    ("identity", "identity: {@: 1}\nregisters: {}"),
    (
        "magic",
        "identity: {magic: {register: A, value: 1, @: 1}}\nregisters: {A: {reset: 1}}",
    ),
    (
        "windows",
        "windows: {@: {at: 0x0, size: 0x1000}}\nregisters: {}",
    ),
    (
        "a window",
        "windows: {w: {at: 0x0, size: 0x1000, @: 1}}\nregisters: {}",
    ),
    ("interrupts", "interrupts: {@: {}}\nregisters: {}"),
    ("an interrupt", "interrupts: {irq: {@: 1}}\nregisters: {}"),
    ("enums", "enums: {@: {a: 0}}\nregisters: {}"),
    ("values", "enums: {E: {@: 0}}\nregisters: {}"),
    (
        "a value",
        "enums: {E: {a: {value: 0, @: 1}}}\nregisters: {}",
    ),
    ("registers", "registers: {@: {}}"),
    ("a register", "registers: {A: {@: 1}}"),
    ("a reserved range", "registers: {A: {reserved: 4, @: 1}}"),
    ("a memory", "registers: {A: {memory: {depth: 4, @: 1}}}"),
    ("a cluster", "registers: {A: {@: 1, registers: {B: {}}}}"),
    (
        "a cluster's registers",
        "registers: {A: {registers: {@: {}}}}",
    ),
    ("fields", "registers: {A: {fields: {@: 0}}}"),
    ("a field", "registers: {A: {fields: {F: {bits: 0, @: 1}}}}"),
    (
        "values of a field",
        "registers: {A: {fields: {F: {bits: 0, enum: {b: 1, @: 0}}}}}",
    ),
    (
        "a constraint",
        "registers: {A: {write-constraint: {min: 0, max: 1, @: 1}}}",
    ),
    ("instances", "registers: {}\ninstances: {@: {base: 0x1000}}"),
    (
        "an instance",
        "registers: {}\ninstances: {i: {base: 0x1000, @: 1}}",
    ),
    (
        "cells",
        "registers: {}\ninterrupts: {q: {}}\ninstances: {i: {base: 0x1000, interrupts: {q: 1, @: 1}}}",
    ),
];

#[test]
fn a_key_that_is_no_string_is_refused_wherever_it_is() {
    for (place, text) in MAPPINGS {
        for key in [
            "7", "0x10", "-1", "1.5", "true", "~", "null", "[a]", "{a: b}",
        ] {
            let (wrong, at) = only(&text.replace('@', key));
            assert_eq!(at, key, "{place}: {wrong:?}");
            assert!(
                matches!(wrong.code, Code::BadName | Code::UnknownKey),
                "{place}: {wrong:?}"
            );
            assert!(wrong.help.is_some(), "{place}: {wrong:?}");
        }
    }
}

/// With a tag or an alias a key is what it is without.
#[test]
fn a_key_may_be_an_alias() {
    let map = map("x-name: &name CTRL\nregisters: {*name : {fields: {EN: 0}}}");
    assert_eq!(map.blocks[0].items[0].name().value, "CTRL");
    let (wrong, at) = only("x-name: &name 7\nregisters: {*name : {}}");
    assert_eq!((wrong.code, at.as_str()), (Code::BadName, "*name"));
    let (wrong, at) = only("registers: {!t CTRL: {}}");
    assert_eq!((wrong.code, at.as_str()), (Code::WrongType, "!t CTRL"));
}

#[test]
fn an_unknown_key_is_refused_wherever_it_is() {
    let named = [
        "properties",
        "windows",
        "interrupts",
        "enums",
        "values",
        "registers",
        "a cluster's registers",
        "fields",
        "values of a field",
        "instances",
        "cells",
    ];
    for (place, text) in MAPPINGS.iter().filter(|(place, _)| !named.contains(place)) {
        let (wrong, at) = only(&text.replace('@', "zzqy"));
        assert_eq!(
            (wrong.code, at.as_str()),
            (Code::UnknownKey, "zzqy"),
            "{place}"
        );
    }
}

#[test]
fn keys_of_the_author_are_ignored_wherever_they_are() {
    for (place, text) in MAPPINGS.iter().filter(|(place, _)| *place != "properties") {
        // Where they stand for the only entry, nothing is left.
        let own = text.replace('@', "x-own");
        let text = format!("{HEAD}{own}");
        if let Err(Failure::Wrong { diagnostics, .. }) = read(&text) {
            let at_own = diagnostics
                .iter()
                .any(|it| text[it.primary.span.range()].contains("x-own"));
            assert!(!at_own, "{place}: {diagnostics:?}");
        }
    }
    map("x-own: {7: ~, a: [!t 1, {}], true: x}\nregisters: {A: {x-own: ~}}");
}

#[test]
fn a_key_without_a_value_is_refused_once() {
    for (text, key) in [
        ("bus: ~\nregisters: {}", "bus"),
        ("description:\nregisters: {}", "description"),
        ("registers:\n", "registers"),
        ("registers: {A: {at: }}", "at"),
        ("registers: {A: {fields: ~}}", "fields"),
        ("registers: {A: {memory: }}", "memory"),
        ("registers: {A: {fields: {F: {bits: 0, enum: }}}}", "enum"),
        ("registers: {A: {fields: {F: {bits: null}}}}", "bits"),
        ("registers: {}\ndevice-tree:\n", "device-tree"),
        ("registers: {}\ninstances: {i: {base: }}", "base"),
        (
            "registers: {}\ninterrupts: {q: {}}\ninstances: {i: {base: 0x1000, interrupts: }}",
            "interrupts",
        ),
        ("registers: {}\nallow:\n", "allow"),
    ] {
        let (wrong, at) = only(text);
        assert_eq!((wrong.code, at.as_str()), (Code::MissingKey, key), "{text}");
    }
    for (text, key) in [
        ("bus: {}\nregisters: {}", "bus"),
        ("registers: {A: {index: []}}", "index"),
        ("registers: {A: {at: []}}", "at"),
        ("registers: {A: {fields: {F: {bits: 0, enum: {}}}}}", "enum"),
        ("registers: {}\nallow: []", "allow"),
        ("registers: {}\nwindows: {}", "windows"),
        ("registers: {}\ndevice-tree: {clocks: []}", "clocks"),
        ("registers: {}\nenums: {E: {}}", "E"),
    ] {
        let (wrong, at) = only(text);
        assert_eq!((wrong.code, at.as_str()), (Code::BadValue, key), "{text}");
    }
}

#[test]
fn other_tools_words_find_ours() {
    let register = |keys: &str| format!("registers: {{A: {{{keys}}}}}");
    let field = |keys: &str| register(&format!("fields: {{F: {{{keys}}}}}"));
    for (text, help) in [
        (
            register("offset: 8"),
            "`offset` is `at` here, in bytes: write `at: 8`",
        ),
        (
            register("address: 0x8"),
            "`address` is `at` here, in bytes: write `at: 0x8`",
        ),
        (
            register("addr: 8"),
            "`addr` is `at` here, in bytes: write `at: 8`",
        ),
        (
            register("desc: Hello."),
            "`desc` is `description` here: write `description: Hello.`",
        ),
        (
            register("doc: Hello."),
            "`doc` is `description` here: write `description: Hello.`",
        ),
        (
            register("reset_value: 3"),
            "`reset_value` is `reset` here: write `reset: 3`",
        ),
        (
            register("resetValue: 3"),
            "`resetValue` is `reset` here: write `reset: 3`",
        ),
        (
            register("default: 3"),
            "`default` is `reset` here: write `reset: 3`",
        ),
        (
            register("size: 16"),
            "`size` is `width` here, in bits: write `width: 16`",
        ),
        (register("size: 4"), "`size` is `width` here, in bits"),
        (
            register("bit_width: 16"),
            "`bit_width` is `width` here, in bits: write `width: 16`",
        ),
        (register("reset_mask: 3"), "did you mean `reset-mask`?"),
        (register("resetMask: 3"), "did you mean `reset-mask`?"),
        (field("lsb: 8, msb: 9"), "write `bits: \"9:8\"`"),
        (field("msb: 9, lsb: 8"), "write `bits: \"9:8\"`"),
        (
            field("bit_offset: 8, bit_width: 2"),
            "write `bits: \"9:8\"`",
        ),
        (field("bitOffset: 8"), "write `bits: \"8:8\"`"),
        (field("offset: 8, width: 4"), "write `bits: \"11:8\"`"),
        (field("9: 8"), "write `bits: \"9:8\"`"),
        (
            field("bit_range: \"9:8\""),
            "`bit_range` is `bits` here: write `bits: \"9:8\"`",
        ),
        (field("bits: 0, values: {a: 0}"), "`values` is `enum` here"),
        (
            "registers: {}\ninstances: {i: {address: 0x1000}}".to_owned(),
            "`address` is `base` here: write `base: 0x1000`",
        ),
        (
            "registers: {}\nirqs: {q: {}}".to_owned(),
            "`irqs` is `interrupts` here",
        ),
    ] {
        let (wrong, _) = only(&text);
        assert_eq!(
            (wrong.code, wrong.help.as_deref()),
            (Code::UnknownKey, Some(help)),
            "{text}"
        );
    }
}

#[test]
fn bits_of_other_tools_find_ours() {
    for (written, meant) in [
        ("3-0", "3:0"),
        ("0-3", "3:0"),
        ("7..4", "7:4"),
        ("\"4:7\"", "7:4"),
        ("\"[7:4]\"", "7:4"),
        ("[7:4]", "7:4"),
        ("[0, 0]", "0:0"),
        ("[4, 7]", "7:4"),
    ] {
        for text in [
            format!("registers: {{A: {{fields: {{F: {written}}}}}}}"),
            format!("registers: {{A: {{fields: {{F: {{bits: {written}}}}}}}}}"),
        ] {
            let (wrong, _) = only(&text);
            let help = wrong.help.unwrap();
            assert!(help.contains(&format!("`\"{meant}\"`")), "{text}: {help}");
        }
    }
    let map = map("registers: {A: {fields: {F: {bits: 7:4}, G: 3:0}}}");
    assert_eq!(bits_of(&map), "3:0 7:4");
}

/// What is not indented belongs where it was meant to.
#[test]
fn what_is_not_indented_is_read_where_it_belongs() {
    for (text, key) in [
        ("registers:\nA: {}\nB: {fields: {F: 40}}\n", "registers"),
        (
            "registers: {}\ninstances:\ni: {base: 0x1000, zzqy: 1}\n",
            "instances",
        ),
        ("registers: {}\nenums:\nE: {a: x}\n", "enums"),
        ("registers: {}\ninterrupts:\nq: {status: A}\n", "interrupts"),
        ("registers: {}\nwindows:\nw: {at: 0x1}\n", "windows"),
        (
            "registers:\n  A:\n    fields:\n    F: {bits: 0, zzqy: 1}\n    access: ro\n",
            "fields",
        ),
    ] {
        let text = format!("{HEAD}{text}");
        let wrong = wrong(&text);
        let first = wrong
            .iter()
            .find(|it| it.message.starts_with("nothing is indented"));
        assert_eq!(&text[first.unwrap().primary.span.range()], key);
        assert_eq!(
            wrong.len(),
            2,
            "what is wrong in it is found, and nothing else: {wrong:#?}"
        );
    }
}

#[test]
fn one_mistake_has_no_followers() {
    let status = "registers: {S: {fields: {F: {bits: 0, access: w1c}}}, N: {}}\ninterrupts: {q: {status: S}}\n";
    for (text, from, to) in [
        (status, "bits: 0", "bits: zz"),
        (status, "access: w1c", "access: zz"),
        (status, "q: {status: S}", "q: 5"),
        (
            "registers: {A: {fields: {F: {bits: 0, enum: {a: 0}, reset: a}}}}",
            "a: 0",
            "a: zz",
        ),
        (
            "registers: {A: {fields: {F: {bits: 0, enum: E, reset: a}}}}\nenums: {E: {a: 0}}",
            "a: 0",
            "a: zz",
        ),
        (
            "registers: {A: {fields: {F: {bits: 0, enum: E, reset: a}}}}\nenums: {E: {a: 0}}",
            "{E: {a: 0}}",
            "5",
        ),
        (
            "registers: {A: {fields: {F: {bits: 0, enum: E, reset: a}}}}\nenums: {E: {a: 0}}",
            "enum: E",
            "enum: Q",
        ),
        (
            "registers: {A: {access: ro, reset: 1}}\nidentity: {version: {register: A}}\nversion: 1.0.0",
            "1.0.0",
            "1.0",
        ),
    ] {
        assert!(text.contains(from));
        only(&text.replacen(from, to, 1));
    }
}

/// The bits of the fields of the first register.
fn bits_of(map: &RegisterMap) -> String {
    let regdesc::model::Item::Register(register) = &map.blocks[0].items[0] else {
        panic!("no register");
    };
    let bits = register
        .fields
        .iter()
        .map(|field| field.bits.value.to_string());
    bits.collect::<Vec<_>>().join(" ")
}
