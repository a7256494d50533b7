// SPDX-License-Identifier: MIT OR Apache-2.0

//! The model that every output is printed from: what outputs need of a map, each
//! fact established once.
//!
//! What only some outputs need of a large chip (hashes, types, registers without
//! clusters) is established at its first use, and then shared.

pub(crate) mod access;
pub(crate) mod beat;
pub(crate) mod identity;
pub(crate) mod interrupt;
pub(crate) mod layout;
pub(crate) mod number;
pub(crate) mod registers;
mod shared;
pub(crate) mod types;

pub(crate) use shared::{Shared, memory_windows};

use std::sync::OnceLock;

use regdesc::model::{self, Bus, DeviceTree, Kind, ParentNode, Version, Window};
use regdesc::{RegisterMap, Spanned};

use crate::names::{self, Language, Place, Scope, Use};
use crate::sources::{Lines, source_name};
use identity::Identity;
use interrupt::Interrupt;
use layout::{Layout, Layouts};
use registers::FlatRegister;
use types::Types;

/// A map, ready to be printed.
pub(crate) struct Lowered<'m> {
    map: &'m RegisterMap,
    pub(crate) kind: Kind,
    pub(crate) bus: Bus,
    /// The author's name.
    pub(crate) name: &'m str,
    pub(crate) description: Option<&'m str>,
    pub(crate) version: Option<Version>,
    /// The name of its folder and of the files that are named after it.
    pub(crate) device: String,
    /// The accessor's crate.
    pub(crate) package: String,
    /// The file it was read from.
    pub(crate) source: String,
    pub(crate) lines: Lines<'m>,
    pub(crate) blocks: Vec<Block<'m>>,
}

/// A kind of block, with the places where it is.
pub(crate) struct Block<'m> {
    /// The author's name.
    pub(crate) name: &'m Spanned<String>,
    pub(crate) names: BlockNames,
    pub(crate) description: Option<&'m str>,
    /// Bytes that it decodes.
    pub(crate) size: u64,
    /// What a driver binds to: stated by the author, or vendor and name.
    pub(crate) compatibles: Vec<String>,
    pub(crate) instances: Vec<Instance<'m>>,
    /// It reads or writes memory by itself.
    pub(crate) bus_master: bool,
    /// What programs may map; none: the whole block.
    pub(crate) windows: &'m [Window],
    pub(crate) interrupts: Vec<Interrupt<'m>>,
    pub(crate) identity: Identity<'m>,
    /// What the author chose as the name of its nodes.
    pub(crate) node_name: Option<&'m str>,
    /// What the author states of its nodes.
    pub(crate) device_tree: &'m DeviceTree,
    /// Its enumerations, to which fields refer.
    pub(crate) enums: &'m [model::Enumeration],
    facts: Facts<'m>,
}

/// The names that a block has outside of itself.
pub(crate) struct BlockNames {
    /// The driver, and the node by `compatible`, in hyphens.
    pub(crate) model: String,
    /// The driver's module.
    pub(crate) driver_module: String,
    /// What the names of its nodes below `/dev` begin with.
    pub(crate) node_stem: String,
    /// The block to the accessor's runtime.
    pub(crate) runtime: String,
    /// The accessor's module of a chip's block; not yet safe from keywords.
    pub(crate) module: String,
    /// Where a Rust program finds the items of the block.
    pub(crate) path: String,
}

/// A place at which a block is located.
pub(crate) struct Instance<'m> {
    pub(crate) described: &'m model::Instance,
    /// What the rest of a device tree calls its node by.
    pub(crate) label: String,
    /// The first byte.
    pub(crate) base: u64,
    /// The last byte.
    pub(crate) end: u64,
    /// The number that the author gives the driver's node.
    pub(crate) number: Option<u32>,
    /// What UIO calls it: the name of the driver's node.
    pub(crate) uio_name: String,
}

/// What is established at its first use.
struct Facts<'m> {
    map: &'m RegisterMap,
    layout: &'m Layout<'m>,
    hash: OnceLock<u64>,
    registers: OnceLock<Vec<FlatRegister<'m>>>,
    types: OnceLock<Types<'m>>,
}

impl<'m> Lowered<'m> {
    pub(crate) fn of(map: &'m RegisterMap, layouts: &'m Layouts<'m>) -> Self {
        let device = names::device(&map.name);
        let package = names::package(&map.name);
        let mut scopes = Scopes {
            models: Scope::of(Language::DeviceTree, Place::Plain),
            labels: Scope::of(Language::DeviceTree, Place::Plain),
            modules: Scope::of(Language::Rust, Place::Plain),
        };
        let blocks = layouts.blocks.iter().map(|layout| {
            let names = scopes.block_names(map, layout.described, &device, &package);
            block(map, layout, names, &mut scopes.labels)
        });
        Lowered {
            map,
            kind: map.kind,
            bus: map.bus,
            name: &map.name,
            description: map.description.as_deref(),
            version: map.version.as_ref().map(|it| it.value),
            blocks: blocks.collect(),
            device,
            package,
            source: source_name(map.sources()),
            lines: Lines::of(map.sources()),
        }
    }

    /// The hash of the whole map.
    pub(crate) fn hash(&self) -> u64 {
        match self.blocks.as_slice() {
            [block] => block.hash(),
            _ => self.map.hash(),
        }
    }

