// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is compared just now, from which changes are reported.

use super::change::Change;
use super::rules::Rule;
use crate::access::Access;
use crate::model::{
    BitPath, BitRange, ByteRange, Format, FpgaRegion, InterruptSource, Kind, Order, ParentNode,
    PropertyValue, Protection, RegisterPath, ReservedBits, Trigger, Version, WindowKind,
    WriteConstraint,
};
use crate::number::Bits;
use crate::source::{Span, Spanned};

/// A thing that is in the old map, in the new one, or in both.
pub(super) struct Site<'f> {
    changes: &'f mut Vec<Change>,
    item: &'static str,
    path: String,
    old: Option<Span>,
    new: Option<Span>,
    /// Where what is not written is said to have been written.
    unwritten: (Span, Span),
}

impl<'f> Site<'f> {
    /// The device; what is in it is reported without its name.
    pub(super) fn device(changes: &'f mut Vec<Change>, old: Span, new: Span) -> Self {
        Site {
            changes,
            item: "device",
            path: String::new(),
            old: Some(old),
            new: Some(new),
            unwritten: (old, new),
        }
    }

    /// Something in it that both maps have.
    pub(super) fn within<'s>(
        &'s mut self,
        item: &'static str,
        old: &Spanned<String>,
        new: &Spanned<String>,
    ) -> Site<'s> {
        self.within_as(item, old, old, new)
    }

    /// The same, under a name of its own.
    pub(super) fn within_as<'s>(
        &'s mut self,
        item: &'static str,
        name: &str,
        old: &Spanned<String>,
        new: &Spanned<String>,
    ) -> Site<'s> {
        Site {
            path: joined(&self.path, name),
            changes: self.changes,
            item,
            old: Some(old.span),
            new: Some(new.span),
            unwritten: self.unwritten,
        }
    }

    /// The same place, spoken of as something else.
    pub(super) fn as_item(&mut self, item: &'static str) -> Site<'_> {
        Site {
            path: self.path.clone(),
            changes: self.changes,
            item,
            old: self.old,
            new: self.new,
            unwritten: self.unwritten,
        }
    }

    /// What is needed to report it later.
    pub(super) fn remembered(&self) -> Remembered {
        Remembered {
            item: self.item,
            path: self.path.clone(),
            old: self.old,
            new: self.new,
        }
    }

    /// What was remembered.
    pub(super) fn recalled(&mut self, it: &Remembered) -> Site<'_> {
        Site {
            changes: self.changes,
            item: it.item,
            path: it.path.clone(),
            old: it.old,
            new: it.new,
            unwritten: self.unwritten,
        }
    }

    /// Reports a change.
    pub(super) fn report(&mut self, rule: Rule, message: impl Into<String>) {
        self.report_at(rule, message, self.old, self.new);
    }

    fn report_at(
        &mut self,
        rule: Rule,
        message: impl Into<String>,
        old: Option<Span>,
        new: Option<Span>,
    ) {
        self.changes.push(Change {
            rule,
            item: self.item,
            path: self.path.clone(),
            message: message.into(),
            old,
            new,
        });
    }

    /// Reports that something in it is gone.
    pub(super) fn removed(&mut self, rule: Rule, item: &'static str, name: &Spanned<String>) {
        self.changes.push(Change {
            rule,
            item,
            path: joined(&self.path, name),
            message: "removed".to_owned(),
            old: Some(name.span),
            new: None,
        });
    }

    /// Reports that something in it is new.
    pub(super) fn added(&mut self, rule: Rule, item: &'static str, name: &Spanned<String>) {
        self.added_as(rule, item, name, "added");
    }

    /// Reports in these words that something in it is new.
    pub(super) fn added_as(
        &mut self,
        rule: Rule,
        item: &'static str,
        name: &Spanned<String>,
        message: &str,
    ) {
        self.changes.push(Change {
            rule,
            item,
            path: joined(&self.path, name),
            message: message.to_owned(),
            old: None,
            new: Some(name.span),
        });
    }

    /// Reports its new name, if it has one.
    pub(super) fn renamed(&mut self, rule: Rule, old: &Spanned<String>, new: &Spanned<String>) {
        if old != new {
            self.report(rule, format!("renamed to `{}`", new.value));
        }
    }

    /// Reports a value that differs.
    pub(super) fn became<T: Said + PartialEq>(&mut self, rule: Rule, what: &str, old: &T, new: &T) {
        if old != new {
            let message = format!("{what} {} became {}", old.said(), new.said());
            let written = |place: Option<Span>, unwritten| place.filter(|it| *it != unwritten);
            let old = written(old.place(), self.unwritten.0).or(self.old);
            let new = written(new.place(), self.unwritten.1).or(self.new);
            self.report_at(rule, message, old, new);
        }
    }

    /// Reports that its description changed by more than its line breaks.
    pub(super) fn described(&mut self, old: Option<&String>, new: Option<&String>) {
        let words = |text: Option<&String>| -> Vec<String> {
            let words = text.map_or("", String::as_str).split_whitespace();
            words.map(str::to_owned).collect()
        };
        if old == new || words(old) == words(new) {
            return;
        }
        let message = match (old, new) {
            (None, _) => "described",
            (_, None) => "no longer described",
            _ => "described otherwise",
        };
        self.report(Rule::Description, message);
    }
}

