// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts: whoever handles one can silence it.

use super::identity::single;
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Interrupt, InterruptSource, Register};

/// What an event sets, software can clear: in the status register, or in the one
/// that is named for it.
pub(super) fn interrupts_can_be_acknowledged(block: &Block, diagnostics: &mut Diagnostics) {
    for interrupt in &block.interrupts {
        let status = interrupt.status.as_ref();
        let status = status.and_then(|path| single(block, path, diagnostics));
        let separate = interrupt.acknowledge.as_ref();
        let acknowledge = separate.and_then(|path| single(block, path, diagnostics));
        if let Some(register) = acknowledge
            && !register.accesses().any(|access| access.write)
        {
            diagnostics.push(cannot(interrupt, register, "is never written"));
        }
        if let Some(register) = status
            && separate.is_none()
            && interrupt.source == InterruptSource::Event
            && !register.accesses().any(acknowledges)
        {
            diagnostics.push(cannot(
                interrupt,
                register,
                "has no bit that an access clears",
            ));
        }
    }
}

/// An access of these bits takes an event back.
fn acknowledges(access: Access) -> bool {
    let by_write = access.write && access.on_write != WriteEffect::Modify;
    let by_read = access.read && access.on_read != ReadEffect::None;
    by_write || by_read
}

fn cannot(interrupt: &Interrupt, register: &Register, why: &str) -> Diagnostic {
    Diagnostic::new(
        Code::InterruptNotAcknowledged,
        interrupt.name.span,
        format!(
            "the interrupt `{}` cannot be acknowledged: `{}` {why}",
            interrupt.name.value, register.name.value
        ),
        "would never fall silent",
    )
    .related(
        register.access.span,
        format!("the access is {}", register.access.value),
    )
    .help("give its bits `access: w1c`, name the register that clears them under `acknowledge:`, or write `type: level`")
}

/// What lets an interrupt through can be written.
pub(super) fn interrupts_can_be_enabled(block: &Block, diagnostics: &mut Diagnostics) {
    for interrupt in &block.interrupts {
        let enable = interrupt.enable.as_ref();
        let Some(register) = enable.and_then(|path| single(block, path, diagnostics)) else {
            continue;
        };
        if !register.accesses().any(|access| access.write) {
            diagnostics.push(
                Diagnostic::new(
                    Code::InterruptNotAcknowledged,
                    interrupt.name.span,
                    format!(
                        "the interrupt `{}` cannot be enabled: `{}` is never written",
                        interrupt.name.value, register.name.value
                    ),
                    "would never come",
                )
                .related(
                    register.access.span,
                    format!("the access is {}", register.access.value),
                )
                .help("give it `access: rw`, or name the register that enables it"),
            );
        }
    }
}
