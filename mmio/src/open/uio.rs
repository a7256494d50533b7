// SPDX-License-Identifier: MIT OR Apache-2.0

//! A UIO device as the kernel shows it (`Documentation/driver-api/uio-howto.rst`).

use std::fs;
use std::path::{Path, PathBuf};
use std::string::String;
use std::vec::Vec;

use rustix::io::Errno;

use super::failure::Failure;
use super::info::Window;

/// Where the kernel lists UIO devices.
const DEVICES: &str = "/sys/class/uio";

/// A device, and its first memory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uio {
    pub(super) node: PathBuf,
    /// Physical address of its first byte.
    base: u64,
    /// Bytes of the first page before the block.
    pub(super) before: usize,
    /// Bytes of the block.
    size: u64,
    /// Hash of the map that its node was generated from, if the node has it.
    hash: Option<u64>,
}

impl Uio {
    /// Checks that its node was not generated from another map, where the node has
    /// the hash.
    pub(super) fn must_be(&self, expected: u64) -> Result<(), Failure> {
        match self.hash {
            Some(found) if found != expected => Err(Failure::OtherTree { expected, found }),
            _ => Ok(()),
        }
    }

    /// The window of a block of `size` bytes, if the device has as many.
    pub(super) fn window(&self, size: usize) -> Result<Window, Failure> {
        match size as u64 <= self.size {
            true => Ok(Window::around(self.before, size)),
            false => Err(Failure::TooSmall(self.size)),
        }
    }
}

/// The device with this name, or number (`uio0`).
pub(super) fn find(name: &str) -> Result<Uio, Failure> {
    let found = by_name(Path::new(DEVICES), name).map_err(Failure::Open)?;
    found.ok_or(Failure::NoUio)
}

/// The device at this address.
pub(super) fn at(base: u64) -> Result<Option<Uio>, Errno> {
    by_address(Path::new(DEVICES), base)
}

/// The device with the name of a driver's node, else the one at the address of that
/// node's instance.
pub(super) fn in_place_of(node: &str, base: Option<u64>) -> Result<Uio, Failure> {
    let devices = Path::new(DEVICES);
    let named = by_name(devices, node).map_err(Failure::Open)?;
    let found = match (named, base) {
        (None, Some(base)) => by_address(devices, base).map_err(Failure::Open)?,
        (named, _) => named,
    };
    found.ok_or(Failure::NeitherNodeNorUio)
}

fn by_name(devices: &Path, name: &str) -> Result<Option<Uio>, Errno> {
    for folder in all(devices)? {
        let number = folder.file_name().is_some_and(|number| number == name);
        // A device that was removed meanwhile has no name any more.
        if number || text(&folder.join("name")).is_ok_and(|called| called == name) {
            return device(&folder).map(Some);
        }
    }
    Ok(None)
}

fn by_address(devices: &Path, base: u64) -> Result<Option<Uio>, Errno> {
    // A device without memory has no address.
    let devices = all(devices)?.into_iter().map(|folder| device(&folder));
    Ok(devices.flatten().find(|device| device.base == base))
}

