// SPDX-License-Identifier: MIT OR Apache-2.0

//! What software may do to registers and fields, as data for the runtime.

use regdesc::model::{Access, ReadEffect, Register, WriteEffect};

use super::context::Context;
use super::text::literal;

/// What software may do to bits: the common point that is nearest, and what
/// differs from it.
pub(super) fn policy(access: Access, self_clearing: bool) -> String {
    let base = match (access.read, access.write) {
        (true, true) => "mmio::table::RW",
        (true, false) => "mmio::table::RO",
        (false, true) => "mmio::table::WO",
        (false, false) => "mmio::table::NONE",
    };
    let on_write = match access.on_write {
        WriteEffect::Modify => "",
        WriteEffect::OneToClear => ".on_write(mmio::table::OnWrite::OneToClear)",
        WriteEffect::OneToSet => ".on_write(mmio::table::OnWrite::OneToSet)",
        WriteEffect::OneToToggle => ".on_write(mmio::table::OnWrite::OneToToggle)",
        WriteEffect::ZeroToClear => ".on_write(mmio::table::OnWrite::ZeroToClear)",
        WriteEffect::ZeroToSet => ".on_write(mmio::table::OnWrite::ZeroToSet)",
        WriteEffect::ZeroToToggle => ".on_write(mmio::table::OnWrite::ZeroToToggle)",
        WriteEffect::Clear => ".on_write(mmio::table::OnWrite::Clear)",
        WriteEffect::Set => ".on_write(mmio::table::OnWrite::Set)",
    };
    let on_read = match access.on_read {
        ReadEffect::None => "",
        ReadEffect::Clear => ".on_read(mmio::table::OnRead::Clear)",
        ReadEffect::Set => ".on_read(mmio::table::OnRead::Set)",
        ReadEffect::Pop => ".on_read(mmio::table::OnRead::Pop)",
    };
    let once = if access.write_once { ".once()" } else { "" };
    let self_clearing = if self_clearing {
        ".self_clearing()"
    } else {
        ""
    };
    [base, on_write, on_read, once, self_clearing].concat()
}

/// The fields in a register's layout, as seen from the module of its value type.
pub(super) fn fields(context: &Context<'_>, register: &Register, path: &[String]) -> Vec<String> {
    let fields = register.fields.iter().map(|field| {
        let (name, bits) = (literal(&field.name), field.bits.value);
        let policy = policy(field.access.value, field.self_clearing);
        let values = context
            .enum_of(field.values)
            .map_or_else(String::new, |it| {
                let signed = it.typed.signed;
                let named = if signed { "named_signed" } else { "named" };
                format!(".{named}({}::names())", it.seen_from(path))
            });
        format!("{policy}.field({name}, {}, {}){values}", bits.low, bits.len)
    });
    fields.collect()
}
