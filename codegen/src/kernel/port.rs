// SPDX-License-Identifier: MIT OR Apache-2.0

//! Registers that one load or store moves.

use regloom_driver_template::PortView;

use crate::lowered::registers::Port;

/// Where a register is, and how wide it is.
pub(super) fn port(port: Port) -> PortView {
    PortView {
        offset: port.offset,
        width: port.width,
    }
}
