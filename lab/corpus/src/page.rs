// SPDX-License-Identifier: MIT OR Apache-2.0

//! `docs/corpus.md`: a table with one row a file, its totals, and the reasons
//! for what differs.
//!
//! What takes hours to measure is not measured each time; a run leaves those
//! columns as the page has them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::explained::REASONS;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Strict,
    Lenient,
    /// Registers and fields compared, arrays expanded.
    Compared,
    Oracle,
    CmsisSvd,
    Accessor,
    Svd2rust,
    Chiptool,
}

impl Column {
    pub(crate) const ALL: &'static [Column] = &[
        Column::Strict,
        Column::Lenient,
        Column::Compared,
        Column::Oracle,
        Column::CmsisSvd,
        Column::Accessor,
        Column::Svd2rust,
        Column::Chiptool,
    ];

    fn title(self) -> &'static str {
        match self {
            Column::Strict => "strict",
            Column::Lenient => "lenient",
            Column::Compared => "registers, fields",
            Column::Oracle => "oracle",
            Column::CmsisSvd => "cmsis-svd",
            Column::Accessor => "accessor",
            Column::Svd2rust => "svd2rust",
            Column::Chiptool => "chiptool",
        }
    }
}

/// What was measured of one file, by column.
pub(crate) type Row = BTreeMap<Column, String>;

/// The page as values.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// By the file's path in the corpus.
    pub(crate) rows: BTreeMap<String, Row>,
    /// The processor time that the compilation of all accessors took.
    pub(crate) seconds: Option<u64>,
}

const NOT_MEASURED: &str = "not measured";

/// The text around the seconds in the totals.
const SECONDS: (&str, &str) = ("; `cargo check` of all took ", " s of processor time");

impl Page {
    /// Reads a page's table back, and the seconds.
    pub(crate) fn parse(text: &str) -> Page {
        let mut rows = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with("| `")) {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            let Some(file) = cells.next() else {
                continue;
            };
            let row = Column::ALL.iter().copied().zip(cells.map(str::to_owned));
            rows.insert(file.trim_matches('`').to_owned(), row.collect());
        }
        let seconds = text.split_once(SECONDS.0).and_then(|(_, text)| {
            let (seconds, _) = text.split_once(SECONDS.1)?;
            seconds.parse().ok()
        });
        Page { rows, seconds }
    }

    /// Puts what was measured now in the place of what was known.
    pub(crate) fn renew(&mut self, rows: BTreeMap<String, Row>) {
        self.rows.retain(|file, _| rows.contains_key(file));
        for (file, row) in rows {
            self.rows.entry(file).or_default().extend(row);
        }
    }

    /// The text of the page.
    pub(crate) fn render(&self) -> String {
        let mut text = INTRODUCTION.to_owned();
        text.push_str("\n## Totals\n\n");
        for (column, total) in self.totals() {
            let _ = writeln!(text, "- **{}**: {total}", column.title());
        }
        text.push_str("\n## Every file\n\n");
        self.table(&mut text);
        self.reasons(&mut text);
        text
    }

    fn table(&self, text: &mut String) {
        let titles: Vec<&str> = Column::ALL.iter().map(|column| column.title()).collect();
        let _ = writeln!(text, "| file | {} |", titles.join(" | "));
        let _ = writeln!(text, "| --- |{}", " --- |".repeat(titles.len()));
        for (file, row) in &self.rows {
            let cells = Column::ALL.iter().map(|&column| cell(row, column));
            let cells = cells.collect::<Vec<_>>().join(" | ");
            let _ = writeln!(text, "| `{file}` | {cells} |");
        }
    }

    /// The total of each column.
    fn totals(&self) -> impl Iterator<Item = (Column, String)> {
        Column::ALL.iter().map(|&column| {
            let cells: Vec<&str> = self.rows.values().map(|row| cell(row, column)).collect();
            let total = match (column, self.seconds) {
                (Column::Compared, _) => sums(&cells),
                (Column::Accessor, Some(seconds)) => {
                    let (before, after) = SECONDS;
                    format!("{}{before}{seconds}{after}", counts(column, &cells))
                }
                _ => counts(column, &cells),
            };
            (column, total)
        })
    }

    /// The reasons that explain something, and how much in each column.
    fn reasons(&self, text: &mut String) {
        let counts = |index: usize| {
            let columns = [Column::Oracle, Column::CmsisSvd].into_iter();
            let counts = columns.map(move |column| {
                let cells = self.rows.values().map(move |row| cell(row, column));
                (
                    column,
                    cells.map(|cell| explained_by(cell, index)).sum::<usize>(),
                )
            });
            counts.filter(|(_, count)| *count > 0)
        };
        let used: Vec<_> = REASONS
            .iter()
            .enumerate()
            .filter(|(index, _)| counts(*index).next().is_some())
            .collect();
        if used.is_empty() {
            return;
        }
        text.push_str(
            "\n## Why readings differ\n\nEach reason is a rule over what differs and how the file \
             writes it; none knows a file.\nBehind each is how many differences it explains.\n\n",
        );
        for (index, reason) in used {
            let counts = counts(index).map(|(column, count)| format!("{} {count}", column.title()));
            let counts = counts.collect::<Vec<_>>().join(", ");
            let _ = writeln!(text, "- **{}** {} ({counts})", mark(index), reason.why);
        }
    }
}

