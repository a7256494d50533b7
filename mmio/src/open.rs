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
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl};
use rustix::io::Errno;

use self::error::DESCRIPTOR;
pub use self::error::{OpenError, OpenErrorKind};
use self::failure::Failure;
use self::info::Info;
use self::instance::Found;
use self::map::Rights;
use self::uio::Uio;
use crate::block::Block;
use crate::bus::{Bus, Pointer, Reach, ReadOnly};
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
    /// A forked child may use the device as its parent does.
    ///
    /// # Errors
    /// What was tried, what the system answered, and what to do about it.
    pub fn open(node: impl AsRef<Path>) -> Result<Self, OpenError> {
        open_either::<D>(node.as_ref(), Rights::ReadWrite).map(Opened::into_device)
    }

    /// As [`open`](Device::open), for reading only. Handles have no method that
    /// changes the device, and the mapping is not writable.
    ///
    /// # Errors
    /// As [`open`](Device::open).
    pub fn open_read_only(node: impl AsRef<Path>) -> Result<Device<D, ReadOnly>, OpenError> {
        open_either::<D>(node.as_ref(), Rights::Read).map(Opened::into_device)
    }

    /// Opens the instance with this name in the description (`"adc0"`), whatever
    /// number its node has: through the driver, else through UIO.
    ///
    /// # Errors
    /// As [`open`](Device::open), and when the map has no such instance, or neither
    /// the driver nor UIO has a device at its address.
    pub fn open_instance(name: &str) -> Result<Self, OpenError> {
        open_instance::<D>(name, Rights::ReadWrite).map(Opened::into_device)
    }

    /// Uses a descriptor that is already open: inherited, or passed over a socket.
    ///
    /// It keeps its flags. If it is opened without `O_NONBLOCK`, and several threads
    /// or processes wait for the first interrupt through it, a wait may last longer
    /// than its timeout. Nodes that this crate opens itself have the flag.
    ///
    /// # Errors
    /// As [`open`](Device::open), and when it is not open for reading and writing.
    pub fn from_fd(node: OwnedFd) -> Result<Self, OpenError> {
        let rights = Rights::ReadWrite;
        let opened = must_be_a_device(node)
            .and_then(must_be_for_both)
            .and_then(|node| map_node::<D>(node, rights));
        let opened = opened.map_err(explain::<D>(Path::new(DESCRIPTOR), rights));
        opened.map(Opened::into_device)
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
    /// the map has any. When several UIO devices have this name.
    pub fn open_uio(name: &str) -> Result<Self, OpenError> {
        let rights = Rights::ReadWrite;
        let found = uio::find(name).map_err(explain::<D>(Path::new(name), rights))?;
        open_found::<D>(&found, rights).map(Opened::into_device)
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
        let opened = must_be_aligned::<D>(base, base).and_then(|()| map_physical::<D>(base));
        let device = opened.map(|region| Device::of_at_least(region).at(base));
        device.map_err(explain::<D>(path, Rights::ReadWrite))
    }
}

/// A mapped node.
struct Opened {
    /// At least as large as the block, and as aligned.
    region: Region,
    node: Node,
    /// Physical address of the block.
    base: u64,
}

impl Opened {
    fn into_device<D: Block, B>(self) -> Device<D, B>
    where
        B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>,
    {
        Device::of_node((self.region, self.node)).at(self.base)
    }
}

