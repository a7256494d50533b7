// SPDX-License-Identifier: MIT OR Apache-2.0

//! The mappings that a program may make of a device's node, and those that it may not.

use std::fs::File;

use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags};
use rustix::param::page_size;

use crate::driver;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::{Scenario, Window};

/// How a request that makes no sense is refused.
const INVALID: &[Errno] = &[Errno::INVAL];
/// How a request that is not allowed may be refused.
const FORBIDDEN: &[Errno] = &[Errno::INVAL, Errno::PERM, Errno::ACCESS];

/// Asks for mappings that must be refused, and for those that must be allowed.
pub(crate) fn test_mmap_limits(scenario: &Scenario, report: &mut Report) {
    for Refusal {
        what,
        request,
        errors,
    } in refusals(scenario)
    {
        report.check(&format!("refused: {what}"), || {
            let device = driver::open(scenario).context(&scenario.node)?;
            must_be_refused(request.map(&device).map(drop), errors)
        });
    }
    test_windows(scenario, report);
    test_read_only_windows(scenario, report);
    report.check("refused: making a mapping executable later", || {
        let executable = MprotectFlags::READ | MprotectFlags::EXEC;
        must_be_refused(map_whole(scenario)?.protect(executable), &[Errno::ACCESS])
    });
    report.check("refused: enabling core dumps later", || {
        let mapping = map_whole(scenario)?;
        must_be_refused(mapping.advise(Advice::LinuxDoDump), &[Errno::INVAL])
    });
    report.check("allowed: moving a mapping", || {
        let read = scenario.reads.first().ok_or("no register may be read")?;
        let mut mapping = map_whole(scenario)?;
        let before = mapping.read(read.offset);
        mapping.relocate().context("moving")?;
        must_be(mapping.read(read.offset), before)
    });
    report.check("refused: extending a mapping later", || {
        must_be_refused(map_whole(scenario)?.grow(), &[Errno::FAULT])
    });
    report.check(
        "refused: removing the driver while its node is open",
        || {
            let _device = driver::open(scenario).context(&scenario.node)?;
            let in_use = &[Errno::WOULDBLOCK, Errno::BUSY];
            must_be_refused(driver::remove(scenario), in_use)
        },
    );
}

/// Pages and runs of pages may be mapped if they are a window's, and only then.
fn test_windows(scenario: &Scenario, report: &mut Report) {
    report.check("allowed: each whole window", || {
        let device = driver::open(scenario).context(&scenario.node)?;
        scenario.windows.iter().try_for_each(|window| {
            let mapping = Request::window(window).map(&device);
            mapping.map(drop).context(format!("window {window}"))
        })
    });
    report.check("refused: a page before or after a window", || {
        let device = driver::open(scenario).context(&scenario.node)?;
        scenario.windows.iter().try_for_each(|window| {
            larger_than(window)
                .try_for_each(|request| must_be_refused(request.map(&device).map(drop), INVALID))
                .context(format!("window {window}"))
        })
    });
    report.check("allowed: only the pages of windows", || {
        let device = driver::open(scenario).context(&scenario.node)?;
        for offset in (0..scenario.size as u64 + 1).step_by(page_size()) {
            let request = Request {
                offset,
                length: page_size(),
                protection: ProtFlags::READ,
                flags: MapFlags::SHARED,
            };
            let is_in_a_window = scenario
                .windows
                .iter()
                .any(|it| it.pages().contains(&offset));
            let result = request.map(&device).map(drop);
            match is_in_a_window {
                true => result.map_err(|error| error.to_string()),
                false => must_be_refused(result, INVALID),
            }
            .context(format!("offset {offset:#x}"))?;
        }
        Ok(())
    });
}

