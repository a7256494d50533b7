// SPDX-License-Identifier: MIT OR Apache-2.0

//! Views that between them have whatever a view can have.

use regloom_driver_template::{
    AcknowledgeView, ArrayView, BitsView, DriverView, EnableView, FieldView, FolderView,
    IdentityView, InterruptView, MoveView, PartView, PortView, RegisterView, ResetView,
    SilenceView, SourceView, WindowView,
};

/// The folder of a device that has these drivers, under the name of the first.
pub(crate) fn folder(drivers: Vec<DriverView>) -> FolderView {
    FolderView {
        module: drivers[0].file.clone(),
        device: drivers[0].name.clone(),
        description: drivers[0].description.clone(),
        tool: "regloom 0.1.0".into(),
        drivers,
        ..FolderView::default()
    }
}

/// The smallest driver: one register, which says nothing of itself.
pub(crate) fn fpga_mem() -> DriverView {
    DriverView {
        file: "fpga_mem".into(),
        name: "fpga-mem".into(),
        compatibles: vec!["mycompany,fpga-mem".into()],
        size: 0x1000,
        registers: vec![register("DATA", 0x0, 32)],
        ..DriverView::default()
    }
}

/// A block as engineers describe them: arrays, fields, a version, registers that identify it.
pub(crate) fn pl061_gpio() -> DriverView {
    DriverView {
        file: "pl061_gpio".into(),
        name: "pl061-gpio".into(),
        compatibles: vec!["regloom,pl061-gpio".into(), "arm,pl061".into()],
        size: 0x1000,
        description: "ARM PrimeCell GPIO (PL061).\n\nEight pins, each with an interrupt.".into(),
        registers: vec![
            RegisterView {
                array: Some(ArrayView {
                    count: 256,
                    stride: 4,
                }),
                fields: vec![field("pins", 7, 0)],
                ..register("DATA", 0x0, 32)
            },
            RegisterView {
                fields: vec![field("pin0", 0, 0), field("others", 7, 1)],
                ..register("DIR", 0x400, 32)
            },
            register("PERIPH_ID0", 0xfe0, 32),
            RegisterView {
                unseen: Some("write-only".into()),
                ..register("PERIPH_ID1", 0xfe4, 32)
            },
        ],
        identity: vec![
            IdentityView {
                what: "magic".into(),
                name: "PERIPH_ID0".into(),
                parts: vec![part(0xfe0, 0)],
                low: 0,
                bits: 8,
                value: 0x61,
            },
            IdentityView {
                what: "map hash".into(),
                name: "HASH".into(),
                parts: vec![part(0xfec, 32), part(0xfe8, 0)],
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
                memory: false,
            },
            WindowView {
                offset: 0x1000,
                size: 0x1000,
                write: false,
                memory: true,
            },
            WindowView {
                offset: 0x1_0000_0000,
                size: 0x1_0000_0000,
                write: true,
                memory: true,
            },
        ],
        interrupts: interrupts(),
        clocks: vec!["apb".into()],
        resets: vec![reset("por", false), reset("soft", true)],
        bus_master: true,
    }
}

/// One for each way to fall silent, to be enabled and to be acknowledged.
fn interrupts() -> Vec<InterruptView> {
    let named = |name: &str, silence, sources| InterruptView {
        name: name.into(),
        edge: false,
        silence,
        sources,
    };
    let in_line = || EnableView::Register {
        bits: bits(0x410, &[(0xff, 0)]),
        readable: true,
        kept: 0xff,
        ones: 0,
    };
    let event = SourceView {
        enable: Some(in_line()),
        acknowledge: Some(AcknowledgeView {
            bits: bits(0x41c, &[(0xff, 0)]),
            ones: 0xff,
            zeros: 0,
            kept: 0,
        }),
        ..source(0xff)
    };
    let moved = SourceView {
        enable: Some(EnableView::Register {
            bits: bits(0x420, &[(0x1, 6), (0x30, -4)]),
            readable: false,
            kept: 0x43,
            ones: 0x100,
        }),
        acknowledge: Some(AcknowledgeView {
            bits: bits(0x418, &[(0x31, 0)]),
            ones: 0x1,
            zeros: 0x30,
            kept: 0xc00,
        }),
        ..source(0x31)
    };
    let pair = |read| SourceView {
        enable: Some(EnableView::Pair {
            set: bits(0x424, &[(0x1, 0)]),
            clear: bits(0x428, &[(0x1, 0)]),
            read,
        }),
        ..source(0x1)
    };
    vec![
        InterruptView {
            edge: true,
            ..named("event", SilenceView::Acknowledged, vec![event])
        },
        named("mixed", SilenceView::Acknowledged, vec![moved, source(0x2)]),
        named(
            "level",
            SilenceView::Masked,
            vec![pair(None), pair(Some(bits(0x42c, &[(0x1, 0)])))],
        ),
        named("bare", SilenceView::Line, vec![]),
    ]
}

