// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts the fans, and reports their faults.
//!
//! Its accessor is not a separate crate. `fpga/fan-ctrl.yaml` describes the
//! registers, `build.rs` makes a module of them at each change, and `include_map!`
//! below includes it. A typo in the description is a compile error that points at
//! it. A register that was renamed there is a compile error here.
//!
//! The node belongs to the driver, which `regloom generate` makes from the same
//! file. The tests need no node: they use plain memory in place of the device.

regloom_mmio::include_map!("fan-ctrl");

use std::error::Error;

use fan_ctrl::{Alarm, Device, Speed};

/// How many fans the hardware has; `fan` panics at an index beyond.
const FANS: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("fan-ctrl0"))?;

    start(&device, Speed::Slow);
    for index in 0..FANS {
        println!("fan {index}: {}", speed(&device, index)?);
    }
    if let Some(what) = alarm(&device) {
        start(&device, Speed::Fast);
        println!("{what}; all fans run fast now");
    }
    Ok(())
}

/// Sets the speed of every fan before the first of them turns.
fn start(device: &Device, speed: Speed) {
    let regs = device.regs();
    for index in 0..FANS {
        regs.fan(index).update(|fan| fan.with_speed(speed));
    }
    regs.ctrl().update(|ctrl| ctrl.with_enable(true));
}

/// A number without a name in `Speed` is returned as that number, never as a wrong
/// variant.
fn speed(device: &Device, index: usize) -> Result<&'static str, String> {
    match device.regs().fan(index).read().speed() {
        Ok(Speed::Stopped) => Ok("stopped"),
        Ok(Speed::Slow) => Ok("slow"),
        Ok(Speed::Fast) => Ok("fast"),
        Err(raw) => Err(format!("fan {index} has the unknown speed {raw}")),
    }
}

/// The faults since the last call. `take` acknowledges exactly the flags that it
/// read, so that no flag is lost that is set in between. An `update`, which would
/// lose them, does not exist for this register.
fn alarm(device: &Device) -> Option<&'static str> {
    let seen: Alarm = device.regs().alarm().take();
    match (seen.stall(), seen.hot()) {
        (true, _) => Some("a fan stands still"),
        (false, true) => Some("the air is too hot"),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn started_fans_run() {
        let device = Device::on_memory();
        assert_eq!(speed(&device, 3).as_deref(), Ok("stopped"));
        start(&device, Speed::Slow);
        assert!(device.regs().ctrl().read().enable());
        for index in 0..FANS {
            assert_eq!(speed(&device, index).as_deref(), Ok("slow"));
        }
    }

    #[test]
    fn an_alarm_is_reported() {
        let device = Device::on_memory();
        assert_eq!(alarm(&device), None);
        // Memory keeps what is written: `clear` writes a 1, and so plays the
        // hardware that sets the flag.
        device.regs().alarm().clear(Alarm::HOT);
        assert_eq!(alarm(&device), Some("the air is too hot"));
    }
}
