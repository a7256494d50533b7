// SPDX-License-Identifier: MIT OR Apache-2.0

//! A run that has nothing to change, beside a bare check of the same description.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lab_support::folders::create_empty;
use lab_support::workspace;

use super::cost::{ROUNDS, cost, regloom};
use super::format::{duration, verdict};
use super::measure::median;
use super::synthetic::Shape;

/// Where the part begins.
pub(super) const HEADING: &str = "## Generating again";

/// Those that have as many registers as are asked for.
const SHAPES: [Shape; 3] = [Shape::Flat, Shape::Nested, Shape::Svd];

/// How large the maps are.
const REGISTERS: u32 = 1000;

/// How many times as long as a check such a run may take.
const LIMIT: f64 = 2.0;

/// Everything that was measured.
pub(super) struct Figures(Vec<OfMap>);

struct OfMap {
    shape: Shape,
    check: Duration,
    again: Duration,
}

impl OfMap {
    fn ratio(&self) -> f64 {
        self.again.as_secs_f64() / self.check.as_secs_f64()
    }
}

impl Figures {
    pub(super) fn measure() -> Result<Self> {
        let binary = regloom()?;
        let maps = SHAPES.into_iter().map(|shape| {
            println!("{shape}, {REGISTERS} registers, generated again");
            of_map(shape, &binary)
        });
        Ok(Figures(maps.collect::<Result<_>>()?))
    }
}

/// By turns, so that whatever else the machine does meets both.
fn of_map(shape: Shape, binary: &Path) -> Result<OfMap> {
    let folder = workspace::corpus_target().join("again");
    create_empty(&folder)?;
    let description = folder.join(shape.file());
    fs::write(&description, shape.text(REGISTERS))
        .with_context(|| format!("cannot write {}", description.display()))?;
    let call = |arguments: &[&str]| {
        let mut command = Command::new(binary);
        command.args(arguments).arg(&description);
        command.current_dir(&folder);
        command
    };
    let check = call(&["check"]);
    let mut generate = call(&["generate", "--quiet", "--out", "out"]);
    ensure!(generate.status()?.success(), "{shape} is not generated");
    let (mut checks, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        checks.push(cost(&check)?.processor);
        runs.push(cost(&generate)?.processor);
    }
    Ok(OfMap {
        shape,
        check: median(checks).unwrap_or_default(),
        again: median(runs).unwrap_or_default(),
    })
}

/// The figures beyond their limits.
pub(super) fn beyond_limits(figures: &Figures) -> Vec<String> {
    let maps = figures.0.iter().filter(|it| it.ratio() > LIMIT);
    maps.map(|it| {
        let (shape, ratio) = (it.shape, it.ratio());
        format!(
            "{shape}: to generate again takes {ratio:.2} times what a check takes, limit {LIMIT}"
        )
    })
    .collect()
}

/// The part.
pub(super) fn render(figures: &Figures) -> String {
    let mut text = format!(
        "\
{HEADING}

`regloom generate` of all parts, where nothing has changed, beside `regloom check` of the same map of \
{REGISTERS} registers: medians of {ROUNDS} runs by turns, of what all processors spend on the command.

| map | check | generate again | ratio (limit {LIMIT}) |
| --- | --: | --: | --: |
"
    );
    for map in &figures.0 {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.2} |",
            map.shape,
            duration(map.check),
            duration(map.again),
            map.ratio()
        );
    }
    text.push('\n');
    verdict(&mut text, &beyond_limits(figures));
    text
}
