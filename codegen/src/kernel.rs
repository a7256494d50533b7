// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel driver: what the templates print of a block.

mod identity;
mod interrupts;
mod port;
mod registers;

use regdesc::model::{Order, Reset, Window, WindowKind};
use regloom_driver_template::{DriverView, FolderView, ResetView, WindowView};

use crate::lowered::{Block, Lowered};
use crate::names::{Use, spelled};
use crate::sources::TOOL;

/// What the folder of the blocks' drivers is rendered from.
pub(crate) fn folder(lowered: &Lowered<'_>, driven: &[&Block<'_>]) -> FolderView {
    FolderView {
        module: module(lowered),
        device: lowered.device.clone(),
        description: lowered.description.unwrap_or_default().to_owned(),
        version: lowered.version.map(|it| it.to_string()),
        tool: TOOL.to_owned(),
        drivers: driven.iter().map(|block| view(lowered, block)).collect(),
    }
}

/// The name of the module with the drivers.
pub(crate) fn module(lowered: &Lowered<'_>) -> String {
    spelled(Use::Module, &lowered.device)
}

/// What the driver of a block is rendered from.
fn view(lowered: &Lowered<'_>, block: &Block<'_>) -> DriverView {
    let version = lowered.version;
    DriverView {
        file: block.names.driver_module.clone(),
        name: block.names.model.clone(),
        compatibles: block.compatibles.clone(),
        size: block.size,
        description: block.description.unwrap_or_default().to_owned(),
        version_numbers: version.map_or([0; 3], |it| [it.major, it.minor, it.patch]),
        hash: block.hash(),
        bus_master: block.bus_master,
        identity: identity::view(block),
        interrupts: interrupts::view(block),
        windows: block.windows.iter().map(window).collect(),
        clocks: texts(&block.device_tree.clocks),
        resets: block.device_tree.resets.iter().map(reset).collect(),
        registers: registers::views(block.registers()),
    }
}

fn texts(names: &[regdesc::Spanned<String>]) -> Vec<String> {
    names.iter().map(|it| it.value.clone()).collect()
}

fn reset(reset: &Reset) -> ResetView {
    ResetView {
        name: reset.name.value.clone(),
        exclusive: reset.exclusive,
    }
}

fn window(window: &Window) -> WindowView {
    WindowView {
        offset: window.range.start,
        size: window.range.len,
        write: window.write,
        memory: window.kind == WindowKind::Memory,
    }
}

/// How many drivers a module can have: their indices are the high bits of its minor numbers.
const DRIVERS: usize = 256;

/// Why a module cannot have this number of drivers.
pub(crate) fn too_many(drivers: usize) -> Option<String> {
    (drivers > DRIVERS).then(|| {
        format!(
            "a module has at most {DRIVERS} drivers, and this map has {drivers} blocks; choose \
             some with `--peripheral`, or leave the driver out with `--only dt,accessor`"
        )
    })
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
    let mut interrupts = block.interrupts.iter();
    let path = interrupts.find_map(|it| it.unhandled.as_ref())?;
    Some(format!(
        "the driver handles interrupts through registers of at most 32 bits that one access \
         reads, which `{path}` is not; leave it out with `--only dt,accessor`, or take the \
         register from the interrupt"
    ))
}

#[cfg(test)]
mod tests {
    use super::too_many;

    #[test]
    fn a_module_has_no_more_drivers_than_minor_numbers_can_tell_apart() {
        assert_eq!(too_many(256), None);
        assert!(too_many(257).is_some_and(|why| why.contains("257 blocks")));
    }
}
