// SPDX-License-Identifier: MIT OR Apache-2.0

//! The names that Rust has for everything in a block: modules, types, methods.

use std::collections::BTreeSet;
use std::ops::Deref;

use regdesc::model::{Array, Field, Register};

use super::marker::{Marker, marker};
use super::text::path_between;
use crate::lowered::access::Method;
use crate::lowered::types::{self, ClusterType, EnumType, Kind, RegisterType, Types};
use crate::lowered::{Block, Shared};
use crate::names::{Language, Place, Scope, Use};

/// A block's names.
pub(super) struct Named<'t> {
    pub(super) root: Group<'t>,
    /// One for each enumeration of the block; `None` for one without values.
    pub(super) enums: Vec<Option<EnumName<'t>>>,
    /// The types of registers, by their numbers.
    pub(super) definitions: Vec<Definition<'t>>,
    /// Accesses that no marker of the runtime has.
    pub(super) own_markers: BTreeSet<(String, Vec<Method>)>,
    /// The module of those.
    pub(super) access: String,
    /// The module of its interrupts, if it has any.
    pub(super) interrupts: Option<String>,
}

/// The content of a block or cluster: one module.
pub(super) struct Group<'t> {
    pub(super) group: &'t types::Group<'t>,
    /// Where the module is below the block's.
    pub(super) path: Vec<String>,
    pub(super) members: Vec<Member<'t>>,
}

/// What has a method of the group's handle.
pub(super) enum Member<'t> {
    Register(RegisterMember<'t>),
    Cluster(ClusterMember<'t>),
}

pub(super) struct RegisterMember<'t> {
    typed: &'t RegisterType<'t>,
    /// The handle's method.
    pub(super) method: String,
    /// Its type in its module, if it has one.
    pub(super) type_name: Option<String>,
    pub(super) marker: Marker,
    /// Those of a register that defines a type.
    pub(super) fields: Vec<FieldNames<'t>>,
}

impl<'t> Deref for RegisterMember<'t> {
    type Target = RegisterType<'t>;

    fn deref(&self) -> &RegisterType<'t> {
        self.typed
    }
}

pub(super) struct FieldNames<'t> {
    pub(super) field: &'t Field,
    /// The getter; the setters are made from it.
    pub(super) method: String,
    /// The mask.
    pub(super) constant: String,
}

pub(super) struct ClusterMember<'t> {
    pub(super) cluster: &'t regdesc::model::Cluster,
    /// The handle's method.
    pub(super) method: String,
    pub(super) group: Group<'t>,
}

impl ClusterMember<'_> {
    /// The name of its module.
    pub(super) fn module(&self) -> &str {
        self.group.path.last().map_or("", String::as_str)
    }
}

/// The type of a register's value.
pub(super) struct Definition<'t> {
    /// The module, below the block's.
    path: Vec<String>,
    name: String,
    /// The register that it is named after.
    pub(super) register: &'t Register,
}

impl Definition<'_> {
    /// The type as seen from a module of the same block.
    pub(super) fn seen_from(&self, path: &[String]) -> String {
        path_between(path, &self.path, &self.name)
    }
}

/// A Rust enum for an enumeration.
pub(super) struct EnumName<'t> {
    /// The module that defines it, below the block's.
    pub(super) path: Vec<String>,
    pub(super) name: String,
    pub(super) typed: &'t EnumType,
}

impl EnumName<'_> {
    /// The enum as seen from a module of the same block.
    pub(super) fn seen_from(&self, path: &[String]) -> String {
        path_between(path, &self.path, &self.name)
    }
}

pub(super) fn named<'t>(block: &'t Block<'_>) -> Named<'t> {
    let types: &Types<'t> = block.types();
    let mut naming = Naming {
        block,
        types,
        enums: block.enums.iter().map(|_| None).collect(),
        definitions: Vec::new(),
        own_markers: BTreeSet::new(),
        access: String::new(),
        interrupts: None,
    };
    Named {
        root: naming.group(&types.root, Vec::new()),
        enums: naming.enums,
        definitions: naming.definitions,
        own_markers: naming.own_markers,
        access: naming.access,
        interrupts: naming.interrupts,
    }
}

struct Naming<'t, 'm> {
    block: &'t Block<'m>,
    types: &'t Types<'t>,
    enums: Vec<Option<EnumName<'t>>>,
    definitions: Vec<Definition<'t>>,
    own_markers: BTreeSet<(String, Vec<Method>)>,
    access: String,
    interrupts: Option<String>,
}

