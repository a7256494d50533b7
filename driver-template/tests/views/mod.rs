// SPDX-License-Identifier: MIT OR Apache-2.0

//! Views that between them have whatever a view can have.

use regloom_driver_template::{
    ArrayView, DriverView, EnableView, FieldView, IdentityView, InterruptView, ReadView,
    RegisterView, SilenceView, StatusView, WindowView,
};

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
            RegisterView {
                unseen: Some("write-only".into()),
                ..register("PERIPH_ID1", 0xfe4, 32, "")
            },
        ],
        identity: vec![
            IdentityView {
                what: "magic".into(),
                name: "PERIPH_ID0".into(),
                read: ReadView::Register("PERIPH_ID0".into()),
                low: 0,
                bits: 8,
                value: 0x61,
            },
            IdentityView {
                what: "map hash".into(),
                name: "HASH".into(),
                read: ReadView::Words {
                    low: 0xfe8,
                    high: 0xfec,
                    low_first: false,
                },
                low: 0,
                bits: 64,
                value: 0x0123_4567_89ab_cdef,
            },
        ],
        version_numbers: [1, 0, 0],
        hash: 0x0123_4567_89ab_cdef,
        windows: vec![
            WindowView {
                offset: 0,
                size: 0x1000,
                write: true,
            },
            WindowView {
                offset: 0x1000,
                size: 0x1000,
                write: false,
            },
        ],
        interrupts: interrupts(),
        clocks: vec!["apb".into()],
        resets: vec!["por".into(), "soft".into()],
    }
}

/// One for each way to fall silent.
fn interrupts() -> Vec<InterruptView> {
    let status = || StatusView {
        register: "PERIPH_ID0".into(),
        width: 32,
        events: 0xff,
    };
    let named = |name: &str| InterruptView {
        name: name.into(),
        status: Some(status()),
        ..InterruptView::default()
    };
    let enable = || {
        Some(EnableView {
            register: "DIR".into(),
            width: 32,
        })
    };
    vec![
        InterruptView {
            enable: enable(),
            silence: SilenceView::Acknowledge {
                register: "PERIPH_ID1".into(),
                width: 32,
                ones: 0xff,
                zeros: 0,
                kept: 0,
            },
            edge: true,
            ..named("event")
        },
        InterruptView {
            silence: SilenceView::Acknowledge {
                register: "PERIPH_ID0".into(),
                width: 32,
                ones: 0x0f,
                zeros: 0x30,
                kept: 0xc00,
            },
            ..named("mixed")
        },
        InterruptView {
            enable: enable(),
            silence: SilenceView::Mask,
            ..named("level")
        },
        InterruptView {
            status: None,
            silence: SilenceView::Line,
            ..named("bare")
        },
    ]
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
            what: "magic".into(),
            name: long.to_uppercase(),
            read: ReadView::Register(long.to_uppercase()),
            low: 4,
            bits: 28,
            value: 0xfff_ffff,
        }],
        ..DriverView::default()
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
