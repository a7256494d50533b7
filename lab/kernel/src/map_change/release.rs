// SPDX-License-Identifier: MIT OR Apache-2.0

//! The change for the maintainer of the description: `diff` reports what it breaks, `--check` finds
//! the outdated files, and one command updates them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context, Result, ensure};
use lab_support::folders;
use lab_support::report::Report;

use super::version::{DEVICE, NEW, OLD, Version, lab_folder, regloom};

/// The description that is worked on, and the one of the last release.
const CURRENT: &str = "fpga/pump-ctrl.yaml";
const RELEASED: &str = "released/pump-ctrl.yaml";
/// Where its output is kept.
const OUTPUT: &str = "generated";

/// The command that updates what is outdated.
const COMMAND: &str = "regloom generate ";

/// What `regloom diff` has to say of the change.
const CHANGES: [&str; 3] = [
    "breaking[D0406] field `CTRL.LIMIT`: bits 15:8 became 23:16\n",
    "compatible[D0302] register `PRESSURE`: added\n",
    "breaking[D0516] value `Mode.boost`: removed\n",
];
const STEP: &str = "asks for a major step of the version, which 1.4.0 to 2.0.0 is\n";

/// What is then stale, each with its difference shown.
const STALE: [&str; 4] = [
    "accessor/src/lib.rs",
    "driver/rust/pump_ctrl.rs",
    "dts/pump-ctrl.dtsi",
    "dts/pump-ctrl.dtso",
];

/// All of it, in its order; a step needs those before it.
pub(crate) fn test(report: &mut Report) {
    let name = |step: &str| format!("the map of {DEVICE} changes: {step}");
    let repository = report.run(
        name("version 1 is generated, and --check passes"),
        None,
        || {
            let repository = Repository::new()?;
            repository.generates_version_1()?;
            Ok(repository)
        },
    );
    let Some(repository) = repository else {
        report.not_run(name("all of that"), None, "there is no version 1");
        return;
    };
    report.run(
        name("regloom diff says that it breaks software, and how"),
        None,
        || repository.reports_the_change(),
    );
    let fix = report.run(
        name("generate --check fails, and names the command that fixes it"),
        None,
        || repository.is_stale(),
    );
    if let Some(fix) = fix {
        report.run(name("that command fixes it"), None, || {
            repository.is_fixed_by(&fix)
        });
    }
}

/// The folder of someone who keeps a description and what is generated from it.
struct Repository {
    folder: PathBuf,
}

impl Repository {
    fn new() -> Result<Self> {
        let folder = lab_folder().join("repository");
        folders::create_empty(&folder)?;
        Ok(Self { folder })
    }

    fn generates_version_1(&self) -> Result<()> {
        self.put(&OLD, RELEASED)?;
        self.put(&OLD, CURRENT)?;
        self.regloom(&["generate", CURRENT, "--out", OUTPUT])?
            .must_exit_with(0)?;
        self.check()?.must_exit_with(0)
    }

    fn reports_the_change(&self) -> Result<()> {
        self.put(&NEW, CURRENT)?;
        let outcome = self.regloom(&["diff", RELEASED, CURRENT, "--fail-on", "breaking"])?;
        outcome.must_exit_with(1)?;
        CHANGES
            .iter()
            .chain([&STEP])
            .try_for_each(|change| outcome.must_say(change))
    }

    /// Returns the command that it names.
    fn is_stale(&self) -> Result<String> {
        let outcome = self.check()?;
        outcome.must_exit_with(1)?;
        for file in STALE {
            outcome.must_say(&format!("+++ {OUTPUT}/{DEVICE}/{file}\n"))?;
        }
        let mut lines = outcome.errors.lines();
        let command = lines.find_map(|line| line.find(COMMAND).map(|at| &line[at..]));
        Ok(command
            .with_context(|| format!("no command in\n{}", outcome.errors))?
            .to_owned())
    }

    fn is_fixed_by(&self, command: &str) -> Result<()> {
        let mut words = command.split_whitespace();
        ensure!(words.next() == Some("regloom"), "another tool: {command}");
        let arguments: Vec<_> = words.collect();
        self.regloom(&arguments)?.must_exit_with(0)?;
        self.check()?.must_exit_with(0)
    }

    fn check(&self) -> Result<Outcome> {
        self.regloom(&["generate", CURRENT, "--out", OUTPUT, "--check"])
    }

    fn regloom(&self, arguments: &[&str]) -> Result<Outcome> {
        let output = regloom(&self.folder, arguments).output();
        Ok(Outcome::of(&output.context("cannot run cargo")?))
    }

    fn put(&self, version: &Version, to: &str) -> Result<()> {
        let to = self.folder.join(to);
        folders::create(to.parent().unwrap_or(Path::new("")))?;
        let from = version.description();
        fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        Ok(())
    }
}

/// What the command said, and how it ended.
struct Outcome {
    status: Option<i32>,
    results: String,
    errors: String,
}

impl Outcome {
    fn of(output: &Output) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self {
            status: output.status.code(),
            results: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }

    fn must_exit_with(&self, status: i32) -> Result<()> {
        ensure!(
            self.status == Some(status),
            "its status is {:?}, not {status}; it said\n{}{}",
            self.status,
            self.results,
            self.errors
        );
        Ok(())
    }

    fn must_say(&self, what: &str) -> Result<()> {
        ensure!(
            self.results.contains(what),
            "it does not say\n{what}\nbut\n{}",
            self.results
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_end_or_other_words_are_noticed() {
        let outcome = Outcome {
            status: Some(1),
            results: CHANGES[0].to_owned(),
            errors: String::new(),
        };
        assert!(outcome.must_exit_with(1).is_ok());
        assert!(outcome.must_exit_with(0).is_err());
        assert!(outcome.must_say(CHANGES[0]).is_ok());
        assert!(outcome.must_say(CHANGES[1]).is_err());
    }
}
