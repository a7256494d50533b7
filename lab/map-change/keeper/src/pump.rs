// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pump of whichever version of the map there is.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use regloom_mmio::{Interrupt, OpenError, OpenErrorKind};

/// How often a node is looked for that is not there.
const OFTEN: Duration = Duration::from_millis(5);

/// How long a node may be there that this user may not use: udev sets its permissions
/// after the kernel has made it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pump, by the version that its driver was made for.
pub(crate) enum Pump {
    First(pump_v1::Device),
    Second(pump_v2::Device),
}

impl Pump {
    /// Opens the pump, as soon as there is one.
    pub(crate) fn open_when_there(node: &str) -> Result<Self, OpenError> {
        let mut refused = None;
        loop {
            match Self::open(node) {
                Err(error) if may_come(error.kind(), &mut refused) => thread::sleep(OFTEN),
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
            Self::First(device) => device.interrupt().map(Interrupt::untyped),
            Self::Second(device) => device.interrupt().map(Interrupt::untyped),
        }
    }
}

/// Whether a device may be there a moment later; `refused`: since when its node is
/// there, and not for this user.
fn may_come(kind: OpenErrorKind, refused: &mut Option<Instant>) -> bool {
    match kind {
        OpenErrorKind::NotFound => {
            *refused = None;
            true
        }
        OpenErrorKind::PermissionDenied => {
            refused.get_or_insert_with(Instant::now).elapsed() < PATIENCE
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_without_permissions_is_waited_for_some_seconds() {
        let mut refused = None;
        assert!(may_come(OpenErrorKind::PermissionDenied, &mut refused));
        let since = refused.expect("it is refused from now on");
        assert!(may_come(OpenErrorKind::PermissionDenied, &mut refused));
        assert_eq!(refused, Some(since));
        let mut long_ago = since.checked_sub(PATIENCE);
        assert!(!may_come(OpenErrorKind::PermissionDenied, &mut long_ago));
        assert!(may_come(OpenErrorKind::NotFound, &mut long_ago));
        assert_eq!(long_ago, None);
        assert!(!may_come(OpenErrorKind::OtherDriver, &mut refused));
    }
}
