// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers as `register!` has them.
//!
//! It knows neither clusters nor arrays of arrays, so what stands in clusters
//! becomes registers with longer names, and of nested arrays only the innermost
//! stays one.

use regdesc::access::ReadEffect;
use regdesc::model::{Array, Field, Item, Register};
use regloom_driver_template::{
    ArrayView, FieldView, RESERVED_FIELD_NAMES, RESERVED_FIELD_PREFIXES, RESERVED_REGISTER_NAMES,
    RegisterView,
};

use crate::names::{self, Scope};

/// The registers by ascending offset, each with a name of its own.
pub(super) fn views(items: &[Item]) -> Vec<RegisterView> {
    let mut flat = Vec::new();
    flatten(items, &Prefix::default(), &mut flat);
    flat.sort_by_key(|(register, _)| register.offset);
    let mut scope = Scope::of_constants().and_reserved(RESERVED_REGISTER_NAMES);
    flat.into_iter()
        .map(|(mut view, register)| {
            view.name = scope.claim(&names::screaming(&view.name));
            view.fields = fields(register);
            view.unseen = unseen(register);
            view
        })
        .collect()
}

/// What the clusters around an item come to.
#[derive(Clone, Default)]
struct Prefix {
    name: String,
    offset: u64,
    array: Option<Array>,
}

fn flatten<'m>(items: &'m [Item], outer: &Prefix, flat: &mut Vec<(RegisterView, &'m Register)>) {
    for item in items {
        let array = match item {
            Item::Register(register) => register.array,
            Item::Cluster(cluster) => cluster.array,
        };
        for outer in prefixes(outer, array) {
            let inner = Prefix {
                name: format!("{}{}", outer.name, item.name().value),
                offset: outer.offset.saturating_add(item.offset().value),
                array: array.or(outer.array),
            };
            match item {
                Item::Register(register) => flat.push((register_view(&inner, register), register)),
                Item::Cluster(cluster) => {
                    let inner = Prefix {
                        name: format!("{}_", inner.name),
                        ..inner
                    };
                    flatten(&cluster.items, &inner, flat);
                }
            }
        }
    }
}

/// The prefix itself, or one an element where an array would stand in another.
fn prefixes(outer: &Prefix, inner: Option<Array>) -> Vec<Prefix> {
    let (Some(array), Some(_)) = (outer.array, inner) else {
        return vec![outer.clone()];
    };
    (0..array.count.value)
        .map(|index| Prefix {
            name: format!("{}{index}_", outer.name),
            offset: outer
                .offset
                .saturating_add(index.saturating_mul(array.stride.value)),
            array: None,
        })
        .collect()
}

fn register_view(place: &Prefix, register: &Register) -> RegisterView {
    RegisterView {
        name: place.name.clone(),
        offset: place.offset,
        width: register.width.value,
        description: register.description.clone().unwrap_or_default(),
        array: place.array.map(|array| ArrayView {
            count: array.count.value,
            stride: array.stride.value,
        }),
        fields: Vec::new(),
        unseen: None,
    }
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
    let mut scope = Scope::with_reserved(RESERVED_FIELD_NAMES);
    register
        .fields
        .iter()
        .map(|field| FieldView {
            name: field_name(field, &mut scope),
            high: field.bits.high(),
            low: field.bits.low,
            description: field.description.clone().unwrap_or_default(),
        })
        .collect()
}

fn field_name(field: &Field, scope: &mut Scope) -> String {
    let mut name = names::snake(&field.name);
    if RESERVED_FIELD_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
    {
        name.insert_str(0, "field_");
    }
    names::identifier(&scope.claim(&name))
}

#[cfg(test)]
mod tests {
    use super::super::view;
    use crate::names::Named;

    type Placed = (String, u64, Option<(u64, u64)>);

    fn lowered(registers: &str) -> Vec<Placed> {
        let text = format!(
            "{{schema: 1, name: case, vendor: acme, size: 0x1000, registers: {{{registers}}}}}"
        );
        let map = regdesc::parse("case.yaml", text, &regdesc::Options::default()).unwrap();
        view(&Named::of(&map), &map.blocks[0])
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
        let view = view(&Named::of(&map), &map.blocks[0]);
        let names: Vec<&str> = view.registers[0]
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, ["into_2", "field_with_x", "r#type"]);
    }
}
