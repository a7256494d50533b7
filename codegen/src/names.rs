// SPDX-License-Identifier: MIT OR Apache-2.0

//! From the author's names to identifiers: the only place where a name gains
//! case or dodges a keyword.
//!
//! A name is split into words at everything that is neither letter nor digit
//! (ASCII), and where its own case changes: `IRQ_STAT`, `irq-stat`, `IrqStat`
//! and `irqStat` are all `irq`, `stat`. What begins with a digit is given an
//! `n` in front; what has no letter and no digit is called `unnamed`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Deref;

use regdesc::RegisterMap;
use regdesc::model::{Block, Instance, Kind};

/// `irq_stat`: methods, modules, local names. Not yet safe from keywords, so
/// that more can be put before or behind it; [`identifier`] is the last step.
pub(crate) fn snake(name: &str) -> String {
    led_by_letter(words(name).join("_").to_ascii_lowercase(), 'n')
}

/// `irq-stat`: packages, nodes, files.
pub(crate) fn kebab(name: &str) -> String {
    led_by_letter(words(name).join("-").to_ascii_lowercase(), 'n')
}

/// `IRQ_STAT`: constants.
pub(crate) fn screaming(name: &str) -> String {
    led_by_letter(words(name).join("_").to_ascii_uppercase(), 'N')
}

/// `IrqStat`: types and variants. An underscore stays only between two digits
/// (`V1_2`), where dropping it would make another name. No keyword but `Self`
/// looks like this.
pub(crate) fn upper_camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in words(name) {
        let ends_in_digit = camel.ends_with(|last: char| last.is_ascii_digit());
        if ends_in_digit && word.starts_with(|first: char| first.is_ascii_digit()) {
            camel.push('_');
        }
        let start = camel.len();
        camel.push_str(word);
        camel[start..].make_ascii_lowercase();
        camel[start..=start].make_ascii_uppercase();
    }
    led_by_letter(camel, 'N')
}

/// The name as an identifier that may stand anywhere: a keyword becomes a raw
/// identifier (`r#type`), or where there is none, gains a `_` (`self_`).
pub(crate) fn identifier(name: &str) -> String {
    if NEVER_RAW.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// Whether the identifier is more than the name in another case: whether
/// somebody who searches for the name would miss it.
pub(crate) fn is_renamed(name: &str, identifier: &str) -> bool {
    let bare = |text: &str| text.replace('_', "").to_ascii_lowercase();
    bare(name) != bare(identifier)
}

/// The words of a name, in its own case; never empty.
fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for run in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        split_at_case(run, &mut words);
    }
    if words.is_empty() {
        words.push("unnamed");
    }
    words
}

/// A new word begins at a capital behind a small letter (`irq|Stat`), and at a
/// capital before a small letter (`DMA|Channel`, `Channel1|Enable`).
fn split_at_case<'n>(run: &'n str, words: &mut Vec<&'n str>) {
    let letters = run.as_bytes();
    let mut start = 0;
    for at in 1..letters.len() {
        let capital = letters[at].is_ascii_uppercase();
        let after_small = letters[at - 1].is_ascii_lowercase();
        let before_small = letters.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if capital && (after_small || before_small) {
            words.push(&run[start..at]);
            start = at;
        }
    }
    if !run.is_empty() {
        words.push(&run[start..]);
    }
}

fn led_by_letter(name: String, letter: char) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{letter}{name}")
    } else {
        name
    }
}

/// Names that live side by side: distinct, and none of them reserved.
///
/// Who comes first keeps its name; who comes later and would get the same one
/// is numbered, so that the outcome depends only on the order of the claims.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
    /// What it has in capitals is constants, not types.
    constants: bool,
}

impl Scope {
    /// A scope in which these identifiers mean something else.
    pub(crate) fn with_reserved(reserved: &[&str]) -> Self {
        Scope::default().and_reserved(reserved)
    }

    /// The same, in which these identifiers mean something else too.
    pub(crate) fn and_reserved(mut self, reserved: &[&str]) -> Self {
        let reserved = reserved.iter().map(|name| (*name).to_owned());
        self.taken.extend(reserved);
        self
    }

    /// A scope of constants, whose words are kept apart by `_`.
    pub(crate) fn of_constants() -> Self {
        Scope {
            constants: true,
            ..Scope::default()
        }
    }

    /// Claims an identifier: `wanted`, or the first of `wanted_2`, `wanted_3` …
    /// (of a type `Wanted2` …) that is free.
    pub(crate) fn claim(&mut self, wanted: &str) -> String {
        self.claim_forms(wanted, &[("", "")])
    }

    /// Claims an identifier together with others made from it, each by what is
    /// put before and behind it: all of them are free, or none is taken.
    pub(crate) fn claim_forms(&mut self, wanted: &str, forms: &[(&str, &str)]) -> String {
        let is_type =
            !self.constants && wanted.starts_with(|first: char| first.is_ascii_uppercase());
        let numbered = (2u32..).map(|number| match is_type {
            true => numbered_type(wanted, number),
            false => format!("{wanted}_{number}"),
        });
        let claimed = std::iter::once(wanted.to_owned())
            .chain(numbered)
            .find(|candidate| self.is_free(candidate, forms))
            .unwrap_or_default();
        for form in forms {
            self.taken.insert(formed(&claimed, *form).into_owned());
        }
        claimed
    }

    /// Whether nobody has the identifier or a form of it.
    fn is_free(&self, identifier: &str, forms: &[(&str, &str)]) -> bool {
        let mut forms = forms.iter().map(|form| formed(identifier, *form));
        forms.all(|form| !self.taken.contains(&*form))
    }
}

