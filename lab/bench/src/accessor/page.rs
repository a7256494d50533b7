// SPDX-License-Identifier: MIT OR Apache-2.0

//! The page's part about the accessor, and the limits in it.

use std::fmt::Write as _;

use anyhow::Result;
use lab_corpus::peers;

use super::generator::{CHIPTOOL, REGLOOM, SVD2RUST};
use super::{Became, Figures, OfFile, OfGenerator, Rounds};
use crate::format::{duration, machine, memory, ratio, rustc, verdict};

/// Where the part begins.
pub(crate) const HEADING: &str = "## The accessor beside its peers";

/// What is compared: a figure of each generator's, in its own unit.
struct Measure {
    name: &'static str,
    /// How much of what svd2rust's accessor takes regloom's may take.
    limit: Option<f64>,
    /// How much it should.
    aim: Option<f64>,
    of: fn(&OfGenerator) -> Option<f64>,
}

const MEASURES: [Measure; 6] = [
    Measure {
        name: "generating",
        limit: Some(0.5),
        aim: None,
        of: |it| processor(&it.generating),
    },
    Measure {
        name: "memory",
        limit: Some(0.5),
        aim: None,
        of: |it| Some(ratio(it.generating.median()?.peak, 1)),
    },
    Measure {
        name: "text",
        limit: Some(0.5),
        aim: None,
        of: |it| (it.became >= Became::Generated).then(|| ratio(it.text, 1)),
    },
    Measure {
        name: "check",
        limit: Some(0.5),
        aim: Some(0.33),
        of: |it| processor(&it.check),
    },
    Measure {
        name: "release build",
        limit: Some(0.5),
        aim: Some(0.33),
        of: |it| processor(&it.build),
    },
    Measure {
        name: "library",
        limit: None,
        aim: None,
        of: |it| (it.became == Became::Compiled).then(|| ratio(it.library, 1)),
    },
];

fn processor(rounds: &Rounds) -> Option<f64> {
    Some(rounds.median()?.processor.as_secs_f64())
}

impl Measure {
    /// How much regloom has of what a peer has, where both have a figure.
    fn ratio(&self, file: &OfFile, peer: &str) -> Option<f64> {
        let figure = |name| (self.of)(file.of(name)?);
        Some(figure(REGLOOM)? / figure(peer)?)
    }
}

impl OfFile {
    fn of(&self, generator: &str) -> Option<&OfGenerator> {
        let mut generators = self.generators.iter();
        generators.find(|it| it.name == generator)
    }
}

/// The figures beyond their limits.
pub(crate) fn beyond_limits(figures: &Figures) -> Vec<String> {
    let mut beyond = Vec::new();
    for file in &figures.files {
        // Without this a crate that is no use would have no figure to be judged.
        if file
            .of(REGLOOM)
            .is_none_or(|it| it.became < Became::Compiled)
        {
            beyond.push(format!("`{}`: regloom's does not compile", file.name));
        }
        for measure in &MEASURES {
            let (Some(ratio), Some(limit)) = (measure.ratio(file, SVD2RUST), measure.limit) else {
                continue;
            };
            if ratio > limit {
                beyond.push(format!(
                    "`{}`, {}: {ratio:.2} of svd2rust's, limit {limit}",
                    file.name, measure.name
                ));
            }
        }
    }
    beyond
}

/// The part.
pub(crate) fn render(figures: &Figures) -> Result<String> {
    let mut text = introduction(figures)?;
    for file in &figures.files {
        for generator in [REGLOOM, SVD2RUST, CHIPTOOL] {
            row(&mut text, file, generator);
        }
    }
    ratios(&mut text, figures, SVD2RUST);
    if figures.files.iter().any(|file| file.of(CHIPTOOL).is_some()) {
        ratios(&mut text, figures, CHIPTOOL);
    }
    text.push_str("\n### Verdict on the accessor\n\n");
    verdict(&mut text, &beyond_limits(figures));
    Ok(text)
}

fn introduction(figures: &Figures) -> Result<String> {
    let regloom = env!("CARGO_PKG_VERSION");
    let svd2rust = peers::SVD2RUST;
    let rounds = figures.rounds;
    let rustc = rustc()?;
    let machine = machine()?;
    Ok(format!(
        "\
{HEADING}

regloom {regloom} and svd2rust {svd2rust}, both built in release by {rustc}, and chiptool where \
its binary was given, on the same files in one run: medians of rounds ({rounds}) in which each has \
its turn.

Machine: {machine}.

- **generating** is the whole command. `regloom generate --only accessor` parses, checks, renders, \
formats and writes; `svd2rust --target none` and `chiptool generate` write their text unformatted. \
A file that contradicts itself is read leniently by regloom.
- **memory** is the most that this command has at once.
- **text** is the Rust that is written, with its documentation.
- **check** and **release build** are `cargo check` and `cargo build --release` of the generated \
crate alone: what it depends on is compiled before, warnings are off, nothing is incremental.
- **library** is the `.rlib` of the release build.

Times are what all processors spend on the command and on what it starts, in programs and in the \
kernel, which other work on the machine disturbs less than what a clock shows; that is in brackets.

| file | generator | generating | memory | text | check | release build | library |
| --- | --- | --: | --: | --: | --: | --: | --: |
"
    ))
}

fn row(text: &mut String, file: &OfFile, generator: &str) {
    let cells = match file.of(generator) {
        Some(it) => cells(it),
        None => placeholder("not given"),
    };
    let generator = match generator {
        REGLOOM if file.lenient => "regloom, leniently",
        other => other,
    };
    let cells = cells.join(" | ");
    let _ = writeln!(text, "| `{}` | {generator} | {cells} |", file.name);
}

