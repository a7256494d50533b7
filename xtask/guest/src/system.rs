// SPDX-License-Identifier: MIT OR Apache-2.0

//! System calls with arguments that no safe function passes on.
#![expect(unsafe_code, reason = "what a driver makes of bad addresses is tested")]

use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

use rustix::io::Errno;

/// An address in the first page, which no process has.
const NOWHERE: usize = 0x10;

/// `read` to where the process has no memory.
pub(crate) fn read_to_nowhere(file: impl AsFd, length: usize) -> Result<usize, Errno> {
    let address = ptr::without_provenance_mut(NOWHERE);
    // SAFETY: the kernel looks at the address before it writes there, and this one
    // is not the process's: nothing of the process changes.
    let read = unsafe { libc::read(file.as_fd().as_raw_fd(), address, length) };
    length_or_error(read)
}

/// `write` from where the process has no memory.
pub(crate) fn write_from_nowhere(file: impl AsFd, length: usize) -> Result<usize, Errno> {
    let address = ptr::without_provenance(NOWHERE);
    // SAFETY: the kernel looks at the address before it reads there.
    let written = unsafe { libc::write(file.as_fd().as_raw_fd(), address, length) };
    length_or_error(written)
}

fn length_or_error(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| last_error())
}

/// Why the system call failed that this thread made last.
fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}
