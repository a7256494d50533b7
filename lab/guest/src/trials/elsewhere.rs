// SPDX-License-Identifier: MIT OR Apache-2.0

//! A node that is made in other mounts, as in a container, and what other drivers' nodes have to
//! do with this one.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::thread;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::io::Errno;
use rustix::mount::{MountFlags, mount};

use crate::debugfs;
use crate::driver;
use crate::holder::{Holder, SIGBUS};
use crate::ioctls;
use crate::page_kind;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;
use crate::system;

const FOLDER: &str = "/elsewhere";
const NODE: &str = "/elsewhere/node";

pub(super) fn test(scenario: &Scenario, report: &mut Report) {
    report.check(
        "elsewhere: a node made in a container is that of the instance, and its mapping is revoked",
        || in_other_mounts(scenario),
    );
    report.check(
        "elsewhere: opening a misc device does not wait for a debugfs dump",
        || {
            let marks = scenario
                .marks
                .as_ref()
                .ok_or("no register may hold a number")?;
            page_kind::while_loaded(|| debugfs::opens_during_dump(scenario, marks, page_kind::NODE))
        },
    );
}

/// The thread has mounts of its own, and one of them has the node.
fn in_other_mounts(scenario: &Scenario) -> Checked {
    let number = fs::metadata(&scenario.node).context(&scenario.node)?.rdev();
    fs::create_dir(FOLDER).context(FOLDER)?;
    thread::scope(|threads| {
        let inside = threads.spawn(|| -> Checked {
            system::unshare_mounts().context("unshare")?;
            mount("tmpfs", FOLDER, "tmpfs", MountFlags::empty(), None).context("mount")?;
            let mode = Mode::RUSR | Mode::WUSR;
            mknodat(CWD, NODE, FileType::CharacterDevice, mode, number).context("mknod")?;
            use_and_revoke(scenario)
        });
        inside.join().map_err(|_| "the thread panicked")?
    })?;
    must_be(fs::exists(NODE).context(NODE)?, false).context("other mounts")?;
    fs::remove_dir(FOLDER).context(FOLDER)
}

fn use_and_revoke(scenario: &Scenario) -> Checked {
    let node = driver::open_node(NODE).context(NODE)?;
    must_be(ioctls::base(&node)?, scenario.base).context("base")?;
    let mut inside = Holder::start_on(NODE, scenario.mappable)?;
    let mut outside = Holder::start(scenario)?;
    driver::while_unbound(scenario, || {
        must_be(driver::open_node(NODE).is_err(), true).context("unbound")?;
        for holder in [&mut inside, &mut outside] {
            holder.must_not_map_again(Errno::NODEV)?;
        }
        inside.must_die_on_touch(SIGBUS).context("inside")?;
        outside.must_die_on_touch(SIGBUS).context("outside")
    })?;
    let node = driver::open_node(NODE).context("bound again")?;
    must_be(ioctls::base(&node)?, scenario.base).context("base")
}
