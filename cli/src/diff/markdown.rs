// SPDX-License-Identifier: MIT OR Apache-2.0

//! What changed, as a page for release notes and reviews.

use regdesc::{Change, Class, Diff, Sources, Span};

/// What it comes to, and a table for each class.
pub(super) fn render(diff: &Diff<'_>) -> String {
    let mut page = format!("{}\n", capitalised(&format!("{}.", diff.summary())));
    for class in Class::ALL {
        let of_it = |it: &&Change| it.rule.class() == class;
        let lines: Vec<String> = diff
            .changes()
            .iter()
            .filter(of_it)
            .map(|change| line(diff, change))
            .collect();
        if !lines.is_empty() {
            page.push_str(&format!(
                "\n### {}\n\n| what | change | where | rule |\n| --- | --- | --- | --- |\n{}",
                capitalised(class.word()),
                lines.concat()
            ));
        }
    }
    page
}

fn line(diff: &Diff<'_>, change: &Change) -> String {
    let Change {
        rule,
        item,
        path,
        message,
        old,
        new,
    } = change;
    let old = old.map(|span| place(diff.before().sources(), span));
    let new = new.map(|span| place(diff.after().sources(), span));
    let places: Vec<String> = [old, new].into_iter().flatten().collect();
    let name = match path.as_str() {
        "" => (*item).to_owned(),
        path => format!("{item} `{path}`"),
    };
    format!(
        "| {} | {} | {} | {rule} |\n",
        in_a_cell(&name),
        in_a_cell(message),
        in_a_cell(&places.join(" → "))
    )
}

/// `file:line`.
fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.source);
    format!("{}:{}", source.name(), source.positions(span).0.line)
}

/// What would end a cell, or the line, does not.
fn in_a_cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
