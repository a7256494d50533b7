// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a register holds, as a type.

use core::marker::PhantomData;

use crate::bounded::Bounded;
use crate::fixed::Fixed;
use crate::table::Layout;
use crate::word::{Beat, Word};

/// A kind of register: what it holds, and what a write means to its bits.
///
/// The generator writes the implementations. Where a register has fields, the
/// type is also the value that a program holds, and has methods for them; where
/// it has none, the value is a plain number.
pub trait Register: 'static {
    /// The register as a number.
    type Word: Word;

    /// How the bus moves it: at once, or in beats.
    type Beat: Beat<Self::Word>;

    /// What a program reads.
    type Value: Copy;

    /// What a program writes: the same, unless the description allows fewer values.
    type Written: Copy;

    /// All else that is known of it: one constant, for the compiler takes as long
    /// for each as for a function.
    const KIND: Kind<Self::Word, Self::Value, Self::Written>;
}

/// The value type of a register that has fields.
///
/// What a generated type has by itself are its fields' names and nothing else, so
/// that a field may have any name. All else is here, in [`reset`], in [`Default`], and
/// in its only member: `Ctrl(0x5)` is the value of these bits, `ctrl.0` the bits of a
/// value.
pub trait Value: Register<Value = Self, Written = Self> + Default {
    /// Value after reset.
    const RESET: Self;
}

/// The value of a register after reset: [`Default::default`], in constants too, and
/// whatever the fields are called.
///
/// ```
/// use regloom_mmio as mmio;
/// # mmio::value! {
/// #     pub struct Ctrl(u32, u32) = 0x3;
/// #     mmio::Masks::PLAIN;
/// #     mmio::table::Layout { name: "CTRL", width: 32, fields: &[] }
/// # }
/// # impl Ctrl {
/// #     const fn with_enable(self, on: bool) -> Self {
/// #         Self((self.0 & !1) | on as u32)
/// #     }
/// # }
/// const QUIET: Ctrl = mmio::reset::<Ctrl>().with_enable(false);
/// assert_eq!(QUIET, Ctrl(0x2));
/// ```
#[inline(always)]
#[must_use]
pub const fn reset<V: Value>() -> V {
    V::RESET
}

/// What is known of a register that is a `W`, is read as `V` and written as `T`.
#[derive(Debug)]
pub struct Kind<W, V, T = V> {
    /// Bits after reset.
    pub reset: u64,
    /// What a write means to the bits.
    pub masks: Masks<W>,
    /// Its fields.
    pub layout: Layout,
    /// The value of these bits.
    pub from_bits: fn(W) -> V,
    /// The bits of a value that is written.
    pub bits: fn(T) -> W,
}

/// The value type of a register that has fields: a [`Register`] and a [`Value`],
/// with `Default` and `Debug` by the fields.
///
/// It is said by the number it is, how the bus moves it, and its bits after
/// reset; what a write means to its bits; and its fields:
/// ```
/// use regloom_mmio as mmio;
///
/// mmio::value! {
///     /// What `CTRL` holds.
///     pub struct Ctrl(u32, u32) = 0x3;
///     mmio::Masks { keep: 0x7, ..mmio::Masks::PLAIN };
///     mmio::table::Layout { name: "CTRL", width: 32, fields: &[
///         mmio::table::RW.field("MODE", 0, 3),
///     ] }
/// }
///
/// assert_eq!(Ctrl::default().0, 3);
/// assert_eq!(format!("{:?}", Ctrl(5)), "CTRL { MODE: 0x5 }");
/// ```
#[macro_export]
macro_rules! value {
    (
        $(#[$attribute:meta])*
        pub struct $value:ident($word:ident, $beat:ty) = $reset:literal;
        $masks:expr;
        $layout:expr
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy)]
        #[must_use]
        pub struct $value(pub $word);

        // By hand: what is derived takes a sixth of the time that a crate takes to
        // compile.
        impl ::core::cmp::Eq for $value {}

        impl ::core::cmp::PartialEq for $value {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl ::core::default::Default for $value {
            #[inline]
            fn default() -> Self {
                Self($reset)
            }
        }

        impl $crate::Value for $value {
            const RESET: Self = Self($reset);
        }

        impl $crate::Register for $value {
            type Word = $word;
            type Beat = $beat;
            type Value = Self;
            type Written = Self;
            const KIND: $crate::Kind<$word, Self> = $crate::Kind {
                reset: $reset,
                masks: $masks,
                layout: $layout,
                from_bits: Self,
                bits: |value| value.0,
            };
        }

        impl ::core::fmt::Debug for $value {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::table::debug::<Self>(*self, f)
            }
        }
    };
}

/// A register that is one number `W`, moves as `B`, and is `RESET` after reset.
pub type Number<W, B, const RESET: u64> = Sole<W, W, B, RESET>;

/// A register `W` of which a program has one value `V`, in its lowest bits: what
/// a register is whose only field has its name. Its other bits are written 0.
///
/// ```
/// use regloom_mmio::{Bounded, Reg, Rw, Sole};
///
/// fn enable(en: Reg<'_, Sole<bool, u32, u32, 0>, Rw>) {
///     en.write(true);
/// }
///
/// fn louder(volume: Reg<'_, Sole<Bounded<0, 7>, u32, u32, 0>, Rw>) {
///     volume.update(|it| Bounded::new(it.get() + 1).unwrap_or(it));
/// }
/// ```
#[derive(Debug)]
pub struct Sole<V, W, B, const RESET: u64>(PhantomData<(V, W, B)>);

