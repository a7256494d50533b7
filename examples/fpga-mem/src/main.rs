// SPDX-License-Identifier: MIT OR Apache-2.0

//! Writes a value to register 0 of the FPGA and reads it back.

use std::error::Error;

use fpga_mem::Device;

/// A value that old bits on a bus are unlikely to have.
const VALUE: u32 = 0xABCD_1234;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("fpga-mem0"))?;
    let regs = device.regs();

    regs.data().write(VALUE);
    let read = regs.data().read();

    println!("DATA = {read:#010x}");
    if read != VALUE {
        return Err(format!("DATA should be {VALUE:#010x}").into());
    }
    Ok(())
}
