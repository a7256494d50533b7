// SPDX-License-Identifier: MIT OR Apache-2.0

//! Has the controller receive more than its FIFO takes, which its interrupt reports; the enable bit
//! is set by one register, cleared by another and read by a third.

regloom_mmio::include_map!("zynq-spi");

use std::time::Duration;

use lab_devices::{PATIENCE, Tried, must_be};
use zynq_spi::interrupts::Irq;
use zynq_spi::{Device, Imr, Registers};

/// Bytes of the FIFO.
const ROOM: usize = 128;

fn main() -> Tried {
    let device = Device::open("zynq-spi0")?;
    let regs = device.regs();
    let irq = device.interrupt()?;
    drain(regs);
    (0..ROOM).for_each(|_| regs.txd().write(0x5a));

    must_be("nothing is enabled", regs.imr().read(), Imr::default())?;
    irq.enable(Irq::OVERFLOW)?;
    must_be("its bit is set", enabled(regs), (true, false))?;
    must_be(
        "nothing has happened",
        irq.wait(Some(Duration::ZERO))?,
        None,
    )?;
    let mut last = None;
    for _ in 0..100 {
        regs.txd().write(0x5a);
        let event = irq
            .wait(Some(PATIENCE))?
            .ok_or("no overflow was reported")?;
        must_be("the event", event.events, Irq::OVERFLOW)?;
        if let Some(last) = last.replace(event.count) {
            must_be("the count", event.count, last + 1)?;
        }
        must_be("an event leaves it enabled", enabled(regs), (true, false))?;
    }
    irq.disable(Irq::OVERFLOW)?;
    must_be("its bit is cleared", regs.imr().read(), Imr::default())?;
    regs.txd().write(0x5a);
    must_be(
        "it is disabled",
        irq.wait(Some(Duration::from_millis(20)))?,
        None,
    )?;
    must_be(
        "the overflow is there",
        regs.isr().read().rx_overflow(),
        true,
    )?;
    println!("100 overflows, each reported once");
    Ok(())
}

/// Whether overflows are enabled, and any other event is.
fn enabled(regs: Registers<'_>) -> (bool, bool) {
    let imr = regs.imr().read();
    let others = imr.mode_fail() || imr.tx_not_full() || imr.tx_underflow();
    (imr.rx_overflow(), others)
}

fn drain(regs: Registers<'_>) {
    while regs.isr().read().rx_not_empty() {
        let _ = regs.rxd().pop();
    }
}
