// SPDX-License-Identifier: MIT OR Apache-2.0

//! What carries the accesses: a mapping of the device, or something that stands
//! in for it.
#![expect(unsafe_code, reason = "accesses through checked pointers")]

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::device::{Block, Device};
use crate::place::Root;
use crate::region::Region;
use crate::word::{Unit, Word};

/// What carries the accesses of a handle. A program that is to run on hardware
/// and in tests alike is written for any:
///
/// ```
/// # use regloom_mmio::{Bus, Number, Reg, Rw, Writable};
/// fn arm<B: Bus + Writable>(threshold: Reg<'_, Number<u32, u32, 0>, Rw, B>) {
///     threshold.update(|level| level + 1);
/// }
/// ```
///
/// [`Mapped`], the default, is one load or store an access. [`ReadOnly`] has no
/// writes. [`On`] hands them to a [`Carrier`]: a simulator, a recorder, a fault
/// injector, or a program's own.
pub trait Bus: Copy + fmt::Debug + Reach {}

/// A bus that carries writes.
pub trait Writable: Bus {}

/// How a bus finds a place and moves a unit there: for this crate alone.
pub trait Reach: 'static {
    /// A byte of the device.
    type At<'a>: Copy + fmt::Debug;

    /// The byte so many behind that one.
    ///
    /// # Safety
    /// It belongs to the same block, or is the end of it.
    unsafe fn step(at: Self::At<'_>, bytes: usize) -> Self::At<'_>;

    /// Loads what begins there.
    ///
    /// # Safety
    /// The unit belongs to the block, and is aligned.
    unsafe fn load<U: Unit>(at: Self::At<'_>) -> U;

    /// Stores what begins there.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn store<U: Unit>(at: Self::At<'_>, unit: U);
}

/// The device itself, mapped for reading and writing.
#[derive(Debug, Clone, Copy)]
pub enum Mapped {}

impl Bus for Mapped {}
impl Writable for Mapped {}

/// The device itself, mapped for reading: no method that changes it is there.
///
/// ```compile_fail
/// # use regloom_mmio::{Number, ReadOnly, Reg, Rw};
/// fn change(register: Reg<'_, Number<u32, u32, 0>, Rw, ReadOnly>) {
///     register.write(1);
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub enum ReadOnly {}

impl Bus for ReadOnly {}

/// A mapped byte.
#[derive(Clone, Copy)]
pub struct Pointer<'a> {
    byte: NonNull<u8>,
    region: PhantomData<&'a Region>,
}

impl Pointer<'_> {
    #[inline(always)]
    pub(crate) fn to(region: &Region) -> Pointer<'_> {
        Pointer {
            byte: region.base(),
            region: PhantomData,
        }
    }
}

impl fmt::Debug for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.byte.fmt(f)
    }
}

/// A region is reached by pointer, whatever may be done to it.
macro_rules! reached_by_pointer {
    ($($bus:ident)*) => {$(
        impl Reach for $bus {
            type At<'a> = Pointer<'a>;

            #[inline(always)]
            unsafe fn step(at: Self::At<'_>, bytes: usize) -> Self::At<'_> {
                // SAFETY: the caller vouches for the byte.
                let byte = unsafe { at.byte.add(bytes) };
                Pointer { byte, ..at }
            }

            #[inline(always)]
            unsafe fn load<U: Unit>(at: Self::At<'_>) -> U {
                // SAFETY: the caller vouches for the unit, and the region is
                // mapped for as long as it is borrowed.
                unsafe { U::load(at.byte.as_ptr()) }
            }

            #[inline(always)]
            unsafe fn store<U: Unit>(at: Self::At<'_>, unit: U) {
                // SAFETY: as for `load`.
                unsafe { U::store(at.byte.as_ptr(), unit) }
            }
        }
    )*};
}

reached_by_pointer!(Mapped ReadOnly);

/// Something that carries accesses in place of a mapping.
///
/// It sees each as the device would: one unit of 8 to 64 bits at a time, at a
/// byte offset from the start of the block that is a multiple of its size, in
/// the device's own byte order.
pub trait Carrier: 'static {
    /// Reads `size` bytes (1, 2, 4 or 8) at `offset`.
    fn load(&self, offset: usize, size: usize) -> u64;

    /// Writes the low `size` bytes of `unit` at `offset`.
    fn store(&self, offset: usize, size: usize, unit: u64);
}

