// SPDX-License-Identifier: MIT OR Apache-2.0

//! The accessor crates of the lenient maps, put to the compiler, clippy and rustdoc
//! with warnings denied.

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
    pub(crate) cell: &'static str,
    /// What was said of it, when it was not taken.
    pub(crate) errors: Option<String>,
    /// The processor time that its compilation took.
    pub(crate) time: Duration,
}

impl Compiled {
    fn ended(cell: &'static str, errors: Option<String>, time: Duration) -> Self {
        Compiled { cell, errors, time }
    }
}

impl Accessors {
    pub(crate) fn new() -> Result<Self> {
        let place = Workplace::of_accessors("accessors", "-Dwarnings")?;
        Ok(Accessors(place))
    }

    /// Renders the accessor of a map, compiles it, and lints it.
    pub(crate) fn compile(&self, map: &RegisterMap) -> Result<Compiled> {
        if unsupported(map, Drivers::UnlessChip, PARTS).is_some() {
            return Ok(Compiled::ended("not supported", None, Duration::ZERO));
        }
        self.put(map)?;
        let before = time_of_children()?;
        let checked = self.0.check()?;
        let time = time_of_children()?.saturating_sub(before);
        if let Checked::Fails(errors) = checked {
            return Ok(Compiled::ended("failed", Some(errors), time));
        }
        Ok(match self.0.lint()? {
            Checked::Passes => Compiled::ended("ok", None, time),
            Checked::Fails(errors) => Compiled::ended("lints", Some(errors), time),
        })
    }

    fn put(&self, map: &RegisterMap) -> Result<()> {
        self.0.empty()?;
        let below = format!("{}/accessor/", device_name(map));
        let artifacts = render(map, Drivers::UnlessChip, PARTS, Kernel::default());
        for (path, text) in artifacts.iter() {
            let path = path.strip_prefix(&below).context("not of the accessor")?;
            self.0.write(path, text)?;
        }
        Ok(())
    }
}

/// The processor time of this process's finished children.
fn time_of_children() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").context("cannot read /proc/self/stat")?;
    let ticks =
        ticks_of_children(&stat).context("/proc/self/stat is not in the format of proc(5)")?;
    let millis = ticks * 1000 / rustix::param::clock_ticks_per_second();
    Ok(Duration::from_millis(millis))
}

/// The sum of `cutime` and `cstime`, which are 13 and 14 words after the name.
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
