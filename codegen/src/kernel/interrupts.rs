// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the driver recognises an interrupt for its own, and silences it.

use regloom_driver_template::{
    AcknowledgeView, BitsView, EnableView, InterruptView, MoveView, SilenceView, SourceView,
};

use super::port::port;
use crate::lowered::Block;
use crate::lowered::interrupt::{Acknowledge, Enable, Interrupt, Move, Silence, Source};
use crate::lowered::registers::Port;

/// The block's interrupts, in the order of the device tree's.
pub(super) fn view(block: &Block<'_>) -> Vec<InterruptView> {
    block.interrupts.iter().map(interrupt).collect()
}

fn interrupt(interrupt: &Interrupt<'_>) -> InterruptView {
    InterruptView {
        name: interrupt.described.name.value.clone(),
        edge: interrupt.is_edge,
        silence: match interrupt.silence {
            Silence::Acknowledged => SilenceView::Acknowledged,
            Silence::Masked => SilenceView::Masked,
            Silence::Line => SilenceView::Line,
        },
        sources: interrupt.sources.iter().map(source).collect(),
    }
}

fn source(source: &Source) -> SourceView {
    SourceView {
        status: port(source.status),
        bits: source.bits,
        reported: moves(&source.reported),
        enable: source.enable.as_ref().map(enable),
        acknowledge: source.acknowledge.as_ref().map(acknowledge),
    }
}

fn enable(enable: &Enable) -> EnableView {
    let pair = |(port, moves): &(Port, Vec<Move>)| bits(*port, moves);
    match enable {
        Enable::Register {
            port,
            moves,
            readable,
            kept,
            ones,
        } => EnableView::Register {
            bits: bits(*port, moves),
            readable: *readable,
            kept: *kept,
            ones: *ones,
        },
        Enable::Pair { set, clear, read } => EnableView::Pair {
            set: pair(set),
            clear: pair(clear),
            read: read.as_ref().map(pair),
        },
    }
}

fn acknowledge(acknowledge: &Acknowledge) -> AcknowledgeView {
    AcknowledgeView {
        bits: bits(acknowledge.port, &acknowledge.moves),
        ones: acknowledge.ones,
        zeros: acknowledge.zeros,
        kept: acknowledge.kept,
    }
}

fn bits(register: Port, moved: &[Move]) -> BitsView {
    BitsView {
        port: port(register),
        moves: moves(moved),
    }
}

fn moves(moves: &[Move]) -> Vec<MoveView> {
    let moves = moves.iter().map(|it| MoveView {
        mask: it.mask,
        shift: it.shift,
    });
    moves.collect()
}

#[cfg(test)]
mod tests {
    use regloom_driver_template::{
        AcknowledgeView, EnableView, InterruptView, SilenceView, SourceView,
    };

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

    fn source(view: &InterruptView) -> &SourceView {
        &view.sources[0]
    }

    /// Offset, ones, zeros and kept bits.
    fn acknowledged(view: &InterruptView) -> Option<(u64, [u32; 3])> {
        let acknowledge = source(view).acknowledge.as_ref()?;
        let AcknowledgeView {
            bits,
            ones,
            zeros,
            kept,
        } = acknowledge;
        Some((bits.port.offset, [*ones, *zeros, *kept]))
    }

    #[test]
    fn events_are_acknowledged_where_they_stand_and_nothing_else_is_changed() {
        let view = lowered(
            "{status: S, enable: E}",
            "S: {fields: {A: {bits: 0, access: w1c}, B: {bits: 1, access: w0c},
                 C: {bits: 4, access: rw}, D: {bits: 5, access: ro}}}, E: {}",
        );
        assert_eq!(view.silence, SilenceView::Acknowledged);
        assert_eq!(acknowledged(&view), Some((0, [0x1, 0x2, 0x10])));
        assert_eq!(source(&view).bits, 0x3);
        let Some(EnableView::Register { bits, .. }) = &source(&view).enable else {
            panic!("{view:?}");
        };
        assert_eq!(bits.port.offset, 4);
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
        let (offset, [ones, zeros, kept]) = acknowledged(&view).unwrap();
        assert_eq!((offset, ones & 0xf, zeros, kept), (4, 0xf, 0, 0));
        assert_eq!(source(&view).bits, 0xf);
    }

    #[test]
    fn what_a_read_clears_needs_no_write() {
        let view = lowered("{status: S}", "S: {access: rc}");
        assert_eq!(view.silence, SilenceView::Acknowledged);
        assert_eq!(acknowledged(&view), None);
        assert_eq!(source(&view).bits, u32::MAX);
    }

    #[test]
    fn a_level_is_masked_in_the_block_or_at_the_controller() {
        let block = lowered(
            "{type: level, status: S, enable: E}",
            "S: {access: ro}, E: {}",
        );
        assert_eq!(block.silence, SilenceView::Masked);
        let no_enable = lowered("{type: level, status: S}", "S: {access: ro}");
        assert_eq!(no_enable.silence, SilenceView::Line);
    }

    #[test]
    fn a_line_without_a_status_counts_edges_and_is_disabled_otherwise() {
        let edge = lowered("{trigger: edge-rising}", "S: {}");
        assert_eq!((edge.silence, edge.edge), (SilenceView::Acknowledged, true));
        assert!(edge.sources.is_empty());
        let level = lowered("{trigger: level-high}", "S: {}");
        assert_eq!(level.silence, SilenceView::Line);
    }
}
