// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a block shows to others: windows, interrupts, identity.

use super::pair::pair;
use super::rules::Rule;
use super::seen::Seen;
use super::site::Site;
use crate::model::{
    BitPath, Identity, Interrupt, InterruptEvent, Magic, RegisterPath, Window, WindowKind,
};

/// Reports what changed of what programs may map.
pub(super) fn windows(site: &mut Site<'_>, old: &[Window], new: &[Window]) {
    match (old, new) {
        // No windows are one onto everything.
        ([], _) => {
            for window in new {
                site.added(Rule::WindowsDeclared, "window", &window.name);
            }
        }
        (_, []) => {
            for window in old {
                site.removed(Rule::WindowsDropped, "window", &window.name);
            }
        }
        _ => compare_windows(site, old, new),
    }
}

fn compare_windows(site: &mut Site<'_>, old: &[Window], new: &[Window]) {
    let pairs = pair(old, new, |it| it.name.as_str()).or_by(|it| (it.range.start, it.range.len));
    for (old, new) in pairs.both {
        compare_window(&mut site.within("window", &old.name, &new.name), old, new);
    }
    for old in pairs.removed {
        site.removed(Rule::WindowRemoved, "window", &old.name);
    }
    for new in pairs.added {
        site.added(Rule::WindowAdded, "window", &new.name);
    }
}

fn compare_window(site: &mut Site<'_>, old: &Window, new: &Window) {
    let Window {
        name,
        description,
        range,
        write,
        kind,
    } = old;
    site.renamed(Rule::WindowRenamed, name, &new.name);
    site.described(description.as_ref(), new.description.as_ref());
    let range_rule = match new.range.contains(*range) {
        true => Rule::WindowGrew,
        false => Rule::WindowMoved,
    };
    site.became(range_rule, "range", range, &new.range);
    let write_rule = match new.write {
        true => Rule::WindowWritable,
        false => Rule::WindowReadOnly,
    };
    site.became(write_rule, "writable", write, &new.write);
    let kind_rule = match new.kind {
        WindowKind::Memory => Rule::WindowMemory,
        WindowKind::Device => Rule::WindowDevice,
    };
    site.became(kind_rule, "type", kind, &new.kind);
}

/// Reports what changed of the lines a block interrupts by.
pub(super) fn interrupts(site: &mut Site<'_>, old: &[Interrupt], new: &[Interrupt], seen: &Seen) {
    let place = |of: &[Interrupt], name: &str| of.iter().position(|it| it.name.value == name);
    let named = |path: Option<&RegisterPath>| path.map(|path| seen.in_new_names(&path.names));
    let registers = |it: &Interrupt| {
        let events = it.events.iter().map(|event| bits(event, seen));
        (
            it.number,
            named(it.status.as_ref()),
            named(it.acknowledge.as_ref()),
            named(it.enable.as_ref()),
            events.collect::<Vec<_>>(),
        )
    };
    let pairs = pair(old, new, |it| it.name.as_str()).or_by(registers);
    for (one, other) in pairs.both {
        let mut site = site.within("interrupt", &one.name, &other.name);
        compare_interrupt(&mut site, one, other, seen);
        let (was, is) = (place(old, &one.name), place(new, &other.name));
        if was != is {
            let count = |place: Option<usize>| place.map_or(0, |place| place + 1);
            let (was, is) = (count(was), count(is));
            site.report(Rule::InterruptReordered, format!("place {was} became {is}"));
        }
    }
    for old in pairs.removed {
        site.removed(Rule::InterruptRemoved, "interrupt", &old.name);
    }
    for new in pairs.added {
        site.added(Rule::InterruptAdded, "interrupt", &new.name);
    }
}

fn compare_interrupt(site: &mut Site<'_>, old: &Interrupt, new: &Interrupt, seen: &Seen) {
    let Interrupt {
        name,
        description,
        trigger,
        source,
        status,
        acknowledge,
        enable,
        events,
        number,
    } = old;
    site.renamed(Rule::InterruptRenamed, name, &new.name);
    site.described(description.as_ref(), new.description.as_ref());
    site.became(Rule::Trigger, "trigger", trigger, &new.trigger);
    site.became(Rule::InterruptSource, "type", source, &new.source);
    for (what, old, new) in [
        ("status", status, &new.status),
        ("acknowledge", acknowledge, &new.acknowledge),
        ("enable", enable, &new.enable),
    ] {
        compare_paths(site, Rule::InterruptRegister, what, (old, new), seen);
    }
    site.became(Rule::InterruptNumber, "number", number, &new.number);
    compare_events(site, events, &new.events, seen);
}

