// SPDX-License-Identifier: MIT OR Apache-2.0

//! Configures the capture, and sums up the samples that are in its RAM.
//!
//! Where there is no ADC, plain memory stands in for it: what is written stays.

use std::error::Error;

use adc_capture::{Ctrl, Device, Mode, Registers};

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("adc-capture0"))?;
    let regs = device.regs();

    println!("{:?}, {:?}", regs.id().read(), regs.version().read());
    configure(regs)?;
    configure_channels(regs)?;
    let sum = sum_of_samples(regs);
    println!(
        "at {} the samples sum up to {sum}",
        regs.time().read().bits()
    );
    Ok(())
}

fn configure(regs: Registers<'_>) -> Result<(), Box<dyn Error>> {
    // 1.5 in s3.13.
    let gain = 3 << 12;
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
        channel.cfg().write(adc_capture::ch::Cfg::from_bits(number));
    }
    let configured = regs.ch_iter().map(|channel| channel.cfg().read().bits());
    if configured.eq(1..=4) {
        return Ok(());
    }
    Err("the channels do not hold what was written".into())
}

fn sum_of_samples(regs: Registers<'_>) -> u64 {
    let samples = regs.samples_iter();
    samples.map(|sample| u64::from(sample.read().bits())).sum()
}
