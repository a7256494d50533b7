// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts: software that handles one sees that it came, can silence it, and takes
//! no other for it.

mod events;
mod kinship;
mod long_form;
mod sharing;
mod tied;
mod wired;

use crate::access::Access;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Bus, Field, InterruptSource, Register};

use kinship::{Kinship, overlap};
use wired::{DISABLED_INSTEAD, Named, Wired, place};

pub(super) use sharing::lines_and_resets_are_distinguished;

/// Every register that is named for an interrupt has its effect, and the bits of
/// an interrupt's registers are the same.
pub(super) fn interrupts_can_be_handled(bus: Bus, block: &Block, diagnostics: &mut Diagnostics) {
    let tied = events::sound(bus, block, diagnostics);
    let wired: Vec<Wired<'_>> = block
        .interrupts
        .iter()
        .filter(|interrupt| interrupt.events.is_empty())
        .map(|interrupt| Wired::of(block, interrupt, diagnostics))
        .collect();
    let mut sound = Vec::new();
    for it in wired {
        let of_registers = [
            has_a_status,
            can_be_acknowledged,
            can_be_enabled,
            has_registers_of_its_own,
        ];
        let of_bits = [
            is_seen,
            acknowledges_what_is_enabled,
            acknowledges_nothing_else,
            lets_through_what_it_sees,
            names_are_at_the_same_bits,
        ];
        // The first mistake of an interrupt leads to the others.
        let of_bits = of_bits.iter().filter(|_| !it.is_wide());
        let mut rules = of_registers.iter().chain(of_bits);
        match rules.find_map(|rule| rule(&it)) {
            Some(wrong) => diagnostics.push(wrong),
            None => sound.push(it),
        }
    }
    sharing::registers_are_not_shared(&sound, diagnostics);
    sharing::events_are_of_one_interrupt(&sound, &tied, diagnostics);
}

/// A register that enables has the bits of one that shows what happened. The reader
/// reports an `acknowledge` without one.
fn has_a_status(it: &Wired<'_>) -> Option<Diagnostic> {
    if it.status.is_some() || it.incomplete || it.interrupt.acknowledge.is_some() {
        return None;
    }
    let named = it.enable?;
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            named.span,
            format!("`enable` of the interrupt `{}` has no effect without `status`", it.name()),
            "has a bit for each of the status",
        )
        .related(it.interrupt.name.span, "has no `status`")
        .help(format!(
            "name the register that says what happened under `status:`, or leave out `enable:`; {DISABLED_INSTEAD}"
        )),
    )
}

/// What an event sets, software can clear: in the status register, or in the one
/// that is named for it.
fn can_be_acknowledged(it: &Wired<'_>) -> Option<Diagnostic> {
    match (it.interrupt.source, it.status, it.acknowledge) {
        // The reader reports an `acknowledge` of a level.
        (InterruptSource::Level, _, _) => None,
        (_, _, Some(Named { register, .. })) => {
            let written = register.accesses().any(|access| access.write);
            (!written).then(|| cannot_be_acknowledged(it, register, "is never written"))
        }
        (InterruptSource::Event, Some(Named { register, .. }), None) if !it.incomplete => {
            let cleared = register.accesses().any(Access::clears);
            (!cleared)
                .then(|| cannot_be_acknowledged(it, register, "has no bit that an access clears"))
        }
        _ => None,
    }
}

fn cannot_be_acknowledged(it: &Wired<'_>, register: &Register, why: &str) -> Diagnostic {
    Diagnostic::new(
        Code::InterruptNotAcknowledged,
        it.interrupt.name.span,
        format!(
            "the interrupt `{}` cannot be acknowledged: `{}` {why}",
            it.name(),
            register.name.value
        ),
        "would never fall silent",
    )
    .related(
        place(&register.name, register.access),
        match register.fields.is_empty() {
            true => format!("the access is {}", register.access.value),
            false => "none of its fields".to_owned(),
        },
    )
    .help("give its bits `access: w1c`, name the register that clears them under `acknowledge:`, or write `type: level`")
}

