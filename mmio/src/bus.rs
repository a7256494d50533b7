// SPDX-License-Identifier: MIT OR Apache-2.0

//! Buses: how accesses are made, through a mapping of the device or a substitute
//! for it.
#![expect(unsafe_code, reason = "accesses through checked pointers")]

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::region::Region;
use crate::word::{Beat, Unit, Word};

/// How the accesses of a handle are made. A program that runs on hardware and in
/// tests is generic over it:
///
/// ```
/// # use regloom_mmio::{Bus, Number, Reg, Rw, Writable};
/// fn arm<B: Bus + Writable>(threshold: Reg<'_, Number<u32, u32, 0>, Rw, B>) {
///     threshold.update(|level| level + 1);
/// }
/// ```
///
/// [`Mapped`], the default, makes one load or store for an access. [`ReadOnly`] has
/// no writes. [`On`] passes accesses to a [`Carrier`]: a simulator, a recorder, a
/// fault injector, or one of the program's own.
pub trait Bus: Copy + fmt::Debug + Reach {}

/// A bus that can write.
pub trait Writable: Bus {}

/// How a bus addresses a byte and moves a unit. Only this crate implements it.
pub trait Reach: 'static {
    /// A byte of the device.
    type At<'a>: Copy + fmt::Debug;

    /// The address `bytes` further on.
    ///
    /// # Safety
    /// The result is within the same block, or at its end.
    unsafe fn step(at: Self::At<'_>, bytes: usize) -> Self::At<'_>;

    /// Loads the unit at the address.
    ///
    /// # Safety
    /// The unit is within the block, and aligned.
    unsafe fn load<U: Unit>(at: Self::At<'_>) -> U;

    /// Stores a unit at the address.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn store<U: Unit>(at: Self::At<'_>, unit: U);

    /// Copies bytes from the address on, in accesses of any width and alignment.
    ///
    /// # Safety
    /// They are within the block, and mapped as memory; there is room for `len` bytes
    /// from `to` on.
    unsafe fn fetch(at: Self::At<'_>, to: *mut u8, len: usize);

    /// Copies bytes to the address and on, in accesses of any width and alignment.
    ///
    /// # Safety
    /// As for `fetch`; `len` bytes may be read from `from` on.
    unsafe fn put(at: Self::At<'_>, from: *const u8, len: usize);
}

/// The address `bytes` into a place, a register or a memory; the caller has checked
/// that this is within it.
#[inline(always)]
pub(crate) fn within<B: Bus>(at: B::At<'_>, bytes: usize) -> B::At<'_> {
    // SAFETY: a place is within one block, and so is every byte of it.
    unsafe { B::step(at, bytes) }
}

/// Loads the word at the address: each beat exactly once, in their order. The word
/// is known to be within its place, and aligned for its beats `T`.
#[inline(always)]
pub(crate) fn gather<W: Word, T: Beat<W>, B: Bus>(at: B::At<'_>) -> W {
    // SAFETY: the word was checked to be within its place, with its first beat
    // aligned; then every further beat is aligned too.
    T::gather(|bytes| unsafe { B::load(B::step(at, bytes)) })
}

/// Stores the word at the address; as [`gather`].
#[inline(always)]
pub(crate) fn scatter<W: Word, T: Beat<W>, B: Bus>(at: B::At<'_>, word: W) {
    // SAFETY: as for `gather`.
    T::scatter(word, |bytes, unit| unsafe {
        B::store(B::step(at, bytes), unit);
    });
}

/// Fills `room` from the address on, in accesses of any width. The words are known to
/// be within their place, to be mapped as memory, and to have the processor's order.
#[inline(always)]
pub(crate) fn fetch<W: Word, B: Bus>(at: B::At<'_>, room: &mut [W]) {
    // SAFETY: the words were checked to be within their place; any bytes are words.
    unsafe { B::fetch(at, room.as_mut_ptr().cast(), size_of_val(room)) }
}

/// Writes these words from the address on; as [`fetch`].
#[inline(always)]
pub(crate) fn put<W: Word, B: Bus>(at: B::At<'_>, words: &[W]) {
    // SAFETY: the words were checked to be within their place.
    unsafe { B::put(at, words.as_ptr().cast(), size_of_val(words)) }
}

/// The device itself, mapped for reading and writing.
#[derive(Debug, Clone, Copy)]
pub enum Mapped {}

impl Bus for Mapped {}
impl Writable for Mapped {}

/// The device itself, mapped for reading only: handles have no method that changes
/// it.
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

/// The address of a mapped byte.
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

/// Both mappings are accessed by pointer.
macro_rules! reached_by_pointer {
    ($($bus:ident)*) => {$(
        impl Reach for $bus {
            type At<'a> = Pointer<'a>;

            #[inline(always)]
            unsafe fn step(at: Self::At<'_>, bytes: usize) -> Self::At<'_> {
                // SAFETY: the caller guarantees that the byte is within the block.
                let byte = unsafe { at.byte.add(bytes) };
                Pointer { byte, ..at }
            }

            #[inline(always)]
            unsafe fn load<U: Unit>(at: Self::At<'_>) -> U {
                // SAFETY: the caller guarantees that the unit is within the block
                // and aligned, and the region stays mapped while it is borrowed.
                unsafe { U::load(at.byte.as_ptr()) }
            }

            #[inline(always)]
            unsafe fn store<U: Unit>(at: Self::At<'_>, unit: U) {
                // SAFETY: as for `load`.
                unsafe { U::store(at.byte.as_ptr(), unit) }
            }

            #[inline(always)]
            unsafe fn fetch(at: Self::At<'_>, to: *mut u8, len: usize) {
                // SAFETY: the caller guarantees both ends; there is no reference to the
                // device's bytes.
                unsafe { at.byte.as_ptr().copy_to_nonoverlapping(to, len) }
            }

            #[inline(always)]
            unsafe fn put(at: Self::At<'_>, from: *const u8, len: usize) {
                // SAFETY: as for `fetch`.
                unsafe { at.byte.as_ptr().copy_from_nonoverlapping(from, len) }
            }
        }
    )*};
}

reached_by_pointer!(Mapped ReadOnly);

/// Something that makes accesses in place of a mapping.
///
/// It receives each access as the device would: one unit of 8 to 64 bits at a time,
/// in the device's byte order. The byte offset from the start of the block is a
/// multiple of the unit's size.
pub trait Carrier: 'static {
    /// Reads `size` bytes (1, 2, 4 or 8) at `offset`.
    fn load(&self, offset: usize, size: usize) -> u64;

    /// Writes the low `size` bytes of `unit` at `offset`.
    fn store(&self, offset: usize, size: usize, unit: u64);
}

/// The mapping itself, so that what wraps a carrier can wrap the hardware. A unit
/// that is misaligned or beyond the end reads all ones and is not written, as on a
/// bus where no device answers.
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
        let _no_answer = match size {
            1 => self.store(offset, u8::from_low(unit)),
            2 => self.store(offset, u16::from_low(unit)),
            4 => self.store(offset, u32::from_low(unit)),
            _ => self.store(offset, unit),
        };
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

/// The bus that passes every access to a carrier.
///
/// ```
/// # use regloom_mmio::{Block, Carrier, On};
/// /// A device whose first register holds 7.
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

impl<T: Carrier> Bus for On<T> {}
impl<T: Carrier> Writable for On<T> {}

/// The address of a byte behind a carrier.
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

    unsafe fn fetch(at: Self::At<'_>, to: *mut u8, len: usize) {
        for nth in 0..len {
            let byte = u8::from_low(at.carrier.load(at.offset + nth, 1));
            // SAFETY: the caller guarantees the room.
            unsafe { to.add(nth).write(byte) }
        }
    }

    unsafe fn put(at: Self::At<'_>, from: *const u8, len: usize) {
        for nth in 0..len {
            // SAFETY: the caller guarantees the bytes.
            let byte = unsafe { from.add(nth).read() };
            at.carrier.store(at.offset + nth, 1, byte.into());
        }
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
