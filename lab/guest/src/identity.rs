// SPDX-License-Identifier: MIT OR Apache-2.0

//! The identity registers of a block in plain memory: the driver accepts the right values and
//! refuses others.

use rustix::param::page_size;

use crate::driver::{self, Binding};
use crate::kernel_log::KernelLog;
use crate::mapping::{Mapping, Request};
use crate::report::{Checked, Context, Report};
use crate::scenario::{Read, Scenario};

/// Writes the identity that the driver expects, in each instance.
pub(crate) fn write(scenario: &Scenario) -> Checked {
    for base in std::iter::once(scenario.base).chain(scenario.second) {
        let block = memory(scenario, base)?;
        for part in &scenario.identity {
            block.write(part.offset, part.value);
        }
    }
    Ok(())
}

/// Writes words to plain memory, beside any driver.
pub(crate) fn write_memory(words: &[(u64, u32)]) -> Checked {
    let page = page_size() as u64;
    for (address, value) in words {
        let memory = driver::open_node("/dev/mem").context("/dev/mem")?;
        let request = Request {
            offset: address / page * page,
            ..Request::whole(page_size())
        };
        let mapping = request.map(&memory).context("mapping /dev/mem")?;
        let offset = usize::try_from(address % page).context("an offset in a page")?;
        mapping.write(offset, *value);
    }
    Ok(())
}

/// Loads the block anew, as an FPGA is: it says who it is, its registers hold what they begin with,
/// and all else is zero.
pub(crate) fn load(scenario: &Scenario, beginning: &[Read]) -> Checked {
    let block = memory(scenario, scenario.base)?;
    for offset in (0..scenario.size).step_by(4) {
        block.write(offset, 0);
    }
    for part in scenario.identity.iter().chain(beginning) {
        block.write(part.offset, part.value);
    }
    Ok(())
}

/// Writes a wrong value to each identity register; the driver must refuse the block.
pub(crate) fn test_wrong_identity(scenario: &Scenario, report: &mut Report) {
    for part in &scenario.identity {
        report.check(
            &format!("a wrong {} is refused with a message", part.what),
            || is_refused(scenario, part),
        );
    }
}

/// There is no node for the block, one line in the log says why, and the block is
/// bound again once it says who it is.
fn is_refused(scenario: &Scenario, part: &Read) -> Checked {
    let binding = Binding::find(scenario)?;
    let block = memory(scenario, scenario.base)?;
    let mut log = KernelLog::from_now()?;
    binding.unbind()?;
    block.write(part.offset, !part.value);
    let bound = binding.bind();
    block.write(part.offset, part.value);
    binding.bind()?;
    driver::wait_for_node(scenario, true)?;
    if bound.is_ok() {
        return Err("it was bound".to_owned());
    }
    let messages: Vec<_> = log.read()?.into_iter().map(|it| it.message).collect();
    let says = |line: &&String| {
        line.contains(&format!("{} is {:#x}", part.what, !part.value))
            && line.contains(&format!("{:#x}", part.value))
    };
    match messages.iter().filter(says).count() {
        1 => Ok(()),
        _ => Err(format!("the log has\n{}", messages.join("\n"))),
    }
}

/// A block's memory, beside the driver.
fn memory(scenario: &Scenario, base: u64) -> Checked<Mapping> {
    let memory = driver::open_node("/dev/mem").context("/dev/mem")?;
    let request = Request {
        offset: base,
        ..Request::whole(scenario.mappable)
    };
    request.map(&memory).context("mapping /dev/mem")
}
