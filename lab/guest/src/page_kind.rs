// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the page tables say of mapped registers. No other test distinguishes a cached mapping
//! from an uncached one: the machines' models have no caches.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::ptr;

use crate::driver;
use crate::mapping::Request;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;

/// The module that reports it, in the machine's root.
const MODULE: &str = "/page_kind.ko";
/// The module's node.
pub(crate) const NODE: &str = "/dev/page_kind";

/// Checks the attributes of the registers' page, and of a page of memory.
pub(crate) fn test_page_kind(scenario: &Scenario, report: &mut Report) {
    let kinds = if scenario.unmarked_pages {
        Kinds {
            name: "the page tables have no device attribute: the address decides",
            registers: "alike",
            memory: "alike",
        }
    } else {
        Kinds {
            name: "the page tables map the registers as uncached device memory",
            registers: "device",
            memory: "memory",
        }
    };
    report.check(kinds.name, || while_loaded(|| kinds.must_hold(scenario)));
}

/// Does something while the module is there, and its node.
pub(crate) fn while_loaded(work: impl FnOnce() -> Checked) -> Checked {
    driver::load_module(MODULE, c"")?;
    let outcome = driver::wait_for(NODE, true).and_then(|()| work());
    driver::remove_module("page_kind").context("rmmod")?;
    outcome
}

/// The kind of the page at an address of this process.
pub(crate) fn must_be_kind(address: usize, kind: &str) -> Checked {
    must_say(&File::open(NODE).context(NODE)?, address, kind)
}

/// What is to be answered.
struct Kinds {
    name: &'static str,
    registers: &'static str,
    memory: &'static str,
}

impl Kinds {
    fn must_hold(&self, scenario: &Scenario) -> Checked {
        let asked = File::open(NODE).context(NODE)?;
        let word = Box::new(1_u32);
        must_say(&asked, ptr::from_ref(&*word).addr(), self.memory).context("memory")?;

        let device = driver::open(scenario).context(&scenario.node)?;
        let mapping = Request::whole(scenario.mappable)
            .map(&device)
            .context("mapping")?;
        // They are there before the first access, which must not have to wait for a page fault.
        must_say(&asked, mapping.address(), self.registers)
            .context("registers before an access")?;
        let read = scenario.reads.first().ok_or("no register may be read")?;
        mapping.read(read.offset);
        let read_at = mapping.address() + read.offset;
        must_say(&asked, read_at, self.registers).context("registers")
    }
}

fn must_say(asked: &File, address: usize, expected: &str) -> Checked {
    let mut answer = [0; 16];
    let length = asked
        .read_at(&mut answer, address as u64)
        .context("asking")?;
    let said = String::from_utf8_lossy(&answer[..length]);
    must_be(said.as_ref(), expected)
}
