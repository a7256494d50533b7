// SPDX-License-Identifier: MIT OR Apache-2.0

//! What each element is derived from.

use super::scope::Scopes;
use super::tree::{Id, Kind, PerElement, Tree};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::nearest::nearest;
use crate::source::Spanned;

/// How far up a chain of derivations a name is looked for. Real chains have one
/// or two links; the limit keeps a lookup from going round in a circle.
const MAX_CHAIN: usize = 1024;

/// How many missing names get a suggestion: finding one looks at all names of a
/// scope.
const MAX_SUGGESTIONS: usize = 100;

/// The base of each element that has one. What is missing or circular is
/// reported and left out, so that following bases always ends.
pub(super) fn find(tree: &Tree, diagnostics: &mut Diagnostics) -> PerElement<Option<Id>> {
    let mut lookup = Lookup::new(tree);
    let derived: Vec<Id> = tree
        .ids()
        .filter(|&id| tree[id].element.derived_from().is_some())
        .collect();
    for &id in &derived {
        lookup.base(id);
    }
    for (number, id) in std::mem::take(&mut lookup.missing).into_iter().enumerate() {
        if let Some(missing) = lookup.missing(id, number < MAX_SUGGESTIONS) {
            diagnostics.push(missing);
        }
    }
    let mut bases = PerElement::new(tree, None);
    for &id in &derived {
        bases[id] = lookup.base(id);
    }
    for circle in circles(tree, &derived, &bases) {
        if let Some(circular) = circular(tree, &circle) {
            diagnostics.push(circular);
        }
        for id in circle {
            bases[id] = None;
        }
    }
    bases
}

/// What a path may lead through.
const CONTAINERS: &[Kind] = &[Kind::Block, Kind::Cluster, Kind::Register];

#[derive(Debug, Clone, Copy)]
enum Base {
    Unasked,
    /// Being looked for: what asks meanwhile does without.
    Wanted,
    Known(Option<Id>),
}

/// Finds elements by path, looking into what containers inherit as well.
pub(super) struct Lookup<'t> {
    tree: &'t Tree,
    scopes: Scopes<'t>,
    bases: PerElement<Base>,
    missing: Vec<Id>,
}

