// SPDX-License-Identifier: MIT OR Apache-2.0

//! What was found, as SARIF 2.1.0 (OASIS standard, 27 March 2020).

use regdesc::diagnostic::Label;
use regdesc::{Code, Diagnostic, Severity, Sources, Span, Suggestion};
use serde_json::{Value, json};

use super::checked::Checked;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run of the tool over all inputs.
pub(super) fn render(checked: &[Checked<'_>]) -> String {
    let results: Vec<Value> = checked.iter().flat_map(results).collect();
    let rules: Vec<Value> = Code::ALL.iter().map(|code| rule(*code)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "regloom",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    // The keys are strings, which is all that could go wrong.
    serde_json::to_string_pretty(&log).unwrap_or_default()
}

fn rule(code: Code) -> Value {
    let meaning: Vec<&str> = code.meaning().split_whitespace().collect();
    json!({
        "id": code.as_str(),
        "name": format!("{code:?}"),
        "fullDescription": {"text": meaning.join(" ")},
        "defaultConfiguration": {"level": if code.lint().is_some() { "warning" } else { "error" }},
    })
}

fn results(checked: &Checked<'_>) -> Vec<Value> {
    if let Some(line) = checked.unreadable() {
        let uri = uri(&checked.input.display().to_string());
        return vec![json!({
            "ruleId": Code::Syntax.as_str(),
            "level": "error",
            "message": {"text": line},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}}}],
        })];
    }
    let Some((diagnostics, sources)) = checked.found() else {
        return Vec::new();
    };
    diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, sources))
        .collect()
}

fn result(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Lint => "warning",
        Severity::Repair => "note",
    };
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|label| {
            let mut location = location(label, sources);
            location["message"] = json!({"text": label.text});
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "level": level,
        "message": {"text": text},
        "locations": [location(&diagnostic.primary, sources)],
        "relatedLocations": related,
        "properties": {"repairable": diagnostic.repairable},
    });
    if let Some(suggestion) = &diagnostic.suggestion {
        result["fixes"] = json!([fix(diagnostic, suggestion, sources)]);
    }
    result
}

/// The edits of a suggestion, which are in one file. SARIF requires that a tool
/// applies a fix only after a person has chosen it, so the uncertain ones are
/// there too.
fn fix(diagnostic: &Diagnostic, suggestion: &Suggestion, sources: &Sources) -> Value {
    let replacements: Vec<Value> = suggestion
        .edits
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": region(edit.span, sources),
                "insertedContent": {"text": edit.text},
            })
        })
        .collect();
    let changes: Vec<Value> = suggestion
        .source()
        .into_iter()
        .map(|source| {
            json!({
                "artifactLocation": {"uri": uri(sources.get(source).name())},
                "replacements": replacements,
            })
        })
        .collect();
    let description = diagnostic.help.as_deref().unwrap_or(&diagnostic.message);
    json!({
        "description": {"text": description},
        "artifactChanges": changes,
        "properties": {"applicability": suggestion.applicability.word()},
    })
}

fn location(label: &Label, sources: &Sources) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(sources.get(label.span.source).name())},
        "region": region(label.span, sources),
    }})
}

fn region(span: Span, sources: &Sources) -> Value {
    let (start, end) = sources.get(span.source).positions(span);
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A path as a URI reference (RFC 3986): what has a meaning there is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' => uri.push('/'),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