/// The bits of an event by the keys of a description, in the names of the new map.
fn bits(event: &InterruptEvent, seen: &Seen) -> Vec<(&'static str, Vec<String>)> {
    let bits = event.bits();
    bits.map(|(key, path)| (key, seen.in_new_names(&path.names)))
        .collect()
}

/// Reports what changed of what an interrupt reports.
fn compare_events(
    site: &mut Site<'_>,
    old: &[InterruptEvent],
    new: &[InterruptEvent],
    seen: &Seen,
) {
    let place = |of: &[InterruptEvent], name: &str| {
        let place = of.iter().position(|it| it.name.value == name);
        place.map_or(0, |place| place + 1)
    };
    let pairs = pair(old, new, |it| it.name.as_str()).or_by(|it| bits(it, seen));
    for (one, other) in pairs.both {
        let mut site = site.within("event", &one.name, &other.name);
        compare_event(&mut site, one, other, seen);
        let (was, is) = (place(old, &one.name), place(new, &other.name));
        if was != is {
            site.report(Rule::EventReordered, format!("place {was} became {is}"));
        }
    }
    for old in pairs.removed {
        site.removed(Rule::EventRemoved, "event", &old.name);
    }
    for new in pairs.added {
        site.added(Rule::EventAdded, "event", &new.name);
    }
}

fn compare_event(site: &mut Site<'_>, old: &InterruptEvent, new: &InterruptEvent, seen: &Seen) {
    let InterruptEvent {
        name,
        description,
        status,
        enable,
        enable_set,
        enable_clear,
        acknowledge,
    } = old;
    site.renamed(Rule::EventRenamed, name, &new.name);
    site.described(description.as_ref(), new.description.as_ref());
    let statuses = (&Some(status.clone()), &Some(new.status.clone()));
    for (what, (old, new)) in [
        ("status", statuses),
        ("enable", (enable, &new.enable)),
        ("enable-set", (enable_set, &new.enable_set)),
        ("enable-clear", (enable_clear, &new.enable_clear)),
        ("acknowledge", (acknowledge, &new.acknowledge)),
    ] {
        let old = old.as_ref().map(|path| BitPath {
            names: seen.in_new_names(&path.names),
            span: path.span,
        });
        let names = |path: &Option<BitPath>| path.as_ref().map(|path| path.names.clone());
        if names(&old) != names(new) {
            site.became(Rule::EventBit, what, &old, new);
        }
    }
}

/// Reports another register; one that was renamed is the same.
fn compare_paths(
    site: &mut Site<'_>,
    rule: Rule,
    what: &str,
    (old, new): (&Option<RegisterPath>, &Option<RegisterPath>),
    seen: &Seen,
) {
    let old = old.as_ref().map(|path| seen.register_in_new_names(path));
    let names = |path: &Option<RegisterPath>| path.as_ref().map(|path| path.names.clone());
    if names(&old) != names(new) {
        site.became(rule, what, &old, new);
    }
}

/// Reports what changed of how hardware and software know that they belong
/// together.
pub(super) fn identity(site: &mut Site<'_>, old: &Identity, new: &Identity, seen: &Seen) {
    let Identity {
        magic,
        version,
        hash,
    } = old;
    let mut site = site.as_item("identity");
    match (magic, &new.magic) {
        (Some(old), Some(new)) => {
            let Magic { register, value } = old;
            let registers = (&Some(register.clone()), &Some(new.register.clone()));
            compare_paths(
                &mut site,
                Rule::IdentityChanged,
                "magic register",
                registers,
                seen,
            );
            site.became(Rule::IdentityChanged, "magic", value, &new.value);
        }
        (old, new) => {
            let register = |magic: &Option<Magic>| magic.as_ref().map(|it| it.register.clone());
            let registers = (&register(old), &register(new));
            compare_identity(&mut site, "magic", registers, seen);
        }
    }
    compare_identity(&mut site, "version", (version, &new.version), seen);
    compare_identity(&mut site, "hash", (hash, &new.hash), seen);
}

fn compare_identity(
    site: &mut Site<'_>,
    what: &str,
    registers: (&Option<RegisterPath>, &Option<RegisterPath>),
    seen: &Seen,
) {
    let rule = match registers {
        (None, _) => Rule::IdentityAdded,
        (_, None) => Rule::IdentityRemoved,
        _ => Rule::IdentityChanged,
    };
    compare_paths(site, rule, what, registers, seen);
}
