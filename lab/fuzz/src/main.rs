// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask fuzz`: the targets in `fuzz/`, each from seeds gathered anew.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use lab_support::{folders, workspace};

use clap::Parser;

/// Peripherals taken from one vendor's file: the smallest of it.
const CUTS: usize = 4;

/// Look for descriptions that panic, hang or give files that are no Rust.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask fuzz", bin_name = "cargo xtask fuzz")]
struct Arguments {
    /// The target to run (may be repeated) [default: all of them].
    #[arg(long = "target", value_name = "TARGET")]
    targets: Vec<Target>,
    /// How long each runs.
    #[arg(long, value_name = "N", default_value_t = 600)]
    seconds: u32,
    /// Also begin with what a folder of SVD files holds.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    /// The YAML reader.
    Yaml,
    /// The SVD reader.
    Svd,
    /// Everything, to the rendered files.
    Artifacts,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Target::Yaml => "yaml",
            Target::Svd => "svd",
            Target::Artifacts => "artifacts",
        })
    }
}

impl Target {
    const ALL: &'static [Target] = &[Target::Yaml, Target::Svd, Target::Artifacts];

    /// Whether a text is a seed of this target.
    fn takes(self, (kind, text): &Seed) -> bool {
        let is_read = match self {
            Target::Yaml => *kind == "yaml",
            Target::Svd => *kind == "svd",
            Target::Artifacts => true,
        };
        is_read && text.len() <= self.longest_seed()
    }

    /// Longer seeds make every run slow, and find nothing that shorter ones do
    /// not.
    fn longest_seed(self) -> usize {
        match self {
            Target::Yaml | Target::Svd => 16 << 10,
            Target::Artifacts => 3 << 10,
        }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the targets one by one; stops at the first that finds something.
fn run(arguments: &Arguments) -> Result<()> {
    ensure!(
        cargo_fuzz().arg("--version").output()?.status.success(),
        "cargo-fuzz is missing; install it with: cargo install cargo-fuzz"
    );
    let seeds = seeds(arguments.corpus.as_deref())?;
    let targets = match arguments.targets.as_slice() {
        [] => Target::ALL,
        chosen => chosen,
    };
    for target in targets {
        let executions = run_target(*target, &seeds, arguments.seconds)?;
        println!("{target}: nothing found in {executions} executions");
    }
    Ok(())
}

fn folder() -> PathBuf {
    workspace::root().join("fuzz")
}

fn cargo_fuzz() -> Command {
    let mut command = Command::new("cargo");
    command.arg("fuzz").current_dir(workspace::root());
    command
}

/// Runs one target and returns the number of inputs that it tried.
fn run_target(target: Target, seeds: &BTreeSet<Seed>, seconds: u32) -> Result<u64> {
    let found = folder().join("corpus").join(target.to_string());
    let start = folder().join("seeds").join(target.to_string());
    fs::create_dir_all(&found)?;
    write_seeds(target, seeds, &start)?;
    let words = folder().join("words.dict");
    let mut command = cargo_fuzz();
    command
        // Without a sanitizer the stable toolchain is enough: coverage counters
        // are in every compiler.
        .args(["run", "--fuzz-dir", "fuzz", "--sanitizer", "none"])
        .arg(target.to_string())
        .args([found, start])
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={}", 2 * target.longest_seed()))
        .arg(format!("-dict={}", words.display()))
        .args(["-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1"])
        .stderr(Stdio::piped());
    executions(target, &mut command)
}

/// Shows a fuzzer's output, and returns the number of executions that it ends
/// with.
fn executions(target: Target, command: &mut Command) -> Result<u64> {
    let mut fuzzer = command.spawn().context("cargo cannot be run")?;
    let mut executions = None;
    if let Some(says) = fuzzer.stderr.take() {
        for line in BufReader::new(says).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            eprintln!("{line}");
            if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
                executions = count.trim().parse().ok();
            }
        }
    }
    if !fuzzer.wait()?.success() {
        bail!("{target} found something; fuzz/README.md says how to repeat it");
    }
    executions.with_context(|| format!("{target} did not say how many inputs it tried"))
}

/// A text to begin with, and the kind of file it is.
type Seed = (&'static str, String);

const KINDS: [&str; 2] = ["svd", "yaml"];

/// The examples, the cases of the diagnostics, and the folder's files.
fn seeds(vendors: Option<&Path>) -> Result<BTreeSet<Seed>> {
    let root = workspace::root();
    let mut seeds = BTreeSet::new();
    for folder in ["examples", "regdesc/tests", "mmio/tests"] {
        for file in files_below(&root.join(folder))? {
            let kind = file.extension().and_then(|kind| kind.to_str());
            if let Some(kind) = KINDS.into_iter().find(|it| Some(*it) == kind) {
                seeds.insert((kind, fs::read_to_string(&file)?));
            }
        }
    }
    for file in vendors.map_or_else(|| Ok(Vec::new()), folders::svd_files)? {
        let bytes = fs::read(&file)?;
        let text = String::from_utf8_lossy(&bytes);
        seeds.extend(cuts(&text).into_iter().map(|cut| ("svd", cut)));
        seeds.insert(("svd", text.into_owned()));
    }
    Ok(seeds)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// The smallest peripherals of a file that have registers, each as a device of
/// its own.
fn cuts(text: &str) -> Vec<String> {
    const END: &str = "</peripheral>";
    let mut peripherals: Vec<&str> = text
        .split_inclusive(END)
        .filter_map(|part| {
            let start = part
                .rfind("<peripheral>")
                .or_else(|| part.rfind("<peripheral "))?;
            part.get(start..)
        })
        .filter(|it| it.ends_with(END) && it.contains("<register>"))
        .collect();
    peripherals.sort_by_key(|it| it.len());
    peripherals
        .into_iter()
        .take(CUTS)
        .map(|peripheral| {
            format!(
                "<device><name>CUT</name><addressUnitBits>8</addressUnitBits><width>32</width>\
                 <size>32</size><access>read-write</access>\n<peripherals>{peripheral}\
                 </peripherals></device>\n"
            )
        })
        .collect()
}

fn write_seeds(target: Target, seeds: &BTreeSet<Seed>, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let chosen = seeds.iter().filter(|seed| target.takes(seed));
    for (number, (kind, text)) in chosen.enumerate() {
        fs::write(folder.join(format!("{number:04}.{kind}")), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peripheral_can_stand_alone() {
        let text = "<device><peripherals><peripheral><name>EMPTY</name></peripheral>
<peripheral derivedFrom='EMPTY'><name>A</name><baseAddress>0</baseAddress><registers><register>
<name>R</name><addressOffset>0</addressOffset></register></registers></peripheral>
</peripherals></device>";
        let cuts = cuts(text);
        assert_eq!(cuts.len(), 1);
        assert!(cuts[0].contains("<peripherals><peripheral derivedFrom='EMPTY'><name>A</name>"));
    }

    #[test]
    fn the_workspace_has_seeds_of_both_formats() {
        let seeds = seeds(None).unwrap();
        for kind in KINDS {
            assert!(seeds.iter().any(|(it, _)| *it == kind), "{kind}");
        }
    }
}
