// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is tested without a kernel.

use anyhow::Result;
use lab_support::report::Report;
use lab_support::workspace;
use xshell::{Cmd, Shell, cmd};

use super::shown;

const LICENCES: &str = "licences, bans and sources (cargo deny)";
const DOCUMENTATION: &str = "documentation (cargo doc)";
const FUZZ_TARGETS: &str = "fuzz targets compile (cargo check)";
const MANY_CASES: &str = "10,000 descriptions with a planted mistake, of YAML and of SVD each";

/// How many the default run plants of each. Without the variable it is what the full run does.
const FEW_CASES: &str = "1000";

/// All of it, but for what only the full run does: see the results that are left out.
pub(crate) fn test(all: bool, report: &mut Report) {
    step(report, "formatting (cargo fmt)", |sh| {
        cmd!(sh, "cargo fmt --all --check")
    });
    step(report, "lints (cargo clippy)", |sh| {
        cmd!(sh, "cargo clippy --workspace --all-targets -- -D warnings")
    });
    let tests = "unit, integration and doc tests (cargo test)";
    step(report, tests, |sh| {
        let tests = cmd!(sh, "cargo test --workspace --no-fail-fast");
        match all {
            true => tests,
            false => tests.env("PLANTED_CASES", FEW_CASES),
        }
    });
    step(
        report,
        "generated files (cargo xtask codegen --check)",
        |sh| cmd!(sh, "cargo xtask codegen --check"),
    );
    if all {
        documentation(report);
        fuzz_targets(report);
        licences(report);
    } else {
        for name in [MANY_CASES, DOCUMENTATION, FUZZ_TARGETS, LICENCES] {
            report.left_out(name, None);
        }
    }
}

fn documentation(report: &mut Report) {
    step(report, DOCUMENTATION, |sh| {
        cmd!(sh, "cargo doc --workspace --no-deps --keep-going").env("RUSTDOCFLAGS", "-Dwarnings")
    });
}

fn fuzz_targets(report: &mut Report) {
    step(report, FUZZ_TARGETS, |sh| {
        let target = workspace::lab_target().join("fuzz");
        cmd!(
            sh,
            "cargo check --locked --manifest-path fuzz/Cargo.toml --target-dir {target}"
        )
    });
}

fn step(report: &mut Report, name: &str, command: impl FnOnce(&Shell) -> Cmd<'_>) {
    println!("\n== {name}");
    report.run(name, None, || {
        let sh = at_root()?;
        run(command(&sh))
    });
}

/// Licences, duplicates and sources of the dependencies.
///
/// Advisories are left out: they need a clone of a database over the network at
/// each run, which would make the outcome depend on the day.
fn licences(report: &mut Report) {
    println!("\n== {LICENCES}");
    match lab_kernel::tools::cargo_deny() {
        Ok(deny) => {
            report.run(LICENCES, None, || {
                let sh = at_root()?;
                run(cmd!(sh, "{deny} check licenses bans sources"))
            });
        }
        Err(why) => report.not_run(LICENCES, None, &format!("{why:#}")),
    }
}

fn run(command: Cmd<'_>) -> Result<()> {
    println!("$ {command}");
    shown::run(command.into())
}

fn at_root() -> Result<Shell> {
    let sh = Shell::new()?;
    sh.change_dir(workspace::root());
    Ok(sh)
}
