// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../interrupts/axi-dma.rs"]
mod axi_dma;

fn main() {
    let simulator = axi_dma::Simulator::new();
    let _ = simulator.interrupt().update(|regs| regs.mm2s().dmasr(), |dmasr| dmasr);
}
