// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

use every_access::Registers;
use regloom_mmio::ReadOnly;

fn change(regs: Registers<'_, ReadOnly>) {
    let _ = regs.port().pop();
}

fn main() {}
