// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is wrong with an input: a stable code, the places, and a way out.

use std::collections::HashMap;
use std::{fmt, iter};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::source::{Source, SourceId, Sources, Span};
use crate::suggestion::Suggestion;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal $(allow $lint:literal)?,)*) => {
        /// What kind of mistake a diagnostic reports. The text of a code never
        /// changes and is never used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable text, such as `R0301`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                }
            }

            /// What it means, for people.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Code::$name => concat!($($doc, "\n"),*),)*
                }
            }

            /// The name to allow it by, where it is a lint: legal, but suspicious.
            #[must_use]
            pub fn lint(self) -> Option<&'static str> {
                match self {
                    $(Code::$name => codes!(@lint $($lint)?),)*
                }
            }
        }
    };
    (@lint) => { None };
    (@lint $lint:literal) => { Some($lint) };
}

codes! {
    /// The input is not text in its format: broken syntax, an empty file, bytes
    /// that are not UTF-8.
    Syntax = "R0101",
    /// A key that the format does not have.
    UnknownKey = "R0102",
    /// A value of another type than the key takes.
    WrongType = "R0103",
    /// The same key twice in one mapping.
    DuplicateKey = "R0104",
    /// A key that must be there is not, or has no value.
    MissingKey = "R0105",
    /// A value of the right type that means nothing here.
    BadValue = "R0106",
    /// The input is larger, or nests or expands further, than any register map.
    TooLarge = "R0107",
    /// A file that the description names cannot be read.
    UnreadableSource = "R0108",

    /// `derivedFrom` names something that is not there.
    DerivedFromMissing = "R0201",
    /// `derivedFrom` leads back to where it began.
    DerivedFromCircle = "R0202",
    /// A field names an enumeration that is not there.
    UnknownEnumeration = "R0203",
    /// A reset is given by a name the enumeration does not have.
    UnknownEnumeratedValue = "R0204",
    /// A peripheral was asked for that the description does not have.
    UnknownPeripheral = "R0205",
    /// A register or field is named that the block does not have, or an array without
    /// one of its elements.
    UnknownRegister = "R0206",
    /// An instance gives an interrupt that the block does not have.
    UnknownInterrupt = "R0207",
    /// A lint is allowed that there is not.
    UnknownLint = "R0208",

    /// Two items use the same bytes.
    Overlap = "R0301",
    /// An item reaches beyond its block or the address space.
    OutsideBlock = "R0302",
    /// An offset or stride that is no multiple of the register's size, or a base
    /// that is none of the widest register's.
    Misaligned = "R0303",
    /// Elements of an array overlap each other.
    StrideTooSmall = "R0304",
    /// An array of no elements or of too many.
    BadCount = "R0305",
    /// Two instances are at the same addresses.
    InstanceOverlap = "R0306",
    /// A window that is not a multiple of the page size, which is all that can be
    /// mapped.
    WindowNotPages = "R0307",
    /// A window that shares a page with a register it does not show, or with
    /// another window.
    WindowShared = "R0308",
    /// A window of memory that shows registers: writes to them would be combined.
    WindowOfRegisters = "R0309",

    /// Two fields use the same bits.
    FieldOverlap = "R0401",
    /// A field reaches beyond its register.
    OutsideRegister = "R0402",
    /// A register of a width that the bus carries neither in one access nor in
    /// whole beats.
    BadWidth = "R0403",
    /// An effect of an access that software does not have, or a self-clearing
    /// bit that nothing can set.
    EffectWithoutAccess = "R0404",
    /// A number format of another width than its field's.
    BadFormat = "R0405",

    /// A reset value has bits beyond its register or field.
    ResetTooLarge = "R0501",
    /// An enumerated value has bits beyond its field.
    EnumeratedValueTooLarge = "R0502",
    /// Two enumerated values of one enumeration are the same number.
    EnumeratedValuesEqual = "R0503",
    /// A write constraint that no value meets, or that needs names where there
    /// are none.
    BadConstraint = "R0504",

    /// Two things in one scope have the same name, or names that an output
    /// cannot distinguish.
    DuplicateName = "R0601",
    /// A name that no output could use.
    BadName = "R0602",

    /// An identity register that cannot be read, or whose value does not fit.
    BadIdentity = "R0701",
    /// An interrupt whose status register offers no way to acknowledge it, or
    /// whose enable register cannot be written.
    InterruptNotAcknowledged = "R0702",
    /// Registers or bits of an interrupt that do not work together: bits that are not
    /// the same, a register or bit that two interrupts share, an enable register that
    /// is not plain read-write, or one that would have no effect.
    InterruptRegisters = "R0703",
    /// An exclusive reset that two instances have, or an interrupt line of several where
    /// no registers say which of them interrupted.
    SharedLine = "R0704",

    /// A write-1-to-clear field beside read-write fields: software that changes those
    /// by read-modify-write with plain pointers clears flags unseen. Or a bit of an
    /// interrupt beside read-write fields: the driver writes those back as it read them.
    ClearBesideModify = "R0901" allow "clear-beside-modify",
    /// Software cannot find out which block it is: a bitstream with
    /// another map is found out by what goes wrong.
    NoIdentity = "R0902" allow "no-identity",
    /// A block that does not fill pages of 64 KiB, as some arm64 kernels have:
    /// there, a program that maps it sees its neighbours too.
    SharesLargePage = "R0903" allow "shares-large-page",
    /// Registers that software reads and writes, and whose value after reset
    /// is unknown.
    UnknownReset = "R0904" allow "unknown-reset",
    /// An SVD that says of no register who may access it: all are taken as
    /// read-write.
    NoAccess = "R0905" allow "no-access",
    /// A register that is in no window: no program that maps the block can
    /// reach it.
    OutsideWindows = "R0906" allow "outside-windows",
    /// An element or attribute of an SVD that CMSIS-SVD does not have, such as a
    /// vendor's own: it has no effect.
    UnknownElement = "R0907" allow "unknown-element",
    /// A block that is not whole pages of 4 KiB: a program that maps it reaches
    /// what else is in its pages, so the driver refuses it unless the device tree
    /// says that this is meant.
    NotWholePages = "R0908" allow "not-whole-pages",
    /// Don't-care patterns of one enumeration that fit the same number: the
    /// first of them names it.
    PatternsOverlap = "R0910" allow "patterns-overlap",
    /// A don't-care pattern that fits more numbers than get a name each: the
    /// lowest alone has one.
    LargePattern = "R0911" allow "large-pattern",
    /// A write constraint that nothing enforces, such as one for the whole of a
    /// register that is written by its fields, or for what software cannot write;
    /// or one that forbids the value after reset.
    RegisterConstraint = "R0912" allow "register-constraint",
    /// Interrupts of one peripheral that have one name, or are one line; or one
    /// line for an array of peripherals.
    InterruptsAlike = "R0913" allow "interrupts-alike",
    /// What CMSIS-SVD has and what has no effect here, such as `addressUnitBits`
    /// or names for the elements of an array whose elements are numbered.
    WithoutEffect = "R0914" allow "without-effect",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place, and what is to be said of it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// A few words; may be empty.
    pub text: String,
}

