// SPDX-License-Identifier: MIT OR Apache-2.0

//! Identity: what distinguishes the block from another can be read, and says what the
//! map says.

use crate::access::Access;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Device, Item, Located, Register, RegisterPath};
use crate::nearest::nearest;
use crate::units::{fits_in, low_ones};

/// The fields that together are a version.
const VERSION_FIELDS: [&str; 3] = ["MAJOR", "MINOR", "PATCH"];

/// Every register of the identity is there, and a read of it says so and changes
/// nothing.
pub(super) fn identity_registers_can_be_read(block: &Block, diagnostics: &mut Diagnostics) {
    let identity = &block.identity;
    if let Some(magic) = &identity.magic
        && let Some(register) = readable(block, &magic.register, diagnostics)
        && !fits_in(magic.value.value, register.width.value)
    {
        diagnostics.push(
            Diagnostic::new(
                Code::BadIdentity,
                magic.value.span,
                format!(
                    "the magic {:#x} does not fit into `{}`",
                    magic.value.value, magic.register
                ),
                format!("at most {:#x}", low_ones(register.width.value)),
            )
            .related(
                register.name.span,
                format!("{} bits wide", register.width.value),
            )
            .help("make the magic smaller or the register wider"),
        );
    }
    if let Some(version) = &identity.version
        && let Some(register) = readable(block, version, diagnostics)
        && !holds_a_version(register)
    {
        diagnostics.push(
            Diagnostic::new(
                Code::BadIdentity,
                version.span,
                format!("`{version}` has fields, but not those of a version"),
                "compared with the map's version",
            )
            .related(register.name.span, "its fields are others")
            .help("call them MAJOR, MINOR and PATCH, or give it none: then it is the major part"),
        );
    }
    if let Some(hash) = &identity.hash {
        readable(block, hash, diagnostics);
    }
}

/// What is compared of the version is among the lowest 64 bits, which are read.
pub(super) fn the_version_is_read(block: &Block, diagnostics: &mut Diagnostics) {
    let version = block.identity.version.as_ref();
    let Some(found) = version.and_then(|path| block.register(path)) else {
        return;
    };
    let [major, ..] = VERSION_FIELDS;
    let mut fields = found.register.fields.iter();
    let major = fields.find(|it| it.name.value == major && it.bits.end() > u64::BITS);
    if let Some(major) = major {
        diagnostics.push(
            Diagnostic::new(
                Code::BadIdentity,
                major.bits.span,
                format!(
                    "`{}` is beyond the lowest 64 bits of `{}`, and these are read",
                    major.name.value, found.register.name.value
                ),
                format!("bits {}", major.bits.value),
            )
            .help("move it to the lowest 64 bits, or name another register"),
        );
    }
}

fn holds_a_version(register: &Register) -> bool {
    let has = |name: &str| register.fields.iter().any(|field| field.name.value == name);
    register.fields.is_empty() || VERSION_FIELDS.iter().all(|name| has(name))
}

/// The single register of that path, or why it cannot be one of the identity.
fn readable<'b>(
    block: &'b Block,
    path: &RegisterPath,
    diagnostics: &mut Diagnostics,
) -> Option<&'b Register> {
    let register = single(block, path, diagnostics)?;
    if register.accesses().all(Access::reads_plainly) {
        return Some(register);
    }
    diagnostics.push(
        Diagnostic::new(
            Code::BadIdentity,
            path.span,
            format!("`{path}` cannot be read without an effect"),
            "read before anything else is known",
        )
        .related(
            register.access.span,
            format!("the access is {}", register.access.value),
        )
        .help("give it `access: ro`, or name another register"),
    );
    None
}

/// The register of that path, which is there once; reports what is not so.
pub(super) fn single<'b>(
    block: &'b Block,
    path: &RegisterPath,
    diagnostics: &mut Diagnostics,
) -> Option<&'b Register> {
    match block.register(path) {
        Some(found) if found.single => Some(found.register),
        Some(Located { register, .. }) => {
            diagnostics.push(
                Diagnostic::new(
                    Code::UnknownRegister,
                    path.span,
                    format!("`{path}` is one of an array"),
                    "which one is meant?",
                )
                .related(register.name.span, "occurs several times")
                .help("name a register that is there once"),
            );
            None
        }
        None if block.incomplete => None,
        None => {
            diagnostics.push(unknown(block, path));
            None
        }
    }
}

fn unknown(block: &Block, path: &RegisterPath) -> Diagnostic {
    let mut known = Vec::new();
    paths(&block.items, "", &mut known);
    let written = path.to_string();
    let near = nearest(&written, known.iter().map(String::as_str));
    Diagnostic::new(
        Code::UnknownRegister,
        path.span,
        format!("there is no register `{path}`"),
        "named here",
    )
    .did_you_mean(&written, near, || {
        "add it under `registers:`, or name another".to_owned()
    })
}

fn paths(items: &[Item], outer: &str, known: &mut Vec<String>) {
    for item in items {
        let name = format!("{outer}{}", item.name().value);
        match item {
            Item::Register(_) => known.push(name),
            Item::Cluster(cluster) => paths(&cluster.items, &format!("{name}."), known),
        }
    }
}

/// What the hardware's version register is compared with is there.
pub(super) fn the_map_has_the_version_to_compare(
    device: &Device,
    block: &Block,
    diagnostics: &mut Diagnostics,
) {
    if let Some(register) = &block.identity.version
        && device.version.is_none()
    {
        diagnostics.push(
            Diagnostic::new(
                Code::MissingKey,
                register.span,
                "the hardware reports its version, and the map has none to compare",
                "compared with `version:`",
            )
            .help("add `version: 1.0.0` at the top"),
        );
    }
}
