// SPDX-License-Identifier: MIT OR Apache-2.0

//! A UIO device as the kernel shows it (`Documentation/driver-api/uio-howto.rst`).

use std::fs;
use std::path::{Path, PathBuf};
use std::string::String;
use std::vec::Vec;

use rustix::io::Errno;

use super::failure::{Failure, Located};
use super::info::Window;

/// Where the kernel lists UIO devices.
const DEVICES: &str = "/sys/class/uio";

/// A device, and its first memory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uio {
    pub(super) node: PathBuf,
    /// Physical address of its first byte.
    pub(super) base: u64,
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

    fn located(self) -> Located {
        Located {
            node: self.node,
            base: self.base,
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
    only(by_name(Path::new(DEVICES), name)?, None)?.ok_or(Failure::NoUio)
}

/// The device at this address.
pub(super) fn at(base: u64) -> Result<Option<Uio>, Errno> {
    by_address(Path::new(DEVICES), base)
}

/// The device with the name of a driver's node, else the one at the address of that
/// node's instance.
pub(super) fn in_place_of(node: &str, base: Option<u64>) -> Result<Uio, Failure> {
    let devices = Path::new(DEVICES);
    let named = only(by_name(devices, node)?, base)?;
    let found = match (named, base) {
        (None, Some(base)) => by_address(devices, base).map_err(Failure::Open)?,
        (named, _) => named,
    };
    found.ok_or(Failure::NeitherNodeNorUio)
}

/// Whether this is the node of a UIO device.
pub(super) fn is_node(path: &Path) -> bool {
    let number = path.strip_prefix("/dev").ok();
    number.is_some_and(|number| Path::new(DEVICES).join(number).join("maps").exists())
}

/// The device of those that have one name, if there is one. Of several, it is the one
/// at this address.
fn only(mut named: Vec<Uio>, base: Option<u64>) -> Result<Option<Uio>, Failure> {
    if named.len() > 1 {
        if let Some(nth) = named.iter().position(|device| Some(device.base) == base) {
            return Ok(Some(named.swap_remove(nth)));
        }
        let mut devices: Vec<_> = named.into_iter().map(Uio::located).collect();
        devices.sort_by_key(|device| device.base);
        return Err(Failure::SameName(devices));
    }
    Ok(named.pop())
}

/// The devices with this name; one, if it is a number.
fn by_name(devices: &Path, name: &str) -> Result<Vec<Uio>, Failure> {
    let mut named = Vec::new();
    for folder in all(devices).map_err(Failure::Open)? {
        if folder.file_name().is_some_and(|number| number == name) {
            return device(&folder)
                .map(|one| [one].into())
                .map_err(Failure::Open);
        }
        if is_called(&folder, name).map_err(Failure::Open)? {
            named.push(device(&folder).map_err(Failure::Open)?);
        }
    }
    Ok(named)
}

fn is_called(folder: &Path, name: &str) -> Result<bool, Errno> {
    match text(&folder.join("name")) {
        Ok(called) => Ok(called == name),
        // The device was removed meanwhile.
        Err(Errno::NOENT | Errno::NODEV | Errno::IO | Errno::INVAL) => Ok(false),
        Err(error) => Err(error),
    }
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

        /// Its device.
        fn only(&self) -> Uio {
            let named = by_name(&self.devices(), "adc0").unwrap();
            only(named, None).unwrap().unwrap()
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
        let found = sys.only();
        assert_eq!((found.base, found.before), (0x4000_0040, 0x40));
        assert_eq!(found.node, Path::new("/dev/uio3"));
        assert_eq!(by_name(&sys.devices(), "uio3"), Ok([found].into()));
        let by_address = |base| by_address(&sys.devices(), base).unwrap();
        assert!(by_address(0x4000_0040).is_some());
        assert_eq!(by_address(0x4000_0000), None);
        assert_eq!(by_name(&sys.devices(), "dac"), Ok(Vec::new()));
    }

    #[test]
    fn of_devices_of_one_name_none_is_taken_without_a_reason() {
        let sys = Sys::new("uio-twins", 0x1000);
        sys.write("class/uio7/name", b"adc0\n");
        sys.write("class/uio7/maps/map0/addr", b"0x0000000050000000\n");
        sys.write("class/uio7/maps/map0/size", b"0x0000000000001000\n");
        let twins = || by_name(&sys.devices(), "adc0").unwrap();
        let located = |node: &str, base| Located {
            node: node.into(),
            base,
        };
        let both = [
            located("/dev/uio3", 0x4000_0040),
            located("/dev/uio7", 0x5000_0000),
        ];
        for base in [None, Some(0x6000_0000)] {
            let refused = only(twins(), base);
            assert_eq!(refused, Err(Failure::SameName(both.to_vec())));
        }
        // The address decides, and so does the number.
        for twin in both {
            let found = only(twins(), Some(twin.base)).unwrap();
            assert_eq!(found.map(Uio::located), Some(twin.clone()));
            let number = twin.node.file_name().unwrap().to_str().unwrap();
            let found = by_name(&sys.devices(), number).unwrap();
            assert_eq!(only(found, None).unwrap().map(Uio::located), Some(twin));
        }
    }

    #[test]
    fn its_size_is_that_of_its_node_and_not_that_of_its_pages() {
        let sys = Sys::new("uio-size", 0x1000);
        let found = sys.only();
        let page = rustix::param::page_size() as u64;
        let pages = 0x1040_u64.div_ceil(page) * page;
        assert_eq!(found.window(0x1000), Ok(Window::of(0, pages)));
        assert_eq!(found.window(0x1001), Err(Failure::TooSmall(0x1000)));
    }

    #[test]
    fn a_node_may_have_the_hash_of_its_map() {
        let sys = Sys::new("uio-hash", 0x1000);
        let found = || sys.only();
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
        let found = sys.only();
        assert_eq!(found.size, 0x1fc0);
    }

    #[test]
    fn a_kernel_without_uio_has_no_device() {
        let nowhere = Path::new("/nowhere/class/uio");
        assert_eq!(by_name(nowhere, "adc0"), Ok(Vec::new()));
        assert_eq!(by_address(nowhere, 0), Ok(None));
    }
}
