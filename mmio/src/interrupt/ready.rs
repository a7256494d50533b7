// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waiting until a file has something to report.

use core::time::Duration;
use std::format;
use std::io;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::fs::{fstat, major, minor};
use rustix::io::Errno;

/// Whether there is an event to take before the timeout expires.
pub(super) fn is_ready(file: &OwnedFd, timeout: Option<Duration>) -> io::Result<bool> {
    loop {
        match polled(file, timeout) {
            // It did not wait, so that no signal can have ended the wait.
            Err(Errno::INTR) if timeout == Some(Duration::ZERO) => {}
            Err(Errno::INTR) => return Err(interrupted()),
            polled => return Ok(!polled?.is_empty()),
        }
    }
}

/// UIO has an interrupt for the device.
pub(super) fn uio_must_report(file: &OwnedFd) -> io::Result<()> {
    match polled(file, Some(Duration::ZERO)) {
        Ok(events) if events.contains(PollFlags::ERR) => Err(no_report(is_in_sysfs(file))),
        _ => Ok(()),
    }
}

/// What there is to report when the timeout expires, or earlier.
fn polled(file: &OwnedFd, timeout: Option<Duration>) -> Result<PollFlags, Errno> {
    // A time that the system has no number for is longer than it will run.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut polled = [PollFd::new(file, PollFlags::IN)];
    poll(&mut polled, timeout.as_ref())?;
    Ok(polled[0].revents())
}

fn interrupted() -> io::Error {
    io::Error::new(
        io::ErrorKind::Interrupted,
        "a signal interrupted the wait, and no event was taken: to go on, wait again; \
         `wait_until` keeps the time that was set first",
    )
}

/// Why UIO reports nothing: the device is removed, or never had an interrupt.
fn no_report(is_there: bool) -> io::Error {
    match is_there {
        false => Errno::IO.into(),
        true => io::Error::new(
            io::ErrorKind::Unsupported,
            "UIO has no interrupt for this device: its node in the device tree has no \
             `interrupts`, or UIO was bound without them",
        ),
    }
}

/// The kernel lists the device of a node as long as it has it.
fn is_in_sysfs(file: &OwnedFd) -> bool {
    fstat(file).is_ok_and(|stat| {
        let (major, minor) = (major(stat.st_rdev), minor(stat.st_rdev));
        Path::new(&format!("/sys/dev/char/{major}:{minor}")).exists()
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::string::ToString;

    use super::*;

    #[test]
    fn the_longest_time_of_all_is_a_time() {
        let (file, other) = UnixStream::pair().unwrap();
        rustix::io::write(&other, b"event").unwrap();
        let file = OwnedFd::from(file);
        for timeout in [Duration::MAX, Duration::from_secs(u64::MAX >> 1)] {
            assert!(is_ready(&file, Some(timeout)).unwrap(), "{timeout:?}");
        }
    }

    #[test]
    fn an_interrupted_wait_says_how_to_go_on() {
        let error = interrupted();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        assert!(error.to_string().contains("wait_until"), "{error}");
    }

    #[test]
    fn without_an_interrupt_uio_has_nothing_to_report() {
        let (there, gone) = (no_report(true), no_report(false));
        assert_eq!(there.kind(), io::ErrorKind::Unsupported);
        assert_eq!(gone.raw_os_error(), Some(Errno::IO.raw_os_error()));
        let (file, other) = UnixStream::pair().unwrap();
        let file = OwnedFd::from(file);
        uio_must_report(&file).unwrap();
        // Its other end is gone, and did not read everything: an error, as UIO
        // reports one. It is no device in sysfs.
        rustix::io::write(&file, b"unread").unwrap();
        drop(other);
        uio_must_report(&file).unwrap_err();
    }
}
