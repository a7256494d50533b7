// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

fn main() {
    let device = every_access::Device::on_memory();
    device.regs().secret(1).reset();
}
