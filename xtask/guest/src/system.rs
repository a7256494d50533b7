// SPDX-License-Identifier: MIT OR Apache-2.0

//! System calls with arguments that no safe function passes on.
#![expect(unsafe_code, reason = "what a driver makes of bad addresses is tested")]

use std::ffi::{c_int, c_void};
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use rustix::param::page_size;

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

/// Memory for what a call takes and gives: all that a call's number can speak of.
#[derive(Debug)]
pub(crate) struct Argument {
    bytes: Box<[u8]>,
}

impl Argument {
    /// The largest size that fits into the number of a call, and a page.
    const SIZE: usize = (1 << 14) + 0x1000;

    /// Memory with one value in all its bytes.
    pub(crate) fn filled(value: u8) -> Self {
        Self {
            bytes: vec![value; Self::SIZE].into_boxed_slice(),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn put_u32(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_ne_bytes());
    }

    pub(crate) fn u32(&self, at: usize) -> u32 {
        u32::from_ne_bytes(std::array::from_fn(|byte| self.bytes[at + byte]))
    }

    pub(crate) fn u64(&self, at: usize) -> u64 {
        u64::from_ne_bytes(std::array::from_fn(|byte| self.bytes[at + byte]))
    }
}

/// `ioctl` with the address of an argument.
pub(crate) fn ioctl(file: impl AsFd, call: u32, argument: &mut Argument) -> Result<(), Errno> {
    let address = argument.bytes.as_mut_ptr();
    // SAFETY: a driver writes what the call's number speaks of, or what the argument
    // says there is room for. The argument has room for the first; where a test says
    // that there is more, the driver still has less to tell.
    let answer = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), call.into(), address) };
    nothing_or_error(answer)
}

/// `ioctl` with a number for an argument.
pub(crate) fn ioctl_number(file: impl AsFd, call: u32, argument: usize) -> Result<(), Errno> {
    // SAFETY: the call is one that takes its argument for a number.
    let answer = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), call.into(), argument) };
    nothing_or_error(answer)
}

/// `ioctl` with an address where the process has no memory.
pub(crate) fn ioctl_nowhere(file: impl AsFd, call: u32) -> Result<(), Errno> {
    let address = ptr::without_provenance_mut::<u8>(NOWHERE);
    // SAFETY: the kernel looks at the address before it writes there, and this one
    // is not the process's.
    let answer = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), call.into(), address) };
    nothing_or_error(answer)
}

/// `ioctl` with an argument whose first four bytes, a size, are the last of the process's memory
/// there.
pub(crate) fn ioctl_at_an_edge(
    file: impl AsFd,
    call: u32,
    size: u32,
) -> Result<Result<(), Errno>, Errno> {
    let pages = Pages::with_an_edge()?;
    let argument = pages.last_word();
    // SAFETY: the word is in memory that `pages` has to itself.
    unsafe { argument.write(size) };
    // SAFETY: as above, and what the kernel finds behind the word is no memory of
    // the process.
    let answer = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), call.into(), argument) };
    Ok(nothing_or_error(answer))
}

/// A page of memory, and one behind it that may not be touched.
struct Pages(*mut c_void);

impl Pages {
    fn with_an_edge() -> Result<Self, Errno> {
        let nothing = ProtFlags::empty();
        // SAFETY: without a wanted address, the kernel puts it where nothing else is.
        let first = unsafe {
            mmap_anonymous(ptr::null_mut(), 2 * page_size(), nothing, MapFlags::PRIVATE)
        }?;
        let pages = Self(first);
        let writable = MprotectFlags::READ | MprotectFlags::WRITE;
        // SAFETY: the page is the value's own.
        unsafe { mprotect(first, page_size(), writable) }?;
        Ok(pages)
    }

    fn last_word(&self) -> *mut u32 {
        self.0.cast::<u32>().wrapping_byte_add(page_size() - 4)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the range is the value's own, and no one uses it after this.
        let unmapped = unsafe { munmap(self.0, 2 * page_size()) };
        debug_assert!(unmapped.is_ok(), "memory of the process can be unmapped");
    }
}

fn nothing_or_error(answer: c_int) -> Result<(), Errno> {
    match answer {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

fn length_or_error(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| last_error())
}

/// Why the system call failed that this thread made last.
fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}
