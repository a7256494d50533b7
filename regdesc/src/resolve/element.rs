// SPDX-License-Identifier: MIT OR Apache-2.0

//! What arrays and their elements are called.

use crate::description as written;
use crate::source::Spanned;

/// The name of the element at an index.
pub(super) fn element_name(
    name: &Spanned<String>,
    dim: &written::Array,
    index: u64,
) -> Spanned<String> {
    let counted = index.to_string();
    let label = dim
        .index
        .as_ref()
        .and_then(|names| names.get(usize::try_from(index).ok()?))
        .unwrap_or(&counted);
    name.clone().map(|name| name.replace("%s", label))
}

/// A name without its array mark: `CH[%s]` and `CH%s` give `CH`.
pub(super) fn stripped(name: &str) -> String {
    if !name.contains("%s") {
        return name.to_owned();
    }
    let parts = name
        .replace("[%s]", "")
        .replace("%s", "")
        .replace("__", "_");
    parts.trim_matches('_').to_owned()
}