/// What a diagnostic means for the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is refused.
    Error,
    /// It was a mistake, and lenient reading made something of it.
    Repair,
    /// It is legal, but suspicious, and shown as a warning; [`Code::lint`] is the name
    /// to allow it by.
    Lint,
}

impl Severity {
    /// The word that begins its line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Repair => "repaired",
            Severity::Lint => "warning",
        }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it refuses the input.
    pub severity: Severity,
    /// What kind of mistake.
    pub code: Code,
    /// One sentence that says what is wrong.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// What else it collides with.
    pub related: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// The edits that do it, where they are known.
    pub suggestion: Option<Suggestion>,
    /// Set for an error that lenient reading repairs.
    pub repairable: bool,
}

impl Diagnostic {
    /// A mistake at a place.
    #[must_use]
    pub fn new(
        code: Code,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let severity = match code.lint() {
            Some(_) => Severity::Lint,
            None => Severity::Error,
        };
        Diagnostic {
            severity,
            code,
            message: message.into(),
            primary: Label {
                span,
                text: label.into(),
            },
            related: Vec::new(),
            help: None,
            suggestion: None,
            repairable: false,
        }
    }

    /// Turns a mistake into one that was repaired, by a rule in a sentence.
    #[must_use]
    pub fn repaired(self, rule: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Repair,
            help: Some(rule.into()),
            repairable: false,
            ..self
        }
    }

    /// Notes that lenient reading repairs it.
    #[must_use]
    pub(crate) fn repairable(self) -> Self {
        Diagnostic {
            repairable: true,
            ..self
        }
    }

    /// The other place that has to do with it.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// The way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The edits that correct it.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<Suggestion>) -> Self {
        self.suggestion = suggestion;
        self
    }

    /// For a name that is not there: the nearest that is, else another way out.
    #[must_use]
    pub(crate) fn did_you_mean(
        self,
        written: &str,
        near: Option<&str>,
        otherwise: impl FnOnce() -> String,
    ) -> Self {
        let span = self.primary.span;
        match near {
            Some(near) => self
                .help(format!("did you mean `{near}`?"))
                .suggest(Suggestion::name(span, written, near)),
            None => self.help(otherwise()),
        }
    }
}

