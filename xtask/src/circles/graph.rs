// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which file of a crate uses which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::modules::{Meaning, Module, Written};

/// One file uses what another defines.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    from: PathBuf,
    line: usize,
    path: String,
    to: PathBuf,
}

impl Edge {
    /// The edge with its files as seen from a folder.
    fn within(&self, folder: &Path) -> String {
        let shown = |file: &Path| {
            file.strip_prefix(folder)
                .unwrap_or(file)
                .display()
                .to_string()
        };
        let (from, to) = (shown(&self.from), shown(&self.to));
        format!("{from}:{} uses `{}` of {to}", self.line, self.path)
    }
}

/// Files, each of which uses the next, and the last the first.
#[derive(Debug)]
pub(super) struct Circle(Vec<Edge>);

impl Circle {
    /// The circle, an edge a line, with its files as seen from a folder.
    pub(super) fn within(&self, folder: &Path) -> String {
        let lines: Vec<_> = self.0.iter().map(|edge| edge.within(folder)).collect();
        lines.join("\n")
    }
}

/// The edges of each file: the first one to each other file.
type Graph = BTreeMap<PathBuf, BTreeMap<PathBuf, Edge>>;

/// Circles in a crate: each file that is in any is in one of them.
pub(super) fn circles(modules: &[Module]) -> Vec<Circle> {
    let graph = graph(modules);
    let mut shown = BTreeSet::new();
    let mut circles = Vec::new();
    for file in graph.keys() {
        if shown.contains(file) {
            continue;
        }
        if let Some(circle) = shortest_circle(&graph, file) {
            shown.extend(circle.0.iter().map(|edge| edge.from.clone()));
            circles.push(circle);
        }
    }
    circles
}

fn graph(modules: &[Module]) -> Graph {
    let mut graph = Graph::new();
    for (number, module) in modules.iter().enumerate() {
        for Written { path, line } in &module.uses {
            let Some(target) = Resolver::new(modules).definition(number, path) else {
                continue;
            };
            let (from, to) = (&module.file, &modules[target].file);
            if from == to {
                continue;
            }
            let edges = graph.entry(from.clone()).or_default();
            edges.entry(to.clone()).or_insert_with(|| Edge {
                from: from.clone(),
                line: *line,
                path: path.join("::"),
                to: to.clone(),
            });
        }
    }
    graph
}

/// A shortest circle through a file, by breadth-first search.
fn shortest_circle(graph: &Graph, start: &PathBuf) -> Option<Circle> {
    let mut reached_by: BTreeMap<&PathBuf, &Edge> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for edge in graph.get(file).into_iter().flat_map(BTreeMap::values) {
            if !reached_by.contains_key(&edge.to) {
                reached_by.insert(&edge.to, edge);
                queue.push_back(&edge.to);
            }
        }
    }
    let mut edges = vec![(*reached_by.get(start)?).clone()];
    while let Some(last) = edges.last().filter(|edge| edge.from != *start) {
        edges.push((*reached_by.get(&last.from)?).clone());
    }
    edges.reverse();
    Some(Circle(edges))
}

/// Finds where a path leads: by child modules, imports and re-exports.
struct Resolver<'a> {
    modules: &'a [Module],
    /// The imports that were followed: one that leads to itself leads nowhere.
    followed: BTreeSet<(usize, &'a str)>,
}

/// Where a path leads.
enum Target {
    Module(usize),
    /// An item that this module defines.
    ItemOf(usize),
    AnotherCrate,
}

impl<'a> Resolver<'a> {
    fn new(modules: &'a [Module]) -> Self {
        Resolver {
            modules,
            followed: BTreeSet::new(),
        }
    }

    /// The module that defines the item; none where the path is a module itself, or
    /// another crate's, or the name of a variable.
    fn definition(&mut self, from: usize, path: &[String]) -> Option<usize> {
        match self.resolve(from, path)? {
            Target::ItemOf(module) => Some(module),
            Target::Module(_) | Target::AnotherCrate => None,
        }
    }

    fn resolve(&mut self, from: usize, path: &[String]) -> Option<Target> {
        let (mut module, mut rest) = (from, path);
        while let [first, after @ ..] = rest {
            module = match first.as_str() {
                "crate" => 0,
                "self" => module,
                "super" => self.modules[module].parent?,
                _ => break,
            };
            rest = after;
        }
        match rest.len() == path.len() {
            true => self.look_up(module, rest),
            false => Some(self.look_up_known(module, rest)),
        }
    }

    /// Goes on from a module that is known to have what is sought: if its name is
    /// not found, a macro makes the item.
    fn look_up_known(&mut self, module: usize, path: &[String]) -> Target {
        let found = self.look_up(module, path);
        found.unwrap_or(Target::ItemOf(module))
    }

