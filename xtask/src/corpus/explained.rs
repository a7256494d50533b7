// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why two readings may differ: each reason once, with the files and the kinds
//! of differences it holds for. A difference that none of them explains is a
//! mistake, of regloom's or of the other reader's.

use regdesc::Code;

use super::compare::{Difference, Kind};
use super::oracle::Reader;

/// One reason.
pub(crate) struct Reason {
    pub(crate) why: &'static str,
    kinds: &'static [Kind],
    holds: Holds,
}

/// Where a reason holds.
enum Holds {
    /// In these files, read by this reader.
    In(Reader, &'static [&'static str]),
    /// Wherever that was repaired: the oracle reads what the file says, regloom
    /// what became of it.
    Repaired(Code),
}

/// What there is to know of the file that differs.
pub(crate) struct Circumstances<'a> {
    pub(crate) reader: Reader,
    /// Its name, without folders.
    pub(crate) file: &'a str,
    /// What was repaired in it.
    pub(crate) repairs: &'a [Code],
}

/// The reason for a difference, by its place in [`REASONS`].
pub(crate) fn reason(difference: &Difference, circumstances: &Circumstances<'_>) -> Option<usize> {
    REASONS
        .iter()
        .position(|reason| reason.explains(difference, circumstances))
}

impl Reason {
    fn explains(&self, difference: &Difference, circumstances: &Circumstances<'_>) -> bool {
        let holds = match &self.holds {
            Holds::In(reader, files) => {
                let all = files.is_empty();
                *reader == circumstances.reader && (all || files.contains(&circumstances.file))
            }
            Holds::Repaired(code) => circumstances.repairs.contains(code),
        };
        holds && self.kinds.contains(&difference.kind)
    }
}

/// Every reason, in the order of the page.
pub(crate) const REASONS: &[Reason] = &[];
