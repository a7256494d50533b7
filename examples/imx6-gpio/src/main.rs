// SPDX-License-Identifier: MIT OR Apache-2.0

//! Makes a pin of the GPIO controller interrupt, and waits for each interrupt.
//!
//! Nothing has to happen at the pin. The program chooses the level that the pin has as the
//! condition, which sets the pin's bit in the status, and then the other level, so that the bit
//! can be acknowledged. Meanwhile the pin's event is disabled: each time is one interrupt.

use std::error::Error;
use std::time::Duration;

use imx6_gpio::interrupts::Low;
use imx6_gpio::mmio::{Bus, Waits, Writable};
use imx6_gpio::{Condition, Device, Direction, Isr, Registers};

/// An interrupt is reported within this time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for an interrupt that must not be reported.
const MOMENT: Duration = Duration::from_millis(50);

/// How many interrupts are waited for one by one.
const INTERRUPTS: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    // The controller has no register that identifies it. Opening it compares the hash of the map
    // in the device tree with that of the program.
    let device = Device::open(node.as_deref().unwrap_or("imx6-gpio0"))?;
    let regs = device.regs();
    let directions = regs.gdir().read();
    interrupt(regs, &device.interrupt()?, INTERRUPTS)?;
    regs.gdir().write(directions);
    println!("{INTERRUPTS} interrupts, each reported once");
    Ok(())
}

/// Makes so many interrupts of pin 0, with the device or in a test.
fn interrupt<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<Low>,
    times: u32,
) -> Result<(), Box<dyn Error>> {
    let level = prepare(regs, irq)?;
    each_is_counted(regs, irq, level, times)?;
    a_disabled_event_waits(regs, irq, level)?;
    irq.disable(Low::PIN0)?;
    Ok(())
}

/// What is true of the pin's level, and what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Level {
    is: Condition,
    other: Condition,
}

/// Has the pin interrupt by levels only, and leaves its condition not met.
fn prepare<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<Low>,
) -> Result<Level, Box<dyn Error>> {
    irq.disable(Low::PIN0)?;
    regs.edge_sel().update(|edges| edges.with_pin0(false));
    let level = match regs.psr().read().pin0() {
        true => Level {
            is: Condition::HighLevel,
            other: Condition::LowLevel,
        },
        false => Level {
            is: Condition::LowLevel,
            other: Condition::HighLevel,
        },
    };
    // Inputs interrupt. QEMU's model has GDIR the other way round here.
    for direction in [Direction::Input, Direction::Output] {
        regs.gdir().update(|gdir| gdir.with_pin0(direction));
        set_status(regs, level);
        let is_set = regs.isr().read().pin0();
        regs.isr().clear(Isr::PIN0);
        if is_set {
            println!("pin 0 interrupts as {direction:?}: {:?}", level.is);
            return Ok(level);
        }
    }
    Err("the condition is met, and the status is not set".into())
}

/// The condition is met, and is no more; the status remains.
fn set_status<B: Bus + Writable>(regs: Registers<'_, B>, level: Level) {
    for condition in [level.is, level.other] {
        regs.icr1().update(|icr1| icr1.with_pin0(condition));
    }
}

fn each_is_counted<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<Low>,
    level: Level,
    times: u32,
) -> Result<(), Box<dyn Error>> {
    let mut last = None;
    for _ in 0..times {
        irq.disable(Low::PIN0)?;
        set_status(regs, level);
        irq.enable(Low::PIN0)?;
        let count = reported(regs, irq)?;
        if let Some(last) = last.replace(count)
            && count != last.wrapping_add(1)
        {
            return Err(format!("interrupt {count} followed interrupt {last}").into());
        }
    }
    nothing_is_reported(irq)
}

/// The status is set while the event is disabled, and interrupts once it is enabled.
fn a_disabled_event_waits<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<Low>,
    level: Level,
) -> Result<(), Box<dyn Error>> {
    irq.disable(Low::PIN0)?;
    set_status(regs, level);
    nothing_is_reported(irq)?;
    irq.enable(Low::PIN0)?;
    reported(regs, irq)?;
    nothing_is_reported(irq)
}

/// The count of the interrupt that is reported, of this pin, acknowledged.
fn reported<B: Bus>(regs: Registers<'_, B>, irq: &impl Waits<Low>) -> Result<u32, Box<dyn Error>> {
    let event = irq.wait(Some(PATIENCE))?;
    let event = event.ok_or("no interrupt was reported")?;
    if event.events != Low::PIN0 {
        return Err(format!("{event:?} is not that of pin 0").into());
    }
    if regs.isr().read().pin0() {
        return Err("it is still pending".into());
    }
    Ok(event.count)
}

fn nothing_is_reported(irq: &impl Waits<Low>) -> Result<(), Box<dyn Error>> {
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
    const PSR: usize = 0x08;
    const ICR1: usize = 0x0c;
    const ISR: usize = 0x18;

    const PIN0: u64 = 1 << 0;
    const PIN1: u64 = 1 << 1;

    /// A pin with this level whose condition counts while its bit in GDIR is this.
    fn controller(level: u64, gdir: u64) -> Simulator {
        let simulator = Simulator::new();
        simulator.set(PSR, level);
        let detect = move |hardware: Hardware<'_>, _| {
            let is_met = hardware.get(ICR1) & 0b11 == level;
            if is_met && hardware.get(GDIR) & PIN0 == gdir {
                hardware.set(ISR, hardware.get(ISR) | PIN0);
            }
        };
        for register in [GDIR, ICR1, ISR] {
            simulator.on_write(register, detect);
        }
        simulator
    }

    #[test]
    fn inputs_interrupt_at_either_level() {
        for level in [0, 1] {
            let simulator = controller(level, 0);
            let irq = simulator.interrupt();
            interrupt(simulator.regs(), &irq, 10).unwrap();
            assert_eq!(simulator.get(ISR), 0);
            assert_eq!(simulator.get(GDIR), 0);
            assert!(irq.pending().is_empty());
        }
    }

    #[test]
    fn a_model_that_takes_outputs_for_inputs_will_do() {
        let simulator = controller(0, PIN0);
        interrupt(simulator.regs(), &simulator.interrupt(), 10).unwrap();
        assert_eq!(simulator.get(GDIR), PIN0);
    }

    #[test]
    fn a_pin_that_never_interrupts_is_an_error() {
        let simulator = Simulator::new();
        let error = interrupt(simulator.regs(), &simulator.interrupt(), 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the condition is met, and the status is not set"
        );
    }

    #[test]
    fn the_event_of_another_pin_is_an_error() {
        let simulator = controller(0, 0);
        let irq = simulator.interrupt();
        irq.enable(Low::PIN1).unwrap();
        simulator.set(ISR, PIN1);
        let error = interrupt(simulator.regs(), &irq, 1).unwrap_err();
        assert!(error.to_string().contains("PIN1"), "{error}");
    }
}
