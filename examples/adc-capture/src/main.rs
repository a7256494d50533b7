// SPDX-License-Identifier: MIT OR Apache-2.0

//! Configures the capture, and sums up the samples that are in its RAM.
//!
//! Without an ADC, plain memory is used in its place: it keeps what is written.

use std::error::Error;

use adc_capture::mmio::{Bus, Fixed, Writable};
use adc_capture::{Ctrl, Device, Mode, Registers};

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = match node {
        Some(node) => Device::open(node)?,
        None => Device::open_instance("adc0")?,
    };
    let regs = device.regs();

    println!("{:?}, {:?}", regs.id().read(), regs.version().read());
    configure(regs)?;
    configure_channels(regs)?;
    let sum = sum_of_samples(regs);
    println!("at {} the samples sum up to {sum}", regs.time().read());
    Ok(())
}

fn configure<B: Bus + Writable>(regs: Registers<'_, B>) -> Result<(), Box<dyn Error>> {
    let gain = Fixed::from_f64(1.5)?;
    regs.ctrl()
        .write(Ctrl::default().with_mode(Mode::Test).with_gain(gain));
    regs.ctrl().update(|ctrl| ctrl.with_enable(true));
    let ctrl = regs.ctrl().read();
    println!("{ctrl:?}");
    if ctrl.mode() == Ok(Mode::Test) && ctrl.enable() && ctrl.gain() == gain {
        return Ok(());
    }
    Err("CTRL does not hold what was written".into())
}

fn configure_channels<B: Bus + Writable>(regs: Registers<'_, B>) -> Result<(), Box<dyn Error>> {
    for (number, channel) in (1..).zip(regs.ch_iter()) {
        channel.cfg().write(number);
    }
    let configured = regs.ch_iter().map(|channel| channel.cfg().read());
    if configured.eq(1..=4) {
        return Ok(());
    }
    Err("the channels do not hold what was written".into())
}

fn sum_of_samples<B: Bus>(regs: Registers<'_, B>) -> u64 {
    let mut samples = [0; 1024];
    regs.samples().copy_to(0, &mut samples);
    samples.into_iter().map(u64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use adc_capture::Simulator;
    use adc_capture::mmio::{FaultInjector, Transfer};

    /// When it is enabled in its test mode, the hardware captures a ramp.
    fn capturing() -> Simulator {
        let simulator = Simulator::new();
        let samples = simulator.regs().samples();
        let places: Vec<_> = (0..samples.len()).map(|at| samples.offset_of(at)).collect();
        let ctrl = simulator.regs().ctrl();
        simulator.on_write(ctrl, move |hardware, bits| {
            if bits & 0x5 != 0x5 {
                return;
            }
            for (sample, place) in (0..).zip(&places) {
                hardware.set(*place, sample);
            }
        });
        simulator
    }

    #[test]
    fn the_captured_samples_are_summed_up() {
        let simulator = capturing();
        let regs = simulator.regs();
        assert_eq!(sum_of_samples(regs), 0);
        configure(regs).expect("it holds what is written");
        assert_eq!(sum_of_samples(regs), 1023 * 1024 / 2);
        assert_eq!(simulator.strays(), []);
    }

    #[test]
    fn the_mode_is_set_before_it_is_enabled() {
        let simulator = capturing();
        configure(simulator.regs()).expect("it holds what is written");
        let log = [
            Transfer::write(0x10, 4, 0x3000_0004),
            Transfer::read(0x10, 4, 0x3000_0004),
            Transfer::write(0x10, 4, 0x3000_0005),
            Transfer::read(0x10, 4, 0x3000_0005),
        ];
        assert_eq!(simulator.log(), log);
    }

    #[test]
    fn a_channel_that_loses_its_number_is_noticed() {
        let simulator = capturing();
        configure_channels(simulator.regs()).expect("they hold what is written");
        let third = simulator.regs().ch(2).cfg().offset();
        let faulty = FaultInjector::new(simulator).with_bits_stuck(third, 0, 0x1);
        configure_channels(faulty.regs::<adc_capture::Block>()).expect_err("3 is read as 2");
    }
}
