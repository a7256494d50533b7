// SPDX-License-Identifier: MIT OR Apache-2.0

//! A description taken apart.

use std::ops::{Index, IndexMut};

use crate::description::{Array, Block, Cluster, Field, Item, Register, Reserved};
use crate::source::Spanned;

/// An element's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(usize);

/// An element without its children.
#[derive(Debug, Clone)]
pub(super) enum Element {
    /// What holds the blocks.
    Root,
    Block(Box<Block>),
    Cluster(Box<Cluster>),
    Register(Box<Register>),
    Field(Box<Field>),
    /// What can neither derive nor be derived from.
    Reserved(Reserved),
    Refused(Spanned<String>),
}

/// What an element may derive from: one of its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Block,
    Cluster,
    Register,
    Field,
}

impl Kind {
    /// As people call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Block => "peripheral",
            Kind::Cluster => "cluster",
            Kind::Register => "register",
            Kind::Field => "field",
        }
    }
}

impl Element {
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Element::Block(_) => Some(Kind::Block),
            Element::Cluster(_) => Some(Kind::Cluster),
            Element::Register(_) => Some(Kind::Register),
            Element::Field(_) => Some(Kind::Field),
            Element::Root | Element::Reserved(_) | Element::Refused(_) => None,
        }
    }

    pub(super) fn name(&self) -> Option<&Spanned<String>> {
        match self {
            Element::Root => None,
            Element::Block(block) => Some(&block.name),
            Element::Cluster(cluster) => Some(&cluster.name),
            Element::Register(register) => Some(&register.name),
            Element::Field(field) => Some(&field.name),
            Element::Reserved(reserved) => Some(&reserved.name),
            Element::Refused(name) => Some(name),
        }
    }

    pub(super) fn derived_from(&self) -> Option<&Spanned<String>> {
        match self {
            Element::Block(block) => block.derived_from.as_ref(),
            Element::Cluster(cluster) => cluster.derived_from.as_ref(),
            Element::Register(register) => register.derived_from.as_ref(),
            Element::Field(field) => field.derived_from.as_ref(),
            Element::Root | Element::Reserved(_) | Element::Refused(_) => None,
        }
    }

    pub(super) fn array(&self) -> Option<&Array> {
        match self {
            Element::Cluster(cluster) => cluster.array.as_ref(),
            Element::Register(register) => register.array.as_ref(),
            Element::Field(field) => field.array.as_ref(),
            _ => None,
        }
    }

    pub(super) fn as_field(&self) -> Option<&Field> {
        match self {
            Element::Field(field) => Some(field),
            _ => None,
        }
    }
}

/// One element and where it hangs.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) element: Element,
    pub(super) parent: Option<Id>,
    /// In the order written; after inheriting, shared with what they came from.
    pub(super) children: Vec<Id>,
}

/// Every element of a description, parents before their children.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Index<Id> for Tree {
    type Output = Node;

    fn index(&self, id: Id) -> &Node {
        &self.nodes[id.0]
    }
}

impl IndexMut<Id> for Tree {
    fn index_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id.0]
    }
}

/// Something known of each element of a tree.
#[derive(Debug, Clone)]
pub(super) struct PerElement<T>(Vec<T>);

impl<T: Clone> PerElement<T> {
    pub(super) fn new(tree: &Tree, value: T) -> Self {
        PerElement(vec![value; tree.nodes.len()])
    }
}

impl<T> Index<Id> for PerElement<T> {
    type Output = T;

    fn index(&self, id: Id) -> &T {
        &self.0[id.0]
    }
}

impl<T> IndexMut<Id> for PerElement<T> {
    fn index_mut(&mut self, id: Id) -> &mut T {
        &mut self.0[id.0]
    }
}

impl Tree {
    /// The element that holds the blocks.
    pub(super) const ROOT: Id = Id(0);

    /// Takes a description's blocks apart.
    pub(super) fn of(blocks: Vec<Block>) -> Tree {
        let mut tree = Tree { nodes: Vec::new() };
        let root = tree.add(Element::Root, None);
        for block in blocks {
            tree.add_block(block, root);
        }
        tree
    }

