// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a view is in the tables of the Rust driver, as expressions.

use std::fmt;

use crate::text;
use crate::view::{
    AcknowledgeView, BitsView, DriverView, EnableView, MoveView, PortView, RegisterView, SourceView,
};

impl fmt::Display for PortView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PortView { offset, width } = self;
        write!(f, "Port {{ offset: {offset:#x}, width: {width} }}")
    }
}

impl BitsView {
    /// As an expression, whose later lines are indented so.
    fn lines(&self, indent: &str) -> String {
        let (port, moves) = (
            self.port,
            MoveView::lines(&self.moves, &format!("{indent}    ")),
        );
        format!("Bits {{\n{indent}    port: {port},\n{indent}    moves: {moves},\n{indent}}}")
    }
}

impl MoveView {
    /// A slice of them, as an expression whose later lines are indented so.
    pub(crate) fn lines(moves: &[MoveView], indent: &str) -> String {
        let moves = moves.iter().map(|it| {
            let MoveView { mask, shift } = it;
            format!("Move {{ mask: {mask:#x}, shift: {shift} }}")
        });
        let moves: Vec<_> = moves.collect();
        match moves.as_slice() {
            [] => "&[]".to_owned(),
            [only] => format!("&[{only}]"),
            moves => format!(
                "&[\n{indent}    {},\n{indent}]",
                moves.join(&format!(",\n{indent}    "))
            ),
        }
    }
}

/// How far the entries of a source are indented.
const ENTRY: &str = "                    ";

/// How far the entries within one of these are.
const INNER: &str = "                        ";

impl SourceView {
    /// The events of its bits, as an expression.
    pub(crate) fn reported(&self) -> String {
        MoveView::lines(&self.reported, ENTRY)
    }

    /// Where its events are let through, as an expression.
    pub(crate) fn enabled(&self) -> String {
        match &self.enable {
            None => "None".to_owned(),
            Some(EnableView::Register {
                bits,
                readable,
                kept,
                ones,
            }) => format!(
                "Some(Enable::Register {{\n{INNER}bits: {},\n{INNER}readable: {readable},\n\
                 {INNER}kept: {kept:#x},\n{INNER}ones: {ones:#x},\n{ENTRY}}})",
                bits.lines(INNER)
            ),
            Some(EnableView::Pair { set, clear, read }) => {
                let read = match read {
                    Some(bits) => format!("Some({})", bits.lines(INNER)),
                    None => "None".to_owned(),
                };
                format!(
                    "Some(Enable::Pair {{\n{INNER}set: {},\n{INNER}clear: {},\n{INNER}read: \
                     {read},\n{ENTRY}}})",
                    set.lines(INNER),
                    clear.lines(INNER)
                )
            }
        }
    }

    /// How they are acknowledged, as an expression.
    pub(crate) fn acknowledged(&self) -> String {
        let Some(AcknowledgeView {
            bits,
            ones,
            zeros,
            kept,
        }) = &self.acknowledge
        else {
            return "None".to_owned();
        };
        format!(
            "Some(Acknowledge {{\n{INNER}bits: {},\n{INNER}ones: {ones:#x},\n{INNER}zeros: \
             {zeros:#x},\n{INNER}kept: {kept:#x},\n{ENTRY}}})",
            bits.lines(INNER)
        )
    }

    /// The types of the driver's tables that its expressions name.
    fn types(&self) -> Vec<&'static str> {
        let mut types = vec!["Move", "Port", "Source"];
        if self.enable.is_some() {
            types.extend(["Bits", "Enable"]);
        }
        if self.acknowledge.is_some() {
            types.extend(["Acknowledge", "Bits"]);
        }
        types
    }
}

impl DriverView {
    /// The types of the driver's tables that it names, in order.
    pub(crate) fn types(&self) -> Vec<&'static str> {
        let mut types = vec!["Device", "Register", "Window"];
        if self.registers.iter().any(|it| !it.fields.is_empty()) {
            types.push("Field");
        }
        if !self.identity.is_empty() {
            types.extend(["Identity", "Part", "Port"]);
        }
        if !self.interrupts.is_empty() {
            types.extend(["Interrupt", "Silence"]);
        }
        if !self.resets.is_empty() {
            types.push("Reset");
        }
        let sources = self.interrupts.iter().flat_map(|it| &it.sources);
        types.extend(sources.flat_map(SourceView::types));
        types.sort_unstable();
        types.dedup();
        types
    }
}

impl RegisterView {
    /// How often it is there.
    pub(crate) fn count(&self) -> u64 {
        self.array.map_or(1, |array| array.count)
    }

    /// Bytes from one to the next.
    pub(crate) fn stride(&self) -> u64 {
        self.array
            .map_or(u64::from(self.width / 8), |array| array.stride)
    }

    /// Why it is not shown, as an expression.
    pub(crate) fn hidden(&self) -> String {
        match &self.unseen {
            Some(why) => format!("Some(\"{}\")", text::literal(why)),
            None => "None".to_owned(),
        }
    }
}
