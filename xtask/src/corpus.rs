// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask corpus`: regloom measured on a folder of vendors' SVD files.
//!
//! ```text
//!  file.svd ─┬─ regdesc, strict ─────────────────► accepted, or the codes
//!            ├─ regdesc, lenient ─► flatten ─┐
//!            └─ oracle/read_svd.py ──────────┴─► compare ─► equal, or explained
//! ```
//!
//! The page is a function of the files and of regloom. What differs without a
//! stated reason fails the run.

mod compare;
mod explained;
mod flat;
mod flatten;
mod oracle;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use regdesc::diagnostic::Severity;
use regdesc::{Code, Diagnostics, Failure, Options, RegisterMap};

use self::compare::{Difference, compare};
use self::explained::Circumstances;
use self::oracle::{Python, Reader};
use self::page::{Column, Page, Row};
use crate::workspace;

/// What to measure, beyond what a run always does.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with the SVD files, at any depth.
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// Write nothing; fail when docs/corpus.md is not what is measured.
    #[arg(long)]
    check: bool,
    /// Also compare with PyPI's cmsis-svd (minutes).
    #[arg(long)]
    cmsis_svd: bool,
}

/// Measures every file and writes the page, or compares it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let files = svd_files(&arguments.corpus)?;
    let oracles = oracles(arguments)?;
    let mut rows = BTreeMap::new();
    let mut unexplained = 0;
    for (number, file) in files.iter().enumerate() {
        let name = name_in(&arguments.corpus, file);
        println!("{}/{}  {name}", number + 1, files.len());
        let measured = Measured::of(file, &oracles)?;
        for difference in &measured.unexplained {
            println!("    {difference}");
        }
        unexplained += measured.unexplained.len();
        rows.insert(name, measured.row);
    }
    settle(rows, arguments.check)?;
    ensure!(
        unexplained == 0,
        "{unexplained} differences, told above, are not explained in xtask/src/corpus/explained.rs"
    );
    Ok(())
}

/// Writes the page with these rows, or makes sure that it has them.
fn settle(rows: BTreeMap<String, Row>, check: bool) -> Result<()> {
    let path = workspace::root().join("docs/corpus.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut page = Page::parse(&before);
    page.renew(rows);
    let text = page.render();
    if check {
        ensure!(
            before == text,
            "docs/corpus.md is not what was measured; mend it by the same command without --check"
        );
        return Ok(());
    }
    let folder = path.parent().context("the page has no folder")?;
    fs::create_dir_all(folder)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The corner of cargo's target directory for what is measured with.
fn target() -> PathBuf {
    workspace::lab_target().with_file_name("corpus")
}

/// Whose readings are compared with, and where they go.
fn oracles(arguments: &Arguments) -> Result<Vec<(Column, Reader, Python)>> {
    let mut oracles = vec![(Column::Oracle, Reader::Plain, Python::plain())];
    if arguments.cmsis_svd {
        let python = Python::with_cmsis_svd()?;
        oracles.push((Column::CmsisSvd, Reader::CmsisSvd, python));
    }
    Ok(oracles)
}

/// Every SVD file below a folder, in the order of their paths.
pub(crate) fn svd_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "svd") {
                files.push(path);
            }
        }
    }
    ensure!(!files.is_empty(), "{} holds no SVD file", folder.display());
    files.sort();
    Ok(files)
}

/// A file as the page names it.
pub(crate) fn name_in(corpus: &Path, file: &Path) -> String {
    let name = file.strip_prefix(corpus).unwrap_or(file);
    name.display().to_string()
}

/// What came of one file.
struct Measured {
    row: Row,
    unexplained: Vec<Difference>,
}

impl Measured {
    fn of(file: &Path, oracles: &[(Column, Reader, Python)]) -> Result<Self> {
        let mut measured = Measured {
            row: Row::new(),
            unexplained: Vec::new(),
        };
        let strict = regdesc::load(file, &Options::default());
        measured.row.insert(Column::Strict, strict_cell(&strict));
        let lenient = regdesc::load(
            file,
            &Options {
                lenient: true,
                ..Options::default()
            },
        );
        measured.row.insert(Column::Lenient, lenient_cell(&lenient));
        for (column, reader, python) in oracles {
            let cell = match &lenient {
                Ok(map) => measured.compared(map, *reader, python, file),
                Err(_) => "no map".to_owned(),
            };
            measured.row.insert(*column, cell);
        }
        Ok(measured)
    }

    fn compared(
        &mut self,
        map: &RegisterMap,
        reader: Reader,
        python: &Python,
        file: &Path,
    ) -> String {
        let oracle = match python.read(reader, file) {
            Ok(oracle) => oracle,
            Err(why) => return format!("fails: {}", in_a_cell(&format!("{why:#}"))),
        };
        let file = file.file_name().unwrap_or_default().to_string_lossy();
        let circumstances = Circumstances {
            reader,
            file: &file,
            repairs: &codes(map.notices(), Severity::Repair),
        };
        let differences = compare(&oracle, &flatten::flatten(map), reader.paths());
        if reader == Reader::Plain {
            let (registers, fields) = oracle.count();
            let compared = format!("{registers}, {fields}");
            self.row.insert(Column::Compared, compared);
        }
        self.explain(differences, &circumstances)
    }

    /// The cell that says why; what has no reason is kept.
    fn explain(
        &mut self,
        differences: Vec<Difference>,
        circumstances: &Circumstances<'_>,
    ) -> String {
        if differences.is_empty() {
            return "equal".to_owned();
        }
        let count = differences.len();
        let mut reasons = BTreeSet::new();
        for difference in differences {
            match explained::reason(&difference, circumstances) {
                Some(index) => {
                    reasons.insert(index);
                }
                None => self.unexplained.push(difference),
            }
        }
        let marks: Vec<String> = reasons.into_iter().map(page::mark).collect();
        format!("{count} {}", marks.join(" "))
    }
}

fn strict_cell(strict: &Result<RegisterMap, Failure>) -> String {
    match strict {
        Ok(_) => "accepted".to_owned(),
        Err(failure) => refusal(failure),
    }
}

fn lenient_cell(lenient: &Result<RegisterMap, Failure>) -> String {
    match lenient {
        Ok(map) => match counts(&codes(map.notices(), Severity::Repair)) {
            none if none.is_empty() => "as it is".to_owned(),
            repairs => repairs,
        },
        Err(failure) => format!("refused: {}", refusal(failure)),
    }
}

fn refusal(failure: &Failure) -> String {
    match failure {
        Failure::Unreadable(why) => in_a_cell(why),
        Failure::Wrong { diagnostics, .. } => counts(&codes(diagnostics, Severity::Error)),
    }
}

/// The codes of what was found that weighs so much, in their order.
fn codes(diagnostics: &Diagnostics, severity: Severity) -> Vec<Code> {
    let found = diagnostics.iter().filter(|it| it.severity == severity);
    let mut codes: Vec<Code> = found.map(|diagnostic| diagnostic.code).collect();
    codes.sort();
    codes
}

/// `R0301 ×2, R0502 ×20`
fn counts(codes: &[Code]) -> String {
    let runs = codes.chunk_by(|a, b| a == b);
    let texts = runs.map(|run| match run {
        [code] => code.to_string(),
        many => format!("{} ×{}", many[0], many.len()),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// A text that does not end the cell it stands in.
fn in_a_cell(text: &str) -> String {
    text.replace('|', "/").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_counted() {
        let codes = [Code::Overlap, Code::Overlap, Code::FieldOverlap];
        assert_eq!(counts(&codes), "R0301 ×2, R0401");
        assert_eq!(counts(&[]), "");
    }
}
