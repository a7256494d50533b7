// SPDX-License-Identifier: MIT OR Apache-2.0

//! Events by their bits: each is seen, let through and acknowledged, and a write for one
//! changes nothing else.

use super::tied::{Bit, Tied};
use super::wired::{DISABLED_INSTEAD, place};
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Bus, Field, Interrupt, InterruptSource};
use crate::source::Span;

/// Events that a number of 32 bits distinguishes.
const MAX_EVENTS: usize = 32;

/// The events of all interrupts that can be handled; reports what is wrong with the
/// others.
pub(super) fn sound<'b>(
    bus: Bus,
    block: &'b Block,
    diagnostics: &mut Diagnostics,
) -> Vec<Tied<'b>> {
    let mut tied = Vec::new();
    for interrupt in &block.interrupts {
        diagnostics.extend(too_many(interrupt));
        for event in &interrupt.events {
            tied.extend(Tied::of(block, interrupt, event, diagnostics));
        }
    }
    // The first mistake of an event leads to the others.
    let rules = [
        are_single_bits,
        is_seen,
        can_be_acknowledged,
        can_be_enabled,
        can_be_set_and_cleared,
    ];
    let wrong_alone = |it: &Tied<'_>| rules.iter().find_map(|rule| rule(it));
    tied.retain(|it| {
        let wrong = is_in_one_access(it, bus).or_else(|| wrong_alone(it));
        let is_sound = wrong.is_none();
        diagnostics.extend(wrong);
        is_sound
    });
    let among_others = [
        reads_nothing_else_away,
        writes_to_no_other,
        is_acknowledged_alone,
        has_bits_of_its_own,
    ];
    for it in &tied {
        let wrong = among_others.iter().find_map(|rule| rule(it, &tied));
        diagnostics.extend(wrong);
    }
    tied
}

fn too_many(interrupt: &Interrupt) -> Option<Diagnostic> {
    let event = interrupt.events.get(MAX_EVENTS)?;
    Some(
        Diagnostic::new(
            Code::TooLarge,
            event.name.span,
            format!(
                "the interrupt `{}` has {} events, and a number of {MAX_EVENTS} bits says which \
                 of them occurred",
                interrupt.name.value,
                interrupt.events.len()
            ),
            "the first that is too many",
        )
        .related(interrupt.name.span, "of this interrupt")
        .help("leave out what no program waits for, or make one event of those that share a bit"),
    )
}

fn wrong(bit: &Bit<'_>, message: String, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::InterruptRegisters, bit.span(), message, label)
}

fn its_access(bit: &Bit<'_>) -> (Span, String) {
    let access = bit.field.access;
    (
        place(&bit.field.name, access),
        format!("the access is {}", access.value),
    )
}

/// A register of an event moves in one access of at most 32 bits.
fn is_in_one_access(it: &Tied<'_>, bus: Bus) -> Option<Diagnostic> {
    let widest = bus.width.min(32);
    let bit = it.bits().find(|bit| bit.register().width.value > widest)?;
    let register = bit.register();
    let width = register.width;
    let message = format!(
        "`{}` has {} bits, and events are handled in one access of at most {widest}",
        register.name.value, width.value
    );
    Some(
        wrong(&bit, message, format!("`{}` of `{}`", bit.key, it.name()))
            .related(width.span, format!("{} bits wide", width.value))
            .help(format!("describe it as registers of {widest} bits")),
    )
}

/// Each path leads to one bit.
fn are_single_bits(it: &Tied<'_>) -> Option<Diagnostic> {
    let bit = it.bits().find(|bit| bit.field.bits.len != 1)?;
    let bits = bit.field.bits;
    let message = format!(
        "`{}` has {} bits, and `{}` of the event `{}` is one",
        bit.path,
        bits.len,
        bit.key,
        it.name()
    );
    Some(
        wrong(&bit, message, "of several bits")
            .related(bits.span, format!("bits {}", bits.value))
            .help("name a field of one bit; a field with `count:` is one for each bit"),
    )
}

