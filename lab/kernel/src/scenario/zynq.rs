// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's own devices on a Zynq-7000: its SPI controllers and timers, which the machine models,
//! and blocks in plain memory.

use super::{ORDINARY, PLAIN, Raise, Scenario, Special};
use crate::arch::ARM;
use crate::machine::ZYNQ;

/// All of them.
pub(super) const SCENARIOS: &[Scenario] = &[
    SPI,
    SPI_LEVEL,
    TTC,
    SHARED_RESET,
    EXCLUSIVE_RESET,
    MANY_WINDOWS,
    ODD_BASE,
    TWO_BYTES,
];

/// A block in plain memory that its own program tries.
const IN_MEMORY: Scenario = Scenario {
    arch: &ARM,
    machine: &ZYNQ,
    base: 0x4000_0000,
    special: BRIEF,
    ..PLAIN
};

const BRIEF: Special = Special {
    brief: true,
    ..ORDINARY
};

/// Events with set and clear registers.
const SPI: Scenario = Scenario {
    device: "zynq-spi",
    replaces: &["/axi/spi@e0006000"],
    base: 0xe000_6000,
    reads: &[(0xfc, 0x0109_0106, "the module's ID names the controller")],
    raises: Some(OVERFLOW),
    special: ORDINARY,
    ..IN_MEMORY
};

/// Without a reader, 128 bytes fill the FIFO of what was received, and each further one that is
/// sent is an overflow.
const OVERFLOW: Raise = Raise {
    events: 0x1,
    status: 0x4,
    acknowledge: 0x4,
    prepare: &{
        let mut writes = [(TXD, 0x0); 132];
        // All interrupts are disabled before it, and overflows are acknowledged and enabled after.
        writes[0] = (IDR, 0x1fff);
        writes[130] = (0x4, 0x1);
        writes[131] = (IER, 0x1);
        writes
    },
    raise: &[(TXD, 0x0)],
    enable: 0x10,
    pair: Some((IER, IDR)),
    // The other FIFO is not full, which nothing acknowledges.
    storm: &[(IER, 0x4)],
    wire: None,
};

const IER: u64 = 0x8;
const IDR: u64 = 0xc;
const TXD: u64 = 0x1c;

/// Levels that the driver masks by the register that clears.
const SPI_LEVEL: Scenario = Scenario {
    device: "zynq-spi-level",
    replaces: &["/axi/spi@e0007000"],
    base: 0xe000_7000,
    ..IN_MEMORY
};

/// Three lines, whose status registers a read clears.
const TTC: Scenario = Scenario {
    device: "zynq-ttc",
    replaces: &["/axi/timer@f8002000"],
    base: 0xf800_2000,
    ..IN_MEMORY
};

/// Two blocks with one reset.
const SHARED_RESET: Scenario = Scenario {
    device: "shared-reset",
    ..IN_MEMORY
};

/// Two nodes with one reset, which the driver is to have for itself.
const EXCLUSIVE_RESET: Scenario = Scenario {
    device: "exclusive-reset",
    special: Special {
        nodes: "lab-second@40010000 { compatible = \"regloom,lab\"; reg = <0x40010000 0x1000>; \
                resets = <&rstc 512>; reset-names = \"fpga\"; };",
        expected: &[
            "cannot get the reset",
            // The kernel's reset controllers call it a mistake, with all registers.
            "drivers/reset/core.c",
        ],
        ..BRIEF
    },
    ..IN_MEMORY
};

/// A block of 256 MiB with its identity in its last word, where addresses have 32 bits.
const MANY_WINDOWS: Scenario = Scenario {
    device: "many-windows",
    size: 0x1000_0000,
    special: Special {
        memory: &[(0x4fff_fffc, 0x5749_4e44)],
        ..BRIEF
    },
    ..IN_MEMORY
};

/// A block that begins within one page, and ends within the next.
const ODD_BASE: Scenario = Scenario {
    device: "odd-base",
    base: 0x4000_0ff4,
    size: 0x20,
    special: Special {
        memory: &[(0x4000_0ff4, 0x4f44_4442)],
        ..BRIEF
    },
    ..IN_MEMORY
};

/// The smallest block.
const TWO_BYTES: Scenario = Scenario {
    device: "two-bytes",
    base: 0x4000_0802,
    size: 0x2,
    special: Special {
        // The register is the upper half of a word.
        memory: &[(0x4000_0800, 0x5457_0000)],
        ..BRIEF
    },
    ..IN_MEMORY
};
