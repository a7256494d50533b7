// SPDX-License-Identifier: MIT OR Apache-2.0

//! What interrupts and instances may not share.

use std::collections::HashMap;

use super::wired::{DISABLED_INSTEAD, Named, Wired};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Instance, InterruptSource};
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
    let help = match (*key, *other_key) {
        ("enable", "enable") => format!(
            "leave out `enable:` of both; the line of a level {}",
            DISABLED_INSTEAD.trim_start_matches("the line ")
        ),
        _ => format!(
            "leave out `status:`, `acknowledge:` and `enable:` of both, or describe one interrupt; {DISABLED_INSTEAD}"
        ),
    };
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
        .help(help),
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

/// No two instances of a block have one reset, which each asserts when it is no
/// longer used, or one interrupt line, unless the registers say whose it is.
pub(in super::super) fn lines_and_resets_are_distinguished(
    block: &Block,
    diagnostics: &mut Diagnostics,
) {
    resets_are_distinguished(block, diagnostics);
    lines_are_distinguished(block, diagnostics);
}

fn resets_are_distinguished(block: &Block, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, (&Instance, Span)> = HashMap::new();
    for instance in &block.instances {
        for reset in &instance.resets {
            match seen.get(reset.value.as_str()) {
                Some(first) => diagnostics.push(same_reset(*first, (instance, reset))),
                None => {
                    seen.insert(&reset.value, (instance, reset.span));
                }
            }
        }
    }
}

fn same_reset(first: (&Instance, Span), second: (&Instance, &Spanned<String>)) -> Diagnostic {
    let (first, place) = first;
    let (second, reset) = second;
    let message = if std::ptr::eq(first, second) {
        format!(
            "`{}` has the reset `{}` twice",
            first.name.value, reset.value
        )
    } else {
        format!(
            "`{}` and `{}` have one reset, `{}`",
            first.name.value, second.name.value, reset.value
        )
    };
    Diagnostic::new(Code::SharedLine, reset.span, message, "again here")
        .related(place, "first here")
        .help("leave `resets:` out of both: the driver takes a reset for one device alone, and takes none that is not stated")
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
                meant && (it.status.is_none() || it.enable.is_none())
            });
            if let Some(interrupt) = unknown {
                diagnostics.push(same_line(*first, (instance, name), &interrupt.name));
            }
        }
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
