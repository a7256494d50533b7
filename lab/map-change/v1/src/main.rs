// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts the pump by the first version of its map: the one behind a node, or without its
//! driver the one at an address.
#![expect(unsafe_code, reason = "opens the block without its driver")]

use std::error::Error;

use pump_v1::Device;

fn main() -> Result<(), Box<dyn Error>> {
    let place = std::env::args().nth(1);
    let device = open(place.as_deref().unwrap_or("pump-ctrl0"))?;
    println!("{}", pump_v1::run(device.regs())?);
    Ok(())
}

fn open(place: &str) -> Result<Device, Box<dyn Error>> {
    let Some(digits) = place.strip_prefix("0x") else {
        return Ok(Device::open(place)?);
    };
    let base = u64::from_str_radix(digits, 16)?;
    // SAFETY: the caller passes the address of the pump, and no driver has it then. It is not
    // the kernel's memory, so that the mapping is uncached.
    Ok(unsafe { Device::open_physical(base) }?)
}
