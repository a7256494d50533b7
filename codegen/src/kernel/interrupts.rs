// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the driver recognises an interrupt for its own, and silences it.

use regloom_driver_template::{EnableView, InterruptView, RegisterView, SilenceView, StatusView};

use super::registers::name_of;
use crate::lowered::Block;
use crate::lowered::interrupt::{Acknowledge, Enable, Interrupt, Silence, Source};
use crate::lowered::registers::Port;

/// The block's interrupts, in the order of the device tree's.
pub(super) fn view(block: &Block<'_>, registers: &[RegisterView]) -> Vec<InterruptView> {
    let interrupts = block.interrupts.iter();
    interrupts.map(|it| interrupt(it, registers)).collect()
}

/// The first interrupt that the view has no words for: its events have bits of their own,
/// or it has registers in arrays.
pub(super) fn not_in_whole_registers<'b>(block: &'b Block<'_>) -> Option<&'b str> {
    let is_element = |port: Port| {
        let mut registers = block.registers().iter();
        registers.any(|it| it.array.is_some() && it.has(port))
    };
    let is_in_array = |source: &Source| {
        let enable = match source.enable {
            Some(Enable::Register { port, .. }) => Some(port),
            _ => None,
        };
        let acknowledge = source.acknowledge.as_ref().map(|it| it.port);
        let mut ports = [Some(source.status), enable, acknowledge]
            .into_iter()
            .flatten();
        ports.any(is_element)
    };
    let mut interrupts = block.interrupts.iter();
    let found =
        interrupts.find(|it| !it.described.events.is_empty() || it.sources.iter().any(is_in_array));
    found.map(|it| it.described.name.as_str())
}

fn interrupt(interrupt: &Interrupt<'_>, registers: &[RegisterView]) -> InterruptView {
    let source = interrupt.sources.first();
    InterruptView {
        name: interrupt.described.name.value.clone(),
        status: source.map(|source| StatusView {
            register: name_of(source.status, registers),
            width: source.status.width,
            events: source.bits,
        }),
        enable: source.and_then(|source| enable(source, registers)),
        silence: match interrupt.silence {
            Silence::Masked => SilenceView::Mask,
            Silence::Line => SilenceView::Line,
            Silence::Acknowledged => {
                let acknowledge = source.and_then(|it| it.acknowledge.as_ref());
                acknowledge.map_or(SilenceView::OfItself, |it| acknowledged(it, registers))
            }
        },
        edge: interrupt.is_edge,
    }
}

fn enable(source: &Source, registers: &[RegisterView]) -> Option<EnableView> {
    let Some(Enable::Register { port, .. }) = source.enable else {
        return None;
    };
    Some(EnableView {
        register: name_of(port, registers),
        width: port.width,
    })
}

fn acknowledged(acknowledge: &Acknowledge, registers: &[RegisterView]) -> SilenceView {
    SilenceView::Acknowledge {
        register: name_of(acknowledge.port, registers),
        width: acknowledge.port.width,
        ones: acknowledge.ones,
        zeros: acknowledge.zeros,
        kept: acknowledge.kept,
    }
}

#[cfg(test)]
mod tests {
    use regloom_driver_template::{InterruptView, SilenceView};

    use super::super::view;
    use crate::lowered::Lowered;
    use crate::lowered::layout::Layouts;

    fn lowered(interrupt: &str, registers: &str) -> InterruptView {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000,
              interrupts: {{irq: {interrupt}}}, registers: {{{registers}}}}}"
        );
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        view(&lowered, &lowered.blocks[0]).interrupts.remove(0)
    }

    fn acknowledge(register: &str, [ones, zeros, kept]: [u32; 3]) -> SilenceView {
        SilenceView::Acknowledge {
            register: register.into(),
            width: 32,
            ones,
            zeros,
            kept,
        }
    }

    #[test]
    fn events_are_acknowledged_where_they_stand_and_nothing_else_is_changed() {
        let view = lowered(
            "{status: S, enable: E}",
            "S: {fields: {A: {bits: 0, access: w1c}, B: {bits: 1, access: w0c},
                 C: {bits: 4, access: rw}, D: {bits: 5, access: ro}}}, E: {}",
        );
        assert_eq!(view.silence, acknowledge("S", [0x1, 0x2, 0x10]));
        assert_eq!(view.status.unwrap().events, 0x3);
        assert_eq!(view.enable.unwrap().register, "E");
    }

    #[test]
    fn a_status_that_is_named_again_acknowledges_where_it_stands() {
        let registers = "S: {fields: {A: {bits: 0, access: w1c}, MODE: {bits: 4, access: rw}}}";
        let again = lowered("{status: S, acknowledge: S}", registers);
        assert_eq!(again, lowered("{status: S}", registers));
    }

    #[test]
    fn a_register_of_its_own_acknowledges_all_that_the_status_tells() {
        let view = lowered(
            "{status: S, acknowledge: A}",
            "S: {access: ro, fields: {X: \"3:0\"}}, A: {access: wo, on-write: one-to-clear}",
        );
        assert_eq!(view.silence, acknowledge("A", [u32::MAX, 0, 0]));
        assert_eq!(view.status.unwrap().events, 0xf);
    }

    #[test]
    fn what_a_read_clears_needs_no_write() {
        let view = lowered("{status: S}", "S: {access: rc}");
        assert_eq!(view.silence, SilenceView::OfItself);
        assert_eq!(view.status.unwrap().events, u32::MAX);
    }

    #[test]
    fn a_level_is_masked_in_the_block_or_at_the_controller() {
        let block = lowered(
            "{type: level, status: S, enable: E}",
            "S: {access: ro}, E: {}",
        );
        assert_eq!(block.silence, SilenceView::Mask);
        let no_enable = lowered("{type: level, status: S}", "S: {access: ro}");
        assert_eq!(no_enable.silence, SilenceView::Line);
    }

    #[test]
    fn a_line_without_a_status_counts_edges_and_is_disabled_otherwise() {
        let edge = lowered("{trigger: edge-rising}", "S: {}");
        assert_eq!((edge.silence, edge.edge), (SilenceView::OfItself, true));
        let level = lowered("{trigger: level-high}", "S: {}");
        assert_eq!(level.silence, SilenceView::Line);
    }
}
