// SPDX-License-Identifier: MIT OR Apache-2.0

//! A block's registers at their offsets, and which of them an access goes to.

use std::vec::Vec;

use crate::table::{Array, Item, OnRead, Policy, Register};

/// A block's registers by ascending offset.
pub(super) struct Layout {
    banks: Vec<Bank>,
    /// For each bank, the greatest end of it and of the banks before it.
    reach: Vec<usize>,
}

/// The direction of an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Read,
    Write,
}

/// A register, or an array of them, at its offset in the block.
pub(super) struct Bank {
    offset: usize,
    array: Array,
    beat: usize,
    high_at_start: bool,
    swapped: bool,
    /// Bytes of one element.
    pub(super) bytes: usize,
    reset: u64,
    /// Those of each element, where they differ.
    resets: &'static [u64],
    /// Its bits by their policy.
    pub(super) parts: Vec<Part>,
    /// Bits that software may read.
    pub(super) readable: u64,
    /// Bits that software may write.
    pub(super) writable: u64,
    /// Bits that a read consumes.
    pub(super) pops: u64,
    /// Bits of the beat that moves first.
    pub(super) first: u64,
    /// Bits of the beat that moves last.
    pub(super) last: u64,
    /// Reading the first beat latches the register: the other beats are read from
    /// the latched value.
    pub(super) latches: bool,
}

/// Some bits of a register: a field, or the bits that no field covers.
pub(super) struct Part {
    pub(super) mask: u64,
    pub(super) policy: Policy,
}

/// One register of a bank.
#[derive(Clone, Copy)]
pub(super) struct Element<'l> {
    pub(super) bank: &'l Bank,
    pub(super) offset: usize,
}

/// A register, and the bytes of it that an access moves.
pub(super) struct Reached<'l> {
    pub(super) element: Element<'l>,
    lanes: Vec<Lane>,
}

/// A byte of an access.
#[derive(Clone, Copy)]
struct Lane {
    /// Its lowest bit in what the bus moves.
    in_unit: usize,
    /// Its lowest bit in the register.
    in_register: usize,
}

impl Layout {
    pub(super) fn of(items: &'static [Item]) -> Self {
        let mut banks = Vec::new();
        flatten(items, 0, &mut banks);
        banks.sort_by_key(|bank: &Bank| bank.offset);
        let mut farthest = 0;
        let reach = banks.iter().map(|bank| {
            farthest = bank.end().max(farthest);
            farthest
        });
        Layout {
            reach: reach.collect(),
            banks,
        }
    }

    /// Bytes to the end of the last register.
    pub(super) fn end(&self) -> usize {
        self.reach.last().copied().unwrap_or(0)
    }

    /// The registers that may have another value than 0 after reset. A memory has
    /// millions that do not.
    fn elements_with_a_reset(&self) -> impl Iterator<Item = Element<'_>> {
        let all_zero = |bank: &&Bank| bank.reset == 0 && bank.resets.is_empty();
        let banks = self.banks.iter().filter(move |bank| !all_zero(bank));
        banks.flat_map(|bank| {
            (0..bank.array.count).map(move |index| Element {
                bank,
                offset: bank.offset + index * bank.array.stride,
            })
        })
    }

    /// The registers that are not 0 after reset, with their reset value.
    pub(super) fn resets(&self) -> impl Iterator<Item = (Element<'_>, u64)> {
        let elements = self.elements_with_a_reset().map(|element| {
            let bank = element.bank;
            let into = element.offset - bank.offset;
            let index = into.checked_div(bank.array.stride).unwrap_or(0);
            (
                element,
                bank.resets.get(index).copied().unwrap_or(bank.reset),
            )
        });
        elements.filter(|(_, reset)| *reset != 0)
    }

    /// The register at this offset; of several, the one that software can read.
    pub(super) fn beginning_at(&self, offset: usize) -> Option<Element<'_>> {
        let here = self.covering(offset).filter(|it| it.offset == offset);
        here.min_by_key(|it| it.bank.readable == 0)
    }

    /// The registers that an access goes to. A byte that several registers have
    /// goes to the one that suits best.
    pub(super) fn reached(&self, offset: usize, size: usize, way: Way) -> Vec<Reached<'_>> {
        let mut reached: Vec<Reached<'_>> = Vec::new();
        let bytes = (offset..offset.saturating_add(size)).zip((0..).step_by(8));
        for (byte, in_unit) in bytes {
            let Some(element) = self.best_at(byte, size, way) else {
                continue;
            };
            let lane = Lane {
                in_unit,
                in_register: element.bank.bit_of_byte(byte - element.offset),
            };
            match reached.last_mut() {
                Some(last) if last.element.is(element) => last.lanes.push(lane),
                _ => reached.push(Reached {
                    element,
                    lanes: [lane].into(),
                }),
            }
        }
        reached
    }

    fn best_at(&self, byte: usize, size: usize, way: Way) -> Option<Element<'_>> {
        self.covering(byte)
            .min_by_key(|it| (!it.bank.allows(way), it.bank.beat != size))
    }

    /// The registers with this byte, in the order of the table.
    fn covering(&self, byte: usize) -> impl Iterator<Item = Element<'_>> {
        let end = self.banks.partition_point(|bank| bank.offset <= byte);
        let out_of_reach = self.reach[..end].iter().rposition(|reach| *reach <= byte);
        let start = out_of_reach.map_or(0, |at| at + 1);
        self.banks[start..end]
            .iter()
            .filter_map(move |bank| bank.element_with(byte))
    }
}

