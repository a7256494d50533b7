// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a kernel maintainer's tools say of a generated driver before it runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use lab_support::report::Report;
use lab_support::{folders, workspace};

use super::arch::{Kernel, Language};
use super::environment::clean;
use super::linux::Linux;
use super::module::Lint;
use super::source::Source;
use super::toolchain::RUSTFMT;
use super::{devices, module};

/// The text of a device's driver as it is written for a kernel that is built, and of its device
/// tree, by the tools of that kernel's source.
pub(crate) fn text(device: &str, kernel: &Kernel, source: &Source, report: &mut Report) {
    let version = Some(source.version());
    let name = format!("driver {device} is written for linux {}", kernel.release);
    let Some(files) = report.run(name, version, || generated(device, kernel)) else {
        report.not_run(
            format!("rustfmt and checkpatch.pl read driver {device}"),
            version,
            "there is no driver",
        );
        return;
    };
    report.run(format!("driver {device} passes rustfmt"), version, || {
        is_formatted(&files, source)
    });
    report.run(
        format!("driver {device} passes checkpatch.pl --strict"),
        version,
        || passes_checkpatch(&files, source),
    );
}

/// The drivers by the language's own checker, and their modules, built before, by what they say of
/// themselves.
pub(crate) fn modules(folders: &BTreeMap<String, PathBuf>, linux: &Linux, report: &mut Report) {
    let (kernel, language) = (Some(linux.label.as_str()), linux.kernel.language);
    let (checker, lint) = match language {
        Language::C => ("sparse", Lint::SPARSE),
        Language::Rust | Language::Uio => ("clippy", Lint::CLIPPY),
    };
    let name = |device: &String| format!("driver {device} passes {checker}");
    let devices: Vec<_> = folders.keys().cloned().collect();
    if language == Language::C && !linux.calls_sparse() {
        for device in &devices {
            report.not_possible(name(device), kernel, NO_SPARSE);
        }
    } else {
        report.run_each(&devices, name, kernel, |device| {
            module::lint(device, linux, &lint)
        });
    }
    for (device, folder) in folders {
        report.run(format!("modinfo describes driver {device}"), kernel, || {
            say_what_they_are(device, folder, language)
        });
    }
}

/// sparse finds a program's pointer that is used as the kernel's own.
pub(crate) fn requires_user_pointers(device: &str, linux: &Linux, report: &mut Report) {
    let name = "sparse refuses pointers of programs that are not marked";
    let kernel = Some(linux.label.as_str());
    match linux.calls_sparse() {
        true => {
            report.run(name, kernel, || module::lint_without_marks(device, linux));
        }
        false => report.not_possible(name, kernel, NO_SPARSE),
    }
}

const NO_SPARSE: &str = "this kernel's makefiles do not call the sparse of this machine: it is too \
                         old for them, or their script that asks is not there";

/// clippy misses a reason for `unsafe` where there is none.
pub(crate) fn requires_safety_comments(device: &str, linux: &Linux, report: &mut Report) {
    report.run(
        "clippy refuses unsafe blocks without a SAFETY comment",
        Some(&linux.label),
        || module::lint_without_reasons(device, linux),
    );
}

fn is_formatted(files: &[PathBuf], source: &Source) -> Result<()> {
    let config = source.tree.join(".rustfmt.toml");
    let mut command = clean(Command::new(RUSTFMT));
    command.args(["--check", "--config-path"]).arg(config);
    let sources = files
        .iter()
        .filter(|file| file.extension().is_some_and(|it| it == "rs"));
    finds_nothing(command.args(sources))
}

fn passes_checkpatch(files: &[PathBuf], source: &Source) -> Result<()> {
    let mut command = clean(Command::new("perl"));
    command
        .current_dir(&source.tree)
        // Errors, warnings and checks all make it fail.
        .args(["scripts/checkpatch.pl", "--strict", "--no-tree", "--file"])
        .args(files);
    finds_nothing(&mut command)
}

/// All files that go into a tree of the release.
fn generated(device: &str, kernel: &Kernel) -> Result<Vec<PathBuf>> {
    let folder = workspace::lab_target()
        .join("texts")
        .join(kernel.release)
        .join(device);
    module::write_driver(device, kernel, &folder)?;
    let mut files = folders::all_files_below(&folder)?;
    files.extend(folders::files(&devices::generated(device).join("dts"))?);
    Ok(files)
}