/// Behind the message of a mistake that several elements of an array have.
const SEVERAL: &str = " (the first of several)";

impl Diagnostic {
    /// Whether both report one mistake in the text, of two things that come of it:
    /// elements of an array, or what is derived from one.
    fn is_of_another_element_than(&self, other: &Diagnostic) -> bool {
        let places = |it: &Diagnostic| {
            let related = it.related.iter().map(|label| label.span);
            related.collect::<Vec<_>>()
        };
        let rule = |it: &Diagnostic| match it.severity {
            Severity::Repair => it.help.clone(),
            Severity::Error | Severity::Lint => None,
        };
        self.code.is_of_what_is_expanded()
            && (self.code, self.severity) == (other.code, other.severity)
            && self.primary.span == other.primary.span
            && places(self) == places(other)
            && rule(self) == rule(other)
    }
}

impl Code {
    /// Whether it reports registers and fields after arrays are laid out. Of
    /// such mistakes no two have all their places in common.
    fn is_of_what_is_expanded(self) -> bool {
        matches!(
            self,
            Code::OutsideBlock
                | Code::Misaligned
                | Code::StrideTooSmall
                | Code::BadCount
                | Code::FieldOverlap
                | Code::OutsideRegister
                | Code::BadWidth
                | Code::EffectWithoutAccess
                | Code::BadFormat
                | Code::ResetTooLarge
                | Code::EnumeratedValueTooLarge
                | Code::BadConstraint
                | Code::ClearBesideModify
                | Code::OutsideWindows
                | Code::RegisterConstraint
        )
    }
}

