// SPDX-License-Identifier: MIT OR Apache-2.0

//! Windows of many pages, in plain memory: all pages are there from the start, and one window is
//! mapped as memory.

use std::time::{Duration, Instant};

use rustix::mm::MapFlags;
use rustix::param::page_size;

use crate::driver;
use crate::figures::{self, nanoseconds};
use crate::ioctls;
use crate::mapping::{Mapping, Request};
use crate::page_kind;
use crate::program;
use crate::report::{Checked, Context, Report, must_be, quote};
use crate::scenario::{PROGRAM, Scenario, Window};
use crate::system;

/// The way without the driver: the modules, with their parameters, and the node.
const UIO: [(&str, &str, &std::ffi::CStr); 2] = [
    ("/uio.ko", "uio", c""),
    (
        "/uio_pdrv_genirq.ko",
        "uio_pdrv_genirq",
        c"of_id=generic-uio",
    ),
];
const UIO_NODE: &str = "/dev/uio0";

/// How often the ways take turns, of which the best counts; and how often on a machine that is
/// busy with something else.
const TURNS: u32 = 60;
const MOST_TURNS: u32 = 600;
/// What the driver may cost more than UIO.
const LIMIT: f64 = 1.1;

pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    let ready = report.check("wide: the node appears", || {
        driver::wait_for_node(scenario, true)
    });
    if ready.is_none() {
        return;
    }
    report.check("wide: info lists both windows", || {
        ioctls::must_match(&driver::open(scenario).context(&scenario.node)?, scenario)
    });
    report.check(
        "wide: registers are device memory, a window of memory is uncached memory",
        || page_kind::while_loaded(|| have_their_kinds(scenario)),
    );
    report.check(
        "wide: a window of memory takes any width and alignment",
        || {
            let [_, memory] = windows(scenario)?;
            let device = driver::open(scenario).context(&scenario.node)?;
            let mapping = Request::window(&memory).map(&device).context("mapping")?;
            mapping.must_keep_unaligned()
        },
    );
    report.check(
        "wide: the accessor copies words to and from any address",
        || program::run(PROGRAM, &[])?.must_succeed(),
    );
    report.check("wide: touching all pages takes no page fault", || {
        takes_no_fault(scenario, MapFlags::SHARED)
    });
    report.check("wide: nor with MAP_POPULATE", || {
        takes_no_fault(scenario, MapFlags::SHARED.union(MapFlags::POPULATE))
    });
    report.check("wide: nor after mlockall", || {
        system::lock_all_memory(true).context("mlockall")?;
        let outcome = takes_no_fault(scenario, MapFlags::SHARED);
        system::lock_all_memory(false).context("munlockall")?;
        outcome
    });
    let name = "wide: touching all pages takes no more time than through UIO, within a tenth";
    match scenario.lacks("CONFIG_UIO_PDRV_GENIRQ") {
        Some(why) => report.leave_out(name, why),
        None => {
            report.check(name, || is_as_quick(scenario));
        }
    }
}

/// The window with the registers, and that of memory.
fn windows(scenario: &Scenario) -> Checked<[Window; 2]> {
    let windows = scenario.windows.clone();
    <[Window; 2]>::try_from(windows).map_err(|all| format!("{} windows", all.len()))
}

fn have_their_kinds(scenario: &Scenario) -> Checked {
    let device = driver::open(scenario).context(&scenario.node)?;
    for (window, kind) in windows(scenario)?.iter().zip(["device", "combining"]) {
        must_be(window.memory, kind == "combining").context("the window")?;
        let mapping = Request::window(window).map(&device).context("mapping")?;
        for at in [0, window.size - page_size()] {
            page_kind::must_be_kind(mapping.address() + at, kind)
                .context(format!("{at:#x} of {window}"))?;
        }
    }
    Ok(())
}

