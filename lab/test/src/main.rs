// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask test`: everything that must hold, in the order of what fails fastest.

use std::process::ExitCode;

use anyhow::{Context, Result};
use lab_kernel::selection::Selection;
use lab_support::report::Report;
use lab_support::workspace;
use xshell::{Cmd, Shell, cmd};

fn main() -> ExitCode {
    run().conclude()
}

/// Runs all of it; a failed step does not stop the next.
fn run() -> Report {
    println!(
        "everything that must hold: first what runs on this machine (minutes), then the kernel \
         lab, whose first run downloads the sources of three kernels and builds five (an hour \
         on two cores); later runs find all of it in the cache (minutes)"
    );
    let mut report = Report::new();
    host_steps(&mut report);
    lab_kernel::test(&Selection::default(), &[], &mut report);
    report
}

fn host_steps(report: &mut Report) {
    step(report, "formatting (cargo fmt)", |sh| {
        cmd!(sh, "cargo fmt --check")
    });
    step(report, "lints (cargo clippy)", |sh| {
        cmd!(sh, "cargo clippy --workspace --all-targets -- -D warnings")
    });
    step(
        report,
        "unit, integration and doc tests (cargo test)",
        |sh| cmd!(sh, "cargo test --workspace"),
    );
    step(report, "documentation (cargo doc)", |sh| {
        cmd!(sh, "cargo doc --workspace --no-deps --keep-going").env("RUSTDOCFLAGS", "-Dwarnings")
    });
    step(
        report,
        "generated files (cargo xtask codegen --check)",
        |sh| cmd!(sh, "cargo xtask codegen --check"),
    );
    licences(report);
    println!("\n== register accesses beside code written by hand (cargo xtask zero-cost)");
    lab_zero_cost::test(report);
}

fn step(report: &mut Report, name: &str, command: impl FnOnce(&Shell) -> Cmd<'_>) {
    println!("\n== {name}");
    report.run(name, None, || {
        let sh = at_root()?;
        command(&sh)
            .run()
            .context("the command's own output, above, says why")
    });
}

/// Licences, duplicates and sources of the dependencies.
///
/// Advisories are left out: they need a clone of a database over the network at
/// each run, which would make the outcome depend on the day.
fn licences(report: &mut Report) {
    const NAME: &str = "licences, bans and sources (cargo deny)";
    println!("\n== {NAME}");
    match lab_kernel::tools::cargo_deny() {
        Ok(deny) => {
            report.run(NAME, None, || {
                let sh = at_root()?;
                cmd!(sh, "{deny} check licenses bans sources")
                    .run()
                    .context("see above")
            });
        }
        Err(why) => report.not_run(NAME, None, &format!("{why:#}")),
    }
}

fn at_root() -> Result<Shell> {
    let sh = Shell::new()?;
    sh.change_dir(workspace::root());
    Ok(sh)
}
