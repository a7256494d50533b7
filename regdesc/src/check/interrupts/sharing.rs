// SPDX-License-Identifier: MIT OR Apache-2.0

//! What interrupts and instances may not share.

use std::collections::HashMap;

use super::long_form;
use super::tied::{Bit, Tied};
use super::wired::{Named, Wired};
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Instance, Interrupt, InterruptEvent, InterruptSource};
use crate::source::{Span, Spanned};

/// No two interrupts of a block change one register, or take each other's events
/// from it.
pub(super) fn registers_are_not_shared(wired: &[Wired<'_>], diagnostics: &mut Diagnostics) {
    for (index, second) in wired.iter().enumerate() {
        let mut before = wired[..index].iter();
        let found = before.find_map(|first| shared(first, second));
        diagnostics.extend(found);
    }
}

fn shared(first: &Wired<'_>, second: &Wired<'_>) -> Option<Diagnostic> {
    let (ones, others) = (registers(first), registers(second));
    let mut pairs = ones
        .iter()
        .flat_map(|one| others.iter().map(move |other| (one, other)));
    let (one, other) = pairs.find(|((key, one), (other_key, other))| {
        let harmless = match (*key, *other_key) {
            ("acknowledge", "acknowledge") => first.events() & second.events() == 0,
            ("status", "status") => is_masked_apart(first, second),
            _ => false,
        };
        one.is(other) && !harmless
    })?;
    let ((key, one), (other_key, other)) = (one, other);
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            other.span,
            format!(
                "the interrupts `{}` and `{}` share the register `{}`",
                first.name(),
                second.name(),
                one.register.name.value
            ),
            format!("`{other_key}` of `{}`", second.name()),
        )
        .related(one.span, format!("`{key}` of `{}`", first.name()))
        .help(match one.register.fields.len() {
            // Both would have the same bit.
            1 => "describe one interrupt: the register has one field for both".to_owned(),
            _ => long_form::advice_for_two(first, second),
        }),
    )
}

/// Both follow their sources, and each masks its own in a register of its own.
fn is_masked_apart(first: &Wired<'_>, second: &Wired<'_>) -> bool {
    let are_levels = [first, second]
        .iter()
        .all(|it| it.interrupt.source == InterruptSource::Level);
    match (first.enable, second.enable) {
        (Some(one), Some(other)) => are_levels && !one.is(&other),
        _ => false,
    }
}

fn registers<'b>(it: &Wired<'b>) -> Vec<(&'static str, Named<'b>)> {
    let all = [
        ("enable", it.enable),
        ("status", it.status),
        ("acknowledge", it.acknowledge),
    ];
    let named = all.into_iter();
    named.filter_map(|(key, it)| Some((key, it?))).collect()
}

/// What the events of an interrupt have, no interrupt has whose registers have the same
/// bits: the status, the enable and the acknowledge bits, and a status that an access
/// clears as a whole.
pub(super) fn events_are_of_one_interrupt(
    wired: &[Wired<'_>],
    tied: &[Tied<'_>],
    diagnostics: &mut Diagnostics,
) {
    for whole in wired {
        let found = tied.iter().find_map(|event| claimed(whole, event));
        diagnostics.extend(found);
    }
}

/// A bit of an event that a whole register of an interrupt claims too.
fn claimed(whole: &Wired<'_>, event: &Tied<'_>) -> Option<Diagnostic> {
    let (key, named, bit) = registers(whole).into_iter().find_map(|(key, named)| {
        let claims = |bit: &Bit<'_>| {
            let is_own = bit.field.bits.mask() & whole.events() != 0;
            let clears =
                |it: Access| it.on_read == ReadEffect::Clear || it.on_write == WriteEffect::Clear;
            let at_once = key != "enable" && named.register.accesses().any(clears);
            named.is_at(&bit.register) && (is_own || at_once)
        };
        Some((key, named, event.bits().find(claims)?))
    })?;
    let message = format!(
        "the interrupts `{}` and `{}` share `{}`",
        whole.name(),
        event.interrupt.name.value,
        bit.path
    );
    Some(
        Diagnostic::new(
            Code::InterruptRegisters,
            named.span,
            message,
            format!("`{key}` of `{}`", whole.name()),
        )
        .related(bit.span(), format!("`{}` of `{}`", bit.key, event.name()))
        .help(long_form::advice(whole)),
    )
}

/// No two instances of a block have one reset that is no other's, or one interrupt line,
/// unless the registers say whose it is.
pub(in super::super) fn lines_and_resets_are_distinguished(
    block: &Block,
    diagnostics: &mut Diagnostics,
) {
    resets_are_distinguished(block, diagnostics);
    lines_are_distinguished(block, diagnostics);
}

fn resets_are_distinguished(block: &Block, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, (&Instance, Span, bool)> = HashMap::new();
    for instance in &block.instances {
        for (reset, exclusive) in resets(block, instance) {
            let Some((first, place, was_exclusive)) = seen.get(reset.value.as_str()) else {
                seen.insert(&reset.value, (instance, reset.span, exclusive));
                continue;
            };
            // Others may release a reset that is not exclusive; twice is a slip.
            if std::ptr::eq(*first, instance) {
                diagnostics.push(twice(instance, *place, reset));
            } else if exclusive || *was_exclusive {
                diagnostics.push(same_reset(block, (*first, *place), (instance, reset)));
            }
        }
    }
}

/// The specifiers of an instance's resets, and whether each reset is exclusive.
fn resets<'b>(
    block: &'b Block,
    instance: &'b Instance,
) -> impl Iterator<Item = (&'b Spanned<String>, bool)> {
    let stated = block.device_tree.resets.iter();
    let exclusive = stated
        .map(|reset| reset.exclusive)
        .chain(std::iter::repeat(false));
    instance.resets.iter().zip(exclusive)
}

