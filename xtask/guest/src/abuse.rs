// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program may not do to a device's node, however it asks.

use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags};
use rustix::param::page_size;

use crate::driver;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, Report};
use crate::scenario::Scenario;

/// How a request that makes no sense is refused.
const SENSELESS: &[Errno] = &[Errno::INVAL];
/// How a request that is not allowed may be refused.
const FORBIDDEN: &[Errno] = &[Errno::INVAL, Errno::PERM, Errno::ACCESS];

/// Asks for all of it, and for what must be given.
pub(crate) fn abuse_it(scenario: &Scenario, report: &mut Report) {
    for Refusal {
        what,
        request,
        errors,
    } in refusals(scenario.mappable)
    {
        report.check(&format!("refused: {what}"), || {
            let device = driver::open(scenario).context(&scenario.node)?;
            must_be_refused(request.map(&device).map(drop), errors)
        });
    }
    report.check("allowed: the whole block", || map_whole(scenario).map(drop));
    report.check("refused: making a mapping executable later", || {
        let executable = MprotectFlags::READ | MprotectFlags::EXEC;
        must_be_refused(map_whole(scenario)?.protect(executable), &[Errno::ACCESS])
    });
    report.check("refused: growing a mapping later", || {
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

/// A mapping that must be refused, and the errors that are right for it.
struct Refusal {
    what: &'static str,
    request: Request,
    errors: &'static [Errno],
}

fn refusals(size: usize) -> Vec<Refusal> {
    let whole = Request::whole(size);
    let page = page_size();
    let behind = size.next_multiple_of(page);
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
        refusal("no length", at(0, 0), SENSELESS),
        refusal(
            "a page more than the block",
            at(0, behind + page),
            SENSELESS,
        ),
        refusal(
            "a page behind the block",
            at(behind as u64, page),
            SENSELESS,
        ),
        refusal("the highest page", at(highest, page), SENSELESS),
        refusal(
            "an end beyond all addresses",
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
        refusals.push(refusal("an offset within a page", at(4, size), SENSELESS));
    }
    refusals
}

fn map_whole(scenario: &Scenario) -> Checked<Mapping> {
    let device = driver::open(scenario).context(&scenario.node)?;
    Request::whole(scenario.mappable)
        .map(&device)
        .context("mapping the whole block")
}

fn must_be_refused(result: Result<(), Errno>, errors: &[Errno]) -> Checked {
    match result {
        Ok(()) => Err("it was allowed".to_owned()),
        Err(error) if errors.contains(&error) => Ok(()),
        Err(error) => Err(format!("refused, but with: {error}")),
    }
}