    /// Every element's number, in the order of the text.
    pub(super) fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        (0..self.nodes.len()).map(Id)
    }

    /// What contains the element, from the nearest outwards.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self[id].parent, |&id| self[id].parent)
    }

    fn add(&mut self, element: Element, parent: Option<Id>) -> Id {
        let id = Id(self.nodes.len());
        self.nodes.push(Node {
            element,
            parent,
            children: Vec::new(),
        });
        if let Some(parent) = parent {
            self[parent].children.push(id);
        }
        id
    }

    fn add_block(&mut self, mut block: Block, parent: Id) {
        let items = std::mem::take(&mut block.items);
        let id = self.add(Element::Block(Box::new(block)), Some(parent));
        self.add_items(items, id);
    }

    fn add_items(&mut self, items: Vec<Item>, parent: Id) {
        for item in items {
            match item {
                Item::Register(register) => self.add_register(register, parent),
                Item::Cluster(mut cluster) => {
                    let items = std::mem::take(&mut cluster.items);
                    let id = self.add(Element::Cluster(Box::new(cluster)), Some(parent));
                    self.add_items(items, id);
                }
                Item::Reserved(reserved) => {
                    self.add(Element::Reserved(reserved), Some(parent));
                }
                Item::Refused(name) => {
                    self.add(Element::Refused(name), Some(parent));
                }
            }
        }
    }

    fn add_register(&mut self, mut register: Register, parent: Id) {
        let fields = std::mem::take(&mut register.fields);
        let id = self.add(Element::Register(Box::new(register)), Some(parent));
        for field in fields {
            self.add(Element::Field(Box::new(field)), Some(id));
        }
    }

    /// Gives every element back the children it was written with.
    pub(super) fn restore_children(&mut self) {
        for node in &mut self.nodes {
            node.children.clear();
        }
        for id in self.ids() {
            if let Some(parent) = self[id].parent {
                self[parent].children.push(id);
            }
        }
    }

    /// Puts the description together again; nothing in it derives any more.
    pub(super) fn into_blocks(self) -> Vec<Block> {
        let mut holders = PerElement::new(&self, 0u32);
        for id in self.ids() {
            for &child in &self[id].children {
                holders[child] += 1;
            }
        }
        Assembly {
            tree: self,
            holders,
        }
        .blocks()
    }
}

/// A tree on its way back to a description. What hangs in one place is moved
/// there, what several hold is copied.
struct Assembly {
    tree: Tree,
    /// How many have an element among their children.
    holders: PerElement<u32>,
}

impl Assembly {
    fn blocks(&mut self) -> Vec<Block> {
        let children = std::mem::take(&mut self.tree[Tree::ROOT].children);
        children
            .into_iter()
            .filter_map(|id| self.block(id))
            .collect()
    }

    fn block(&mut self, id: Id) -> Option<Block> {
        let (element, children, shared) = self.take(id, false);
        let Element::Block(block) = element else {
            return None;
        };
        Some(Block {
            derived_from: None,
            items: self.items(&children, shared),
            ..*block
        })
    }

    fn items(&mut self, ids: &[Id], shared: bool) -> Vec<Item> {
        ids.iter().filter_map(|&id| self.item(id, shared)).collect()
    }

    fn item(&mut self, id: Id, shared: bool) -> Option<Item> {
        let (element, children, shared) = self.take(id, shared);
        Some(match element {
            Element::Register(register) => Item::Register(Register {
                derived_from: None,
                fields: self.fields(&children, shared),
                ..*register
            }),
            Element::Cluster(cluster) => Item::Cluster(Cluster {
                derived_from: None,
                items: self.items(&children, shared),
                ..*cluster
            }),
            Element::Reserved(reserved) => Item::Reserved(reserved),
            Element::Refused(name) => Item::Refused(name),
            Element::Root | Element::Block(_) | Element::Field(_) => return None,
        })
    }

    fn fields(&mut self, ids: &[Id], shared: bool) -> Vec<Field> {
        let fields = ids.iter().filter_map(|&id| match self.take(id, shared).0 {
            Element::Field(field) => Some(Field {
                derived_from: None,
                ..*field
            }),
            _ => None,
        });
        fields.collect()
    }

    /// An element, its children, and whether they are needed again: an element
    /// is when it has several holders, or its holder is.
    fn take(&mut self, id: Id, shared: bool) -> (Element, Vec<Id>, bool) {
        let shared = shared || self.holders[id] > 1;
        let node = &mut self.tree[id];
        if shared {
            (node.element.clone(), node.children.clone(), shared)
        } else {
            let element = std::mem::replace(&mut node.element, Element::Root);
            (element, std::mem::take(&mut node.children), shared)
        }
    }
}
