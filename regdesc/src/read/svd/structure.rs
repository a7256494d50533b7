// SPDX-License-Identifier: MIT OR Apache-2.0

//! The walk over every element of the text: what [`schema`] does not have where
//! it is, is reported.
//!
//! What is reported is repaired in the text, or left out of it, so that the
//! text that is read has nothing but what the schema has, each part where the
//! schema has it, and single parts once.

use std::collections::BTreeMap;
use std::iter;

use roxmltree::Attribute;

use super::edits::Edit;
use super::element::Element;
use super::mistake::{Found, Mistake, Repair};
use super::number;
use super::schema::{self, Child, Content, Elsewhere, Form, Kind, Times};
use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;

const LEFT_OUT: &str = "what CMSIS-SVD does not have there is left out";
const FIRST: &str = "of several, the first is read";
const SPLIT: &str = "each `<name>` begins an interrupt of its own";

/// The namespaces whose attributes any XML may have.
const XML_NAMESPACES: [&str; 2] = [
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2001/XMLSchema-instance",
];

/// Looks at everything in the text that is not as the schema has it.
pub(super) fn of(device: Element<'_, '_>) -> Found {
    let mut walk = Walk {
        namespace: device.namespace(),
        found: Found::default(),
        unknown: BTreeMap::new(),
    };
    if device.tag() != "device" {
        walk.found
            .push(misspelt(device, None, "device", rename(device, "device")));
    }
    walk.element(device, &schema::DEVICE);
    for unknown in walk.unknown.into_values() {
        walk.found.lint(unknown.lint());
    }
    walk.found
}

struct Walk<'a> {
    /// That of the device.
    namespace: Option<&'a str>,
    found: Found,
    /// What is unknown, by where and what it is.
    unknown: BTreeMap<(&'a str, String), Unknown>,
}

/// Something unknown, wherever a vendor adds it.
struct Unknown {
    first: Diagnostic,
    others: usize,
}

impl Unknown {
    fn lint(self) -> Diagnostic {
        let message = match self.others {
            0 => format!("{} is unknown and has no effect", self.first.message),
            1 => format!(
                "{} is unknown and has no effect, and so is another",
                self.first.message
            ),
            many => format!(
                "{} is unknown and has no effect, and so are {many} others",
                self.first.message
            ),
        };
        Diagnostic {
            message,
            ..self.first
        }
    }
}

/// What was met so far in one element.
#[derive(Default)]
struct Seen<'a, 'input> {
    /// The numbers of the children that were met.
    once: u64,
    /// Children that are read under another name.
    renamed: Vec<(&'static str, Element<'a, 'input>)>,
}

impl<'a, 'input> Seen<'a, 'input> {
    /// Notes a child; returns whether it was there before.
    fn again(&mut self, number: usize) -> bool {
        let bit = 1 << number;
        let before = self.once & bit != 0;
        self.once |= bit;
        before
    }
}

impl<'a, 'input: 'a> Walk<'a> {
    fn element(&mut self, element: Element<'a, 'input>, kind: &'static Kind) {
        self.attributes(element, kind);
        match &kind.content {
            Content::Free => {}
            Content::Text(form) => self.text(element, form),
            Content::Record(_) | Content::List(_) => {
                let mut seen = Seen::default();
                for child in element.children() {
                    self.child(child, element, kind, &mut seen);
                }
                self.stray_texts(element);
            }
        }
    }

    fn child(
        &mut self,
        child: Element<'a, 'input>,
        parent: Element<'a, 'input>,
        kind: &'static Kind,
        seen: &mut Seen<'a, 'input>,
    ) {
        if child.namespace() != self.namespace {
            self.found.spell(Edit::new(child.range(), ""));
            self.unknown(child, parent);
            return;
        }
        match kind.child(child.tag()) {
            Some((number, known)) => self.known(child, parent, kind, (number, known), seen),
            None => self.misplaced(child, parent, kind, seen),
        }
    }

