// SPDX-License-Identifier: MIT OR Apache-2.0

//! The hardware's side of a simulated block, and the hooks that play it.

use core::cell::RefCell;
use core::fmt;
use core::mem::take;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::vec::Vec;

use super::layout::{Element, Layout, Way};
use super::state::State;
use crate::bus::{Carrier, On};
use crate::register::Reg;
use crate::table::Item;
use crate::transfer::Transfer;

/// A register: by its offset from the start of the block in bytes, or by a handle
/// to it.
pub trait Located: Copy {
    /// Bytes from the start of the block.
    fn offset(self) -> usize;
}

impl Located for usize {
    fn offset(self) -> usize {
        self
    }
}

impl<R, A, T: Carrier> Located for Reg<'_, R, A, On<T>> {
    fn offset(self) -> usize {
        Reg::offset(self)
    }
}

/// The hardware's side of a [`Simulator`](super::Simulator). It can access every
/// bit, whatever software may do to it, and is not logged.
#[derive(Clone, Copy)]
pub struct Hardware<'a> {
    model: &'a Model,
}

impl<'a> Hardware<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        Hardware { model }
    }

    /// The content of the register at this offset; of several, the one that
    /// software can read.
    ///
    /// # Panics
    /// When no register begins at this offset.
    #[must_use]
    #[track_caller]
    pub fn get(self, register: impl Located) -> u64 {
        let element = self.model.element(register.offset());
        self.model.state.borrow().get(element)
    }

    /// Sets the content of the register; as [`get`](Self::get).
    ///
    /// # Panics
    /// When no register begins at this offset, or it is narrower than `bits`.
    #[track_caller]
    pub fn set(self, register: impl Located, bits: u64) {
        let element = self.model.element(register.offset());
        must_fit(element, bits);
        self.model.state.borrow_mut().set(element, bits);
    }

    /// Appends a word to those that reads of the port will consume. Bits that a
    /// read does not consume are not taken from the word.
    ///
    /// # Panics
    /// When there is no port at this offset, or it is narrower than `word`.
    #[track_caller]
    pub fn push(self, port: impl Located, word: u64) {
        let element = self.model.element(port.offset());
        assert!(
            element.bank.pops != 0,
            "a read consumes nothing at {:#x}",
            element.offset
        );
        must_fit(element, word);
        self.model.state.borrow_mut().push(element, word);
    }
}

impl fmt::Debug for Hardware<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hardware")
    }
}

#[track_caller]
fn must_fit(element: Element<'_>, bits: u64) {
    assert!(
        bits & !element.bank.all() == 0,
        "{bits:#x} has no room in the {} bits at {:#x}",
        element.bank.bytes * 8,
        element.offset
    );
}

/// A block's registers and hooks. Nothing is borrowed while a hook runs.
pub(super) struct Model {
    layout: Layout,
    size: usize,
    state: RefCell<State>,
    on_read: Hooks<dyn FnMut(Hardware<'_>)>,
    on_write: Hooks<dyn FnMut(Hardware<'_>, u64)>,
}

impl Model {
    pub(super) fn of(items: &'static [Item], size: usize) -> Self {
        let layout = Layout::of(items);
        Model {
            state: RefCell::new(State::after_reset(&layout, size)),
            layout,
            size,
            on_read: Hooks::default(),
            on_write: Hooks::default(),
        }
    }

    /// A read by the program.
    pub(super) fn load(&self, offset: usize, size: usize) -> u64 {
        let (value, is_stray) = self.answer(offset, size);
        let transfer = Transfer::read(offset, size, value);
        self.state.borrow_mut().record(transfer, is_stray);
        value
    }

    /// A write by the program. It is in the log before those that its hooks make.
    pub(super) fn store(&self, offset: usize, size: usize, unit: u64) {
        let is_stray = self.layout.reached(offset, size, Way::Write).is_empty();
        let transfer = Transfer::write(offset, size, unit);
        self.state.borrow_mut().record(transfer, is_stray);
        self.accept(offset, size, unit);
    }

    /// What a read returns, and whether there is no register.
    pub(super) fn answer(&self, offset: usize, size: usize) -> (u64, bool) {
        let reached = self.layout.reached(offset, size, Way::Read);
        let begun = reached
            .iter()
            .filter(|one| one.mask() & one.element.bank.first != 0);
        for one in begun {
            self.on_read
                .call(one.element.offset, |hook| hook(Hardware::of(self)));
        }
        let value = self.state.borrow_mut().read(&reached);
        (value, reached.is_empty())
    }

    /// What a write does.
    pub(super) fn accept(&self, offset: usize, size: usize, unit: u64) {
        let reached = self.layout.reached(offset, size, Way::Write);
        let written = self.state.borrow_mut().write(&reached, unit);
        for (register, bits) in written {
            self.on_write
                .call(register, |hook| hook(Hardware::of(self), bits));
        }
    }

    /// The content of the register at this offset; none where no register begins.
    pub(super) fn content_at(&self, offset: usize) -> Option<u64> {
        let element = self.layout.beginning_at(offset)?;
        Some(self.state.borrow().get(element))
    }

    #[track_caller]
    pub(super) fn on_read(&self, offset: usize, hook: Box<dyn FnMut(Hardware<'_>)>) {
        self.on_read.add(self.element(offset).offset, hook);
    }

    #[track_caller]
    pub(super) fn on_write(&self, offset: usize, hook: Box<dyn FnMut(Hardware<'_>, u64)>) {
        self.on_write.add(self.element(offset).offset, hook);
    }

    pub(super) fn log(&self) -> Vec<Transfer> {
        self.state.borrow().log().into()
    }

    pub(super) fn strays(&self) -> Vec<Transfer> {
        self.state.borrow().strays().into()
    }

    pub(super) fn clear_log(&self) {
        self.state.borrow_mut().clear_log();
    }

    pub(super) fn reset(&self) {
        self.state.borrow_mut().reset(&self.layout, self.size);
    }

    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "as with slices, a wrong offset is a mistake in the test"
    )]
    fn element(&self, offset: usize) -> Element<'_> {
        match self.layout.beginning_at(offset) {
            Some(element) => element,
            None => panic!("no register begins at {offset:#x}"),
        }
    }
}

/// The hooks of a test, by the offset of their register.
struct Hooks<F: ?Sized>(RefCell<BTreeMap<usize, Vec<Box<F>>>>);

impl<F: ?Sized> Default for Hooks<F> {
    fn default() -> Self {
        Hooks(RefCell::default())
    }
}

impl<F: ?Sized> Hooks<F> {
    fn add(&self, offset: usize, hook: Box<F>) {
        self.0.borrow_mut().entry(offset).or_default().push(hook);
    }

    /// Calls the hooks of a register in the order in which they were added. They
    /// are out of the map meanwhile, so that they may use the simulator.
    fn call(&self, offset: usize, mut call: impl FnMut(&mut F)) {
        let mut hooks = match self.0.borrow_mut().get_mut(&offset) {
            Some(hooks) => take(hooks),
            None => return,
        };
        for hook in &mut hooks {
            call(hook);
        }
        let mut all = self.0.borrow_mut();
        let added = all.entry(offset).or_default();
        hooks.append(added);
        *added = hooks;
    }
}
