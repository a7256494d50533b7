// SPDX-License-Identifier: MIT OR Apache-2.0

//! Uses a block of two bytes, in the upper half of a word.

regloom_mmio::include_map!("two-bytes");

use lab_devices::{Tried, must_be, physical};
use two_bytes::Device;

const WORD: u64 = 0x4000_0800;

fn main() -> Tried {
    let device = Device::open("two-bytes0")?;
    let id = device.regs().id();
    must_be("ID", id.read(), 0x5457)?;
    physical::write(WORD, 0x1234_ffff)?;
    must_be("ID by another value", id.read(), 0x1234)?;
    physical::write(WORD, 0x5457_0000)?;
    println!("a block of two bytes");
    Ok(())
}
