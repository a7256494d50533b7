// SPDX-License-Identifier: MIT OR Apache-2.0

//! Opens a block of 256 MiB with 66 windows, and maps single pages of the
//! largest.

regloom_mmio::include_map!("many-windows");

use lab_devices::physical::{self, Page};
use lab_devices::{Tried, must_be};
use many_windows::Device;
use rustix::io::Errno;

const BASE: u64 = 0x4000_0000;
const ID: u32 = 0x5749_4e44;
const HALF: u64 = 0x800_0000;
const LAST_PAGE: u64 = 0xfff_f000;

fn main() -> Tried {
    let device = Device::open("many-windows0")?;
    let regs = device.regs();
    must_be("the last word", regs.id().read(), ID)?;
    regs.first().write(0x1111_1111);
    regs.last_of_many().write(0x2222_2222);
    regs.ram().write(0, 0x3333_3333);
    must_be("FIRST", physical::read(BASE)?, 0x1111_1111)?;
    must_be(
        "LAST_OF_MANY",
        physical::read(BASE + 0x8_0000)?,
        0x2222_2222,
    )?;
    must_be("RAM", physical::read(BASE + HALF)?, 0x3333_3333)?;

    let node = physical::open("/dev/many-windows0")?;
    let first = Page::of(&node, HALF)?;
    must_be("the first page alone", first.read(0), 0x3333_3333)?;
    let last = Page::of(&node, LAST_PAGE)?;
    must_be("the last page alone", last.read(0xffc), ID)?;
    let middle = Page::of(&node, HALF + 0x345_6000)?;
    middle.write(0x10, 0x4444_4444);
    must_be(
        "a page between",
        physical::read(BASE + HALF + 0x345_6010)?,
        0x4444_4444,
    )?;
    for outside in [HALF - 0x1000, LAST_PAGE + 0x1000, 0x1000] {
        must_be(
            "a page of no window",
            Page::of(&node, outside).err(),
            Some(Errno::INVAL),
        )?;
    }
    println!("66 windows, 256 MiB");
    Ok(())
}
