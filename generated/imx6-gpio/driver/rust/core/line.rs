// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! One line that a block interrupts by: what is pending, what is masked, and what programs read.
//!
//! All functions are called with the block's lock held.

use kernel::{
    bindings,
    prelude::*, //
};

use super::{
    helper,
    io::Io,
    table::{
        moved,
        moved_back,
        Bits,
        Enable,
        Interrupt,
        Port,
        Silence,
        Source, //
    }, //
};

/// How often the handler looks for events before it masks what is still pending.
const LOOKS: usize = 16;

/// So many interrupts that no program reads are masked, unless there were [`QUIET`] jiffies
/// without one.
const CEILING: u32 = 100_000;

const QUIET: usize = 2;

/// The registers of a block.
pub(super) struct Registers<'a> {
    pub(super) io: &'a Io,
    pub(super) written: &'a mut Written,
}

/// What the driver wrote to registers that cannot be read, by their offsets.
pub(super) struct Written(KVec<(usize, u32)>);

/// A line, and what has happened on it.
pub(super) struct Line {
    table: &'static Interrupt,
    /// Its number in the kernel.
    irq: u32,
    /// How often it occurred.
    pub(super) count: u32,
    /// The events that it reported and no program has read yet.
    pub(super) events: u32,
    masks: KVec<Mask>,
    /// The driver has the line disabled.
    disabled: bool,
    /// The line is disabled until a program reads.
    held: bool,
    /// Interrupts since a program read or there was quiet.
    unread: u32,
    /// The jiffy of the last interrupt.
    last: usize,
    /// A warning was printed.
    warned: bool,
}

/// What is masked of a [`Source`], in its status bits.
#[derive(Clone, Copy, Default)]
struct Mask {
    /// Cleared by the driver, until a program enables the interrupt again.
    masked: u32,
    /// What a program enabled, or the driver once masked. It is set again with `masked`, in case a
    /// program changed the register at the same time.
    remembered: u32,
    /// Of `masked`: until a program reads.
    held: u32,
    /// Cleared by a program.
    off: u32,
    /// Pending in the current interrupt.
    seen: u32,
}

/// What a program changes of a register.
pub(super) struct Change {
    pub(super) offset: usize,
    pub(super) clear: u32,
    /// Set after the others are cleared.
    pub(super) set: u32,
}

/// A register that the driver writes, and the bits that programs may change.
pub(super) struct Plain {
    pub(super) port: Port,
    /// Bits that are written back as they were read.
    kept: u32,
    /// Bits that are always written as 1, because a 0 would act.
    ones: u32,
}

/// What an interrupt was.
#[derive(Clone, Copy)]
pub(super) enum Handled {
    /// Not of this block.
    No,
    Yes,
    /// Of this block, and it was masked for the first time.
    Masked(&'static str),
}

impl Written {
    /// The registers of `lines` that cannot be read, with no bit set.
    pub(super) fn of(lines: &[Interrupt]) -> Result<Self> {
        let mut written = KVec::new();
        for source in lines.iter().flat_map(|line| line.sources) {
            if let Some(Enable::Register {
                bits,
                readable: false,
                ..
            }) = &source.enable
            {
                written.push((bits.port.offset, 0), GFP_KERNEL)?;
            }
        }
        Ok(Self(written))
    }

    /// The last value, of the first of equal registers.
    fn value(&mut self, port: Port) -> Option<&mut u32> {
        let mut all = self.0.iter_mut();

        all.find(|(offset, _)| *offset == port.offset)
            .map(|(_, value)| value)
    }
}

impl Source {
    /// The status bits that are let through.
    fn enabled(&self, io: &Io, mask: &Mask) -> u32 {
        let read = |bits: &Bits| moved_back(bits.moves, io.read(bits.port));

        match &self.enable {
            Some(Enable::Register {
                bits,
                readable: true,
                ..
            }) => read(bits) & self.bits,
            Some(Enable::Pair {
                read: Some(bits), ..
            }) => read(bits) & self.bits,
            Some(_) => self.bits & !mask.masked & !mask.off,
            None => self.bits,
        }
    }

