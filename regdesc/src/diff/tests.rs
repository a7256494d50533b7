// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every attribute of a map is changed by itself, and each such change has its
//! class: none is overlooked, and none is called compatible that is not.

mod mutation;

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Change, Class, Rule, device, diff};
use crate::model::{Device, RegisterMap};
use mutation::{Mutated, mutated};

const WHOLE: &str = include_str!("../../tests/ui/whole.yaml");
const DMA: &str = include_str!("../../tests/same/dma.yaml");
const DMA_SVD: &str = include_str!("../../tests/same/dma.svd");

fn map(name: &str, text: &str) -> RegisterMap {
    crate::parse(name, text, &crate::Options::default()).unwrap()
}

fn maps() -> [RegisterMap; 3] {
    [
        map("whole.yaml", WHOLE),
        map("dma.yaml", DMA),
        map("dma.svd", DMA_SVD),
    ]
}

fn worst(changes: &[Change]) -> Option<Class> {
    changes.iter().map(|change| change.rule.class()).min()
}

fn report(changes: &[Change]) -> String {
    let lines = changes
        .iter()
        .map(|it| format!("{} {} {}: {}\n", it.rule, it.item, it.path, it.message));
    lines.collect()
}

#[test]
fn what_did_not_change_is_not_reported() {
    for map in maps() {
        assert!(diff(&map, &map).is_empty());
    }
}

/// Changes one attribute, there and back.
fn check(original: &Device, at: usize, seed: u64) -> Result<(), String> {
    let mut device = original.clone();
    let Some(Mutated { attribute, class }) = mutated(&mut device, at, seed) else {
        return Ok(());
    };
    let there = device::compare(original, &device);
    let back = device::compare(&device, original);
    let wrong = |why: &str| {
        Err(format!(
            "{attribute}: {why}\n{}{}",
            report(&there),
            report(&back)
        ))
    };
    if worst(&there) != Some(class) {
        wrong(&format!("not {class}"))
    } else if places(&there, |it| (it.old, it.new)) != places(&back, |it| (it.new, it.old)) {
        wrong("reported with other places the other way round")
    } else {
        Ok(())
    }
}

type Places = (Option<crate::Span>, Option<crate::Span>);

fn places(changes: &[Change], of: impl Fn(&Change) -> Places) -> Vec<Places> {
    let mut places: Vec<Places> = changes.iter().map(of).collect();
    places.sort();
    places
}

/// How many attributes a map has.
fn attributes(map: &RegisterMap) -> usize {
    let there_is = |at: &usize| mutated(&mut (**map).clone(), *at, 0).is_some();
    (0..).take_while(there_is).count()
}

#[test]
fn every_attribute_is_compared() {
    for map in maps() {
        let all = attributes(&map);
        assert!(all > 100, "{all}");
        for at in 0..all {
            check(&map, at, 0).unwrap_or_else(|wrong| panic!("{wrong}"));
        }
    }
}

proptest! {
    #[test]
    fn no_single_change_is_overlooked_or_made_light_of(
        which in 0usize..3, at: prop::sample::Index, seed: u64,
    ) {
        static MAPS: LazyLock<Vec<(RegisterMap, usize)>> = LazyLock::new(|| {
            maps().map(|map| (map.clone(), attributes(&map))).into()
        });
        let (map, all) = &MAPS[which];
        let checked = check(map, at.index(*all), seed);
        prop_assert!(checked.is_ok(), "{}", checked.unwrap_err());
    }
}

#[test]
fn rules_have_ids_of_their_own_and_say_why() {
    let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let (meaning, reason) = (rule.meaning(), rule.reason());
        assert!(meaning.ends_with('.') && reason.ends_with('.'), "{rule}");
    }
}
