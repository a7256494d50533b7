// SPDX-License-Identifier: MIT OR Apache-2.0

//! The languages that have names, and what each asks of them: one table of cases, one
//! of reserved words.

use super::case::{kebab, screaming, snake, upper_camel};

/// A language with rules of its own for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// The accessor's Rust.
    Rust,
    /// The driver's Rust.
    KernelRust,
    /// Device-tree sources.
    DeviceTree,
    /// Names of Cargo packages and of their files, on every system.
    Cargo,
}

/// What a name is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// A method.
    Method,
    /// A type, or a variant of one.
    Type,
    Constant,
    Module,
    /// A register in the driver's tables.
    Register,
    /// A field in the driver's tables.
    Field,
    /// A label of a node.
    Label,
    /// A node, or what is named like one.
    Node,
    Package,
}

/// Where names have to differ from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The module of a block.
    Block,
    /// The module of a cluster.
    Cluster,
    /// Anywhere that reserves nothing.
    Plain,
}

/// The name as the language writes it for that use. It may still be a keyword, so that
/// more can be put before or behind it; [`identifier`] is the last step.
pub(crate) fn spelled(used_as: Use, name: &str) -> String {
    match used_as {
        Use::Method | Use::Module | Use::Field | Use::Label => snake(name),
        Use::Type => upper_camel(name),
        Use::Constant | Use::Register => screaming(name),
        Use::Node | Use::Package => kebab(name),
    }
}

/// The name as an identifier that may be anywhere: a keyword of Rust becomes a raw
/// identifier (`r#type`), or where there is none, gains a `_` (`self_`).
pub(crate) fn identifier(language: Language, name: &str) -> String {
    match language {
        Language::DeviceTree | Language::Cargo => name.to_owned(),
        Language::Rust | Language::KernelRust if NEVER_RAW.contains(&name) => format!("{name}_"),
        Language::Rust | Language::KernelRust if KEYWORDS.contains(&name) => format!("r#{name}"),
        Language::Rust | Language::KernelRust => name.to_owned(),
    }
}

/// What no name can be in that place of the language, because it means something else
/// there.
pub(crate) fn reserved(language: Language, place: Place) -> &'static [&'static [&'static str]] {
    match (language, place) {
        (Language::Rust, Place::Block) => &[MODULE_ITEMS, BLOCK_ITEMS],
        (Language::Rust, Place::Cluster) => &[MODULE_ITEMS],
        (Language::Cargo, _) => &[PACKAGES],
        (Language::Rust | Language::KernelRust | Language::DeviceTree, _) => &[],
    }
}

/// A file of that name, without its ending, means something to Cargo, or is a device
/// of Windows.
pub(crate) fn is_reserved_file(name: &str) -> bool {
    let numbered = |device: &str| {
        let number = name.strip_prefix(device);
        number.is_some_and(|it| it.len() == 1 && it.bytes().all(|it| it.is_ascii_digit()))
    };
    FILES.contains(&name) || DEVICES.iter().any(|device| numbered(device))
}

/// Rust: keywords that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["_", "Self", "crate", "self", "super"];

/// Rust: keywords of edition 2024, the reserved ones included; sorted.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Rust: what no type and no module of the author's can be called: the handle that every
/// module has, the runtime, and what the generated code means by one word. (The
/// register's method has its name in any case.)
const MODULE_ITEMS: &[&str] = &[
    "INDEX",
    "Registers",
    "bool",
    "i16",
    "i32",
    "i64",
    "i8",
    "mmio",
    "str",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// Rust: the same in a block's own module: programs open it by these names.
const BLOCK_ITEMS: &[&str] = &["Block", "Device", "ITEMS", "Simulator"];

/// Cargo: packages that would hide a built-in crate or the runtime, or that Windows
/// has no folder for.
const PACKAGES: &[&str] = &[
    "alloc",
    "aux",
    "con",
    "core",
    "nul",
    "prn",
    "proc-macro",
    "regloom-mmio",
    "std",
    "test",
];

/// Cargo: files that mean something to it, and devices of Windows.
const FILES: &[&str] = &["aux", "con", "lib", "main", "mod", "nul", "prn"];

/// Devices of Windows with a digit behind them.
const DEVICES: &[&str] = &["com", "lpt"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_dodged() {
        let identifier = |name| identifier(Language::Rust, name);
        assert_eq!(identifier("type"), "r#type");
        assert_eq!(identifier("self"), "self_");
        assert_eq!(identifier("data"), "data");
        assert!(KEYWORDS.is_sorted());
        for keyword in KEYWORDS {
            assert!(syn::parse_str::<syn::Ident>(&identifier(keyword)).is_ok());
        }
    }
}
