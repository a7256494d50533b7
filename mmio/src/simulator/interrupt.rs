// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interrupts of a simulated block, handled as the driver handles them.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use std::io;

use super::hardware::Model;
use crate::access::Update;
use crate::block::{InterruptOf, Interrupts};
use crate::bus::On;
use crate::events::{Event, Events, InterruptLine};
use crate::handling::{Access, Change, Unreadable, must_be_switchable};
use crate::register::Reg;
use crate::table::{Interrupt, Port};
use crate::update::{self, Named};
use crate::value::Register;
use crate::waits::Waits;
use crate::word::Word;

/// An interrupt of a [`Simulator`](super::Simulator), with the methods of
/// [`Interrupt`](crate::Interrupt). It acts as the driver does: it acknowledges or
/// masks what it reports, and changes enable bits. These accesses are not in the log,
/// which has only those of the program; hooks are called for them.
///
/// The line is active while an event is pending and enabled: with the registers as
/// they are now, as hooks and the test have set them.
pub struct SimulatedInterrupt<'a, L> {
    model: &'a Model,
    table: &'static Interrupt,
    /// All interrupts of the block.
    tables: &'static [Interrupt],
    count: Cell<u32>,
    /// Events whose enable bits were cleared until `unmask`.
    masked: Cell<u32>,
    /// The line is disabled until `unmask`.
    is_line_masked: Cell<bool>,
    /// The line was raised, and that was not reported yet.
    is_raised: Cell<bool>,
    named: PhantomData<fn() -> L>,
}

impl<'a, L: InterruptLine> SimulatedInterrupt<'a, L> {
    pub(super) fn of(
        model: &'a Model,
        table: &'static Interrupt,
        tables: &'static [Interrupt],
    ) -> Self {
        SimulatedInterrupt {
            model,
            table,
            tables,
            count: Cell::new(0),
            masked: Cell::new(0),
            is_line_masked: Cell::new(false),
            is_raised: Cell::new(false),
            named: PhantomData,
        }
    }

    /// The events that are pending and enabled: the line is active when there are
    /// any. Nothing is acknowledged.
    #[must_use]
    pub fn pending(&self) -> Events<L> {
        Events::from_bits(self.table.pending(|port| self.model.content(port)))
    }

    /// Raises the line. For an interrupt without a status register, which nothing
    /// else of the block shows.
    pub fn raise(&self) {
        self.is_raised.set(true);
    }

