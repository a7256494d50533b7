// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The mappings of a node.
//!
//! All pages of a mapping get into the page table in `mmap`, while [`Access`] is locked and open; a
//! page fault never adds one. Closing it ends that. A mapping whose `mmap` has added pages is found
//! in the address space of its inode as soon as `mmap` has returned, and until then its program
//! holds the lock of its memory map for writing: [`Program::wait_for_mmap`] takes that lock. Copies
//! by `fork` are found there too.

use kernel::{
    bindings,
    error::to_result,
    mm::Mm,
    page::PAGE_SHIFT,
    prelude::*,
    sync::aref::ARef, //
};

use super::{
    helper,
    node::Shared, //
};

/// Whether programs may map the registers, and which have.
pub(super) struct Access {
    open: bool,
    programs: KVec<Program>,
}

/// The memory map of a program that has mapped registers.
pub(super) struct Program(ARef<Mm>);

impl Access {
    pub(super) fn new() -> Self {
        Self {
            open: true,
            programs: KVec::new(),
        }
    }

    /// Ends access, and returns the programs that may still be in `mmap`.
    pub(super) fn close(&mut self) -> KVec<Program> {
        self.open = false;
        core::mem::take(&mut self.programs)
    }

    /// No file is open: no program is in `mmap`.
    pub(super) fn forget_programs(&mut self) {
        self.programs = KVec::new();
    }

    /// Notes a program that maps registers.
    fn note(&mut self, mm: &Mm) -> Result {
        self.programs.retain(|it| !it.is_exiting());
        if self.programs.iter().all(|it| it.0.as_raw() != mm.as_raw()) {
            self.programs.push(Program(mm.into()), GFP_KERNEL)?;
        }
        Ok(())
    }
}

impl Program {
    /// Returns when an `mmap` that the program is in has ended.
    pub(super) fn wait_for_mmap(&self) {
        if let Some(mm) = self.0.mmget_not_zero() {
            drop(mm.mmap_read_lock());
        }
    }

    /// It cannot map any more.
    fn is_exiting(&mut self) -> bool {
        // SAFETY: The memory map is there.
        unsafe { helper::regloom_is_exiting(self.0.as_raw()) }
    }
}

/// Maps pages of a window.
///
/// # Safety
///
/// Only for `mmap`, with the area that it is called for.
pub(super) unsafe fn mmap(shared: &Shared, vma: *mut bindings::vm_area_struct) -> Result {
    // SAFETY: The area is there during the call.
    let (first, bytes, mm) = unsafe {
        let bounds = (*vma).__bindgen_anon_1.__bindgen_anon_1;
        (
            (*vma).vm_pgoff,
            bounds.vm_end - bounds.vm_start,
            Mm::from_raw((*vma).vm_mm),
        )
    };
    let end = first.checked_add(bytes >> PAGE_SHIFT).ok_or(EINVAL)?;
    let pages = &shared.pages;
    let mut windows = pages.windows.iter();
    let mut access = shared.access.lock();

    if !access.open {
        return Err(ENODEV);
    }
    let window = windows
        .find(|window| first >= window.first && end <= window.first + window.count)
        .ok_or(EINVAL)?;
    access.note(mm)?;

    // SAFETY: The area is being set up, with the lock of its memory map held for writing. The pages
    // are those of a window of the block, whose region is claimed as long as access is open.
    to_result(unsafe { helper::regloom_map(vma, pages.first + first, window.write, window.memory) })
}
