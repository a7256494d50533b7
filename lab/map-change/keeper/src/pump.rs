// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pump of whichever version of the map there is.

use std::io;
use std::thread;
use std::time::Duration;

use regloom_mmio::{Interrupt, OpenError, OpenErrorKind};

/// How often a node is looked for that is not there.
const OFTEN: Duration = Duration::from_millis(5);

/// The pump, by the version that its driver was made for.
pub(crate) enum Pump {
    First(pump_v1::Device),
    Second(pump_v2::Device),
}

impl Pump {
    /// Opens the pump, as soon as there is one.
    pub(crate) fn open_when_there(node: &str) -> Result<Self, OpenError> {
        loop {
            match Self::open(node) {
                Err(error) if error.kind() == OpenErrorKind::NotFound => thread::sleep(OFTEN),
                opened => return opened,
            }
        }
    }

    /// The driver reports its map's hash, which decides the version.
    fn open(node: &str) -> Result<Self, OpenError> {
        match pump_v2::Device::open(node) {
            Err(error) if error.kind() == OpenErrorKind::OtherMap => {
                pump_v1::Device::open(node).map(Self::First)
            }
            opened => opened.map(Self::Second),
        }
    }

    /// Starts it, and describes its state.
    pub(crate) fn run(&self) -> Result<String, String> {
        match self {
            Self::First(device) => pump_v1::run(device.regs()),
            Self::Second(device) => pump_v2::run(device.regs()),
        }
    }

    /// Whether it runs. Where the pump was taken away, this ends the process (SIGBUS).
    pub(crate) fn runs(&self) -> bool {
        match self {
            Self::First(device) => pump_v1::runs(device.regs()),
            Self::Second(device) => pump_v2::runs(device.regs()),
        }
    }

    pub(crate) fn interrupt(&self) -> io::Result<Interrupt> {
        match self {
            Self::First(device) => device.interrupt(),
            Self::Second(device) => device.interrupt(),
        }
    }
}
