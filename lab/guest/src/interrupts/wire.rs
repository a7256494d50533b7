// SPDX-License-Identifier: MIT OR Apache-2.0

//! A pin of the block at the other end of one of the machine's serial lines, where QEMU takes commands.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr};

use crate::mapping::Mapping;
use crate::report::{Checked, Context};
use crate::scenario::Wiring;
use crate::task::PATIENCE;

/// Between two looks at the level.
const MOMENT: Duration = Duration::from_micros(50);

/// The pin, low between pulses.
pub(crate) struct Wire {
    line: File,
    wiring: Wiring,
}

impl Wire {
    /// Opens the serial line, on which bytes pass unchanged, and answers are dropped.
    pub(crate) fn open(wiring: &Wiring) -> Checked<Self> {
        let line = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(&wiring.line)
            .context(&wiring.line)?;
        let mut modes = tcgetattr(&line).context("modes of the line")?;
        modes.make_raw();
        modes.control_modes.remove(ControlModes::CREAD);
        tcsetattr(&line, OptionalActions::Now, &modes).context("setting modes of the line")?;
        Ok(Self {
            line,
            wiring: wiring.clone(),
        })
    }

    /// The pin rises and falls.
    pub(crate) fn pulse(&self, registers: &Mapping) -> Checked {
        self.drive(registers, true)?;
        self.drive(registers, false)
    }

    /// Waits until the block has the level too.
    fn drive(&self, registers: &Mapping, high: bool) -> Checked {
        let command = format!("{} {}\n", self.wiring.command, u8::from(high));
        (&self.line)
            .write_all(command.as_bytes())
            .context("writing to the line")?;
        let started = Instant::now();
        while (registers.read(self.wiring.register) & self.wiring.bit != 0) != high {
            if started.elapsed() > PATIENCE {
                return Err(format!(
                    "after {PATIENCE:?} the pin does not follow: {command}"
                ));
            }
            // QEMU takes the command while the processor does not access a device.
            thread::sleep(MOMENT);
        }
        Ok(())
    }
}
