// SPDX-License-Identifier: MIT OR Apache-2.0

//! The block as what it is here: plain memory, in a mapping of its own.
#![expect(unsafe_code, reason = "sees the memory past the accessor")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs::OpenOptions;
use std::io;
use std::ptr;

use regloom_mmio::{Block as _, Mapped};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::every_access::{Block, Device, Registers};
use crate::oracle::{At, Bench, Is, Run, Sheet};

/// Methods that were run, by the register's offset and name.
pub(crate) type Methods = BTreeMap<(usize, &'static str), Vec<&'static str>>;

/// A device whose block is plain memory, and that memory.
pub(crate) struct PlainMemory<'d> {
    device: &'d Device,
    memory: Memory,
    /// What has to be in the memory, byte by byte.
    expected: RefCell<Vec<u8>>,
    methods: RefCell<Methods>,
}

impl<'d> PlainMemory<'d> {
    pub(crate) fn of(device: &'d Device, node: &str) -> io::Result<Self> {
        let memory = Memory::of(node)?;
        // No two neighbours are alike.
        let expected: Vec<u8> = (0..=250).cycle().take(Block::SIZE).collect();
        memory.fill(&expected);
        Ok(PlainMemory {
            device,
            memory,
            expected: RefCell::new(expected),
            methods: RefCell::default(),
        })
    }

    /// The methods that were run.
    pub(crate) fn methods_run(&self) -> Methods {
        self.methods.take()
    }

    /// Nothing is in the memory but what has to be.
    fn must_hold(&self, what: &impl Debug) {
        let expected = self.expected.borrow();
        let differing = (0..expected.len()).find(|at| self.memory.byte(*at) != expected[*at]);
        if let Some(at) = differing {
            let (found, wanted) = (self.memory.byte(at), expected[at]);
            assert_eq!(found, wanted, "byte {at:#x} behind {what:x?}");
        }
    }

    fn put(&self, offset: usize, bytes: usize, word: u64) {
        self.memory.store(offset, bytes, word);
        self.expect(offset, bytes, word);
    }

    fn expect(&self, offset: usize, bytes: usize, word: u64) {
        let mut expected = self.expected.borrow_mut();
        expected[offset..][..bytes].copy_from_slice(&word.to_le_bytes()[..bytes]);
    }
}

impl Bench for PlainMemory<'_> {
    type Bus = Mapped;
    const QUEUES: bool = false;

    fn regs(&self) -> Registers<'_, Mapped> {
        self.device.regs()
    }

    fn begin(&self, _at: At, _sheet: &Sheet) {}

    fn must_be<T: PartialEq + Debug>(&self, run: Run, method: impl FnOnce() -> T, is: Is<T>) {
        let (offset, bytes) = (run.at.1, run.width as usize / 8);
        self.put(offset, bytes, run.case.held);
        assert_eq!(method(), is.answer, "{run:x?}");
        if let Some(stored) = is.stored {
            // What is not decided may be anything.
            let free = self.memory.load(offset, bytes) & !stored.decided;
            self.expect(offset, bytes, stored.word & stored.decided | free);
        }
        self.must_hold(&run);
        self.has_run(run.at, run.method);
    }

    fn push(&self, _at: At, _word: u64) {}

    fn get(&self, offset: usize, bytes: usize) -> u64 {
        let word = self.memory.load(offset, bytes);
        self.expect(offset, bytes, word);
        word
    }

    fn set(&self, offset: usize, bytes: usize, word: u64) {
        self.put(offset, bytes, word);
    }

    fn has_run(&self, at: At, method: &'static str) {
        let mut run = self.methods.borrow_mut();
        let methods = run.entry((at.1, at.0)).or_default();
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
}

/// A mapping of the whole block, by a file of its own.
struct Memory(*mut u8);

impl Memory {
    fn of(node: &str) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(node)?;
        let rights = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: without a wanted address, the kernel puts the mapping where
        // nothing else is.
        let start = unsafe {
            mmap(
                ptr::null_mut(),
                Block::SIZE,
                rights,
                MapFlags::SHARED,
                file,
                0,
            )?
        };
        Ok(Memory(start.cast()))
    }

    fn byte(&self, at: usize) -> u8 {
        assert!(at < Block::SIZE);
        // SAFETY: in the mapping, by the line above.
        unsafe { self.0.add(at).read_volatile() }
    }

    fn set_byte(&self, at: usize, byte: u8) {
        assert!(at < Block::SIZE);
        // SAFETY: in the mapping, by the line above; no reference to it exists.
        unsafe { self.0.add(at).write_volatile(byte) }
    }

    fn load(&self, offset: usize, bytes: usize) -> u64 {
        let bytes = (0..bytes).rev().map(|at| self.byte(offset + at));
        bytes.fold(0, |word, byte| word << 8 | u64::from(byte))
    }

    fn store(&self, offset: usize, bytes: usize, word: u64) {
        let bytes = word.to_le_bytes().into_iter().take(bytes);
        for (at, byte) in (offset..).zip(bytes) {
            self.set_byte(at, byte);
        }
    }

    fn fill(&self, bytes: &[u8]) {
        for (at, byte) in bytes.iter().enumerate() {
            self.set_byte(at, *byte);
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the range is this mapping's own, and no one uses it after this.
        let unmapped = unsafe { munmap(self.0.cast(), Block::SIZE) };
        debug_assert!(unmapped.is_ok(), "a mapping's own range can be unmapped");
    }
}
