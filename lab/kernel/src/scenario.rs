// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is booted, and what must be true in it.

pub(crate) mod all;
pub(crate) mod run;
mod sabrelite;
mod virt;
mod zynq;

use std::fmt::Write as _;

use anyhow::{Context, Result};
use regdesc::RegisterMap;
use regdesc::model::WindowKind;

use super::arch::{ARM, ARM64, Arch, Kernel, RISCV, X86_64};
use super::c_program;
use super::devices::{self, EVERY_ACCESS};
use super::linux::{Feature, Linux};
use super::machine::{Machine, Q35, RISCV_SVPBMT, RISCV_VIRT, SABRELITE, VIRT, ZYNQ};
use super::module::module_name;
use super::own::{EXCLUSIVE, OVERLAY, Own};

/// One device on one machine.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) device: &'static str,
    pub(crate) arch: &'static Arch,
    pub(crate) machine: &'static Machine,
    /// The machine's own nodes for the same hardware, and those that refer to them.
    pub(crate) replaces: &'static [&'static str],
    /// The generated node that is given another address, where this machine has
    /// something else at the description's.
    pub(crate) moves: Option<&'static str>,
    pub(crate) base: u64,
    pub(crate) size: u64,
    /// What the registers hold once the program has run, read beside the program
    /// and the generated crate: offset, value, and what it shows.
    reads: &'static [(u64, u32, &'static str)],
    /// Where programs may leave any number for a dump to show.
    marks: Option<Marks>,
    /// The endurance tests run; once for each kernel is enough.
    endurance: bool,
    /// How the block is made to interrupt, where software can do that.
    raises: Option<Raise>,
    /// Modules of the lab's own that it needs, beside those that all do.
    own: &'static [&'static Own],
    /// A node that an overlay brings under another, beside the device's own.
    pub(crate) overlay: Option<Overlay>,
    /// What is special about a block with an identity, in plain memory.
    capture: Option<Capture>,
    /// Other programs of the package that has the device's.
    also: &'static [&'static str],
    /// What a kernel must have, or there is nothing to try.
    needs: &'static [Feature],
    /// What is tried with a device of the lab's own, in place of the tests that all examples pass.
    pub(crate) lab: Option<&'static Lab>,
    /// What is special about one of the lab's own devices.
    pub(crate) special: Special,
}

/// Tests of the lab's own.
#[derive(Debug)]
pub(crate) struct Lab {
    /// What the guest calls the tests.
    trial: &'static str,
    /// Nodes beside the device's, in the language of device trees.
    pub(crate) beside: &'static str,
    /// Modules of the kernel's own that it needs, by their objects.
    objects: &'static [&'static str],
    /// It has a program, as examples have.
    pub(crate) has_program: bool,
    /// The guest's program is there for processors of 32 bits too.
    pub(crate) in_32_bits: bool,
}

/// What is special about a device that is tried by its own program.
#[derive(Debug)]
pub(crate) struct Special {
    /// Only what its program tries is of interest.
    brief: bool,
    /// Words in plain memory before the driver is loaded, by their addresses.
    memory: &'static [(u64, u32)],
    /// Further nodes of the bus that has the lab's wrong ones.
    pub(crate) nodes: &'static str,
    /// What the kernel then logs at warning level, as it has to.
    expected: &'static [&'static str],
}

/// Nothing is.
const ORDINARY: Special = Special {
    brief: false,
    memory: &[],
    nodes: "",
    expected: &[],
};

/// A node that an overlay brings.
#[derive(Debug)]
pub(crate) struct Overlay {
    /// The node that it is brought under.
    pub(crate) under: &'static str,
    /// The node, in the language of device trees.
    pub(crate) node: &'static str,
}

/// A block that says who it is; and a second instance of it. All of it is plain
/// memory, which the guest fills before the driver looks at it.
#[derive(Debug)]
struct Capture {
    identity: Identity,
    /// The address of the other instance.
    second: u64,
}

/// The registers by which a block says who it is: offset and value; the last one's
/// is the map's hash.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) magic: (u64, u32),
    pub(super) version: (u64, u32),
    pub(super) hash: u64,
}

/// Two registers that may hold any number. A dump reads the early one first.
#[derive(Debug)]
struct Marks {
    early: u64,
    late: u64,
    /// The lowest bits, which both show.
    mask: u32,
    /// Written before the first number.
    prepare: &'static [(u64, u32)],
}

