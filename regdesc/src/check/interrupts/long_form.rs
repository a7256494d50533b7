// SPDX-License-Identifier: MIT OR Apache-2.0

//! An interrupt whose registers do not line up, as it is written by its events.

use super::kinship::{Kinship, overlap};
use super::wired::{Named, Wired};
use crate::check::names::words;
use crate::model::Field;

/// Events that a help shows.
const SHOWN: usize = 4;

/// What to write in place of the registers of an interrupt.
pub(super) fn advice(it: &Wired<'_>) -> String {
    let fields = event_fields(it);
    let when = match fields.is_empty() {
        true => "give the registers fields of one bit, and name those of each event",
        false => "where the registers have other bits, name those of each event",
    };
    format!("{when}: `{}`", events(it, &fields))
}

/// What to write for two interrupts that have a register in common.
pub(super) fn advice_for_two(first: &Wired<'_>, second: &Wired<'_>) -> String {
    let [ones, others] = apart(first, second);
    format!(
        "name the bits of each event: `{}: {{{}}}, {}: {{{}}}`",
        first.name(),
        events(first, &ones),
        second.name(),
        events(second, &others)
    )
}

/// The fields of the status that report it, of one bit each.
fn event_fields<'b>(it: &Wired<'b>) -> Vec<&'b Field> {
    let events = it.events();
    let fields = it.status.map_or(&[][..], |it| &it.register.fields);
    let reports = |field: &&Field| field.bits.len == 1 && field.bits.mask() & events != 0;
    let mut reporting: Vec<&Field> = fields.iter().filter(reports).collect();
    if is_status(it, it.enable) {
        // `DONE_EN` enables `DONE`, which reports.
        let all = reporting.clone();
        reporting.retain(|field| {
            let enables = |other: &&Field| {
                let is_longer = field.name.len() > other.name.len();
                is_longer && matches!(Kinship::of(field, other), Some(Kinship::Longer))
            };
            !all.iter().any(enables)
        });
    }
    reporting
}

fn is_status(it: &Wired<'_>, named: Option<Named<'_>>) -> bool {
    it.status
        .zip(named)
        .is_some_and(|(status, named)| status.is(&named))
}

/// The fields of each: of one status, those that are called as the interrupt is, or one
/// each.
fn apart<'b>(first: &Wired<'b>, second: &Wired<'b>) -> [Vec<&'b Field>; 2] {
    let (ones, others) = (event_fields(first), event_fields(second));
    let share = first.status.zip(second.status);
    if !share.is_some_and(|(one, other)| one.is(&other)) {
        return [ones, others];
    }
    let called = |name: &str, fields: &[&'b Field]| {
        let name = words(name);
        let is_of = |field: &&&Field| words(&field.name).split('_').any(|it| it == name);
        fields.iter().filter(is_of).copied().collect::<Vec<_>>()
    };
    let named = [called(first.name(), &ones), called(second.name(), &others)];
    match named.iter().any(Vec::is_empty) {
        false => named,
        true => [
            ones.iter().take(1).copied().collect(),
            others.iter().skip(1).take(1).copied().collect(),
        ],
    }
}

fn events(it: &Wired<'_>, fields: &[&Field]) -> String {
    let mut shown: Vec<String> = fields
        .iter()
        .take(SHOWN)
        .map(|field| event(it, field))
        .collect();
    match fields.len() {
        0 => shown.push(any_event(it)),
        1..=SHOWN => {}
        _ => shown.push("…".to_owned()),
    }
    format!("events: {{{}}}", shown.join(", "))
}

/// An event of registers that have no fields.
fn any_event(it: &Wired<'_>) -> String {
    let named = [
        ("status", it.status),
        ("enable", it.enable),
        ("acknowledge", it.acknowledge),
    ];
    let keys = named.into_iter().filter_map(|(key, named)| {
        let path = format!("{}.DONE", named?.path);
        Some(format!("{key}: {}", quoted(path)))
    });
    let keys: Vec<String> = keys.collect();
    format!("DONE: {{{}}}", keys.join(", "))
}

fn event(it: &Wired<'_>, field: &Field) -> String {
    let status = it
        .status
        .map(|status| ("status", path(status, Some(field))));
    let partner = |key, named: Option<Named<'_>>| {
        let named = named?;
        Some((key, path(named, partner(it, named, field))))
    };
    let keys = [
        status,
        partner("enable", it.enable),
        partner("acknowledge", it.acknowledge),
    ];
    let keys: Vec<String> = keys
        .into_iter()
        .flatten()
        .map(|(key, path)| format!("{key}: {path}"))
        .collect();
    format!("{}: {{{}}}", field.name.value, keys.join(", "))
}

/// The field of another register that belongs to one of the status: by its name, else at
/// its bits.
fn partner<'b>(it: &Wired<'_>, named: Named<'b>, field: &Field) -> Option<&'b Field> {
    let others = || {
        let fields = named.register.fields.iter();
        fields.filter(|other| other.bits.len == 1 && !std::ptr::eq(*other, field))
    };
    let kin = |wanted: fn(&Kinship) -> bool| {
        others().find(|other| Kinship::of(field, other).is_some_and(|kin| wanted(&kin)))
    };
    let is_status = is_status(it, Some(named));
    kin(|it| matches!(it, Kinship::Same))
        .or_else(|| kin(|it| matches!(it, Kinship::Longer)))
        .or_else(|| others().find(|other| !is_status && overlap(field, other)))
}

fn path(named: Named<'_>, field: Option<&Field>) -> String {
    let field = field.map_or("…", |field| field.name.as_str());
    quoted(format!("{}.{field}", named.path))
}

/// A path in quotes where YAML needs them.
fn quoted(path: String) -> String {
    match path.contains('[') {
        true => format!("\"{path}\""),
        false => path,
    }
}
