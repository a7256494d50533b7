// SPDX-License-Identifier: MIT OR Apache-2.0

//! Devices of the lab's own on `virt`: what the examples' hardware does not do.

use super::{Lab, Overlay, PL061_DATA, PL061_EDGE, PLAIN, Scenario};
use crate::devices;
use crate::linux::Feature;
use crate::machine::{VIRT_COUNTING, VIRT_WITHOUT_LINKS};
use crate::own::OVERLAY;

/// All of them.
pub(super) const SCENARIOS: &[Scenario] = &[LINES, STUCK, CEILING, WIDE, ON_BUS];

const LINES: Scenario = Scenario {
    device: devices::LINES,
    replaces: &["/gpio-keys", "/pl061@9030000"],
    base: 0x0903_0000,
    marks: Some(PL061_DATA),
    lab: Some(&Lab {
        trial: "lines",
        beside: "",
        objects: &[],
        has_program: false,
        in_32_bits: true,
    }),
    ..PLAIN
};

const STUCK: Scenario = Scenario {
    device: devices::STUCK,
    // So many interrupts without quiet are none on a host that is busy.
    machine: &VIRT_COUNTING,
    lab: Some(&Lab {
        trial: "stuck",
        beside: "",
        objects: &[],
        has_program: false,
        in_32_bits: false,
    }),
    ..PLAIN
};

/// The example, whose interrupts no program reads.
const CEILING: Scenario = Scenario {
    device: "pl061-gpio",
    machine: &VIRT_COUNTING,
    replaces: &["/gpio-keys", "/pl061@9030000"],
    base: 0x0903_0000,
    raises: Some(PL061_EDGE),
    lab: Some(&Lab {
        trial: "ceiling",
        beside: "",
        objects: &[],
        has_program: false,
        in_32_bits: false,
    }),
    ..PLAIN
};

const WIDE: Scenario = Scenario {
    device: devices::WIDE,
    size: 0x800_0000,
    lab: Some(&Lab {
        trial: "wide",
        // The same pages by UIO, which claims nothing.
        beside: "/ { lab-uio { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>; \
                 ranges; wide@50000000 { compatible = \"generic-uio\"; \
                 reg = <0x50000000 0x4000000>; }; }; };\n",
        objects: &["drivers/uio/uio.ko", "drivers/uio/uio_pdrv_genirq.ko"],
        has_program: true,
        in_32_bits: false,
    }),
    ..PLAIN
};

const ON_BUS: Scenario = Scenario {
    device: devices::ON_BUS,
    machine: &VIRT_WITHOUT_LINKS,
    needs: &[Feature::PowerManagedBus, Feature::Overlays],
    own: &[&OVERLAY],
    overlay: Some(Overlay {
        under: "/lab-bus-with-clock",
        node: "late@50010000 { compatible = \"regloom,bus-block\"; reg = <0x50010000 0x1000>; \
               regloom,instance = <7>; clock-names = \"core\"; clocks = <0x7001>; };\n\
               absent@50020000 { compatible = \"regloom,bus-block\"; reg = <0x50020000 0x1000>; \
               regloom,instance = <8>; clock-names = \"core\"; clocks = <0x7002>; };",
    }),
    lab: Some(&Lab {
        trial: "on-bus",
        beside: "/ { lab_clock: lab-core-clock { compatible = \"fixed-clock\"; #clock-cells = <0>; \
                 clock-frequency = <50000000>; clock-output-names = \"lab-core\"; phandle = <0x7001>; };\n\
                 lab_bus_clock: lab-bus-clock { compatible = \"fixed-clock\"; #clock-cells = <0>; \
                 clock-frequency = <100000000>; clock-output-names = \"lab-bus\"; };\n\
                 lab-absent-clock { compatible = \"regloom,lab-absent\"; #clock-cells = <0>; \
                 phandle = <0x7002>; };\n\
                 lab_bus: lab-bus-with-clock { compatible = \"simple-pm-bus\"; \
                 #address-cells = <1>; #size-cells = <1>; ranges; clocks = <&lab_bus_clock>; }; };\n",
        objects: &[],
        has_program: false,
        in_32_bits: false,
    }),
    ..PLAIN
};
