// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The interrupts of a block: their handlers, and the state that these share with programs.
//!
//! One lock protects the lines, and the registers that enable, report and acknowledge interrupts:
//! lines may share a register.

use kernel::{
    device::Core,
    irq::{
        self,
        Flags,
        IrqReturn, //
    },
    platform,
    prelude::*,
    sync::Arc, //
};

use super::{
    helper,
    io::Io,
    line::{
        Change,
        Line,
        Registers,
        Written, //
    },
    node::Shared,
    table::{
        Device,
        Interrupt,
        Silence, //
    }, //
};

pub(super) use kernel::sync::SpinLockIrq;

/// What handlers and programs share.
pub(super) struct State {
    /// Present until the device is unbound.
    pub(super) io: Option<Arc<Io>>,
    lines: KVec<Line>,
    written: Written,
}

impl State {
    pub(super) fn new(device: &Device, io: Arc<Io>) -> Result<Self> {
        let mut lines = KVec::new();
        for table in device.interrupts {
            lines.push(Line::new(table)?, GFP_KERNEL)?;
        }

        Ok(Self {
            io: Some(io),
            lines,
            written: Written::of(device.interrupts)?,
        })
    }

    /// The line of that index.
    pub(super) fn line(&mut self, index: usize) -> Result<&mut Line> {
        self.lines.get_mut(index).ok_or(EINVAL)
    }

    /// Calls `act` with a line and the registers, unless the device is unbound.
    pub(super) fn act<T>(
        &mut self,
        index: usize,
        act: impl FnOnce(&mut Line, &mut Registers<'_>) -> T,
    ) -> Result<T> {
        let io = self.io.clone().ok_or(ENODEV)?;

        self.act_on(&io, index, act)
    }

    /// Changes plain bits of a register that the driver writes too, of whichever line it is.
    /// Returns what the register held.
    pub(super) fn update(&mut self, device: &Device, change: &Change) -> Result<u32> {
        let io = self.io.clone().ok_or(ENODEV)?;
        let mut plain = self
            .lines
            .iter()
            .filter_map(|line| line.plain(change.offset));
        let plain = plain.find(|it| device.is_writable(it.port)).ok_or(EINVAL)?;

        let value = plain.update(&io, change)?;
        for line in &mut self.lines {
            line.note_update(plain.port, change);
        }
        Ok(value)
    }

    /// Calls `act` with a line and the registers.
    fn act_on<T>(
        &mut self,
        io: &Io,
        index: usize,
        act: impl FnOnce(&mut Line, &mut Registers<'_>) -> T,
    ) -> Result<T> {
        let line = self.lines.get_mut(index).ok_or(EINVAL)?;
        let mut registers = Registers {
            io,
            written: &mut self.written,
        };

        Ok(act(line, &mut registers))
    }
}

/// What the kernel calls when a line interrupts.
pub(super) struct Handler {
    shared: Arc<Shared>,
    io: Arc<Io>,
    index: usize,
}

impl irq::Handler for Handler {
    fn handle(&self) -> IrqReturn {
        let handled = self
            .shared
            .state
            .lock()
            .act_on(&self.io, self.index, Line::handle);

        match handled {
            Ok(handled) if self.shared.report(self.index, handled) => IrqReturn::Handled,
            _ => IrqReturn::None,
        }
    }
}

impl Handler {
    /// Disables the interrupt in the block, and discards earlier events.
    fn quieten(&self) {
        let mut state = self.shared.state.lock();

        // The index is that of a line.
        let _ = state.act_on(&self.io, self.index, Line::quieten);
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        self.quieten();
    }
}

impl Interrupt {
    /// Other devices may have the line too: the driver never takes it from them.
    fn is_shared(&self) -> bool {
        !self.sources.is_empty() && self.sources.iter().all(|source| source.enable.is_some())
    }
}

/// The handlers, for as long as they are registered.
pub(super) type Registrations<'bound> = KVec<Pin<KBox<irq::Registration<'bound, Handler>>>>;

/// Registers the handlers.
pub(super) fn request<'bound>(
    pdev: &'bound platform::Device<Core<'_>>,
    shared: &Arc<Shared>,
    io: &Arc<Io>,
) -> Result<Registrations<'bound>> {
    let table = shared.device.interrupts;
    let mut registrations = KVec::new();

    // All of them before the first is changed: the controller of one may not be there yet.
    let mut requests = KVec::new();
    for line in table {
        // The only one needs no name in the device tree. Where there is none, the kernel reports
        // it.
        let request = match table.len() {
            1 => pdev.irq_by_index(0)?,
            _ => pdev.irq_by_name(line.name)?,
        };
        requests.push(request, GFP_KERNEL)?;
    }
    for (index, (line, request)) in table.iter().zip(requests).enumerate() {
        let handler = Handler {
            shared: shared.clone(),
            io: io.clone(),
            index,
        };
        let flags = if line.is_shared() {
            Flags::SHARED
        } else {
            Flags::TRIGGER_NONE
        };
        if line.silence == Silence::Line {
            helper::disable_at_once(request.irq());
        }

        shared.state.lock().line(index)?.set_irq(request.irq());
        handler.quieten();
        // SAFETY: The registration is part of the driver's data, which is dropped when the device
        // is unbound, or goes with an error before.
        let registration =
            unsafe { irq::Registration::new(request, flags, shared.device.name, Ok(handler)) };
        registrations.push(KBox::pin_init(registration, GFP_KERNEL)?, GFP_KERNEL)?;
    }
    Ok(registrations)
}
