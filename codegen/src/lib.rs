// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates a device-tree source, a kernel driver and an accessor crate from a
//! checked register map.
//!
//! ```
//! use regloom_codegen::{Kernel, Parts, render};
//!
//! let map = regdesc::parse(
//!     "blinker.yaml",
//!     "{schema: 1, name: blinker, vendor: acme, size: 0x1000, registers: {LED: {at: 0x0}},
//!       instances: {blinker0: {base: 0x40000000}}}",
//!     &regdesc::Options::default(),
//! )?;
//! let artifacts = render(&map, Drivers::All, Parts::ALL, Kernel::default());
//! # use regloom_codegen::Drivers;
//! let dtsi = artifacts.get("blinker/dts/blinker.dtsi").unwrap();
//! assert!(dtsi.contains("blinker0: registers@40000000 {"));
//! # Ok::<(), regdesc::Failure>(())
//! ```

mod accessor;
mod artifact;
mod build_script;
mod dts;
mod kernel;
mod lowered;
mod names;
mod options;
mod parallel;
mod readme;
mod sources;

use std::collections::BTreeSet;
use std::path::Path;

pub use artifact::{Artifacts, Change, ChangeKind, FileError, files_below, lock_folder};
use artifact::{Manifest, digest};
pub use build_script::{Config, Error, Result};
pub use options::{Drivers, Parts};
pub use regloom_driver_template::{Kernel, Languages, Target, UnknownKernel};

use lowered::layout::Layouts;
use lowered::{Block, Lowered};
use options::Part;
use regdesc::RegisterMap;
use regdesc::model::Kind;
use sources::file_name;

/// Renders a device, all paths below a folder of its name.
///
/// The map has passed every check. It is lowered once, and each part is printed from
/// that.
#[must_use]
pub fn render(
    map: &RegisterMap,
    drivers: Drivers,
    parts: Parts,
    target: impl Into<Target>,
) -> Artifacts {
    let target = target.into();
    let layouts = Layouts::of(map);
    let lowered = Lowered::of(map, &layouts);
    let driven = driven_blocks(&lowered, drivers);

    let mut artifacts = Artifacts::default();
    for part in parts.chosen() {
        let files = match part {
            Part::DeviceTree => device_tree_files(&lowered, drivers),
            Part::Driver => driver_files(&lowered, &driven, target),
            Part::Accessor => accessor::render(&lowered),
        };
        for (file, text) in files {
            let path = format!("{}/{}/{file}", lowered.device, part.folder());
            artifacts.insert(path, text);
        }
    }
    if parts == Parts::ALL {
        let text = readme::render(&lowered, drivers, &driven, target);
        artifacts.insert(format!("{}/README.md", lowered.device), text);
    }
    artifacts
}

/// The source, and for a block the binding, and the overlay where it has a target;
/// nothing where the map has no instances.
fn device_tree_files(lowered: &Lowered<'_>, drivers: Drivers) -> Vec<(String, String)> {
    let device = &lowered.device;
    if lowered
        .blocks
        .iter()
        .all(|block| block.instances.is_empty())
    {
        return Vec::new();
    }
    let mut files = vec![(format!("{device}.dtsi"), dts::source(lowered, drivers))];
    if let Some(block) = lowered.own_block() {
        let overlay = dts::overlay(lowered, drivers);
        files.extend(overlay.map(|text| (format!("{device}.dtso"), text)));
        files.push(dts::binding(lowered, block, drivers));
    }
    files
}

/// The drivers, and what builds them; nothing where there are none.
fn driver_files(
    lowered: &Lowered<'_>,
    driven: &[&Block<'_>],
    target: Target,
) -> Vec<(String, String)> {
    if driven.is_empty() {
        return Vec::new();
    }
    let folder = kernel::folder(lowered, driven);
    // The templates print what is there; rendering into a string cannot fail.
    let files = regloom_driver_template::render(target, &folder).unwrap_or_default();
    files
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect()
}

/// What of a map the parts cannot support, in a sentence: then none of them is
/// rendered, rather than one that contradicts the map.
#[must_use]
pub fn unsupported(map: &RegisterMap, drivers: Drivers, parts: Parts) -> Option<String> {
    if !parts.driver {
        return None;
    }
    let layouts = Layouts::of(map);
    let lowered = Lowered::of(map, &layouts);
    let driven = driven_blocks(&lowered, drivers);
    let too_many = kernel::too_many(driven.len());
    let mut driven = driven.into_iter();
    too_many.or_else(|| driven.find_map(|block| kernel::unsupported(&lowered, block)))
}

/// The device's name as its folder, crate and `.dtsi` carry it.
#[must_use]
pub fn device_name(map: &RegisterMap) -> String {
    names::device(&map.name)
}

fn driven_blocks<'l, 'm>(lowered: &'l Lowered<'m>, drivers: Drivers) -> Vec<&'l Block<'m>> {
    match (drivers, lowered.kind) {
        (Drivers::UnlessChip, Kind::Chip) | (Drivers::Uio, _) => Vec::new(),
        _ => lowered.blocks.iter().collect(),
    }
}

/// Adds the list of its files to what was rendered for a device, and returns the files
/// below `folder` that belong to the generator: those that earlier runs listed, without
/// the parts that were not rendered now.
///
/// [`is_current`] will recognise the result by `origin`; the default is that of the
/// earlier list.
///
/// # Errors
/// When an earlier list is there and cannot be read.
pub fn settle(
    artifacts: &mut Artifacts,
    device: &str,
    parts: Parts,
    origin: Option<&str>,
    folder: &Path,
) -> std::result::Result<BTreeSet<String>, FileError> {
    let mut owned = Manifest::of(folder, device)?;
    let is_in = |path: &str, part: Part| {
        let folder = path.split_once('/').map(|(folder, _)| folder);
        folder == Some(part.folder())
    };
    let rendered = |path: &str| parts == Parts::ALL || parts.chosen().any(|part| is_in(path, part));
    let kept = Manifest {
        origin: None,
        files: owned
            .files
            .extract_if(.., |path, _| !rendered(path))
            .collect(),
    };
    let origin = origin.or(owned.origin.as_deref());
    artifacts.add_manifest(device, origin, kept);
    Ok(owned.paths(device))
}

/// A digest of all that determines what is rendered from a map: the generator, the
/// texts that the map was read from, and the options.
#[must_use]
pub fn origin(
    map: &RegisterMap,
    options: &regdesc::Options<'_>,
    drivers: Drivers,
    parts: Parts,
    target: impl Into<Target>,
) -> String {
    let Target { kernel, languages } = target.into();
    let mut inputs =
        format!("{GENERATOR} {options:?} {drivers:?} {parts:?} {kernel} {languages:?}\n");
    for source in map.sources().iter() {
        let digest = digest(source.text().as_bytes());
        inputs.push_str(&format!("{digest}  {}\n", file_name(source.name())));
    }
    digest(inputs.as_bytes())
}

/// A digest of the generator's sources: another generator may render the same map
/// differently.
const GENERATOR: &str = env!("REGLOOM_GENERATOR");

/// Whether a device's output below `folder` was made from that origin and has not been
/// changed since: then there is nothing to render.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn is_current(
    folder: &Path,
    device: &str,
    origin: &str,
) -> std::result::Result<bool, FileError> {
    Manifest::of(folder, device)?.holds(origin, &folder.join(device))
}