/// A [`Site`] without the list of changes.
pub(super) struct Remembered {
    item: &'static str,
    path: String,
    old: Option<Span>,
    new: Option<Span>,
}

fn joined(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// A value in words, and where it was written if that is known.
pub(super) trait Said {
    fn said(&self) -> String;

    fn place(&self) -> Option<Span> {
        None
    }
}

impl<T: Said> Said for Spanned<T> {
    fn said(&self) -> String {
        self.value.said()
    }

    fn place(&self) -> Option<Span> {
        Some(self.span)
    }
}

impl<T: Said> Said for Option<T> {
    fn said(&self) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), T::said)
    }

    fn place(&self) -> Option<Span> {
        self.as_ref().and_then(T::place)
    }
}

impl<T: Said> Said for Vec<T> {
    fn said(&self) -> String {
        let all: Vec<String> = self.iter().map(T::said).collect();
        format!("[{}]", all.join(", "))
    }

    fn place(&self) -> Option<Span> {
        self.first().and_then(T::place)
    }
}

impl Said for String {
    fn said(&self) -> String {
        format!("`{self}`")
    }
}

/// Words of our own.
impl Said for &str {
    fn said(&self) -> String {
        (*self).to_owned()
    }
}

/// An address, an offset, a size or a value.
impl Said for u64 {
    fn said(&self) -> String {
        format!("{self:#x}")
    }
}

impl Said for Bits {
    fn said(&self) -> String {
        format!("{self:#x}")
    }
}

/// What an enumerated value represents.
impl Said for i128 {
    fn said(&self) -> String {
        match *self < 0 {
            true => self.to_string(),
            false => format!("{self:#x}"),
        }
    }
}

/// A number of bits, or of a line.
impl Said for u32 {
    fn said(&self) -> String {
        self.to_string()
    }
}

impl Said for bool {
    fn said(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Said for RegisterPath {
    fn said(&self) -> String {
        format!("`{self}`")
    }

    fn place(&self) -> Option<Span> {
        Some(self.span)
    }
}

impl Said for BitPath {
    fn said(&self) -> String {
        format!("`{self}`")
    }

    fn place(&self) -> Option<Span> {
        Some(self.span)
    }
}

impl Said for ParentNode {
    fn said(&self) -> String {
        let ParentNode {
            node,
            address_cells,
            size_cells,
        } = self;
        let (node, address, size) = (node.said(), address_cells.value, size_cells.value);
        format!("{node} of {address} and {size} cells")
    }

    fn place(&self) -> Option<Span> {
        Some(self.node.span)
    }
}

impl Said for FpgaRegion {
    fn said(&self) -> String {
        let FpgaRegion {
            parent,
            firmware_name,
            bridges,
        } = self;
        let (parent, firmware) = (parent.said(), firmware_name.said());
        format!("{parent} with {firmware} behind {}", bridges.said())
    }

    fn place(&self) -> Option<Span> {
        self.parent.place()
    }
}

impl Said for PropertyValue {
    fn said(&self) -> String {
        match self {
            PropertyValue::Flag => "a flag".to_owned(),
            PropertyValue::Cells(cells) => format!("<{}>", spaced(cells)),
            PropertyValue::Strings(strings) => {
                let strings = strings.iter().map(|it| format!("{it:?}"));
                strings.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// Numbers with spaces between, as device trees have them.
pub(super) fn spaced(cells: &[u32]) -> String {
    let words: Vec<String> = cells.iter().map(u32::to_string).collect();
    words.join(" ")
}

impl Said for WriteConstraint {
    fn said(&self) -> String {
        match self {
            WriteConstraint::AsRead => "as-read".to_owned(),
            WriteConstraint::Enumerated => "enumerated".to_owned(),
            WriteConstraint::Range { minimum, maximum } => format!("{minimum}..={maximum}"),
        }
    }
}

macro_rules! said_as_shown {
    ($($kind:ty),*) => {
        $(impl Said for $kind {
            fn said(&self) -> String {
                self.to_string()
            }
        })*
    };
}

said_as_shown!(Access, BitRange, ByteRange, Format, Version);

macro_rules! said_in_words {
    ($($kind:ident { $($variant:ident $words:literal),* })*) => {
        $(impl Said for $kind {
            fn said(&self) -> String {
                match self { $($kind::$variant => $words,)* }.to_owned()
            }
        })*
    };
}

said_in_words! {
    Kind { Block "one block", Chip "a chip" }
    Order { Little "little", Big "big" }
    ReservedBits { Zero "zero", Preserve "preserve", Reset "reset" }
    Protection { Secure "secure", NonSecure "non-secure", Privileged "privileged" }
    InterruptSource { Event "event", Level "level" }
    WindowKind { Device "device", Memory "memory" }
    Trigger {
        EdgeRising "edge-rising", EdgeFalling "edge-falling", EdgeBoth "edge-both",
        LevelHigh "level-high", LevelLow "level-low"
    }
}
