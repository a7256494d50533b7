// SPDX-License-Identifier: MIT OR Apache-2.0

//! The content of a register, as a type.

use core::fmt;
use core::marker::PhantomData;

use crate::bounded::Bounded;
use crate::field::Layout;
use crate::fixed::Fixed;
use crate::word::{Beat, Word};

/// A kind of register: its content, and the effect of a write on its bits.
///
/// The generator writes the implementations. Where a register has fields, the type
/// is also the value that a program uses, with methods for the fields. Without
/// fields, the value is a plain number.
pub trait Register: 'static {
    /// The register as a number.
    type Word: Word;

    /// How the bus moves it: in one access, or in beats.
    type Beat: Beat<Self::Word>;

    /// What a program reads.
    type Value: Copy;

    /// What a program writes: the same type, unless the description allows fewer
    /// values.
    type Written: Copy;

    /// All other facts. They are one constant, because each constant costs as much
    /// time to compile as a function.
    const KIND: Kind<Self::Word, Self::Value, Self::Written>;
}

/// The value type of a register that has fields.
///
/// The inherent items of a generated type are named after its fields only, so that
/// a field may have any name. Everything else is in this trait, in [`reset`], in
/// [`Default`], and in the type's only member: `Ctrl(0x5)` is the value of these
/// bits, `ctrl.0` the bits of a value.
pub trait Value: Register<Value = Self, Written = Self> + Default {
    /// Value after reset.
    const RESET: Self;
}

/// The value of a register after reset: as [`Default::default`], but usable in
/// constants, and whatever the names of the fields are.
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

/// The facts of a register that is a `W`, is read as `V` and written as `T`.
#[derive(Debug)]
pub struct Kind<W, V, T = V> {
    /// Bits after reset.
    pub reset: u64,
    /// The effect of a write on the bits.
    pub masks: Masks<W>,
    /// Its fields.
    pub layout: Layout,
    /// The value of these bits.
    pub from_bits: fn(W) -> V,
    /// The bits of a value that is written.
    pub bits: fn(T) -> W,
}

/// Prints a value by its fields.
///
/// # Errors
/// Those of the formatter.
pub fn debug<R: Register>(value: R::Written, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    R::KIND.layout.print((R::KIND.bits)(value).into(), f)
}

/// The value type of a register that has fields: a [`Register`] and a [`Value`],
/// with `Default` and `Debug` by the fields.
///
/// It is declared by its integer type, how the bus moves it, and its bits after
/// reset; the effect of a write on its bits; and its fields:
/// ```
/// use regloom_mmio as mmio;
///
/// mmio::value! {
///     /// The content of `CTRL`.
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

        // Written out: deriving these takes a sixth of the time that a crate takes
        // to compile.
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

/// A register `W` with one value `V`, in its lowest bits: a register whose only
/// field has the register's name. Its other bits are written 0.
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

/// A [`Sole`] register where software may write only the values of `T`, by the
/// description's `write-constraint`. A read may return any value `V`.
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

/// A value in the lowest bits of a register.
pub trait LowBits: Copy + 'static {
    /// How many bits.
    const WIDTH: u32;

    /// The value of these bits; the bits above are ignored.
    fn from_low_bits(bits: u64) -> Self;

    /// The bits of this value. Bits above them may be set.
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

/// The effect of a write on the bits of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks<W> {
    /// Bits that a write takes from the given value.
    pub keep: W,
    /// What a write puts in the other bits: the value that does nothing in bits
    /// that act on a write, and the value that the description asks for in bits
    /// that no field covers.
    pub fixed: W,
    /// Bits that are written back as they were read when a write is meant for other
    /// bits.
    pub restore: W,
    /// Bits that a write can clear one by one.
    pub clear: W,
    /// Bits that a write can set one by one.
    pub set: W,
    /// Bits that a write can invert one by one.
    pub toggle: W,
    /// Bits that start an operation when they are written, and clear themselves.
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
