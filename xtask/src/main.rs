// SPDX-License-Identifier: MIT OR Apache-2.0

//! The workspace's own tasks, run as `cargo xtask …`.
//!
//! This file only names them; each lives in a module of its own.

mod bench;
mod circles;
mod codegen;
mod corpus;
mod crates;
mod fuzz;
mod kernel;
mod pages;
mod peers;
mod report;
mod test;
mod tokens;
#[cfg(test)]
mod words;
mod workspace;
mod zero_cost;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use kernel::selection::Selection;
use report::Report;

/// The workspace's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure what reading takes, and what the accessor does beside its peers: docs/benchmarks.md.
    Bench(bench::Arguments),
    /// What `bench` has a process of its own measure.
    #[command(subcommand, hide = true)]
    Measure(bench::Subject),
    /// Fail when files of a crate import each other in circles, and print the circles.
    Circles,
    /// Write `generated/` from the descriptions in `examples/`.
    Codegen {
        /// Write nothing; fail when a file is missing, differs or is left over.
        #[arg(long)]
        check: bool,
    },
    /// Measure regloom on a folder of SVD files, and write `docs/corpus.md`.
    Corpus(corpus::Arguments),
    /// Look for descriptions that panic, hang or give files that are no Rust.
    Fuzz(fuzz::Arguments),
    /// Run everything: formatting, lints, host tests, generated files, licences, kernel and boots.
    Test,
    /// Compare the code of register accesses with code written by hand, and write
    /// `docs/zero-cost.md`.
    ZeroCost,
    /// The kernel lab: build Linux, build the drivers against it, boot them in QEMU.
    #[command(subcommand)]
    Kernel(KernelTask),
}

#[derive(Subcommand)]
enum KernelTask {
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
    match run(&Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Bench(arguments) => bench::run(arguments),
        Task::Measure(subject) => bench::measure(subject).map(|()| ExitCode::SUCCESS),
        Task::Circles => circles::run().map(|()| ExitCode::SUCCESS),
        Task::Codegen { check } => codegen::run(*check).map(|()| ExitCode::SUCCESS),
        Task::Corpus(arguments) => corpus::run(arguments).map(|()| ExitCode::SUCCESS),
        Task::Fuzz(arguments) => fuzz::run(arguments).map(|()| ExitCode::SUCCESS),
        Task::Test => Ok(test::run().conclude()),
        Task::ZeroCost => zero_cost::run().map(Report::conclude),
        Task::Kernel(task) => run_kernel_task(task),
    }
}

fn run_kernel_task(task: &KernelTask) -> anyhow::Result<ExitCode> {
    match task {
        KernelTask::Setup { selection, refresh } => {
            kernel::setup(selection, *refresh)?;
            Ok(ExitCode::SUCCESS)
        }
        KernelTask::Figures => kernel::figures::run().map(|()| ExitCode::SUCCESS),
        KernelTask::Build { selection } => {
            kernel::build(selection)?;
            Ok(ExitCode::SUCCESS)
        }
        KernelTask::Test { selection, devices } => {
            let mut report = Report::new();
            kernel::test(selection, devices, &mut report);
            Ok(report.conclude())
        }
    }
}
