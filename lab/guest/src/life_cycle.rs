// SPDX-License-Identifier: MIT OR Apache-2.0

//! The tests from loading the driver to removing it.

use rustix::io::Errno;

use crate::c_program;
use crate::debugfs;
use crate::driver::{self, Binding};
use crate::endurance::test_endurance;
use crate::exclusive;
use crate::faults::{clear_memory_leaks, test_allocation_failures, test_memory_leaks};
use crate::holder::{Holder, SIGBUS};
use crate::identity;
use crate::inheritance::test_inheritance;
use crate::interrupts::{test_interrupts, test_unbind_while_waiting};
use crate::ioctls::test_ioctls;
use crate::iomem;
use crate::kernel_log::{KernelLog, Record};
use crate::mapping::Request;
use crate::minors::test_minors;
use crate::mmap_limits::test_mmap_limits;
use crate::overlay;
use crate::page_kind;
use crate::privacy::test_privacy;
use crate::program;
use crate::report::{Checked, Context, Report, must_be, quote};
use crate::scenario::{PROGRAM, Read, Scenario};
use crate::trials;
use crate::wrong_nodes::test_wrong_nodes;

/// Runs all tests from loading to removal.
pub(crate) fn run(scenario: &Scenario, report: &mut Report) {
    let before = report.check("the state before the driver is read", || {
        Ok((iomem::read()?, KernelLog::from_now()?))
    });
    let Some((iomem_before, mut log)) = before else {
        return;
    };
    exclusive::test_kernel_claim(&iomem_before, report);
    if !scenario.identity.is_empty() {
        report.check("the block's identity is written", || {
            identity::write(scenario)
        });
    }
    if !scenario.memory.is_empty() {
        report.check("the block's memory is written", || {
            identity::write_memory(&scenario.memory)
        });
    }
    clear_memory_leaks(scenario, report);
    if report.check("the driver loads", driver::load).is_some() {
        while_loaded(scenario, &mut log, report);
        after_removal(scenario, &iomem_before, report);
    }
    test_memory_leaks(scenario, report);
    if scenario.expected.is_empty() {
        report.check("the kernel log has no warning", || has_no_warning(&mut log));
    } else {
        report.check("the kernel log has the expected warnings alone", || {
            has_only_expected(&scenario.expected, &mut log)
        });
    }
}

fn while_loaded(scenario: &Scenario, log: &mut KernelLog, report: &mut Report) {
    if let Some(trial) = &scenario.trial {
        trials::run(trial, scenario, report);
        return;
    }
    let appears = report.check("the node appears", || driver::wait_for_node(scenario, true));
    report.check("/proc/iomem shows the driver's claim", || {
        is_claimed(scenario)
    });
    if appears.is_none() {
        return;
    }
    test_program(scenario, report);
    if scenario.brief {
        return;
    }
    page_kind::test_page_kind(scenario, report);
    debugfs::test_debugfs(scenario, report);
    test_interrupts(scenario, report);
    test_ioctls(scenario, report);
    test_mmap_limits(scenario, report);
    test_privacy(scenario, report);
    test_inheritance(scenario, report);
    identity::test_wrong_identity(scenario, report);
    test_second_instance(scenario, report);
    test_minors(scenario, report);
    overlay::test_overlay(scenario, report);
    test_unbind(scenario, report);
    test_wrong_nodes(scenario, report);
    test_unbind_while_waiting(scenario, report);
    if scenario.endurance {
        test_endurance(scenario, log, report);
    }
    test_allocation_failures(scenario, log, report);
}

/// Another block of the same kind has a node of its own, and registers of its own.
fn test_second_instance(scenario: &Scenario, report: &mut Report) {
    if scenario.second.is_none() {
        return;
    }
    let node = format!("/dev/{}1", scenario.device);
    report.check("second instance: the program passes", || {
        run_program(&[&node])
    });
}

fn after_removal(scenario: &Scenario, iomem_before: &str, report: &mut Report) {
    report.check("the driver is removed", || {
        driver::remove(scenario).context("rmmod")
    });
    report.check("the node is gone", || {
        driver::wait_for_node(scenario, false)
    });
    report.check("/proc/iomem is the same as before the driver", || {
        is_unchanged(iomem_before)
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

pub(crate) fn is_unchanged(before: &str) -> Checked {
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
        .filter(|it| it.is_problem())
        .map(|it| it.message.as_str())
        .collect();
    if trouble.is_empty() {
        Ok(())
    } else {
        Err(trouble.join("\n"))
    }
}

/// Each of the messages is there, and the kernel calls nothing else a mistake.
fn has_only_expected(expected: &[String], log: &mut KernelLog) -> Checked {
    let records = log.read()?;
    for record in &records {
        quote("kernel", &record.message);
    }
    for message in expected {
        let has = |it: &Record| it.message.contains(message);
        must_be(records.iter().any(has), true).context(format!("the log has {message}"))?;
    }
    let is_expected = |it: &&Record| expected.iter().any(|message| it.message.contains(message));
    let mut errors = records.iter().filter(|it| it.is_error());
    match errors.find(|it| !is_expected(it)) {
        Some(other) => Err(other.message.clone()),
        None => Ok(()),
    }
}

fn test_program(scenario: &Scenario, report: &mut Report) {
    report.check("the program passes", || run_program(&[]));
    for also in &scenario.also {
        report.check(&format!("{also} passes"), || {
            must_pass(&format!("/{also}"), &[])
        });
    }
    for read in &scenario.reads {
        report.check(&read.what, || holds(scenario, read));
    }
    c_program::test(scenario, report);
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

fn test_unbind(scenario: &Scenario, report: &mut Report) {
    let Some(binding) = report.check("the driver is bound to one device", || {
        Binding::find(scenario)
    }) else {
        return;
    };
    let holder = report.check("a process holds a mapping", || Holder::start(scenario));
    report.check("the device is unbound while mapped", || binding.unbind());
    report.check("unbound: the node is gone", || {
        driver::wait_for_node(scenario, false)
    });
    if let Some(mut holder) = holder {
        report.check(
            "unbound: mapping the old descriptor fails with ENODEV",
            || holder.must_not_map_again(Errno::NODEV),
        );
        report.check("unbound: an access to the old mapping gets SIGBUS", || {
            holder.must_die_on_touch(SIGBUS)
        });
    }
    report.check("the device is bound again", || {
        binding.bind()?;
        driver::wait_for_node(scenario, true)
    });
    report.check("bound again: /proc/iomem shows the claim", || {
        is_claimed(scenario)
    });
    report.check("bound again: the program passes", || run_program(&[]));
}
