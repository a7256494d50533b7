// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why two readings may differ: each reason once, as a rule over what differs
//! and how the file writes it. No rule knows a file. A difference that none of
//! them explains is a mistake, of regloom's or of the other reader's.

use std::collections::BTreeMap;
use std::rc::Rc;

use regdesc::{Code, RegisterMap, Severity};

use super::compare::{At, Difference, Kind, bare};
use super::flat::{Field, Flat, Register, Values};
use super::oracle::Reader;

/// One reason.
pub(crate) struct Reason {
    pub(crate) why: &'static str,
    /// What it makes differ.
    kinds: &'static [Kind],
    /// Whether it is the reason for a difference of such a kind.
    holds: fn(&Difference, &Circumstances<'_>) -> bool,
}

/// What there is to know of the file that differs.
pub(crate) struct Circumstances<'a> {
    reader: Reader,
    /// The plain reading of the file, which notes how each element is written.
    plain: &'a Flat,
    /// What was repaired: the oracle reads what the file says, regloom what
    /// became of it.
    repairs: Vec<Repair>,
    /// The notes of all registers of each peripheral.
    notes: BTreeMap<&'a str, Vec<&'a str>>,
}

/// A repair, and what it names: in its message, and where it points.
pub(crate) struct Repair {
    code: Code,
    names: Vec<String>,
    /// It was made of more elements than the message names.
    of_several: bool,
}

/// What was repaired in a map.
pub(crate) fn repairs(map: &RegisterMap) -> Vec<Repair> {
    let notices = map.notices().iter();
    let repairs = notices.filter(|it| it.severity == Severity::Repair);
    repairs
        .map(|it| {
            let text = map.sources().get(it.primary.span.source).text();
            let marked = text.get(it.primary.span.range()).unwrap_or_default();
            let rest = text
                .get(it.primary.span.range().start..)
                .unwrap_or_default();
            let names = quoted(&it.message).chain([marked]);
            let names = names.chain(misplaced(&it.message, rest)).map(without_index);
            Repair {
                code: it.code,
                names: names.collect(),
                of_several: it.message.ends_with("(the first of several)"),
            }
        })
        .collect()
}

/// The names of a misplaced element and of what follows it in the same parent:
/// one message names all of them.
fn misplaced<'t>(message: &str, text: &'t str) -> Vec<&'t str> {
    let mut tags = quoted(message).filter_map(|it| it.strip_prefix('<'));
    let Some(parent) = tags.nth(1).and_then(|it| it.strip_suffix('>')) else {
        return Vec::new();
    };
    let (within, _) = text
        .split_once(&format!("</{parent}>"))
        .unwrap_or((text, ""));
    let names = within.split("<name>").skip(1);
    names
        .filter_map(|it| Some(it.split_once('<')?.0.trim()))
        .collect()
}

impl<'a> Circumstances<'a> {
    pub(crate) fn new(reader: Reader, plain: &'a Flat, repairs: Vec<Repair>) -> Self {
        let mut notes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for ((peripheral, _), registers) in &plain.registers {
            let known = notes.entry(peripheral).or_default();
            for note in registers.iter().flat_map(|it| it.notes.0.split(',')) {
                if !known.contains(&note) {
                    known.push(note);
                }
            }
        }
        Circumstances {
            reader,
            plain,
            repairs,
            notes,
        }
    }

    fn is_cmsis_svd(&self) -> bool {
        self.reader == Reader::CmsisSvd
    }

    /// Whether something was repaired for that reason, whose message names the
    /// element or the value that differs.
    fn repaired(&self, code: Code, difference: &Difference) -> bool {
        let words = [&difference.place, &difference.oracle, &difference.ours];
        let words = words.iter().flat_map(|text| {
            text.split(|it: char| " .,/?[]".contains(it))
                .map(without_index)
        });
        let words: Vec<String> = words.collect();
        let mut repairs = self.repairs.iter().filter(|repair| repair.code == code);
        repairs.any(|repair| repair.of_several || repair.names.iter().any(|it| words.contains(it)))
    }

