// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask bench`: how long reading and checking takes, and how much memory.
//!
//! Every figure comes from a process of its own, so that none begins with what
//! another left in the memory. A figure beyond its limit fails the run.

mod measure;
mod page;
mod synthetic;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

pub(crate) use measure::{Subject, measure};
use synthetic::Shape;

use crate::{corpus, pages};

/// Where the figures go, from the workspace's root.
const PAGE: &str = "docs/benchmarks.md";

/// How many of a folder's files are measured: the largest.
const FILES: usize = 5;

/// How often a file is read; the figure is the median.
const ROUNDS: u32 = 15;

/// The sizes of the synthetic maps in registers, and how often each is read.
const SIZES: [(u32, u32); 3] = [(10_000, 9), (100_000, 5), (1_000_000, 2)];

/// What to measure on.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with the SVD files, at any depth.
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
}

/// Measures all there is, writes the page, and fails when a limit is passed.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if cfg!(debug_assertions) {
        return in_release(arguments);
    }
    let figures = Figures {
        files: files(&arguments.corpus)?,
        growth: growth()?,
    };
    pages::write(PAGE, &page::render(&figures)?)?;
    println!("{PAGE} is written");
    let beyond = page::beyond_limits(&figures);
    ensure!(beyond.is_empty(), "beyond its limit: {}", beyond.join("; "));
    Ok(ExitCode::SUCCESS)
}

/// Figures of a build without optimisation mean nothing.
fn in_release(arguments: &Arguments) -> Result<ExitCode> {
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--release", "--quiet", "--package", "xtask", "--"])
        .arg("bench")
        .arg("--corpus")
        .arg(&arguments.corpus)
        .status()
        .context("cargo cannot be run")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Everything that was measured.
struct Figures {
    files: Vec<OfFile>,
    growth: Vec<OfMap>,
}

/// A vendor's file: `regdesc` beside `svd-parser`.
struct OfFile {
    name: String,
    /// Bytes.
    size: u64,
    /// Strict reading refuses the file.
    lenient: bool,
    /// To read and check.
    regdesc: Duration,
    /// For `svd-parser` to read, without its checks.
    svd_parser: Duration,
    /// Bytes at most, of the whole process.
    peak: u64,
}

/// A synthetic map.
struct OfMap {
    shape: Shape,
    registers: u32,
    /// Bytes.
    size: u64,
    time: Duration,
    /// Bytes at most, of the whole process, the text included.
    peak: u64,
}

fn files(corpus: &Path) -> Result<Vec<OfFile>> {
    largest(corpus)?
        .into_iter()
        .map(|(size, file)| {
            let name = corpus::name_in(corpus, &file);
            println!("{name}");
            let file = file.display().to_string();
            let [lenient, regdesc, svd_parser] =
                in_own_process(["file", &file, &ROUNDS.to_string()])?;
            let [peak] = in_own_process(["peak", &file])?;
            Ok(OfFile {
                name,
                size,
                lenient: lenient != 0,
                regdesc: Duration::from_nanos(regdesc),
                svd_parser: Duration::from_nanos(svd_parser),
                peak,
            })
        })
        .collect()
}

fn largest(corpus: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let mut files = corpus::svd_files(corpus)?
        .into_iter()
        .map(|file| Ok((file.metadata()?.len(), file)))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files.into_iter().rev().take(FILES).collect())
}

fn growth() -> Result<Vec<OfMap>> {
    let mut maps = Vec::new();
    for shape in Shape::ALL {
        for (registers, rounds) in SIZES {
            println!("{shape}, {registers} registers");
            let [size, time, peak] = in_own_process([
                "map",
                shape.word(),
                &registers.to_string(),
                &rounds.to_string(),
            ])?;
            maps.push(OfMap {
                shape,
                registers,
                size,
                time: Duration::from_nanos(time),
                peak,
            });
        }
    }
    Ok(maps)
}

/// Has a process of its own measure something: as many numbers as are wanted.
fn in_own_process<const ARGUMENTS: usize, const NUMBERS: usize>(
    subject: [&str; ARGUMENTS],
) -> Result<[u64; NUMBERS]> {
    let output = Command::new(env::current_exe()?)
        .arg("measure")
        .args(subject)
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {told}", subject.join(" "));
    let numbers = String::from_utf8(output.stdout)?
        .split_whitespace()
        .map(|number| Ok(number.parse()?))
        .collect::<Result<Vec<u64>>>()?;
    let count = numbers.len();
    numbers
        .try_into()
        .map_err(|_| anyhow::anyhow!("{count} numbers instead of {NUMBERS}"))
}
