// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every case under `tests/diff/` is what was changed in `base.yaml` (or, as
//! `….svd.diff`, in `base.svd`), beside what is told of it.
//!
//! `<rule>-<slug>.diff` gives that rule. It is made of hunks with an empty line
//! between: lines of the base with ` ` or `-` in front, and what they become,
//! with ` ` or `+`. `….back.diff` leads from what they make to the base.
//! `UPDATE_EXPECT=1` writes what is told instead of comparing.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use std::fs;
use std::path::{Path, PathBuf};

use regdesc::{Class, Diff, Options, RegisterMap, Rule, Step, diff};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff")
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "diff"))
        .collect();
    cases.sort();
    cases
}

fn stem(case: &Path) -> String {
    case.file_stem().unwrap().to_string_lossy().into_owned()
}

fn map(name: &str, text: &str) -> RegisterMap {
    let map = regdesc::parse(name, text, &Options::default());
    map.unwrap_or_else(|failure| panic!("{failure}"))
}

/// Both maps of a case.
fn maps(case: &Path) -> (RegisterMap, RegisterMap) {
    let format = match stem(case).ends_with(".svd") {
        true => "svd",
        false => "yaml",
    };
    let base = fs::read_to_string(folder().join(format!("base.{format}"))).unwrap();
    let changed = changed(&base, &fs::read_to_string(case).unwrap());
    let (old, new) = match stem(case).contains(".back") {
        true => (changed, base),
        false => (base, changed),
    };
    (
        map(&format!("old.{format}"), &old),
        map(&format!("new.{format}"), &new),
    )
}

fn changed(base: &str, hunks: &str) -> String {
    // A newline in front of every line, so that whole ones are found.
    let mut text = format!("\n{base}");
    for hunk in hunks.split("\n\n") {
        let side = |but: char| -> String {
            let lines = hunk.lines().filter(|line| !line.starts_with(but));
            lines.map(|line| format!("\n{}", &line[1..])).collect()
        };
        let (from, to) = (side('+'), side('-'));
        let (from, to) = (format!("{from}\n"), format!("{to}\n"));
        assert_eq!(text.matches(&from).count(), 1, "{hunk}");
        text = text.replace(&from, &to);
    }
    text.split_off(1)
}

fn rules(diff: &Diff<'_>) -> Vec<Rule> {
    diff.changes().iter().map(|change| change.rule).collect()
}

#[test]
fn every_case_is_reported_as_beside_it() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let (old, new) = maps(&case);
        let told = diff(&old, &new).render();
        let beside = case.with_extension("txt");
        if update {
            fs::write(&beside, &told).unwrap();
        } else if fs::read_to_string(&beside).unwrap_or_default() != told {
            wrong.push(format!("{}\n{told}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_case_gives_the_rule_that_it_is_named_for() {
    for case in cases() {
        let (old, new) = maps(&case);
        let told = rules(&diff(&old, &new));
        let named = |rule: &Rule| stem(&case).starts_with(rule.id());
        assert!(told.iter().any(named), "{}: {told:?}", case.display());
    }
}

#[test]
fn every_rule_has_a_case() {
    let stems: Vec<String> = cases().iter().map(|case| stem(case)).collect();
    // A block that becomes a chip changes its format too: below. An enumeration
    // that moves does so with its cluster, as far as both formats go.
    let others = [Rule::DeviceKind, Rule::EnumMoved];
    let all = Rule::ALL.iter().filter(|rule| !others.contains(rule));
    let has_none = |rule: &&Rule| !stems.iter().any(|stem| stem.starts_with(rule.id()));
    let missing: Vec<&str> = all.filter(has_none).map(|rule| rule.id()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Whatever leads there leads back, and what is there twice did not change.
#[test]
fn there_and_back_report_the_same_things() {
    for case in cases() {
        let (old, new) = maps(&case);
        assert!(diff(&old, &old).is_empty() && diff(&new, &new).is_empty());
        let (there, back) = (diff(&old, &new), diff(&new, &old));
        assert_eq!(
            there.changes().len(),
            back.changes().len(),
            "{}",
            case.display()
        );
    }
}

/// What software can observe is never called documentation, but for the names
/// of windows, which the hash has.
#[test]
fn another_hash_is_another_map() {
    for case in cases() {
        let (old, new) = maps(&case);
        let diff = diff(&old, &new);
        if old.hash() != new.hash() && rules(&diff) != [Rule::WindowRenamed] {
            let class = diff.class().unwrap();
            assert!(class < Class::Documentation, "{}", case.display());
        }
    }
}

#[test]
fn one_device_in_two_formats_differs_in_names_alone() {
    let yaml = map("dma.yaml", include_str!("same/dma.yaml"));
    let svd = map("dma.svd", include_str!("same/dma.svd"));
    for (old, new) in [(&yaml, &svd), (&svd, &yaml)] {
        let diff = diff(old, new);
        assert!(rules(&diff).contains(&Rule::DeviceKind));
        for change in diff.changes() {
            let of_names = matches!(
                change.rule,
                Rule::DeviceKind
                    | Rule::DeviceRenamed
                    | Rule::BlockRenamed
                    | Rule::InstanceRenamed
                    | Rule::EnumRenamed
                    | Rule::VersionChanged
                    | Rule::Description
            );
            assert!(of_names, "{change:?}");
        }
    }
}

#[test]
fn a_step_is_the_part_of_the_version_that_counts_up() {
    let version = |major, minor, patch| regdesc::model::Version {
        major,
        minor,
        patch,
    };
    let old = version(1, 2, 3);
    for (new, step) in [
        (version(2, 0, 0), Step::Major),
        (version(1, 3, 0), Step::Minor),
        (version(1, 2, 4), Step::Patch),
        (version(1, 2, 3), Step::None),
        (version(1, 1, 9), Step::None),
    ] {
        assert_eq!(Step::between(old, new), step);
    }
    for step in [Step::Major, Step::Minor, Step::Patch, Step::None] {
        assert_eq!(Step::between(old, step.above(old)), step);
    }
}
