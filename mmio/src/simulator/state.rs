// SPDX-License-Identifier: MIT OR Apache-2.0

//! The content of the registers, and how an access changes it.

use std::collections::{BTreeMap, VecDeque};
use std::vec;
use std::vec::Vec;

use super::layout::{Element, Layout, Reached};
use crate::transfer::Transfer;

pub(super) struct State {
    content: Content,
    /// The bits that accept one write and have had it.
    settled: BTreeMap<Key, u64>,
    /// The values that reading a first beat latched, by offset.
    latched: BTreeMap<usize, u64>,
    /// The words that reads of a port will consume, by offset.
    queues: BTreeMap<usize, VecDeque<u64>>,
    /// The bits so far of a register that is written in beats.
    arriving: BTreeMap<Key, u64>,
    log: Vec<Transfer>,
    strays: Vec<Transfer>,
}

/// A register: whether software can read it, and its offset.
type Key = (bool, usize);

/// The block's bytes by address. Registers that software cannot read are kept
/// separately: they may share an offset with one that it can read.
struct Content {
    readable: Vec<u8>,
    unreadable: Vec<u8>,
}

impl State {
    pub(super) fn after_reset(layout: &Layout, size: usize) -> Self {
        let size = size.max(layout.end());
        let mut content = Content {
            readable: vec![0; size],
            unreadable: vec![0; size],
        };
        for (element, reset) in layout.resets() {
            content.set(element, reset);
        }
        State {
            content,
            settled: BTreeMap::new(),
            latched: BTreeMap::new(),
            queues: BTreeMap::new(),
            arriving: BTreeMap::new(),
            log: Vec::new(),
            strays: Vec::new(),
        }
    }

    /// The log is kept through a reset.
    pub(super) fn reset(&mut self, layout: &Layout, size: usize) {
        let before = core::mem::replace(self, State::after_reset(layout, size));
        (self.log, self.strays) = (before.log, before.strays);
    }

    pub(super) fn get(&self, element: Element<'_>) -> u64 {
        self.content.get(element)
    }

    pub(super) fn set(&mut self, element: Element<'_>, bits: u64) {
        self.content.set(element, bits);
    }

    pub(super) fn push(&mut self, port: Element<'_>, word: u64) {
        self.queues.entry(port.offset).or_default().push_back(word);
    }

    /// A read by software; returns what the bus answers.
    pub(super) fn read(&mut self, reached: &[Reached<'_>]) -> u64 {
        reached.iter().fold(0, |unit, one| {
            unit | one.unit_of(self.read_bits(one.element, one.mask()))
        })
    }

    fn read_bits(&mut self, element: Element<'_>, mask: u64) -> u64 {
        let held = self.content.get(element);
        let answer = self.answer(element, mask, held);
        let parts = element.bank.parts.iter().filter(|part| part.policy.read);
        let after = parts.fold(held, |after, part| {
            replaced(after, part.policy.after_read(held), part.mask & mask)
        });
        if after != held {
            self.content.set(element, after);
        }
        answer & element.bank.readable
    }

    /// The answer of a register with this content when these bits are read.
    fn answer(&mut self, element: Element<'_>, mask: u64, held: u64) -> u64 {
        if !element.bank.latches {
            return held;
        }
        if mask & element.bank.first != 0 {
            let next = self.next(element, held);
            self.latched.insert(element.offset, next);
        }
        let latched = self.latched.get(&element.offset);
        latched.copied().unwrap_or(held)
    }

    /// The content, with the bits that a read consumes taken from the queue.
    fn next(&mut self, element: Element<'_>, held: u64) -> u64 {
        let queue = self.queues.get_mut(&element.offset);
        let queue = queue.filter(|_| element.bank.pops != 0);
        let word = queue.and_then(VecDeque::pop_front);
        word.map_or(held, |word| replaced(held, word, element.bank.pops))
    }

    /// A write by software. Returns the bits of each register whose last beat this
    /// is.
    pub(super) fn write(&mut self, reached: &[Reached<'_>], unit: u64) -> Vec<(usize, u64)> {
        let whole = reached.iter().filter_map(|one| {
            let (mask, bits) = (one.mask(), one.content_of(unit));
            self.write_bits(one.element, mask, bits);
            let bits = self.arrived(one.element, mask, bits)?;
            Some((one.element.offset, bits))
        });
        whole.collect()
    }

    fn write_bits(&mut self, element: Element<'_>, mask: u64, bits: u64) {
        let held = self.content.get(element);
        let settled = self.settled.entry(element.key()).or_default();
        let mut after = held;
        let parts = element.bank.parts.iter().filter(|part| part.policy.write);
        for part in parts {
            let mut reached = part.mask & mask;
            if part.policy.once {
                reached &= !*settled;
                *settled |= reached;
            }
            after = replaced(after, part.policy.after_write(held, bits), reached);
        }
        if after != held {
            self.content.set(element, after);
        }
    }

    /// All bits that software wrote to a register, once the last beat has arrived.
    fn arrived(&mut self, element: Element<'_>, mask: u64, bits: u64) -> Option<u64> {
        let before = self.arriving.remove(&element.key()).unwrap_or(0);
        let now = replaced(before, bits, mask);
        if mask & element.bank.last != 0 {
            return Some(now);
        }
        self.arriving.insert(element.key(), now);
        None
    }

    /// Adds an access to the log.
    pub(super) fn record(&mut self, transfer: Transfer, is_stray: bool) {
        self.log.push(transfer);
        self.strays.extend(is_stray.then_some(transfer));
    }

    pub(super) fn log(&self) -> &[Transfer] {
        &self.log
    }

    pub(super) fn strays(&self) -> &[Transfer] {
        &self.strays
    }

    pub(super) fn clear_log(&mut self) {
        self.log.clear();
        self.strays.clear();
    }
}

impl Element<'_> {
    fn key(self) -> Key {
        (self.bank.readable != 0, self.offset)
    }
}

impl Content {
    fn get(&self, element: Element<'_>) -> u64 {
        let bank = element.bank;
        let (readable, offset) = element.key();
        let side = if readable {
            &self.readable
        } else {
            &self.unreadable
        };
        let bytes = side[offset..][..bank.bytes].iter().enumerate();
        bytes.fold(0, |bits, (at, byte)| {
            bits | u64::from(*byte) << bank.bit_of_byte(at)
        })
    }

    fn set(&mut self, element: Element<'_>, bits: u64) {
        let bank = element.bank;
        let (readable, offset) = element.key();
        let side = if readable {
            &mut self.readable
        } else {
            &mut self.unreadable
        };
        for (at, byte) in side[offset..][..bank.bytes].iter_mut().enumerate() {
            [*byte, ..] = (bits >> bank.bit_of_byte(at)).to_le_bytes();
        }
    }
}

/// `word` with the bits of `mask` taken from `other`.
fn replaced(word: u64, other: u64, mask: u64) -> u64 {
    (word & !mask) | (other & mask)
}
