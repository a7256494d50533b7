// SPDX-License-Identifier: MIT OR Apache-2.0

//! Opening the device node that the generated driver makes.
#![expect(unsafe_code, reason = "maps a device node, and unmaps it")]

use core::error::Error;
use core::fmt;
use core::ptr::{NonNull, null_mut};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

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
        match map_node(&path, B::SIZE) {
            Ok(region) => Ok(Device::of_at_least(region)),
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

fn map_node(path: &Path, size: usize) -> Result<Region, Failure> {
    let node = open_node(path)?;
    map(&node, size).map_err(Failure::Map)
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

/// Whole pages from the node's first byte on, as many as hold `size` bytes. The
/// mapping outlives the descriptor.
fn map(node: &OwnedFd, size: usize) -> Result<Region, Errno> {
    let page = rustix::param::page_size();
    let len = size
        .max(1)
        .checked_next_multiple_of(page)
        .ok_or(Errno::NOMEM)?;
    let rights = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the kernel chooses an address that is free.
    let base = unsafe { rustix::mm::mmap(null_mut(), len, rights, MapFlags::SHARED, node, 0)? };
    let base = NonNull::new(base.cast()).ok_or(Errno::NOMEM)?;
    // SAFETY: the mapping was just made, is ours alone, and `unmap` ends it.
    Ok(unsafe { Region::owned(base, len, unmap) })
}

/// # Safety
/// `base` and `len` are those of a mapping, and nothing uses it afterwards.
unsafe fn unmap(base: NonNull<u8>, len: usize) {
    // SAFETY: the caller's promise is what `munmap` asks for. It fails only for
    // a range that was never mapped; then there is nothing to release.
    let _ = unsafe { rustix::mm::munmap(base.as_ptr().cast(), len) };
}

/// Why a device could not be opened: what was tried, what the system answered,
/// and (in what it prints) what to do about it.
#[derive(Debug)]
pub struct OpenError {
    block: &'static str,
    size: usize,
    path: PathBuf,
    failure: Failure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Open(Errno),
    NotADevice,
    Map(Errno),
}

/// What kind of failure an [`OpenError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenErrorKind {
    /// There is no such node, or no device behind it.
    NotFound,
    /// This user may not use it.
    PermissionDenied,
    /// It is not a character device.
    NotADevice,
    /// The driver does not map as much as the block has.
    SizeMismatch,
    /// Anything else; [`Error::source`] has the system's answer.
    Other,
}

impl OpenError {
    /// The path that was tried.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> OpenErrorKind {
        match self.failure {
            Failure::Open(Errno::NOENT | Errno::NODEV | Errno::NXIO) => OpenErrorKind::NotFound,
            Failure::Open(Errno::ACCESS | Errno::PERM)
            | Failure::Map(Errno::ACCESS | Errno::PERM) => OpenErrorKind::PermissionDenied,
            Failure::NotADevice => OpenErrorKind::NotADevice,
            Failure::Map(Errno::INVAL | Errno::NXIO) => OpenErrorKind::SizeMismatch,
            Failure::Open(_) | Failure::Map(_) => OpenErrorKind::Other,
        }
    }

    fn errno(&self) -> Option<Errno> {
        match self.failure {
            Failure::Open(errno) | Failure::Map(errno) => Some(errno),
            Failure::NotADevice => None,
        }
    }

    fn advice(&self) -> Advice<'_> {
        Advice(self)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.failure {
            Failure::Map(_) => "map",
            Failure::Open(_) | Failure::NotADevice => "open",
        };
        write!(f, "cannot {step} {}: ", self.path.display())?;
        match self.errno() {
            Some(errno) => write!(f, "{}", io::Error::from(errno))?,
            None => f.write_str("it is not a character device")?,
        }
        write!(f, "; {}", self.advice())
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            Failure::Open(errno) | Failure::Map(errno) => Some(errno),
            Failure::NotADevice => None,
        }
    }
}

struct Advice<'a>(&'a OpenError);

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OpenError {
            block, size, path, ..
        } = self.0;
        let name = path.file_name().unwrap_or(OsStr::new("it")).display();
        match self.0.kind() {
            OpenErrorKind::NotFound => write!(
                f,
                "is the driver of {block} loaded, and bound to its device-tree node? \
                 `dmesg` says what it found, `ls /dev` which devices there are"
            ),
            OpenErrorKind::PermissionDenied => write!(
                f,
                "`ls -l {}` shows which user or group may use it",
                path.display()
            ),
            OpenErrorKind::NotADevice => write!(
                f,
                "give the node that the driver of {block} makes, such as /dev/{block}0"
            ),
            OpenErrorKind::SizeMismatch => write!(
                f,
                "{block} has {size:#x} bytes here and {name} maps fewer: were driver and \
                 program generated from the same description?"
            ),
            OpenErrorKind::Other => write!(f, "wanted {size:#x} bytes of {block}, read-write"),
        }
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

    fn failure(path: &str, size: usize) -> OpenError {
        let path = path_of(Path::new(path)).into_owned();
        let failure = map_node(&path, size).expect_err("no such device");
        OpenError {
            block: "fpga-mem",
            size,
            path,
            failure,
        }
    }

    #[test]
    fn a_missing_node_asks_for_the_driver() {
        let error = failure("no-such-node-here0", 4096);
        assert_eq!(error.kind(), OpenErrorKind::NotFound);
        let text = error.to_string();
        assert!(text.contains("/dev/no-such-node-here0"), "{text}");
        assert!(text.contains("driver of fpga-mem"), "{text}");
    }

    #[test]
    fn a_file_is_no_device() {
        let file = std::env::temp_dir().join(std::format!("regloom-mmio-{}", std::process::id()));
        std::fs::write(&file, b"not a device").unwrap();
        let error = failure(file.to_str().unwrap(), 4096);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(error.kind(), OpenErrorKind::NotADevice);
    }

    #[test]
    fn a_device_that_cannot_be_mapped_says_so() {
        let error = failure("null", 4096);
        assert!(matches!(error.failure, Failure::Map(_)), "{error}");
        assert!(error.to_string().starts_with("cannot map /dev/null"));
    }

    #[test]
    fn a_mapping_is_whole_pages_and_goes_with_the_region() {
        let zero = open_node(Path::new("/dev/zero")).unwrap();
        let region = map(&zero, 12).unwrap();
        assert_eq!(region.len(), rustix::param::page_size());
        region.store(8, 0x55u32).unwrap();
        assert_eq!(region.load::<u32>(8), Some(0x55));
    }
}
