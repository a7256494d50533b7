// SPDX-License-Identifier: MIT OR Apache-2.0

//! The compilers that the kernel and the programs are built with.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::cache::Cache;
use super::tools;

/// Debian's own Rust: the kernel wants it to match the library's source, and it
/// builds the standard library for targets that rustup is not asked for.
pub const RUSTC: &str = "/usr/bin/rustc";
/// The formatter that comes with it.
pub(crate) const RUSTFMT: &str = "/usr/bin/rustfmt";
/// The version suffix of the LLVM tools.
pub(crate) const LLVM: &str = "-19";
/// Where bindgen finds the libclang of that version, and no other's.
pub(crate) const LIBCLANG: &str = "/usr/lib/llvm-19/lib";

/// The tools of a kernel build, found and known by their versions.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    pub(crate) bindgen: PathBuf,
    pub(crate) rust_library: PathBuf,
    /// All versions in one text: part of the name of what is built with them.
    pub(crate) identity: String,
}

/// Finds the toolchain; installs what is not a Debian package.
pub(crate) fn ensure(cache: &Cache) -> Result<Toolchain> {
    let bindgen = tools::bindgen(cache)?;
    let rust_library = rust_library()?;
    let identity = [
        version_of(RUSTC)?,
        version_of(&format!("clang{LLVM}"))?,
        version_of(&bindgen.to_string_lossy())?,
    ]
    .join("; ");
    Ok(Toolchain {
        bindgen,
        rust_library,
        identity,
    })
}

/// The source of the standard library that belongs to the compiler.
fn rust_library() -> Result<PathBuf> {
    let sysroot = first_line(RUSTC, &["--print", "sysroot"])?;
    let library = PathBuf::from(sysroot).join("lib/rustlib/src/rust/library");
    if !library.join("core/src/lib.rs").exists() {
        bail!(
            "{} does not hold the library source of {RUSTC}",
            library.display()
        );
    }
    Ok(library)
}

fn version_of(program: &str) -> Result<String> {
    first_line(program, &["--version"])
}

fn first_line(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        // cargo points it at the libraries of the compiler that built this program.
        .env_remove("LD_LIBRARY_PATH")
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().filter(|_| output.status.success());
    line.map(str::to_owned)
        .with_context(|| format!("{program} {} prints nothing", arguments.join(" ")))
}
