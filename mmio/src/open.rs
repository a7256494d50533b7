// SPDX-License-Identifier: MIT OR Apache-2.0

//! Opening a device: by the node of its driver, by the name of the instance,
//! through UIO, or through physical memory.
//!
//! A device is checked once, when it is opened, so that accesses need no check: its
//! size, and that the program was generated for it. The generated driver has
//! compared the hardware, and reports the hash of its map. Elsewhere the identity
//! registers are compared, where the map has any.
#![expect(unsafe_code, reason = "queries a device node, maps it and unmaps it")]

mod error;
mod failure;
mod identity;
mod info;
mod instance;
pub(crate) mod map;
pub(crate) mod own_file;
mod uio;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

pub use self::error::{OpenError, OpenErrorKind};
use self::failure::Failure;
use self::info::Window;
use self::instance::Found;
use self::map::Rights;
use self::uio::Uio;
use crate::block::Block;
use crate::bus::ReadOnly;
use crate::device::{Device, Node};
use crate::region::Region;

impl<D: Block> Device<D> {
    /// Opens and maps the device behind a node: the name of one in `/dev`
    /// (`"fpga-mem0"`), or a path with a `/` in it.
    ///
    /// Where the driver has no such node, a UIO device is used: the one with this
    /// name, or the one at the address of the instance that the driver would give
    /// this number. [`open_uio`](Device::open_uio) says what is guaranteed then.
    ///
    /// # Errors
    /// What was tried, what the system answered, and what to do about it.
    pub fn open(node: impl AsRef<Path>) -> Result<Self, OpenError> {
        open_either::<D>(node.as_ref(), Rights::ReadWrite).map(Device::of_node)
    }

    /// As [`open`](Device::open), for reading only. Handles have no method that
    /// changes the device, and the mapping is not writable.
    ///
    /// # Errors
    /// As [`open`](Device::open).
    pub fn open_read_only(node: impl AsRef<Path>) -> Result<Device<D, ReadOnly>, OpenError> {
        open_either::<D>(node.as_ref(), Rights::Read).map(Device::of_node)
    }

    /// Opens the instance with this name in the description (`"adc0"`), whatever
    /// number its node has: through the driver, else through UIO.
    ///
    /// # Errors
    /// As [`open`](Device::open), and when the map has no such instance, or neither
    /// the driver nor UIO has a device at its address.
    pub fn open_instance(name: &str) -> Result<Self, OpenError> {
        let found = instance::find(name, D::INSTANCES).map_err(explain::<D>(Path::new(name)))?;
        match found {
            Found::Driver(node) => Device::open(node),
            Found::Uio(uio) => open_found::<D>(&uio, Rights::ReadWrite).map(Device::of_node),
        }
    }

    /// Uses a descriptor that is already open: inherited, or passed over a socket.
    ///
    /// # Errors
    /// As [`open`](Device::open).
    pub fn from_fd(node: OwnedFd) -> Result<Self, OpenError> {
        let path = PathBuf::from("the descriptor");
        let opened = must_be_a_device(node).and_then(|node| map_node::<D>(node, Rights::ReadWrite));
        opened.map(Device::of_node).map_err(explain::<D>(&path))
    }

    /// Opens the UIO device with this name (`/sys/class/uio/uio*/name`, which is
    /// `linux,uio-name` in the device tree), or with this number (`"uio0"`). It is
    /// for kernels that the generated driver does not support.
    ///
    /// UIO guarantees less than the driver. The mapping stays when the device is
    /// removed. Registers of other devices in the same pages are mapped too.
    /// Interrupts are acknowledged when the program waits for them.
    ///
    /// # Errors
    /// As [`open`](Device::open); the identity registers are compared, where
    /// the map has any.
    pub fn open_uio(name: &str) -> Result<Self, OpenError> {
        let found = uio::find(name).map_err(explain::<D>(Path::new(name)))?;
        open_found::<D>(&found, Rights::ReadWrite).map(Device::of_node)
    }

