// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver reports of its node, by an ioctl.

use core::mem::size_of;
use std::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::ioctl::{Updater, ioctl, opcode};

use super::failure::{ABI, Failure};

/// The maximum number of windows of a node.
const WINDOWS: usize = 64;

const INFO: rustix::ioctl::Opcode = opcode::read_write::<Header>(0xd5, 0);

/// The part of the answer before the windows.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
struct Header {
    /// Bytes of the answer.
    argsz: u32,
    abi: u32,
    hash: u64,
    size: u64,
    version: [u32; 3],
    before: u32,
    interrupts: u32,
    windows: u32,
}

/// A part of the block that may be mapped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Window {
    /// What to pass to `mmap`.
    pub(super) offset: u64,
    /// Bytes.
    pub(super) size: u64,
    /// 1: may be written.
    flags: u32,
    reserved: u32,
}

impl Window {
    /// A window that may be written.
    pub(super) fn of(offset: u64, size: u64) -> Self {
        Window {
            offset,
            size,
            flags: 1,
            reserved: 0,
        }
    }

    /// A window of the pages of a block of `size` bytes, `before` bytes into the
    /// first page.
    pub(super) fn around(before: usize, size: usize) -> Self {
        let page = rustix::param::page_size() as u64;
        let bytes = (before as u64).saturating_add(size as u64);
        Window::of(0, bytes.div_ceil(page).saturating_mul(page))
    }

    pub(super) fn is_writable(&self) -> bool {
        self.flags & 1 != 0
    }
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Answer {
    header: Header,
    windows: [Window; WINDOWS],
}

/// What the driver reports.
#[derive(Debug)]
pub(super) struct Info {
    /// Hash of the map that the driver was generated from.
    pub(super) hash: u64,
    /// Version of that map.
    pub(super) version: [u32; 3],
    /// Bytes of the first page before the block.
    pub(super) before: usize,
    pub(super) windows: Vec<Window>,
}

/// Queries the driver.
pub(super) fn ask(node: &OwnedFd) -> Result<Info, Failure> {
    let mut answer = Answer {
        header: Header {
            argsz: u32::try_from(size_of::<Answer>()).unwrap_or(u32::MAX),
            ..Header::default()
        },
        windows: [Window::default(); WINDOWS],
    };
    call(node, &mut answer).map_err(Failure::Ask)?;
    let Header {
        abi,
        hash,
        version,
        before,
        windows,
        ..
    } = answer.header;
    if abi != ABI {
        return Err(Failure::OtherAbi(abi));
    }
    let count = usize::try_from(windows).unwrap_or(usize::MAX);
    let windows = answer.windows.get(..count);
    Ok(Info {
        hash,
        version,
        before: usize::try_from(before).map_err(|_| Failure::Ask(Errno::OVERFLOW))?,
        windows: windows.ok_or(Failure::Ask(Errno::OVERFLOW))?.to_vec(),
    })
}

fn call(node: impl AsFd, answer: &mut Answer) -> Result<(), Errno> {
    // SAFETY: the driver writes at most `argsz` bytes, which is the answer's size,
    // and any bytes are a valid answer. Another driver refuses the number, or
    // accesses as many bytes as the number encodes, which the answer has.
    unsafe { ioctl(node, Updater::<INFO, Answer>::new(answer)) }
}
