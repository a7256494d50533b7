// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The part of a driver that does not depend on its register block.
//!
//! A driver describes its block by a [`Device`], which has tables only. [`probe`] binds an
//! instance: it compares the hardware with the tables, handles the interrupts, and creates the node
//! under `/dev` through which programs map the registers.
//!
//! All of the driver's `unsafe` code is here.

mod file;
mod helper;
mod info;
mod instance;
mod interrupt;
mod io;
mod line;
mod mapping;
mod node;
mod pages;
mod probe;
mod shown;
mod table;

pub(crate) use instance::Nodes;
pub(crate) use probe::{
    probe,
    Block, //
};
pub(crate) use table::*;
