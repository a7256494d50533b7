// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask codegen`: every example's output, checked in under
//! `generated/`, which holds nothing else; and the [`pages`].

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use regdesc::RegisterMap;
use regloom_codegen::{
    Artifacts, Drivers, Kernel, Parts, device_name, files_below, render, settle,
};

use crate::{pages, workspace};

/// What brings `generated/` up to date.
const MENDING_COMMAND: &str = "cargo xtask codegen";

pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let root = workspace::root();
    let folder = root.join("generated");
    let artifacts = render_examples(&root.join("examples"), &folder)?;
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
            "what is checked in is not what it is made from; mend it with: {MENDING_COMMAND}"
        );
        return Ok(());
    }
    artifacts.apply(&folder, &changes)?;
    for change in &changes {
        println!("{} generated/{}", change.kind, change.path);
    }
    for (path, text) in pages.iter().filter(|(path, _)| differing.contains(path)) {
        pages::write(path, text)?;
        println!("wrote {path}");
    }
    println!("{} files changed", changes.len() + differing.len());
    Ok(())
}

fn render_examples(examples: &Path, folder: &Path) -> anyhow::Result<Artifacts> {
    let mut artifacts = Artifacts::default();
    for description in descriptions(examples)? {
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

/// The map that a device's output in `generated/` is made from.
pub(crate) fn map_of(device: &str) -> anyhow::Result<RegisterMap> {
    for description in descriptions(&workspace::root().join("examples"))? {
        let map = regdesc::load(&description, &regdesc::Options::default())?;
        if device_name(&map) == device {
            return Ok(map);
        }
    }
    bail!("no example is called {device}")
}

/// The one description in each example's folder, but for an example whose build
/// script makes what it needs.
fn descriptions(examples: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for example in sorted_entries(examples)? {
        let in_folder: Vec<PathBuf> = sorted_entries(&example)?
            .into_iter()
            .filter(|file| {
                let kind = file.extension().and_then(|kind| kind.to_str());
                matches!(kind, Some("yaml" | "svd"))
            })
            .collect();
        match <[PathBuf; 1]>::try_from(in_folder) {
            Ok([description]) => found.push(description),
            Err(none) if none.is_empty() && example.join("build.rs").is_file() => {}
            Err(several) => bail!(
                "{} holds {} descriptions instead of one",
                example.display(),
                several.len()
            ),
        }
    }
    Ok(found)
}

fn sorted_entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}
