// SPDX-License-Identifier: MIT OR Apache-2.0

//! Changes of registers that the driver also writes, by their handles.

use std::io;

use crate::access::Update;
use crate::block::{Interrupts, Root};
use crate::bus::{Carried, Carrier, On};
use crate::register::Reg;
use crate::value::Register;
use crate::word::Word;

/// No device: a bus by which handles name registers. Reads return 0, and writes do
/// nothing.
///
/// [`Interrupt::update`](crate::Interrupt::update) takes a register of it.
#[derive(Debug)]
pub struct Named(());

static NAMED: Named = Named(());

impl Carrier for Named {
    fn load(&self, _offset: usize, _size: usize) -> u64 {
        0
    }

    fn store(&self, _offset: usize, _size: usize, _unit: u64) {}
}

/// Applies `change` to a register, and passes the plain bits that it changes:
/// `update_bits` has the arguments and the result of
/// [`Interrupt::update_bits`](crate::Interrupt::update_bits).
pub(crate) fn update<D, R, A>(
    update_bits: impl Fn(usize, u32, u32) -> io::Result<u32>,
    register: impl FnOnce(D::Registers<'static, On<Named>>) -> Reg<'static, R, A, On<Named>>,
    change: impl FnOnce(R::Value) -> R::Written,
) -> io::Result<()>
where
    D: Interrupts,
    R: Register,
    A: Update,
{
    let start = Carried {
        carrier: &NAMED,
        offset: 0,
    };
    let at = register(D::registers(Root::at(start, false))).offset();
    let before = update_bits(at, 0, 0)?;
    let masks = R::KIND.masks;
    let old = R::Word::from_low(before.into());
    let new = masks.passive((R::KIND.bits)(change((R::KIND.from_bits)(old))));
    let changed = (old ^ new) & masks.keep & masks.restore;
    let [clear, set] = [old, new].map(|bits| <u32 as Word>::from_low((bits & changed).into()));
    if clear | set != 0 {
        update_bits(at, clear, set)?;
    }
    Ok(())
}
