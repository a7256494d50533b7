// SPDX-License-Identifier: MIT OR Apache-2.0

//! Peripherals, and arrays of them.

use svd_parser::Parse;
use svd_parser::svd::{self, AddressBlockUsage, DimElement, MaybeArray};

use super::config::config;
use super::element::{Element, Names};
use super::interrupt::{self, Elements};
use super::{array, parts, properties, refusal, register};
use crate::description::{Block, DeviceTree, Identity, Instance, Interrupt};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Origin;
use crate::source::Spanned;

/// Peripherals an array may have.
const MAX_PERIPHERALS: u32 = 4096;

const FIRST: &str = "of an array of too many peripherals the first alone is kept";
const CUT: &str = "the elements of an array beyond the address space are left out";

/// Every peripheral of the device, those of arrays one by one.
///
/// `prependToName` and `appendToName` are left out of the registers' names: they
/// distinguish peripherals where all registers share one scope, and would make
/// equal layouts differ.
pub(super) fn all(
    device: Element<'_, '_>,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut arrays = Diagnostics::default();
    for element in device.children_of("peripherals") {
        let svd = svd::Peripheral::parse(element.node(), &config())
            .and_then(|svd| parts::with_further_parts(svd, element));
        match refusal::or_explain(svd, element, diagnostics) {
            Some(MaybeArray::Single(svd)) => blocks.push(block(element, &svd)),
            Some(MaybeArray::Array(svd, dim)) => {
                blocks.extend(peripheral_array(element, &svd, &dim, &mut arrays));
            }
            None => {}
        }
    }
    for mistake in arrays {
        diagnostics.push(match mistake.code {
            Code::BadCount if lenient => mistake.repaired(FIRST),
            Code::OutsideBlock if lenient => mistake.repaired(CUT),
            _ => mistake,
        });
    }
    blocks
}

/// The first peripheral of each array, by the array's written name.
pub(super) fn array_names<'a>(device: Element<'a, '_>) -> Names<'a> {
    let arrays = device.children_of("peripherals").filter_map(|peripheral| {
        let name = peripheral.child("name")?.text()?;
        let dim = DimElement::parse(peripheral.node(), &config()).ok()?;
        let first = array::names(&dim).next()?;
        Some((name, array::element_name(name, &first)))
    });
    arrays.collect()
}

fn block(element: Element<'_, '_>, svd: &svd::PeripheralInfo) -> Block {
    let name = element.at("name", svd.name.clone());
    let lines = interrupt::lines(element, svd);
    Block {
        derived_from: element.derived_from(),
        description: element.folded_text("description"),
        size: size(element, svd),
        properties: properties::of_container(element, &svd.default_register_properties),
        reserved_bits: None,
        node_name: None,
        device_tree: DeviceTree::default(),
        enums: Vec::new(),
        items: register::items(
            element.children_of("registers"),
            svd.registers.as_deref().unwrap_or_default(),
        ),
        origin: Origin::Vendor,
        svd: None,
        bus_master: false,
        windows: Vec::new(),
        identity: Identity::default(),
        instances: vec![instance(
            name.clone(),
            element.at("baseAddress", svd.base_address),
            &lines.interrupts,
        )],
        interrupts: lines.interrupts,
        notices: lines.notices,
        name,
    }
}

fn instance(name: Spanned<String>, base: Spanned<u64>, interrupts: &[Interrupt]) -> Instance {
    let specifier = |it: &Interrupt| (it.name.clone(), it.number.into_iter().collect());
    Instance {
        name,
        base,
        chip_select: None,
        number: None,
        interrupts: interrupts.iter().map(specifier).collect(),
        clocks: Vec::new(),
        resets: Vec::new(),
    }
}

/// From the base to the end of the last address block that something answers in:
/// a buffer is as much the peripheral's as its registers are.
fn size(element: Element<'_, '_>, svd: &svd::PeripheralInfo) -> Option<Spanned<u64>> {
    let elements = element.children_named("addressBlock");
    elements
        .zip(svd.address_block.iter().flatten())
        .filter(|(_, block)| block.usage != AddressBlockUsage::Reserved)
        .map(|(element, block)| element.at("size", u64::from(block.offset) + u64::from(block.size)))
        .max_by_key(|size| size.value)
}

/// The first peripheral of an array in full, the others derived from it.
fn peripheral_array(
    element: Element<'_, '_>,
    svd: &svd::PeripheralInfo,
    dim: &DimElement,
    diagnostics: &mut Diagnostics,
) -> Vec<Block> {
    let has_sane_count = (1..=MAX_PERIPHERALS).contains(&dim.dim);
    if !has_sane_count {
        diagnostics.push(
            Diagnostic::new(
                Code::BadCount,
                element.span_of("dim"),
                format!("`{}` is an array of {} peripherals", svd.name, dim.dim),
                format!("must be 1 to {MAX_PERIPHERALS}"),
            )
            .help("correct its `<dim>`"),
        );
    }
    // Others may be derived from the first, whatever becomes of the rest.
    let kept = if has_sane_count { usize::MAX } else { 1 };
    let indexes: Vec<String> = array::names(dim).take(kept).collect();
    let names = indexes
        .iter()
        .map(|index| array::element_name(&svd.name, index));
    let elements = Elements {
        names: names.collect(),
        indexes,
    };
    let whole = block(element, svd);
    let lines = interrupt::lines(element, svd).of_elements(&elements);
    let mut first: Option<Spanned<String>> = None;
    let mut blocks = Vec::new();
    for ((number, name), lines) in (0u64..).zip(&elements.names).zip(lines) {
        let name = element.at("name", name.clone());
        let Some(base) = base(svd.base_address, number, dim.dim_increment) else {
            diagnostics.push(beyond_address_space(element, svd));
            break;
        };
        let base = element.at("baseAddress", base);
        let instance = instance(name.clone(), base, &lines.interrupts);
        let content = match &first {
            Some(first) => derived(first.clone(), &whole),
            None => whole.clone(),
        };
        first.get_or_insert_with(|| name.clone());
        blocks.push(Block {
            name,
            interrupts: lines.interrupts,
            notices: lines.notices,
            instances: vec![instance],
            ..content
        });
    }
    blocks
}

fn base(first: u64, number: u64, increment: u32) -> Option<u64> {
    first.checked_add(number.checked_mul(u64::from(increment))?)
}

/// A block that changes nothing of the one it is derived from.
fn derived(from: Spanned<String>, whole: &Block) -> Block {
    Block {
        derived_from: Some(from),
        items: Vec::new(),
        ..whole.clone()
    }
}

fn beyond_address_space(element: Element<'_, '_>, svd: &svd::PeripheralInfo) -> Diagnostic {
    Diagnostic::new(
        Code::OutsideBlock,
        element.span_of("dimIncrement"),
        format!("the array `{}` reaches beyond the address space", svd.name),
        "too far from one to the next",
    )
    .help("lower its base, or the distance between its elements")
}
