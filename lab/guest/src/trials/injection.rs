// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts of a block that has no hardware to raise them.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;

use crate::report::{Checked, Context};

/// The GIC's number of the first line of the stuck block, and of the first shared interrupt.
pub(super) const FIRST_LINE: usize = 200 + 32;

/// Raises an interrupt of that number at the controller.
pub(super) fn inject(number: usize) -> Checked {
    Injection::of(number)?.raise()
}

/// An interrupt that the kernel's own injection raises.
pub(super) struct Injection {
    path: String,
    trigger: File,
}

impl Injection {
    /// The one of that number at the controller.
    pub(super) fn of(number: usize) -> Checked<Self> {
        let (kernels, _) = listed(number)?;
        let path = format!("/sys/kernel/debug/irq/irqs/{kernels}");
        let trigger = OpenOptions::new().write(true).open(&path).context(&path)?;
        Ok(Self { path, trigger })
    }

    pub(super) fn raise(&self) -> Checked {
        (&self.trigger).write_all(b"trigger").context(&self.path)
    }
}

/// The kernel's own number of an interrupt, and how often each processor took it.
pub(super) fn listed(number: usize) -> Checked<(String, u64)> {
    let table = fs::read_to_string("/proc/interrupts").context("/proc/interrupts")?;
    let number = number.to_string();
    let is_it = |line: &&str| {
        let mut words = line.split_whitespace();
        words.any(|word| word.starts_with("GIC")) && words.next() == Some(number.as_str())
    };
    let line = table.lines().find(is_it);
    let line = line.ok_or_else(|| format!("no interrupt {number} in\n{table}"))?;
    let (kernels, counts) = line.split_once(':').ok_or("an interrupt has a number")?;
    let counts = counts
        .split_whitespace()
        .map_while(|it| it.parse::<u64>().ok());
    Ok((kernels.trim().to_owned(), counts.sum()))
}
