// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program does with an interrupt, on a device and on a simulator.

use core::time::Duration;
use std::io;
use std::time::Instant;

use crate::access::Update;
use crate::block::{InterruptOf, Interrupts};
use crate::bus::On;
use crate::events::{Event, Events};
use crate::register::Reg;
use crate::update::{self, Named};
use crate::value::Register;

/// Something that waits for the interrupt `L`: that of a device
/// ([`Interrupt`](crate::Interrupt)), or of a simulator
/// ([`SimulatedInterrupt`](crate::SimulatedInterrupt)).
///
/// A function that takes it runs on hardware and in a test:
///
/// ```
/// # use regloom_mmio::{InterruptLine, Waits};
/// # use std::io;
/// fn is_done_in_time<L: InterruptLine>(irq: &impl Waits<L>) -> io::Result<bool> {
///     let event = irq.wait(Some(std::time::Duration::from_secs(1)))?;
///     Ok(event.is_some_and(|event| event.events.contains(regloom_mmio::Events::ALL)))
/// }
/// ```
pub trait Waits<L> {
    /// As [`Interrupt::wait`](crate::Interrupt::wait).
    ///
    /// # Errors
    /// The system's error.
    fn wait(&self, timeout: Option<Duration>) -> io::Result<Option<Event<L>>>;

    /// As [`Interrupt::wait_until`](crate::Interrupt::wait_until).
    ///
    /// # Errors
    /// The system's error.
    fn wait_until(&self, deadline: Instant) -> io::Result<Option<Event<L>>> {
        self.wait(Some(deadline.saturating_duration_since(Instant::now())))
    }

    /// As [`Interrupt::enable`](crate::Interrupt::enable).
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] where an event has no enable bit.
    fn enable(&self, events: Events<L>) -> io::Result<()>;

    /// As [`Interrupt::disable`](crate::Interrupt::disable).
    ///
    /// # Errors
    /// As [`enable`](Self::enable).
    fn disable(&self, events: Events<L>) -> io::Result<()>;

    /// As [`Interrupt::mask`](crate::Interrupt::mask).
    ///
    /// # Errors
    /// The system's error.
    fn mask(&self) -> io::Result<()>;

    /// As [`Interrupt::unmask`](crate::Interrupt::unmask).
    ///
    /// # Errors
    /// The system's error.
    fn unmask(&self) -> io::Result<()>;

    /// As [`Interrupt::update_bits`](crate::Interrupt::update_bits).
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] where the driver does not write the register.
    fn update_bits(&self, at: usize, clear: u32, set: u32) -> io::Result<u32>;

    /// As [`Interrupt::update`](crate::Interrupt::update).
    ///
    /// # Errors
    /// As [`update_bits`](Self::update_bits).
    fn update<D: Interrupts, R: Register, A: Update>(
        &self,
        register: impl FnOnce(D::Registers<'static, On<Named>>) -> Reg<'static, R, A, On<Named>>,
        change: impl FnOnce(R::Value) -> R::Written,
    ) -> io::Result<()>
    where
        Self: Sized,
        L: InterruptOf<D>,
    {
        let bits = |at, clear, set| self.update_bits(at, clear, set);
        update::update::<D, R, A>(bits, register, change)
    }
}
