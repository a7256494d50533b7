// SPDX-License-Identifier: MIT OR Apache-2.0

//! Identity: what distinguishes the block from another can be read, and says what the
//! map says.

use crate::access::Access;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Device, Item, Located, Register, RegisterPath};
use crate::nearest::nearest;
use crate::source::Span;
use crate::units::{BitRange, fits_in, low_ones};

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
fn single<'b>(
    block: &'b Block,
    path: &RegisterPath,
    diagnostics: &mut Diagnostics,
) -> Option<&'b Register> {
    match block.register(path) {
        Some(found) if found.single && !found.is_element => Some(found.register),
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

/// The map's version has room in the hardware's register.
pub(super) fn the_version_fits(device: &Device, block: &Block, diagnostics: &mut Diagnostics) {
    let (Some(version), Some(path)) = (&device.version, &block.identity.version) else {
        return;
    };
    let Some(Located { register, .. }) = block.register(path) else {
        return;
    };
    for (name, number, bits, at) in version_parts(device, register) {
        if fits_in(number, bits.len) {
            continue;
        }
        diagnostics.push(
            Diagnostic::new(
                Code::BadIdentity,
                version.span,
                format!("the {name} {number} of the version does not fit into `{path}`"),
                format!("at most {}", low_ones(bits.len)),
            )
            .related(at, format!("{} bits wide", bits.len))
            .help("make the version smaller, or the bits that hold it wider"),
        );
    }
}

/// Each part of the version: what it is called, its number in the map, and the bits
/// that hold it.
fn version_parts<'d>(
    device: &'d Device,
    register: &'d Register,
) -> impl Iterator<Item = (&'static str, u64, BitRange, Span)> + 'd {
    let version = device.version.as_ref().map(|version| version.value);
    let whole = register.fields.is_empty().then_some((
        BitRange {
            low: 0,
            len: register.width.value.min(u64::BITS),
        },
        register.name.span,
    ));
    version.into_iter().flat_map(move |version| {
        let numbers = [version.major, version.minor, version.patch];
        let names = ["major part", "minor part", "patch"];
        let parts = VERSION_FIELDS.into_iter().zip(names).zip(numbers);
        parts.filter_map(move |((field, name), number)| {
            let mut fields = register.fields.iter();
            let found = fields.find(|it| it.name.value == field);
            let found = found.map(|it| (it.bits.value, it.bits.span));
            // A plain number is the major part.
            let whole = whole.filter(|_| field == VERSION_FIELDS[0]);
            let (bits, at) = found.or(whole)?;
            Some((name, number.into(), bits, at))
        })
    })
}

/// What one register is said to hold twice is one number.
pub(super) fn parts_of_the_identity_agree(
    device: &Device,
    block: &Block,
    diagnostics: &mut Diagnostics,
) {
    let identity = &block.identity;
    let magic = identity.magic.as_ref();
    let same = |a: &RegisterPath, b: &RegisterPath| a.names == b.names;
    if let Some(hash) = &identity.hash {
        let magic = magic.map(|magic| (&magic.register, "magic"));
        let version = identity.version.as_ref().map(|path| (path, "version"));
        if let Some((other, what)) = [magic, version]
            .into_iter()
            .flatten()
            .find(|(path, _)| same(path, hash))
        {
            diagnostics.push(twice(hash, "hash", other, what));
        }
    }
    if let (Some(magic), Some(version)) = (magic, &identity.version)
        && same(&magic.register, version)
        && let Some(Located { register, .. }) = block.register(version)
        && version_parts(device, register)
            .any(|(_, number, bits, _)| bits.extract(magic.value.value) != number)
    {
        diagnostics.push(twice(version, "version", &magic.register, "magic"));
    }
}

fn twice(path: &RegisterPath, what: &str, other: &RegisterPath, as_what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::BadIdentity,
        path.span,
        format!("`{path}` cannot hold both the {as_what} and the {what}"),
        format!("the {what} is read here"),
    )
    .related(other.span, format!("the {as_what} is read here"))
    .help("give each a register of its own")
}

/// A register of the identity that software cannot change has after reset what
/// the identity says.
pub(super) fn resets_agree_with_the_identity(
    device: &Device,
    block: &Block,
    diagnostics: &mut Diagnostics,
) {
    if let Some(magic) = &block.identity.magic
        && let Some(register) = constant(block, &magic.register)
    {
        let whole = BitRange {
            low: 0,
            len: register.width.value.min(u64::BITS),
        };
        let expected = (whole, magic.value.value);
        if let Some(reset) = other_reset(register, expected) {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadIdentity,
                    magic.value.span,
                    format!(
                        "the magic {:#x} is not what `{}` has after reset, {reset:#x}",
                        magic.value.value, magic.register
                    ),
                    "always read",
                )
                .related(register.reset.span, "software cannot change it")
                .help("correct the one that is wrong"),
            );
        }
    }
    if let (Some(version), Some(path)) = (&device.version, &block.identity.version)
        && let Some(register) = constant(block, path)
    {
        let mut parts = version_parts(device, register);
        let other = parts.find_map(|(name, number, bits, _)| {
            Some((name, number, other_reset(register, (bits, number))?))
        });
        if let Some((name, number, reset)) = other {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadIdentity,
                    version.span,
                    format!(
                        "the {name} {number} of the version is not what `{path}` has after \
                         reset, {reset}"
                    ),
                    "compared with the hardware's",
                )
                .related(register.reset.span, "software cannot change it")
                .help("correct the one that is wrong, or write `reset: unknown`"),
            );
        }
    }
}

/// The register of that path, if software cannot change it and its author states
/// what it has after reset.
fn constant<'b>(block: &'b Block, path: &RegisterPath) -> Option<&'b Register> {
    let register = block.register(path)?.register;
    let is_constant = register
        .accesses()
        .all(|it| it.reads_plainly() && !it.write);
    // A default has no place of its own.
    let is_stated = register.reset.span != register.name.span || !register.reset.is_zero();
    (is_constant && is_stated).then_some(register)
}

/// What those bits have after reset, if it is known and not that number.
fn other_reset(register: &Register, (bits, number): (BitRange, u64)) -> Option<u64> {
    let known = register.reset_mask.extract(bits);
    let reset = register.reset.extract(bits);
    (reset & known != number & known).then_some(reset)
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