    /// The registers of the plain reading at that address.
    fn registers(&self, at: &At) -> &'a [Register] {
        let place = at
            .address
            .map(|address| (Rc::clone(&at.peripheral), address));
        let found = place.and_then(|place| self.plain.registers.get(&place));
        found.map_or(&[], Vec::as_slice)
    }

    /// The fields of the plain reading at those bits.
    fn fields(&self, at: &At) -> impl Iterator<Item = &'a Field> {
        let bits = at.bits;
        let fields = self.registers(at).iter().flat_map(|it| &it.layout.fields);
        fields.filter(move |field| Some((field.low, field.width)) == bits)
    }

    /// Whether the file writes the values that differ so.
    fn values_are(&self, difference: &Difference, note: &str) -> bool {
        let noted = |values: &Option<Values>| values.as_ref().is_some_and(|it| it.notes.have(note));
        let mut fields = self.fields(&difference.at);
        fields.any(|field| noted(&field.values) || noted(&field.write_values))
    }

    /// Whether the file writes a register at that address so.
    fn register_is(&self, difference: &Difference, note: &str) -> bool {
        let mut registers = self.registers(&difference.at).iter();
        registers.any(|register| register.notes.have(note))
    }

    /// Whether the file writes a register of that peripheral so.
    fn peripheral_has(&self, difference: &Difference, note: &str) -> bool {
        let notes = self.notes.get(&*difference.at.peripheral);
        notes.is_some_and(|notes| notes.contains(&note))
    }

    /// How many registers of the peripheral have that name in their container.
    fn registers_called(&self, difference: &Difference, name: &str) -> usize {
        let peripheral = &difference.at.peripheral;
        let range = (Rc::clone(peripheral), 0)..=(Rc::clone(peripheral), u64::MAX);
        let registers = self.plain.registers.range(range).flat_map(|(_, it)| it);
        let own_name = |it: &Register| it.path.last()?.first().cloned();
        registers
            .filter(|register| own_name(register).as_deref() == Some(name))
            .count()
    }

    /// The lines that the plain reading gives a peripheral, in words.
    fn plain_lines(&self, difference: &Difference) -> String {
        let lines = self.plain.interrupts.get(&*difference.at.peripheral);
        let lines = lines.into_iter().flatten();
        let texts = lines.map(|(number, name)| format!("{number} {name}"));
        texts.collect::<Vec<_>>().join(", ")
    }
}

/// The reason for a difference, by its place in [`REASONS`].
pub(crate) fn reason(difference: &Difference, circumstances: &Circumstances<'_>) -> Option<usize> {
    REASONS.iter().position(|reason| {
        reason.kinds.contains(&difference.kind) && (reason.holds)(difference, circumstances)
    })
}

