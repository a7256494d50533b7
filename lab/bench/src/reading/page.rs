// SPDX-License-Identifier: MIT OR Apache-2.0

//! The page's part about reading, and the limits in it.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use lab_support::workspace;

use super::{FILES, Figures, OfFile, OfMap};
use crate::cost::ROUNDS;
use crate::format::{duration, machine, mebibytes, memory, ratio, rustc, verdict};
use crate::synthetic::Shape;

/// How many times as long as `svd-parser` alone reading and checking may take.
const TIME_LIMIT: f64 = 3.0;

/// How many times as much memory as a file is long reading it may take.
const MEMORY_LIMIT: f64 = 40.0;

/// How many times as long a map of ten times the registers may take: ten, and a
/// fifth for what no longer fits into caches.
const GROWTH_LIMIT: f64 = 12.0;

impl OfFile {
    fn time_ratio(&self) -> f64 {
        self.regdesc.as_secs_f64() / self.svd_parser.as_secs_f64()
    }

    fn memory_ratio(&self) -> f64 {
        ratio(self.peak, self.size)
    }
}

/// The figures beyond their limits.
pub(crate) fn beyond_limits(figures: &Figures) -> Vec<String> {
    let mut beyond = Vec::new();
    for file in &figures.files {
        let name = &file.name;
        let (time, memory) = (file.time_ratio(), file.memory_ratio());
        if time > TIME_LIMIT {
            beyond.push(format!(
                "`{name}` takes {time:.2} times as long as svd-parser alone, limit {TIME_LIMIT}"
            ));
        }
        if memory > MEMORY_LIMIT {
            beyond.push(format!(
                "`{name}` takes {memory:.1} times its size in memory, limit {MEMORY_LIMIT}"
            ));
        }
    }
    for shape in Shape::ALL {
        let maps = of_shape(figures, shape);
        let Some([smaller, largest]) = maps.last_chunk::<2>() else {
            continue;
        };
        let growth = growth(smaller, largest);
        if growth > GROWTH_LIMIT {
            beyond.push(format!(
                "{shape}: ten times the registers take {growth:.1} times as long, \
                 limit {GROWTH_LIMIT}"
            ));
        }
    }
    beyond
}

/// The part about reading, with which the page begins.
pub(crate) fn render(figures: &Figures) -> Result<String> {
    let mut text = introduction()?;
    files(&mut text, &figures.files);
    maps(&mut text, figures);
    text.push_str("\n## Verdict\n\n");
    verdict(&mut text, &beyond_limits(figures));
    Ok(text)
}

fn introduction() -> Result<String> {
    let regloom = env!("CARGO_PKG_VERSION");
    let svd_parser = locked("svd-parser")?;
    let rustc = rustc()?;
    let machine = machine()?;
    Ok(format!(
        "\
<!-- Made by `cargo xtask bench --corpus DIR`. Do not edit. -->

# Benchmarks

regloom {regloom} beside svd-parser {svd_parser}, built in release by {rustc}.

Machine: {machine}.
"
    ))
}

/// The version of a dependency that this build has.
fn locked(name: &str) -> Result<String> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    let version = lock
        .split_once(&format!("name = \"{name}\"\nversion = \""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .with_context(|| format!("Cargo.lock does not name {name}"))?;
    Ok(version.0.to_owned())
}

fn files(text: &mut String, files: &[OfFile]) {
    let _ = write!(
        text,
        "
## Vendors' files

The {FILES} largest files of a folder of SVD files. *regloom* reads and checks the whole file, \
*svd-parser* \
makes its structs of it and checks nothing: medians of {ROUNDS} runs by turns. Memory is the most \
that \
a process has which reads the file once. A file that contradicts itself is read leniently.

| file | MiB | read | regloom | svd-parser | ratio (limit {TIME_LIMIT}) | peak memory | times \
the size (limit {MEMORY_LIMIT}) |
| --- | --: | --- | --: | --: | --: | --: | --: |
"
    );
    for file in files {
        let _ = writeln!(
            text,
            "| `{}` | {:.1} | {} | {} | {} | {:.2} | {} | {:.1} |",
            file.name,
            mebibytes(file.size),
            if file.lenient {
                "leniently"
            } else {
                "strictly"
            },
            duration(file.regdesc),
            duration(file.svd_parser),
            file.time_ratio(),
            memory(file.peak),
            file.memory_ratio(),
        );
    }
}

fn maps(text: &mut String, figures: &Figures) {
    let doubling = per_doubling(GROWTH_LIMIT);
    let _ = write!(
        text,
        "
## Growth

Synthetic maps, read and checked; the fastest of several processes. Ten times the registers should take ten times as long, which is \
twice for each doubling; the limit, for the last step, is {GROWTH_LIMIT} times and {doubling:.2}: \
a larger map fits less of itself into the caches.

| map | registers | MiB | time | a register | times a tenth's | per doubling | peak memory |
| --- | --: | --: | --: | --: | --: | --: | --: |
"
    );
    for shape in Shape::ALL {
        let mut smaller: Option<&OfMap> = None;
        for map in of_shape(figures, shape) {
            map_row(text, map, smaller);
            smaller = Some(map);
        }
    }
    text.push_str("\nThe map of many fields has as many fields as the others have registers.\n");
}

fn map_row(text: &mut String, map: &OfMap, smaller: Option<&OfMap>) {
    let growth = smaller.map(|smaller| growth(smaller, map));
    let (times, doubling) = growth.map_or_else(Default::default, |growth| {
        (
            format!("{growth:.1}"),
            format!("{:.2}", per_doubling(growth)),
        )
    });
    let registers = map.shape.registers(map.registers);
    let each = map.time / registers.max(1);
    let _ = writeln!(
        text,
        "| {} | {registers} | {:.1} | {} | {:.1} µs | {times} | {doubling} | {} |",
        map.shape,
        mebibytes(map.size),
        duration(map.time),
        each.as_secs_f64() * 1e6,
        memory(map.peak),
    );
}

fn of_shape(figures: &Figures, shape: Shape) -> Vec<&OfMap> {
    let maps = figures.growth.iter();
    maps.filter(|map| map.shape == shape).collect()
}

fn growth(smaller: &OfMap, larger: &OfMap) -> f64 {
    larger.time.as_secs_f64() / smaller.time.as_secs_f64()
}

/// The factor for a doubling, from the factor for ten times.
fn per_doubling(tenfold: f64) -> f64 {
    tenfold.powf(2f64.log10())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_growth_is_twice_for_a_doubling() {
        assert!((per_doubling(10.0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_dependency_has_the_version_of_the_lock_file() {
        assert!(locked("svd-parser").unwrap().starts_with("0.14."));
        assert!(locked("no-such-crate").is_err());
    }
}
