// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lines by which the lab learns what held.

use std::fmt::{Debug, Display};

/// Why something did not hold.
pub(crate) type Failure = String;

/// The result of a check: a value, or why it did not hold.
pub(crate) type Checked<T = ()> = Result<T, Failure>;

/// Puts words before an error.
pub(crate) trait Context<T> {
    /// Says what was being done when it went wrong.
    fn context(self, doing: impl Display) -> Checked<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl Display) -> Checked<T> {
        self.map_err(|error| format!("{doing}: {error}"))
    }
}

/// A value is the one it must be.
pub(crate) fn must_be<T: Copy + PartialEq + Debug>(found: T, expected: T) -> Checked {
    if found == expected {
        return Ok(());
    }
    Err(format!("{found:?}, not {expected:?}"))
}

/// Counts the results, so that a line lost on the way is noticed.
pub(crate) struct Report {
    results: usize,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { results: 0 }
    }

    /// Runs one test and reports it; returns the test's value when it passed.
    pub(crate) fn check<T>(&mut self, name: &str, test: impl FnOnce() -> Checked<T>) -> Option<T> {
        self.results += 1;
        match test() {
            Ok(value) => {
                println!("regloom-lab pass {name}");
                Some(value)
            }
            Err(failure) => {
                // One line is one result.
                println!("regloom-lab fail {name} : {}", failure.replace('\n', "; "));
                None
            }
        }
    }

    /// Reports a test that this kernel cannot have, and what the kernel lacks.
    pub(crate) fn leave_out(&mut self, name: &str, why: &str) {
        self.results += 1;
        println!("regloom-lab without {name} : {why}");
    }

    /// Says that all has been said.
    pub(crate) fn done(&self) {
        println!("regloom-lab done {}", self.results);
    }
}

/// Prints text between the results, each line marked with its source.
pub(crate) fn quote(source: &str, text: &str) {
    for line in text.lines() {
        println!("{source} | {line}");
    }
}
