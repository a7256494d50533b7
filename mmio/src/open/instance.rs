// SPDX-License-Identifier: MIT OR Apache-2.0

//! The node of an instance: the one whose device is at its address. And the
//! instance of a node: the driver numbers instances by address.

use std::fs;
use std::path::{Path, PathBuf};
use std::vec::Vec;

use rustix::io::Errno;

use super::failure::Failure;
use super::uio::{self, Uio};
use crate::table::Instance;

/// Where the kernel lists misc devices, as the generated driver registers them.
const NODES: &str = "/sys/class/misc";

/// Who provides an instance.
pub(super) enum Found {
    /// The generated driver, by this node.
    Driver(PathBuf),
    /// UIO.
    Uio(Uio),
}

/// Who provides the instance with this name.
pub(super) fn find(name: &str, instances: &'static [Instance]) -> Result<Found, Failure> {
    let instance = instances.iter().find(|it| it.name == name);
    let instance = instance.ok_or(Failure::NoSuchInstance(instances))?;
    if let Some(node) = node_at(Path::new(NODES), instance.base).map_err(Failure::Open)? {
        return Ok(Found::Driver(node));
    }
    let found = uio::at(instance.base).map_err(Failure::Open)?;
    found
        .map(Found::Uio)
        .ok_or(Failure::NoNodeAt(instance.base))
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
fn node_at(nodes: &Path, base: u64) -> Result<Option<PathBuf>, Errno> {
    let start = std::format!("{base:x}.");
    let entries = fs::read_dir(nodes).map_err(|error| errno(&error))?;
    for entry in entries.flatten() {
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
        for (node, device) in [
            ("adc-capture1", "40000000.adc"),
            ("adc-capture0", "40010000.adc"),
        ] {
            let device = root.join("devices").join(device);
            let entry = root.join("misc").join(node);
            fs::create_dir_all(&device).unwrap();
            fs::create_dir_all(&entry).unwrap();
            symlink(&device, entry.join("device")).unwrap();
        }
        let found = |base| node_at(&root.join("misc"), base).unwrap();
        let outcome = (found(0x4000_0000), found(0x4000));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(outcome, (Some("/dev/adc-capture1".into()), None));
    }
}
