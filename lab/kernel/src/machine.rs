// SPDX-License-Identifier: MIT OR Apache-2.0

//! The machines of the lab, as data: what QEMU models, and how a kernel is started on it.

use super::arch::Kernel;
use super::debian::IMX_WATCHDOG;

/// A machine that QEMU models.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) name: &'static str,
    pub(crate) qemu: &'static str,
    /// What it consists of; without a network card, whose firmware is a package of its own.
    pub(crate) arguments: &'static [&'static str],
    /// The serial lines, the console's among them.
    pub(crate) serial: &'static [&'static str],
    pub(crate) command_line: &'static str,
    pub(crate) tree: Tree,
    /// What a description calls nodes of the tree, which has no labels any more.
    pub(crate) labels: &'static [(&'static str, &'static str)],
    /// Who takes the interrupts of nodes at the root, by its label, where the tree
    /// does not say.
    pub(crate) interrupt_parent: Option<&'static str>,
    pub(crate) kernels: Kernels,
    /// Nodes of the kernel's tree for what QEMU does not model, and the kernel would use.
    pub(crate) disabled: &'static [&'static str],
    /// Modules of the kernel's own that it needs, by their paths in the source.
    pub(crate) modules: &'static [&'static str],
    /// Its page tables have no attribute for devices; only the address distinguishes them from memory.
    pub(crate) alike: bool,
}

/// Which kernels have the drivers that a machine needs to boot.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kernels {
    /// Those that the lab builds, and stock ones.
    All,
    Built,
    Stock,
}

impl Machine {
    /// Whether a kernel of the machine's architecture boots on it.
    pub(crate) fn takes(&self, kernel: &Kernel) -> bool {
        match self.kernels {
            Kernels::All => true,
            Kernels::Built => kernel.stock.is_none(),
            Kernels::Stock => kernel.stock.is_some(),
        }
    }
}

