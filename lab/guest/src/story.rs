// SPDX-License-Identifier: MIT OR Apache-2.0

//! The life of a driver in a machine, and what must hold at each point of it.

use rustix::io::Errno;

use crate::abuse::abuse_it;
use crate::calls::call_it;
use crate::driver::{self, Binding};
use crate::endurance::wear_it_out;
use crate::exclusive;
use crate::faults::{find_what_is_lost, forget_what_is_lost, run_out_of_memory};
use crate::holder::{Holder, SIGBUS};
use crate::identity;
use crate::interrupts::{wait_for_them, wait_in_vain};
use crate::iomem;
use crate::kernel_log::KernelLog;
use crate::mapping::Request;
use crate::overlay;
use crate::page_kind;
use crate::privacy::keep_it_private;
use crate::program;
use crate::refusals::refuse_what_is_wrong;
use crate::report::{Checked, Context, Report, quote};
use crate::scenario::{PROGRAM, Read, Scenario};
use crate::shown;

/// Tells the story from loading to removal.
pub(crate) fn tell(scenario: &Scenario, report: &mut Report) {
    let before = report.check("the state before the driver is known", || {
        Ok((iomem::read()?, KernelLog::from_now_on()?))
    });
    let Some((iomem_before, mut log)) = before else {
        return;
    };
    exclusive::look_at_it(&iomem_before, report);
    if !scenario.identity.is_empty() {
        report.check("the block says who it is", || identity::give_it(scenario));
    }
    forget_what_is_lost(scenario, report);
    if report.check("driver loads", driver::load).is_some() {
        while_loaded(scenario, &mut log, report);
        after_removal(scenario, &iomem_before, report);
    }
    find_what_is_lost(scenario, report);
    report.check("the kernel's log has no warning", || {
        has_no_warning(&mut log)
    });
}

fn while_loaded(scenario: &Scenario, log: &mut KernelLog, report: &mut Report) {
    let appears = report.check("its node appears", || driver::wait_for_node(scenario, true));
    report.check("the block is claimed in the driver's name", || {
        is_claimed(scenario)
    });
    if appears.is_none() {
        return;
    }
    use_it(scenario, report);
    page_kind::ask_for_it(scenario, report);
    shown::look_at_it(scenario, report);
    wait_for_them(scenario, report);
    call_it(scenario, report);
    abuse_it(scenario, report);
    keep_it_private(scenario, report);
    identity::take_it_away(scenario, report);
    the_other_instance(scenario, report);
    overlay::come_and_go(scenario, report);
    take_it_away(scenario, report);
    refuse_what_is_wrong(scenario, report);
    wait_in_vain(scenario, report);
    if scenario.enduring {
        wear_it_out(scenario, log, report);
    }
    run_out_of_memory(scenario, log, report);
}

/// Another block of the same kind has a node of its own, and registers of its own.
fn the_other_instance(scenario: &Scenario, report: &mut Report) {
    if scenario.second.is_none() {
        return;
    }
    let node = format!("/dev/{}1", scenario.device);
    report.check("the other instance: the program passes", || {
        run_program(&[&node])
    });
}

fn after_removal(scenario: &Scenario, iomem_before: &str, report: &mut Report) {
    report.check("driver is removed", || {
        driver::remove(scenario).context("rmmod")
    });
    report.check("its node is gone", || {
        driver::wait_for_node(scenario, false)
    });
    report.check("/proc/iomem is as before the driver", || {
        is_as_before(iomem_before)
    });
}

pub(crate) fn is_claimed(scenario: &Scenario) -> Checked {
    let table = iomem::read()?;
    if iomem::is_claimed(&table, scenario) {
        return Ok(());
    }
    Err(format!(
        "{:x}-{:x} is not there for {} in\n{table}",
        scenario.base,
        scenario.last(),
        scenario.device
    ))
}

pub(crate) fn is_as_before(before: &str) -> Checked {
    let after = iomem::read()?;
    if after == before {
        Ok(())
    } else {
        Err(format!("before:\n{before}\nafter:\n{after}"))
    }
}

pub(crate) fn has_no_warning(log: &mut KernelLog) -> Checked {
    let records = log.read()?;
    for record in &records {
        quote("kernel", &record.message);
    }
    let trouble: Vec<_> = records
        .iter()
        .filter(|it| it.is_trouble())
        .map(|it| it.message.as_str())
        .collect();
    if trouble.is_empty() {
        Ok(())
    } else {
        Err(trouble.join("\n"))
    }
}

fn use_it(scenario: &Scenario, report: &mut Report) {
    report.check("the program passes", || run_program(&[]));
    for also in &scenario.also {
        report.check(&format!("{also} passes"), || {
            must_pass(&format!("/{also}"), &[])
        });
    }
    for read in &scenario.reads {
        report.check(&read.what, || holds(scenario, read));
    }
}

/// A register holds what it has to.
pub(crate) fn holds(scenario: &Scenario, read: &Read) -> Checked {
    let device = driver::open(scenario).context(&scenario.node)?;
    let mapping = Request::whole(scenario.mappable)
        .map(&device)
        .context("mapping")?;
    let found = mapping.read(read.offset);
    if found == read.value {
        return Ok(());
    }
    Err(format!(
        "at {:#x}: {found:#x}, not {:#x}",
        read.offset, read.value
    ))
}

/// Runs the device's program.
fn run_program(arguments: &[&str]) -> Checked {
    must_pass(PROGRAM, arguments)
}

fn must_pass(path: &str, arguments: &[&str]) -> Checked {
    program::run(path, arguments)?.must_succeed()
}

fn take_it_away(scenario: &Scenario, report: &mut Report) {
    let Some(binding) = report.check("it is bound to one device", || Binding::find(scenario))
    else {
        return;
    };
    let holder = report.check("a process holds a mapping", || Holder::start(scenario));
    report.check("the device is unbound all the same", || binding.unbind());
    report.check("unbound: its node is gone", || {
        driver::wait_for_node(scenario, false)
    });
    if let Some(mut holder) = holder {
        report.check("unbound: the old descriptor maps no more (ENODEV)", || {
            holder.must_not_map_again(Errno::NODEV)
        });
        report.check("unbound: touching the old mapping is SIGBUS", || {
            holder.must_die_of_touching(SIGBUS)
        });
    }
    report.check("the device is bound again", || {
        binding.bind()?;
        driver::wait_for_node(scenario, true)
    });
    report.check("bound again: the block is claimed", || is_claimed(scenario));
    report.check("bound again: the program passes", || run_program(&[]));
}
