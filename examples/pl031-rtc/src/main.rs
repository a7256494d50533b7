// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sets the alarm of the real-time clock to the next second, and sleeps until it
//! occurs.

use std::error::Error;
use std::time::Duration;

use pl031_rtc::interrupts::Irq;
use pl031_rtc::{Device, Registers};

/// ARM DDI 0224, §3.3.9: part 0x031, designer ARM (0x41), revision 1.
const PERIPH_ID: [u8; 4] = [0x31, 0x10, 0x14, 0x00];

/// An alarm a second ahead occurs within this time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("pl031-rtc0"))?;
    let regs = device.regs();

    check_identity(regs)?;
    wake_at_the_next_second(&device)
}

fn check_identity(regs: Registers<'_>) -> Result<(), Box<dyn Error>> {
    let bytes = |index: usize| regs.periph_id(index).read().byte();
    let periph_id: [u8; 4] = std::array::from_fn(bytes);
    println!("PERIPH_ID = {periph_id:02x?}");
    if periph_id == PERIPH_ID {
        return Ok(());
    }
    Err(format!("expected {PERIPH_ID:02x?}").into())
}

fn wake_at_the_next_second(device: &Device) -> Result<(), Box<dyn Error>> {
    let regs = device.regs();
    let alarm = device.interrupt()?;
    alarm.enable(Irq::ALARM)?;

    let now = regs.dr().read();
    regs.mr().write(now.wrapping_add(1));
    let event = alarm
        .wait(Some(PATIENCE))?
        .ok_or("the alarm did not occur")?;
    let then = regs.dr().read();

    println!("asleep from {now} to {then}, woken by {event:?}");
    if !event.events.contains(Irq::ALARM) || then == now {
        return Err("this was not the alarm".into());
    }
    // The driver has acknowledged it.
    if regs.mis().read().alarm() {
        return Err("the alarm is still pending".into());
    }
    Ok(())
}
