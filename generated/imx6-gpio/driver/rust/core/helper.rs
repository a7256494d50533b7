// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! What the kernel has as macros and inline functions, or without Rust. `helper.c` has the C side.

use kernel::{
    bindings,
    device::{
        Bound,
        Device, //
    },
    error::to_result,
    io::{
        resource::Resource,
        PhysAddr, //
    },
    prelude::*, //
};

// The declarations of `helper.h`. Only pointers to the kernel's structures are passed, in some of
// which the configuration leaves empty ones.
#[allow(improper_ctypes)]
extern "C" {
    fn regloom_claim(
        dev: *mut bindings::device,
        resource: *const bindings::resource,
        node: *const c_char,
    ) -> c_int;
    fn regloom_resume(dev: *mut bindings::device) -> c_int;
    fn regloom_start_clock(dev: *mut bindings::device, name: *const c_char) -> c_int;
    fn regloom_release_reset(
        dev: *mut bindings::device,
        name: *const c_char,
        exclusive: bool,
    ) -> c_int;
    fn regloom_alias(dev: *const bindings::device, stem: *const c_char) -> c_int;
    fn regloom_first_number(
        dev: *const bindings::device,
        stem: *const c_char,
        start: bindings::phys_addr_t,
    ) -> c_int;
    fn regloom_disable_at_once(irq: c_uint);
    fn regloom_jiffies() -> c_ulong;
    fn regloom_may_master() -> bool;
    pub(super) fn regloom_minor(inode: *const bindings::inode) -> c_uint;
    pub(super) fn regloom_add_node(
        class: *mut bindings::class,
        parent: *mut bindings::device,
        major: c_uint,
        minor: c_uint,
        name: *const c_char,
    ) -> c_int;
    pub(super) fn regloom_remove_node(class: *mut bindings::class, major: c_uint, minor: c_uint);
    pub(super) fn regloom_signal(files: *mut *mut bindings::fasync_struct, gone: bool);
    pub(super) fn regloom_is_exiting(mm: *mut bindings::mm_struct) -> bool;
    pub(super) fn regloom_map(
        vma: *mut bindings::vm_area_struct,
        pfn: c_ulong,
        write: bool,
        memory: bool,
    ) -> c_int;
}

/// The C device of `dev`.
pub(super) fn raw(dev: &Device<Bound>) -> *mut bindings::device {
    // `Device` is a transparent wrapper of a `struct device`.
    core::ptr::from_ref(dev).cast_mut().cast()
}

/// Claims `resource` until the device is unbound: no other driver gets it, and `/proc/iomem` shows
/// its owner.
// `IoRequest::iomap_exclusive` does not do this. It claims the region under the resource of the
// device, which for a device from a device tree is not itself in the tree of `iomem_resource`:
// /proc/iomem shows nothing, and a second driver is not refused.
pub(super) fn claim(dev: &Device<Bound>, resource: &Resource, node: &CStr) -> Result {
    let resource = core::ptr::from_ref(resource).cast();

    // SAFETY: `Resource` is a transparent wrapper of a `struct resource`. All is there during the
    // call.
    to_result(unsafe { regloom_claim(raw(dev), resource, node.as_char_ptr()) })
}

/// Keeps the device, and the bus and power domain above it, running until it is unbound.
pub(super) fn resume(dev: &Device<Bound>) -> Result {
    // SAFETY: The device is bound.
    to_result(unsafe { regloom_resume(raw(dev)) })
}

/// Starts a clock until the device is unbound.
pub(super) fn start_clock(dev: &Device<Bound>, name: &CStr) -> Result {
    // SAFETY: The device is bound, and `name` is a C string that is not kept.
    to_result(unsafe { regloom_start_clock(raw(dev), name.as_char_ptr()) })
}

/// Releases the block from a reset until the device is unbound.
pub(super) fn release_reset(dev: &Device<Bound>, name: &CStr, exclusive: bool) -> Result {
    // SAFETY: As in `start_clock`.
    to_result(unsafe { regloom_release_reset(raw(dev), name.as_char_ptr(), exclusive) })
}

/// The number that an alias in the device tree gives to the device.
pub(super) fn alias(dev: &Device<Bound>, stem: &CStr) -> Option<u32> {
    // SAFETY: As in `start_clock`.
    let number = unsafe { regloom_alias(raw(dev), stem.as_char_ptr()) };

    u32::try_from(number).ok()
}

/// The first number for a block at `start` to which the device tree gives none.
pub(super) fn first_number(dev: &Device<Bound>, stem: &CStr, start: PhysAddr) -> u32 {
    // SAFETY: As in `start_clock`.
    let number = unsafe { regloom_first_number(raw(dev), stem.as_char_ptr(), start) };

    u32::try_from(number).unwrap_or(0)
}

/// Makes [`disable_irq`] mask a level at the controller at once. By default the kernel does so only
/// when it interrupts again.
pub(super) fn disable_at_once(irq: u32) {
    // SAFETY: The number is that of a line of a bound device.
    unsafe { regloom_disable_at_once(irq) };
}

/// Disables a line at the interrupt controller; its handler may call it.
pub(super) fn disable_irq(irq: u32) {
    // SAFETY: As above. `Line` balances the calls.
    unsafe { bindings::disable_irq_nosync(irq) };
}

/// Undoes [`disable_irq`].
pub(super) fn enable_irq(irq: u32) {
    // SAFETY: As in `disable_irq`.
    unsafe { bindings::enable_irq(irq) };
}

pub(super) fn jiffies() -> usize {
    // SAFETY: It has no requirement.
    unsafe { regloom_jiffies() }
}

/// Whether the calling program may make a device access all of memory.
pub(super) fn may_master() -> bool {
    // SAFETY: It has no requirement.
    unsafe { regloom_may_master() }
}
