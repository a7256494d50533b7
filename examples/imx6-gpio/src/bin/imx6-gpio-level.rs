// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waits for a level of a pin: the interrupt is masked when it is reported, until the program has
//! removed the cause.
//!
//! As in `imx6-gpio-demo`, the level is what the pin has, and the program makes it the condition.
//! The interrupt is the controller's second, which UIO does not report.

use std::error::Error;
use std::time::Duration;

use imx6_gpio::interrupts::{High, Low};
use imx6_gpio::mmio::{Bus, Waits, Writable};
use imx6_gpio::{Condition, Device, Direction, Isr, Registers};

/// An interrupt is reported within this time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for an interrupt that must not be reported.
const MOMENT: Duration = Duration::from_millis(50);

/// How often the level is let through.
const TIMES: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("imx6-gpio0"))?;
    let regs = device.regs();
    let directions = regs.gdir().read();
    let irq = device.interrupt_of(High)?;
    let others = device.interrupt_of(Low)?;
    follow_level(regs, &irq, TIMES)?;
    if let Some(event) = others.wait(Some(MOMENT))? {
        return Err(format!("{event:?} was reported by the other interrupt").into());
    }
    regs.gdir().write(directions);
    println!("{TIMES} times the level was let through, and reported once");
    Ok(())
}

/// Lets the level of pin 16 through so many times, with the device or in a test.
fn follow_level<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<High>,
    times: u32,
) -> Result<(), Box<dyn Error>> {
    irq.disable(High::PIN16)?;
    regs.edge_sel().update(|edges| edges.with_pin16(false));
    let (is, other) = match regs.psr().read().pin16() {
        true => (Condition::HighLevel, Condition::LowLevel),
        false => (Condition::LowLevel, Condition::HighLevel),
    };
    choose_direction(regs, is)?;
    irq.enable(High::PIN16)?;
    is_masked_each_time(regs, irq, times)?;
    ends_with_its_cause(regs, irq, other)?;
    irq.disable(High::PIN16)?;
    Ok(())
}

/// Inputs interrupt. QEMU's model has GDIR the other way round here.
fn choose_direction<B: Bus + Writable>(
    regs: Registers<'_, B>,
    condition: Condition,
) -> Result<(), Box<dyn Error>> {
    regs.icr2().update(|icr2| icr2.with_pin16(condition));
    for direction in [Direction::Input, Direction::Output] {
        regs.gdir().update(|gdir| gdir.with_pin16(direction));
        if regs.isr().read().pin16() {
            println!("pin 16 interrupts as {direction:?}: {condition:?}");
            return Ok(());
        }
    }
    Err("the condition is met, and the status is not set".into())
}

/// The level is there all the time, so that nothing can clear its bit in the status.
fn is_masked_each_time<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<High>,
    times: u32,
) -> Result<(), Box<dyn Error>> {
    let mut last = reported(irq)?;
    for _ in 1..times {
        regs.isr().clear(Isr::PIN16);
        if !regs.isr().read().pin16() {
            return Err("the status is clear, and the level is there".into());
        }
        irq.unmask()?;
        let count = reported(irq)?;
        if count != last.wrapping_add(1) {
            return Err(format!("interrupt {count} followed interrupt {last}").into());
        }
        last = count;
    }
    nothing_is_reported(irq)
}

fn ends_with_its_cause<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<High>,
    condition: Condition,
) -> Result<(), Box<dyn Error>> {
    regs.icr2().update(|icr2| icr2.with_pin16(condition));
    regs.isr().clear(Isr::PIN16);
    irq.unmask()?;
    nothing_is_reported(irq)?;
    if regs.isr().read().pin16() || !regs.imr().read().pin16() {
        return Err("the status is set, or the pin is masked".into());
    }
    Ok(())
}

/// The count of the interrupt that is reported, of this pin.
fn reported(irq: &impl Waits<High>) -> Result<u32, Box<dyn Error>> {
    let event = irq.wait(Some(PATIENCE))?;
    let event = event.ok_or("no interrupt was reported")?;
    if event.events != High::PIN16 {
        return Err(format!("{event:?} is not that of pin 16").into());
    }
    Ok(event.count)
}

fn nothing_is_reported(irq: &impl Waits<High>) -> Result<(), Box<dyn Error>> {
    match irq.wait(Some(MOMENT))? {
        None => Ok(()),
        Some(event) => Err(format!("{event:?} was reported without a cause").into()),
    }
}

#[cfg(test)]
mod tests {
    use imx6_gpio::Simulator;
    use imx6_gpio::mmio::Hardware;

    use super::*;

    const GDIR: usize = 0x04;
    const ICR2: usize = 0x10;
    const IMR: usize = 0x14;
    const ISR: usize = 0x18;

    const PIN16: u64 = 1 << 16;

    /// Low pins that interrupt while their bits in GDIR are this.
    fn controller(gdir: u64) -> Simulator {
        let simulator = Simulator::new();
        let detect = move |hardware: Hardware<'_>, _| {
            let is_met = hardware.get(ICR2) & 0b11 == 0;
            if is_met && hardware.get(GDIR) & PIN16 == gdir {
                hardware.set(ISR, hardware.get(ISR) | PIN16);
            }
        };
        for register in [GDIR, ICR2, ISR] {
            simulator.on_write(register, detect);
        }
        simulator
    }

    #[test]
    fn a_level_is_reported_once_for_each_time_that_it_is_let_through() {
        for gdir in [0, PIN16] {
            let simulator = controller(gdir);
            let irq = simulator.interrupt_of(High);
            follow_level(simulator.regs(), &irq, 10).unwrap();
            assert_eq!(simulator.get(ISR), 0);
            assert_eq!(simulator.get(IMR), 0);
            assert_eq!(simulator.get(GDIR), gdir);
        }
    }

    #[test]
    fn a_status_that_is_cleared_under_its_level_is_an_error() {
        let simulator = controller(0);
        simulator.on_write(ISR, |hardware, _| hardware.set(ISR, 0));
        let irq = simulator.interrupt_of(High);
        let error = follow_level(simulator.regs(), &irq, 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the status is clear, and the level is there"
        );
    }

    #[test]
    fn the_other_interrupt_has_no_part_in_it() {
        let simulator = controller(0);
        let others = simulator.interrupt_of(Low);
        others.enable(Low::PIN0 | Low::PIN15).unwrap();
        follow_level(simulator.regs(), &simulator.interrupt_of(High), 10).unwrap();
        assert!(others.wait(Some(Duration::ZERO)).unwrap().is_none());
        assert_eq!(simulator.get(IMR), 0x8001);
    }
}