    fn known(
        &mut self,
        child: Element<'a, 'input>,
        parent: Element<'a, 'input>,
        kind: &'static Kind,
        (number, known): (usize, &'static Child),
        seen: &mut Seen<'a, 'input>,
    ) {
        let single = matches!(known.times, Times::Once | Times::Needed);
        if seen.again(number) && single {
            let first = first_of(parent, child, known.tag, seen);
            // One value for the name before, and one for this.
            let two_values = || {
                let mut values = parent.children_named("value");
                let at = |it: Element<'_, '_>| it.range().start;
                let before = values.next().is_some_and(|it| at(it) < at(child));
                before && values.any(|it| at(it) > at(child))
            };
            if kind.tag == "interrupt" && known.tag == "name" && two_values() {
                *seen = Seen::default();
                seen.again(number);
                self.found.push(second_interrupt(child, parent, first));
            } else if !says_the_same(child, first, known.kind) {
                self.found.push(repeated(child, parent, first));
                return;
            }
        }
        self.element(child, known.kind);
    }

    /// Something that the element does not have under that name.
    fn misplaced(
        &mut self,
        child: Element<'a, 'input>,
        parent: Element<'a, 'input>,
        kind: &'static Kind,
        seen: &mut Seen<'a, 'input>,
    ) {
        let wrapper = wrapper(child, parent, kind);
        let list = wrapper.and_then(|wrapper| kind.child(wrapper));
        if let Some((number, list)) =
            list.filter(|(_, list)| is_called_like_its_items(child, list.kind))
        {
            // The list has the name of what it holds.
            self.renamed(child, parent, (number, list), seen);
        } else if let Some(wrapper) = wrapper {
            self.wrapped(child, parent, kind, wrapper);
        } else if is_needless_list(child, kind) {
            self.found.push(needless_list(child, parent));
            for within in child.children() {
                self.child(within, parent, kind, seen);
            }
        } else if let Some((number, meant)) = meant(child, parent, kind, seen) {
            let single = matches!(meant.times, Times::Once | Times::Needed);
            let is_there = parent.child(meant.tag).is_some() || seen.once >> number & 1 != 0;
            if single && is_there {
                let repair = Repair::new(
                    format!("it is left out: a `<{}>` is there too", meant.tag),
                    vec![Edit::new(child.range(), "")],
                );
                self.found
                    .push(misspelt(child, Some(parent), meant.tag, repair));
                return;
            }
            self.renamed(child, parent, (number, meant), seen);
        } else {
            self.foreign(child, parent, kind);
        }
    }

    /// What is read under another name.
    fn renamed(
        &mut self,
        child: Element<'a, 'input>,
        parent: Element<'a, 'input>,
        (number, meant): (usize, &'static Child),
        seen: &mut Seen<'a, 'input>,
    ) {
        seen.renamed.push((meant.tag, child));
        seen.again(number);
        self.found.push(misspelt(
            child,
            Some(parent),
            meant.tag,
            rename(child, meant.tag),
        ));
        self.element(child, meant.kind);
    }

    /// What belongs in an element that is missing around it.
    fn wrapped(
        &mut self,
        child: Element<'a, 'input>,
        parent: Element<'a, 'input>,
        kind: &'static Kind,
        wrapper: &'static str,
    ) {
        let Some((_, outer)) = kind.child(wrapper) else {
            return;
        };
        let same = |other: Option<Element<'_, '_>>| {
            other.is_some_and(|other| self::wrapper(other, parent, kind) == Some(wrapper))
        };
        let (before, behind) = child.neighbours();
        let tag = parent.qualified(wrapper);
        let opened = |at: usize| Edit::new(at..at, format!("<{tag}>"));
        let closed = |at: usize| Edit::new(at..at, format!("</{tag}>"));
        let range = child.range();
        // A row of them is one mistake.
        if !same(before) {
            let row = iter::successors(Some(child), |it| {
                it.neighbours().1.filter(|next| same(Some(*next)))
            });
            let end = row.last().map_or(range.end, |last| last.range().end);
            let open = opened(range.start);
            self.found
                .push(outside(child, parent, wrapper, open, closed(end)));
        }
        if !same(behind) {
            self.found.spell(closed(range.end));
        }
        if let Some((_, known)) = outer.kind.child(child.tag()) {
            self.element(child, known.kind);
        }
    }

    fn foreign(
        &mut self,
        child: Element<'a, 'input>,
        parent: Element<'a, 'input>,
        kind: &'static Kind,
    ) {
        let elsewhere = schema::elsewhere(child.tag());
        let in_list = matches!(kind.content, Content::List(_));
        if elsewhere == Elsewhere::Read || elsewhere == Elsewhere::Nothing && in_list {
            let without = vec![Edit::new(child.range(), "")];
            self.found
                .push(does_not_belong(child, parent).with_repair(Repair::new(LEFT_OUT, without)));
            return;
        }
        if in_list {
            self.found.spell(Edit::new(child.range(), ""));
        }
        self.unknown(child, parent);
    }

    fn unknown(&mut self, child: Element<'a, 'input>, parent: Element<'a, 'input>) {
        let what = format!("`<{}>`", child.tag());
        let first = || {
            Diagnostic::new(
                Code::UnknownElement,
                child.tag_span(),
                format!("{what} in `<{}>`", parent.tag()),
                "not read",
            )
            .help("remove it, allow it, or put it in the device's `<vendorExtensions>`")
        };
        self.count(parent, what.clone(), first);
    }

    fn count(
        &mut self,
        parent: Element<'a, 'input>,
        what: String,
        first: impl FnOnce() -> Diagnostic,
    ) {
        let parent: &'a str = parent.tag();
        let entry = self.unknown.entry((parent, what));
        let unknown = entry.and_modify(|it| it.others += 1);
        unknown.or_insert_with(|| Unknown {
            first: first(),
            others: 0,
        });
    }

    /// Text is read whole, so nothing may be in the middle of it.
    fn text(&mut self, element: Element<'a, 'input>, form: &Form) {
        if element.is_plain_text() {
            return;
        }
        for aside in element.asides() {
            self.found.spell(Edit::new(aside, ""));
        }
        for child in element.children() {
            match form {
                Form::Words => {
                    for edit in child.without_tags() {
                        self.found.spell(edit);
                    }
                    self.unknown(child, element);
                }
                _ => {
                    let without = vec![Edit::new(child.range(), "")];
                    self.found.push(
                        does_not_belong(child, element).with_repair(Repair::new(LEFT_OUT, without)),
                    );
                }
            }
        }
    }

    fn stray_texts(&mut self, element: Element<'a, 'input>) {
        for range in element.stray_texts() {
            let mistake = Diagnostic::new(
                Code::WrongType,
                element.place(range),
                format!("text in `<{}>`, which holds elements", element.tag()),
                "belongs to no element",
            )
            .help("remove it, or put it in the element that it belongs to");
            self.found
                .push(mistake.with_repair(Repair::new(LEFT_OUT, Vec::new())));
        }
    }

    fn attributes(&mut self, element: Element<'a, 'input>, kind: &'static Kind) {
        for attribute in element.attributes() {
            let name = attribute.name();
            match attribute.namespace() {
                Some(space) if XML_NAMESPACES.contains(&space) => continue,
                Some(_) => self.unknown_attribute(element, attribute),
                None if kind.attributes.contains(&name) => continue,
                None => self.misplaced_attribute(element, kind, attribute),
            }
        }
    }

    fn misplaced_attribute(
        &mut self,
        element: Element<'a, 'input>,
        kind: &'static Kind,
        attribute: Attribute<'a, 'input>,
    ) {
        let name = attribute.name();
        let wrong = |help: String| {
            Diagnostic::new(
                Code::UnknownKey,
                element.place(attribute.range_qname()),
                format!("`<{}>` has no attribute `{name}`", element.tag()),
                "unexpected here",
            )
            .help(help)
        };
        let without = || vec![Edit::new(attribute.range(), "")];
        let has = |wanted: &str| element.attributes().any(|it| it.name() == wanted);
        let as_child = kind.children().find(|child| child.tag == name);
        if let Some(near) = nearest(name, kind.attributes.iter().copied()) {
            let repair = if has(near) {
                Repair::new(format!("it is left out: `{near}` is there too"), without())
            } else {
                Repair::sure(
                    format!("read as `{near}`, the nearest known name"),
                    vec![Edit::new(attribute.range_qname(), near)],
                )
            };
            let help = format!("did you mean `{near}`?");
            self.found.push(wrong(help).with_repair(repair));
        } else if let Some(child) = as_child {
            let help = format!("write it as an element: `<{name}>…</{name}>`");
            self.found
                .push(wrong(help).with_repair(as_element(element, child, attribute)));
        } else if name == "derivedFrom" {
            let repair = Repair::new(LEFT_OUT, without());
            let help = "peripherals, clusters, registers, fields and enumerations can be derived";
            self.found.push(wrong(help.to_owned()).with_repair(repair));
        } else {
            self.unknown_attribute(element, attribute);
        }
    }

    fn unknown_attribute(
        &mut self,
        element: Element<'a, 'input>,
        attribute: Attribute<'a, 'input>,
    ) {
        let what = format!("the attribute `{}`", attribute.name());
        let first = || {
            Diagnostic::new(
                Code::UnknownElement,
                element.place(attribute.range_qname()),
                format!("{what} of `<{}>`", element.tag()),
                "not read",
            )
            .help("remove it, or allow it")
        };
        self.count(element, what.clone(), first);
    }
}

/// The first of those that are read under a name.
fn first_of<'a, 'input>(
    parent: Element<'a, 'input>,
    child: Element<'a, 'input>,
    tag: &str,
    seen: &Seen<'a, 'input>,
) -> Element<'a, 'input> {
    let renamed = seen.renamed.iter().filter(|(read, _)| *read == tag);
    let renamed = renamed.map(|(_, element)| *element);
    let named = parent.children_named(tag);
    let all = named.chain(renamed);
    let first = all.min_by_key(|element| element.range().start);
    first.unwrap_or(child)
}

/// Whether a second element says what the first says.
fn says_the_same(second: Element<'_, '_>, first: Element<'_, '_>, kind: &Kind) -> bool {
    let Content::Text(form) = &kind.content else {
        return second.source() == first.source();
    };
    let (second, first) = (second.text(), first.text());
    if second == first {
        return true;
    }
    let number = |text: Option<&str>| {
        let number = number::parse(text?)?;
        Some((number.value, number.open))
    };
    match form {
        Form::Wide => {
            let wide = |text: Option<&str>| number::wide(text?);
            wide(second).is_some() && wide(second) == wide(first)
                || number(second).is_some() && number(second) == number(first)
        }
        Form::Number(_) | Form::Pattern => {
            number(second).is_some() && number(second) == number(first)
        }
        _ => false,
    }
}

fn repeated(child: Element<'_, '_>, parent: Element<'_, '_>, first: Element<'_, '_>) -> Mistake {
    let tag = child.tag();
    Diagnostic::new(
        Code::DuplicateKey,
        child.span(),
        format!("`<{}>` has a second `<{tag}>` that differs", parent.tag()),
        "a second time",
    )
    .related(first.span(), "first here")
    .help("keep the one that is right")
    .with_repair(Repair::new(FIRST, vec![Edit::new(child.range(), "")]))
}

fn second_interrupt(
    name: Element<'_, '_>,
    interrupt: Element<'_, '_>,
    first: Element<'_, '_>,
) -> Mistake {
    let tag = interrupt.qualified("interrupt");
    let at = name.range().start;
    Diagnostic::new(
        Code::DuplicateKey,
        name.span(),
        "one `<interrupt>` holds several",
        "a second name",
    )
    .related(first.span(), "first here")
    .help("give each interrupt an `<interrupt>` of its own")
    .with_repair(Repair::sure(
        SPLIT,
        vec![Edit::new(at..at, format!("</{tag}><{tag}>"))],
    ))
}

/// What the element is meant to be: the nearest name among those that are not
/// there yet, else among all.
fn meant<'a, 'input>(
    child: Element<'a, 'input>,
    parent: Element<'a, 'input>,
    kind: &'static Kind,
    seen: &Seen<'a, 'input>,
) -> Option<(usize, &'static Child)> {
    let tag = child.tag();
    let is_free = |known: &Child| {
        let single = matches!(known.times, Times::Once | Times::Needed);
        let renamed = || seen.renamed.iter().any(|(read, _)| *read == known.tag);
        !single || parent.child(known.tag).is_none() && !renamed()
    };
    let other_case = kind.children().find(|it| it.tag.eq_ignore_ascii_case(tag));
    if let Some(known) = other_case {
        return kind.child(known.tag);
    }
    let synonyms = schema::SYNONYMS.iter().filter(|(word, _)| *word == tag);
    let synonym = synonyms
        .flat_map(|(_, meant)| *meant)
        .filter_map(|meant| kind.child(meant))
        .find(|(_, known)| is_free(known));
    if synonym.is_some() {
        return synonym;
    }
    // What has its place elsewhere is not misspelt.
    if schema::elsewhere(tag) != Elsewhere::Nothing {
        return None;
    }
    let tags = |free: bool| {
        let children = kind.children();
        children
            .filter(move |known| !free || is_free(known))
            .map(|known| known.tag)
    };
    let near = nearest(tag, tags(true)).or_else(|| nearest(tag, tags(false)))?;
    kind.child(near)
}

fn rename(element: Element<'_, '_>, tag: &str) -> Repair {
    let qualified = element.qualified(tag);
    let edits = element.tag_ranges();
    Repair::sure(
        format!("read as `<{tag}>`, the nearest known name"),
        edits.map(|range| Edit::new(range, &*qualified)).collect(),
    )
}

fn misspelt(
    child: Element<'_, '_>,
    parent: Option<Element<'_, '_>>,
    meant: &str,
    repair: Repair,
) -> Mistake {
    let mistake = match parent {
        Some(parent) => does_not_belong(child, parent),
        None => Diagnostic::new(
            Code::UnknownKey,
            child.tag_span(),
            format!("an SVD file holds a `<device>`, not a `<{}>`", child.tag()),
            "the outermost element",
        ),
    };
    mistake
        .help(format!("did you mean `<{meant}>`?"))
        .with_repair(repair)
}

fn does_not_belong(child: Element<'_, '_>, parent: Element<'_, '_>) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownKey,
        child.tag_span(),
        format!(
            "`<{}>` does not belong in `<{}>`",
            child.tag(),
            parent.tag()
        ),
        "unexpected here",
    )
    .help("remove it")
}

/// The element that is missing around another one; none where that may occur
/// once and is there.
fn wrapper(child: Element<'_, '_>, parent: Element<'_, '_>, kind: &Kind) -> Option<&'static str> {
    let (around, within) = (kind.tag, child.tag());
    let mut wrappers = schema::WRAPPERS.iter();
    let (_, _, wrapper) = wrappers.find(|(a, b, _)| *a == around && *b == within)?;
    let taken = *wrapper == "writeConstraint" && parent.child(wrapper).is_some();
    (!taken).then_some(*wrapper)
}

