// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask bench`: how long reading and checking takes, and how much memory;
//! a run that has nothing to change; and the accessor beside those of its peers.
//!
//! Every figure comes from a process of its own, so that none begins with what
//! another left in the memory. A figure beyond its limit fails the run.

mod accessor;
mod cost;
mod format;
mod measure;
mod page;
mod reading;
mod regeneration;
mod synthetic;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use cost::MEASURE;
use measure::{Subject, measure};
use page::{Part, renew};

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
        let figures = reading::Figures::measure(&arguments.corpus)?;
        renew(Part::Reading, &reading::page::render(&figures)?)?;
        beyond.extend(reading::page::beyond_limits(&figures));
    }
    if wanted(Part::Regeneration) {
        let figures = regeneration::Figures::measure()?;
        renew(Part::Regeneration, &regeneration::render(&figures))?;
        beyond.extend(regeneration::beyond_limits(&figures));
    }
    if wanted(Part::Accessor) {
        let figures = accessor::Figures::measure(
            &arguments.corpus,
            arguments.rounds,
            arguments.chiptool.as_deref(),
        )?;
        renew(Part::Accessor, &accessor::page::render(&figures)?)?;
        beyond.extend(accessor::page::beyond_limits(&figures));
    }
    ensure!(beyond.is_empty(), "beyond its limit: {}", beyond.join("; "));
    Ok(())
}
