// SPDX-License-Identifier: MIT OR Apache-2.0

//! System calls with arguments that no safe function passes on.
#![expect(
    unsafe_code,
    reason = "the driver's handling of bad addresses is tested"
)]

use std::ffi::c_void;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::ptr;
use std::time::Duration;

use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use rustix::param::page_size;
use rustix::process::Pid;

/// An address in the first page, which no process has.
const BAD_ADDRESS: usize = 0x10;

/// `read` to where the process has no memory.
pub(crate) fn read_to_bad_address(file: impl AsFd, length: usize) -> Result<usize, Errno> {
    let address = ptr::without_provenance_mut(BAD_ADDRESS);
    // SAFETY: the kernel looks at the address before it writes there, and this one
    // is not the process's: nothing of the process changes.
    let read = unsafe { libc::read(file.as_fd().as_raw_fd(), address, length) };
    length_or_error(read)
}

/// `write` from where the process has no memory.
pub(crate) fn write_from_bad_address(file: impl AsFd, length: usize) -> Result<usize, Errno> {
    let address = ptr::without_provenance(BAD_ADDRESS);
    // SAFETY: the kernel looks at the address before it reads there.
    let written = unsafe { libc::write(file.as_fd().as_raw_fd(), address, length) };
    length_or_error(written)
}

/// Reads and writes a register of a mapping in a forked child, which then unmaps it; returns how the
/// child ended.
pub(crate) fn use_and_unmap_in_child(
    mapping: usize,
    length: usize,
    offset: usize,
) -> Result<ExitStatus, Errno> {
    let start = ptr::with_exposed_provenance_mut::<c_void>(mapping);
    // SAFETY: the child does nothing that another thread could have left half done.
    match unsafe { libc::fork() } {
        0 => {
            // SAFETY: the register is in the mapping, which the child has inherited or dies of; what
            // it holds is written back.
            let unmapped = unsafe {
                let register = start.cast::<u32>().byte_add(offset);
                register.write_volatile(register.read_volatile());
                libc::munmap(start, length)
            };
            // SAFETY: this ends the child, without what a process does at its end.
            unsafe { libc::_exit(unmapped) }
        }
        -1 => Err(last_error()),
        child => wait_for(child),
    }
}

/// A forked child that waits, and then reads a word of its memory.
pub(crate) struct WaitingChild {
    id: libc::pid_t,
    /// Closing it ends the waiting.
    end: OwnedFd,
}

impl WaitingChild {
    pub(crate) fn fork(address: usize) -> Result<Self, Errno> {
        let word = ptr::with_exposed_provenance::<u32>(address);
        let (wait, end) = rustix::pipe::pipe()?;
        // SAFETY: the child does nothing that another thread could have left half done.
        match unsafe { libc::fork() } {
            0 => {
                drop(end);
                let mut nothing = 0_u8;
                // SAFETY: the byte has a place, and the word is one of the parent's.
                unsafe {
                    libc::read(wait.as_raw_fd(), ptr::from_mut(&mut nothing).cast(), 1);
                    word.read_volatile();
                    libc::_exit(0)
                }
            }
            -1 => Err(last_error()),
            id => Ok(Self { id, end }),
        }
    }

    /// Has it read, and returns how it ended.
    pub(crate) fn read(self) -> Result<ExitStatus, Errno> {
        drop(self.end);
        wait_for(self.id)
    }
}

/// Of <asm-generic/fcntl.h>, which the `libc` crate has not for every target.
const F_SETOWN_EX: libc::c_int = 15;
const F_OWNER_TID: libc::c_int = 0;

/// `struct f_owner_ex`.
#[repr(C)]
struct Owner {
    kind: libc::c_int,
    id: libc::pid_t,
}

/// Asks for a signal for each event of a file, which stays pending in this thread; returns whether one
/// came within a time of whole seconds once `raise` was called.
pub(crate) fn gets_signal<T>(
    file: impl AsFd,
    limit: Duration,
    raise: impl FnOnce() -> T,
) -> Result<(T, bool), Errno> {
    let file = file.as_fd().as_raw_fd();
    // SAFETY: the set has a place, and is filled in before it is used.
    let signals = unsafe {
        let mut signals = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut signals);
        libc::sigaddset(&raw mut signals, libc::SIGIO);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signals, ptr::null_mut());
        signals
    };
    // SAFETY: the owner is this thread, where the signal is blocked.
    unsafe {
        let owner = Owner {
            kind: F_OWNER_TID,
            id: libc::gettid(),
        };
        if libc::fcntl(file, F_SETOWN_EX, &raw const owner) == -1 {
            return Err(last_error());
        }
        let flags = libc::fcntl(file, libc::F_GETFL);
        if libc::fcntl(file, libc::F_SETFL, flags | libc::O_ASYNC) == -1 {
            return Err(last_error());
        }
    }
    let outcome = raise();
    // SAFETY: it has no other field that must be set.
    let mut time = unsafe { std::mem::zeroed::<libc::timespec>() };
    time.tv_sec = limit.as_secs().try_into().unwrap_or(0);
    // SAFETY: the set and the time are there during the call, and no information is asked for.
    let signal =
        unsafe { libc::sigtimedwait(&raw const signals, ptr::null_mut(), &raw const time) };
    Ok((outcome, signal == libc::SIGIO))
}

