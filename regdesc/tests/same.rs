// SPDX-License-Identifier: MIT OR Apache-2.0

//! One device, in YAML and in SVD: the same map, and the same hash; and every
//! change that software can observe changes both.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use regdesc::{Options, RegisterMap};

const YAML: &str = include_str!("same/dma.yaml");
const SVD: &str = include_str!("same/dma.svd");

fn map(name: &str, text: &str) -> RegisterMap {
    regdesc::parse(name, text, &Options::default()).unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn one_device_in_two_formats_is_one_map() {
    let (yaml, svd) = (map("dma.yaml", YAML), map("dma.svd", SVD));
    assert_eq!(yaml.canonical(), svd.canonical());
    assert_eq!(yaml, svd);
    assert_eq!(yaml.hash(), svd.hash());
}

/// A hash is built into bitstreams: it may not change with the tool.
#[test]
fn the_hash_stays_what_it_was() {
    assert_eq!(
        format!("{:#018x}", map("dma.yaml", YAML).hash()),
        "0x8a440c4d28ce3a87"
    );
}

#[test]
fn what_software_cannot_observe_changes_nothing() {
    let original = map("dma.yaml", YAML);
    for (from, to) in [
        ("enums:\n", "description: Moves data.\nenums:\n"),
        ("Mode", "Modus"),
        (
            "{off: 0, single: 1, ring: 3}",
            "{ring: 3, single: 1, off: 0}",
        ),
        ("dma0: {base: 0x40000000}", "dma7: {base: 0x50000000}"),
        ("  PIN:", "  HOLE: {at: 0x300, reserved: 4}\n  PIN:"),
    ] {
        assert!(YAML.contains(from), "{from}");
        let changed = map("dma.yaml", &YAML.replace(from, to));
        assert_eq!(changed, original, "{from} to {to}");
        assert_eq!(changed.hash(), original.hash());
    }
}

#[test]
fn what_software_can_observe_changes_the_hash() {
    let original = map("dma.yaml", YAML);
    for (from, to) in [
        ("size: 0x400", "size: 0x800"),
        ("CTRL:", "CONTROL:"),
        ("ENABLE: 0", "ENABLE: 3"),
        ("ENABLE: 0", "ACTIVE: 0"),
        ("reset: 0x10", "reset: 0x20"),
        ("single: 1", "single: 2"),
        ("single: 1", "once: 1"),
        ("bus: 1, other: default", "bus: 1"),
        ("access: w1s", "access: w1c"),
        ("access: w1s", "access: w1s, self-clearing: true"),
        ("min: 1", "min: 2"),
        ("go: 1", "run: 1"),
        ("on-read: pop", "on-read: clear"),
        ("at: 0x14", "at: 0x18"),
        ("width: 16", "width: 8"),
        ("reset-mask: 0xff", "reset-mask: 0xf"),
        ("stride: 0x20", "stride: 0x40"),
        ("count: 4\n", "count: 3\n"),
        ("width: 64,", "width: 64, read-order: low-first,"),
        ("enums:\n", "bus: {word-order: big}\nenums:\n"),
        (
            "enums:\n",
            "identity: {magic: {register: CTRL, value: 16}}\nenums:\n",
        ),
    ] {
        assert!(YAML.contains(from), "{from}");
        let text = YAML.replacen(from, to, 1);
        // CTRL has bits that a magic may not have.
        let text = match from == "enums:\n" && to.contains("magic") {
            true => text.replace("register: CTRL", "register: RAW"),
            false => text,
        };
        let changed = map("dma.yaml", &text);
        assert_ne!(changed.hash(), original.hash(), "{from} to {to}");
        assert_ne!(changed, original);
    }
}

/// Events and windows are of the map where there are any; what the driver alone makes of
/// the description is not.
#[test]
fn events_are_of_the_map_and_what_the_driver_does_is_not() {
    let text = |keys: &str| {
        format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x2000, registers: {{
               S: {{access: w1c, fields: {{A: 0, B: 1}}}}, E: {{fields: {{A: 4, B: 5}}}},
               RAM: {{at: 0x1000, memory: {{depth: 1024}}}}}}{keys}}}"
        )
    };
    let hash = |keys: &str| map("case.yaml", &text(keys)).hash();
    let irq = |keys: &str| hash(&format!(", interrupts: {{irq: {{{keys}}}}}"));
    let [a, b] = [
        "A: {status: S.A, enable: E.A}",
        "B: {status: S.B, enable: E.B}",
    ];
    let events = irq(&format!("events: {{{a}, {b}}}"));
    assert_ne!(events, hash(""));
    // The order numbers them.
    assert_ne!(events, irq(&format!("events: {{{b}, {a}}}")));
    assert_ne!(events, irq(&format!("events: {{{a}}}")));
    assert_ne!(events, irq(&format!("events: {{{a}, B: {{status: S.B}}}}")));
    assert_eq!(
        events,
        irq(&format!("trigger: level-high, events: {{{a}, {b}}}"))
    );
    assert_eq!(hash(""), irq("status: S"));
    let window = |keys: &str| {
        hash(&format!(
            ", windows: {{ram: {{at: 0x1000, size: 0x1000{keys}}}}}"
        ))
    };
    assert_ne!(window(", type: memory"), window(""));
    assert_eq!(window(", type: device"), window(""));
    for keys in [
        ", bus-master: true",
        ", device-tree: {resets: [{name: rst, exclusive: true}]}",
        ", instances: {one: {base: 0x1000, number: 3}}",
    ] {
        assert_eq!(hash(keys), hash(""), "{keys}");
    }
}

/// An element is the same by its index, by its name and by the name that it has flat.
#[test]
fn a_path_to_an_element_has_several_spellings() {
    let canonical = |path: &str| {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000,
               interrupts: {{irq: {{events: {{A: {{status: \"{path}\"}}}}}}}}, registers: {{
               T: {{index: [X, Y], registers: {{S: {{access: w1c, fields: {{S: 0}}}}}}}},
               L: {{at: [0x100, 0x108, 0x10c], access: w1c, fields: {{F: {{bits: 0, count: 4}}}}}},
               C: {{at: 0x200, count: 4, access: w1c, fields: {{A: 0, B: 1}}}}}}}}"
        );
        let form = map("case.yaml", &text).canonical();
        let line = form
            .lines()
            .find(|line| line.starts_with("event "))
            .unwrap();
        line.to_owned()
    };
    for (path, meant) in [
        ("T[Y].S.S", "T_Y.S.S"),
        ("T[1].S", "T_Y.S.S"),
        ("T_Y.S.S", "T_Y.S.S"),
        ("L[2].F[3]", "L2.F3"),
        ("L2.F3", "L2.F3"),
        ("C[3].B", "C[3].B"),
        ("C[03].B", "C[3].B"),
    ] {
        assert_eq!(
            canonical(path),
            format!("event irq A status {meant}"),
            "{path}"
        );
    }
}
