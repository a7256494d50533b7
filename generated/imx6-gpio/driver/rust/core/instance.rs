// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The module's device numbers, and which node has which.
//!
//! The minor number of a node is made of the index of its driver and the number of the instance. It
//! is the same after every binding, as long as the module is loaded: a node that was made
//! elsewhere, as in a container, stays that of the instance.

use kernel::{
    bindings,
    device::{
        Bound,
        Device as Parent, //
    },
    error::{
        from_err_ptr,
        to_result, //
    },
    io::PhysAddr,
    prelude::*,
    sync::{
        global_lock,
        Arc, //
    }, //
};

use super::{
    file::FILE_OPERATIONS,
    helper,
    node::Shared,
    table::Device, //
};

/// Bits of a minor number that are the number of the instance.
const NUMBER_BITS: u32 = 12;

/// All minor numbers of the module's major number.
const MINORS: c_uint = 1 << bindings::MINORBITS;

global_lock! {
    // SAFETY: `Nodes::register` initialises it, before there is a driver or a file that uses it.
    unsafe(uninit) static TABLE: Mutex<Table> = Table {
        major: 0,
        class: core::ptr::null_mut(),
        entries: KVec::new(),
    };
}

struct Table {
    major: c_uint,
    class: *mut bindings::class,
    entries: KVec<Entry>,
}

/// An instance that is bound, or being bound.
struct Entry {
    minor: c_uint,
    /// What files are opened of, while there is a node.
    shared: Option<Arc<Shared>>,
}

// SAFETY: Any thread may use the class.
unsafe impl Send for Table {}

/// The module's device numbers and class, until this is dropped.
pub(crate) struct Nodes {
    major: c_uint,
    class: *mut bindings::class,
    name: &'static CStr,
}

// SAFETY: Any thread may give back the class.
unsafe impl Send for Nodes {}

// SAFETY: There are no functions on a reference.
unsafe impl Sync for Nodes {}

impl Nodes {
    /// Registers device numbers in the name of the module, and a class. To be called once, when the
    /// module is loaded, before it registers its drivers.
    pub(crate) fn register(name: &'static CStr, class: &'static CStr) -> Result<Self> {
        // SAFETY: The module is being loaded: nothing uses the table, and it is initialised once.
        unsafe { TABLE.init() };
        // SAFETY: The names and operations are static.
        let class = unsafe { from_err_ptr(bindings::class_create(class.as_char_ptr()))? };
        // SAFETY: As above.
        let major = unsafe {
            bindings::__register_chrdev(0, 0, MINORS, name.as_char_ptr(), FILE_OPERATIONS)
        };
        let Ok(major) = c_uint::try_from(major) else {
            // SAFETY: It was created above, and has no device.
            unsafe { bindings::class_destroy(class) };
            to_result(major)?;
            return Err(EINVAL);
        };

        let mut table = TABLE.lock();
        (table.major, table.class) = (major, class);
        Ok(Self { major, class, name })
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        // SAFETY: `register` has registered and created them. The module's drivers are gone, and
        // with them its nodes; an open file would keep the module.
        unsafe {
            bindings::__unregister_chrdev(self.major, 0, MINORS, self.name.as_char_ptr());
            bindings::class_destroy(self.class);
        }
    }
}

/// The number of an instance. No other instance has it until this is dropped.
pub(super) struct Number {
    minor: c_uint,
    number: u32,
}

impl Number {
    /// Takes the number that an alias or `regloom,instance` states for the device. Without them it
    /// is above those of all aliases, and counts the blocks by their addresses; one that an overlay
    /// puts before others may find its number taken, and has the next that is free.
    pub(super) fn take(dev: &Parent<Bound>, device: &Device, start: PhysAddr) -> Result<Self> {
        let stated = match helper::alias(dev, device.node) {
            Some(number) => Some(number),
            None => property(dev, c"regloom,instance")?,
        };
        let mut table = TABLE.lock();
        let is_taken = |number: u32| {
            let mut entries = table.entries.iter();
            entries.any(|entry| entry.minor == minor(device, number))
        };
        let last = (1 << NUMBER_BITS) - 1;

        let number = match stated {
            Some(number) if number > last => {
                dev_err!(dev, "its number is {}, the last is {}\n", number, last);
                return Err(EINVAL);
            }
            Some(number) if is_taken(number) => {
                dev_err!(dev, "another instance has its number, {}\n", number);
                return Err(EBUSY);
            }
            Some(number) => number,
            None => (helper::first_number(dev, device.node, start)..=last)
                .find(|number| !is_taken(*number))
                .ok_or(ENOSPC)?,
        };
        let minor = minor(device, number);

        table.entries.push(
            Entry {
                minor,
                shared: None,
            },
            GFP_KERNEL,
        )?;
        Ok(Self { minor, number })
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn minor(&self) -> c_uint {
        self.minor
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        let mut table = TABLE.lock();

        table.entries.retain(|entry| entry.minor != self.minor);
        // A static is never dropped: nothing may be left in it when the module goes.
        if table.entries.is_empty() {
            table.entries = KVec::new();
        }
    }
}

fn minor(device: &Device, number: u32) -> c_uint {
    device.index << NUMBER_BITS | number
}

/// The value of a property, which is an error where it is not a number of that size.
pub(super) fn property<T>(dev: &Parent<Bound>, name: &CStr) -> Result<Option<T>>
where
    T: kernel::device::property::Property,
{
    match dev.fwnode() {
        Some(node) if node.property_present(name) => {
            node.property_read::<T>(name).required_by(dev).map(Some)
        }
        _ => Ok(None),
    }
}

/// Makes the node of `shared` under `/dev`. [`remove_node`] ends it, also where this fails.
pub(super) fn add_node(dev: &Parent<Bound>, shared: &Arc<Shared>) -> Result {
    let (major, class) = change(shared.minor, |entry| entry.shared = Some(shared.clone()));
    // SAFETY: The class and the names are there during the call, and the device is bound.
    let error = unsafe {
        helper::regloom_add_node(
            class,
            helper::raw(dev),
            major,
            shared.minor,
            shared.name.as_char_ptr(),
        )
    };

    to_result(error)
}

/// Removes the node. No file is opened of it any more.
pub(super) fn remove_node(minor: c_uint) {
    let (major, class) = forget(minor);

    // SAFETY: The class is there. It has no such device where `add_node` has failed.
    unsafe { helper::regloom_remove_node(class, major, minor) };
}

/// No file of that minor number is opened any more.
fn forget(minor: c_uint) -> (c_uint, *mut bindings::class) {
    let mut shared = None;
    let device = change(minor, |entry| shared = entry.shared.take());

    // The last reference may have to wait, which it does without the lock.
    drop(shared);
    device
}

/// Changes the entry of a minor number; returns the major number and the class.
fn change(minor: c_uint, change: impl FnOnce(&mut Entry)) -> (c_uint, *mut bindings::class) {
    let mut table = TABLE.lock();
    let mut entries = table.entries.iter_mut();

    if let Some(entry) = entries.find(|entry| entry.minor == minor) {
        change(entry);
    }
    (table.major, table.class)
}

/// What files of that minor number are opened of.
pub(super) fn find(minor: c_uint) -> Option<Arc<Shared>> {
    let table = TABLE.lock();
    let mut entries = table.entries.iter();

    entries
        .find(|entry| entry.minor == minor)
        .and_then(|entry| entry.shared.clone())
}