fn finds_nothing(command: &mut Command) -> Result<()> {
    let output = run(command)?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    bail!("{}", String::from_utf8_lossy(&said).trim_end())
}

fn say_what_they_are(device: &str, folder: &Path, language: Language) -> Result<()> {
    let map = devices::map(device)?;
    let version = map.version.as_ref().map(|it| it.value.to_string());
    let mut drivers = String::new();
    let (sources, kind, entry) = match language {
        Language::C => ("c", "c", ".compatible = \""),
        Language::Rust | Language::Uio => ("rust", "rs", "of::DeviceId::new(c\""),
    };
    for file in folders::files(&folder.join(sources))? {
        if file.extension().is_some_and(|it| it == kind) {
            drivers.push_str(&std::fs::read_to_string(file)?);
        }
    }
    for module in module::modules(folder)? {
        let info = Info::of(&module)?;
        info.is("license", &["GPL"])?;
        info.is("map_version", version.as_deref().as_slice())?;
        info.has_aliases(&compatibles(&drivers, entry))?;
    }
    Ok(())
}

/// What the driver's table of devices names, each after the beginning of an entry.
fn compatibles<'a>(driver: &'a str, entry: &str) -> Vec<&'a str> {
    driver
        .split(entry)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

/// What a module says of itself.
struct Info {
    text: String,
}

impl Info {
    fn of(module: &Path) -> Result<Self> {
        let output = run(clean(Command::new("modinfo")).arg(module))?;
        ensure!(
            output.status.success(),
            "modinfo failed: {}",
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
        Ok(Self {
            text: String::from_utf8(output.stdout)?,
        })
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .filter(move |(found, _)| *found == name)
            .map(|(_, value)| value.trim())
    }

    fn is(&self, name: &str, expected: &[&str]) -> Result<()> {
        let found: Vec<_> = self.values(name).collect();
        ensure!(
            found == expected,
            "{name} is {found:?}, not {expected:?}, in\n{}",
            self.text.trim_end()
        );
        Ok(())
    }

    /// There is an alias for each compatible: what has the module loaded for a node.
    fn has_aliases(&self, compatibles: &[&str]) -> Result<()> {
        ensure!(!compatibles.is_empty(), "the driver names no compatible");
        for compatible in compatibles {
            let alias = format!("of:N*T*C{compatible}");
            ensure!(
                self.values("alias").any(|found| found == alias),
                "no alias {alias} in\n{}",
                self.text.trim_end()
            );
        }
        Ok(())
    }
}

fn run(command: &mut Command) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .with_context(|| format!("cannot run {program}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> Info {
        Info {
            text: "map_version:    1.0.0\nlicense:        GPL\nalias:          of:N*T*Ca,b\n\
                   alias:          of:N*T*Ca,bC*\n"
                .to_owned(),
        }
    }

    #[test]
    fn a_module_that_says_all_passes() {
        assert!(info().is("license", &["GPL"]).is_ok());
        assert!(info().is("map_version", &["1.0.0"]).is_ok());
        assert!(info().is("parm", &[]).is_ok());
        assert!(info().has_aliases(&["a,b"]).is_ok());
    }

    #[test]
    fn wrong_or_missing_module_information_is_reported() {
        assert!(info().is("license", &["GPL v2"]).is_err());
        assert!(info().is("map_version", &[]).is_err());
        assert!(info().has_aliases(&["a,b", "a,c"]).is_err());
        assert!(info().has_aliases(&[]).is_err());
    }

    #[test]
    fn the_compatibles_are_those_of_the_table() {
        let driver = "[\n(of::DeviceId::new(c\"a,b\"), ()),\n(of::DeviceId::new(c\"a,c\"), ()),\n]";
        let entry = "of::DeviceId::new(c\"";
        assert_eq!(compatibles(driver, entry), ["a,b", "a,c"]);
        let driver = "{ .compatible = \"a,b\" },\n{ .compatible = \"a,c\" },\n{ }\n";
        assert_eq!(compatibles(driver, ".compatible = \""), ["a,b", "a,c"]);
    }
}
