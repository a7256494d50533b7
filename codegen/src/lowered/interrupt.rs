// SPDX-License-Identifier: MIT OR Apache-2.0

//! How an interrupt is recognised, silenced, and let through.

mod by_events;
mod in_line;
mod parts;

use regdesc::model::{Block, Interrupt as Described, InterruptSource, RegisterPath, Trigger};

pub(crate) use self::parts::{Acknowledge, Enable, Event, Move, Silence, Source};
use super::registers::{FlatRegister, Port};

/// A line that a block interrupts by.
pub(crate) struct Interrupt<'m> {
    /// Its names and words.
    pub(crate) described: &'m Described,
    /// What it reports, by name; a status without fields has no names.
    // For the accessor's names and the driver's masks.
    #[allow(dead_code)]
    pub(crate) events: Vec<Event<'m>>,
    /// The status registers that report it, in the order in which they are read; none: only
    /// the line reports it.
    pub(crate) sources: Vec<Source>,
    pub(crate) silence: Silence,
    /// The line reports by an edge, which is there once.
    pub(crate) is_edge: bool,
    /// The path of a register of it that is too wide, or that no single load reads.
    pub(crate) unhandled: Option<String>,
}

impl<'m> Interrupt<'m> {
    /// An interrupt of the block, whose registers are `flat`.
    pub(crate) fn of<'f>(
        described: &'m Described,
        block: &'m Block,
        flat: impl Fn() -> &'f [FlatRegister<'f>],
    ) -> Self {
        let is_edge = comes_once(described);
        let (events, sources, unhandled) = match described.events.as_slice() {
            [] => whole_registers(described, block, flat),
            _ => {
                let sources = by_events::sources(described, block, flat);
                let (sources, unhandled) = match sources {
                    Ok(sources) => (sources, None),
                    Err(path) => (Vec::new(), Some(path)),
                };
                (by_events::events(described), sources, unhandled)
            }
        };
        Interrupt {
            silence: silence(described.source, &sources, is_edge),
            described,
            events,
            sources,
            is_edge,
            unhandled,
        }
    }
}

type Parts<'m> = (Vec<Event<'m>>, Vec<Source>, Option<String>);

/// What is known of an interrupt whose registers have the same bits.
fn whole_registers<'m, 'f>(
    described: &'m Described,
    block: &'m Block,
    flat: impl Fn() -> &'f [FlatRegister<'f>],
) -> Parts<'m> {
    let port = |path: Option<&RegisterPath>| {
        let found = block.register(path?)?;
        Some((Port::of(found, flat())?, found.register))
    };
    let registers = port(described.status.as_ref()).map(|status| in_line::Registers {
        status,
        enable: port(described.enable.as_ref()).map(|(port, _)| port),
        acknowledge: port(described.separate_acknowledge()),
    });
    let unhandled = unhandled(described, block, flat);
    match registers {
        None => (Vec::new(), Vec::new(), unhandled),
        Some(registers) => (
            in_line::events(described, registers.status.1),
            vec![in_line::source(described, &registers)],
            unhandled,
        ),
    }
}

fn silence(kind: InterruptSource, sources: &[Source], is_edge: bool) -> Silence {
    let is_masked = !sources.is_empty() && sources.iter().all(|it| it.enable.is_some());
    match kind {
        InterruptSource::Event if is_edge || !sources.is_empty() => Silence::Acknowledged,
        InterruptSource::Level if is_masked => Silence::Masked,
        _ => Silence::Line,
    }
}

/// The first register of an interrupt that no port of at most 32 bits reads.
fn unhandled<'f>(
    interrupt: &Described,
    block: &Block,
    flat: impl Fn() -> &'f [FlatRegister<'f>],
) -> Option<String> {
    let used = [&interrupt.status, &interrupt.acknowledge, &interrupt.enable];
    let is_handled = |path: &RegisterPath| {
        block.register(path).is_none_or(|found| {
            found.register.width.value <= u32::BITS && Port::of(found, flat()).is_some()
        })
    };
    let mut used = used.into_iter().flatten();
    used.find(|path| !is_handled(path)).map(ToString::to_string)
}

/// The line reports by an edge.
fn comes_once(interrupt: &Described) -> bool {
    matches!(
        interrupt.trigger.as_ref().map(|it| it.value),
        Some(Trigger::EdgeRising | Trigger::EdgeFalling | Trigger::EdgeBoth)
    )
}

#[cfg(test)]
mod tests;
