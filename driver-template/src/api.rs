// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel releases a driver can be rendered for, and what their Rust asks of names.

use std::{fmt, str::FromStr};

use askama::Template;

use crate::view::{DriverView, SilenceView};
use crate::{markdown, text};

/// A kernel release whose Rust interfaces a driver is rendered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kernel {
    /// Linux 7.2.
    V7_2,
    /// Linux 7.3.
    #[default]
    V7_3,
}

impl Kernel {
    /// Every release, the oldest first.
    pub const ALL: &[Self] = &[Self::V7_2, Self::V7_3];
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V7_2 => "7.2",
            Self::V7_3 => "7.3",
        })
    }
}

impl FromStr for Kernel {
    type Err = UnknownKernel;

    fn from_str(release: &str) -> Result<Self, UnknownKernel> {
        let known = |kernel: &&Self| kernel.to_string() == release;

        Self::ALL
            .iter()
            .find(known)
            .copied()
            .ok_or_else(|| UnknownKernel(release.into()))
    }
}

/// A kernel release that no driver can be rendered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKernel(String);

impl fmt::Display for UnknownKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Kernel::ALL.iter().map(ToString::to_string).collect();

        write!(
            f,
            "no driver for kernel `{}`, only for {}",
            self.0,
            known.join(", ")
        )
    }
}

impl std::error::Error for UnknownKernel {}

/// Names that `register!` has for a constant of its own where a register's would be taken for a
/// type.
pub const RESERVED_REGISTER_NAMES: &[&str] = &["VALUE"];

/// Names that a field must not have, because `register!` gives every register a method of that
/// name.
pub const RESERVED_FIELD_NAMES: &[&str] = &["from_raw", "into", "into_raw"];

/// Beginnings that the name of a field must not have, because `register!` gives fields methods
/// whose names begin so.
pub const RESERVED_FIELD_PREFIXES: &[&str] = &["__", "const_", "try_with_", "with_"];

/// Renders a driver with the templates of `kernel`: the only place where releases differ.
pub(crate) fn render_driver(kernel: Kernel, view: &DriverView) -> askama::Result<String> {
    let bound = if binds_handlers(kernel) && !view.interrupts.is_empty() {
        "<'bound>"
    } else {
        ""
    };
    Driver {
        kernel,
        view,
        bound,
    }
    .render()
}

/// The registration of a handler has the lifetime of the device's binding.
fn binds_handlers(kernel: Kernel) -> bool {
    kernel >= Kernel::V7_3
}

/// A driver. Where releases differ by a few words, the templates ask for the
/// kernel; where they differ by more, they include a file of its folder.
#[derive(Template)]
#[template(path = "common/driver.rs.j2", escape = "none")]
struct Driver<'a> {
    kernel: Kernel,
    view: &'a DriverView,
    /// The parameter of what holds registrations of handlers.
    bound: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_is_read_as_it_is_written() {
        for kernel in Kernel::ALL {
            assert_eq!(kernel.to_string().parse(), Ok(*kernel));
        }
    }

    #[test]
    fn an_unknown_release_is_answered_with_the_known() {
        let error = "6.1".parse::<Kernel>().unwrap_err();

        assert_eq!(
            error.to_string(),
            "no driver for kernel `6.1`, only for 7.2, 7.3"
        );
    }
}
