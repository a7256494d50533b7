// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask kernel`: the kernel lab's command line.

use std::process::ExitCode;

use clap::Parser;
use lab_kernel::figures;
use lab_kernel::selection::Selection;
use lab_support::report::Report;

/// The kernel lab: build Linux, build the drivers against it, boot them in QEMU.
#[derive(Parser)]
#[command(name = "cargo xtask kernel", bin_name = "cargo xtask kernel")]
enum Task {
    /// Install the packages and fetch the kernel source and bindgen, without building.
    Setup {
        #[command(flatten)]
        selection: Selection,
        /// Ask the archive again even when a source tree of this release is in the cache.
        #[arg(long)]
        refresh: bool,
    },
    /// Build the kernels, or find them in the cache.
    Build {
        #[command(flatten)]
        selection: Selection,
    },
    /// Measure the driver beside UIO, /dev/mem and one written by hand: docs/driver-figures.md.
    Figures,
    /// Compile every driver without a warning, boot the machines and try the drivers in them.
    Test {
        #[command(flatten)]
        selection: Selection,
        /// Only this device, by its name (may be repeated).
        #[arg(long = "device", value_name = "DEVICE")]
        devices: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(&Task::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Setup { selection, refresh } => lab_kernel::setup(selection, *refresh)?,
        Task::Build { selection } => lab_kernel::build(selection)?,
        Task::Figures => figures::run()?,
        Task::Test { selection, devices } => {
            let mut report = Report::new();
            lab_kernel::test(selection, devices, &mut report);
            return Ok(report.conclude());
        }
    }
    Ok(ExitCode::SUCCESS)
}
