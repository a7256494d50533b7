// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a change of access, or of what may be written, takes and gives.

use super::rules::Rule;
use super::site::Site;
use crate::access::{Access, ReadEffect};
use crate::model::WriteConstraint;
use crate::source::Spanned;

/// Reports how an access changed, by the worst that is so.
pub(super) fn compare(site: &mut Site<'_>, old: &Spanned<Access>, new: &Spanned<Access>) {
    if let Some(rule) = rule(old.value, new.value) {
        site.became(rule, "access", old, new);
    }
}

fn rule(old: Access, new: Access) -> Option<Rule> {
    if old == new {
        None
    } else if loses(old, new) {
        Some(Rule::AccessLost)
    } else if acts_otherwise(old, new) {
        Some(Rule::AccessEffect)
    } else if old.read == new.read || old.write != new.write || old.write_once != new.write_once {
        Some(Rule::WriteGained)
    } else {
        Some(Rule::ReadGained)
    }
}

fn loses(old: Access, new: Access) -> bool {
    (old.read && !new.read) || (old.write && (!new.write || (new.write_once && !old.write_once)))
}

/// An access that there was has another effect, or a new way to read has one:
/// then the whole register can no longer be read without it.
fn acts_otherwise(old: Access, new: Access) -> bool {
    let Access {
        read,
        write,
        write_once: _,
        on_write,
        on_read,
    } = old;
    let on_read = if read { on_read } else { ReadEffect::None };
    on_read != new.on_read || (write && on_write != new.on_write)
}

/// Reports how what may be written changed.
pub(super) fn constraint(
    site: &mut Site<'_>,
    old: Option<WriteConstraint>,
    new: Option<WriteConstraint>,
) {
    let is_range = |it| matches!(it, Some(WriteConstraint::Range { .. }));
    let rule = if !allows_all_of(new, old) {
        Rule::ConstraintTightened
    } else if is_range(old) || is_range(new) {
        Rule::RangeWidened
    } else {
        Rule::ConstraintLoosened
    };
    site.became(rule, "write constraint", &old, &new);
}

fn allows_all_of(one: Option<WriteConstraint>, other: Option<WriteConstraint>) -> bool {
    use WriteConstraint::Range;
    match (one, other) {
        (None, _) => true,
        (
            Some(Range { minimum, maximum }),
            Some(Range {
                minimum: least,
                maximum: greatest,
            }),
        ) => minimum <= least && greatest <= maximum,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::WriteEffect;

    fn between(old: &str, new: &str) -> Option<Rule> {
        let access = |name| Access::from_policy(name).unwrap();
        rule(access(old), access(new))
    }

    #[test]
    fn an_access_is_lost_changed_or_gained() {
        for (old, new, expected) in [
            ("rw", "rw", None),
            ("rw", "ro", Some(Rule::AccessLost)),
            ("rw", "wo", Some(Rule::AccessLost)),
            ("rw", "w1", Some(Rule::AccessLost)),
            ("wo", "ro", Some(Rule::AccessLost)),
            ("rw", "w1c", Some(Rule::AccessEffect)),
            ("ro", "rc", Some(Rule::AccessEffect)),
            ("wo", "wrc", Some(Rule::AccessEffect)),
            ("ro", "w1c", Some(Rule::WriteGained)),
            ("ro", "rw", Some(Rule::WriteGained)),
            ("w1", "rw", Some(Rule::WriteGained)),
            ("wo1", "rw", Some(Rule::WriteGained)),
            ("wo", "rw", Some(Rule::ReadGained)),
        ] {
            assert_eq!(between(old, new), expected, "{old} to {new}");
        }
    }

    /// Whatever is not the same is reported.
    #[test]
    fn no_difference_is_overlooked() {
        let names: Vec<&str> = Access::policy_names().collect();
        for old in &names {
            for new in &names {
                assert_eq!(between(old, new).is_none(), old == new, "{old} to {new}");
            }
        }
    }

    #[test]
    fn an_effect_of_an_access_that_there_was_not_is_no_change_of_it() {
        let port = Access {
            on_write: WriteEffect::OneToClear,
            ..Access::RW
        };
        assert_eq!(rule(Access::RO, port), Some(Rule::WriteGained));
    }

    #[test]
    fn a_constraint_is_loosened_when_it_allows_what_it_did() {
        let range = |minimum, maximum| Some(WriteConstraint::Range { minimum, maximum });
        assert!(allows_all_of(range(0, 9), range(1, 8)));
        assert!(!allows_all_of(range(0, 7), range(1, 8)));
        assert!(!allows_all_of(range(0, 7), None));
        assert!(!allows_all_of(range(0, 7), Some(WriteConstraint::AsRead)));
        assert!(allows_all_of(None, range(0, 7)));
    }
}
