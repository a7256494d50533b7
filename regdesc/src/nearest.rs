// SPDX-License-Identifier: MIT OR Apache-2.0

//! The name that a misspelt one was meant to be.

/// The nearest of some names, if it is near enough to have been meant; case does
/// not count.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    let written = written.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&written, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let known = ["registers", "reset", "reserved", "at"];
        assert_eq!(nearest("regsiters", known), Some("registers"));
        assert_eq!(nearest("resett", known), Some("reset"));
        assert_eq!(nearest("colour", known), None);
    }
}
