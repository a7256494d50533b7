// SPDX-License-Identifier: MIT OR Apache-2.0

//! The modules of a crate: what each defines, imports and mentions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::tokens::{self, Kind, Token};

/// A path as it is written, and where.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// What a name means in a module.
#[derive(Debug)]
pub(super) enum Meaning {
    /// A module, by its number.
    Module(usize),
    /// An item that the module defines.
    Item,
    /// What a `use` brings in.
    Import(Vec<String>),
}

/// A module of the crate, in a file of its own or in its parent's.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) file: PathBuf,
    pub(super) parent: Option<usize>,
    pub(super) names: BTreeMap<String, Vec<Meaning>>,
    /// The paths of `use path::*`.
    pub(super) globs: Vec<Vec<String>>,
    /// The paths that the code uses. A re-export is no use, an import is one.
    pub(super) uses: Vec<Written>,
}

/// The modules of the crate with this root file, which is the first of them; tests
/// are left out. `read` returns the text of a file that there is.
pub(super) fn of_crate(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Result<Vec<Module>> {
    let mut modules = Modules {
        read,
        found: Vec::new(),
    };
    let folder = root.parent().unwrap_or(root);
    let text = read(root).with_context(|| format!("cannot read {}", root.display()))?;
    modules.add(None, &Place::new(root, folder), &tokens_of(&text))?;
    Ok(modules.found)
}

fn tokens_of(text: &str) -> Vec<Token<'_>> {
    without_tests(tokens::of(text))
}

struct Modules<'r> {
    read: &'r dyn Fn(&Path) -> Option<String>,
    found: Vec<Module>,
}

/// The file that a module is in, and the folder with the files of its children.
struct Place {
    file: PathBuf,
    children: PathBuf,
}

impl Place {
    fn new(file: &Path, children: &Path) -> Self {
        Place {
            file: file.to_owned(),
            children: children.to_owned(),
        }
    }
}

impl Modules<'_> {
    /// Adds a module and those that it declares; returns its number.
    fn add(&mut self, parent: Option<usize>, place: &Place, tokens: &[Token<'_>]) -> Result<usize> {
        let number = self.found.len();
        self.found.push(Module {
            file: place.file.clone(),
            parent,
            ..Module::default()
        });
        let mut rest = tokens;
        while !rest.is_empty() {
            let (item, after) = rest.split_at(item_end(rest));
            rest = after;
            let item = Item::of(item);
            if let Some((name, inside)) = declared_module(item.code) {
                let child = match inside {
                    Some(inside) => {
                        let place = Place::new(&place.file, &place.children.join(name));
                        self.add(Some(number), &place, inside)?
                    }
                    None => self.add_file(number, place, &item, name)?,
                };
                self.found[number].mean(name, Meaning::Module(child));
            } else {
                self.found[number].add_item(&item);
            }
        }
        Ok(number)
    }

    /// Adds a module that is declared here and has a file of its own.
    fn add_file(
        &mut self,
        parent: usize,
        from: &Place,
        item: &Item<'_, '_>,
        name: &str,
    ) -> Result<usize> {
        let folder = from.children.join(name);
        let candidates = match item.path_attribute() {
            Some(path) => vec![from.file.with_file_name(path)],
            None => vec![folder.with_extension("rs"), folder.join("mod.rs")],
        };
        let mut found = candidates
            .into_iter()
            .filter_map(|file| Some(((self.read)(&file)?, file)));
        let (text, file) = found
            .next()
            .with_context(|| format!("no file of module {name}, in {}", from.file.display()))?;
        let children = match item.path_attribute() {
            Some(_) => file.parent().unwrap_or(&folder),
            None => &folder,
        };
        self.add(
            Some(parent),
            &Place::new(&file, children),
            &tokens_of(&text),
        )
    }
}

/// One item, taken apart as far as it matters here.
struct Item<'t, 'a> {
    attributes: &'t [Token<'a>],
    /// It has a visibility of its own.
    public: bool,
    /// What follows the visibility.
    code: &'t [Token<'a>],
}

impl<'t, 'a> Item<'t, 'a> {
    fn of(tokens: &'t [Token<'a>]) -> Self {
        let (attributes, code) = tokens.split_at(attributes_end(tokens));
        let public = code.first().is_some_and(|it| it.is_word("pub"));
        let scoped = public && code.get(1).is_some_and(|it| it.group('(').is_some());
        Item {
            attributes,
            public,
            code: &code[usize::from(public) + usize::from(scoped)..],
        }
    }

    /// What `#[path = "…"]` says.
    fn path_attribute(&self) -> Option<&'a str> {
        let mut attributes = self.attributes.iter().filter_map(|it| it.group('['));
        attributes.find_map(|attribute| match attribute {
            [name, _, value] if name.is_word("path") => match value.kind {
                Kind::Literal(text) => Some(text.trim_matches('"')),
                _ => None,
            },
            _ => None,
        })
    }
}

