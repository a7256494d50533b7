// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debian's stock kernels, as data: which suites have them, and what they are called there.

/// Where Debian has a stock kernel, and what it calls it.
#[derive(Debug, PartialEq, Eq)]
pub struct Stock {
    /// Where it is looked for, in this order.
    pub(crate) suites: &'static [Suite],
    /// The kernel's flavour, by which its packages' names end.
    pub(crate) flavour: &'static str,
    /// The architecture of the packages.
    pub(crate) architecture: &'static str,
    /// The architecture of this machine's whose modpost knows the kernel's structures: it takes them to
    /// have pointers of its own size.
    pub(crate) modpost: Option<&'static str>,
    /// Modules of its own that the machines of the lab need, by the ends of their paths.
    pub(crate) modules: &'static [&'static str],
}

/// A suite of the archive.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    /// The suite with the C library that its programs want, where it is newer than this machine's
    /// may be.
    pub(crate) library: Option<&'static str>,
}

/// Debian 11's.
pub(crate) const BULLSEYE_ARM64: Stock = Stock {
    suites: &[Suite::old("bullseye")],
    ..BOOKWORM_ARM64
};

/// Debian 12's.
pub(crate) const BOOKWORM_ARM64: Stock = Stock {
    suites: &[Suite::old("bookworm")],
    flavour: "arm64",
    architecture: "arm64",
    modpost: None,
    modules: &[],
};

/// The same, for the boards with processors of 32 bits.
pub(crate) const BOOKWORM_ARMMP: Stock = Stock {
    flavour: "armmp",
    architecture: "armhf",
    modpost: Some("i386"),
    modules: &[IMX_WATCHDOG],
    ..BOOKWORM_ARM64
};

/// Debian 13's.
pub(crate) const BACKPORTS_ARM64: Stock = Stock {
    suites: &[
        Suite::old("bookworm-backports"),
        Suite::new("trixie", "trixie"),
    ],
    ..BOOKWORM_ARM64
};

/// The one after it.
pub(crate) const NEWER_ARM64: Stock = Stock {
    suites: &[
        Suite::new("trixie-backports", "trixie"),
        Suite::new("forky", "forky"),
        Suite::new("sid", "sid"),
    ],
    ..BOOKWORM_ARM64
};

/// Restarts an i.MX: see `machine::SABRELITE`.
pub(crate) const IMX_WATCHDOG: &str = "drivers/watchdog/imx2_wdt.ko";

impl Suite {
    const fn old(name: &'static str) -> Self {
        let library = None;
        Self { name, library }
    }

    const fn new(name: &'static str, library: &'static str) -> Self {
        let library = Some(library);
        Self { name, library }
    }
}
