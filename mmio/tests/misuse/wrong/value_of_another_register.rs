// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

use every_access::{Device, IrqStat};

fn main() {
    let device = Device::on_memory();
    device.regs().ctrl().write(IrqStat::default());
}
