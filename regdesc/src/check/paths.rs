// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a path leads to, and where one that leads nowhere goes wrong.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{
    Array, BitPath, Block, Item, Located, LocatedField, Register, RegisterPath, indexed,
};
use crate::nearest::nearest;
use crate::source::Span;

/// The register of that path, which is one register; reports what is not so.
pub(super) fn register<'b>(
    block: &'b Block,
    path: &RegisterPath,
    diagnostics: &mut Diagnostics,
) -> Option<Located<'b>> {
    let found = block.register(path).filter(|found| found.single);
    if found.is_none() {
        let lost = Lost::behind_a_register(block, path).or_else(|| Lost::on(block, &path.names));
        diagnostics.extend(lost.map(|lost| lost.diagnostic(path.span, &path.names)));
    }
    found
}

/// The field of that path, in one register; reports what is not so.
pub(super) fn field<'b>(
    block: &'b Block,
    path: &BitPath,
    diagnostics: &mut Diagnostics,
) -> Option<LocatedField<'b>> {
    let found = block.bit(path).filter(|found| found.register.single);
    if found.is_none() {
        let lost = Lost::on(block, &path.names).or_else(|| Lost::before_a_field(block, path));
        diagnostics.extend(lost.map(|lost| lost.diagnostic(path.span, &path.names)));
    }
    found
}

/// What a path is in.
#[derive(Clone, Copy)]
enum At<'b> {
    Items(&'b [Item]),
    Fields(&'b Register),
}

use At::{Fields, Items};

const FIELD: &str = "field";

/// Where a path goes wrong.
struct Lost<'b> {
    /// The names before the one that is wrong.
    before: usize,
    why: Why<'b>,
    /// What it has to do with.
    related: Option<(Span, &'static str)>,
}

enum Why<'b> {
    /// There is none of that name among these.
    NoSuch(&'static str, Vec<&'b str>),
    /// It is an array, and no element is named.
    WhichElement(Array),
    /// The array has no such element.
    NoElement(Array),
    /// It is no array.
    NoArray,
    /// It is a cluster where a register is meant.
    Cluster(Vec<&'b str>),
    /// It is a register where a field is meant.
    Register(&'b Register),
    /// It is a field where a register is meant.
    Field,
    /// It is a field, and has nothing in it.
    Behind,
}

impl<'b> Lost<'b> {
    /// The first of the names that leads nowhere; none where all lead somewhere, or where
    /// something else was refused that may have been meant.
    fn on(block: &'b Block, names: &[String]) -> Option<Self> {
        let mut at = Items(&block.items);
        for (before, name) in names.iter().enumerate() {
            let (plain, index) = indexed(name);
            let found = match at {
                Items(items) => items.iter().find(|it| it.name().value == plain),
                Fields(register) => return Lost::among_fields(register, before, names),
            };
            let Some(item) = found else {
                let known = names_of(at).collect();
                return (!block.incomplete).then_some(Lost {
                    before,
                    why: Why::NoSuch("register", known),
                    related: None,
                });
            };
            if let Some(why) = wrong_element(item, index) {
                let place = item.name().span;
                return Some(Lost {
                    before,
                    why,
                    related: Some((place, "this one")),
                });
            }
            at = inside(item);
        }
        match at {
            Items(items) if !items.is_empty() => Some(Lost {
                before: names.len().saturating_sub(1),
                why: Why::Cluster(names_of(at).collect()),
                related: None,
            }),
            _ => None,
        }
    }

    /// The name of a field that the register does not have, or one behind a field.
    fn among_fields(register: &'b Register, before: usize, names: &[String]) -> Option<Self> {
        let name = &names[before];
        let is_there = register.fields.iter().any(|it| it.name.value == *name);
        let (before, why) = match is_there {
            true if before + 1 < names.len() => (before + 1, Why::Behind),
            true => return None,
            false => (
                before,
                Why::NoSuch(FIELD, names_of(Fields(register)).collect()),
            ),
        };
        Some(Lost {
            before,
            why,
            related: Some((register.name.span, "in this register")),
        })
    }

    /// The path of a field where a register is meant.
    fn behind_a_register(block: &'b Block, path: &RegisterPath) -> Option<Self> {
        let (name, register) = path.names.split_last()?;
        let register = RegisterPath {
            names: register.to_vec(),
            span: path.span,
        };
        let register = block.register(&register)?.register;
        let mut fields = register.fields.iter();
        let field = fields.find(|field| field.name.value == *name)?;
        Some(Lost {
            before: path.names.len() - 1,
            why: Why::Field,
            related: Some((field.name.span, "this field")),
        })
    }

    /// A path that ends before it comes to a field.
    fn before_a_field(block: &'b Block, path: &BitPath) -> Option<Self> {
        let whole = RegisterPath {
            names: path.names.clone(),
            span: path.span,
        };
        let register = block.register(&whole)?.register;
        Some(Lost {
            before: path.names.len().saturating_sub(1),
            why: Why::Register(register),
            related: Some((register.name.span, "this register")),
        })
    }

    fn diagnostic(self, span: Span, names: &[String]) -> Diagnostic {
        let name = &names[self.before];
        let (outer, upto) = (
            names[..self.before].join("."),
            names[..=self.before].join("."),
        );
        let within = |name: &str| match outer.as_str() {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        };
        let rest: String = names[self.before + 1..]
            .iter()
            .map(|it| format!(".{it}"))
            .collect();
        let (message, label, help) = self.why.said(&outer, &upto, &rest);
        let near = match &self.why {
            Why::NoSuch(_, known) => nearest(name, known.iter().copied()).map(within),
            _ => None,
        };
        let meant = near.map(|near| format!("{near}{rest}"));
        let diagnostic = Diagnostic::new(Code::UnknownRegister, span, message, label).did_you_mean(
            &names.join("."),
            meant.as_deref(),
            || help,
        );
        match self.related {
            Some((place, text)) => diagnostic.related(place, text),
            None => diagnostic,
        }
    }
}

impl Why<'_> {
    /// The message, what is at the path, and a way out.
    fn said(&self, outer: &str, upto: &str, rest: &str) -> (String, String, String) {
        let name = upto.rsplit('.').next().unwrap_or(upto);
        match self {
            Why::NoSuch(what, known) => no_such(what, known, outer, name),
            Why::WhichElement(array) => (
                format!("`{upto}` is one of an array of {}", array.count.value),
                "which one is meant?".to_owned(),
                format!("name one, in quotes: `\"{upto}[0]{rest}\"` is the first"),
            ),
            Why::NoElement(array) => (
                format!("there is no element `{upto}`"),
                format!("of {} elements", array.count.value),
                format!("write an index below {}", array.count.value),
            ),
            Why::NoArray => (
                format!("`{}` is no array", indexed(name).0),
                "has no elements".to_owned(),
                "remove the index".to_owned(),
            ),
            Why::Cluster(known) => (
                format!("`{upto}` is a cluster of registers"),
                "which register is meant?".to_owned(),
                format!("it has {}", listed(known)),
            ),
            Why::Register(register) => {
                let fields: Vec<&str> = names_of(Fields(register)).collect();
                (
                    format!("`{upto}` is a whole register"),
                    "which of its bits is meant?".to_owned(),
                    match fields.is_empty() {
                        true => format!("give it fields, and name one: `{upto}.DONE`"),
                        false => format!("name a field of it: {}", listed(&fields)),
                    },
                )
            }
            Why::Field => (
                format!("`{upto}` is a field, and a register is meant"),
                "not a register".to_owned(),
                format!(
                    "write `{outer}`, or name the fields of each event: \
                     `events: {{{name}: {{status: {upto}}}}}`"
                ),
            ),
            Why::Behind => (
                format!("`{outer}` is a field, and `{name}` is behind it"),
                "leads nowhere".to_owned(),
                format!("write `{outer}`"),
            ),
        }
    }
}

fn no_such(what: &str, known: &[&str], outer: &str, name: &str) -> (String, String, String) {
    let message = match outer {
        "" => format!("there is no {what} `{name}`"),
        outer => format!("`{outer}` has no {what} `{name}`"),
    };
    let help = match what {
        FIELD if known.is_empty() => {
            format!("give it fields: `{outer}: {{fields: {{{name}: 0}}}}`")
        }
        FIELD => format!("it has {}", listed(known)),
        _ => elements_or(name, known),
    };
    (message, "named here".to_owned(), help)
}

fn inside(item: &Item) -> At<'_> {
    match item {
        Item::Cluster(cluster) => Items(&cluster.items),
        Item::Register(register) => Fields(register),
    }
}

