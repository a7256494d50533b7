// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel that is there, built by the lab or by Debian: what modules are built against, and what
//! machines boot.

use std::path::{Path, PathBuf};
use std::process::Command;

use lab_support::progress;

use super::arch::Kernel;
use super::environment::clean;

/// A kernel, and how to build against it.
#[derive(Debug)]
pub(crate) struct Linux {
    pub(crate) kernel: &'static Kernel,
    /// How results name it, such as `7.3.4 arm64 Rust`.
    pub(crate) label: String,
    /// The image that a machine boots.
    pub(crate) image: PathBuf,
    /// What it is configured with.
    pub(crate) config: PathBuf,
    /// The folder of its own device trees.
    pub(crate) device_trees: PathBuf,
    /// The folder that has its own modules, by their paths in the source.
    pub(crate) modules: PathBuf,
    pub(crate) make: Make,
    /// What machines with it divide the number of rounds of long tests by.
    pub(crate) divisor: u32,
}

/// How `make` is to be called for modules: where, and with which variables.
#[derive(Debug)]
pub(crate) struct Make {
    /// The folder that makes modules: a user's `KDIR`.
    pub(crate) folder: PathBuf,
    pub(crate) variables: Vec<String>,
}

impl Linux {
    /// The label as a folder's name.
    pub(crate) fn folder_name(&self) -> String {
        self.label.replace(' ', "-")
    }

    /// One of the kernel's own modules, by its path in the source.
    pub(crate) fn module(&self, path: &str) -> PathBuf {
        self.modules.join(path)
    }

    /// One of the kernel's own device trees, by its name.
    pub(crate) fn device_tree(&self, name: &str) -> PathBuf {
        self.device_trees.join(name)
    }

    /// `make` for a module in a folder that has only a Kbuild, with the pickiest warnings.
    pub(crate) fn make_module(&self, folder: &Path) -> Command {
        let mut command = self.make_in(&self.make.folder);
        command
            .arg(format!("M={}", folder.display()))
            .arg("modules");
        command
    }

    /// `make` for a generated driver, by its own makefile, with the pickiest warnings.
    pub(crate) fn make_driver(&self, folder: &Path) -> Command {
        let mut command = self.make_in(folder);
        command
            .arg(format!("KDIR={}", self.make.folder.display()))
            .arg("modules");
        command
    }

    fn make_in(&self, folder: &Path) -> Command {
        let mut command = clean(Command::new("make"));
        command
            .arg("-C")
            .arg(folder)
            .args(&self.make.variables)
            .arg("W=1");
        command
    }

    /// Whether the driver in Rust can be built against it: stock kernels come without what that
    /// takes.
    pub(crate) fn has_rust(&self) -> bool {
        let config = progress::read(&self.config);
        has(&config, "CONFIG_RUST") && self.make.folder.join("rust/libkernel.rmeta").exists()
    }

    /// Whether its makefiles call the sparse of this machine. Newer ones ask a script whether it
    /// knows the compiler's newest words, and some headers come without that script.
    pub(crate) fn calls_sparse(&self) -> bool {
        let makefile = progress::read(&self.make.folder.join("Makefile"));
        let common = makefile.lines().find_map(|it| it.strip_prefix("include "));
        let Some(common) = common.map(Path::new) else {
            return true;
        };
        if !progress::read(common).contains(CHECKER_SCRIPT) {
            return true;
        }
        let script = common.with_file_name("scripts").join(CHECKER_SCRIPT);
        let answer = clean(Command::new(script)).arg("sparse").output();
        answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"1")
    }

    /// The options that tests need and this kernel does not have.
    pub(crate) fn lacks(&self) -> Vec<Feature> {
        let config = progress::read(&self.config);
        let lacks = |it: &Feature| !has(&config, it.option());
        Feature::ALL.into_iter().filter(lacks).collect()
    }

    /// Why a test that needs a feature cannot run on it.
    pub(crate) fn without(&self, feature: Feature) -> String {
        let kind = match self.kernel.stock {
            Some(_) => "stock",
            None => self.kernel.flavour.name,
        };
        format!("not on a {kind} kernel: {} is not set", feature.option())
    }
}

/// The script that says whether sparse can be used.
const CHECKER_SCRIPT: &str = "checker-valid.sh";

/// Whether an option is built in, or a module.
fn has(config: &str, option: &str) -> bool {
    let value = |line: &str| line.strip_prefix(option).map(str::to_owned);
    let values = config.lines().filter_map(value);
    let mut values = values.map(|rest| rest == "=y" || rest == "=m");
    values.any(|it| it)
}

/// What some tests need of a kernel, and not every kernel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    FailingAllocations,
    LeakDetector,
    Overlays,
    PowerManagedBus,
    UioOfTrees,
}

impl Feature {
    const ALL: [Self; 5] = [
        Self::FailingAllocations,
        Self::LeakDetector,
        Self::Overlays,
        Self::PowerManagedBus,
        Self::UioOfTrees,
    ];

    /// The kernel's option that has it.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::FailingAllocations => "CONFIG_FAILSLAB",
            Self::LeakDetector => "CONFIG_DEBUG_KMEMLEAK",
            Self::Overlays => "CONFIG_OF_OVERLAY",
            Self::PowerManagedBus => "CONFIG_SIMPLE_PM_BUS",
            Self::UioOfTrees => "CONFIG_UIO_PDRV_GENIRQ",
        }
    }
}
