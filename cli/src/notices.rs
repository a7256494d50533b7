// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is told of an input that refuses nothing.

use regdesc::{RegisterMap, Severity};

use crate::{style, tell};

/// Tells every repair of a lenient reading.
pub(crate) fn tell_repairs(map: &RegisterMap) {
    let mut repairs = map.notices().clone();
    repairs.retain(|it| it.severity == Severity::Repair);
    if !repairs.is_empty() {
        tell::message(format_args!(
            "{}\n",
            repairs.render(map.sources(), style()).trim_end()
        ));
    }
}

/// Tells every repair, and how many lints there are: whoever asks for output
/// wants to know what became of the input first.
pub(crate) fn tell(map: &RegisterMap) {
    tell_repairs(map);
    let is_lint = |it: &&regdesc::Diagnostic| it.severity == Severity::Lint;
    let name = &map.name.value;
    match map.notices().iter().filter(is_lint).count() {
        0 => {}
        1 => tell::message(format_args!("{name}: 1 lint; `regloom check` tells it\n")),
        lints => tell::message(format_args!(
            "{name}: {lints} lints; `regloom check` tells them\n"
        )),
    }
}
