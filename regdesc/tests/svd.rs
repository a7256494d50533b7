// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing that is written in an SVD is dropped in silence: one mistake, planted
//! anywhere in a description that is right, is reported at its place.
//!
//! `PLANTED_CASES` sets how many descriptions are made.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use std::fmt::Write as _;
use std::ops::Range;

use proptest::prelude::*;
use regdesc::{Code, Diagnostics, Failure, Options, Sources, Style};

/// An element, with its text or what it holds.
#[derive(Debug, Clone)]
struct Element {
    tag: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
    /// What is done to it.
    planted: Option<Planted>,
}

/// The part of an element that is a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planted {
    Whole,
    Attribute,
    Text,
}

fn leaf(tag: &str, text: impl Into<String>) -> Element {
    Element {
        text: text.into(),
        ..holding(tag, Vec::new())
    }
}

fn holding(tag: &str, children: Vec<Element>) -> Element {
    Element {
        tag: tag.to_owned(),
        attributes: Vec::new(),
        text: String::new(),
        children,
        planted: None,
    }
}

/// The elements whose text is a number that is read.
const NUMBERS: &[&str] = &[
    "addressOffset",
    "addressUnitBits",
    "baseAddress",
    "bitOffset",
    "bitWidth",
    "dim",
    "dimIncrement",
    "lsb",
    "maximum",
    "minimum",
    "msb",
    "offset",
    "resetMask",
    "resetValue",
    "size",
    "value",
    "width",
];

impl Element {
    fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// Writes it behind a text; gives where the planted part is.
    fn write(&self, text: &mut String) -> Option<Range<usize>> {
        let mut place = None;
        let start = text.len();
        write!(text, "<{}", self.tag).unwrap();
        for (name, value) in &self.attributes {
            text.push(' ');
            let from = text.len();
            write!(text, "{name}=\"{value}\"").unwrap();
            // The planted attribute is the last.
            if self.planted == Some(Planted::Attribute) {
                place = Some(from..text.len());
            }
        }
        text.push('>');
        let from = text.len();
        text.push_str(&self.text);
        if self.planted == Some(Planted::Text) {
            // No text has its place in the tag.
            let from = if self.text.is_empty() { start } else { from };
            place = Some(from..text.len());
        }
        for child in &self.children {
            text.push('\n');
            place = child.write(text).or(place);
        }
        write!(text, "</{}>", self.tag).unwrap();
        match self.planted {
            Some(Planted::Whole) => Some(start..text.len()),
            _ => place,
        }
    }

    /// The ways to every element that a mistake can be in: not to what vendors
    /// are free to fill.
    fn paths(&self) -> Vec<Vec<usize>> {
        let mut paths = vec![Vec::new()];
        if self.tag == "vendorExtensions" {
            return paths;
        }
        for (number, child) in self.children.iter().enumerate() {
            paths.extend(child.paths().into_iter().map(|mut path| {
                path.insert(0, number);
                path
            }));
        }
        paths
    }

    fn get(&self, path: &[usize]) -> &Element {
        path.iter()
            .fold(self, |element, &number| &element.children[number])
    }

    fn at(&mut self, path: &[usize]) -> &mut Element {
        path.iter()
            .fold(self, |element, &number| &mut element.children[number])
    }
}

/// What was chosen, one after the other; the first of each kind when it ends.
struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or(0)) % limit
    }

    fn sometimes(&mut self) -> bool {
        self.below(3) == 1
    }

    fn one<'c, T: ?Sized>(&mut self, of: &[&'c T]) -> &'c T {
        of[self.below(of.len())]
    }

    /// A number in one of its spellings.
    fn number(&mut self, value: u64) -> String {
        match self.below(9) {
            0 => format!("{value}"),
            1 => format!("0x{value:x}"),
            2 => format!("0X{value:X}"),
            3 => format!("#{value:b}"),
            4 => format!("0b{value:b}"),
            5 => format!("+{value}"),
            6 => format!(" {value:#x}\n"),
            7 => format!("<!-- {value} -->{value}"),
            _ => format!("<![CDATA[{value}]]>"),
        }
    }
}

