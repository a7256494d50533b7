// SPDX-License-Identifier: MIT OR Apache-2.0

//! regloom measured on a folder of vendors' SVD files.
//!
//! ```text
//!  file.svd ─┬─ regdesc, strict ─────────────────► accepted, or the codes
//!            ├─ regdesc, lenient ─► flatten ─┐
//!            ├─ oracle/read_svd.py ──────────┴─► compare ─► equal, or explained
//!            ├─ accessor of the lenient map ───► cargo check
//!            └─ svd2rust, chiptool ────────────► cargo check
//! ```
//!
//! The page is a function of the files and of regloom. What differs without a
//! stated reason fails the run, and so does an accessor that does not compile.

mod accessors;
mod compare;
pub mod crates;
mod explained;
mod flat;
mod flatten;
mod oracle;
mod page;
pub mod peers;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lab_support::{folders, workspace};
use regdesc::diagnostic::Severity;
use regdesc::{Code, Diagnostics, Failure, Options, RegisterMap};

use self::accessors::Accessors;
use self::compare::{Difference, compare};
use self::explained::Circumstances;
use self::flat::Flat;
use self::oracle::{Python, Reader};
use self::page::{Column, Page, Row};
use crate::peers::Peer;

/// What to measure, beyond what a run always does.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder with the SVD files, at any depth.
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// Write nothing; fail when docs/corpus.md is not what is measured.
    #[arg(long)]
    check: bool,
    /// Only report what differs, and why: for a folder that is not the page's.
    #[arg(long, conflicts_with = "check")]
    no_page: bool,
    /// Also compare with PyPI's cmsis-svd (minutes).
    #[arg(long)]
    cmsis_svd: bool,
    /// Also compile the accessor of every file, and put it to clippy and rustdoc (an hour).
    #[arg(long)]
    accessors: bool,
    /// Also see what svd2rust makes of every file, and compile it (hours).
    #[arg(long)]
    peers: bool,
    /// The same with chiptool, by its binary.
    #[arg(long, value_name = "PATH")]
    chiptool: Option<PathBuf>,
    /// Do only what the options ask for, and leave the other columns as they are.
    #[arg(long)]
    alone: bool,
    /// Leave the rows of larger files as they are.
    #[arg(long, value_name = "BYTES")]
    up_to: Option<u64>,
}

/// Measures every file and writes the page, or compares it.
pub fn run(arguments: &Arguments) -> Result<()> {
    let files = folders::svd_files(&arguments.corpus)?;
    let names = files.iter().map(|file| name_in(&arguments.corpus, file));
    let mut rows: BTreeMap<String, Row> = names.map(|name| (name, Row::new())).collect();
    let instruments = Instruments::new(arguments)?;
    let selected = up_to(&files, arguments.up_to)?;
    let mut wrong = Wrong::default();
    for (number, file) in selected.iter().enumerate() {
        let name = name_in(&arguments.corpus, file);
        println!("{}/{}  {name}", number + 1, selected.len());
        let measured = instruments.measure(file)?;
        measured.print();
        wrong.add(&measured);
        if arguments.no_page {
            measured.print_reasons();
        }
        rows.insert(name, measured.row);
        // What was measured in hours is not lost when the run is ended.
        if !arguments.check && !arguments.no_page {
            settle(rows.clone(), None, false)?;
        }
    }
    if arguments.no_page {
        return wrong.judge();
    }
    let whole = arguments.accessors && selected.len() == files.len();
    settle(rows, whole.then_some(wrong.time.as_secs()), arguments.check)?;
    wrong.judge()
}

/// The files up to a size, the small ones first.
fn up_to(files: &[PathBuf], limit: Option<u64>) -> Result<Vec<&PathBuf>> {
    let mut sized = Vec::new();
    for file in files {
        let size = file
            .metadata()
            .with_context(|| format!("cannot read {}", file.display()))?
            .len();
        if limit.is_none_or(|limit| size <= limit) {
            sized.push((size, file));
        }
    }
    sized.sort();
    Ok(sized.into_iter().map(|(_, file)| file).collect())
}

