// SPDX-License-Identifier: MIT OR Apache-2.0

//! The events of an interrupt as a set, with a type for each interrupt.

use core::fmt;
use core::marker::PhantomData;
use core::ops::{BitAnd, BitOr, BitOrAssign};

use crate::table;

/// An interrupt of a block, as a type: a unit struct in the generated crate, with a
/// constant for each of its events.
pub trait InterruptLine: 'static {
    /// Its name in the description.
    const NAME: &'static str;

    /// Its events by name, by ascending bit. Where the status register has no
    /// fields, its bits have no names.
    const EVENTS: &'static [table::Event];
}

/// Any interrupt: one whose events are bits without names, so that a program can
/// keep interrupts of different types together.
///
/// [`Interrupt::untyped`](crate::Interrupt::untyped) makes it of an interrupt.
#[derive(Debug, Clone, Copy)]
pub enum AnyLine {}

impl InterruptLine for AnyLine {
    const NAME: &'static str = "interrupt";
    const EVENTS: &'static [table::Event] = &[];
}

/// A set of events of the interrupt `L`.
///
/// The generated type of an interrupt has a constant for each of its events.
/// Constants are combined with `|`. Events of another interrupt are of another type:
///
/// ```
/// use regloom_mmio::{Events, InterruptLine, table};
///
/// // The generator writes this.
/// pub struct Irq;
///
/// impl Irq {
///     pub const DONE: Events<Self> = Events::from_bits(0x1);
///     pub const OVERFLOW: Events<Self> = Events::from_bits(0x2);
/// }
///
/// impl InterruptLine for Irq {
///     const NAME: &'static str = "irq";
///     const EVENTS: &'static [table::Event] = &[
///         table::Event::of("DONE", 0x1),
///         table::Event::of("OVERFLOW", 0x2),
///     ];
/// }
///
/// let events = Irq::DONE | Irq::OVERFLOW;
/// assert!(events.contains(Irq::DONE));
/// assert_eq!(format!("{events:?}"), "DONE | OVERFLOW");
/// ```
pub struct Events<L> {
    bits: u32,
    line: PhantomData<fn() -> L>,
}

impl<L> Events<L> {
    /// No events: the start for collecting events with `|=`.
    pub const NONE: Self = Events::from_bits(0);

    /// The events with these bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Events {
            bits,
            line: PhantomData,
        }
    }

    /// The bits as a number. Where the description names only registers, they are
    /// those of the status register; where it lists events, each event has one bit,
    /// from bit 0 on, in its order.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// Whether there are no events.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The same bits, without their names.
    #[must_use]
    pub const fn untyped(self) -> Events<AnyLine> {
        Events::from_bits(self.bits)
    }
}

impl<L: InterruptLine> Events<L> {
    /// All events that have a name.
    pub const ALL: Self = Events::from_bits(all_of(L::EVENTS));

    /// Whether all of these events are among them. An event of several bits is, if
    /// one of its bits is set.
    #[must_use]
    pub fn contains(self, events: Self) -> bool {
        let (mut left, both) = (events.bits, self.bits & events.bits);
        for event in L::EVENTS {
            if event.bits & both != 0 {
                left &= !event.bits;
            }
        }
        left & !self.bits == 0
    }

    /// Each event that has a name, with the name.
    pub fn iter_names(self) -> impl Iterator<Item = (&'static str, Self)> {
        let of = move |event: &table::Event| Events::from_bits(event.bits & self.bits);
        let named = L::EVENTS.iter().map(move |event| (event.name, of(event)));
        named.filter(|(_, events)| !events.is_empty())
    }
}

const fn all_of(mut events: &[table::Event]) -> u32 {
    let mut bits = 0;
    while let [first, others @ ..] = events {
        bits |= first.bits;
        events = others;
    }
    bits
}

impl<L> Clone for Events<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Events<L> {}

impl<L> PartialEq for Events<L> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<L> Eq for Events<L> {}

impl<L> Default for Events<L> {
    fn default() -> Self {
        Events::NONE
    }
}