/// What was found, in any order until it is settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds what there is.
    pub(crate) fn extend(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(found);
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many were found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them; of a finished reading in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Whether anything was found that refuses the input.
    #[must_use]
    pub fn refuse(&self) -> bool {
        let mut list = self.list.iter();
        list.any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many of these errors lenient reading repairs.
    #[must_use]
    pub fn repairable(&self) -> usize {
        let list = self.list.iter();
        list.filter(|diagnostic| diagnostic.repairable).count()
    }

    /// How many were found that refuse the input.
    #[must_use]
    pub fn errors(&self) -> usize {
        let list = self.list.iter();
        list.filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count()
    }

    /// Adds edits to the suggestion for what was reported at a place; without them
    /// it is not certain.
    pub(crate) fn add_to_suggestion(&mut self, span: Span, more: Option<Suggestion>) {
        let mut latest = self.list.iter_mut().rev();
        let reported = latest.find(|it| it.primary.span == span);
        if let Some(suggestion) = reported.and_then(|it| it.suggestion.as_mut()) {
            suggestion.add(more);
        }
    }

    /// Removes suggestions whose place holds another text than they replace.
    pub(crate) fn keep_fitting_suggestions(&mut self, sources: &Sources) {
        for diagnostic in &mut self.list {
            let fits = |it: &mut Suggestion| {
                let source = it.source();
                source.is_some_and(|source| it.fits(sources.get(source)))
            };
            diagnostic.suggestion.take_if(|it| !fits(it));
        }
    }

    /// Replaces each by what becomes of it.
    pub(crate) fn change(&mut self, change: impl FnMut(Diagnostic) -> Diagnostic) {
        self.list = std::mem::take(&mut self.list)
            .into_iter()
            .map(change)
            .collect();
    }

    /// Leaves out what does not satisfy the condition.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
    }

    /// Puts everything in the order of the text, each once.
    pub(crate) fn settle(&mut self) {
        self.list
            .sort_by_key(|diagnostic| (diagnostic.primary.span, diagnostic.code));
        self.list.dedup();
        // What is no name at all is not also a wrong one.
        self.list.dedup_by(|again, first| {
            let same_place = again.primary.span == first.primary.span;
            same_place && [again.code, first.code] == [Code::BadName; 2]
        });
        self.list.dedup_by(|next, first| {
            let is_same = next.is_of_another_element_than(first);
            if is_same && !first.message.ends_with(SEVERAL) {
                first.message.push_str(SEVERAL);
            }
            if is_same && first.code == Code::OutsideBlock {
                // The last reaches furthest, and has the size that is enough for all.
                first.help = next.help.take();
            }
            is_same
        });
    }

    /// The text for people: each with its excerpt, then a count.
    #[must_use]
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        let texts = self.list.iter().map(|it| excerpt(it, sources, style));
        self.counted(&texts.collect::<String>())
    }

    /// The text for people as [`render`](Self::render) has it, but of each kind only
    /// the first few, and how many more there are.
    #[must_use]
    pub fn render_few(&self, sources: &Sources, style: Style) -> String {
        let kinds = self.kinds();
        let mut shown: HashMap<Kind, usize> = HashMap::new();
        let mut text = String::new();
        for diagnostic in &self.list {
            let kind = Kind::of(diagnostic);
            let all = kinds.get(&kind).copied().unwrap_or_default();
            let before = shown.entry(kind).or_default();
            *before += 1;
            if *before <= FEW {
                text.push_str(&excerpt(diagnostic, sources, style));
            }
            if *before == FEW && all > FEW {
                let more = all - FEW;
                let code = diagnostic.code;
                text.push_str(&format!("... and {more} more of this kind, {code}\n\n"));
            }
        }
        self.counted(&text)
    }

    /// How many [`render_few`](Self::render_few) does not show.
    #[must_use]
    pub fn left_out(&self) -> usize {
        let kinds = self.kinds();
        kinds.values().map(|all| all.saturating_sub(FEW)).sum()
    }

    /// How many there are of each kind.
    fn kinds(&self) -> HashMap<Kind, usize> {
        let mut kinds = HashMap::new();
        for diagnostic in &self.list {
            *kinds.entry(Kind::of(diagnostic)).or_default() += 1;
        }
        kinds
    }

    fn counted(&self, text: &str) -> String {
        format!("{text}{}\n", self.count())
    }

    /// `2 errors, 1 warning`; empty when there is nothing.
    #[must_use]
    pub fn count(&self) -> String {
        let kinds = [
            (Severity::Error, "error", "errors"),
            (Severity::Repair, "repair", "repairs"),
            (Severity::Lint, "warning", "warnings"),
        ];
        let counts = kinds.iter().filter_map(|(severity, one, many)| {
            let of = |diagnostic: &&Diagnostic| diagnostic.severity == *severity;
            match self.list.iter().filter(of).count() {
                0 => None,
                1 => Some(format!("1 {one}")),
                count => Some(format!("{count} {many}")),
            }
        });
        counts.collect::<Vec<_>>().join(", ")
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics {
            list: vec![diagnostic],
        }
    }
}

/// How many of a kind are shown where not all are.
const FEW: usize = 3;

/// What many diagnostics have in common: a severity, a code, and a message but for
/// its names and numbers.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    severity: Severity,
    code: Code,
    shape: String,
}

impl Kind {
    fn of(diagnostic: &Diagnostic) -> Self {
        Kind {
            severity: diagnostic.severity,
            code: diagnostic.code,
            shape: shape(&diagnostic.message),
        }
    }
}

/// A message without what is in backticks, and without its numbers.
fn shape(message: &str) -> String {
    let outside: Vec<&str> = message.split('`').step_by(2).collect();
    let words = outside.join("`");
    let mut shape = String::new();
    let (mut in_word, mut in_number) = (false, false);
    for c in words.chars() {
        let of_word = c.is_alphanumeric() || c == '_';
        in_number = of_word && (in_number || !in_word && c.is_ascii_digit());
        in_word = of_word;
        if !in_number {
            shape.push(c);
        }
    }
    shape
}

/// Whether a rendering carries terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI escapes.
    Coloured,
}

/// One with its excerpt, and an empty line.
fn excerpt(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    format!("{}\n\n", renderer.render(&report(diagnostic, sources)))
}

