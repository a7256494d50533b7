// SPDX-License-Identifier: MIT OR Apache-2.0

//! Width, access, effects and reset, at whatever level they are written.

use svd_parser::svd;

use super::element::Element;
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::description::Properties;

/// The group that devices, peripherals, clusters and registers share.
pub(super) fn of_registers(
    element: Element<'_, '_>,
    group: &svd::RegisterProperties,
) -> Properties {
    Properties {
        width: group.size.map(|size| element.at("size", size)),
        access: group.access.map(|access| element.at("access", may(access))),
        on_write: None,
        on_read: None,
        reset: group
            .reset_value
            .map(|value| element.at("resetValue", value)),
        reset_mask: group.reset_mask.map(|mask| element.at("resetMask", mask)),
    }
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

/// A field's access and effects.
pub(super) fn of_field(element: Element<'_, '_>, field: &svd::FieldInfo) -> Properties {
    let own = Properties {
        access: field.access.map(|access| element.at("access", may(access))),
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

/// `modify` is a change of the register itself, `modifyExternal` one elsewhere:
/// either way a read consumes something.
fn read_effect(effect: svd::ReadAction) -> ReadEffect {
    match effect {
        svd::ReadAction::Clear => ReadEffect::Clear,
        svd::ReadAction::Set => ReadEffect::Set,
        svd::ReadAction::Modify | svd::ReadAction::ModifyExternal => ReadEffect::Pop,
    }
}
