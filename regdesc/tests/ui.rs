// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every case under `tests/ui/` is an input beside the diagnostics it gives.
//!
//! `UPDATE_EXPECT=1` writes what is given instead of comparing.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::{Path, PathBuf};

use regdesc::{Code, Failure, Style};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut inputs: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind != "txt"))
        .collect();
    inputs.sort();
    inputs
}

/// What an input gives: its diagnostics, or that it is fine.
fn given(input: &Path) -> String {
    let name = input.file_name().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(input).unwrap();
    match regdesc::parse(name, text, &[]) {
        Ok(_) => "fine\n".to_owned(),
        Err(failure) => failure.render(Style::Plain),
    }
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
        let stem = input.file_stem().unwrap().to_string_lossy().into_owned();
        let Some((code, _)) = stem.split_once('-').filter(|(code, _)| is_code(code)) else {
            continue;
        };
        let text = fs::read_to_string(&input).unwrap();
        let Err(Failure::Wrong { diagnostics, .. }) = regdesc::parse("case", text, &[]) else {
            panic!("{} is not refused", input.display());
        };
        let codes: Vec<&str> = diagnostics.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, [code], "{}", input.display());
    }
}

#[test]
fn every_code_has_a_case() {
    let stems: Vec<String> = cases()
        .iter()
        .map(|input| input.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    // Told of a request, not of a text: see `cli/tests`.
    let without_text = [Code::UnknownPeripheral];
    let missing: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !without_text.contains(code))
        .map(|code| code.as_str())
        .filter(|code| !stems.iter().any(|stem| stem.starts_with(code)))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

fn is_code(text: &str) -> bool {
    Code::ALL.iter().any(|code| code.as_str() == text)
}
