// SPDX-License-Identifier: MIT OR Apache-2.0

//! Words of a file's pages, past the accessor: of all physical addresses, or of a node.
#![expect(
    unsafe_code,
    reason = "what the accessor does is seen through another mapping"
)]

use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::ptr;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::param::page_size;

use crate::Tried;

/// One page.
#[derive(Debug)]
pub struct Page {
    address: *mut c_void,
}

impl Page {
    /// The page of a file at this offset.
    ///
    /// # Errors
    /// The driver's error.
    pub fn of(file: &File, offset: u64) -> Result<Self, Errno> {
        // SAFETY: without a wanted address, the kernel puts the mapping where nothing else is.
        let address = unsafe {
            mmap(
                ptr::null_mut(),
                page_size(),
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED,
                file,
                offset,
            )
        }?;
        Ok(Self { address })
    }

    /// The word at an offset of a multiple of 4.
    ///
    /// # Panics
    /// When it is not in the page.
    #[must_use]
    pub fn read(&self, offset: usize) -> u32 {
        // SAFETY: the word is in the mapping, and registers are read by volatile loads.
        unsafe { self.word(offset).read_volatile() }
    }

    /// Writes it.
    ///
    /// # Panics
    /// When it is not in the page.
    pub fn write(&self, offset: usize, value: u32) {
        // SAFETY: the word is in the mapping, and registers are written by volatile stores.
        unsafe { self.word(offset).write_volatile(value) }
    }

    fn word(&self, offset: usize) -> *mut u32 {
        assert!(offset.is_multiple_of(4) && offset < page_size());
        self.address.wrapping_byte_add(offset).cast()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: the page is this mapping's own, and no one uses it after this.
        let unmapped = unsafe { munmap(self.address, page_size()) };
        debug_assert!(unmapped.is_ok(), "a mapping's own page can be unmapped");
    }
}

/// A node of a driver, or `/dev/mem`, for reading and writing.
///
/// # Errors
/// The system's error.
pub fn open(node: &str) -> Tried<File> {
    let file = OpenOptions::new().read(true).write(true).open(node);
    file.map_err(|error| format!("{node}: {error}").into())
}

fn page_at(address: u64) -> Tried<(Page, usize)> {
    let within = address % page_size() as u64;
    let page = Page::of(&open("/dev/mem")?, address - within)?;
    Ok((page, usize::try_from(within)?))
}

/// The word at a physical address.
///
/// # Errors
/// When it cannot be mapped.
pub fn read(address: u64) -> Tried<u32> {
    let (page, offset) = page_at(address)?;
    Ok(page.read(offset))
}

/// Writes the word at a physical address.
///
/// # Errors
/// When it cannot be mapped.
pub fn write(address: u64, value: u32) -> Tried {
    let (page, offset) = page_at(address)?;
    page.write(offset, value);
    Ok(())
}
