// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reviewer's page of the generated driver: every unsafe block with its
//! argument, out of any driver, for all have the same core.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use lab_support::examples;
use regloom_codegen::{Drivers, Kernel, Parts};

/// The example whose driver is read.
const DEVICE: &str = "adc-capture";

const DRIVER: Parts = Parts {
    device_tree: false,
    driver: true,
    accessor: false,
};

pub(super) fn render() -> Result<String> {
    let mut page = String::from(INTRODUCTION);
    let newest = blocks_for(Kernel::default())?;
    sections(&mut page, &newest)?;
    for kernel in Kernel::ALL.iter().filter(|it| **it != Kernel::default()) {
        let mut own = blocks_for(*kernel)?;
        own.retain(|block| !newest.contains(block));
        writeln!(page, "\n# Only for Linux {kernel}")?;
        sections(&mut page, &own)?;
    }
    Ok(page)
}

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask codegen` from the driver of adc-capture. Do not edit. -->

# Why the driver's `unsafe` code is sound

This page lists every unsafe block, implementation and call of the driver in Rust, with its `SAFETY`
comment. All of them are in the files of `rust/core/`, which are the same in every driver for one kernel
release. The driver of a block, beside that folder, is safe Rust.

Most of the arguments are based on these facts:

- **The driver's data is dropped before the device is unbound**, in the order of its fields: first
  the debugfs file, then the node, then the handlers of interrupts with their mapping of the registers, then
  the number. After that the kernel ends, in reverse order, what the C helper started: resets, clocks,
  runtime power management, and the claimed region.
- **Pages are entered into a page table only in `mmap`, while access is open, and under the lock that closes
  it.** A page fault adds none. The end of the node closes access, waits for every `mmap` that has seen
  it open, and removes the pages of all mappings of its open files, also of those that a child process
  inherited.
- **An open file keeps its node alive**: the reference that `open` stores is dropped only by `release`.

`rust/core/helper.c` has what the kernel offers as macros or inline functions, or without a Rust abstraction:
`pgprot_noncached`, <linux/reset.h>, <linux/pm_runtime.h>, <linux/of_address.h>. It is C, and has no `SAFETY`
comments. `IoRequest::iomap_exclusive` is not used: it does not claim a region of the device tree.
";

/// Something unsafe, with why it is sound.
#[derive(PartialEq)]
struct Unsafe {
    /// The module and the function, or what is implemented.
    place: String,
    argument: String,
    code: String,
}

fn blocks_for(kernel: Kernel) -> Result<Vec<Unsafe>> {
    let map = examples::map_of(DEVICE)?;
    let artifacts = regloom_codegen::render(&map, Drivers::All, DRIVER, kernel);
    let mut all = Vec::new();
    for (path, text) in artifacts.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let found = blocks(module_of(path), text)?;
        ensure!(
            path.contains("/core/") || found.is_empty(),
            "{path} has unsafe code"
        );
        all.extend(found);
    }
    ensure!(!all.is_empty(), "no unsafe code is found in the driver");
    Ok(all)
}

/// The module whose file this is.
fn module_of(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.trim_end_matches(".rs")
}

fn blocks(module: &str, text: &str) -> Result<Vec<Unsafe>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut place = Place {
        module: module.to_owned(),
        function: String::new(),
    };
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        place.pass(line);
        if is_unsafe(line) {
            found.push(Unsafe {
                place: place.name(line),
                argument: argument(&lines[..number])
                    .with_context(|| format!("no comment says why this is sound: {line}"))?,
                code: code(&lines[number..]),
            });
        }
    }
    Ok(found)
}

fn is_unsafe(line: &str) -> bool {
    let line = line.trim();
    let begins = ["unsafe {", "unsafe impl ", "unsafe("];
    !line.starts_with("//") && begins.iter().any(|begin| line.contains(begin))
}

/// The place of a line in the driver.
struct Place {
    module: String,
    function: String,
}

impl Place {
    fn pass(&mut self, line: &str) {
        let words = line.trim().trim_start_matches("pub(crate) ");
        let words = words.trim_start_matches("pub(super) ");
        let words = words.trim_start_matches("unsafe ");
        let words = words.trim_start_matches("extern \"C\" ");
        if let Some(function) = words.strip_prefix("fn ")
            && !line.trim_end().ends_with(';')
        {
            let end = function.find(['(', '<']).unwrap_or(function.len());
            self.function = function[..end].to_owned();
        }
    }

    fn name(&self, line: &str) -> String {
        match line.trim().strip_prefix("unsafe impl ") {
            Some(what) => format!(
                "{}, {}",
                self.module,
                what.trim_end_matches([' ', '{', '}'])
            ),
            None => format!("{}::{}", self.module, self.function),
        }
    }
}

/// The comment that ends these lines, but for the statement that the unsafe code is part of.
fn argument(above: &[&str]) -> Option<String> {
    let start = above
        .iter()
        .rposition(|line| line.trim().starts_with("// SAFETY: "))?;
    let comment = above[start..].iter().map(|line| line.trim());
    let text: Vec<&str> = comment
        .take_while(|line| line.starts_with("//"))
        .map(|line| line.trim_start_matches("//").trim())
        .collect();
    Some(text.join(" ").trim_start_matches("SAFETY: ").to_owned())
}

/// The line, and those that belong to it.
fn code(lines: &[&str]) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let first = lines.first().copied().unwrap_or_default();
    let inner = lines
        .iter()
        .skip(1)
        .take_while(|line| line.trim().is_empty() || indent(line) > indent(first));
    let inner = if first.ends_with(['{', '(']) {
        inner.count() + 1
    } else {
        0
    };
    let all = lines.iter().take(inner + 1);
    let cut = |line: &&str| line.get(indent(first)..).unwrap_or_default().to_owned();
    all.map(cut).collect::<Vec<_>>().join("\n")
}

fn sections(page: &mut String, blocks: &[Unsafe]) -> Result<()> {
    for Unsafe {
        place,
        argument,
        code,
    } in blocks
    {
        write!(
            page,
            "\n## `{place}`\n\n```rust\n{code}\n```\n\n{argument}\n"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_found_with_its_place_and_argument() {
        let text = "fn end(self) {\n    // SAFETY: It is\n    // there.\n    \
                    let it = unsafe { get(self) };\n}\n";
        let [block] = blocks("node", text).unwrap().try_into().ok().unwrap();
        assert_eq!(block.place, "node::end");
        assert_eq!(block.argument, "It is there.");
        assert_eq!(block.code, "let it = unsafe { get(self) };");
    }

    #[test]
    fn a_block_without_an_argument_is_an_error() {
        assert!(blocks("node", "fn f() {\n    unsafe { g() }\n}\n").is_err());
    }
}
