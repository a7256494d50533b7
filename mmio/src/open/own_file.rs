// SPDX-License-Identifier: MIT OR Apache-2.0

//! A separate file for one of several interrupts: each open file of the driver
//! reports one interrupt.

use std::format;
use std::io;
use std::os::fd::AsRawFd;

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, fcntl_getfl};
use rustix::io::Errno;
use rustix::ioctl::{IntegerSetter, ioctl, opcode};

use super::info;

const SELECT: rustix::ioctl::Opcode = opcode::none(0xd5, 1);

/// Opens the node of a generated driver again, to report the interrupt with this
/// index. A read of the file does not wait.
pub(crate) fn for_interrupt(node: &OwnedFd, index: usize) -> io::Result<OwnedFd> {
    let own = another(node)?;
    // The node's number may be reused when the device is removed. While the
    // device's own file works, it has not been.
    info::ask(node).map_err(|_| Errno::NODEV)?;
    select(&own, index)?;
    Ok(own)
}

/// Opens the file of a descriptor again, with the same rights.
fn another(node: &OwnedFd) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", node.as_raw_fd());
    let rights = fcntl_getfl(node)? & OFlags::RWMODE;
    let flags = rights | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    rustix::fs::open(&path, flags, Mode::empty()).map_err(|errno| explained(&path, errno))
}

/// An error for a failed open; where the device was removed, it says only that.
fn explained(path: &str, errno: Errno) -> io::Error {
    let error = io::Error::from(errno);
    match errno {
        Errno::NODEV | Errno::NXIO => Errno::NODEV.into(),
        _ => io::Error::new(
            error.kind(),
            format!(
                "cannot open the device again through {path}, for a separate file of the \
                 interrupt: {error}; the first interrupt needs none (`interrupt()`)"
            ),
        ),
    }
}

fn select(own: &OwnedFd, index: usize) -> Result<(), Errno> {
    // SAFETY: the argument is not an address to the driver. Another driver refuses
    // the command, which encodes no size.
    unsafe { ioctl(own, IntegerSetter::<SELECT>::new_usize(index)) }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::string::ToString;

    use rustix::fs::{SeekFrom, seek};

    use super::*;

    fn file_with(flags: rustix::fs::MemfdFlags) -> OwnedFd {
        let file = rustix::fs::memfd_create("node", flags).unwrap();
        rustix::fs::ftruncate(&file, 16).unwrap();
        file
    }

    #[test]
    fn another_file_is_the_same_node_opened_anew() {
        let node = file_with(rustix::fs::MemfdFlags::CLOEXEC);
        let own = another(&node).unwrap();
        let inode = |file: &OwnedFd| rustix::fs::fstat(file).unwrap().st_ino;
        assert_eq!(inode(&own), inode(&node));
        // A duplicate would share its position.
        seek(&node, SeekFrom::Start(8)).unwrap();
        assert_eq!(seek(&own, SeekFrom::Current(0)), Ok(0));
        assert!(fcntl_getfl(own.as_fd()).unwrap().contains(OFlags::NONBLOCK));
    }

    #[test]
    fn a_file_for_reading_is_opened_for_reading() {
        let file = std::fs::File::open("/dev/null").unwrap();
        let own = another(&file.into()).unwrap();
        assert_eq!(fcntl_getfl(&own).unwrap() & OFlags::RWMODE, OFlags::RDONLY);
    }

    #[test]
    fn a_node_of_another_driver_is_refused() {
        let file = std::fs::File::open("/dev/null").unwrap();
        let refused = for_interrupt(&file.into(), 1).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(Errno::NODEV.raw_os_error()));
        assert_eq!(
            select(&file_with(rustix::fs::MemfdFlags::CLOEXEC), 1),
            Err(Errno::NOTTY)
        );
    }

    #[test]
    fn the_error_without_a_separate_file_has_the_path() {
        let error = explained("/proc/self/fd/3", Errno::ACCESS);
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("/proc/self/fd/3"), "{error}");
        let gone = explained("/proc/self/fd/3", Errno::NXIO);
        assert_eq!(gone.raw_os_error(), Some(Errno::NODEV.raw_os_error()));
    }
}