/// A read of the status says whether the event occurred, and has no effect but to
/// acknowledge it.
fn is_seen(it: &Tied<'_>) -> Option<Diagnostic> {
    let (status, access) = (&it.status, it.status.access());
    let clears = access.on_read == ReadEffect::Clear;
    let acknowledges = clears && it.interrupt.source == InterruptSource::Event;
    if access.reads_plainly() || access.read && acknowledges {
        return None;
    }
    let why = match access.read {
        false => "cannot be read",
        true => "changes when it is read",
    };
    let message = format!(
        "the event `{}` is never seen: `{}` {why}",
        it.name(),
        status.path
    );
    let (span, text) = its_access(status);
    Some(
        wrong(status, message, "is read when the line interrupts")
            .related(span, text)
            .help("give it an access that reads, or name another field"),
    )
}

/// What an event sets, software can clear.
fn can_be_acknowledged(it: &Tied<'_>) -> Option<Diagnostic> {
    if it.interrupt.source == InterruptSource::Level {
        return None;
    }
    let (bit, is_sound, why) = match &it.acknowledge {
        Some(bit) => (bit, bit.access().write, "is never written"),
        None => (
            &it.status,
            it.status.access().clears(),
            "no access clears it",
        ),
    };
    if is_sound {
        return None;
    }
    let (span, text) = its_access(bit);
    let message = match &it.acknowledge {
        Some(bit) => format!(
            "the event `{}` cannot be acknowledged: `{}` {why}",
            it.name(),
            bit.path
        ),
        None => format!(
            "the event `{}` cannot be acknowledged: of `{}`, {why}",
            it.name(),
            bit.path
        ),
    };
    Some(
        Diagnostic::new(
            Code::InterruptNotAcknowledged,
            bit.span(),
            message,
            "would never fall silent",
        )
        .related(span, text)
        .help(
            "give it `access: w1c`, name the field that clears it under `acknowledge:`, or write \
             `type: level` at the interrupt",
        ),
    )
}

/// What lets an event through takes the value written; beside a pair, it reads back.
fn can_be_enabled(it: &Tied<'_>) -> Option<Diagnostic> {
    let enable = it.enable.as_ref()?;
    let access = enable.access();
    if it.pair.is_some() {
        return (!access.reads_plainly()).then(|| {
            let label = "says whether the event is enabled";
            no_enable(it, enable, "does not read back", label)
                .help("name the bit that reads back, or leave out `enable:`")
        });
    }
    let label = "is read, changed and written back";
    if enable.is(&it.status) {
        let wrong = no_enable(it, enable, "is the status, and says what happened", label);
        return Some(wrong.help("name the bit that enables the event"));
    }
    let takes_a_value =
        access.write && access.on_write == WriteEffect::Modify && !access.write_once;
    if takes_a_value && (access.reads_plainly() || !access.read) {
        return None;
    }
    let acts = matches!(
        access.on_write,
        WriteEffect::OneToSet | WriteEffect::OneToClear
    );
    let help = match acts {
        true => format!(
            "where a 1 sets it and another bit clears it, write `enable-set: {}` and \
             `enable-clear: …`",
            enable.path
        ),
        false => "give it `access: rw`, or name the bit that enables the event".to_owned(),
    };
    Some(no_enable(it, enable, "does not take the value written", label).help(help))
}

fn no_enable(it: &Tied<'_>, enable: &Bit<'_>, why: &str, label: &str) -> Diagnostic {
    let (span, text) = its_access(enable);
    let message = format!(
        "`{}` cannot enable the event `{}`: it {why}",
        enable.path,
        it.name()
    );
    wrong(enable, message, label).related(span, text)
}

/// A 1 that is written to one of a pair sets the enable bit, to the other clears it.
fn can_be_set_and_cleared(it: &Tied<'_>) -> Option<Diagnostic> {
    let [set, clear] = it.pair.as_ref()?;
    let is_a_trigger = |access: Access, effect| {
        let named = access.on_write == effect;
        let plain = access.on_write == WriteEffect::Modify && !access.read;
        access.write && !access.write_once && (named || plain)
    };
    let (bit, verb, policy) = match () {
        () if !is_a_trigger(set.access(), WriteEffect::OneToSet) => (set, "set", "w1s"),
        () if !is_a_trigger(clear.access(), WriteEffect::OneToClear) => (clear, "clear", "w1c"),
        () if set.is(clear) => {
            let message = format!(
                "`{}` both sets and clears the enable bit of the event `{}`",
                set.path,
                it.name()
            );
            return Some(
                wrong(clear, message, "the same bit")
                    .related(set.span(), "sets it")
                    .help("write `enable:` where a bit is both, and takes the value written"),
            );
        }
        () => return None,
    };
    let (span, text) = its_access(bit);
    let message = format!(
        "a written 1 does not {verb} an enable bit in `{}`, as the event `{}` needs",
        bit.path,
        it.name()
    );
    Some(
        wrong(bit, message, "is written with a 1 alone")
            .related(span, text)
            .help(format!(
                "give it `access: {policy}` or `wo`; where it takes the value written, name it \
                 under `enable:` alone"
            )),
    )
}

