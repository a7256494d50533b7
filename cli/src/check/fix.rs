// SPDX-License-Identifier: MIT OR Apache-2.0

//! Applies the edits that are certain to the files that were read.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use regdesc::suggestion::{Added, Edits};
use regdesc::{Applicability, Diagnostic, Diagnostics, Source, Sources, Suggestion};

use crate::output;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What is to become of one file.
struct File<'f> {
    source: &'f Source,
    edits: Edits,
    /// What is changed, in the order of the text.
    changes: Vec<(&'f Diagnostic, &'f Suggestion)>,
    /// What would change the same places.
    overlapping: Vec<&'f Diagnostic>,
}

/// Applies every sure suggestion, reports each change, and returns how many files
/// were changed.
pub(super) fn apply<'f>(
    found: impl Iterator<Item = (&'f Diagnostics, &'f Sources)>,
) -> Result<usize, String> {
    let mut changed = 0;
    for (path, file) in &planned(found) {
        changed += usize::from(change(path, file)?);
    }
    Ok(changed)
}

/// The edits of each file. A file may be read for several descriptions, by several
/// names.
fn planned<'f>(
    found: impl Iterator<Item = (&'f Diagnostics, &'f Sources)>,
) -> BTreeMap<PathBuf, File<'f>> {
    let mut files: BTreeMap<PathBuf, File<'f>> = BTreeMap::new();
    for (diagnostics, sources) in found {
        for diagnostic in diagnostics.iter() {
            let Some((suggestion, source)) = sure(diagnostic, sources) else {
                continue;
            };
            // A link stays one: the file that it leads to is changed.
            let Ok(path) = fs::canonicalize(source.name()) else {
                continue;
            };
            let file = files.entry(path).or_insert_with(|| File {
                source,
                edits: Edits::default(),
                changes: Vec::new(),
                overlapping: Vec::new(),
            });
            match file.edits.add(suggestion) {
                Added::New => file.changes.push((diagnostic, suggestion)),
                Added::Again => {}
                Added::Overlaps => file.overlapping.push(diagnostic),
            }
        }
    }
    files
}

fn sure<'f>(
    diagnostic: &'f Diagnostic,
    sources: &'f Sources,
) -> Option<(&'f Suggestion, &'f Source)> {
    let suggestion = diagnostic.suggestion.as_ref()?;
    let sure = suggestion.applicability == Applicability::Sure;
    let source = suggestion.source().filter(|_| sure)?;
    Some((suggestion, sources.get(source)))
}

/// Changes one file; `false` for a file that cannot be changed by what was read of
/// it.
fn change(path: &Path, file: &File<'_>) -> Result<bool, String> {
    let name = file.source.name();
    let failed = |error: std::io::Error| format!("error: {name}: cannot change it: {error}");
    let bytes = fs::read(path).map_err(failed)?;
    let Some(mark) = mark_before(file.source.text(), &bytes) else {
        let reason = match std::str::from_utf8(&bytes) {
            Ok(text) if !text.contains('\0') => "it has changed since it was read",
            _ => "it is not encoded as UTF-8; save it as UTF-8 first",
        };
        output::message(format_args!("{name}: nothing is fixed: {reason}\n"));
        return Ok(false);
    };
    let text = file.edits.apply(file.source.text());
    replace(path, &[mark, &text]).map_err(failed)?;
    for (diagnostic, suggestion) in &file.changes {
        report(file.source, diagnostic, suggestion);
    }
    for diagnostic in &file.overlapping {
        let place = place(file.source, diagnostic.primary.span);
        output::message(format_args!(
            "left {place}: {}: another change is at the same place; `--fix` again may apply it\n",
            diagnostic.code
        ));
    }
    Ok(true)
}

/// The byte order mark before a text, or none, where the bytes are that text as
/// UTF-8.
fn mark_before(text: &str, bytes: &[u8]) -> Option<&'static str> {
    let marks = [BYTE_ORDER_MARK, ""];
    marks
        .into_iter()
        .find(|mark| bytes.strip_prefix(mark.as_bytes()) == Some(text.as_bytes()))
}

/// Writes a file under a temporary name beside it and renames it, so that it has
/// the old text or the new one.
fn replace(path: &Path, parts: &[&str]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let permissions = fs::metadata(path)?.permissions();
    let mut file = tempfile::Builder::new()
        .prefix(".regloom-")
        .tempfile_in(folder)?;
    for part in parts {
        file.write_all(part.as_bytes())?;
    }
    file.as_file().set_permissions(permissions)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// One line for each edit: where it is, what was there, and what is there now.
fn report(source: &Source, diagnostic: &Diagnostic, suggestion: &Suggestion) {
    for edit in &suggestion.edits {
        let old = source.text().get(edit.span.range()).unwrap_or_default();
        let (place, code) = (place(source, edit.span), diagnostic.code);
        let (old, new) = (shown(old), shown(&edit.text));
        output::message(format_args!("fixed {place}: {code}: {old} -> {new}\n"));
    }
}

/// `file:line:column`, as compilers write it.
fn place(source: &Source, span: regdesc::Span) -> String {
    let (start, _) = source.positions(span);
    format!("{}:{}:{}", source.name(), start.line, start.column)
}

/// A text on one line, in backticks where it has no white space that would not
/// show.
fn shown(text: &str) -> String {
    match text {
        "" => "nothing".to_owned(),
        _ if text.trim().is_empty() => format!("{text:?}"),
        _ => format!(
            "`{}`",
            text.escape_debug().to_string().replace("\\\"", "\"")
        ),
    }
}
