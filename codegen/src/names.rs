// SPDX-License-Identifier: MIT OR Apache-2.0

//! From the author's names to those of a language: the only place where a name gains
//! case or dodges a keyword.

mod case;
mod language;
mod scope;

use language::is_reserved_file;
pub(crate) use language::{Language, Place, Use, identifier, spelled};
pub(crate) use scope::Scope;

/// Whether the identifier is more than the name in another case: whether
/// somebody who searches for the name would miss it.
pub(crate) fn is_renamed(name: &str, identifier: &str) -> bool {
    let bare = |text: &str| text.replace('_', "").to_ascii_lowercase();
    bare(name) != bare(identifier)
}

/// The name of a device's folder, and of the files that are named after it.
pub(crate) fn device(name: &str) -> String {
    spelled(Use::Node, name)
}

/// The name of a crate: one that Cargo and Windows take, and that hides neither a
/// built-in crate nor the runtime.
pub(crate) fn package(name: &str) -> String {
    let package = spelled(Use::Package, name);
    let mut reserved = language::reserved(Language::Cargo, Place::Plain).iter();
    let is_reserved = reserved.any(|names| names.contains(&package.as_str()));
    if is_reserved || identifier(Language::Rust, &package) != package {
        format!("{package}-registers")
    } else {
        package
    }
}

/// The file of a module. Those that Cargo or Windows take for something else, and
/// those that are no module's, end with a `_`, which no module does.
pub(crate) fn module_file(module: &str) -> String {
    let is_taken = is_reserved_file(module) || identifier(Language::Rust, module).ends_with('_');
    let end = if is_taken { "_" } else { "" };
    format!("{module}{end}.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_hides_no_crate_and_is_no_keyword() {
        assert_eq!(package("fpga_mem"), "fpga-mem");
        assert_eq!(package("core"), "core-registers");
        assert_eq!(package("regloom-mmio"), "regloom-mmio-registers");
        assert_eq!(package("loop"), "loop-registers");
    }
}
