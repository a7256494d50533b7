// SPDX-License-Identifier: MIT OR Apache-2.0

//! Wrong nodes in the device tree: the driver refuses each and logs why.

use rustix::io::Errno;
use rustix::system::uname;

use crate::driver::{self, Binding};
use crate::iomem;
use crate::kernel_log::KernelLog;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::Scenario;

/// A device that must be refused. The lab has put its node into the device tree.
struct Wrong {
    what: &'static str,
    device: String,
    error: Errno,
    /// What the one line has that the driver says of it.
    says: &'static str,
}

/// Binds the driver to each wrong node.
pub(crate) fn test_wrong_nodes(scenario: &Scenario, report: &mut Report) {
    for wrong in wrong_nodes(scenario) {
        report.check(&format!("refused: {}", wrong.what), || {
            let binding = Binding::find(scenario)?;
            wrong.must_be_refused(&binding)
        });
    }
    // A block with an identity is asked for that first, and one with clocks for those.
    if scenario.interrupts > 0 && scenario.identity.is_empty() {
        report.check("refused: a node without the interrupt", || {
            let binding = Binding::find(scenario)?;
            // The registers must be free, or the driver fails before it asks for the interrupt.
            binding.unbind()?;
            let outcome = without_interrupt(scenario).must_be_refused(&binding);
            binding.bind()?;
            driver::wait_for_node(scenario, true)?;
            outcome
        });
    }
}

fn wrong_nodes(scenario: &Scenario) -> Vec<Wrong> {
    let base = scenario.base;
    let half = base + 0x800;
    vec![
        Wrong {
            what: "a second driver for a claimed block",
            device: format!("{base:x}.lab-wrong-twin"),
            error: Errno::BUSY,
            says: "are in use",
        },
        Wrong {
            what: "a node that is smaller than the map",
            device: format!("{base:x}.lab-wrong-small"),
            error: Errno::INVAL,
            says: "the map takes",
        },
        Wrong {
            what: "a node that does not own its pages",
            device: format!("{half:x}.lab-wrong-half-page"),
            error: Errno::INVAL,
            says: "are not whole pages",
        },
        Wrong {
            what: "a node that was generated from another map",
            device: format!("{base:x}.lab-wrong-map"),
            error: Errno::NODEV,
            says: "map hash is 0x1 in the device tree",
        },
        Wrong {
            what: "a node without an address",
            device: "lab-bus:lab-wrong-nowhere".to_owned(),
            error: Errno::INVAL,
            says: "gives no `reg`",
        },
    ]
}

fn without_interrupt(scenario: &Scenario) -> Wrong {
    Wrong {
        what: "a node without the interrupt",
        device: format!("{:x}.lab-wrong-silent", scenario.base),
        error: Errno::NXIO,
        // It asks for the only one by its index, and for several by their names.
        says: match scenario.interrupts {
            1 => "IRQ index 0 not found",
            _ => ": IRQ ",
        },
    }
}

impl Wrong {
    /// The driver returns the error and logs one line that says why, and nothing has changed.
    fn must_be_refused(&self, binding: &Binding) -> Checked {
        let mut log = KernelLog::from_now()?;
        let claimed = iomem::read()?;
        let error = if hides_errors() {
            Errno::NODEV
        } else {
            self.error
        };
        must_be(binding.bind_other(&self.device)?, Err(error)).context(&self.device)?;
        must_be(iomem::read()? == claimed, true).context("what is claimed is as before")?;
        let messages: Vec<_> = log.read()?.into_iter().map(|it| it.message).collect();
        let about_it = |line: &&String| line.contains(&self.device) && line.contains(self.says);
        match messages.iter().filter(about_it).count() {
            1 => Ok(()),
            _ => Err(format!("the log has\n{}", messages.join("\n"))),
        }
    }
}

/// Whether the kernel returns one error for all that drivers return, as before Linux 5.14
/// (`bind_store` in drivers/base/bus.c).
fn hides_errors() -> bool {
    let system = uname();
    let release = system.release().to_string_lossy();
    let mut numbers = release
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next(), numbers.next());
    (major, minor) < (Some(5), Some(14))
}