/// A description that is right.
struct Maker<'a> {
    choices: Choices<'a>,
    names: usize,
}

impl Maker<'_> {
    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn number(&mut self, tag: &str, value: u64) -> Element {
        let text = self.choices.number(value);
        leaf(tag, text)
    }

    /// Properties that change nothing of the layout.
    fn properties(&mut self) -> Vec<Element> {
        let mut all = Vec::new();
        if self.choices.sometimes() {
            all.push(self.number("size", 32));
        }
        if self.choices.sometimes() {
            let access = ["read-write", "read-only", "write-only", "read-writeOnce"];
            all.push(leaf("access", self.choices.one(&access)));
        }
        if self.choices.sometimes() {
            all.push(leaf("protection", self.choices.one(&["s", "n", "p"])));
        }
        if self.choices.sometimes() {
            let value = self.choices.below(256) as u64;
            all.push(self.number("resetValue", value));
            all.push(self.number("resetMask", 0xff));
        }
        all
    }

    fn effects(&mut self) -> Vec<Element> {
        let mut all = Vec::new();
        if self.choices.sometimes() {
            let effects = ["oneToClear", "zeroToSet", "modify"];
            all.push(leaf("modifiedWriteValues", self.choices.one(&effects)));
        }
        if self.choices.sometimes() {
            let effects = ["clear", "modifyExternal"];
            all.push(leaf("readAction", self.choices.one(&effects)));
        }
        all
    }

    /// Makes an array of some elements; gives how many.
    fn array(&mut self, stride: u64, element: &mut Vec<Element>) -> u64 {
        if !self.choices.sometimes() {
            return 1;
        }
        let count = 2 + self.choices.below(3) as u64;
        let mut dim = vec![
            self.number("dim", count),
            self.number("dimIncrement", stride),
        ];
        if self.choices.sometimes() {
            let index = [format!("0-{}", count - 1), format!("0 - {}", count - 1)];
            let index = self.choices.one(&[index[0].as_str(), index[1].as_str()]);
            dim.push(leaf("dimIndex", index));
        }
        if self.choices.sometimes() {
            dim.push(leaf("dimName", "Type"));
        }
        let name = element.iter_mut().find(|it| it.tag == "name").unwrap();
        name.text.push_str("[%s]");
        element.splice(0..0, dim);
        count
    }

    fn values(&mut self) -> Element {
        let mut all = Vec::new();
        if self.choices.sometimes() {
            all.push(leaf("name", self.name("E")));
        }
        if self.choices.sometimes() {
            all.push(leaf(
                "usage",
                self.choices.one(&["read", "write", "read-write"]),
            ));
        }
        all.push(holding(
            "enumeratedValue",
            vec![leaf("name", "off"), self.number("value", 0)],
        ));
        if self.choices.sometimes() {
            let pattern = self.choices.one(&["0b01X", "#01x", "0B01x", "#1X"]);
            all.push(holding(
                "enumeratedValue",
                vec![leaf("name", "on"), leaf("value", pattern)],
            ));
        }
        if self.choices.sometimes() {
            all.push(holding(
                "enumeratedValue",
                vec![leaf("name", "other"), leaf("isDefault", "true")],
            ));
        }
        holding("enumeratedValues", all)
    }

    fn field(&mut self, low: u64, earlier: Option<&str>) -> (Element, u64) {
        let mut all = vec![leaf("name", self.name("F"))];
        if self.choices.sometimes() {
            all.push(leaf("description", "A field"));
        }
        let high = low + 2;
        all.extend(match self.choices.below(3) {
            0 => vec![leaf(
                "bitRange",
                self.choices
                    .one(&[
                        format!("[{high}:{low}]").as_str(),
                        format!(" [{high}:{low}]\n").as_str(),
                    ])
                    .to_owned(),
            )],
            1 => vec![self.number("lsb", low), self.number("msb", high)],
            _ => vec![self.number("bitOffset", low), self.number("bitWidth", 3)],
        });
        if self.choices.sometimes() {
            all.push(leaf("access", "read-write"));
            all.extend(self.effects());
        }
        let constrained = self.choices.sometimes();
        if constrained {
            let range = vec![self.number("minimum", 0), self.number("maximum", 5)];
            all.push(holding("writeConstraint", vec![holding("range", range)]));
        }
        if self.choices.sometimes() {
            all.push(self.values());
        }
        let count = self.array(3, &mut all);
        let mut field = holding("field", all);
        if let Some(base) = earlier.filter(|_| count == 1 && self.choices.sometimes()) {
            field
                .attributes
                .push(("derivedFrom".to_owned(), base.to_owned()));
        }
        (field, low + 3 * count)
    }

    fn fields(&mut self) -> Element {
        let (mut fields, mut low) = (Vec::new(), 0);
        let mut earlier: Option<String> = None;
        for _ in 0..=self.choices.below(2) {
            let (field, next) = self.field(low, earlier.as_deref());
            let plain = field.children.iter().all(|it| it.tag != "dim");
            if plain && field.attributes.is_empty() {
                earlier = field
                    .children
                    .iter()
                    .find(|it| it.tag == "name")
                    .map(|it| it.text.clone());
            }
            fields.push(field);
            low = next;
        }
        holding("fields", fields)
    }

    fn register(&mut self, at: u64, earlier: Option<&str>) -> (Element, u64) {
        let mut all = vec![leaf("name", self.name("R"))];
        if self.choices.sometimes() {
            all.push(leaf("displayName", "A register"));
        }
        all.push(self.number("addressOffset", at));
        all.extend(self.properties());
        let effects = self.effects();
        let access = all.iter().find(|it| it.tag == "access");
        let without = match access.map_or("", |it| it.text.as_str()) {
            "read-only" => "modifiedWriteValues",
            "write-only" => "readAction",
            _ => "",
        };
        all.extend(effects.into_iter().filter(|it| it.tag != without));
        if self.choices.sometimes() {
            all.push(leaf("dataType", "uint32_t"));
        }
        let derived = earlier.filter(|_| self.choices.sometimes());
        for _ in 0..self.choices.below(3) {
            if derived.is_none() {
                // The second list begins where the first does, so one is enough.
                all.retain(|it| it.tag != "fields");
                all.push(self.fields());
            }
        }
        let count = self.array(4, &mut all);
        let mut register = holding("register", all);
        if let Some(base) = derived {
            register
                .attributes
                .push(("derivedFrom".to_owned(), base.to_owned()));
        }
        (register, at + 4 * count)
    }

    fn registers(&mut self, clusters: bool) -> (Vec<Element>, u64) {
        let (mut all, mut at) = (Vec::new(), 0);
        let mut earlier: Option<String> = None;
        for _ in 0..=self.choices.below(3) {
            if clusters && self.choices.sometimes() {
                let (inner, size) = self.registers(false);
                let mut cluster = vec![leaf("name", self.name("C"))];
                cluster.push(self.number("addressOffset", at));
                cluster.extend(self.properties());
                cluster.extend(inner);
                at += size * self.array(size, &mut cluster);
                all.push(holding("cluster", cluster));
            } else {
                let (register, next) = self.register(at, earlier.as_deref());
                let plain = register.children.iter().all(|it| it.tag != "dim");
                if plain && register.attributes.is_empty() {
                    let mut children = register.children.iter();
                    earlier = children
                        .find(|it| it.tag == "name")
                        .map(|it| it.text.clone());
                }
                all.push(register);
                at = next;
            }
        }
        (all, at)
    }

    fn peripheral(&mut self, number: u64, earlier: Option<&str>) -> Element {
        let mut all = vec![leaf("name", self.name("P"))];
        if self.choices.sometimes() {
            all.push(leaf("groupName", "Group"));
        }
        all.push(self.number("baseAddress", 0x4000_0000 + number * 0x10000));
        all.extend(self.properties());
        let derived = earlier.filter(|_| self.choices.sometimes());
        if derived.is_none() {
            let block = vec![
                self.number("offset", 0),
                self.number("size", 0x1000),
                leaf("usage", self.choices.one(&["registers", "buffer"])),
            ];
            all.push(holding("addressBlock", block));
        }
        if self.choices.sometimes() {
            let name = leaf("name", self.name("I"));
            let value = self.number("value", number);
            all.push(holding("interrupt", vec![name, value]));
        }
        if derived.is_none() {
            let (registers, _) = self.registers(true);
            let parts = self.choices.below(2) + 1;
            let size = registers.len().div_ceil(parts);
            for part in registers.chunks(size) {
                all.push(holding("registers", part.to_vec()));
            }
        }
        let mut peripheral = holding("peripheral", all);
        if let Some(base) = derived {
            peripheral
                .attributes
                .push(("derivedFrom".to_owned(), base.to_owned()));
        }
        peripheral
    }

    fn device(&mut self) -> Element {
        let mut all = vec![
            leaf("name", "chip"),
            leaf("version", "1.0"),
            self.number("addressUnitBits", 8),
            self.number("width", 32),
            leaf("access", "read-write"),
        ];
        if self.choices.sometimes() {
            let parts = vec![leaf("name", "CM4"), leaf("endian", "little")];
            all.push(holding("cpu", parts));
        }
        let first = self.peripheral(0, None);
        let mut base = first.children.iter();
        let base = base.find(|it| it.tag == "name").map(|it| it.text.clone());
        let mut peripherals = vec![first];
        for number in 0..self.choices.below(2) {
            peripherals.push(self.peripheral(number as u64 + 1, base.as_deref()));
        }
        all.push(holding("peripherals", peripherals));
        if self.choices.sometimes() {
            let parts = vec![leaf("anything", "at all")];
            all.push(holding("vendorExtensions", parts));
        }
        holding("device", all)
    }
}