fn outside(
    child: Element<'_, '_>,
    parent: Element<'_, '_>,
    wrapper: &str,
    open: Edit,
    close: Edit,
) -> Mistake {
    does_not_belong(child, parent)
        .help(format!(
            "put it in the `<{wrapper}>` of the `<{}>`",
            parent.tag()
        ))
        .with_repair(
            Repair::sure(
                format!("it is read as if it were in `<{wrapper}>`"),
                vec![open],
            )
            .with(vec![close]),
        )
}

/// Whether an element is a list that has the name of its items: it holds what
/// the list may hold, and is no item by itself.
fn is_called_like_its_items(child: Element<'_, '_>, list: &Kind) -> bool {
    let Some((_, item)) = list.child(child.tag()) else {
        return false;
    };
    let mut within = child.children().peekable();
    let no_item = child.child("name").is_none()
        || child
            .children()
            .any(|it| item.kind.child(it.tag()).is_none());
    within.peek().is_some() && no_item && within.all(|it| list.child(it.tag()).is_some())
}

/// Whether an unknown element holds nothing but what may be in its place.
fn is_needless_list(child: Element<'_, '_>, kind: &Kind) -> bool {
    let mut within = child.children().peekable();
    within.peek().is_some()
        && within.all(|it| {
            let known = kind.child(it.tag());
            known.is_some_and(|(_, known)| matches!(known.times, Times::Many))
        })
}

fn needless_list(child: Element<'_, '_>, parent: Element<'_, '_>) -> Mistake {
    does_not_belong(child, parent)
        .help(format!(
            "write what it holds in the `<{}>` itself",
            parent.tag()
        ))
        .with_repair(Repair::sure(
            format!(
                "what it holds is read as if it were in the `<{}>`",
                parent.tag()
            ),
            child.without_tags(),
        ))
}

/// An attribute that should be an element.
fn as_element(element: Element<'_, '_>, child: &Child, attribute: Attribute<'_, '_>) -> Repair {
    let without = Edit::new(attribute.range(), "");
    let plain = matches!(child.kind.content, Content::Text(_));
    if !plain || element.child(child.tag).is_some() || element.children().next().is_none() {
        return Repair::new(LEFT_OUT, vec![without]);
    }
    let text = attribute.value().replace('&', "&amp;").replace('<', "&lt;");
    let written = element.written(child.tag, &text);
    Repair::sure(
        format!("read as the element `<{}>`", child.tag),
        vec![without, element.insertion(&written)],
    )
}
