// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

fn main() {
    let mut device = every_access::Device::on_memory();
    let port = device.regs().port();
    let mut stream = device.stream(|device| device.regs().port());
    let _ = (port.pop(), stream.pop());
}
