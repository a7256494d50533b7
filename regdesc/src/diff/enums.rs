// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enumerations: each is compared once, however many fields have it.

use std::collections::{BTreeMap, BTreeSet};

use super::pair::{bare, pair};
use super::rules::Rule;
use super::seen::Seen;
use super::site::Site;
use crate::model::{DefaultValue, EnumId, EnumeratedValue, Enumeration};

/// Reports what changed among the enumerations of a block, and which fields have
/// another one.
pub(super) fn compare(site: &mut Site<'_>, old: &[Enumeration], new: &[Enumeration], seen: &Seen) {
    let partners = partners(old, new, seen);
    for (at, partner) in &partners {
        compare_enums(site, &old[*at], &new[*partner], seen);
    }
    let (mut gone, mut come) = (seen.gone.clone(), seen.come.clone());
    for used in &seen.uses {
        let partner = used.old.and_then(|old| partners.get(&old.index()));
        if partner.copied() == used.new.map(EnumId::index) {
            continue;
        }
        let named =
            |of: &[Enumeration], id: Option<EnumId>| id.map(|id| of[id.index()].name.value.clone());
        let (was, is) = (named(old, used.old), named(new, used.new));
        let mut site = site.recalled(&used.field);
        match was == is {
            // Of one name, but of other clusters.
            true => site.report(Rule::FieldValues, format!("{} of another scope", used.what)),
            false => site.became(Rule::FieldValues, used.what, &was, &is),
        }
        gone.extend(used.old);
        come.extend(used.new);
    }
    report_single(site, Rule::EnumRemoved, old, |at| {
        partners.contains_key(&at) || gone.contains(&EnumId(at))
    });
    let taken: BTreeSet<usize> = partners.values().copied().collect();
    report_single(site, Rule::EnumAdded, new, |at| {
        taken.contains(&at) || come.contains(&EnumId(at))
    });
}

/// Reports what is in one map alone and was not reported with its fields.
fn report_single(
    site: &mut Site<'_>,
    rule: Rule,
    enums: &[Enumeration],
    is_reported: impl Fn(usize) -> bool,
) {
    for (at, enumeration) in enums.iter().enumerate() {
        match rule {
            _ if is_reported(at) => {}
            Rule::EnumRemoved => site.removed(rule, "enumeration", &enumeration.name),
            _ => site.added(rule, "enumeration", &enumeration.name),
        }
    }
}

/// Which new enumeration each old one is: that of the same name in the same
/// clusters, else that of the same field.
fn partners(old: &[Enumeration], new: &[Enumeration], seen: &Seen) -> BTreeMap<usize, usize> {
    let names = new.iter().map(|it| (it.scope.clone(), it.name.as_str()));
    let by_name: BTreeMap<_, usize> = names.zip(0..).collect();
    let mut partners = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (at, enumeration) in old.iter().enumerate() {
        let scope = seen.in_new_names(&enumeration.scope);
        if let Some(found) = by_name.get(&(scope, enumeration.name.as_str()))
            && taken.insert(*found)
        {
            partners.insert(at, *found);
        }
    }
    for used in &seen.uses {
        if let (Some(old), Some(new)) = (used.old, used.new)
            && !partners.contains_key(&old.index())
            && taken.insert(new.index())
        {
            partners.insert(old.index(), new.index());
        }
    }
    partners
}

fn compare_enums(site: &mut Site<'_>, old: &Enumeration, new: &Enumeration, seen: &Seen) {
    let Enumeration {
        name,
        scope,
        description,
        values,
        default,
    } = old;
    let mut site = site.within("enumeration", name, &new.name);
    site.renamed(Rule::EnumRenamed, name, &new.name);
    let scope = seen.in_new_names(scope);
    site.became(Rule::EnumMoved, "clusters", &scope, &new.scope);
    site.described(description.as_ref(), new.description.as_ref());
    compare_values(&mut site, values, &new.values);
    compare_defaults(&mut site, default.as_ref(), new.default.as_ref());
}

fn compare_values(site: &mut Site<'_>, old: &[EnumeratedValue], new: &[EnumeratedValue]) {
    let pairs = pair(old, new, |it| it.name.as_str())
        .or_by(|it| bare(&it.name))
        .or_by(|it| it.value.value);
    for (old, new) in pairs.both {
        let EnumeratedValue {
            name,
            value,
            description,
        } = old;
        let mut site = site.within("value", name, &new.name);
        site.renamed(Rule::ValueRenamed, name, &new.name);
        site.became(Rule::ValueRenumbered, "number", value, &new.value);
        site.described(description.as_ref(), new.description.as_ref());
    }
    for old in pairs.removed {
        site.removed(Rule::ValueRemoved, "value", &old.name);
    }
    for new in pairs.added {
        site.added(Rule::ValueAdded, "value", &new.name);
    }
}

fn compare_defaults(site: &mut Site<'_>, old: Option<&DefaultValue>, new: Option<&DefaultValue>) {
    match (old, new) {
        (None, None) => {}
        (Some(old), None) => site.removed(Rule::DefaultMeaning, "value", &old.name),
        (None, Some(new)) => site.added(Rule::DefaultMeaning, "value", &new.name),
        (Some(old), Some(new)) => {
            let DefaultValue { name, description } = old;
            let mut site = site.within("value", name, &new.name);
            site.renamed(Rule::DefaultMeaning, name, &new.name);
            site.described(description.as_ref(), new.description.as_ref());
        }
    }
}