    /// The block that comes and goes with the FPGA's configuration. A chip's nodes
    /// are the board's from the start, and have their bindings in the kernel.
    pub(crate) fn own_block(&self) -> Option<&Block<'m>> {
        match self.kind {
            Kind::Block => self.blocks.first(),
            Kind::Chip => None,
        }
    }

    /// The node of the board's tree that an overlay extends.
    pub(crate) fn overlay_target(&self) -> Option<&'m ParentNode> {
        let tree = self.own_block()?.device_tree;
        let region = tree.fpga_region.as_ref();
        region.map(|region| &region.parent).or(tree.parent.as_ref())
    }
}

impl<'m> Block<'m> {
    /// The canonical hash of its map.
    pub(crate) fn hash(&self) -> u64 {
        self.facts.hash()
    }

    /// Its registers without clusters, each moved by one load or store.
    pub(crate) fn registers(&self) -> &[FlatRegister<'m>] {
        self.facts.registers()
    }

    /// Its registers and enumerations as types.
    pub(crate) fn types(&self) -> &Types<'m> {
        let Facts {
            map, layout, types, ..
        } = &self.facts;
        types.get_or_init(|| Types::of(layout, map.bus))
    }
}

impl<'m> Facts<'m> {
    fn hash(&self) -> u64 {
        let block = self.layout.described;
        *self.hash.get_or_init(|| self.map.block_hash(block))
    }

    fn registers(&self) -> &[FlatRegister<'m>] {
        self.registers
            .get_or_init(|| registers::flat(&self.layout.loads.items))
    }
}

/// The names that blocks and instances must not share.
struct Scopes {
    models: Scope,
    labels: Scope,
    modules: Scope,
}

impl Scopes {
    fn block_names(
        &mut self,
        map: &RegisterMap,
        block: &model::Block,
        device: &str,
        package: &str,
    ) -> BlockNames {
        let module = self.modules.claim(Use::Module, &block.name);
        let model = match map.kind {
            Kind::Block => device.to_owned(),
            Kind::Chip => format!("{device}-{}", self.models.claim(Use::Node, &block.name)),
        };
        let crate_name = names::spelled(Use::Module, package);
        BlockNames {
            driver_module: names::spelled(Use::Module, &model),
            node_stem: regloom_driver_template::node_stem(&model),
            runtime: names::spelled(Use::Node, &block.name),
            path: match map.kind {
                Kind::Block => crate_name,
                Kind::Chip => format!(
                    "{crate_name}::{}",
                    names::identifier(Language::Rust, &module)
                ),
            },
            model,
            module,
        }
    }
}

fn block<'m>(
    map: &'m RegisterMap,
    layout: &'m Layout<'m>,
    names: BlockNames,
    labels: &mut Scope,
) -> Block<'m> {
    let described = layout.described;
    let facts = Facts {
        map,
        layout,
        hash: OnceLock::new(),
        registers: OnceLock::new(),
        types: OnceLock::new(),
    };
    let interrupts = described.interrupts.iter();
    let interrupts = interrupts.map(|it| Interrupt::of(it, described, || facts.registers()));
    let interrupts = interrupts.collect();
    Block {
        name: &described.name,
        description: described.description.as_deref(),
        size: described.size.value,
        compatibles: compatibles(map, described, &names.model),
        instances: instances(map.kind, described, &names.node_stem, labels),
        bus_master: described.bus_master,
        windows: &described.windows,
        interrupts,
        identity: Identity::of(map, described, || facts.hash()),
        node_name: described.node_name.as_ref().map(|name| name.as_str()),
        device_tree: &described.device_tree,
        enums: &described.enums,
        names,
        facts,
    }
}

fn instances<'m>(
    kind: Kind,
    block: &'m model::Block,
    node_stem: &str,
    labels: &mut Scope,
) -> Vec<Instance<'m>> {
    let base = |instance: &model::Instance| instance.base.value;
    let last = block.size.value.saturating_sub(1);
    let lowered = block.instances.iter().map(|described| {
        let others = block.instances.iter();
        let before = others.filter(|other| base(other) < base(described)).count();
        let number = described.number.and_then(|it| u32::try_from(it.value).ok());
        let counted = number.map_or_else(|| before.to_string(), |number| number.to_string());
        Instance {
            described,
            // A chip's are in lower case, as the kernel's trees have them.
            label: match kind {
                Kind::Block => described.name.value.clone(),
                Kind::Chip => labels.claim(Use::Label, &described.name),
            },
            base: base(described),
            end: base(described).saturating_add(last),
            number,
            uio_name: format!("{node_stem}{counted}"),
        }
    });
    lowered.collect()
}

fn compatibles(map: &RegisterMap, block: &model::Block, model: &str) -> Vec<String> {
    let stated = &block.device_tree.compatible;
    if !stated.is_empty() {
        return stated.iter().map(|it| it.value.clone()).collect();
    }
    let vendor = map.vendor.as_ref();
    let vendor = vendor.map(|vendor| names::spelled(Use::Node, vendor));
    vec![match vendor.filter(|vendor| !vendor.is_empty()) {
        Some(vendor) => format!("{vendor},{model}"),
        None => model.to_owned(),
    }]
}
