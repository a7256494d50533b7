// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver costs beside the other ways to the same registers; the lab on
//! the other side of the console makes a table of it.

use std::fs::{self, File};
use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::driver;
use crate::interrupts::Source;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context};
use crate::scenario::Scenario;

/// Where the lab says that figures are wanted.
pub(crate) const WANTED: &str = "/figures";

/// A way to the registers.
struct Way {
    name: &'static str,
    /// The modules that make it, with their parameters, in the order of loading.
    modules: &'static [(&'static str, &'static str, &'static std::ffi::CStr)],
    node: &'static str,
    /// The registers are at their own address of the node.
    by_address: bool,
    /// Reads of the node wait for the interrupt.
    interrupts: bool,
}

const WAYS: &[Way] = &[
    Way {
        name: "regloom",
        modules: &[("/driver.ko", "pl061_gpio", c"")],
        node: "/dev/pl061-gpio0",
        by_address: false,
        interrupts: true,
    },
    Way {
        name: "uio",
        modules: &[
            ("/uio.ko", "uio", c""),
            (
                "/uio_pdrv_genirq.ko",
                "uio_pdrv_genirq",
                c"of_id=regloom,pl061-gpio",
            ),
        ],
        node: "/dev/uio0",
        by_address: false,
        interrupts: true,
    },
    Way {
        name: "devmem",
        modules: &[],
        node: "/dev/mem",
        by_address: true,
        interrupts: false,
    },
    Way {
        name: "by-hand",
        modules: &[("/remap.ko", "remap", c"")],
        node: "/dev/remap0",
        by_address: false,
        interrupts: false,
    },
];

/// A register whose read has no effect: the peripheral's ID.
const REGISTER: usize = 0xfe0;

/// How often the ways take turns.
const TURNS: u32 = 5;
/// Mappings of a turn.
const MAPPINGS: u32 = 2_000;
/// Rounds before those that are measured: QEMU translates what it has not run yet.
const WARMING_UP: u32 = 200;
/// Bursts of reads of a turn, and the reads of one.
const BURSTS: u32 = 40;
const READS: u32 = 20_000;
/// Interrupts of a turn.
const INTERRUPTS: usize = 1_000;

/// Measures all ways in turn, and says the best of each.
pub(crate) fn measure(scenario: &Scenario) -> Checked {
    let mut best: Vec<Costs> = WAYS.iter().map(|_| Costs::default()).collect();
    for _ in 0..TURNS {
        for (way, best) in WAYS.iter().zip(&mut best) {
            way.load()?;
            best.keep_best(way.costs(scenario)?);
            way.remove()?;
        }
    }
    for (way, costs) in WAYS.iter().zip(best) {
        costs.say(way.name);
    }
    Ok(())
}

/// What one way costs: quantities in nanoseconds or bytes.
#[derive(Default)]
struct Costs(Vec<(&'static str, f64)>);

impl Costs {
    fn keep_best(&mut self, other: Costs) {
        for (what, value) in other.0 {
            match self.0.iter_mut().find(|(known, _)| *known == what) {
                Some((_, best)) => *best = best.min(value),
                None => self.0.push((what, value)),
            }
        }
    }

    fn say(&self, way: &str) {
        for (what, value) in &self.0 {
            say(way, *value, what);
        }
    }
}

impl Way {
    fn load(&self) -> Checked {
        for (file, _, parameters) in self.modules {
            driver::load_module(file, parameters)?;
        }
        driver::wait_for(self.node, true)
    }

    fn remove(&self) -> Checked {
        for (_, module, _) in self.modules.iter().rev() {
            driver::remove_module(module).context(module)?;
        }
        Ok(())
    }

    fn costs(&self, scenario: &Scenario) -> Checked<Costs> {
        let mut costs = vec![
            ("open, map and close, ns", self.open_map_close(scenario)?),
            ("map, first read and unmap, ns", self.first_read(scenario)?),
            ("a mapped read, ns", self.mapped_read(scenario)?),
        ];
        if self.interrupts {
            costs.push(("interrupt to wake-up, ns", self.wake_up(scenario)?));
        }
        if !self.modules.is_empty() {
            costs.push(("modules in memory, bytes", self.size()?));
        }
        Ok(Costs(costs))
    }

    fn open(&self) -> Checked<File> {
        driver::open_node(self.node).context(self.node)
    }

    fn request(&self, scenario: &Scenario) -> Request {
        Request {
            offset: if self.by_address { scenario.base } else { 0 },
            ..Request::whole(scenario.mappable)
        }
    }

    fn map(&self, scenario: &Scenario, file: &File) -> Checked<Mapping> {
        self.request(scenario).map(file).context("mapping")
    }

    fn open_map_close(&self, scenario: &Scenario) -> Checked<f64> {
        warm_per_round(MAPPINGS, || {
            let file = self.open()?;
            self.map(scenario, &file).map(drop)
        })
    }

    fn first_read(&self, scenario: &Scenario) -> Checked<f64> {
        let file = self.open()?;
        warm_per_round(MAPPINGS, || {
            let mapping = self.map(scenario, &file)?;
            black_box(mapping.read(REGISTER));
            Ok(())
        })
    }

    fn mapped_read(&self, scenario: &Scenario) -> Checked<f64> {
        let file = self.open()?;
        let mapping = self.map(scenario, &file)?;
        let mut best = f64::INFINITY;
        for _ in 0..BURSTS {
            let burst = per_round(READS, || {
                black_box(mapping.read(REGISTER));
                Ok(())
            })?;
            best = best.min(burst);
        }
        Ok(best)
    }

    /// From the last write that raises the interrupt to the end of the read that
    /// waits for it; what UIO leaves to the program is done between the rounds.
    fn wake_up(&self, scenario: &Scenario) -> Checked<f64> {
        let source = Source::prepare_on(scenario, self.node)?;
        let reader = source.open_blocking()?;
        let mut times = Vec::with_capacity(INTERRUPTS);
        for _ in 0..INTERRUPTS {
            let started = Instant::now();
            source.write_raise()?;
            reader.count()?;
            times.push(started.elapsed());
            source.acknowledge();
            reader.enable(1)?;
        }
        times.sort();
        let median = times.get(INTERRUPTS / 2).copied().unwrap_or_default();
        Ok(nanoseconds(median))
    }

    /// What `lsmod` shows.
    fn size(&self) -> Checked<f64> {
        let mut sum = 0.0;
        for (_, module, _) in self.modules {
            let path = format!("/sys/module/{module}/coresize");
            let size = fs::read_to_string(&path).context(&path)?;
            sum += size.trim().parse::<f64>().context(&path)?;
        }
        Ok(sum)
    }
}

/// Has a figure get into the table.
pub(crate) fn say(way: &str, value: f64, what: &str) {
    println!("regloom-lab figure {way} {value:.2} {what}");
}

fn warm_per_round(rounds: u32, mut round: impl FnMut() -> Checked) -> Checked<f64> {
    per_round(WARMING_UP, &mut round)?;
    per_round(rounds, round)
}

fn per_round(rounds: u32, mut round: impl FnMut() -> Checked) -> Checked<f64> {
    let started = Instant::now();
    for _ in 0..rounds {
        round()?;
    }
    Ok(nanoseconds(started.elapsed()) / f64::from(rounds))
}

pub(crate) fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}
