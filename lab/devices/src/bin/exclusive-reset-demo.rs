// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block must have its reset for itself: as long as it is bound, another with that reset is not.

regloom_mmio::include_map!("exclusive-reset");

use exclusive_reset::Device;
use lab_devices::binding::{Binding, wait_for_node};
use lab_devices::{Tried, must_be, physical};

/// The register of the processors with the reset, in bit 0.
const FPGA_RST_CTRL: u64 = 0xf800_0240;

fn main() -> Tried {
    let first = Binding::at(0x4000_0000)?;
    let second = first.of_other("40010000.lab-second")?;
    works("exclusive-reset0")?;
    must_be("bound, asserted", is_asserted()?, false)?;

    let refusal = second.bind().map_err(|error| error.raw_os_error());
    must_be("another is bound", refusal, Err(Some(libc::EBUSY)))?;
    must_be("after the refusal, asserted", is_asserted()?, false)?;
    works("exclusive-reset0")?;

    // That it has the reset is all that prevents the other.
    first.unbind()?;
    must_be("unbound, asserted", is_asserted()?, true)?;
    second.bind()?;
    must_be("the other is bound, asserted", is_asserted()?, false)?;
    wait_for_node("/dev/exclusive-reset1", true)?;
    works("exclusive-reset1")?;
    second.unbind()?;
    must_be("unbound again, asserted", is_asserted()?, true)?;
    first.bind()?;
    wait_for_node("/dev/exclusive-reset0", true)?;
    works("exclusive-reset0")?;
    println!("one has the reset at a time");
    Ok(())
}

fn is_asserted() -> Tried<bool> {
    Ok(physical::read(FPGA_RST_CTRL)? & 1 == 1)
}

fn works(node: &str) -> Tried {
    let device = Device::open(node)?;
    let value = device.regs().value();
    value.write(0xabcd_1234);
    must_be("what was written", value.read(), 0xabcd_1234)
}
