// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a device could not be opened, and what to do about it.

use core::error::Error;
use core::fmt;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::failure::{ABI, Failure};
use crate::region::Region;

/// Why a device could not be opened: what was tried, what the system answered,
/// and (in what it prints) what to do about it.
pub struct OpenError {
    pub(super) block: &'static str,
    pub(super) size: usize,
    pub(super) path: PathBuf,
    pub(super) failure: Failure,
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
    /// It is not a node of a driver that regloom generated, or of a version
    /// that this crate does not know.
    OtherDriver,
    /// The driver, or the node of the device tree, was generated from another
    /// register map.
    OtherMap,
    /// The hardware is not what the register map describes.
    OtherHardware,
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
            Failure::Ask(Errno::NODEV) => OpenErrorKind::NotFound,
            Failure::Ask(_) | Failure::OtherAbi(_) => OpenErrorKind::OtherDriver,
            Failure::OtherMap { .. } | Failure::OtherTree { .. } => OpenErrorKind::OtherMap,
            Failure::NoSuchInstance(_)
            | Failure::NoNodeAt(_)
            | Failure::NoUio
            | Failure::NeitherNodeNorUio => OpenErrorKind::NotFound,
            Failure::TooSmall(_) | Failure::OtherHardware { .. } => OpenErrorKind::OtherHardware,
            Failure::Open(_) | Failure::Map(_) | Failure::Misaligned(_) | Failure::NoSys => {
                OpenErrorKind::Other
            }
        }
    }

    fn advice(&self) -> Advice<'_> {
        Advice(self)
    }
}

/// The same text: a `main` that returns the error prints it.
impl fmt::Debug for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.failure {
            Failure::Map(_) | Failure::Misaligned(_) => "map",
            _ => "open",
        };
        write!(f, "cannot {step} {}: ", self.path.display())?;
        match self.failure {
            Failure::NotADevice => f.write_str("it is not a character device")?,
            Failure::OtherAbi(found) => write!(
                f,
                "its driver has version {found} of the interface, this program has version {ABI}"
            )?,
            Failure::OtherMap {
                expected,
                found,
                version: [major, minor, patch],
            } => write!(
                f,
                "its driver was generated from another register map ({found:#018x}, version \
                 {major}.{minor}.{patch}) than this program ({expected:#018x})"
            )?,
            Failure::OtherTree { expected, found } => write!(
                f,
                "its node in the device tree was generated from another register map \
                 ({found:#018x}) than this program ({expected:#018x})"
            )?,
            Failure::NoSuchInstance(_) => {
                write!(f, "{} has no instance of that name", self.block)?;
            }
            Failure::NoSys => f.write_str("there is no /sys, where instances are found")?,
            Failure::NoNodeAt(base) => {
                write!(f, "neither a driver nor UIO has a device at {base:#x}")?;
            }
            Failure::NoUio => f.write_str("no UIO device has that name")?,
            Failure::NeitherNodeNorUio => {
                f.write_str("there is no such node, and no UIO device in its place")?;
            }
            Failure::Misaligned(at) => {
                write!(f, "{} would begin at {at:#x}", self.block)?;
            }
            Failure::TooSmall(found) => {
                write!(
                    f,
                    "it maps {found:#x} bytes, the block has {:#x}",
                    self.size
                )?;
            }
            Failure::OtherHardware { part, found } => write!(
                f,
                "{} in {} is {found:#x}, the register map has {:#x}",
                part.what, part.register, part.value
            )?,
            Failure::Open(errno) | Failure::Ask(errno) | Failure::Map(errno) => {
                write!(f, "{}", io::Error::from(errno))?;
            }
        }
        write!(f, "; {}", self.advice())
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            Failure::Open(errno) | Failure::Ask(errno) | Failure::Map(errno) => Some(errno),
            _ => None,
        }
    }
}

struct Advice<'a>(&'a OpenError);

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.failure, self.0.kind()) {
            (Failure::NoSuchInstance(instances), _) => {
                f.write_str("its instances are")?;
                instances
                    .iter()
                    .try_for_each(|it| write!(f, " {}", it.name))
            }
            (Failure::NoSys, _) => {
                f.write_str("`mount -t sysfs sysfs /sys`, or open the node by its name")
            }
            (Failure::Misaligned(_), _) => write!(
                f,
                "a block of registers begins at a multiple of {}; correct the address in the \
                 program, the description or the device tree",
                Region::ALIGN
            ),
            (Failure::NoUio, _) => f.write_str(
                "`cat /sys/class/uio/*/name` shows which there are; is the node bound to \
                 uio_pdrv_genirq?",
            ),
            (Failure::NoNodeAt(_) | Failure::NeitherNodeNorUio, kind) => {
                self.by_kind(kind, f)?;
                f.write_str(
                    "; on a kernel without it: `modprobe uio_pdrv_genirq of_id=generic-uio`, \
                     and `cat /sys/class/uio/*/name` shows what UIO has",
                )
            }
            (_, kind) => self.by_kind(kind, f),
        }
    }
}

impl Advice<'_> {
    fn by_kind(&self, kind: OpenErrorKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OpenError {
            block, size, path, ..
        } = self.0;
        let name = path.file_name().unwrap_or(OsStr::new("it")).display();
        match kind {
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
            OpenErrorKind::OtherDriver => write!(
                f,
                "is {name} a node of the driver that regloom generated for {block}? If it is, \
                 generate driver and program with one release of regloom"
            ),
            OpenErrorKind::OtherMap => write!(
                f,
                "which of the two is the FPGA's? Generate the other again with `regloom \
                 generate` from that description"
            ),
            OpenErrorKind::OtherHardware => write!(
                f,
                "load the bitstream that {block} describes, or generate again from the \
                 description of this one"
            ),
            OpenErrorKind::Other => write!(f, "wanted {size:#x} bytes of {block}, read-write"),
        }
    }
}