/// `12 (1)`, or `15 (1)×12 (4)×3`: how many differences, and how many by each
/// reason.
pub(crate) fn explained(reasons: &BTreeMap<usize, usize>) -> String {
    let sum: usize = reasons.values().sum();
    let mut marks = reasons.iter();
    match (marks.next(), marks.next()) {
        (None, _) => "equal".to_owned(),
        (Some((index, _)), None) => format!("{sum} {}", mark(*index)),
        _ => {
            let marks = reasons
                .iter()
                .map(|(index, count)| format!("{}×{count}", mark(*index)));
            format!("{sum} {}", marks.collect::<Vec<_>>().join(" "))
        }
    }
}

/// How many differences of a cell have that reason.
fn explained_by(cell: &str, index: usize) -> usize {
    let (sum, marks) = cell.split_once(' ').unwrap_or((cell, ""));
    let counts = marks.split_whitespace().filter_map(|word| {
        let rest = word.strip_prefix(&mark(index))?;
        match rest.strip_prefix('×') {
            Some(count) => count.parse::<usize>().ok(),
            None => sum.parse().ok(),
        }
    });
    counts.sum()
}

fn cell(row: &Row, column: Column) -> &str {
    row.get(&column).map_or(NOT_MEASURED, String::as_str)
}

/// How many cells are of each class.
fn counts(column: Column, cells: &[&str]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells {
        *counts.entry(class(column, cell)).or_default() += 1;
    }
    let texts = counts
        .iter()
        .map(|(class, count)| format!("{count} {class}"));
    texts.collect::<Vec<_>>().join(", ")
}

/// Cells that are two numbers, added up.
fn sums(cells: &[&str]) -> String {
    let sum = |place: usize| -> usize {
        let numbers = cells.iter().filter_map(|cell| cell.split(", ").nth(place));
        numbers
            .filter_map(|number| number.parse::<usize>().ok())
            .sum()
    };
    format!("{} registers with {} fields", sum(0), sum(1))
}

/// What a cell counts as in the totals.
fn class(column: Column, cell: &str) -> &'static str {
    match (column, cell) {
        (_, NOT_MEASURED) => "not measured",
        (Column::Strict, "accepted") => "accepted",
        (Column::Strict, _) => "refused",
        (Column::Lenient, "as it is") => "read as they are",
        (Column::Lenient, refused) if refused.starts_with("refused") => "refused",
        (Column::Lenient, _) => "repaired",
        (Column::Oracle | Column::CmsisSvd, "equal") => "equal",
        (Column::Accessor | Column::Svd2rust | Column::Chiptool, "ok") => "compile",
        (Column::Accessor, "failed") => "do not compile",
        (Column::Accessor, "lints") => "compile with warnings",
        (Column::Accessor, "not supported") => "not supported",
        (Column::Svd2rust | Column::Chiptool, "refused") => "refused",
        (Column::Svd2rust | Column::Chiptool, _) => "generated that do not compile",
        (_, other) if other.starts_with("no map") => "without a map to compare",
        (_, other) if other.starts_with("fails") => "that it does not read",
        _ => "with differences that are explained",
    }
}

/// What a cell calls a reason.
pub(crate) fn mark(index: usize) -> String {
    format!("({})", index + 1)
}

const INTRODUCTION: &str = "\
<!-- SPDX-License-Identifier: MIT OR Apache-2.0 -->
<!-- Written by `cargo xtask corpus`; an edit here is lost. -->

# The corpus

What regloom makes of a folder of SVD files as their vendors publish them. The files are theirs and
not kept here.

```sh
cargo xtask corpus --corpus DIR                # strict, lenient, oracle
cargo xtask corpus --corpus DIR --cmsis-svd    # and the second opinion on the oracle
cargo xtask corpus --corpus DIR --accessors    # and whether the accessors are clean
cargo xtask corpus --corpus DIR --peers --chiptool PATH    # and those of other generators
cargo xtask corpus --corpus DIR --check        # write nothing, fail if this page would change
```