fn twice(instance: &Instance, first: Span, reset: &Spanned<String>) -> Diagnostic {
    let message = format!(
        "`{}` has the reset `{}` twice",
        instance.name.value, reset.value
    );
    Diagnostic::new(Code::SharedLine, reset.span, message, "again here")
        .related(first, "first here")
        .help("give the other reset of the block, or name one under `device-tree: resets`")
}

fn same_reset(
    block: &Block,
    first: (&Instance, Span),
    second: (&Instance, &Spanned<String>),
) -> Diagnostic {
    let (first, place) = first;
    let (second, reset) = second;
    let message = format!(
        "`{}` and `{}` have one reset, `{}`, and it is exclusive",
        first.name.value, second.name.value, reset.value
    );
    let diagnostic = Diagnostic::new(Code::SharedLine, reset.span, message, "again here")
        .related(place, "first here");
    let mut stated = block.device_tree.resets.iter();
    match stated.find(|it| it.exclusive) {
        Some(exclusive) => diagnostic.related(exclusive.name.span, "no other device has it"),
        None => diagnostic,
    }
    .help("remove `exclusive`: the driver then releases the reset for each, and asserts it with the last")
}

fn lines_are_distinguished(block: &Block, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&[u32], (&Instance, &Spanned<String>)> = HashMap::new();
    for instance in &block.instances {
        for (name, cells) in &instance.interrupts {
            // Of a chip's, the vendor says which line it is; the kernel shares it.
            let own = block.interrupts.iter().find(|it| it.name == *name);
            if cells.is_empty() || own.is_none_or(|it| it.number.is_some()) {
                continue;
            }
            let Some(first) = seen.get(cells.as_slice()) else {
                seen.insert(cells, (instance, name));
                continue;
            };
            let mut named = block.interrupts.iter();
            let unknown = named.find(|it| {
                let meant = it.name == *name || it.name == *first.1;
                meant && !is_distinguished(it)
            });
            if let Some(interrupt) = unknown {
                diagnostics.push(same_line(*first, (instance, name), &interrupt.name));
            }
        }
    }
}

/// Whether the registers say that it was this one which interrupted.
fn is_distinguished(interrupt: &Interrupt) -> bool {
    let is_enabled = |it: &InterruptEvent| it.enable.is_some() || it.enable_set.is_some();
    match interrupt.events.as_slice() {
        [] => interrupt.status.is_some() && interrupt.enable.is_some(),
        events => events.iter().all(is_enabled),
    }
}

fn same_line(
    first: (&Instance, &Spanned<String>),
    second: (&Instance, &Spanned<String>),
    interrupt: &Spanned<String>,
) -> Diagnostic {
    let called = |(instance, name): (&Instance, &Spanned<String>)| {
        format!("`{}` of `{}`", name.value, instance.name.value)
    };
    Diagnostic::new(
        Code::SharedLine,
        second.1.span,
        format!(
            "{} and {} have one interrupt line, and nothing says which of them interrupted",
            called(first),
            called(second)
        ),
        "the same cells again",
    )
    .related(first.1.span, "first here")
    .related(interrupt.span, "has not both `status` and `enable`")
    .help("name the registers that say so under `status:` and `enable:`, or give each a line of its own")
}