/// Every reason, in the order of the page.
pub(crate) const REASONS: &[Reason] = &[
    Reason {
        why: "R0106: an access in a spelling that CMSIS-SVD does not have, such as `read-writeonce`, is \
              repaired; the other reading leaves it as it is.",
        kinds: &[Kind::Access, Kind::FieldAccess],
        holds: |it, file| it.oracle.starts_with('?') && file.repaired(Code::BadValue, it),
    },
    Reason {
        why: "R0102, R0104: an element that is misplaced, misspelt or written several times is read \
              as what it means; the other reading passes it over.",
        kinds: PASSED_OVER,
        holds: |it, file| {
            let mut codes = [Code::UnknownKey, Code::DuplicateKey].into_iter();
            codes.any(|code| file.repaired(code, it))
        },
    },
    Reason {
        why: "R0303: a register is narrowed to the width that its address is a multiple of.",
        kinds: &[Kind::Width],
        holds: |it, file| file.repaired(Code::Misaligned, it),
    },
    Reason {
        why: "R0402: a field ends with its register.",
        kinds: &[Kind::MissingField, Kind::ExtraField],
        holds: |it, file| file.repaired(Code::OutsideRegister, it),
    },
    Reason {
        why: "R0502: an enumerated value that does not fit into its field is left out.",
        kinds: VALUES,
        holds: |it, file| it.ours.is_empty() && file.repaired(Code::EnumeratedValueTooLarge, it),
    },
    Reason {
        why: "R0503: of enumerated values with one number the first is kept.",
        kinds: VALUES,
        holds: |it, file| it.ours.is_empty() && file.repaired(Code::EnumeratedValuesEqual, it),
    },
    Reason {
        why: "R0601: a later value of the same name has its number behind it.",
        kinds: VALUES,
        holds: |it, file| {
            let pairs = || listed(&it.oracle).zip(listed(&it.ours));
            listed(&it.oracle).count() == listed(&it.ours).count()
                && pairs().all(|(before, after)| is_numbered(before, after))
                && file.repaired(Code::DuplicateName, it)
        },
    },
    Reason {
        why: "R0305, R0107: an array of more registers than a block can have is left out.",
        kinds: &[Kind::MissingRegister],
        holds: |it, file| {
            let mut codes = [Code::BadCount, Code::TooLarge].into_iter();
            codes.any(|code| file.repaired(code, it))
        },
    },
    Reason {
        why: "Several fields of one register whose name says that they are reserved are no fields.",
        kinds: &[Kind::MissingField],
        holds: |it, file| {
            let name = it.place.rsplit('.').next().unwrap_or_default();
            let registers = file.registers(&it.at).iter();
            let called = registers.map(|register| {
                let fields = register.layout.fields.iter();
                fields.filter(|field| field.name == name).count()
            });
            says_reserved(name) && called.max() > Some(1)
        },
    },
    Reason {
        why: "Several registers of one place whose name says that they are reserved are reserved \
              ranges.",
        kinds: &[Kind::MissingRegister],
        holds: |it, file| {
            let mut registers = file.registers(&it.at).iter();
            registers.any(|register| {
                let name = register.path.last().and_then(|names| names.first());
                name.is_some_and(|name| says_reserved(name) && file.registers_called(it, name) > 1)
            })
        },
    },
    Reason {
        why: "Of two interrupts of one name in a peripheral, the second has a number behind its name; \
              one line under two names is one interrupt.",
        kinds: &[Kind::Interrupts],
        holds: |it, file| {
            let lines = file.plain_lines(it);
            let parts = |at: usize| listed(&lines).filter_map(move |it| it.splitn(2, ' ').nth(at));
            has_one_twice(parts(0)) || has_one_twice(parts(1))
        },
    },
    Reason {
        why: "cmsis-svd takes an access in such a spelling for none, which is read-write, or for \
              what it is most like.",
        kinds: &[Kind::Access, Kind::FieldAccess],
        holds: |it, file| {
            let mut registers = file.registers(&it.at).iter();
            let unknown = |access: &String| access.starts_with('?');
            file.is_cmsis_svd()
                && registers.any(|register| {
                    let fields = register.layout.fields.iter().map(|field| &field.access);
                    fields.chain([&register.layout.access]).any(unknown)
                })
        },
    },
    Reason {
        why: "cmsis-svd gives a derived peripheral the interrupts of its base, and each element of an \
              array of peripherals those of all. regloom gives each its own alone: another \
              instance's line is another line.",
        kinds: &[Kind::Interrupts],
        holds: |it, file| file.is_cmsis_svd() && it.ours == file.plain_lines(it),
    },
    Reason {
        why: "cmsis-svd reads a don't-care bit of an enumerated value as 0, so that `#1x` names 2 \
              and not 3. regloom names both, the second with its number behind the name.",
        kinds: VALUES,
        holds: |it, file| {
            file.is_cmsis_svd()
                && file.values_are(it, "pattern")
                && it.oracle.is_empty()
                && listed(&it.ours).all(has_its_number)
        },
    },
    Reason {
        why: "cmsis-svd names 0 by each of the patterns `#xxx0`, `#xx0x`, `#x0xx`. Of patterns that \
              overlap, regloom lets the first name a number.",
        kinds: VALUES,
        holds: |it, file| file.is_cmsis_svd() && file.values_are(it, "overlap"),
    },
    Reason {
        why: "cmsis-svd does not find all values that a field has by `derivedFrom`, its own or that of \
              its `<enumeratedValues>`.",
        kinds: VALUES,
        holds: |it, file| {
            file.is_cmsis_svd() && file.values_are(it, "derived") && it.oracle.is_empty()
        },
    },
    Reason {
        why: "cmsis-svd does not read numbers that begin with `0b`.",
        kinds: VALUES,
        holds: |it, file| file.is_cmsis_svd() && file.values_are(it, "0b") && it.oracle.is_empty(),
    },
    Reason {
        why: "cmsis-svd does not let registers inherit the `<size>` of their cluster.",
        kinds: &[Kind::Width],
        holds: |it, file| file.is_cmsis_svd() && file.register_is(it, "cluster-size"),
    },
    Reason {
        why: "cmsis-svd does not read a `<resetValue>` of a field.",
        kinds: &[Kind::Reset],
        holds: |it, file| {
            let mut registers = file.registers(&it.at).iter();
            let reset = |it: &Register| format!("{:#x}", it.layout.reset & it.layout.mask);
            file.is_cmsis_svd() && registers.any(|register| reset(register) == it.ours)
        },
    },
    Reason {
        why: "cmsis-svd places a cluster within a cluster, and its registers, as if there were no \
              outer one; what is then at one address of the peripheral is another register.",
        kinds: MISPLACED,
        holds: |it, file| file.is_cmsis_svd() && file.peripheral_has(it, "nested"),
    },
    Reason {
        why: "cmsis-svd does not find a base in another cluster or by the name of an array's \
              element, and derives nothing that has no `<description>` of its own.",
        kinds: MISPLACED,
        holds: |it, file| {
            let is_nowhere = file.registers(&it.at).is_empty();
            file.is_cmsis_svd()
                && (file.register_is(it, "derived")
                    || is_nowhere && file.peripheral_has(it, "derived"))
        },
    },
];

