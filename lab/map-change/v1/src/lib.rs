// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pump's software as it was made for the first version of the map.

regloom_mmio::include_map!("pump-ctrl");

pub use pump_ctrl::Device;
use pump_ctrl::{Ctrl, Mode, Registers};
use regloom_mmio::{Bus, Writable};

/// Percent of the power.
const LIMIT: u8 = 90;

/// Starts the pump, and describes its state.
///
/// # Errors
/// When `CTRL` does not hold what was written.
pub fn run<B: Bus + Writable>(regs: Registers<'_, B>) -> Result<String, String> {
    let wanted = Ctrl::default()
        .with_enable(true)
        .with_mode(Mode::Boost)
        .with_limit(LIMIT);
    regs.ctrl().write(wanted);
    let held = regs.ctrl().read();
    if held != wanted {
        return Err(format!("CTRL holds {held:?}, not {wanted:?}"));
    }
    Ok(format!("version 1: {} %, boost", held.limit()))
}

/// Whether it runs.
pub fn runs<B: Bus>(regs: Registers<'_, B>) -> bool {
    regs.ctrl().read().enable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_where_the_first_bitstream_has_it() {
        let simulator = pump_ctrl::Simulator::new();
        assert_eq!(
            run(simulator.regs()).as_deref(),
            Ok("version 1: 90 %, boost")
        );
        assert_eq!(simulator.get(simulator.regs().ctrl()), 0x5a07);
        assert!(runs(simulator.regs()));
    }
}