    /// Opens the block at a physical address, through `/dev/mem`: for a board that
    /// has no driver yet.
    ///
    /// # Safety
    /// The block is at this address, is not cached, and nothing else (a driver, the
    /// kernel) depends on its state.
    ///
    /// # Errors
    /// As [`open`](Device::open); the identity registers are compared, where
    /// the map has any.
    pub unsafe fn open_physical(base: u64) -> Result<Self, OpenError> {
        let path = Path::new("/dev/mem");
        let memory =
            must_be_aligned(base).and_then(|()| open_node(path, OFlags::RDWR | OFlags::SYNC));
        let opened = memory.and_then(|memory| {
            let region = map::physical(&memory, base, D::SIZE).map_err(Failure::Map)?;
            identity::check(&region, D::IDENTITY)?;
            Ok(region)
        });
        let opened = opened.map(Device::of_at_least);
        opened.map_err(explain::<D>(path))
    }
}

/// An error for a failure, with the path and the block.
fn explain<D: Block>(path: &Path) -> impl FnOnce(Failure) -> OpenError {
    move |failure| OpenError {
        block: D::NAME,
        size: D::SIZE,
        path: path.into(),
        failure,
    }
}

fn path_of(node: &Path) -> Cow<'_, Path> {
    if node.file_name() == Some(node.as_os_str()) {
        Cow::Owned(Path::new("/dev").join(node))
    } else {
        Cow::Borrowed(node)
    }
}

/// Maps the driver's node, or the UIO device in its place.
fn open_either<D: Block>(node: &Path, rights: Rights) -> Result<(Region, Node), OpenError> {
    let path = path_of(node);
    match open_node(&path, rights.to_open()).and_then(|node| map_node::<D>(node, rights)) {
        Err(Failure::Open(Errno::NOENT)) => open_in_place_of::<D>(&path, rights),
        opened => opened.map_err(explain::<D>(&path)),
    }
}

/// Maps the UIO device in place of a driver's node that does not exist.
fn open_in_place_of<D: Block>(path: &Path, rights: Rights) -> Result<(Region, Node), OpenError> {
    let name = path.strip_prefix("/dev").ok().and_then(Path::to_str);
    let Some(name) = name else {
        return Err(explain::<D>(path)(Failure::Open(Errno::NOENT)));
    };
    let base = instance::numbered(name, D::NAME, D::INSTANCES);
    let found = uio::in_place_of(name, base).map_err(explain::<D>(path))?;
    open_found::<D>(&found, rights)
}

/// Maps a UIO device, after checking that it has this map.
fn open_found<D: Block>(found: &Uio, rights: Rights) -> Result<(Region, Node), OpenError> {
    let opened = open_node(&found.node, rights.to_open()).and_then(|file| {
        found.must_be(D::HASH)?;
        let window = found.window(D::SIZE)?;
        let before = found.before;
        must_be_aligned(before as u64)?;
        let region = map::windows(&file, D::SIZE, before, &[window], rights);
        let region = region.map_err(Failure::Map)?;
        identity::check(&region, D::IDENTITY)?;
        Ok((region, Node::Uio { file, before }))
    });
    opened.map_err(explain::<D>(&found.node))
}

/// Maps the node of a generated driver.
fn map_node<D: Block>(node: OwnedFd, rights: Rights) -> Result<(Region, Node), Failure> {
    let (before, windows) = windows_of::<D>(&node)?;
    must_be_aligned(before as u64)?;
    map::windows(&node, D::SIZE, before, &windows, rights)
        .map(|region| (region, Node::Driver(node)))
        .map_err(Failure::Map)
}

/// The windows of the driver, after checking that it has this map.
fn windows_of<D: Block>(node: &OwnedFd) -> Result<(usize, std::vec::Vec<Window>), Failure> {
    let info = info::ask(node)?;
    if info.hash != D::HASH {
        return Err(Failure::OtherMap {
            expected: D::HASH,
            found: info.hash,
            version: info.version,
        });
    }
    Ok((info.before, info.windows))
}

/// A block can begin at this address, in memory or in a page.
fn must_be_aligned(at: u64) -> Result<(), Failure> {
    match at.is_multiple_of(Region::ALIGN as u64) {
        true => Ok(()),
        false => Err(Failure::Misaligned(at)),
    }
}

