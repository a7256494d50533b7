// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's table of claimed addresses.

use std::fs;

use crate::report::{Checked, Context};
use crate::scenario::Scenario;

/// The table as it is.
pub(crate) fn read() -> Checked<String> {
    fs::read_to_string("/proc/iomem").context("/proc/iomem")
}

/// The block, whole and no more, is claimed in the driver's name.
pub(crate) fn is_claimed(table: &str, scenario: &Scenario) -> bool {
    table.lines().filter_map(entry).any(|(range, owner)| {
        range == (scenario.base, scenario.last()) && plain(owner).contains(&plain(&scenario.device))
    })
}

fn entry(line: &str) -> Option<((u64, u64), &str)> {
    let (range, owner) = line.split_once(" : ")?;
    let (first, last) = range.trim_start().split_once('-')?;
    let address = |text| u64::from_str_radix(text, 16).ok();
    Some(((address(first)?, address(last)?), owner))
}

/// A name in which it does not matter whether it is the device's or the module's.
fn plain(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::LEAST;

    fn scenario() -> Scenario {
        let text = LEAST.replace("a-b", "fpga-mem");
        Scenario::parse(&text).unwrap()
    }

    #[test]
    fn the_claim_is_found_by_range_and_name() {
        let table =
            "00000000-1fffffff : System RAM\n  40000000-40000fff : fpga_mem 40000000.fpga\n";
        assert!(is_claimed(table, &scenario()));
    }

    #[test]
    fn another_range_or_name_is_not_the_claim() {
        for table in [
            "40000000-40001fff : fpga-mem\n",
            "40000000-40000fff : other\n",
        ] {
            assert!(!is_claimed(table, &scenario()), "{table}");
        }
    }
}