/// A window with the page behind it, and with the page before it if there is one.
fn larger_than(window: &Window) -> impl Iterator<Item = Request> {
    let whole = Request::window(window);
    let length = whole.length.next_multiple_of(page_size()) + page_size();
    let before = whole.offset.checked_sub(page_size() as u64);
    let behind = Request { length, ..whole };
    let before = before.map(|offset| Request {
        length,
        offset,
        ..whole
    });
    std::iter::once(behind).chain(before)
}

/// What is for reading alone is never written, whether the window or the file says so.
fn test_read_only_windows(scenario: &Scenario, report: &mut Report) {
    let writable = ProtFlags::READ | ProtFlags::WRITE;
    for window in scenario.windows.iter().filter(|window| !window.write) {
        report.check(
            &format!("refused: a writable mapping of the read-only window {window}"),
            || {
                let device = driver::open(scenario).context(&scenario.node)?;
                let request = Request {
                    protection: writable,
                    ..Request::window(window)
                };
                must_be_refused(request.map(&device).map(drop), &[Errno::ACCESS])
            },
        );
        report.check(
            &format!("refused: making window {window} writable later"),
            || {
                let device = driver::open(scenario).context(&scenario.node)?;
                let mapping = Request::window(window).map(&device).context("mapping")?;
                let writable = MprotectFlags::READ | MprotectFlags::WRITE;
                must_be_refused(mapping.protect(writable), &[Errno::ACCESS])
            },
        );
    }
    report.check(
        "refused: a writable mapping of a file opened for reading",
        || {
            let device = File::open(&scenario.node).context(&scenario.node)?;
            let request = Request {
                protection: writable,
                ..Request::whole(scenario.mappable)
            };
            must_be_refused(request.map(&device).map(drop), &[Errno::ACCESS])
        },
    );
}

/// A mapping that must be refused, and the errors that are right for it.
struct Refusal {
    what: &'static str,
    request: Request,
    errors: &'static [Errno],
}

fn refusals(scenario: &Scenario) -> Vec<Refusal> {
    let whole = Request::whole(scenario.mappable);
    let page = page_size();
    let behind = scenario.size.next_multiple_of(page);
    // The last page but one of all that the machine can address: the highest that
    // the kernel passes on.
    let highest = usize::MAX as u64 - (2 * page as u64 - 1);
    let refusal = |what, request, errors| Refusal {
        what,
        request,
        errors,
    };
    let at = |offset, length| Request {
        offset,
        length,
        ..whole
    };
    let mut refusals = vec![
        refusal("no length", at(0, 0), INVALID),
        refusal(
            "one page more than the block",
            at(0, behind + page),
            INVALID,
        ),
        refusal("the page after the block", at(behind as u64, page), INVALID),
        refusal("the highest page", at(highest, page), INVALID),
        refusal(
            "an end beyond the address space",
            at(highest + page as u64, 2 * page),
            // The kernel says the second, before the driver is asked.
            &[Errno::INVAL, Errno::OVERFLOW],
        ),
        refusal(
            "a private mapping",
            Request {
                flags: MapFlags::PRIVATE,
                ..whole
            },
            FORBIDDEN,
        ),
        refusal(
            "an executable mapping",
            Request {
                protection: whole.protection | ProtFlags::EXEC,
                ..whole
            },
            FORBIDDEN,
        ),
    ];
    // Where addresses have 32 bits, the system call counts offsets in pages: this
    // cannot even be asked.
    if cfg!(target_pointer_width = "64") {
        refusals.push(refusal("an offset within a page", at(4, page), INVALID));
    }
    refusals
}

fn map_whole(scenario: &Scenario) -> Checked<Mapping> {
    let device = driver::open(scenario).context(&scenario.node)?;
    Request::whole(scenario.mappable)
        .map(&device)
        .context("mapping the window")
}

fn must_be_refused(result: Result<(), Errno>, errors: &[Errno]) -> Checked {
    match result {
        Ok(()) => Err("it was allowed".to_owned()),
        Err(error) if errors.contains(&error) => Ok(()),
        Err(error) => Err(format!("refused, but with: {error}")),
    }
}