/// What lets an interrupt through can be written, and what was written is read
/// back.
fn can_be_enabled(it: &Wired<'_>) -> Option<Diagnostic> {
    let enable = it.enable?;
    let register = enable.register;
    if !register.accesses().any(|access| access.write) {
        return Some(never_enabled(it, register));
    }
    let is_plain = |field: &&Field| field.access.value.is_plain();
    let fields = &register.fields;
    let (name, access) = match fields.iter().find(|field| !is_plain(field)) {
        Some(field) => (&field.name, field.access),
        None if fields.is_empty() && !register.access.value.is_plain() => {
            (&register.name, register.access)
        }
        None => return None,
    };
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            enable.span,
            format!(
                "`{}` cannot enable the interrupt `{}`: `{}` is not plain read-write",
                register.name.value,
                it.name(),
                name.value
            ),
            "is read, changed and written back",
        )
        .related(
            place(name, access),
            format!("the access is {}", access.value),
        )
        .help(long_form::advice(it)),
    )
}

fn never_enabled(it: &Wired<'_>, register: &Register) -> Diagnostic {
    Diagnostic::new(
        Code::InterruptNotAcknowledged,
        it.interrupt.name.span,
        format!(
            "the interrupt `{}` cannot be enabled: `{}` is never written",
            it.name(),
            register.name.value
        ),
        "would never come",
    )
    .related(
        register.access.span,
        format!("the access is {}", register.access.value),
    )
    .help("give it `access: rw`, or name the register that enables it")
}

/// The enable register is no other register of the interrupt.
fn has_registers_of_its_own(it: &Wired<'_>) -> Option<Diagnostic> {
    let enable = it.enable?;
    let others = [("status", it.status), ("acknowledge", it.acknowledge)];
    let (key, other) = others
        .into_iter()
        .find_map(|(key, other)| Some((key, other.filter(|other| other.is(&enable))?)))?;
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            enable.span,
            format!(
                "`{}` is both `{key}` and `enable` of the interrupt `{}`",
                enable.register.name.value,
                it.name()
            ),
            "its bits cannot be both",
        )
        .related(other.span, format!("`{key}` here"))
        .help(long_form::advice(it)),
    )
}

/// Some bit of the status register reports the interrupt.
fn is_seen(it: &Wired<'_>) -> Option<Diagnostic> {
    let status = it.status?;
    if it.incomplete || it.events() != 0 {
        return None;
    }
    let register = status.register;
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            status.span,
            format!(
                "the interrupt `{}` is never seen: no bit of `{}` that reports it can be read",
                it.name(),
                register.name.value
            ),
            "is read when the line interrupts",
        )
        .related(
            place(&register.name, register.access),
            format!("the access is {}", register.access.value),
        )
        .help("give its bits an access that reads, or name another register"),
    )
}

/// Every event that is let through has a bit that acknowledges it.
fn acknowledges_what_is_enabled(it: &Wired<'_>) -> Option<Diagnostic> {
    let (status, acknowledge) = (it.status?, it.acknowledge?);
    let written = acknowledge.register.bits_of(|access| access.write);
    if it.events() & written == 0 {
        return Some(nothing_in_common(it, "acknowledge", acknowledge, status));
    }
    // What no enable register and no fields name may be bits that never come.
    let enable = it.enable?;
    let stated = |named: Named<'_>| !named.register.fields.is_empty();
    if ![status, acknowledge, enable].into_iter().all(stated) {
        return None;
    }
    let enabled = it.events() & enable.register.bits_of(Access::is_plain);
    let mut fields = status.register.fields.iter();
    let field = fields.find(|field| field.bits.mask() & enabled & !written != 0)?;
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            acknowledge.span,
            format!(
                "`{}` of `{}` is never acknowledged: `{}` has no bit for it",
                field.name.value, status.register.name.value, acknowledge.register.name.value
            ),
            "acknowledges by the same bits",
        )
        .related(field.bits.span, "this bit is enabled")
        .help("add a field at the same bits, or name another register"),
    )
}

