// SPDX-License-Identifier: MIT OR Apache-2.0

//! Two readings of one file, side by side.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::rc::Rc;

use super::flat::{Field, Flat, Layout, Names, Register, Values};

/// Something the two readings do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) kind: Kind,
    /// Peripheral, register and perhaps field.
    pub(crate) place: String,
    /// What the oracle reads.
    pub(crate) oracle: String,
    /// What regloom reads.
    pub(crate) ours: String,
    /// Where the register or field is that differs.
    pub(crate) at: At,
}

/// The place of a difference in either reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) peripheral: Rc<str>,
    /// The register's address, unless it is the peripheral that differs.
    pub(crate) address: Option<u64>,
    /// Lowest bit and width of the field, if it is one that differs.
    pub(crate) bits: Option<(u32, u32)>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            place,
            oracle,
            ours,
            at: _,
        } = self;
        write!(f, "{kind}: {place}: oracle `{oracle}`, regloom `{ours}`")
    }
}

macro_rules! kinds {
    ($($kind:ident = $text:literal,)*) => {
        /// What a difference is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Kind {
            $($kind,)*
        }

        impl fmt::Display for Kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Kind::$kind => $text,)*
                })
            }
        }
    };
}

kinds! {
    Peripheral = "peripheral",
    Interrupts = "interrupts",
    MissingRegister = "missing register",
    ExtraRegister = "extra register",
    RegisterName = "register's name",
    Width = "width",
    Access = "register's access",
    Reset = "reset",
    ResetMask = "reset mask",
    MissingField = "missing field",
    ExtraField = "extra field",
    FieldName = "field's name",
    FieldAccess = "field's access",
    Values = "enumerated values",
    WriteValues = "enumerated values of writes",
}

/// What the names of registers in a reading are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paths {
    /// They are to be the same.
    Compared,
    /// They only help to distinguish registers at one address: the reading has
    /// no paths.
    Hints,
}

/// Everything the two do not agree on. Registers that share a layout in both
/// readings are reported once.
pub(crate) fn compare(oracle: &Flat, ours: &Flat, paths: Paths) -> Vec<Difference> {
    let mut comparison = Comparison {
        paths,
        at: At::default(),
        found: Vec::new(),
        seen: HashSet::new(),
    };
    comparison.peripherals(oracle, ours);
    comparison.interrupts(oracle, ours);
    let places: HashSet<_> = oracle
        .registers
        .keys()
        .chain(ours.registers.keys())
        .collect();
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort();
    for place in places {
        let at = |flat: &Flat| flat.registers.get(place).cloned().unwrap_or_default();
        comparison.at = At {
            peripheral: Rc::clone(&place.0),
            address: Some(place.1),
            bits: None,
        };
        comparison.place(&place.0, place.1, at(oracle), at(ours));
    }
    comparison.found
}

struct Comparison {
    paths: Paths,
    /// What is being compared.
    at: At,
    found: Vec<Difference>,
    /// Pairs of layouts that were compared.
    seen: HashSet<(*const Layout, *const Layout)>,
}

impl Comparison {
    fn report<T: fmt::Display>(&mut self, kind: Kind, place: &str, oracle: T, ours: T) {
        self.found.push(Difference {
            kind,
            place: place.to_owned(),
            oracle: oracle.to_string(),
            ours: ours.to_string(),
            at: self.at.clone(),
        });
    }

    fn expect<T: fmt::Display + PartialEq>(&mut self, kind: Kind, place: &str, oracle: T, ours: T) {
        if oracle != ours {
            self.report(kind, place, oracle, ours);
        }
    }

    fn peripherals(&mut self, oracle: &Flat, ours: &Flat) {
        let base = |flat: &Flat, name: &String| match flat.peripherals.get(name) {
            Some(base) => format!("{base:#x}"),
            None => "none".to_owned(),
        };
        for name in union(&oracle.peripherals, &ours.peripherals) {
            self.at.peripheral = name.as_str().into();
            self.expect(Kind::Peripheral, name, base(oracle, name), base(ours, name));
        }
    }

    fn interrupts(&mut self, oracle: &Flat, ours: &Flat) {
        let all = |flat: &Flat, name: &String| {
            let interrupts = flat.interrupts.get(name).into_iter().flatten();
            let texts = interrupts.map(|(number, name)| format!("{number} {name}"));
            texts.collect::<Vec<_>>().join(", ")
        };
        for name in union(&oracle.interrupts, &ours.interrupts) {
            self.at.peripheral = name.as_str().into();
            self.expect(Kind::Interrupts, name, all(oracle, name), all(ours, name));
        }
    }

