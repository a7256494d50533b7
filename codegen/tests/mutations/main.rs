// SPDX-License-Identifier: MIT OR Apache-2.0

//! Descriptions spoilt at random, the same way at each run: whatever is written,
//! it is refused in words or becomes files that are Rust where they should be.
//!
//! The same mutations, led by coverage and for as long as one likes, are in
//! `fuzz/`.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod mutate;
mod whole_way;

use std::path::{Path, PathBuf};

use mutate::{Random, mutate};
use whole_way::{Outcome, whole_way};

/// Mutated texts of each format.
const CASES: u32 = 2000;

/// Seeds longer than this take too long each time.
const MAX_SEED: u64 = 12 << 10;

/// The examples and the cases of the diagnostics, of one kind of file.
fn seeds(kind: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![
        root.join("regdesc/tests/ui"),
        root.join("mmio/tests/every_access"),
    ];
    folders.extend(entries(&root.join("examples")));
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| entries(folder)).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == kind));
    files.retain(|file| file.metadata().unwrap().len() <= MAX_SEED);
    let seeds: Vec<String> = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "no seed of kind {kind}");
    seeds
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Shows the text in which something panicked.
struct Culprit<'a>(&'a str);

impl Drop for Culprit<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in this description:\n{}", self.0);
        }
    }
}

fn survives_mutation(kind: &str) {
    let seeds = seeds(kind);
    let sound: Vec<&String> = seeds
        .iter()
        .filter(|seed| whole_way(seed, false) == Outcome::Rendered)
        .collect();
    let all: Vec<&String> = seeds.iter().collect();
    let mut random = Random::new(0x5eed);
    let mut accepted = 0;
    for case in 0..CASES {
        let begin_with = if case % 4 == 0 { &all } else { &sound };
        let seed = random.one_of(begin_with);
        let text = mutate(seed, &seeds, &mut random);
        let culprit = Culprit(&text);
        let readings = [false, true];
        let mut outcomes = readings.iter().map(|lenient| whole_way(&text, *lenient));
        accepted += u32::from(outcomes.any(|outcome| outcome == Outcome::Rendered));
        drop(culprit);
    }
    // Where all are refused, nothing is rendered, and the test says nothing.
    assert!(accepted > CASES / 20, "only {accepted} of {CASES} accepted");
}

#[test]
fn spoilt_yaml_is_refused_or_rendered() {
    survives_mutation("yaml");
}

#[test]
fn spoilt_svd_is_refused_or_rendered() {
    survives_mutation("svd");
}

/// Each peripheral gets a driver of its own, whatever a vendor calls them.
#[test]
fn two_peripherals_of_one_name_are_rendered() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../regdesc/tests/ui");
    let text = std::fs::read_to_string(ui.join("R0601-peripherals.lenient.svd")).unwrap();
    assert_eq!(whole_way(&text, true), Outcome::Rendered);
}
