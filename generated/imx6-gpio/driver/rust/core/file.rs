// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The file operations of a node.

use kernel::{
    bindings,
    error::{
        from_result,
        Error, //
    },
    fs::File,
    module::this_module,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        poll::PollTable,
        Arc, //
    },
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

use core::{
    mem::size_of,
    ptr::NonNull, //
};

use super::{
    helper,
    info::{
        Update,
        DISABLE,
        ENABLE,
        INFO,
        SELECT,
        UPDATE, //
    },
    instance,
    line::{
        Change,
        Handled,
        Line,
        Registers, //
    },
    mapping,
    node::Shared, //
};

/// Bytes of the count that `read` returns, and of the word that `write` takes.
const COUNT: usize = size_of::<u32>();

/// Bytes of the count, and of the events behind it.
const COUNT_AND_EVENTS: usize = 2 * COUNT;

/// An open file.
struct Opened {
    shared: Arc<Shared>,
    /// The file's interrupt, by its index.
    line: Atomic<u32>,
    /// The interrupt's count as the file last read it.
    count: Atomic<u32>,
}

impl Opened {
    fn new(shared: Arc<Shared>) -> Self {
        // A block without interrupts has no count.
        let count = shared.state.lock().line(0).map_or(0, |line| line.count);

        Self {
            shared,
            line: Atomic::new(0),
            count: Atomic::new(count),
        }
    }

    /// `writes`: the file was opened for writing.
    fn ioctl(&self, command: c_uint, arg: usize, writes: bool) -> Result {
        if self.shared.is_gone() {
            return Err(ENODEV);
        }
        match command {
            INFO => self.shared.info(UserPtr::from_addr(arg)),
            _ if self.shared.device.interrupts.is_empty() => Err(ENOTTY),
            SELECT => self.select(arg),
            ENABLE | DISABLE | UPDATE if !writes => Err(EBADF),
            ENABLE => self.set_events(arg, true),
            DISABLE => self.set_events(arg, false),
            UPDATE => self.update(arg),
            _ => Err(ENOTTY),
        }
    }

    /// Selects another interrupt for the file.
    fn select(&self, index: usize) -> Result {
        let count = self.shared.state.lock().line(index)?.count;

        self.count.store(count, Relaxed);
        self.line.store(index as u32, Relaxed);
        Ok(())
    }

    /// Enables or disables events of the file's interrupt.
    fn set_events(&self, arg: usize, on: bool) -> Result {
        let user = UserSlice::new(UserPtr::from_addr(arg), COUNT);
        let events = user.reader().read::<u32>()?;
        let mut state = self.shared.state.lock();

        state.act(self.line(), |line, registers| {
            line.set_events(registers, events, on)
        })?
    }

    /// Changes plain bits of a register that the driver writes too, and returns what it held.
    fn update(&self, arg: usize) -> Result {
        let user = UserSlice::new(UserPtr::from_addr(arg), size_of::<Update>());
        let (mut reader, mut writer) = user.reader_writer();
        let [offset, clear, set, _] = reader.read::<Update>()?;
        let change = Change {
            offset: offset as usize,
            clear,
            set,
        };

        let device = self.shared.device;
        let value = self.shared.state.lock().update(device, &change)?;
        writer.write::<Update>(&[offset, clear, set, value])
    }

    fn line(&self) -> usize {
        self.line.load(Relaxed) as usize
    }

    /// Waits until the interrupt has occurred since the last read, and returns its count. A reader
    /// with room for them takes the events too.
    fn read(&self, user: UserPtr, len: usize, waits: bool) -> Result<isize> {
        if self.shared.device.interrupts.is_empty() || len != COUNT && len != COUNT_AND_EVENTS {
            return Err(EINVAL);
        }

        let index = self.line();
        self.act(index, Line::note_read)?;
        let mut state = self.shared.state.lock();
        while state.line(index)?.count == self.count.load(Relaxed) && state.io.is_some() {
            if !waits {
                return Err(EAGAIN);
            }
            if self.shared.waiters.wait_interruptible(&mut state) {
                return Err(ERESTARTSYS);
            }
        }
        if state.io.is_none() {
            return Err(ENODEV);
        }
        let line = state.line(index)?;
        let (count, events) = (line.count, line.events);
        if len == COUNT_AND_EVENTS {
            line.events = 0;
        }
        drop(state);

        let mut user = UserSlice::new(user, len).writer();
        let mut written = user.write(&count);
        if len == COUNT_AND_EVENTS {
            written = written.and_then(|()| user.write(&events));
            if written.is_err() {
                // Events that were not reported are not lost.
                self.shared.state.lock().line(index)?.events |= events;
            }
        }
        written?;
        self.count.store(count, Relaxed);
        Ok(len as isize)
    }

    /// Enables what is masked of the interrupt, or masks it.
    fn write(&self, user: UserPtr, len: usize) -> Result<isize> {
        if self.shared.device.interrupts.is_empty() || len != COUNT {
            return Err(EINVAL);
        }
        match UserSlice::new(user, len).reader().read::<u32>()? {
            0 => {
                let mut state = self.shared.state.lock();
                state.act(self.line(), Line::disable)?;
            }
            1 => self.act(self.line(), Line::enable)?,
            _ => return Err(EINVAL),
        }
        Ok(COUNT as isize)
    }