    /// Pairs the registers at one address: by what they are and their names,
    /// then by less and less of that.
    fn place(
        &mut self,
        peripheral: &str,
        address: u64,
        mut oracle: Vec<Register>,
        mut ours: Vec<Register>,
    ) {
        let degrees: [fn(&Register, &Register) -> bool; 5] = [
            |a, b| a.layout == b.layout && same_name(a, b),
            |a, b| same_shape(a, b) && same_name(a, b),
            same_name,
            same_shape,
            |a, b| a.layout.width == b.layout.width,
        ];
        for alike in degrees {
            let mut left = Vec::new();
            for theirs in oracle {
                match ours.iter().position(|it| alike(&theirs, it)) {
                    Some(index) => self.pair(peripheral, &theirs, &ours.remove(index)),
                    None => left.push(theirs),
                }
            }
            oracle = left;
        }
        let at = |register: &Register| format!("{peripheral} {} at {address:#x}", register.name());
        let width = |register: &Register| format!("{} bits", register.layout.width);
        for register in &oracle {
            let (place, width) = (at(register), width(register));
            self.report(Kind::MissingRegister, &place, width, "none".to_owned());
        }
        for register in &ours {
            let (place, width) = (at(register), width(register));
            self.report(Kind::ExtraRegister, &place, "none".to_owned(), width);
        }
    }

    fn pair(&mut self, peripheral: &str, oracle: &Register, ours: &Register) {
        let place = format!("{peripheral} {}", oracle.name());
        if self.paths == Paths::Compared && !same_name(oracle, ours) {
            self.report(Kind::RegisterName, &place, oracle.name(), ours.name());
        }
        let pair = (Rc::as_ptr(&oracle.layout), Rc::as_ptr(&ours.layout));
        if self.seen.insert(pair) {
            self.layout(&place, &oracle.layout, &ours.layout);
        }
    }

    fn layout(&mut self, place: &str, oracle: &Layout, ours: &Layout) {
        self.expect(Kind::Width, place, oracle.width, ours.width);
        self.expect(Kind::Access, place, &oracle.access, &ours.access);
        // Bits without a stated reset match any.
        let reset = |layout: &Layout| format!("{:#x}", layout.reset & oracle.mask);
        self.expect(Kind::Reset, place, reset(oracle), reset(ours));
        let mask = |layout: &Layout| format!("{:#x}", layout.mask);
        self.expect(Kind::ResetMask, place, mask(oracle), mask(ours));
        self.fields(place, &oracle.fields, &ours.fields);
    }

    fn fields(&mut self, place: &str, oracle: &[Field], ours: &[Field]) {
        let mut left: Vec<&Field> = ours.iter().collect();
        for theirs in oracle {
            self.at.bits = Some((theirs.low, theirs.width));
            let place = format!("{place}.{}", theirs.name);
            let bits = |field: &Field| (field.low, field.width) == (theirs.low, theirs.width);
            let named = |field: &Field| bits(field) && bare(&field.name) == bare(&theirs.name);
            let found = left.iter().position(|field| named(field));
            match found.or_else(|| left.iter().position(|field| bits(field))) {
                Some(index) => self.field(&place, theirs, left.remove(index)),
                None => self.report(Kind::MissingField, &place, theirs.bits(), String::new()),
            }
        }
        for field in left {
            self.at.bits = Some((field.low, field.width));
            let place = format!("{place}.{}", field.name);
            self.report(Kind::ExtraField, &place, String::new(), field.bits());
        }
        self.at.bits = None;
    }

    fn field(&mut self, place: &str, oracle: &Field, ours: &Field) {
        if bare(&oracle.name) != bare(&ours.name) {
            self.report(Kind::FieldName, place, &oracle.name, &ours.name);
        }
        self.expect(Kind::FieldAccess, place, &oracle.access, &ours.access);
        let (read, write) = (oracle.read_and_written(), ours.read_and_written());
        self.values(Kind::Values, place, read.0, write.0);
        self.values(Kind::WriteValues, place, read.1, write.1);
    }

    fn values(&mut self, kind: Kind, place: &str, oracle: Option<&Values>, ours: Option<&Values>) {
        let none = Values::default();
        let (oracle, ours) = (oracle.unwrap_or(&none), ours.unwrap_or(&none));
        if !oracle.agree_with(ours) {
            self.report(
                kind,
                place,
                oracle.only_unlike(ours),
                ours.only_unlike(oracle),
            );
        }
    }
}

fn union<'a, T>(
    a: &'a BTreeMap<String, T>,
    b: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = &'a String> {
    a.keys()
        .chain(b.keys().filter(|name| !a.contains_key(*name)))
}

fn same_shape(a: &Register, b: &Register) -> bool {
    a.layout.shape().eq(b.layout.shape())
}

/// cmsis-svd has no paths: it puts the names of clusters before the register's.
fn same_name(a: &Register, b: &Register) -> bool {
    let segments = || a.path.iter().zip(&b.path).all(|(a, b)| share_a_name(a, b));
    a.path.len() == b.path.len() && segments() || bare(&a.name()) == bare(&b.name())
}

fn share_a_name(a: &Names, b: &Names) -> bool {
    a.iter().any(|a| b.iter().any(|b| bare(a) == bare(b)))
}

