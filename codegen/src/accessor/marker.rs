// SPDX-License-Identifier: MIT OR Apache-2.0

//! What may be done to a register, in the runtime's words: its traits, markers and
//! masks.

use super::text::Hex;
use crate::lowered::access::{Action, Masks, Method};

/// The runtime's trait, if it is one that says nothing more.
pub(super) fn plain_trait(method: Method) -> Option<&'static str> {
    match method {
        Method::Read => Some("Read"),
        Method::Write => Some("Write"),
        Method::Update => Some("Update"),
        Method::Reset => Some("Reset"),
        Method::Clear => Some("Clear"),
        Method::Set => Some("Set"),
        Method::Toggle => Some("Toggle"),
        Method::Trigger => Some("Trigger"),
        Method::WriteActing => Some("WriteActing"),
        Method::ClearAll => Some("ClearAll"),
        Method::SetAll => Some("SetAll"),
        Method::Pop => Some("Pop"),
        Method::TakeSeen | Method::TakeByReading => None,
    }
}

/// What a program calls, for documentation.
pub(super) fn in_code(method: Method) -> &'static str {
    match method {
        Method::Read => "`read`",
        Method::Write => "`write`",
        Method::Update => "`update`",
        Method::Reset => "`reset`",
        Method::Clear => "`clear`",
        Method::Set => "`set`",
        Method::Toggle => "`toggle`",
        Method::Trigger => "`trigger`",
        Method::WriteActing => "`write_acting`",
        Method::ClearAll => "`clear_all`",
        Method::SetAll => "`set_all`",
        Method::TakeSeen | Method::TakeByReading => "`take`",
        Method::Pop => "`pop`",
    }
}

/// Its part in the name of a marker made for a rare combination.
fn in_marker(method: Method) -> &'static str {
    match method {
        Method::WriteActing => "Acting",
        Method::TakeSeen | Method::TakeByReading => "Take",
        other => plain_trait(other).unwrap_or_default(),
    }
}

/// The name of the marker type for a set of methods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Marker {
    /// One of the runtime's.
    Common(&'static str),
    /// One that the generated crate declares.
    Own(String),
}

pub(super) fn marker(methods: &[Method]) -> Marker {
    let common = COMMON.iter().find(|(of, _)| *of == methods);
    match common {
        Some((_, name)) => Marker::Common(name),
        None => Marker::Own(own_name(methods)),
    }
}

fn own_name(methods: &[Method]) -> String {
    // An update reads and writes.
    let updates = methods.contains(&Method::Update);
    let implied = |method: &Method| updates && matches!(method, Method::Read | Method::Write);
    let said = methods
        .iter()
        .filter(|method| !implied(method) && **method != Method::Reset);
    let name: String = said.map(|method| in_marker(*method)).collect();
    match updates && !methods.contains(&Method::Reset) {
        true => format!("{name}Beat"),
        false => name,
    }
}

/// The runtime's markers and what they allow.
const COMMON: &[(&[Method], &str)] = {
    use Method as M;
    &[
        (&[], "NoAccess"),
        (&[M::Read, M::Write, M::Update, M::Reset], "Rw"),
        (&[M::Read], "Ro"),
        (&[M::Write], "Wo"),
        (&[M::Read, M::Clear, M::TakeSeen], "W1c"),
        (&[M::Read, M::Set], "W1s"),
        (&[M::TakeByReading], "Rc"),
        (&[M::Pop], "Fifo"),
    ]
};

/// The masks of a register of `width` bits as the runtime takes them: what differs from
/// plain ones is named.
pub(super) fn masks(masks: Masks, width: u32) -> String {
    let named = named(masks).into_iter().zip(named(Masks::plain(width)));
    let differing: Vec<_> = named
        .filter(|(own, plain)| own != plain)
        .map(|((name, mask), _)| format!("{name}: {}, ", Hex(mask)))
        .collect();
    if differing.is_empty() {
        return "mmio::Masks::PLAIN".to_owned();
    }
    format!(
        "mmio::Masks {{ {}..mmio::Masks::PLAIN }}",
        differing.concat()
    )
}

fn named(masks: Masks) -> [(&'static str, u64); 7] {
    [
        ("keep", masks.keep),
        ("fixed", masks.fixed),
        ("restore", masks.restore),
        ("clear", masks.clear),
        ("set", masks.set),
        ("toggle", masks.toggle),
        ("trigger", masks.trigger),
    ]
}

/// The runtime's type for what bits do that are named.
pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::Clear => "Clears",
        Action::Set => "Sets",
        Action::Toggle => "Toggles",
        Action::Trigger => "Triggers",
    }
}

/// The method that makes them do it.
pub(super) fn acting_method(action: Action) -> &'static str {
    match action {
        Action::Clear => "clear",
        Action::Set => "set",
        Action::Toggle => "toggle",
        Action::Trigger => "trigger",
    }
}