/// A write that acknowledges has a 0 in all other bits, and so must change none
/// that holds a value.
fn acknowledges_nothing_else(it: &Wired<'_>) -> Option<Diagnostic> {
    let acknowledge = it.acknowledge?;
    let mut fields = acknowledge.register.fields.iter();
    let holds_a_value =
        |field: &&Field| field.access.value.is_plain() && field.bits.mask() & it.events() == 0;
    let field = fields.find(holds_a_value)?;
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            acknowledge.span,
            format!(
                "each acknowledgement of the interrupt `{}` writes 0 to `{}` of `{}`",
                it.name(),
                field.name.value,
                acknowledge.register.name.value
            ),
            "is written with the acknowledged bits alone",
        )
        .related(
            place(&field.name, field.access),
            format!("the access is {}", field.access.value),
        )
        .help(format!(
            "leave out `status:`, `acknowledge:` and `enable:`; {DISABLED_INSTEAD}"
        )),
    )
}

/// The enable register has a bit at the place of one of the status.
fn lets_through_what_it_sees(it: &Wired<'_>) -> Option<Diagnostic> {
    let (status, enable) = (it.status?, it.enable?);
    let enabled = enable.register.bits_of(Access::is_plain);
    (it.events() & enabled == 0).then(|| nothing_in_common(it, "enable", enable, status))
}

fn nothing_in_common(it: &Wired<'_>, key: &str, named: Named<'_>, status: Named<'_>) -> Diagnostic {
    let first_bit = |register: &Register| {
        let first = register.fields.first();
        first.map_or(register.name.span, |field| field.bits.span)
    };
    Diagnostic::new(
        Code::InterruptRegisters,
        named.span,
        format!(
            "`{}` and `{}` of the interrupt `{}` have no bit in common",
            status.register.name.value,
            named.register.name.value,
            it.name()
        ),
        "takes the bits of the status",
    )
    .related(first_bit(status.register), "the first bit of the status")
    .related(
        first_bit(named.register),
        format!("the first bit of `{key}`"),
    )
    .help(long_form::advice(it))
}

/// What has one name in the status and the enable register is at the same bits.
fn names_are_at_the_same_bits(it: &Wired<'_>) -> Option<Diagnostic> {
    let (status, enable) = (it.status?, it.enable?);
    let enabled = enable.register.bits_of(Access::is_plain);
    let events = it.events();
    let is_event = |field: &&Field| field.bits.mask() & events != 0;
    let seen = || status.register.fields.iter().filter(is_event);
    // One that has its own bit of the status is no other's.
    let is_matched =
        |field: &Field| seen().any(|one| overlap(one, field) && Kinship::of(one, field).is_some());
    let is_elsewhere = |one: &Field, other: &Field| {
        let unlet = one.bits.mask() & enabled == 0;
        let kin = match Kinship::of(one, other) {
            Some(Kinship::Same) => true,
            Some(Kinship::Longer) => unlet,
            None => false,
        };
        kin && !overlap(one, other) && !is_matched(other)
    };
    let (one, other) = seen().find_map(|one| {
        let mut fields = enable.register.fields.iter();
        Some((one, fields.find(|other| is_elsewhere(one, other))?))
    })?;
    let diagnostic = Diagnostic::new(
        Code::InterruptRegisters,
        enable.span,
        format!(
            "`{}` of `{}` and `{}` of `{}` are not the same bits",
            one.name.value,
            status.register.name.value,
            other.name.value,
            enable.register.name.value
        ),
        "lets through by the bits of the status",
    );
    Some(
        diagnostic
            .related(one.bits.span, "of the status")
            .related(other.bits.span, "of `enable`")
            .help(long_form::advice(it)),
    )
}