impl Module {
    fn mean(&mut self, name: &str, meaning: Meaning) {
        self.names.entry(name.to_owned()).or_default().push(meaning);
    }

    /// Adds every path in some code, those of the `use`s in it too.
    fn add_code(&mut self, code: &[Token<'_>]) {
        let mut found = Found::default();
        found.look(code);
        for mut written in found.paths {
            if let Some(from) = found.local.get(&written.path[0]) {
                written.path.splice(..1, from.iter().cloned());
            }
            self.uses.push(written);
        }
        self.globs.extend(found.globs);
    }

    fn add_item(&mut self, item: &Item<'_, '_>) {
        if !item.code.first().is_some_and(|it| it.is_word("use")) {
            if let Some(name) = defined_name(item.code) {
                self.mean(name, Meaning::Item);
            }
            self.add_code(item.attributes);
            self.add_code(item.code);
            return;
        }
        for import in imports(&item.code[1..]) {
            if import.name == "*" {
                self.globs.push(import.from.path.clone());
            } else {
                self.mean(&import.name, Meaning::Import(import.from.path.clone()));
            }
            if !item.public {
                self.uses.push(import.from);
            }
        }
    }
}

/// What one branch of a `use` brings in, under which name.
struct Import {
    from: Written,
    name: String,
}

/// The branches of a `use`, by what follows that word.
fn imports(tree: &[Token<'_>]) -> Vec<Import> {
    let mut imports = Vec::new();
    for branch in tree.split(|it| it.is_mark(',') || it.is_mark(';')) {
        add_imports(&[], branch, &mut imports);
    }
    imports
}

fn add_imports(before: &[String], branch: &[Token<'_>], imports: &mut Vec<Import>) {
    let Some(first) = branch.first() else { return };
    let alias = branch.iter().position(|it| it.is_word("as"));
    let mut path = before.to_vec();
    for token in &branch[..alias.unwrap_or(branch.len())] {
        if let Some(inside) = token.group('{') {
            for branch in inside.split(|it| it.is_mark(',')) {
                add_imports(&path, branch, imports);
            }
            return;
        }
        path.extend(token.word().map(str::to_owned));
    }
    // `a::{self}` is `a`.
    if path.len() > 1 && path.last().is_some_and(|it| it == "self") {
        path.pop();
    }
    let alias = alias.and_then(|at| branch.get(at + 1)?.word());
    let is_glob = branch.last().is_some_and(|it| it.is_mark('*'));
    let name = match (alias, path.last()) {
        _ if is_glob => "*".to_owned(),
        (Some(alias), _) => alias.to_owned(),
        (None, Some(last)) => last.clone(),
        (None, None) => return,
    };
    let line = first.line;
    let from = Written { path, line };
    imports.push(Import { from, name });
}

#[derive(Default)]
struct Found {
    paths: Vec<Written>,
    /// What the `use`s inside of functions bring in.
    local: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

impl Found {
    fn look(&mut self, code: &[Token<'_>]) {
        let mut at = 0;
        while at < code.len() {
            at += match &code[at].kind {
                Kind::Group(_, inside) => {
                    self.look(inside);
                    1
                }
                Kind::Word("use") if !code.get(at + 1).is_some_and(|it| it.is_mark('<')) => {
                    self.import(&code[at + 1..])
                }
                Kind::Word(word) if begins_path(&code[..at], word) => self.path(&code[at..]),
                _ => 1,
            };
        }
    }

    /// Takes in a `use` inside of a function; returns how many tokens it has.
    fn import(&mut self, tree: &[Token<'_>]) -> usize {
        let end = tree.iter().position(|it| it.is_mark(';'));
        let end = end.unwrap_or(tree.len());
        for Import { from, name } in imports(&tree[..end]) {
            if name == "*" {
                self.globs.push(from.path.clone());
            } else {
                self.local.insert(name, from.path.clone());
            }
            self.paths.push(from);
        }
        1 + end
    }

    /// Takes in the path that begins here; returns how many tokens it has.
    fn path(&mut self, code: &[Token<'_>]) -> usize {
        let mut path: Vec<String> = code[0].word().map(str::to_owned).into_iter().collect();
        let mut len = 1;
        while let [colons, name, ..] = &code[len..]
            && let (true, Some(name)) = (colons.is_colons(), name.word())
        {
            path.push(name.to_owned());
            len += 2;
        }
        // A bare name in lower case is a variable, unless it is called.
        let is_type = path[0].starts_with(char::is_uppercase);
        let is_call = |it: &Token<'_>| it.is_mark('!') || it.group('(').is_some();
        if path.len() > 1 || is_type || code.get(1).is_some_and(is_call) {
            let line = code[0].line;
            self.paths.push(Written { path, line });
        }
        len
    }
}

/// Whether a word after these tokens begins a path: it is no field or method, no
/// further part of a path, and no variable of a macro.
fn begins_path(before: &[Token<'_>], word: &str) -> bool {
    match before {
        [.., a, b] if b.is_mark('.') => a.is_mark('.'),
        [.., last] if last.is_mark('$') => word == "crate",
        [.., last] => !(last.is_mark('.') || last.is_colons()),
        [] => true,
    }
}

/// The name and, if it is here, the content of the module that an item declares.
fn declared_module<'t, 'a>(code: &'t [Token<'a>]) -> Option<(&'a str, Option<&'t [Token<'a>]>)> {
    match code {
        [keyword, name, body] if keyword.is_word("mod") => Some((name.word()?, body.group('{'))),
        _ => None,
    }
}

/// The name that an item defines.
fn defined_name<'a>(code: &[Token<'a>]) -> Option<&'a str> {
    const MODIFIERS: [&str; 6] = ["async", "const", "extern", "mut", "safe", "unsafe"];
    const KINDS: [&str; 7] = ["enum", "fn", "static", "struct", "trait", "type", "union"];
    if let [keyword, bang, name, ..] = code
        && keyword.is_word("macro_rules")
        && bang.is_mark('!')
    {
        return name.word();
    }
    let is_constant = code.first().is_some_and(|it| it.is_word("const"));
    let mut words = code
        .iter()
        .filter(|it| !matches!(it.kind, Kind::Literal(_)))
        .map_while(Token::word)
        .skip_while(|it| MODIFIERS.contains(it));
    let first = words.next()?;
    match KINDS.contains(&first) {
        true => words.find(|it| !MODIFIERS.contains(it)),
        false => is_constant.then_some(first),
    }
}

/// Takes out what only tests are compiled with.
fn without_tests(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut kept = Vec::new();
    let mut rest = tokens.into_iter();
    while let Some(first) = rest.as_slice().first() {
        if first.is_mark('#') && is_for_tests(rest.as_slice()) {
            let end = item_end(rest.as_slice());
            rest.by_ref().take(end).for_each(drop);
        } else if let Some(Token { line, kind }) = rest.next() {
            let kind = match kind {
                Kind::Group(delimiter, inside) => Kind::Group(delimiter, without_tests(inside)),
                kind => kind,
            };
            kept.push(Token { line, kind });
        }
    }
    kept
}

/// Whether the attributes of what begins here say that it is for tests alone.
fn is_for_tests(tokens: &[Token<'_>]) -> bool {
    let attributes = &tokens[..attributes_end(tokens)];
    let mut attributes = attributes.iter().filter_map(|it| it.group('['));
    attributes.any(|attribute| match attribute {
        [name, condition] if name.is_word("cfg") => condition.group('(').is_some_and(requires_test),
        _ => false,
    })
}

/// Whether a condition holds in tests alone: `test`, or `all(…)` with it.
fn requires_test(condition: &[Token<'_>]) -> bool {
    match condition {
        [only] => only.is_word("test"),
        [all, parts] if all.is_word("all") => parts
            .group('(')
            .is_some_and(|parts| parts.split(|it| it.is_mark(',')).any(requires_test)),
        _ => false,
    }
}

/// How many tokens the attributes have that begin here.
fn attributes_end(tokens: &[Token<'_>]) -> usize {
    let mut end = 0;
    loop {
        let inner = tokens.get(end + 1).is_some_and(|it| it.is_mark('!'));
        let bracket = end + 1 + usize::from(inner);
        let is_attribute = tokens.get(end).is_some_and(|it| it.is_mark('#'))
            && tokens
                .get(bracket)
                .is_some_and(|it| it.group('[').is_some());
        if !is_attribute {
            return end;
        }
        end = bracket + 1;
    }
}

/// How many tokens the item has that begins here, its attributes included.
fn item_end(tokens: &[Token<'_>]) -> usize {
    let attributes = attributes_end(tokens);
    let code = Item::of(tokens).code;
    let skipped = tokens.len() - code.len();
    let first = code.first().and_then(Token::word);
    let second = code.get(1).and_then(Token::word);
    // These end with a semicolon, whatever braces they have.
    let by_semicolon = match first {
        Some("use" | "static" | "type" | "let") => true,
        Some("const") => !matches!(second, Some("fn" | "unsafe" | "async" | "extern")),
        _ => false,
    };
    let ends = |it: &Token<'_>| it.is_mark(';') || !by_semicolon && it.group('{').is_some();
    let end = code.iter().position(ends).map_or(code.len(), |at| at + 1);
    (skipped + end).max(attributes)
}
