// SPDX-License-Identifier: MIT OR Apache-2.0

//! One run: everything is read and rendered, then written or compared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regdesc::{Failure, RegisterMap, Source, Sources};
use regloom_codegen::{
    Artifacts, Change, ChangeKind, FileError, Kernel, device_name, is_current, lock_folder, render,
    settle, unsupported,
};

use super::arguments::{Arguments, drivers, options, parts, target};
use crate::outcome::Outcome;
use crate::{notices, output};

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that unwrap_or_else has"
)]
pub(super) fn failed(error: FileError) -> Outcome {
    Outcome::Failed(format!("error: {error}"))
}

/// Reads every input; all their mistakes are reported together. Names the files that
/// this took beside the inputs.
pub(super) fn load_all(
    arguments: &Arguments,
) -> (Result<Vec<RegisterMap>, String>, BTreeSet<PathBuf>) {
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

pub(super) fn write_all(arguments: &Arguments, maps: &[RegisterMap]) -> Result<Outcome, FileError> {
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

fn origin(arguments: &Arguments, map: &RegisterMap) -> String {
    let (drivers, parts) = (drivers(arguments), parts(arguments));
    regloom_codegen::origin(map, &options(arguments), drivers, parts, target(arguments))
}

fn render_one(arguments: &Arguments, map: &RegisterMap) -> Artifacts {
    render(map, drivers(arguments), parts(arguments), target(arguments))
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
            .filter_map(clap::ValueEnum::to_possible_value);
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
    if let Some(language) = arguments
        .driver
        .and_then(|it| clap::ValueEnum::to_possible_value(&it))
    {
        words.push(format!("--driver {}", language.get_name()));
    }
    if arguments.kernel != Kernel::default() {
        words.push(format!("--kernel {}", arguments.kernel));
    }
    words.join(" ")
}
