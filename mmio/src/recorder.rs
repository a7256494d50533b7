// SPDX-License-Identifier: MIT OR Apache-2.0

//! A record of every access to a carrier.

use core::cell::RefCell;
use core::fmt;
use std::vec::Vec;

use crate::block::Block;
use crate::bus::{Carrier, On};
use crate::transfer::Transfer;

/// Records every access to `C`: the device itself, a simulator, or another wrapper.
///
/// ```
/// # use regloom_mmio::{On, Recorder, Region, Carrier, Transfer};
/// let recorder = Recorder::new(Region::plain_memory(0x1000));
/// // A program has handles: `recorder.regs::<my_device::Block>()`.
/// recorder.store(0x10, 4, 7);
/// assert_eq!(recorder.load(0x10, 4), 7);
/// assert_eq!(
///     recorder.log(),
///     [Transfer::write(0x10, 4, 7), Transfer::read(0x10, 4, 7)]
/// );
/// ```
pub struct Recorder<C> {
    carrier: C,
    log: RefCell<Vec<Transfer>>,
}

impl<C: Carrier> Recorder<C> {
    /// A recorder with an empty log.
    #[must_use]
    pub fn new(carrier: C) -> Self {
        Recorder {
            carrier,
            log: RefCell::default(),
        }
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

    /// The same carrier, without the recorder.
    #[must_use]
    pub fn into_carrier(self) -> C {
        self.carrier
    }

    /// Every access since the start or [`clear_log`](Self::clear_log), in order.
    #[must_use]
    pub fn log(&self) -> Vec<Transfer> {
        self.log.borrow().clone()
    }

    /// Clears the log.
    pub fn clear_log(&self) {
        self.log.borrow_mut().clear();
    }
}

impl<C: Carrier> Carrier for Recorder<C> {
    fn load(&self, offset: usize, size: usize) -> u64 {
        let value = self.carrier.load(offset, size);
        let transfer = Transfer::read(offset, size, value);
        self.log.borrow_mut().push(transfer);
        value
    }

    fn store(&self, offset: usize, size: usize, unit: u64) {
        let transfer = Transfer::write(offset, size, unit);
        self.log.borrow_mut().push(transfer);
        self.carrier.store(offset, size, unit);
    }
}

impl<C: fmt::Debug> fmt::Debug for Recorder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, recorded", self.carrier)
    }
}
