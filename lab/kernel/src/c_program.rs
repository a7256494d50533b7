// SPDX-License-Identifier: MIT OR Apache-2.0

//! The C program of `docs/c-program.md`, cut from the page and compiled as the page says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use lab_support::{folders, workspace};

use super::arch::Arch;
use super::devices;
use super::environment::run;

/// The page, from the workspace's root.
const PAGE: &str = "docs/c-program.md";

/// The command of the page, behind the compiler's name.
const OPTIONS: &str = "-std=c11 -Wall -Wextra -Werror -static";

/// The registers that it writes, by device: 32 bits that keep what is written.
const REGISTERS: &[(&str, u64)] = &[("fpga-mem", 0x0), ("imx6-gpio", 0x0c)];

/// The register that it writes of a device, where it runs with that device.
pub(crate) fn register(device: &str) -> Option<u64> {
    let found = REGISTERS.iter().find(|(name, _)| *name == device);
    found.map(|(_, register)| *register)
}

/// Compiles it with the header of a device's driver, and returns the program.
pub(crate) fn build(arch: &Arch, device: &str) -> Result<PathBuf> {
    let folder = workspace::lab_target().join("c-program").join(arch.name);
    folders::create(&folder)?;
    let header = devices::generated(device).join("driver");
    compile(arch.linker, &header, &folder)
}

fn compile(compiler: &str, header: &Path, folder: &Path) -> Result<PathBuf> {
    let source = folder.join("write-and-read.c");
    fs::write(&source, text()?).with_context(|| format!("cannot write {}", source.display()))?;
    let program = folder.join("write-and-read");
    run(Command::new(compiler)
        .args(OPTIONS.split(' '))
        .arg("-I")
        .arg(header)
        .arg("-o")
        .arg(&program)
        .arg(&source))?;
    Ok(program)
}

/// The page's only listing in C.
fn text() -> Result<String> {
    let page = fs::read_to_string(workspace::root().join(PAGE)).context(PAGE)?;
    let mut listings = page.split("```c\n").skip(1);
    let listing = listings.next().and_then(|rest| rest.split_once("```"));
    let (text, _) = listing.with_context(|| format!("{PAGE} has no program"))?;
    anyhow::ensure!(listings.next().is_none(), "{PAGE} has several programs");
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_command_that_is_used() {
        let page = fs::read_to_string(workspace::root().join(PAGE)).unwrap();
        let command = format!("aarch64-linux-gnu-gcc {OPTIONS} -I driver ");
        assert!(page.contains(&command), "{command}");
    }

    #[test]
    fn the_program_is_c11_without_a_warning_and_prints_its_usage() {
        let folder = workspace::lab_target().join("c-program/host");
        folders::create(&folder).unwrap();
        let header = workspace::generated("fpga-mem").join("driver");
        let program = compile("cc", &header, &folder).unwrap();
        let ended = Command::new(program).output().unwrap();
        assert_eq!(ended.status.code(), Some(2));
        let printed = String::from_utf8(ended.stderr).unwrap();
        assert!(printed.ends_with("NODE OFFSET\n"), "{printed}");
    }
}
