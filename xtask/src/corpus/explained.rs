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
    /// What it makes differ.
    kinds: &'static [Kind],
    holds: Holds,
    /// What the two readings then look like, where that tells more.
    shape: fn(&Difference) -> bool,
}

/// Where a reason holds.
enum Holds {
    /// In every file, read by this reader.
    Everywhere(Reader),
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
            Holds::Everywhere(reader) => *reader == circumstances.reader,
            Holds::In(reader, files) => {
                *reader == circumstances.reader && files.contains(&circumstances.file)
            }
            Holds::Repaired(code) => circumstances.repairs.contains(code),
        };
        holds && self.kinds.contains(&difference.kind) && (self.shape)(difference)
    }
}

/// Every reason, in the order of the page.
pub(crate) const REASONS: &[Reason] = &[
    Reason {
        why: "R0106: an access in a spelling that CMSIS-SVD does not have, such as `read-writeonce`, is \
              repaired; the other reading leaves it as it is.",
        kinds: &[Kind::Access, Kind::FieldAccess],
        holds: Holds::Repaired(Code::BadValue),
        shape: |it| it.oracle.starts_with('?'),
    },
    Reason {
        why: "R0303: a register is narrowed to the width that its address is a multiple of.",
        kinds: &[Kind::Width],
        holds: Holds::Repaired(Code::Misaligned),
        shape: any,
    },
    Reason {
        why: "R0402: a field ends with its register.",
        kinds: &[Kind::MissingField, Kind::ExtraField],
        holds: Holds::Repaired(Code::OutsideRegister),
        shape: any,
    },
    Reason {
        why: "R0502: an enumerated value that does not fit into its field is left out.",
        kinds: VALUES,
        holds: Holds::Repaired(Code::EnumeratedValueTooLarge),
        shape: |it| it.ours.is_empty(),
    },
    Reason {
        why: "R0503: of enumerated values with one number the first stands.",
        kinds: VALUES,
        holds: Holds::Repaired(Code::EnumeratedValuesEqual),
        shape: |it| it.ours.is_empty(),
    },
    Reason {
        why: "R0601: a later value of the same name has its number behind it.",
        kinds: VALUES,
        holds: Holds::Repaired(Code::DuplicateName),
        shape: |it| {
            let pairs = || listed(&it.oracle).zip(listed(&it.ours));
            listed(&it.oracle).count() == listed(&it.ours).count()
                && pairs().all(|(before, after)| is_numbered(before, after))
        },
    },
    Reason {
        why: "cmsis-svd takes an access in such a spelling for none, which is read-write, or for \
              what it is most like.",
        kinds: &[Kind::Access, Kind::FieldAccess],
        holds: Holds::Repaired(Code::BadValue),
        shape: |it| it.oracle.starts_with("rw/"),
    },
    Reason {
        why: "cmsis-svd gives a derived peripheral the interrupts of its base. regloom gives it \
              its own alone: another instance's line is another line.",
        kinds: &[Kind::Interrupts],
        holds: Holds::Everywhere(Reader::CmsisSvd),
        shape: |it| it.ours.is_empty(),
    },
    Reason {
        why: "cmsis-svd reads a don't-care bit of an enumerated value as 0, so that `#1x` names 2 \
              and not 3. regloom names both, the second with its number behind the name.",
        kinds: VALUES,
        holds: Holds::Everywhere(Reader::CmsisSvd),
        shape: |it| it.oracle.is_empty() && listed(&it.ours).all(has_its_number),
    },
    Reason {
        why: "cmsis-svd names 0 by each of the patterns `#xxx0`, `#xx0x`, `#x0xx`. Patterns that \
              overlap tell of single bits; regloom lets them name nothing.",
        kinds: VALUES,
        holds: Holds::In(Reader::CmsisSvd, &["MKV58F24.svd"]),
        shape: |it| it.ours.is_empty() && listed(&it.oracle).all(|it| it.contains('x')),
    },
    Reason {
        why: "cmsis-svd does not find the values of an `<enumeratedValues derivedFrom>`.",
        kinds: VALUES,
        holds: Holds::In(
            Reader::CmsisSvd,
            &["D1-H.svd", "max78000.svd", "esp32.svd", "k210.svd"],
        ),
        shape: |it| it.oracle.is_empty(),
    },
    Reason {
        why: "cmsis-svd does not read numbers that begin with `0b`.",
        kinds: VALUES,
        holds: Holds::In(Reader::CmsisSvd, &["XMC4800.svd"]),
        shape: |it| it.oracle.is_empty(),
    },
    Reason {
        why: "cmsis-svd does not let registers inherit the `<size>` of their cluster.",
        kinds: &[Kind::Width],
        holds: Holds::In(Reader::CmsisSvd, &["k210.svd"]),
        shape: any,
    },
    Reason {
        why: "cmsis-svd places a cluster within a cluster, and its registers, as if there were no \
              outer one; what then stands at one address is another register.",
        kinds: MISPLACED,
        holds: Holds::In(
            Reader::CmsisSvd,
            &[
                "nrf9160.svd",
                "nrfx-nrf5340_application.svd",
                "nrfx-nrf54l15_application.svd",
                "svd2pac-simple.svd",
            ],
        ),
        shape: any,
    },
    Reason {
        why: "cmsis-svd does not find a base in another cluster or by the name of an array's \
              element, and derives nothing that has no `<description>` of its own.",
        kinds: MISPLACED,
        holds: Holds::In(
            Reader::CmsisSvd,
            &["svd2pac-simple.svd", "cross_cluster_derive-expected.svd"],
        ),
        shape: any,
    },
];

const VALUES: &[Kind] = &[Kind::Values, Kind::WriteValues];

/// Registers that are not where they should be differ in everything.
const MISPLACED: &[Kind] = &[
    Kind::MissingRegister,
    Kind::ExtraRegister,
    Kind::Width,
    Kind::Access,
    Kind::Reset,
    Kind::ResetMask,
    Kind::MissingField,
    Kind::ExtraField,
    Kind::FieldName,
    Kind::FieldAccess,
    Kind::Values,
    Kind::WriteValues,
];

fn any(_: &Difference) -> bool {
    true
}

fn listed(values: &str) -> impl Iterator<Item = &str> {
    values.split(", ").filter(|value| !value.is_empty())
}

/// `3 fast_3`
fn has_its_number(value: &str) -> bool {
    let parts = value.split_once(' ');
    parts.is_some_and(|(number, name)| {
        name.strip_suffix(number)
            .is_some_and(|name| name.ends_with('_'))
    })
}

/// `26 other` to `26 other_2`
fn is_numbered(before: &str, after: &str) -> bool {
    let number = after
        .strip_prefix(before)
        .and_then(|rest| rest.strip_prefix('_'));
    number.is_some_and(|number| number.parse::<u64>().is_ok())
}
