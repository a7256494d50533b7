// SPDX-License-Identifier: MIT OR Apache-2.0

//! The architectures and kernels of the lab, as data.
//!
//! A further release, architecture, flavour or language is a further entry here; nothing
//! else of the lab names one.

use super::debian::{self, Stock};

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
        "gcc-12-aarch64-linux-gnu",
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
        "gcc-12-arm-linux-gnueabihf",
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
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name in results; none for the plain kernel.
    title: &'static str,
    /// Configuration on top of the common and the architecture's own.
    pub config: &'static str,
}

/// A kernel as it would be shipped.
pub const PLAIN: Flavour = Flavour {
    name: "plain",
    title: "",
    config: "",
};

/// A kernel that looks for mistakes while it runs.
pub const DEBUG: Flavour = Flavour {
    name: "debug",
    title: "debug",
    config: include_str!("debug.config"),
};

/// A kernel that is shipped: a stock kernel, which the lab does not configure.
pub const DEBIAN: Flavour = Flavour {
    name: "debian",
    title: "Debian",
    config: "",
};

impl Flavour {
    /// The suffix of a kernel's name; empty for the plain kernel.
    pub fn suffix(&self, separator: char) -> String {
        match self.title {
            "" => String::new(),
            title => format!("{separator}{title}"),
        }
    }
}

/// What drives the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The generated driver in Rust.
    Rust,
    /// The generated driver in C.
    C,
    /// The kernel's own `uio_pdrv_genirq`.
    Uio,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rust, Self::C, Self::Uio];

    /// Its name in results.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::C => "C",
            Self::Uio => "UIO",
        }
    }

    /// Its name on the command line, and for the generated makefile's `DRIVER`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Uio => "uio",
        }
    }
}

/// A set of kernels; each has those before it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// `cargo xtask test`: the kernels that find most.
    Quick,
    /// `cargo xtask test --all` and `cargo xtask kernel test`.
    Full,
    /// What takes longer than it is worth at each change, and is used only when it is named.
    Named,
}

/// One kernel of the lab, with what drives the blocks on it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kernel {
    /// The release, without its patch level: the archive decides that.
    pub release: &'static str,
    /// Its architecture.
    pub arch: &'static Arch,
    /// How it is configured.
    pub flavour: &'static Flavour,
    /// What drives the blocks. A kernel that is built has Rust, unless it is for UIO.
    pub language: Language,
    /// The smallest run that has it.
    pub tier: Tier,
    /// Debian's packages, of a stock kernel; any other is built.
    pub stock: Option<&'static Stock>,
}

impl Kernel {
    /// What it comes from, by a name: kernels of one source are of one patch level.
    pub fn source_name(&self) -> String {
        match self.stock {
            Some(stock) => format!("{} {}", self.release, stock.flavour),
            None => self.release.to_owned(),
        }
    }
}

impl std::fmt::Display for Kernel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&name(self, self.release))
    }
}

/// What a kernel is called whose release, or release with its patch level, is that.
pub(crate) fn name(kernel: &Kernel, release: &str) -> String {
    let flavour = kernel.flavour.suffix(' ');
    let (arch, language) = (kernel.arch.name, kernel.language.title());
    format!("{release} {arch}{flavour} {language}")
}

/// A kernel that is built, with Rust.
const RUST: Kernel = Kernel {
    release: "7.3",
    arch: &ARM64,
    flavour: &PLAIN,
    language: Language::Rust,
    tier: Tier::Full,
    stock: None,
};

/// A stock kernel.
const STOCK: Kernel = Kernel {
    release: "6.1",
    arch: &ARM64,
    flavour: &DEBIAN,
    language: Language::C,
    tier: Tier::Full,
    stock: Some(&debian::BOOKWORM_ARM64),
};

/// The kernels that there are.
pub const KERNELS: &[Kernel] = &[
    RUST,
    Kernel {
        flavour: &DEBUG,
        tier: Tier::Quick,
        ..RUST
    },
    Kernel { arch: &ARM, ..RUST },
    Kernel {
        release: "7.2",
        ..RUST
    },
    // The long-term release that most boards' vendors have today.
    Kernel {
        release: "6.12",
        language: Language::Uio,
        ..RUST
    },
    // Debian's kernels have no Zynq.
    Kernel {
        arch: &ARM,
        language: Language::C,
        ..RUST
    },
    // The debugging options find in the driver in C what they find in the one in Rust.
    Kernel {
        flavour: &DEBUG,
        language: Language::C,
        ..RUST
    },
    Kernel {
        release: "5.10",
        stock: Some(&debian::BULLSEYE_ARM64),
        ..STOCK
    },
    Kernel {
        tier: Tier::Quick,
        ..STOCK
    },
    Kernel {
        arch: &ARM,
        tier: Tier::Quick,
        stock: Some(&debian::BOOKWORM_ARMMP),
        ..STOCK
    },
    Kernel {
        release: "6.12",
        stock: Some(&debian::BACKPORTS_ARM64),
        ..STOCK
    },
    Kernel {
        release: "7.3",
        stock: Some(&debian::NEWER_ARM64),
        ..STOCK
    },
    Kernel {
        arch: &X86_64,
        tier: Tier::Named,
        ..RUST
    },
    Kernel {
        arch: &RISCV,
        tier: Tier::Named,
        ..RUST
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_stock_where_its_flavour_is() {
        for kernel in KERNELS {
            let stock = kernel.stock.is_some();
            assert_eq!(stock, *kernel.flavour == DEBIAN, "{kernel}");
            assert!(!stock || kernel.language == Language::C, "{kernel}");
        }
    }

    #[test]
    fn no_two_kernels_have_one_name() {
        let names: std::collections::BTreeSet<_> = KERNELS.iter().map(Kernel::to_string).collect();
        assert_eq!(names.len(), KERNELS.len());
        assert!(names.contains("6.1 arm64 Debian C"));
    }
}
