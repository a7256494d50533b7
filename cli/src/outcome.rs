// SPDX-License-Identifier: MIT OR Apache-2.0

//! How a run of the command ends.

/// How a run ended.
pub(crate) enum Outcome {
    /// All is as asked.
    Done,
    /// A check found something; it has been reported.
    Found,
    /// The input is wrong; it has been reported how.
    Refused,
    /// The input or the call is wrong; the text says how.
    Wrong(String),
    /// The machine failed; the text says where.
    Failed(String),
}

/// The status of a run that the machine stopped.
pub(crate) const MACHINE_FAILED: u8 = 3;
