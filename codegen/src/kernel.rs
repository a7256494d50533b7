// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel driver: what the templates print of a block.

mod identity;
mod interrupts;
mod registers;

use regdesc::model::{Order, Window};
use regloom_driver_template::{DriverView, WindowView};

use crate::lowered::{Block, Lowered};
use crate::sources::TOOL;

/// What the driver of a block is rendered from.
pub(crate) fn view(lowered: &Lowered<'_>, block: &Block<'_>) -> DriverView {
    let registers = registers::views(block.registers());
    let version = lowered.version;
    DriverView {
        module: block.names.driver_module.clone(),
        name: block.names.model.clone(),
        compatibles: block.compatibles.clone(),
        size: block.size,
        description: block.description.unwrap_or_default().to_owned(),
        version: version.map(|it| it.to_string()),
        version_numbers: version.map_or([0; 3], |it| [it.major, it.minor, it.patch]),
        hash: block.hash(),
        tool: TOOL.to_owned(),
        identity: identity::view(block, &registers),
        interrupts: interrupts::view(block, &registers),
        windows: block.windows.iter().map(window).collect(),
        clocks: texts(&block.device_tree.clocks),
        resets: reset_names(block),
        registers,
    }
}

fn texts(names: &[regdesc::Spanned<String>]) -> Vec<String> {
    names.iter().map(|it| it.value.clone()).collect()
}

fn reset_names(block: &Block<'_>) -> Vec<String> {
    let resets = block.device_tree.resets.iter();
    resets.map(|reset| reset.name.value.clone()).collect()
}

fn window(window: &Window) -> WindowView {
    WindowView {
        offset: window.range.start,
        size: window.range.len,
        write: window.write,
    }
}

/// Why the driver cannot do what the block asks of it.
pub(crate) fn unsupported(lowered: &Lowered<'_>, block: &Block<'_>) -> Option<String> {
    if lowered.bus.endian == Order::Big {
        return Some(
            "the driver reads little-endian numbers and does not keep to `endian: big`; leave it \
             out with `--only dt,accessor`"
                .to_owned(),
        );
    }
    if let Some(path) = block.identity.not_in_words {
        return Some(format!(
            "the driver reads an identity in words of 32 bits, which do not give `{path}` on a bus \
             of {} bits in its order; leave it out with `--only dt,accessor`",
            lowered.bus.width
        ));
    }
    if let Some(name) = interrupts::not_in_whole_registers(block) {
        return Some(format!(
            "the driver handles interrupts through whole registers, and `{name}` has bits of its \
             own; leave it out with `--only dt,accessor`"
        ));
    }
    let mut interrupts = block.interrupts.iter();
    let path = interrupts.find_map(|it| it.unhandled.as_ref())?;
    Some(format!(
        "the driver handles interrupts through registers of at most 32 bits that one access \
         reads, which `{path}` is not; leave it out with `--only dt,accessor`, or take the \
         register from the interrupt"
    ))
}
