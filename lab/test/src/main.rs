// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask test`: the test run, in the order of what fails fastest.
//!
//! It has two tiers. The default one is for a change: the host's tests, and the kernels that find
//! most. `--all` has every kernel of the full set and the licences; CI runs it.

mod host;
mod shown;

use std::process::ExitCode;
use std::thread;

use clap::Parser;
use lab_kernel::selection::Selection;
use lab_support::report::Report;

/// Run the tests: on the host, then with three Linux kernels; with `--all`, with all of them.
#[derive(Parser)]
#[command(name = "cargo xtask test", bin_name = "cargo xtask test")]
struct Arguments {
    /// Also check licences, and use every kernel of the full set: what CI runs.
    #[arg(long)]
    all: bool,
}

impl Arguments {
    fn kernels(&self) -> Selection {
        if self.all {
            Selection::default()
        } else {
            Selection::quick()
        }
    }

    /// What is going to happen.
    fn introduction(&self) -> &'static str {
        if self.all {
            "the full test run: what runs on this machine (minutes), then the kernel lab; beside the \
             former, the first run downloads the sources of three kernels and builds five (an hour \
             on two cores), and downloads five stock kernels; later runs find all of it in the cache (minutes)"
        } else {
            "the default test run: what runs on this machine (minutes), then the kernel lab; beside \
             the former, the first run downloads the source of one kernel and builds it (about ten \
             minutes on two cores), and downloads two stock kernels; later runs find it in the cache. What is left to `--all` is \
             named at the end"
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    println!("{}", arguments.introduction());
    // A failed step does not stop the next.
    let mut report = Report::new();
    let kernels = arguments.kernels();
    thread::scope(|scope| {
        scope.spawn(|| lab_kernel::prepare_tests(&kernels));
        host::test(arguments.all, &mut report);
        println!("\n== register accesses beside code written by hand (cargo xtask zero-cost)");
        lab_zero_cost::test(arguments.all, &mut report);
    });
    lab_kernel::test(&kernels, &[], &mut report);
    report.conclude()
}
