// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waits for levels of the controller's FIFOs, which the driver masks by the register that clears
//! enable bits, until the program lets them through.

regloom_mmio::include_map!("zynq-spi-level");

use std::time::Duration;

use lab_devices::{PATIENCE, Tried, must_be};
use zynq_spi_level::interrupts::Irq;
use zynq_spi_level::{Device, Idr, Isr, Registers};

use regloom_mmio::{Event, Events, Interrupt};

/// Bytes of the FIFO.
const ROOM: usize = 128;

/// The time for something not to happen.
const PAUSE: Duration = Duration::from_millis(20);

/// The enable bits, which are not in the events' order.
const OVERFLOW: u32 = 0x1;
const NOT_FULL: u32 = 0x4;
const NOT_EMPTY: u32 = 0x10;

fn main() -> Tried {
    let device = Device::open("zynq-spi-level0")?;
    let regs = device.regs();
    drain(regs);
    let irq = device.interrupt()?;
    a_level_is_masked(regs, &irq)?;
    others_are_not_masked(regs, &irq)?;
    disabled_stays_disabled(regs, &irq)?;
    masked_by_the_program(regs, &irq)?;
    an_acknowledged_event(regs, &irq)?;
    irq.enable(Irq::NOT_EMPTY)?;
    must_be("enabled", enabled(regs), NOT_EMPTY)?;
    drop((irq, device));
    let device = Device::open("zynq-spi-level0")?;
    must_be("enabled after the last close", enabled(device.regs()), 0)?;
    println!("levels are masked, and let through");
    Ok(())
}

fn a_level_is_masked(regs: Registers<'_>, irq: &Interrupt<Irq>) -> Tried {
    irq.enable(Irq::NOT_FULL)?;
    let mut last = reported(irq, Irq::NOT_FULL)?.count;
    for _ in 0..1000 {
        must_be("masked", enabled(regs), 0)?;
        must_be(
            "again without being let through",
            irq.wait(Some(Duration::ZERO))?,
            None,
        )?;
        irq.unmask()?;
        let count = reported(irq, Irq::NOT_FULL)?.count;
        must_be("the count", count, last + 1)?;
        last = count;
    }
    must_be("while masked", irq.wait(Some(PAUSE))?, None)
}

/// `NOT_FULL` is masked now.
fn others_are_not_masked(regs: Registers<'_>, irq: &Interrupt<Irq>) -> Tried {
    irq.enable(Irq::NOT_EMPTY)?;
    must_be("the other is enabled", enabled(regs), NOT_EMPTY)?;
    regs.txd().write(0x5a);
    reported(irq, Irq::NOT_EMPTY)?;
    must_be("both are masked", enabled(regs), 0)?;
    let _ = regs.rxd().pop();
    irq.unmask()?;
    reported(irq, Irq::NOT_FULL)?;
    must_be("the cause of one is removed", enabled(regs), NOT_EMPTY)
}

fn disabled_stays_disabled(regs: Registers<'_>, irq: &Interrupt<Irq>) -> Tried {
    irq.disable(Irq::NOT_FULL)?;
    irq.unmask()?;
    must_be("unmasked", irq.wait(Some(PAUSE))?, None)?;
    must_be("disabled stays so", enabled(regs), NOT_EMPTY)?;
    // What a program clears by the register itself, the next unmasking sets again.
    regs.idr().clear(Idr::RX_NOT_EMPTY);
    must_be("cleared by the register", enabled(regs), 0)?;
    irq.unmask()?;
    must_be("set again", enabled(regs), NOT_EMPTY)
}

fn masked_by_the_program(regs: Registers<'_>, irq: &Interrupt<Irq>) -> Tried {
    irq.mask()?;
    must_be("masked by the program", enabled(regs), 0)?;
    regs.txd().write(0x5a);
    must_be("masked", irq.wait(Some(PAUSE))?, None)?;
    irq.unmask()?;
    reported(irq, Irq::NOT_EMPTY)?;
    irq.disable(Irq::NOT_EMPTY)?;
    drain(regs);
    Ok(())
}

/// The line has an event too, which the program acknowledges.
fn an_acknowledged_event(regs: Registers<'_>, irq: &Interrupt<Irq>) -> Tried {
    (0..ROOM).for_each(|_| regs.txd().write(0x5a));
    irq.enable(Irq::OVERFLOW | Irq::NOT_FULL)?;
    reported(irq, Irq::NOT_FULL)?;
    must_be("one is masked", enabled(regs), OVERFLOW)?;
    regs.txd().write(0x5a);
    reported(irq, Irq::OVERFLOW)?;
    must_be("both are masked", enabled(regs), 0)?;
    regs.isr().clear(Isr::RX_OVERFLOW);
    irq.unmask()?;
    reported(irq, Irq::NOT_FULL)?;
    must_be("the overflow was acknowledged", enabled(regs), OVERFLOW)?;
    irq.disable(Irq::OVERFLOW | Irq::NOT_FULL)?;
    must_be("all are disabled", enabled(regs), 0)?;
    drain(regs);
    irq.unmask()?;
    must_be("disabled", irq.wait(Some(PAUSE))?, None)?;
    must_be("bits", enabled(regs) & (OVERFLOW | NOT_FULL), 0)
}

/// The event that comes soon, which must be this.
fn reported(irq: &Interrupt<Irq>, events: Events<Irq>) -> Tried<Event<Irq>> {
    let event = irq.wait(Some(PATIENCE))?;
    let event = event.ok_or_else(|| format!("{events:?} did not come"))?;
    must_be("the event", event.events, events)?;
    Ok(event)
}

fn enabled(regs: Registers<'_>) -> u32 {
    let imr = regs.imr().read();
    [
        (imr.rx_overflow(), OVERFLOW),
        (imr.tx_not_full(), NOT_FULL),
        (imr.rx_not_empty(), NOT_EMPTY),
    ]
    .into_iter()
    .fold(0, |bits, (is_set, bit)| bits | if is_set { bit } else { 0 })
}

fn drain(regs: Registers<'_>) {
    while regs.isr().read().rx_not_empty() {
        let _ = regs.rxd().pop();
    }
}
