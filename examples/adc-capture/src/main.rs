// SPDX-License-Identifier: MIT OR Apache-2.0

//! Configures the capture, and sums up the samples that are in its RAM.
//!
//! Where there is no ADC, plain memory stands in for it: what is written stays.

use std::error::Error;

use adc_capture::mmio::Fixed;
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

fn configure(regs: Registers<'_>) -> Result<(), Box<dyn Error>> {
    let gain = Fixed::from_f64(1.5)?;
    regs.ctrl()
        .write(Ctrl::RESET.with_mode(Mode::Test).with_gain(gain));
    regs.ctrl().update(|ctrl| ctrl.with_enable(true));
    let ctrl = regs.ctrl().read();
    println!("{ctrl:?}");
    if ctrl.mode() == Ok(Mode::Test) && ctrl.enable() && ctrl.gain() == gain {
        return Ok(());
    }
    Err("CTRL does not hold what was written".into())
}

fn configure_channels(regs: Registers<'_>) -> Result<(), Box<dyn Error>> {
    for (number, channel) in (1..).zip(regs.ch_iter()) {
        channel.cfg().write(number);
    }
    let configured = regs.ch_iter().map(|channel| channel.cfg().read());
    if configured.eq(1..=4) {
        return Ok(());
    }
    Err("the channels do not hold what was written".into())
}

fn sum_of_samples(regs: Registers<'_>) -> u64 {
    let mut samples = [0; 1024];
    regs.samples().copy_to(0, &mut samples);
    samples.into_iter().map(u64::from).sum()
}
