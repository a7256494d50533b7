// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

fn main() {
    let mut device = every_access::Device::on_memory();
    let mut one = device.stream(|device| device.regs().port());
    let mut other = device.stream(|device| device.regs().port());
    let _ = (one.pop(), other.pop());
}
