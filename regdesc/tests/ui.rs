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
    reason = "a test fails at that line"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regdesc::suggestion::{Added, Edits};
use regdesc::{
    Applicability, Code, Diagnostics, Failure, Options, RegisterMap, Severity, SourceId, Style,
};

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
    read_text(input, fs::read_to_string(input).unwrap())
}

/// Reads a text as that input is read.
fn read_text(input: &Path, text: String) -> Result<RegisterMap, Failure> {
    let options = Options {
        lenient: stem(input).ends_with(".lenient"),
        ..Options::default()
    };
    let name = input.file_name().unwrap().to_string_lossy().into_owned();
    regdesc::parse(name, text, &options)
}

/// What an input gives: its diagnostics, or that it is fine.
fn given(input: &Path) -> String {
    match read(input) {
        Ok(map) if map.notices().is_empty() => "fine\n".to_owned(),
        Ok(map) => map.notices().render(map.sources(), Style::Plain),
        Err(failure) => failure.render(Style::Plain),
    }
}

fn diagnostics(result: Result<RegisterMap, Failure>) -> Diagnostics {
    match result {
        Ok(map) => map.notices().clone(),
        Err(Failure::Wrong { diagnostics, .. }) => diagnostics,
        Err(failure) => panic!("{failure}"),
    }
}

/// The codes of what is reported of an input.
fn codes(input: &Path) -> Vec<&'static str> {
    let diagnostics = diagnostics(read(input));
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

/// The first source, which is the input.
fn input_source(input: &Path) -> SourceId {
    let mut sources = regdesc::Sources::default();
    sources.add(stem(input), String::new())
}

/// After the sure edits, what they correct is not reported again, and nothing is
/// reported that was not before, but lints: those wait until all errors are gone.
#[test]
fn sure_edits_correct_what_they_are_for() {
    let mut corrected = Vec::new();
    for input in cases() {
        let text = fs::read_to_string(&input).unwrap();
        let before = diagnostics(read(&input));
        let source = input_source(&input);
        let mut edits = Edits::default();
        let (mut left, mut fixed) = (Vec::new(), Vec::new());
        for diagnostic in before.iter() {
            let suggestion = diagnostic.suggestion.as_ref();
            let sure = suggestion.filter(|it| {
                it.applicability == Applicability::Sure && it.source() == Some(source)
            });
            match sure.map(|it| edits.add(it)) {
                Some(Added::New | Added::Again) => fixed.push(diagnostic.code),
                Some(Added::Overlaps) | None => left.push(diagnostic.code),
            }
        }
        if fixed.is_empty() {
            continue;
        }
        let after = edits.apply(&text);
        let reported = diagnostics(read_text(&input, after.clone()));
        let mut codes: Vec<Code> = reported
            .iter()
            .filter(|it| it.severity != Severity::Lint)
            .map(|it| it.code)
            .collect();
        left.retain(|code| code.lint().is_none());
        codes.sort();
        left.sort();
        assert_eq!(codes, left, "{}\n{after}", input.display());
        corrected.extend(fixed);
    }
    corrected.sort();
    corrected.dedup();
    let needed = [
        Code::Syntax,
        Code::UnknownKey,
        Code::WrongType,
        Code::MissingKey,
        Code::BadValue,
        Code::BadName,
    ];
    for code in needed {
        assert!(corrected.contains(&code), "no sure edit for {code}");
    }
}

/// Edits are on character boundaries of the text, and replace another text.
#[test]
fn every_suggestion_changes_the_text() {
    for input in cases() {
        let text = fs::read_to_string(&input).unwrap();
        let source = input_source(&input);
        for diagnostic in diagnostics(read(&input)).iter() {
            let Some(suggestion) = &diagnostic.suggestion else {
                continue;
            };
            for edit in suggestion
                .edits
                .iter()
                .filter(|it| it.span.source == source)
            {
                let old = text.get(edit.span.range());
                assert!(old.is_some(), "{}", input.display());
                assert_ne!(old, Some(edit.text.as_str()), "{}", input.display());
            }
        }
    }
}

fn is_code(text: &str) -> bool {
    Code::ALL.iter().any(|code| code.as_str() == text)
}
