// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../every_access/lib.rs"]
mod every_access;

#[allow(dead_code, unused_attributes)]
#[path = "../interrupts/axi-dma.rs"]
mod axi_dma;

use axi_dma::interrupts::S2mm;
use every_access::{Ctrl, Device, Dmacr, IrqStat, Limits, Mixed, Mode};
use regloom_mmio::Bounded;

fn main() {
    let mut device = Device::on_memory();
    let regs = device.regs();
    regs.irq_stat().clear(IrqStat::DONE);
    assert_ne!(regs.irq_stat().take(), IrqStat::OVF);
    regs.dmacr().trigger(Dmacr::RESET);
    regs.sets().set(0x5);
    regs.mixed().set(Mixed::GO);
    regs.mixed().write_acting(Mixed::default(), Mixed::GO | Mixed::ACK);
    regs.divider().write(Bounded::of::<1>());
    regs.limits().write(Limits::default().with_byte(Bounded::of::<1>()));
    let _ = regs.stat().read();
    regs.key().write(1);
    regs.mixed().update(|mixed| mixed.with_mode(Bounded::of::<3>()));
    let _ = regs.row_at::<7>().read();
    regs.ctrl().write(Ctrl::default().with_mode(Mode::Test));
    let mut stream = device.stream(|device| device.regs().port());
    let _ = stream.pop();
    let simulator = axi_dma::Simulator::new();
    let _ = simulator.interrupt_of(S2mm).enable(S2mm::IOC | S2mm::ERR);
    std::thread::spawn(move || device.regs().value().read());
}
