// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts the first timer once, and sleeps until its interrupt reports that it has
//! expired.

use std::error::Error;
use std::time::Duration;

use axi_timer::interrupts::Irq;
use axi_timer::mmio::{Bus, Waits, Writable};
use axi_timer::timer_t0::Tcsr;
use axi_timer::{Device, Direction, Registers};

/// A second, at 100 MHz.
const TICKS: u32 = 100_000_000;

/// The timer has expired within this time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("axi-timer0"))?;
    sleep(device.regs(), &device.interrupt()?, TICKS)?;
    println!("{TICKS} ticks are over");
    Ok(())
}

/// Runs the first timer for so many ticks, with the device or in a test.
///
/// The driver writes the control register too, when it acknowledges the interrupt.
/// `irq.update` changes it under the driver's lock, so that neither change is lost.
fn sleep<B: Bus + Writable>(
    regs: Registers<'_, B>,
    irq: &impl Waits<Irq>,
    ticks: u32,
) -> Result<(), Box<dyn Error>> {
    let timer = regs.timer_t0();
    timer.tlr().write(ticks);
    let load = Tcsr::default().with_udt(Direction::Down).with_load(true);
    timer.tcsr().write(load);
    irq.enable(Irq::T0)?;
    irq.update(
        |regs| regs.timer_t0().tcsr(),
        |tcsr| tcsr.with_load(false).with_ent(true),
    )?;

    let event = irq.wait(Some(PATIENCE))?;
    irq.disable(Irq::T0)?;
    irq.update(|regs| regs.timer_t0().tcsr(), |tcsr| tcsr.with_ent(false))?;
    match event {
        Some(event) if event.events.contains(Irq::T0) => Ok(()),
        Some(event) => Err(format!("{event:?} is not the timer's").into()),
        None => Err("the timer has not expired".into()),
    }
}

#[cfg(test)]
mod tests {
    use axi_timer::Simulator;

    use super::*;

    const T0: usize = 0x00;
    const T1: usize = 0x10;

    const ENT: u64 = 1 << 7;
    const TINT: u64 = 1 << 8;

    /// Timers: when the first begins to count, the one with this register expires.
    fn expires_at_once(tcsr: usize) -> Simulator {
        let simulator = Simulator::new();
        let mut counts = false;
        simulator.on_write(T0, move |hardware, written| {
            let begins = written & ENT != 0 && !counts;
            counts = written & ENT != 0;
            if begins {
                hardware.set(tcsr, hardware.get(tcsr) | TINT);
            }
        });
        simulator
    }

    #[test]
    fn the_program_sleeps_until_the_timer_has_expired() {
        let simulator = expires_at_once(T0);
        let irq = simulator.interrupt();
        sleep(simulator.regs(), &irq, 1000).unwrap();

        let timer = simulator.regs().timer_t0();
        assert_eq!(timer.tlr().read(), 1000);
        // The driver has acknowledged it; neither it nor the program has changed what
        // the other one wrote to the register.
        let tcsr = timer.tcsr().read();
        assert_eq!(tcsr, Tcsr::default().with_udt(Direction::Down));
        assert!(irq.pending().is_empty());
    }

    #[test]
    fn the_other_timer_does_not_wake_it() {
        let simulator = expires_at_once(T1);
        let error = sleep(simulator.regs(), &simulator.interrupt(), 1000).unwrap_err();
        assert_eq!(error.to_string(), "the timer has not expired");
        // Its flag is as the hardware has set it.
        assert!(simulator.regs().timer_t1().tcsr().read().tint());
    }

    #[test]
    fn both_timers_are_reported_by_one_interrupt() {
        let simulator = Simulator::new();
        let irq = simulator.interrupt();
        irq.enable(Irq::T0 | Irq::T1).unwrap();
        for tcsr in [T0, T1] {
            simulator.set(tcsr, simulator.get(tcsr) | TINT);
        }
        let event = irq.wait(None).unwrap().unwrap();
        assert_eq!(format!("{:?}", event.events), "T0 | T1");
    }
}
