// SPDX-License-Identifier: MIT OR Apache-2.0

//! A file of its own for one of several interrupts: the driver lets each open
//! file speak of one.

use std::format;
use std::io;
use std::os::fd::AsRawFd;

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, fcntl_getfl};
use rustix::io::Errno;
use rustix::ioctl::{IntegerSetter, ioctl, opcode};

use super::info;

const SELECT: rustix::ioctl::Opcode = opcode::none(0xd5, 1);

/// Another open file of a node of the generated driver's, that speaks of the
/// interrupt of that index. A read of it does not wait.
pub(crate) fn hearing(node: &OwnedFd, index: usize) -> io::Result<OwnedFd> {
    let own = another(node)?;
    // The node's number may have gone to another device once this one was taken
    // away: as long as the device's file is good, it has not.
    info::ask(node).map_err(|_| Errno::NODEV)?;
    select(&own, index)?;
    Ok(own)
}

/// What the descriptor stands for, opened once more, for as much as it may do.
fn another(node: &OwnedFd) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", node.as_raw_fd());
    let rights = fcntl_getfl(node)? & OFlags::RWMODE;
    let flags = rights | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    rustix::fs::open(&path, flags, Mode::empty()).map_err(|errno| explained(&path, errno))
}

/// Once the device is gone that is all there is to say.
fn explained(path: &str, errno: Errno) -> io::Error {
    let error = io::Error::from(errno);
    match errno {
        Errno::NODEV | Errno::NXIO => Errno::NODEV.into(),
        _ => io::Error::new(
            error.kind(),
            format!(
                "cannot open the device once more, through {path}, for an interrupt's own file: \
                 {error}; the first interrupt needs none (`interrupt()`)"
            ),
        ),
    }
}

fn select(own: &OwnedFd, index: usize) -> Result<(), Errno> {
    // SAFETY: the number is not one of memory, neither to the driver nor, with no
    // size in its command, to another that the command means nothing to.
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
        // A duplicate would move with it.
        seek(&node, SeekFrom::Start(8)).unwrap();
        assert_eq!(seek(&own, SeekFrom::Current(0)), Ok(0));
        assert!(fcntl_getfl(own.as_fd()).unwrap().contains(OFlags::NONBLOCK));
    }

    #[test]
    fn what_may_only_be_read_stays_so() {
        let file = std::fs::File::open("/dev/null").unwrap();
        let own = another(&file.into()).unwrap();
        assert_eq!(fcntl_getfl(&own).unwrap() & OFlags::RWMODE, OFlags::RDONLY);
    }

    #[test]
    fn a_node_of_another_driver_is_refused() {
        let file = std::fs::File::open("/dev/null").unwrap();
        let refused = hearing(&file.into(), 1).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(Errno::NODEV.raw_os_error()));
        assert_eq!(
            select(&file_with(rustix::fs::MemfdFlags::CLOEXEC), 1),
            Err(Errno::NOTTY)
        );
    }

    #[test]
    fn why_there_is_no_own_file_is_told() {
        let told = explained("/proc/self/fd/3", Errno::ACCESS);
        assert_eq!(told.kind(), io::ErrorKind::PermissionDenied);
        assert!(told.to_string().contains("/proc/self/fd/3"), "{told}");
        let gone = explained("/proc/self/fd/3", Errno::NXIO);
        assert_eq!(gone.raw_os_error(), Some(Errno::NODEV.raw_os_error()));
    }
}
