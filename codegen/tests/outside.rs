// SPDX-License-Identifier: MIT OR Apache-2.0

//! What surrounds the registers, in every output: addresses, interrupts, names
//! and the author's words.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options as Markdown, Parser};
use regdesc::{Options, RegisterMap};
use regloom_codegen::{Artifacts, Drivers, Kernel, Parts, render};

fn map(name: &str, text: &str) -> RegisterMap {
    let map = regdesc::parse(name, text, &Options::default());
    map.unwrap_or_else(|failure| panic!("{failure}"))
}

fn rendered(map: &RegisterMap, drivers: Drivers) -> Artifacts {
    render(map, drivers, Parts::ALL, Kernel::default())
}

fn file<'a>(artifacts: &'a Artifacts, end: &str) -> &'a str {
    let mut files = artifacts.iter().filter(|(path, _)| path.ends_with(end));
    let (_, text) = files.next().unwrap_or_else(|| panic!("no {end}"));
    assert!(files.next().is_none(), "several {end}");
    text
}

/// A block with these keys, and a register.
fn block(keys: &str) -> RegisterMap {
    let text = format!("schema: 1\nname: case\nvendor: acme\nregisters: {{A: {{}}}}\n{keys}");
    map("case.yaml", &text)
}

/// A chip of peripherals of that name, base and size, with a register for each to
/// be a block of its own.
fn chip(peripherals: &[(&str, u64, u64)]) -> RegisterMap {
    let peripheral = |(index, (name, base, size)): (usize, &(&str, u64, u64))| {
        format!(
            "<peripheral><name>{name}</name><baseAddress>{base:#x}</baseAddress><addressBlock>\
             <offset>0</offset><size>{size:#x}</size><usage>registers</usage></addressBlock>\
             <registers><register><name>R{index}</name><addressOffset>0</addressOffset></register>\
             </registers></peripheral>"
        )
    };
    let peripherals: String = peripherals.iter().enumerate().map(peripheral).collect();
    let text = format!(
        "<device><name>chip</name><version>1</version><description>A chip.</description>\
         <addressUnitBits>8</addressUnitBits><width>32</width><size>32</size>\
         <access>read-write</access><resetValue>0</resetValue>\
         <peripherals>{peripherals}</peripherals></device>"
    );
    map("chip.svd", &text)
}

/// The words behind `= <` or `= "` of each of the properties.
fn values<'t>(text: &'t str, property: &str) -> Vec<&'t str> {
    let start = format!("{property} = ");
    let lines = text.lines().map(str::trim);
    lines
        .filter_map(|line| line.strip_prefix(&start)?.strip_suffix(';'))
        .collect()
}

#[test]
fn a_size_beyond_32_bits_takes_two_cells() {
    let alone = block("size: 0x100000000\ninstances: {one: {base: 0x0}}");
    let far = block("size: 0x1000\ninstances: {one: {base: 0x400000000}}");
    let last = block("size: 0x1000\ninstances: {one: {base: 0xfffff000}}");
    let chip = chip(&[("RAM", 0x1_0000_0000, 0x1000)]);
    for (map, reg) in [
        (&alone, "<0x0 0x0 0x1 0x0>"),
        (&far, "<0x4 0x0 0x0 0x1000>"),
        (&last, "<0xfffff000 0x1000>"),
        (&chip, "<0x1 0x0 0x0 0x1000>"),
    ] {
        let artifacts = rendered(map, Drivers::UnlessChip);
        assert_eq!(values(file(&artifacts, ".dtsi"), "reg"), [reg]);
    }
    // The example of the binding counts as the source does.
    let binding = rendered(&alone, Drivers::All);
    let binding = file(&binding, "acme,case.yaml");
    assert_eq!(values(binding, "reg"), ["<0x0 0x0 0x1 0x0>"]);
}

