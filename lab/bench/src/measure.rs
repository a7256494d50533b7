// SPDX-License-Identifier: MIT OR Apache-2.0

//! What one process measures, printed as numbers.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use regdesc::{Options, RegisterMap};
use svd_parser::{Config, ValidateLevel};

use super::synthetic::Shape;

/// What to measure; for `cargo xtask bench` alone.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subject {
    /// Nanoseconds to read and check a file, and those that `svd-parser` takes.
    File {
        /// The file.
        file: PathBuf,
        /// How often; the figures are medians.
        rounds: u32,
    },
    /// The most memory that reading and checking a file once takes.
    Peak {
        /// The file.
        file: PathBuf,
    },
    /// Bytes, nanoseconds and peak memory of a synthetic map.
    Map {
        /// How it is laid out.
        shape: Shape,
        /// How large it is.
        registers: u32,
    },
    /// Nanoseconds of the processors and of the clock that a command takes, with
    /// all that it starts, and the most memory that one of these has.
    Command {
        /// The program and its arguments.
        #[arg(required = true, last = true)]
        words: Vec<OsString>,
    },
}

/// Measures, and prints the numbers on one line.
pub(crate) fn measure(subject: &Subject) -> Result<()> {
    let numbers = match subject {
        Subject::File { file, rounds } => of_file(file, *rounds)?,
        Subject::Peak { file } => {
            let _map = load(file, is_refused(file))?;
            vec![peak()?]
        }
        Subject::Map { shape, registers } => of_map(*shape, *registers)?,
        Subject::Command { words } => of_command(words)?,
    };
    let words: Vec<String> = numbers.iter().map(u64::to_string).collect();
    println!("{}", words.join(" "));
    Ok(())
}

/// By turns, so that whatever else the machine does meets both.
fn of_file(file: &Path, rounds: u32) -> Result<Vec<u64>> {
    let lenient = is_refused(file);
    let mut regdesc = Vec::new();
    let mut svd_parser = Vec::new();
    for _ in 0..rounds {
        regdesc.push(time(|| load(file, lenient))?);
        svd_parser.push(time(|| parse(file))?);
    }
    Ok(vec![
        u64::from(lenient),
        nanoseconds(median(regdesc).unwrap_or_default()),
        nanoseconds(median(svd_parser).unwrap_or_default()),
    ])
}

fn of_map(shape: Shape, registers: u32) -> Result<Vec<u64>> {
    let text = shape.text(registers);
    let size = text.len() as u64;
    let took = time(|| Ok(regdesc::parse("map", text, &Options::default())?))?;
    Ok(vec![size, nanoseconds(took), peak()?])
}

/// The command is the only process that this one starts, so what its children
/// took is what the command took.
fn of_command(words: &[OsString]) -> Result<Vec<u64>> {
    let (program, arguments) = words.split_first().context("there is no command")?;
    let started = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        // The numbers stand alone on this process's.
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let elapsed = started.elapsed();
    ensure!(status.success(), "{} fails", program.display());
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let processor = used.user_time() + used.system_time();
    let microseconds = processor.tv_sec() * 1_000_000 + processor.tv_usec();
    Ok(vec![
        u64::try_from(microseconds)? * 1000,
        nanoseconds(elapsed),
        u64::try_from(used.max_rss())? * 1024,
    ])
}

/// Whether strict reading refuses the file.
pub(super) fn is_refused(file: &Path) -> bool {
    load(file, false).is_err()
}

fn load(file: &Path, lenient: bool) -> Result<RegisterMap> {
    let options = Options {
        lenient,
        ..Options::default()
    };
    regdesc::load(file, &options).with_context(|| format!("{} is refused", file.display()))
}

fn parse(file: &Path) -> Result<svd_parser::svd::Device> {
    let text = fs::read_to_string(file)?;
    let config = Config::default().validate_level(ValidateLevel::Disabled);
    svd_parser::parse_with_config(&text, &config)
}

/// How long something takes to make; to let go of it is no part of that.
fn time<T>(make: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let started = Instant::now();
    let made = make()?;
    let took = started.elapsed();
    drop(made);
    Ok(took)
}

/// The one in the middle; nothing of nothing.
pub(super) fn median<T: Ord + Copy>(mut figures: Vec<T>) -> Option<T> {
    figures.sort();
    figures.get(figures.len() / 2).copied()
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The most memory that this process has had, in bytes.
fn peak() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("there is no Linux here")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let Some(kibibytes) = line.and_then(|line| line.split_whitespace().next()) else {
        bail!("the kernel does not report a process's peak memory");
    };
    Ok(kibibytes.parse::<u64>()? * 1024)
}
