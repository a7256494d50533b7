// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bits that act when they are written, by their action.

use core::fmt;
use core::marker::PhantomData;
use core::ops::{BitOr, BitOrAssign};

use crate::value::{Masks, Register};
use crate::word::Word;

mod sealed {
    pub trait Sealed {}
}

/// The action of a write on bits: [`Clears`], [`Sets`], [`Toggles`], [`Triggers`],
/// or [`Acts`] where the bits have different actions.
pub trait Action: sealed::Sealed + 'static {
    /// The bits of a register that have this action.
    fn of<W: Word>(masks: Masks<W>) -> W;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident: |$masks:ident| $bits:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $action {}

        impl sealed::Sealed for $action {}

        impl Action for $action {
            #[inline(always)]
            fn of<W: Word>($masks: Masks<W>) -> W {
                $bits
            }
        }
    )*};
}

actions! {
    /// They are cleared, by [`Reg::clear`](crate::Reg::clear).
    Clears: |masks| masks.clear;
    /// They are set, by [`Reg::set`](crate::Reg::set).
    Sets: |masks| masks.set;
    /// They are inverted, by [`Reg::toggle`](crate::Reg::toggle).
    Toggles: |masks| masks.toggle;
    /// They start an operation, by [`Reg::trigger`](crate::Reg::trigger).
    Triggers: |masks| masks.trigger;
    /// Each has its own action, by [`Reg::write_acting`](crate::Reg::write_acting).
    Acts: |masks| masks.acting();
}

/// Bits of the register `R` on which a write has the action `A`.
///
/// The generated type of a register has a constant for each field of such bits.
/// Constants are combined with `|`; if their actions differ, the result is
/// [`Acts`]. A value of the register is not accepted as `Flags`, and neither are
/// bits of another action:
///
/// ```
/// use regloom_mmio as mmio;
///
/// mmio::value! {
///     /// What `STAT` holds.
///     pub struct Stat(u32, u32) = 0x0;
///     mmio::Masks { keep: 0, restore: 0, clear: 0x3, set: 0x4, ..mmio::Masks::PLAIN };
///     mmio::table::Layout { name: "STAT", width: 32, fields: &[] }
/// }
///
/// impl Stat {
///     pub const DONE: mmio::Flags<Self, mmio::Clears> = mmio::Flags::from_bits(0x1);
///     pub const OVF: mmio::Flags<Self, mmio::Clears> = mmio::Flags::from_bits(0x2);
///     pub const GO: mmio::Flags<Self, mmio::Sets> = mmio::Flags::from_bits(0x4);
/// }
///
/// fn acknowledge(stat: mmio::Reg<'_, Stat, mmio::W1c>) {
///     stat.clear(Stat::DONE | Stat::OVF);
/// }
/// ```
/// ```compile_fail,E0277
/// # use regloom_mmio as mmio;
/// # mmio::value! {
/// #     pub struct Stat(u32, u32) = 0x0;
/// #     mmio::Masks { keep: 0, restore: 0, clear: 0x3, set: 0x4, ..mmio::Masks::PLAIN };
/// #     mmio::table::Layout { name: "STAT", width: 32, fields: &[] }
/// # }
/// fn acknowledge(stat: mmio::Reg<'_, Stat, mmio::W1c>) {
///     stat.clear(Stat::default());
/// }
/// ```
pub struct Flags<R: Register, A> {
    bits: R::Word,
    action: PhantomData<fn() -> A>,
}

impl<R: Register, A> Flags<R, A> {
    /// No bits: the start for collecting bits with `|=`.
    pub const NONE: Self = Flags::from_bits(R::Word::ZERO);

    /// These bits, as a number: for example the bits that a program has read. Bits
    /// with another action are not changed by a write.
    #[inline(always)]
    #[must_use]
    pub const fn from_bits(bits: R::Word) -> Self {
        Flags {
            bits,
            action: PhantomData,
        }
    }

    /// The bits as a number, for comparison with a value.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> R::Word {
        self.bits
    }
}

impl<R: Register, A> Clone for Flags<R, A> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Register, A> Copy for Flags<R, A> {}

impl<R: Register, A> PartialEq for Flags<R, A> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<R: Register, A> Eq for Flags<R, A> {}

/// Whether these bits, and no others, are set in a value.
impl<R: Copy + Register<Value = R, Written = R>, A> PartialEq<R> for Flags<R, A> {
    #[inline(always)]
    fn eq(&self, value: &R) -> bool {
        self.bits == (R::KIND.bits)(*value)
    }
}