fn report<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> [Group<'a>; 1] {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Repair => Level::WARNING.with_name("repaired"),
        Severity::Lint => Level::WARNING,
    };
    let mut group = level
        .primary_title(&diagnostic.message)
        .id(diagnostic.code.as_str())
        .elements(snippets(diagnostic, sources));
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    [group]
}

/// One snippet a source: labels in the same file share an excerpt.
fn snippets<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut ids = vec![diagnostic.primary.span.source];
    for label in &diagnostic.related {
        if !ids.contains(&label.span.source) {
            ids.push(label.span.source);
        }
    }
    let of_source = |id| snippet(diagnostic, id, sources.get(id));
    ids.into_iter().map(of_source).collect()
}

/// The excerpt of one source. Of the text it gets the lines in question alone:
/// the renderer goes through all that it is given, and a chip's file is large.
fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    id: SourceId,
    source: &'a Source,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let primary = iter::once((AnnotationKind::Primary, &diagnostic.primary));
    let related = diagnostic.related.iter();
    let labels = primary
        .chain(related.map(|label| (AnnotationKind::Context, label)))
        .filter(|(_, label)| label.span.source == id)
        .map(|(kind, label)| (kind, within(source.text(), label.span), label));
    let ends = labels.clone().map(|(_, range, _)| range);
    let touched = ends.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
    let shown = source.whole_lines(touched.unwrap_or_default());
    Snippet::source(&source.text()[shown.clone()])
        .path(source.name())
        .line_start(source.line_of(shown.start))
        .annotations(labels.map(|(kind, range, label)| {
            let range = range.start - shown.start..range.end - shown.start;
            kind.span(range).label(label.text.as_str())
        }))
}

/// The span's range, moved onto character boundaries of the text.
fn within(text: &str, span: Span) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(span.range().start.min(text.len()));
    let end = text.ceil_char_boundary(span.range().end.clamp(start, text.len()));
    start..end
}

#[cfg(test)]
mod tests {
    use super::{Code, Diagnostic, Diagnostics, Style, shape};
    use crate::source::{Sources, Span};

    #[test]
    fn a_message_has_its_shape_whatever_the_names_and_numbers() {
        assert_eq!(shape("`A` at 0x10 ends beyond `B2`"), "` at  ends beyond `");
        assert_eq!(
            shape("`CH[0].X` at 4 ends beyond ``"),
            "` at  ends beyond `"
        );
        assert_eq!(shape("u32 has 32 bits"), "u32 has  bits");
        assert_ne!(shape("`A` is read"), shape("`A` is written"));
    }

    fn many(messages: &[(&str, usize)]) -> (Diagnostics, Sources) {
        let mut sources = Sources::default();
        let source = sources.add("case.yaml".to_owned(), "schema: 1\n".to_owned());
        let span = Span {
            source,
            start: 0,
            end: 6,
        };
        let mut all = Diagnostics::default();
        for (message, count) in messages {
            for number in 0..*count {
                let message = message.replace('#', &number.to_string());
                all.push(Diagnostic::new(Code::BadValue, span, message, "here"));
            }
        }
        (all, sources)
    }

    #[test]
    fn of_many_of_a_kind_the_first_few_are_shown_and_all_are_counted() {
        let (all, sources) = many(&[("`R#` is wrong", 5000), ("`R#` is odd", 3)]);
        let text = all.render_few(&sources, Style::Plain);
        assert_eq!(text.matches("is wrong").count(), 3, "{text}");
        assert!(text.contains("`R2` is wrong"), "{text}");
        assert_eq!(text.matches("is odd").count(), 3, "{text}");
        let more = format!("\n... and 4997 more of this kind, {}\n", Code::BadValue);
        assert_eq!(text.matches(&more).count(), 1, "{text}");
        assert!(text.ends_with("\n5003 errors\n"), "{text}");
        assert_eq!(all.left_out(), 4997);
        let text = all.render(&sources, Style::Plain);
        assert_eq!(text.matches("is wrong").count(), 5000);
    }

    #[test]
    fn a_few_are_shown_as_they_are() {
        let (all, sources) = many(&[("`R#` is wrong", 3), ("`R#` is odd", 1)]);
        let few = all.render_few(&sources, Style::Plain);
        assert_eq!(few, all.render(&sources, Style::Plain));
        assert_eq!(all.left_out(), 0);
    }
}
