// SPDX-License-Identifier: MIT OR Apache-2.0

//! How svd-parser is used.

use svd_parser::{Config, ValidateLevel};

/// svd-parser set to read, not to judge.
pub(super) fn config() -> Config {
    Config::default().validate_level(ValidateLevel::Disabled)
}
