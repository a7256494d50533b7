// SPDX-License-Identifier: MIT OR Apache-2.0

//! Uses a block that begins within one page, at no multiple of 8, and ends within the next.

regloom_mmio::include_map!("odd-base");

use lab_devices::{Tried, must_be, physical};
use odd_base::Device;

const BASE: u64 = 0x4000_0ff4;

fn main() -> Tried {
    // What is before it and behind it.
    let others = [BASE - 4, BASE + 0x20];
    for address in others {
        physical::write(address, 0x7777_7777)?;
    }
    let device = Device::open("odd-base0")?;
    let regs = device.regs();
    must_be("ID", regs.id().read(), 0x4f44_4442)?;
    regs.value().write(0x1111_1111);
    regs.last().write(0x2222_2222);
    must_be("VALUE", physical::read(BASE + 0x4)?, 0x1111_1111)?;
    must_be("LAST", physical::read(BASE + 0x1c)?, 0x2222_2222)?;
    physical::write(BASE + 0x4, 0x3333_3333)?;
    must_be("VALUE is read", regs.value().read(), 0x3333_3333)?;
    for address in others {
        must_be("a word beside it", physical::read(address)?, 0x7777_7777)?;
    }
    println!("a block in parts of two pages");
    Ok(())
}