/// An error for a failure, with the path and the block.
fn explain<D: Block>(path: &Path, rights: Rights) -> impl FnOnce(Failure) -> OpenError {
    move |failure| OpenError {
        block: D::NAME,
        size: D::SIZE,
        align: D::ALIGN,
        path: path.into(),
        rights,
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
fn open_either<D: Block>(node: &Path, rights: Rights) -> Result<Opened, OpenError> {
    let path = path_of(node);
    match open_driver::<D>(&path, rights) {
        Err(Failure::Open(Errno::NOENT)) => open_in_place_of::<D>(&path, rights),
        opened => opened.map_err(explain::<D>(&path, rights)),
    }
}

/// Maps the node of a generated driver.
fn open_driver<D: Block>(path: &Path, rights: Rights) -> Result<Opened, Failure> {
    let opened = open_node(path, rights.to_open()).and_then(|node| map_node::<D>(node, rights));
    match opened {
        Err(Failure::Ask(_)) if uio::is_node(path) => Err(Failure::IsUio),
        opened => opened,
    }
}

/// Maps the UIO device in place of a driver's node that does not exist.
fn open_in_place_of<D: Block>(path: &Path, rights: Rights) -> Result<Opened, OpenError> {
    let name = path.strip_prefix("/dev").ok().and_then(Path::to_str);
    let Some(name) = name else {
        return Err(explain::<D>(path, rights)(Failure::Open(Errno::NOENT)));
    };
    let base = instance::numbered(name, D::NAME, D::INSTANCES);
    let found = uio::in_place_of(name, base).map_err(explain::<D>(path, rights))?;
    open_found::<D>(&found, rights)
}

/// Maps an instance, through the driver or UIO.
fn open_instance<D: Block>(name: &str, rights: Rights) -> Result<Opened, OpenError> {
    let found = instance::find(name, D::INSTANCES);
    match found.map_err(explain::<D>(Path::new(name), rights))? {
        Found::Uio(uio) => open_found::<D>(&uio, rights),
        Found::Driver { node, base } => {
            let opened = open_driver::<D>(&node, rights).and_then(|opened| {
                // Since it was found, another instance may have got the node.
                let is_it = opened.base == base;
                is_it.then_some(opened).ok_or(Failure::NoNodeAt(base))
            });
            opened.map_err(explain::<D>(&node, rights))
        }
    }
}

/// Maps a UIO device, after checking that it has this map.
fn open_found<D: Block>(found: &Uio, rights: Rights) -> Result<Opened, OpenError> {
    let opened = open_node(&found.node, rights.to_open())
        .and_then(|file| map_found::<D>(found, file, rights));
    opened.map_err(explain::<D>(&found.node, rights))
}

fn map_found<D: Block>(found: &Uio, file: OwnedFd, rights: Rights) -> Result<Opened, Failure> {
    found.must_be(D::HASH)?;
    let window = found.window(D::SIZE)?;
    let (base, before) = (found.base, found.before);
    must_be_aligned::<D>(base, before as u64)?;
    let region = map::windows(&file, D::SIZE, before, &[window], rights);
    let region = region.map_err(Failure::Map)?;
    identity::check(&region, D::IDENTITY)?;
    let node = Node::Uio { file, before };
    Ok(Opened { region, node, base })
}

/// Maps an open node of a generated driver.
fn map_node<D: Block>(node: OwnedFd, rights: Rights) -> Result<Opened, Failure> {
    let info = info_of::<D>(&node)?;
    let (base, before) = (info.base, info.before);
    must_be_aligned::<D>(base, before as u64)?;
    let region = map::windows(&node, D::SIZE, before, &info.windows, rights);
    let region = region.map_err(Failure::Map)?;
    // SAFETY: the driver reports of each that it is mapped so.
    let region = unsafe { region.with_memory(info.has_memory(D::MEMORY_WINDOWS)) };
    let node = Node::Driver(node);
    Ok(Opened { region, node, base })
}

/// What the driver reports, after checking that it has this map.
fn info_of<D: Block>(node: &OwnedFd) -> Result<Info, Failure> {
    let info = info::ask(node)?;
    if info.hash != D::HASH {
        return Err(Failure::OtherMap {
            expected: D::HASH,
            found: info.hash,
            version: info.version,
        });
    }
    Ok(info)
}

fn map_physical<D: Block>(base: u64) -> Result<Region, Failure> {
    let flags = OFlags::RDWR | OFlags::SYNC;
    let memory = open_node(Path::new("/dev/mem"), flags).map_err(|failure| match failure {
        Failure::Open(errno) => Failure::OpenMemory(errno),
        other => other,
    })?;
    let region = map::physical(&memory, base, D::SIZE).map_err(Failure::MapMemory)?;
    identity::check(&region, D::IDENTITY)?;
    Ok(region)
}

/// The block can begin at this physical address, and at this offset in its page.
fn must_be_aligned<D: Block>(base: u64, before: u64) -> Result<(), Failure> {
    let is_aligned = |at: u64| at.is_multiple_of(D::ALIGN as u64);
    match is_aligned(base) && is_aligned(before) {
        true => Ok(()),
        false => Err(Failure::Misaligned(base)),
    }
}

/// Opens a node. Neither the call nor a read waits, for whatever file it is: of
/// several threads that wait for an event, only one takes it.
fn open_node(path: &Path, rights: OFlags) -> Result<OwnedFd, Failure> {
    let flags = rights | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
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

fn must_be_for_both(node: OwnedFd) -> Result<OwnedFd, Failure> {
    let rights = fcntl_getfl(&node).map_err(Failure::Open)? & OFlags::RWMODE;
    match rights == OFlags::RDWR {
        true => Ok(node),
        false => Err(Failure::NotForBoth),
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

    /// As a timer with registers of 32 bits, after four bytes of something else.
    enum Narrow {}

    impl Block for Narrow {
        const NAME: &'static str = "narrow";
        const SIZE: usize = 16;
        const ALIGN: usize = 4;
        const HASH: u64 = 1;
        const ITEMS: &'static [crate::table::Item] = &[];
        type Registers<'a, B: crate::Bus> = crate::Place<'a, 16, 4, B>;
        fn registers<B: crate::Bus>(root: crate::Root<'_, Self, B>) -> Self::Registers<'_, B> {
            root.place()
        }
    }

    #[test]
    fn a_block_is_as_aligned_as_its_widest_access() {
        assert_eq!(must_be_aligned::<Narrow>(0x4000_0004, 4), Ok(()));
        for (base, before) in [(0x4000_0002, 2), (0x4000_0004, 2), (0x4000_0002, 4)] {
            let refused = must_be_aligned::<Narrow>(base, before);
            assert_eq!(refused, Err(Failure::Misaligned(base)));
        }
        let error = explain::<Narrow>(Path::new("/dev/narrow0"), Rights::Read);
        let text = error(Failure::Misaligned(0x4000_0002)).to_string();
        for part in ["narrow would begin at 0x40000002", "a multiple of 4"] {
            assert!(text.contains(part), "{text}");
        }
        // The same blocks by a region.
        let memory = |before: usize| {
            let whole = std::boxed::Box::leak(std::boxed::Box::new([0_u64; 3]));
            let base = core::ptr::NonNull::from(whole).cast::<u8>();
            // SAFETY: it stays until the process ends.
            unsafe { Region::from_raw(base.add(before), 16) }.unwrap()
        };
        assert!(Device::<Narrow>::new(memory(4)).is_ok());
        assert!(Device::<Narrow>::new(memory(2)).is_err());
    }

    #[test]
    fn a_node_that_the_crate_opens_does_not_wait() {
        let node = open_node(Path::new("/dev/null"), OFlags::RDWR).unwrap();
        assert!(fcntl_getfl(&node).unwrap().contains(OFlags::NONBLOCK));
    }

    /// Opening one for reading waits for a writer.
    #[test]
    fn a_fifo_is_refused_at_once() {
        let fifo = std::env::temp_dir().join(std::format!("regloom-fifo-{}", std::process::id()));
        let mode = Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, FileType::Fifo, mode, 0).unwrap();
        let opened = Device::<Scratch>::open_read_only(&fifo).map(drop);
        std::fs::remove_file(&fifo).unwrap();
        let kind = opened.map_err(|error| error.kind());
        assert_eq!(kind, Err(OpenErrorKind::NotADevice));
    }

    #[test]
    fn a_descriptor_for_reading_is_refused_with_the_reason() {
        let node = std::fs::File::open("/dev/null").unwrap();
        let opened = Device::<Scratch>::from_fd(node.into()).map(drop);
        let error = opened.expect_err("it is for reading only");
        assert_eq!(error.kind(), OpenErrorKind::PermissionDenied);
        let text = error.to_string();
        assert!(text.contains("O_RDWR") && !text.contains("ls -l"), "{text}");
    }

    #[test]
    fn the_error_for_a_uio_node_names_the_call() {
        let error = explain::<Scratch>(Path::new("/dev/uio0"), Rights::Read)(Failure::IsUio);
        assert_eq!(error.kind(), OpenErrorKind::OtherDriver);
        let text = error.to_string();
        assert!(text.contains("`open_uio(\"uio0\")`"), "{text}");
    }

    #[test]
    fn the_error_for_devices_of_one_name_lists_them() {
        let device = |node: &str, base| failure::Located {
            node: node.into(),
            base,
        };
        let both = [
            device("/dev/uio0", 0x5000_0000),
            device("/dev/uio1", 0x5001_0000),
        ];
        let error = explain::<Scratch>(Path::new("twin"), Rights::Read);
        let error = error(Failure::SameName(both.into()));
        assert_eq!(error.kind(), OpenErrorKind::Ambiguous);
        let text = error.to_string();
        let expected = "cannot open twin: 2 UIO devices have that name: /dev/uio0 at 0x50000000, \
                        /dev/uio1 at 0x50010000; ";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("open_uio(\"uio0\")"), "{text}");
    }

    #[test]
    fn the_error_for_another_map_has_its_version() {
        let path = Path::new("/dev/fpga-mem0");
        let error = explain::<Scratch>(path, Rights::ReadWrite)(Failure::OtherMap {
            expected: 0x12,
            found: 0xab,
            version: [1, 2, 3],
        });
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
