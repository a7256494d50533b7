// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

#[allow(dead_code, unused_attributes)]
#[path = "../../interrupts/axi-dma.rs"]
mod axi_dma;

fn main() {
    let device = every_access::Device::on_memory();
    let _ = device.interrupt_of(axi_dma::interrupts::S2mm);
}
