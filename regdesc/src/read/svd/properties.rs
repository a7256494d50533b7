// SPDX-License-Identifier: MIT OR Apache-2.0

//! Width, access, effects and reset, at whatever level they are written.

use svd_parser::{Parse, svd};

use super::config::config;
use super::element::Element;
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::description::Properties;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Protection, WriteConstraint};
use crate::number::{Bits, Integer};
use crate::source::Spanned;

/// Says so where nothing reports any register who may access it.
pub(super) fn someone_may_access_something(device: Element<'_, '_>, diagnostics: &mut Diagnostics) {
    let within = || {
        let peripherals = device.children_of("peripherals");
        peripherals.flat_map(Element::descendants)
    };
    let has_registers = within().any(|it| it.tag() == "register");
    let says_access = device.child("access").is_some() || within().any(|it| it.tag() == "access");
    if !has_registers || says_access {
        return;
    }
    diagnostics.push(
        Diagnostic::new(
            Code::NoAccess,
            device.name_span(),
            format!(
                "`{}` says of no register who may access it",
                device
                    .child("name")
                    .and_then(Element::text)
                    .unwrap_or_default()
            ),
            "all are taken as read-write",
        )
        .help("add `<access>` to the device, or to the registers that differ"),
    );
}

/// What a device, peripheral or cluster says of the registers within. CMSIS-SVD
/// has effects at registers and fields alone; a vendor who writes one further
/// out means it for everything within.
pub(super) fn of_container(
    element: Element<'_, '_>,
    group: &svd::RegisterProperties,
) -> Properties {
    let write = element.child("modifiedWriteValues");
    let read = element.child("readAction");
    with_effects(
        of_registers(element, group),
        element,
        write.and_then(|it| svd::ModifiedWriteValues::parse(it.node(), &config()).ok()),
        read.and_then(|it| svd::ReadAction::parse(it.node(), &config()).ok()),
    )
}

/// The group that devices, peripherals, clusters and registers share.
fn of_registers(element: Element<'_, '_>, group: &svd::RegisterProperties) -> Properties {
    Properties {
        width: group.size.map(|size| element.at("size", size)),
        access: group.access.map(|access| element.at("access", may(access))),
        on_write: None,
        on_read: None,
        reset: number_of(element, "resetValue", group.reset_value)
            .map(|value| value.map(Integer::from)),
        reset_mask: number_of(element, "resetMask", group.reset_mask),
        protection: group.protection.map(protection),
    }
}

/// What svd-parser read, or a number that it has no room for.
fn number_of(element: Element<'_, '_>, tag: &str, read: Option<u64>) -> Option<Spanned<Bits>> {
    let number = element.wide_number(tag).or(read.map(Bits::from))?;
    Some(element.at(tag, number))
}

/// What a register says of itself beyond that group.
pub(super) fn of_register(element: Element<'_, '_>, register: &svd::RegisterInfo) -> Properties {
    let own = of_registers(element, &register.properties);
    with_effects(
        own,
        element,
        register.modified_write_values,
        register.read_action,
    )
}

/// A field's access and effects, and the reset value that some vendors write
/// there.
pub(super) fn of_field(element: Element<'_, '_>, field: &svd::FieldInfo) -> Properties {
    let reset = element.child("resetValue");
    let reset = reset.and_then(|it| u64::parse(it.node(), &()).ok());
    let own = Properties {
        access: field.access.map(|access| element.at("access", may(access))),
        reset: reset.map(|value| element.at("resetValue", value.into())),
        ..Properties::default()
    };
    with_effects(own, element, field.modified_write_values, field.read_action)
}

fn with_effects(
    own: Properties,
    element: Element<'_, '_>,
    write: Option<svd::ModifiedWriteValues>,
    read: Option<svd::ReadAction>,
) -> Properties {
    Properties {
        on_write: write.map(|write| element.at("modifiedWriteValues", write_effect(write))),
        on_read: read.map(|read| element.at("readAction", read_effect(read))),
        ..own
    }
}

fn may(access: svd::Access) -> Access {
    let once = |access| Access {
        write_once: true,
        ..access
    };
    match access {
        svd::Access::ReadOnly => Access::RO,
        svd::Access::ReadWrite => Access::RW,
        svd::Access::ReadWriteOnce => once(Access::RW),
        svd::Access::WriteOnly => Access::WO,
        svd::Access::WriteOnce => once(Access::WO),
    }
}

fn write_effect(effect: svd::ModifiedWriteValues) -> WriteEffect {
    use svd::ModifiedWriteValues as Svd;
    match effect {
        Svd::OneToClear => WriteEffect::OneToClear,
        Svd::OneToSet => WriteEffect::OneToSet,
        Svd::OneToToggle => WriteEffect::OneToToggle,
        Svd::ZeroToClear => WriteEffect::ZeroToClear,
        Svd::ZeroToSet => WriteEffect::ZeroToSet,
        Svd::ZeroToToggle => WriteEffect::ZeroToToggle,
        Svd::Clear => WriteEffect::Clear,
        Svd::Set => WriteEffect::Set,
        Svd::Modify => WriteEffect::Modify,
    }
}

fn protection(protection: svd::Protection) -> Protection {
    match protection {
        svd::Protection::Secure => Protection::Secure,
        svd::Protection::NonSecure => Protection::NonSecure,
        svd::Protection::Privileged => Protection::Privileged,
    }
}

/// Which values may be written; any, where a constraint is said not to hold.
pub(super) fn write_constraint(constraint: svd::WriteConstraint) -> Option<WriteConstraint> {
    use svd::WriteConstraint as Svd;
    match constraint {
        Svd::WriteAsRead(holds) => holds.then_some(WriteConstraint::AsRead),
        Svd::UseEnumeratedValues(holds) => holds.then_some(WriteConstraint::Enumerated),
        Svd::Range(range) => Some(WriteConstraint::Range {
            minimum: range.min.into(),
            maximum: range.max.into(),
        }),
    }
}

/// `modify` is a change of the register itself, `modifyExternal` one elsewhere:
/// either way a read consumes something.
fn read_effect(effect: svd::ReadAction) -> ReadEffect {
    match effect {
        svd::ReadAction::Clear => ReadEffect::Clear,
        svd::ReadAction::Set => ReadEffect::Set,
        svd::ReadAction::Modify | svd::ReadAction::ModifyExternal => ReadEffect::Pop,
    }
}
