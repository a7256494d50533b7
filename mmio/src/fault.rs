// SPDX-License-Identifier: MIT OR Apache-2.0

//! Faults of a bus, injected into accesses.

use core::cell::{Cell, RefCell};
use core::fmt;
use std::collections::VecDeque;
use std::vec::Vec;

use crate::block::Block;
use crate::bus::{Carrier, On, low_ones};

/// Passes accesses to `C`, except for the faults that were added.
///
/// Each fault applies to the accesses that begin at one offset, in bytes from the
/// start of the block. It counts the accesses of its kind (reads or writes) from 1.
/// Bits are those of the unit that the bus moves. Where several faults apply to one
/// offset, an answer passes through them in the order in which they were added.
///
/// ```
/// # use regloom_mmio::{Carrier, FaultInjector, Region};
/// // A program has handles: `faulty.regs::<my_device::Block>()`.
/// let faulty = FaultInjector::new(Region::plain_memory(0x1000))
///     .with_ones_read(0x10, 2)
///     .with_write_lost(0x14, 1);
/// faulty.store(0x14, 4, 7);
/// assert_eq!(faulty.load(0x14, 4), 0);
/// assert_eq!(faulty.load(0x10, 4), 0);
/// assert_eq!(faulty.load(0x10, 4), 0xFFFF_FFFF);
/// ```
pub struct FaultInjector<C> {
    carrier: C,
    of_reads: Vec<Placed<OfReads>>,
    of_writes: Vec<Placed<OfWrites>>,
}

/// A fault, and where it applies.
struct Placed<F> {
    offset: usize,
    /// Accesses that were counted.
    seen: Cell<usize>,
    fault: F,
}

enum OfReads {
    /// The read of that number is not answered.
    Ones(usize),
    /// Bits that are always 1, and bits that are always 0.
    Stuck { high: u64, low: u64 },
    /// A read returns the answer of an earlier read, that many before.
    Late(usize, RefCell<VecDeque<u64>>),
}

enum OfWrites {
    /// The write of that number is lost.
    Lost(usize),
    /// Bits that are always 1, and bits that are always 0.
    Stuck { high: u64, low: u64 },
}

impl<C: Carrier> FaultInjector<C> {
    /// Without faults.
    #[must_use]
    pub fn new(carrier: C) -> Self {
        FaultInjector {
            carrier,
            of_reads: Vec::new(),
            of_writes: Vec::new(),
        }
    }

    /// The `nth` read returns all ones, as on a bus where no device answers. The
    /// device receives the read nevertheless.
    #[must_use]
    pub fn with_ones_read(self, offset: usize, nth: usize) -> Self {
        self.with_fault_of_reads(offset, OfReads::Ones(nth))
    }

    /// The lines of these bits are stuck: `high` are set and `low` are clear, in
    /// what reads return and in what the device receives.
    #[must_use]
    pub fn with_bits_stuck(self, offset: usize, high: u64, low: u64) -> Self {
        let mut stuck = self.with_fault_of_reads(offset, OfReads::Stuck { high, low });
        let fault = OfWrites::Stuck { high, low };
        stuck.of_writes.push(Placed::at(offset, fault));
        stuck
    }

    /// The `nth` write does not arrive.
    #[must_use]
    pub fn with_write_lost(mut self, offset: usize, nth: usize) -> Self {
        self.of_writes.push(Placed::at(offset, OfWrites::Lost(nth)));
        self
    }

    /// Each read returns the answer of the read that was `reads` earlier, as behind
    /// a pipeline. The first ones return the answer of the first read.
    #[must_use]
    pub fn with_reads_late(self, offset: usize, reads: usize) -> Self {
        self.with_fault_of_reads(offset, OfReads::Late(reads, RefCell::default()))
    }

    /// The registers of the block `D`, accessed through the carrier.
    #[must_use]
    pub fn regs<D: Block>(&self) -> D::Registers<'_, On<Self>> {
        On::regs::<D>(self)
    }

    /// The carrier that makes the accesses.
    #[must_use]
    pub fn carrier(&self) -> &C {
        &self.carrier
    }

    /// The same carrier, without the faults.
    #[must_use]
    pub fn into_carrier(self) -> C {
        self.carrier
    }

    fn with_fault_of_reads(mut self, offset: usize, fault: OfReads) -> Self {
        self.of_reads.push(Placed::at(offset, fault));
        self
    }
}

impl<F> Placed<F> {
    fn at(offset: usize, fault: F) -> Self {
        Placed {
            offset,
            seen: Cell::new(0),
            fault,
        }
    }

    /// Counts an access, and returns its number.
    fn next(&self) -> usize {
        self.seen.update(|seen| seen + 1);
        self.seen.get()
    }
}

impl OfReads {
    /// The answer of the `nth` read, as the fault changes it.
    fn apply(&self, answer: u64, nth: usize) -> u64 {
        match self {
            OfReads::Ones(which) if *which == nth => u64::MAX,
            OfReads::Ones(_) => answer,
            OfReads::Stuck { high, low } => stuck(answer, *high, *low),
            OfReads::Late(reads, pipeline) => {
                let mut pipeline = pipeline.borrow_mut();
                pipeline.push_back(answer);
                if pipeline.len() - 1 > *reads {
                    pipeline.pop_front();
                }
                pipeline.front().copied().unwrap_or(answer)
            }
        }
    }
}

impl OfWrites {
    /// What arrives of the `nth` write; none if it is lost.
    fn apply(&self, unit: u64, nth: usize) -> Option<u64> {
        match self {
            OfWrites::Lost(which) => (*which != nth).then_some(unit),
            OfWrites::Stuck { high, low } => Some(stuck(unit, *high, *low)),
        }
    }
}

fn stuck(unit: u64, high: u64, low: u64) -> u64 {
    (unit | high) & !low
}

impl<C: Carrier> Carrier for FaultInjector<C> {
    fn load(&self, offset: usize, size: usize) -> u64 {
        let answer = self.carrier.load(offset, size);
        let here = self.of_reads.iter().filter(|it| it.offset == offset);
        let answer = here.fold(answer, |answer, it| it.fault.apply(answer, it.next()));
        answer & low_ones(size)
    }

    fn store(&self, offset: usize, size: usize, unit: u64) {
        let mut here = self.of_writes.iter().filter(|it| it.offset == offset);
        let arriving = here.try_fold(unit, |unit, it| it.fault.apply(unit, it.next()));
        if let Some(unit) = arriving {
            self.carrier.store(offset, size, unit & low_ones(size));
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for FaultInjector<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = self.of_reads.len() + self.of_writes.len();
        write!(f, "{:?}, with {faults} faults", self.carrier)
    }
}
