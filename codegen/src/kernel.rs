// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel driver: lowers a block to what the templates print.

mod identity;
mod interrupts;
mod registers;

use regdesc::RegisterMap;
use regdesc::model::{Block, Interrupt, Order, Register, RegisterPath, Window};
use regloom_driver_template::{DriverView, InterruptView, RegisterView, WindowView};

use crate::names::{self, Named};
use crate::{dts, lowered};

/// What the driver of a block is rendered from.
pub(crate) fn view(map: &Named<'_>, block: &Block) -> DriverView {
    let name = map.model(block).to_owned();
    let views = registers::views(&lowered::for_driver(block, map.bus).items);
    let registers = Registers {
        block,
        views: &views,
    };
    let version = map.version.as_ref().map(|it| it.value);
    DriverView {
        module: names::snake(&name),
        compatibles: dts::compatibles(map, block),
        size: block.size.value,
        description: block.description.clone().unwrap_or_default(),
        version: version.map(|it| it.to_string()),
        version_numbers: version.map_or([0; 3], |it| [it.major, it.minor, it.patch]),
        hash: map.block_hash(block),
        tool: crate::TOOL.to_owned(),
        identity: identity::view(map, block, &registers),
        interrupts: interrupts::view(block, &registers),
        windows: block.windows.iter().map(window).collect(),
        clocks: texts(&block.device_tree.clocks),
        resets: texts(&block.device_tree.resets),
        registers: views,
        name,
    }
}

/// What the names of a block's nodes below `/dev` begin with.
pub(crate) fn node_stem(map: &Named<'_>, block: &Block) -> String {
    let view = DriverView {
        name: map.model(block).to_owned(),
        ..DriverView::default()
    };
    view.node_stem()
}

fn texts(names: &[regdesc::Spanned<String>]) -> Vec<String> {
    names.iter().map(|it| it.value.clone()).collect()
}

fn window(window: &Window) -> WindowView {
    WindowView {
        offset: window.range.start,
        size: window.range.len,
        write: window.write,
    }
}

/// Why the driver cannot do what the block asks of it.
pub(crate) fn unsupported(map: &RegisterMap, block: &Block) -> Option<String> {
    if map.bus.endian == Order::Big {
        return Some(
            "the driver reads little-endian numbers and does not keep to `endian: big`; leave it \
             out with `--only dt,accessor`"
                .to_owned(),
        );
    }
    if let Some(path) = identity::unreadable(block, map.bus) {
        return Some(format!(
            "the driver reads an identity in words of 32 bits, which do not give `{path}` on a bus \
             of {} bits in its order; leave it out with `--only dt,accessor`",
            map.bus.width
        ));
    }
    let views = registers::views(&lowered::for_driver(block, map.bus).items);
    let registers = Registers {
        block,
        views: &views,
    };
    let mut interrupts = block.interrupts.iter();
    let path = interrupts.find_map(|it| registers.unhandled(it))?;
    Some(format!(
        "the driver handles interrupts through registers of at most 32 bits that one access \
         reads, which `{path}` is not; leave it out with `--only dt,accessor`, or take the \
         register from the interrupt"
    ))
}

/// The block's first interrupt as the driver sees to it, and the registers that
/// it does that by; nothing where only the line tells, or the driver cannot.
pub(crate) fn first_interrupt(
    map: &RegisterMap,
    block: &Block,
) -> Option<(InterruptView, Vec<RegisterView>)> {
    let first = block.interrupts.first()?;
    if first.status.is_none() && !interrupts::comes_once(first) {
        return None;
    }
    let views = registers::views(&lowered::for_driver(block, map.bus).items);
    let registers = Registers {
        block,
        views: &views,
    };
    if registers.unhandled(first).is_some() {
        return None;
    }
    let view = interrupts::interrupt(first, &registers);
    Some((view, views))
}

/// The registers of a block, to be found as the map names them.
struct Registers<'m> {
    block: &'m Block,
    views: &'m [RegisterView],
}

impl<'m> Registers<'m> {
    /// Where the single register of that path stands, in bytes from the block's start.
    fn place(&self, path: &RegisterPath) -> Option<(u64, &'m Register)> {
        let found = self.block.register(path)?;
        found.single.then_some((found.offset, found.register))
    }

    /// The register of an interrupt that the driver cannot handle it by.
    fn unhandled<'i>(&self, interrupt: &'i Interrupt) -> Option<&'i RegisterPath> {
        let used = [&interrupt.status, &interrupt.acknowledge, &interrupt.enable];
        used.into_iter().flatten().find(|path| {
            self.place(path).is_some_and(|(offset, register)| {
                register.width.value > 32 || self.name(offset, register).is_none()
            })
        })
    }

    /// What `register!` calls the register that stands there, if it is one for it too.
    fn name(&self, offset: u64, register: &Register) -> Option<String> {
        let there = |view: &&RegisterView| {
            view.offset == offset && view.width == register.width.value && view.array.is_none()
        };
        Some(self.views.iter().find(there)?.name.clone())
    }
}