/// A [`Sole`] register of whose values `V` software may write only those that are
/// `T`, by the description's `write-constraint`. What it reads may be any other.
///
/// ```
/// use regloom_mmio::{Bounded, Constrained, Reg, Rw};
///
/// /// One to a hundred; after reset it reads 0.
/// type Divider = Constrained<u32, Bounded<1, 100>, u32, u32, 0>;
///
/// fn slower(divider: Reg<'_, Divider, Rw>) {
///     divider.update(|it| Bounded::clamped(i64::from(it) + 1));
/// }
/// ```
#[derive(Debug)]
pub struct Constrained<V, T, W, B, const RESET: u64>(PhantomData<(V, T, W, B)>);

macro_rules! sole_values_of {
    ($($word:ident)*) => {$(
        impl<V: LowBits, B: Beat<$word>, const RESET: u64> Register for Sole<V, $word, B, RESET> {
            type Word = $word;
            type Beat = B;
            type Value = V;
            type Written = V;
            const KIND: Kind<$word, V> = Kind {
                reset: RESET,
                masks: Masks {
                    keep: $word::MAX >> ($word::BITS - V::WIDTH),
                    ..Masks::PLAIN
                },
                layout: Layout {
                    name: "",
                    width: $word::BITS,
                    fields: &[],
                },
                from_bits: |bits| V::from_low_bits(bits.into()),
                bits: |value| $word::from_low(value.low_bits()),
            };
        }

        impl<V: LowBits, T: LowBits, B: Beat<$word>, const RESET: u64> Register
            for Constrained<V, T, $word, B, RESET>
        {
            type Word = $word;
            type Beat = B;
            type Value = V;
            type Written = T;
            const KIND: Kind<$word, V, T> = Kind {
                reset: RESET,
                masks: <Sole<V, $word, B, RESET> as Register>::KIND.masks,
                layout: <Sole<V, $word, B, RESET> as Register>::KIND.layout,
                from_bits: <Sole<V, $word, B, RESET> as Register>::KIND.from_bits,
                bits: |value| $word::from_low(value.low_bits()),
            };
        }
    )*};
}

sole_values_of!(u8 u16 u32 u64);

/// A value that is some of the lowest bits of a register.
pub trait LowBits: Copy + 'static {
    /// How many.
    const WIDTH: u32;

    /// The value of these bits, whatever is above them.
    fn from_low_bits(bits: u64) -> Self;

    /// The bits of this value. There may be others above them.
    fn low_bits(self) -> u64;
}

impl LowBits for bool {
    const WIDTH: u32 = 1;

    #[inline(always)]
    fn from_low_bits(bits: u64) -> Self {
        bits & 1 != 0
    }

    #[inline(always)]
    fn low_bits(self) -> u64 {
        self.into()
    }
}

macro_rules! integers {
    ($($unsigned:ident $signed:ident)*) => {$(
        impl LowBits for $unsigned {
            const WIDTH: u32 = Self::BITS;

            #[inline(always)]
            fn from_low_bits(bits: u64) -> Self {
                Self::from_low(bits)
            }

            #[inline(always)]
            fn low_bits(self) -> u64 {
                self.into()
            }
        }

        impl LowBits for $signed {
            const WIDTH: u32 = Self::BITS;

            #[inline(always)]
            fn from_low_bits(bits: u64) -> Self {
                $unsigned::from_low(bits).cast_signed()
            }

            #[inline(always)]
            fn low_bits(self) -> u64 {
                self.cast_unsigned().into()
            }
        }
    )*};
}

integers!(u8 i8 u16 i16 u32 i32 u64 i64);

impl<const MIN: i128, const MAX: i128> LowBits for Bounded<MIN, MAX> {
    const WIDTH: u32 = Bounded::<MIN, MAX>::WIDTH;

    #[inline(always)]
    fn from_low_bits(bits: u64) -> Self {
        Self::from_field(bits)
    }

    #[inline(always)]
    fn low_bits(self) -> u64 {
        self.bits()
    }
}

impl<const MIN: i128, const MAX: i128, const FRACTION: u32> LowBits for Fixed<MIN, MAX, FRACTION> {
    const WIDTH: u32 = Bounded::<MIN, MAX>::WIDTH;

    #[inline(always)]
    fn from_low_bits(bits: u64) -> Self {
        Self::from_field(bits)
    }

    #[inline(always)]
    fn low_bits(self) -> u64 {
        self.bits()
    }
}

/// What a write means to the bits of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks<W> {
    /// Bits that a write takes from the value given.
    pub keep: W,
    /// What a write puts in the others: in bits that act on a write the value
    /// that does nothing, in bits no field covers what the device asks for.
    pub fixed: W,
    /// Bits that a write meant for others gives back as they were read.
    pub restore: W,
    /// Bits that a write can clear one by one.
    pub clear: W,
    /// Bits that a write can set one by one.
    pub set: W,
    /// Bits that a write can invert one by one.
    pub toggle: W,
    /// Bits that start something when they are written, and are clear again by
    /// themselves.
    pub trigger: W,
}

impl<W: Word> Masks<W> {
    /// All bits take the value written.
    pub const PLAIN: Self = Masks {
        keep: W::ONES,
        fixed: W::ZERO,
        restore: W::ONES,
        clear: W::ZERO,
        set: W::ZERO,
        toggle: W::ZERO,
        trigger: W::ZERO,
    };

    /// What to store so that the bits take `word` and none acts.
    #[inline(always)]
    pub(crate) fn passive(self, word: W) -> W {
        (word & self.keep) | self.fixed
    }

    /// What to store so that the bits `acting` act, and the plain ones take
    /// `word`.
    #[inline(always)]
    pub(crate) fn active(self, word: W, acting: W) -> W {
        (word & self.keep) | (self.fixed ^ acting)
    }

    /// Every bit that acts on a write.
    #[inline(always)]
    pub(crate) fn acting(self) -> W {
        self.clear | self.set | self.toggle | self.trigger
    }
}
