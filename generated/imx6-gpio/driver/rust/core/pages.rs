// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The pages of a block that programs may map.

use kernel::{
    device::{
        Bound,
        Device as Parent, //
    },
    io::{
        Resource,
        ResourceSize, //
    },
    page::{
        page_align,
        PAGE_SHIFT,
        PAGE_SIZE, //
    },
    prelude::*, //
};

use super::table::{
    Device,
    Window, //
};

/// The block in pages of the physical address space.
pub(super) struct Pages {
    /// Page frame number of the first.
    pub(super) first: usize,
    /// Bytes of the first page before the block.
    pub(super) before: usize,
    pub(super) windows: KVec<MappablePages>,
}

/// Pages of a node that one mapping may have, from its first page.
pub(super) struct MappablePages {
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) write: bool,
    pub(super) memory: bool,
}

impl Pages {
    /// Physical address of the block.
    pub(super) fn start(&self) -> u64 {
        ((self.first as u64) << PAGE_SHIFT) + self.before as u64
    }

    /// The pages that hold the windows. They must be the block's own, unless the device tree says
    /// that the sharing is intended: a program gets whole pages.
    pub(super) fn of(dev: &Parent<Bound>, resource: &Resource, device: &Device) -> Result<Self> {
        let (start, size) = (resource.start(), resource.size());
        let before = usize::try_from(start % PAGE_SIZE as ResourceSize)?;
        let whole = page_align(before.checked_add(device.size).ok_or(EINVAL)?).ok_or(EINVAL)?;

        if size < device.size as ResourceSize {
            dev_err!(
                dev,
                "has {:#x} bytes, the map takes {:#x}\n",
                size,
                device.size
            );
            return Err(EINVAL);
        }
        let is_alone = before == 0 && size >= whole as ResourceSize;
        if !is_alone && !may_share_pages(dev) {
            dev_err!(
                dev,
                "{:#x} bytes at {:#x} are not whole pages of {:#x} (see regloom,shared-pages)\n",
                size,
                start,
                PAGE_SIZE
            );
            return Err(EINVAL);
        }

        let mut windows = KVec::new();
        for window in device.windows {
            windows.push(pages_of(window, dev, device.size, before)?, GFP_KERNEL)?;
        }
        Ok(Self {
            first: usize::try_from(start >> PAGE_SHIFT)?,
            before,
            windows,
        })
    }
}

/// The pages of a window, if they hold nothing of the block that is not in the window.
fn pages_of(
    window: &Window,
    dev: &Parent<Bound>,
    size: usize,
    before: usize,
) -> Result<MappablePages> {
    let (start, end) = (before + window.offset, before + window.offset + window.size);
    let starts_well = window.offset == 0 || start % PAGE_SIZE == 0;
    let ends_well = window.offset + window.size == size || end % PAGE_SIZE == 0;

    if !starts_well || !ends_well {
        dev_err!(
            dev,
            "the window of {:#x} bytes at {:#x} is not whole pages of {:#x}\n",
            window.size,
            window.offset,
            PAGE_SIZE
        );
        return Err(EINVAL);
    }
    let first = start >> PAGE_SHIFT;
    Ok(MappablePages {
        first,
        count: end.div_ceil(PAGE_SIZE) - first,
        write: window.write,
        memory: window.memory,
    })
}

fn may_share_pages(dev: &Parent<Bound>) -> bool {
    dev.fwnode()
        .is_some_and(|node| node.property_read_bool(c"regloom,shared-pages"))
}
