// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../interrupts/axi-dma.rs"]
mod axi_dma;

use axi_dma::interrupts::{Mm2s, S2mm};

fn main() {
    let simulator = axi_dma::Simulator::new();
    let received = simulator.interrupt_of(S2mm);
    let _ = received.enable(Mm2s::IOC);
}
