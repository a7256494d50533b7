// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a child process inherits of a mapping, and what becomes of mappings when the device goes: the
//! inherited, the moved, and those who only wait for that.

use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::driver;
use crate::holder::{Holder, SIGBUS};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;

/// What `poll` returns when the device is gone.
const ENDED: PollFlags = PollFlags::ERR.union(PollFlags::HUP);

pub(crate) fn test_inheritance(scenario: &Scenario, report: &mut Report) {
    report.check("a child reads, writes and unmaps the mapping", || {
        let mut holder = Holder::start(scenario)?;
        must_be(holder.use_in_child()?.as_str(), "exit status: 0")?;
        // The parent still has it.
        holder.fork()?;
        must_be(holder.touch_in_child()?.as_str(), "exit status: 0")
    });
    report.check(
        "unbound: a child's access to the mapping gets SIGBUS",
        || {
            let mut holder = Holder::start(scenario)?;
            holder.fork()?;
            driver::while_unbound(scenario, || {
                let end = holder.touch_in_child()?;
                match end.starts_with(&format!("signal: {SIGBUS} ")) {
                    true => Ok(()),
                    false => Err(end),
                }
            })
        },
    );
    report.check("unbound: an access to a moved mapping gets SIGBUS", || {
        let mut holder = Holder::start(scenario)?;
        holder.relocate()?;
        driver::while_unbound(scenario, || holder.must_die_on_touch(SIGBUS))
    });
    if scenario.interrupts == 0 {
        report.check(
            "unbound: poll on a block without interrupts returns POLLERR and POLLHUP",
            || {
                let device = driver::open(scenario).context(&scenario.node)?;
                must_be(polled(&device)?, PollFlags::empty())?;
                driver::while_unbound(scenario, || must_be(polled(&device)?, ENDED))
            },
        );
    }
}

/// What `poll` returns at once.
fn polled(device: &std::fs::File) -> Checked<PollFlags> {
    let mut files = [PollFd::new(device, PollFlags::IN)];
    let limit = Timespec::try_from(Duration::ZERO).context("a time for poll")?;
    poll(&mut files, Some(&limit)).context("poll")?;
    Ok(files[0].revents())
}
