// SPDX-License-Identifier: MIT OR Apache-2.0

//! The C program of `docs/c-program.md`.

use crate::driver;
use crate::mapping::{Mapping, Request};
use crate::program;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;

/// The program in the machine's root.
const PROGRAM: &str = "/c-program";

/// What it writes.
const WRITTEN: u32 = 0xabcd_1234;

pub(crate) fn test(scenario: &Scenario, report: &mut Report) {
    let Some(register) = scenario.c_program else {
        return;
    };
    report.check(
        "the C program of docs/c-program.md writes a register and reads it back",
        || writes_and_reads_back(scenario, register),
    );
    report.check(
        "the C program of docs/c-program.md reports what is wrong",
        || {
            let no_node = program::run(PROGRAM, &["/dev/lab-nothing", "0x0"])?;
            no_node.must_fail_and_say(&["/dev/lab-nothing: No such file or directory"])?;
            let outside = format!("{:#x}", scenario.size);
            let outside = program::run(PROGRAM, &[&scenario.node, &outside])?;
            outside.must_fail_and_say(&["no register at"])
        },
    );
}

fn writes_and_reads_back(scenario: &Scenario, register: usize) -> Checked {
    let registers = map(scenario)?;
    let held = registers.read(register);
    registers.write(register, 0);
    must_be(registers.read(register), 0).context("before")?;
    let offset = format!("{register:#x}");
    let ended = program::run(PROGRAM, &[&scenario.node, &offset])?;
    ended.must_succeed_and_say(&format!("{offset}: {WRITTEN:#010x}"))?;
    must_be(registers.read(register), WRITTEN).context("after")?;
    registers.write(register, held);
    Ok(())
}

fn map(scenario: &Scenario) -> Checked<Mapping> {
    let device = driver::open(scenario).context(&scenario.node)?;
    Request::whole(scenario.mappable)
        .map(&device)
        .context("mapping")
}
