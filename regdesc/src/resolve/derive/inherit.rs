// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lays each derived element over its base.

use std::collections::HashMap;

use super::tree::{Element, Id, PerElement, Tree};
use crate::description::{Array, Block, Cluster, DeviceTree, Field, Register};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Spanned;

/// Elements that deriving may add to a description.
const MAX_COPIES: usize = 1 << 20;

/// Containers within containers, once everything is derived.
const MAX_DEPTH: usize = 64;

/// Elements that hold themselves are reported, one after the other, until so many
/// were.
const MAX_ROUNDS: usize = 100;

/// Gives every element what it inherits. What would hold itself is reported and
/// stays as it was written; when there would be more than a machine can hold,
/// that is reported, and every element keeps its own children alone.
pub(super) fn inherit(
    tree: &mut Tree,
    bases: &PerElement<Option<Id>>,
    diagnostics: &mut Diagnostics,
) {
    let mut bases = bases.clone();
    for _ in 0..MAX_ROUNDS {
        let laid = lay_over_bases(tree, &bases).and_then(|()| within_limits(tree, &bases));
        let Err(endless) = laid else {
            return;
        };
        tree.restore_children();
        if let Some(mistake) = endless.explain(tree) {
            diagnostics.push(mistake);
        }
        match endless {
            Endless::HoldsItself(ids) => ids.into_iter().for_each(|id| bases[id] = None),
            Endless::TooLarge(_) => return,
        }
    }
    let still_derived = tree.ids().find(|&id| bases[id].is_some());
    if let Some(mistake) = still_derived.and_then(|id| Endless::TooLarge(id).explain(tree)) {
        diagnostics.push(mistake);
    }
}

/// Why a description cannot be put together.
#[derive(Debug)]
enum Endless {
    /// Deriving this makes too much.
    TooLarge(Id),
    /// These, derived, each hold the next, and the last the first.
    HoldsItself(Vec<Id>),
}

impl Endless {
    fn explain(&self, tree: &Tree) -> Option<Diagnostic> {
        let link = |id: &Id| {
            let element = &tree[*id].element;
            Some((element.name()?, element.derived_from()?))
        };
        match self {
            Endless::TooLarge(id) => link(id).map(|(name, path)| too_large(name, path)),
            Endless::HoldsItself(ids) => holds_itself(ids.iter().filter_map(link)),
        }
    }
}

fn too_large(name: &Spanned<String>, path: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::TooLarge,
        path.span,
        format!(
            "deriving `{}` from `{}` makes more of it than any register map holds",
            name.value, path.value
        ),
        "grows without measure",
    )
}

