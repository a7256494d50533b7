// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom generate`: descriptions in, folders out.
//!
//! Every input is read and rendered before the first byte is written, so that
//! a mistake in one leaves all output as it was.

mod watch;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use regdesc::{Failure, Options, RegisterMap, Source, Sources};
use regloom_codegen::{
    Artifacts, Change, ChangeKind, Drivers, FileError, Kernel, Parts, device_name, is_current,
    lock_folder, render, settle, unsupported,
};

use crate::{Outcome, notices, output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  regloom generate fpga/adc-capture.yaml --out generated
  regloom generate fpga/adc-capture.yaml --out generated --check
  regloom generate fpga/adc-capture.yaml --out generated --watch
  regloom generate vendor/chip.svd --peripheral TIMER0 --out generated")]
pub(crate) struct Arguments {
    /// Descriptions, YAML or SVD; `-` is standard input.
    #[arg(required = true)]
    input: Vec<PathBuf>,

    /// The folder to write into: each device gets a folder with its name.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Write nothing; report what differs, and exit with 1 if anything does.
    #[arg(long)]
    check: bool,

    /// Keep running: generate again whenever a description, or a file that it names,
    /// is saved, and report what changed for software. Ctrl-C ends it.
    #[arg(long, conflicts_with = "check")]
    watch: bool,

    /// Only these parts.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,

    /// Of a chip's SVD, only this peripheral, with a driver (may be repeated).
    #[arg(long, value_name = "NAME")]
    peripheral: Vec<String>,

    /// Repair contradictions instead of refusing them, and report every repair.
    #[arg(long)]
    lenient: bool,

    #[command(flatten)]
    shown: notices::Shown,

    /// The kernel release that the driver is for.
    #[arg(long, value_name = "RELEASE", default_value_t, value_parser = parse_kernel)]
    kernel: Kernel,

    /// For a kernel without Rust: no driver, and nodes that the kernel's own
    /// `uio_pdrv_genirq` binds to.
    #[arg(long, conflicts_with = "kernel")]
    uio: bool,

    /// Do not report what was written; repairs and warnings are still reported.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The device-tree snippet.
    Dt,
    /// The kernel driver.
    Driver,
    /// The accessor crate.
    Accessor,
}

fn parse_kernel(text: &str) -> Result<Kernel, regloom_codegen::UnknownKernel> {
    text.parse()
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.watch {
        return watch::run(arguments);
    }
    let (maps, _) = load_all(arguments);
    let maps = match maps {
        Ok(maps) => maps,
        Err(text) => return Outcome::Wrong(text),
    };
    for map in &maps {
        notices::report(map, arguments.shown);
    }
    bring_about(arguments, &maps).unwrap_or_else(failed)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that unwrap_or_else has"
)]
fn failed(error: FileError) -> Outcome {
    Outcome::Failed(format!("error: {error}"))
}

/// Reads every input; all their mistakes are reported together. Names the files that
/// this took beside the inputs.
fn load_all(arguments: &Arguments) -> (Result<Vec<RegisterMap>, String>, BTreeSet<PathBuf>) {
    let mut maps: Vec<RegisterMap> = Vec::new();
    let mut files = BTreeSet::new();
    let mut failures = Vec::new();
    let options = options(arguments);
    for input in &arguments.input {
        let map = regdesc::load(input, &options);
        files.extend(files_of(&map));
        match map {
            Ok(map)
                if maps
                    .iter()
                    .any(|other| device_name(other) == device_name(&map)) =>
            {
                failures.push(format!(
                    "error: {}: another input describes a device `{}` too",
                    input.display(),
                    device_name(&map)
                ));
            }
            Ok(map) => match unsupported(&map, drivers(arguments), parts(arguments)) {
                Some(why) => failures.push(format!("error: {}: {why}", input.display())),
                None => maps.push(map),
            },
            Err(failure) => failures.push(notices::failure(&failure, arguments.shown)),
        }
    }
    let maps = if failures.is_empty() {
        Ok(maps)
    } else {
        Err(failures.join("\n"))
    };
    (maps, files)
}

/// What was read of an input and what it names, and what could not be read.
fn files_of(map: &Result<RegisterMap, Failure>) -> BTreeSet<PathBuf> {
    let sources = match map {
        Ok(map) => Some(map.sources()),
        Err(Failure::Wrong { sources, .. }) => Some(sources),
        Err(Failure::Unreadable(_)) => None,
    };
    let read = sources.into_iter().flat_map(Sources::iter);
    let unread = sources.into_iter().flat_map(Sources::unread);
    read.map(Source::name)
        .chain(unread)
        .map(PathBuf::from)
        .collect()
}