/// A read for an event changes nothing else in the register, but other events.
fn reads_nothing_else_away(it: &Tied<'_>, all: &[Tied<'_>]) -> Option<Diagnostic> {
    let is_an_event = |bit: &Bit<'_>, field: &Field| {
        let mut all = all.iter().map(|other| other.status);
        let clears = field.access.on_read == ReadEffect::Clear && bit.key == "status";
        clears && all.any(|other| other.is_beside(bit) && std::ptr::eq(other.field, field))
    };
    let read = it
        .bits()
        .filter(|bit| bit.key != "acknowledge" && bit.access().read);
    let (bit, field) = read.into_iter().find_map(|bit| {
        let changes = |field: &Field| field.access.read && field.access.on_read != ReadEffect::None;
        let mut others = bit.others();
        let other = others.find(|field| changes(field) && !is_an_event(&bit, field));
        Some((bit, other?))
    })?;
    let message = format!(
        "each read of `{}` for the event `{}` changes `{}`",
        bit.register().name.value,
        it.name(),
        field.name.value
    );
    Some(
        wrong(&bit, message, "the whole register is read")
            .related(
                place(&field.name, field.access),
                format!("the access is {}", field.access.value),
            )
            .help(format!("leave out `events:`; {DISABLED_INSTEAD}")),
    )
}

/// A write for an event leaves the other bits of the register as they are, but those that
/// the same write is for.
fn writes_to_no_other(it: &Tied<'_>, all: &[Tied<'_>]) -> Option<Diagnostic> {
    let written = it
        .written_acknowledge()
        .into_iter()
        .chain(it.written_enables());
    let (bit, field) = written.into_iter().find_map(|bit| {
        let is_own = |field: &Field| is_written_alike(&bit, field, all);
        let mut others = bit.others();
        let other =
            others.find(|field| !is_own(field) && is_changed(it, &bit, field.access.value))?;
        Some((bit, other))
    })?;
    let message = format!(
        "each write of `{}` for the event `{}` changes `{}`",
        bit.register().name.value,
        it.name(),
        field.name.value
    );
    Some(
        wrong(&bit, message, format!("`{}` of `{}`", bit.key, it.name()))
            .related(
                place(&field.name, field.access),
                format!("the access is {}", field.access.value),
            )
            .help(match bit.key {
                "status" | "acknowledge" => format!("leave out `events:`; {DISABLED_INSTEAD}"),
                key => format!("leave out `{key}:`, and write the register in a program"),
            }),
    )
}

/// Whether another event has the field of this register for the same purpose.
fn is_written_alike(bit: &Bit<'_>, field: &Field, all: &[Tied<'_>]) -> bool {
    let same_purpose = |other: &Bit<'_>| {
        let acknowledges = |key| matches!(key, "status" | "acknowledge");
        let is_same = other.key == bit.key || acknowledges(other.key) && acknowledges(bit.key);
        // What is read and what is not have no value to write back together.
        let is_alike = bit.key != "enable" || bit.access().read == other.access().read;
        is_same && is_alike && other.is_beside(bit) && std::ptr::eq(other.field, field)
    };
    all.iter()
        .flat_map(Tied::bits)
        .any(|other| same_purpose(&other))
}