/// A name without what an output may change of it: its case, its underscores.
pub(crate) fn bare(name: &str) -> String {
    let kept = name.chars().filter(|letter| letter.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

impl Field {
    fn bits(&self) -> String {
        format!("{}+{}", self.low, self.width)
    }

    /// What is read, and what is written where that is something else.
    fn read_and_written(&self) -> (Option<&Values>, Option<&Values>) {
        match (&self.values, &self.write_values) {
            (None, write) => (write.as_ref(), None),
            (read, write) => (read.as_ref(), write.as_ref().filter(|_| read != write)),
        }
    }
}

impl Values {
    fn agree_with(&self, other: &Values) -> bool {
        self.default == other.default
            && self.named.len() == other.named.len()
            && self.unlike(other).next().is_none()
            && other.unlike(self).next().is_none()
    }

    /// Those that the other reading has not, or by another name.
    fn unlike<'a>(&'a self, other: &'a Values) -> impl Iterator<Item = &'a (u64, String)> {
        let known = |value| other.named.iter().any(|it| same_value(value, it));
        self.named.iter().filter(move |value| !known(value))
    }

    /// The same in words, the default with them.
    fn only_unlike(&self, other: &Values) -> String {
        let texts = self
            .unlike(other)
            .map(|(number, name)| format!("{number} {name}"));
        let mut texts: Vec<String> = texts.collect();
        if self.default != other.default {
            texts.extend(self.default.iter().map(|name| format!("else {name}")));
        }
        texts.join(", ")
    }
}

/// Of the values that a don't-care pattern stands for, regloom puts the number
/// behind the name, so that no two have one name.
fn same_value((number, name): &(u64, String), (other, theirs): &(u64, String)) -> bool {
    let numbered = |long: &str, short: &str| {
        let rest = long
            .strip_prefix(short)
            .and_then(|rest| rest.strip_prefix('_'));
        rest.is_some_and(|rest| rest.parse() == Ok(*number))
    };
    number == other && (name == theirs || numbered(theirs, name) || numbered(name, theirs))
}

#[cfg(test)]
mod tests {
    use super::super::oracle::parse;
    use super::*;

    const ORACLE: &str = "\
S\t32\trw/-/modify/none\t7\t255
F\t0\t2\trw/-/modify/none\tMODE
E\tread-write\t
V\t0\toff
V\t2\ton
V\t3\ton
F\t2\t1\tro/-/modify/none\tBUSY
P\tUART0\t4096
R\tUART0\t4096\t0\tCH.CFG0|CFG\tderived
R\tUART0\t4100\t0\tCH.CFG1|CFG\t
I\tUART0\t5\tUART
";

    /// What the comparison finds when one of the texts reads otherwise.
    fn found(from: &str, to: &str) -> Vec<Kind> {
        assert!(ORACLE.contains(from), "{from}");
        let ours = parse(&ORACLE.replace(from, to)).unwrap();
        let found = compare(&parse(ORACLE).unwrap(), &ours, Paths::Compared);
        found.into_iter().map(|it| it.kind).collect()
    }

    #[test]
    fn equal_readings_do_not_differ() {
        assert_eq!(found("UART0", "UART0"), []);
        assert_eq!(found("derived", "nested"), []);
        assert_eq!(found("CH.CFG0|CFG", "ch.c_fg[0]|CFG"), []);
        assert_eq!(found("3\ton", "3\ton_3"), []);
    }

    #[test]
    fn every_deviation_is_found() {
        for (from, to, kinds) in [
            ("P\tUART0\t4096", "P\tUART0\t8192", &[Kind::Peripheral][..]),
            ("I\tUART0\t5", "I\tUART0\t6", &[Kind::Interrupts]),
            (
                "R\tUART0\t4100",
                "R\tUART0\t4104",
                &[Kind::MissingRegister, Kind::ExtraRegister],
            ),
            ("CH.CFG1|CFG", "CH.DATA1", &[Kind::RegisterName]),
            ("S\t32\trw", "S\t32\two", &[Kind::Access]),
            ("none\t7\t255", "none\t6\t255", &[Kind::Reset]),
            ("none\t7\t255", "none\t7\t15", &[Kind::ResetMask]),
            (
                "F\t2\t1",
                "F\t2\t2",
                &[Kind::MissingField, Kind::ExtraField],
            ),
            ("BUSY", "IDLE", &[Kind::FieldName]),
            ("ro/-", "ro/once", &[Kind::FieldAccess]),
            ("V\t0\toff\n", "", &[Kind::Values]),
            ("V\t2\ton\n", "V\t2\ton\nD\tother\n", &[Kind::Values]),
            ("3\ton", "3\ton_2", &[Kind::Values]),
            (
                "BUSY\n",
                "BUSY\nE\tread\t\nV\t0\ta\nE\twrite\t\nV\t0\tb\n",
                &[Kind::Values, Kind::WriteValues],
            ),
        ] {
            assert_eq!(found(from, to), kinds, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn a_width_is_compared() {
        assert_eq!(found("S\t32", "S\t16"), [Kind::Width]);
    }

    #[test]
    fn reset_bits_that_nothing_tells_do_not_count() {
        assert_eq!(found("none\t7\t255", "none\t263\t255"), []);
    }
}
