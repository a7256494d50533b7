// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask bench`: how long reading and checking takes, and how much memory;
//! a run that has nothing to change; and the accessor beside those of its peers.
//!
//! Every figure comes from a process of its own, so that none begins with what
//! another left in the memory. A figure beyond its limit fails the run.

mod accessor;
mod measure;
mod page;
mod regeneration;
mod synthetic;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use lab_corpus::name_in;
use lab_support::{folders, workspace};

use measure::{Subject, measure};
use synthetic::Shape;

/// Where the figures go, from the workspace's root.
const PAGE: &str = "docs/benchmarks.md";

/// How many of a folder's files are measured: the largest.
const FILES: usize = 5;

/// How often a file is read; the figure is the median.
const ROUNDS: u32 = 15;

/// The sizes of the synthetic maps in registers, and how often each is read.
const SIZES: [(u32, u32); 3] = [(10_000, 9), (100_000, 5), (1_000_000, 2)];

/// Measure what reading takes, and what the accessor does beside its peers: docs/benchmarks.md.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// The folder with the SVD files, at any depth.
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// Measure this part alone, and leave the other's figures as they are.
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// How often the accessor's figures are taken, of which they are medians.
    #[arg(long, value_name = "NUMBER", default_value = "5",
          value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Measure beside chiptool too, by its binary.
    #[arg(long, value_name = "PATH")]
    chiptool: Option<PathBuf>,
}

/// What the page is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Reading and checking.
    Reading,
    /// Generating again.
    Regeneration,
    /// The accessor crate.
    Accessor,
}

fn main() -> ExitCode {
    // What a process of its own measures is its first argument.
    let outcome = match env::args_os().nth(1) {
        Some(word) if word == MEASURE => {
            measure(&Measurement::parse_from(env::args_os().skip(1)).subject)
        }
        _ => run(&Arguments::parse()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The word that makes a process measure one thing.
const MEASURE: &str = "measure";

#[derive(Parser)]
struct Measurement {
    #[command(subcommand)]
    subject: Subject,
}

/// Measures all there is, writes the page, and fails when a limit is passed.
fn run(arguments: &Arguments) -> Result<()> {
    ensure!(
        !cfg!(debug_assertions),
        "figures of a build without optimisation mean nothing; run it with --release"
    );
    let wanted = |part| arguments.only.is_none_or(|only| only == part);
    let mut beyond = Vec::new();
    if wanted(Part::Reading) {
        let figures = Figures {
            files: files(&arguments.corpus)?,
            growth: growth()?,
        };
        renew(Part::Reading, &page::render(&figures)?)?;
        beyond.extend(page::beyond_limits(&figures));
    }
    if wanted(Part::Regeneration) {
        let figures = regeneration::Figures::measure()?;
        renew(Part::Regeneration, &regeneration::render(&figures))?;
        beyond.extend(regeneration::beyond_limits(&figures));
    }
    if wanted(Part::Accessor) {
        let figures = accessor::Figures::measure(arguments)?;
        renew(Part::Accessor, &accessor::page::render(&figures)?)?;
        beyond.extend(accessor::page::beyond_limits(&figures));
    }
    ensure!(beyond.is_empty(), "beyond its limit: {}", beyond.join("; "));
    Ok(())
}

/// Writes a part of the page anew.
fn renew(part: Part, text: &str) -> Result<()> {
    let path = workspace::root().join(PAGE);
    let page = fs::read_to_string(&path);
    let page = page.with_context(|| format!("cannot read {}", path.display()))?;
    workspace::write(PAGE, &page::with(&page, part, text))?;
    println!("{PAGE} is written");
    Ok(())
}

/// The `regloom` command, built in release.
fn regloom() -> Result<PathBuf> {
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--quiet", "--package", "regloom"])
        .current_dir(workspace::root())
        .status()
        .context("cargo cannot be run")?;
    ensure!(status.success(), "the command does not compile");
    // This program is built in release too.
    Ok(env::current_exe()?.with_file_name("regloom"))
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
            let name = name_in(corpus, &file);
            println!("{name}");
            let file = file.display().to_string();
            let [lenient, regdesc, svd_parser] = measured(["file", &file, &ROUNDS.to_string()])?;
            let [peak] = measured(["peak", &file])?;
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
    let mut files = folders::svd_files(corpus)?
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
            maps.push(of_map(shape, registers, rounds)?);
        }
    }
    Ok(maps)
}

/// The fastest of several processes: whatever else the machine does only adds to a
/// time, and may come between two sizes. In one process, a small map would find the
/// memory of the round before, which a large one has given back.
fn of_map(shape: Shape, registers: u32, rounds: u32) -> Result<OfMap> {
    let mut fastest: Option<OfMap> = None;
    for _ in 0..rounds {
        let [size, time, peak] = measured(["map", shape.word(), &registers.to_string()])?;
        let time = Duration::from_nanos(time);
        if fastest.as_ref().is_none_or(|it| time < it.time) {
            fastest = Some(OfMap {
                shape,
                registers,
                size,
                time,
                peak,
            });
        }
    }
    fastest.context("there are no rounds")
}

/// Has a process of its own measure something: as many numbers as are wanted.
fn measured<const ARGUMENTS: usize, const NUMBERS: usize>(
    subject: [&str; ARGUMENTS],
) -> Result<[u64; NUMBERS]> {
    numbers(measurement()?.args(subject))
}

/// What a process and those that it started took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    /// Of all processors, in the programs and in the kernel.
    processor: Duration,
    elapsed: Duration,
    /// Bytes at most, of the one that had most.
    peak: u64,
}

/// What a call costs.
fn cost(call: &Command) -> Result<Cost> {
    let mut command = measurement()?;
    command.args(["command", "--"]);
    command.arg(call.get_program()).args(call.get_args());
    command.envs(
        call.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if let Some(folder) = call.get_current_dir() {
        command.current_dir(folder);
    }
    let [processor, elapsed, peak] = numbers(&mut command)?;
    Ok(Cost {
        processor: Duration::from_nanos(processor),
        elapsed: Duration::from_nanos(elapsed),
        peak,
    })
}

/// The beginning of the call that measures something.
fn measurement() -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(MEASURE);
    Ok(command)
}

fn numbers<const NUMBERS: usize>(measurement: &mut Command) -> Result<[u64; NUMBERS]> {
    let output = measurement.output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{measurement:?}: {told}");
    let numbers = String::from_utf8(output.stdout)?
        .split_whitespace()
        .map(|number| Ok(number.parse()?))
        .collect::<Result<Vec<u64>>>()?;
    let count = numbers.len();
    numbers
        .try_into()
        .map_err(|_| anyhow::anyhow!("{count} numbers instead of {NUMBERS}"))
}
