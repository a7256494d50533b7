// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers as debugfs shows them: without clusters, and without arrays of arrays.

use regdesc::access::ReadEffect;
use regdesc::model::Register;
use regloom_driver_template::{ArrayView, FieldView, RegisterView};

use crate::lowered::registers::FlatRegister;
use crate::names::{Language, Place, Scope, Use};

/// One for each of the flat registers, with a name of its own.
pub(super) fn views(registers: &[FlatRegister<'_>]) -> Vec<RegisterView> {
    let mut scope = Scope::of(Language::KernelRust, Place::Plain);
    let views = registers.iter().map(|it| RegisterView {
        name: scope.claim(Use::Register, &it.name),
        offset: it.offset,
        width: it.register.width.value,
        array: it.array.map(|array| ArrayView {
            count: array.count.value,
            stride: array.stride.value,
        }),
        fields: fields(it.register),
        unseen: unseen(it.register),
        memory: it.register.memory,
    });
    views.collect()
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
    let mut scope = Scope::of(Language::KernelRust, Place::Plain);
    let fields = register.fields.iter().map(|field| FieldView {
        name: scope.claim(Use::Field, &field.name),
        high: field.bits.high(),
        low: field.bits.low,
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
    fn names_are_those_of_the_description() {
        let text = "{schema: 1, name: case, vendor: acme, size: 4,
            registers: {VALUE: {fields: {INTO: 0, WITH_X: 1, TYPE: 2}}}}";
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default()).unwrap();
        let layouts = Layouts::of(&map);
        let lowered = Lowered::of(&map, &layouts);
        let view = view(&lowered, &lowered.blocks[0]);
        let register = &view.registers[0];
        let fields: Vec<&str> = register.fields.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(register.name, "VALUE");
        assert_eq!(fields, ["into", "with_x", "type"]);
    }
}
