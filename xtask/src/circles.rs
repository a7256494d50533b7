// SPDX-License-Identifier: MIT OR Apache-2.0

//! No two files of a crate import each other, not even through others: a reader
//! of a file finds what it needs below it.
//!
//! A file uses another when its code has a path to an item that the other defines:
//! in a `use`, or without one, by whatever re-export. To declare a module or to
//! re-export its items is no use of it. Methods, and traits in a prelude, have no
//! paths: those are not seen, nor is a function that is passed by its bare name.

mod graph;
mod modules;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use lab_support::workspace;
use serde_json::Value;

/// Fails when there is a circle in any crate of the workspace.
pub(crate) fn run() -> Result<()> {
    let targets = targets()?;
    fail_for_circles(&targets)?;
    println!("no circle in {} libraries and programs", targets.len());
    Ok(())
}

fn fail_for_circles(targets: &[Target]) -> Result<()> {
    let root = workspace::root();
    let mut found = Vec::new();
    for Target { package, root_file } in targets {
        let modules = modules::of_crate(root_file, &|file| fs::read_to_string(file).ok())?;
        for circle in graph::circles(&modules) {
            found.push(format!("a circle in {package}:\n{}", circle.within(&root)));
        }
    }
    ensure!(found.is_empty(), "{}", found.join("\n\n"));
    Ok(())
}

/// A library or a program.
struct Target {
    package: String,
    root_file: PathBuf,
}

/// The libraries and programs of the workspace, but for the generated ones.
fn targets() -> Result<Vec<Target>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(workspace::root())
        .output()
        .context("cannot run cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo metadata fails: {said}");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let targets = targets_of(&metadata).context("cargo metadata has another form")?;
    let generated = workspace::root().join("generated");
    Ok(targets
        .into_iter()
        .filter(|target| !target.root_file.starts_with(&generated))
        .collect())
}

fn targets_of(metadata: &Value) -> Option<Vec<Target>> {
    let mut targets = Vec::new();
    for package in metadata.get("packages")?.as_array()? {
        let name = package.get("name")?.as_str()?;
        for target in package.get("targets")?.as_array()? {
            let mut kinds = target.get("kind")?.as_array()?.iter();
            if kinds.any(|kind| kind == "lib" || kind == "bin") {
                targets.push(Target {
                    package: name.to_owned(),
                    root_file: target.get("src_path")?.as_str()?.into(),
                });
            }
        }
    }
    Some(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_of_the_workspace_is_in_a_circle() {
        let targets = targets().unwrap();
        let all = targets.len();
        assert!(all > 5, "only {all} crates are found");
        fail_for_circles(&targets).unwrap();
    }
}
