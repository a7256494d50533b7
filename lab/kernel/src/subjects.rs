// SPDX-License-Identifier: MIT OR Apache-2.0

//! The devices of a run, and what is built and booted of them with each kernel.

use anyhow::{Result, ensure};

use super::arch::Kernel;
use super::map_change::version;
use super::scenario::Scenario;
use super::scenario::all::all as scenarios;
use super::selection::Selection;
use super::{devices, program};

/// What is tested.
pub(super) struct Subjects {
    pub(super) devices: Vec<String>,
    /// The device whose map changes is tried too.
    pub(super) map_change: bool,
}

impl Subjects {
    /// All there are that the selection has, or those of these names.
    pub(super) fn chosen(selection: &Selection, only: &[String]) -> Result<Self> {
        let mut devices = devices::all()?;
        for scenario in scenarios() {
            ensure!(
                devices.iter().any(|device| device == scenario.device),
                "{} is to be booted, but is not in generated/; run cargo xtask codegen",
                scenario.device
            );
        }
        for name in only {
            ensure!(
                devices.contains(name) || name == version::DEVICE,
                "the lab has no {name}, but {}, {}",
                devices.join(", "),
                version::DEVICE
            );
        }
        let wanted = |name: &str| only.is_empty() || only.iter().any(|it| it == name);
        devices.retain(|device| {
            wanted(device) && (selection.has_own_devices() || !devices::is_own(device))
        });
        Ok(Self {
            devices,
            map_change: wanted(version::DEVICE),
        })
    }

    /// What is booted of them with this kernel.
    pub(super) fn scenarios(&self, kernel: &Kernel) -> Vec<&'static Scenario> {
        let is_chosen = |it: &&Scenario| self.devices.iter().any(|name| name == it.device);
        let booted = |it: &&Scenario| it.boots(kernel) && is_chosen(it);
        scenarios().filter(booted).collect()
    }

    /// Whether any of these has a program for processors of 32 bits too.
    pub(super) fn need_32_bits(&self, kernel: &Kernel) -> bool {
        let scenarios = self.scenarios(kernel);
        scenarios
            .iter()
            .any(|it| it.lab.is_some_and(|lab| lab.in_32_bits))
    }

    /// The devices whose drivers are compiled for this kernel.
    pub(super) fn compiled(&self, kernel: &Kernel) -> Vec<String> {
        let is_booted = |name: &String| scenarios().any(|it| it.boots(kernel) && it.device == name);
        let devices = self.devices.iter();
        let compiled = devices.filter(|it| !devices::is_own(it) || is_booted(it));
        compiled.cloned().collect()
    }

    pub(super) fn changes_map_on(&self, kernel: &Kernel) -> bool {
        self.map_change && *version::ARCH == *kernel.arch
    }

    /// The packages of the programs that this takes.
    pub(super) fn packages(&self, kernel: &Kernel) -> Vec<String> {
        let mut packages = vec![program::GUEST.to_owned()];
        let scenarios = self.scenarios(kernel);
        let with_program = scenarios.iter().filter(|it| it.has_program());
        packages.extend(with_program.map(|it| program::package(it.device)));
        if self.changes_map_on(kernel) {
            packages.extend(version::PACKAGES.map(str::to_owned));
        }
        packages
    }
}
