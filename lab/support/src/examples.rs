// SPDX-License-Identifier: MIT OR Apache-2.0

//! The descriptions in `examples/`, which `generated/` is made from.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use regdesc::RegisterMap;
use regloom_codegen::device_name;

use crate::workspace;

/// The map that a device's output in `generated/` is made from.
pub fn map_of(device: &str) -> Result<RegisterMap> {
    for description in descriptions()? {
        let map = regdesc::load(&description, &regdesc::Options::default())?;
        if device_name(&map) == device {
            return Ok(map);
        }
    }
    bail!("no example is called {device}")
}

/// The one description in each example's folder, but for an example whose build
/// script makes what it needs.
pub fn descriptions() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for example in sorted_entries(&workspace::root().join("examples"))? {
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

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}