/// A source with these bits, which always interrupts and clears itself.
fn source(bits: u32) -> SourceView {
    SourceView {
        status: port(0x418),
        bits,
        reported: moves(&[(bits, 0)]),
        ..SourceView::default()
    }
}

fn port(offset: u64) -> PortView {
    PortView { offset, width: 32 }
}

fn part(offset: u64, shift: u32) -> PartView {
    PartView {
        port: port(offset),
        shift,
    }
}

fn moves(moves: &[(u32, i8)]) -> Vec<MoveView> {
    let moves = moves.iter();
    moves
        .map(|(mask, shift)| MoveView {
            mask: *mask,
            shift: *shift,
        })
        .collect()
}

fn bits(offset: u64, moved: &[(u32, i8)]) -> BitsView {
    BitsView {
        port: port(offset),
        moves: moves(moved),
    }
}

fn reset(name: &str, exclusive: bool) -> ResetView {
    ResetView {
        name: name.into(),
        exclusive,
    }
}

/// Every width, strides, names that the macro's own could collide with.
pub(crate) fn widths() -> DriverView {
    let array = |count, stride| Some(ArrayView { count, stride });

    DriverView {
        file: "widths".into(),
        name: "widths".into(),
        compatibles: vec!["regloom,widths".into()],
        size: 0x1_0400,
        registers: vec![
            RegisterView {
                fields: vec![field("top", 7, 7), field("rest", 6, 0)],
                ..register("MASK", 0x1, 8)
            },
            RegisterView {
                array: array(3, 2),
                fields: vec![field("value", 15, 0)],
                ..register("SHIFT", 0x2, 16)
            },
            RegisterView {
                array: array(1, 0x20),
                ..register("VAL", 0x10, 32)
            },
            RegisterView {
                array: array(4, 0x10),
                fields: vec![field("high", 63, 63), field("value", 62, 0)],
                ..register("TIME", 0x1_0000, 64)
            },
            RegisterView {
                fields: vec![field("value", 63, 0), field("part", 40, 31)],
                ..register("COUNT", 0x1_0100, 64)
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
        file: long.clone(),
        name: long.replace('_', "-"),
        compatibles: vec![
            format!("regloom,{}", "c".repeat(50)),
            format!("regloom,{}", "d".repeat(119)),
        ],
        size: 0x10,
        description: format!("{text}\n{}", "Words that go on. ".repeat(20)),
        registers: vec![RegisterView {
            fields: vec![field(&long, 31, 30), field("b", 3, 0)],
            ..register(&long.to_uppercase(), 0x4, 32)
        }],
        identity: vec![IdentityView {
            what: "magic".into(),
            name: long.to_uppercase(),
            parts: vec![part(0x4, 0)],
            low: 4,
            bits: 28,
            value: 0xfff_ffff,
        }],
        ..DriverView::default()
    }
}

fn register(name: &str, offset: u64, width: u32) -> RegisterView {
    RegisterView {
        name: name.into(),
        offset,
        width,
        ..RegisterView::default()
    }
}

fn field(name: &str, high: u32, low: u32) -> FieldView {
    FieldView {
        name: name.into(),
        high,
        low,
    }
}
