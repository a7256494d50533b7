// SPDX-License-Identifier: MIT OR Apache-2.0

//! The steps of `docs/workflow.yml`, in a repository as a user has it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails at that line")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const MAP: &str = "\
schema: 1
name: adc
vendor: acme
version: 1.0.0
size: 0x1000
registers:
  CTRL: {at: 0x0, fields: {ENABLE: 0}}
  DATA: {at: 0x4, access: ro}
instances:
  adc0: {base: 0x40000000}
";

/// A repository whose `v1` has the map and what is made from it.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new() -> Self {
        let it = Repository {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(it.path().join("fpga")).unwrap();
        it.write(MAP);
        it.shell("git init -q && regloom generate --quiet fpga/adc.yaml --out generated");
        it.shell("git add -A && git -c user.name=a -c user.email=a@b commit -q -m 1 && git tag v1");
        it
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, map: &str) {
        fs::write(self.path().join("fpga/adc.yaml"), map).unwrap();
    }

    fn run(&self, script: &str) -> Output {
        let regloom = Path::new(env!("CARGO_BIN_EXE_regloom")).parent().unwrap();
        let path = std::env::var("PATH").unwrap();
        // As the steps of a workflow are run.
        Command::new("bash")
            .args(["-e", "-c", script])
            .current_dir(self.path())
            .env("PATH", format!("{}:{path}", regloom.display()))
            .env("RUNNER_TEMP", std::env::temp_dir().join(self.path()))
            .env("GITHUB_STEP_SUMMARY", self.path().join("summary.md"))
            .output()
            .unwrap()
    }

    fn shell(&self, script: &str) {
        let output = self.run(script);
        assert!(output.status.success(), "{output:?}");
    }

    /// The first step that fails; none when all pass.
    fn failing(&self) -> Option<String> {
        let steps = steps();
        let failing = steps
            .iter()
            .find(|(_, script)| !self.run(script).status.success());
        failing.map(|(name, _)| name.clone())
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.path().join("summary.md")).unwrap()
    }
}

/// The names and scripts of the workflow's steps that have one.
fn steps() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join("docs/workflow.yml")).unwrap();
    let workflow: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let steps = workflow["jobs"]["registers"]["steps"]
        .as_sequence()
        .unwrap();
    let script = |step: &serde_yaml::Value| {
        let run = step["run"].as_str()?;
        Some((step["name"].as_str().unwrap().to_owned(), run.to_owned()))
    };
    steps.iter().filter_map(script).collect()
}

#[test]
fn what_is_as_it_was_passes() {
    let repository = Repository::new();
    assert_eq!(steps().len(), 3);
    assert_eq!(repository.failing(), None);
    assert!(repository.summary().contains("fpga/adc.yaml since v1"));
}

#[test]
fn a_stale_file_is_refused_until_it_is_generated_anew() {
    let repository = Repository::new();
    repository.write(&MAP.replace("DATA: {at: 0x4", "DATA: {at: 0x8"));
    assert_eq!(
        repository.failing().unwrap(),
        "The generated files are up to date"
    );
    repository.shell("regloom generate --quiet fpga/adc.yaml --out generated");
    assert_eq!(repository.failing(), None);
    let summary = repository.summary();
    assert!(summary.contains("breaking"), "{summary}");
}

#[test]
fn a_mistake_is_refused() {
    let repository = Repository::new();
    repository.write(&MAP.replace("DATA: {at: 0x4", "DATA: {at: 0x0"));
    assert_eq!(
        repository.failing().unwrap(),
        "The descriptions have no mistakes"
    );
}
