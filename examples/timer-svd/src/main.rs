// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sets up a timer. With the name of a node it drives that device; without one it
//! uses plain memory, to show what the accessor does.

use std::error::Error;

use timer_svd::timer0::{Ctrl, CtrlMode, Device, Registers, Status, ch};

fn main() -> Result<(), Box<dyn Error>> {
    let device = match std::env::args().nth(1) {
        Some(node) => Device::open(&node)?,
        None => Device::on_memory(),
    };
    set_up(device.regs());
    report(device.regs());
    Ok(())
}

/// A period of 1000 ticks of a tenth of the clock, and an output that toggles
/// halfway.
fn set_up(regs: Registers<'_>) {
    regs.load().write(999);
    regs.ch(0).compare().write(499);
    regs.ch(0).config().write(
        ch::Config::default()
            .with_enable(true)
            .with_action(ch::ConfigAction::Toggle),
    );
    regs.ctrl().write(
        Ctrl::default()
            .with_mode(CtrlMode::Periodic)
            .with_prescale(9),
    );
    // Clears these flags; all others stay as they are.
    regs.status().clear(Status::OVERFLOW | Status::MATCH0);
    regs.ctrl().update(|ctrl| ctrl.with_enable(true));
}

fn report(regs: Registers<'_>) {
    println!("{:?}", regs.ctrl().read());
    println!("counts to {}", regs.load().read());
    match regs.ctrl().read().mode() {
        Ok(mode) => println!("mode {mode:?}"),
        Err(raw) => println!("mode {raw}, which has no name"),
    }
    for (index, channel) in regs.ch_iter().enumerate() {
        println!("channel {index}: {:?}", channel.config().read());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_is_set_up_through_the_accessor() {
        let device = Device::on_memory();
        let regs = device.regs();
        set_up(regs);

        let ctrl = regs.ctrl().read();
        assert!(ctrl.enable());
        assert_eq!(ctrl.mode(), Ok(CtrlMode::Periodic));
        assert_eq!(ctrl.prescale(), 9);
        assert_eq!(regs.load().read(), 999);
        assert_eq!(
            regs.ch(0).config().read().action(),
            ch::ConfigAction::Toggle
        );
        assert!(!regs.ch(3).config().read().enable());
    }

    /// On plain memory a store stays as it was made. This shows which bits the
    /// acknowledgement writes, and that it is one store.
    #[test]
    fn acknowledging_writes_ones_only_to_the_named_flags() {
        let device = Device::on_memory();
        let regs = device.regs();
        regs.status().clear(Status::MATCH2);
        assert_eq!(regs.status().read(), Status::MATCH2);
    }

    #[test]
    fn a_mode_without_a_name_is_returned_as_its_number() {
        let device = Device::on_memory();
        let regs = device.regs();
        regs.ctrl().write(Ctrl(3 << 1));
        assert_eq!(regs.ctrl().read().mode(), Err(3));
    }

    #[test]
    fn arrays_are_at_the_offsets_of_the_description() {
        let device = Device::on_memory();
        let regs = device.regs();
        for (value, scratch) in (1..).zip(regs.scratch_iter()) {
            scratch.write(value);
        }
        assert_eq!(regs.scratch_at::<1>().read(), 2);
        assert_eq!(regs.scratch(0).read(), 1);
    }
}
