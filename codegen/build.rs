// SPDX-License-Identifier: MIT OR Apache-2.0

//! Gives the generator a name of its own: a digest of what it is made of, so that
//! what another one generated is generated again. The crates beside it are part
//! of it in the workspace; elsewhere their versions are pinned by this one's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

const FOLDERS: [&str; 5] = [
    "src",
    "templates",
    "../driver-template/src",
    "../driver-template/templates",
    "../regdesc/src",
];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for folder in FOLDERS.map(Path::new).into_iter().filter(|it| it.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
        files_below(folder, &mut files)?;
    }
    files.sort();
    let mut digest = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
    for file in files {
        digest.update(Sha256::digest(fs::read(file)?));
    }
    let name: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("cargo::rustc-env=REGLOOM_GENERATOR={name}");
    Ok(())
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => files_below(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