/// A map with the names that its blocks and instances have outside of it: of a
/// chip's, two may differ in nothing that an output keeps.
pub(crate) struct Named<'m> {
    map: &'m RegisterMap,
    /// One a block.
    models: Vec<String>,
    /// One an instance, block by block.
    labels: Vec<Vec<String>>,
}

impl<'m> Named<'m> {
    pub(crate) fn of(map: &'m RegisterMap) -> Self {
        let device = kebab(&map.name);
        let mut models = Scope::default();
        let mut labels = Scope::default();
        Named {
            map,
            models: map
                .blocks
                .iter()
                .map(|block| match map.kind {
                    Kind::Block => device.clone(),
                    Kind::Chip => {
                        let own = models.claim(&snake(&block.name));
                        format!("{device}-{}", own.replace('_', "-"))
                    }
                })
                .collect(),
            labels: map
                .blocks
                .iter()
                .map(|block| {
                    let instances = block.instances.iter();
                    let label = |instance: &Instance| match map.kind {
                        Kind::Block => instance.name.value.clone(),
                        Kind::Chip => labels.claim(&snake(&instance.name)),
                    };
                    instances.map(label).collect()
                })
                .collect(),
        }
    }

    /// What the driver of a block is called, and the node by `compatible`, in
    /// hyphens.
    pub(crate) fn model(&self, block: &Block) -> &str {
        self.place(block).map_or("", |at| &self.models[at])
    }

    /// What the rest of a device tree calls each node of a block by: the author's
    /// word, or a chip's peripheral in lower case, as the kernel's trees write them.
    pub(crate) fn labels(&self, block: &Block) -> &[String] {
        self.place(block).map_or(&[], |at| &self.labels[at])
    }

    /// Which of the map's blocks it is.
    fn place(&self, block: &Block) -> Option<usize> {
        let mut blocks = self.map.blocks.iter();
        blocks.position(|own| std::ptr::eq(own, block))
    }
}

impl Deref for Named<'_> {
    type Target = RegisterMap;

    fn deref(&self) -> &RegisterMap {
        self.map
    }
}

fn formed<'n>(identifier: &'n str, form: (&str, &str)) -> Cow<'n, str> {
    match form {
        ("", "") => Cow::Borrowed(identifier),
        (before, behind) => Cow::Owned([before, identifier, behind].concat()),
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

/// Keywords that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["_", "Self", "crate", "self", "super"];

/// Keywords of edition 2024, the reserved ones included; sorted.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_same_words_is_one_name() {
        for name in [
            "IRQ_STAT",
            "irq-stat",
            "IrqStat",
            "irqStat",
            "irq stat",
            "__IRQ__STAT",
        ] {
            assert_eq!(snake(name), "irq_stat");
            assert_eq!(kebab(name), "irq-stat");
            assert_eq!(screaming(name), "IRQ_STAT");
            assert_eq!(upper_camel(name), "IrqStat");
        }
    }

    #[test]
    fn acronyms_and_numbers_stay_whole() {
        assert_eq!(snake("DMAChannel1Enable"), "dma_channel1_enable");
        assert_eq!(snake("UART1TX"), "uart1tx");
        assert_eq!(snake("I2C0"), "i2c0");
        assert_eq!(upper_camel("V1_2"), "V1_2");
        assert_eq!(upper_camel("GPIO_0_A"), "Gpio0A");
    }

    #[test]
    fn what_is_no_identifier_becomes_one() {
        assert_eq!(snake("2CH"), "n2ch");
        assert_eq!(upper_camel("2CH"), "N2ch");
        assert_eq!(screaming("0"), "N0");
        assert_eq!(snake("%$"), "unnamed");
        assert_eq!(snake("Größe"), "gr_e");
    }

    #[test]
    fn keywords_are_dodged() {
        assert_eq!(identifier("type"), "r#type");
        assert_eq!(identifier("self"), "self_");
        assert_eq!(identifier("data"), "data");
        assert!(KEYWORDS.is_sorted());
        for keyword in KEYWORDS {
            assert!(syn::parse_str::<syn::Ident>(&identifier(keyword)).is_ok());
        }
    }

    #[test]
    fn who_comes_later_gives_way() {
        let mut scope = Scope::with_reserved(&["bits"]);
        assert_eq!(scope.claim("foo_bar"), "foo_bar");
        assert_eq!(scope.claim("foo_bar"), "foo_bar_2");
        assert_eq!(scope.claim("bits"), "bits_2");
        assert_eq!(scope.claim("FooBar"), "FooBar");
        assert_eq!(scope.claim("FooBar"), "FooBar2");
    }

    /// Such as the compiler takes without a warning.
    #[test]
    fn numbers_are_put_behind_names_as_their_case_has_it() {
        let mut types = Scope::default();
        for (first, second) in [("AX", "AX2"), ("V1", "V1_2"), ("Q", "Q2"), ("Foo", "Foo2")] {
            assert_eq!(types.claim(first), first);
            assert_eq!(types.claim(first), second);
        }
        let mut constants = Scope::of_constants();
        for (first, second) in [("DONE", "DONE_2"), ("A_X", "A_X_2"), ("V1", "V1_2")] {
            assert_eq!(constants.claim(first), first);
            assert_eq!(constants.claim(first), second);
        }
    }

    #[test]
    fn all_forms_of_a_name_are_free_or_none_is_taken() {
        let mut scope = Scope::default();
        scope.claim("ch_at");
        let forms = &[("", ""), ("", "_at")];
        assert_eq!(scope.claim_forms("ch", forms), "ch_2");
        assert_eq!(scope.claim("ch"), "ch");
        assert_eq!(scope.claim("ch_2_at"), "ch_2_at_2");
    }
}