const VALUES: &[Kind] = &[Kind::Values, Kind::WriteValues];

/// What one reading has and another passes over.
const PASSED_OVER: &[Kind] = &[
    Kind::Peripheral,
    Kind::Interrupts,
    Kind::ExtraRegister,
    Kind::Width,
    Kind::Access,
    Kind::Reset,
    Kind::ResetMask,
    Kind::ExtraField,
    Kind::FieldAccess,
    Kind::Values,
    Kind::WriteValues,
];

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

/// The texts between backticks.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

/// A name as the others of its array have it too.
fn without_index(name: &str) -> String {
    let bare = bare(name);
    let stem = bare.trim_end_matches(|it: char| it.is_ascii_digit());
    if stem.is_empty() {
        bare
    } else {
        stem.to_owned()
    }
}

/// Whether a name plainly says so, as `docs/description.md` has it.
fn says_reserved(name: &str) -> bool {
    let name = name.trim_start_matches('_').to_ascii_lowercase();
    let words = ["reserved", "rsvd", "rsrvd"];
    let mut rest = words.iter().filter_map(|word| name.strip_prefix(word));
    rest.any(|rest| rest.chars().all(|it| it.is_ascii_digit() || it == '_'))
}

fn has_one_twice<'t>(texts: impl Iterator<Item = &'t str>) -> bool {
    let mut texts: Vec<&str> = texts.collect();
    texts.sort_unstable();
    texts.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::super::compare::{Paths, compare};
    use super::super::oracle::parse;
    use super::*;

    /// The reasons for what differs between two readings of one file.
    fn reasons(reader: Reader, plain: &str, oracle: &str, ours: &str) -> Vec<Option<&'static str>> {
        let plain = parse(plain).unwrap();
        let circumstances = Circumstances::new(reader, &plain, Vec::new());
        let found = compare(&parse(oracle).unwrap(), &parse(ours).unwrap(), Paths::Hints);
        let reasons = found.iter().map(|it| reason(it, &circumstances));
        reasons.map(|it| it.map(|it| REASONS[it].why)).collect()
    }

    fn of_values(notes: &str, values: &str) -> String {
        format!(
            "S\t32\trw/-/modify/none\t0\t0\nF\t0\t2\trw/-/modify/none\tMODE\n\
             E\tread-write\t{notes}\n{values}P\tA\t0\nR\tA\t0\t0\tR\t\n"
        )
    }

    /// The same difference is explained where the file is written so, and is a
    /// mistake where it is not.
    #[test]
    fn how_the_file_is_written_explains_a_difference() {
        let named = "V\t2\ton\nV\t3\ton_3\n";
        let ours = of_values("", named);
        for (note, oracle, why) in [
            ("pattern", "V\t2\ton\n", "cmsis-svd reads a don't-care bit"),
            ("overlap", "V\t0\ton\n", "cmsis-svd names 0 by each"),
            ("derived", "", "cmsis-svd does not find all values"),
            ("0b", "", "cmsis-svd does not read numbers"),
        ] {
            let oracle = of_values("", oracle);
            let with =
                |notes: &str| reasons(Reader::CmsisSvd, &of_values(notes, named), &oracle, &ours);
            let found = with(note);
            assert!(!found.is_empty());
            for reason in found {
                assert!(
                    reason.is_some_and(|it| it.starts_with(why)),
                    "{note}: {reason:?}"
                );
            }
            assert!(with("").iter().all(Option::is_none), "{note}");
            let plain = of_values(note, named);
            let by_plain = reasons(Reader::Plain, &plain, &oracle, &ours);
            assert!(by_plain.iter().all(Option::is_none), "{note}");
        }
    }

    #[test]
    fn a_misplaced_element_is_named_with_what_follows_it() {
        let message = "`<field>` does not belong in `<register>`";
        let text = "<field><name>A</name></field><field><name> B </name></field></register>\
                    <register><name>C</name></register>";
        assert_eq!(misplaced(message, text), ["A", "B"]);
        assert_eq!(misplaced("`A` and `B` overlap", text), [""; 0]);
    }

    #[test]
    fn reserved_fields_are_explained_where_there_are_several() {
        let fields = |names: &[&str]| {
            let fields = names.iter().zip(0..);
            let fields =
                fields.map(|(name, bit)| format!("F\t{bit}\t1\trw/-/modify/none\t{name}\n"));
            let fields: String = fields.collect();
            format!("S\t32\trw/-/modify/none\t0\t0\n{fields}P\tA\t0\nR\tA\t0\t0\tR\t\n")
        };
        let found = |names: &[&str]| {
            let file = fields(names);
            reasons(Reader::Plain, &file, &file, &fields(&["F"]))
        };
        assert!(
            found(&["F", "RESERVED", "RESERVED"])
                .iter()
                .all(Option::is_some)
        );
        assert_eq!(found(&["F", "RESERVED"]), [None]);
        assert_eq!(found(&["F", "RES", "RES"]), [None, None]);
    }

    #[test]
    fn lines_of_one_name_or_number_are_distinguished() {
        let lines = |lines: &str| format!("P\tA\t0\n{lines}");
        let found = |file: &str, ours: &str| {
            reasons(Reader::Plain, &lines(file), &lines(file), &lines(ours))
        };
        let one_name = "I\tA\t88\tLCD\nI\tA\t89\tLCD\n";
        assert!(found(one_name, "I\tA\t88\tLCD\nI\tA\t89\tLCD_2\n")[0].is_some());
        let one_line = "I\tA\t5\tRX\nI\tA\t5\tTX\n";
        assert!(found(one_line, "I\tA\t5\tRX\n")[0].is_some());
        let two = "I\tA\t5\tRX\nI\tA\t6\tTX\n";
        assert_eq!(found(two, "I\tA\t5\tRX\n"), [None]);
    }
}
