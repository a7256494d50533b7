// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask codegen`: every example's output, checked in under
//! `generated/`, which holds nothing else; and the [`pages`].

use std::path::Path;

use anyhow::ensure;
use lab_support::{examples, workspace};
use regloom_codegen::{
    Artifacts, Drivers, Kernel, Parts, device_name, files_below, render, settle,
};

use crate::pages;

/// The command that updates `generated/`.
const UPDATE_COMMAND: &str = "cargo xtask codegen";

pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let folder = workspace::root().join("generated");
    let artifacts = render_examples(&folder)?;
    let changes = artifacts.changes(&folder, &files_below(&folder)?)?;
    let pages = pages::render()?;
    let differing = pages::differing(&pages);
    if check {
        for change in &changes {
            eprintln!("{} generated/{}", change.kind, change.path);
            eprint!("{}", artifacts.diff(&folder, change)?);
        }
        for path in &differing {
            eprintln!("differs {path}");
        }
        ensure!(
            changes.is_empty() && differing.is_empty(),
            "generated files are out of date; update them with: {UPDATE_COMMAND}"
        );
        return Ok(());
    }
    artifacts.apply(&folder, &changes)?;
    for change in &changes {
        println!("{} generated/{}", change.kind, change.path);
    }
    for (path, text) in pages.iter().filter(|(path, _)| differing.contains(path)) {
        workspace::write(path, text)?;
        println!("wrote {path}");
    }
    println!("{} files changed", changes.len() + differing.len());
    Ok(())
}

fn render_examples(folder: &Path) -> anyhow::Result<Artifacts> {
    let mut artifacts = Artifacts::default();
    for description in examples::descriptions()? {
        pages::names_the_schema(&description)?;
        let map = regdesc::load(&description, &regdesc::Options::default())?;
        let mut rendered = render(&map, Drivers::All, Parts::ALL, Kernel::default());
        // Without an origin: what is checked in stays as it is where only the
        // generator changes.
        settle(&mut rendered, &device_name(&map), Parts::ALL, None, folder)?;
        artifacts.extend(rendered);
    }
    Ok(artifacts)
}