    /// Whether the enable bits can be read.
    fn reads_back(&self) -> bool {
        matches!(
            self.enable,
            Some(Enable::Register { readable: true, .. } | Enable::Pair { read: Some(_), .. })
        )
    }

    /// Sets or clears enable bits.
    fn set_enabled(&self, registers: &mut Registers<'_>, status: u32, on: bool) {
        let io = registers.io;

        match &self.enable {
            Some(Enable::Register {
                bits,
                readable,
                kept,
                ones,
            }) => {
                let old = if *readable {
                    io.read(bits.port)
                } else {
                    registers.written.value(bits.port).map_or(0, |it| *it)
                };
                let change = moved(bits.moves, status);
                let target = if on { change } else { 0 };
                if *readable && old & change == target {
                    return;
                }

                let new = old & kept & !change | target | ones;
                io.write(bits.port, new);
                if let Some(written) = registers.written.value(bits.port) {
                    *written = new;
                }
            }
            Some(Enable::Pair { set, clear, .. }) => {
                let bits = if on { set } else { clear };

                io.write(bits.port, moved(bits.moves, status));
            }
            None => {}
        }
    }

    /// Acknowledges the `pending` of the bits in `status`.
    fn acknowledge(&self, io: &Io, status: u32, pending: u32) {
        let Some(acknowledge) = &self.acknowledge else {
            return;
        };
        let pending = moved(acknowledge.bits.moves, pending);

        io.write(
            acknowledge.bits.port,
            pending & acknowledge.ones | !pending & acknowledge.zeros | status & acknowledge.kept,
        );
    }

    /// The register at `offset`, if it is the source's and has plain bits that can be read.
    fn plain(&self, offset: usize) -> Option<Plain> {
        let enable = match &self.enable {
            Some(Enable::Register {
                bits,
                readable: true,
                kept,
                ones,
            }) => Some(Plain {
                port: bits.port,
                kept: *kept,
                ones: *ones,
            }),
            _ => None,
        };
        let acknowledge = self.acknowledge.as_ref().map(|it| Plain {
            port: it.bits.port,
            kept: it.kept,
            ones: it.zeros,
        });

        [enable, acknowledge]
            .into_iter()
            .flatten()
            .find(|it| it.port.offset == offset && it.kept != 0)
    }

    /// The events of status bits.
    fn reported(&self, status: u32) -> u32 {
        moved(self.reported, status)
    }
}

impl Line {
    pub(super) fn new(table: &'static Interrupt) -> Result<Self> {
        let mut masks = KVec::new();
        for _ in table.sources {
            masks.push(Mask::default(), GFP_KERNEL)?;
        }

        Ok(Self {
            table,
            irq: 0,
            count: 0,
            events: 0,
            masks,
            disabled: false,
            held: false,
            unread: 0,
            last: 0,
            warned: false,
        })
    }

    /// Gives the line its number in the kernel.
    pub(super) fn set_irq(&mut self, irq: u32) {
        self.irq = irq;
    }

    /// Handles an interrupt of the line.
    pub(super) fn handle(&mut self, registers: &mut Registers<'_>) -> Handled {
        let (before, limit) = match self.table.sources {
            [] => (self.count, 1),
            _ => (self.count, LOOKS),
        };
        for mask in &mut self.masks {
            mask.seen = 0;
        }
        let looks = (0..limit)
            .take_while(|_| !self.disabled && self.look(registers))
            .count();

        if looks == 0 {
            return Handled::No;
        }
        if looks == LOOKS && self.mask_pending(registers) {
            // It was one interrupt, which was seen again and again.
            self.count = before.wrapping_add(1);
            return self.masked("to acknowledge it does not clear it");
        }
        if self.is_too_much() {
            self.hold(registers);
            return self.masked("no program reads it");
        }
        Handled::Yes
    }