fn holds_itself<'t>(
    mut links: impl Iterator<Item = (&'t Spanned<String>, &'t Spanned<String>)>,
) -> Option<Diagnostic> {
    let (name, path) = links.next()?;
    let diagnostic = Diagnostic::new(
        Code::DerivedFromCircle,
        path.span,
        format!("`{}` would hold itself", name.value),
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

/// Goes down each chain of derivations from its far end, so that every base is
/// complete before something is laid over it.
fn lay_over_bases(tree: &mut Tree, bases: &PerElement<Option<Id>>) -> Result<(), Endless> {
    let mut complete = PerElement::new(tree, false);
    let mut copies = 0usize;
    for id in tree.ids() {
        let chain: Vec<Id> = std::iter::successors(Some(id), |&id| bases[id])
            .take_while(|&id| !complete[id])
            .collect();
        for id in chain.into_iter().rev() {
            complete[id] = true;
            let Some(base) = bases[id] else {
                continue;
            };
            copies = copies.saturating_add(tree[base].children.len());
            if copies > MAX_COPIES {
                return Err(Endless::TooLarge(id));
            }
            tree[id].children = merged_children(tree, id, base);
            lay_over(tree, id, base);
        }
    }
    Ok(())
}

/// The base's children, each replaced by the element's own of the same name;
/// then the element's other ones.
fn merged_children(tree: &Tree, id: Id, base: Id) -> Vec<Id> {
    let mut merged = tree[base].children.clone();
    let own = &tree[id].children;
    if own.is_empty() {
        return merged;
    }
    let name = |id: Id| tree[id].element.name().map(|name| name.as_str());
    let mut inherited: HashMap<_, usize> = HashMap::new();
    for (index, &child) in merged.iter().enumerate() {
        inherited.entry(name(child)).or_insert(index);
    }
    for &child in own {
        let place = inherited.remove(&name(child));
        match place.and_then(|index| merged.get_mut(index)) {
            Some(place) => *place = child,
            None => merged.push(child),
        }
    }
    merged
}

fn lay_over(tree: &mut Tree, id: Id, base: Id) {
    let mut own = std::mem::replace(&mut tree[id].element, Element::Root);
    match (&mut own, &tree[base].element) {
        (Element::Block(own), Element::Block(base)) => block(own, base),
        (Element::Cluster(own), Element::Cluster(base)) => cluster(own, base),
        (Element::Register(own), Element::Register(base)) => register(own, base),
        (Element::Field(own), Element::Field(base)) => field(own, base),
        // A base is of the same kind.
        _ => {}
    }
    tree[id].element = own;
}

fn fill<T: Clone>(own: &mut Option<T>, base: &Option<T>) {
    if own.is_none() {
        own.clone_from(base);
    }
}

fn block(own: &mut Block, base: &Block) {
    fill(&mut own.description, &base.description);
    fill(&mut own.size, &base.size);
    fill(&mut own.reserved_bits, &base.reserved_bits);
    fill(&mut own.node_name, &base.node_name);
    own.properties = base.properties.overlaid(&own.properties);
    if own.device_tree == DeviceTree::default() {
        own.device_tree.clone_from(&base.device_tree);
    }
    if own.enums.is_empty() {
        own.enums.clone_from(&base.enums);
    }
}

fn cluster(own: &mut Cluster, base: &Cluster) {
    fill(&mut own.description, &base.description);
    fill(&mut own.at, &base.at);
    array(&mut own.array, &own.name, base.array.as_ref());
    own.properties = base.properties.overlaid(&own.properties);
    if !own.alternate.is_declared() {
        own.alternate.clone_from(&base.alternate);
    }
}

fn register(own: &mut Register, base: &Register) {
    fill(&mut own.description, &base.description);
    fill(&mut own.at, &base.at);
    array(&mut own.array, &own.name, base.array.as_ref());
    own.properties = base.properties.overlaid(&own.properties);
    if !own.alternate.is_declared() {
        own.alternate.clone_from(&base.alternate);
    }
    own.memory |= base.memory;
    fill(&mut own.read_order, &base.read_order);
    fill(&mut own.write_constraint, &base.write_constraint);
}

fn field(own: &mut Field, base: &Field) {
    fill(&mut own.description, &base.description);
    fill(&mut own.bits, &base.bits);
    array(&mut own.array, &own.name, base.array.as_ref());
    own.properties = base.properties.overlaid(&own.properties);
    fill(&mut own.reset_name, &base.reset_name);
    fill(&mut own.format, &base.format);
    fill(&mut own.self_clearing, &base.self_clearing);
    fill(&mut own.write_constraint, &base.write_constraint);
    if own.values.is_none() && own.write_values.is_none() {
        own.values.clone_from(&base.values);
        own.write_values.clone_from(&base.write_values);
    }
}

/// An element derived from an array is one too if its name has a place for the
/// index, else it is a single one like the array's. An array of its own has the
/// base's index names as long as it has as many elements.
fn array(own: &mut Option<Array>, name: &Spanned<String>, base: Option<&Array>) {
    let Some(base) = base else {
        return;
    };
    match own {
        Some(own) if own.index.is_none() && own.count == base.count => {
            own.index.clone_from(&base.index);
        }
        None if name.contains("%s") => *own = Some(base.clone()),
        _ => {}
    }
}

/// What an element comes to.
#[derive(Debug, Clone, Copy)]
struct Extent {
    elements: usize,
    depth: usize,
}

#[derive(Debug, Clone, Copy)]
enum Measured {
    Unasked,
    /// Being measured: what asks meanwhile holds itself.
    Wanted,
    Known(Extent),
}

/// Whether the description has an end, and one within reason: a cluster may
/// derive from what holds it, and ten derivations of derivations of two copies
/// each make a thousand.
fn within_limits(tree: &Tree, bases: &PerElement<Option<Id>>) -> Result<(), Endless> {
    let mut measure = Measure {
        tree,
        bases,
        extents: PerElement::new(tree, Measured::Unasked),
        trail: Vec::new(),
    };
    let all = measure.extent(Tree::ROOT)?;
    if all.elements.saturating_sub(tree.ids().count()) <= MAX_COPIES {
        return Ok(());
    }
    let elements = |id: &Id| match measure.extents[*id] {
        Measured::Known(extent) => extent.elements,
        _ => 0,
    };
    let derived = tree.ids().filter(|&id| bases[id].is_some());
    derived
        .max_by_key(elements)
        .map_or(Ok(()), |largest| Err(Endless::TooLarge(largest)))
}

struct Measure<'t> {
    tree: &'t Tree,
    bases: &'t PerElement<Option<Id>>,
    extents: PerElement<Measured>,
    /// From the root to what is being measured.
    trail: Vec<Id>,
}

impl Measure<'_> {
    fn extent(&mut self, id: Id) -> Result<Extent, Endless> {
        match self.extents[id] {
            Measured::Known(extent) => return self.not_too_deep(extent),
            Measured::Wanted => return Err(self.held_by(id)),
            Measured::Unasked => {}
        }
        let mut extent = self.not_too_deep(Extent {
            elements: 1,
            depth: 0,
        })?;
        self.extents[id] = Measured::Wanted;
        self.trail.push(id);
        for &child in &self.tree[id].children {
            let child = self.extent(child)?;
            extent.elements = extent.elements.saturating_add(child.elements);
            extent.depth = extent.depth.max(child.depth + 1);
        }
        self.trail.pop();
        self.extents[id] = Measured::Known(extent);
        Ok(extent)
    }

    /// Asked of what was measured already too, for it may be deeper this
    /// time.
    fn not_too_deep(&self, extent: Extent) -> Result<Extent, Endless> {
        if self.trail.len() + extent.depth <= MAX_DEPTH {
            return Ok(extent);
        }
        let holders = self.trail.iter().rev().copied();
        let mut derived = holders
            .chain(self.tree.ids())
            .filter(|&id| self.bases[id].is_some());
        derived
            .next()
            .map_or(Ok(extent), |id| Err(Endless::TooLarge(id)))
    }

    /// What lies between `id` and itself came there by deriving.
    fn held_by(&self, id: Id) -> Endless {
        let within = self.trail.iter().skip_while(|&&other| other != id);
        let derived = within.filter(|&&id| self.bases[id].is_some());
        Endless::HoldsItself(derived.copied().collect())
    }
}
