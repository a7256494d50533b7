// SPDX-License-Identifier: MIT OR Apache-2.0

//! Two interrupts of one block, each reported alone. The second is the line of
//! the machine's real-time clock, which the clock raises; nothing raises the
//! first.
#![expect(unsafe_code, reason = "the clock has no driver here")]

use std::error::Error;
use std::fs::OpenOptions;
use std::time::Duration;

use pl031_rtc::{Icr, Imsc};

use crate::every_access::Device;
use crate::every_access::interrupts::{Alarm, Spare};

/// Where `virt` has its clock.
const CLOCK: u64 = 0x0901_0000;

/// An alarm a second ahead rings sooner than this, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

const AT_ONCE: Duration = Duration::ZERO;

pub(crate) fn each_is_reported_alone(device: &Device, node: &str) -> Result<(), Box<dyn Error>> {
    let first = device.interrupt()?;
    let spare = device.interrupt_of(Spare)?;
    let alarm = device.interrupt_of(Alarm)?;
    // As it is for a program that was passed a descriptor.
    let file = OpenOptions::new().read(true).write(true).open(node)?;
    let other = Device::from_fd(file.into())?.interrupt_of(Alarm)?;

    // SAFETY: the scenario takes the clock from its driver, and it is no memory.
    let clock = unsafe { pl031_rtc::Device::open_physical(CLOCK) }?;
    let regs = clock.regs();
    regs.imsc().write(Imsc::default().with_alarm(true));
    let mut counts = Vec::new();
    for _ in 0..2 {
        regs.mr().write(regs.dr().read().wrapping_add(1));
        let event = alarm.wait(Some(PATIENCE))?.ok_or("no alarm came")?;
        counts.push(event.count);
        // Without a status register of the block's, the driver holds the line
        // back until the program has seen to its cause.
        regs.icr().clear(Icr::ALARM);
        alarm.unmask()?;
    }
    regs.imsc().write(Imsc::default());

    println!("alarms {counts:?}");
    if counts[1] != counts[0].wrapping_add(1) {
        return Err("they are not counted one by one".into());
    }
    if alarm.wait(Some(AT_ONCE))?.is_some() {
        return Err("an alarm is reported twice".into());
    }
    let event = other.wait(Some(AT_ONCE))?;
    if event.map(|it| it.count) != counts.last().copied() {
        return Err("the other file did not get them".into());
    }
    for silent in [first.untyped(), spare.untyped()] {
        if silent.wait(Some(AT_ONCE))?.is_some() {
            return Err("an interrupt came that nothing raises".into());
        }
    }
    Ok(())
}