fn names_of<'b>(at: At<'b>) -> Box<dyn Iterator<Item = &'b str> + 'b> {
    match at {
        Items(items) => Box::new(items.iter().map(|it| it.name().value.as_str())),
        Fields(register) => Box::new(register.fields.iter().map(|it| it.name.value.as_str())),
    }
}

/// What is wrong with the index, or with its absence.
fn wrong_element<'b>(item: &'b Item, index: Option<&str>) -> Option<Why<'b>> {
    let array = match item {
        Item::Cluster(cluster) => cluster.array,
        Item::Register(register) => register.array,
    };
    match (array, index) {
        (None, None) => None,
        (None, Some(_)) => Some(Why::NoArray),
        (Some(array), None) => Some(Why::WhichElement(array)),
        (Some(array), Some(index)) => {
            let place = index.parse::<u64>().ok();
            let is_there = place.is_some_and(|place| place < array.count.value);
            (!is_there).then_some(Why::NoElement(array))
        }
    }
}

/// The elements of an array whose elements have names of their own, or another way out.
fn elements_or(name: &str, known: &[&str]) -> String {
    let (plain, index) = indexed(name);
    let is_element = |other: &&&str| {
        let rest = other.strip_prefix(plain);
        rest.is_some_and(|rest| !rest.is_empty())
    };
    let elements: Vec<&str> = known.iter().filter(is_element).copied().collect();
    match index.is_some() && !elements.is_empty() {
        true => format!("it has {}", listed(&elements)),
        false => "add it under `registers:`, or name another".to_owned(),
    }
}

/// Names that are listed where there are many of them.
const FEW: usize = 6;

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(FEW).map(|name| format!("`{name}`"));
    let mut shown: Vec<String> = shown.collect();
    if names.len() > FEW {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
