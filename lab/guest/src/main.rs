// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first process of the kernel lab's machines.
//!
//! It loads the driver under test, uses and misuses it, removes it again, and
//! prints one line for each test on the console. The lab on the other side
//! of the console reads these lines; see `lab/kernel/src/scenario.rs`.

mod c_program;
mod core_dump;
mod debugfs;
mod driver;
mod endurance;
mod exclusive;
mod faults;
mod figures;
mod holder;
mod identity;
mod inheritance;
mod interrupts;
mod ioctls;
mod iomem;
mod kernel_log;
mod life_cycle;
mod machine;
mod map_change;
mod mapping;
mod minors;
mod mmap_limits;
mod overlay;
mod page_kind;
mod privacy;
mod program;
mod report;
mod scenario;
mod system;
mod task;
mod trials;
mod uio;
mod wrong_nodes;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use report::Report;
use scenario::Scenario;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.split_first() {
        Some((role, rest)) if role == holder::ROLE => holder::run(rest),
        Some((role, rest)) if role == privacy::ROLE => privacy::run(rest),
        Some((role, rest)) if role == trials::in_32_bits::ROLE => trials::in_32_bits::run(rest),
        _ => first_process(),
    }
}

fn first_process() -> ExitCode {
    let mut report = Report::new();
    let ready = report.check("the machine is ready", || {
        machine::mount_file_systems()?;
        machine::load_modules()?;
        machine::silence_kernel_messages()?;
        machine::silence_program_messages()
    });
    if ready.is_some() {
        run_requested_tests(&mut report);
    }
    report.done();
    machine::go_down()
}

/// Runs the tests that the machine was booted for, by the files in its root.
fn run_requested_tests(report: &mut Report) {
    if map_change::is_requested() {
        map_change::run(report);
        return;
    }
    if uio::is_requested() {
        uio::run(report);
        return;
    }
    let scenario = report.check("the scenario is read", || Scenario::load("/scenario"));
    let Some(scenario) = scenario else {
        return;
    };
    if Path::new(figures::WANTED).exists() {
        report.check("all drivers are measured", || match scenario.trial {
            Some(_) => trials::wide::measure(&scenario),
            None => figures::measure(&scenario),
        });
    } else {
        life_cycle::run(&scenario, report);
    }
}
