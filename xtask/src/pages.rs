// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files outside `generated/` that are made from something else in the
//! repository, so that they cannot fall behind: the JSON Schema, and the pages of
//! the format, of the diagnostics, of changes and of the driver's unsafe code.

mod changes;
mod reference;
mod soundness;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use lab_support::workspace;
use regdesc::{Code, Failure, Options, Style};

/// The schema, from the workspace's root.
const SCHEMA: &str = "schema/regloom.schema.json";

/// The page of the diagnostics, from the workspace's root.
const DIAGNOSTICS: &str = "docs/diagnostics.md";

/// The page of the rules of changes, from the workspace's root.
const CHANGES: &str = "docs/diff.md";

/// The page of the format, from the workspace's root.
const DESCRIPTION: &str = "docs/description.md";

/// The reviewer's page of the driver, from the workspace's root.
const SOUNDNESS: &str = "docs/driver-unsafe.md";

/// The pages' paths and what they should hold.
pub(crate) fn render() -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        (SCHEMA, regdesc::schema()),
        (DIAGNOSTICS, diagnostics()?),
        (CHANGES, changes::render()?),
        (DESCRIPTION, reference::render()?),
        (SOUNDNESS, soundness::render()?),
    ])
}

/// What differs: paths from the workspace's root.
pub(crate) fn differing(pages: &[(&'static str, String)]) -> Vec<&'static str> {
    let differs = |path: &str, text: &str| {
        fs::read_to_string(workspace::root().join(path)).map_or(true, |found| found != text)
    };
    let pages = pages.iter().filter(|(path, text)| differs(path, text));
    pages.map(|(path, _)| *path).collect()
}

/// An example's first line leads editors to the schema.
pub(crate) fn names_the_schema(description: &Path) -> Result<()> {
    if description.extension().is_none_or(|kind| kind != "yaml") {
        return Ok(());
    }
    let text = fs::read_to_string(description)?;
    let line = format!("# yaml-language-server: $schema=../../{SCHEMA}");
    ensure!(
        text.lines().next() == Some(&line),
        "{} does not begin with `{line}`",
        description.display()
    );
    Ok(())
}

fn diagnostics() -> Result<String> {
    let mut page = String::from(INTRODUCTION);
    for code in Code::ALL {
        let case = Case::of(*code)?;
        section(&mut page, *code, &case)?;
    }
    Ok(page)
}

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask codegen` from regdesc/tests/ui. Do not edit. -->

# Diagnostics

Every diagnostic has a stable code: `R01…` about the text, `R02…` about references, `R03…`
about addresses, `R04…` and `R05…` about bits and values, `R06…` about names, `R07…` about
identity and interrupts. `R09…` are lints: legal, but suspicious. A description can allow a lint
by its name, as in `allow: [no-identity]`.

`regloom check` reports all of them in one run, as text, JSON or SARIF.
";

/// A mistake, the report of it, and the corrected text.
struct Case {
    format: &'static str,
    wrong: String,
    report: String,
    right: String,
}

impl Case {
    /// The first case of the code that shows how it is right.
    fn of(code: Code) -> Result<Case> {
        let folder = workspace::root().join("regdesc/tests/ui");
        let mut inputs: Vec<PathBuf> = fs::read_dir(&folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        inputs.sort();
        for format in ["yaml", "svd"] {
            let is_right = |path: &&PathBuf| {
                let name = path.file_name().and_then(|name| name.to_str());
                let ending = format!(".right.{format}");
                name.is_some_and(|name| name.starts_with(code.as_str()) && name.ends_with(&ending))
            };
            if let Some(right) = inputs.iter().find(is_right) {
                return Case::read(right, format);
            }
        }
        anyhow::bail!("no case under regdesc/tests/ui shows how {code} is done right")
    }

    fn read(right: &Path, format: &'static str) -> Result<Case> {
        let input = right.with_extension("").with_extension(format);
        let wrong = fs::read_to_string(&input)
            .with_context(|| format!("{} has no wrong case beside it", right.display()))?;
        Ok(Case {
            format,
            report: report_of(&input)?,
            right: fs::read_to_string(right)?,
            wrong,
        })
    }
}

/// The report of an input, under its bare name.
fn report_of(input: &Path) -> Result<String> {
    let name = input.display().to_string();
    let folder = input.parent().map(|it| format!("{}/", it.display()));
    let text = match regdesc::load(input, &Options::default()) {
        Ok(map) => map.notices().render(map.sources(), Style::Plain),
        Err(failure @ Failure::Wrong { .. }) => failure.render(Style::Plain),
        Err(failure) => anyhow::bail!("{name}: {failure}"),
    };
    let shown = folder.map_or(text.clone(), |folder| text.replace(&folder, ""));
    let blocks = shown
        .rsplit_once("\n\n")
        .map_or(shown.as_str(), |(first, _)| first);
    Ok(blocks.to_owned())
}

fn section(page: &mut String, code: Code, case: &Case) -> Result<()> {
    let title = match code.lint() {
        Some(lint) => format!("{code}: {} (`{lint}`)", words(code)),
        None => format!("{code}: {}", words(code)),
    };
    let meaning: Vec<&str> = code.meaning().lines().map(str::trim).collect();
    let meaning = meaning.join("\n").trim().to_owned();
    let Case {
        format,
        wrong,
        report,
        right,
    } = case;
    let format = if *format == "svd" { "xml" } else { "yaml" };
    let (wrong, right) = (wrong.trim_end(), right.trim_end());
    write!(
        page,
        "\n## {title}\n\n{meaning}\n\n\
         ```{format}\n{wrong}\n```\n\n```text\n{report}\n```\n\nRight:\n\n```{format}\n{right}\n```\n"
    )?;
    Ok(())
}

/// `BadWidth` as `bad width`.
fn words(code: Code) -> String {
    let mut words = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