/// Appends the registers of `items`, which begin at `base`.
fn flatten(items: &'static [Item], base: usize, banks: &mut Vec<Bank>) {
    for item in items {
        match item {
            Item::Register(register) => banks.push(Bank::of(register, base)),
            Item::Cluster(cluster) => {
                let array = cluster.array.unwrap_or(ONE);
                for index in 0..array.count {
                    let offset = base + cluster.offset + index * array.stride;
                    flatten(cluster.items, offset, banks);
                }
            }
        }
    }
}

/// The array of a single item.
const ONE: Array = Array {
    count: 1,
    stride: 0,
};

impl Bank {
    fn of(register: &Register, base: usize) -> Self {
        let parts = parts(register);
        let of = |which: &dyn Fn(Policy) -> bool| {
            let chosen = parts.iter().filter(|part| which(part.policy));
            chosen.fold(0, |mask, part| mask | part.mask)
        };
        let readable = of(&|policy| policy.read);
        let writable = of(&|policy| policy.write);
        let pops = of(&Policy::pops);
        let changing = of(&|policy| policy.read && policy.on_read != OnRead::Nothing);
        let beat_bits = low_bits(register.beat * 8);
        let bytes = (register.width / 8) as usize;
        let beats = bytes / register.beat;
        let last = beat_bits << ((beats - 1) * register.beat * 8);
        let (first, last) = match register.high_first {
            true => (last, beat_bits),
            false => (beat_bits, last),
        };
        Bank {
            offset: base + register.offset,
            array: register.array.unwrap_or(ONE),
            beat: register.beat,
            high_at_start: register.high_at_start,
            swapped: register.swapped,
            bytes,
            reset: register.reset,
            resets: register.resets,
            readable,
            writable,
            pops,
            first,
            last,
            latches: pops != 0 || (beats > 1 && writable == 0 && changing == 0),
            parts,
        }
    }

    fn end(&self) -> usize {
        self.offset + (self.array.count.max(1) - 1) * self.array.stride + self.bytes
    }

    fn allows(&self, way: Way) -> bool {
        match way {
            Way::Read => self.readable != 0,
            Way::Write => self.writable != 0,
        }
    }

    /// The register with this byte of the block, which is not before the bank.
    fn element_with(&self, byte: usize) -> Option<Element<'_>> {
        let into = byte - self.offset;
        let index = into.checked_div(self.array.stride).unwrap_or(0);
        let index = index.min(self.array.count.checked_sub(1)?);
        let offset = self.offset + index * self.array.stride;
        (byte - offset < self.bytes).then_some(Element { bank: self, offset })
    }

    /// The lowest bit, as a shift, of a byte of the register, counted from its lowest
    /// address.
    pub(super) fn bit_of_byte(&self, byte: usize) -> usize {
        let (beat, within) = (byte / self.beat, byte % self.beat);
        let beats = self.bytes / self.beat;
        let nth = if self.high_at_start {
            beats - 1 - beat
        } else {
            beat
        };
        let within = if self.swapped {
            self.beat - 1 - within
        } else {
            within
        };
        (nth * self.beat + within) * 8
    }

    /// Bits that a register has.
    pub(super) fn all(&self) -> u64 {
        low_bits(self.bytes * 8)
    }
}

/// The register's fields, and what none of them covers.
fn parts(register: &Register) -> Vec<Part> {
    let all = low_bits(register.width as usize);
    let fields = register.fields.iter().map(|field| Part {
        mask: low_bits(field.len as usize) << field.low,
        policy: field.policy,
    });
    let mut parts: Vec<_> = fields.collect();
    let uncovered = parts.iter().fold(all, |left, part| left & !part.mask);
    parts.push(Part {
        mask: uncovered,
        policy: register.policy,
    });
    parts.retain(|part| part.mask != 0);
    parts
}

/// A mask of this many bits from bit 0 on; at most 64.
fn low_bits(count: usize) -> u64 {
    match count {
        0 => 0,
        count => u64::MAX >> 64_usize.saturating_sub(count),
    }
}

impl Element<'_> {
    fn is(self, other: Element<'_>) -> bool {
        core::ptr::eq(self.bank, other.bank) && self.offset == other.offset
    }
}

impl Reached<'_> {
    /// The bits of the register that move.
    pub(super) fn mask(&self) -> u64 {
        self.lanes
            .iter()
            .fold(0, |mask, lane| mask | 0xFF << lane.in_register)
    }

    /// The unit that the bus moves, from the register's content.
    pub(super) fn unit_of(&self, content: u64) -> u64 {
        let bytes = self.lanes.iter();
        bytes.fold(0, |unit, lane| {
            unit | ((content >> lane.in_register) & 0xFF) << lane.in_unit
        })
    }

    /// The register's content, from the unit that the bus moves.
    pub(super) fn content_of(&self, unit: u64) -> u64 {
        let bytes = self.lanes.iter();
        bytes.fold(0, |content, lane| {
            content | ((unit >> lane.in_unit) & 0xFF) << lane.in_register
        })
    }
}
