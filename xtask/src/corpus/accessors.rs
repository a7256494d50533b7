// SPDX-License-Identifier: MIT OR Apache-2.0

//! The accessor crates of the lenient maps, compiled with warnings denied.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use regdesc::RegisterMap;
use regloom_codegen::{Drivers, Kernel, Parts, device_name, render, unsupported};

use crate::crates::{Checked, Workplace};

/// The accessor, and nothing else.
const PARTS: Parts = Parts {
    device_tree: false,
    driver: false,
    accessor: true,
};

/// Where accessors are compiled.
pub(crate) struct Accessors(Workplace);

/// What became of one.
pub(crate) struct Compiled {
    pub(crate) cell: String,
    /// What the compiler said, when it did not take it.
    pub(crate) errors: Option<String>,
}

impl Accessors {
    pub(crate) fn new() -> Result<Self> {
        let place = Workplace::of_accessors("accessors", "-Dwarnings")?;
        Ok(Accessors(place))
    }

    /// Renders the accessor of a map and compiles it.
    pub(crate) fn compile(&self, map: &RegisterMap) -> Result<Compiled> {
        if unsupported(map, Drivers::UnlessChip, PARTS).is_some() {
            return Ok(Compiled {
                cell: "not supported".to_owned(),
                errors: None,
            });
        }
        self.0.empty()?;
        let below = format!("{}/accessor/", device_name(map));
        let artifacts = render(map, Drivers::UnlessChip, PARTS, Kernel::default());
        for (path, text) in artifacts.iter() {
            let path = path.strip_prefix(&below).context("not of the accessor")?;
            self.0.write(path, text)?;
        }
        Ok(match self.0.check()? {
            Checked::Passes => Compiled {
                cell: "ok".to_owned(),
                errors: None,
            },
            Checked::Fails(errors) => Compiled {
                cell: "failed".to_owned(),
                errors: Some(errors),
            },
        })
    }
}

/// The processor time of this process's finished children.
pub(crate) fn time_of_children() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").context("cannot read /proc/self/stat")?;
    let ticks = ticks_of_children(&stat).context("/proc/self/stat is not as proc(5) has it")?;
    let millis = ticks * 1000 / rustix::param::clock_ticks_per_second();
    Ok(Duration::from_millis(millis))
}

/// The sum of `cutime` and `cstime`, which stand 13 and 14 words after the name.
fn ticks_of_children(stat: &str) -> Option<u64> {
    // The name may have spaces and parentheses in it; nothing after it has.
    let (_, words) = stat.rsplit_once(')')?;
    let mut ticks = words.split_whitespace().skip(13).map(str::parse::<u64>);
    Some(ticks.next()?.ok()? + ticks.next()?.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ticks_of_children_are_found_behind_any_name() {
        let stat = "7 (a) b) S 1 1 1 0 -1 4194304 1 2 3 4 50 60 700 800 20 0 1 0 9 9 9";
        assert_eq!(ticks_of_children(stat), Some(1500));
        assert_eq!(ticks_of_children("7 (a) S 1"), None);
    }
}
