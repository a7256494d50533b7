// SPDX-License-Identifier: MIT OR Apache-2.0

//! The workspace's own tasks, run as `cargo xtask …`.
//!
//! Code generation is here. Every other task is a program of the lab, which is
//! built only when its task is called.

mod circles;
mod codegen;
mod lab;
mod pages;
mod tokens;
#[cfg(test)]
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use lab::{Arguments, Program};

/// The workspace's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Fail when files of a crate import each other in circles, and print the circles.
    Circles,
    /// Write `generated/` from the descriptions in `examples/`, and the pages made from the code.
    Codegen {
        /// Write nothing; fail when a file is missing, differs or is left over.
        #[arg(long)]
        check: bool,
    },
    /// Run the tests: on the host and with three kernels, or all of them.
    #[command(disable_help_flag = true)]
    Test(Arguments),
    /// The kernel lab: build Linux, build the drivers against it, boot them in QEMU.
    #[command(disable_help_flag = true)]
    Kernel(Arguments),
    /// Compare the code of register accesses with code written by hand: docs/zero-cost.md.
    #[command(disable_help_flag = true)]
    ZeroCost(Arguments),
    /// Measure regloom on a folder of SVD files: docs/corpus.md.
    #[command(disable_help_flag = true)]
    Corpus(Arguments),
    /// Measure time and memory, and the accessor beside other generators': docs/benchmarks.md.
    #[command(disable_help_flag = true)]
    Bench(Arguments),
    /// Look for descriptions that panic, hang or give files that are no Rust.
    #[command(disable_help_flag = true)]
    Fuzz(Arguments),
}

const TEST: Program = Program::debug("lab-test");
const KERNEL: Program = Program::debug("lab-kernel");
const ZERO_COST: Program = Program::debug("lab-zero-cost");
const CORPUS: Program = Program::release("lab-corpus");
const BENCH: Program = Program::release("lab-bench");
const FUZZ: Program = Program::debug("lab-fuzz");

fn main() -> ExitCode {
    match run(&Xtask::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Circles => circles::run().map(|()| ExitCode::SUCCESS),
        Task::Codegen { check } => codegen::run(*check).map(|()| ExitCode::SUCCESS),
        Task::Test(arguments) => TEST.run(arguments),
        Task::Kernel(arguments) => KERNEL.run(arguments),
        Task::ZeroCost(arguments) => ZERO_COST.run(arguments),
        Task::Corpus(arguments) => CORPUS.run(arguments),
        Task::Bench(arguments) => BENCH.run(arguments),
        Task::Fuzz(arguments) => FUZZ.run(arguments),
    }
}
