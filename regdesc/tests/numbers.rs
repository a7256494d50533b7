// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers of any size and sign: what they come to in the model, in the hash and
//! in a comparison.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use regdesc::model::{Field, Item, Register, WriteConstraint};
use regdesc::{Class, Options, RegisterMap};

fn map(rest: &str) -> RegisterMap {
    let text = format!(
        "schema: 1\nname: wide\nvendor: acme\nsize: 0x1000\n\
         allow: [no-identity, shares-large-page]\n{rest}\n"
    );
    regdesc::parse("wide.yaml", text, &Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// The first register of a block with these.
fn with_register<T>(registers: &str, look: impl FnOnce(&Register) -> T) -> T {
    let map = map(&format!("registers: {{{registers}}}"));
    let Item::Register(register) = &map.blocks[0].items[0] else {
        panic!("a register was written")
    };
    look(register)
}

fn with_field<T>(field: &str, look: impl FnOnce(&Register, &Field) -> T) -> T {
    with_register(&format!("R: {{fields: {{F: {{{field}}}}}}}"), |register| {
        look(register, &register.fields[0])
    })
}

#[test]
fn a_wide_reset_is_read_in_every_way_it_is_written() {
    for written in [
        "0x1_0000_0000_0000_0002",
        "0x10000000000000002",
        "18446744073709551618",
        "18_446_744_073_709_551_618",
        "0000000000000000000000000000000000000000018446744073709551618",
        "0o2000000000000000000002",
        &format!("0b1{}10", "0".repeat(62)),
        &format!("0b1_{}10", "0".repeat(62)),
    ] {
        for width in [96, 128, 4096] {
            let registers = format!("R: {{width: {width}, reset: {written}}}");
            with_register(&registers, |register| {
                assert_eq!(
                    format!("{:#x}", register.reset.value),
                    "0x10000000000000002"
                );
                assert_eq!(register.reset_mask.bit_length(), width, "{written}");
            });
        }
    }
    let two_to_140 = "1393796574908163946345982392040522594123776";
    let beyond_128 = format!("R: {{width: 256, reset: {two_to_140}}}");
    with_register(&beyond_128, |register| {
        assert_eq!(register.reset.bit_length(), 141);
        assert_eq!(register.reset.low(), 0);
    });
    let widest = format!("0x{}", "f".repeat(1024));
    with_register(
        &format!("R: {{width: 4096, reset: {widest}}}"),
        |register| {
            assert_eq!(register.reset.bit_length(), 4096);
        },
    );
}

#[test]
fn a_wide_reset_is_its_fields_and_its_fields_are_of_it() {
    let registers = "R: {width: 128, reset: 0x5_0000_0000_0000_0001, \
        reset-mask: 0xff_0000_0000_0000_0000, fields: {A: '66:64', B: {bits: '127:120', reset: 7}}}";
    with_register(registers, |register| {
        let reset = "0x7000000000000050000000000000001";
        assert_eq!(format!("{:#x}", register.reset.value), reset);
        let fields: Vec<_> = register.fields.iter().map(|field| field.reset).collect();
        assert_eq!(fields, [5, 7]);
        assert_eq!(
            format!("{:#x}", register.reset_mask),
            "0xff000000000000ff0000000000000000",
            "what a field states is known"
        );
    });
}

#[test]
fn a_fields_own_reset_is_known_where_its_registers_is_not() {
    let registers = "R: {reset: unknown, fields: {A: {bits: '3:0', reset: 5}, B: '7:4'}}";
    with_register(registers, |register| {
        assert_eq!((register.reset.low(), register.reset_mask.low()), (5, 0xf));
    });
}

#[test]
fn a_signed_field_takes_negative_numbers_and_bits() {
    for (reset, bits) in [
        ("-1", 0xff),
        ("-0x80", 0x80),
        ("-1_00", 0x9c),
        ("0xff", 0xff),
    ] {
        let field = format!("bits: '15:8', format: signed, reset: {reset}");
        with_field(&field, |register, field| {
            assert_eq!(field.reset, bits, "{reset}");
            assert_eq!(register.reset.low(), bits << 8);
        });
    }
    with_field("bits: '15:0', format: s3.13, reset: -0x1000", |_, field| {
        assert_eq!(field.reset, 0xf000);
    });
    let least = "R: {width: 64, fields: {F: {bits: '63:0', format: signed, \
        reset: -0x8000_0000_0000_0000}}}";
    with_register(least, |register| {
        assert_eq!(register.fields[0].reset, 1 << 63);
    });
}

#[test]
fn a_negative_value_is_its_bits_in_each_field_it_is_used_in() {
    let text = "enums:\n  Step: {down: -1, up: {value: 1}, back: {value: -2}}\nregisters:\n  \
        R: {fields: {N: {bits: '3:0', format: signed, enum: Step, reset: down}, \
        W: {bits: '15:8', format: signed, enum: Step, reset: back}}}";
    let map = map(text);
    let Item::Register(register) = &map.blocks[0].items[0] else {
        panic!("a register was written")
    };
    assert_eq!(register.reset.low(), 0xfe0f);
    let step = &map.blocks[0].enums[0];
    let numbers: Vec<_> = step.values.iter().map(|it| it.value.value).collect();
    assert_eq!(
        (numbers.as_slice(), step.is_signed()),
        ([-2, -1, 1].as_slice(), true)
    );
    assert!(
        map.canonical().contains("value down -1"),
        "{}",
        map.canonical()
    );
}

#[test]
fn a_constraint_of_a_signed_field_begins_below_0() {
    let field = "bits: '7:0', format: signed, write-constraint: {min: -5, max: 5}";
    with_field(field, |_, field| {
        let range = WriteConstraint::Range {
            minimum: -5,
            maximum: 5,
        };
        assert_eq!(field.write_constraint, Some(range));
    });
}

/// All that a map of earlier versions could say of wide registers.
const BEFORE: &str = "registers:
  KEY: {width: 128, reset: 0x1234}
  COUNT: {width: 96, access: ro, reset: unknown}
  PART: {width: 128, reset-mask: 0xff00, reset: 0x5500}
  STAT: {width: 128, fields: {DONE: {bits: 0, access: w1c},
    ERR: {bits: 100, access: w1c, reset: 1}, A: {bits: '71:64', reset: 0xab}}}
  FIFO: {width: 256, on-read: pop}
  RAM: {memory: {depth: 4, width: 128}}
";

/// A hash is built into bitstreams: it may not change with the tool.
#[test]
fn the_hash_of_wide_registers_stays_what_it_was() {
    assert_eq!(format!("{:#x}", map(BEFORE).hash()), "0xa57e1eb2f9ea157c");
}

#[test]
fn what_is_said_beyond_64_bits_is_in_the_hash_and_in_a_comparison() {
    let old = map(BEFORE);
    for (from, to) in [
        ("reset: 0x1234", "reset: 0x1_0000_0000_0000_1234"),
        ("reset-mask: 0xff00", "reset-mask: 0x1_0000_0000_0000_ff00"),
        (
            "A: {bits: '71:64', reset: 0xab}",
            "A: {bits: '71:64', reset: 0xaa}",
        ),
    ] {
        assert!(BEFORE.contains(from), "{from}");
        let new = map(&BEFORE.replace(from, to));
        assert_ne!(old.hash(), new.hash(), "{to}");
        assert_eq!(regdesc::diff(&old, &new).changes().len(), 1, "{to}");
    }
    let reset = BEFORE.replace("reset: 0x1234", "reset: 0x1_0000_0000_0000_1234");
    let new = map(&reset);
    let diff = regdesc::diff(&old, &new);
    assert_eq!(diff.class(), Some(Class::Behavioural));
}

/// A write of one word changes no flag of another.
#[test]
fn a_flag_in_another_word_is_apart() {
    let lints = |flag: &str| {
        let fields = format!("{{FLAG: {{bits: {flag}, access: w1c}}, MODE: '7:0'}}");
        let map = map(&format!(
            "registers: {{R: {{width: 128, fields: {fields}}}}}"
        ));
        map.notices().iter().count()
    };
    assert_eq!((lints("100"), lints("60")), (0, 1));
}

/// svd-parser reads no more than 64 bits.
#[test]
fn an_svd_gives_a_wide_register_a_wide_reset_and_mask() {
    let text = |reset: &str, mask: &str| {
        format!(
            "<device><name>d</name><access>read-write</access><peripherals><peripheral><name>p</name>\
             <baseAddress>0</baseAddress><registers><register><name>R</name><addressOffset>0\
             </addressOffset><size>128</size><resetValue>{reset}</resetValue>\
             <resetMask>{mask}</resetMask><fields><field>\
             <name>A</name><bitRange>[63:60]</bitRange></field></fields></register></registers>\
             </peripheral></peripherals></device>"
        )
    };
    let read =
        |reset: &str, mask: &str| regdesc::parse("d.svd", text(reset, mask), &Options::default());
    let (reset, mask) = ("0xf000000000000001", "0x0fffffffffffffffffffffffffffffff");
    let map = read(reset, mask).unwrap_or_else(|failure| panic!("{failure}"));
    let Item::Register(register) = &map.blocks[0].items[0] else {
        panic!("a register was written")
    };
    assert_eq!(
        (register.reset.low(), register.fields[0].reset),
        (0xf000_0000_0000_0001, 0xf)
    );
    assert_eq!(register.reset_mask.bit_length(), 124);
    let refused = read("0x100000000000000000000000000000000", mask).unwrap_err();
    assert!(refused.to_string().contains("R0501"), "{refused}");
    let binary = format!("#1{}", "0".repeat(100));
    assert!(read(&binary, mask).is_ok());
    let map = read("0x1f000000000000001", mask).unwrap_or_else(|failure| panic!("{failure}"));
    let Item::Register(register) = &map.blocks[0].items[0] else {
        panic!("a register was written")
    };
    assert_eq!(
        format!("{:#x}", register.reset.value),
        "0x1f000000000000001"
    );
}
