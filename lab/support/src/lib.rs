// SPDX-License-Identifier: MIT OR Apache-2.0

//! What `xtask` and the programs of the lab share.

pub mod examples;
pub mod folders;
pub mod progress;
pub mod report;
pub mod workspace;
