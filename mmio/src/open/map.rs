// SPDX-License-Identifier: MIT OR Apache-2.0

//! The windows of a node, mapped at their offsets in the block.

use core::ffi::c_void;
use core::ptr::{NonNull, null_mut};

use rustix::fd::OwnedFd;
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

use super::info::Window;
use crate::region::Region;

/// Maps the block of `size` bytes, `before` bytes into its first page. The windows
/// are the device's memory. Between them nothing is mapped, so that an access there
/// ends the process. The mapping outlives the descriptor.
pub(super) fn windows(
    node: &OwnedFd,
    size: usize,
    before: usize,
    windows: &[Window],
    rights: Rights,
) -> Result<Region, Errno> {
    let whole = Reserved::pages_of(before, size)?;
    for window in windows {
        let rights = if window.is_writable() {
            rights
        } else {
            Rights::Read
        };
        whole.replace(node, window, window.offset, rights)?;
    }
    Ok(whole.from(before))
}

/// Maps a UIO block once more: all of its `size` bytes, `before` bytes into its
/// first page.
pub(crate) fn again(node: &OwnedFd, size: usize, before: usize) -> Result<Region, Errno> {
    let window = Window::around(before, size);
    windows(node, size, before, &[window], Rights::ReadWrite)
}

/// Maps the `size` bytes of physical memory from `base` on, with all of their
/// pages.
pub(super) fn physical(memory: &OwnedFd, base: u64, size: usize) -> Result<Region, Errno> {
    let page = rustix::param::page_size();
    let before = usize::try_from(base % page as u64).map_err(|_| Errno::OVERFLOW)?;
    let whole = Reserved::pages_of(before, size)?;
    let all = Window::of(0, whole.len as u64);
    whole.replace(memory, &all, base - before as u64, Rights::ReadWrite)?;
    Ok(whole.from(before))
}

/// The accesses that a mapping allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    Read,
    ReadWrite,
}

impl Rights {
    /// The flags to open a node with these rights.
    pub(super) fn to_open(self) -> OFlags {
        match self {
            Rights::Read => OFlags::RDONLY,
            Rights::ReadWrite => OFlags::RDWR,
        }
    }

    pub(super) fn in_words(self) -> &'static str {
        match self {
            Rights::Read => "read-only",
            Rights::ReadWrite => "read-write",
        }
    }

    fn protection(self) -> ProtFlags {
        match self {
            Rights::Read => ProtFlags::READ,
            Rights::ReadWrite => ProtFlags::READ | ProtFlags::WRITE,
        }
    }
}

/// Addresses that are reserved until this is dropped.
struct Reserved {
    base: NonNull<u8>,
    len: usize,
}

impl Reserved {
    /// Reserves the pages of a block of `size` bytes, `before` bytes into the first
    /// page.
    fn pages_of(before: usize, size: usize) -> Result<Self, Errno> {
        if before >= rustix::param::page_size() {
            return Err(Errno::INVAL);
        }
        Reserved::pages(before.checked_add(size).ok_or(Errno::NOMEM)?)
    }

    /// Reserves whole pages: at least `bytes`, and at least one page.
    fn pages(bytes: usize) -> Result<Self, Errno> {
        let page = rustix::param::page_size();
        let len = bytes
            .max(1)
            .checked_next_multiple_of(page)
            .ok_or(Errno::NOMEM)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: the kernel chooses a free address.
        let base = unsafe { mmap_anonymous(null_mut(), len, ProtFlags::empty(), flags)? };
        let base = NonNull::new(base.cast()).ok_or(Errno::NOMEM)?;
        Ok(Reserved { base, len })
    }

    /// Maps a window at its offset in the block; `offset` is the one that the node
    /// uses for `mmap`.
    fn replace(
        &self,
        node: &OwnedFd,
        window: &Window,
        offset: u64,
        rights: Rights,
    ) -> Result<(), Errno> {
        let at = usize::try_from(window.offset).map_err(|_| Errno::OVERFLOW)?;
        let len = usize::try_from(window.size).map_err(|_| Errno::OVERFLOW)?;
        if at.checked_add(len).is_none_or(|end| end > self.len) {
            return Err(Errno::OVERFLOW);
        }
        let flags = MapFlags::SHARED | MapFlags::FIXED;
        // SAFETY: the addresses are reserved, and nothing uses them yet.
        unsafe {
            let place = self.base.as_ptr().add(at).cast::<c_void>();
            mmap(place, len, rights.protection(), flags, node, offset)?;
        }
        Ok(())
    }

