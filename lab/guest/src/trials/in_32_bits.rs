// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program of 32 bits under a kernel of 64.

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use rustix::io::Errno;

use super::lines::{ALL, RX};
use crate::driver;
use crate::interrupts::Reader;
use crate::ioctls;
use crate::mapping::Request;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::task::PATIENCE;

/// The argument that makes this program one that uses the block.
pub(crate) const ROLE: &str = "use-in-32-bits";

/// The same program for processors of 32 bits, in the machine's root.
const PROGRAM: &str = "/in-32-bits";
const SCENARIO: &str = "/scenario";

pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    report.check(
        "32 bits: a program asks for info, maps, enables an event and reads it",
        || {
            driver::wait_for_node(scenario, true)?;
            let output = Command::new(PROGRAM).arg(ROLE).output().context(PROGRAM)?;
            let said = String::from_utf8_lossy(&output.stdout);
            must_be(said.trim_end(), "32 bits: passed")
        },
    );
}

/// The program's own side.
pub(crate) fn run(_: &[String]) -> ExitCode {
    let bits = usize::BITS;
    match use_block() {
        Ok(()) => println!("{bits} bits: passed"),
        Err(failure) => println!("{bits} bits: {failure}"),
    }
    ExitCode::SUCCESS
}

fn use_block() -> Checked {
    let scenario = Scenario::parse(&fs::read_to_string(SCENARIO).context(SCENARIO)?)?;
    let device = driver::open(&scenario).context(&scenario.node)?;
    ioctls::must_match(&device, &scenario).context("info")?;
    let registers = Request::whole(scenario.mappable)
        .map(&device)
        .context("mapping")?;
    must_be(registers.read(0xfe0), 0x61).context("the peripheral's ID")?;

    let reader = Reader::of(&scenario.node, RX)?;
    for (register, value) in [(0x404, 0), (0x408, 0), (0x40c, 0), (0x41c, 0xff)] {
        registers.write(register, value);
    }
    ioctls::set_events(&reader, ALL, true).context("enable")?;
    must_be(registers.read(0x410), ALL).context("enabled")?;
    for (register, value) in [
        (0x400, 1),
        (0x4, 1),
        (0x400, 0),
        (0x400, 1),
        (0x4, 0),
        (0x400, 0),
    ] {
        registers.write(register, value);
    }
    must_be(wait(&reader)?, 1).context("events")?;
    registers.write(0x41c, 0xff);
    reader.enable(1)?;
    reader.must_have_no_interrupt()?;
    ioctls::set_events(&reader, ALL, false).context("disable")?;
    must_be(registers.read(0x410), 0).context("disabled")
}

/// The events of an interrupt. The kernel has no `poll` with the times that this program would give it.
fn wait(reader: &Reader) -> Checked<u32> {
    let started = Instant::now();
    let mut bytes = [0; 8];
    loop {
        match reader.read(&mut bytes) {
            Err(Errno::AGAIN) if started.elapsed() < PATIENCE => {}
            read => {
                must_be(read, Ok(bytes.len()))?;
                return Ok(u32::from_ne_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]));
            }
        }
    }
}
