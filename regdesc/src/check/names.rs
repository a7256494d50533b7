// SPDX-License-Identifier: MIT OR Apache-2.0

//! Names can be used, and distinguish what they name.
//!
//! In a block that someone writes for regloom, two names that differ only in
//! case or underscores are refused: in some output they would become one. A
//! chip's vendor was free to use them; there only equal names are refused, and
//! the generators keep the others apart.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Device, Enumeration, Item, Kind, Origin, Register};
use crate::source::Spanned;

/// Bytes of the longest name that the kernel has for a module.
const LONGEST: usize = 55;

/// The device's name can name a crate, a module and a device node.
pub(super) fn the_device_has_a_usable_name(
    kind: Kind,
    name: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) {
    if kind == Kind::Block && name.len() > LONGEST {
        diagnostics.push(
            Diagnostic::new(
                Code::BadName,
                name.span,
                format!("the name of the block has {} bytes", name.len()),
                format!("more than {LONGEST}"),
            )
            .help("shorten it: the kernel has no longer name for a module"),
        );
        return;
    }
    if kind == Kind::Block && !is_kebab_case(name) {
        diagnostics.push(
            Diagnostic::new(
                Code::BadName,
                name.span,
                format!("`{}` cannot name a block", name.value),
                "not in kebab-case",
            )
            .help("write lower-case letters, digits and single hyphens, a letter first: `adc-capture`"),
        );
    }
}

fn is_kebab_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.split('-').all(|word| {
            let mut letters = word.chars();
            !word.is_empty() && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        })
}

/// No two instances anywhere have one device-tree label; nor has a chip's block
/// without an instance, which is in no tree, the name of another.
pub(crate) fn instances_have_distinct_labels(device: &Device, diagnostics: &mut Diagnostics) {
    let labels = device.blocks.iter().flat_map(|block| {
        let own = device.kind == Kind::Chip && block.instances.is_empty();
        let instances = block.instances.iter().map(|instance| &instance.name);
        instances.chain(own.then_some(&block.name))
    });
    let origin = match device.kind {
        Kind::Block => Origin::Author,
        Kind::Chip => Origin::Vendor,
    };
    distinct(origin, "instance", labels, diagnostics);
}

/// No two interrupts, no two events of one, and no two windows have one name.
pub(super) fn what_surrounds_has_distinct_names(block: &Block, diagnostics: &mut Diagnostics) {
    // A vendor may list one interrupt with each peripheral that shares it.
    let own = block.interrupts.iter().filter(|it| it.number.is_none());
    let interrupts = own.map(|interrupt| &interrupt.name);
    distinct(Origin::Author, "interrupt", interrupts, diagnostics);
    for interrupt in &block.interrupts {
        let events = interrupt.events.iter().map(|event| &event.name);
        distinct(Origin::Author, "event", events, diagnostics);
    }
    let windows = block.windows.iter().map(|window| &window.name);
    distinct(Origin::Author, "window", windows, diagnostics);
}

/// No two items of a container have one name.
pub(crate) fn items_have_distinct_names(
    origin: Origin,
    items: &[Item],
    diagnostics: &mut Diagnostics,
) {
    distinct(
        origin,
        "register",
        items.iter().map(Item::name),
        diagnostics,
    );
}

/// No two fields of a register have one name.
pub(crate) fn fields_have_distinct_names(
    origin: Origin,
    register: &Register,
    diagnostics: &mut Diagnostics,
) {
    let names = register.fields.iter().map(|field| &field.name);
    distinct(origin, "field", names, diagnostics);
}

/// No two values of an enumeration have one name.
pub(crate) fn values_have_distinct_names(
    origin: Origin,
    enumeration: &Enumeration,
    diagnostics: &mut Diagnostics,
) {
    let values = enumeration.values.iter().map(|value| &value.name);
    let default = enumeration.default.iter().map(|default| &default.name);
    let names = values.chain(default);
    distinct(origin, "enumerated value", names, diagnostics);
}

fn distinct<'a>(
    origin: Origin,
    what: &str,
    names: impl Iterator<Item = &'a Spanned<String>>,
    diagnostics: &mut Diagnostics,
) {
    // Items come by address; people look for the first in the text.
    let mut names: Vec<_> = names.collect();
    names.sort_by_key(|name| name.span);
    let mut seen: HashMap<String, &Spanned<String>> = HashMap::new();
    for name in names {
        if origin == Origin::Author && !is_identifier(name) {
            diagnostics.push(bad_name(what, name));
        }
        let key = match origin {
            Origin::Author => words(name),
            Origin::Vendor => name.value.clone(),
        };
        match seen.get(&key) {
            Some(first) => diagnostics.push(duplicate(what, first, name)),
            None => {
                seen.insert(key, name);
            }
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_')
        && name != "_"
}

fn bad_name(what: &str, name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::BadName,
        name.span,
        format!("`{}` cannot name a {what}", name.value),
        "here",
    )
    .help("write letters, digits and underscores, no digit first")
}

fn duplicate(what: &str, first: &Spanned<String>, second: &Spanned<String>) -> Diagnostic {
    let message = if first == second {
        format!("two {what}s are called `{}`", second.value)
    } else {
        format!(
            "the {what}s `{}` and `{}` become one name in the output",
            first.value, second.value
        )
    };
    Diagnostic::new(Code::DuplicateName, second.span, message, "again here")
        .related(first.span, "first here")
        .help("give one of them another name")
}

/// The name as its words in lower case: `IRQ_STAT`, `IrqStat` and `irq-stat`
/// are the same.
pub(super) fn words(name: &str) -> String {
    let mut words = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        let starts_word = letter.is_uppercase() && after_lower;
        if (starts_word || !letter.is_alphanumeric()) && !words.ends_with('_') {
            words.push('_');
        }
        if letter.is_alphanumeric() {
            words.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_many_spellings() {
        for spelling in ["IRQ_STAT", "IrqStat", "irq-stat", "Irq_Stat"] {
            assert_eq!(words(spelling), "irq_stat");
        }
        assert_ne!(words("CH1_0"), words("CH10"));
    }

    #[test]
    fn kebab_case_is_words_and_single_hyphens() {
        for good in ["fpga-mem", "a", "pl061-gpio"] {
            assert!(is_kebab_case(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "Adc", "a_b", "1a", "a/b", ".."] {
            assert!(!is_kebab_case(bad), "{bad}");
        }
    }
}
