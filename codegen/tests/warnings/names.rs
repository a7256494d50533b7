// SPDX-License-Identifier: MIT OR Apache-2.0

//! Descriptions of everything that has a name, under every name that means
//! something to Rust, to Cargo, to Windows or to the generated code.

use std::fmt::Write as _;

/// Words of Rust, the generator's and the runtime's own, and what collides once its
/// case is changed or something is put before or behind it.
const NAMES: &str = "
    abstract as async await become box break const continue crate do dyn else enum extern
    false final fn for gen if impl in let loop macro match mod move mut override priv pub
    ref return self static struct super trait true try type typeof unsafe unsized use
    virtual where while yield union raw auto default macro_rules
    lib main bin build core std alloc test proc_macro con nul aux prn com1 lpt9
    bool str char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64
    Option Some None Result Ok Err Vec String Copy Debug PartialEq
    PartialOrd Send Sync Iterator
    mmio regloom_mmio Device Simulator Registers Block Interrupt interrupts Events Via access items I_T_E_M_S
    index I_N_D_E_X names N_A_M_E_S reset bits from_bits from_low_bits value kind word beat
    written masks layout named flags clears sets acts place root bus mapped number sole
    clone eq ne fmt not neg add next len iter map new hash cmp drop to_string from into
    index_mut deref borrow from_str is_empty read write update clear set toggle trigger take
    a x x_at x_iter with_x with_x_2 x_2 x2 V1_2 v12 a_x q";

pub(super) fn names() -> Vec<&'static str> {
    NAMES.split_whitespace().collect()
}

/// Each a file's name, and its text.
pub(super) fn descriptions() -> Vec<(String, String)> {
    let mut files = vec![
        ("names_block.yaml".to_owned(), block(&names())),
        ("names_chip.svd".to_owned(), chip(&names())),
    ];
    for (number, name) in names().into_iter().enumerate() {
        let device = name.replace('_', "-").to_ascii_lowercase();
        let register = format!("{name:?}: {{fields: {{{name:?}: {{bits: 0, access: w1c}}}}}}");
        let text = format!(
            "{{schema: 1, name: {device:?}, vendor: v, size: 0x1000, allow: [no-identity],\n \
             registers: {{{register}}}}}\n"
        );
        files.push((format!("device_{number}.yaml"), text));
    }
    files
}

/// A block of registers, clusters, memories, fields, enumerations, values, interrupts
/// and instances of these names.
fn block(names: &[&str]) -> String {
    let mut text = "\
schema: 1
name: names
vendor: acme
size: 0x40000
allow: [no-identity]
"
    .to_owned();
    let list = |text: &mut String, key: &str, entry: &dyn Fn(usize) -> String| {
        let _ = writeln!(text, "{key}:");
        for (number, name) in names.iter().enumerate() {
            let _ = writeln!(text, "  {name:?}: {}", entry(number));
        }
    };
    list(&mut text, "enums", &|number| {
        let value = names[number];
        format!("{{{value:?}: 0, other: 1, {:?}: 3}}", format!("{value}_x"))
    });
    list(&mut text, "interrupts", &|_| "{}".to_owned());
    let _ = writeln!(text, "registers:");
    for (number, name) in names.iter().enumerate() {
        // Some are numbers, some have fields of one kind or another.
        let content = match number % 4 {
            0 => format!("fields: {{{name:?}: {{bits: '1:0', enum: {name:?}}}}}"),
            1 => format!("fields: {{{name:?}: {{bits: 1, access: w1c}}, other: 2}}"),
            2 => "access: w1t".to_owned(),
            _ => "count: 2, stride: 8".to_owned(),
        };
        let _ = writeln!(text, "  {name:?}: {{at: {:#x}, {content}}}", number * 16);
    }
    // The same, where a block's own words are not.
    let _ = writeln!(text, "  inner_cluster:\n    at: 0x4000\n    registers:");
    for (number, name) in names.iter().enumerate() {
        let fields = format!("fields: {{{name:?}: {{bits: 8, access: w1s}}, second: 1}}");
        let _ = writeln!(text, "      {name:?}: {{at: {:#x}, {fields}}}", number * 4);
    }
    let _ = writeln!(text, "  clusters:\n    at: 0x8000\n    registers:");
    for (number, name) in names.iter().enumerate() {
        let _ = writeln!(
            text,
            "      {name:?}: {{at: {:#x}, count: 2, stride: 8, registers: {{MIX: {{fields: {{A: 0, C: {{bits: 1, access: w1c}}}}}}}}}}",
            number * 16
        );
    }
    // Fields beside each other.
    for (number, names) in names.chunks(32).enumerate() {
        for (access, at) in [("rw", 0x10000), ("w1c", 0x10100), ("w1s", 0x10200)] {
            let _ = writeln!(
                text,
                "  FIELDS_{number}_{access}:\n    at: {:#x}\n    fields:",
                at + number * 4
            );
            for (bit, name) in names.iter().enumerate() {
                let _ = writeln!(text, "      {name:?}: {{bits: {bit}, access: {access}}}");
            }
        }
    }
    // Values beside each other.
    let _ = writeln!(
        text,
        "  VALUES:\n    at: 0x10300\n    fields:\n      V:\n        bits: '15:0'\n        enum:"
    );
    for (number, name) in names.iter().enumerate() {
        let _ = writeln!(text, "          {name:?}: {number}");
    }
    let _ = writeln!(text, "  memories:\n    at: 0x20000\n    registers:");
    for (number, name) in names.iter().enumerate() {
        let _ = writeln!(
            text,
            "      {name:?}: {{at: {:#x}, memory: {{depth: 4, width: 32}}}}",
            number * 16
        );
    }
    text
}

/// A chip of peripherals of these names, and of what is in them.
fn chip(names: &[&str]) -> String {
    let mut text = "<device><name>names_chip</name><addressUnitBits>8</addressUnitBits>\
         <width>32</width><size>32</size><access>read-write</access><peripherals>\n"
        .to_owned();
    for (number, name) in names.iter().enumerate() {
        let (upper, base) = (name.to_ascii_uppercase(), 0x4000_0000 + number * 0x1000);
        // None is another with the same layout.
        let _ = writeln!(
            text,
            "<peripheral><name>{upper}</name><baseAddress>{base:#x}</baseAddress>\
             <addressBlock><offset>0</offset><size>0x1000</size><usage>registers</usage>\
             </addressBlock><registers><register><name>{name}</name><addressOffset>0\
             </addressOffset><resetValue>{number}</resetValue><fields><field><name>{name}</name>\
             <bitRange>[1:0]</bitRange><enumeratedValues><enumeratedValue><name>{name}</name>\
             <value>1</value></enumeratedValue></enumeratedValues></field></fields></register>\
             <cluster><name>{name}_c</name><addressOffset>0x10</addressOffset><register>\
             <name>{name}</name><addressOffset>0</addressOffset></register></cluster>\
             </registers></peripheral>"
        );
    }
    text + "</peripherals></device>\n"
}
