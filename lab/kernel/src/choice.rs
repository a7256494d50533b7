// SPDX-License-Identifier: MIT OR Apache-2.0

//! The language that a driver's makefile chooses for a kernel, and what it prints: the one that the
//! kernel's row is about, or why it cannot be built.

use anyhow::{Result, ensure};
use lab_support::report::Report;

use super::arch::Language;
use super::linux::Linux;
use super::module::{self, module_name};

/// Tries the makefile of one driver: it is the same text in all.
pub(crate) fn test(device: &str, linux: &Linux, report: &mut Report) {
    let kernel = Some(linux.label.as_str());
    let has_rust = linux.has_rust();
    let chosen = match has_rust {
        true => Language::Rust,
        false => Language::C,
    };
    report.run(
        format!("make without DRIVER chooses {}", chosen.title()),
        kernel,
        || says_choice(device, linux, chosen),
    );
    if !has_rust {
        report.run("make DRIVER=rust is refused in one line", kernel, || {
            refuses_rust(device, linux)
        });
    }
}

/// `regloom: <module>.ko in Rust`, or `regloom: <module>.ko in C: <why no Rust>`.
fn says_choice(device: &str, linux: &Linux, chosen: Language) -> Result<()> {
    let output = module::make_by_choice(device, linux)?;
    let module = module_name(device);
    let title = chosen.title();
    let line = the_one_line(&output)?;
    let expected = format!("regloom: {module}.ko in {title}");
    let rest = line.strip_prefix(&expected);
    let is_said = match chosen {
        Language::Rust => rest == Some(""),
        Language::C | Language::Uio => rest.is_some_and(|why| why.starts_with(": ")),
    };
    ensure!(is_said, "it prints `{line}`, not `{expected}`");
    Ok(())
}

fn refuses_rust(device: &str, linux: &Linux) -> Result<()> {
    let output = module::make_rust_anyway(device, linux)?;
    let line = the_one_line(&output)?;
    let about_kernel = [
        linux.make.folder.to_string_lossy().as_ref(),
        linux.kernel.release,
    ]
    .iter()
    .any(|it| line.contains(it));
    ensure!(about_kernel, "`{line}` does not say of what kernel it is");
    Ok(())
}

/// The only line of the makefile's own.
fn the_one_line(output: &str) -> Result<&str> {
    let lines: Vec<_> = output
        .lines()
        .filter(|line| line.starts_with("regloom: "))
        .collect();
    match lines.as_slice() {
        [line] => Ok(line),
        _ => anyhow::bail!("{} lines begin with `regloom: ` in\n{output}", lines.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_the_makefiles_own() {
        assert_eq!(the_one_line("a\nregloom: b\nc\n").unwrap(), "regloom: b");
        assert!(the_one_line("a\n").is_err());
        assert!(the_one_line("regloom: b\nregloom: c\n").is_err());
    }
}
