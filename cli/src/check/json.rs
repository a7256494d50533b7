// SPDX-License-Identifier: MIT OR Apache-2.0

//! What was found, as a JSON list.

use regdesc::diagnostic::Label;
use regdesc::{Diagnostic, Severity, Sources, Span, Suggestion};
use serde_json::{Value, json};

use super::checked::Checked;

/// One object for each thing that was found, in the order of inputs and text.
pub(super) fn render(checked: &[Checked<'_>]) -> String {
    let all: Vec<Value> = checked.iter().flat_map(objects).collect();
    // The keys are strings, which is all that could go wrong.
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

fn objects(checked: &Checked<'_>) -> Vec<Value> {
    if let Some(line) = checked.unreadable() {
        let file = checked.input.display().to_string();
        return vec![json!({"severity": "error", "message": line, "file": file})];
    }
    let Some((diagnostics, sources)) = checked.found() else {
        return Vec::new();
    };
    diagnostics
        .iter()
        .map(|diagnostic| object(diagnostic, sources))
        .collect()
}

fn object(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|label| labelled(label, sources))
        .collect();
    let mut object = labelled(&diagnostic.primary, sources);
    object["code"] = json!(diagnostic.code.as_str());
    object["severity"] = json!(diagnostic.severity.word());
    object["message"] = json!(diagnostic.message);
    object["related"] = json!(related);
    if let Some(help) = &diagnostic.help {
        object["help"] = json!(help);
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        object["suggestion"] = self::suggestion(suggestion, sources);
    }
    if diagnostic.severity == Severity::Error {
        object["repairable"] = json!(diagnostic.repairable);
    }
    if let Some(lint) = diagnostic.code.lint() {
        object["lint"] = json!(lint);
    }
    object
}

/// Edits that belong together, each with the text that replaces its place.
fn suggestion(suggestion: &Suggestion, sources: &Sources) -> Value {
    let edits: Vec<Value> = suggestion
        .edits
        .iter()
        .map(|edit| {
            let mut object = place(edit.span, sources);
            object["text"] = json!(edit.text);
            object
        })
        .collect();
    json!({"applicability": suggestion.applicability.word(), "edits": edits})
}

fn labelled(label: &Label, sources: &Sources) -> Value {
    let mut object = place(label.span, sources);
    object["label"] = json!(label.text);
    object
}

/// A place with its file, its lines and columns, which count from 1, and its bytes
/// in the text as UTF-8 without a byte order mark, which count from 0.
fn place(span: Span, sources: &Sources) -> Value {
    let source = sources.get(span.source);
    let (start, end) = source.positions(span);
    json!({
        "file": source.name(),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "byte": span.start,
        "end_byte": span.end,
    })
}
