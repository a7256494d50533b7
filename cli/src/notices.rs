// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is reported an input, beside what is made of it.

use regdesc::model::Kind;
use regdesc::{Code, Diagnostics, Failure, RegisterMap, Severity, Sources};

use crate::output;

/// How much of what was found is shown to people.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Shown {
    /// Show every error, repair and warning, also where many are of one kind.
    #[arg(long)]
    all: bool,
}

impl Shown {
    /// The text for people.
    pub(crate) fn text(self, found: &Diagnostics, sources: &Sources) -> String {
        if self.all || found.left_out() == 0 {
            return found.render(sources, output::style());
        }
        let few = found.render_few(sources, output::style());
        format!("{few}`--all` shows every one\n")
    }
}

/// Reports the repairs of a lenient reading.
pub(crate) fn report_repairs(map: &RegisterMap, shown: Shown) {
    let mut repairs = map.notices().clone();
    repairs.retain(|it| it.severity == Severity::Repair);
    if !repairs.is_empty() {
        output::message(format_args!(
            "{}\n",
            shown.text(&repairs, map.sources()).trim_end()
        ));
    }
}

/// Reports the repairs, and how many lints there are: a user who asks for output
/// wants to know what became of the input first.
pub(crate) fn report(map: &RegisterMap, shown: Shown) {
    report_repairs(map, shown);
    let is_lint = |it: &&regdesc::Diagnostic| it.severity == Severity::Lint;
    let name = &map.name.value;
    // Of a chip, pages are looked at where peripherals are chosen.
    let is_of_pages = |it: &regdesc::Diagnostic| it.code == Code::NotWholePages;
    let is_chosen = map.kind == Kind::Chip && map.notices().iter().any(is_of_pages);
    let call = match is_chosen {
        true => "`regloom check` with the same `--peripheral`",
        false => "`regloom check`",
    };
    match map.notices().iter().filter(is_lint).count() {
        0 => {}
        1 => output::message(format_args!("{name}: 1 warning; {call} reports it\n")),
        lints => output::message(format_args!(
            "{name}: {lints} warnings; {call} reports them\n"
        )),
    }
}

/// Why an input is refused, and whether reading it leniently would help.
pub(crate) fn failure(failure: &Failure, shown: Shown) -> String {
    let Failure::Wrong {
        sources,
        diagnostics,
    } = failure
    else {
        return failure.render(output::style());
    };
    let mut text = shown.text(diagnostics, sources);
    if let Some(hint) = repairable(diagnostics.repairable(), diagnostics.errors()) {
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