    /// Reads the status once, acknowledges and reports what is pending; returns whether something
    /// was.
    fn look(&mut self, registers: &mut Registers<'_>) -> bool {
        let table = self.table;
        let mut read = None;
        let mut pending = table.sources.is_empty();

        for (source, mask) in table.sources.iter().zip(&mut self.masks) {
            let enabled = source.enabled(registers.io, mask);
            let status = read_once(registers.io, source.status, &mut read);
            let found = status & enabled;
            if found == 0 {
                continue;
            }
            source.acknowledge(registers.io, status, found);
            if table.silence == Silence::Masked {
                mask.mask(source, registers, found);
            }
            mask.seen |= found;
            self.events |= source.reported(found);
            pending = true;
        }
        if !pending {
            return false;
        }
        if table.sources.is_empty() {
            self.events |= 1;
        }
        self.count = self.count.wrapping_add(1);
        if table.silence == Silence::Line {
            self.disable_line();
        }
        true
    }

    /// Masks what is still pending; returns whether something was.
    fn mask_pending(&mut self, registers: &mut Registers<'_>) -> bool {
        let table = self.table;
        let mut any = false;
        let mut whole_line = false;
        let mut read = None;

        for (source, mask) in table.sources.iter().zip(&mut self.masks) {
            let enabled = source.enabled(registers.io, mask);
            let found = read_once(registers.io, source.status, &mut read) & enabled;
            any |= found != 0;
            self.events |= source.reported(found);
            if source.enable.is_some() {
                mask.mask(source, registers, found);
            } else {
                whole_line |= found != 0;
            }
        }
        if whole_line {
            self.disable_line();
        }
        any
    }

    /// Counts an interrupt; returns whether there were too many that no program reads.
    fn is_too_much(&mut self) -> bool {
        let now = helper::jiffies();

        if now.wrapping_sub(self.last) >= QUIET {
            self.unread = 0;
        }
        self.last = now;
        self.unread = self.unread.saturating_add(1);
        self.unread >= CEILING && self.table.silence == Silence::Acknowledged
    }

    /// Masks what interrupted, until a program reads.
    fn hold(&mut self, registers: &mut Registers<'_>) {
        let table = self.table;
        let mut whole_line = table.sources.is_empty();

        for (source, mask) in table.sources.iter().zip(&mut self.masks) {
            if source.enable.is_some() {
                mask.mask(source, registers, mask.seen);
                mask.held |= mask.seen;
            } else {
                whole_line |= mask.seen != 0;
            }
        }
        if whole_line {
            self.held = true;
            self.disable_line();
        }
    }

    /// The first time says why.
    fn masked(&mut self, why: &'static str) -> Handled {
        if core::mem::replace(&mut self.warned, true) {
            Handled::Yes
        } else {
            Handled::Masked(why)
        }
    }

    /// A program reads: what was masked because none did is let through.
    pub(super) fn note_read(&mut self, registers: &mut Registers<'_>) -> Handled {
        self.unread = 0;
        for (source, mask) in self.table.sources.iter().zip(&mut self.masks) {
            if mask.held != 0 {
                source.set_enabled(registers, mask.held, true);
                mask.masked &= !mask.held;
                mask.held = 0;
            }
        }
        if !self.held {
            return Handled::No;
        }
        self.enable_line(registers)
    }

    /// Lets through what was masked.
    pub(super) fn enable(&mut self, registers: &mut Registers<'_>) -> Handled {
        self.unread = 0;
        for (source, mask) in self.table.sources.iter().zip(&mut self.masks) {
            let missing = if source.reads_back() {
                mask.remembered & !source.enabled(registers.io, mask)
            } else {
                mask.masked
            };
            if missing != 0 {
                source.set_enabled(registers, missing, true);
            }
            mask.masked = 0;
            mask.held = 0;
        }
        self.enable_line(registers)
    }

    /// Masks all that is let through.
    pub(super) fn disable(&mut self, registers: &mut Registers<'_>) {
        let table = self.table;
        let mut whole_line = table.sources.is_empty();

        for (source, mask) in table.sources.iter().zip(&mut self.masks) {
            if source.enable.is_some() {
                let enabled = source.enabled(registers.io, mask);
                mask.mask(source, registers, enabled);
                mask.held = 0;
            } else {
                whole_line = true;
            }
        }
        if whole_line {
            self.held = false;
            self.disable_line();
        }
    }

