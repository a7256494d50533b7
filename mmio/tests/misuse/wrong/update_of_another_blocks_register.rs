// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../interrupts/levels.rs"]
mod levels;

#[allow(dead_code, unused_attributes)]
#[path = "../../interrupts/axi-dma.rs"]
mod axi_dma;

fn main() {
    let device = levels::Device::on_memory();
    let irq = axi_dma::Simulator::new();
    let _ = irq.interrupt().update(|_| device.regs().en(), |en| en);
}
