// SPDX-License-Identifier: MIT OR Apache-2.0

//! Views that between them have whatever a view can have.

use regloom_driver_template::{ArrayView, DriverView, FieldView, IdentityView, RegisterView};

/// The smallest driver: one register, which says nothing of itself.
pub(crate) fn fpga_mem() -> DriverView {
    DriverView {
        module: "fpga_mem".into(),
        name: "fpga-mem".into(),
        compatibles: vec!["mycompany,fpga-mem".into()],
        size: 0x1000,
        tool: "regloom 0.1.0".into(),
        registers: vec![register("DATA", 0x0, 32, "")],
        ..DriverView::default()
    }
}

/// A block as engineers describe them: arrays, fields, a version, registers that identify it.
pub(crate) fn pl061_gpio() -> DriverView {
    DriverView {
        module: "pl061_gpio".into(),
        name: "pl061-gpio".into(),
        compatibles: vec!["regloom,pl061-gpio".into(), "arm,pl061".into()],
        size: 0x1000,
        description: "ARM PrimeCell GPIO (PL061).\n\nEight pins, each with an interrupt.".into(),
        version: Some("1.0.0".into()),
        tool: "regloom 0.1.0".into(),
        registers: vec![
            RegisterView {
                array: Some(ArrayView {
                    count: 256,
                    stride: 4,
                }),
                fields: vec![field("pins", 7, 0, "Level of each pin.")],
                ..register(
                    "DATA",
                    0x0,
                    32,
                    "Data. Bits 9:2 of the address mask the pins.",
                )
            },
            RegisterView {
                fields: vec![
                    field("pin0", 0, 0, "Direction of pin 0."),
                    field("others", 7, 1, ""),
                ],
                ..register("DIR", 0x400, 32, "Direction: 1 for an output.")
            },
            register("PERIPH_ID0", 0xfe0, 32, "Peripheral identification."),
            register("PERIPH_ID1", 0xfe4, 32, ""),
        ],
        identity: vec![
            IdentityView {
                register: "PERIPH_ID0".into(),
                value: 0x61,
            },
            IdentityView {
                register: "PERIPH_ID1".into(),
                value: 0x10,
            },
        ],
    }
}

/// Every width, strides, names that the macro's own could collide with.
pub(crate) fn widths() -> DriverView {
    let array = |count, stride| Some(ArrayView { count, stride });

    DriverView {
        module: "widths".into(),
        name: "widths".into(),
        compatibles: vec!["regloom,widths".into()],
        size: 0x1_0400,
        tool: "regloom 0.1.0".into(),
        registers: vec![
            RegisterView {
                fields: vec![field("top", 7, 7, ""), field("rest", 6, 0, "")],
                ..register("MASK", 0x1, 8, "")
            },
            RegisterView {
                array: array(3, 2),
                fields: vec![field("value", 15, 0, "")],
                ..register("SHIFT", 0x2, 16, "")
            },
            RegisterView {
                array: array(1, 0x20),
                ..register("VAL", 0x10, 32, "")
            },
            RegisterView {
                array: array(4, 0x10),
                fields: vec![field("high", 63, 63, ""), field("value", 62, 0, "")],
                ..register("TIME", 0x1_0000, 64, "Two beats on a 32-bit bus.")
            },
            RegisterView {
                fields: vec![field("value", 63, 0, ""), field("part", 40, 31, "")],
                ..register("COUNT", 0x1_0100, 64, "")
            },
        ],
        ..DriverView::default()
    }
}

/// Long names, and descriptions that hold whatever people put into them.
pub(crate) fn awkward() -> DriverView {
    let long = "long_".repeat(9) + "x";
    let text = "Gain \"G\" in `µV/LSB, see */ and \\n\tor <b>\u{202e}.\r\n\r\n\
        # Safety\r\n- one\r\n- two\r\n\r\n1. first\u{7}\u{0}\n[3:0]: mode\n";

    DriverView {
        module: long.clone(),
        name: long.replace('_', "-"),
        compatibles: vec![
            format!("regloom,{}", "c".repeat(50)),
            format!("regloom,{}", "d".repeat(119)),
        ],
        size: 0x10,
        description: format!("{text}\n{}", "Words that go on. ".repeat(20)),
        version: Some(format!("1.2.3-{}+\"ü\\", "beta.".repeat(20))),
        tool: "regloom 0.1.0".into(),
        registers: vec![RegisterView {
            fields: vec![
                field(
                    &long,
                    31,
                    30,
                    &"Another description of some length. ".repeat(10),
                ),
                field("b", 3, 0, text),
            ],
            ..register(&long.to_uppercase(), 0x4, 32, text)
        }],
        identity: vec![IdentityView {
            register: long.to_uppercase(),
            value: u32::MAX,
        }],
    }
}

fn register(name: &str, offset: u64, width: u32, description: &str) -> RegisterView {
    RegisterView {
        name: name.into(),
        offset,
        width,
        description: description.into(),
        ..RegisterView::default()
    }
}

fn field(name: &str, high: u32, low: u32, description: &str) -> FieldView {
    FieldView {
        name: name.into(),
        high,
        low,
        description: description.into(),
    }
}