fn cells(it: &OfGenerator) -> [String; 6] {
    if it.became == Became::Refused {
        return placeholder("refused");
    }
    let compiled = |cell: String| match it.became {
        Became::Compiled => cell,
        _ => "does not compile".to_owned(),
    };
    [
        times(&it.generating),
        peak(&it.generating),
        kibibytes(it.text),
        compiled(times(&it.check)),
        compiled(times(&it.build)),
        compiled(kibibytes(it.library)),
    ]
}

fn placeholder(word: &str) -> [String; 6] {
    std::array::from_fn(|_| word.to_owned())
}

fn ratios(text: &mut String, figures: &Figures, peer: &str) {
    let _ = write!(
        text,
        "\nregloom's figures as parts of {peer}'s, where both have one:\n\n| file |"
    );
    for measure in &MEASURES {
        let _ = write!(text, " {} |", measure.heading(peer));
    }
    text.push_str("\n| --- |");
    text.push_str(&" --: |".repeat(MEASURES.len()));
    text.push('\n');
    for file in &figures.files {
        let _ = write!(text, "| `{}` |", file.name);
        for measure in &MEASURES {
            let _ = write!(text, " {} |", measure.cell(file, peer));
        }
        text.push('\n');
    }
}

impl Measure {
    /// The limits are against svd2rust, which takes more of the files.
    fn heading(&self, peer: &str) -> String {
        match (self.limit, self.aim) {
            (Some(limit), Some(aim)) if peer == SVD2RUST => {
                format!("{} (limit {limit}, aim {aim})", self.name)
            }
            (Some(limit), None) if peer == SVD2RUST => format!("{} (limit {limit})", self.name),
            _ => self.name.to_owned(),
        }
    }

    fn cell(&self, file: &OfFile, peer: &str) -> String {
        match (self.ratio(file, peer), self.limit) {
            (None, _) => String::new(),
            (Some(ratio), Some(limit)) if peer == SVD2RUST && ratio > limit => {
                format!("{ratio:.2}, above {limit}")
            }
            (Some(ratio), _) => format!("{ratio:.2}"),
        }
    }
}

fn times(rounds: &Rounds) -> String {
    let cost = rounds.median();
    cost.map_or_else(String::new, |cost| {
        format!("{} ({})", duration(cost.processor), duration(cost.elapsed))
    })
}

fn peak(rounds: &Rounds) -> String {
    let cost = rounds.median();
    cost.map_or_else(String::new, |cost| memory(cost.peak))
}

fn kibibytes(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1 << 10))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cost::Cost;

    fn of(name: &'static str, became: Became, milliseconds: u64) -> OfGenerator {
        let rounds = || {
            let costs = [9, 1, 2].map(|factor| Cost {
                processor: Duration::from_millis(milliseconds * factor),
                elapsed: Duration::from_secs(3),
                peak: 4 << 20,
            });
            Rounds(costs.to_vec())
        };
        let reached = |stage| (became >= stage).then(rounds).unwrap_or_default();
        OfGenerator {
            name,
            became,
            generating: reached(Became::Generated),
            text: 3 << 10,
            check: reached(Became::Compiled),
            build: reached(Became::Compiled),
            library: 2 << 10,
        }
    }

    #[test]
    fn a_crate_that_does_not_compile_is_reported() {
        let mut figures = figures(of(SVD2RUST, Became::Refused, 100));
        assert!(beyond_limits(&figures).is_empty());
        figures.files[0].generators[0] = of(REGLOOM, Became::Generated, 1);
        assert_eq!(
            beyond_limits(&figures),
            ["`a.svd`: regloom's does not compile"]
        );
    }

    fn figures(svd2rust: OfGenerator) -> Figures {
        Figures {
            rounds: 3,
            files: vec![OfFile {
                name: "a.svd",
                lenient: true,
                generators: vec![of(REGLOOM, Became::Compiled, 60), svd2rust],
            }],
        }
    }

    #[test]
    fn what_is_above_its_limit_is_reported() {
        let figures = figures(of(SVD2RUST, Became::Compiled, 100));
        let text = render(&figures).unwrap();
        let row = "| `a.svd` | regloom, leniently | 120 ms (3.0 s) | 4 MiB | 3 KiB | \
                   120 ms (3.0 s) | 120 ms (3.0 s) | 2 KiB |";
        assert!(text.contains(row), "{text}");
        let row = "| `a.svd` | 0.60, above 0.5 | 1.00, above 0.5 | 1.00, above 0.5 | \
                   0.60, above 0.5 | 0.60, above 0.5 | 1.00 |";
        assert!(text.contains(row), "{text}");
        assert!(text.contains("- `a.svd`, check: 0.60 of svd2rust's, limit 0.5"));
        assert_eq!(beyond_limits(&figures).len(), 5);
    }

    #[test]
    fn what_was_not_reached_is_compared_with_nothing() {
        let figures = figures(of(SVD2RUST, Became::Generated, 1000));
        let text = render(&figures).unwrap();
        assert!(text.contains("| 3 KiB | does not compile | does not compile |"));
        assert!(text.contains("| `a.svd` | 0.06 | 1.00, above 0.5 | 1.00, above 0.5 |  |  |  |"));
        assert!(text.contains("| `a.svd` | chiptool | not given |"));
        assert!(!text.contains("parts of chiptool's"));
    }
}
