// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a device could not be opened, and what to do about it.

use core::error::Error;
use core::fmt;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::failure::{ABI, Failure};
use super::map::Rights;

/// What an error calls a descriptor that was passed; it has no path.
pub(super) const DESCRIPTOR: &str = "the descriptor";

/// Why a device could not be opened: what was tried, what the system answered,
/// and (in what it prints) what to do about it.
pub struct OpenError {
    pub(super) block: &'static str,
    pub(super) size: usize,
    pub(super) align: usize,
    pub(super) path: PathBuf,
    pub(super) rights: Rights,
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
    /// Several devices have this name.
    Ambiguous,
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
        match &self.failure {
            Failure::Open(errno)
            | Failure::OpenMemory(errno)
            | Failure::Map(errno)
            | Failure::MapMemory(errno) => kind_of(*errno),
            // The device was removed since the node was opened.
            Failure::Ask(Errno::NODEV | Errno::NXIO) => OpenErrorKind::NotFound,
            Failure::Ask(_) | Failure::OtherAbi(_) | Failure::IsUio => OpenErrorKind::OtherDriver,
            Failure::NotADevice => OpenErrorKind::NotADevice,
            Failure::NotForBoth => OpenErrorKind::PermissionDenied,
            Failure::OtherMap { .. } | Failure::OtherTree { .. } => OpenErrorKind::OtherMap,
            Failure::NoSuchInstance(_)
            | Failure::NoNodeAt(_)
            | Failure::NoUio
            | Failure::NeitherNodeNorUio => OpenErrorKind::NotFound,
            Failure::SameName(_) => OpenErrorKind::Ambiguous,
            Failure::TooSmall(_) | Failure::OtherHardware { .. } => OpenErrorKind::OtherHardware,
            Failure::Misaligned(_) | Failure::NoSys => OpenErrorKind::Other,
        }
    }

    fn advice(&self) -> Advice<'_> {
        Advice(self)
    }
}

/// The kind of the system's answer to a call that opens or maps.
fn kind_of(errno: Errno) -> OpenErrorKind {
    match errno {
        Errno::NOENT | Errno::NODEV | Errno::NXIO => OpenErrorKind::NotFound,
        Errno::ACCESS | Errno::PERM => OpenErrorKind::PermissionDenied,
        _ => OpenErrorKind::Other,
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
            Failure::Map(_) | Failure::MapMemory(_) | Failure::Misaligned(_) => "map",
            _ => "open",
        };
        write!(f, "cannot {step} {}: ", self.path.display())?;
        self.reason(f)?;
        write!(f, "; {}", self.advice())
    }
}

impl OpenError {
    fn reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.failure {
            Failure::NotADevice => f.write_str("it is not a character device"),
            Failure::NotForBoth => f.write_str("it is not open for reading and writing"),
            Failure::IsUio => f.write_str("it is a UIO device, not a node of the driver"),
            Failure::OtherAbi(found) => write!(
                f,
                "its driver has version {found} of the interface, this program has version {ABI}"
            ),
            Failure::OtherMap {
                expected,
                found,
                version: [major, minor, patch],
            } => write!(
                f,
                "its driver was generated from another register map ({found:#018x}, version \
                 {major}.{minor}.{patch}) than this program ({expected:#018x})"
            ),
            Failure::OtherTree { expected, found } => write!(
                f,
                "its node in the device tree was generated from another register map \
                 ({found:#018x}) than this program ({expected:#018x})"
            ),
            Failure::NoSuchInstance(_) => {
                write!(f, "{} has no instance of that name", self.block)
            }
            Failure::NoSys => f.write_str("there is no /sys, where instances are found"),
            Failure::NoNodeAt(base) => {
                write!(f, "neither a driver nor UIO has a device at {base:#x}")
            }
            Failure::NoUio => f.write_str("no UIO device has that name"),
            Failure::SameName(devices) => {
                write!(f, "{} UIO devices have that name:", devices.len())?;
                devices.iter().enumerate().try_for_each(|(index, it)| {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma} {} at {:#x}", it.node.display(), it.base)
                })
            }
            Failure::NeitherNodeNorUio => {
                f.write_str("there is no such node, and no UIO device in its place")
            }
            Failure::Misaligned(at) => write!(f, "{} would begin at {at:#x}", self.block),
            Failure::TooSmall(found) => write!(
                f,
                "it maps {found:#x} bytes, the block has {:#x}",
                self.size
            ),
            Failure::OtherHardware { part, found } => write!(
                f,
                "{} in {} is {found:#x}, the register map has {:#x}",
                part.what, part.register, part.value
            ),
            Failure::Open(errno)
            | Failure::Ask(errno)
            | Failure::Map(errno)
            | Failure::OpenMemory(errno)
            | Failure::MapMemory(errno) => write!(f, "{}", io::Error::from(*errno)),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            Failure::Open(errno)
            | Failure::Ask(errno)
            | Failure::Map(errno)
            | Failure::OpenMemory(errno)
            | Failure::MapMemory(errno) => Some(errno),
            _ => None,
        }
    }
}