/// Every kind of mistake that is planted.
#[derive(Debug, Clone, Copy)]
enum Mistake {
    UnknownElement,
    MisspeltElement,
    RepeatedElement,
    UnknownAttribute,
    MisspeltAttribute,
    NoNumber,
    StrayText,
}

const MISTAKES: &[Mistake] = &[
    Mistake::UnknownElement,
    Mistake::MisspeltElement,
    Mistake::RepeatedElement,
    Mistake::UnknownAttribute,
    Mistake::MisspeltAttribute,
    Mistake::NoNumber,
    Mistake::StrayText,
];

/// `register` as `regsiter`, `Register` or `registe`.
fn misspelt(word: &str, how: usize) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    match how % 3 {
        0 => letters.swap(middle, middle - 1),
        1 => letters[0] = letters[0].to_ascii_uppercase(),
        _ => {
            letters.pop();
        }
    }
    letters.into_iter().collect()
}

/// Plants a mistake in one of the places where it can be.
fn plant(device: &mut Element, mistake: Mistake, place: usize, how: usize) -> bool {
    let paths = device.paths();
    let fits = |path: &&Vec<usize>| {
        let element = device.get(path);
        let tag = element.tag.as_str();
        let free = tag == "vendorExtensions";
        match mistake {
            Mistake::UnknownElement | Mistake::StrayText => !element.is_leaf() && !free,
            Mistake::UnknownAttribute => !free,
            Mistake::MisspeltElement => {
                let short = tag.len() < 4 && how % 3 == 2;
                tag != "device" && !free && !short && misspelt(tag, how) != tag
            }
            Mistake::RepeatedElement => element.is_leaf() && !free,
            Mistake::MisspeltAttribute => {
                let derived = [
                    "peripheral",
                    "register",
                    "field",
                    "cluster",
                    "enumeratedValues",
                ];
                derived.contains(&tag)
            }
            Mistake::NoNumber => element.is_leaf() && NUMBERS.contains(&tag),
        }
    };
    let paths: Vec<Vec<usize>> = paths.iter().filter(fits).cloned().collect();
    let Some(path) = paths.get(place % paths.len().max(1)) else {
        return false;
    };
    let element = device.at(path);
    match mistake {
        Mistake::UnknownElement => {
            let mut unknown = leaf("zzyzx", "1");
            unknown.planted = Some(Planted::Whole);
            let at = how % (element.children.len() + 1);
            element.children.insert(at, unknown);
        }
        Mistake::MisspeltElement => {
            element.tag = misspelt(&element.tag, how);
            element.planted = Some(Planted::Whole);
        }
        Mistake::RepeatedElement => {
            let mut again = element.clone();
            again.text = match again.tag.as_str() {
                tag if NUMBERS.contains(&tag) => "654321".to_owned(),
                _ => format!("{}x", again.text.trim()),
            };
            again.planted = Some(Planted::Whole);
            let (number, parent) = path.split_last().unwrap();
            let parent = device.at(parent);
            let at = number + 1 + how % (parent.children.len() - number);
            parent.children.insert(at, again);
        }
        Mistake::UnknownAttribute | Mistake::MisspeltAttribute => {
            let name = match mistake {
                Mistake::UnknownAttribute => "zzyzx",
                _ => ["derivedfrom", "DerivedFrom", "deriveFrom"][how % 3],
            };
            let value = "P1".to_owned();
            element.attributes.retain(|(name, _)| name != "derivedFrom");
            element.attributes.push((name.to_owned(), value));
            element.planted = Some(Planted::Attribute);
        }
        Mistake::NoNumber => {
            let texts = [
                "",
                "12monkeys",
                "0x",
                "0xzz",
                "-1",
                "1_000",
                "#12",
                "0x1ffffffffffffffff",
            ];
            element.text = texts[how % texts.len()].to_owned();
            element.planted = Some(Planted::Text);
        }
        Mistake::StrayText => {
            element.text = "zzyzx".to_owned();
            element.planted = Some(Planted::Text);
        }
    }
    true
}

