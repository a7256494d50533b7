// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The ioctls, as `regloom.h` has them.

use kernel::{
    ioctl::{
        _IO,
        _IOW,
        _IOWR, //
    },
    page::{
        PAGE_SHIFT,
        PAGE_SIZE, //
    },
    prelude::*,
    transmute::AsBytes,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

use core::mem::size_of;

use super::node::Shared;

const LETTER: u32 = 0xd5;

pub(super) const INFO: u32 = _IOWR::<Info>(LETTER, 0);
pub(super) const SELECT: u32 = _IO(LETTER, 1);
pub(super) const ENABLE: u32 = _IOW::<u32>(LETTER, 2);
pub(super) const DISABLE: u32 = _IOW::<u32>(LETTER, 3);
pub(super) const UPDATE: u32 = _IOWR::<Update>(LETTER, 4);

/// `struct regloom_update`: offset, clear, set, value.
pub(super) type Update = [u32; 4];

/// Version of the structures.
const ABI: u32 = 2;

const WINDOW_WRITE: u32 = 0x1;
const WINDOW_MEMORY: u32 = 0x2;

/// `struct regloom_info`.
#[repr(C)]
pub(super) struct Info {
    argsz: u32,
    abi: u32,
    hash: u64,
    base: u64,
    size: u64,
    version: [u32; 3],
    before: u32,
    interrupts: u32,
    windows: u32,
    windows_at: u32,
    window_size: u32,
}

/// `struct regloom_window`.
#[repr(C)]
struct InfoWindow {
    offset: u64,
    size: u64,
    flags: u32,
    reserved: u32,
}

// SAFETY: It has no padding: two words of four bytes, three of eight, eight of four.
unsafe impl AsBytes for Info {}

// SAFETY: It has no padding: two words of eight bytes, two of four.
unsafe impl AsBytes for InfoWindow {}

impl Shared {
    /// Answers [`INFO`].
    pub(super) fn info(&self, user: UserPtr) -> Result {
        let argsz = UserSlice::new(user, size_of::<u32>());
        let room = argsz.reader().read::<u32>()? as usize;
        if room < size_of::<Info>() {
            return Err(EINVAL);
        }

        let (device, pages) = (self.device, &self.pages);
        let windows = &pages.windows;
        let all = size_of::<Info>() + windows.len() * size_of::<InfoWindow>();
        let mut user = UserSlice::new(user, room.min(all)).writer();
        user.write(&Info {
            argsz: all as u32,
            abi: ABI,
            hash: device.hash,
            base: pages.start(),
            size: device.size as u64,
            version: device.version,
            before: pages.before as u32,
            interrupts: device.interrupts.len() as u32,
            windows: windows.len() as u32,
            windows_at: size_of::<Info>() as u32,
            window_size: size_of::<InfoWindow>() as u32,
        })?;
        for window in windows {
            if user.len() < size_of::<InfoWindow>() {
                break;
            }
            let write = if window.write { WINDOW_WRITE } else { 0 };
            let memory = if window.memory { WINDOW_MEMORY } else { 0 };
            user.write(&InfoWindow {
                offset: (window.first << PAGE_SHIFT) as u64,
                size: (window.count * PAGE_SIZE) as u64,
                flags: write | memory,
                reserved: 0,
            })?;
        }
        Ok(())
    }
}