/// How many page faults this thread has taken that no file had to be read for.
pub(crate) fn page_faults() -> Result<libc::c_long, Errno> {
    // SAFETY: it has no field that must not be 0.
    let mut usage = unsafe { std::mem::zeroed::<libc::rusage>() };
    // SAFETY: the answer has a place.
    nothing_or_error(unsafe { libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) })?;
    Ok(usage.ru_minflt)
}

/// Locks the memory that the process has and will have, or ends that.
pub(crate) fn lock_all_memory(on: bool) -> Result<(), Errno> {
    // SAFETY: no memory is changed by it.
    nothing_or_error(unsafe {
        if on {
            libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE)
        } else {
            libc::munlockall()
        }
    })
}

/// Waits until the console has sent all that was printed.
pub(crate) fn drain_console() -> Result<(), Errno> {
    // SAFETY: it waits, and changes nothing.
    nothing_or_error(unsafe { libc::tcdrain(libc::STDOUT_FILENO) })
}

/// Gives this thread mounts of its own, which are at first those of its process.
pub(crate) fn unshare_mounts() -> Result<(), Errno> {
    // SAFETY: what the thread mounts from now on, no other thread sees.
    nothing_or_error(unsafe { libc::unshare(libc::CLONE_NEWNS) })
}

fn wait_for(child: libc::pid_t) -> Result<ExitStatus, Errno> {
    let mut status = 0;
    // SAFETY: the status has a place.
    match unsafe { libc::waitpid(child, &raw mut status, 0) } {
        -1 => Err(last_error()),
        _ => Ok(ExitStatus::from_raw(status)),
    }
}

/// Reads a word of another process's memory, as a debugger does.
pub(crate) fn peek(process: Pid, address: usize) -> Result<u32, Errno> {
    let id = process.as_raw_nonzero().get();
    let nothing = ptr::null_mut::<c_void>();
    // SAFETY: to be attached to stops the other process, and changes nothing of this one.
    nothing_or_error(unsafe { libc::ptrace(libc::PTRACE_ATTACH, id, nothing, nothing) })?;
    wait_for(id)?;
    let word = peek_attached(id, address);
    // SAFETY: the other process is let go as it was.
    nothing_or_error(unsafe { libc::ptrace(libc::PTRACE_DETACH, id, nothing, nothing) })?;
    word
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the word is the lower half"
)]
fn peek_attached(id: libc::pid_t, address: usize) -> Result<u32, Errno> {
    let address = ptr::without_provenance_mut::<c_void>(address);
    // SAFETY: every thread has a place for its last error. Any word may be what is
    // read: only the error says that none was.
    unsafe { *libc::__errno_location() = 0 };
    // SAFETY: it is the other process's memory that is read.
    let word = unsafe { libc::ptrace(libc::PTRACE_PEEKDATA, id, address, 0) };
    match io::Error::last_os_error() {
        error if error.raw_os_error() == Some(0) => Ok(word as u32),
        _ => Err(last_error()),
    }
}

/// Reads a word of another process's memory in one call.
pub(crate) fn read_of_process(process: Pid, address: usize) -> Result<u32, Errno> {
    let mut word = 0_u32;
    let here = libc::iovec {
        iov_base: ptr::from_mut(&mut word).cast(),
        iov_len: size_of::<u32>(),
    };
    let there = libc::iovec {
        iov_base: ptr::without_provenance_mut(address),
        iov_len: size_of::<u32>(),
    };
    let id = process.as_raw_nonzero().get();
    // SAFETY: what is written is `word`, which is there and has the length.
    let read = unsafe { libc::process_vm_readv(id, &raw const here, 1, &raw const there, 1, 0) };
    length_or_error(read)?;
    Ok(word)
}

/// Memory for a call's argument, of the largest size that a call's number can have.
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
    // SAFETY: a driver writes as much as the call's number says, or what the argument
    // says there is room for. The argument has room for the first; where a test says
    // that there is more, the driver's answer is still shorter.
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
pub(crate) fn ioctl_bad_address(file: impl AsFd, call: u32) -> Result<(), Errno> {
    let address = ptr::without_provenance_mut::<u8>(BAD_ADDRESS);
    // SAFETY: the kernel looks at the address before it writes there, and this one
    // is not the process's.
    let answer = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), call.into(), address) };
    nothing_or_error(answer)
}

/// `ioctl` with an argument whose first four bytes, a size, are the last of the process's memory
/// there.
pub(crate) fn ioctl_at_page_end(
    file: impl AsFd,
    call: u32,
    size: u32,
) -> Result<Result<(), Errno>, Errno> {
    let pages = Pages::with_guard_page()?;
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
    fn with_guard_page() -> Result<Self, Errno> {
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

fn nothing_or_error(answer: impl Into<i64>) -> Result<(), Errno> {
    match answer.into() {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

fn length_or_error(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| last_error())
}

/// Why the system call failed that this thread made last.
fn last_error() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}
