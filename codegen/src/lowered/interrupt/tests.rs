// SPDX-License-Identifier: MIT OR Apache-2.0

use super::parts::Move;
use super::*;
use crate::lowered::Lowered;
use crate::lowered::layout::Layouts;

/// Looks at the first interrupt of a block with these interrupts and registers.
fn lowered(interrupts: &str, registers: &str, look: impl Fn(&Interrupt<'_>)) {
    let text = format!(
        "{{schema: 1, name: case, vendor: acme, size: 0x1000,
          interrupts: {{{interrupts}}}, registers: {{{registers}}}}}"
    );
    let map = regdesc::parse("case.yaml", text, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"));
    let layouts = Layouts::of(&map);
    let lowered = Lowered::of(&map, &layouts);
    look(&lowered.blocks[0].interrupts[0]);
}

fn stay(mask: u32) -> Vec<Move> {
    vec![Move { mask, shift: 0 }]
}

fn port(offset: u64) -> Port {
    Port { offset, width: 32 }
}

#[test]
fn bits_that_line_up_stay_where_they_are() {
    let registers = "S: {fields: {A: {bits: 0, access: w1c, description: First.},
        B: {bits: \"3:2\", access: w0c}, MODE: {bits: 4, access: rw}}}, E: {}";
    lowered("irq: {status: S, enable: E}", registers, |it| {
        let events: Vec<_> = it
            .events
            .iter()
            .map(|it| (it.name.as_str(), it.bits))
            .collect();
        assert_eq!(events, [("A", 0x1), ("B", 0xc)]);
        assert_eq!(it.events[0].description, Some("First."));
        assert_eq!(it.silence, Silence::Acknowledged);
        let source = Source {
            status: port(0),
            bits: 0xd,
            reported: stay(0xd),
            enable: Some(Enable::Register {
                port: port(4),
                moves: stay(0xd),
                readable: true,
                kept: u32::MAX,
                ones: 0,
            }),
            acknowledge: Some(Acknowledge {
                port: port(0),
                moves: stay(0xd),
                ones: 0x1,
                zeros: 0xc,
                kept: 0x10,
            }),
        };
        assert_eq!(it.sources, [source]);
    });
}

#[test]
fn a_status_without_fields_has_no_names() {
    lowered("irq: {status: S}", "S: {access: rc}", |it| {
        assert!(it.events.is_empty());
        assert_eq!(it.sources[0].reported, stay(u32::MAX));
        assert_eq!(it.sources[0].acknowledge, None);
    });
}

#[test]
fn a_line_alone_has_no_source() {
    lowered("irq: {trigger: level-high}", "S: {}", |it| {
        assert!(it.sources.is_empty());
        assert_eq!((it.silence, it.is_edge), (Silence::Line, false));
    });
    lowered("irq: {trigger: edge-both}", "S: {}", |it| {
        assert_eq!((it.silence, it.is_edge), (Silence::Acknowledged, true));
    });
}

/// A description that is for these tests alone.
fn axi(text: &str, look: impl Fn(&[Interrupt<'_>])) {
    let map = regdesc::parse("axi.yaml", text, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(map.notices().is_empty(), "{:?}", map.notices());
    let layouts = Layouts::of(&map);
    let lowered = Lowered::of(&map, &layouts);
    look(&lowered.blocks[0].interrupts);
}

fn moved(mask: u32, shift: i8) -> Vec<Move> {
    vec![Move { mask, shift }]
}

/// Status and enable bits at the same places of two registers that have more.
#[test]
fn the_events_of_axi_dma_are_masked_beside_the_control_bits() {
    axi(include_str!("../../../tests/axi/axi-dma.yaml"), |lines| {
        for (line, start) in lines.iter().zip([0x0, 0x30]) {
            let events: Vec<_> = line
                .events
                .iter()
                .map(|it| (it.name.as_str(), it.bits))
                .collect();
            assert_eq!(events, [("IOC", 1), ("DLY", 2), ("ERR", 4)]);
            let source = Source {
                status: port(start + 0x4),
                bits: 0x7000,
                reported: moved(0x7000, -12),
                enable: Some(Enable::Register {
                    port: port(start),
                    moves: stay(0x7000),
                    readable: true,
                    // But the reset, which a written 1 begins.
                    kept: 0xffff_fffb,
                    ones: 0,
                }),
                acknowledge: Some(Acknowledge {
                    port: port(start + 0x4),
                    moves: stay(0x7000),
                    ones: 0x7000,
                    zeros: 0,
                    kept: 0,
                }),
            };
            assert_eq!(line.sources, [source]);
            assert_eq!(
                (line.silence, &line.unhandled),
                (Silence::Acknowledged, &None)
            );
        }
    });
}

/// Status and enable bit in one register, for each of two timers.
#[test]
fn the_timers_of_axi_timer_keep_their_control_bits() {
    axi(include_str!("../../../tests/axi/axi-timer.yaml"), |lines| {
        let source = |start, event: i8| Source {
            status: port(start),
            bits: 0x100,
            reported: moved(0x100, event - 8),
            enable: Some(Enable::Register {
                port: port(start),
                moves: moved(0x100, -2),
                readable: true,
                // But the status, which a written 1 clears.
                kept: 0xffff_feff,
                ones: 0,
            }),
            acknowledge: Some(Acknowledge {
                port: port(start),
                moves: stay(0x100),
                ones: 0x100,
                zeros: 0,
                kept: 0xeff,
            }),
        };
        assert_eq!(lines[0].sources, [source(0x0, 0), source(0x10, 1)]);
    });
}

#[test]
fn the_channels_of_axi_gpio_are_acknowledged_by_inverting() {
    axi(include_str!("../../../tests/axi/axi-gpio.yaml"), |lines| {
        let [source] = lines[0].sources.as_slice() else {
            panic!("{:?}", lines[0].sources);
        };
        assert_eq!((source.bits, &source.reported), (0x3, &stay(0x3)));
        let acknowledge = source.acknowledge.as_ref().unwrap();
        assert_eq!((acknowledge.port, acknowledge.ones), (port(0x120), 0x3));
    });
}

#[test]
fn the_inputs_of_axi_intc_are_set_cleared_and_read_back() {
    axi(include_str!("../../../tests/axi/axi-intc.yaml"), |lines| {
        let source = Source {
            status: port(0x0),
            bits: 0xf,
            reported: stay(0xf),
            enable: Some(Enable::Pair {
                set: (port(0x10), stay(0xf)),
                clear: (port(0x14), stay(0xf)),
                read: Some((port(0x8), stay(0xf))),
            }),
            acknowledge: Some(Acknowledge {
                port: port(0xc),
                moves: stay(0xf),
                ones: 0xf,
                zeros: 0,
                kept: 0,
            }),
        };
        assert_eq!(lines[0].sources, [source]);
    });
}

#[test]
fn events_of_one_status_have_a_source_for_each_enable_register() {
    let registers = "ST: {access: w1c, fields: {A: 0, B: 1, C: 2}}, EA: {fields: {A: 5}},
        EC: {access: wo, fields: {C: 9}}";
    let events = "irq: {events: {A: {status: ST.A, enable: EA.A}, B: {status: ST.B},
        C: {status: ST.C, enable: EC.C}}}";
    lowered(events, registers, |it| {
        let bits: Vec<_> = it.sources.iter().map(|it| (it.status, it.bits)).collect();
        assert_eq!(bits, [(port(0), 1), (port(0), 2), (port(0), 4)]);
        let enables: Vec<_> = it.sources.iter().map(|it| it.enable.clone()).collect();
        let enable = |at, mask, shift, readable| Enable::Register {
            port: port(at),
            moves: moved(mask, shift),
            readable,
            kept: u32::MAX,
            ones: 0,
        };
        let expected = [
            Some(enable(4, 1, 5, true)),
            None,
            Some(enable(8, 4, 7, false)),
        ];
        assert_eq!(enables, expected);
    });
}

/// A read of the status for another source would clear its bits unseen.
#[test]
fn a_status_that_a_read_clears_is_one_source() {
    let registers = "ST: {fields: {A: {bits: 0, access: rc}, B: {bits: 1, access: w1c}}},
        EN: {fields: {A: 0, B: 1}}";
    let events =
        "irq: {events: {A: {status: ST.A, enable: EN.A}, B: {status: ST.B, enable: EN.B}}}";
    lowered(events, registers, |it| {
        let [source] = it.sources.as_slice() else {
            panic!("{:?}", it.sources);
        };
        assert_eq!(source.bits, 0x3);
        assert_eq!(source.acknowledge.as_ref().unwrap().moves, stay(0x2));
    });
}

#[test]
fn a_level_is_masked_where_every_event_can_be() {
    let registers = "ST: {access: ro, fields: {A: 0, B: 1}}, EN: {fields: {A: 0, B: 1}}";
    let silence = |b: &str| {
        let events = format!(
            "irq: {{type: level, events: {{A: {{status: ST.A, enable: EN.A}}, B: {{status: ST.B{b}}}}}}}"
        );
        let found = std::cell::Cell::new(None);
        lowered(&events, registers, |it| found.set(Some(it.silence)));
        found.get()
    };
    assert_eq!(silence(", enable: EN.B"), Some(Silence::Masked));
    assert_eq!(silence(""), Some(Silence::Line));
}
