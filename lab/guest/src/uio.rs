// SPDX-License-Identifier: MIT OR Apache-2.0

//! Devices through the kernel's own UIO: the programs that are written for the
//! generated driver run on it as they are.
//!
//! What is done is a list of steps, one a line, its words between bars; see
//! `lab/kernel/src/uio.rs`.

use std::fs;
use std::path::Path;

use crate::driver;
use crate::kernel_log::KernelLog;
use crate::life_cycle::has_no_warning;
use crate::mapping::{Mapping, Request};
use crate::program;
use crate::report::{Checked, Context, Report};
use crate::scenario::number;

/// Where the lab has put the steps.
const STEPS: &str = "/uio";

const DEVICES: &str = "/sys/class/uio";
const PAGE: u64 = 0x1000;

/// Whether the machine is there for it.
pub(crate) fn is_requested() -> bool {
    Path::new(STEPS).exists()
}

/// Runs all steps and reports each.
pub(crate) fn run(report: &mut Report) {
    let known = report.check("the steps are read", || {
        let text = fs::read_to_string(STEPS).context(STEPS)?;
        let steps = text.lines().map(Step::parse).collect::<Checked<Vec<_>>>()?;
        Ok((steps, KernelLog::from_now()?))
    });
    let Some((steps, mut log)) = known else {
        return;
    };
    for step in steps {
        report.check(&step.name(), || step.take());
    }
    report.check("the kernel log has no warning", || has_no_warning(&mut log));
}

/// One step.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// UIO is loaded for the block.
    Load,
    /// UIO is removed: nothing uses it any more.
    Unload,
    /// There is a UIO device of that name at that address.
    Device { name: String, address: u64 },
    /// A program passes, and says these words.
    Passes(Run),
    /// A program fails, and says these words.
    Refused(Run),
    /// Registers, or the memory that stands in for them, are written beside UIO.
    Put {
        what: String,
        writes: Vec<(u64, u32)>,
    },
    /// A register has a value, read beside UIO.
    Holds {
        address: u64,
        value: u32,
        what: String,
    },
    /// UIO has taken at least so many interrupts for the device.
    Interrupts { name: String, at_least: u64 },
}

/// A program, what it is called with, and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    program: String,
    argument: Option<String>,
    says: String,
}

impl Step {
    fn parse(line: &str) -> Checked<Self> {
        let words: Vec<&str> = line.split('|').collect();
        let step = match words.as_slice() {
            ["load"] => Step::Load,
            ["unload"] => Step::Unload,
            ["device", name, address] => Step::Device {
                name: (*name).to_owned(),
                address: number(address)?,
            },
            ["passes", program, argument, says] => Step::Passes(Run::of(program, argument, says)),
            ["refused", program, argument, says] => Step::Refused(Run::of(program, argument, says)),
            ["put", what, writes] => Step::Put {
                what: (*what).to_owned(),
                writes: writes.split(' ').map(write).collect::<Checked<_>>()?,
            },
            ["holds", address, value, what] => Step::Holds {
                address: number(address)?,
                value: narrow(value)?,
                what: (*what).to_owned(),
            },
            ["interrupts", name, at_least] => Step::Interrupts {
                name: (*name).to_owned(),
                at_least: number(at_least)?,
            },
            _ => return Err(format!("not a step: {line}")),
        };
        Ok(step)
    }

    fn name(&self) -> String {
        match self {
            Step::Load => "uio_pdrv_genirq is loaded for the block".to_owned(),
            Step::Unload => "uio_pdrv_genirq is removed".to_owned(),
            Step::Device { name, address } => format!("UIO has {name} at {address:#x}"),
            Step::Passes(run) => format!("{run} passes and says `{}`", run.says),
            Step::Refused(run) => format!("{run} is refused: `{}`", run.says),
            Step::Put { what, .. } | Step::Holds { what, .. } => what.clone(),
            Step::Interrupts { name, at_least } => {
                format!("UIO has taken at least {at_least} interrupts of {name}")
            }
        }
    }

    fn take(&self) -> Checked {
        match self {
            Step::Load => load(),
            Step::Unload => unload(),
            Step::Device { name, address } => is_at(name, *address),
            Step::Passes(run) => run.must_end(true),
            Step::Refused(run) => run.must_end(false),
            Step::Put { writes, .. } => writes.iter().try_for_each(|(address, value)| {
                let (page, offset) = physical(*address)?;
                page.write(offset, *value);
                Ok(())
            }),
            Step::Holds { address, value, .. } => {
                let (page, offset) = physical(*address)?;
                let found = page.read(offset);
                if found == *value {
                    return Ok(());
                }
                Err(format!("at {address:#x}: {found:#x}, not {value:#x}"))
            }
            Step::Interrupts { name, at_least } => must_have_taken(name, *at_least),
        }
    }
}