struct Advice<'a>(&'a OpenError);

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.failure {
            Failure::NoSuchInstance(instances) => {
                f.write_str("its instances are")?;
                instances
                    .iter()
                    .try_for_each(|it| write!(f, " {}", it.name))
            }
            Failure::NoSys => {
                f.write_str("`mount -t sysfs sysfs /sys`, or open the node by its name")
            }
            Failure::Misaligned(_) => write!(
                f,
                "a block whose widest access has {align} bytes begins at a multiple of {align}; \
                 correct the address in the program, the description or the device tree",
                align = self.0.align
            ),
            Failure::NotForBoth => f.write_str("open it with O_RDWR before it is passed"),
            Failure::IsUio => write!(f, "`open_uio(\"{}\")` opens it", self.name()),
            Failure::NoUio => f.write_str(
                "`cat /sys/class/uio/*/name` shows which there are; is the node bound to \
                 uio_pdrv_genirq?",
            ),
            Failure::SameName(devices) => {
                let first = devices.first().map(|it| it.node.as_path());
                let number = first
                    .and_then(Path::file_name)
                    .unwrap_or(OsStr::new("uio0"));
                write!(
                    f,
                    "open one by its number (`open_uio(\"{}\")`), or give each a \
                     `linux,uio-name` of its own in the device tree",
                    number.display()
                )
            }
            Failure::NoNodeAt(_) | Failure::NeitherNodeNorUio => {
                self.by_kind(f)?;
                f.write_str(
                    "; on a kernel without it: `modprobe uio_pdrv_genirq of_id=generic-uio`, \
                     and `cat /sys/class/uio/*/name` shows what UIO has",
                )
            }
            Failure::OpenMemory(Errno::PERM) => f.write_str(
                "it needs CAP_SYS_RAWIO, and a kernel that is not locked down (`cat \
                 /sys/kernel/security/lockdown`)",
            ),
            Failure::OpenMemory(Errno::NOENT | Errno::NXIO | Errno::NODEV) => {
                f.write_str("the kernel needs CONFIG_DEVMEM")
            }
            Failure::MapMemory(Errno::PERM) => f.write_str(
                "the kernel refuses these addresses: with CONFIG_STRICT_DEVMEM its own memory, \
                 with CONFIG_IO_STRICT_DEVMEM what a driver has claimed (`cat /proc/iomem`; \
                 unbind that driver), and all of it when it is locked down",
            ),
            _ => self.by_kind(f),
        }
    }
}

impl Advice<'_> {
    fn by_kind(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OpenError { block, path, .. } = self.0;
        match self.0.kind() {
            OpenErrorKind::NotFound => write!(
                f,
                "is the driver of {block} loaded, and bound to its device-tree node? \
                 `dmesg` says what it found, `ls /dev` which devices there are"
            ),
            OpenErrorKind::PermissionDenied if path == Path::new(DESCRIPTOR) => {
                f.write_str("this process may not use what it was passed")
            }
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
                "is {} a node of the driver that regloom generated for {block}? If it is, \
                 generate driver and program with one release of regloom",
                self.name()
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
            OpenErrorKind::Ambiguous | OpenErrorKind::Other => self.by_answer(f),
        }
    }

    /// What the system's answer means, where it is the same for all devices.
    fn by_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OpenError {
            block,
            size,
            rights,
            ..
        } = self.0;
        match self.0.failure {
            Failure::Open(Errno::MFILE) | Failure::OpenMemory(Errno::MFILE) => f.write_str(
                "this process has as many open files as it may have: close some, or raise the \
                 limit (`ulimit -n`)",
            ),
            Failure::Open(Errno::NFILE) | Failure::OpenMemory(Errno::NFILE) => f.write_str(
                "the system has as many open files as it may have (`sysctl fs.file-max`)",
            ),
            Failure::Open(Errno::NOMEM)
            | Failure::Ask(Errno::NOMEM)
            | Failure::Map(Errno::NOMEM)
            | Failure::MapMemory(Errno::NOMEM) => write!(
                f,
                "the system has no memory left, or this process no addresses for {size:#x} \
                 bytes of {block} (`ulimit -v`)"
            ),
            _ => write!(
                f,
                "wanted {size:#x} bytes of {block}, {}",
                rights.in_words()
            ),
        }
    }

    /// The last part of the path.
    fn name(&self) -> std::path::Display<'_> {
        let name = self.0.path.file_name().unwrap_or(OsStr::new("it"));
        Path::new(name).display()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    fn error(failure: Failure) -> OpenError {
        OpenError {
            block: "adc",
            size: 0x1000,
            align: 4,
            path: "/dev/adc0".into(),
            rights: Rights::Read,
            failure,
        }
    }

    fn text(failure: Failure) -> String {
        error(failure).to_string()
    }

    /// Whatever call meets it, a device that is gone is not found.
    #[test]
    fn a_removed_device_is_not_found() {
        for errno in [Errno::NODEV, Errno::NXIO] {
            for failure in [
                Failure::Open(errno),
                Failure::Ask(errno),
                Failure::Map(errno),
            ] {
                assert_eq!(error(failure).kind(), OpenErrorKind::NotFound);
            }
        }
    }

    #[test]
    fn limits_are_explained() {
        assert!(text(Failure::Open(Errno::MFILE)).contains("ulimit -n"));
        assert!(text(Failure::Open(Errno::NFILE)).contains("fs.file-max"));
        assert!(text(Failure::Map(Errno::NOMEM)).contains("ulimit -v"));
        let other = text(Failure::Map(Errno::AGAIN));
        assert!(
            other.ends_with("wanted 0x1000 bytes of adc, read-only"),
            "{other}"
        );
    }

    #[test]
    fn what_keeps_physical_memory_from_a_program_is_named() {
        let refused = error(Failure::MapMemory(Errno::PERM));
        assert_eq!(refused.kind(), OpenErrorKind::PermissionDenied);
        let text = refused.to_string();
        for part in [
            "STRICT_DEVMEM",
            "IO_STRICT_DEVMEM",
            "/proc/iomem",
            "locked down",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("ls -l"), "{text}");
        assert!(
            error(Failure::OpenMemory(Errno::PERM))
                .to_string()
                .contains("CAP_SYS_RAWIO")
        );
        assert!(
            error(Failure::OpenMemory(Errno::ACCESS))
                .to_string()
                .contains("ls -l")
        );
    }
}
