// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the programs for the lab's own devices share. Each of them is `NAME-demo`, tries the device
//! of that name, and fails with the first thing that is not as it must be.

pub mod binding;
pub mod physical;
pub mod signals;

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

/// What a program's `main` returns.
pub type Tried<T = ()> = Result<T, Box<dyn Error>>;

/// The time limit for what should happen at once.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A value is the one it must be.
///
/// # Errors
/// When it is another.
pub fn must_be<T: Copy + PartialEq + Debug>(what: &str, found: T, expected: T) -> Tried {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, not {expected:?}").into())
}
