// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the driver recognises an interrupt for its own, and silences it.

use regdesc::access::{Access, WriteEffect};
use regdesc::model::{Block, Interrupt, InterruptSource, Register, RegisterPath, Trigger};
use regloom_driver_template::{EnableView, InterruptView, SilenceView, StatusView};

use super::Registers;

/// The block's interrupts, in the order of the device tree's.
pub(super) fn view(block: &Block, registers: &Registers<'_>) -> Vec<InterruptView> {
    let interrupts = block.interrupts.iter();
    interrupts.map(|it| interrupt(it, registers)).collect()
}

/// How one is recognised and silenced.
pub(super) fn interrupt(interrupt: &Interrupt, registers: &Registers<'_>) -> InterruptView {
    let named = |path: Option<&RegisterPath>| {
        let (offset, register) = registers.place(path?)?;
        Some((registers.name(offset, register)?, register))
    };
    let status = named(interrupt.status.as_ref());
    let enable = named(interrupt.enable.as_ref());
    let acknowledge = named(interrupt.separate_acknowledge());
    let silence = match (interrupt.source, &status, acknowledge) {
        (InterruptSource::Event, Some(_), Some((name, register))) => elsewhere(name, register),
        (InterruptSource::Event, Some((name, register)), None) => in_place(name.clone(), register),
        (InterruptSource::Event, None, _) if comes_once(interrupt) => SilenceView::OfItself,
        (InterruptSource::Level, Some(_), _) if enable.is_some() => SilenceView::Mask,
        _ => SilenceView::Line,
    };
    InterruptView {
        name: interrupt.name.value.clone(),
        status: status.map(|(name, register)| StatusView {
            register: name,
            width: register.width.value,
            events: low_word(interrupt.events(register)),
        }),
        enable: enable.map(|(name, register)| EnableView {
            register: name,
            width: register.width.value,
        }),
        silence,
        edge: comes_once(interrupt),
    }
}

/// The line tells by an edge.
pub(super) fn comes_once(interrupt: &Interrupt) -> bool {
    matches!(
        interrupt.trigger.as_ref().map(|it| it.value),
        Some(Trigger::EdgeRising | Trigger::EdgeFalling | Trigger::EdgeBoth)
    )
}

/// By a write to the status itself: only what was seen, and nothing beside it.
fn in_place(name: String, register: &Register) -> SilenceView {
    let written = |it: Access| it.write && it.on_write != WriteEffect::Modify;
    if !register.accesses().any(written) {
        return SilenceView::OfItself;
    }
    SilenceView::Acknowledge {
        register: name,
        width: register.width.value,
        ones: bits(register, |it| it.write && by_one(it.on_write)),
        zeros: bits(register, |it| it.write && by_zero(it.on_write)),
        kept: bits(register, |it| {
            it.write && it.on_write == WriteEffect::Modify
        }),
    }
}

/// By a write to a register of its own, a bit for each of the status.
fn elsewhere(name: String, register: &Register) -> SilenceView {
    let zeros = bits(register, |it| it.write && by_zero(it.on_write));
    SilenceView::Acknowledge {
        register: name,
        width: register.width.value,
        ones: bits(register, |it| it.write) & !zeros,
        zeros,
        kept: 0,
    }
}

fn by_one(effect: WriteEffect) -> bool {
    matches!(effect, WriteEffect::OneToClear | WriteEffect::OneToToggle)
}

fn by_zero(effect: WriteEffect) -> bool {
    use WriteEffect::{ZeroToClear, ZeroToSet, ZeroToToggle};
    matches!(effect, ZeroToClear | ZeroToSet | ZeroToToggle)
}

/// The bits of such an access.
fn bits(register: &Register, such: impl Fn(Access) -> bool) -> u32 {
    low_word(register.bits_of(such))
}

fn low_word(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use regloom_driver_template::{InterruptView, SilenceView};

    use super::super::view;
    use crate::names::Named;

    fn lowered(interrupt: &str, registers: &str) -> InterruptView {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000,
              interrupts: {{irq: {interrupt}}}, registers: {{{registers}}}}}"
        );
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        view(&Named::of(&map), &map.blocks[0]).interrupts.remove(0)
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
