// SPDX-License-Identifier: MIT OR Apache-2.0

//! The runtime of generated register accessors.
//!
//! A generated crate declares the offset, the width and the access of each
//! register. This crate opens the device, maps it and makes the accesses. Every
//! access is one volatile load or store of the register's width. Where the bus is
//! narrower, a register moves in several accesses of the bus's width. The only
//! check at run time is that of an index which is not a constant.
//!
//! All `unsafe` is in this crate. A generated crate cannot reach outside its block:
//! each offset is compared, at compile time, with the size of the [`Place`] that it
//! is relative to.
//!
//! Without the default feature `std` the crate needs no operating system. A block
//! is then accessed through [`Region::from_raw`].
//!
//! ```
//! use regloom_mmio::{Block, Bus, Device, Mapped, Number, Place, Reg, Root, Rw, table};
//!
//! // The generator writes this for a block of one register without fields.
//! pub enum Scratch {}
//!
//! impl Block for Scratch {
//!     const NAME: &'static str = "scratch";
//!     const SIZE: usize = 0x1000;
//!     const HASH: u64 = 0x0123_4567_89ab_cdef;
//!     const ITEMS: &'static [table::Item] = &[
//!         table::RW.register::<Number<u32, u32, 0>>("DATA", 0x0),
//!     ];
//!     type Registers<'a, B: Bus> = Registers<'a, B>;
//!     fn registers<B: Bus>(root: Root<'_, Self, B>) -> Registers<'_, B> {
//!         Registers(root.place())
//!     }
//! }
//!
//! #[derive(Clone, Copy)]
//! pub struct Registers<'a, B: Bus = Mapped>(Place<'a, 0x1000, 8, B>);
//!
//! impl<'a, B: Bus> Registers<'a, B> {
//!     pub fn data(self) -> Reg<'a, Number<u32, u32, 0>, Rw, B> {
//!         self.0.reg::<0x0, _, _>()
//!     }
//! }
//!
//! // A program uses it so; on a board it begins with `Device::open("scratch0")?`.
//! # #[cfg(feature = "std")] {
//! let device = Device::<Scratch>::on_memory();
//! let regs = device.regs();
//! regs.data().write(0xABCD_1234);
//! assert_eq!(regs.data().read(), 0xABCD_1234);
//! # }
//! ```
//!
//! Handles borrow the device. None outlives its mapping:
//!
//! ```compile_fail
//! # use regloom_mmio::{Block, Device};
//! fn dangling<D: Block>(device: Device<D>) {
//!     let regs = device.regs();
//!     drop(device);
//!     let _still_here = regs;
//! }
//! ```

#![no_std]

#[cfg(feature = "std")]
extern crate std;

pub mod access;
pub mod barrier;
mod block;
mod bounded;
mod bus;
mod device;
mod dump;
mod events;
#[cfg(feature = "std")]
mod fault;
mod field;
mod fixed;
mod flags;
#[cfg(feature = "std")]
mod handling;
#[cfg(feature = "std")]
mod interrupt;
mod marker;
mod memory;
#[cfg(feature = "std")]
mod open;
mod place;
#[cfg(feature = "std")]
mod plain;
#[cfg(feature = "std")]
mod recorder;
mod region;
mod register;
mod simulator;
mod stream;
pub mod table;
#[cfg(feature = "std")]
mod transfer;
#[cfg(feature = "std")]
mod update;
mod value;
#[cfg(feature = "std")]
mod waits;
mod windows;
mod word;

pub use block::{Block, InterruptOf, Interrupts, Root};
pub use bounded::{Bounded, OutOfRange};
pub use bus::{Bus, Carrier, Mapped, On, ReadOnly, Writable};
pub use device::Device;
pub use dump::Dump;
pub use events::{AnyLine, Event, Events, InterruptLine};
#[cfg(feature = "std")]
pub use fault::FaultInjector;
pub use fixed::{Fixed, Unrepresentable};
pub use flags::{Action, Acts, ActsWhole, Clears, Flags, Names, Sets, Toggles, Triggers};
#[cfg(feature = "std")]
pub use interrupt::Interrupt;
pub use marker::{Fifo, NoAccess, Rc, Ro, Rw, W1c, W1s, Wo};
pub use memory::Memory;
#[cfg(feature = "std")]
pub use open::{OpenError, OpenErrorKind};
pub use place::Place;
#[cfg(feature = "std")]
pub use recorder::Recorder;
pub use region::Region;
pub use register::Reg;
pub use simulator::Simulator;
#[cfg(feature = "std")]
pub use simulator::{Hardware, Located, SimulatedInterrupt};
pub use stream::Stream;
#[cfg(feature = "std")]
pub use transfer::Transfer;
#[cfg(feature = "std")]
pub use update::Named;
pub use value::{Constrained, Kind, LowBits, Masks, Number, Register, Sole, Value, reset};
#[cfg(feature = "std")]
pub use waits::Waits;
pub use windows::{DeviceWindows, MemoryWindows, Window, Windows};
pub use word::{Beat, InOrder, Unit, Word};

/// Includes the module that a build script generated: the accessor of the named
/// device, as a module with the device's name.
///
/// `examples/build-script` in regloom's repository is a complete program that uses
/// it, with tests.
///
/// ```ignore
/// // build.rs: fn main() -> regloom_codegen::Result {
/// //     regloom_codegen::Config::new("fpga/adc-capture.yaml").generate()
/// // }
/// regloom_mmio::include_map!("adc-capture");
///
/// let device = adc_capture::Device::open("adc-capture0")?;
/// ```
#[macro_export]
macro_rules! include_map {
    ($device:literal) => {
        include!(concat!(env!("OUT_DIR"), "/regloom/", $device, ".rs"));
    };
}