    /// Sets or clears the enable bits of `events`.
    pub(super) fn set_events(
        &mut self,
        registers: &mut Registers<'_>,
        events: u32,
        on: bool,
    ) -> Result {
        let (mut all, mut changeable) = (0, 0);
        for source in self.table.sources {
            let reported = source.reported(source.bits);
            all |= reported;
            if source.enable.is_some() {
                changeable |= reported;
            }
        }
        if changeable == 0 {
            return Err(not_supported());
        }
        if events & !all != 0 {
            return Err(EINVAL);
        }
        if events & !changeable != 0 {
            return Err(not_supported());
        }

        for (source, mask) in self.table.sources.iter().zip(&mut self.masks) {
            let status = moved_back(source.reported, events) & source.bits;
            if status == 0 {
                continue;
            }
            source.set_enabled(registers, status, on);
            mask.choose(status, on);
        }
        Ok(())
    }

    /// The register at `offset`, if it is one that programs may change.
    pub(super) fn plain(&self, offset: usize) -> Option<Plain> {
        self.table.sources.iter().find_map(|it| it.plain(offset))
    }

    /// Remembers the enable bits that a program changed in the register at `port`.
    pub(super) fn note_update(&mut self, port: Port, change: &Change) {
        for (source, mask) in self.table.sources.iter().zip(&mut self.masks) {
            let Some(Enable::Register { bits, .. }) = &source.enable else {
                continue;
            };
            if bits.port == port {
                let status = |changed| moved_back(bits.moves, changed) & source.bits;
                mask.choose(status(change.clear & !change.set), false);
                mask.choose(status(change.set), true);
            }
        }
    }

    /// Clears the enable bits, and discards earlier events and what was masked.
    pub(super) fn quieten(&mut self, registers: &mut Registers<'_>) {
        for (source, mask) in self.table.sources.iter().zip(&mut self.masks) {
            source.set_enabled(registers, source.bits, false);
            let status = registers.io.read(source.status);
            source.acknowledge(registers.io, status, status & source.bits);
            *mask = Mask::default();
        }
        self.events = 0;
        self.unread = 0;
    }

    /// Disables the line at the interrupt controller.
    fn disable_line(&mut self) {
        if !core::mem::replace(&mut self.disabled, true) {
            helper::disable_irq(self.irq);
        }
    }

    /// Undoes [`Self::disable_line`]. An edge that came meanwhile is not reported again: its status
    /// is read.
    pub(super) fn enable_line(&mut self, registers: &mut Registers<'_>) -> Handled {
        self.held = false;
        if !core::mem::replace(&mut self.disabled, false) {
            return Handled::No;
        }
        helper::enable_irq(self.irq);
        if self.table.edge && !self.table.sources.is_empty() {
            return self.handle(registers);
        }
        Handled::No
    }
}

/// `EOPNOTSUPP`, which Linux 7.2 has no Rust constant for.
fn not_supported() -> Error {
    Error::from_errno(-(bindings::EOPNOTSUPP as c_int))
}

impl Plain {
    /// Changes bits, and lets none act; returns what the register held.
    pub(super) fn update(&self, io: &Io, change: &Change) -> Result<u32> {
        let all = change.clear | change.set;
        if all & !self.kept != 0 {
            return Err(EINVAL);
        }

        let value = io.read(self.port);
        if all != 0 {
            let new = value & self.kept & !change.clear | change.set | self.ones;
            io.write(self.port, new);
        }
        Ok(value)
    }
}

/// What a status register holds. A read may clear it: of sources that follow each other and have
/// the same one, only the first reads it.
fn read_once(io: &Io, port: Port, last: &mut Option<(Port, u32)>) -> u32 {
    match *last {
        Some((read, status)) if read == port => status,
        _ => {
            let status = io.read(port);
            *last = Some((port, status));
            status
        }
    }
}

impl Mask {
    /// A program has set or cleared the enable bits of `status`.
    fn choose(&mut self, status: u32, on: bool) {
        self.masked &= !status;
        self.held &= !status;
        if on {
            self.remembered |= status;
            self.off &= !status;
        } else {
            self.remembered &= !status;
            self.off |= status;
        }
    }

    /// Clears the enable bits of `status`.
    fn mask(&mut self, source: &Source, registers: &mut Registers<'_>, status: u32) {
        if status != 0 && source.enable.is_some() {
            source.set_enabled(registers, status, false);
            self.masked |= status;
            self.remembered |= status;
        }
    }
}