/// Where a machine's device tree comes from.
#[derive(Debug)]
pub(crate) enum Tree {
    /// QEMU makes it up.
    OfQemu,
    /// It is the kernel's: of one that is built, among `Arch::device_trees`.
    OfKernel(&'static str),
    /// The machine describes itself otherwise, and its tree holds only what is added to it.
    None,
}

/// QEMU's own invention, which has the common ARM peripherals.
pub(crate) const VIRT: Machine = Machine {
    name: "virt",
    qemu: "qemu-system-aarch64",
    arguments: &[
        "-M",
        "virt",
        "-cpu",
        "cortex-a57",
        // So that races are races.
        "-smp",
        "2",
        "-m",
        "512",
        "-nic",
        "none",
        "-display",
        "none",
    ],
    serial: &["-serial", "stdio"],
    // The kernel keeps to the first 256 MiB, where QEMU also puts what it boots
    // with, so that 0x50000000 is memory that it does not own.
    command_line: "console=ttyAMA0 mem=256M",
    tree: Tree::OfQemu,
    labels: &[("gic", "/intc@8000000")],
    interrupt_parent: None,
    kernels: Kernels::All,
    disabled: &[],
    modules: &[],
    alike: false,
};

/// The same, and the kernel does not look in the tree for what a device waits for: a driver
/// finds out by itself.
pub(crate) const VIRT_WITHOUT_LINKS: Machine = Machine {
    command_line: "console=ttyAMA0 mem=256M fw_devlink=off",
    ..VIRT
};

/// The same with a clock that counts instructions: what else the host does takes no time there.
pub(crate) const VIRT_COUNTING: Machine = Machine {
    name: "virt-icount",
    arguments: &[
        "-M",
        "virt",
        "-cpu",
        "cortex-a57",
        "-smp",
        "2",
        "-m",
        "512",
        "-nic",
        "none",
        "-display",
        "none",
        "-icount",
        "shift=3",
    ],
    ..VIRT
};

/// A Xilinx Zynq-7000: two ARM cores beside an FPGA.
pub(crate) const ZYNQ: Machine = Machine {
    name: "xilinx-zynq-a9",
    qemu: "qemu-system-arm",
    arguments: &[
        "-M",
        "xilinx-zynq-a9",
        "-m",
        "2047",
        "-nic",
        "none",
        "-display",
        "none",
    ],
    // The board's console is its second line.
    serial: &["-serial", "null", "-serial", "stdio"],
    // The kernel keeps to 512 MiB, so that 0x40000000, the first window to the
    // FPGA, is plain memory that it does not own.
    command_line: "console=ttyPS0 mem=512M",
    tree: Tree::OfKernel("xilinx/zynq-zc702.dtb"),
    labels: &[
        ("clkc", "/axi/slcr@f8000000/clkc@100"),
        ("rstc", "/axi/slcr@f8000000/rstc@200"),
        ("intc", "/axi/interrupt-controller@f8f01000"),
        ("amba", "/axi"),
    ],
    interrupt_parent: Some("intc"),
    kernels: Kernels::Built,
    disabled: &[],
    modules: &[],
    alike: false,
};

/// A board with an NXP i.MX6Q. Stock kernels have its drivers, and are what such boards run.
pub(crate) const SABRELITE: Machine = Machine {
    name: "sabrelite",
    qemu: "qemu-system-arm",
    arguments: &[
        "-M",
        "sabrelite",
        "-m",
        "1024",
        "-nic",
        "none",
        "-display",
        "none",
    ],
    // The board's console is its second line. What is written to the first one is a command to QEMU,
    // such as one that changes the level of a pin.
    serial: &[
        "-chardev",
        "socket,id=wire,path=wire,server=on,wait=off",
        "-serial",
        "chardev:wire",
        "-serial",
        "stdio",
        "-qtest",
        "unix:wire",
        "-qtest-log",
        "none",
    ],
    // Memory begins at 0x10000000. The kernel keeps to 512 MiB, so that 0x40000000 is plain memory
    // that it does not own.
    command_line: "console=ttymxc1 mem=512M",
    tree: Tree::OfKernel("imx6q-sabrelite.dtb"),
    labels: &[
        ("soc", "/soc"),
        ("aips1", "/soc/bus@2000000"),
        ("gpc", "/soc/bus@2000000/gpc@20dc000"),
        ("intc", "/soc/interrupt-controller@a01000"),
    ],
    interrupt_parent: None,
    kernels: Kernels::Stock,
    // Serial lines would send by DMA.
    disabled: &["/soc/bus@2000000/dma-controller@20ec000"],
    // The chip has no other way to restart than its watchdog.
    modules: &[IMX_WATCHDOG],
    alike: false,
};

/// A PC.
pub(crate) const Q35: Machine = Machine {
    name: "q35",
    qemu: "qemu-system-x86_64",
    arguments: &[
        "-M", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1280", "-nic", "none",
        "-display", "none",
    ],
    serial: &["-serial", "stdio"],
    // The kernel leaves these 64 KiB of the memory alone.
    command_line: "console=ttyS0 memmap=64K$0x40000000",
    tree: Tree::None,
    labels: &[],
    interrupt_parent: None,
    kernels: Kernels::Built,
    disabled: &[],
    modules: &[],
    alike: false,
};

/// QEMU's own invention, as RISC-V knows it.
pub(crate) const RISCV_VIRT: Machine = Machine {
    name: "riscv-virt",
    arguments: &[
        "-M", "virt", "-smp", "2", "-m", "1280", "-nic", "none", "-display", "none",
    ],
    alike: true,
    ..RISCV_SVPBMT
};

/// The same with processors whose page tables distinguish devices from memory.
pub(crate) const RISCV_SVPBMT: Machine = Machine {
    name: "riscv-virt-svpbmt",
    qemu: "qemu-system-riscv64",
    arguments: &[
        "-M",
        "virt",
        "-cpu",
        "rv64,svpbmt=on",
        "-smp",
        "2",
        "-m",
        "1280",
        "-nic",
        "none",
        "-display",
        "none",
    ],
    serial: &["-serial", "stdio"],
    // Memory begins at 0x80000000. The kernel keeps to the first gigabyte, where
    // QEMU also puts what it boots with, so that 0xc0000000 is memory that the
    // kernel does not own. A kernel that the processors do not suit stops before it
    // has another console than the early one.
    command_line: "earlycon console=ttyS0 mem=1024M",
    tree: Tree::OfQemu,
    labels: &[],
    interrupt_parent: None,
    kernels: Kernels::Built,
    disabled: &[],
    modules: &[],
    alike: false,
};
