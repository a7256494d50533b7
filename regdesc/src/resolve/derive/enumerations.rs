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
    let places: Vec<Place> = tree
        .ids()
        .flat_map(Place::of_field)
        .filter(|&place| path_of(tree, place).is_some())
        .collect();
    if places.is_empty() {
        return;
    }
    let mut search = Search::new(tree, bases);
    let found: Vec<(Place, Option<Place>)> = places
        .into_iter()
        .map(|place| (place, search.values(place, diagnostics)))
        .collect();
    for (place, source) in found {
        let values = source
            .and_then(|source| in_place(tree, source))
            .cloned()
            .map(FieldValues::InPlace);
        if let Element::Field(field) = &mut tree[place.field].element {
            put(field, place, source, values);
        }
    }
}

/// What a reference leads to takes its place. One that does not say that it is
/// for writing is so where what it leads to is.
fn put(field: &mut Field, place: Place, source: Option<Place>, values: Option<FieldValues>) {
    let is_for_writing = source.is_some_and(|source| source.side == Side::Written);
    match place.side {
        Side::Read if is_for_writing && field.write_values.is_none() => {
            field.values = None;
            field.write_values = values;
        }
        Side::Read => field.values = values,
        Side::Written => field.write_values = values,
    }
}

/// One of a field's two enumerations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    field: Id,
    side: Side,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Read,
    Written,
}

impl Place {
    fn of_field(field: Id) -> [Place; 2] {
        [Side::Read, Side::Written].map(|side| Place { field, side })
    }

    fn values(self, tree: &Tree) -> Option<&FieldValues> {
        let field = tree[self.field].element.as_field()?;
        match self.side {
            Side::Read => field.values.as_ref(),
            Side::Written => field.write_values.as_ref(),
        }
    }

    /// The same field's enumeration where it has only the other.
    fn or_other(self, tree: &Tree) -> Place {
        if self.values(tree).is_some() {
            return self;
        }
        let mut places = Place::of_field(self.field).into_iter();
        places
            .find(|place| place.values(tree).is_some())
            .unwrap_or(self)
    }
}

fn path_of(tree: &Tree, place: Place) -> Option<&Spanned<String>> {
    match place.values(tree) {
        Some(FieldValues::Named(path)) => Some(path),
        _ => None,
    }
}

fn in_place(tree: &Tree, place: Place) -> Option<&Enumeration> {
    match place.values(tree) {
        Some(FieldValues::InPlace(enumeration)) => Some(enumeration),
        _ => None,
    }
}

/// Where a path leads.
enum Target {
    /// To an enumeration's name: this one.
    Enumeration(Place),
    /// To a field: whatever its values are.
    Field(Place),
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Unasked,
    /// Being looked for: what asks meanwhile is in a circle.
    Wanted,
    /// Where the enumeration is written; `None` when that was reported.
    Known(Option<Place>),
}

struct Search<'t> {
    tree: &'t Tree,
    bases: &'t PerElement<Option<Id>>,
    lookup: Lookup<'t>,
    /// The first enumeration of that name within a scope.
    named: HashMap<(Id, &'t str), Place>,
    sources: PerElement<[Source; 2]>,
}

impl<'t> Search<'t> {
    fn new(tree: &'t Tree, bases: &'t PerElement<Option<Id>>) -> Self {
        Search {
            tree,
            bases,
            lookup: Lookup::with_bases(tree, bases),
            named: named(tree),
            sources: PerElement::new(tree, [Source::Unasked; 2]),
        }
    }

    fn source(&mut self, place: Place) -> &mut Source {
        let [read, written] = &mut self.sources[place.field];
        match place.side {
            Side::Read => read,
            Side::Written => written,
        }
    }

    /// Where the enumeration is written, through as many references as it takes.
    fn values(&mut self, place: Place, diagnostics: &mut Diagnostics) -> Option<Place> {
        let mut trail = Vec::new();
        let mut at = place;
        let found = loop {
            match *self.source(at) {
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
            *self.source(at) = Source::Wanted;
            trail.push(at);
            match self.next(at) {
                Some(Target::Field(next)) => at = next.or_other(self.tree),
                Some(Target::Enumeration(found)) => break Some(found),
                None => {
                    report(diagnostics, self.missing(&trail));
                    break None;
                }
            }
        };
        for place in trail {
            *self.source(place) = Source::Known(found);
        }
        found
    }

    /// Where a field without values in place has them from.
    fn next(&mut self, place: Place) -> Option<Target> {
        match path_of(self.tree, place) {
            Some(path) => self.target(place, path),
            None => self.bases[place.field].map(|field| Target::Field(Place { field, ..place })),
        }
    }

    /// What the path means where the field is. CMSIS-SVD has the name of an
    /// enumeration, with as much of field, register and peripheral before it as
    /// makes it unique; an enumeration without a name goes by its field's.
    fn target(&mut self, place: Place, path: &'t str) -> Option<Target> {
        let field = place.field;
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
            let found = self.lookup.find(field, &[Kind::Field], path)?;
            Some(Target::Field(Place {
                field: found,
                ..place
            }))
        })
    }

    /// An enumeration of that name, within the scope or what the scope derives
    /// from.
    fn named_in(&self, scope: Id, name: &'t str) -> Option<Place> {
        let mut scopes = std::iter::successors(Some(scope), |&id| self.bases[id]);
        scopes.find_map(|scope| self.named.get(&(scope, name)).copied())
    }

    /// The last reference of the trail leads nowhere.
    fn missing(&self, trail: &[Place]) -> Option<Diagnostic> {
        let (field, path) = self.references(trail).last()?;
        Some(missing(&field.name, "enumeration", path))
    }

    fn circular(&self, trail: &[Place], start: Place) -> Option<Diagnostic> {
        let from = trail.iter().position(|&place| place == start)?;
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
        trail: &'s [Place],
    ) -> impl Iterator<Item = (&'t Field, &'t Spanned<String>)> + use<'s, 't> {
        let tree = self.tree;
        trail
            .iter()
            .filter_map(move |&at| Some((tree[at.field].element.as_field()?, path_of(tree, at)?)))
    }
}

fn named(tree: &Tree) -> HashMap<(Id, &str), Place> {
    let mut named = HashMap::new();
    for place in tree.ids().flat_map(Place::of_field) {
        let name = in_place(tree, place).and_then(|enumeration| enumeration.name.as_ref());
        let Some(name) = name else {
            continue;
        };
        let around = tree.ancestors(place.field);
        for scope in std::iter::once(place.field).chain(around) {
            named.entry((scope, name.as_str())).or_insert(place);
        }
    }
    named
}

fn report(diagnostics: &mut Diagnostics, mistake: Option<Diagnostic>) {
    if let Some(mistake) = mistake {
        diagnostics.push(mistake);
    }
}
