// SPDX-License-Identifier: MIT OR Apache-2.0

//! Opening the device node that the generated driver makes.
#![expect(unsafe_code, reason = "asks a device node, maps it and unmaps it")]

mod error;
mod info;
mod map;

use std::borrow::Cow;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Mode, OFlags};

use self::error::Failure;
pub use self::error::{OpenError, OpenErrorKind};
use crate::device::{Block, Device};
use crate::region::Region;

impl<B: Block> Device<B> {
    /// Opens and maps the device behind a node: the name of one in `/dev`
    /// (`"fpga-mem0"`), or a path with a `/` in it.
    ///
    /// # Errors
    /// What was tried, what the system answered, and what to do about it.
    pub fn open(node: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path_of(node.as_ref());
        match open_as::<B>(&path) {
            Ok((region, node)) => Ok(Device::of_node(region, node)),
            Err(failure) => Err(OpenError {
                block: B::NAME,
                size: B::SIZE,
                path: path.into_owned(),
                failure,
            }),
        }
    }
}

fn path_of(node: &Path) -> Cow<'_, Path> {
    if node.file_name() == Some(node.as_os_str()) {
        Cow::Owned(Path::new("/dev").join(node))
    } else {
        Cow::Borrowed(node)
    }
}

fn open_as<B: Block>(path: &Path) -> Result<(Region, OwnedFd), Failure> {
    let node = open_node(path)?;
    let info = info::ask(&node)?;
    if info.hash != B::HASH {
        return Err(Failure::OtherMap {
            expected: B::HASH,
            found: info.hash,
            version: info.version,
        });
    }
    let region = map::windows(&node, B::SIZE, info.before, &info.windows);
    Ok((region.map_err(Failure::Map)?, node))
}

fn open_node(path: &Path) -> Result<OwnedFd, Failure> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY;
    let node = rustix::fs::open(path, flags, Mode::empty()).map_err(Failure::Open)?;
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
    fn a_missing_node_asks_for_the_driver() {
        let error = failure("no-such-node-here0");
        assert_eq!(error.kind(), OpenErrorKind::NotFound);
        let text = error.to_string();
        assert!(text.contains("/dev/no-such-node-here0"), "{text}");
        assert!(text.contains("driver of fpga-mem"), "{text}");
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
    fn another_drivers_node_says_so() {
        let error = failure("null");
        assert_eq!(error.kind(), OpenErrorKind::OtherDriver);
        let text = error.to_string();
        assert!(text.starts_with("cannot open /dev/null"), "{text}");
    }

    #[test]
    fn another_map_is_named_with_its_version() {
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
