// SPDX-License-Identifier: MIT OR Apache-2.0

//! Plain words: what readers of a page, a help text or a message find in the
//! project is technical English. The words listed here never are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lab_support::{folders, workspace};
use regex::Regex;

use crate::tokens::{self, Kind, Token};

/// A pattern for a word, and what to use instead. A space stands for any space,
/// that at the end of a line too.
const MANNERED: &[(&str, &str)] = &[
    (r"\b(tell|tells|telling|told)\b", "report, state, show"),
    (r"\bwhere left out\b", "default"),
    (
        r"\b(wait_)?in[_ ]vain\b",
        "without success; missing_interrupt",
    ),
    (r"\balone_in\b", "lock"),
    (r"\bbring_about\b", "apply"),
    (r"\bstand_there_too\b", "merge_instances"),
    (r"\bwear_it_out\b", "endurance"),
    (
        r"\bstands? (above|at|before|behind|below|beside|between|once|there|twice|where)\b",
        "is, is located",
    ),
    (r"\bstands? in (a|an|its|one|that|the|this)\b", "is in"),
    (r"\bstood (at|in|there)\b", "was, was located"),
    (r"\b(lie|lies) (at|beyond|in|there|where|within)\b", "is"),
    (r"\bof which there (are|is)\b", "a sentence of its own"),
    (r"\b(hear|heard|hears)\b", "receive, report"),
    (r"\b(speak|speaks) of\b", "report, be about"),
    (r"\bin silence\b", "silently"),
    (r"\bnobody\b", "no one; better, name the program"),
    (r"\bwhoever\b", "the user, the program"),
    (r"\b(mend|mended|mending|mends)\b", "fix, correct, repair"),
];

/// Pages, by their path from the workspace's root.
const PAGES: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
];

/// Folders of pages, of templates, and of code with help texts, messages and
/// comments.
const FOLDERS: &[&str] = &[
    "cli/src",
    "codegen/src",
    "codegen/templates",
    "docs",
    "driver-template/src",
    "driver-template/templates",
    "lab",
    "mmio/src",
    "regdesc/src",
    "xtask/src/pages",
];

/// The kinds of files that are read.
const KINDS: [&str; 4] = ["j2", "md", "rs", "yml"];

#[test]
fn what_people_read_is_in_plain_words() {
    let root = workspace::root();
    let mut files: Vec<PathBuf> = PAGES.iter().map(|page| root.join(page)).collect();
    for folder in FOLDERS {
        for kind in KINDS {
            files.extend(folders::files_below(&root.join(folder), kind).unwrap());
        }
    }
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let shown = file.strip_prefix(&root).unwrap_or(&file).display();
        for (line, word, plain) in mannered(&prose(&file, &text)) {
            found.push(format!("{shown}:{line}: `{word}`: use {plain}"));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The patterns, compiled once for all files.
static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compiled = |(pattern, plain): &(&str, &'static str)| {
        let pattern = format!("(?i){}", pattern.replace(' ', r"\s+"));
        (Regex::new(&pattern).unwrap(), *plain)
    };
    MANNERED.iter().map(compiled).collect()
});

/// Each mannered word of a text with its line and the plain word.
fn mannered(text: &str) -> Vec<(usize, String, &'static str)> {
    let mut found = Vec::new();
    for (pattern, plain) in PATTERNS.iter() {
        for word in pattern.find_iter(text) {
            let line = 1 + text[..word.start()].matches('\n').count();
            found.push((line, word.as_str().replace('\n', " "), *plain));
        }
    }
    found.sort();
    found
}

/// The page and its section that list mannered words themselves.
const GLOSSARY: (&str, &str) = ("CONTRIBUTING.md", "## Words");

/// What people read of a file, with its lines: of code its comments and literals, of
/// a page all but the glossary.
fn prose(file: &Path, text: &str) -> String {
    if file.ends_with(GLOSSARY.0) {
        return without_glossary(text);
    }
    if file.extension().is_none_or(|kind| kind != "rs") {
        return text.to_owned();
    }
    let comment = |line: &str| match line.trim_start().split_at_checked(2) {
        Some(("//", text)) => text.trim_start_matches(['/', '!']).to_owned(),
        _ => String::new(),
    };
    let mut lines: Vec<_> = text.lines().map(comment).collect();
    add_literals(&tokens::of(text), &mut lines);
    lines.join("\n")
}

fn without_glossary(text: &str) -> String {
    let mut in_glossary = false;
    let lines = text.lines().map(|line| {
        if line.starts_with("## ") {
            in_glossary = line == GLOSSARY.1;
        }
        if in_glossary { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn add_literals(tokens: &[Token<'_>], lines: &mut [String]) {
    for token in tokens {
        match &token.kind {
            Kind::Group(_, inside) => add_literals(inside, lines),
            Kind::Literal(text) => {
                for (line, part) in lines[token.line - 1..].iter_mut().zip(text.lines()) {
                    line.push(' ');
                    line.push_str(part.trim_end_matches('\\'));
                }
            }
            _ => {}
        }
    }
}

#[test]
fn words_are_found_with_their_line_and_in_two_lines() {
    let found = mannered("It is told.\nIt Stands\n  there, and stands in for it.\nRetold.\n");
    let expected = [
        (1, "told".to_owned(), "report, state, show"),
        (2, "Stands   there".to_owned(), "is, is located"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn comments_and_literals_of_code_are_read_and_its_names_are_not() {
    let code = "/// Where left\n/// out.\nfn told() {\n    f(\"a \\\n       told\"); // told\n}\n";
    let found = mannered(&prose(Path::new("a.rs"), code));
    let lines: Vec<_> = found.iter().map(|(line, _, _)| *line).collect();
    assert_eq!(lines, [1, 5]);
}

#[test]
fn the_glossary_is_not_read_and_what_follows_it_is() {
    let page = "# Told\n## Words\n| tell |\n## Habits\nIt tells.\n";
    let found = mannered(&prose(Path::new("CONTRIBUTING.md"), page));
    let lines: Vec<_> = found.iter().map(|(line, _, _)| *line).collect();
    assert_eq!(lines, [1, 5]);
}