/// What fails the run when it is over, and the totals.
#[derive(Default)]
struct Wrong {
    unexplained: usize,
    accessors: usize,
    /// What it took to compile all accessors.
    time: Duration,
}

impl Wrong {
    fn add(&mut self, measured: &Measured) {
        self.unexplained += measured.unexplained.len();
        self.accessors += usize::from(measured.errors.is_some());
        self.time += measured.time;
    }

    fn judge(&self) -> Result<()> {
        let Wrong {
            unexplained,
            accessors,
            ..
        } = self;
        ensure!(
            *unexplained == 0,
            "{unexplained} differences, printed above, are not explained in lab/corpus/src/explained.rs"
        );
        ensure!(
            *accessors == 0,
            "{accessors} accessors, printed above, do not compile without a warning"
        );
        Ok(())
    }
}

/// Writes the page with these rows, or makes sure that it has them.
fn settle(rows: BTreeMap<String, Row>, seconds: Option<u64>, check: bool) -> Result<()> {
    let path = workspace::root().join("docs/corpus.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut page = Page::parse(&before);
    page.renew(rows);
    if check {
        ensure!(
            before == page.render(),
            "docs/corpus.md is not what was measured; update it with the same command without --check"
        );
        return Ok(());
    }
    page.seconds = seconds.or(page.seconds);
    let folder = path.parent().context("the page has no folder")?;
    fs::create_dir_all(folder)?;
    // Whole at any time, for another run may be measuring other columns.
    let new = path.with_extension("md.new");
    fs::write(&new, page.render()).with_context(|| format!("cannot write {}", new.display()))?;
    fs::rename(&new, &path).with_context(|| format!("cannot write {}", path.display()))
}

/// Whose readings are compared with, and where they go.
fn oracles(arguments: &Arguments) -> Result<Vec<(Column, Reader, Python)>> {
    let mut oracles = Vec::new();
    if !arguments.alone {
        oracles.push((Column::Oracle, Reader::Plain, Python::plain()));
    }
    if arguments.cmsis_svd {
        let python = Python::with_cmsis_svd()?;
        oracles.push((Column::CmsisSvd, Reader::CmsisSvd, python));
    }
    Ok(oracles)
}

/// A file as the page names it.
pub fn name_in(corpus: &Path, file: &Path) -> String {
    let name = file.strip_prefix(corpus).unwrap_or(file);
    name.display().to_string()
}

/// All that is measured with.
struct Instruments {
    /// Whether regloom's own columns are measured.
    own: bool,
    oracles: Vec<(Column, Reader, Python)>,
    accessors: Option<Accessors>,
    peers: Vec<(Column, Peer)>,
}

impl Instruments {
    fn new(arguments: &Arguments) -> Result<Self> {
        let mut peers = Vec::new();
        if arguments.peers {
            peers.push((Column::Svd2rust, Peer::svd2rust()?));
        }
        if let Some(binary) = &arguments.chiptool {
            peers.push((Column::Chiptool, Peer::chiptool(binary)?));
        }
        Ok(Instruments {
            own: !arguments.alone,
            oracles: oracles(arguments)?,
            accessors: arguments.accessors.then(Accessors::new).transpose()?,
            peers,
        })
    }

    fn measure(&self, file: &Path) -> Result<Measured> {
        let mut measured = Measured::default();
        if self.own {
            let strict = regdesc::load(file, &Options::default());
            measured.row.insert(Column::Strict, strict_cell(&strict));
        }
        if self.own || !self.oracles.is_empty() || self.accessors.is_some() {
            self.measure_lenient(&mut measured, file)?;
        }
        for (column, peer) in &self.peers {
            measured.row.insert(*column, peer.measure(file)?.to_owned());
        }
        Ok(measured)
    }

    fn measure_lenient(&self, measured: &mut Measured, file: &Path) -> Result<()> {
        let lenient = regdesc::load(
            file,
            &Options {
                lenient: true,
                ..Options::default()
            },
        );
        if self.own {
            measured.row.insert(Column::Lenient, lenient_cell(&lenient));
        }
        if let Ok(map) = &lenient
            && !self.oracles.is_empty()
        {
            // The plain reading explains the differences of any other.
            let plain = Python::plain().read(Reader::Plain, file);
            for (column, reader, python) in &self.oracles {
                let cell = match (&plain, reader) {
                    (Ok(plain), Reader::Plain) => measured.compared(map, *reader, plain, plain),
                    (Ok(plain), Reader::CmsisSvd) => match python.read(*reader, file) {
                        Ok(oracle) => measured.compared(map, *reader, &oracle, plain),
                        Err(why) => fails(&why),
                    },
                    (Err(why), _) => fails(why),
                };
                measured.row.insert(*column, cell);
            }
        } else {
            for (column, ..) in &self.oracles {
                measured.row.insert(*column, NO_MAP.to_owned());
            }
        }
        if let Some(accessors) = &self.accessors {
            let cell = match &lenient {
                Ok(map) => measured.compiled(map, accessors)?,
                Err(_) => NO_MAP.to_owned(),
            };
            measured.row.insert(Column::Accessor, cell);
        }
        Ok(())
    }
}

const NO_MAP: &str = "no map";

/// What came of one file.
#[derive(Default)]
struct Measured {
    row: Row,
    unexplained: Vec<Difference>,
    /// How many differences each reason explains.
    explained: BTreeMap<usize, usize>,
    /// Why the accessor does not compile.
    errors: Option<String>,
    /// The processor time that its compilation took.
    time: Duration,
}

impl Measured {
    /// Prints what is wrong.
    fn print(&self) {
        for difference in &self.unexplained {
            println!("    {difference}");
        }
        if let Some(errors) = &self.errors {
            println!("{errors}");
        }
    }

    fn compiled(&mut self, map: &RegisterMap, accessors: &Accessors) -> Result<String> {
        let compiled = accessors.compile(map)?;
        self.time = compiled.time;
        self.errors = compiled.errors;
        Ok(compiled.cell.to_owned())
    }

    fn compared(
        &mut self,
        map: &RegisterMap,
        reader: Reader,
        oracle: &Flat,
        plain: &Flat,
    ) -> String {
        let circumstances = Circumstances::new(reader, plain, explained::repairs(map));
        let differences = compare(oracle, &flatten::flatten(map), reader.paths());
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
        let mut reasons: BTreeMap<usize, usize> = BTreeMap::new();
        let before = self.unexplained.len();
        for difference in differences {
            match explained::reason(&difference, circumstances) {
                Some(index) => *reasons.entry(index).or_default() += 1,
                None => self.unexplained.push(difference),
            }
        }
        for (index, count) in &reasons {
            *self.explained.entry(*index).or_default() += count;
        }
        match self.unexplained.len() - before {
            0 => page::explained(&reasons),
            unexplained => format!("{unexplained} without a reason"),
        }
    }

    /// Prints how much each reason explains.
    fn print_reasons(&self) {
        for (index, count) in &self.explained {
            println!("    {count} explained: {}", explained::REASONS[*index].why);
        }
    }
}

/// The cell of a reading that there is none of.
fn fails(why: &anyhow::Error) -> String {
    format!("fails: {}", in_a_cell(&format!("{why:#}")))
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

/// A text that does not end its table cell.
fn in_a_cell(text: &str) -> String {
    text.replace('|', "/").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accessor_that_does_not_compile_fails_the_run() {
        let mut wrong = Wrong::default();
        wrong.add(&Measured::default());
        assert!(wrong.judge().is_ok());
        wrong.add(&Measured {
            errors: Some("error".to_owned()),
            ..Measured::default()
        });
        assert!(wrong.judge().is_err());
    }

    #[test]
    fn codes_are_counted() {
        let codes = [Code::Overlap, Code::Overlap, Code::FieldOverlap];
        assert_eq!(counts(&codes), "R0301 ×2, R0401");
        assert_eq!(counts(&[]), "");
    }
}