impl Run {
    fn of(program: &str, argument: &str, says: &str) -> Self {
        Self {
            program: program.to_owned(),
            argument: (!argument.is_empty()).then(|| argument.to_owned()),
            says: says.to_owned(),
        }
    }

    fn must_end(&self, well: bool) -> Checked {
        let argument: Vec<_> = self.argument.iter().map(String::as_str).collect();
        let ended = program::run(&format!("/{}", self.program), &argument)?;
        if well {
            ended.must_succeed_and_say(&self.says)
        } else {
            ended.must_fail_and_say(&[&self.says])
        }
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.program)?;
        match &self.argument {
            Some(argument) => write!(out, " {argument}"),
            None => Ok(()),
        }
    }
}

fn load() -> Checked {
    driver::load_module("/uio.ko", c"")?;
    driver::load_module("/uio_pdrv_genirq.ko", c"of_id=generic-uio")
}

fn unload() -> Checked {
    for module in ["uio_pdrv_genirq", "uio"] {
        driver::remove_module(module).context(module)?;
    }
    Ok(())
}

/// One device of that name, at least, is at that address.
fn is_at(name: &str, address: u64) -> Checked {
    let mut known = Vec::new();
    for entry in fs::read_dir(DEVICES).context(DEVICES)?.flatten() {
        let folder = entry.path();
        let called = fs::read_to_string(folder.join("name")).context(folder.display())?;
        let found = (called.trim(), address_of(&folder)?);
        if found == (name, address) {
            return Ok(());
        }
        known.push(format!("{} at {:#x}", found.0, found.1));
    }
    Err(format!("UIO has {}", known.join(", ")))
}

fn address_of(folder: &Path) -> Checked<u64> {
    let attribute = |file: &str| -> Checked<u64> {
        let path = folder.join("maps/map0").join(file);
        number(fs::read_to_string(&path).context(path.display())?.trim())
    };
    Ok(attribute("addr")? + attribute("offset")?)
}

/// The page with an address, and where in the page it is.
fn physical(address: u64) -> Checked<(Mapping, usize)> {
    let memory = driver::open_node("/dev/mem").context("/dev/mem")?;
    let offset = address % PAGE;
    let request = Request {
        offset: address - offset,
        ..Request::whole(usize::try_from(PAGE).context("a page")?)
    };
    let page = request.map(&memory).context("mapping /dev/mem")?;
    Ok((page, usize::try_from(offset).context("an offset")?))
}

/// `/proc/interrupts` has a line for each, which ends with its name, with a count
/// for each processor.
fn must_have_taken(name: &str, at_least: u64) -> Checked {
    const TABLE: &str = "/proc/interrupts";
    let table = fs::read_to_string(TABLE).context(TABLE)?;
    let line = table.lines().find(|line| line.trim_end().ends_with(name));
    let line = line.ok_or_else(|| format!("{name} is not in\n{table}"))?;
    let counts = line.split_whitespace().skip(1);
    let taken: u64 = counts.map_while(|word| word.parse::<u64>().ok()).sum();
    if taken >= at_least {
        return Ok(());
    }
    Err(format!("{taken}, by\n{line}"))
}

/// `0x50000000=0xff`
fn write(text: &str) -> Checked<(u64, u32)> {
    let (address, value) = text
        .split_once('=')
        .ok_or_else(|| format!("not a write: {text}"))?;
    Ok((number(address)?, narrow(value)?))
}

fn narrow(text: &str) -> Checked<u32> {
    crate::scenario::narrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_its_words() {
        let run = Run {
            program: "demo".to_owned(),
            argument: None,
            says: "so it is".to_owned(),
        };
        let step = Step::parse("passes|demo||so it is");
        assert_eq!(step, Ok(Step::Passes(run)));
        let step = Step::parse("put|so it is|0x50000000=0xff 0x50000004=0x1");
        let expected = Step::Put {
            what: "so it is".to_owned(),
            writes: vec![(0x5000_0000, 0xff), (0x5000_0004, 1)],
        };
        assert_eq!(step, Ok(expected));
        for wrong in [
            "put|0x50000000=0x1",
            "put|so|0x50000000",
            "put|so|50000000=0x1",
        ] {
            assert!(Step::parse(wrong).is_err(), "{wrong}");
        }
    }
}