macro_rules! joins {
    ($($one:ident | $other:ident = $both:ident;)*) => {$(
        impl<R: Register> BitOr<Flags<R, $other>> for Flags<R, $one> {
            type Output = Flags<R, $both>;

            #[inline(always)]
            fn bitor(self, other: Flags<R, $other>) -> Flags<R, $both> {
                Flags::from_bits(self.bits | other.bits)
            }
        }
    )*};
}

joins! {
    Clears | Clears = Clears;
    Clears | Sets = Acts;
    Clears | Toggles = Acts;
    Clears | Triggers = Acts;
    Clears | Acts = Acts;
    Sets | Clears = Acts;
    Sets | Sets = Sets;
    Sets | Toggles = Acts;
    Sets | Triggers = Acts;
    Sets | Acts = Acts;
    Toggles | Clears = Acts;
    Toggles | Sets = Acts;
    Toggles | Toggles = Toggles;
    Toggles | Triggers = Acts;
    Toggles | Acts = Acts;
    Triggers | Clears = Acts;
    Triggers | Sets = Acts;
    Triggers | Toggles = Acts;
    Triggers | Triggers = Triggers;
    Triggers | Acts = Acts;
    Acts | Clears = Acts;
    Acts | Sets = Acts;
    Acts | Toggles = Acts;
    Acts | Triggers = Acts;
    Acts | Acts = Acts;
}

impl<R: Register, A> BitOrAssign for Flags<R, A> {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Self) {
        self.bits = self.bits | other.bits;
    }
}

/// By the names of the fields.
impl<R: Register, A> fmt::Debug for Flags<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left: u64 = self.bits.into();
        let mut between = "";
        for field in R::KIND.layout.fields {
            if field.of(left) != 0 {
                write!(f, "{between}{}", field.name)?;
                between = " | ";
                left &= !field.mask();
            }
        }
        if left != 0 || between.is_empty() {
            write!(f, "{between}{left:#x}")?;
        }
        Ok(())
    }
}

/// What selects bits of the register `R` with the action `A`: constants of the
/// register's type, combined with `|`. For a register that [acts as a
/// whole](ActsWhole) also a number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name bits of `{R}` for the action `{A}`",
    label = "not bits that this method acts on",
    note = "the constants of the register's type name its bits that act on a write, each for its own action; they are joined by `|`. `Flags::from_bits` takes a number"
)]
pub trait Names<R: Register, A>: Copy + sealed::Sealed {
    /// The bits.
    fn bits(self) -> R::Word;
}

/// A register without fields whose bits all have the same action: a number selects
/// them.
pub trait ActsWhole: Register {}

impl<R: Register, A> sealed::Sealed for Flags<R, A> {}

#[diagnostic::do_not_recommend]
impl<R: Register, A: Action> Names<R, A> for Flags<R, A> {
    #[inline(always)]
    fn bits(self) -> R::Word {
        self.bits
    }
}

macro_rules! also_act {
    ($($action:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R: Register> Names<R, Acts> for Flags<R, $action> {
            #[inline(always)]
            fn bits(self) -> R::Word {
                self.bits
            }
        }
    )*};
}

also_act!(Clears Sets Toggles Triggers);

macro_rules! numbers {
    ($($word:ident)*) => {$(
        impl sealed::Sealed for $word {}

        #[diagnostic::do_not_recommend]
        impl<R: ActsWhole<Word = $word>, A: Action> Names<R, A> for $word {
            #[inline(always)]
            fn bits(self) -> $word {
                self
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64);

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    crate::value! {
        #[allow(unreachable_pub)]
        pub struct Mixed(u32, u32) = 0x0;
        Masks { keep: 0, clear: 0x3, set: 0x4, ..Masks::PLAIN };
        crate::table::Layout { name: "MIXED", width: 32, fields: &[
            crate::table::RW.field("DONE", 0, 2),
            crate::table::RW.field("GO", 2, 1),
        ] }
    }

    const DONE: Flags<Mixed, Clears> = Flags::from_bits(0x3);
    const GO: Flags<Mixed, Sets> = Flags::from_bits(0x4);

    #[test]
    fn flags_are_joined_and_compared() {
        let mut both = DONE | GO;
        assert_eq!(both.bits(), 0x7);
        assert_eq!(both, Mixed(0x7));
        assert_ne!(both, Mixed(0xF));
        both |= Flags::from_bits(0x8);
        assert_eq!(both.bits(), 0xF);
        assert_eq!(DONE | Flags::<Mixed, Clears>::NONE, DONE);
    }

    #[test]
    fn flags_print_by_field() {
        assert_eq!(format!("{:?}", DONE | GO), "DONE | GO");
        assert_eq!(
            format!("{:?}", Flags::<Mixed, Acts>::from_bits(0x11)),
            "DONE | 0x10"
        );
        assert_eq!(format!("{:?}", Flags::<Mixed, Acts>::NONE), "0x0");
    }
}