fn read(text: &str, lenient: bool) -> (bool, Diagnostics, Sources) {
    let options = Options {
        lenient,
        ..Options::default()
    };
    match regdesc::parse("made.svd", text, &options) {
        Ok(map) => (true, map.notices().clone(), map.sources().clone()),
        Err(Failure::Wrong {
            sources,
            diagnostics,
        }) => (false, diagnostics, sources),
        Err(failure) => panic!("{failure}"),
    }
}

/// Whether something is reported at a place.
fn reported(diagnostics: &Diagnostics, place: &Range<usize>) -> bool {
    diagnostics.iter().any(|it| {
        let range = it.primary.span.range();
        range.start <= place.end && place.start <= range.end
    })
}

fn cases() -> u32 {
    let asked = std::env::var("PLANTED_CASES").ok();
    asked.and_then(|it| it.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn one_planted_mistake_is_reported_at_its_place(
        bytes in prop::collection::vec(any::<u8>(), 0..160),
        mistake in prop::sample::select(MISTAKES),
        place in any::<usize>(),
        how in 0..1000usize,
    ) {
        let choices = Choices { bytes: bytes.iter() };
        let mut device = Maker { choices, names: 0 }.device();
        let mut right = String::new();
        device.write(&mut right);
        let (taken, found, sources) = read(&right, false);
        let rendered = || found.render(&sources, Style::Plain);
        prop_assert!(taken, "{right}\n{}", rendered());
        prop_assert!(
            found.iter().all(|it| it.code != Code::UnknownElement),
            "{right}\n{}",
            rendered()
        );

        prop_assume!(plant(&mut device, mistake, place, how));
        let mut wrong = String::new();
        let place = device.write(&mut wrong).unwrap();
        let wrong_size = wrong[place.clone()].contains("size") || wrong[..place.start].ends_with("<size>");
        for lenient in [false, true] {
            let (_, found, sources) = read(&wrong, lenient);
            let rendered = || found.render(&sources, Style::Plain);
            prop_assert!(
                reported(&found, &place),
                "{mistake:?} of {:?} lenient {lenient}\n{wrong}\n{}",
                &wrong[place.clone()],
                rendered()
            );
            // What a planted reference leads to is another matter, and so is what
            // overlaps at another width.
            let one = !matches!(mistake, Mistake::MisspeltAttribute) && !wrong_size;
            prop_assert!(
                !one || found.errors() <= 1,
                "{mistake:?} of {:?} is more than one\n{wrong}\n{}",
                &wrong[place.clone()],
                rendered()
            );
        }
    }
}
