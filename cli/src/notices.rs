// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is told of an input, beside what is made of it.

use regdesc::{Failure, RegisterMap, Severity};

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

/// Why an input is refused, and whether reading it leniently would help.
pub(crate) fn failure(failure: &Failure) -> String {
    let mut text = failure.render(style());
    if let Failure::Wrong { diagnostics, .. } = failure
        && let Some(hint) = repairable(diagnostics.repairable(), diagnostics.errors())
    {
        text.push_str(&hint);
        text.push('\n');
    }
    text
}

/// How many of the errors `--lenient` repairs; nothing where it repairs none.
fn repairable(repairable: usize, errors: usize) -> Option<String> {
    Some(match (repairable, errors) {
        (0, _) => return None,
        (1, 1) => "this error is repaired with `--lenient`".to_owned(),
        (all, errors) if all == errors => {
            format!("these {errors} errors are repaired with `--lenient`")
        }
        (1, errors) => format!("1 of these {errors} errors is repaired with `--lenient`"),
        (some, errors) => {
            format!("{some} of these {errors} errors are repaired with `--lenient`")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::repairable;

    #[test]
    fn the_hint_counts() {
        let hint = |some, all| repairable(some, all).unwrap_or_default();
        assert_eq!(hint(0, 3), "");
        assert_eq!(hint(1, 1), "this error is repaired with `--lenient`");
        assert_eq!(hint(2, 2), "these 2 errors are repaired with `--lenient`");
        assert_eq!(
            hint(1, 3),
            "1 of these 3 errors is repaired with `--lenient`"
        );
        assert_eq!(
            hint(12, 14),
            "12 of these 14 errors are repaired with `--lenient`"
        );
    }
}
