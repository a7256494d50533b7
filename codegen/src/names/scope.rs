// SPDX-License-Identifier: MIT OR Apache-2.0

//! Names that have to differ from each other.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::language::{Language, Place, Use, reserved, spelled};

/// Names that live side by side: distinct, and none of them reserved.
///
/// Who comes first keeps its name; who comes later and would get the same one
/// is numbered, so that the outcome depends only on the order of the claims.
#[derive(Debug)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// An empty scope in that place of a language.
    pub(crate) fn of(language: Language, place: Place) -> Self {
        let reserved = reserved(language, place).iter().copied().flatten();
        Scope {
            taken: reserved.map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Claims an identifier: the name, or the first of `name_2`, `name_3` … (of a type
    /// `Name2` …, of a node `name-2` …) that is free.
    pub(crate) fn claim(&mut self, used_as: Use, name: &str) -> String {
        self.claim_forms(used_as, name, &[("", "")])
    }

    /// Claims an identifier together with others made from it, each by what is
    /// put before and behind it: all of them are free, or none is taken.
    pub(crate) fn claim_forms(
        &mut self,
        used_as: Use,
        name: &str,
        forms: &[(&str, &str)],
    ) -> String {
        let wanted = spelled(used_as, name);
        let candidates = (2u32..).map(|number| numbered(used_as, &wanted, number));
        let claimed = std::iter::once(wanted.clone())
            .chain(candidates)
            .find(|candidate| self.is_free(candidate, forms))
            .unwrap_or_default();
        for form in forms {
            self.taken.insert(formed(&claimed, *form).into_owned());
        }
        claimed
    }

    /// Whether the identifier and all forms of it are free.
    fn is_free(&self, identifier: &str, forms: &[(&str, &str)]) -> bool {
        let mut forms = forms.iter().map(|form| formed(identifier, *form));
        forms.all(|form| !self.taken.contains(&*form))
    }
}

fn formed<'n>(identifier: &'n str, form: (&str, &str)) -> Cow<'n, str> {
    match form {
        ("", "") => Cow::Borrowed(identifier),
        (before, behind) => Cow::Owned([before, identifier, behind].concat()),
    }
}

fn numbered(used_as: Use, name: &str, number: u32) -> String {
    match used_as {
        Use::Type => numbered_type(name, number),
        Use::Node | Use::Package => format!("{name}-{number}"),
        Use::Method | Use::Constant | Use::Module | Use::Register | Use::Field | Use::Label => {
            format!("{name}_{number}")
        }
    }
}

/// `IrqStat2`, `AX2`; but `V1_2`, for `V12` is another name. Beside a letter an
/// underscore is no part of a type's name.
fn numbered_type(name: &str, number: u32) -> String {
    let between = match name.ends_with(|last: char| last.is_ascii_digit()) {
        true => "_",
        false => "",
    };
    format!("{name}{between}{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_later_gives_way() {
        let mut scope = Scope::of(Language::Rust, Place::Block);
        assert_eq!(scope.claim(Use::Module, "foo_bar"), "foo_bar");
        assert_eq!(scope.claim(Use::Module, "foo_bar"), "foo_bar_2");
        assert_eq!(scope.claim(Use::Module, "mmio"), "mmio_2");
        assert_eq!(scope.claim(Use::Type, "FooBar"), "FooBar");
        assert_eq!(scope.claim(Use::Type, "FooBar"), "FooBar2");
        assert_eq!(scope.claim(Use::Type, "device"), "Device2");
    }

    /// Such as the compiler takes without a warning.
    #[test]
    fn numbers_are_put_behind_names_as_their_case_has_it() {
        let mut types = Scope::of(Language::Rust, Place::Plain);
        for (first, second) in [("Ax", "Ax2"), ("V1", "V1_2"), ("Q", "Q2"), ("Foo", "Foo2")] {
            assert_eq!(types.claim(Use::Type, first), first);
            assert_eq!(types.claim(Use::Type, first), second);
        }
        let mut constants = Scope::of(Language::Rust, Place::Plain);
        for (first, second) in [("DONE", "DONE_2"), ("A_X", "A_X_2"), ("V1", "V1_2")] {
            assert_eq!(constants.claim(Use::Constant, first), first);
            assert_eq!(constants.claim(Use::Constant, first), second);
        }
        let mut nodes = Scope::of(Language::DeviceTree, Place::Plain);
        assert_eq!(nodes.claim(Use::Node, "uart_a"), "uart-a");
        assert_eq!(nodes.claim(Use::Node, "uart-a"), "uart-a-2");
    }

    #[test]
    fn all_forms_of_a_name_are_free_or_none_is_taken() {
        let mut scope = Scope::of(Language::Rust, Place::Plain);
        scope.claim(Use::Method, "ch_at");
        let forms = &[("", ""), ("", "_at")];
        assert_eq!(scope.claim_forms(Use::Method, "ch", forms), "ch_2");
        assert_eq!(scope.claim(Use::Method, "ch"), "ch");
        assert_eq!(scope.claim(Use::Method, "ch_2_at"), "ch_2_at_2");
    }
}
