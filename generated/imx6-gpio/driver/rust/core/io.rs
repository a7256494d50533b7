// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! Accesses of the driver itself to the registers.

use kernel::{
    bindings,
    io::PhysAddr,
    page::PAGE_SIZE,
    prelude::*, //
};

use super::table::{
    Device,
    Port,
    Register, //
};

/// The registers, mapped for the driver itself.
// `IoRequest` maps whole resources, which may be larger than what 32-bit machines can map.
pub(super) struct Io(KVec<Span>);

/// Registers that are located in neighbouring pages.
struct Span {
    /// Bytes from the start of the block.
    first: usize,
    end: usize,
    base: *mut c_void,
}

// SAFETY: Any thread may access and unmap what is mapped.
unsafe impl Send for Span {}

// SAFETY: As above. An access is one load or store.
unsafe impl Sync for Span {}

impl Io {
    /// Maps the registers of the block at `start`, without its memories.
    pub(super) fn map(start: PhysAddr, device: &Device) -> Result<Self> {
        let mut spans = KVec::new();
        for register in device.registers.iter().filter(|it| !it.memory) {
            cover(&mut spans, register)?;
        }

        for span in &mut spans {
            let (at, size) = (start + span.first as PhysAddr, span.end - span.first);
            // SAFETY: The region is claimed. `Span` unmaps it.
            span.base = unsafe { bindings::ioremap(at, size) };
            if span.base.is_null() {
                return Err(ENOMEM);
            }
        }
        Ok(Self(spans))
    }

    /// The number that the register holds.
    pub(super) fn read(&self, port: Port) -> u32 {
        let Some(at) = self.address(port) else {
            return 0;
        };

        // SAFETY: `address` has found all of the register in a mapped span.
        unsafe {
            match port.width {
                8 => bindings::readb(at).into(),
                16 => bindings::readw(at).into(),
                _ => bindings::readl(at),
            }
        }
    }

    /// Writes the low bits of `value`.
    pub(super) fn write(&self, port: Port, value: u32) {
        let Some(at) = self.address(port) else {
            return;
        };

        // SAFETY: As in `read`.
        unsafe {
            match port.width {
                8 => bindings::writeb(value as u8, at),
                16 => bindings::writew(value as u16, at),
                _ => bindings::writel(value, at),
            }
        }
    }

    /// Where the register is mapped. All registers of the tables are.
    fn address(&self, port: Port) -> Option<*mut c_void> {
        let end = port.offset.checked_add(port.width as usize / 8)?;
        let span = self
            .0
            .iter()
            .find(|span| span.first <= port.offset && end <= span.end)?;

        Some(span.base.wrapping_byte_add(port.offset - span.first))
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if !self.base.is_null() {
            // SAFETY: `Io::map` has mapped it.
            unsafe { bindings::iounmap(self.base) };
        }
    }
}

/// Adds the pages of `register` to the spans.
fn cover(spans: &mut KVec<Span>, register: &Register) -> Result {
    for index in 0..register.count {
        let first = register.offset + index * register.stride;
        let end = first + register.width as usize / 8;

        match spans
            .iter_mut()
            .find(|span| span.first <= first && first < span.end + PAGE_SIZE)
        {
            Some(span) => span.end = span.end.max(end),
            None => spans.push(
                Span {
                    first,
                    end,
                    base: core::ptr::null_mut(),
                },
                GFP_KERNEL,
            )?,
        }
    }
    Ok(())
}