    /// Calls `act`, which may find an interrupt.
    fn act(
        &self,
        index: usize,
        act: impl FnOnce(&mut Line, &mut Registers<'_>) -> Handled,
    ) -> Result {
        let handled = self.shared.state.lock().act(index, act)?;

        self.shared.report(index, handled);
        Ok(())
    }

    fn poll(&self, file: &File, table: PollTable<'_>) -> bindings::__poll_t {
        table.register_wait(file, &self.shared.waiters);
        let mut state = self.shared.state.lock();

        if state.io.is_none() {
            return bindings::POLLERR | bindings::POLLHUP;
        }
        match state.line(self.line()) {
            Ok(line) if line.count != self.count.load(Relaxed) => {
                bindings::POLLIN | bindings::POLLRDNORM
            }
            _ => 0,
        }
    }
}

pub(super) const FILE_OPERATIONS: &bindings::file_operations = &bindings::file_operations {
    owner: this_module::<crate::LocalModule>().as_ptr(),
    open: Some(open),
    release: Some(release),
    mmap: Some(mmap),
    unlocked_ioctl: Some(ioctl),
    #[cfg(CONFIG_COMPAT)]
    compat_ioctl: bindings::compat_ptr_ioctl,
    read: Some(read),
    write: Some(write),
    poll: Some(poll),
    fasync: Some(fasync),
    ..pin_init::zeroed()
};

/// # Safety
///
/// Only for `FILE_OPERATIONS`.
unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    from_result(|| {
        // SAFETY: The inode is there during the call.
        let minor = unsafe { helper::regloom_minor(inode) };
        let shared = instance::find(minor).ok_or(ENODEV)?;
        if shared.device.bus_master && !helper::may_master() {
            return Err(EPERM);
        }
        // SAFETY: A file that is being opened has an address space, which is its inode's.
        let space = unsafe { NonNull::new_unchecked((*file).f_mapping) };

        let opened = KBox::new(Opened::new(shared), GFP_KERNEL)?;

        opened.shared.enter(space)?;
        // SAFETY: No one else has the file yet.
        unsafe { (*file).private_data = opened.into_foreign() };
        Ok(0)
    })
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: `open` has put it there, and this is the file's end.
    let opened = unsafe { KBox::<Opened>::from_foreign((*file).private_data) };
    // SAFETY: It is the address space that `open` has found there.
    let space = unsafe { NonNull::new_unchecked((*file).f_mapping) };

    opened.shared.leave(space);
    0
}

/// # Safety
///
/// `file` must be one that `open` has opened.
unsafe fn opened<'a>(file: *mut bindings::file) -> &'a Opened {
    // SAFETY: `open` has put it there, and it stays until `release`.
    unsafe { KBox::<Opened>::borrow((*file).private_data) }
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn mmap(file: *mut bindings::file, vma: *mut bindings::vm_area_struct) -> c_int {
    from_result(|| {
        // SAFETY: `open` has opened the file.
        let shared = &unsafe { opened(file) }.shared;

        // SAFETY: It is the area that this is called for.
        unsafe { mapping::mmap(shared, vma) }?;
        Ok(0)
    })
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn ioctl(file: *mut bindings::file, command: c_uint, arg: c_ulong) -> c_long {
    // SAFETY: `open` has opened the file.
    let opened = unsafe { opened(file) };
    // SAFETY: The file is open during the call.
    let writes = unsafe { (*file).f_flags } & bindings::O_ACCMODE != bindings::O_RDONLY;

    let result = opened.ioctl(command, arg, writes);

    result.map_or_else(Error::to_errno, |()| 0) as c_long
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn read(
    file: *mut bindings::file,
    buffer: *mut c_char,
    len: usize,
    _: *mut bindings::loff_t,
) -> isize {
    // SAFETY: `open` has opened the file.
    let opened = unsafe { opened(file) };
    // SAFETY: The file is open during the call.
    let waits = unsafe { (*file).f_flags } & bindings::O_NONBLOCK == 0;

    from_result(|| opened.read(UserPtr::from_ptr(buffer.cast()), len, waits))
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn write(
    file: *mut bindings::file,
    buffer: *const c_char,
    len: usize,
    _: *mut bindings::loff_t,
) -> isize {
    // SAFETY: `open` has opened the file.
    let opened = unsafe { opened(file) };

    from_result(|| opened.write(UserPtr::from_ptr(buffer.cast_mut().cast()), len))
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn poll(
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
) -> bindings::__poll_t {
    // SAFETY: `open` has opened the file.
    let opened = unsafe { opened(file) };
    // SAFETY: The file is open during the call, and its position is not used.
    let file = unsafe { File::from_raw_file(file) };
    // SAFETY: `table` is null or there during the call.
    let table = unsafe { PollTable::from_raw(table) };

    opened.poll(file, table)
}

/// # Safety
///
/// Only for `FILE_OPERATIONS`, of a file that `open` has opened.
unsafe extern "C" fn fasync(fd: c_int, file: *mut bindings::file, on: c_int) -> c_int {
    // SAFETY: `open` has opened the file, which is one of this node.
    unsafe { opened(file).shared.set_signals(fd, file, on) }
}
