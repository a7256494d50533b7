// SPDX-License-Identifier: MIT OR Apache-2.0

//! Mappings of a device, asked for with whatever arguments a test wants.
//!
//! All that is `unsafe` in the guest is here.
#![expect(unsafe_code, reason = "mapping a device is what is tested")]

use std::ffi::c_void;
use std::os::fd::AsFd;
use std::ptr;

use rustix::io::Errno;
use rustix::mm::{
    Advice, MapFlags, MprotectFlags, MremapFlags, ProtFlags, madvise, mmap, mmap_anonymous,
    mprotect, mremap, mremap_fixed, munmap,
};

use crate::scenario::Window;

/// The arguments of `mmap`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) length: usize,
    pub(crate) offset: u64,
    pub(crate) protection: ProtFlags,
    pub(crate) flags: MapFlags,
}

impl Request {
    /// What a program asks for to read and write a block.
    pub(crate) fn whole(size: usize) -> Self {
        Self {
            length: size,
            offset: 0,
            protection: ProtFlags::READ.union(ProtFlags::WRITE),
            flags: MapFlags::SHARED,
        }
    }

    /// What a program asks for to have all of a window, in all ways that it may.
    pub(crate) fn window(window: &Window) -> Self {
        let mut request = Self::whole(window.size);
        request.offset = window.offset;
        if !window.write {
            request.protection = ProtFlags::READ;
        }
        request
    }

    /// Asks for the mapping.
    pub(crate) fn map(&self, device: impl AsFd) -> Result<Mapping, Errno> {
        // SAFETY: without MAP_FIXED and a wanted address, the kernel puts the
        // mapping where nothing else is.
        let address = unsafe {
            mmap(
                ptr::null_mut(),
                self.length,
                self.protection,
                self.flags,
                device,
                self.offset,
            )
        }?;
        Ok(Mapping {
            address,
            length: self.length,
        })
    }
}

/// A mapping, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Mapping {
    address: *mut c_void,
    length: usize,
}

// SAFETY: the address is the process's, not the thread's, and registers are read
// and written by whole words.
unsafe impl Sync for Mapping {}

// SAFETY: as above; any thread may unmap it.
unsafe impl Send for Mapping {}

impl Mapping {
    /// Reads a register; the process dies of SIGBUS when the device is gone.
    pub(crate) fn read(&self, offset: usize) -> u32 {
        self.check(offset);
        // SAFETY: in the mapping and aligned, by the line above; the mapping
        // is readable, and volatile is how a device is read.
        unsafe { self.address.cast::<u32>().byte_add(offset).read_volatile() }
    }

    /// Writes a register.
    pub(crate) fn write(&self, offset: usize, value: u32) {
        self.check(offset);
        // SAFETY: in the mapping and aligned, by the line above; a mapping that may
        // not be written ends the process, and volatile is how a device is written.
        unsafe {
            self.address
                .cast::<u32>()
                .byte_add(offset)
                .write_volatile(value);
        }
    }

    fn check(&self, offset: usize) {
        assert!(
            offset.is_multiple_of(4) && offset.checked_add(4).is_some_and(|end| end <= self.length)
        );
    }

    /// Where it is in the process.
    pub(crate) fn address(&self) -> usize {
        self.address.addr()
    }

    /// Asks for what `madvise` may change.
    pub(crate) fn advise(&self, advice: Advice) -> Result<(), Errno> {
        // SAFETY: the range is this mapping's own, and no advice that a test gives
        // changes what it holds.
        unsafe { madvise(self.address, self.length, advice) }
    }

    /// Asks for another protection.
    pub(crate) fn protect(&self, protection: MprotectFlags) -> Result<(), Errno> {
        // SAFETY: the range is this mapping's own, and nothing but `read` touches it.
        unsafe { mprotect(self.address, self.length, protection) }
    }

    /// Asks for twice the length, wherever there is room.
    pub(crate) fn grow(&mut self) -> Result<(), Errno> {
        let length = self.length * 2;
        // SAFETY: the range is this mapping's own; no pointer into it is kept elsewhere.
        self.address = unsafe { mremap(self.address, self.length, length, MremapFlags::MAYMOVE) }?;
        self.length = length;
        Ok(())
    }
}

impl Mapping {
    /// Moves it to where nothing else is.
    pub(crate) fn relocate(&mut self) -> Result<(), Errno> {
        // SAFETY: without a wanted address, the kernel puts it where nothing else is.
        let place = unsafe {
            mmap_anonymous(
                ptr::null_mut(),
                self.length,
                ProtFlags::empty(),
                MapFlags::PRIVATE,
            )
        }?;
        let flags = MremapFlags::MAYMOVE;
        // SAFETY: both ranges are this mapping's own; no pointer into them is kept elsewhere.
        self.address =
            unsafe { mremap_fixed(self.address, self.length, self.length, flags, place) }?;
        Ok(())
    }
}

impl Mapping {
    /// Memory keeps words that are written at any address, and returns them at once and byte by
    /// byte.
    pub(crate) fn must_keep_unaligned(&self) -> Result<(), String> {
        for at in 0..64 {
            let value = 0x0123_4567_89ab_cdef_u64.rotate_left(at) ^ 0x55;
            let at = at as usize;
            // SAFETY: a test maps more than these bytes, and they are in plain memory.
            let (word, bytes) = unsafe {
                let place = self.address.byte_add(at);
                place.cast::<u64>().write_unaligned(value);
                let mut bytes = [0_u8; 8];
                for (index, byte) in bytes.iter_mut().enumerate() {
                    *byte = place.cast::<u8>().add(index).read_volatile();
                }
                (place.cast::<u64>().read_unaligned(), bytes)
            };
            if word != value || bytes != value.to_ne_bytes() {
                return Err(format!("at {at}: {word:#x}, {bytes:x?}, not {value:#x}"));
            }
        }
        let pattern: Vec<u8> = (0..=u8::MAX).cycle().take(997).collect();
        let mut copy = vec![0; pattern.len()];
        for (to, from) in [(1, 3), (5, 2), (4091, 7)] {
            // SAFETY: as above; neither range has the other's bytes.
            unsafe {
                let place = self.address.cast::<u8>().add(to);
                ptr::copy_nonoverlapping(pattern[from..].as_ptr(), place, pattern.len() - from);
                ptr::copy_nonoverlapping(place, copy[from..].as_mut_ptr(), pattern.len() - from);
            }
            if copy[from..] != pattern[from..] {
                return Err(format!("what is copied to {to} comes back otherwise"));
            }
        }
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is this mapping's own, and no one uses it after this.
        let unmapped = unsafe { munmap(self.address, self.length) };
        debug_assert!(unmapped.is_ok(), "a mapping's own range can be unmapped");
    }
}