/// The mapping itself, so that what wraps a carrier can wrap the hardware. As on
/// a bus where nobody answers, a unit that is misaligned or beyond the end reads
/// all ones, and is not written.
impl Carrier for Region {
    fn load(&self, offset: usize, size: usize) -> u64 {
        let answer = match size {
            1 => self.load::<u8>(offset).map(u64::from),
            2 => self.load::<u16>(offset).map(u64::from),
            4 => self.load::<u32>(offset).map(u64::from),
            _ => self.load::<u64>(offset),
        };
        answer.unwrap_or(low_ones(size))
    }

    fn store(&self, offset: usize, size: usize, unit: u64) {
        let _nobody_there = match size {
            1 => self.store(offset, u8::from_low(unit)),
            2 => self.store(offset, u16::from_low(unit)),
            4 => self.store(offset, u32::from_low(unit)),
            _ => self.store(offset, unit),
        };
    }
}

/// By its region.
impl<D: Block> Carrier for Device<D> {
    fn load(&self, offset: usize, size: usize) -> u64 {
        Carrier::load(self.region(), offset, size)
    }

    fn store(&self, offset: usize, size: usize, unit: u64) {
        Carrier::store(self.region(), offset, size, unit);
    }
}

/// Every bit of `size` bytes.
pub(crate) const fn low_ones(size: usize) -> u64 {
    match size {
        1 => 0xFF,
        2 => 0xFFFF,
        4 => 0xFFFF_FFFF,
        _ => u64::MAX,
    }
}

/// The bus on which a carrier carries every access.
///
/// ```
/// # use regloom_mmio::{Block, Carrier, On};
/// /// A device of which only the first register is known to hold 7.
/// struct Seven;
///
/// impl Carrier for Seven {
///     fn load(&self, offset: usize, _size: usize) -> u64 {
///         if offset == 0 { 7 } else { 0 }
///     }
///
///     fn store(&self, _offset: usize, _size: usize, _unit: u64) {}
/// }
///
/// fn sevens<D: Block>(seven: &Seven) -> D::Registers<'_, On<Seven>> {
///     On::regs::<D>(seven)
/// }
/// ```
pub struct On<T>(PhantomData<fn(T)>);

impl<T: Carrier> On<T> {
    /// The registers of the block `D` that the carrier stands for.
    #[must_use]
    pub fn regs<D: Block>(carrier: &T) -> D::Registers<'_, On<T>> {
        D::registers(Root::at(Carried { carrier, offset: 0 }))
    }
}

impl<T: Carrier> Bus for On<T> {}
impl<T: Carrier> Writable for On<T> {}

/// A byte of what a carrier stands for.
pub struct Carried<'a, T> {
    pub(crate) carrier: &'a T,
    pub(crate) offset: usize,
}

impl<T: Carrier> Reach for On<T> {
    type At<'a> = Carried<'a, T>;

    unsafe fn step(at: Self::At<'_>, bytes: usize) -> Self::At<'_> {
        Carried {
            offset: at.offset + bytes,
            ..at
        }
    }

    unsafe fn load<U: Unit>(at: Self::At<'_>) -> U {
        U::from_low(at.carrier.load(at.offset, size_of::<U>()))
    }

    unsafe fn store<U: Unit>(at: Self::At<'_>, unit: U) {
        at.carrier.store(at.offset, size_of::<U>(), unit.into());
    }
}

impl<T> Clone for On<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for On<T> {}

impl<T> fmt::Debug for On<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("On")
    }
}

impl<T> Clone for Carried<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Carried<'_, T> {}

impl<T> fmt::Debug for Carried<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.offset)
    }
}
