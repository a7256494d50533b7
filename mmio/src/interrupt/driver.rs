// SPDX-License-Identifier: MIT OR Apache-2.0

//! The enable bits of an interrupt, which the generated driver changes under its
//! lock.
#![expect(unsafe_code, reason = "asks the driver by its ioctls")]

use std::io;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::ioctl::{Setter, Updater, ioctl, opcode};

use crate::handling::Change;

/// Sets the enable bits of events.
const ENABLE: rustix::ioctl::Opcode = opcode::write::<u32>(0xd5, 2);

/// Clears them.
const DISABLE: rustix::ioctl::Opcode = opcode::write::<u32>(0xd5, 3);

/// Sets or clears the enable bits of these events of the interrupt that the file
/// reports.
pub(super) fn set_enabled(file: &OwnedFd, events: u32, to: bool) -> io::Result<()> {
    let done = match to {
        // SAFETY: the driver reads four bytes, which the argument has. Another
        // driver refuses the number, or accesses as many bytes as it encodes.
        true => unsafe { ioctl(file, Setter::<ENABLE, u32>::new(events)) },
        // SAFETY: as above.
        false => unsafe { ioctl(file, Setter::<DISABLE, u32>::new(events)) },
    };
    done.map_err(explained)
}

/// `struct regloom_update`: offset, clear, set, value.
type Words = [u32; 4];

/// Changes plain bits of a register.
const UPDATE: rustix::ioctl::Opcode = opcode::read_write::<Words>(0xd5, 4);

/// Changes plain bits of a register that the driver also writes, and returns what it
/// held.
pub(super) fn update(file: &OwnedFd, change: Change) -> io::Result<u32> {
    let at = u32::try_from(change.at).map_err(|_| change.refused())?;
    let mut words = [at, change.clear, change.set, 0];
    // SAFETY: the driver reads and writes 16 bytes, which the argument has. Another
    // driver refuses the number, or accesses as many bytes as it encodes.
    let done = unsafe { ioctl(file, Updater::<UPDATE, Words>::new(&mut words)) };
    let [.., held] = words;
    match done {
        Ok(()) => Ok(held),
        Err(Errno::INVAL) => Err(change.refused()),
        Err(Errno::NOTTY) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the driver cannot update registers: generate driver and program with one release",
        )),
        Err(errno) => Err(explained(errno)),
    }
}

/// Masks or unmasks the interrupt; the driver accepts the same words as UIO.
pub(super) fn set_masked(file: &OwnedFd, masked: bool) -> io::Result<()> {
    let word = u32::from(!masked).to_ne_bytes();
    rustix::io::write(file, &word).map_err(explained)?;
    Ok(())
}

/// An error that states its reason where the system's does not.
fn explained(errno: Errno) -> io::Error {
    match errno {
        Errno::BADF => io::Error::new(
            io::ErrorKind::PermissionDenied,
            "the device was opened for reading only; enabling and masking an interrupt needs \
             it opened for writing too (`open`)",
        ),
        _ => errno.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `driver/regloom.h` has them.
    #[test]
    fn the_commands_are_those_of_the_driver() {
        assert_eq!((ENABLE, DISABLE), (0x4004_d502, 0x4004_d503));
        assert_eq!(UPDATE, 0xc010_d504);
    }

    #[test]
    fn a_file_opened_for_reading_explains_itself() {
        let file = std::fs::File::open("/dev/null").unwrap().into();
        let refused = set_masked(&file, true).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn another_driver_refuses() {
        let file = std::fs::File::open("/dev/null").unwrap().into();
        for to in [true, false] {
            let refused = set_enabled(&file, 1, to).unwrap_err();
            assert_eq!(refused.raw_os_error(), Some(Errno::NOTTY.raw_os_error()));
        }
        let change = Change {
            at: 0,
            clear: 0,
            set: 1,
        };
        let refused = update(&file, change).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
    }
}
