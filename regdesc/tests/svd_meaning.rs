// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an SVD file means: the map that comes of it, and what is said of it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use regdesc::model::{Block, Item, Register, WriteConstraint};
use regdesc::{Code, Options, RegisterMap, Severity};

fn device(peripherals: &str) -> String {
    format!(
        "<device><name>D</name><size>32</size><access>read-write</access>\
         <resetValue>0</resetValue><peripherals>{peripherals}</peripherals></device>"
    )
}

/// A peripheral of 256 MiB.
fn peripheral(name: &str, registers: &str) -> String {
    format!(
        "<peripheral><name>{name}</name><baseAddress>0x40000000</baseAddress><addressBlock>\
         <offset>0</offset><size>0x10000000</size><usage>registers</usage></addressBlock>\
         <registers>{registers}</registers></peripheral>"
    )
}

fn register(name: &str, at: u64, content: &str) -> String {
    format!("<register><name>{name}</name><addressOffset>{at}</addressOffset>{content}</register>")
}

fn array(count: u64, stride: u64) -> String {
    format!("<dim>{count}</dim><dimIncrement>{stride}</dimIncrement>")
}

fn read(text: &str, lenient: bool) -> RegisterMap {
    let options = Options {
        lenient,
        ..Options::default()
    };
    regdesc::parse("test.svd", text, &options).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The map of a text that strict reading accepts.
fn strict(peripherals: &str) -> RegisterMap {
    read(&device(peripherals), false)
}

fn repaired(peripherals: &str) -> RegisterMap {
    read(&device(peripherals), true)
}

/// The codes of what strict reading refuses.
fn refused(peripherals: &str) -> Vec<Code> {
    match regdesc::parse("test.svd", device(peripherals), &Options::default()) {
        Err(regdesc::Failure::Wrong { diagnostics, .. }) => {
            diagnostics.iter().map(|it| it.code).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The codes of what was found of one severity.
fn told(map: &RegisterMap, severity: Severity) -> Vec<Code> {
    let notices = map.notices().iter();
    let of = notices.filter(|it| it.severity == severity);
    of.map(|it| it.code).collect()
}

fn names(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.name().as_str()).collect()
}

fn registers(block: &Block) -> Vec<&Register> {
    let registers = block.items.iter().filter_map(|item| match item {
        Item::Register(register) => Some(register),
        Item::Cluster(_) => None,
    });
    registers.collect()
}

/// 16 M words of each width that an access has.
#[test]
fn a_row_of_words_too_long_for_registers_is_a_memory() {
    for bytes in [1, 2, 4, 8] {
        let size = format!("<size>{}</size>", 8 * bytes);
        for name in ["DATA[%s]", "DATA%s"] {
            let words = register(name, 0x10, &(array(0x100_0000, bytes) + &size));
            let map = strict(&peripheral("P", &(register("CTRL", 0, "") + &words)));
            let all = registers(&map.blocks[0]);
            assert_eq!(names(&map.blocks[0].items), ["CTRL", "DATA"]);
            assert!(!all[0].memory && all[1].memory);
            assert_eq!(all[1].array.unwrap().count.value, 0x100_0000);
        }
    }
    let short = register("DATA[%s]", 0, &array(0x1000, 4));
    let map = strict(&peripheral("P", &short));
    assert!(!registers(&map.blocks[0])[0].memory);
}

/// What is no memory is refused, and costs nothing else where it is repaired.
#[test]
fn an_array_that_is_too_long_costs_the_rest_of_the_chip_nothing() {
    let field = "<fields><field><name>F</name><bitRange>[3:0]</bitRange></field></fields>";
    let long = array(0x20_0000, 4);
    let with_fields = register("LONG[%s]", 0x10, &(long.clone() + field));
    let apart = register("LONG[%s]", 0x10, &array(0x20_0000, 8));
    let inner = register("R", 0, "");
    let cluster = format!(
        "<cluster><name>LONG[%s]</name><addressOffset>16</addressOffset>{long}{inner}</cluster>"
    );
    let within = format!(
        "<cluster><name>C</name><addressOffset>16</addressOffset>{}{inner}</cluster>",
        apart.replace("<addressOffset>16<", "<addressOffset>4<")
    );
    for (content, kept) in [
        (&with_fields, &["CTRL"][..]),
        (&apart, &["CTRL"]),
        (&cluster, &["CTRL"]),
        (&within, &["CTRL", "C"]),
    ] {
        let text = peripheral("P", &(register("CTRL", 0, "") + content))
            + &peripheral("Q", &register("OTHER", 0, ""));
        assert_eq!(refused(&text), [Code::BadCount]);
        let map = repaired(&text);
        assert_eq!(told(&map, Severity::Repair), [Code::BadCount]);
        assert_eq!(names(&map.blocks[0].items), kept);
        assert_eq!(names(&map.blocks[1].items), ["OTHER"]);
    }
}

/// Two arrays of 600000 registers each: one has to go.
#[test]
fn a_block_of_too_many_registers_keeps_what_it_can() {
    let many = |name: &str, at: u64, count: u64| register(name, at, &array(count, 4));
    let content = register("CTRL", 0, "")
        + &many("A[%s]", 0x100_0000, 600_000)
        + &many("B[%s]", 0x200_0000, 600_001);
    let text = peripheral("P", &content);
    assert_eq!(refused(&text), [Code::TooLarge]);
    let map = repaired(&text);
    assert_eq!(told(&map, Severity::Repair), [Code::TooLarge]);
    assert_eq!(names(&map.blocks[0].items), ["CTRL", "A"]);
}

#[test]
fn an_array_of_too_many_peripherals_costs_the_rest_of_the_chip_nothing() {
    let text = |count, base: &str| {
        let dim = array(count, 0x100);
        let other = peripheral("Q", &register("OTHER", 0, ""));
        format!("<peripheral><name>U%s</name>{dim}<baseAddress>{base}</baseAddress></peripheral>")
            + &other
    };
    let instances = |map: &RegisterMap| -> Vec<String> {
        let instances = map.blocks.iter().flat_map(|block| &block.instances);
        instances
            .map(|instance| instance.name.value.clone())
            .collect()
    };
    let long = text(5000, "0");
    assert_eq!(refused(&long), [Code::BadCount]);
    let map = repaired(&long);
    assert_eq!(told(&map, Severity::Repair), [Code::BadCount]);
    assert_eq!(instances(&map), ["U0", "Q"]);
    let high = text(3, "0xfffffffffffffe00");
    assert_eq!(refused(&high), [Code::OutsideBlock]);
    let map = repaired(&high);
    assert_eq!(told(&map, Severity::Repair), [Code::OutsideBlock]);
    assert_eq!(instances(&map), ["U0", "U1", "Q"]);
}

fn field(name: &str, bits: &str, content: &str) -> String {
    format!("<field><name>{name}</name><bitRange>[{bits}]</bitRange>{content}</field>")
}

/// Names for values: `0`, or a pattern such as `#x1`.
fn values(values: &[(&str, &str)]) -> String {
    let values = values.iter().map(|(name, value)| {
        format!("<enumeratedValue><name>{name}</name><value>{value}</value></enumeratedValue>")
    });
    format!(
        "<enumeratedValues>{}</enumeratedValues>",
        values.collect::<String>()
    )
}

fn with_fields(name: &str, content: &str, fields: &[String]) -> String {
    let fields = fields.concat();
    register(name, 0, &format!("{content}<fields>{fields}</fields>"))
}

fn constraint(content: &str) -> String {
    format!("<writeConstraint>{content}</writeConstraint>")
}

#[test]
fn patterns_are_reported_of_the_requested_peripherals() {
    let patterns = values(&[("RISING", "#x1"), ("FALLING", "#1x")]);
    let edge = with_fields("R", "", &[field("EDGE", "1:0", &patterns)]);
    let text = device(&(peripheral("P", &edge) + &peripheral("Q", &register("S", 0, ""))));
    let of = |peripheral: &str| {
        let options = Options {
            peripherals: &[peripheral.to_owned()],
            ..Options::default()
        };
        let map = regdesc::parse("test.svd", text.as_str(), &options).unwrap();
        told(&map, Severity::Lint)
    };
    assert_eq!(of("P"), [Code::PatternsOverlap]);
    assert_eq!(of("Q"), []);
}

/// `useEnumeratedValues` at a register is meant for the fields that have names.
#[test]
fn a_register_written_by_names_has_fields_written_by_names() {
    let names = values(&[("OFF", "0"), ("ON", "1")]);
    let speeds = values(&[("SLOW", "1"), ("FAST", "2")]);
    let range = constraint("<range><minimum>1</minimum><maximum>2</maximum></range>");
    let by_names = constraint("<useEnumeratedValues>true</useEnumeratedValues>");
    let fields = [
        field("MODE", "0:0", &names),
        field("COUNT", "7:4", ""),
        field("SPEED", "11:8", &(speeds + &range)),
        field(
            "ONLY",
            "12:12",
            &names.replacen("s>", "s><usage>write</usage>", 1),
        ),
    ];
    let map = strict(&peripheral("P", &with_fields("R", &by_names, &fields)));
    let register = registers(&map.blocks[0])[0];
    assert_eq!(register.write_constraint, None);
    let of_fields: Vec<_> = register
        .fields
        .iter()
        .map(|it| it.write_constraint)
        .collect();
    let enumerated = Some(WriteConstraint::Enumerated);
    let (minimum, maximum) = (1, 2);
    let range = Some(WriteConstraint::Range { minimum, maximum });
    assert_eq!(of_fields, [enumerated, None, range, enumerated]);
    let nameless = with_fields("R", &by_names, &[field("COUNT", "7:4", "")]);
    assert_eq!(refused(&peripheral("P", &nameless)), [Code::BadConstraint]);
}

#[test]
fn a_range_reaches_the_field_or_is_said_to_have_no_effect() {
    let range = constraint("<range><minimum>19</minimum><maximum>59</maximum></range>");
    let (minimum, maximum) = (19, 59);
    let expected = Some(WriteConstraint::Range { minimum, maximum });
    let map = strict(&peripheral(
        "P",
        &with_fields("R", "", &[field("F", "5:0", &range)]),
    ));
    let field_map = &registers(&map.blocks[0])[0].fields[0];
    assert_eq!(field_map.write_constraint, expected);
    assert_eq!(told(&map, Severity::Lint), []);

    let map = strict(&peripheral("P", &register("R", 0, &range)));
    assert_eq!(registers(&map.blocks[0])[0].write_constraint, expected);
    assert_eq!(told(&map, Severity::Lint), []);

    let as_read = constraint("<writeAsRead>true</writeAsRead>");
    for of_register in [range, as_read] {
        let fields = [field("F", "5:0", "")];
        let map = strict(&peripheral("P", &with_fields("R", &of_register, &fields)));
        assert_eq!(told(&map, Severity::Lint), [Code::RegisterConstraint]);
    }
}

fn field_names(register: &Register) -> Vec<&str> {
    let fields = register.fields.iter();
    fields.map(|field| field.name.as_str()).collect()
}

#[test]
fn fields_that_are_reserved_time_and_again_are_no_fields() {
    let of = |names: &[&str]| {
        let fields = names.iter().zip(0..);
        let fields = fields.map(|(name, bit)| field(name, &format!("{bit}:{bit}"), ""));
        strict(&peripheral(
            "P",
            &with_fields("R", "", &fields.collect::<Vec<_>>()),
        ))
    };
    let left = |names: &[&str]| -> Vec<String> {
        let map = of(names);
        assert!(map.notices().is_empty());
        let names = field_names(registers(&map.blocks[0])[0]).into_iter();
        names.map(str::to_owned).collect()
    };
    for name in ["RESERVED", "Reserved", "rsvd", "RSRVD", "RESERVED_1"] {
        assert_eq!(left(&[name, "F", name, name]), ["F"], "{name}");
        // One is as good as any other field, and so are those told apart.
        assert_eq!(left(&[name, "F"]), [name, "F"]);
    }
    let apart = ["RESERVED_1", "RESERVED_2", "RESERVED", "Reserved"];
    assert_eq!(left(&apart), apart);
    let map = of(&["RESERVED", "RESERVED"]);
    let register = registers(&map.blocks[0])[0];
    assert_eq!((register.name.as_str(), register.fields.len()), ("R", 0));
    let doubtful = with_fields("R", "", &[field("RES", "0:0", ""), field("RES", "1:1", "")]);
    assert_eq!(refused(&peripheral("P", &doubtful)), [Code::DuplicateName]);
}

#[test]
fn registers_that_are_reserved_time_and_again_are_reserved_ranges() {
    let cluster = format!(
        "<cluster><name>C</name><addressOffset>64</addressOffset>{}{}{}</cluster>",
        register("A", 0, ""),
        register("RESERVED", 4, ""),
        register("RESERVED", 8, "")
    );
    let content = register("A", 0, "")
        + &register("RESERVED", 4, "")
        + &register("RESERVED[%s]", 16, &array(3, 4))
        + &register("RSVD", 32, "")
        + &cluster;
    let map = strict(&peripheral("P", &content));
    let block = &map.blocks[0];
    assert_eq!(names(&block.items), ["A", "RSVD", "C"]);
    let ranges: Vec<_> = block
        .reserved
        .iter()
        .map(|it| (it.range.start, it.range.len))
        .collect();
    assert_eq!(ranges, [(4, 4), (16, 12)]);
    let Item::Cluster(cluster) = &block.items[2] else {
        panic!("{block:?}")
    };
    assert_eq!((names(&cluster.items), cluster.size), (vec!["A"], 12));
    assert_eq!(cluster.reserved.len(), 2);

    // What is there after all goes before what is reserved.
    let used = peripheral("P", &(content + &register("B", 20, "")));
    assert_eq!(refused(&used), [Code::Overlap]);
    let map = repaired(&used);
    assert_eq!(told(&map, Severity::Repair), [Code::Overlap]);
    assert_eq!(names(&map.blocks[0].items), ["A", "B", "RSVD", "C"]);
    assert_eq!(map.blocks[0].reserved.len(), 1);

    let beyond = register("A", 0, "")
        + &register("RESERVED", 4, "")
        + &register("RESERVED", 0x1000_0000, "");
    let beyond = peripheral("P", &beyond);
    assert_eq!(refused(&beyond), [Code::OutsideBlock]);
    let map = repaired(&beyond);
    assert_eq!(told(&map, Severity::Repair), [Code::OutsideBlock]);
    assert_eq!(map.blocks[0].size.value, 0x1000_0004);
}

#[test]
fn values_that_are_reserved_time_and_again_have_their_numbers() {
    let named = |content: &str| -> Vec<String> {
        let fields = [field("F", "3:0", content)];
        let map = strict(&peripheral("P", &with_fields("R", "", &fields)));
        let enumeration = &map.blocks[0].enums[0];
        let values = enumeration.values.iter();
        values.map(|value| value.name.value.clone()).collect()
    };
    let several = values(&[
        ("ON", "0"),
        ("Reserved", "1"),
        ("Reserved", "5"),
        ("reserved", "6"),
        ("Reserved", "#11x"),
    ]);
    assert_eq!(
        named(&several),
        ["ON", "Reserved", "Reserved_5", "reserved", "Reserved_7"]
    );
    let default =
        "<enumeratedValue><name>Reserved</name><isDefault>true</isDefault></enumeratedValue></e";
    let with_default = values(&[("ON", "0"), ("Reserved", "1"), ("Reserved", "2")]);
    assert_eq!(
        named(&with_default.replace("</enumeratedValues>", &format!("{default}numeratedValues>"))),
        ["ON", "Reserved_1", "Reserved_2"]
    );
    let twice = values(&[("ON", "0"), ("ON", "1")]);
    let twice = with_fields("R", "", &[field("F", "3:0", &twice)]);
    assert_eq!(refused(&peripheral("P", &twice)), [Code::DuplicateName]);
}

fn interrupts(lines: &[(&str, u32)]) -> String {
    let lines = lines.iter().map(|(name, number)| {
        format!("<interrupt><name>{name}</name><value>{number}</value></interrupt>")
    });
    lines.collect()
}

/// A peripheral with lines, or an array of them.
fn with_lines(name: &str, dim: &str, lines: &[(&str, u32)]) -> String {
    let lines = interrupts(lines);
    let registers = register("A", 0, "");
    format!(
        "<peripheral><name>{name}</name>{dim}<baseAddress>0x1000</baseAddress>{lines}\
         <registers>{registers}</registers></peripheral>"
    )
}

/// Names and numbers of one peripheral's lines.
type OfOne<'a> = &'a [(&'a str, u32)];

type OfInstances = Vec<(String, Vec<(String, u32)>)>;

/// What each instance has, and what is said of it.
fn lines_of(peripherals: &str) -> (OfInstances, Vec<Code>) {
    let map = strict(peripherals);
    let instances = map.blocks.iter().flat_map(|block| &block.instances);
    let lines = instances.map(|instance| {
        let lines = instance.interrupts.iter();
        let lines = lines.map(|(name, cells)| (name.value.clone(), cells[0]));
        (instance.name.value.clone(), lines.collect())
    });
    // What an instance gives is an interrupt of its block, and no two have one name.
    for block in &map.blocks {
        let mut names: Vec<_> = block.interrupts.iter().map(|it| &it.name.value).collect();
        let given = block.instances.iter().flat_map(|it| &it.interrupts);
        assert!(given.clone().all(|(name, _)| names.contains(&&name.value)));
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
    (lines.collect(), told(&map, Severity::Lint))
}

fn owned(lines: &[(&str, OfOne<'_>)]) -> OfInstances {
    let lines = lines.iter().map(|(instance, lines)| {
        let lines = lines
            .iter()
            .map(|(name, number)| ((*name).to_owned(), *number));
        ((*instance).to_owned(), lines.collect())
    });
    lines.collect()
}

#[test]
fn each_line_of_a_peripheral_is_one_interrupt() {
    let alike = Code::InterruptsAlike;
    let cases: [(OfOne<'_>, OfOne<'_>, &[Code]); 6] = [
        // One line twice.
        (&[("IRQ", 5), ("IRQ", 5)], &[("IRQ", 5)], &[]),
        // Two lines of one name.
        (
            &[("LCD", 88), ("LCD", 89), ("LCD", 89)],
            &[("LCD", 88), ("LCD_2", 89)],
            &[alike],
        ),
        (
            &[("LCD", 88), ("LCD_2", 90), ("LCD", 89), ("LCD", 91)],
            &[("LCD", 88), ("LCD_2", 90), ("LCD_3", 89), ("LCD_4", 91)],
            &[alike, alike],
        ),
        // One line under two names.
        (&[("RX", 5), ("TX", 5)], &[("RX", 5)], &[alike]),
        (
            &[("RX", 5), ("TX", 6), ("RX", 6)],
            &[("RX", 5), ("TX", 6)],
            &[alike],
        ),
        (&[("RX", 5), ("TX", 6)], &[("RX", 5), ("TX", 6)], &[]),
    ];
    for (written, lines, codes) in cases {
        let (found, told) = lines_of(&with_lines("P", "", written));
        assert_eq!(found, owned(&[("P", lines)]), "{written:?}");
        assert_eq!(told, codes, "{written:?}");
    }
}

#[test]
fn peripherals_of_one_layout_share_the_names_of_their_lines() {
    let two = with_lines("P", "", &[("IRQ", 5), ("P_TX", 7)])
        + &with_lines("Q", "", &[("IRQ", 6)]).replace("0x1000", "0x2000");
    let (found, told) = lines_of(&two);
    assert_eq!(
        found,
        owned(&[("P", &[("IRQ", 5), ("P_TX", 7)]), ("Q", &[("IRQ", 6)])])
    );
    assert_eq!(told, []);
}

#[test]
fn a_derived_peripheral_has_its_own_lines() {
    let two = with_lines("P", "", &[("IRQ", 5)])
        + "<peripheral derivedFrom='P'><name>Q</name><baseAddress>0</baseAddress></peripheral>";
    let (found, told) = lines_of(&two);
    assert_eq!(found, owned(&[("P", &[("IRQ", 5)]), ("Q", &[])]));
    assert_eq!(told, []);
}

#[test]
fn an_element_of_an_array_of_peripherals_has_the_line_of_its_name() {
    let dim = array(2, 0x100);
    let lines = [("UART0", 18), ("Uart1_TX", 19), ("UART1_RX", 20)];
    let (found, told) = lines_of(&with_lines("UART[%s]", &dim, &lines));
    let own = [
        ("UART0", &[("UART0", 18)][..]),
        ("UART1", &[("Uart1_TX", 19), ("UART1_RX", 20)]),
    ];
    assert_eq!(found, owned(&own));
    assert_eq!(told, []);

    // Ten and more.
    let dim = array(11, 0x100);
    let (found, _) = lines_of(&with_lines("T%s", &dim, &[("T1", 1), ("T10", 2)]));
    assert_eq!(found[1], owned(&[("T1", &[("T1", 1)])])[0]);
    assert_eq!(found[10], owned(&[("T10", &[("T10", 2)])])[0]);
}

#[test]
fn a_line_for_a_whole_array_of_peripherals_is_reported() {
    let alike = Code::InterruptsAlike;
    let dim = array(2, 0x100);
    let (found, told) = lines_of(&with_lines("U[%s]", &dim, &[("DMA", 2), ("ERR", 3)]));
    let both: OfOne<'_> = &[("DMA", 2), ("ERR", 3)];
    assert_eq!(found, owned(&[("U0", both), ("U1", both)]));
    assert_eq!(told, [alike]);

    let (found, told) = lines_of(&with_lines("U[%s]", &dim, &[("U%s_IRQ", 2)]));
    assert_eq!(found, owned(&[("U0", &[("U0_IRQ", 2)]), ("U1", &[])]));
    assert_eq!(told, [alike]);

    let one = array(1, 0x100);
    let (found, told) = lines_of(&with_lines("U[%s]", &one, &[("DMA", 2)]));
    assert_eq!(found, owned(&[("U0", &[("DMA", 2)])]));
    assert_eq!(told, []);
}

/// Of a wide register every bit may be a field of one array.
#[test]
fn an_array_of_fields_has_all_its_elements() {
    let flags = array(512, 1) + "<name>F%s</name><bitRange>[0:0]</bitRange>";
    let content = format!("<size>512</size><fields><field>{flags}</field></fields>");
    let map = strict(&peripheral("P", &register("R", 0, &content)));
    let register = registers(&map.blocks[0])[0];
    assert_eq!(register.fields.len(), 512);
    assert_eq!(register.fields[511].bits.low, 511);
}

/// What is renamed is what is told: the later one in the text, whatever bits it has.
#[test]
fn the_first_in_the_text_keeps_its_name() {
    let fields = [field("M", "7:4", ""), field("M", "3:0", "")];
    let map = repaired(&peripheral("P", &with_fields("R", "", &fields)));
    assert_eq!(field_names(registers(&map.blocks[0])[0]), ["M_2", "M"]);
    let content = register("A", 8, "") + &register("A", 4, "");
    let map = repaired(&peripheral("P", &content));
    assert_eq!(names(&map.blocks[0].items), ["A_2", "A"]);
}

/// Its words are not counted: there would be 67 million of them.
#[test]
fn a_width_that_is_none_has_no_words() {
    let wide = with_fields("A", "<size>0xffffffff</size>", &[field("F", "65:62", "")]);
    let codes = refused(&peripheral("P", &wide));
    assert!(codes.contains(&Code::BadWidth), "{codes:?}");
    // Where the width is one, the field would lie in two words.
    let no_word = |code: &&Code| **code == Code::OutsideRegister;
    assert_eq!(codes.iter().find(no_word), None, "{codes:?}");
    let right = with_fields("A", "<size>128</size>", &[field("F", "65:62", "")]);
    assert_eq!(refused(&peripheral("P", &right)), [Code::OutsideRegister]);
}
