// SPDX-License-Identifier: MIT OR Apache-2.0

//! What changed, as a JSON object.

use regdesc::{Change, Diff, RegisterMap, Sources, Span};
use serde_json::{Value, json};

/// The changes in their order, what they come to, and which maps they lie
/// between.
pub(super) fn render(diff: &Diff<'_>) -> String {
    let changes: Vec<Value> = diff.changes().iter().map(|it| object(diff, it)).collect();
    let all = json!({
        "class": diff.class().map(regdesc::Class::word),
        "step": diff.step().word(),
        "old": map(diff.before()),
        "new": map(diff.after()),
        "changes": changes,
    });
    // The keys are strings, which is all that could go wrong.
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

fn map(map: &RegisterMap) -> Value {
    let first = map.sources().iter().next();
    json!({
        "file": first.map(regdesc::Source::name),
        "name": map.name.value,
        "version": map.version.as_ref().map(|version| version.value.to_string()),
        "hash": format!("{:#018x}", map.hash()),
    })
}

fn object(diff: &Diff<'_>, change: &Change) -> Value {
    let Change {
        rule,
        item,
        path,
        message,
        old,
        new,
    } = change;
    json!({
        "rule": rule.id(),
        "class": rule.class().word(),
        "step": rule.step().word(),
        "item": item,
        "path": path,
        "message": message,
        "old": old.map(|span| place(diff.before().sources(), span)),
        "new": new.map(|span| place(diff.after().sources(), span)),
    })
}

/// File, line and column, which count from 1.
fn place(sources: &Sources, span: Span) -> Value {
    let source = sources.get(span.source);
    let (start, _) = source.positions(span);
    json!({"file": source.name(), "line": start.line, "column": start.column})
}