fn bring_about(arguments: &Arguments, maps: &[RegisterMap]) -> Result<Outcome, FileError> {
    let out = &arguments.out;
    // What is found must be so until it is changed.
    let _lock = match arguments.check {
        true => None,
        false => Some(lock_folder(out)?),
    };
    let mut artifacts = Artifacts::default();
    let mut owned = BTreeSet::new();
    for map in maps {
        let device = device_name(map);
        // A check renders whatever was reported a folder: who checks doubts it.
        let origin = (!arguments.check).then(|| origin(arguments, map));
        if let Some(origin) = &origin
            && is_current(out, &device, origin)?
        {
            continue;
        }
        let mut rendered = render_one(arguments, map);
        let parts = parts(arguments);
        owned.extend(settle(
            &mut rendered,
            &device,
            parts,
            origin.as_deref(),
            out,
        )?);
        artifacts.extend(rendered);
    }
    let changes = artifacts.changes(out, &owned)?;
    if arguments.check {
        return report_differences(arguments, &artifacts, &changes);
    }
    artifacts.apply(out, &changes)?;
    if !arguments.quiet {
        report_changes(out, &changes);
    }
    Ok(Outcome::Done)
}

fn options(arguments: &Arguments) -> Options<'_> {
    Options {
        peripherals: &arguments.peripheral,
        lenient: arguments.lenient,
        ..Options::default()
    }
}

fn origin(arguments: &Arguments, map: &RegisterMap) -> String {
    let (drivers, parts) = (drivers(arguments), parts(arguments));
    regloom_codegen::origin(map, &options(arguments), drivers, parts, arguments.kernel)
}

fn render_one(arguments: &Arguments, map: &RegisterMap) -> Artifacts {
    render(map, drivers(arguments), parts(arguments), arguments.kernel)
}

fn drivers(arguments: &Arguments) -> Drivers {
    match (arguments.uio, arguments.peripheral.is_empty()) {
        (true, _) => Drivers::Uio,
        (false, true) => Drivers::UnlessChip,
        (false, false) => Drivers::All,
    }
}

fn parts(arguments: &Arguments) -> Parts {
    let only = &arguments.only;
    let wanted = |part| only.is_empty() || only.contains(&part);
    Parts {
        device_tree: wanted(Part::Dt),
        driver: wanted(Part::Driver),
        accessor: wanted(Part::Accessor),
    }
}

fn report_changes(out: &Path, changes: &[Change]) {
    let mut written = 0;
    for change in changes {
        let verb = match change.kind {
            ChangeKind::Stale => "removed",
            ChangeKind::Missing | ChangeKind::Differs => {
                written += 1;
                "wrote"
            }
        };
        output::result(format_args!(
            "{verb} {}\n",
            out.join(&change.path).display()
        ));
    }
    let files = if written == 1 { "file" } else { "files" };
    output::result(format_args!(
        "{written} {files} written, all others are as they should be\n"
    ));
}

fn report_differences(
    arguments: &Arguments,
    artifacts: &Artifacts,
    changes: &[Change],
) -> Result<Outcome, FileError> {
    if changes.is_empty() {
        return Ok(Outcome::Done);
    }
    for change in changes {
        output::message(format_args!(
            "{} {}\n",
            change.kind,
            arguments.out.join(&change.path).display()
        ));
        output::result(format_args!("{}", artifacts.diff(&arguments.out, change)?));
    }
    output::message(format_args!(
        "correct it with: {}\n",
        correcting_command(arguments)
    ));
    Ok(Outcome::Found)
}

/// The same call without `--check`.
fn correcting_command(arguments: &Arguments) -> String {
    let mut words = vec!["regloom generate".to_owned()];
    words.extend(arguments.input.iter().map(|it| it.display().to_string()));
    words.push(format!("--out {}", arguments.out.display()));
    if !arguments.only.is_empty() {
        let parts = arguments
            .only
            .iter()
            .filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = parts.map(|part| part.get_name().to_owned()).collect();
        words.push(format!("--only {}", names.join(",")));
    }
    words.extend(
        arguments
            .peripheral
            .iter()
            .map(|name| format!("--peripheral {name}")),
    );
    if arguments.lenient {
        words.push("--lenient".to_owned());
    }
    if arguments.uio {
        words.push("--uio".to_owned());
    }
    if arguments.kernel != Kernel::default() {
        words.push(format!("--kernel {}", arguments.kernel));
    }
    words.join(" ")
}