    fn look_up(&mut self, module: usize, path: &[String]) -> Option<Target> {
        let Some((name, rest)) = path.split_first() else {
            return Some(Target::Module(module));
        };
        let modules = self.modules;
        let Some((name, meanings)) = modules[module].names.get_key_value(name) else {
            return self.look_up_by_globs(module, path);
        };
        // A name may be a module's and an item's: only the module has parts.
        let mut meanings: Vec<_> = meanings.iter().collect();
        meanings.sort_by_key(|it| matches!(it, Meaning::Module(_)) == rest.is_empty());
        meanings.into_iter().find_map(|meaning| match meaning {
            Meaning::Module(child) => Some(self.look_up_known(*child, rest)),
            Meaning::Item => Some(Target::ItemOf(module)),
            Meaning::Import(from) => {
                let is_new = self.followed.insert((module, name));
                let path = [from, rest].concat();
                is_new.then(|| self.resolve(module, &path).unwrap_or(Target::AnotherCrate))
            }
        })
    }

    fn look_up_by_globs(&mut self, module: usize, path: &[String]) -> Option<Target> {
        let modules = self.modules;
        modules[module].globs.iter().find_map(|glob| {
            let is_new = self.followed.insert((module, glob.last()?));
            let from = is_new.then(|| self.resolve(module, glob))??;
            match from {
                Target::Module(from) => self.look_up(from, path),
                Target::ItemOf(_) | Target::AnotherCrate => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::modules;
    use super::*;

    /// The circles of a crate of these files, the first of which is its root.
    fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
        let read = |file: &Path| {
            let file = files.iter().find(|(path, _)| Path::new(path) == file);
            file.map(|(_, text)| (*text).to_owned())
        };
        let modules = modules::of_crate(Path::new(files[0].0), &read).unwrap();
        let circles = circles(&modules);
        circles.iter().map(|it| it.within(Path::new(""))).collect()
    }

    const ONE_AND_TWO: (&str, &str) = ("lib.rs", "mod one; mod two;");

    #[test]
    fn a_parent_that_uses_its_child_and_is_used_by_it() {
        let found = circles_of(&[
            (
                "lib.rs",
                "mod one;\npub struct Item;\nfn f() {\n    one::f();\n}",
            ),
            ("one.rs", "use crate::Item;\npub fn f() {}"),
        ]);
        assert_eq!(
            found,
            ["lib.rs:4 uses `one::f` of one.rs\none.rs:1 uses `crate::Item` of lib.rs"]
        );
    }

    #[test]
    fn a_parent_that_imports_what_its_child_defines() {
        let found = circles_of(&[
            ("src/main.rs", "mod one;"),
            (
                "src/one.rs",
                "mod two;\nuse two::Child;\npub enum Parent {}",
            ),
            (
                "src/one/two.rs",
                "\nfn f(_: super::Parent) {}\npub enum Child {}",
            ),
        ]);
        let circle = "src/one/two.rs:2 uses `super::Parent` of src/one.rs\n\
                      src/one.rs:2 uses `two::Child` of src/one/two.rs";
        assert_eq!(found, [circle]);
    }

    #[test]
    fn siblings_that_import_each_other() {
        let found = circles_of(&[
            ONE_AND_TWO,
            (
                "one.rs",
                "use crate::two::{self, B as Other}; pub struct A;",
            ),
            ("two.rs", "use super::one::A; pub struct B;"),
        ]);
        let circle = "one.rs:1 uses `crate::two::B` of two.rs\n\
                      two.rs:1 uses `super::one::A` of one.rs";
        assert_eq!(found, [circle]);
    }

    #[test]
    fn three_files_that_use_each_other_in_turn() {
        let found = circles_of(&[
            ("lib.rs", "mod one; mod two; mod three;"),
            ("one.rs", "pub const A: u8 = crate::two::B;"),
            ("two.rs", "use crate::three; pub const B: u8 = three::C;"),
            ("three/mod.rs", "pub static C: u8 = super::one::A + 1;"),
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].lines().count(), 3, "{}", found[0]);
    }

    #[test]
    fn paths_count_without_a_use_and_in_macros() {
        let found = circles_of(&[
            ONE_AND_TWO,
            ("one.rs", "pub fn f() { println!(\"{}\", crate::two::g()) }"),
            (
                "two.rs",
                "macro_rules! m { () => { $crate::one::f() } } pub fn g() {}",
            ),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_use_inside_of_a_function_counts() {
        let found = circles_of(&[
            ONE_AND_TWO,
            (
                "one.rs",
                "pub fn f() { use crate::two as other; other::g() }",
            ),
            ("two.rs", "pub fn g() { use crate::one::*; f() }"),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_re_export_hides_no_circle() {
        let found = circles_of(&[
            (
                "lib.rs",
                "mod one; mod two; pub use one::A; pub(crate) use two::*;",
            ),
            ("one.rs", "use crate::B; pub struct A;"),
            ("two.rs", "use super::A as Renamed; pub struct B;"),
        ]);
        let circle = "one.rs:1 uses `crate::B` of two.rs\ntwo.rs:1 uses `super::A` of one.rs";
        assert_eq!(found, [circle]);
    }

    #[test]
    fn a_parent_uses_what_it_re_exports_if_its_code_does() {
        let found = circles_of(&[
            ("lib.rs", "mod one; pub use one::A; pub fn f(_: A) {}"),
            ("one.rs", "pub struct A; fn g() { super::f(A) }"),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_a_macro_makes_is_its_modules() {
        let found = circles_of(&[
            ONE_AND_TWO,
            ("one.rs", "use crate::two::Made; pub struct A;"),
            (
                "two.rs",
                "macro_rules! m { ($n:ident) => { pub struct $n(crate::one::A); } } m!(Made);",
            ),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn every_file_in_a_circle_is_shown() {
        let found = circles_of(&[
            ("lib.rs", "mod one; mod two; mod three;"),
            (
                "one.rs",
                "pub use super::three::C; pub struct A(crate::two::B);",
            ),
            ("two.rs", "pub struct B(crate::one::A, crate::one::C);"),
            ("three.rs", "pub struct C(crate::one::A);"),
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn to_declare_and_to_re_export_is_no_use() {
        let found = circles_of(&[
            (
                "lib.rs",
                "pub mod one; mod two; pub use one::A; pub(crate) use two::B; pub const C: u8 = 0;",
            ),
            ("one.rs", "use crate::{B, C}; pub struct A;"),
            ("two.rs", "use super::C; pub struct B;"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn what_a_parent_passes_on_is_its_siblings() {
        let found = circles_of(&[
            (
                "lib.rs",
                "mod one; mod two; use two::B; pub fn f(_: B) { one::f() }",
            ),
            (
                "one.rs",
                "use super::B; use super::two; pub fn f(_: B) { two::f() }",
            ),
            ("two.rs", "pub struct B; pub fn f() {}"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn comments_texts_tests_and_variables_are_no_use() {
        let found = circles_of(&[
            (
                "lib.rs",
                "mod one; pub use one::field; pub struct P; fn f(x: X) { let field = x.one; field }",
            ),
            (
                "one.rs",
                "//! [`crate::P`]\n/// `crate::P`\npub fn field() { \"crate::P\"; '\"'; /* crate::P */ }\n\
                 #[cfg(test)]\nmod tests { use crate::P; }\n#[cfg(all(test, unix))]\nuse crate::P;\n\
                 impl X { #[cfg(test)] fn x(_: crate::P) {} }",
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
        let used = circles_of(&[
            (
                "lib.rs",
                "mod one; pub use one::field; pub struct P; fn f() { field() }",
            ),
            (
                "one.rs",
                "pub fn field() {} #[cfg(not(test))] use crate::P;",
            ),
        ]);
        assert_eq!(used.len(), 1);
    }

    #[test]
    fn another_crates_items_are_no_use() {
        let found = circles_of(&[
            ONE_AND_TWO,
            ("one.rs", "pub use std::fmt; use two::X; pub struct A;"),
            (
                "two.rs",
                "use crate::one::{A, fmt}; fn f(_: ::one::B) -> fmt::Result {}",
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn modules_inside_of_a_file_are_the_files() {
        let found = circles_of(&[
            (
                "lib.rs",
                "mod one { mod two; pub struct A; pub use self::two::f; } fn g() { one::f() }",
            ),
            ("one/two.rs", "pub fn f() { super::A; }"),
        ]);
        assert_eq!(found.len(), 1);
        let alone = circles_of(&[(
            "lib.rs",
            "mod one { use super::B; pub struct A; } pub struct B(one::A);",
        )]);
        assert_eq!(alone, Vec::<String>::new());
    }

    #[test]
    fn a_file_may_have_another_place() {
        let found = circles_of(&[
            (
                "src/lib.rs",
                "#[path = \"far/away.rs\"]\nmod one;\npub struct A(one::two::B);",
            ),
            ("src/far/away.rs", "pub mod two;"),
            ("src/far/two.rs", "pub struct B(crate::A);"),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_module_without_a_file_is_an_error() {
        let read = |file: &Path| (file == Path::new("lib.rs")).then(|| "mod one;".to_owned());
        let error = modules::of_crate(Path::new("lib.rs"), &read).unwrap_err();
        assert_eq!(error.to_string(), "no file of module one, in lib.rs");
    }
}