#[test]
fn an_overlay_is_made_for_the_node_that_the_description_states_and_no_other() {
    let stated = "device-tree: {parent: {node: \"&amba\", address-cells: 2, size-cells: 1}}";
    let place = "size: 0x1000\ninstances: {one: {base: 0xa0000000}}";
    let with = rendered(&block(&format!("{place}\n{stated}")), Drivers::All);
    let overlay = file(&with, ".dtso");
    assert!(overlay.contains("&amba {\n\t#address-cells = <2>;\n\t#size-cells = <1>;\n"));
    assert!(file(&with, "README.md").contains("extends `&amba`"));

    // The root's own counts are not known: to state others would break the board.
    let without = rendered(&block(place), Drivers::All);
    assert!(without.iter().all(|(path, _)| !path.ends_with(".dtso")));
    let readme = file(&without, "README.md");
    assert!(readme.contains("There is no overlay"), "{readme}");
    assert!(!readme.contains(".dtso"), "{readme}");
}

#[test]
fn interrupts_are_in_the_order_of_the_block() {
    let map = block(
        "size: 0x1000\ninterrupts: {rx: {}, tx: {}, err: {}}\n\
         device-tree: {parent: {node: \"&amba\", address-cells: 1, size-cells: 1}}\n\
         instances:\n  one: {base: 0x1000, interrupts: {tx: [0, 2, 4], err: [0, 3, 4], rx: [0, 1, 4]}}",
    );
    let artifacts = rendered(&map, Drivers::All);
    for end in [".dtsi", ".dtso", "acme,case.yaml"] {
        let text = file(&artifacts, end);
        assert_eq!(values(text, "interrupts"), ["<0 1 4>, <0 2 4>, <0 3 4>"]);
        assert_eq!(values(text, "interrupt-names"), [r#""rx", "tx", "err""#]);
    }
    let binding: serde_yaml::Value =
        serde_yaml::from_str(file(&artifacts, "acme,case.yaml")).unwrap();
    let names = binding["properties"]["interrupt-names"]["items"].as_sequence();
    let names: Vec<_> = names.unwrap().iter().map(|it| &it["const"]).collect();
    assert_eq!(names, ["rx", "tx", "err"]);
}

#[test]
fn peripherals_whose_names_differ_in_punctuation_are_told_apart_everywhere() {
    let map = chip(&[
        ("UART_1", 0x4000_0000, 0x1000),
        ("UART-1", 0x4000_1000, 0x1000),
        ("Uart1", 0x4000_2000, 0x1000),
        ("REGISTERS", 0x4000_3000, 0x1000),
        ("OTHER", 0x4000_3000, 0x1000),
    ]);
    let artifacts = rendered(&map, Drivers::All);
    let dtsi = file(&artifacts, ".dtsi");
    let nodes = dtsi.lines().filter(|line| line.contains('@'));
    let labels = nodes.filter_map(|line| line.trim().split_once(": "));
    let labels: Vec<_> = labels.map(|(label, _)| label).collect();
    assert_eq!(
        labels,
        ["uart_1", "uart_1_2", "uart1", "registers", "other"]
    );
    let nodes: Vec<_> = dtsi.lines().filter(|line| line.contains('@')).collect();
    assert_eq!(nodes.len(), 5);
    let names: BTreeSet<_> = nodes.iter().map(|line| line.split_once(": ")).collect();
    assert_eq!(names.len(), 5, "{nodes:?}");
    for end in [
        "driver/rust/chip_uart_1.rs",
        "driver/rust/chip_uart_1_2.rs",
        "accessor/src/uart_1.rs",
        "accessor/src/uart_1_2.rs",
    ] {
        file(&artifacts, end);
    }
    for (end, wanted) in [
        ("chip_uart_1_2.rs", "chip-uart-1-2"),
        ("driver/rust/chip_main.rs", "mod chip_uart_1_2;\n"),
        ("driver/Kbuild", "rust/chip_main.o"),
        ("dkms.conf", "BUILT_MODULE_NAME[0]=\"chip\""),
        (".rules", "\"chip-uart-1-2-[0-9]*\""),
        ("README.md", "chip-uart-1-2"),
        (".dtsi", "compatible = \"chip-uart-1-2\";"),
    ] {
        let text = file(&artifacts, end);
        assert!(text.contains(wanted), "{end}: {text}");
    }
    for drivers in [Drivers::UnlessChip, Drivers::Uio] {
        rendered(&map, drivers);
    }
}

/// Two nodes of a name and address are no tree.
#[test]
fn nodes_at_one_address_have_names_of_their_own() {
    let map = chip(&[
        ("A", 0x1000, 0x100),
        ("REGISTERS", 0x1000, 0x100),
        ("REGISTERS-2", 0x1000, 0x100),
    ]);
    let artifacts = rendered(&map, Drivers::UnlessChip);
    let lines = file(&artifacts, ".dtsi").lines();
    let nodes = lines.filter(|line| line.contains('@'));
    let nodes = nodes.filter_map(|line| Some(line.split_once(": ")?.1));
    let nodes: BTreeSet<_> = nodes.collect();
    assert_eq!(nodes.len(), 3, "{nodes:?}");
}

#[test]
fn a_binding_reads_every_name_as_the_description_has_it() {
    let names = [
        "#clock-cells",
        "y",
        "no",
        "on",
        "null",
        "true",
        "e1",
        "acme,mode",
        "#acme,x",
        "N",
    ];
    let properties: Vec<String> = names.iter().map(|name| format!("\"{name}\": 1")).collect();
    let map = block(
        &format!(
            "size: 0x1000\ninstances: {{one: {{base: 0x1000, clocks: [\"&c 1\", \"&c 2\"]}}}}\n\
         interrupts: {{on: {{}}, y: {{}}}}\n\
         device-tree:\n  clocks: [\"no\", \"1\"]\n\
         \x20 maintainers: \"Jane: #Doe 'x' \\\"y\\\" <jane@example.com>\"\n\
         \x20 properties: {{{}}}\n",
            properties.join(", ")
        )
        .replace(
            "clocks: [\"&c 1\", \"&c 2\"]",
            "interrupts: {on: 1, y: 2}, clocks: [\"&c 1\", \"&c 2\"]",
        ),
    );
    let artifacts = rendered(&map, Drivers::All);
    let text = file(&artifacts, "acme,case.yaml");
    let binding: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
    let stated = binding["properties"].as_mapping().unwrap();
    for name in names {
        assert!(stated.contains_key(name), "{name}: {text}");
        // A reader of YAML 1.1 takes some of them for something else, unless in quotes.
        let plain = ["e1", "acme,mode"].contains(&name);
        assert_eq!(text.contains(&format!("  \"{name}\":")), !plain, "{name}");
    }
    let consts = |property: &str| {
        let items = binding["properties"][property]["items"].as_sequence();
        let items = items.unwrap().iter();
        let texts = items.map(|it| it["const"].as_str().unwrap().to_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(consts("clock-names"), ["no", "1"]);
    assert_eq!(consts("interrupt-names"), ["on", "y"]);
    let maintainer = binding["maintainers"][0].as_str();
    assert_eq!(maintainer, Some("Jane: #Doe 'x' \"y\" <jane@example.com>"));
}

/// What each output's own language would obey.
const NASTY: &str = "<b>x</b> <!-- --> */ /* // # $(rm) `a ``b`` ${c} %s {d} {{e}} | f | \
    [g](h) [i] ![j](k) &amp; &lt; *l* _m_ ~~n~~ \\\\ \\\" ' ~ ^ - + 1. http://o.p/q_r <s@t> \
    # heading --- === yes: no \\u202eu\\u200b \\x7f end";

/// The words that are to be read wherever the text is shown.
fn words(text: &str) -> Vec<String> {
    let text = text.replace(
        |c: char| c.is_control() || "\u{202e}\u{200b}".contains(c),
        " ",
    );
    let words = text.split_whitespace();
    words.map(str::to_owned).collect()
}

/// The text of a page of Markdown; nothing in it may be HTML.
fn read_as_markdown(text: &str) -> String {
    let extensions = Markdown::ENABLE_TABLES | Markdown::ENABLE_STRIKETHROUGH;
    let mut shown = String::new();
    for event in Parser::new_ext(text, extensions) {
        match event {
            Event::Text(text) | Event::Code(text) => shown.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::Start(_) | Event::End(_) => {
                if !shown.ends_with(' ') && matches!(event, Event::SoftBreak) {
                    shown.push(' ');
                }
            }
            other => panic!("{other:?} in {text}"),
        }
    }
    shown
}

#[test]
fn the_words_of_the_author_are_words_in_every_output() {
    let nasty = format!("\"{NASTY}\"");
    let text = format!(
        "schema: 1\nname: case\nvendor: acme\nsize: 0x2000\ndescription: {nasty}\n\
         version: 1.0.0\n\
         device-tree:\n  compatible: [\"acme,case-2\", \"acme,case\"]\n\
         \x20 parent: {{node: \"&amba\", address-cells: 1, size-cells: 1}}\n\
         windows: {{regs: {{at: 0x0, size: 0x1000, description: {nasty}}}}}\n\
         interrupts: {{irq: {{description: {nasty}}}}}\n\
         enums: {{Mode: {{off: {{value: 0, description: {nasty}}}, on: 1}}}}\n\
         registers:\n\
         \x20 A: {{description: {nasty}, fields: {{F: {{bits: 0, enum: Mode, description: {nasty}}}}}}}\n\
         \x20 C: {{description: {nasty}, count: 2, stride: 8, registers: {{B: {{description: {nasty}}}}}}}\n\
         instances: {{one: {{base: 0x1000, interrupts: {{irq: 1}}}}}}\n"
    );
    let map = map("case.yaml", &text);
    let written = map.description.as_deref().unwrap_or_default();
    let written = words(written);
    let artifacts = rendered(&map, Drivers::All);

    let readme = file(&artifacts, "README.md");
    let (_, body) = readme.split_once("-->\n").unwrap();
    let (description, rest) = body
        .split_once("# case\n\n")
        .and_then(|(_, rest)| rest.split_once("\n\n"))
        .unwrap();
    assert_eq!(words(&read_as_markdown(description)), written);
    read_as_markdown(rest);
    assert!(rest.contains("| `acme,case-2`, `acme,case` |"), "{rest}");
    assert!(
        rest.contains("has `acme,case-2` or `acme,case` in"),
        "{rest}"
    );

    let binding: serde_yaml::Value =
        serde_yaml::from_str(file(&artifacts, "acme,case.yaml")).unwrap();
    let description = binding["description"].as_str().unwrap();
    assert_eq!(words(description), written);

    let help = file(&artifacts, "driver/Kconfig")
        .split_once("\thelp\n")
        .unwrap()
        .1;
    let (help, _) = help.split_once("\n\n").unwrap();
    assert!(help.lines().all(|line| line.starts_with("\t  ")), "{help}");
    assert_eq!(words(help), written);

    for end in ["accessor/src/lib.rs", "driver/rust/case.rs"] {
        let parsed = syn::parse_file(file(&artifacts, end)).unwrap();
        let mut docs = Docs::default();
        docs.of_file(file(&artifacts, end));
        assert!(!parsed.items.is_empty());
        let shown = docs.paragraphs.iter().filter(|it| words(it) == written);
        let told = if end.starts_with("accessor") { 6 } else { 1 };
        assert!(shown.count() >= told, "{end}: {:#?}", docs.paragraphs);
    }

    // These hold none of it.
    for end in [
        ".dtsi",
        ".dtso",
        "Makefile",
        "Kbuild",
        ".rules",
        "dkms.conf",
        "Cargo.toml",
    ] {
        assert!(!file(&artifacts, end).contains("rm)"), "{end}");
    }
}

/// The paragraphs of all documentation comments, as they are shown.
#[derive(Default)]
struct Docs {
    paragraphs: Vec<String>,
}

impl Docs {
    fn of_file(&mut self, text: &str) {
        let mut comment = String::new();
        for line in text.lines() {
            let line = line.trim();
            let doc = line.strip_prefix("///").or(line.strip_prefix("//!"));
            match doc {
                Some(doc) => comment.extend([doc.strip_prefix(' ').unwrap_or(doc), "\n"]),
                None => self.take(&mut comment),
            }
        }
        self.take(&mut comment);
    }

    fn take(&mut self, comment: &mut String) {
        let comment = std::mem::take(comment);
        let paragraphs = comment.split("\n\n").filter(|it| !it.trim().is_empty());
        let shown = paragraphs.map(read_as_markdown);
        self.paragraphs.extend(shown);
    }
}
