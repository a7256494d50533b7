// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is tested without a kernel.

use anyhow::{Context, Result};
use lab_support::report::Report;
use lab_support::workspace;
use xshell::{Cmd, Shell, cmd};

const LICENCES: &str = "licences, bans and sources (cargo deny)";

/// All of it, but for the licences, which only the full run checks.
pub(crate) fn test(all: bool, report: &mut Report) {
    step(report, "formatting (cargo fmt)", |sh| {
        cmd!(sh, "cargo fmt --all --check")
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
    step(report, "fuzz targets compile (cargo check)", |sh| {
        let target = workspace::lab_target().join("fuzz");
        cmd!(
            sh,
            "cargo check --locked --manifest-path fuzz/Cargo.toml --target-dir {target}"
        )
    });
    if all {
        licences(report);
    } else {
        report.left_out(LICENCES, None);
    }
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
    println!("\n== {LICENCES}");
    match lab_kernel::tools::cargo_deny() {
        Ok(deny) => {
            report.run(LICENCES, None, || {
                let sh = at_root()?;
                cmd!(sh, "{deny} check licenses bans sources")
                    .run()
                    .context("see above")
            });
        }
        Err(why) => report.not_run(LICENCES, None, &format!("{why:#}")),
    }
}

fn at_root() -> Result<Shell> {
    let sh = Shell::new()?;
    sh.change_dir(workspace::root());
    Ok(sh)
}
