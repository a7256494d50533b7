// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers as `register!` has them, which knows no clusters and no arrays of
//! arrays.

use regdesc::access::ReadEffect;
use regdesc::model::Register;
use regloom_driver_template::{ArrayView, FieldView, RegisterView};

use crate::lowered::registers::{FlatRegister, Port};
use crate::names::{Language, Place, Scope, Use, identifier};

/// One for each of the flat registers, with a name of its own.
pub(super) fn views(registers: &[FlatRegister<'_>]) -> Vec<RegisterView> {
    let mut scope = Scope::of(Language::KernelRust, Place::Registers);
    let views = registers.iter().map(|it| RegisterView {
        name: scope.claim(Use::Register, &it.name),
        offset: it.offset,
        width: it.register.width.value,
        description: it.register.description.clone().unwrap_or_default(),
        array: it.array.map(|array| ArrayView {
            count: array.count.value,
            stride: array.stride.value,
        }),
        fields: fields(it.register),
        unseen: unseen(it.register),
    });
    views.collect()
}

/// The name of the single register at a port.
pub(super) fn name_of(port: Port, registers: &[RegisterView]) -> String {
    let mut registers = registers.iter();
    let found = registers
        .find(|it| it.offset == port.offset && it.width == port.width && it.array.is_none());
    found.map_or_else(String::new, |it| it.name.clone())
}

/// Why a look at the register is not taken unasked.
fn unseen(register: &Register) -> Option<String> {
    let reads = |it: regdesc::access::Access| it.read;
    let changes = |it: regdesc::access::Access| it.on_read != ReadEffect::None;
    if register.memory {
        let count = register.array.map_or(1, |array| array.count.value);
        Some(format!("a memory of {count} words"))
    } else if register.accesses().any(changes) {
        Some("a read has an effect".to_owned())
    } else if !register.accesses().any(reads) {
        Some("write-only".to_owned())
    } else {
        None
    }
}

fn fields(register: &Register) -> Vec<FieldView> {
    let mut scope = Scope::of(Language::KernelRust, Place::Fields);
    let fields = register.fields.iter().map(|field| {
        let name = scope.claim(Use::Field, &field.name);
        FieldView {
            name: identifier(Language::KernelRust, &name),
            high: field.bits.high(),
            low: field.bits.low,
            description: field.description.clone().unwrap_or_default(),
        }
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use super::super::view;
    use crate::lowered::Lowered;
    use crate::lowered::layout::Layouts;

    type Placed = (String, u64, Option<(u64, u64)>);

    fn lowered(registers: &str) -> Vec<Placed> {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000, registers: {{{registers}}}}}"
        );
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default()).unwrap();
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        view(&lowered, &lowered.blocks[0])
            .registers
            .into_iter()
            .map(|it| {
                let array = it.array.map(|array| (array.count, array.stride));
                (it.name, it.offset, array)
            })
            .collect()
    }

    #[test]
    fn an_array_of_clusters_becomes_arrays_of_registers() {
        assert_eq!(
            lowered("CH: {at: 0x40, count: 4, stride: 0x10, registers: {A: {}, B: {}}}"),
            [
                ("CH_A".into(), 0x40, Some((4, 0x10))),
                ("CH_B".into(), 0x44, Some((4, 0x10))),
            ]
        );
    }

    #[test]
    fn of_nested_arrays_the_inner_one_stays() {
        assert_eq!(
            lowered("CH: {at: 0x40, count: 2, stride: 0x10, registers: {A: {count: 3}}}"),
            [
                ("CH_0_A".into(), 0x40, Some((3, 4))),
                ("CH_1_A".into(), 0x50, Some((3, 4))),
            ]
        );
    }

    #[test]
    fn registers_dodge_the_constant_of_the_macro() {
        assert_eq!(
            lowered("VALUE: {at: 0}, VALUES: {at: 4}"),
            [("VALUE_2".into(), 0x0, None), ("VALUES".into(), 0x4, None),]
        );
    }

    #[test]
    fn fields_dodge_what_the_macro_makes_of_every_register() {
        let text = "{schema: 1, name: case, vendor: acme, size: 4,
            registers: {R: {fields: {INTO: 0, WITH_X: 1, TYPE: 2}}}}";
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default()).unwrap();
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        let view = view(&lowered, &lowered.blocks[0]);
        let names: Vec<&str> = view.registers[0]
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, ["into_2", "field_with_x", "r#type"]);
    }
}