    /// Reports the pending events, and acknowledges or masks them; `None` when there
    /// are none. It does not wait: nothing happens in a simulation meanwhile.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] without a timeout, when there are none: on a
    /// device the program would wait indefinitely.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event<L>>> {
        let is_raised = self.is_raised.get() && !self.is_line_masked.get();
        if self.is_line_masked.get() || (self.pending().is_empty() && !is_raised) {
            return match timeout {
                Some(_) => Ok(None),
                None => Err(nothing_pending::<L>()),
            };
        }
        self.is_raised.set(false);
        let events = self.table.take(self.model).events;
        if !self.table.passes {
            self.hold_back(events & self.table.switchable())?;
            let unswitchable = events == 0 || events & !self.table.switchable() != 0;
            self.is_line_masked.set(unswitchable);
        }
        self.count.set(self.count.get().wrapping_add(1));
        Ok(Some(Event {
            count: self.count.get(),
            events: Events::from_bits(events),
        }))
    }

    /// Sets the enable bits of events; as [`enable`](crate::Interrupt::enable) of a
    /// device's.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] where an event has no enable bit.
    pub fn enable(&self, events: Events<L>) -> io::Result<()> {
        must_be_switchable(self.table, events)?;
        self.set_enabled(events.bits(), true)
    }

    /// Clears them; as [`disable`](crate::Interrupt::disable).
    ///
    /// # Errors
    /// As [`enable`](Self::enable).
    pub fn disable(&self, events: Events<L>) -> io::Result<()> {
        must_be_switchable(self.table, events)?;
        self.masked.set(self.masked.get() & !events.bits());
        self.set_enabled(events.bits(), false)
    }

    /// Disables the interrupt until [`unmask`](Self::unmask); as
    /// [`mask`](crate::Interrupt::mask).
    ///
    /// # Errors
    /// None in a simulation.
    pub fn mask(&self) -> io::Result<()> {
        self.hold_back(self.table.enabled(self.model, u32::MAX))?;
        let unswitchable = self.table.events() & !self.table.switchable();
        self.is_line_masked
            .set(self.table.sources.is_empty() || unswitchable != 0);
        Ok(())
    }

    /// Enables it again; as [`unmask`](crate::Interrupt::unmask).
    ///
    /// # Errors
    /// None in a simulation.
    pub fn unmask(&self) -> io::Result<()> {
        self.is_line_masked.set(false);
        self.set_enabled(self.masked.take(), true)
    }

    /// Changes a register that the driver writes too; as
    /// [`update`](crate::Interrupt::update) of a device's.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] where the driver does not write the register.
    pub fn update<D: Interrupts, R: Register, A: Update>(
        &self,
        register: impl FnOnce(D::Registers<'static, On<Named>>) -> Reg<'static, R, A, On<Named>>,
        change: impl FnOnce(R::Value) -> R::Written,
    ) -> io::Result<()>
    where
        L: InterruptOf<D>,
    {
        let bits = |at, clear, set| self.update_bits(at, clear, set);
        update::update::<D, R, A>(bits, register, change)
    }

    /// The same for a register by its offset; as
    /// [`update_bits`](crate::Interrupt::update_bits).
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn update_bits(&self, at: usize, clear: u32, set: u32) -> io::Result<u32> {
        let change = Change { at, clear, set };
        let held = change.make(self.tables, self.model);
        let held = held.map_err(|_| change.refused())?;
        let disabled = change.disabled(self.table);
        self.masked.set(self.masked.get() & !disabled);
        Ok(held)
    }

    /// Clears the enable bits of these events until `unmask`.
    fn hold_back(&self, events: u32) -> io::Result<()> {
        self.masked.set(self.masked.get() | events);
        self.set_enabled(events, false)
    }

    fn set_enabled(&self, events: u32, to: bool) -> io::Result<()> {
        let done = self.table.set_enabled(self.model, events, to);
        done.map_err(|Unreadable| io::ErrorKind::Unsupported.into())
    }
}

fn nothing_pending<L: InterruptLine>() -> io::Error {
    let message = std::format!(
        "{}: no event is pending and enabled, and a wait without a timeout would not end",
        L::NAME
    );
    io::Error::new(io::ErrorKind::WouldBlock, message)
}

/// The accesses of the driver.
impl Access for Model {
    fn load(&self, at: usize, bytes: usize) -> u64 {
        Model::answer(self, at, bytes).0
    }

    fn store(&self, at: usize, bytes: usize, unit: u64) {
        self.accept(at, bytes, unit);
    }

    fn written(&self, port: Port) -> Option<u32> {
        Some(self.content(port))
    }
}

impl Model {
    /// The content of a register, whatever its policy; 0 where there is none.
    fn content(&self, port: Port) -> u32 {
        let bits = self.content_at(port.at).unwrap_or_default();
        <u32 as Word>::from_low(bits)
    }
}

impl<L: InterruptLine> Waits<L> for SimulatedInterrupt<'_, L> {
    fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event<L>>> {
        SimulatedInterrupt::wait(self, timeout)
    }

    fn enable(&self, events: Events<L>) -> io::Result<()> {
        SimulatedInterrupt::enable(self, events)
    }

    fn disable(&self, events: Events<L>) -> io::Result<()> {
        SimulatedInterrupt::disable(self, events)
    }

    fn mask(&self) -> io::Result<()> {
        SimulatedInterrupt::mask(self)
    }

    fn unmask(&self) -> io::Result<()> {
        SimulatedInterrupt::unmask(self)
    }

    fn update_bits(&self, at: usize, clear: u32, set: u32) -> io::Result<u32> {
        SimulatedInterrupt::update_bits(self, at, clear, set)
    }
}

impl<L: InterruptLine> fmt::Debug for SimulatedInterrupt<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, simulated: {:?}", L::NAME, self.pending())
    }
}
