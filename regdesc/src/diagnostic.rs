// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is wrong with an input: a stable code, the places, and a way out.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::source::{Sources, Span};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What kind of mistake a diagnostic tells of. The text of a code never
        /// changes and is never used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
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
        }
    };
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
    /// A key that must be there is not.
    MissingKey = "R0105",
    /// A value of the right type that means nothing here.
    BadValue = "R0106",
    /// The input is larger, or nests or expands further, than any register map.
    TooLarge = "R0107",

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

    /// Two items use the same bytes.
    Overlap = "R0301",
    /// An item reaches beyond its block or the address space.
    OutsideBlock = "R0302",
    /// An offset or stride that is no multiple of the register's size.
    Misaligned = "R0303",
    /// Elements of an array overlap each other.
    StrideTooSmall = "R0304",
    /// An array of no elements or of too many.
    BadCount = "R0305",
    /// Two instances stand at the same addresses.
    InstanceOverlap = "R0306",

    /// Two fields use the same bits.
    FieldOverlap = "R0401",
    /// A field reaches beyond its register.
    OutsideRegister = "R0402",
    /// A register of a width that the bus cannot carry in one access.
    BadWidth = "R0403",

    /// A reset value has bits beyond its register or field.
    ResetTooLarge = "R0501",
    /// An enumerated value has bits beyond its field.
    EnumeratedValueTooLarge = "R0502",
    /// Two enumerated values of one enumeration are the same number.
    EnumeratedValuesEqual = "R0503",

    /// Two things in one scope have the same name, or names that an output
    /// cannot tell apart.
    DuplicateName = "R0601",
    /// A name that no output could use.
    BadName = "R0602",
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

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
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
        Diagnostic {
            code,
            message: message.into(),
            primary: Label {
                span,
                text: label.into(),
            },
            related: Vec::new(),
            help: None,
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
}

/// The mistakes one phase found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
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

    /// In the order of the text they speak of.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Ends a phase: `Ok` when it found nothing, else everything it found, in
    /// the order of the text.
    ///
    /// # Errors
    /// The diagnostics themselves, when there are any.
    pub fn into_result(mut self) -> Result<(), Self> {
        if self.list.is_empty() {
            return Ok(());
        }
        self.list
            .sort_by_key(|diagnostic| (diagnostic.primary.span, diagnostic.code));
        self.list.dedup();
        Err(self)
    }

    /// The text for people: each mistake with its excerpt, then a count.
    #[must_use]
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        let mut text = String::new();
        for diagnostic in &self.list {
            text.push_str(&renderer.render(&report(diagnostic, sources)));
            text.push_str("\n\n");
        }
        let count = match self.list.len() {
            1 => "1 error".to_owned(),
            many => format!("{many} errors"),
        };
        text.push_str(&count);
        text.push('\n');
        text
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics {
            list: vec![diagnostic],
        }
    }
}

/// Whether a rendering carries terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI escapes.
    Coloured,
}

fn report<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> [Group<'a>; 1] {
    let mut group = Level::ERROR
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
    ids.into_iter()
        .map(|id| {
            let source = sources.get(id);
            let here = |label: &&Label| label.span.source == id;
            let primary = Some(&diagnostic.primary)
                .filter(here)
                .map(|label| (AnnotationKind::Primary, label));
            let related = diagnostic
                .related
                .iter()
                .filter(here)
                .map(|label| (AnnotationKind::Context, label));
            Snippet::source(source.text())
                .path(source.name())
                .annotations(primary.into_iter().chain(related).map(|(kind, label)| {
                    let range = within(source.text(), label.span);
                    kind.span(range).label(label.text.as_str())
                }))
        })
        .collect()
}

/// The span's range, moved onto character boundaries of the text.
fn within(text: &str, span: Span) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(span.range().start.min(text.len()));
    let end = text.ceil_char_boundary(span.range().end.clamp(start, text.len()));
    start..end
}