/// How software makes a block interrupt, in writes of an offset and a value.
#[derive(Debug)]
struct Raise {
    /// The interrupt's bits in the status register.
    events: u32,
    /// Holds such an event until the driver has acknowledged it, and 0 after.
    status: u64,
    /// Acknowledges events that are written to it.
    acknowledge: u64,
    /// Written once, before the first interrupt.
    prepare: &'static [(u64, u32)],
    /// Written for each interrupt.
    raise: &'static [(u64, u32)],
    /// Enables events.
    enable: u64,
    /// Where it is a pair of registers and `enable` reads back: the one that sets bits, and the one
    /// that clears them.
    pair: Option<(u64, u64)>,
    /// Written to make a level that no acknowledgement clears.
    storm: &'static [(u64, u32)],
    /// The pin that then rises and falls, where that interrupts.
    wire: Option<Wiring>,
}

/// How a pin of the block is driven from outside: QEMU takes commands at the other end of one of the
/// machine's serial lines.
#[derive(Debug)]
struct Wiring {
    line: &'static str,
    /// The register and the bit of it that have the pin's level.
    register: u64,
    bit: u32,
    /// Drives the pin, with the level behind it.
    command: &'static str,
}

/// What the lab's own devices have in common: plain memory that the kernel does not own.
const PLAIN: Scenario = Scenario {
    device: "",
    arch: &ARM64,
    machine: &VIRT,
    replaces: &[],
    moves: None,
    base: 0x5000_0000,
    size: 0x1000,
    reads: &[],
    marks: None,
    endurance: false,
    raises: None,
    own: &[],
    overlay: None,
    capture: None,
    also: &[],
    needs: &[],
    lab: None,
    special: ORDINARY,
};

/// Those of the examples, and of the map that the runtime's own tests go by.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario {
        device: "pl061-gpio",
        arch: &ARM64,
        machine: &VIRT,
        // The key's button is a line of the controller.
        replaces: &["/gpio-keys", "/pl061@9030000"],
        moves: None,
        base: 0x0903_0000,
        size: 0x1000,
        reads: &[
            (0xfe0, 0x61, "the peripheral's ID names the PL061"),
            (0x400, 0x0f, "the program made lines 0 to 3 outputs"),
            (0xff0, 0x0d, "the cell's ID is a PrimeCell's"),
        ],
        marks: Some(PL061_DATA),
        endurance: true,
        raises: Some(PL061_EDGE),
        own: &[],
        overlay: None,
        capture: None,
        also: &["pl061-gpio-edge"],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: "pl031-rtc",
        arch: &ARM64,
        machine: &VIRT,
        replaces: &["/pl031@9010000"],
        moves: None,
        base: 0x0901_0000,
        size: 0x1000,
        reads: &[
            (0xfe0, 0x31, "the peripheral's ID names the PL031"),
            (0x018, 0x0, "the driver has acknowledged the alarm"),
        ],
        marks: None,
        endurance: false,
        raises: None,
        own: &[],
        overlay: None,
        capture: None,
        also: &["pl031-rtc-async"],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: EVERY_ACCESS,
        arch: &ARM64,
        machine: &VIRT,
        // The clock's line is the block's here, and its program raises it.
        replaces: &["/pl031@9010000"],
        moves: None,
        base: 0x5000_0000,
        size: 0x2000,
        reads: &[(0x54, 0xabcd_1234, "VALUE holds what the program left there")],
        // FULL and SCALE.
        marks: Some(Marks {
            early: 0x4,
            late: 0x20c,
            mask: 0xffff,
            prepare: &[],
        }),
        endurance: false,
        raises: None,
        own: &[],
        overlay: None,
        capture: None,
        also: &[],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: "fpga-mem",
        arch: &ARM,
        machine: &ZYNQ,
        replaces: &[],
        moves: None,
        base: 0x4000_0000,
        size: 0x1000,
        reads: FPGA_MEM_READS,
        marks: None,
        endurance: true,
        raises: None,
        own: &[&OVERLAY, &EXCLUSIVE],
        overlay: Some(FPGA_MEM_OVERLAY),
        capture: None,
        also: &[],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: "adc-capture",
        arch: &ARM,
        machine: &ZYNQ,
        replaces: &[],
        moves: None,
        base: 0x4000_0000,
        size: 0x2000,
        reads: &[(
            0x10c,
            0x0,
            "a register that the program left alone is as before",
        )],
        // CFG of the first and of the last channel.
        marks: Some(Marks {
            early: 0x100,
            late: 0x160,
            mask: u32::MAX,
            prepare: &[],
        }),
        endurance: false,
        raises: None,
        own: &[],
        overlay: None,
        capture: Some(Capture {
            identity: Identity {
                magic: (0x0, 0x4144_4343),
                version: (0x4, 2),
                hash: 0x8,
            },
            second: 0x4001_0000,
        }),
        also: &[],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: "fpga-mem",
        arch: &ARM,
        machine: &SABRELITE,
        base: 0x4000_0000,
        reads: FPGA_MEM_READS,
        ..PLAIN
    },
    Scenario {
        device: "fpga-mem",
        arch: &X86_64,
        machine: &Q35,
        replaces: &[],
        moves: None,
        base: 0x4000_0000,
        size: 0x1000,
        reads: FPGA_MEM_READS,
        marks: None,
        endurance: true,
        raises: None,
        own: &[],
        overlay: None,
        capture: None,
        also: &[],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: "fpga-mem",
        arch: &RISCV,
        machine: &RISCV_VIRT,
        replaces: &[],
        // The PCI host has its memory at the address of the description.
        moves: Some("/fpga-mem-bus/fpga@40000000"),
        base: 0xc000_0000,
        size: 0x1000,
        reads: FPGA_MEM_READS,
        marks: None,
        endurance: true,
        raises: None,
        own: &[],
        overlay: None,
        capture: None,
        also: &[],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
    Scenario {
        device: "fpga-mem",
        arch: &RISCV,
        machine: &RISCV_SVPBMT,
        replaces: &[],
        moves: Some("/fpga-mem-bus/fpga@40000000"),
        base: 0xc000_0000,
        size: 0x1000,
        reads: FPGA_MEM_READS,
        marks: None,
        endurance: false,
        raises: None,
        own: &[],
        overlay: None,
        capture: None,
        also: &[],
        needs: &[],
        lab: None,
        special: ORDINARY,
    },
];