impl<'t> Naming<'t, '_> {
    fn group(&mut self, group: &'t types::Group<'t>, path: Vec<String>) -> Group<'t> {
        let mut methods = Scope::of(Language::Rust, Place::Plain);
        let mut module = match path.is_empty() {
            true => Scope::of(Language::Rust, Place::Block),
            false => Scope::of(Language::Rust, Place::Cluster),
        };
        // Value types before modules, both before enumerations: what is named
        // after hardware keeps its name.
        let members = group.members.iter();
        let types: Vec<_> = members
            .clone()
            .map(|member| self.type_name(member, &path, &mut module))
            .collect();
        let modules: Vec<_> = members
            .clone()
            .map(|member| module_name(member, &mut module))
            .collect();
        self.name_enums(group, &path, &mut module);
        if path.is_empty() {
            self.name_root_items(&mut module);
        }
        let names = types.into_iter().zip(modules);
        let members = members.zip(names).map(|(member, (type_name, module))| {
            let method = method_name(member, &mut methods);
            match member {
                types::Member::Register(typed) => {
                    Member::Register(self.register(typed, method, type_name))
                }
                types::Member::Cluster(ClusterType { cluster, group }) => {
                    let path = path.iter().cloned().chain([module]).collect();
                    Member::Cluster(ClusterMember {
                        cluster,
                        method,
                        group: self.group(group, path),
                    })
                }
            }
        });
        Group {
            members: members.collect(),
            group,
            path,
        }
    }

    /// The name of a register's type, if it has one; nothing for a cluster.
    fn type_name(
        &mut self,
        member: &'t types::Member<'t>,
        path: &[String],
        module: &mut Scope,
    ) -> Option<String> {
        let types::Member::Register(RegisterType { register, kind, .. }) = member else {
            return None;
        };
        let Kind::Fields(shared) = kind else {
            return None;
        };
        let name = module.claim(Use::Type, &register.name);
        if let Shared::First(_) = shared {
            // The types have their numbers in this order.
            self.definitions.push(Definition {
                path: path.to_vec(),
                name: name.clone(),
                register,
            });
        }
        Some(name)
    }

    fn register(
        &mut self,
        typed: &'t RegisterType<'t>,
        method: String,
        type_name: Option<String>,
    ) -> RegisterMember<'t> {
        let marker = marker(&typed.methods);
        if let Marker::Own(name) = &marker {
            let own = (name.clone(), typed.methods.clone());
            self.own_markers.insert(own);
        }
        RegisterMember {
            typed,
            method,
            type_name,
            marker,
            fields: match typed.kind {
                Kind::Fields(Shared::First(_)) => field_names(typed.register),
                _ => Vec::new(),
            },
        }
    }

    fn name_enums(&mut self, group: &types::Group<'_>, path: &[String], module: &mut Scope) {
        for &index in &group.enums {
            let name = module.claim(Use::Type, &self.block.enums[index].name);
            let typed = self.types.enums[index].as_ref();
            self.enums[index] = typed.map(|typed| EnumName {
                path: path.to_vec(),
                name,
                typed,
            });
        }
    }

    /// The items that only a block's own module has.
    fn name_root_items(&mut self, module: &mut Scope) {
        if !self.block.interrupts.is_empty() {
            self.interrupts = Some(module.claim(Use::Module, "interrupts"));
        }
        self.access = module.claim(Use::Module, "access");
    }
}

/// The name of a cluster's module; nothing for a register.
fn module_name(member: &types::Member<'_>, module: &mut Scope) -> String {
    match member {
        types::Member::Register(_) => String::new(),
        types::Member::Cluster(it) => module.claim(Use::Module, &it.cluster.name),
    }
}

fn method_name(member: &types::Member<'_>, methods: &mut Scope) -> String {
    let (name, array) = match member {
        types::Member::Register(it) => (&it.register.name, it.register.array),
        types::Member::Cluster(it) => (&it.cluster.name, it.cluster.array),
    };
    methods.claim_forms(Use::Method, name, method_forms(array))
}

fn method_forms(array: Option<Array>) -> &'static [(&'static str, &'static str)] {
    match array {
        Some(_) => &[("", ""), ("", "_at"), ("", "_iter")],
        None => &[("", "")],
    }
}

fn field_names(register: &Register) -> Vec<FieldNames<'_>> {
    let mut methods = Scope::of(Language::Rust, Place::Plain);
    let mut constants = Scope::of(Language::Rust, Place::Plain);
    let forms = &[("", ""), ("with_", "")];
    let fields = register.fields.iter();
    fields
        .map(|field| FieldNames {
            field,
            method: methods.claim_forms(Use::Method, &field.name, forms),
            constant: constants.claim(Use::Constant, &field.name),
        })
        .collect()
}