impl<L> BitOr for Events<L> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Events::from_bits(self.bits | other.bits)
    }
}

impl<L> BitOrAssign for Events<L> {
    fn bitor_assign(&mut self, other: Self) {
        self.bits |= other.bits;
    }
}

impl<L> BitAnd for Events<L> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Events::from_bits(self.bits & other.bits)
    }
}

/// By their names; bits without a name as a number.
impl<L: InterruptLine> fmt::Debug for Events<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (name, _) in self.iter_names() {
            write!(f, "{between}{name}")?;
            between = " | ";
        }
        let left = self.bits & !Self::ALL.bits;
        if left != 0 || between.is_empty() {
            write!(f, "{between}{left:#x}")?;
        }
        Ok(())
    }
}

/// An occurrence of the interrupt `L`.
pub struct Event<L> {
    /// How often the interrupt has occurred since the driver was bound, modulo
    /// 2^32. Through UIO, all occurrences until a wait count once.
    pub count: u32,
    /// What the driver has acknowledged or masked, and had not reported before.
    /// Through UIO, what this wait has acknowledged.
    pub events: Events<L>,
}

impl<L> Event<L> {
    /// The same event, without names.
    #[must_use]
    pub const fn untyped(self) -> Event<AnyLine> {
        Event {
            count: self.count,
            events: self.events.untyped(),
        }
    }
}

impl<L> Clone for Event<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Event<L> {}

impl<L> PartialEq for Event<L> {
    fn eq(&self, other: &Self) -> bool {
        (self.count, self.events) == (other.count, other.events)
    }
}

impl<L> Eq for Event<L> {}

impl<L: InterruptLine> fmt::Debug for Event<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("count", &self.count)
            .field("events", &self.events)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::vec::Vec;

    use super::*;

    struct Irq;

    impl Irq {
        const DONE: Events<Self> = Events::from_bits(0x1);
        const ERRORS: Events<Self> = Events::from_bits(0x30);
    }

    impl InterruptLine for Irq {
        const NAME: &'static str = "irq";
        const EVENTS: &'static [table::Event] = &[
            table::Event::of("DONE", 0x1),
            table::Event::of("ERRORS", 0x30),
        ];
    }

    #[test]
    fn events_are_joined_and_found() {
        let mut seen = Events::<Irq>::NONE;
        assert!(seen.is_empty() && !seen.contains(Irq::DONE));
        seen |= Irq::DONE;
        assert!(seen.contains(Irq::DONE) && !seen.contains(Irq::DONE | Irq::ERRORS));
        assert_eq!((Irq::DONE | Irq::ERRORS), Events::ALL);
        assert_eq!(Events::<Irq>::ALL & Irq::DONE, Irq::DONE);
        assert_eq!(seen.untyped().bits(), 0x1);
    }

    #[test]
    fn an_event_of_several_bits_is_found_by_any_of_them() {
        let seen = Events::<Irq>::from_bits(0x20);
        assert!(seen.contains(Irq::ERRORS));
        assert!(!seen.contains(Irq::ERRORS | Irq::DONE));
        assert!(!Irq::DONE.contains(Irq::ERRORS));
    }

    #[test]
    fn bits_without_a_name_are_found_alone() {
        let seen = Events::<Irq>::from_bits(0x100);
        assert!(seen.contains(Events::from_bits(0x100)));
        assert!(!seen.contains(Events::from_bits(0x300)));
    }

    #[test]
    fn events_print_by_name() {
        let seen = Events::<Irq>::from_bits(0x111);
        assert_eq!(format!("{seen:?}"), "DONE | ERRORS | 0x100");
        assert_eq!(format!("{:?}", Events::<Irq>::NONE), "0x0");
        assert_eq!(format!("{:?}", seen.untyped()), "0x111");
        let names: Vec<_> = seen.iter_names().map(|(name, _)| name).collect();
        assert_eq!(names, ["DONE", "ERRORS"]);
        let event = Event {
            count: 7,
            events: Irq::DONE,
        };
        assert_eq!(format!("{event:?}"), "Event { count: 7, events: DONE }");
    }
}
