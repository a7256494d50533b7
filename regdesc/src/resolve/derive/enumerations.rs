// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enumerations that fields take from other fields.

use std::collections::HashMap;

use super::bases::{Lookup, missing};
use super::tree::{Element, Id, Kind, PerElement, Tree};
use crate::description::{Enumeration, Field, FieldValues};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Spanned;

/// Gives every field that names another's enumeration a copy of it.
pub(super) fn copy(tree: &mut Tree, bases: &PerElement<Option<Id>>, diagnostics: &mut Diagnostics) {
    let fields: Vec<Id> = tree
        .ids()
        .filter(|&id| path_of(tree, id).is_some())
        .collect();
    if fields.is_empty() {
        return;
    }
    let mut search = Search::new(tree, bases);
    let found: Vec<(Id, Option<Id>)> = fields
        .into_iter()
        .map(|id| (id, search.values(id, diagnostics)))
        .collect();
    for (id, source) in found {
        let values = source
            .and_then(|source| in_place(tree, source))
            .cloned()
            .map(FieldValues::InPlace);
        if let Element::Field(field) = &mut tree[id].element {
            field.values = values;
        }
    }
}

fn path_of(tree: &Tree, id: Id) -> Option<&Spanned<String>> {
    match &tree[id].element.as_field()?.values {
        Some(FieldValues::Named(path)) => Some(path),
        _ => None,
    }
}

fn in_place(tree: &Tree, id: Id) -> Option<&Enumeration> {
    match &tree[id].element.as_field()?.values {
        Some(FieldValues::InPlace(enumeration)) => Some(enumeration),
        _ => None,
    }
}

/// Where a path leads.
enum Target {
    /// To an enumeration's name: this field's.
    Enumeration(Id),
    /// To a field: whatever its values are.
    Field(Id),
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Unasked,
    /// Being looked for: whoever asks meanwhile stands in a circle.
    Wanted,
    /// The field whose enumeration it is; `None` when that was reported.
    Known(Option<Id>),
}

struct Search<'t> {
    tree: &'t Tree,
    bases: &'t PerElement<Option<Id>>,
    lookup: Lookup<'t>,
    /// The first field within a scope that has an enumeration of that name.
    named: HashMap<(Id, &'t str), Id>,
    sources: PerElement<Source>,
}

impl<'t> Search<'t> {
    fn new(tree: &'t Tree, bases: &'t PerElement<Option<Id>>) -> Self {
        Search {
            tree,
            bases,
            lookup: Lookup::with_bases(tree, bases),
            named: named(tree),
            sources: PerElement::new(tree, Source::Unasked),
        }
    }

    /// The field whose enumeration this field has, through as many references
    /// as it takes.
    fn values(&mut self, field: Id, diagnostics: &mut Diagnostics) -> Option<Id> {
        let mut trail = Vec::new();
        let mut at = field;
        let found = loop {
            match self.sources[at] {
                Source::Known(found) => break found,
                Source::Wanted => {
                    report(diagnostics, self.circular(&trail, at));
                    break None;
                }
                Source::Unasked => {}
            }
            if in_place(self.tree, at).is_some() {
                break Some(at);
            }
            self.sources[at] = Source::Wanted;
            trail.push(at);
            match self.next(at) {
                Some(Target::Field(next)) => at = next,
                Some(Target::Enumeration(found)) => break Some(found),
                None => {
                    report(diagnostics, self.missing(&trail));
                    break None;
                }
            }
        };
        for id in trail {
            self.sources[id] = Source::Known(found);
        }
        found
    }

    /// Where a field without values in place has them from.
    fn next(&mut self, field: Id) -> Option<Target> {
        match path_of(self.tree, field) {
            Some(path) => self.target(field, path),
            None => self.bases[field].map(Target::Field),
        }
    }

    /// What the path means where the field stands. CMSIS-SVD has the name of an
    /// enumeration, with as much of field, register and peripheral before it as
    /// makes it unique; an enumeration without a name goes by its field's.
    fn target(&mut self, field: Id, path: &'t str) -> Option<Target> {
        let named = match path.rsplit_once('.') {
            Some((outer, name)) => {
                let kinds = &[Kind::Field, Kind::Register, Kind::Cluster, Kind::Block];
                let scope = self.lookup.find(field, kinds, outer);
                scope.and_then(|scope| self.named_in(scope, name))
            }
            None => {
                let mut scopes = self.tree.ancestors(field);
                scopes.find_map(|scope| self.named_in(scope, path))
            }
        };
        named.map(Target::Enumeration).or_else(|| {
            let found = self.lookup.find(field, &[Kind::Field], path);
            found.map(Target::Field)
        })
    }

    /// A field with an enumeration of that name, within the scope or what the
    /// scope derives from.
    fn named_in(&self, scope: Id, name: &'t str) -> Option<Id> {
        let mut scopes = std::iter::successors(Some(scope), |&id| self.bases[id]);
        scopes.find_map(|scope| self.named.get(&(scope, name)).copied())
    }

    /// The last reference of the trail leads nowhere.
    fn missing(&self, trail: &[Id]) -> Option<Diagnostic> {
        let (field, path) = self.references(trail).last()?;
        Some(missing(&field.name, "enumeration", path))
    }

    fn circular(&self, trail: &[Id], start: Id) -> Option<Diagnostic> {
        let from = trail.iter().position(|&id| id == start)?;
        let (_, circle) = trail.split_at(from);
        let mut references = self.references(circle);
        let (field, path) = references.next()?;
        let diagnostic = Diagnostic::new(
            Code::DerivedFromCircle,
            path.span,
            format!(
                "the values of `{}` are derived from themselves",
                *field.name
            ),
            format!("derived from `{}`", **path),
        )
        .help("write one of them in full");
        Some(references.fold(diagnostic, |diagnostic, (field, path)| {
            diagnostic.related(
                path.span,
                format!("the values of `{}` are those of `{}`", *field.name, **path),
            )
        }))
    }

    fn references<'s>(
        &self,
        trail: &'s [Id],
    ) -> impl Iterator<Item = (&'t Field, &'t Spanned<String>)> + use<'s, 't> {
        let tree = self.tree;
        trail
            .iter()
            .filter_map(move |&id| Some((tree[id].element.as_field()?, path_of(tree, id)?)))
    }
}

fn named(tree: &Tree) -> HashMap<(Id, &str), Id> {
    let mut named = HashMap::new();
    for id in tree.ids() {
        let name = in_place(tree, id).and_then(|enumeration| enumeration.name.as_ref());
        let Some(name) = name else {
            continue;
        };
        for scope in std::iter::once(id).chain(tree.ancestors(id)) {
            named.entry((scope, name.as_str())).or_insert(id);
        }
    }
    named
}

fn report(diagnostics: &mut Diagnostics, mistake: Option<Diagnostic>) {
    if let Some(mistake) = mistake {
        diagnostics.push(mistake);
    }
}
