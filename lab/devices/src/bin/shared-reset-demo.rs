// SPDX-License-Identifier: MIT OR Apache-2.0

//! Two blocks have one reset: it is released as long as one of them is bound.

regloom_mmio::include_map!("shared-reset");

use lab_devices::binding::{Binding, wait_for_node};
use lab_devices::{Tried, must_be, physical};
use shared_reset::Device;

/// The register of the processors with the reset, in bit 0.
const FPGA_RST_CTRL: u64 = 0xf800_0240;

fn main() -> Tried {
    let blocks = [Binding::at(0x4000_0000)?, Binding::at(0x4001_0000)?];
    works(0)?;
    works(1)?;
    must_be("both are bound, asserted", is_asserted()?, false)?;

    for (one, other) in [(0, 1), (1, 0)] {
        blocks[one].unbind()?;
        wait_for_node(&node(one), false)?;
        must_be("the other is bound, asserted", is_asserted()?, false)?;
        works(other)?;
        blocks[other].unbind()?;
        must_be("none is bound, asserted", is_asserted()?, true)?;
        blocks[one].bind()?;
        must_be("one is bound, asserted", is_asserted()?, false)?;
        wait_for_node(&node(one), true)?;
        works(one)?;
        blocks[other].bind()?;
        must_be("both are bound again, asserted", is_asserted()?, false)?;
        wait_for_node(&node(other), true)?;
        works(other)?;
    }
    println!("the reset is released as long as one is bound");
    Ok(())
}

fn node(number: usize) -> String {
    format!("/dev/shared-reset{number}")
}

fn is_asserted() -> Tried<bool> {
    Ok(physical::read(FPGA_RST_CTRL)? & 1 == 1)
}

fn works(number: usize) -> Tried {
    let device = Device::open(format!("shared-reset{number}"))?;
    let value = device.regs().value();
    let mark = 0xabcd_0000 + u32::try_from(number)?;
    value.write(mark);
    must_be("what was written", value.read(), mark)
}
