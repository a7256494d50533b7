// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every case under `tests/ui/` is an input beside the diagnostics it gives.
//!
//! `<code>-<slug>.<format>` makes one mistake of that code and no other;
//! `….right.<format>` is the same thing done right, and fine; `….lenient.svd`
//! is read leniently, and repaired. `UPDATE_EXPECT=1` writes what is given
//! instead of comparing.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regdesc::{Code, Failure, Options, RegisterMap, Severity, Style};

/// Cases name other files from their own folder.
fn enter_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    std::env::set_current_dir(&folder).unwrap();
    folder
}

fn inputs() -> Vec<PathBuf> {
    let mut inputs: Vec<PathBuf> = fs::read_dir(enter_folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| has_extension(path, &["yaml", "svd"]))
        .collect();
    inputs.sort();
    inputs
}

fn has_extension(path: &Path, wanted: &[&str]) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| wanted.contains(&it))
}

fn stem(input: &Path) -> String {
    input.file_stem().unwrap().to_string_lossy().into_owned()
}

fn is_right(input: &Path) -> bool {
    stem(input).ends_with(".right")
}

fn cases() -> impl Iterator<Item = PathBuf> {
    inputs().into_iter().filter(|input| !is_right(input))
}

fn read(input: &Path) -> Result<RegisterMap, Failure> {
    let options = Options {
        lenient: stem(input).ends_with(".lenient"),
        ..Options::default()
    };
    let name = input.file_name().unwrap().to_string_lossy().into_owned();
    regdesc::parse(name, fs::read_to_string(input).unwrap(), &options)
}

/// What an input gives: its diagnostics, or that it is fine.
fn given(input: &Path) -> String {
    match read(input) {
        Ok(map) if map.notices().is_empty() => "fine\n".to_owned(),
        Ok(map) => map.notices().render(map.sources(), Style::Plain),
        Err(failure) => failure.render(Style::Plain),
    }
}

/// The codes of what is told of an input.
fn codes(input: &Path) -> Vec<&'static str> {
    let diagnostics = match read(input) {
        Ok(map) => map.notices().clone(),
        Err(Failure::Wrong { diagnostics, .. }) => diagnostics,
        Err(failure) => panic!("{failure}"),
    };
    diagnostics.iter().map(|it| it.code.as_str()).collect()
}

#[test]
fn every_case_gives_the_diagnostics_beside_it() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for input in cases() {
        let given = given(&input);
        let beside = input.with_extension("txt");
        if update {
            fs::write(&beside, &given).unwrap();
        } else if fs::read_to_string(&beside).unwrap_or_default() != given {
            wrong.push(format!("{}\n{given}", input.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A case named for a code gives that code, and nothing else: one mistake, one
/// diagnostic.
#[test]
fn a_case_of_one_mistake_gives_one_diagnostic() {
    for input in cases() {
        let stem = stem(&input);
        if let Some((code, _)) = stem.split_once('-').filter(|(code, _)| is_code(code)) {
            assert_eq!(codes(&input), [code], "{}", input.display());
        }
    }
}

#[test]
fn what_is_done_right_is_fine() {
    for input in inputs().iter().filter(|input| is_right(input)) {
        assert_eq!(given(input), "fine\n", "{}", input.display());
    }
}

/// The page of the codes shows both for each.
#[test]
fn every_code_has_a_case_and_shows_how_it_is_right() {
    let stems: BTreeSet<String> = inputs().iter().map(|input| stem(input)).collect();
    let has_both = |code: &Code| {
        let mut cases = stems.iter().filter(|stem| stem.starts_with(code.as_str()));
        cases.any(|stem| stems.contains(&format!("{stem}.right")))
    };
    let missing: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !has_both(code))
        .map(|code| code.as_str())
        .collect();
    assert!(
        missing.is_empty(),
        "no case, or no right one, for {missing:?}"
    );
}

#[test]
fn every_mistake_points_explains_and_helps() {
    let mut bare = Vec::new();
    for input in cases() {
        let Err(Failure::Wrong { diagnostics, .. }) = read(&input) else {
            continue;
        };
        for diagnostic in diagnostics.iter() {
            assert_ne!(diagnostic.severity, Severity::Lint, "{}", input.display());
            // What is wrong with the syntax, the parser says as far as it knows.
            let whole = !diagnostic.primary.text.is_empty() && diagnostic.help.is_some();
            if !whole && diagnostic.code != Code::Syntax {
                bare.push(stem(&input));
            }
        }
    }
    assert!(bare.is_empty(), "no label or no help: {bare:?}");
}

fn is_code(text: &str) -> bool {
    Code::ALL.iter().any(|code| code.as_str() == text)
}
