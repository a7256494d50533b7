// SPDX-License-Identifier: MIT OR Apache-2.0

//! The architectures and kernels of the lab, as data.
//!
//! A further release, architecture or flavour is a further entry here; nothing
//! else of the lab names one.

/// A processor architecture, in the words of each tool that must know it.
#[derive(Debug, PartialEq, Eq)]
pub struct Arch {
    /// The kernel's `ARCH=`, which is also the name on the command line.
    pub name: &'static str,
    /// What `make` is asked for besides `modules`.
    pub image_target: &'static str,
    /// Where the bootable image is in the build tree.
    pub image: &'static str,
    /// The kernel's own device trees that a machine of the lab boots with.
    pub device_trees: &'static [&'static str],
    /// The configuration that only this architecture has.
    pub config: &'static str,
    /// The Rust target of a program that runs on it.
    pub rust_target: &'static str,
    /// The linker for that target.
    pub linker: &'static str,
    /// The Debian packages that building for it and booting it need.
    pub packages: &'static [&'static str],
}

/// 64-bit ARM.
pub const ARM64: Arch = Arch {
    name: "arm64",
    image_target: "Image",
    image: "arch/arm64/boot/Image",
    device_trees: &[],
    config: include_str!("arm64.config"),
    rust_target: "aarch64-unknown-linux-gnu",
    linker: "aarch64-linux-gnu-gcc",
    // Its kernels run programs of 32 bits too.
    packages: &[
        "gcc-aarch64-linux-gnu",
        "gcc-arm-linux-gnueabihf",
        "libc6-dev-arm64-cross",
        "libc6-dev-armhf-cross",
        "qemu-system-arm",
    ],
};

/// 32-bit ARM, version 7 with floating point.
pub const ARM: Arch = Arch {
    name: "arm",
    image_target: "zImage",
    image: "arch/arm/boot/zImage",
    device_trees: &["xilinx/zynq-zc702.dtb"],
    config: include_str!("arm.config"),
    rust_target: "armv7-unknown-linux-gnueabihf",
    linker: "arm-linux-gnueabihf-gcc",
    packages: &[
        "gcc-arm-linux-gnueabihf",
        "libc6-dev-armhf-cross",
        "qemu-system-arm",
    ],
};

/// 64-bit x86.
pub const X86_64: Arch = Arch {
    name: "x86_64",
    image_target: "bzImage",
    image: "arch/x86/boot/bzImage",
    device_trees: &[],
    config: include_str!("x86_64.config"),
    rust_target: "x86_64-unknown-linux-gnu",
    linker: "x86_64-linux-gnu-gcc",
    packages: &["qemu-system-x86"],
};

/// 64-bit RISC-V.
pub const RISCV: Arch = Arch {
    name: "riscv",
    image_target: "Image",
    image: "arch/riscv/boot/Image",
    device_trees: &[],
    config: include_str!("riscv.config"),
    rust_target: "riscv64gc-unknown-linux-gnu",
    linker: "riscv64-linux-gnu-gcc",
    packages: &[
        "gcc-riscv64-linux-gnu",
        "libc6-dev-riscv64-cross",
        // The firmware that QEMU's machine begins with.
        "opensbi",
        "qemu-system-misc",
    ],
};

/// How a kernel is configured beyond what every kernel of the lab has.
#[derive(Debug, PartialEq, Eq)]
pub struct Flavour {
    /// Its name on the command line and in results.
    pub name: &'static str,
    /// Configuration on top of the common and the architecture's own.
    pub config: &'static str,
}

/// A kernel as it would be shipped.
pub const PLAIN: Flavour = Flavour {
    name: "plain",
    config: "",
};

/// A kernel that looks for mistakes while it runs.
pub const DEBUG: Flavour = Flavour {
    name: "debug",
    config: include_str!("debug.config"),
};

impl Flavour {
    /// The suffix of a kernel's name; empty for the plain kernel.
    pub fn suffix(&self, separator: char) -> String {
        if *self == PLAIN {
            String::new()
        } else {
            format!("{separator}{}", self.name)
        }
    }
}

/// A set of kernels; each has those before it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// `cargo xtask test`: the one kernel that finds most.
    Quick,
    /// `cargo xtask test --all` and `cargo xtask kernel test`.
    Full,
    /// What takes longer than it is worth at each change, and is used only when it is named.
    Named,
}

/// One kernel of the lab.
#[derive(Debug, PartialEq, Eq)]
pub struct Kernel {
    /// The release, without its patch level: the archive decides that.
    pub release: &'static str,
    /// Its architecture.
    pub arch: &'static Arch,
    /// How it is configured.
    pub flavour: &'static Flavour,
    /// The smallest run that has it.
    pub tier: Tier,
    /// Whether it is built with Rust, which the generated drivers want; a kernel
    /// without has the blocks through UIO.
    pub rust: bool,
}

impl std::fmt::Display for Kernel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let flavour = self.flavour.suffix(' ');
        write!(f, "{} {}{flavour}", self.release, self.arch.name)
    }
}

/// The kernels that there are.
pub const KERNELS: &[Kernel] = &[
    Kernel {
        release: "7.3",
        arch: &ARM64,
        flavour: &PLAIN,
        tier: Tier::Full,
        rust: true,
    },
    Kernel {
        release: "7.3",
        arch: &ARM64,
        flavour: &DEBUG,
        tier: Tier::Quick,
        rust: true,
    },
    Kernel {
        release: "7.3",
        arch: &ARM,
        flavour: &PLAIN,
        tier: Tier::Full,
        rust: true,
    },
    Kernel {
        release: "7.2",
        arch: &ARM64,
        flavour: &PLAIN,
        tier: Tier::Full,
        rust: true,
    },
    // The long-term release that most boards' vendors have today.
    Kernel {
        release: "6.12",
        arch: &ARM64,
        flavour: &PLAIN,
        tier: Tier::Full,
        rust: false,
    },
    Kernel {
        release: "7.3",
        arch: &X86_64,
        flavour: &PLAIN,
        tier: Tier::Named,
        rust: true,
    },
    Kernel {
        release: "7.3",
        arch: &RISCV,
        flavour: &PLAIN,
        tier: Tier::Named,
        rust: true,
    },
];