impl<'t> Lookup<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Lookup {
            tree,
            scopes: Scopes::new(tree),
            bases: PerElement::new(tree, Base::Unasked),
            missing: Vec::new(),
        }
    }

    /// A lookup where the bases are found already.
    pub(super) fn with_bases(tree: &'t Tree, bases: &PerElement<Option<Id>>) -> Self {
        let mut lookup = Lookup::new(tree);
        for id in tree.ids() {
            lookup.bases[id] = Base::Known(bases[id]);
        }
        lookup
    }

    /// What the element derives from, found when first asked.
    fn base(&mut self, id: Id) -> Option<Id> {
        match self.bases[id] {
            Base::Known(base) => return base,
            Base::Wanted => return None,
            Base::Unasked => {}
        }
        self.bases[id] = Base::Wanted;
        let base = self.find_base(id);
        self.bases[id] = Base::Known(base);
        base
    }

    fn find_base(&mut self, id: Id) -> Option<Id> {
        let element = &self.tree[id].element;
        let path = element.derived_from()?;
        let found = self.find(id, &[element.kind()?], path);
        if found.is_none() {
            self.missing.push(id);
        }
        found
    }

    /// The element that a path means where `id` is: relative to what
    /// contains `id`, from the nearest outwards, and last to the whole device.
    /// An element means itself only when nothing else is meant.
    pub(super) fn find(&mut self, id: Id, kinds: &[Kind], path: &'t str) -> Option<Id> {
        let scopes: Vec<Id> = self.tree.ancestors(id).collect();
        let mut itself = None;
        for scope in scopes {
            let found = self.descend(scope, kinds, path, id);
            match found {
                Some(found) if found == id => itself = Some(id),
                Some(found) => return Some(found),
                None => {}
            }
        }
        itself
    }

    fn descend(&mut self, scope: Id, kinds: &[Kind], path: &'t str, but: Id) -> Option<Id> {
        match path.rsplit_once('.') {
            Some((outer, name)) => {
                let mut container = scope;
                for name in outer.split('.') {
                    container = self.child(container, CONTAINERS, name, but)?;
                }
                self.child(container, kinds, name, but)
            }
            None => self.child(scope, kinds, path, but),
        }
    }

    /// A child of the container or of what it derives from; `but` only if there
    /// is no other.
    fn child(&mut self, container: Id, kinds: &[Kind], name: &'t str, but: Id) -> Option<Id> {
        let mut passed = Vec::new();
        let mut scope = container;
        let mut itself = None;
        for _ in 0..MAX_CHAIN {
            match self.own_child(scope, kinds, name) {
                Some(found) if found == but => itself = Some(found),
                Some(found) => {
                    for scope in passed {
                        self.scopes.remember(scope, name, found);
                    }
                    return Some(found);
                }
                None => passed.push(scope),
            }
            match self.base(scope) {
                Some(base) => scope = base,
                None => break,
            }
        }
        itself
    }

    fn own_child(&mut self, container: Id, kinds: &[Kind], name: &'t str) -> Option<Id> {
        let mut kinds = kinds.iter();
        kinds.find_map(|&kind| self.scopes.child(container, kind, name))
    }

    fn missing(&mut self, id: Id, suggest: bool) -> Option<Diagnostic> {
        let element = &self.tree[id].element;
        let kind = element.kind()?;
        let path = element.derived_from()?;
        let diagnostic = missing(element.name()?, kind.word(), path);
        let suggestion = if suggest {
            self.suggestion(id, kind, path)
        } else {
            None
        };
        Some(match suggestion {
            Some(near) => diagnostic.did_you_mean(path, Some(&near), String::new),
            None => diagnostic,
        })
    }

    /// The path with its wrong name, the last or the first, put right.
    fn suggestion(&mut self, id: Id, kind: Kind, path: &'t str) -> Option<String> {
        let Some((outer, name)) = path.rsplit_once('.') else {
            let scope = self.tree[id].parent?;
            return self.nearest(scope, kind, path, id).map(str::to_owned);
        };
        if let Some(container) = self.find(id, CONTAINERS, outer) {
            let near = self.nearest(container, kind, name, id)?;
            return Some(format!("{outer}.{near}"));
        }
        let (first, rest) = path.split_once('.')?;
        let near = self.nearest(Tree::ROOT, Kind::Block, first, id)?;
        Some(format!("{near}.{rest}"))
    }

    fn nearest(&self, scope: Id, kind: Kind, name: &str, but: Id) -> Option<&'t str> {
        let children = self.tree[scope].children.iter();
        let others = children.filter(|&&child| child != but);
        let alike = others
            .map(|&child| &self.tree[child].element)
            .filter(|element| element.kind() == Some(kind));
        nearest(
            name,
            alike.filter_map(|element| Some(element.name()?.as_str())),
        )
    }
}

/// `name` derives from something that is not there.
pub(super) fn missing(name: &Spanned<String>, word: &str, path: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::DerivedFromMissing,
        path.span,
        format!(
            "`{}` is derived from `{}`, which does not exist",
            name.value, path.value
        ),
        format!("no such {word}"),
    )
}

/// The rings among elements that have one base each: every element of a ring is
/// derived from the next, the last from the first.
fn circles(tree: &Tree, derived: &[Id], bases: &PerElement<Option<Id>>) -> Vec<Vec<Id>> {
    let mut first_seen_from: PerElement<Option<Id>> = PerElement::new(tree, None);
    let mut circles = Vec::new();
    for &start in derived {
        let mut trail = Vec::new();
        let mut next = Some(start);
        while let Some(id) = next.filter(|&id| first_seen_from[id].is_none()) {
            first_seen_from[id] = Some(start);
            trail.push(id);
            next = bases[id];
        }
        if let Some(id) = next.filter(|&id| first_seen_from[id] == Some(start)) {
            circles.push(trail.into_iter().skip_while(|&other| other != id).collect());
        }
    }
    circles
}

/// Reported once a ring, at the first place in the text.
fn circular(tree: &Tree, circle: &[Id]) -> Option<Diagnostic> {
    let start = circle.iter().min()?;
    let (before, from) = circle.split_at(circle.iter().position(|id| id == start)?);
    let mut links = from
        .iter()
        .chain(before)
        .filter_map(|&id| Some((tree[id].element.name()?, tree[id].element.derived_from()?)));
    let (name, path) = links.next()?;
    let message = match circle {
        [_] => format!("`{}` is derived from itself", name.value),
        _ => format!("`{}` is derived from itself, by way of others", name.value),
    };
    let diagnostic = Diagnostic::new(
        Code::DerivedFromCircle,
        path.span,
        message,
        format!("derived from `{}`", path.value),
    )
    .help("write one of them in full");
    Some(links.fold(diagnostic, |diagnostic, (name, path)| {
        diagnostic.related(
            path.span,
            format!("`{}` is derived from `{}`", name.value, path.value),
        )
    }))
}
