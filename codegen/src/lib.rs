// SPDX-License-Identifier: MIT OR Apache-2.0

//! Weaves a checked register map into a device-tree snippet, a kernel driver
//! and an accessor crate.
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
mod readme;

use std::collections::BTreeSet;
use std::path::Path;

pub use artifact::{Artifacts, Change, ChangeKind, FileError, alone_in, files_below};
use artifact::{Manifest, digest};
pub use build_script::{Config, Error, Result};
pub use regloom_driver_template::{Kernel, UnknownKernel};

use names::Named;
use regdesc::RegisterMap;
use regdesc::model::{Block, Kind};

/// How generated files name what made them.
const TOOL: &str = concat!("regloom ", env!("CARGO_PKG_VERSION"));

/// Which of a device's parts are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// `dts/`
    pub device_tree: bool,
    /// `driver/`
    pub driver: bool,
    /// `accessor/`
    pub accessor: bool,
}

impl Parts {
    /// Everything; only then the folder's README is rendered too, for it walks
    /// through all of them.
    pub const ALL: Parts = Parts {
        device_tree: true,
        driver: true,
        accessor: true,
    };
}

/// Which blocks get a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drivers {
    /// Every block of the map.
    All,
    /// The block of a description of one, and none of a chip's: most of a
    /// chip's peripherals have drivers in the kernel.
    UnlessChip,
    /// None: the nodes are for the kernel's own `uio_pdrv_genirq`.
    Uio,
}

/// Renders a device, all paths below a folder of its name.
#[must_use]
pub fn render(map: &RegisterMap, drivers: Drivers, parts: Parts, kernel: Kernel) -> Artifacts {
    let device = device_name(map);
    let driven = driven_blocks(map, drivers);
    let map = &Named::of(map);
    let mut artifacts = Artifacts::default();
    if parts.device_tree && map.blocks.iter().any(|block| !block.instances.is_empty()) {
        for (file, text) in device_tree_files(map, &device, drivers) {
            artifacts.insert(format!("{device}/dts/{file}"), text);
        }
    }
    if parts.driver && !driven.is_empty() {
        for (file, text) in driver_files(map, &driven, kernel) {
            artifacts.insert(format!("{device}/driver/{file}"), text);
        }
    }
    if parts.accessor {
        for (file, text) in accessor::render(map) {
            artifacts.insert(format!("{device}/accessor/{file}"), text);
        }
    }
    if parts == Parts::ALL {
        let text = readme::render(map, drivers, &driven, kernel);
        artifacts.insert(format!("{device}/README.md"), text);
    }
    artifacts
}

/// The source, and for a block the binding, and the overlay where it has a target.
fn device_tree_files(map: &Named<'_>, device: &str, drivers: Drivers) -> Vec<(String, String)> {
    let mut files = vec![(format!("{device}.dtsi"), dts::source(map, drivers))];
    if let Some(block) = dts::own_block(map) {
        let overlay = dts::overlay(map, drivers);
        files.extend(overlay.map(|text| (format!("{device}.dtso"), text)));
        files.push(dts::binding(map, block, drivers));
    }
    files
}

/// What of a map the parts cannot keep to, in a sentence: rather none of them
/// than one that does otherwise than the map says.
#[must_use]
pub fn unsupported(map: &RegisterMap, drivers: Drivers, parts: Parts) -> Option<String> {
    if !parts.driver {
        return None;
    }
    let driven = driven_blocks(map, drivers);
    driven.iter().find_map(|it| kernel::unsupported(map, it))
}

/// The device's name as its folder, crate and `.dtsi` carry it.
#[must_use]
pub fn device_name(map: &RegisterMap) -> String {
    names::kebab(&map.name)
}

fn driven_blocks(map: &RegisterMap, drivers: Drivers) -> Vec<&Block> {
    match (drivers, map.kind) {
        (Drivers::UnlessChip, Kind::Chip) | (Drivers::Uio, _) => Vec::new(),
        _ => map.blocks.iter().collect(),
    }
}

fn driver_files(map: &Named<'_>, driven: &[&Block], kernel: Kernel) -> Vec<(String, String)> {
    let views: Vec<_> = driven
        .iter()
        .map(|block| kernel::view(map, block))
        .collect();
    let device = device_name(map);
    let version = map.version.as_ref().map(|it| it.value.to_string());
    views
        .iter()
        .flat_map(|view| regloom_driver_template::render(kernel, view))
        .chain(regloom_driver_template::render_folder(
            kernel,
            &device,
            version.as_deref(),
            &views,
        ))
        .flatten()
        .map(|file| (file.path, file.text))
        .collect()
}

/// Completes what was rendered for a device by the list of its files, and tells
/// which files below `folder` are the generator's own: those that earlier runs
/// listed, but for the parts that were not rendered now.
///
/// `origin` is what [`is_current`] will know the result by; where there is none, it
/// stays what it was.
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
    let rendered = |path: &str| {
        parts == Parts::ALL
            || (parts.device_tree && path.starts_with("dts/"))
            || (parts.driver && path.starts_with("driver/"))
            || (parts.accessor && path.starts_with("accessor/"))
    };
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

/// All that decides what is rendered from a map, in one word: the generator, the
/// texts that the map was read from, and how.
#[must_use]
pub fn origin(
    map: &RegisterMap,
    options: &regdesc::Options<'_>,
    drivers: Drivers,
    parts: Parts,
    kernel: Kernel,
) -> String {
    let mut told = format!("{GENERATOR} {options:?} {drivers:?} {parts:?} {kernel}\n");
    for source in map.sources().iter() {
        let digest = digest(source.text().as_bytes());
        told.push_str(&format!("{digest}  {}\n", file_name(source.name())));
    }
    digest(told.as_bytes())
}

/// The sources of the generator: another one may make other files of the same map.
const GENERATOR: &str = env!("REGLOOM_GENERATOR");

/// Whether a device's output below `folder` was made from that, and is as it was
/// made: then there is nothing to render.
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

/// The file a map was read from, as comments and code in a text hold it: in one
/// line, and with nothing that ends either.
fn source_name(map: &RegisterMap) -> String {
    let first = map.sources().iter().next();
    let name = file_name(first.map_or("", regdesc::Source::name));
    let safe = name.replace(|c: char| c.is_control() || c == '`', "_");
    safe.replace("*/", "*_").replace("-->", "--_")
}

/// A file's name without its folders, so that output does not depend on where
/// the generator was called from.
fn file_name(name: &str) -> &str {
    let file = Path::new(name).file_name();
    file.and_then(std::ffi::OsStr::to_str).unwrap_or(name)
}
