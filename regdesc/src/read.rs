// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text to [`Description`](crate::description::Description), one reader a
//! format, each unaware of the other.

pub(crate) mod svd;
pub(crate) mod yaml;

/// The formats a description may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// regloom's own.
    Yaml,
    /// CMSIS-SVD 1.3.
    Svd,
}

impl Format {
    /// Tells the format from the text: XML begins with `<`, which no YAML
    /// mapping does.
    #[must_use]
    pub fn of(text: &str) -> Format {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') {
            Format::Svd
        } else {
            Format::Yaml
        }
    }
}

/// The nearest of some names, if it is near enough to have been meant.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (edit_distance(written, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Insertions, deletions, substitutions and swaps of neighbours between two
/// short words, case ignored (optimal string alignment).
fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_shows_in_the_first_character() {
        assert_eq!(Format::of("\u{feff}\n <?xml?>"), Format::Svd);
        assert_eq!(Format::of("schema: 1"), Format::Yaml);
        assert_eq!(Format::of(""), Format::Yaml);
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let known = ["registers", "reset", "reserved", "at"];
        assert_eq!(nearest("regsiters", known), Some("registers"));
        assert_eq!(nearest("resett", known), Some("reset"));
        assert_eq!(nearest("colour", known), None);
    }
}
