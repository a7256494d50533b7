// SPDX-License-Identifier: MIT OR Apache-2.0

//! The node of an instance: the one whose device is at its address. And the
//! instance of a node: the driver numbers instances by address.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::vec::Vec;

use rustix::io::Errno;

use super::failure::Failure;
use super::uio::{self, Uio};
use crate::table::Instance;

/// Where the kernel lists devices by class.
const CLASSES: &str = "/sys/class";

/// The class of a generated driver's nodes begins with this; its module's name
/// follows.
const CLASS: &str = "regloom-";

/// Who provides an instance.
pub(super) enum Found {
    /// The generated driver, by this node; the instance is at this address.
    Driver { node: PathBuf, base: u64 },
    /// UIO.
    Uio(Uio),
}

/// Who provides the instance with this name.
pub(super) fn find(name: &str, instances: &'static [Instance]) -> Result<Found, Failure> {
    let instance = instances.iter().find(|it| it.name == name);
    let instance = instance.ok_or(Failure::NoSuchInstance(instances))?;
    let base = instance.base;
    if let Some(node) = node_at(Path::new(CLASSES), base)? {
        return Ok(Found::Driver { node, base });
    }
    let found = uio::at(base).map_err(Failure::Open)?;
    found.map(Found::Uio).ok_or(Failure::NoNodeAt(base))
}

/// The address of the instance that the driver of a block gives this node to,
/// unless an alias in the device tree changes that: instances are numbered by
/// ascending address.
pub(super) fn numbered(node: &str, block: &str, instances: &[Instance]) -> Option<u64> {
    let number = node.strip_prefix(block)?;
    // A dash separates the number from a name that ends with a digit.
    let number = number.strip_prefix('-').unwrap_or(number);
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let mut bases: Vec<_> = instances.iter().map(|it| it.base).collect();
    bases.sort_unstable();
    bases.get(number.parse::<usize>().ok()?).copied()
}

/// The node whose device begins at this address: the kernel names a device after
/// its address and its name in the device tree (`40000000.adc`).
fn node_at(classes: &Path, base: u64) -> Result<Option<PathBuf>, Failure> {
    let start = std::format!("{base:x}.");
    for entry in nodes(classes)? {
        let device = fs::canonicalize(entry.path().join("device"));
        let is_there = device.is_ok_and(|device| {
            device
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(&start))
        });
        if is_there {
            return Ok(Some(Path::new("/dev").join(entry.file_name())));
        }
    }
    Ok(None)
}

/// The nodes of all generated drivers.
fn nodes(classes: &Path) -> Result<Vec<DirEntry>, Failure> {
    let classes = match fs::read_dir(classes).map_err(|error| errno(&error)) {
        Ok(classes) => classes,
        Err(Errno::NOENT) => return Err(Failure::NoSys),
        Err(error) => return Err(Failure::Open(error)),
    };
    let is_ours = |class: &DirEntry| class.file_name().to_string_lossy().starts_with(CLASS);
    let mut nodes = Vec::new();
    for class in classes.flatten().filter(is_ours) {
        match fs::read_dir(class.path()).map_err(|error| errno(&error)) {
            Ok(entries) => nodes.extend(entries.flatten()),
            // The driver was removed meanwhile.
            Err(Errno::NOENT) => {}
            Err(error) => return Err(Failure::Open(error)),
        }
    }
    Ok(nodes)
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nodes_are_numbered_by_address() {
        let at = |name, base| Instance { name, base };
        let instances = [at("adc1", 0x4001_0000), at("adc0", 0x4000_0000)];
        let numbered = |node| numbered(node, "adc", &instances);
        assert_eq!(numbered("adc0"), Some(0x4000_0000));
        assert_eq!(numbered("adc-1"), Some(0x4001_0000));
        for other in ["adc2", "adc", "dac0", "adc-capture0", "adc+1"] {
            assert_eq!(numbered(other), None, "{other}");
        }
    }

    #[test]
    fn a_node_is_found_by_the_address_of_its_device() {
        let root = std::env::temp_dir().join(std::format!("regloom-sysfs-{}", std::process::id()));
        for (class, node, device) in [
            ("regloom-adc-capture", "adc-capture1", "40000000.adc"),
            ("regloom-adc-capture", "adc-capture0", "40010000.adc"),
            ("regloom-fpga", "dma0", "40020000.dma"),
            ("misc", "other", "40030000.other"),
        ] {
            let device = root.join("devices").join(device);
            let entry = root.join("class").join(class).join(node);
            fs::create_dir_all(&device).unwrap();
            fs::create_dir_all(&entry).unwrap();
            symlink(&device, entry.join("device")).unwrap();
        }
        let found = |base| node_at(&root.join("class"), base).unwrap();
        let outcome = [0x4000_0000, 0x4002_0000, 0x4003_0000, 0x4000].map(found);
        fs::remove_dir_all(&root).unwrap();
        let expected = [Some("/dev/adc-capture1"), Some("/dev/dma0"), None, None];
        assert_eq!(outcome, expected.map(|node| node.map(PathBuf::from)));
    }

    #[test]
    fn without_sysfs_no_node_is_found() {
        let nowhere = node_at(Path::new("/nowhere/class"), 0x4000_0000);
        assert_eq!(nowhere, Err(Failure::NoSys));
    }
}
