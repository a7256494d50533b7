// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The node under `/dev`, and what it has in common with its open files and mappings.

use kernel::{
    bindings,
    device::{
        Bound,
        Device as Parent, //
    },
    prelude::*,
    str::CString,
    sync::{
        new_mutex,
        poll::PollCondVar,
        Arc,
        Mutex, //
    },
    types::Opaque, //
};

use core::ptr::NonNull;

use super::{
    helper,
    instance,
    interrupt::{
        SpinLockIrq,
        State, //
    },
    io::Io,
    line::Handled,
    mapping::Access,
    pages::Pages,
    table::{
        Device,
        Port, //
    }, //
};

/// A node under `/dev`. It exists until this is dropped.
pub(super) struct Node(Arc<Shared>);

/// What a node, its open files and its mappings have in common.
#[pin_data]
pub(super) struct Shared {
    pub(super) device: &'static Device,
    pub(super) name: CString,
    pub(super) minor: c_uint,
    pub(super) pages: Pages,
    #[pin]
    pub(super) state: SpinLockIrq<State>,
    /// Those who wait for an interrupt, or for the end of the device.
    #[pin]
    pub(super) waiters: PollCondVar,
    /// Those who get a signal instead.
    signals: Signals,
    #[pin]
    pub(super) access: Mutex<Access>,
    /// The open files. Opening one must not wait for accesses.
    #[pin]
    files: Mutex<KVec<Files>>,
}

/// Open files of one inode, in whose address space their mappings are found. There is more than one
/// inode only if the node was also made elsewhere, as in a container.
struct Files {
    space: NonNull<bindings::address_space>,
    count: usize,
}

// SAFETY: Any thread may use `space` as long as one of the files is open.
unsafe impl Send for Files {}

/// A list that the kernel protects.
struct Signals(Opaque<*mut bindings::fasync_struct>);

// SAFETY: Only `fasync_helper` and `kill_fasync` use it, which any thread may call.
unsafe impl Send for Signals {}

// SAFETY: As above, and they have a lock for it.
unsafe impl Sync for Signals {}

impl Shared {
    /// What a node will have, for a device whose registers are mapped at `io`.
    pub(super) fn new(
        device: &'static Device,
        (name, minor): (CString, c_uint),
        pages: Pages,
        io: Arc<Io>,
    ) -> Result<Arc<Self>> {
        let state = State::new(device, io)?;

        Arc::pin_init(
            pin_init!(Self {
                device,
                name,
                minor,
                pages,
                state <- SpinLockIrq::new(state, c"regloom", kernel::static_lock_class!()),
                waiters <- PollCondVar::new(c"regloom", kernel::static_lock_class!()),
                signals: Signals(Opaque::new(core::ptr::null_mut())),
                access <- new_mutex!(Access::new()),
                files <- new_mutex!(KVec::new()),
            }),
            GFP_KERNEL,
        )
    }

    /// What a register holds; none once the device is unbound.
    pub(super) fn read(&self, port: Port) -> Option<u32> {
        self.state.lock().io.as_ref().map(|io| io.read(port))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.state.lock().io.is_none()
    }

    /// Wakes programs after an interrupt of that line; returns whether there was one.
    pub(super) fn report(&self, index: usize, handled: Handled) -> bool {
        match handled {
            Handled::No => return false,
            Handled::Yes => {}
            // By the name of the node: with a reference to the device, open files would keep its
            // node in the device tree from being freed with its overlay.
            Handled::Masked(why) => pr_warn!(
                "{}: interrupt `{}` is masked until a program enables it: {}\n",
                &*self.name,
                self.device.interrupts[index].name,
                why
            ),
        }
        self.wake(false);
        true
    }

    fn wake(&self, gone: bool) {
        self.waiters.notify_all();
        // SAFETY: The list is only used by the kernel's functions.
        unsafe { helper::regloom_signal(self.signals.0.get(), gone) };
    }

    /// Starts or ends signals for a file.
    ///
    /// # Safety
    ///
    /// `file` must be an open file of this node.
    pub(super) unsafe fn set_signals(
        &self,
        fd: c_int,
        file: *mut bindings::file,
        on: c_int,
    ) -> c_int {
        // SAFETY: The file is open, and the list only used by the kernel's functions.
        unsafe { bindings::fasync_helper(fd, file, on, self.signals.0.get()) }
    }

    /// Counts a file that is being opened.
    pub(super) fn enter(&self, space: NonNull<bindings::address_space>) -> Result {
        let mut all = self.files.lock();

        match all.iter_mut().find(|files| files.space == space) {
            Some(files) => files.count += 1,
            None => all.push(Files { space, count: 1 }, GFP_KERNEL)?,
        }
        Ok(())
    }

    /// Removes a file that is being released. What the programs enabled ends with the last.
    pub(super) fn leave(&self, space: NonNull<bindings::address_space>) {
        let mut all = self.files.lock();

        all.retain(|files| {
            if files.space == space {
                files.count -= 1;
            }
            files.count > 0
        });
        if all.is_empty() {
            self.access.lock().forget_programs();
            for index in 0..self.device.interrupts.len() {
                self.reset_line(index);
            }
        }
    }

    /// Clears the enable bits of a line, and lifts what was masked.
    fn reset_line(&self, index: usize) {
        let handled = self.state.lock().act(index, |line, registers| {
            line.quieten(registers);
            line.enable_line(registers)
        });

        // There is no register once the device is unbound, and nothing to lift.
        if let Ok(handled) = handled {
            self.report(index, handled);
        }
    }

    /// Takes the pages from all mappings, for good.
    ///
    /// From [`Access::close`] on, no mapping gets pages. One that was about to be made is then in
    /// the address space of its inode, where all are found.
    fn revoke(&self) {
        let programs = self.access.lock().close();
        for program in &programs {
            program.wait_for_mmap();
        }

        for files in &*self.files.lock() {
            // SAFETY: A file of this address space is open, and with it the inode there, until
            // `leave` gets the lock. A length of 0 is all that follows.
            unsafe { bindings::unmap_mapping_range(files.space.as_ptr(), 0, 0, 1) };
        }
    }

    /// Reports the end of the device to all who wait, and gives up the registers.
    fn end(&self) {
        let io = self.state.lock().io.take();

        // The last reference unmaps, which must not be done under the lock.
        drop(io);
        self.wake(true);
    }
}

impl Node {
    /// Makes `/dev/<name>`. One that was made elsewhere can be opened before it is there: access
    /// ends too if this fails.
    pub(super) fn publish(dev: &Parent<Bound>, shared: Arc<Shared>) -> Result<Self> {
        let node = Self(shared);

        instance::add_node(dev, &node.0)?;
        Ok(node)
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        instance::remove_node(self.0.minor);
        self.0.revoke();
        self.0.end();
    }
}