fn open_node(path: &Path, rights: OFlags) -> Result<OwnedFd, Failure> {
    let flags = rights | OFlags::CLOEXEC | OFlags::NOCTTY;
    let node = rustix::fs::open(path, flags, Mode::empty()).map_err(Failure::Open)?;
    must_be_a_device(node)
}

fn must_be_a_device(node: OwnedFd) -> Result<OwnedFd, Failure> {
    let stat = rustix::fs::fstat(&node).map_err(Failure::Open)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::CharacterDevice => Ok(node),
        _ => Err(Failure::NotADevice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_bare_name_is_one_in_dev() {
        assert_eq!(path_of(Path::new("fpga-mem0")), Path::new("/dev/fpga-mem0"));
        assert_eq!(path_of(Path::new("./fpga-mem0")), Path::new("./fpga-mem0"));
        assert_eq!(path_of(Path::new("/tmp/node")), Path::new("/tmp/node"));
    }

    enum Scratch {}

    impl Block for Scratch {
        const NAME: &'static str = "fpga-mem";
        const SIZE: usize = 4096;
        const HASH: u64 = 1;
        const ITEMS: &'static [crate::table::Item] = &[];
        type Registers<'a, B: crate::Bus> = ();
        fn registers<B: crate::Bus>(_: crate::Root<'_, Self, B>) {}
    }

    fn failure(path: &str) -> OpenError {
        Device::<Scratch>::open(path)
            .map(drop)
            .expect_err("no such device")
    }

    #[test]
    fn the_error_for_a_missing_node_names_the_driver() {
        let error = failure("no-such-node-here0");
        assert_eq!(error.kind(), OpenErrorKind::NotFound);
        let text = error.to_string();
        assert!(text.contains("/dev/no-such-node-here0"), "{text}");
        assert!(text.contains("driver of fpga-mem"), "{text}");
        assert_eq!(std::format!("{error:?}"), text);
    }

    #[test]
    fn the_error_for_a_missing_node_mentions_uio() {
        let text = failure("no-such-node-here0").to_string();
        for part in [
            "no UIO device",
            "modprobe uio_pdrv_genirq of_id=generic-uio",
        ] {
            assert!(text.contains(part), "{text}");
        }
        // A path outside of /dev is not looked for in UIO.
        let text = failure("./no-such-node-here0").to_string();
        assert!(!text.contains("no UIO device"), "{text}");
    }

    #[test]
    fn a_file_is_no_device() {
        let file = std::env::temp_dir().join(std::format!("regloom-mmio-{}", std::process::id()));
        std::fs::write(&file, b"not a device").unwrap();
        let error = failure(file.to_str().unwrap());
        std::fs::remove_file(&file).unwrap();
        assert_eq!(error.kind(), OpenErrorKind::NotADevice);
    }

    #[test]
    fn a_node_of_another_driver_is_refused() {
        let error = failure("null");
        assert_eq!(error.kind(), OpenErrorKind::OtherDriver);
        let text = error.to_string();
        assert!(text.starts_with("cannot open /dev/null"), "{text}");
    }

    #[test]
    fn a_base_that_no_block_can_have_is_refused() {
        for base in [1, 4, 0x4000_0004, u64::MAX] {
            // SAFETY: there is nothing to be opened, aligned or not.
            let opened = unsafe { Device::<Scratch>::open_physical(base) };
            let error = opened.map(drop).expect_err("no such block");
            let text = error.to_string();
            let expected = std::format!("cannot map /dev/mem: fpga-mem would begin at {base:#x}");
            assert!(text.starts_with(&expected), "{text}");
            assert!(text.contains("a multiple of 8"), "{text}");
        }
    }

    #[test]
    fn the_error_for_another_map_has_its_version() {
        let error = OpenError {
            block: "fpga-mem",
            size: 4096,
            path: "/dev/fpga-mem0".into(),
            failure: Failure::OtherMap {
                expected: 0x12,
                found: 0xab,
                version: [1, 2, 3],
            },
        };
        let text = error.to_string();
        // The text that a program prints whose `main` returns the error.
        assert_eq!(std::format!("{error:?}"), text);
        for part in [
            "0x00000000000000ab",
            "1.2.3",
            "0x0000000000000012",
            "regloom generate",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
