// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that this is a GPIO controller, makes four lines outputs, and drives
//! them.

use std::error::Error;

use pl061_gpio::mmio::Bus;
use pl061_gpio::{Data, Device, Dir, Direction, Registers};

/// ARM DDI 0190, §3.3.11 and §3.3.12: part 0x061, designer ARM (0x41), and the
/// PrimeCell mark.
const PERIPH_ID: [u8; 4] = [0x61, 0x10, 0x04, 0x00];
const CELL_ID: [u8; 4] = [0x0d, 0xf0, 0x05, 0xb1];

/// Indexes into `data`, which select lines: all outputs, and the first of them.
const OUTPUTS: usize = 0x0f;
const LINE0: usize = 0x01;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let node = node.as_deref().unwrap_or("pl061-gpio0");

    // Reading the identification needs no right to write.
    let observed = Device::open_read_only(node)?;
    check_identity(observed.regs())?;

    let device = Device::open(node)?;
    let regs = device.regs();
    check_directions(regs)?;
    check_lines(regs)
}

fn check_identity(regs: Registers<'_, impl Bus>) -> Result<(), Box<dyn Error>> {
    let bytes = |index: usize| regs.periph_id(index).read().byte();
    let periph_id: [u8; 4] = std::array::from_fn(bytes);
    let cell_id: [u8; 4] = std::array::from_fn(|index| regs.cell_id(index).read().byte());
    println!("PERIPH_ID = {periph_id:02x?}");
    println!("CELL_ID = {cell_id:02x?}");
    equal("PERIPH_ID", &periph_id, &PERIPH_ID)?;
    equal("CELL_ID", &cell_id, &CELL_ID)
}

fn check_directions(regs: Registers<'_>) -> Result<(), Box<dyn Error>> {
    regs.dir().write(
        Dir::default()
            .with_line0(Direction::Output)
            .with_line1(Direction::Output)
            .with_line2(Direction::Output),
    );
    regs.dir().update(|dir| dir.with_line3(Direction::Output));
    let dir = regs.dir().read();
    println!("{dir:?}");
    equal("DIR", &dir.0, &0x0f)?;
    equal("LINE4", &dir.line4(), &Direction::Input)
}

fn check_lines(regs: Registers<'_>) -> Result<(), Box<dyn Error>> {
    regs.data(OUTPUTS).write(Data::default().with_lines(0b0101));
    equal("DATA", &regs.data(OUTPUTS).read().lines(), &0b0101)?;

    // Through this index the write changes only line 0.
    regs.data_at::<LINE0>().write(Data::default());
    let lines = regs.data(OUTPUTS).read().lines();
    println!("DATA[{OUTPUTS:#04x}] = {lines:#06b}");
    equal("DATA", &lines, &0b0100)
}

fn equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> Result<(), Box<dyn Error>> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what} is {found:02x?}, expected {expected:02x?}").into())
}