/// The folders of all devices; none where the kernel has no UIO.
fn all(devices: &Path) -> Result<Vec<PathBuf>, Errno> {
    match fs::read_dir(devices).map_err(|error| errno(&error)) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(Errno::NOENT) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn device(folder: &Path) -> Result<Uio, Errno> {
    let map = folder.join("maps/map0");
    let node = folder.join("device/of_node");
    // Kernels without this file map whole pages.
    let before = number(&map.join("offset")).unwrap_or(0);
    let mapped = number(&map.join("size"))?.saturating_sub(before);
    Ok(Uio {
        node: Path::new("/dev").join(folder.file_name().unwrap_or_default()),
        base: number(&map.join("addr"))?.saturating_add(before),
        before: usize::try_from(before).map_err(|_| Errno::OVERFLOW)?,
        size: stated_size(&node).map_or(mapped, |stated| stated.min(mapped)),
        hash: property(&node, "regloom,map-hash").and_then(|it| big_endian(&it)),
    })
}

/// The size of the device in the device tree. UIO reports only the size of its
/// pages.
fn stated_size(node: &Path) -> Option<u64> {
    let bytes = |count| {
        let cells = big_endian(&property(node, count)?)?;
        usize::try_from(cells).ok()?.checked_mul(4)
    };
    let (address, size) = (bytes("../#address-cells")?, bytes("../#size-cells")?);
    let reg = property(node, "reg")?;
    big_endian(reg.get(address..address.checked_add(size)?)?)
}

/// The value of a node's property, as bytes of the tree.
fn property(node: &Path, name: &str) -> Option<Vec<u8>> {
    fs::read(node.join(name)).ok()
}

/// One or two cells.
fn big_endian(cells: &[u8]) -> Option<u64> {
    let number = cells
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    matches!(cells.len(), 4 | 8).then_some(number)
}

fn text(path: &Path) -> Result<String, Errno> {
    let text = fs::read_to_string(path).map_err(|error| errno(&error))?;
    Ok(text.trim().into())
}

/// A number as UIO prints them: `0x00001000`.
fn number(path: &Path) -> Result<u64, Errno> {
    let text = text(path)?;
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    u64::from_str_radix(digits, 16).map_err(|_| Errno::INVAL)
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A `/sys` with one device, whose node has this size.
    struct Sys(PathBuf);

    impl Sys {
        fn new(test: &str, size: u32) -> Self {
            let root = std::env::temp_dir().join(format!("regloom-{test}-{}", std::process::id()));
            let sys = Sys(root);
            for (file, text) in [
                ("class/uio3/name", "adc0\n"),
                ("class/uio3/maps/map0/addr", "0x0000000040000000\n"),
                ("class/uio3/maps/map0/offset", "0x40\n"),
                ("class/uio3/maps/map0/size", "0x0000000000002000\n"),
            ] {
                sys.write(file, text.as_bytes());
            }
            let cells = |cells: &[u32]| cells.iter().flat_map(|it| it.to_be_bytes()).collect();
            let tree: [(_, Vec<u8>); 3] = [
                ("tree/bus/#address-cells", cells(&[2])),
                ("tree/bus/#size-cells", cells(&[1])),
                ("tree/bus/adc@40000040/reg", cells(&[0, 0x4000_0040, size])),
            ];
            for (file, bytes) in tree {
                sys.write(file, &bytes);
            }
            let device = sys.0.join("class/uio3/device");
            fs::create_dir(&device).unwrap();
            symlink("../../../tree/bus/adc@40000040", device.join("of_node")).unwrap();
            sys
        }

        fn write(&self, file: &str, bytes: &[u8]) {
            let file = self.0.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }

        fn devices(&self) -> PathBuf {
            self.0.join("class")
        }
    }

    impl Drop for Sys {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_device_is_found_by_name_by_number_and_by_address() {
        let sys = Sys::new("uio-found", 0x1fc0);
        let found = by_name(&sys.devices(), "adc0").unwrap().unwrap();
        assert_eq!((found.base, found.before), (0x4000_0040, 0x40));
        assert_eq!(found.node, Path::new("/dev/uio3"));
        assert_eq!(by_name(&sys.devices(), "uio3").as_ref(), Ok(&Some(found)));
        let by_address = |base| by_address(&sys.devices(), base).unwrap();
        assert!(by_address(0x4000_0040).is_some());
        assert_eq!(by_address(0x4000_0000), None);
        assert_eq!(by_name(&sys.devices(), "dac"), Ok(None));
    }

    #[test]
    fn its_size_is_that_of_its_node_and_not_that_of_its_pages() {
        let sys = Sys::new("uio-size", 0x1000);
        let found = by_name(&sys.devices(), "adc0").unwrap().unwrap();
        let page = rustix::param::page_size() as u64;
        let pages = 0x1040_u64.div_ceil(page) * page;
        assert_eq!(found.window(0x1000), Ok(Window::of(0, pages)));
        assert_eq!(found.window(0x1001), Err(Failure::TooSmall(0x1000)));
    }

    #[test]
    fn a_node_may_have_the_hash_of_its_map() {
        let sys = Sys::new("uio-hash", 0x1000);
        let found = || by_name(&sys.devices(), "adc0").unwrap().unwrap();
        assert_eq!(found().must_be(0x1_0000_0002), Ok(()));
        let hash = [0, 0, 0, 1, 0, 0, 0, 2];
        sys.write("tree/bus/adc@40000040/regloom,map-hash", &hash);
        assert_eq!(found().must_be(0x1_0000_0002), Ok(()));
        let other = Failure::OtherTree {
            expected: 7,
            found: 0x1_0000_0002,
        };
        assert_eq!(found().must_be(7), Err(other));
    }

    #[test]
    fn without_a_node_its_pages_give_the_size() {
        let sys = Sys::new("uio-pages", 0x1000);
        fs::remove_file(sys.devices().join("uio3/device/of_node")).unwrap();
        let found = by_name(&sys.devices(), "adc0").unwrap().unwrap();
        assert_eq!(found.size, 0x1fc0);
    }

    #[test]
    fn a_kernel_without_uio_has_no_device() {
        let nowhere = Path::new("/nowhere/class/uio");
        assert_eq!(by_name(nowhere, "adc0"), Ok(None));
        assert_eq!(by_address(nowhere, 0), Ok(None));
    }
}
