// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

use every_access::Registers;
use regloom_mmio::ReadOnly;

fn change(regs: Registers<'_, ReadOnly>) {
    regs.value().write(1);
}

fn main() {}
