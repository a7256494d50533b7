// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts of a block that has no hardware to raise them.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};

use rustix::param::page_size;

use crate::driver;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context};

/// The GIC's number of the first line of the stuck block, and of the first shared interrupt.
pub(super) const FIRST_LINE: usize = 200 + 32;

/// Raises an interrupt of that number at the controller.
pub(super) fn inject(number: usize) -> Checked {
    Injection::of(number)?.raise()
}

/// An interrupt that is raised at its controller.
pub(super) struct Injection {
    number: usize,
    way: Way,
}

enum Way {
    /// By the kernel's own injection.
    Kernels(File),
    /// By what that would write: the registers of `virt`'s controller that make interrupts
    /// pending.
    Registers(Mapping),
}

/// These registers, in their page.
const PENDING_PAGE: u64 = 0x0800_0000;
const PENDING: usize = 0x200;

impl Injection {
    /// The one of that number at the controller.
    pub(super) fn of(number: usize) -> Checked<Self> {
        let (kernels, _) = listed(number)?;
        let path = format!("/sys/kernel/debug/irq/irqs/{kernels}");
        let way = match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Way::Registers(registers()?),
            trigger => Way::Kernels(trigger.context(&path)?),
        };
        Ok(Self { number, way })
    }

    pub(super) fn raise(&self) -> Checked {
        let Self { number, way } = self;
        match way {
            Way::Kernels(trigger) => {
                let mut trigger = trigger;
                let what = format!("triggering interrupt {number}");
                trigger.write_all(b"trigger").context(what)
            }
            Way::Registers(registers) => {
                registers.write(PENDING + number / 32 * 4, 1 << (number % 32));
                Ok(())
            }
        }
    }
}

fn registers() -> Checked<Mapping> {
    let memory = driver::open_node("/dev/mem").context("/dev/mem")?;
    let request = Request {
        offset: PENDING_PAGE,
        ..Request::whole(page_size())
    };
    request.map(&memory).context("mapping /dev/mem")
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
