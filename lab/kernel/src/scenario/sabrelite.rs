// SPDX-License-Identifier: MIT OR Apache-2.0

//! Devices of an i.MX6 on a SABRE Lite.

use super::{PLAIN, Raise, Scenario, Wiring};
use crate::arch::ARM;
use crate::machine::SABRELITE;

/// All of them.
pub(super) const SCENARIOS: &[Scenario] = &[GPIO];

const GPIO: Scenario = Scenario {
    device: "imx6-gpio",
    arch: &ARM,
    machine: &SABRELITE,
    replaces: &["/soc/bus@2000000/gpio@20ac000"],
    base: 0x020a_c000,
    size: 0x4000,
    reads: &[
        (GDIR, 0x0, "the programs left all pins as inputs"),
        (ICR1, 0x1, "pin 0 waits for the other level"),
        (ICR2, 0x1, "pin 16 waits for the other level"),
    ],
    raises: Some(RISING_EDGE),
    also: &["imx6-gpio-level"],
    ..PLAIN
};

const GDIR: u64 = 0x04;
const PSR: u64 = 0x08;
const ICR1: u64 = 0x0c;
const ICR2: u64 = 0x10;
const IMR: u64 = 0x14;
const ISR: u64 = 0x18;
const EDGE_SEL: u64 = 0x1c;

/// Pin 0 rises, as the machine's serial line has it.
const RISING_EDGE: Raise = Raise {
    events: 0x1,
    status: ISR,
    acknowledge: ISR,
    // Rising edges of pin 0; high levels of the others, which are low.
    prepare: &[
        (IMR, 0x0),
        (EDGE_SEL, 0x0),
        (GDIR, 0x0),
        (ICR1, 0x5555_5556),
        (ISR, 0xffff_ffff),
        (IMR, 0x1),
    ],
    raise: &[],
    enable: IMR,
    pair: None,
    // Low levels of pins 0 to 3, high ones of the others.
    storm: &[(ICR1, 0x5555_5500), (ISR, 0xff), (IMR, 0xff)],
    wire: Some(Wiring {
        line: "/dev/ttymxc0",
        register: PSR,
        bit: 0x1,
        command: "set_irq_in /machine/soc/gpio5 unnamed-gpio-in 0",
    }),
};
