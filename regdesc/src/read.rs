// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text to [`Description`](crate::description::Description), one reader a
//! format, each unaware of the other.

pub(crate) mod svd;
pub(crate) mod yaml;

mod from_svd;

use crate::description::Description;
use crate::diagnostic::Diagnostics;
use crate::source::{SourceId, Sources};

/// Reads one of the sources; what it refers to is added to them.
pub(crate) fn read(
    id: SourceId,
    sources: &mut Sources,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let text = sources.get(id).text();
    match Format::of(text) {
        Format::Yaml => {
            let mut description = yaml::read(id, text, diagnostics)?;
            from_svd::fill(&mut description, sources, lenient, diagnostics);
            Some(description)
        }
        Format::Svd => svd::read(id, text, lenient, diagnostics),
    }
}

/// The formats a description may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// regloom's own.
    Yaml,
    /// CMSIS-SVD 1.3.
    Svd,
}

impl Format {
    /// Recognizes the format by the text: XML begins with `<`, which no YAML
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_shows_in_the_first_character() {
        assert_eq!(Format::of("\u{feff}\n <?xml?>"), Format::Svd);
        assert_eq!(Format::of("schema: 1"), Format::Yaml);
        assert_eq!(Format::of(""), Format::Yaml);
    }
}