const FPGA_MEM_READS: &[(u64, u32, &str)] =
    &[(0x0, 0xabcd_1234, "register 0 holds what the program wrote")];

const FPGA_MEM_OVERLAY: Overlay = Overlay {
    under: "/fpga-mem-bus",
    node: "fpga@40020000 { compatible = \"mycompany,fpga-mem\"; reg = <0x40020000 0x1000>; };",
};

/// The one data register, at the address that shows the lines 0 to 3 and at the one for all. All lines
/// are outputs, and none interrupts.
const PL061_DATA: Marks = Marks {
    early: 0x03c,
    late: 0x3fc,
    mask: 0xf,
    prepare: &[(0x410, 0x0), (0x400, 0xff)],
};

/// The model looks at a line for edges only while it is an input, and then compares it with what
/// it last saw there: one that was an output meanwhile has the level that was written to it. Line 0
/// rises so, without an interrupt, and falls with one.
const PL061_EDGE: Raise = Raise {
    events: 0x1,
    status: 0x418,
    acknowledge: 0x41c,
    // Edges, not both of them, falling ones; of line 0.
    prepare: &[
        (0x410, 0x0),
        (0x404, 0x0),
        (0x408, 0x0),
        (0x40c, 0x0),
        (0x41c, 0xff),
        (0x410, 0x1),
    ],
    raise: &[
        (0x400, 0x1),
        (0x4, 0x1),
        (0x400, 0x0),
        (0x400, 0x1),
        (0x4, 0x0),
        (0x400, 0x0),
    ],
    enable: 0x410,
    pair: None,
    // Inputs, levels: low ones of lines 0 to 3, high ones of the others. Whatever level the inputs have,
    // some of them interrupt.
    storm: &[
        (0x400, 0x0),
        (0x408, 0x0),
        (0x40c, 0xf0),
        (0x404, 0xff),
        (0x41c, 0xff),
        (0x410, 0xff),
    ],
    wire: None,
};

impl Scenario {
    /// How results name it.
    pub(crate) fn title(&self) -> String {
        format!("{} on {}", self.device, self.machine.name)
    }

    /// Whether this kernel is booted with it.
    pub(crate) fn boots(&self, kernel: &Kernel) -> bool {
        self.arch == kernel.arch && self.machine.takes(kernel)
    }

    /// What it needs and this kernel does not have.
    pub(crate) fn cannot_run_on(&self, linux: &Linux) -> Option<Feature> {
        let lacks = linux.lacks();
        self.needs.iter().copied().find(|it| lacks.contains(it))
    }

    /// Whether there is a program that shows the device in use.
    pub(crate) fn has_program(&self) -> bool {
        self.lab.is_none_or(|lab| lab.has_program)
    }

    /// The scenario as the guest reads it: one fact a line, its name first.
    pub(crate) fn text(&self, linux: &Linux) -> Result<String> {
        let map = devices::map(self.device)?;
        let place = (self.base, self.size);
        let mut text = common_facts(self.device, place, &map, linux)?;
        if self.endurance {
            text.push_str("endurance 0x1\n");
        }
        if self.machine.alike {
            text.push_str("unmarked_pages 0x1\n");
        }
        if let Some(capture) = &self.capture {
            text.push_str(&capture.text(&map)?);
        }
        for also in self.also {
            writeln!(text, "also {also}")?;
        }
        if let Some(register) = c_program::register(self.device) {
            writeln!(text, "c_program {register:#x}")?;
        }
        if let Some(lab) = self.lab {
            writeln!(text, "trial {}", lab.trial)?;
        }
        for (offset, value, what) in self.reads {
            writeln!(text, "read {offset:#x} {value:#x} {what}")?;
        }
        if let Some(marks) = &self.marks {
            text.push_str(&marks.text()?);
        }
        if let Some(raises) = &self.raises {
            text.push_str(&raises.text()?);
        }
        text.push_str(&self.special.text()?);
        Ok(text)
    }
}