    /// The region that begins `before` bytes into the first page.
    fn from(self, before: usize) -> Region {
        let (base, len) = (self.base, self.len);
        // SAFETY: `pages_of` has refused more than a page, and there is at least one.
        let start = unsafe { base.add(before) };
        // SAFETY: the mapping was just made, is used by nothing else, and `unmap`
        // releases it. An access that the device does not accept raises a signal.
        let region = unsafe { Region::owned(start, len - before, unmap) };
        core::mem::forget(self);
        region
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        // SAFETY: the addresses are ours, and nothing uses them after this.
        unsafe { unmap(self.base, self.len) }
    }
}

/// # Safety
/// `start` is in the first page of a mapping that ends `len` bytes further on, and
/// nothing uses the mapping afterwards.
unsafe fn unmap(start: NonNull<u8>, len: usize) {
    let before = start.addr().get() % rustix::param::page_size();
    // SAFETY: the caller guarantees what `munmap` requires. It fails only for a
    // range that was never mapped; then there is nothing to release.
    let _ = unsafe { munmap(start.as_ptr().sub(before).cast(), len + before) };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file as a substitute for a node.
    fn file_of(bytes: usize) -> OwnedFd {
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let file = rustix::fs::memfd_create("windows", flags).unwrap();
        rustix::fs::ftruncate(&file, bytes as u64).unwrap();
        file
    }

    #[test]
    fn a_block_begins_anywhere_in_its_page() {
        let page = rustix::param::page_size();
        let file = file_of(page);
        let pattern: std::vec::Vec<u8> = (0..=255).collect();
        assert_eq!(rustix::io::write(&file, &pattern), Ok(256));
        for before in [1_u8, 2, 4, 8, 40] {
            let at = usize::from(before);
            let region = windows(&file, 64, at, &[Window::around(at, 64)], Rights::ReadWrite);
            let region = region.unwrap();
            assert_eq!(region.load::<u8>(0), Some(before));
            // A word that is misaligned in memory is none.
            let word = [0, 1, 2, 3].map(|offset| region.load::<u32>(offset).is_some());
            let expected = [0, 1, 2, 3].map(|offset| (at + offset).is_multiple_of(4));
            assert_eq!(word, expected, "{before}");
            assert!(physical(&file, before.into(), 64).is_ok());
        }
    }

    #[test]
    fn windows_are_mapped_at_their_offsets_in_the_block() {
        let page = rustix::param::page_size();
        let file = file_of(3 * page);
        let window = |at: usize| Window::of(at as u64, page as u64);
        let region = windows(
            &file,
            3 * page - 16,
            16,
            &[window(0), window(2 * page)],
            Rights::ReadWrite,
        )
        .unwrap();
        assert_eq!(region.len(), 3 * page - 16);
        region.store(0, 0x55_u32).unwrap();
        region.store(2 * page, 0xaa_u32).unwrap();
        assert_eq!(region.load::<u32>(0), Some(0x55));
        assert_eq!(region.load::<u32>(2 * page), Some(0xaa));
    }

    #[test]
    fn a_window_beyond_the_block_is_refused() {
        let page = rustix::param::page_size() as u64;
        let file = file_of(8);
        for (offset, size) in [(page, page), (u64::MAX, page), (0, 2 * page)] {
            let refused = windows(&file, 8, 0, &[Window::of(offset, size)], Rights::ReadWrite);
            assert_eq!(refused.map(drop), Err(Errno::OVERFLOW));
        }
    }

    /// Whatever the kernel reports.
    #[test]
    fn a_block_beyond_all_addresses_is_refused() {
        let page = rustix::param::page_size();
        let file = file_of(page);
        for before in [page, page + 8, 1 << 40, usize::MAX] {
            let window = Window::of(0, page as u64);
            let refused = windows(&file, 8, before, &[window], Rights::ReadWrite);
            assert_eq!(refused.map(drop), Err(Errno::INVAL), "{before:#x}");
        }
        let refused = windows(&file, usize::MAX, 8, &[], Rights::ReadWrite);
        assert_eq!(refused.map(drop), Err(Errno::NOMEM));
        for (base, size) in [(u64::MAX, 8), (u64::MAX - 7, usize::MAX)] {
            assert!(physical(&file, base, size).is_err(), "{base:#x}");
        }
    }

    proptest! {
        /// Whatever a driver reports, and whatever address a program gives.
        #[test]
        fn no_address_panics(
            base in any::<u64>(),
            before in prop_oneof![any::<usize>(), 0_usize..0x3000],
            size in prop_oneof![any::<usize>(), 0_usize..0x3000],
            window in prop_oneof![any::<(u64, u64)>(), (0_u64..0x3000, 0_u64..0x3000)],
        ) {
            let file = file_of(rustix::param::page_size());
            let (offset, bytes) = window;
            let window = Window::of(offset, bytes);
            let mapped = windows(&file, size, before, &[window], Rights::ReadWrite);
            prop_assert!(mapped.is_err() || mapped.is_ok_and(|region| region.len() >= size));
            drop(physical(&file, base, size));
        }
    }
}