A column that a run does not measure stays as it is; `--alone` measures no more than the other
options ask for, `--up-to BYTES` no larger files, and `--no-page` leaves this page as it is and prints
the reasons instead: for any other folder. The columns:

- **strict** is what `regloom check` says: `accepted`, or the codes of the diagnostics and how often
  each is reported.
- **lenient** is what became of the file under `--lenient`: `as it is` where nothing had to be
  repaired, else the codes of what was repaired.
- **registers, fields** is how many were compared, all arrays, clusters and derivations expanded.
- **oracle** compares the lenient map with a reading by `lab/corpus/oracle/read_svd.py`, which is written
  from the CMSIS-SVD 1.3 specification on Python's standard library and shares nothing with regloom.
  Of each register at its address it compares the name, width, access with its effects, reset value
  and mask; of each field the bits, name, access and enumerated values; of each peripheral the base
  address and its own interrupts. `equal`, or the number of differences, with the reasons that they
  have and, of several reasons, how many have each; a difference without a reason fails the run. Names are compared without case and underscores.
  Registers that share one layout count once.
- **cmsis-svd** makes the same comparison with the reading of PyPI's cmsis-svd 0.6, but for the
  registers' names, which it does not keep apart from their clusters'.
- **accessor** is `ok` where the accessor crate of the lenient map passes `cargo check`, `cargo clippy`
  by its own lints, which are the pedantic ones but for those in its `Cargo.toml`, and `cargo doc`,
  with all warnings denied; anything else fails the run.
- **svd2rust** is what svd2rust 0.37.1 makes of the file with `--target none`: `ok` where it generates
  a crate that passes `cargo check`, with the dependencies and default features of svd2rust's
  documentation; its warnings do not count. `generates, does not compile`, or `refused` where it
  gives up.
- **chiptool** is the same for `chiptool generate` without transforms, by which its users otherwise
  correct an SVD, at commit bcf538a of <https://github.com/embassy-rs/chiptool>, built against svd-parser
  0.14.10 of crates.io in the place of the fork of it that chiptool names. Where that fork takes more,
  this column does not show it.

Files are measured from the smallest to the largest; a cell that was not measured says so.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let row = |strict: &str, oracle: &str| {
            let cells = [
                (Column::Strict, strict),
                (Column::Compared, "2, 30"),
                (Column::Oracle, oracle),
            ];
            let cells = cells.map(|(column, cell)| (column, cell.to_owned()));
            Row::from(cells)
        };
        let rows = [
            ("a/one.svd".to_owned(), row("accepted", "equal")),
            ("b/two.svd".to_owned(), row("R0301 ×2, R0401", "3 (1)")),
        ];
        Page {
            rows: rows.into(),
            seconds: Some(7),
        }
    }

    #[test]
    fn a_page_is_read_back_as_it_was() {
        let text = page().render();
        assert_eq!(Page::parse(&text).render(), text);
    }

    #[test]
    fn what_is_not_measured_stays() {
        let mut page = page();
        let strict = Row::from([(Column::Strict, "accepted".to_owned())]);
        page.renew(BTreeMap::from([("b/two.svd".to_owned(), strict)]));
        assert_eq!(page.rows.len(), 1);
        assert_eq!(cell(&page.rows["b/two.svd"], Column::Strict), "accepted");
        assert_eq!(cell(&page.rows["b/two.svd"], Column::Oracle), "3 (1)");
    }

    #[test]
    fn totals_add_up() {
        let totals: BTreeMap<_, _> = page().totals().collect();
        assert_eq!(totals[&Column::Strict], "1 accepted, 1 refused");
        assert_eq!(totals[&Column::Compared], "4 registers with 60 fields");
        assert_eq!(totals[&Column::CmsisSvd], "2 not measured");
    }

    #[test]
    fn a_cell_says_how_much_each_reason_explains() {
        let cell = |reasons: &[(usize, usize)]| explained(&reasons.iter().copied().collect());
        assert_eq!(cell(&[]), "equal");
        assert_eq!(cell(&[(0, 12)]), "12 (1)");
        let both = cell(&[(0, 12), (10, 3)]);
        assert_eq!(both, "15 (1)×12 (11)×3");
        let by = |cell: &str| [0, 1, 10].map(|index| explained_by(cell, index));
        assert_eq!(by("equal"), [0, 0, 0]);
        assert_eq!(by("12 (1)"), [12, 0, 0]);
        assert_eq!(by(&both), [12, 0, 3]);
    }

    #[test]
    fn an_accessor_that_is_not_taken_is_no_explained_difference() {
        let totals = counts(Column::Accessor, &["ok", "lints", "failed"]);
        assert_eq!(
            totals,
            "1 compile, 1 compile with warnings, 1 do not compile"
        );
    }
}