fn takes_no_fault(scenario: &Scenario, flags: MapFlags) -> Checked {
    let [wide, _] = windows(scenario)?;
    let device = driver::open(scenario).context(&scenario.node)?;
    let request = Request {
        flags,
        ..Request::window(&wide)
    };
    // The first round has the program's own pages present.
    for round in ["first", "second"] {
        let mapping = request.map(&device).context("mapping")?;
        let before = system::page_faults().context("getrusage")?;
        touch(&mapping, wide.size);
        let faults = system::page_faults().context("getrusage")? - before;
        if round == "second" {
            must_be(faults, 0).context("page faults")?;
        }
    }
    Ok(())
}

/// Reads a word of each page.
fn touch(mapping: &Mapping, size: usize) {
    for at in (0..size).step_by(page_size()) {
        mapping.read(at);
    }
}

/// Measures the ways to a window, for the table of figures.
pub(crate) fn measure(scenario: &Scenario) -> Checked {
    driver::load()?;
    driver::wait_for_node(scenario, true)?;
    let [wide, _] = windows(scenario)?;
    let pages = wide.size / page_size();
    for (way, times) in ["regloom", "uio"].iter().zip(with_uio(scenario)?) {
        let Times { touch, all } = times;
        figures::say(way, nanoseconds(touch), &format!("touch {pages} pages, ns"));
        let what = format!("map, touch and unmap {pages} pages, ns");
        figures::say(way, nanoseconds(all), &what);
    }
    driver::remove(scenario).context("rmmod")
}

fn is_as_quick(scenario: &Scenario) -> Checked {
    let [ours, uio] = with_uio(scenario)?;
    let ratio = ratio([ours, uio]);
    let of_all = ours.all.as_secs_f64() / uio.all.as_secs_f64();
    quote(
        "figures",
        &format!(
            "all pages are touched in {:?}, through UIO {:?} ({ratio:.2}); with mmap and munmap in \
             {:?}, through UIO {:?} ({of_all:.2})",
            ours.touch, uio.touch, ours.all, uio.all
        ),
    );
    must_be(ratio <= LIMIT, true).context(format!("{ratio:.3} times as long"))
}

/// The times of the driver and of UIO.
fn with_uio(scenario: &Scenario) -> Checked<[Times; 2]> {
    for (file, _, parameters) in UIO {
        driver::load_module(file, parameters)?;
    }
    let times = driver::wait_for(UIO_NODE, true).and_then(|()| best_of_both(scenario));
    for (_, module, _) in UIO.iter().rev() {
        driver::remove_module(module).context(module)?;
    }
    times
}

fn best_of_both(scenario: &Scenario) -> Checked<[Times; 2]> {
    let [wide, _] = windows(scenario)?;
    let mut best = [Times::LONGEST; 2];
    for turn in 0..MOST_TURNS {
        if turn >= TURNS && ratio(best) <= LIMIT {
            break;
        }
        for (node, best) in [scenario.node.as_str(), UIO_NODE].iter().zip(&mut best) {
            let times = time_to_touch(node, &wide)?;
            best.touch = best.touch.min(times.touch);
            best.all = best.all.min(times.all);
        }
    }
    Ok(best)
}

/// How much longer the driver's pages take than those of UIO.
fn ratio([ours, uio]: [Times; 2]) -> f64 {
    ours.touch.as_secs_f64() / uio.touch.as_secs_f64()
}

/// The time for the pages of a new mapping, and that with the mapping's own.
#[derive(Clone, Copy)]
struct Times {
    touch: Duration,
    all: Duration,
}

impl Times {
    const LONGEST: Self = Self {
        touch: Duration::MAX,
        all: Duration::MAX,
    };
}

fn time_to_touch(node: &str, window: &Window) -> Checked<Times> {
    let device = driver::open_node(node).context(node)?;
    let started = Instant::now();
    let mapping = Request::window(window).map(&device).context("mapping")?;
    let mapped = Instant::now();
    touch(&mapping, window.size);
    let touch = mapped.elapsed();
    drop(mapping);
    let all = started.elapsed();
    Ok(Times { touch, all })
}