impl Special {
    fn text(&self) -> Result<String> {
        let mut text = String::new();
        if self.brief {
            text.push_str("brief 0x1\n");
        }
        for (address, value) in self.memory {
            writeln!(text, "memory {address:#x} {value:#x}")?;
        }
        for message in self.expected {
            writeln!(text, "expected {message}")?;
        }
        Ok(text)
    }
}

impl Marks {
    fn text(&self) -> Result<String> {
        let mut text = String::new();
        let Self { early, late, .. } = self;
        writeln!(text, "marks {early:#x} {late:#x} {:#x}", self.mask)?;
        for (offset, value) in self.prepare {
            writeln!(text, "before_marks {offset:#x} {value:#x}")?;
        }
        Ok(text)
    }
}

impl Raise {
    fn text(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "events {:#x}", self.events)?;
        writeln!(text, "status {:#x}", self.status)?;
        writeln!(text, "acknowledge {:#x}", self.acknowledge)?;
        for (offset, value) in self.prepare {
            writeln!(text, "prepare {offset:#x} {value:#x}")?;
        }
        for (offset, value) in self.raise {
            writeln!(text, "raise {offset:#x} {value:#x}")?;
        }
        writeln!(text, "enable {:#x}", self.enable)?;
        if let Some((set, clear)) = self.pair {
            writeln!(text, "pair {set:#x} {clear:#x}")?;
        }
        for (offset, value) in self.storm {
            writeln!(text, "storm {offset:#x} {value:#x}")?;
        }
        if let Some(Wiring {
            line,
            register,
            bit,
            command,
        }) = &self.wire
        {
            writeln!(text, "wire {line} {register:#x} {bit:#x} {command}")?;
        }
        Ok(text)
    }
}

/// What the guest has to know of every device.
pub(super) fn common_facts(
    device: &str,
    (base, size): (u64, u64),
    map: &RegisterMap,
    linux: &Linux,
) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "device {device}")?;
    writeln!(text, "module {}", module_name(device))?;
    writeln!(text, "node /dev/{device}0")?;
    writeln!(text, "base {base:#x}")?;
    writeln!(text, "size {size:#x}")?;
    writeln!(text, "divisor {:#x}", linux.divisor)?;
    for feature in linux.lacks() {
        let (option, why) = (feature.option(), linux.without(feature));
        writeln!(text, "lacks {option} {why}")?;
    }
    text.push_str(&driver_facts(map)?);
    Ok(text)
}

/// What the driver must report, from the description.
fn driver_facts(map: &RegisterMap) -> Result<String> {
    let block = map.blocks.first().context("the device has no block")?;
    let version = map.version.as_ref().map(|it| it.value);
    let [major, minor, patch] = version.map_or([0; 3], |it| [it.major, it.minor, it.patch]);
    let mut text = String::new();
    writeln!(text, "hash {:#x}", map.block_hash(block))?;
    writeln!(text, "version {major:#x} {minor:#x} {patch:#x}")?;
    writeln!(text, "interrupts {:#x}", block.interrupts.len())?;
    if block.windows.is_empty() {
        writeln!(text, "window 0x0 {:#x} 0x1", block.size.value)?;
    }
    for window in &block.windows {
        let (start, length) = (window.range.start, window.range.len);
        let flags = u32::from(window.write) | u32::from(window.kind == WindowKind::Memory) << 1;
        writeln!(text, "window {start:#x} {length:#x} {flags:#x}")?;
    }
    Ok(text)
}

impl Capture {
    fn text(&self, map: &RegisterMap) -> Result<String> {
        let identity = self.identity.text(map)?;
        Ok(format!("{identity}second {:#x}\n", self.second))
    }
}

impl Identity {
    pub(super) fn text(&self, map: &RegisterMap) -> Result<String> {
        // A register of 32 bits has the hash's low ones.
        let hash = map.hash() & u64::from(u32::MAX);
        let identity = [
            ("magic", self.magic.0, u64::from(self.magic.1)),
            ("major version", self.version.0, u64::from(self.version.1)),
            ("map hash", self.hash, hash),
        ];
        let mut text = String::new();
        for (what, offset, value) in identity {
            writeln!(text, "identity {offset:#x} {value:#x} {what}")?;
        }
        Ok(text)
    }
}