/// Whether a write of the bit's register changes what has such an access beside it.
fn is_changed(it: &Tied<'_>, bit: &Bit<'_>, access: Access) -> bool {
    if !access.write {
        return false;
    }
    let acts_always =
        matches!(access.on_write, WriteEffect::Clear | WriteEffect::Set) || access.write_once;
    let is_plain = access.on_write == WriteEffect::Modify;
    // Where the register is read first, what a read returns is written back.
    let is_read_first = match bit.key {
        "status" => true,
        "acknowledge" => bit.is_beside(&it.status),
        "enable" => bit.access().read,
        _ => false,
    };
    let by_a_0 = matches!(
        access.on_write,
        WriteEffect::ZeroToClear | WriteEffect::ZeroToSet | WriteEffect::ZeroToToggle
    );
    let is_a_trigger_too = is_plain
        && !access.read
        && matches!(bit.key, "enable-set" | "enable-clear" | "acknowledge");
    let of_a_pair = matches!(bit.key, "enable-set" | "enable-clear");
    acts_always
        || (is_plain && !is_a_trigger_too && !(is_read_first && access.read))
        || (of_a_pair && by_a_0)
}

/// What one access clears as a whole belongs to one interrupt, and is let through by one
/// register: else the handler of one clears what another has not seen.
fn is_acknowledged_alone(it: &Tied<'_>, all: &[Tied<'_>]) -> Option<Diagnostic> {
    let verb = clears_the_whole(it)?;
    let own = all.iter().position(|other| std::ptr::eq(other, it))?;
    let mut others = all.iter().enumerate();
    let (_, other) = others.find(|(at, other)| {
        let together = other.is_of_same_line(it) && is_enabled_alike(other, it);
        // Of two that clear each other, the second is reported.
        let is_later = *at > own && clears_the_whole(other).is_some();
        other.status.is_beside(&it.status) && !together && !is_later
    })?;
    let message = format!(
        "each {verb} of `{}` for the event `{}` clears `{}` unseen",
        it.status.register().name.value,
        other.name(),
        it.status.path
    );
    let (span, text) = its_access(&it.status);
    Some(
        wrong(&it.status, message, "is cleared with the whole register")
            .related(span, text)
            .related(
                other.status.span(),
                "of another interrupt or enable register",
            )
            .help(format!(
                "give it `access: w1c` if a written 1 clears it, or leave out `events:`; \
                 {DISABLED_INSTEAD}"
            )),
    )
}

/// The access that clears the status whatever it carries.
fn clears_the_whole(it: &Tied<'_>) -> Option<&'static str> {
    let access = it.status.access();
    if access.on_read == ReadEffect::Clear {
        return Some("read");
    }
    let by_any_write = it.acknowledge.is_none() && access.on_write == WriteEffect::Clear;
    by_any_write.then_some("write")
}

/// Both events are enabled by the same registers, or neither is.
fn is_enabled_alike(one: &Tied<'_>, other: &Tied<'_>) -> bool {
    let (ones, others) = (one.written_enables(), other.written_enables());
    ones.len() == others.len()
        && ones
            .iter()
            .zip(&others)
            .all(|(one, other)| one.is_beside(other))
}

/// No two events have one status bit, and those of two interrupts have no enable or
/// acknowledge bit in common.
fn has_bits_of_its_own(it: &Tied<'_>, all: &[Tied<'_>]) -> Option<Diagnostic> {
    let before = all.iter().take_while(|other| !std::ptr::eq(*other, it));
    before.into_iter().find_map(|first| {
        let mut bits = it.bits();
        let (one, other) = bits.find_map(|bit| {
            let shared = first
                .bits()
                .find(|other| other.is(&bit) && is_of_one(first, other, it, &bit));
            Some((shared?, bit))
        })?;
        let (what, other_what) = (one.key, other.key);
        let message = format!(
            "`{}` is `{what}` of the event `{}` and `{other_what}` of `{}`",
            other.path,
            first.name(),
            it.name()
        );
        Some(
            wrong(
                &other,
                message,
                format!("`{other_what}` of `{}`", it.name()),
            )
            .related(one.span(), format!("`{what}` of `{}`", first.name()))
            .help("give each event a bit of its own, or describe one event"),
        )
    })
}

/// Whether a bit that both name can belong to one of them alone.
fn is_of_one(first: &Tied<'_>, one: &Bit<'_>, second: &Tied<'_>, other: &Bit<'_>) -> bool {
    let are_status = [one.key, other.key].contains(&"status");
    are_status || one.key != other.key || !first.is_of_same_line(second)
}
